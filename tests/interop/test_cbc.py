"""The AES-CBC suites of TLS 1.2 against servers that speak them, with encrypt_then_mac
(RFC 7366) and without; and that they are never offered unless they are named."""

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

# Names in OpenSSL, and GnuTLS's cipher and MAC.
SUITES = {
    "AES_128_CBC_SHA": ("AES128-SHA", "AES-128-CBC", "SHA1"),
    "AES_256_CBC_SHA": ("AES256-SHA", "AES-256-CBC", "SHA1"),
    "AES_128_CBC_SHA256": ("AES128-SHA256", "AES-128-CBC", "SHA256"),
    "AES_256_CBC_SHA384": ("AES256-SHA384", "AES-256-CBC", "SHA384"),
}
KEYS = {"rsa": "RSA", "p256": "ECDSA"}
ETM = pytest.mark.parametrize("etm", [True, False], ids=["etm", "no-etm"])


@contextlib.contextmanager
def python(
    folder: Path, pki: Path, key: str, cipher: str, etm: bool, size: int
) -> Iterator[Peer]:
    """Python's own ssl, which sends size bytes back and closes."""
    chain = folder / "chain.pem"
    chain.write_text(
        (pki / f"{key}.pem").read_text() + (pki / "intermediate.pem").read_text()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, pki / f"{key}.key")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(cipher)
    if not etm:
        context.options |= 1 << 19  # SSL_OP_NO_ENCRYPT_THEN_MAC

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            data = b""
            while len(data) < size and (part := tls.recv(65536)):
                data += part
            tls.sendall(data)
            tls.unwrap()

    with peers.speaking(serve) as peer:
        yield peer


def start(
    server: str,
    folder: Path,
    pki: Path,
    key: str,
    suite: str,
    etm: bool,
    size: int = 1,
) -> AbstractContextManager[Peer]:
    openssl_name, cipher, mac = SUITES[suite]
    openssl_name = f"ECDHE-{KEYS[key]}-{openssl_name}"
    if server == "openssl":
        options = ["-tls1_2", "-cipher", openssl_name] + ([] if etm else ["-no_etm"])
        return peers.openssl(folder, pki, key, *options)
    if server == "gnutls":
        priority = f"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+{cipher}"
        priority += f":-MAC-ALL:+{mac}" + ("" if etm else ":%NO_ETM")
        return peers.gnutls(folder, pki, key, priority)
    return python(folder, pki, key, openssl_name, etm, size)


@ETM
@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("server", ["openssl", "gnutls", "python"])
def test_suite_and_resumption(
    server: str, key: str, suite: str, etm: bool, pki: Path, tmp_path: Path
) -> None:
    name = f"TLS_ECDHE_{KEYS[key]}_WITH_{suite}"
    with start(server, tmp_path, pki, key, suite, etm) as peer:
        result = connect(pki, peer, "--tls12", "--suites", name, "--resume")
        document = result.document
        assert (result.code, document["error"]) == (0, None)
        first, second = document["agreed"], document["second"]["agreed"]
        assert (first["session_reused"], second["session_reused"]) == (False, True)
        for agreed in (first, second):
            assert (agreed["version"], agreed["cipher_suite"]) == ("TLSv1.2", name)
            assert agreed["verified"] is True
        assert (first["group"], second["group"]) == ("x25519", None)
        # Beside TLS 1.3, in a list of several.
        more = f"TLS_AES_128_GCM_SHA256,{name}"
        agreed = connect(pki, peer, "--suites", more).document["agreed"]
        assert agreed["cipher_suite"] == name


@ETM
@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("size", [1, 15, 16, 17, 16384, 16385, 300000])
def test_echo(size: int, suite: str, etm: bool, pki: Path, tmp_path: Path) -> None:
    """Records of every shape, there and back."""
    data = bytes(i * 7 % 251 for i in range(size))
    trust = ("--cafile", str(pki / "root.pem"))
    named = ("--suites", f"TLS_ECDHE_RSA_WITH_{suite}")
    with start("python", tmp_path, pki, "rsa", suite, etm, size) as peer:
        reply = handfast(
            "connect", "-q", "--tls12", *trust, *named, peer.place, data=data
        )
        assert (reply.code, reply.err) == (0, b"")
        assert reply.out == data


@pytest.mark.parametrize("key", KEYS)
def test_off_unless_named(key: str, pki: Path, tmp_path: Path) -> None:
    with start("openssl", tmp_path, pki, key, "AES_128_CBC_SHA", True) as peer:
        for options in ((), ("--tls12",)):
            result = connect(pki, peer, *options)
            assert result.code == 1
            assert result.document["error"]["name"] == "ALERT_RECEIVED"
            assert result.document["error"]["alert"]["name"] == "handshake_failure"


@ETM
def test_server_sees_the_extension(etm: bool, pki: Path, tmp_path: Path) -> None:
    """encrypt_then_mac is offered, whether or not the server takes it."""
    options = ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA", "-tlsextdebug"]
    options += [] if etm else ["-no_etm"]
    name = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
    with peers.openssl(tmp_path, pki, "rsa", *options) as peer:
        assert connect(pki, peer, "--tls12", "--suites", name).code == 0
        assert peer.log is not None
        log = peer.log
        assert peers.eventually(lambda: '"encrypt-then-mac"' in log.read_text())
