"""Rows: messages and records that are malformed, misplaced, or not what they claim.
RFC 8446 4, 5; RFC 5246 6, 7; RFC 8879."""

from __future__ import annotations

import zlib
from typing import Any

from catalogue_servers import hello, hello12, message, says
from stage import ANY, V12, V13, Plain, Row, Scripted, Server, answer, record

MISWRITTEN = "TLS software breaks the protocol here"
# Of a message that comes under keys, nobody else can have written it.
ENCRYPTED = MISWRITTEN + ", for the message came encrypted"
IN_THE_CLEAR = MISWRITTEN + ", or something on the way changed the bytes"
OLD = {"versions": "TLSv1.2"}
CBC = {"versions": "TLSv1.2", "suites": "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"}
SQUEEZED = zlib.compress(bytes.fromhex("00 000005 000000 0000"))

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
    in_the_clear = "Hello" in message
    more.setdefault("hint", IN_THE_CLEAR if in_the_clear else ENCRYPTED)
    return in13(name, message, peer, code, "decode_error", **more)


def malformed12(name: str, message: str, edit: str, code: str, **more: Any) -> Row:
    settings = more.pop("settings", {})
    peer = Scripted(*edit.split(";"), tls12=1, **settings)
    more.setdefault("hint", ENCRYPTED if message == "Finished" else IN_THE_CLEAR)
    return in12(name, message, peer, code, "decode_error", **more)


PROOFS = [
    in13(
        "bad-certificate-verify",
        "CertificateVerify",
        Scripted("VERIFY:BODY:0:0807 0040 11*64"),
        "BAD_CERTIFICATE_VERIFY",
        "decrypt_error",
        "did not prove that it owns the certificate's private key",
    ),
    in13(
        "key-of-another-certificate",
        "CertificateVerify",
        Scripted(wrong_key=1),
        "BAD_CERTIFICATE_VERIFY",
        "decrypt_error",
        "did not prove that it owns the certificate's private key",
    ),
    in13(
        "signature-for-another-kind-of-key",
        "CertificateVerify",
        Scripted("VERIFY:SET:0:0403"),
        "SIGNATURE_KEY_MISMATCH",
        "illegal_parameter",
        "certificate and private key are of different kinds",
    ),
    in13(
        "unoffered-signature-algorithm",
        "CertificateVerify",
        Scripted(),
        "UNOFFERED_SIGNATURE_ALGORITHM",
        "illegal_parameter",
        "server's TLS software is at fault: it signed with an algorithm",
        us={"schemes": "ecdsa_secp256r1_sha256"},
    ),
    in13(
        "bad-finished",
        "Finished",
        Scripted("FINISHED:BODY:0:00*32", suite=0x1301),
        "BAD_FINISHED",
        "decrypt_error",
        "saw different handshakes: something between changed bytes",
    ),
    in12(
        "bad-finished-tls12",
        "Finished",
        Scripted("FINISHED:BODY:0:00*12", tls12=1),
        "BAD_FINISHED",
        "decrypt_error",
        "saw different handshakes: something between changed bytes",
    ),
    in12(
        "key-of-another-certificate-tls12",
        "ServerKeyExchange",
        Scripted(tls12=1, wrong_key=1),
        "BAD_SERVER_KEY_EXCHANGE",
        "decrypt_error",
        "did not prove that it owns the certificate's private key",
    ),
]

