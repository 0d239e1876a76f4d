"""Rows: the server's certificate is not one to accept.  RFC 5280, 9525, 6960, 8446."""

from __future__ import annotations

import re
from typing import Any

from certificates import AIA
from stage import V12, V13, At, Gnutls, Nginx, OpenSsl, Row, Scripted, Server, Tls

ONE_LABEL = "exactly one part of a name, neither none nor two"
NOW = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def end(name: str) -> Any:
    return lambda pki: pki.end(name)


def begin(name: str) -> Any:
    return lambda pki: pki.begin(name)


def bad(
    name: str, peer: Server, code: str, sent: str, hint: str, at: At | None, **more: Any
) -> Row:
    """A chain that is refused when it is verified."""
    more.setdefault("step", "VERIFY_CERT")
    more.setdefault("message", "Certificate")
    chosen = {"error.negotiation.peer.versions.0.name": more.setdefault("version", V13)}
    more["more"] = {**chosen, **more.get("more", {})}
    return Row(name, peer, code, hint, sent=sent, at=at, **more)


def unlike(name: str, peer: Server, asked: str, presented: str, **more: Any) -> Row:
    return bad(
        name,
        peer,
        "CERT_NAME_MISMATCH",
        "bad_certificate",
        more.pop("hint", "for another site: connect by a name in it"),
        At(0, "RFC 9525 6", asked, presented),
        us={"name": asked},
        detail=f"is for {re.escape(presented)}, not for {re.escape(asked)}",
        **more,
    )


def staple(name: str) -> OpenSsl:
    return OpenSsl("good", ("-status_file", f"{{pki}}/{name}.ocsp"))


DATES = [
    bad(
        "expired",
        Nginx("expired"),
        "CERT_EXPIRED",
        "certificate_expired",
        "must renew the certificate and load the new one.*this machine's clock",
        At(
            0,
            "RFC 5280 4.1.2.5",
            re.compile(f"^not earlier than {NOW}$"),
            end("expired"),
            "CN=expired",
        ),
        detail="expired on",
    ),
    bad(
        "expired-tls12",
        OpenSsl("expired", ("-tls1_2",)),
        "CERT_EXPIRED",
        "certificate_expired",
        "must renew the certificate and load the new one.*this machine's clock",
        At(
            0, "RFC 5280 4.1.2.5", re.compile(f"^not earlier than {NOW}$"), end("expired")
        ),
        message="ServerHelloDone",
        version=V12,
        detail="expired on",
    ),
    bad(
        "expired-intermediate",
        Tls("old-chain"),
        "CERT_EXPIRED",
        "certificate_expired",
        "install the CA's present one",
        At(1, "RFC 5280 4.1.2.5", None, end("old-intermediate"), "CN=old-intermediate"),
        detail="certificate 1 ",
    ),
    bad(
        "expired-by-our-clock",
        Tls("good"),
        "CERT_EXPIRED",
        "certificate_expired",
        "this machine's clock",
        At(0, "RFC 5280 4.1.2.5", "not earlier than 2100-01-01T00:00:00Z", end("good")),
        us={"clock": 4102444800},
    ),
    bad(
        "not-yet-valid",
        Gnutls("not-yet"),
        "CERT_NOT_YET_VALID",
        "certificate_expired",
        "this machine's clock is most likely wrong",
        At(
            0, "RFC 5280 4.1.2.5", re.compile(f"^not later than {NOW}$"), begin("not-yet")
        ),
        detail="not valid before",
    ),
    bad(
        "not-yet-valid-by-our-clock",
        Tls("good"),
        "CERT_NOT_YET_VALID",
        "certificate_expired",
        "this machine's clock",
        At(0, "RFC 5280 4.1.2.5", "not later than 2020-01-01T00:00:00Z", begin("good")),
        us={"clock": 1577836800},
    ),
]

