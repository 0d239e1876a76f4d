"""Rows: the two sides do not agree, or the server chooses what nobody offered.
RFC 8446 4.1, 4.2; RFC 5246 7.4.1; RFC 7301; RFC 6066 3; RFC 5746; RFC 7627."""

from __future__ import annotations

import ssl
from typing import Any

from certificates import Pki
from stage import V12, V13, Gnutls, Nginx, OpenSsl, Row, Scripted, Server, Tls

HANDSHAKE_FAILURE = ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE


def wrong(name: str, peer: Server, code: str, sent: str, hint: str, **more: Any) -> Row:
    """A ServerHello that is refused."""
    more.setdefault("step", "WAIT_SH")
    more.setdefault("message", "ServerHello")
    return Row(name, peer, code, hint, sent=sent, **more)


def refused(name: str, peer: Server, alert: str, hint: str, **more: Any) -> Row:
    """The server finds nothing in our ClientHello, and says so."""
    more.setdefault("step", "WAIT_SH")
    return Row(name, peer, "ALERT_RECEIVED", hint, received=alert, detail=alert, **more)


def needs_name(context: ssl.SSLContext, _: Pki) -> None:
    def decide(_: Any, name: str | None, __: Any) -> int | None:
        return None if name else HANDSHAKE_FAILURE

    context.sni_callback = decide


# ---- the server refuses ----