DECODING = [
    malformed(
        "server-hello-cut",
        "ServerHello",
        "HELLO:CUT:1:",
        "DECODE_SERVER_HELLO",
        detail=r": extensions at byte 70 of 1205: length 1134, 1133 are left$",
    ),
    malformed(
        "hello-retry-request-cut",
        "HelloRetryRequest",
        "RETRY:CUT:1:",
        "DECODE_SERVER_HELLO",
        settings={"retries": 1, "group": 0x001D},
        us={"groups": "secp256r1:x25519"},
        step="WAIT_SH",
        version=None,
        detail=r": extensions at byte 70 of 83: length 12, 11 are left$",
    ),
    malformed(
        "encrypted-extensions-cut",
        "EncryptedExtensions",
        "EXTENSIONS:BODY:0:00",
        "DECODE_ENCRYPTED_EXTENSIONS",
        detail=r": extensions at byte 0 of 1: needs 2 bytes, 1 is left$",
    ),
    malformed(
        "certificate-request-cut",
        "CertificateRequest",
        "REQUEST:CUT:1:",
        "DECODE_CERTIFICATE_REQUEST",
        settings={"requests_certificate": 1},
        hint="shorten that list",
        detail=r": extensions at byte 1 of 12: length 10, 9 are left$",
    ),
    malformed(
        "certificate-cut",
        "Certificate",
        "CERTIFICATE:CUT:1:",
        "DECODE_CERTIFICATE",
        hint="check the chain file",
        detail=r": certificate_list at byte 1 of \d+: length \d+, \d+ are left$",
    ),
    malformed(
        "certificate-verify-cut",
        "CertificateVerify",
        "VERIFY:CUT:1:",
        "DECODE_CERTIFICATE_VERIFY",
        detail=r": signature at byte 2 of 67: length 64, 63 are left$",
    ),
    in13(
        "finished-cut",
        "Finished",
        Scripted("FINISHED:CUT:1:"),
        "DECODE_FINISHED",
        "decrypt_error",
        ENCRYPTED,
        detail=r": verify_data at byte 0 of 31: needs 32 bytes, 31 are left$",
    ),
    malformed(
        "ticket-cut",
        "NewSessionTicket",
        "TICKET:CUT:1:",
        "DECODE_NEW_SESSION_TICKET",
        settings={"tickets": 1},
        do="connect,read",
        step="CONNECTED",
        detail=r": extensions at byte 28 of 29: needs 2 bytes, 1 is left$",
    ),
    malformed(
        "key-update-cut",
        "KeyUpdate",
        "CONNECTED:RECORD:0:16 18 000000",
        "DECODE_KEY_UPDATE",
        do="connect,read",
        step="CONNECTED",
        detail=r": request_update at byte 0 of 0: needs 1 byte, 0 are left$",
    ),
    malformed(
        "extension-malformed",
        "EncryptedExtensions",
        "EXTENSIONS:EXT_ADD:10:0000",
        "DECODE_EXTENSION",
        detail=r": extensions / supported_groups / named_group_list "
        r"at byte 6 of 8: length 0, at least 2$",
    ),
    in13(
        "extension-twice",
        "ServerHello",
        Scripted("HELLO:EXT_TWICE:51:"),
        "EXTENSION_DUPLICATE",
        "decode_error",
        "other side's TLS software is at fault: it sends the same extension twice",
        detail=r": extensions / key_share at byte 1206 of 2334: stands there twice$",
    ),
    in13(
        "compressed-certificate-unasked",
        "CompressedCertificate",
        Scripted(
            "CERTIFICATE:TYPE:25:", "CERTIFICATE:BODY:0:7777 000010 000004 01020304"
        ),
        "UNOFFERED_CERTIFICATE_COMPRESSION",
        "illegal_parameter",
        "software is at fault: it compressed its certificate",
        step="WAIT_CERT_CR",
    ),
    in13(
        "compressed-certificate-cut",
        "CompressedCertificate",
        Scripted("CERTIFICATE:TYPE:25:", "CERTIFICATE:BODY:0:0001 000010"),
        "DECODE_COMPRESSED_CERTIFICATE",
        "decode_error",
        ENCRYPTED,
        step="WAIT_CERT_CR",
        detail=r": compressed_certificate_message at byte 5 of 5: "
        r"needs 3 bytes, 0 are left$",
    ),
    in13(
        "compressed-certificate-spoilt",
        "CompressedCertificate",
        Scripted(
            "CERTIFICATE:TYPE:25:", "CERTIFICATE:BODY:0:0001 000010 000004 01020304"
        ),
        "CERTIFICATE_DECOMPRESSION",
        "bad_certificate",
        "damaged compressed certificate",
        step="WAIT_CERT_CR",
    ),
    in12(
        "server-key-exchange-cut",
        "ServerKeyExchange",
        Scripted("KEY_EXCHANGE:CUT:1:", tls12=1),
        "DECODE_SERVER_KEY_EXCHANGE",
        "decode_error",
        IN_THE_CLEAR,
        detail=r": signature at byte 38 of 103: length 64, 63 are left$",
    ),
    in12(
        "certificate-status-cut",
        "CertificateStatus",
        Scripted("HELLO:EXT_ADD:5:", "CERTIFICATE:SEND:0:16 01 000001", tls12=1),
        "DECODE_CERTIFICATE_STATUS",
        "decode_error",
        "stapled OCSP response",
        step="WAIT_CS_SKE",
        detail=r": response at byte 1 of 4: length 1, 0 are left$",
    ),
    in12(
        "certificate-request-cut-tls12",
        "CertificateRequest",
        Scripted("REQUEST:CUT:1:", tls12=1, requests_certificate=1),
        "DECODE_CERTIFICATE_REQUEST",
        "decode_error",
        "shorten that list",
        step="WAIT_CR_SHD",
        detail=r": certificate_authorities at byte 9 of 10: needs 2 bytes, 1 is left$",
    ),
    in12(
        "ticket-cut-tls12",
        "NewSessionTicket",
        Scripted("TICKET:CUT:1:", tls12=1, tickets=1),
        "DECODE_NEW_SESSION_TICKET",
        "decode_error",
        MISWRITTEN,
        step="WAIT_TICKET",
        detail=r": ticket at byte 4 of 37: length 32, 31 are left$",
    ),
    in12(
        "server-hello-done-with-a-body",
        "ServerHelloDone",
        Scripted("DONE:APPEND:0:00", tls12=1),
        "DECODE_SERVER_HELLO_DONE",
        "decode_error",
        MISWRITTEN,
        detail=r": at byte 0 of 1: 1 byte left over$",
    ),
    in12(
        "certificate-cut-tls12",
        "Certificate",
        Scripted("CERTIFICATE:CUT:1:", tls12=1),
        "DECODE_CERTIFICATE",
        "decode_error",
        "check the chain file",
        detail=r": certificate_list at byte 0 of \d+: length \d+, \d+ are left$",
    ),
    in12(
        "finished-cut-tls12",
        "Finished",
        Scripted("FINISHED:CUT:1:", tls12=1),
        "DECODE_FINISHED",
        "decrypt_error",
        ENCRYPTED,
        detail=r": verify_data at byte 0 of 11: needs 12 bytes, 11 are left$",
    ),
    in12(
        "hello-request-with-a-body",
        "HelloRequest",
        Scripted("CONNECTED:RECORD:0:16 00 000001 00", tls12=1),
        "DECODE_HELLO_REQUEST",
        "decode_error",
        MISWRITTEN,
        do="connect,read",
        action=ANY,  # it may come with the server's Finished
        step="CONNECTED",
        detail=r": at byte 0 of 1: 1 byte left over$",
    ),
]

