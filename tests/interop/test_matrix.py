"""Every server that Debian has, Go's and rustls: versions by kinds of key, with
resumption, with and without a certificate of ours; and, where the peer has ML-KEM, the
hybrid groups with and without HelloRetryRequest."""

from __future__ import annotations

from pathlib import Path

import more_peers
import pytest
from more_peers import SERVERS, Wanted
from peers import Peer, connect, handfast
from starting import started

KEYS = {
    "rsa": ("RSA 2048", "rsa_p"),
    "p256": ("EC P-256", "ecdsa_"),
    "p384": ("EC P-384", "ecdsa_"),
    "ed25519": ("Ed25519", "ed25519"),
}
# In TLS 1.3 a signature algorithm names the curve (RFC 8446 4.2.3), and RSA is PSS.
SIGNATURES_13 = {
    "rsa": "rsa_pss_rsae_",
    "p256": "ecdsa_secp256r1_sha256",
    "p384": "ecdsa_secp384r1_sha384",
    "ed25519": "ed25519",
}
WITH_ML_KEM = ("go", "rustls")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("server", SERVERS)
def test_version_key_resumption(
    server: str, version: str, key: str, pki: Path, tmp_path: Path
) -> None:
    with started(server, tmp_path, Wanted(pki, key, version)) as peer:
        result = connect(pki, peer, "--resume")
        document = result.document
        assert (result.code, document["error"]) == (0, None)
        agreed, again = document["agreed"], document["second"]["agreed"]
        assert agreed["version"] == f"TLSv{version}"
        assert agreed["verified"] is True
        signed = SIGNATURES_13[key] if version == "1.3" else KEYS[key][1]
        assert agreed["signature_algorithm"].startswith(signed)
        assert document["chain"][0]["key"] == KEYS[key][0]
        assert (agreed["session_reused"], again["session_reused"]) == (False, True)
        assert again["version"] == agreed["version"]
        assert again["cipher_suite"] == agreed["cipher_suite"]
        if server != "openssl":  # which is silent; with -www it sleeps a second
            check_reply(pki, peer)


def check_reply(pki: Path, peer: Peer, *options: str) -> bytes:
    """Data goes both ways, and the end is a clean one."""
    request = b"GET / HTTP/1.0\r\n\r\n"
    trust = ("--cafile", str(pki / "root.pem"))
    reply = handfast("connect", "-q", *trust, *options, peer.place, data=request)
    assert (reply.code, reply.err) == (0, b"")
    assert reply.out.startswith(b"HTTP/1."), reply.out[:80]
    return reply.out


def ours(pki: Path, key: str) -> tuple[str, ...]:
    certificate = pki / f"client-{key}.pem"
    return ("--cert", str(certificate), "--key", str(certificate.with_suffix(".key")))


@pytest.mark.parametrize("server", SERVERS)
def test_both_versions_offered(server: str, pki: Path, tmp_path: Path) -> None:
    """The offer by default fits a server of TLS 1.2; one of TLS 1.3 alone is refused."""
    with started(server, tmp_path, Wanted(pki, "p256", "1.2")) as peer:
        refused = connect(pki, peer, "--tls13")
        assert refused.code == 1
        error = refused.document["error"]
        assert (error["name"], error["alert"]["direction"]) == (
            "ALERT_RECEIVED",
            "received",
        )
        for offered in ((), ("--tls12",)):
            agreed = connect(pki, peer, *offered).document["agreed"]
            assert agreed["version"] == "TLSv1.2"


@pytest.mark.parametrize("key", ["rsa", "ed25519"])
@pytest.mark.parametrize("server", WITH_ML_KEM)
def test_ml_kem_by_default(server: str, key: str, pki: Path, tmp_path: Path) -> None:
    wanted = Wanted(pki, key, groups="X25519MLKEM768,x25519")
    with started(server, tmp_path, wanted) as peer:
        document = connect(pki, peer, "--resume").document
        assert document["error"] is None
        for agreed in (document["agreed"], document["second"]["agreed"]):
            assert agreed["group"] == "X25519MLKEM768"
            assert agreed["hello_retried"] is False
        assert document["second"]["agreed"]["session_reused"] is True
        check_reply(pki, peer)


# What the client bets on, and what the server alone will have.
RETRIES = [
    ("x25519,X25519MLKEM768", "X25519MLKEM768"),
    ("X25519MLKEM768,secp256r1", "secp256r1"),
    ("X25519MLKEM768,x25519,secp384r1", "secp384r1"),
]


@pytest.mark.parametrize(
    ("server", "offered", "demanded"),
    [(server, *groups) for server in WITH_ML_KEM for groups in RETRIES]
    # Go 1.24, which go.mod names, does not have this one.
    + [("rustls", "x25519,SecP256r1MLKEM768", "SecP256r1MLKEM768")],
)
def test_retry_into_another_group(
    server: str, offered: str, demanded: str, pki: Path, tmp_path: Path
) -> None:
    """RFC 8446 4.1.4, with shares of more than a thousand bytes in either hello."""
    wanted = Wanted(pki, "p256", groups=demanded)
    with started(server, tmp_path, wanted) as peer:
        document = connect(pki, peer, "--groups", offered, "--resume").document
        assert document["error"] is None
        for agreed in (document["agreed"], document["second"]["agreed"]):
            assert (agreed["group"], agreed["hello_retried"]) == (demanded, True)
        assert document["second"]["agreed"]["session_reused"] is True


@pytest.mark.parametrize("server", WITH_ML_KEM)
def test_no_hybrid_in_common(server: str, pki: Path, tmp_path: Path) -> None:
    with started(server, tmp_path, Wanted(pki, "p256", groups="secp384r1")) as peer:
        result = connect(pki, peer, "--groups", "X25519MLKEM768")
        assert result.code == 1
        assert result.document["error"]["alert"]["name"] == "handshake_failure"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("server", SERVERS)
def test_client_certificate(
    server: str, version: str, key: str, pki: Path, tmp_path: Path
) -> None:
    """The server insists on a certificate and verifies it."""
    wanted = Wanted(pki, "p256", version, demands_certificate=True)
    with started(server, tmp_path, wanted) as peer:
        result = connect(pki, peer, "--resume", *ours(pki, key))
        document = result.document
        assert (result.code, document["error"]) == (0, None)
        assert document["agreed"]["certificate_requested"] is True
        assert document["second"]["agreed"]["session_reused"] is True
        if server == "openssl":
            return
        reply = check_reply(pki, peer, *ours(pki, key))
        assert b" 400 " not in reply.splitlines()[0]
        if server == "go":
            assert f" client client-{key} ".encode() in reply
        if server == "rustls":
            assert b" client somebody " in reply


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_client_certificate_missing(
    server: str, version: str, pki: Path, tmp_path: Path
) -> None:
    """A server that insists on a certificate tells so, and so does the command."""
    wanted = Wanted(pki, "p256", version, demands_certificate=True)
    with started(server, tmp_path, wanted) as peer:
        reply = handfast(
            *("connect", "-q", "--cafile", str(pki / "root.pem"), peer.place),
            data=b"GET / HTTP/1.0\r\n\r\n",
        )
        if server == "nginx":  # tells it in HTTP (ssl_verify_client)
            assert reply.out.startswith(b"HTTP/1.1 400")
            return
        assert reply.code == 1
        assert b"alert" in reply.err.lower()
        assert reply.out == b""


def test_the_table_is_whole() -> None:
    """A server that somebody takes out of the table is missed here."""
    assert {"openssl", "gnutls", "nginx", "haproxy", "stunnel", "apache", "python"} < set(
        more_peers.SERVERS
    )
