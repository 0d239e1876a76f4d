"""``--html``: the report of a handshake or a verification, for people and machines."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import peers
import pytest
from peers import handfast
from report_page import Page

HOSTILE = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>"


def trust(pki: Path) -> tuple[str, str]:
    return ("--cafile", str(pki / "root.pem"))


def read(path: Path) -> Page:
    page = Page(path.read_text("utf-8"))
    page.check()
    return page


@pytest.fixture(scope="module")
def server(pki: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[peers.Peer]:
    with peers.openssl(tmp_path_factory.mktemp("server"), pki, "p256") as peer:
        yield peer


@pytest.fixture(scope="module")
def expired(pki: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[peers.Peer]:
    with peers.openssl(tmp_path_factory.mktemp("expired"), pki, "expired") as peer:
        yield peer


@contextmanager
def answering(words: bytes) -> Iterator[int]:
    """A server that answers a hello with these bytes, whatever it was."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(words)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(peers.PATIENCE)


# ---- what it tells ----


def test_success(pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    result = handfast(
        *("connect", *trust(pki), "--alpn", "h2", "--html", str(file), server.place)
    )
    assert result.code == 0
    assert "handshake     TLSv1.3" in result.text  # the account is there as ever
    page = read(file)
    for words in ("Connected", "TLSv1.3", "ClientHello", "Finished", "trusted root"):
        assert words in page.text, words
    assert page.classes("fault") == page.classes("alert") == 0
    assert page.classes("out") >= 3
    assert page.classes("taken") >= 3
    assert (page.classes("done"), page.classes("failed")) == (4, 0)
    assert page.plain == result.text
    assert "none</span>" in page.source or "chosen" in page.text
    assert page.record["result"] == "ok"
    messages = [e for e in page.record["timeline"] if e["kind"] == "message"]
    for event in messages:
        assert f"{event['bytes']} byte" in page.text
        assert f"{event['microseconds'] / 1000:.1f} ms" in page.text
    assert page.text.count("sends with") == sum(
        e["kind"] == "keys" for e in page.record["timeline"]
    )


def test_failure(pki: Path, expired: peers.Peer, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    result = handfast("connect", *trust(pki), "--html", str(file), expired.place)
    assert result.code == 3
    page = read(file)
    error = page.record["error"]
    assert error["name"] == "CERT_EXPIRED"
    for words in (error["name"], error["step"]):
        assert words in page.text, words
    for words in (error["summary"], error["hint"]):  # as sentences
        assert f"{words[0].upper()}{words[1:].rstrip('.')}." in page.text, words
    assert "certificate_expired (45), sent by this side" in page.text
    assert "The last day of a certificate has passed." in page.text
    assert "Reload the server" in page.text
    assert re.search(r"expired \d+ days ago", page.text)
    assert page.classes("fault") == 1
    assert page.classes("alert") == 1
    assert page.classes("stop") == 1
    assert [page.classes(c) for c in ("done", "failed", "never")] == [2, 1, 1]
    assert page.plain == result.text
    assert page.title == f"TLS handshake with {expired.place}: CERT_EXPIRED"
    for certificate in page.record["chain"]:
        assert certificate["sha256"] in page.text


def test_no_verify(pki: Path, expired: peers.Peer, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    arguments = ("connect", *trust(pki), "--no-verify", "--html", str(file))
    assert handfast(*arguments, expired.place).code == 0
    page = read(file)
    assert "NOT VERIFIED" in page.text
    assert "The certificate was NOT VERIFIED: " in page.text
    assert page.classes("fault") == 1


def test_two_connections(pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    arguments = ("connect", *trust(pki), "--resume", "--html", str(file))
    assert handfast(*arguments, server.place).code == 0
    page = read(file)
    assert "Again, with the ticket" in page.text
    assert page.source.count('aria-label="Handshake"') == 2
    assert page.source.count('aria-label="Certificate chain"') == 1
    assert page.record["second"]["agreed"]["session_reused"] is True


def test_before_tls(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    port = peers.free_port()
    result = handfast("connect", "--html", str(file), f"127.0.0.1:{port}")
    assert result.code == 4
    page = read(file)
    assert "CONNECT_FAILED" in page.text
    assert "nothing listens on that port" in page.text
    assert page.record["error"]["name"] == "CONNECT_FAILED"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (b"HTTP/1.1 400 <script>alert(1)</script>\r\n\r\n", "PEER_SPEAKS_HTTP"),
        (b"<script>alert(1)</script>\xe2\x80\xae\xff\x00", "PEER_NOT_TLS"),
        (b"", "EOF_BEFORE_HELLO"),
    ],
)
def test_other_answers(words: bytes, name: str, pki: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    with answering(words) as port:
        handfast("connect", *trust(pki), "--html", str(file), f"127.0.0.1:{port}")
    page = read(file)
    assert page.record["error"]["name"] == name
    assert name in page.text
    if words:
        assert "<script>alert(1)" in page.text  # as text, not as an element
        assert "server to client: " in page.text  # the answer is in the diagram
        assert page.text.count("not TLS") >= 1
    assert [page.classes(c) for c in ("done", "failed", "never")] == [1, 1, 2]


def test_many_names(tmp_path: Path) -> None:
    """The first are shown, the others at a click; none is lost."""
    names = [f"site-{i}.hosting.example" for i in range(100)]
    hostile_pki(tmp_path, "many", names)
    file = tmp_path / "report.html"
    trusted = ("--cafile", str(tmp_path / "selfsigned.pem"))
    with peers.openssl(tmp_path, tmp_path, "selfsigned") as peer:
        result = handfast("connect", *trusted, "--html", str(file), peer.place)
    assert result.code == 3, result.err
    page = read(file)
    assert "and 92 more" in page.text
    for name in names:
        assert name in page.text


def test_equal_messages(pki: Path, tmp_path: Path) -> None:
    """Many tickets are one line of the diagram."""
    file = tmp_path / "report.html"
    with peers.openssl(tmp_path, pki, "p256", "-num_tickets", "12") as peer:
        handfast("connect", *trust(pki), "--html", str(file), peer.place)
    page = read(file)
    tickets = [e for e in page.record["timeline"] if e.get("name") == "NewSessionTicket"]
    if len({e["bytes"] for e in tickets}) == 1 and len(tickets) > 8:
        assert re.search(r"NewSessionTicket, \d+ times", page.text)
        assert "bytes each, until" in page.text


def test_another_hello(pki: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    with peers.openssl(tmp_path, pki, "p256", "-groups", "P-384") as peer:
        handfast("connect", *trust(pki), "--html", str(file), peer.place)
    page = read(file)
    assert "asks for another hello, with a key share of secp384r1" in page.text
    assert "(--groups secp384r1,...)" in page.text


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_certificate_is_demanded(version: str, pki: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    asking = ("-Verify", "1", "-CAfile", str(pki / "root.pem"), version)
    with peers.openssl(tmp_path, pki, "p256", *asking) as peer:
        arguments = ("connect", *trust(pki), "--wait-for-verdict", "--html", str(file))
        assert handfast(*arguments, peer.place).code == 1
    page = read(file)
    assert page.record["error"]["name"] == "CLIENT_CERTIFICATE_REQUIRED"
    assert "What to do" in page.text
    assert "The client certificate that the server asked for" in page.text
    asked = page.record["error"]["certificate_request"]
    assert asked["answer"] == "not_set"
    assert asked["answer_text"][1:] in page.text
    assert asked["certificate_authorities"]
    for name in asked["certificate_authorities"]:
        assert name in page.text
    for scheme in asked["signature_algorithms"]:
        assert (scheme["name"] or f"0x{scheme['number']:04x}") in page.text
    assert page.classes("failed") == 1


def test_through_a_proxy(pki: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    with answering(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as port:
        proxy = f"http://user:secret@127.0.0.1:{port}"
        result = handfast(
            *("connect", "--proxy", proxy, "--html", str(file), "www.handfast.test")
        )
    assert result.code == 4
    page = read(file)
    assert "PROXY_AUTHENTICATION_REQUIRED" in page.text
    assert "user:secret" not in page.source
    assert [page.classes(c) for c in ("done", "failed", "never")] == [1, 1, 3]
    assert "handshake 0.0 ms" not in page.text


def test_silence(pki: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = f"127.0.0.1:{listener.getsockname()[1]}"
        result = handfast(
            *("connect", *trust(pki), "--timeout", "0.3", "--html", str(file), place)
        )
    assert result.code == 5
    page = read(file)
    assert "DEADLINE_EXCEEDED" in page.text
    assert re.search(r"\d+ ms without an answer", page.text)


def test_verify(pki: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    arguments = ("verify", *trust(pki), "--html", str(file))
    assert handfast(*arguments, str(pki / "p256.pem")).code == 0
    page = read(file)
    assert "Trusted" in page.text
    assert page.record["result"] == "ok"
    assert handfast(*arguments, "--host", "x.test", str(pki / "p256.pem")).code == 3
    page = read(file)
    assert "CERT_NAME_MISMATCH" in page.text
    assert page.classes("fault") == 1
    assert str(pki) not in page.text  # names of folders are nobody's business


def test_hostile_file_name(pki: Path, tmp_path: Path) -> None:
    """Of what changes the direction of text the number is shown."""
    file = tmp_path / "report.html"
    chain = tmp_path / "a\u202emep.\u200b<b>\x01.pem"
    chain.write_bytes((pki / "p256.pem").read_bytes())
    assert handfast("verify", *trust(pki), "--html", str(file), str(chain)).code == 0
    assert "aU+202Emep.U+200B<b>U+0001.pem" in read(file).text


# ---- what others put into it ----


def hostile_pki(
    folder: Path, subject: str, names: Sequence[str] = ("localhost",)
) -> None:
    """A certificate with a subject and names of somebody's choice."""
    (folder / "req.cnf").write_text(
        "[req]\ndistinguished_name=dn\nprompt=no\nutf8=yes\nstring_mask=utf8only\n"
        f"[dn]\nCN={subject[:60]}\nO={subject[:60]}\nOU={subject[60:120] or 'x'}\n"
        f"[ext]\nsubjectAltName={','.join('DNS:' + name for name in names)}\n",
        "utf-8",
    )
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9"
    )
    key, certificate = folder / "selfsigned.key", folder / "selfsigned.pem"
    subprocess.run(
        [
            *command.split(),
            *("-config", str(folder / "req.cnf"), "-extensions", "ext"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize(
    "subject",
    [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>'&amp;<!--",
        "moc.elpmaxe\u202egro.elpmaxe\u2066\u200b\u200f\u2028",
        "x" * 120,
        "\u05d0\u05d1\u05d2 \u4e2d\u6587 \U0001f512",
    ],
    ids=["script", "quotes", "bidi", "long", "letters"],
)
def test_hostile_names(subject: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    hostile_pki(tmp_path, subject)
    with peers.openssl(tmp_path, tmp_path, "selfsigned") as peer:
        result = handfast(
            *("connect", "--cafile", str(tmp_path / "selfsigned.pem"), "--servername"),
            *("other.test", "--html", str(file), peer.place),
        )
    assert result.code == 3, result.err
    page = read(file)
    assert page.record["chain"][0]["subject"]
    shown = re.sub(r"U\+[0-9A-F]{4}", "", page.text)
    for word in re.findall(r"\w{3,}", subject[:60]):
        assert word in shown, word


def test_hostile_arguments(pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    handfast(
        *("connect", *trust(pki), "--alpn", f"h2,{HOSTILE}\u202e"),
        *("--html", str(file), server.place),
    )
    page = read(file)
    assert HOSTILE in page.text


# ---- the file ----


def test_to_standard_output(pki: Path, expired: peers.Peer) -> None:
    result = handfast("connect", *trust(pki), "--html", "-", expired.place)
    assert result.code == 3
    page = Page(result.text)
    page.check()
    assert b"CERT_EXPIRED" in result.err
    quiet = handfast("connect", *trust(pki), "-q", "--html", "-", expired.place)
    Page(quiet.text).check()
    assert len(quiet.err.splitlines()) == 1


def test_input_is_not_relayed_into_it(pki: Path, server: peers.Peer) -> None:
    result = handfast("connect", *trust(pki), "--html", "-", server.place, data=b"Q\n")
    assert result.code == 0
    Page(result.text).check()


def test_with_json(pki: Path, expired: peers.Peer, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    result = peers.connect(pki, expired, "--html", str(file))
    assert read(file).record == result.document


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["connect", "--html", "", "localhost"], "--html needs a file"),
        (["connect", "--html", "-", "--json", "localhost"], "leave --json out"),
        (["connect", "--html", "-", "--relay", "localhost"], "leave --relay out"),
        (["verify", "--html", "", "file.pem"], "--html needs a file"),
        (["verify", "--html", "-", "--json", "file.pem"], "leave --json out"),
    ],
)
def test_usage(arguments: list[str], words: str) -> None:
    result = handfast(*arguments)
    assert (result.code, result.out) == (2, b"")
    assert words in result.err.decode()


def test_the_file_is_replaced_as_a_whole(
    pki: Path, server: peers.Peer, tmp_path: Path
) -> None:
    file, link = tmp_path / "report.html", tmp_path / "link.html"
    file.write_text("before")
    link.symlink_to(file)
    arguments = ("connect", *trust(pki), "--html")
    assert handfast(*arguments, str(link), server.place).code == 0
    assert link.is_symlink()
    read(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~current_umask()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.html", "report.html"]


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_it_cannot_be_written(pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    arguments = ("connect", *trust(pki), "--html")
    nowhere = tmp_path / "no" / "report.html"
    result = handfast(*arguments, str(nowhere), server.place)
    assert result.code == 7
    assert str(nowhere) in result.err.decode()
    full = handfast(*arguments, "/dev/full", server.place)
    assert full.code == 7
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)  # written to, not replaced
    with open("/dev/full", "wb") as out:
        done = subprocess.run(
            [peers.COMMAND, *arguments, "-", server.place],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 7


def test_a_failure_keeps_its_exit_code(
    pki: Path, expired: peers.Peer, tmp_path: Path
) -> None:
    nowhere = tmp_path / "no" / "report.html"
    arguments = ("connect", *trust(pki), "--html", str(nowhere), expired.place)
    assert handfast(*arguments).code == 3


# ---- for all eyes ----


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    values = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


ON = {
    "ink": "ground card bad-ground good-ground chip mark",
    "soft": "ground card bad-ground chip",
    "bad": "ground card bad-ground",
    "good": "card good-ground",
    "clear": "card",
    "shake": "card chip",
    "app": "card chip",
    "card": "bad",  # a tag on the certificate at fault
}


@pytest.mark.parametrize(
    "scheme", [":root{", "prefers-color-scheme:dark", "@media print"]
)
def test_contrast(scheme: str, pki: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    handfast(
        *("verify", *trust(pki), "--html", str(file), str(pki / "p256.pem")),
    )
    style = "".join(d for tag, d in read(file).texts if tag == "style")

    def colours(at: int) -> dict[str, str]:
        block = style[at : style.index("}", at)]
        return dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", block))

    found = colours(0) | colours(style.index(scheme))
    assert len(found) >= 14
    for text, grounds in ON.items():
        for ground in grounds.split():
            assert contrast(found[text], found[ground]) >= 4.5, (text, ground)


# ---- in a browser ----

WRAPPER = """<!DOCTYPE html><title>x</title><p id="said"></p>
<iframe id="frame" src="{page}" style="width:{width}px;height:500px;border:0"></iframe>
<script>
frame.onload = () => {{
  const page = frame.contentDocument.documentElement;
  said.textContent = "width " + page.scrollWidth + " fonts " +
    getComputedStyle(frame.contentDocument.body).fontSize;
}};
</script>
"""


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_scrolling_sideways(
    width: int, pki: Path, expired: peers.Peer, tmp_path: Path
) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed")
    page, wrapper = tmp_path / "report.html", tmp_path / "wrapper.html"
    handfast(
        *("connect", *trust(pki), "--alpn", "x" * 200, "--html", str(page)),
        expired.place,
    )
    wrapper.write_text(WRAPPER.format(page=page.name, width=width))
    done = subprocess.run(
        [
            *(browser, "--headless=new", "--no-sandbox", "--disable-gpu"),
            *("--hide-scrollbars", "--allow-file-access-from-files"),
            *("--virtual-time-budget=5000", f"--user-data-dir={tmp_path / 'profile'}"),
            *("--window-size=1600,900", "--dump-dom", wrapper.as_uri()),
        ],
        capture_output=True,
        timeout=3 * peers.PATIENCE,
        text=True,
        check=False,
    )
    assert f"width {width} fonts 16px" in done.stdout, done.stderr[-500:]
