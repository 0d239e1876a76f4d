"""Rows in which we are the server: the alerts that a client may send, its resets, and
functions of the application that fail."""

from __future__ import annotations

import errno
from typing import Any

from catalogue_servers import (
    CLIENTS,
    Dial,
    hello12,
    openssl,
    row,
    says,
    shows,
)
from catalogue_steps import PLAIN12, PLAIN13, passing
from stage import V12, V13, Row, alert

# ---- alerts ----

# What our hint says of those that have a cause of their own when a client sends them.
OF_OLD_CLIENTS = "complains of a certificate by an alert that nobody may use any more"
OF_SERVERS = "this alert is for servers alone: the client is a proxy"
WRONG = "calls one of our messages wrong"
KINDS = [
    (10, "unexpected_message", WRONG),
    (20, "bad_record_mac", "client could not decrypt what we sent"),
    (21, "decryption_failed_RESERVED", "by an alert that nobody may use any more"),
    (22, "record_overflow", "finds a record of ours too long"),
    (30, "decompression_failure_RESERVED", "compression, which was never chosen"),
    (40, "handshake_failure", "nothing that it accepts in our answer"),
    (41, "no_certificate_RESERVED", OF_OLD_CLIENTS),
    (42, "bad_certificate", "asked for a name that is not in it"),
    (43, "unsupported_certificate", "cannot use our certificate"),
    (44, "certificate_revoked", "our certificate was revoked by its CA: replace"),
    (45, "certificate_expired", "not in date for the client: renew it"),
    (46, "certificate_unknown", "does not accept our certificate and does not say why"),
    (47, "illegal_parameter", WRONG),
    (48, "unknown_ca", "does not trust the authority .* of our certificate"),
    (49, "access_denied", "its rules deny this server"),
    (50, "decode_error", WRONG),
    (51, "decrypt_error", "could not check our signature"),
    (60, "export_restriction_RESERVED", "export rules of the 1990s"),
    (70, "protocol_version", "does not accept the TLS version that was chosen"),
    (71, "insufficient_security", "stronger algorithms than were chosen here"),
    (80, "internal_error", "for a reason of its own, not because of us"),
    (86, "inappropriate_fallback", OF_SERVERS),
    (100, "no_renegotiation", "does not renegotiate keys"),
    (109, "missing_extension", "an extension. that our answer does not have"),
    (110, "unsupported_extension", WRONG),
    (111, "certificate_unobtainable_RESERVED", OF_OLD_CLIENTS),
    (112, "unrecognized_name", OF_SERVERS),
    (113, "bad_certificate_status_response", "OCSP staple .* that we send"),
    (114, "bad_certificate_hash_value_RESERVED", OF_OLD_CLIENTS),
    (115, "unknown_psk_identity", OF_SERVERS),
    (116, "certificate_required", OF_SERVERS),
    (120, "no_application_protocol", OF_SERVERS),
]
ALERTS = [
    row(
        f"client-alert-{name.replace('_RESERVED', '').replace('_', '-')}",
        says(hello12() + alert(number)),
        "ALERT_RECEIVED",
        hint,
        received=name,
        detail=name,
        step="WAIT_CKE",
        version=V12,
    )
    for number, name, hint in KINDS
]

# ---- resets ----


def broken(name: str, peer: Dial, step: str, version: str) -> Row:
    return row(
        name,
        peer,
        "TRANSPORT_READ",
        "client broke the connection off in the middle of the handshake",
        get_error="SYSCALL",
        errno=errno.ECONNRESET,
        detail="reset by peer",
        step=step,
        version=version,
    )


RESETS = [
    broken(
        "client-resets-after-our-flight",
        passing(PLAIN13, 2, ends=False, resets=True),
        "WAIT_FINISHED",
        V13,
    ),
    broken(
        "client-resets-after-our-flight-tls12",
        passing(PLAIN12, 1, ends=False, resets=True),
        "WAIT_CKE",
        V12,
    ),
]

# ---- functions of the application ----


def failing(name: str, peer: Dial, code: str, function: str, **more: Any) -> Row:
    us = {"function": function, **more.pop("us", {})}
    more.setdefault("hint", "application's own error")
    more.setdefault("sent", "internal_error")
    more.setdefault("message", "ClientHello")
    more.setdefault("alone", "their commands have no such function of the application")
    return row(name, peer, code, more.pop("hint"), us=us, **more)


PSK = openssl("-tls1_3", "-psk", "77" * 32, "-psk_identity", "printer")
PROTOCOLS = openssl("-tls1_3", "-alpn", "h2")
FUNCTIONS = [
    failing(
        "client-hello-callback-failed",
        PLAIN13,
        "CALLBACK_FAILED",
        "hello",
        step="ASK_CH",
    ),
    failing(
        "alpn-callback-failed",
        PROTOCOLS,
        "CALLBACK_FAILED",
        "alpn_fails",
        step="NEGOTIATE",
        version=V13,
    ),
    failing(
        "alpn-callback-chose-what-is-not-offered",
        PROTOCOLS,
        "CALLBACK_FAILED",
        "alpn",
        step="NEGOTIATE",
        version=V13,
    ),
    failing(
        "alpn-callback-refused",
        PROTOCOLS,
        "NO_COMMON_PROTOCOL",
        "alpn_refuses",
        hint="no application protocol .* in common",
        step="NEGOTIATE",
        sent="no_application_protocol",
        version=V13,
    ),
    failing(
        "psk-callback-failed",
        PSK,
        "CALLBACK_FAILED",
        "psk_fails",
        step="FIND_PSK",
        version=V13,
    ),
    failing(
        "psk-callback-gave-a-short-key",
        PSK,
        "CALLBACK_FAILED",
        "psk_short",
        step="FIND_PSK",
        version=V13,
    ),
    failing(
        "session-store-failed",
        says(hello12(session=bytes(range(32)))),
        "CALLBACK_FAILED",
        "store",
        step="NEGOTIATED",
        version=V12,
    ),
    failing(
        "server-certificate-callback-failed",
        PLAIN13,
        "CALLBACK_FAILED",
        "certificate",
        step="CHOOSE_CERT",
        version=V13,
    ),
    failing(
        "server-signing-callback-failed",
        PLAIN13,
        "CALLBACK_FAILED",
        "sign",
        us={"key": None},
        step="SEND_CV",
        version=V13,
    ),
    failing(
        "server-without-randomness",
        PLAIN13,
        "RANDOM_FAILED",
        "random",
        hint="random source must work",
        step="SEND_SH",
        version=V13,
    ),
    failing(
        "application-refuses-the-client",
        shows("client"),
        "CERT_REFUSED",
        "verify",
        hint="verification callback",
        us=CLIENTS,
        step="VERIFY_CERT",
        message="Certificate",
        sent="certificate_unknown",
        version=V13,
    ),
    failing(
        "application-knows-the-client-revoked",
        shows("client"),
        "CERT_REVOKED",
        "verify_revoked",
        hint="client must get a new certificate and key",
        us=CLIENTS,
        step="VERIFY_CERT",
        message="Certificate",
        sent="certificate_revoked",
        version=V13,
    ),
]

ROWS = RESETS + FUNCTIONS
