"""Rows: the cause lies on our own side, or the server demands something of us: settings,
our certificate, sessions, memory, functions of the application."""

from __future__ import annotations

import ssl
from typing import Any

from certificates import Pki
from stage import ANY, V12, V13, OpenSsl, Plain, Row, Scripted, Server, Tls, answer

DATA = "TICKET:RECORD:0:17 706f6e67"
ACCEPTED = "CN=clients"
DEMAND = f"the server accepts certificates of {ACCEPTED}"
DEMANDS = ("-Verify", "3", "-verify_return_error", "-CAfile", "{pki}/clients.pem")
TRUST_CLIENTS = ("-CAfile", "{pki}/root.pem")


def wants_certificate(context: ssl.SSLContext, pki: Pki) -> None:
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(pki.path("root.pem"))


def wants_certificate_tls12(context: ssl.SSLContext, pki: Pki) -> None:
    wants_certificate(context, pki)
    context.maximum_version = ssl.TLSVersion.TLSv1_2


def own(name: str) -> dict[str, str]:
    return {"cert": f"{{pki}}/{name}.pem", "key": f"{{pki}}/{name}.key"}


# ---- settings ----


def setting(row: str, code: str, action: str, hint: str, number: int, **us: Any) -> Row:
    """Refused before a byte is sent: what the others say of it, a server that is good
    to them brings out."""
    return Row(row, Tls("good"), code, hint, us=us, action=action, ret=-number)


SETTINGS = [
    setting(
        "port-in-the-name",
        "INVALID_HOSTNAME",
        "name",
        "without a port",
        106,
        name="localhost:443",
    ),
    setting(
        "address-with-brackets",
        "INVALID_HOSTNAME",
        "name",
        "without a port",
        106,
        name="[::1]",
    ),
    setting(
        "trust-file-missing",
        "FILE_UNREADABLE",
        "trust",
        "path",
        113,
        trust="{pki}/none.pem",
    ),
    setting(
        "trust-file-without-certificate",
        "NO_CERTIFICATE_IN_INPUT",
        "trust",
        "BEGIN CERTIFICATE",
        114,
        trust="{pki}/good.key",
    ),
    setting(
        "own-key-mismatch",
        "PRIVATE_KEY_MISMATCH",
        "key",
        "first certificate of the chain",
        132,
        cert="{pki}/client.pem",
        key="{pki}/good.key",
    ),
    setting(
        "unknown-group",
        "UNKNOWN_NAME",
        "groups",
        "names that",
        107,
        groups="x25519:secp25519",
    ),
    Row(
        "name-not-set",
        Tls("good"),
        "NAME_NOT_SET",
        "hf_conn_set_hostname",
        us={"name": None},
        step="START",
    ),
    Row(
        "early-data-without-session",
        Plain(answer(b"")),
        "EARLY_DATA_UNAVAILABLE",
        "resume a session",
        us={"early": 1},
        do="write_early",
        step="START",
        alone="their commands send no early data without a session",
    ),
]

# ---- our certificate ----


def demanded(
    name: str, peer: Server, code: str, received: str, hint: str, **more: Any
) -> Row:
    return Row(name, peer, code, hint, received=received, detail=received, **more)


