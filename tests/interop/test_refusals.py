"""Connections that must fail, each with its own code, alert and exit code."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import peers
import pytest
from peers import connect, handfast


@pytest.mark.parametrize("server", ["openssl", "gnutls", "nginx"])
def test_expired(server: str, pki: Path, tmp_path: Path) -> None:
    with getattr(peers, server)(tmp_path, pki, "expired") as peer:
        result = connect(pki, peer)
    error = result.document["error"]
    assert (result.code, result.document["result"]) == (3, "certificate_refused")
    assert error["name"] == "CERT_EXPIRED"
    assert "certificate_expired" in result.out.decode()
    assert result.document["agreed"] is None
    assert len(result.document["chain"]) == 2, "the refused chain is still told"


@pytest.mark.parametrize(
    ("key", "options", "ca", "name", "alert"),
    [
        ("notyet", [], "root.pem", "CERT_NOT_YET_VALID", None),
        ("elsewhere", [], "root.pem", "CERT_NAME_MISMATCH", None),
        (
            "p256",
            ["--servername", "wrong.example"],
            "root.pem",
            "CERT_NAME_MISMATCH",
            None,
        ),
        (
            "p256",
            ["--servername", "a.b.handfast.test"],
            "root.pem",
            "CERT_NAME_MISMATCH",
            None,
        ),
        ("p256", [], "other-root.pem", "CERT_UNKNOWN_ISSUER", "unknown_ca"),
        ("lonely", [], "root.pem", "CERT_UNKNOWN_ISSUER", "unknown_ca"),
        ("selfsigned", [], "root.pem", "CERT_SELF_SIGNED", "unknown_ca"),
    ],
)
def test_certificate_refused(
    key: str,
    options: list[str],
    ca: str,
    name: str,
    alert: str | None,
    pki: Path,
    tmp_path: Path,
) -> None:
    with peers.openssl(tmp_path, pki, key) as peer:
        result = connect(pki, peer, *options, ca=ca)
        assert (result.code, result.document["error"]["name"]) == (3, name)
        if alert:
            assert alert in result.out.decode()
        peer_log = peer.log.read_text() if peer.log else ""
    assert "alert" in peer_log, "the server was told"


def test_no_verify_connects_and_tells(pki: Path, tmp_path: Path) -> None:
    with peers.openssl(tmp_path, pki, "expired") as peer:
        result = connect(pki, peer, "--no-verify")
    agreed = result.document["agreed"]
    assert (result.code, agreed["verified"], agreed["verify_result"]) == (
        0,
        False,
        "CERT_EXPIRED",
    )


@pytest.mark.parametrize("server", ["openssl", "gnutls", "nginx"])
def test_server_speaks_tls12_alone(server: str, pki: Path, tmp_path: Path) -> None:
    """RFC 8446 4.2.1: it must answer protocol_version."""
    if server == "openssl":
        peer_of = peers.openssl(tmp_path, pki, "rsa", "-tls1_2")
    elif server == "gnutls":
        peer_of = peers.gnutls(tmp_path, pki, "rsa", "NORMAL:-VERS-ALL:+VERS-TLS1.2")
    else:
        peer_of = peers.nginx(tmp_path, pki, "rsa", "ssl_protocols TLSv1.2;")
    with peer_of as peer:
        result = connect(pki, peer)
    assert (result.code, result.document["error"]["name"]) == (1, "ALERT_RECEIVED")
    assert "protocol_version" in result.out.decode()


def test_plain_http(pki: Path, tmp_path: Path) -> None:
    with peers.nginx(tmp_path, pki, None) as peer:
        result = connect(pki, peer)
    assert (result.code, result.document["error"]["name"]) == (1, "PEER_SPEAKS_HTTP")


@pytest.mark.parametrize(
    ("greeting", "name"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "PEER_SPEAKS_SSH"),
        (b"220 mail.handfast.test ESMTP\r\n", "PEER_SPEAKS_SMTP"),
        (b"\x00" * 64, "PEER_NOT_TLS"),
    ],
)
def test_other_protocols(greeting: bytes, name: str, pki: Path) -> None:
    def greet(connection: socket.socket) -> None:
        connection.sendall(greeting)
        connection.recv(65536)

    with peers.speaking(greet) as peer:
        result = connect(pki, peer)
    assert (result.code, result.document["error"]["name"]) == (1, name)


def test_peer_hangs_up(pki: Path) -> None:
    def hang_up(connection: socket.socket) -> None:
        connection.recv(65536)

    with peers.speaking(hang_up) as peer:
        result = connect(pki, peer)
    assert (result.code, result.document["result"]) == (4, "unreachable")
    assert result.document["error"]["name"] == "EOF_BEFORE_HELLO"


def test_peer_is_silent(pki: Path) -> None:
    def wait(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    with peers.speaking(wait) as peer:
        start = time.monotonic()
        result = connect(pki, peer, "--timeout", "0.3")
        spent = time.monotonic() - start
    assert (result.code, result.document["result"]) == (5, "timed_out")
    assert result.document["error"]["name"] == "DEADLINE_EXCEEDED"
    assert spent < 5.0


def test_nothing_listens(pki: Path) -> None:
    port = peers.free_port()
    result = connect(pki, peers.Peer(port))
    assert (result.code, result.document["result"]) == (4, "unreachable")
    assert result.document["error"]["name"] == "CONNECT_FAILED"
    assert result.document["error"]["summary"] == (
        f"connect to 127.0.0.1:{port}: Connection refused"
    )
    assert result.document["chain"] == []


def test_cut_in_the_data(pki: Path, tmp_path: Path) -> None:
    """Clause 35: an end without close_notify is not a clean end."""
    with peers.openssl(tmp_path, pki, "p256") as server:

        def cut(connection: socket.socket) -> None:
            with socket.create_connection((server.host, server.port)) as upstream:
                upstream.settimeout(peers.PATIENCE)
                relay_until_reply(connection, upstream)

        with peers.speaking(cut) as peer:
            reply = handfast(
                *("connect", "-q", "--cafile", str(pki / "root.pem"), peer.place),
                data=b"GET / HTTP/1.0\r\n\r\n",
            )
    assert reply.code == 4
    assert b"EOF_WITHOUT_CLOSE_NOTIFY" in reply.err or b"EOF_IN_RECORD" in reply.err


def relay_until_reply(client: socket.socket, server: socket.socket) -> None:
    """Carries bytes both ways, and stops inside the first large record of the server."""
    import selectors

    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, server)
        selector.register(server, selectors.EVENT_READ, client)
        sent = 0
        while True:
            for key, _ in selector.select(peers.PATIENCE):
                source, target = key.fileobj, key.data
                assert isinstance(source, socket.socket)
                data = source.recv(65536)
                if not data:
                    return
                if source is server and sent > 0 and len(data) > 1500:
                    target.sendall(data[:-100])
                    return
                if source is client:
                    sent += 1 if sent or data[0] == 0x17 else 0
                target.sendall(data)
