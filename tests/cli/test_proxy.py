"""``handfast connect --proxy``: through HTTP's CONNECT and SOCKS 5, and refusals."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import dialogue
import peers
import pytest
from dialogue import Server
from peers import handfast

HTTP_HEAD = re.compile(rb"CONNECT .*\r\n\r\n", re.DOTALL)
GREETING = re.compile(rb"\x05\x01\x00")
REQUEST = re.compile(rb"\x05\x01\x00\x03.a.example\x01\xbb", re.DOTALL)


@pytest.fixture(scope="module")
def server(pki: Path, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with peers.openssl(tmp_path_factory.mktemp("server"), pki, "p256") as peer:
        yield peer


def through(url: str, pki: Path, place: str, *options: str) -> peers.Result:
    result = handfast(
        *("connect", "--json", "--cafile", str(pki / "root.pem"), "--proxy", url),
        *options,
        place,
    )
    result.document = json.loads(result.out)
    return result


# ---- what succeeds ----


def test_http(pki: Path, server: peers.Peer) -> None:
    proxy = Server()
    with proxy.running(dialogue.http_proxy(proxy, server.port)) as peer:
        # The name does not exist here: the proxy resolves it.
        result = through(f"http://{peer.place}", pki, "x.handfast.test:4433")
    assert result.code == 0, result.document["error"]
    assert proxy.heard == [
        b"CONNECT x.handfast.test:4433 HTTP/1.1\r\nHost: x.handfast.test:4433\r\n\r\n"
    ]
    assert result.document["proxy"] == f"http://{peer.place}"
    assert (result.document["host"], result.document["port"]) == ("x.handfast.test", 4433)
    assert result.document["address"] == "127.0.0.1"


def test_socks(pki: Path, server: peers.Peer) -> None:
    proxy = Server()
    with proxy.running(dialogue.socks_proxy(proxy, server.port)) as peer:
        for place in ("x.handfast.test", "127.0.0.1:80", "[::1]:65535"):
            result = through(f"socks5://{peer.place}/", pki, place)
            assert result.code == 0, result.document["error"]
    assert proxy.heard == [
        b"\x05\x01\x00\x03x.handfast.test\x01\xbb",
        b"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50",
        b"\x05\x01\x00\x04" + bytes(15) + b"\x01\xff\xff",
    ]
    assert result.document["proxy"] == f"socks5://{peer.place}"


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_user_and_password(scheme: str, pki: Path, server: peers.Peer) -> None:
    make = {"http": dialogue.http_proxy, "socks5": dialogue.socks_proxy}[scheme]
    proxy = Server()
    with proxy.running(make(proxy, server.port, b"me@home:a/b%c")) as peer:
        right = through(f"{scheme}://me@home:a%2Fb%25c@{peer.place}", pki, "localhost")
        wrong = through(f"{scheme}://me@home:no@{peer.place}", pki, "localhost")
        none = through(f"{scheme}://{peer.place}", pki, "localhost")
        text = handfast("connect", "--proxy", f"{scheme}://me:no@{peer.place}", "a")
    assert right.code == 0, right.document["error"]
    assert right.document["proxy"] == f"{scheme}://{peer.place}", "no password here"
    for refused in (wrong, none):
        assert refused.code == 4
        assert refused.document["error"]["name"] == "PROXY_AUTHENTICATION_REQUIRED"
        assert (
            "--proxy SCHEME://USER:PASSWORD@HOST:PORT"
            in (refused.document["error"]["hint"])
        )
    assert "does not take this user name" in wrong.document["error"]["summary"]
    assert "wants a user name" in none.document["error"]["summary"]
    if scheme == "http":
        assert (
            '407 Proxy Authentication Required", Basic realm="hers"'
            in (none.document["error"]["summary"])
        )
    assert "me:no" not in text.text


def test_long_credentials(pki: Path, server: peers.Peer) -> None:
    long = "u" * 255, "p" * 255
    for scheme, make in (
        ("http", dialogue.http_proxy),
        ("socks5", dialogue.socks_proxy),
    ):
        proxy = Server()
        script = make(proxy, server.port, ":".join(long).encode())
        with proxy.running(script) as peer:
            result = through(
                f"{scheme}://{long[0]}:{long[1]}@{peer.place}", pki, "localhost"
            )
        assert result.code == 0, result.document["error"]


def test_starttls_behind_a_proxy(pki: Path) -> None:
    """The greeting may come in one piece with the proxy's answer, and is not lost."""
    upgrade = dialogue.UPGRADES["smtp"]
    greeting = upgrade[0]
    assert isinstance(greeting, bytes)
    server = Server()
    script = [HTTP_HEAD, b"HTTP/1.1 200 OK\r\n\r\n" + greeting, *upgrade[1:]]
    with server.running(server.upgrading(script, pki)) as peer:
        result = through(
            f"http://{peer.place}", pki, "x.handfast.test", "--starttls", "smtp"
        )
    assert result.code == 0, (result.document["error"], server.faults)
    with server.running(server.upgrading(script, pki)) as peer:
        text = handfast(
            *("connect", "--no-verify", "--starttls", "smtp"),
            *("--proxy", f"http://{peer.place}", "x.handfast.test"),
        ).text
    assert f"through http://{peer.place}, upgraded with smtp in " in text