AUTHENTICATION = [
    demanded(
        "certificate-demanded",
        OpenSsl("good", ("-tls1_3", *DEMANDS)),
        "CLIENT_CERTIFICATE_REQUIRED",
        "certificate_required",
        "only clients with a certificate: configure one .* issued by 'CN=clients'$",
        do="connect,read",
        more={
            "error.certificate_request.certificate_authorities.0": ACCEPTED,
            "error.certificate_request.certificate_authorities.1": None,
            "error.certificate_request.answer": "not_set",
            "error.detail": f"alert certificate_required (116); {DEMAND}",
        },
        step="CONNECTED",
        version=V13,
    ),
    demanded(
        "certificate-demanded-tls12",
        OpenSsl("good", ("-tls1_2", *DEMANDS)),
        "CLIENT_CERTIFICATE_REQUIRED",
        "handshake_failure",
        "only clients with a certificate: configure one .* issued by 'CN=clients'$",
        more={
            "error.certificate_request.certificate_authorities.0": ACCEPTED,
            "error.certificate_request.certificate_authorities.1": None,
            "error.certificate_request.answer": "not_set",
            "error.detail": f"alert handshake_failure (40); {DEMAND}",
        },
        step="WAIT_TICKET",
        version=V12,
    ),
    demanded(
        "certificate-of-an-unknown-ca",
        OpenSsl("good", ("-tls1_3", *DEMANDS)),
        "CLIENT_CERTIFICATE_REJECTED",
        "unknown_ca",
        "does not trust the authority .*: show one issued by 'CN=clients'",
        us={**own("client-unknown"), "options": 0x400},
        do="connect,read",
        more={
            "error.certificate_request.certificate_authorities.0": ACCEPTED,
            "error.certificate_request.certificate_authorities.1": None,
            "error.certificate_request.answer": "shown",
            "error.detail": f"alert unknown_ca (48); {DEMAND}",
        },
        step="CONNECTED",
        version=V13,
    ),
    demanded(
        "certificate-of-an-unknown-ca-tls12",
        Tls("good", wants_certificate_tls12),
        "CLIENT_CERTIFICATE_REJECTED",
        "unknown_ca",
        "does not trust the authority .* of our certificate",
        us={**own("client-unknown"), "options": 0x400},
        step="WAIT_TICKET",
        version=V12,
        more={
            "error.certificate_request.certificate_types.0.name": "rsa_sign",
            "error.certificate_request.certificate_authorities.0": None,
            "error.certificate_request.answer": "shown",
            "error.certificate_request.certificate_index": 0,
            "error.negotiation.peer.versions.0.name": "TLSv1.2",
        },
    ),
    demanded(
        "own-certificate-expired",
        Tls("good", wants_certificate),
        "CLIENT_CERTIFICATE_REJECTED",
        "certificate_expired",
        "our certificate is not in date for the server: renew it",
        us=own("client-expired"),
        do="connect,read",
        step="CONNECTED",
        version=V13,
        more={
            "error.certificate_request.certificate_types.0": None,
            "error.certificate_request.answer": "shown",
            "error.certificate_request.certificate_index": 0,
            "error.negotiation.peer.versions.0.name": "TLSv1.3",
        },
    ),
    demanded(
        "own-certificate-for-servers",
        Tls("good", wants_certificate),
        "CLIENT_CERTIFICATE_REJECTED",
        "unsupported_certificate",
        r"must be for clients \(clientAuth",
        us=own("client-for-servers"),
        do="connect,read",
        step="CONNECTED",
        version=V13,
        more={
            "error.certificate_request.answer": "shown",
            "error.certificate_request.certificate_index": 0,
            "error.negotiation.offered.versions.0.name": "TLSv1.3",
        },
    ),
    Row(
        "no-fitting-key",
        OpenSsl("good", ("-tls1_3", "-client_sigalgs", "RSA-PSS+SHA256", *DEMANDS)),
        "NO_FITTING_CERTIFICATE",
        "ours is not: configure one whose key signs with rsa_pss_rsae_sha256$",
        us={**own("client"), "options": 0x800},
        sent="handshake_failure",
        message="Finished",
        more={
            "error.certificate_request.signature_algorithms.0.number": 0x0804,
            "error.certificate_request.signature_algorithms.1": None,
            "error.certificate_request.answer": "algorithm",
            "error.certificate_request.certificate_index": None,
        },
        step="CHOOSE_CERT",
        version=V13,
    ),
    Row(
        "no-fitting-type-tls12",
        Scripted("REQUEST:SET:2:05", tls12=1, requests_certificate=1),
        "NO_FITTING_CERTIFICATE",
        "authority or kind that ours is not",
        us={**own("client"), "options": 0x800, "versions": V12},
        sent="handshake_failure",
        message="ServerHelloDone",
        more={
            "error.certificate_request.certificate_types.1.number": 5,
            "error.certificate_request.answer": "type",
            "error.certificate_request.certificate_index": None,
        },
        step="CHOOSE_CERT",
        version=V12,
    ),
    Row(
        "no-fitting-certificate",
        OpenSsl("good", ("-tls1_3", *DEMANDS)),
        "NO_FITTING_CERTIFICATE",
        "authority or kind that ours is not: .* issued by 'CN=clients'$",
        us={**own("client-unknown"), "options": 0x800},
        sent="handshake_failure",
        message="Finished",
        more={
            "error.certificate_request.certificate_authorities.0": ACCEPTED,
            "error.certificate_request.certificate_authorities.1": None,
            "error.certificate_request.answer": "authority",
            "error.detail": DEMAND,
        },
        step="CHOOSE_CERT",
        version=V13,
        alone="an option of ours: the others send what they have, or nothing",
    ),
]