ISSUERS = [
    bad(
        "self-signed",
        OpenSsl("self-signed"),
        "CERT_SELF_SIGNED",
        "unknown_ca",
        "no authority .*vouches for this certificate",
        At(0, "RFC 5280 6.1", subject="CN=self-signed"),
    ),
    bad(
        "unknown-root",
        Gnutls("unknown-root"),
        "CERT_UNKNOWN_ISSUER",
        "unknown_ca",
        "not trusted here.*private CA, add its root",
        At(0, "RFC 5280 6.1", subject="CN=unknown-root"),
        more={"error.certificate.candidates.0": None},
        detail="other-root",
    ),
    bad(
        "missing-intermediate",
        OpenSsl("lonely"),
        "CERT_UNKNOWN_ISSUER",
        "unknown_ca",
        "does not send the intermediate certificate.*install the whole chain",
        At(0, "RFC 5280 6.1", subject="CN=lonely"),
        detail=re.escape(AIA),
        more={"error.certificate.issuer_url": AIA},
    ),
    bad(
        "ca-without-the-ca-flag",
        Tls("under-no-ca"),
        "CERT_NOT_A_CA",
        "bad_certificate",
        "no CA's was used to issue another",
        At(1, "RFC 5280 4.2.1.9", subject="CN=no-ca"),
    ),
    bad(
        "ca-that-may-not-sign",
        Tls("under-no-certificates"),
        "CERT_KEY_USAGE",
        "unsupported_certificate",
        "not for this use.*keyUsage",
        At(1, "RFC 5280 4.2.1.3", subject="CN=no-certificates"),
    ),
    bad(
        "chain-too-deep",
        Tls("too-deep"),
        "CERT_PATH_LENGTH",
        "bad_certificate",
        "may not have that many CAs below it",
        At(2, "RFC 5280 4.2.1.9", subject="CN=intermediate"),
    ),
    bad(
        "name-constraint",
        Nginx("constrained-leaf"),
        "CERT_NAME_CONSTRAINT",
        "bad_certificate",
        "CA in the chain may not vouch for this name",
        At(0, "RFC 5280 4.2.1.10"),
        detail="localhost",
    ),
    bad(
        "altered-certificate",
        Tls("altered"),
        "CERT_BAD_SIGNATURE",
        "bad_certificate",
        "certificate was altered.*install the chain anew",
        At(0, "RFC 5280 6.1.3", subject="CN=altered"),
    ),
]

NAMES = [
    unlike("wrong-host", Gnutls("elsewhere"), "localhost", "elsewhere.test"),
    unlike(
        "name-without-www",
        Tls("www"),
        "handfast.test",
        "www.handfast.test",
        hint=r"differ by www\. alone",
    ),
    unlike(
        "wildcard-too-deep",
        Tls("wildcard"),
        "a.b.handfast.test",
        "*.handfast.test",
        hint=ONE_LABEL,
    ),
    unlike(
        "wildcard-for-the-domain",
        Tls("wildcard"),
        "handfast.test",
        "*.handfast.test",
        hint=ONE_LABEL,
    ),
    unlike(
        "address-not-listed",
        Tls("elsewhere"),
        "127.0.0.1",
        "elsewhere.test",
        hint="does not list this IP address",
    ),
    bad(
        "address-in-common-name",
        Tls("address-in-cn"),
        "CERT_NO_NAMES",
        "bad_certificate",
        r"only in the common name \(CN\), which no longer counts",
        At(0, "RFC 9525 6.1", "127.0.0.1"),
        us={"name": "127.0.0.1"},
    ),
    bad(
        "name-in-common-name",
        OpenSsl("name-in-cn"),
        "CERT_NO_NAMES",
        "bad_certificate",
        r"only in the common name \(CN\), which no longer counts",
        At(0, "RFC 9525 6.1", "localhost"),
    ),
]