FIELDS = [
    malformed(
        "server-hello-id-too-long",
        "ServerHello",
        "HELLO:SET:34:21",
        "DECODE_SERVER_HELLO",
        detail=r": legacy_session_id_echo at byte 34 of 1206: length 33, at most 32$",
    ),
    malformed(
        "server-hello-goes-on",
        "ServerHello",
        "HELLO:APPEND:0:00",
        "DECODE_SERVER_HELLO",
        detail=r": at byte 1206 of 1207: 1 byte left over$",
    ),
    malformed(
        "server-hello-key-share-empty",
        "ServerHello",
        "HELLO:EXT_SET:51:001d 0000",
        "DECODE_EXTENSION",
        version=V13,
        detail=r": extensions / key_share / key_exchange at byte 84 of 86: "
        r"length 0, at least 1$",
    ),
    malformed(
        "hello-retry-request-without-a-group",
        "HelloRetryRequest",
        "RETRY:EXT_SET:51:00",
        "DECODE_EXTENSION",
        settings={"retries": 1, "group": 0x001D},
        us={"groups": "secp256r1:x25519"},
        step="WAIT_SH",
        detail=r": extensions / key_share / selected_group at byte 82 of 83: "
        r"needs 2 bytes, 1 is left$",
    ),
    malformed(
        "alpn-answer-cut",
        "EncryptedExtensions",
        "EXTENSIONS:BODY:0:0008 0010 0004 0002 0268",
        "ALPN_EMPTY",
        us={"alpn": "h2"},
        hint="software is at fault: it answered with no application protocol",
        detail=r": extensions / application_layer_protocol_negotiation / "
        r"protocol_name_list\[0\] at byte 8 of 10: length 2, 1 is left$",
    ),
    malformed(
        "certificate-request-algorithms-odd",
        "CertificateRequest",
        "REQUEST:BODY:0:00 0009 000d 0005 0003 040308",
        "DECODE_EXTENSION",
        settings={"requests_certificate": 1},
        detail=r": extensions / signature_algorithms / supported_signature_algorithms "
        r"at byte 7 of 12: odd length 3$",
    ),
    malformed(
        "certificate-of-no-bytes",
        "Certificate",
        "CERTIFICATE:BODY:0:00 000005 000000 0000",
        "DECODE_CERTIFICATE",
        hint="check the chain file",
        detail=r": certificate_list\[0\] / cert_data at byte 4 of 9: "
        r"length 0, at least 1$",
    ),
    malformed(
        "certificate-status-of-unknown-type",
        "Certificate",
        "CERTIFICATE:BODY:0:00 00000e 00000130 0008 0005 0004 02 000000",
        "DECODE_EXTENSION",
        detail=r": certificate_list\[0\] / extensions / status_request / status_type "
        r"at byte 14 of 18: is 2, must be 1$",
    ),
    malformed(
        "certificate-with-an-extension-twice",
        "Certificate",
        "CERTIFICATE:BODY:0:00 00000e 00000130 0008 0012 0000 0012 0000",
        "EXTENSION_DUPLICATE",
        hint="same extension twice",
        detail=r": certificate_list\[0\] / extensions / signed_certificate_timestamp "
        r"at byte 14 of 18: stands there twice$",
    ),
    in13(
        "compressed-certificate-malformed-inside",
        "CompressedCertificate",
        Scripted(
            "CERTIFICATE:TYPE:25:",
            f"CERTIFICATE:BODY:0:0001 000009 {len(SQUEEZED):06x} {SQUEEZED.hex()}",
        ),
        "DECODE_CERTIFICATE",
        "decode_error",
        "check the chain file",
        step="WAIT_CERT_CR",
        detail=r": certificate_list\[0\] / cert_data at byte 4 of 9: "
        r"length 0, at least 1$",
    ),
    malformed(
        "too-many-extensions",
        "EncryptedExtensions",
        "EXTENSIONS:BODY:0:00c4" + "".join(f"{0x4000 + n:04x}0000" for n in range(49)),
        "TOO_MANY_EXTENSIONS",
        hint="more extensions into one message",
        detail=r": extensions at byte 194 of 198: more than 48$",
    ),
    malformed(
        "ticket-of-no-bytes",
        "NewSessionTicket",
        "TICKET:BODY:0:00000e10 01020304 00 0000 0000",
        "DECODE_NEW_SESSION_TICKET",
        settings={"tickets": 1},
        do="connect,read",
        step="CONNECTED",
        detail=r": ticket at byte 9 of 13: length 0, at least 1$",
    ),
    malformed(
        "ticket-early-data-cut",
        "NewSessionTicket",
        "TICKET:BODY:0:00000e10 01020304 00 0001 74 0007 002a 0003 000000",
        "DECODE_EXTENSION",
        settings={"tickets": 1},
        do="connect,read",
        step="CONNECTED",
        detail=r": extensions / early_data / max_early_data_size at byte 18 of 21: "
        r"needs 4 bytes, 3 are left$",
    ),
    malformed(
        "key-update-too-long",
        "KeyUpdate",
        "CONNECTED:RECORD:0:16 18 000002 0000",
        "DECODE_KEY_UPDATE",
        do="connect,read",
        step="CONNECTED",
        detail=r": at byte 1 of 2: 1 byte left over$",
    ),
    malformed12(
        "server-hello-extension-with-a-body-tls12",
        "ServerHello",
        "HELLO:EXT_SET:23:00",
        "DECODE_EXTENSION",
        step="WAIT_SH",
        detail=r": extensions / extended_master_secret at byte 49 of 56: "
        r"1 byte left over$",
    ),
    malformed12(
        "certificate-of-no-bytes-tls12",
        "Certificate",
        "CERTIFICATE:BODY:0:000003 000000",
        "DECODE_CERTIFICATE",
        hint="check the chain file",
        detail=r": certificate_list\[0\] at byte 3 of 6: length 0, at least 1$",
    ),
    malformed12(
        "server-key-exchange-without-a-share",
        "ServerKeyExchange",
        "KEY_EXCHANGE:BODY:0:03 001d 00 0807 0000",
        "DECODE_SERVER_KEY_EXCHANGE",
        detail=r": public at byte 3 of 8: length 0, at least 1$",
    ),
    malformed12(
        "certificate-request-algorithms-odd-tls12",
        "CertificateRequest",
        "REQUEST:BODY:0:01 40 0003 040308 0000",
        "DECODE_CERTIFICATE_REQUEST",
        settings={"requests_certificate": 1},
        hint="shorten that list",
        step="WAIT_CR_SHD",
        detail=r": supported_signature_algorithms at byte 2 of 9: odd length 3$",
    ),
    malformed12(
        "certificate-status-of-unknown-type-tls12",
        "CertificateStatus",
        "HELLO:EXT_ADD:5:;CERTIFICATE:SEND:0:16 02 000001 30",
        "DECODE_CERTIFICATE_STATUS",
        hint="stapled OCSP response",
        step="WAIT_CS_SKE",
        detail=r": status_type at byte 0 of 5: is 2, must be 1$",
    ),
]


