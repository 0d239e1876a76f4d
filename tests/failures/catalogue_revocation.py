"""Rows: revocation lists (CRLs), for our client and for our server, in both versions.
RFC 5280 5, 6.3.  What a staple says about revocation is in catalogue_certificates."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from typing import Any

from catalogue_servers import shows
from stage import V12, V13, At, OpenSsl, Row, Tls

NOW = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
REVOKED = re.compile(f"^revoked at {NOW}: unspecified$")
NOT_LISTED = "a certificate that is not on its issuer's revocation list"
REQUIRED, WHOLE_CHAIN = 1, 2


def lists(name: str, rules: int = 0) -> dict[str, Any]:
    given: dict[str, Any] = {"crl": f"{{pki}}/{name}.crl"}
    return {**given, "crl_rules": rules} if rules else given


# Name, the CRL settings, the server's certificate, code, index, and what the hint and the
# summary say.
SERVERS: list[tuple[str, dict[str, Any], str, str, int, str, str]] = [
    (
        "revoked-by-crl",
        lists("revoked"),
        "revoked",
        "CERT_REVOKED",
        0,
        "replace",
        "revoked",
    ),
    (
        "intermediate-revoked-by-crl",
        lists("whole", REQUIRED | WHOLE_CHAIN),
        "under-revoked",
        "CERT_REVOKED",
        1,
        "install the CA's new chain",
        r"certificate 1 \(CN=revoked-ca\)",
    ),
    (
        "crl-expired",
        lists("expired"),
        "good",
        "CRL_EXPIRED",
        0,
        "too old to be relied on: fetch the present one",
        "out of date",
    ),
    (
        "crl-not-yet-valid",
        lists("future"),
        "good",
        "CRL_NOT_YET_VALID",
        0,
        "clock",
        "dated in the future",
    ),
    (
        "crl-badly-signed",
        lists("forged"),
        "good",
        "CRL_BAD_SIGNATURE",
        0,
        "altered, or is of another CA",
        "signature",
    ),
    (
        "crl-of-a-ca-that-may-not-sign-one",
        lists("no-lists"),
        "under-no-lists",
        "CRL_ISSUER",
        0,
        "cRLSign",
        "may not sign",
    ),
    (
        "crl-of-changes-alone",
        lists("delta"),
        "good",
        "CRL_UNSUPPORTED",
        0,
        "complete list",
        "not understood",
    ),
    (
        "crl-of-another-issuer",
        lists("other-issuer", REQUIRED),
        "good",
        "CRL_MISSING",
        0,
        "none of the certificate's issuer was given",
        "CN=intermediate",
    ),
    (
        "crl-missing-for-the-intermediate",
        lists("revoked", REQUIRED | WHOLE_CHAIN),
        "good",
        "CRL_MISSING",
        1,
        "none of the certificate's issuer was given",
        "CN=root",
    ),
]


def alert_of(code: str) -> str:
    return "certificate_revoked" if code == "CERT_REVOKED" else "certificate_unknown"


def at(code: str, index: int, subject: str) -> At:
    """What was expected and found: of revocation to the letter, of dates their form."""
    found: At = At(index, re.compile(r"^RFC 5280 [56]\."), subject=f"CN={subject}")
    if code == "CERT_REVOKED":
        found.rule, found.expected, found.presented = None, NOT_LISTED, REVOKED
    if code in ("CRL_EXPIRED", "CRL_NOT_YET_VALID"):
        word = "earlier" if code == "CRL_EXPIRED" else "later"
        found.expected = re.compile(f"^a revocation list not {word} than {NOW}$")
        found.presented = re.compile(f"^{NOW}$")
    return found


def subject_of(name: str, index: int) -> str:
    if index == 0:
        return name
    return "revoked-ca" if "under-revoked" in name else "intermediate"


def of_servers() -> Iterator[Row]:
    for name, us, certificate, code, index, hint, detail in SERVERS:
        for version in (V13, V12):
            yield Row(
                name if version == V13 else f"{name}-tls12",
                OpenSsl(certificate, ("-tls1_3" if version == V13 else "-tls1_2",)),
                code,
                hint,
                us=us,
                step="VERIFY_CERT",
                message="Certificate" if version == V13 else "ServerHelloDone",
                version=version,
                sent=alert_of(code),
                at=at(code, index, subject_of(certificate, index)),
                detail=detail,
            )


# As above; the certificate is the client's.
CLIENTS: list[tuple[str, dict[str, Any], str, str, int, str, str]] = [
    (
        "client-revoked",
        lists("clients", REQUIRED),
        "client-revoked",
        "CERT_REVOKED",
        0,
        "new certificate",
        "revoked",
    ),
    (
        "client-s-intermediate-revoked",
        {**lists("whole", REQUIRED | WHOLE_CHAIN), "trust": "{pki}/root.pem"},
        "client-under-revoked",
        "CERT_REVOKED",
        1,
        "certificate of a CA that still stands",
        r"certificate 1 \(CN=revoked-ca\)",
    ),
    (
        "client-with-crl-expired",
        lists("clients-expired"),
        "client",
        "CRL_EXPIRED",
        0,
        "too old to be relied on: fetch the present one",
        "out of date",
    ),
    (
        "client-with-crl-badly-signed",
        lists("clients-forged"),
        "client",
        "CRL_BAD_SIGNATURE",
        0,
        "altered, or is of another CA",
        "signature",
    ),
    (
        "client-with-crl-of-another-issuer",
        lists("other-issuer", REQUIRED),
        "client",
        "CRL_MISSING",
        0,
        "none of the certificate's issuer was given",
        "CN=clients",
    ),
    (
        "client-with-no-crl-though-required",
        {"crl_rules": REQUIRED},
        "client",
        "CRL_MISSING",
        0,
        "none of the certificate's issuer was given",
        "CN=clients",
    ),
]


def of_clients() -> Iterator[Row]:
    for name, us, certificate, code, index, hint, detail in CLIENTS:
        for version in (V13, V12):
            wanted = ssl.TLSVersion.TLSv1_3 if version == V13 else ssl.TLSVersion.TLSv1_2
            yield Row(
                name if version == V13 else f"{name}-tls12",
                shows(certificate, wanted),
                code,
                hint,
                us={"trust": "{pki}/clients.pem", "client_auth": 2, **us},
                role="server",
                step="VERIFY_CERT",
                message="Certificate",
                version=version,
                sent=alert_of(code),
                at=at(code, index, subject_of(certificate, index)),
                detail=detail,
            )


def files() -> Iterator[Row]:
    """Lists that are refused before a byte is sent."""
    for name, crl, code, number, hint in (
        ("crl-file-missing", "none.crl", "FILE_UNREADABLE", 113, "path"),
        ("crl-file-without-a-list", "root.pem", "NO_CRL_IN_INPUT", 131, "X509 CRL"),
        (
            "crl-malformed",
            "broken.crl",
            "CRL_MALFORMED",
            632,
            r"\(CRL\) given here is damaged",
        ),
    ):
        yield Row(
            name,
            Tls("good"),
            code,
            hint,
            us={"crl": f"{{pki}}/{crl}"},
            action="crl",
            ret=-number,
        )


def fine() -> Iterator[Row]:
    """Lists that must not make it fail: they do not name the certificate."""
    for name, us, certificate in (
        ("not-on-the-crl", lists("revoked", REQUIRED), "good"),
        ("crl-of-another-issuer-not-required", lists("other-issuer"), "good"),
        ("crl-of-the-intermediate-not-asked-for", lists("roots"), "under-revoked"),
    ):
        yield Row(
            name,
            Tls(certificate),
            "OK",
            "",
            us=us,
            ret=1,
            get_error="NONE",
            version=V13,
            more={"connection.established": True},
            alone="no failure: there is nothing to tell",
        )


ROWS = [*of_servers(), *files(), *fine()]
CLIENT_ROWS = list(of_clients())