FORM = [
    bad(
        "wrong-purpose",
        OpenSsl(
            "for-clients",
            ("-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256", "-groups", "P-384"),
        ),
        "CERT_EXTENDED_KEY_USAGE",
        "unsupported_certificate",
        "not for servers.*serverAuth",
        At(0, "RFC 5280 4.2.1.12", "serverAuth", "clientAuth"),
        more={
            "error.negotiation.peer.versions.0.name": "TLSv1.3",
            "error.negotiation.peer.cipher_suites.0.name": "TLS_CHACHA20_POLY1305_SHA256",
            "error.negotiation.peer.cipher_suites.1": None,
            "error.negotiation.peer.groups.0.name": "secp384r1",
            "error.negotiation.peer.hello_retry_group.name": "secp384r1",
            "error.certificate_request": None,
        },
    ),
    bad(
        "key-not-for-signing",
        OpenSsl("no-signing"),
        "CERT_KEY_USAGE",
        "unsupported_certificate",
        "not for this use.*keyUsage",
        At(0, "RFC 5280 4.2.1.3", "digitalSignature", "keyEncipherment"),
    ),
    bad(
        "weak-key",
        OpenSsl("weak-key"),
        "CERT_WEAK_KEY",
        "bad_certificate",
        "short enough to be broken.*RSA of 2048 bits",
        At(0, "RFC 5280 4.1.2.7", None, re.compile("1024")),
    ),
    bad(
        "weak-signature",
        Scripted(certificate="weak-signature"),
        "CERT_SIGNATURE_WEAK",
        "bad_certificate",
        "can be forged.*SHA-256 or better",
        At(0, "RFC 8446 4.4.2.4", re.compile("SHA-256"), "ECDSA with SHA-1"),
    ),
    bad(
        "unknown-critical-extension",
        Tls("critical"),
        "CERT_UNKNOWN_CRITICAL_EXTENSION",
        "unsupported_certificate",
        "critical extension.* not known here",
        At(0, "RFC 5280 4.2", None, re.compile(r"1\.3\.6\.1\.5\.5\.99")),
    ),
    bad(
        "server-shows-a-ca",
        Tls("is-ca"),
        "CERT_LEAF_IS_CA",
        "bad_certificate",
        "certificate of its own, issued by the CA",
        At(0, "CABF BR 7.1.2.7.8", subject="CN=is-ca"),
    ),
    bad(
        "certificate-is-no-der",
        Scripted("CERTIFICATE:BODY:0:00 000006 000001 30 0000"),
        "CERT_MALFORMED",
        "bad_certificate",
        "file is damaged or was made by faulty software",
        At(0, "RFC 5280 4.1"),
    ),
    bad(
        "no-certificate-at-all",
        Scripted("CERTIFICATE:BODY:0:00 000000"),
        "CERTIFICATE_EMPTY",
        "decode_error",
        "no certificate configured: its operator must install one",
        None,
        step="WAIT_CERT_CR",
    ),
    bad(
        "too-many-certificates",
        Scripted(leaf_copies=64),
        "TOO_MANY_CERTIFICATES",
        "bad_certificate",
        "certificates that nobody needs.*the intermediates alone",
        None,
        step="WAIT_CERT_CR",
    ),
]

STAPLES = [
    bad(
        "must-staple-without-staple",
        Tls("must-staple"),
        "STAPLE_MISSING",
        "bad_certificate_status_response",
        "proof that it is not revoked.*turn on OCSP stapling",
        At(0, "RFC 7633 4.2.3", subject="CN=must-staple"),
    ),
    bad(
        "revoked-by-staple",
        OpenSsl("revoked", ("-status_file", "{pki}/revoked.ocsp")),
        "CERT_REVOKED",
        "certificate_revoked",
        "CA has declared this certificate invalid",
        At(0, None, subject="CN=revoked"),
    ),
    bad(
        "stale-staple",
        staple("stale"),
        "STAPLE_EXPIRED",
        "bad_certificate_status_response",
        "not in date.*fetch a new one",
        At(0, "RFC 6960 4.2.2.1", re.compile(NOW), re.compile(NOW)),
    ),
    bad(
        "staple-of-another-certificate",
        staple("other"),
        "STAPLE_INVALID",
        "bad_certificate_status_response",
        "not about this certificate or not of its CA",
        At(0, "RFC 6960 3.2"),
    ),
    bad(
        "staple-that-does-not-know",
        staple("unknown"),
        "STAPLE_UNKNOWN",
        "bad_certificate_status_response",
        "CA does not know this certificate",
        At(0, "RFC 6960 2.2"),
    ),
    bad(
        "staple-of-an-error",
        Scripted("CERTIFICATE:EXT_ADD:5:01000005 30030a0106"),
        "STAPLE_REFUSED",
        "bad_certificate_status_response",
        "error of the CA instead of a proof",
        At(0, "RFC 6960 2.3"),
    ),
    bad(
        "staple-is-garbage",
        Scripted("CERTIFICATE:EXT_ADD:5:01000004 deadbeef"),
        "STAPLE_MALFORMED",
        "bad_certificate_status_response",
        r"OCSP staple\) is damaged",
        At(0, "RFC 6960 4.2.1", "an OCSP response", "bytes that are none"),
    ),
]

ROWS = DATES + ISSUERS + NAMES + FORM + STAPLES
