"""Rows: messages and records that are malformed, misplaced, or not what they claim.
RFC 8446 4, 5; RFC 5246 6, 7; RFC 8879."""

from __future__ import annotations

from typing import Any

from stage import ANY, V12, V13, Plain, Row, Scripted, Server, answer, record

BROKEN = "peer is broken|server is broken|record layer is broken"
OLD = {"versions": "TLSv1.2"}
CBC = {"versions": "TLSv1.2", "suites": "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"}

# The state in which each message of TLS 1.3 is refused.
STEPS = {
    "ServerHello": "WAIT_SH",
    "EncryptedExtensions": "WAIT_EE",
    "CertificateRequest": "WAIT_CERT_CR",
    "Certificate": "WAIT_CERT_CR",
    "CertificateVerify": "WAIT_CV",
    "Finished": "WAIT_FINISHED",
}
STEPS12 = {
    "Certificate": "WAIT_CERT",
    "ServerKeyExchange": "WAIT_SKE",
    "ServerHelloDone": "WAIT_CR_SHD",
    "Finished": "WAIT_FINISHED",
}


def in13(
    name: str,
    message: str | None,
    peer: Server,
    code: str,
    sent: str,
    hint: str,
    **more: Any,
) -> Row:
    more.setdefault("step", STEPS.get(message or ""))
    more.setdefault("version", None if message == "ServerHello" else V13)
    return Row(name, peer, code, hint, message=message, sent=sent, **more)


def in12(
    name: str, message: str, peer: Server, code: str, sent: str, hint: str, **more: Any
) -> Row:
    more.setdefault("step", STEPS12.get(message))
    more.setdefault("us", OLD)
    return Row(name, peer, code, hint, message=message, sent=sent, version=V12, **more)


def malformed(name: str, message: str, edit: str, code: str, **more: Any) -> Row:
    settings = more.pop("settings", {})
    peer = Scripted(edit, **settings)
    return in13(name, message, peer, code, "decode_error", "broken", **more)


PROOFS = [
    in13(
        "bad-certificate-verify",
        "CertificateVerify",
        Scripted("VERIFY:BODY:0:0807 0040 11*64"),
        "BAD_CERTIFICATE_VERIFY",
        "decrypt_error",
        "does not own the certificate's key",
    ),
    in13(
        "key-of-another-certificate",
        "CertificateVerify",
        Scripted(wrong_key=1),
        "BAD_CERTIFICATE_VERIFY",
        "decrypt_error",
        "does not own the certificate's key",
    ),
    in13(
        "signature-for-another-kind-of-key",
        "CertificateVerify",
        Scripted("VERIFY:SET:0:0403"),
        "SIGNATURE_KEY_MISMATCH",
        "illegal_parameter",
        "certificate and key do not belong together",
    ),
    in13(
        "unoffered-signature-algorithm",
        "CertificateVerify",
        Scripted(),
        "UNOFFERED_SIGNATURE_ALGORITHM",
        "illegal_parameter",
        "broken or too old",
        us={"schemes": "ecdsa_secp256r1_sha256"},
    ),
    in13(
        "bad-finished",
        "Finished",
        Scripted("FINISHED:BODY:0:00*32", suite=0x1301),
        "BAD_FINISHED",
        "decrypt_error",
        "changed on the way",
    ),
    in12(
        "bad-finished-tls12",
        "Finished",
        Scripted("FINISHED:BODY:0:00*12", tls12=1),
        "BAD_FINISHED",
        "decrypt_error",
        "changed on the way",
    ),
    in12(
        "key-of-another-certificate-tls12",
        "ServerKeyExchange",
        Scripted(tls12=1, wrong_key=1),
        "BAD_SERVER_KEY_EXCHANGE",
        "decrypt_error",
        "does not own the certificate's key",
    ),
]

