"""Rows: floods, and what is too long; what only a broken or hostile peer sends, and what
one byte that is changed on the way does.  RFC 8446 4.1.3, 4.6, 5; RFC 5246 7.4.8."""

from __future__ import annotations

from typing import Any

import catalogue_steps
from catalogue_servers import CLIENTS, Dial, extension, hello, openssl, says
from stage import ANY, V12, V13, At, Row, Scripted, Server

OLD = {"versions": "TLSv1.2"}


def flood(name: str, peer: Server, code: str, sent: str, hint: str, **more: Any) -> Row:
    """It goes on where the handshake ended."""
    more.setdefault("do", "connect,read_all")
    more.setdefault("step", "CONNECTED")
    more.setdefault("version", V13)
    return Row(name, peer, code, hint, sent=sent, **more)


FLOODS = [
    flood(
        "flood-of-empty-records",
        Scripted("CONNECTED:RECORD:64:17"),
        "TOO_MANY_EMPTY_RECORDS",
        "unexpected_message",
        "floods this one with empty records",
    ),
    flood(
        "flood-of-empty-records-tls12",
        Scripted("CONNECTED:RECORD:64:17", tls12=1),
        "TOO_MANY_EMPTY_RECORDS",
        "unexpected_message",
        "floods this one with empty records",
        us=OLD,
        action=ANY,  # it may come with the server's Finished
        version=V12,
    ),
    flood(
        "flood-of-key-updates",
        Scripted("CONNECTED:RENEW:40:00"),
        "TOO_MANY_KEY_UPDATES",
        "unexpected_message",
        "floods this one with key updates",
        message="KeyUpdate",
    ),
    flood(
        "flood-of-tickets",
        Scripted(tickets=40),
        "TOO_MANY_TICKETS",
        "unexpected_message",
        "floods this side with session tickets",
        message="NewSessionTicket",
    ),
    flood(
        "flood-of-hello-requests",
        Scripted("CONNECTED:RECORD:8:16 00 000000", tls12=1),
        "TOO_MANY_RENEGOTIATIONS",
        "unexpected_message",
        "floods this side with requests to renegotiate",
        us=OLD,
        action=ANY,  # it may come with the server's Finished
        message="HelloRequest",
        version=V12,
    ),
    flood(
        "flood-of-change-cipher-specs",
        Scripted("EXTENSIONS:RAW_BEFORE:64:14 0303 0001 01"),
        "TOO_MANY_RECORDS",
        "unexpected_message",
        "floods this one with records that do not matter",
        do="connect",
        step="WAIT_EE",
    ),
]

LENGTHS = [
    flood(
        "oversized-protected-record",
        Scripted("EXTENSIONS:RAW_BEFORE:0:17 0303 4101 00*16641"),
        "RECORD_TOO_LONG",
        "record_overflow",
        "after records that were right",
        do="connect",
        step="WAIT_EE",
    ),
    flood(
        "oversized-content-of-a-record",
        Scripted("EXTENSIONS:RECORD_BEFORE:0:17 00*16385"),
        "PLAINTEXT_TOO_LONG",
        "record_overflow",
        "more data into a record than TLS allows",
        do="connect",
        step="WAIT_EE",
    ),
    flood(
        "key-update-within-a-record",
        Scripted("CONNECTED:RECORD:0:16 18 000001 00 18 000001 00"),
        "HANDSHAKE_NOT_AT_BOUNDARY",
        "unexpected_message",
        "one record hold messages under two different keys",
        message="KeyUpdate",
    ),
    Row(
        "downgrade-attack-to-tls-1.1",
        Scripted("HELLO:SET:26:444f574e47524400", tls12=1),
        "DOWNGRADE_DETECTED",
        "tampers",
        sent="illegal_parameter",
        step="WAIT_SH",
        message="ServerHello",
    ),
    Row(
        "hello-retry-request-for-a-group-we-shared",
        Scripted(retries=1, group=0x001D),
        "RETRY_GROUP_ALREADY_SHARED",
        "server's TLS software is at fault: it asks again for the key share",
        us={"groups": "x25519"},
        sent="illegal_parameter",
        step="WAIT_SH",
        message="HelloRetryRequest",
        version=V13,
    ),
]

# ---- clients of our server ----


def changing(dial: Dial, number: int) -> Dial:
    """Between this client and us: the last byte of one of its records is another."""

    def spoil(record: bytes) -> bytes:
        return record[:-1] + bytes([record[-1] ^ 1])

    return catalogue_steps.passing(dial, number, ends=False, last=spoil)


def hello13(*extensions: bytes) -> bytes:
    body = b"".join((extension(43, b"\2\3\4"), *extensions))
    return hello(
        b"\3\3" + bytes(32) + b"\0\0\2\x13\1\1\0" + len(body).to_bytes(2, "big") + body
    )


def server(name: str, peer: Dial, code: str, sent: str, hint: str, **more: Any) -> Row:
    return Row(name, peer, code, hint, role="server", sent=sent, **more)


SERVERS = [
    server(
        "client-sends-an-oversized-record",
        says(b"\x16\3\1\xff\xff" + bytes(64)),
        "RECORD_TOO_LONG",
        "record_overflow",
        "a length that TLS forbids",
        step="START",
    ),
    server(
        "client-hello-without-signature-algorithms",
        says(
            hello13(
                extension(10, b"\0\2\0\x1d"),
                extension(51, b"\0\x24\0\x1d\0\x20" + bytes(range(32))),
            )
        ),
        "CLIENT_EXTENSION_MISSING",
        "missing_extension",
        "client's TLS software is at fault: it left out an extension",
        step="CHOOSE_VERSION",
        message="ClientHello",
        version=V13,
    ),
    server(
        "client-finished-changed-on-the-way",
        changing(openssl("-tls1_3"), 3),
        "BAD_RECORD_MAC",
        "bad_record_mac",
        "changed or lost on the way",
        step="WAIT_FINISHED",
        version=V13,
    ),
    server(
        "client-finished-changed-on-the-way-tls12",
        changing(openssl("-tls1_2"), 4),
        "BAD_RECORD_MAC",
        "bad_record_mac",
        "changed or lost on the way",
        step="WAIT_FINISHED",
        version=V12,
    ),
    server(
        "client-certificate-verify-changed-on-the-way",
        changing(openssl("-tls1_2", *catalogue_steps.CHAINED), 4),
        "BAD_CERTIFICATE_VERIFY",
        "decrypt_error",
        "certificate",
        us=CLIENTS,
        step="WAIT_CV",
        message="CertificateVerify",
        version=V12,
    ),
    server(
        "client-key-too-weak",
        openssl(
            "-tls1_3",
            *("-cipher", "DEFAULT@SECLEVEL=0"),
            *("-cert", "{pki}/client-weak.crt", "-key", "{pki}/client-weak.key"),
            *("-cert_chain", "{pki}/client-weak.chain"),
        ),
        "CERT_WEAK_KEY",
        "bad_certificate",
        "RSA of 2048 bits",
        us=CLIENTS,
        step="VERIFY_CERT",
        message="Certificate",
        version=V13,
        at=At(0, "RFC 5280 4.1.2.7", subject="CN=client-weak"),
    ),
    server(
        "pre-shared-key-differs",
        openssl("-tls1_3", "-psk", "77" * 32, "-psk_identity", "printer"),
        "BAD_BINDER",
        "decrypt_error",
        "key",
        us={"function": "psk"},
        step="FIND_PSK",
        message="ClientHello",
        version=V13,
        alone="their commands ask no application for a key",
    ),
]

ROWS = FLOODS + LENGTHS