# ---- the same of clients: what travels in the clear ----


def client_hello(rest: str) -> bytes:
    return hello(b"\3\3" + bytes(range(32)) + bytes.fromhex(rest))


def from_client(name: str, said: bytes, code: str, **more: Any) -> Row:
    more.setdefault("step", "RECVD_CH")
    more.setdefault("message", "ClientHello")
    more.setdefault("hint", MISWRITTEN)
    return Row(name, says(said), code, role="server", sent="decode_error", **more)


CLIENTS = [
    from_client(
        "client-hello-id-too-long",
        client_hello("21" + "00" * 33 + "0002 1301 01 00"),
        "DECODE_CLIENT_HELLO",
        detail=r": legacy_session_id at byte 34 of 74: length 33, at most 32$",
    ),
    from_client(
        "client-hello-suites-odd",
        client_hello("00 0003 130113 01 00"),
        "DECODE_CLIENT_HELLO",
        detail=r": cipher_suites at byte 35 of 42: odd length 3$",
    ),
    from_client(
        "client-hello-without-compression",
        client_hello("00 0002 1301 00"),
        "DECODE_CLIENT_HELLO",
        detail=r": legacy_compression_methods at byte 39 of 40: length 0, at least 1$",
    ),
    from_client(
        "client-hello-cut",
        client_hello("00 0002 1301 01 00 0008 002b 0003"),
        "DECODE_CLIENT_HELLO",
        detail=r": extensions at byte 41 of 47: length 8, 4 are left$",
    ),
    from_client(
        "client-hello-extension-cut",
        client_hello("00 0002 1301 01 00 0005 002b 0003 02"),
        "DECODE_CLIENT_HELLO",
        detail=r": extensions / supported_versions at byte 45 of 48: length 3, "
        r"1 is left$",
    ),
    from_client(
        "client-hello-two-names",
        client_hello(
            "00 0002 1301 01 00 000e 0000 000a 0008 00 0001 61 00 0001 62",
        ),
        "DECODE_EXTENSION",
        detail=r": extensions / server_name / server_name_list at byte 53 of 57: "
        r"4 bytes left over$",
    ),
    from_client(
        "client-hello-key-share-empty",
        client_hello(
            "00 0002 1301 01 00"
            "0016 002b 0003 02 0304 0033 000b 0009 001d 0001 09 0017 0000"
        ),
        "DECODE_EXTENSION",
        detail=r": extensions / key_share / client_shares\[1\] / key_exchange "
        r"at byte 63 of 65: length 0, at least 1$",
    ),
    from_client(
        "client-key-exchange-goes-on",
        hello12() + message(16, b"\x20" + bytes(33)),
        "DECODE_CLIENT_KEY_EXCHANGE",
        step="WAIT_CKE",
        message="ClientKeyExchange",
        version=V12,
        detail=r": at byte 33 of 34: 1 byte left over$",
    ),
]

