"""``handfast serve``: refusals, certificates, signals, limits, and what it tells."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

import peers
import pytest
from peers import handfast
from serving import Serving, context_of, dial, exchange, pair, receive_all, serve, stuff

VERSIONS = ("1.2", "1.3")


# ---- refusals ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--listen is missing"),
        (["--listen", "127.0.0.1:0"], "--cert is missing"),
        (["--listen", "127.0.0.1"], "--listen needs ADDRESS:PORT"),
        (["--listen", "127.0.0.1:65536"], "--listen needs ADDRESS:PORT"),
        (["--listen", "127.0.0.1:"], "--listen needs ADDRESS:PORT"),
        (["--listen", "127.0.0.1:8x"], "--listen needs ADDRESS:PORT"),
        (["--listen", "::1:443"], "--listen needs ADDRESS:PORT"),
        (["--listen", "[127.0.0.1]:443"], "--listen needs ADDRESS:PORT"),
        (["--listen", "[::1:443"], "--listen needs ADDRESS:PORT"),
        (["--listen", "x" * 300 + ":1"], "--listen needs ADDRESS:PORT"),
        (["--listen", "127.0.0.1:0"] * 9, "8 times at most"),
        (["--key", "FILE"], "--key 'FILE' belongs behind a --cert"),
        (["--ocsp", "FILE"], "--ocsp 'FILE' belongs behind a --cert"),
        (["--cert", "A", "--key", "B", "--key", "C"], "'C' is one --key too many"),
        (["--cert", "A"] * 9, "--cert may be repeated 8 times"),
        (["--client-auth", "maybe"], "none, optional or required, not 'maybe'"),
        (["--forward", "127.0.0.1"], "--forward needs HOST:PORT"),
        (["--forward", "127.0.0.1:0"], "--forward needs HOST:PORT"),
        (["--handshake-timeout", "0"], "needs seconds from 0.001 to 86400, not '0'"),
        (["--handshake-timeout", "nan"], "not 'nan'"),
        (["--idle-timeout", "-1"], "needs seconds from 0 to 86400, not '-1'"),
        (["--idle-timeout", "0.0001"], "not '0.0001'"),
        (["--max-connections", "0"], "needs a number from 1 to 1000000, not '0'"),
        (["--max-connections", "12345678901"], "not '12345678901'"),
        (["--max-connections", "1x"], "not '1x'"),
        (["--nonsense"], "unknown or ambiguous option '--nonsense'"),
        (["--cert"], "option '--cert' needs a value"),
        (["--json=1"], "option '--json=1' takes no value"),
        (["-x"], "unknown or ambiguous option '-x'"),
    ],
)
def test_arguments_refused(arguments: list[str], words: str) -> None:
    result = handfast("serve", *arguments)
    assert (result.code, result.out) == (2, b"")
    assert words in result.err.decode()
    assert result.err.endswith(b"(see handfast help serve)\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["somewhere"], "'somewhere' is no option"),
        (["--echo", "--www"], "only one of --echo, --www and --forward"),
        (["--echo", "--forward", "localhost:1"], "only one of"),
        (["--alpn", ""], "--alpn needs at least one protocol"),
        (["--www", "--alpn", "http/1.1,h2"], "not h2"),
        (["--cafile", "FILE"], "of no use without --client-auth"),
        (["--crl", "FILE"], "of no use without --client-auth"),
        (["--client-auth", "required"], "--client-auth needs --cafile"),
        (["--no-tickets", "--ticket-keys", "F"], "exclude each other"),
        (["--json", "--quiet"], "exclude each other"),
    ],
)
def test_what_does_not_go_together(arguments: list[str], words: str) -> None:
    result = handfast("serve", "--listen", "127.0.0.1:0", "--cert", "FILE", *arguments)
    assert (result.code, result.out) == (2, b"")
    assert words in result.err.decode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cert", "none.pem"], "--cert 'none.pem'"),
        (["--cert", "PKI/p256.pem"], "--key 'PKI/p256.pem'"),
        (
            ["--cert", "PKI/p256.pem", "--key", "PKI/rsa.key"],
            "not that of the certificate",
        ),
        (["GOOD", "--ocsp", "none.der"], "--ocsp 'none.der': No such file"),
        (["GOOD", "--groups", "x25519,nothing"], "--groups 'x25519,nothing'"),
        (["GOOD", "--suites", "nothing"], "--suites 'nothing'"),
        (["GOOD", "--sigalgs", "nothing"], "--sigalgs 'nothing'"),
        (["GOOD", "--alpn", "a,,b"], "--alpn 'a,,b'"),
        (["GOOD", "--keylog", "/nowhere/keys"], "--keylog '/nowhere/keys'"),
        (["GOOD", "--ticket-keys", "none"], "--ticket-keys 'none': No such file"),
        (["GOOD", "--ticket-keys", "PKI/p256.key"], "keys of 48 bytes each"),
        (["GOOD", "--key-password-file", "none"], "--key-password-file 'none'"),
        (
            ["GOOD", "--client-auth", "optional", "--cafile", "PKI/p256.key"],
            "--cafile 'PKI/p256.key'",
        ),
    ],
)
def test_files_and_names_refused(
    arguments: list[str], words: str, pki: Path, tmp_path: Path
) -> None:
    given: list[str] = []
    for word in arguments:
        given += pair(pki, "p256") if word == "GOOD" else [word.replace("PKI", str(pki))]
    result = handfast("serve", "--listen", "127.0.0.1:0", *given)
    assert (result.code, result.out) == (2, b"")
    assert words.replace("PKI", str(pki)) in result.err.decode()
    assert result.err.count(b"\n") == 1


def test_addresses_refused(pki: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        result = handfast("serve", "--listen", place, *pair(pki, "p256"))
    assert (result.code, result.out) == (4, b"")
    assert result.err.decode() == (
        f"handfast serve: listen on {place}: Address already in use\n"
    )
    for options in (
        ["--listen", "no.such.host.invalid:0"],
        ["--listen", "127.0.0.1:0", "--forward", "no.such.host.invalid:1"],
    ):
        result = handfast("serve", *options, *pair(pki, "p256"))
        assert (result.code, result.out) == (4, b"")
        assert b"no.such.host.invalid" in result.err


# ---- greeting and echo ----


@pytest.mark.parametrize("version", VERSIONS)
def test_greets_and_echoes(version: str, pki: Path) -> None:
    with serve(*pair(pki, "p256")) as server:
        with dial(server, context_of(pki, version)) as client:
            greeting = client.recv(500)
            assert greeting.startswith(f"TLSv{version} TLS_".encode())
            assert greeting.endswith(b", for localhost\r\n")
            client.sendall(b"one")
            assert client.recv(100) == b"one"
            client.unwrap().close()
        line = server.says(f"TLSv{version} TLS_", "out")
        assert line.startswith("127.0.0.1:")
        assert server.stop() == 0
        assert server.err == []


@pytest.mark.parametrize("version", VERSIONS)
def test_echoes_more_than_anybody_buffers(version: str, pki: Path) -> None:
    """The client reads nothing until the server reads nothing any more."""
    data = os.urandom(1 << 20) * 12
    with serve("--echo", *pair(pki, "p256")) as server:
        with dial(server, context_of(pki, version)) as client:
            client.settimeout(0.5)
            assert 0 < stuff(client, len(data)) < len(data), "back pressure"
        with dial(server, context_of(pki, version)) as client:
            assert exchange(client, data, len(data)) == data


def test_every_place(pki: Path) -> None:
    """Several addresses, IPv6 among them, each with the port that it really has."""
    more = ("--listen", "127.0.0.1:0", "--listen", "localhost:0")
    with serve("--echo", *more, *pair(pki, "p256")) as server:
        ports = {place.rpartition(":")[2] for place in server.places}
        assert len(ports) == len(server.places) >= 3
        for place in server.places:
            result = handfast("connect", "--cafile", str(pki / "root.pem"), place)
            assert result.code == 0, result.err


def test_all_addresses(pki: Path) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with serve("--echo", *pair(pki, "p256"), listen=":0") as server:
        assert server.places == [f"[::]:{server.port}"]
        for host in ("127.0.0.1", "[::1]"):
            place = f"{host}:{server.port}"
            result = handfast("connect", "--cafile", str(pki / "root.pem"), place)
            assert result.code == 0, result.err
        # A client of IPv4 is called as such.
        assert server.says("127.0.0.1:", "out").startswith("127.0.0.1:")
        assert server.says("[::1]:", "out").startswith("[::1]:")


# ---- which certificate ----


def leaf_of(pki: Path, server: Serving, *options: str, name: str = "localhost") -> str:
    result = peers.connect(
        pki, peers.Peer(server.port), "--servername", name, "--no-verify", *options
    )
    assert result.code == 0, result.err
    return str(result.document["chain"][0]["subject"]).partition(",")[0]


def test_several_certificates(pki: Path) -> None:
    """By name first, then by what the client can verify."""
    keys = ("elsewhere", "p256", "rsa", "ed25519")
    pairs = [word for key in keys for word in pair(pki, key)]
    with serve("--echo", *pairs) as server:
        assert leaf_of(pki, server) == "CN=p256"
        assert leaf_of(pki, server, name="elsewhere.handfast.invalid") == "CN=elsewhere"
        assert leaf_of(pki, server, name="unknown.handfast.invalid") == "CN=elsewhere"
        for version in VERSIONS:
            context = context_of(pki, version)
            if version == "1.2":
                context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
                with dial(server, context) as client:
                    subject = dict(x[0] for x in client.getpeercert()["subject"])
                    assert subject["commonName"] == "rsa"


def test_encrypted_key(pki: Path, tmp_path: Path) -> None:
    key, password = tmp_path / "sealed.key", tmp_path / "password"
    command = ["openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in"]
    command += [str(pki / "p256.key"), "-passout", "pass:two words", "-out", str(key)]
    subprocess.run(command, check=True, capture_output=True)
    sealed = ("--cert", str(pki / "p256.pem"), "--key", str(key))
    refused = handfast("serve", "--listen", "127.0.0.1:0", *sealed)
    assert refused.code == 2
    password.write_text("one word\n")
    options = (*sealed, "--key-password-file", str(password))
    assert handfast("serve", "--listen", "127.0.0.1:0", *options).code == 2
    password.write_text("two words\r\nand more\n")
    with serve(*options) as server:
        assert leaf_of(pki, server) == "CN=p256"


def test_chain_and_key_in_one_file(pki: Path, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_text((pki / "p256.pem").read_text() + (pki / "p256.key").read_text())
    with serve("--cert", str(both)) as server:
        assert leaf_of(pki, server) == "CN=p256"


# ---- clients' certificates ----


@pytest.mark.parametrize("version", VERSIONS)
def test_client_certificates(version: str, pki: Path) -> None:
    trust = ("--cafile", str(pki / "root.pem"))
    good = context_of(pki, version)
    good.load_cert_chain(pki / "client-p256.pem", pki / "client-p256.key")
    bad = context_of(pki, version)
    bad.load_cert_chain(pki / "selfsigned.pem", pki / "selfsigned.key")
    none = context_of(pki, version)

    def greeting(server: Serving, context: ssl.SSLContext) -> bytes:
        with dial(server, context) as client:
            return client.recv(500)

    with serve("--client-auth", "optional", *trust, *pair(pki, "p256")) as server:
        assert b", client CN=client-p256,?O=handfast?tests" in greeting(server, good)
        assert b"client" not in greeting(server, none)
        with pytest.raises(ssl.SSLError, match="unknown ca"):
            greeting(server, bad)
        told = server.says("(CERT_")
        assert told.startswith("handfast serve: 127.0.0.1:")
        assert "); hint: " in told  # what it was, and what to do
    with serve("--client-auth", "required", *trust, *pair(pki, "p256")) as server:
        assert b", client CN=client-p256" in greeting(server, good)
        with pytest.raises(ssl.SSLError):
            greeting(server, none)
        assert "CLIENT_CERTIFICATE_MISSING" in server.says("127.0.0.1:")


# ---- tickets ----


def resumes(server: Serving, context: ssl.SSLContext, session: ssl.SSLSession) -> bool:
    with dial(server, context, session=session) as client:
        client.sendall(b"x")
        client.recv(1)
        return bool(client.session_reused)


def session_of(server: Serving, context: ssl.SSLContext) -> ssl.SSLSession:
    with dial(server, context) as client:
        client.sendall(b"x")
        client.recv(1)  # the tickets came before it
        assert client.session is not None
        return client.session


@pytest.mark.parametrize("version", VERSIONS)
def test_tickets(version: str, pki: Path, tmp_path: Path) -> None:
    context = context_of(pki, version)
    keys = tmp_path / "tickets"
    old, new = os.urandom(48), os.urandom(48)
    keys.write_bytes(old)
    shared = ("--echo", "--ticket-keys", str(keys), *pair(pki, "p256"))
    with serve(*shared) as first, serve(*shared) as second:
        session = session_of(first, context)
        assert resumes(second, context, session), "they share the keys"
        keys.write_bytes(new + old)
        second.hang_up()
        second.says("were read again", "out")
        assert resumes(second, context, session), "the old key still opens"
        session = session_of(second, context)
        assert not resumes(first, context, session), "it has not read the new one"
    with serve("--echo", *pair(pki, "p256")) as server:
        assert not resumes(server, context, session), "keys of its own"
        assert resumes(server, context, session_of(server, context))
    with (
        serve("--echo", "--no-tickets", *pair(pki, "p256")) as server,
        dial(server, context) as client,
    ):
        client.sendall(b"x")
        client.recv(1)
        assert client.session is None or not client.session.has_ticket


# ---- versions, groups, suites, protocols ----


def test_what_is_spoken(pki: Path) -> None:
    good = pair(pki, "p256")

    def agreed(options: tuple[str, ...], *client: str) -> tuple[int, dict]:
        with serve("--echo", *options, *good) as server:
            result = peers.connect(pki, peers.Peer(server.port), *client)
        return result.code, result.document["agreed"] or result.document["error"]

    code, found = agreed(("--tls12",))
    assert (code, found["version"]) == (0, "TLSv1.2")
    code, found = agreed(("--tls13",), "--tls12")
    assert (code, found["alert"]["name"]) == (1, "protocol_version")
    code, found = agreed(("--tls12", "--tls13"))
    assert (code, found["version"]) == (0, "TLSv1.3")
    code, found = agreed((), "--tls12", "--tls12")
    assert (code, found["version"]) == (0, "TLSv1.2")
    code, found = agreed((), "--tls12", "--tls13")
    assert (code, found["version"]) == (0, "TLSv1.3")
    code, found = agreed(("--groups", "P-384"))
    assert (found["group"], found["hello_retried"]) == ("secp384r1", True)
    code, found = agreed(("--suites", "TLS_CHACHA20_POLY1305_SHA256"))
    assert found["cipher_suite"] == "TLS_CHACHA20_POLY1305_SHA256"
    code, found = agreed(("--alpn", "b,a"), "--alpn", "a,b")
    assert found["alpn"] == "b"
    code, found = agreed(("--alpn", "b"), "--alpn", "a")
    assert (code, found["alert"]["name"]) == (1, "no_application_protocol")


# ---- signals ----


def test_reload(pki: Path, tmp_path: Path) -> None:
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    shutil.copy(pki / "p256.pem", certificate)
    shutil.copy(pki / "p256.key", key)
    with (
        serve("--cert", str(certificate), "--key", str(key)) as server,
        dial(server, context_of(pki)) as before,
    ):
        assert before.recv(500)
        shutil.copy(pki / "rsa.pem", certificate)
        server.hang_up()
        told = server.says("reload failed, and what was in use stays: --key ")
        assert "not that of the certificate" in told
        assert leaf_of(pki, server) == "CN=p256"
        shutil.copy(pki / "rsa.key", key)
        server.hang_up()
        server.says("were read again", "out")
        assert leaf_of(pki, server) == "CN=rsa"
        before.sendall(b"still here")
        assert before.recv(100) == b"still here"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_in_an_orderly_way(number: int, pki: Path) -> None:
    with serve(*pair(pki, "p256")) as server:
        clients = [dial(server, context_of(pki, version)) for version in VERSIONS]
        silent = socket.create_connection(("127.0.0.1", server.port), peers.PATIENCE)
        for client in clients:
            assert client.recv(500)
        server.process.send_signal(number)
        for client in clients:
            assert receive_all(client) == b"", "close_notify"
            client.close()
        assert silent.recv(1) == b""
        silent.close()
        assert server.process.wait(peers.PATIENCE) == 0


def test_second_signal_ends_at_once(pki: Path) -> None:
    with serve("--echo", *pair(pki, "p256")) as server:
        client = dial(server, context_of(pki))
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        server.process.send_signal(signal.SIGTERM)
        server.says("stopping: 1 connection to close", "out")
        assert server.stop() == 0
        client.close()


def test_nobody_listens_to_it(pki: Path) -> None:
    """A reader of its output that leaves does not end it; it is told at the end."""
    command = [peers.COMMAND, "serve", "--listen", "127.0.0.1:0", *pair(pki, "p256")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout
    port = int(process.stdout.readline().rpartition(b":")[2])
    process.stdout.close()
    for _ in range(2):
        result = peers.connect(pki, peers.Peer(port))
        assert result.code == 0
    process.terminate()
    assert process.wait(peers.PATIENCE) == 7


# ---- limits ----


def test_handshake_timeout(pki: Path) -> None:
    """A byte now and then does not make it longer."""
    options = ("--handshake-timeout", "0.4", *pair(pki, "p256"))
    with serve(*options) as server:
        place = ("127.0.0.1", server.port)
        with socket.create_connection(place, peers.PATIENCE) as client:
            client.settimeout(0.05)
            start = time.monotonic()
            for byte in b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(400):
                try:
                    client.sendall(bytes([byte]))
                    if not client.recv(100):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            assert time.monotonic() - start < peers.PATIENCE / 2
        assert "(DEADLINE_EXCEEDED)" in server.says("127.0.0.1:")


def test_idle_timeout(pki: Path) -> None:
    with serve("--echo", "--idle-timeout", "0.3", *pair(pki, "p256")) as server:
        with dial(server, context_of(pki)) as client:
            start = time.monotonic()
            while time.monotonic() - start < 0.6:
                client.sendall(b"x")
                assert client.recv(1) == b"x"
            assert receive_all(client) == b"", "close_notify"
        assert server.stop() == 0
        assert server.err == []


def test_client_that_never_reads(pki: Path) -> None:
    with serve("--echo", "--idle-timeout", "0.5", *pair(pki, "p256")) as server:
        client = dial(server, context_of(pki))
        client.settimeout(0.2)
        stuff(client, 1 << 30)
        assert server.says("does not read what is sent to it")
        client.close()


def test_max_connections(pki: Path) -> None:
    options = ("--echo", "--max-connections", "2", *pair(pki, "p256"))
    with serve(*options) as server:
        assert "at most 2 connections" in server.says("at most", "out")
        context = context_of(pki)
        clients = [dial(server, context) for _ in range(2)]
        waiting = socket.create_connection(("127.0.0.1", server.port), peers.PATIENCE)
        assert server.says("2 connections are the most")
        waiting.settimeout(0.2)
        late = None
        with pytest.raises(TimeoutError):
            late = context.wrap_socket(waiting, server_hostname="localhost")
        assert late is None
        clients.pop().close()
        with dial(server, context) as late:
            late.sendall(b"now")
            assert late.recv(3) == b"now"
        clients.pop().close()


def test_without_descriptors(pki: Path) -> None:
    """The limit of the system is no reason to end, nor to spin."""
    command = f"ulimit -n 70; exec {peers.COMMAND} serve --listen 127.0.0.1:0 --echo "
    command += " ".join(pair(pki, "p256"))
    process = subprocess.Popen(
        ["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    server = Serving(process)
    server.says("at most 35 connections", "out")
    server.places = [server.out[0].rpartition(" ")[2]]
    context = context_of(pki)
    clients = [dial(server, context) for _ in range(35)]
    spare = [
        socket.create_connection(("127.0.0.1", server.port), peers.PATIENCE)
        for _ in range(10)
    ]
    assert server.says("35 connections are the most")
    for client in clients:
        client.close()
    assert resumes(server, context, session_of(server, context))
    for client in spare:
        client.close()
    assert server.stop() == 0
    for stream in (process.stdout, process.stderr):
        assert stream
        stream.close()


def test_failures_are_bounded(pki: Path) -> None:
    """A port scan does not fill the disk: ten lines a second, then a number."""
    with serve(*pair(pki, "p256")) as server:
        for _ in range(60):
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(b"\x00" * 64)
                client.settimeout(peers.PATIENCE)
                while client.recv(1000):
                    pass
        told = server.says("more failures in that second")
        assert int(told.split()[2]) >= 30
        assert server.stop() == 0
        assert len(server.err) <= 40


# ---- what it tells ----

UNEXPECTED = b"\x15\x03\x03\x00\x02\x02\x0a"
"""A fatal unexpected_message in a record of its own."""
OTHER_VERSION = b"\x15\x03\x03\x00\x02\x02\x46"
"""The same of protocol_version."""


@pytest.mark.parametrize(
    ("garbage", "name", "alert"),
    [
        (b"GET / HTTP/1.0\r\n\r\n", "HTTP_REQUEST", UNEXPECTED),
        (b"CONNECT a:443 HTTP/1.1\r\n\r\n", "HTTPS_PROXY_REQUEST", UNEXPECTED),
        (
            b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + bytes(40),
            "SSLV2_HELLO",
            OTHER_VERSION,
        ),
        (bytes(100), "PEER_NOT_TLS", OTHER_VERSION),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "PEER_SPEAKS_SSH", UNEXPECTED),
        (b"", "EOF_BEFORE_HELLO", b""),
    ],
)
def test_garbage(garbage: bytes, name: str, alert: bytes, pki: Path) -> None:
    """An alert for those who could read it, a name for us, and the server lives on."""
    with serve("--json", "--echo", *pair(pki, "p256")) as server:
        place = ("127.0.0.1", server.port)
        with socket.create_connection(place, peers.PATIENCE) as client:
            client.sendall(garbage)
            client.shutdown(socket.SHUT_WR)
            answer = client.recv(100)
            assert answer == alert
        (event,) = server.events("connection")
        assert (event["result"], event["error"]["name"]) == ("handshake_failed", name)
        assert event["client"].startswith("127.0.0.1:")
        assert leaf_of(pki, server) == "CN=p256"


def test_json(pki: Path) -> None:
    with serve("--json", "--alpn", "x", *pair(pki, "p256")) as server:
        (listening,) = server.events("listening")
        assert listening["service"] == "greet"
        assert listening["places"] == [server.place]
        result = peers.connect(pki, peers.Peer(server.port), "--alpn", "x")
        assert result.code == 0
        (event,) = server.events("connection")
        assert (event["result"], event["error"], event["fault"]) == ("ok", None, None)
        agreed = event["agreed"]
        assert agreed["role"] == "server"
        assert agreed["version"]["name"] == "TLSv1.3"
        assert agreed["alpn"] == "x"
        assert 0 < event["handshake_ms"] <= event["duration_ms"]
        result = peers.connect(pki, peers.Peer(server.port), "--alpn", "y")
        assert result.code == 1
        event = server.events("connection", 2)[1]
        assert event["result"] == "handshake_failed"
        assert event["error"]["alert"]["name"] == "no_application_protocol"
        server.hang_up()
        assert server.events("reloaded")
        assert server.stop() == 0
        assert json.loads(server.out[-1])["event"] == "stopping"
        assert server.err == []


def test_quiet(pki: Path) -> None:
    """Failures alone, on standard error."""
    port = peers.free_port()
    options = ("--quiet", "--listen", f"127.0.0.1:{port}", *pair(pki, "p256"))
    process = subprocess.Popen(
        [peers.COMMAND, "serve", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    peers.wait_until(lambda: peers.accepts(port), "handfast serve", process)
    assert peers.connect(pki, peers.Peer(port)).code == 0
    process.terminate()
    out, err = process.communicate(timeout=peers.PATIENCE)
    assert (process.returncode, out) == (0, b"")
    assert err.count(b"EOF_BEFORE_HELLO") == err.count(b"\n") >= 1


def test_key_log(pki: Path, tmp_path: Path) -> None:
    log = tmp_path / "keys"
    with serve("--keylog", str(log), *pair(pki, "p256")) as server:
        assert peers.connect(pki, peers.Peer(server.port)).code == 0
    assert "SERVER_HANDSHAKE_TRAFFIC_SECRET" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_help() -> None:
    text = handfast("help", "serve").text
    assert text == handfast("serve", "--help").text
    assert max(map(len, text.splitlines())) <= 88