REFUSALS = [
    refused(
        "no-common-version",
        OpenSsl("good", ("-tls1_2",)),
        "protocol_version",
        r"refuses TLSv1\.3, the only version",
        us={"versions": "TLSv1.3"},
        more={
            "error.negotiation.offered.versions.0.name": "TLSv1.3",
            "error.negotiation.offered.versions.1": None,
            "error.negotiation.peer.versions.0": None,
        },
    ),
    refused(
        "server-of-tls-1.1",
        OpenSsl("good", ("-tls1_1",)),
        "protocol_version",
        r"speaks neither TLS 1\.3 nor TLS 1\.2, but only older",
        more={
            "error.negotiation.offered.versions.0.name": "TLSv1.3",
            "error.negotiation.offered.versions.1.name": "TLSv1.2",
            "error.negotiation.peer.versions.0": None,
        },
    ),
    refused(
        "no-common-suite",
        OpenSsl("good", ("-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384")),
        "handshake_failure",
        "only the cipher suite TLS_AES_128_GCM_SHA256, .*set_cipher_suites",
        us={"versions": "TLSv1.3", "suites": "TLS_AES_128_GCM_SHA256"},
        more={
            "error.negotiation.offered.cipher_suites.0.name": "TLS_AES_128_GCM_SHA256",
            "error.negotiation.offered.cipher_suites.1": None,
            "error.negotiation.peer.cipher_suites.0": None,
        },
    ),
    refused(
        "no-common-suite-tls12",
        Gnutls("good", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-CBC"),
        "handshake_failure",
        r"TLS 1\.2 with modern cipher suites.*accepts others alone, such as CBC",
        us={"versions": "TLSv1.2"},
        more={
            "error.negotiation.offered.versions.0.name": "TLSv1.2",
            "error.negotiation.offered.versions.1": None,
            "error.negotiation.peer.cipher_suites.0": None,
        },
    ),
    refused(
        "no-common-group",
        OpenSsl("good", ("-tls1_3", "-groups", "P-384")),
        "handshake_failure",
        "only the group x25519, .*set_groups",
        more={
            "error.negotiation.offered.key_shares.0.name": "x25519",
            "error.negotiation.offered.key_shares.1": None,
            "error.negotiation.peer.groups.0": None,
            "error.negotiation.peer.hello_retry_group": None,
            "error.negotiation.offered.groups.0.name": "x25519",
            "error.negotiation.offered.groups.1": None,
            "error.negotiation.offered.versions.0.name": "TLSv1.3",
        },
        us={"versions": "TLSv1.3", "groups": "x25519"},
    ),
    refused(
        "no-common-signature-algorithm",
        OpenSsl("rsa", ("-tls1_3",)),
        "handshake_failure",
        "only the signature algorithm ecdsa_secp256r1_sha256, ",
        us={"versions": "TLSv1.3", "schemes": "ecdsa_secp256r1_sha256"},
        more={
            "error.negotiation.offered.signature_algorithms.0.number": 0x0403,
            "error.negotiation.offered.signature_algorithms.1": None,
            "error.negotiation.peer.signature_algorithms.0": None,
        },
    ),
    refused(
        "no-common-protocol",
        Nginx("good"),
        "no_application_protocol",
        "none of the application protocols .*, gopher:",
        more={
            "error.negotiation.offered.alpn.1": None,
            "error.negotiation.peer.alpn.0": None,
            "error.negotiation.offered.alpn.0": "gopher",
        },
        us={"alpn": "gopher"},
    ),
    refused(
        "missing-server-name",
        Tls("good", needs_name),
        "handshake_failure",
        "^no server name was sent",
        us={"server_name": ""},
        more={
            "error.negotiation.offered.server_name": None,
        },
    ),
    refused(
        "unrecognized-name",
        Nginx("good", "ssl_reject_handshake on;"),
        "unrecognized_name",
        "serves no site called 'localhost'",
        more={
            "error.negotiation.offered.server_name": "localhost",
            "error.negotiation.peer.server_name": None,
        },
    ),
]

# ---- the server chooses what it must not ----

CHOICES = [
    wrong(
        "unoffered-suite",
        Scripted(suite=0x1303),
        "UNOFFERED_SUITE",
        "illegal_parameter",
        "server's TLS software is at fault: it chose a cipher suite",
        more={
            "error.negotiation.offered.cipher_suites.1": None,
            "error.negotiation.peer.cipher_suites.1": None,
            "error.negotiation.peer.cipher_suites.0.name": "TLS_CHACHA20_POLY1305_SHA256",
            "error.negotiation.offered.cipher_suites.0.name": "TLS_AES_128_GCM_SHA256",
            "error.negotiation.peer.cipher_suites.0.number": 0x1303,
        },
        us={"suites": "TLS_AES_128_GCM_SHA256"},
        version=V13,
    ),
    wrong(
        "unoffered-group",
        Scripted("HELLO:EXT_SET:51:0018 0061 04*97"),
        "UNOFFERED_GROUP",
        "illegal_parameter",
        "server's TLS software is at fault: it chose a group",
        detail=r"the server chose group secp384r1 \(24\)",
        us={"groups": "x25519"},
        version=V13,
        more={
            "error.negotiation.offered.groups.0.name": "x25519",
            "error.negotiation.offered.groups.1": None,
            "error.negotiation.peer.groups.0.number": 24,
            "error.negotiation.peer.groups.0.name": "secp384r1",
            "error.negotiation.peer.hello_retry_group": None,
        },
    ),
    wrong(
        "unoffered-version",
        Scripted("HELLO:EXT_SET:43:0305"),
        "VERSION_NOT_OFFERED",
        "illegal_parameter",
        "server's TLS software is at fault: it chose a TLS version",
        more={
            "error.negotiation.peer.versions.0.number": 0x305,
            "error.negotiation.peer.versions.0.name": None,
            "error.negotiation.peer.versions.1": None,
        },
    ),
    wrong(
        "version-too-old",
        Scripted(tls12=1, version=0x0302),
        "UNSUPPORTED_VERSION",
        "protocol_version",
        r"must enable TLS 1\.3, or 1\.2",
        more={
            "error.negotiation.peer.versions.0.number": 0x302,
            "error.negotiation.peer.versions.0.name": "TLSv1.1",
        },
    ),
    wrong(
        "server-without-tls-1.3",
        Scripted("HELLO:EXT_DROP:43:"),
        "SUPPORTED_VERSIONS_MISSING",
        "protocol_version",
        r"does not speak TLS 1\.3, the only version",
        us={"versions": "TLSv1.3"},
        more={
            "error.negotiation.offered.versions.0.name": "TLSv1.3",
            "error.negotiation.offered.versions.1": None,
            "error.negotiation.peer.versions.0.name": "TLSv1.2",
        },
    ),
    wrong(
        "downgrade-attack",
        Scripted("HELLO:SET:26:444f574e47524401", tls12=1),
        "DOWNGRADE_DETECTED",
        "illegal_parameter",
        "tampers with the handshake to force an older version",
        more={
            "error.negotiation.offered.versions.0.name": "TLSv1.3",
            "error.negotiation.peer.versions.0.name": "TLSv1.2",
        },
    ),
    Row(
        "unoffered-extension",
        Scripted("EXTENSIONS:EXT_ADD:0xfafa:"),
        "UNSOLICITED_EXTENSION",
        "server's TLS software is at fault: it sent an extension that nobody asked for",
        sent="unsupported_extension",
        step="WAIT_EE",
        message="EncryptedExtensions",
        version=V13,
        more={
            "error.negotiation.peer.versions.0.name": "TLSv1.3",
            "error.negotiation.peer.alpn.0": None,
        },
    ),
    Row(
        "forbidden-extension",
        Scripted("EXTENSIONS:EXT_ADD:51:001d 0020 09*32"),
        "EXTENSION_FORBIDDEN",
        "server's TLS software is at fault: it put an extension into a message",
        sent="illegal_parameter",
        step="WAIT_EE",
        message="EncryptedExtensions",
        version=V13,
    ),
    Row(
        "unoffered-protocol",
        Scripted(alpn="h3"),
        "ALPN_NOT_OFFERED",
        "server's TLS software is at fault: it chose an application protocol",
        detail="the server chose h3",
        us={"alpn": "h2"},
        sent="illegal_parameter",
        step="WAIT_EE",
        message="EncryptedExtensions",
        version=V13,
        more={
            "error.negotiation.offered.alpn.0": "h2",
            "error.negotiation.offered.alpn.1": None,
            "error.negotiation.peer.alpn.0": "h3",
            "error.negotiation.peer.alpn.1": None,
        },
    ),
    wrong(
        "repeated-hello-retry-request",
        Scripted(retries=2, group=0x001D),
        "RETRY_REPEATED",
        "unexpected_message",
        "server's TLS software is at fault: it asks for a third ClientHello",
        us={"groups": "secp256r1:x25519"},
        step="WAIT_SH2",
        message="HelloRetryRequest",
        version=V13,
        more={
            "error.negotiation.offered.groups.1.name": "x25519",
            "error.negotiation.peer.hello_retry_group.name": "x25519",
            "error.negotiation.peer.hello_retry_group.number": 29,
        },
    ),
    wrong(
        "hello-retry-request-for-nothing",
        Scripted(retries=1, retry_without_group=1),
        "RETRY_CHANGES_NOTHING",
        "illegal_parameter",
        "without saying what to change",
        message="HelloRetryRequest",
        version=V13,
        more={
            "error.negotiation.peer.versions.0.name": "TLSv1.3",
            "error.negotiation.peer.hello_retry_group": None,
            "error.negotiation.peer.groups.0": None,
        },
    ),
    wrong(
        "hello-retry-request-for-an-unoffered-group",
        Scripted(retries=1, group=0x0018),
        "UNOFFERED_GROUP",
        "illegal_parameter",
        "server's TLS software is at fault: it chose a group",
        detail=r"the server asks for group secp384r1 \(24\)",
        us={"groups": "x25519"},
        message="HelloRetryRequest",
        version=V13,
        more={
            "error.negotiation.offered.groups.0.name": "x25519",
            "error.negotiation.offered.groups.1": None,
            "error.negotiation.peer.hello_retry_group.name": "secp384r1",
        },
    ),
    wrong(
        "key-share-missing",
        Scripted("HELLO:EXT_DROP:51:"),
        "KEY_SHARE_MISSING",
        "missing_extension",
        "server's TLS software is at fault: it left out its half of the key exchange",
        version=V13,
        more={
            "error.negotiation.peer.versions.0.name": "TLSv1.3",
            "error.negotiation.peer.groups.0": None,
        },
    ),
    wrong(
        "key-share-of-zeros",
        Scripted("HELLO:EXT_SET:51:001d 0020 00*32"),
        "KEY_SHARE_INVALID",
        "illegal_parameter",
        "that no correct program makes, or attacks",
        us={"groups": "x25519"},
        version=V13,
        more={
            "error.negotiation.peer.groups.0.name": "x25519",
            "error.negotiation.peer.groups.1": None,
        },
    ),
    wrong(
        "session-id-not-echoed",
        Scripted("HELLO:SET:35:0000000000000000"),
        "SESSION_ID_MISMATCH",
        "illegal_parameter",
        "server's TLS software is at fault: it did not send back the session id",
        version=V13,
    ),
    wrong(
        "compression-chosen",
        Scripted("HELLO:SET:69:01"),
        "COMPRESSION_SELECTED",
        "illegal_parameter",
        "server's TLS software is at fault: it chose compression",
        version=V13,
    ),
]

# ---- TLS 1.2 ----

OLD = {"versions": "TLSv1.2"}
TLS12 = [
    wrong(
        "unsafe-renegotiation",
        Scripted(tls12=1, without_renegotiation=1),
        "RENEGOTIATION_INFO_MISSING",
        "handshake_failure",
        "lacks the protection against injected data.*ALLOW_UNSAFE_RENEGOTIATION",
        us=OLD,
        version=V12,
        more={
            "error.negotiation.peer.versions.0.name": "TLSv1.2",
            "error.negotiation.offered.versions.1": None,
        },
    ),
    wrong(
        "plain-master-secret",
        Scripted(tls12=1, without_master=1),
        "EXTENDED_MASTER_SECRET_MISSING",
        "handshake_failure",
        "lacks a protection of TLS.*ALLOW_PLAIN_MASTER_SECRET",
        us=OLD,
        version=V12,
        more={
            "error.negotiation.peer.versions.0.name": "TLSv1.2",
        },
    ),
    Row(
        "unoffered-group-tls12",
        Scripted(tls12=1, params="03 0016 41 04 01*64"),
        "UNOFFERED_GROUP",
        "server's TLS software is at fault: it chose a group",
        us=OLD,
        sent="illegal_parameter",
        step="WAIT_SKE",
        message="ServerKeyExchange",
        version=V12,
        more={
            "error.negotiation.peer.versions.0.name": "TLSv1.2",
            "error.negotiation.peer.groups.0.number": 22,
        },
    ),
    Row(
        "server-without-curves",
        Scripted(tls12=1, params="01 001d 20 09*32"),
        "CURVE_TYPE_UNSUPPORTED",
        "does not use a named curve",
        us=OLD,
        sent="illegal_parameter",
        step="WAIT_SKE",
        message="ServerKeyExchange",
        version=V12,
        more={
            "error.negotiation.peer.versions.0.name": "TLSv1.2",
            "error.negotiation.peer.groups.0": None,
        },
    ),
]

ROWS = REFUSALS + CHOICES + TLS12
