"""``handfast connect`` as a person and as a script meet it."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
from pathlib import Path

import peers
import pytest
from peers import COMMAND, handfast

ESCAPE = b"\033["
SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


@pytest.fixture(scope="module")
def server(pki: Path, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with peers.openssl(tmp_path_factory.mktemp("server"), pki, "p256") as peer:
        yield peer


@pytest.fixture(scope="module")
def echo(pki: Path, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("echo")
    with peers.openssl(folder, pki, "p256", mode="-rev") as peer:
        yield peer


def trust(pki: Path) -> tuple[str, str]:
    return ("--cafile", str(pki / "root.pem"))


# ---- usage ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "usage"),
        (["frobnicate"], "unknown command 'frobnicate'"),
        (["--frobnicate"], "unknown option '--frobnicate'"),
        (["help", "frobnicate"], "unknown command 'frobnicate'"),
        (["connect"], "no host given"),
        (["conncet", "localhost"], "unknown command 'conncet'; perhaps connect (see"),
        (["connect", "--frobnicate", "localhost"], "option '--frobnicate' (see"),
        (["connect", "--timout", "3", "localhost"], "'--timout'; perhaps --timeout (see"),
        (["connect", "--jsno=1", "localhost"], "'--jsno=1'; perhaps --json (see"),
        (["connect", "-json", "localhost"], "'-json'; perhaps --json (see"),
        (["connect", "--tls", "localhost"], "'--tls'; perhaps --tls12 or --tls13 (see"),
        (["connect", "-x", "localhost"], "'-x'"),
        (["connect", "localhost", "--cafile"], "'--cafile' needs a value"),
        (["connect", "--json=yes", "localhost"], "takes no value"),
        (["connect", "one", "two"], "'two' is one too many"),
        (["connect", "localhost:"], "'localhost:' is not HOST"),
        (["connect", "localhost:0"], "is not HOST"),
        (["connect", "localhost:65536"], "is not HOST"),
        (["connect", "localhost:https"], "is not HOST"),
        (["connect", ":443"], "is not HOST"),
        (["connect", "[::1"], "is not HOST"),
        (["connect", "[::1]443"], "is not HOST"),
        (["connect", "https://localhost"], "is not HOST"),
        (["connect", ""], "is not HOST"),
        (["connect", "--timeout", "0", "localhost"], "--timeout needs seconds"),
        (["connect", "--timeout", "-1", "localhost"], "--timeout needs seconds"),
        (["connect", "--timeout", "1s", "localhost"], "--timeout needs seconds"),
        (["connect", "--timeout", "nan", "localhost"], "--timeout needs seconds"),
        (["connect", "--servername", "", "localhost"], "--servername needs a name"),
        (["connect", "--alpn", "", "localhost"], "--alpn needs"),
        (["connect", "--alpn", "h2,,h3", "localhost"], "--alpn 'h2,,h3'"),
        (["connect", "--groups", "x25519,frob", "localhost"], "--groups 'x25519,frob'"),
        (["connect", "--groups", "frob", "localhost"], "secp256r1"),
        (["connect", "--suites", "frob", "localhost"], "--suites 'frob'"),
        (["connect", "--suites", "frob", "localhost"], "AES_256_CBC_SHA"),
        (["connect", "--cafile", "/nonexistent.pem", "localhost"], "/nonexistent.pem"),
        (["connect", "--cafile", "/dev/null", "localhost"], "/dev/null"),
        (["connect", "--profile", "strict", "localhost"], "--profile 'strict'"),
        (["connect", "--profile", "strict", "localhost"], "web-pki, compatible"),
        (["connect", "--keylog", "/nonexistent/log", "localhost"], "/nonexistent/log"),
        (["connect", "--cert", "/nonexistent.pem", "localhost"], "/nonexistent.pem"),
        (["connect", "--cert", "/dev/null", "localhost"], "--cert '/dev/null'"),
        (["connect", "--key", "/dev/null", "localhost"], "--key is of no use"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str) -> None:
    result = handfast(*arguments)
    assert result.code == 2
    assert result.out == b""
    assert words in result.err.decode()
    if arguments:
        assert len(result.err.splitlines()) == 1


def test_profile(pki: Path, tmp_path: Path) -> None:
    with peers.openssl(tmp_path, pki, "informal") as peer:
        refused = handfast("connect", *trust(pki), f"localhost:{peer.port}")
        assert refused.code == 3
        assert "CERT_PROFILE" in refused.text
        assert "profile compatible" in refused.text
        ours = ("--profile", "compatible", *trust(pki))
        assert handfast("connect", *ours, f"localhost:{peer.port}").code == 0


def test_a_verdict_is_waited_for(pki: Path, tmp_path: Path) -> None:
    """The server demands a certificate, and none is shown."""
    with peers.openssl(tmp_path, pki, "rsa", "-Verify", "2") as peer:
        result = handfast("connect", *trust(pki), "--wait-for-verdict", peer.place)
    assert result.code != 0
    assert "CLIENT_CERTIFICATE_REQUIRED" in result.text
    assert "certificate_required" in result.text


def test_key_of_another_certificate(pki: Path) -> None:
    ours = ("--cert", str(pki / "client-p256.pem"))
    for key in (pki / "client-rsa.key", pki / "client-p256.pem", pki / "absent.key"):
        result = handfast("connect", *ours, "--key", str(key), "localhost:1")
        assert result.code == 2
        assert f"--key '{key}'" in result.err.decode()
    result = handfast("connect", *ours, "localhost:1")
    assert (result.code, result.out) == (2, b"")
    assert "no private key was found in the input; --key names" in result.err.decode()


def test_key_that_needs_a_password(pki: Path, tmp_path: Path) -> None:
    """Neither a terminal nor a file has it."""
    key = tmp_path / "encrypted.key"
    encrypt = ["openssl", "pkcs8", "-topk8", "-passout", "pass:secret", "-out", str(key)]
    subprocess.run([*encrypt, "-in", str(pki / "client-p256.key")], check=True)
    ours = ("--cert", str(pki / "client-p256.pem"), "--key", str(key))
    for command in (
        ("connect", *ours, "localhost:1"),
        ("serve", "--listen", "localhost:0", *ours),
    ):
        result = handfast(*command)
        assert (result.code, result.out) == (2, b"")
        assert "; --key-password-file names the file" in result.err.decode()


def test_help_and_version() -> None:
    for arguments in (["help"], ["--help"], ["-h"]):
        result = handfast(*arguments)
        assert (result.code, result.err) == (0, b"")
        assert "connect" in result.text
    version = handfast("--version")
    assert version.code == 0
    assert re.fullmatch(r"handfast \d+\.\d+\.\d+(?: \([\w ]+\))?\n", version.text)
    assert handfast("version").out == version.out
    texts = {handfast(*a).out for a in (["help", "connect"], ["connect", "--help"])}
    assert len(texts) == 1


def test_documentation_names_every_option_and_exit_code() -> None:
    text = handfast("help", "connect").text
    verify = handfast("help", "verify").text
    page = (peers.ROOT / "docs/command-line.md").read_text("utf-8")
    connect, rest = page.split("## Certificates out of files")
    rest = rest.partition("\n## A server")[0]
    for told, place, least in ((text, connect, 12), (verify, rest, 8)):
        options = set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", told, re.MULTILINE))
        assert len(options) >= least
        assert options == set(
            re.findall(r"^\| `(?:-\w`, `)?(--[a-z-]+)", place, re.MULTILINE)
        )
    codes = re.findall(r"^  (\d)  ", text, re.MULTILINE)
    assert codes == re.findall(r"^\| (\d) \|", page, re.MULTILINE)
    assert max(len(line) for line in (text + verify).splitlines()) <= 80


# ---- the account ----


def test_account(pki: Path, server: peers.Peer) -> None:
    result = handfast("connect", *trust(pki), "--alpn", "h2", server.place)
    assert (result.code, result.err) == (0, b"")
    text = result.text
    for words in (
        server.place,
        "TLSv1.3",
        "x25519",
        "TLS_AES_",
        "ecdsa_secp256r1_sha256",
        "none chosen by the server",
        "verified for 127.0.0.1",
        "EC P-256",
        "localhost",
        "days left",
        "ClientHello",
        "ServerHello",
        "Finished",
        "NewSessionTicket",
    ):
        assert words in text, f"{words!r} is missing:\n{text}"
    assert ESCAPE not in result.out


def test_account_of_resumption(pki: Path, server: peers.Peer) -> None:
    text = handfast("connect", *trust(pki), "--resume", server.place).text
    first, _, second = text.partition("again with the ticket")
    assert re.search(r"session +new", first)
    assert re.search(r"session +resumed", second)
    assert "Certificate" in first
    assert "Certificate" not in second


def test_account_of_failure(pki: Path, tmp_path: Path) -> None:
    with peers.openssl(tmp_path, pki, "expired") as peer:
        result = handfast("connect", *trust(pki), peer.place)
        quiet = handfast("connect", *trust(pki), "--quiet", peer.place)
    assert result.code == quiet.code == 3
    for words in (
        "FAILED",
        "CERT_EXPIRED",
        "certificate_expired",
        "sent by this side",
        "hint",
    ):
        assert words in result.text, f"{words!r} is missing:\n{result.text}"
    assert re.search(r"expired \d+ days ago", result.text)
    assert re.search(
        r"^  \? CN=root, .*\n  `- 1 CN=intermediate, .*\n"
        r"     `- 0 CN=expired, .*, expired 10 days ago  <-- CERT_EXPIRED$",
        result.text,
        re.MULTILINE,
    )
    assert result.text.endswith("how to fix them: handfast explain CERT_EXPIRED\n")
    assert re.search(r"^  meaning +The last day .* revocation\.$", result.text, re.M)
    assert quiet.out == b""
    assert len(quiet.err.splitlines()) == 1
    assert b"CERT_EXPIRED" in quiet.err


def test_quiet_success(pki: Path, server: peers.Peer) -> None:
    result = handfast("connect", *trust(pki), "-q", server.place)
    assert (result.code, result.out, result.err) == (0, b"", b"")


def test_roots_from_the_environment(pki: Path, server: peers.Peer) -> None:
    assert (
        handfast("connect", "-q", server.place, SSL_CERT_FILE=str(pki / "root.pem")).code
        == 0
    )
    refused = handfast(
        "connect", "-q", server.place, SSL_CERT_FILE=str(pki / "other-root.pem")
    )
    assert refused.code == 3


def test_names(pki: Path, server: peers.Peer) -> None:
    port = str(server.port)
    assert handfast("connect", "-q", *trust(pki), f"localhost:{port}").code == 0
    dotted = handfast(
        "connect", "-q", *trust(pki), "--servername", "x.handfast.test.", server.place
    )
    assert dotted.code == 0, "the last dot is for resolvers alone"
    named = handfast(
        "connect", *trust(pki), "--servername", "x.handfast.test", server.place
    )
    assert (named.code, "verified for x.handfast.test" in named.text) == (0, True)
    unknown = handfast("connect", "-q", f"no-such-host.invalid:{port}", "--timeout", "5")
    assert unknown.code in (4, 5)
    assert b"resolve no-such-host.invalid: " in unknown.err


def test_all_addresses_are_tried(pki: Path) -> None:
    """localhost is ::1 and 127.0.0.1 or one of them; each refusal is told."""
    port = peers.free_port()
    result = handfast("connect", "-q", f"localhost:{port}")
    found = {
        a[4][0] for a in socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM)
    }
    assert result.code == 4
    for address in found:
        place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        assert f"connect to {place}: Connection refused".encode() in result.err


def test_ipv6(pki: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"no IPv6 loopback here: {error}")

    def hang_up(connection: socket.socket) -> None:
        connection.recv(65536)

    with peers.speaking(hang_up, host="::1") as peer:
        result = handfast("connect", "--json", peer.place)
    document = json.loads(result.out)
    assert (document["address"], document["port"]) == ("::1", peer.port)


# ---- colour ----


def on_terminal(*arguments: str, **environment: str) -> bytes:
    """The output of the command when a terminal is at its other end."""
    main, other = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    env |= {"TERM": "xterm"} | environment
    process = subprocess.Popen(
        [COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=other,
        stderr=other,
        env=env,
    )
    os.close(other)
    output = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:  # EIO: the other end is closed
            break
        if not piece:
            break
        output += piece
    os.close(main)
    process.wait(peers.PATIENCE)
    return output


def test_colour_only_on_a_terminal(pki: Path, server: peers.Peer) -> None:
    arguments = ("connect", *trust(pki), server.place)
    assert ESCAPE in on_terminal(*arguments)
    assert ESCAPE not in on_terminal(*arguments, NO_COLOR="1")
    assert ESCAPE not in on_terminal(*arguments, TERM="dumb")
    assert ESCAPE not in on_terminal(*arguments, "--json")
    assert ESCAPE not in handfast(*arguments).out


def test_lines_fit_the_terminal(pki: Path, tmp_path: Path) -> None:
    """Rows of words are broken there, and go on below where they began."""
    with peers.openssl(tmp_path, pki, "expired") as peer:
        output = on_terminal("connect", *trust(pki), peer.place, NO_COLOR="1")
    lines = output.decode().replace("\r", "").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("  meaning "))
    assert len(lines[first]) <= 80
    assert re.match(r" {16}\S", lines[first + 1])


# ---- JSON ----


def test_json_has_one_shape(pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    port = peers.free_port()
    with peers.openssl(tmp_path, pki, "expired") as refused:
        documents = [
            json.loads(handfast("connect", "--json", *trust(pki), *more).out)
            for more in (
                (server.place,),
                ("--resume", server.place),
                (refused.place,),
                (f"127.0.0.1:{port}",),
            )
        ]
    assert len({tuple(document) for document in documents}) == 1
    for key in ("result", "agreed", "chain", "timeline", "error"):
        assert key in documents[0]
    names = [event["name"] for event in documents[0]["timeline"]]
    assert names[0] == "ClientHello"
    assert "NewSessionTicket" in names


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_certificate_that_is_asked_for(version: str, pki: Path, tmp_path: Path) -> None:
    """On success it stands beside what was agreed, in the form of the library's record,
    and in the account for people."""
    asks = (version, "-verify", "2", "-CAfile", str(pki / "root.pem"))
    ours = ("--cert", str(pki / "client-rsa.pem"), "--key", str(pki / "client-rsa.key"))
    with peers.openssl(tmp_path, pki, "rsa", *asks) as peer:
        arguments = ("connect", *trust(pki), peer.place)
        told = handfast(*arguments, "--json")
        shown = json.loads(handfast(*arguments, *ours, "--json").out)
        text = handfast(*arguments).text
        shown_text = handfast(*arguments, *ours).text
    agreed = json.loads(told.out)["agreed"]
    request = agreed["certificate_request"]
    assert agreed["certificate_requested"]
    assert request["answer"] == "not_set"
    assert request["certificate_index"] is None
    types = [entry["name"] for entry in request["certificate_types"]]
    assert types[:1] == (["rsa_sign"] if version == "-tls1_2" else [])
    assert len(request["certificate_authorities"]) == 1
    assert "CN=root" in request["certificate_authorities"][0]
    assert (request["certificate_authorities_left_out"], request["oid_filters"]) == (0, 0)
    assert not request["incomplete"]
    form = json.loads((SCHEMAS / "error-1.json").read_text("utf-8"))["properties"]
    assert list(request) == list(form["certificate_request"]["properties"])
    assert shown["agreed"]["certificate_request"]["answer"] == "shown"
    assert shown["agreed"]["certificate_request"]["certificate_index"] == 0
    assert "none was sent: no certificate of ours is configured" in text
    assert request["certificate_authorities"][0] in text
    assert "asked for a certificate, and ours was sent" in shown_text


def test_no_certificate_is_asked_for(pki: Path, server: peers.Peer) -> None:
    document = json.loads(handfast("connect", "--json", *trust(pki), server.place).out)
    assert document["agreed"]["certificate_request"] is None


def test_json_survives_odd_arguments() -> None:
    result = handfast("connect", "--json", "--timeout", "1", 'quo"te\\\udcff.invalid')
    assert json.loads(result.out)["result"] in ("unreachable", "timed_out")


# ---- relay ----


def test_relay_carries_every_byte(pki: Path, echo: peers.Peer) -> None:
    result = handfast(
        *("connect", *trust(pki), "--timeout", "1", echo.place), data=b"stressed\nCLOSE\n"
    )
    assert result.code == 0, result.err
    assert result.out == b"desserts\n"
    assert b"TLSv1.3" in result.err, "the account is on stderr"


def test_relay_ends_when_both_are_done(pki: Path, echo: peers.Peer) -> None:
    """The peer waits for more; after the silence the connection is closed."""
    result = handfast(
        *("connect", "-q", *trust(pki), "--timeout", "0.5", echo.place),
        data=b"stressed\n",
    )
    assert (result.code, result.out, result.err) == (0, b"desserts\n", b"")


def test_relay_only_when_there_is_input(pki: Path, echo: peers.Peer) -> None:
    arguments = ("connect", *trust(pki), "--timeout", "1")
    for more in (("--no-relay",), ("-n",), ("--json",)):
        result = handfast(*arguments, *more, echo.place, data=b"stressed\nCLOSE\n")
        assert result.code == 0
        assert b"desserts" not in result.out
        assert b"TLSv1.3" in result.out
    forced = handfast(
        *arguments, "--json", "--relay", echo.place, data=b"stressed\nCLOSE\n"
    )
    assert forced.out == b"desserts\n"
    assert json.loads(forced.err)["result"] == "ok"


def test_output_that_cannot_be_written(pki: Path, server: peers.Peer) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [COMMAND, "connect", *trust(pki), server.place],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=peers.PATIENCE,
            check=False,
        )
    assert done.returncode == 7
    assert b"standard output" in done.stderr
