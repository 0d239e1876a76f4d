"""handfast against servers that speak TLS 1.2: suites by keys by resumption, groups,
signatures, what is refused of servers that are too old to be safe, and the same master
secret at both ends."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import peers
import pytest
from peers import Peer, connect, handfast

# Names in OpenSSL, and what GnuTLS calls their cipher.
ECDSA = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "AES-128-GCM",
    ),
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": (
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "AES-256-GCM",
    ),
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": (
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "CHACHA20-POLY1305",
    ),
}
RSA = {
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": (
        "ECDHE-RSA-AES128-GCM-SHA256",
        "AES-128-GCM",
    ),
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": (
        "ECDHE-RSA-AES256-GCM-SHA384",
        "AES-256-GCM",
    ),
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": (
        "ECDHE-RSA-CHACHA20-POLY1305",
        "CHACHA20-POLY1305",
    ),
}
PAIRS = [
    (key, suite)
    for key, suites in {
        "rsa": RSA,
        "p256": ECDSA,
        "p384": ECDSA,
        "ed25519": ECDSA,
    }.items()
    for suite in suites
]
GROUPS = {"x25519": "X25519", "secp256r1": "P-256", "secp384r1": "P-384"}
SIGNATURES = {"rsa": "rsa_p", "p256": "ecdsa_", "p384": "ecdsa_", "ed25519": "ed25519"}


@contextlib.contextmanager
def python(
    folder: Path, pki: Path, key: str, cipher: str, tickets: bool
) -> Iterator[Peer]:
    """Python's own ssl, one thread, HTTP in a line."""
    chain = folder / "chain.pem"
    chain.write_text(
        (pki / f"{key}.pem").read_text() + (pki / "intermediate.pem").read_text()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, pki / f"{key}.key")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(cipher)
    if not tickets:
        context.options |= ssl.OP_NO_TICKET

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            data = tls.recv(4096)
            if data:
                tls.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + data)
            tls.unwrap()

    with peers.speaking(serve) as peer:
        yield peer


def start(
    server: str, folder: Path, pki: Path, key: str, suite: str, tickets: bool = True
) -> AbstractContextManager[Peer]:
    openssl_name, gnutls_name = (RSA | ECDSA)[suite]
    if server == "openssl":
        options = ["-tls1_2", "-cipher", openssl_name]
        options += [] if tickets else ["-no_ticket"]
        return peers.openssl(folder, pki, key, *options)
    if server == "gnutls":
        # The suite's other part follows from the key; gnutls-serv knows no way to give
        # ids without tickets but this.
        priority = f"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+{gnutls_name}"
        return peers.gnutls(
            folder, pki, key, priority + ("" if tickets else ":%NO_TICKETS")
        )
    if server == "nginx":
        more = f"ssl_protocols TLSv1.2; ssl_ciphers {openssl_name};"
        more += f"ssl_session_tickets {'on' if tickets else 'off'};"
        return peers.nginx(folder, pki, key, more)
    return python(folder, pki, key, openssl_name, tickets)


@pytest.mark.parametrize("tickets", [True, False], ids=["ticket", "id"])
@pytest.mark.parametrize(("key", "suite"), PAIRS)
@pytest.mark.parametrize("server", ["openssl", "gnutls", "nginx", "python"])
def test_suite_key_and_resumption(
    server: str, key: str, suite: str, tickets: bool, pki: Path, tmp_path: Path
) -> None:
    with start(server, tmp_path, pki, key, suite, tickets) as peer:
        result = connect(pki, peer, "--tls12", "--resume")
        document = result.document
        assert (result.code, document["error"]) == (0, None)
        first, second = document["agreed"], document["second"]["agreed"]
        assert first["signature_algorithm"].startswith(SIGNATURES[key])
        assert (first["session_reused"], second["session_reused"]) == (False, True)
        for agreed in (first, second):
            assert agreed["version"] == "TLSv1.2"
            assert agreed["cipher_suite"] == suite
            assert agreed["verified"] is True

        # A ticket where it is to be one, an id where not.
        names = {event["name"] for event in document["timeline"]}
        assert ("NewSessionTicket" in names) is tickets

        # The same to a client that offers TLS 1.3 too.
        both = connect(pki, peer).document["agreed"]
        assert (both["version"], both["cipher_suite"]) == ("TLSv1.2", suite)
        if server != "openssl":  # which is silent
            check_reply(pki, peer)


def check_reply(pki: Path, peer: Peer) -> None:
    trust = ("--cafile", str(pki / "root.pem"))
    request = b"GET / HTTP/1.0\r\n\r\n"
    reply = handfast("connect", "-q", "--tls12", *trust, peer.place, data=request)
    assert (reply.code, reply.err) == (0, b"")
    assert reply.out.startswith(b"HTTP/1."), reply.out[:80]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("key", ["rsa", "p256"])
def test_group(key: str, group: str, pki: Path, tmp_path: Path) -> None:
    options = ("-tls1_2", "-groups", GROUPS[group])
    with peers.openssl(tmp_path, pki, key, *options) as peer:
        agreed = connect(pki, peer, "--tls12").document["agreed"]
        assert agreed["group"].lower() == group
        refused = connect(
            pki, peer, "--tls12", "--groups", "P-256" if group != "secp256r1" else "P-384"
        )
        assert refused.code == 1
        assert refused.document["error"]["name"] == "ALERT_RECEIVED"


