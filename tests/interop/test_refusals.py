"""Connections that must fail, each with its own code, alert and exit code."""

from __future__ import annotations

import selectors
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
    assert error["alert"]["name"] == "certificate_expired"
    assert (error["alert"]["direction"], error["certificate"]["index"]) == ("sent", 0)
    assert (error["step"], error["message"]) == ("VERIFY_CERT", "Certificate")
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
        log = peer.log
        assert log is not None
        assert peers.eventually(lambda: "alert" in log.read_text()), "the server was told"


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
    """RFC 8446 4.2.1: it must answer protocol_version; GnuTLS finds no suite first."""
    alert = "handshake_failure" if server == "gnutls" else "protocol_version"
    if server == "openssl":
        peer_of = peers.openssl(tmp_path, pki, "rsa", "-tls1_2")
    elif server == "gnutls":
        peer_of = peers.gnutls(tmp_path, pki, "rsa", "NORMAL:-VERS-ALL:+VERS-TLS1.2")
    else:
        peer_of = peers.nginx(tmp_path, pki, "rsa", "ssl_protocols TLSv1.2;")
    with peer_of as peer:
        result = connect(pki, peer, "--tls13")
    assert (result.code, result.document["error"]["name"]) == (1, "ALERT_RECEIVED")
    error = result.document["error"]
    assert (error["alert"]["name"], error["alert"]["direction"]) == (alert, "received")


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
    with peers.nginx(tmp_path, pki, "p256") as server:

        def cut(connection: socket.socket) -> None:
            with socket.create_connection((server.host, server.port)) as upstream:
                upstream.settimeout(peers.PATIENCE)
                carry(connection, upstream, 100000)

        with peers.speaking(cut) as peer:
            reply = handfast(
                *("connect", "-q", "--cafile", str(pki / "root.pem"), peer.place),
                data=b"GET /large HTTP/1.0\r\n\r\n",
            )
    assert reply.code == 4
    assert b"(EOF_IN_RECORD)" in reply.err or b"(EOF_WITHOUT_CLOSE_NOTIFY)" in reply.err
    assert 0 < len(reply.out) < 100000


def carry(client: socket.socket, server: socket.socket, limit: int) -> None:
    """Carries bytes both ways, but no more than limit of them to the client."""
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, server)
        selector.register(server, selectors.EVENT_READ, client)
        while limit > 0:
            for key, _ in selector.select(peers.PATIENCE):
                source, target = key.fileobj, key.data
                assert isinstance(source, socket.socket)
                data = source.recv(min(65536, limit))
                if not data:
                    return
                limit -= len(data) if source is server else 0
                target.sendall(data)
                if limit == 0:
                    return