# ---- usage ----


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("localhost:3128", "http://HOST:PORT or socks5://HOST:PORT"),
        ("https://localhost:3128", "http://HOST:PORT or socks5://HOST:PORT"),
        ("socks4://localhost:1", "http://HOST:PORT or socks5://HOST:PORT"),
        ("http://localhost", "port is missing"),
        ("http://localhost:0", "HOST:PORT is wrong"),
        ("http://:1", "HOST:PORT is wrong"),
        ("http://a:1/path", "HOST:PORT is wrong"),
        ("http://@a:1", "user name"),
        ("http://:x@a:1", "user name"),
        ("http://a%zz@a:1", "user name"),
        ("http://a%2@a:1", "user name"),
        ("http://a%00@a:1", "user name"),
        (f"http://{'a' * 256}@a:1", "user name"),
        (f"http://secret:{'a' * 256}@a:1", "user name"),
        ("", "http://HOST:PORT"),
    ],
)
def test_wrong_usage(url: str, words: str) -> None:
    result = handfast("connect", "--proxy", url, "localhost")
    assert result.code == 2
    assert words in result.err.decode()
    assert b"secret" not in result.err
    assert len(result.err.splitlines()) == 1


def test_colon_in_a_user_name() -> None:
    """RFC 7617 2: it cannot be sent by HTTP, and is not sent in a wrong form."""
    server = Server()
    with server.running(server.refusing([])) as peer:
        result = handfast("connect", "-q", "--proxy", f"http://a%3Ab:c@{peer.place}", "a")
    assert result.code == 4
    assert b"colon" in result.err


# ---- refusals ----