@pytest.mark.parametrize(
    ("key", "openssl_name", "name"),
    [
        ("rsa", "RSA+SHA256", "rsa_pkcs1_sha256"),
        ("rsa", "RSA+SHA384", "rsa_pkcs1_sha384"),
        ("rsa", "RSA+SHA512", "rsa_pkcs1_sha512"),
        ("rsa", "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha256"),
        ("rsa", "rsa_pss_rsae_sha512", "rsa_pss_rsae_sha512"),
        ("p256", "ECDSA+SHA256", "ecdsa_secp256r1_sha256"),
        # In TLS 1.2 the hash is not tied to the curve (RFC 5246 7.4.1.4.1).
        ("p256", "ECDSA+SHA384", "ecdsa_secp384r1_sha384"),
        ("p384", "ECDSA+SHA256", "ecdsa_secp256r1_sha256"),
    ],
)
def test_signature(
    key: str, openssl_name: str, name: str, pki: Path, tmp_path: Path
) -> None:
    with peers.openssl(tmp_path, pki, key, "-tls1_2", "-sigalgs", openssl_name) as peer:
        document = connect(pki, peer, "--tls12").document
        assert document["error"] is None
        assert document["agreed"]["signature_algorithm"] == name


@pytest.mark.parametrize("key", ["rsa", "p256"])
def test_no_sha1(key: str, pki: Path, tmp_path: Path) -> None:
    """The server would sign with SHA-1 alone, which is not offered."""
    kind = "RSA" if key == "rsa" else "ECDSA"
    options = ("-tls1_2", "-cipher", "ALL:@SECLEVEL=0", "-sigalgs", f"{kind}+SHA1")
    with peers.openssl(tmp_path, pki, key, *options) as peer:
        result = connect(pki, peer, "--tls12")
        assert result.code == 1
        assert result.document["error"]["name"] == "ALERT_RECEIVED"


@pytest.mark.parametrize(
    ("flag", "name"),
    [
        ("%NO_SESSION_HASH", "EXTENDED_MASTER_SECRET_MISSING"),
        ("%DISABLE_SAFE_RENEGOTIATION", "RENEGOTIATION_INFO_MISSING"),
    ],
)
def test_old_servers_are_refused(flag: str, name: str, pki: Path, tmp_path: Path) -> None:
    priority = f"NORMAL:-VERS-ALL:+VERS-TLS1.2:{flag}"
    with peers.gnutls(tmp_path, pki, "p256", priority) as peer:
        for options in ((), ("--tls12",)):
            result = connect(pki, peer, *options)
            assert result.code == 1
            error = result.document["error"]
            assert error["name"] == name
            assert error["alert"]["name"] == "handshake_failure"


def test_same_master_secret(pki: Path, tmp_path: Path) -> None:
    """Both key logs have the same lines, of a full handshake and of a resumed one."""
    theirs, ours = tmp_path / "theirs.log", tmp_path / "ours.log"
    options = ("-tls1_2", "-keylogfile", str(theirs))
    with peers.openssl(tmp_path, pki, "p256", *options) as peer:
        result = connect(pki, peer, "--tls12", "--resume", "--keylog", str(ours))
        assert result.code == 0

        def lines(path: Path) -> list[str]:
            text = path.read_text().splitlines()
            return [line.lower() for line in text if line.startswith("CLIENT_RANDOM ")]

        assert len(lines(ours)) == 2
        assert peers.eventually(lambda: set(lines(theirs)) == set(lines(ours)))


@pytest.mark.parametrize("key", ["expired", "rsa"])
def test_certificates_are_checked(key: str, pki: Path, tmp_path: Path) -> None:
    if not (pki / f"{key}.pem").exists():
        pytest.skip(f"the test authority makes no {key}.pem")
    with peers.openssl(tmp_path, pki, key, "-tls1_2") as peer:
        name = () if key == "expired" else ("--servername", "other.example")
        result = connect(pki, peer, "--tls12", *name)
        assert result.code == 3
        assert result.document["error"]["name"] == (
            "CERT_EXPIRED" if key == "expired" else "CERT_NAME_MISMATCH"
        )


def test_renegotiation_is_declined(pki: Path, tmp_path: Path) -> None:
    """gnutls-serv asks for a handshake when told so by what it echoes, and hears a
    warning (RFC 5246 7.2.2); then it gives up."""
    port = peers.free_port()
    command = ["gnutls-serv", "--port", str(port), "--echo", "--disable-client-cert"]
    command += ["--x509certfile", str(pki / "p256.pem")]
    command += ["--x509keyfile", str(pki / "p256.key")]
    command += ["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2"]
    with peers.running(command, tmp_path, "gnutls-serv") as process:
        peers.wait_until(lambda: peers.accepts(port), "gnutls-serv", process)
        trust = ("--cafile", str(pki / "root.pem"))
        place = f"127.0.0.1:{port}"
        handfast("connect", "-q", *trust, place, data=b"**REHANDSHAKE**\n")
        log = tmp_path / "gnutls-serv.log"
        assert peers.eventually(lambda: "TLS warning alert" in log.read_text())


def test_client_certificate_requested(pki: Path, tmp_path: Path) -> None:
    """Asked for, not demanded: an empty Certificate is answer enough."""
    options = ("-tls1_2", "-verify", "1", "-CAfile", str(pki / "root.pem"))
    with peers.openssl(tmp_path, pki, "p256", *options) as peer:
        result = connect(pki, peer, "--tls12")
        assert (result.code, result.document["error"]) == (0, None)