# ---- sessions ----

SESSIONS = [
    Row(
        "resumption-refused",
        Scripted(DATA, tickets=1, refuses_psk=1),
        "OK",
        "",
        us={"resumes": 1},
        ret=1,
        get_error="NONE",
        version=V13,
        more={"connection.session_reused": False, "connection.established": True},
        alone="no failure, and it takes two connections",
    ),
    Row(
        "early-data-rejected",
        Scripted(DATA, tickets=1, max_early_data=1024, rejects_early_data=1),
        "OK",
        "",
        us={"resumes": 1, "early": 1},
        do="write_early,connect",
        ret=1,
        get_error="NONE",
        version=V13,
        more={"early_data": "REJECTED", "connection.session_reused": True},
        alone="no failure, and it takes two connections",
    ),
    Row(
        "session-resumed-with-another-suite",
        Scripted(
            "CONNECTED:RECORD:0:17 706f6e67",
            tls12=1,
            tickets=1,
            changes_suite=1,
            suite=0xCCA9,
        ),
        "RESUMPTION_CHANGED",
        "it resumed a session with another version or cipher suite",
        us={"versions": "TLSv1.2", "resumes": 1},
        sent="illegal_parameter",
        step="WAIT_SH",
        message="ServerHello",
        version=V12,
        alone="it takes two connections, which their commands do not make to one end",
    ),
    Row(
        "pre-shared-key-refused",
        Tls("good"),
        "PSK_REFUSED",
        "identity, key and hash are the same on both sides",
        us={"psk": "printer", "name": None, "versions": "TLSv1.3"},
        sent="handshake_failure",
        step="WAIT_SH",
        message="ServerHello",
        version=V13,
        alone="their commands go on with the server's certificate",
    ),
]

# ---- this process ----


def failing(name: str, code: str, hint: str, us: dict[str, Any], **more: Any) -> Row:
    if "keylog" not in us:
        more["alone"] = "their commands have no such function of the application"
    return Row(name, more.pop("peer", Tls("good")), code, hint, us=us, **more)


PROCESS = [
    failing(
        "memory-exhausted",
        "NO_MEMORY",
        "or the configuration's memory limit",
        {"room": 4096, "versions": "TLSv1.3"},
        step="START",
        sent="internal_error",
        detail="the memory limit of the configuration is reached",
    ),
    failing(
        "no-randomness",
        "RANDOM_FAILED",
        "random source must work",
        {"function": "random"},
        step="START",
        sent="internal_error",
    ),
    failing(
        "certificate-callback-failed",
        "CALLBACK_FAILED",
        "application's own error",
        {"function": "certificate", "versions": "TLSv1.3"},
        peer=Tls("good", wants_certificate),
        step="CHOOSE_CERT",
        message="Finished",
        sent="internal_error",
        version=V13,
    ),
    failing(
        "signing-callback-failed",
        "CALLBACK_FAILED",
        "application's own error",
        {"function": "sign", "cert": "{pki}/client.pem", "versions": "TLSv1.3"},
        peer=Tls("good", wants_certificate),
        step="SEND_CV",
        message="Finished",
        sent="internal_error",
        version=V13,
    ),
    failing(
        "signature-that-does-not-fit",
        "CALLBACK_FAILED",
        "application's own error",
        {"function": "sign_wrongly", "cert": "{pki}/client.pem", "versions": "TLSv1.3"},
        peer=Tls("good", wants_certificate),
        step="SEND_CV",
        message="Finished",
        sent="internal_error",
        version=V13,
        detail="does not fit the certificate",
    ),
    failing(
        "application-refuses-the-certificate",
        "CERT_REFUSED",
        "verification callback",
        {"function": "verify"},
        step="VERIFY_CERT",
        message="Certificate",
        sent="certificate_unknown",
        version=V13,
    ),
    failing(
        "key-log-on-a-full-disk",
        "KEY_LOG_FAILED",
        "key log",
        {"keylog": "/dev/full", "versions": "TLSv1.3"},
        step=ANY,  # it is noticed when what came with ServerHello has been read
        message=ANY,
        version=V13,
        errno=28,
    ),
]

ROWS = SETTINGS + AUTHENTICATION + SESSIONS + PROCESS