ORDER = [
    in13(
        "unknown-message",
        None,
        Scripted("EXTENSIONS:TYPE:99:"),
        "DECODE_HANDSHAKE_TYPE",
        "unexpected_message",
        "kind of message that TLS does not have",
        step="WAIT_EE",
        detail=r": type 99$",
    ),
    in13(
        "certificate-before-encrypted-extensions",
        "Certificate",
        Scripted("EXTENSIONS:DROP:0:"),
        "UNEXPECTED_MESSAGE",
        "unexpected_message",
        "messages in a wrong order",
        step="WAIT_EE",
    ),
    in13(
        "certificate-twice",
        "Certificate",
        Scripted("CERTIFICATE:TWICE:0:"),
        "UNEXPECTED_MESSAGE",
        "unexpected_message",
        "messages in a wrong order",
        step="WAIT_CV",
    ),
    in13(
        "certificate-without-proof",
        "Finished",
        Scripted("VERIFY:DROP:0:"),
        "UNEXPECTED_MESSAGE",
        "unexpected_message",
        "messages in a wrong order",
        step="WAIT_CV",
    ),
    in12(
        "server-key-exchange-missing",
        "ServerHelloDone",
        Scripted("KEY_EXCHANGE:DROP:0:", tls12=1),
        "UNEXPECTED_MESSAGE",
        "unexpected_message",
        "messages in a wrong order",
        step="WAIT_SKE",
    ),
    in13(
        "message-too-long",
        "Certificate",
        Scripted("CERTIFICATE:RECORD_BEFORE:0:16 0b 020001"),
        "HANDSHAKE_TOO_LONG",
        "illegal_parameter",
        "more than a handshake may hold: mostly its certificate chain",
        step="WAIT_CERT_CR",
    ),
    in13(
        "certificate-request-after-the-handshake",
        "CertificateRequest",
        Scripted("CONNECTED:RECORD:0:16 0d 00000b 00 0008 000d 0004 0002 0403"),
        "POST_HANDSHAKE_AUTH",
        "unexpected_message",
        "after the handshake, which this side never offers",
        do="connect,read",
        step="CONNECTED",
    ),
]