DECODING = [
    malformed("server-hello-cut", "ServerHello", "HELLO:CUT:1:", "DECODE_SERVER_HELLO"),
    malformed(
        "hello-retry-request-cut",
        "HelloRetryRequest",
        "RETRY:CUT:1:",
        "DECODE_SERVER_HELLO",
        settings={"retries": 1, "group": 0x001D},
        us={"groups": "secp256r1:x25519"},
        step="WAIT_SH",
        version=None,
    ),
    malformed(
        "encrypted-extensions-cut",
        "EncryptedExtensions",
        "EXTENSIONS:BODY:0:00",
        "DECODE_ENCRYPTED_EXTENSIONS",
    ),
    malformed(
        "certificate-request-cut",
        "CertificateRequest",
        "REQUEST:CUT:1:",
        "DECODE_CERTIFICATE_REQUEST",
        settings={"requests_certificate": 1},
    ),
    malformed(
        "certificate-cut", "Certificate", "CERTIFICATE:CUT:1:", "DECODE_CERTIFICATE"
    ),
    malformed(
        "certificate-verify-cut",
        "CertificateVerify",
        "VERIFY:CUT:1:",
        "DECODE_CERTIFICATE_VERIFY",
    ),
    in13(
        "finished-cut",
        "Finished",
        Scripted("FINISHED:CUT:1:"),
        "DECODE_FINISHED",
        "decrypt_error",
        BROKEN,
    ),
    malformed(
        "ticket-cut",
        "NewSessionTicket",
        "TICKET:CUT:1:",
        "DECODE_NEW_SESSION_TICKET",
        settings={"tickets": 1},
        do="connect,read",
        step="CONNECTED",
    ),
    malformed(
        "key-update-cut",
        "KeyUpdate",
        "CONNECTED:RECORD:0:16 18 000000",
        "DECODE_KEY_UPDATE",
        do="connect,read",
        step="CONNECTED",
    ),
    malformed(
        "extension-malformed",
        "EncryptedExtensions",
        "EXTENSIONS:EXT_ADD:10:0000",
        "DECODE_EXTENSION",
    ),
    in13(
        "extension-twice",
        "ServerHello",
        Scripted("HELLO:EXT_TWICE:51:"),
        "EXTENSION_DUPLICATE",
        "decode_error",
        BROKEN,
    ),
    in13(
        "compressed-certificate-unasked",
        "CompressedCertificate",
        Scripted(
            "CERTIFICATE:TYPE:25:", "CERTIFICATE:BODY:0:7777 000010 000004 01020304"
        ),
        "UNOFFERED_CERTIFICATE_COMPRESSION",
        "illegal_parameter",
        BROKEN,
        step="WAIT_CERT_CR",
    ),
    in13(
        "compressed-certificate-cut",
        "CompressedCertificate",
        Scripted("CERTIFICATE:TYPE:25:", "CERTIFICATE:BODY:0:0001 000010"),
        "DECODE_COMPRESSED_CERTIFICATE",
        "decode_error",
        BROKEN,
        step="WAIT_CERT_CR",
    ),
    in13(
        "compressed-certificate-spoilt",
        "CompressedCertificate",
        Scripted(
            "CERTIFICATE:TYPE:25:", "CERTIFICATE:BODY:0:0001 000010 000004 01020304"
        ),
        "CERTIFICATE_DECOMPRESSION",
        "bad_certificate",
        "cannot|bad compressed file",
        step="WAIT_CERT_CR",
    ),
    in12(
        "server-key-exchange-cut",
        "ServerKeyExchange",
        Scripted("KEY_EXCHANGE:CUT:1:", tls12=1),
        "DECODE_SERVER_KEY_EXCHANGE",
        "decode_error",
        BROKEN,
    ),
    in12(
        "certificate-status-cut",
        "CertificateStatus",
        Scripted("HELLO:EXT_ADD:5:", "CERTIFICATE:SEND:0:16 01 000001", tls12=1),
        "DECODE_CERTIFICATE_STATUS",
        "decode_error",
        BROKEN,
        step="WAIT_CS_SKE",
    ),
    in12(
        "certificate-request-cut-tls12",
        "CertificateRequest",
        Scripted("REQUEST:CUT:1:", tls12=1, requests_certificate=1),
        "DECODE_CERTIFICATE_REQUEST",
        "decode_error",
        BROKEN,
        step="WAIT_CR_SHD",
    ),
    in12(
        "ticket-cut-tls12",
        "NewSessionTicket",
        Scripted("TICKET:CUT:1:", tls12=1, tickets=1),
        "DECODE_NEW_SESSION_TICKET",
        "decode_error",
        BROKEN,
        step="WAIT_TICKET",
    ),
    in12(
        "server-hello-done-with-a-body",
        "ServerHelloDone",
        Scripted("DONE:APPEND:0:00", tls12=1),
        "DECODE_SERVER_HELLO_DONE",
        "decode_error",
        BROKEN,
    ),
    in12(
        "certificate-cut-tls12",
        "Certificate",
        Scripted("CERTIFICATE:CUT:1:", tls12=1),
        "DECODE_CERTIFICATE",
        "decode_error",
        BROKEN,
    ),
    in12(
        "finished-cut-tls12",
        "Finished",
        Scripted("FINISHED:CUT:1:", tls12=1),
        "DECODE_FINISHED",
        "decrypt_error",
        BROKEN,
    ),
    in12(
        "hello-request-with-a-body",
        "HelloRequest",
        Scripted("CONNECTED:RECORD:0:16 00 000001 00", tls12=1),
        "DECODE_HELLO_REQUEST",
        "decode_error",
        BROKEN,
        do="connect,read",
        action=ANY,  # it may come with the server's Finished
        step="CONNECTED",
    ),
]

