#!/usr/bin/env python3
"""Makes staple.h: a root, a leaf below it with the key of fixture_ed25519, and OCSP
responses about that leaf, as hexadecimal text for scripts.

    python3 make_staple.py ED25519-SEED-HEX | clang-format >staple.h

Needs the Python package `cryptography`.  The root's key is new in each run and kept
nowhere; dates lie around STAPLE_NOW, 2030-01-01, because `cryptography` gives responses
the time at which they are made.
"""

import datetime
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID as EKU
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime(2030, 1, 1)


def octets(ident, der):
    lines = [der[i : i + 34].hex() for i in range(0, len(der), 34)]
    body = " \\\n".join(f'    "{line}"' for line in lines)
    print(f"#define {ident} \\\n{body}\n")


def vector(data):
    """With its length in three bytes before it."""
    return len(data).to_bytes(3, "big") + data


def certificate(name, key, issuer, issuer_key, ca):
    b = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 100 * DAY)
        .not_valid_after(NOW + 100 * DAY)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
    )
    if ca:
        b = b.add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False),
            critical=True,
        )
    else:
        names = x509.SubjectAlternativeName([x509.DNSName("server.example")])
        b = b.add_extension(names, critical=True)
        b = b.add_extension(x509.ExtendedKeyUsage([EKU.SERVER_AUTH]), critical=False)
        b = b.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    b = b.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    return b.sign(issuer_key, hashes.SHA256())


def response(leaf, root, key, status, revoked=None):
    made = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            leaf, root, hashes.SHA256(), status, NOW - DAY, NOW + DAY, revoked, None
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, root)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def main():
    seed = bytes.fromhex(sys.argv[1])
    leaf_key = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key()
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Staple root")])
    root = certificate(root_name, root_key.public_key(), root_name, root_key, True)
    leaf = certificate(x509.Name([]), leaf_key, root_name, root_key, False)
    der = serialization.Encoding.DER
    print("/* tests/flow/staple.h: made by make_staple.py; do not edit.")
    print(" *")
    print(" * Certificate's body in both versions, and CertificateStatus's bodies. */")
    print("#ifndef STAPLE_H\n#define STAPLE_H\n")
    now = NOW.replace(tzinfo=datetime.timezone.utc)
    print(f"#define STAPLE_NOW {int(now.timestamp())}\n")
    octets("STAPLE_ROOT", root.public_bytes(der))
    entry = vector(leaf.public_bytes(der))
    octets("STAPLE_CERTIFICATE", b"\0" + vector(entry + b"\0\0"))
    octets("STAPLE_CERTIFICATE_TLS12", vector(entry))
    good = response(leaf, root, root_key, ocsp.OCSPCertStatus.GOOD)
    octets("STAPLE_GOOD", b"\1" + vector(good))
    status = ocsp.OCSPCertStatus.REVOKED
    revoked = response(leaf, root, root_key, status, NOW - 2 * DAY)
    octets("STAPLE_REVOKED", b"\1" + vector(revoked))
    print("#endif")


main()
