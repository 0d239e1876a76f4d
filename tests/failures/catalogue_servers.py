"""Rows in which we are the server: what clients do wrong, want, or refuse.  The clients
are openssl s_client, gnutls-cli, Python's ssl, and bytes on a socket."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import subprocess
from collections.abc import Callable
from typing import Any

import more_peers
from stage import PATIENCE, V12, V13, At, Row, Stage, alert, drop, linger, record

Dial = Callable[[Stage, int], None]
CLIENTS = {"trust": "{pki}/clients.pem", "client_auth": 2}


# ---- clients ----


def dialed(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), PATIENCE)


def says(words: bytes, *, then: Callable[[socket.socket], None] = linger) -> Dial:
    def dial(_: Stage, port: int) -> None:
        with dialed(port) as connection, contextlib.suppress(OSError):
            connection.sendall(words)
            then(connection)

    return dial


def wait(connection: socket.socket) -> None:
    """Says no more, and listens until the server hangs up."""
    while connection.recv(65536):
        pass


def openssl(*options: str) -> Dial:
    def dial(stage: Stage, port: int) -> None:
        folder = str(stage.pki.folder)
        command = [more_peers.find("openssl"), "s_client"]
        command += ["-connect", f"127.0.0.1:{port}", "-servername", "localhost"]
        command += [option.replace("{pki}", folder) for option in options]
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )

    return dial


def gnutls(*options: str) -> Dial:
    def dial(stage: Stage, port: int) -> None:
        folder = str(stage.pki.folder)
        command = [more_peers.find("gnutls-cli"), "-p", str(port)]
        command += [option.replace("{pki}", folder) for option in options]
        subprocess.run(
            [*command, "127.0.0.1"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )

    return dial


def python(
    configure: Callable[[ssl.SSLContext, Stage], None], name: str = "localhost"
) -> Dial:
    def dial(stage: Stage, port: int) -> None:
        context = ssl.create_default_context(cafile=stage.pki.path("root.pem"))
        configure(context, stage)
        with (
            dialed(port) as raw,
            contextlib.suppress(OSError),
            context.wrap_socket(raw, server_hostname=name) as tls,
        ):
            tls.recv(1)

    return dial


def only(version: ssl.TLSVersion) -> Callable[[ssl.SSLContext, Stage], None]:
    def configure(context: ssl.SSLContext, _: Stage) -> None:
        context.minimum_version = context.maximum_version = version

    return configure


def shows(name: str, version: ssl.TLSVersion | None = None) -> Dial:
    """Its own certificate."""

    def configure(context: ssl.SSLContext, stage: Stage) -> None:
        path = stage.pki.path(name)
        context.load_cert_chain(f"{path}.pem", f"{path}.key")
        if version:
            context.minimum_version = context.maximum_version = version

    return python(configure)


# ---- rows ----


def row(name: str, peer: Dial, code: str, hint: str, **more: Any) -> Row:
    return Row(name, peer, code, hint, role="server", **more)


def hello(body: bytes) -> bytes:
    return record(22, b"\1" + len(body).to_bytes(3, "big") + body, b"\3\1")


def extension(kind: int, body: bytes) -> bytes:
    return kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def hello12(*more: bytes, compression: bytes = b"\1\0", session: bytes = b"") -> bytes:
    """A ClientHello of TLS 1.2 that finds what it wants here."""
    extensions = extension(10, b"\0\4\0\x1d\0\x17") + extension(13, b"\0\2\4\3")
    extensions += extension(23, b"") + extension(0xFF01, b"\0") + b"".join(more)
    return hello(
        b"\3\3"
        + bytes(range(32))
        + bytes([len(session)])
        + session
        + b"\0\2\xc0\x2b"
        + compression
        + len(extensions).to_bytes(2, "big")
        + extensions
    )


def message(kind: int, body: bytes) -> bytes:
    return record(22, bytes([kind]) + len(body).to_bytes(3, "big") + body)


STRANGERS = [
    row(
        "client-speaks-http",
        says(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        "HTTP_REQUEST",
        "uses http:// on a port that is for HTTPS",
        step="START",
        sent="unexpected_message",
        first="GET / HTTP/1.1",
    ),
    row(
        "client-takes-us-for-a-proxy",
        says(b"CONNECT www.test:443 HTTP/1.1\r\nHost: www.test:443\r\n\r\n"),
        "HTTPS_PROXY_REQUEST",
        "proxy settings name this port",
        step="START",
        sent="unexpected_message",
        first="CONNECT www.test",
    ),
    row(
        "load-balancer-announces-the-client",
        says(b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n"),
        "PEER_SPEAKS_PROXY_PROTOCOL",
        "load balancer",
        step="START",
        sent="unexpected_message",
        first="PROXY TCP4",
    ),
    row(
        "client-speaks-ssh",
        says(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
        "PEER_SPEAKS_SSH",
        "wrong port: this one is for TLS",
        step="START",
        sent="unexpected_message",
        first="SSH-2.0",
    ),
    row(
        "client-speaks-sslv2",
        says(bytes.fromhex("802e0103010015000000100000000000000000000000000000000000")),
        "SSLV2_HELLO",
        r"speaks SSL 2\.0.*update the client",
        step="START",
        sent="protocol_version",
        first="",
    ),
    row(
        "client-sends-garbage",
        says(bytes(range(200, 256))),
        "PEER_NOT_TLS",
        "speaks another protocol and has the wrong port",
        step="START",
        sent="protocol_version",
        first="",
    ),
    row(
        "client-says-nothing",
        says(b""),
        "EOF_BEFORE_HELLO",
        "left without a word: mostly a health check",
        step="START",
        place="before",
    ),
    row(
        "client-hello-cut-in-two",
        says(hello(bytes(300))[:200]),
        "EOF_IN_RECORD",
        "message was cut in the middle.*more than one packet",
        step="START",
        place="inside",
    ),
    row(
        "client-waits-for-ever",
        says(b"", then=wait),
        "DEADLINE_EXCEEDED",
        "connected and sent nothing: it is a health check",
        us={"timeout": 500},
        step="START",
        detail="START",
        alone="the others wait for ever, all alike",
    ),
    row(
        "client-resets",
        says(hello(bytes(300))[:200], then=drop),
        "TRANSPORT_READ",
        "client broke the connection off in the middle",
        get_error="SYSCALL",
        errno=errno.ECONNRESET,
        step="START",
    ),
    row(
        "client-hello-malformed",
        says(hello(b"\3\3" + bytes(32) + b"\0\0\0")),
        "DECODE_CLIENT_HELLO",
        "client's TLS software breaks the protocol here",
        detail=r": cipher_suites at byte 35 of 37: length 0, at least 2$",
        step="RECVD_CH",
        message="ClientHello",
        sent="decode_error",
    ),
    row(
        "client-begins-with-an-alert",
        says(alert(80)),
        "ALERT_RECEIVED",
        "client failed for a reason of its own",
        step="START",
        received="internal_error",
    ),
    row(
        "client-closes-at-once",
        says(alert(0, 1)),
        "CLOSED_IN_HANDSHAKE",
        "client closed the connection on purpose",
        ret=0,
        get_error="ZERO_RETURN",
        step="START",
        received="close_notify",
        level="warning",
    ),
]

NEGOTIATION = [
    row(
        "client-too-old",
        python(only(ssl.TLSVersion.TLSv1_2)),
        "NO_COMMON_VERSION",
        r"speaks TLSv1\.2 at most, which is not allowed here .*TLSv1\.3",
        us={"versions": "TLSv1.3"},
        step="CHOOSE_VERSION",
        message="ClientHello",
        sent="protocol_version",
    ),
    row(
        "client-of-tls-1.1",
        openssl("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"),
        "NO_COMMON_VERSION",
        r"speaks TLSv1\.1 at most, which is unsafe",
        step="CHOOSE_VERSION",
        message="ClientHello",
        sent="protocol_version",
    ),
    row(
        "client-without-our-suites",
        openssl("-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"),
        "NO_COMMON_SUITE",
        "no cipher suite in common: enable one that the client offers",
        us={"suites": "TLS_AES_256_GCM_SHA384"},
        step="NEGOTIATE",
        message="ClientHello",
        sent="handshake_failure",
        version=V13,
    ),
    row(
        "client-without-our-suites-tls12",
        gnutls("--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA", "--insecure"),
        "NO_COMMON_SUITE",
        "no cipher suite in common: enable one that the client offers",
        step="CHOOSE",
        message="ClientHello",
        sent="handshake_failure",
        version=V12,
    ),
    row(
        "client-without-our-groups",
        openssl("-tls1_3", "-groups", "P-384"),
        "NO_COMMON_GROUP",
        "no group .* in common: enable one that the client offers",
        more={
            "error.negotiation.offered.groups.0.name": "x25519",
            "error.negotiation.peer.groups.0.name": "secp384r1",
            "error.negotiation.peer.key_shares.0.name": "secp384r1",
            "error.negotiation.peer.psk_modes.0.name": "psk_dhe_ke",
            "error.negotiation.peer.psk_identities": 0,
            "error.negotiation.peer.early_data": False,
        },
        us={"groups": "x25519"},
        step="NEGOTIATE",
        message="ClientHello",
        sent="handshake_failure",
        version=V13,
    ),
    row(
        "client-that-cannot-verify-our-key",
        openssl("-tls1_3", "-sigalgs", "RSA-PSS+SHA256"),
        "NO_COMMON_SIGNATURE_ALGORITHM",
        "another kind of key, RSA or ECDSA",
        more={
            "error.negotiation.peer.signature_algorithms.0.name": "rsa_pss_rsae_sha256",
            "error.negotiation.peer.signature_algorithms.1": None,
        },
        step="CHOOSE_CERT",
        message="ClientHello",
        sent="handshake_failure",
        version=V13,
    ),
    row(
        "client-without-our-protocols",
        openssl("-alpn", "gopher"),
        "NO_COMMON_PROTOCOL",
        "no application protocol .* in common: enable one",
        us={"alpn": "h2,http/1.1"},
        step="NEGOTIATE",
        message="ClientHello",
        sent="no_application_protocol",
        version=V13,
    ),
    row(
        "client-fell-back",
        openssl("-tls1_2", "-fallback_scsv"),
        "INAPPROPRIATE_FALLBACK",
        "tried again with an older TLS version",
        step="CHOOSE_VERSION",
        message="ClientHello",
        sent="inappropriate_fallback",
        version=V12,
    ),
    row(
        "name-that-is-not-served",
        openssl(),
        "SERVER_NAME_UNKNOWN",
        "name that this server does not serve",
        us={"function": "name"},
        step="ASK_CH",
        message="ClientHello",
        sent="unrecognized_name",
    ),
    row(
        "server-without-certificate",
        says(b"", then=linger),
        "SERVER_CERTIFICATE_NOT_SET",
        "certificate chain and its private key",
        us={"cert": None, "key": None},
        step="START",
        alone="their commands do not begin without one, or take one of their own",
    ),
]

MESSAGES = [
    row(
        "client-key-exchange-malformed",
        says(hello12() + message(16, b"\x20" + bytes(5))),
        "DECODE_CLIENT_KEY_EXCHANGE",
        "client's TLS software breaks the protocol here",
        detail=r": ecdh_Yc at byte 0 of 6: length 32, 5 are left$",
        step="WAIT_CKE",
        message="ClientKeyExchange",
        sent="decode_error",
        version=V12,
    ),
    row(
        "client-key-share-of-zeros",
        says(hello12() + message(16, b"\x20" + bytes(32))),
        "KEY_SHARE_INVALID",
        "that no correct program makes.*attack",
        step="WAIT_CKE",
        message="ClientKeyExchange",
        sent="illegal_parameter",
        version=V12,
    ),
    row(
        "client-skips-its-key-exchange",
        says(hello12() + record(20, b"\1")),
        "CCS_MISPLACED",
        "before the keys were agreed",
        step="WAIT_CKE",
        sent="unexpected_message",
        version=V12,
    ),
    row(
        "client-offers-compression",
        says(hello12(compression=b"\1\1")),
        "COMPRESSION_OFFERED",
        "client's TLS software is at fault: it offers compression",
        step="CHOOSE_VERSION",
        message="ClientHello",
        sent="illegal_parameter",
        version=V12,
    ),
    row(
        "client-extension-twice",
        says(hello12(extension(23, b""))),
        "EXTENSION_DUPLICATE",
        "other side's TLS software is at fault: it sends the same extension twice",
        detail=r": extensions / extended_master_secret at byte 70 of 74: "
        r"stands there twice$",
        step="RECVD_CH",
        message="ClientHello",
        sent="decode_error",
    ),
    row(
        "client-hangs-up-after-our-hello",
        says(hello12()),
        "EOF_IN_HANDSHAKE",
        "gave up without saying why, mostly because it does not accept our certificate",
        step="WAIT_CKE",
        place="between",
        version=V12,
    ),
]

REJECTED = [
    row(
        "client-does-not-know-our-ca",
        openssl("-verify_return_error", "-CAfile", "{pki}/other-root.pem"),
        "ALERT_RECEIVED",
        "does not trust the authority .* of our certificate",
        step="WAIT_FINISHED",
        received="unknown_ca",
        detail="unknown_ca",
        version=V13,
    ),
    row(
        "client-asked-for-another-name",
        python(lambda *_: None, "elsewhere.test"),
        "ALERT_RECEIVED",
        "asked for a name that is not in it",
        step="WAIT_FINISHED",
        received="bad_certificate",
        version=V13,
    ),
    row(
        "client-sees-our-certificate-expired",
        openssl("-verify_return_error", "-CAfile", "{pki}/root.pem"),
        "ALERT_RECEIVED",
        "not in date for the client: renew it",
        us={"cert": "{pki}/expired.pem", "key": "{pki}/expired.key"},
        step="WAIT_FINISHED",
        received="certificate_expired",
        version=V13,
    ),
    row(
        "client-hangs-up-after-our-flight",
        gnutls(
            "--x509cafile",
            "{pki}/other-root.pem",
            "--priority",
            "NORMAL:-VERS-ALL:+VERS-TLS1.2",
        ),
        "ALERT_RECEIVED",
        "asked for a name that is not in it",
        step="WAIT_CKE",
        received="bad_certificate",
        version=V12,
    ),
]


def refused(name: str, peer: Dial, code: str, sent: str, hint: str, **more: Any) -> Row:
    more.setdefault("us", CLIENTS)
    more.setdefault("step", "VERIFY_CERT")
    more.setdefault("message", "Certificate")
    more.setdefault("version", V13)
    return row(name, peer, code, hint, sent=sent, **more)


CERTIFICATES = [
    refused(
        "client-without-certificate",
        python(lambda *_: None),
        "CLIENT_CERTIFICATE_MISSING",
        "certificate_required",
        "demands a certificate and the client has none",
        step="WAIT_CERT",
    ),
    refused(
        "client-without-certificate-tls12",
        python(only(ssl.TLSVersion.TLSv1_2)),
        "CLIENT_CERTIFICATE_MISSING_TLS12",
        "handshake_failure",
        "demands a certificate and the client has none",
        step="WAIT_CERT",
        version=V12,
    ),
    refused(
        "client-of-an-unknown-ca",
        shows("client-unknown"),
        "CERT_UNKNOWN_ISSUER",
        "unknown_ca",
        "not trusted here: add that CA",
        at=At(1, "RFC 5280 6.1", subject="CN=other-clients"),
    ),
    refused(
        "client-certificate-expired",
        shows("client-expired"),
        "CERT_EXPIRED",
        "certificate_expired",
        "client must renew its certificate",
        at=At(0, "RFC 5280 4.1.2.5", subject="CN=client-expired"),
    ),
    refused(
        "client-certificate-expired-tls12",
        shows("client-expired", ssl.TLSVersion.TLSv1_2),
        "CERT_EXPIRED",
        "certificate_expired",
        "client must renew its certificate",
        at=At(0, "RFC 5280 4.1.2.5", subject="CN=client-expired"),
        version=V12,
    ),
    refused(
        "client-certificate-for-servers",
        shows("client-for-servers"),
        "CERT_EXTENDED_KEY_USAGE",
        "unsupported_certificate",
        "not for clients: it needs one with clientAuth",
        at=At(0, "RFC 5280 4.2.1.12", "clientAuth", "serverAuth"),
    ),
]

ROWS = STRANGERS + MESSAGES + NEGOTIATION + REJECTED + CERTIFICATES
