#!/usr/bin/env python3
"""Makes access.h: certificates that say where their issuer's certificate lies.

    python3 make_access.py > access.h

Needs the Python package `cryptography`.  The issuer is known to nobody; dates lie
around NOW of the tests, 2030-01-01.
"""

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID as AIA
from make_chains import emit, make


def access(*entries):
    return x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
            for method, url in entries
        ]
    )


def main():
    print("/* tests/unit/pki/access.h: made by make_access.py; do not edit. */\n")
    inter = make("Missing intermediate", make("Somebody", ca=True), ca=True)
    url = "http://ca.example/missing.cer"
    both = access((AIA.OCSP, "http://ocsp.example/"), (AIA.CA_ISSUERS, url))
    ocsp = access((AIA.OCSP, "http://ocsp.example/"))
    long = access((AIA.CA_ISSUERS, "http://ca.example/" + "a" * 300))
    odd = access((AIA.CA_ISSUERS, "http://ca.example/\x1b[31m\n"))
    emit("with_url_pem", make("leaf", inter, extra=[(both, False)]))
    emit("with_ocsp_pem", make("leaf", inter, extra=[(ocsp, False)]))
    emit("with_long_url_pem", make("leaf", inter, extra=[(long, False)]))
    emit("with_odd_url_pem", make("leaf", inter, extra=[(odd, False)]))


if __name__ == "__main__":
    main()