OK = b"HTTP/1.1 200 OK\r\n\r\n"
REFUSALS: list[tuple[str, dialogue.Dialogue, str, str]] = [
    (
        "http",
        [HTTP_HEAD, b"HTTP/1.1 403 Forbidden\r\nA: b\r\n\r\n<html>"],
        "REFUSED",
        'CONNECT a.example:443: the proxy said "HTTP/1.1 403 Forbidden"',
    ),
    ("http", [HTTP_HEAD, b"HTTP/1.0 503\n\n"], "REFUSED", '"HTTP/1.0 503"'),
    (
        "http",
        [HTTP_HEAD, b"HTTP/1.1 407 \x1b[1m\r\n\r\n"],
        "AUTHENTICATION_REQUIRED",
        r"407 \x1b[1m",
    ),
    ("http", [HTTP_HEAD, b"HTTP/1.1 100 Go on\r\n\r\n"], "CLOSED", "CONNECT"),
    ("http", [HTTP_HEAD, b"SSH-2.0-x\r\n"], "ANSWER_UNKNOWN", '"SSH-2.0-x"'),
    ("http", [HTTP_HEAD, b"HTTP/1.1 2000 OK\r\n"], "ANSWER_UNKNOWN", "2000"),
    ("http", [HTTP_HEAD, b"HTTP/2 200\r\n"], "ANSWER_UNKNOWN", "HTTP/2"),
    ("http", [HTTP_HEAD, OK + b"220 smtp\r\n"], "DATA_BEFORE_TLS", r"220 smtp\r\n"),
    ("http", [HTTP_HEAD, OK[:-2] + b"A: " + b"b" * 3000], "TOO_LONG", "2 KiB"),
    ("http", [HTTP_HEAD, OK[:-2] + b"A: b\r\n" * 20000], "TOO_LONG", "64 KiB"),
    ("http", [HTTP_HEAD], "CLOSED", "before the answer to CONNECT came"),
    ("socks5", [GREETING, b"\x05\xff"], "AUTHENTICATION_REQUIRED", "wants a user name"),
    ("socks5", [GREETING, b"\x05\x02"], "ANSWER_UNKNOWN", r"\x05\x02"),
    ("socks5", [GREETING, b"\x05\x01"], "ANSWER_UNKNOWN", r"\x05\x01"),
    ("socks5", [GREETING, b"HTTP/1.1"], "ANSWER_UNKNOWN", '"HT"'),
    ("socks5", [GREETING, b"\x05"], "CLOSED", "the first answer"),
    (
        "socks5",
        [GREETING, b"\x05\x00", REQUEST, b"\x05\x02\x00\x01\0\0\0\0\0\0"],
        "REFUSED",
        "connect to a.example:443: not allowed by the proxy's rules (reply 2)",
    ),
    (
        "socks5",
        [GREETING, b"\x05\x00", REQUEST, b"\x05\x63\x00\x01\0\0\0\0\0\0"],
        "REFUSED",
        "reply 99",
    ),
    (
        "socks5",
        [GREETING, b"\x05\x00", REQUEST, b"\x05\x00\x00\x02\0\0\0\0\0\0"],
        "ANSWER_UNKNOWN",
        r"\x02",
    ),
    (
        "socks5",
        [GREETING, b"\x05\x00", REQUEST, b"\x04\x00\x00\x01\0\0\0\0\0\0"],
        "ANSWER_UNKNOWN",
        r"\x04",
    ),
    (
        "socks5",
        [GREETING, b"\x05\x00", REQUEST, b"\x05\x00\x00\x01\0\0\0\0\0"],
        "CLOSED",
        "the answer to the request",
    ),
    (
        "socks5",
        [GREETING, b"\x05\x00", REQUEST, b"\x05\x00\x00\x01\0\0\0\0\0\0SSH-2.0"],
        "DATA_BEFORE_TLS",
        "SSH-2.0",
    ),
]


@pytest.mark.parametrize(
    ("scheme", "script", "failure", "words"),
    REFUSALS,
    ids=[f"{r[0]}-{i}" for i, r in enumerate(REFUSALS)],
)
def test_refusal(
    scheme: str, script: dialogue.Dialogue, failure: str, words: str, pki: Path
) -> None:
    server = Server()
    with server.running(server.refusing(script)) as peer:
        result = through(f"{scheme}://{peer.place}", pki, "a.example")
    error = result.document["error"]
    assert error["name"] == f"PROXY_{failure}", (error, server.faults)
    assert words in error["summary"]
    assert error["summary"].startswith(f"proxy {scheme}: ")
    assert error["summary"].isprintable()
    assert error["hint"]
    assert result.code == 4
    assert not any(b"\x16\x03" in heard for heard in server.heard), "no ClientHello"


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_silence(scheme: str, pki: Path) -> None:
    server = Server()
    with server.running(server.silent([])) as peer:
        result = through(f"{scheme}://{peer.place}", pki, "a", "--timeout", "0.2")
    assert result.code == 5
    assert result.document["error"]["name"] == "PROXY_TIMED_OUT"


def test_a_proxy_that_is_not_there(pki: Path) -> None:
    port = peers.free_port()
    result = through(f"http://127.0.0.1:{port}", pki, "a.example")
    assert result.code == 4
    error = result.document["error"]
    assert error["name"] == "CONNECT_FAILED"
    assert error["summary"].startswith(f"proxy: connect to 127.0.0.1:{port}: ")


def test_a_proxy_that_resets(pki: Path) -> None:
    def reset(connection: socket.socket) -> None:
        connection.recv(1)
        linger = b"\x01\0\0\0\0\0\0\0"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    with peers.speaking(reset) as peer:
        result = through(f"http://{peer.place}", pki, "a.example")
    assert result.code == 4
    assert result.document["error"]["name"] == "PROXY_CLOSED"
    assert result.document["error"]["errno"] != 0