ORDER = [
    in13(
        "unknown-message",
        None,
        Scripted("EXTENSIONS:TYPE:99:"),
        "DECODE_HANDSHAKE_TYPE",
        "unexpected_message",
        BROKEN,
        step="WAIT_EE",
    ),
    in13(
        "certificate-before-encrypted-extensions",
        "Certificate",
        Scripted("EXTENSIONS:DROP:0:"),
        "UNEXPECTED_MESSAGE",
        "unexpected_message",
        "state machine",
        step="WAIT_EE",
    ),
    in13(
        "certificate-twice",
        "Certificate",
        Scripted("CERTIFICATE:TWICE:0:"),
        "UNEXPECTED_MESSAGE",
        "unexpected_message",
        "state machine",
        step="WAIT_CV",
    ),
    in13(
        "certificate-without-proof",
        "Finished",
        Scripted("VERIFY:DROP:0:"),
        "UNEXPECTED_MESSAGE",
        "unexpected_message",
        "state machine",
        step="WAIT_CV",
    ),
    in12(
        "server-key-exchange-missing",
        "ServerHelloDone",
        Scripted("KEY_EXCHANGE:DROP:0:", tls12=1),
        "UNEXPECTED_MESSAGE",
        "unexpected_message",
        "state machine",
        step="WAIT_SKE",
    ),
    in13(
        "message-too-long",
        "Certificate",
        Scripted("CERTIFICATE:RECORD_BEFORE:0:16 0b 020001"),
        "HANDSHAKE_TOO_LONG",
        "illegal_parameter",
        "oversized",
        step="WAIT_CERT_CR",
    ),
    in13(
        "certificate-request-after-the-handshake",
        "CertificateRequest",
        Scripted("CONNECTED:RECORD:0:16 0d 00000b 00 0008 000d 0004 0002 0403"),
        "POST_HANDSHAKE_AUTH",
        "unexpected_message",
        "should ask during the handshake",
        do="connect,read",
        step="CONNECTED",
    ),
]

RECORDS = [
    Row(
        "oversized-record",
        Plain(answer(b"\x16\3\3\xff\xff" + bytes(64))),
        "RECORD_TOO_LONG",
        "does not speak TLS here, or is broken",
        sent="record_overflow",
        step="WAIT_SH",
    ),
    Row(
        "record-of-unknown-type",
        Plain(answer(record(99, bytes(64)))),
        "RECORD_TYPE_UNKNOWN",
        "does not speak TLS here, or is broken",
        sent="unexpected_message",
        step="WAIT_SH",
    ),
    Row(
        "bad-mac",
        Scripted("EXTENSIONS:RAW_BEFORE:0:17 0303 0020 00*32"),
        "BAD_RECORD_MAC",
        "changed or repeated bytes",
        sent="bad_record_mac",
        step="WAIT_EE",
        version=V13,
    ),
    Row(
        "bad-padding",
        Scripted("EXTENSIONS:RECORD_BEFORE:0:00"),
        "RECORD_NO_CONTENT_TYPE",
        BROKEN,
        sent="unexpected_message",
        step="WAIT_EE",
        version=V13,
    ),
    Row(
        "bad-mac-or-padding-tls12",
        Scripted("FINISHED:RAW_BEFORE:0:16 0303 0040 00*64", tls12=1, suite=0xC009),
        "BAD_RECORD_MAC",
        "changed or repeated bytes",
        us=CBC,
        sent="bad_record_mac",
        step="WAIT_FINISHED",
        version=V12,
    ),
    Row(
        "unprotected-record",
        Scripted("EXTENSIONS:RAW_BEFORE:0:16 0303 0006 08 000002 0000"),
        "RECORD_UNPROTECTED",
        "injected bytes",
        sent="unexpected_message",
        step="WAIT_EE",
        version=V13,
    ),
    Row(
        "data-before-the-end-of-the-handshake",
        Scripted("FINISHED:RECORD_BEFORE:0:17 6869"),
        "APPLICATION_DATA_EARLY",
        BROKEN,
        sent="unexpected_message",
        step="WAIT_FINISHED",
        version=V13,
    ),
    Row(
        "record-inside-a-message",
        Scripted("CERTIFICATE:BETWEEN:20:17 6869"),
        "RECORDS_INTERLEAVED",
        BROKEN,
        message="Certificate",
        sent="unexpected_message",
        step="WAIT_CERT_CR",
        version=V13,
    ),
    Row(
        "empty-record",
        Plain(answer(record(22, b""))),
        "RECORD_EMPTY",
        BROKEN,
        sent="unexpected_message",
        step="WAIT_SH",
    ),
    Row(
        "alert-of-three-bytes",
        Plain(answer(record(21, b"\2\x28\0"))),
        "ALERT_MALFORMED",
        BROKEN,
        sent="decode_error",
        step="WAIT_SH",
    ),
    Row(
        "change-cipher-spec-malformed",
        Plain(answer(record(20, b"\2"))),
        "CCS_MALFORMED",
        BROKEN,
        sent="unexpected_message",
        step="WAIT_SH",
    ),
    Row(
        "too-many-warnings",
        Plain(answer(record(21, b"\1\x70") * 8)),
        "TOO_MANY_WARNINGS",
        "broken or hostile",
        sent="unexpected_message",
        step="WAIT_SH",
    ),
]

ROWS = PROOFS + DECODING + ORDER + RECORDS