RECORDS = [
    Row(
        "oversized-record",
        Plain(answer(b"\x16\3\3\xff\xff" + bytes(64))),
        "RECORD_TOO_LONG",
        "a length that TLS forbids.*check the port",
        sent="record_overflow",
        step="WAIT_SH",
    ),
    Row(
        "record-of-unknown-type",
        Plain(answer(record(99, bytes(64)))),
        "RECORD_TYPE_UNKNOWN",
        "a kind of record that TLS does not have.*check the port",
        sent="unexpected_message",
        step="WAIT_SH",
    ),
    Row(
        "bad-mac",
        Scripted("EXTENSIONS:RAW_BEFORE:0:17 0303 0020 00*32"),
        "BAD_RECORD_MAC",
        "changed or lost on the way.*computed its keys wrongly",
        sent="bad_record_mac",
        step="WAIT_EE",
        version=V13,
    ),
    Row(
        "bad-padding",
        Scripted("EXTENSIONS:RECORD_BEFORE:0:00"),
        "RECORD_NO_CONTENT_TYPE",
        "encrypts records of zero padding",
        sent="unexpected_message",
        step="WAIT_EE",
        version=V13,
    ),
    Row(
        "bad-mac-or-padding-tls12",
        Scripted("FINISHED:RAW_BEFORE:0:16 0303 0040 00*64", tls12=1, suite=0xC009),
        "BAD_RECORD_MAC",
        "changed or lost on the way.*computed its keys wrongly",
        us=CBC,
        sent="bad_record_mac",
        step="WAIT_FINISHED",
        version=V12,
    ),
    Row(
        "unprotected-record",
        Scripted("EXTENSIONS:RAW_BEFORE:0:16 0303 0006 08 000002 0000"),
        "RECORD_UNPROTECTED",
        "injected unencrypted bytes",
        sent="unexpected_message",
        step="WAIT_EE",
        version=V13,
    ),
    Row(
        "data-before-the-end-of-the-handshake",
        Scripted("FINISHED:RECORD_BEFORE:0:17 6869"),
        "APPLICATION_DATA_EARLY",
        "sends application data before",
        sent="unexpected_message",
        step="WAIT_FINISHED",
        version=V13,
    ),
    Row(
        "record-inside-a-message",
        Scripted("CERTIFICATE:BETWEEN:20:17 6869"),
        "RECORDS_INTERLEAVED",
        "sends another record in the middle",
        message="Certificate",
        sent="unexpected_message",
        step="WAIT_CERT_CR",
        version=V13,
    ),
    Row(
        "empty-record",
        Plain(answer(record(22, b""))),
        "RECORD_EMPTY",
        "sends empty records",
        sent="unexpected_message",
        step="WAIT_SH",
    ),
    Row(
        "alert-of-three-bytes",
        Plain(answer(record(21, b"\2\x28\0"))),
        "ALERT_MALFORMED",
        "an alert that is not two bytes",
        sent="decode_error",
        step="WAIT_SH",
        detail=r": 3 bytes, an alert has 2$",
    ),
    Row(
        "alert-of-unknown-level",
        Plain(answer(record(21, b"\3\x28"))),
        "ALERT_LEVEL",
        "neither a warning nor fatal",
        detail=r": level 3, alert handshake_failure \(40\)$",
        sent="illegal_parameter",
        step="WAIT_SH",
    ),
    Row(
        "change-cipher-spec-malformed",
        Plain(answer(record(20, b"\2"))),
        "CCS_MALFORMED",
        "change_cipher_spec that is not",
        detail=r": length 1, first byte 2; only length 1, value 1 is right$",
        sent="unexpected_message",
        step="WAIT_SH",
    ),
    Row(
        "too-many-warnings",
        Plain(answer(record(21, b"\1\x70") * 8)),
        "TOO_MANY_WARNINGS",
        "floods this one with warnings",
        sent="unexpected_message",
        step="WAIT_SH",
    ),
]

ROWS = PROOFS + DECODING + FIELDS + CLIENTS + ORDER + RECORDS
