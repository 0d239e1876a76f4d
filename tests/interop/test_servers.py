"""handfast against OpenSSL, GnuTLS and nginx, by kind of key, group, suite and shape."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import peers
import pytest
from peers import Peer, connect, handfast

GROUPS = {"x25519": "X25519", "secp256r1": "P-256", "secp384r1": "P-384"}
GNUTLS_GROUPS = {
    "x25519": "GROUP-X25519",
    "secp256r1": "GROUP-SECP256R1",
    "secp384r1": "GROUP-SECP384R1",
}
SUITES = {
    "TLS_AES_128_GCM_SHA256": "AES-128-GCM",
    "TLS_AES_256_GCM_SHA384": "AES-256-GCM",
    "TLS_CHACHA20_POLY1305_SHA256": "CHACHA20-POLY1305",
}
SIGNATURES = {
    "rsa": "rsa_pss_rsae_",
    "rsa3072": "rsa_pss_rsae_",
    "p256": "ecdsa_secp256r1_sha256",
    "p384": "ecdsa_secp384r1_sha384",
    "ed25519": "ed25519",
}
KEY_NAMES = {
    "rsa": "RSA 2048",
    "rsa3072": "RSA 3072",
    "p256": "EC P-256",
    "p384": "EC P-384",
    "ed25519": "Ed25519",
}

Server = Callable[..., AbstractContextManager[Peer]]


def start(name: str, folder: Path, pki: Path, key: str) -> AbstractContextManager[Peer]:
    if name == "openssl":
        return peers.openssl(folder, pki, key, mode="-www")
    server: Server = getattr(peers, name)
    return server(folder, pki, key)


@pytest.mark.parametrize("key", peers.KEYS)
@pytest.mark.parametrize("server", ["openssl", "gnutls", "nginx"])
def test_handshake_data_and_resumption(
    server: str, key: str, pki: Path, tmp_path: Path
) -> None:
    with start(server, tmp_path, pki, key) as peer:
        result = connect(pki, peer, "--resume")
        document = result.document
        assert (result.code, document["result"], document["error"]) == (0, "ok", None)
        agreed = document["agreed"]
        assert agreed["version"] == "TLSv1.3"
        assert agreed["signature_algorithm"].startswith(SIGNATURES[key])
        assert agreed["verified"] is True
        assert agreed["session_reused"] is False
        assert [c["key"] for c in document["chain"]] == [KEY_NAMES[key], "EC P-256"]
        assert "127.0.0.1" in document["chain"][0]["names"]

        second = document["second"]
        assert (second["result"], second["error"]) == ("ok", None)
        assert second["agreed"]["session_reused"] is True
        assert second["agreed"]["signature_algorithm"] is None

        request = b"GET / HTTP/1.0\r\n\r\n"
        reply = handfast(
            "connect", "-q", "--cafile", str(pki / "root.pem"), peer.place, data=request
        )
        assert reply.code == 0, reply.err
        assert reply.out.startswith(b"HTTP/1."), reply.out[:80]


@pytest.mark.parametrize("group", GROUPS)
def test_openssl_group(group: str, pki: Path, tmp_path: Path) -> None:
    with peers.openssl(tmp_path, pki, "p256", "-groups", GROUPS[group]) as peer:
        for offered in (group, GROUPS[group]):
            agreed = connect(pki, peer, "--groups", offered, "--resume").document[
                "agreed"
            ]
            assert (agreed["group"].lower(), agreed["hello_retried"]) == (group, False)


@pytest.mark.parametrize("group", GROUPS)
def test_gnutls_group(group: str, pki: Path, tmp_path: Path) -> None:
    priority = f"NORMAL:-GROUP-ALL:+{GNUTLS_GROUPS[group]}"
    with peers.gnutls(tmp_path, pki, "p256", priority) as peer:
        agreed = connect(pki, peer, "--groups", group).document["agreed"]
        assert (agreed["group"].lower(), agreed["hello_retried"]) == (group, False)


@pytest.mark.parametrize("suite", SUITES)
def test_openssl_suite(suite: str, pki: Path, tmp_path: Path) -> None:
    with peers.openssl(tmp_path, pki, "p256", "-ciphersuites", suite) as peer:
        document = connect(pki, peer, "--resume").document
        assert document["agreed"]["cipher_suite"] == suite
        assert document["second"]["agreed"]["cipher_suite"] == suite
        assert document["second"]["agreed"]["session_reused"] is True


@pytest.mark.parametrize("suite", SUITES)
def test_gnutls_suite(suite: str, pki: Path, tmp_path: Path) -> None:
    priority = f"NORMAL:-CIPHER-ALL:+{SUITES[suite]}"
    with peers.gnutls(tmp_path, pki, "p256", priority) as peer:
        document = connect(pki, peer, "--resume").document
        assert document["agreed"]["cipher_suite"] == suite
        assert document["second"]["agreed"]["session_reused"] is True


@pytest.mark.parametrize("suite", SUITES)
def test_nginx_suite(suite: str, pki: Path, tmp_path: Path) -> None:
    more = f"ssl_conf_command Ciphersuites {suite};"
    with peers.nginx(tmp_path, pki, "p256", more) as peer:
        assert connect(pki, peer).document["agreed"]["cipher_suite"] == suite


def retried_server(name: str, folder: Path, pki: Path) -> AbstractContextManager[Peer]:
    """A server that wants P-384 where the client bet on X25519."""
    if name == "openssl":
        return peers.openssl(folder, pki, "p256", "-groups", "P-384")
    if name == "gnutls":
        return peers.gnutls(folder, pki, "p256", "NORMAL:-GROUP-ALL:+GROUP-SECP384R1")
    return peers.nginx(folder, pki, "p256", "ssl_ecdh_curve secp384r1;")


@pytest.mark.parametrize("server", ["openssl", "gnutls", "nginx"])
def test_hello_retry_request(server: str, pki: Path, tmp_path: Path) -> None:
    with retried_server(server, tmp_path, pki) as peer:
        document = connect(pki, peer, "--groups", "x25519,secp384r1", "--resume").document
        assert document["result"] == "ok", document["error"]
        for agreed in (document["agreed"], document["second"]["agreed"]):
            assert (agreed["group"].lower(), agreed["hello_retried"]) == (
                "secp384r1",
                True,
            )
        assert document["second"]["agreed"]["session_reused"] is True


@pytest.mark.parametrize("server", ["openssl", "gnutls", "nginx"])
def test_no_group_in_common(server: str, pki: Path, tmp_path: Path) -> None:
    """RFC 8446 4.1.1: the server answers handshake_failure; GnuTLS says the same."""
    with retried_server(server, tmp_path, pki) as peer:
        result = connect(pki, peer, "--groups", "x25519")
        assert (result.code, result.document["result"]) == (1, "handshake_failed")
        assert result.document["error"]["name"] == "ALERT_RECEIVED"
        assert "handshake_failure" in result.out.decode()


def test_large_transfer(pki: Path, tmp_path: Path) -> None:
    with peers.nginx(tmp_path, pki, "rsa") as peer:
        reply = handfast(
            *("connect", "-q", "--cafile", str(pki / "root.pem"), peer.place),
            data=b"GET /large HTTP/1.0\r\n\r\n",
        )
        assert reply.code == 0, reply.err
        assert reply.out.partition(b"\r\n\r\n")[2] == bytes(range(256)) * 20000


def test_large_upload(pki: Path, tmp_path: Path) -> None:
    """More than any socket buffer holds, while the peer answers as it reads."""
    with peers.openssl(tmp_path, pki, "p256", mode="-rev") as peer:
        lines = [f"line {i:06d}" for i in range(60000)]
        reply = handfast(
            *("connect", "-q", "--timeout", "2", "--cafile", str(pki / "root.pem")),
            peer.place,
            data="".join(f"{line}\n" for line in [*lines, "CLOSE"]).encode(),
        )
        assert reply.out.decode().splitlines() == [line[::-1] for line in lines]


def test_alpn_chosen_and_declined(pki: Path, tmp_path: Path) -> None:
    with peers.openssl(tmp_path, pki, "p256", "-alpn", "http/1.1,h2") as peer:
        chosen = connect(pki, peer, "--alpn", "h2,http/1.1").document["agreed"]
        assert chosen["alpn"] == "http/1.1"
        assert connect(pki, peer).document["agreed"]["alpn"] is None
    with peers.openssl(tmp_path, pki, "p256") as peer:
        declined = connect(pki, peer, "--alpn", "h2").document["agreed"]
        assert declined["alpn"] is None


def test_alpn_refused_by_nginx(pki: Path, tmp_path: Path) -> None:
    """RFC 7301 3.2: no protocol in common is fatal."""
    with peers.nginx(tmp_path, pki, "p256", listen="ssl http2") as peer:
        assert connect(pki, peer, "--alpn", "h2").document["agreed"]["alpn"] == "h2"
        result = connect(pki, peer, "--alpn", "imap")
        assert result.code == 1
        assert "no_application_protocol" in result.out.decode()


def test_key_log_is_the_same_at_both_ends(pki: Path, tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    with peers.openssl(tmp_path, pki, "p256", "-keylogfile", str(theirs)) as peer:
        assert connect(pki, peer, "--keylog", str(ours)).code == 0
    lines = [line for line in theirs.read_text().splitlines() if not line.startswith("#")]
    mine = [line for line in ours.read_text().splitlines() if not line.startswith("#")]
    assert sorted(lines) == sorted(mine)
    assert {line.split()[0] for line in mine} >= {
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0",
        "EXPORTER_SECRET",
    }
    assert ours.stat().st_mode & 0o777 == 0o600


def test_server_name_is_sent(pki: Path, tmp_path: Path) -> None:
    """s_server gives its second certificate to whoever asks for that name."""
    other = ["-servername", "one.handfast.test", "-servername_fatal"]
    other += ["-cert2", str(pki / "p384.pem"), "-key2", str(pki / "p384.key")]
    with peers.openssl(tmp_path, pki, "p256", *other) as peer:
        named = connect(pki, peer, "--servername", "one.handfast.test").document
        assert named["chain"][0]["key"] == "EC P-384"
        unnamed = connect(pki, peer).document
        assert unnamed["chain"][0]["key"] == "EC P-256"


def test_ticket_of_a_server_that_forgot(pki: Path, tmp_path: Path) -> None:
    """Without tickets there is nothing to resume, and the command says so."""
    with peers.nginx(tmp_path, pki, "p256", "ssl_session_tickets off;") as peer:
        first = connect(pki, peer)
        assert first.code == 0
    with peers.openssl(tmp_path, pki, "p256", "-num_tickets", "0") as peer:
        result = connect(pki, peer, "--resume")
        assert (result.code, result.document["result"]) == (6, "not_resumed")
        assert result.document["second"] is None
        assert result.document["agreed"]["verified"] is True


def test_certificate_of_ours_demanded(pki: Path, tmp_path: Path) -> None:
    """RFC 8446 4.4.2.4: the server refuses the empty Certificate after the handshake."""
    with peers.openssl(tmp_path, pki, "p256", "-Verify", "1") as peer:
        result = connect(pki, peer)
        assert result.document["agreed"]["certificate_requested"] is True
        assert result.code == 1
        assert "certificate_required" in result.out.decode()
    with peers.openssl(tmp_path, pki, "p256", "-verify", "1") as peer:
        result = connect(pki, peer)
        assert result.document["agreed"]["certificate_requested"] is True
        assert result.code == 0
