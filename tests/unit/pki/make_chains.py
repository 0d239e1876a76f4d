#!/usr/bin/env python3
"""Makes chains.h: the certificates of the tests of pki/.

    python3 make_chains.py > chains.h

Needs the Python package `cryptography`.  Keys and signatures are made anew by each
run; what the tests rely on is names, dates and extensions.  All dates lie around
NOW of the tests, 2030-01-01, so nothing here ever runs out.
"""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as EKU
from cryptography.x509.oid import NameOID


def day(year):
    return datetime.datetime(year, 1, 1)


def name(cn):
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Handfast tests"),
            x509.NameAttribute(NameOID.COMMON_NAME, cn),
        ]
    )


def p256():
    return ec.generate_private_key(ec.SECP256R1())


class Party:
    """A certificate and the key in it."""

    def __init__(self, cert, key):
        self.cert, self.key = cert, key


def usage(*bits):
    fields = [
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ]
    return x509.KeyUsage(**{f: f in bits for f in fields})


CA_USAGE = usage("key_cert_sign", "crl_sign")
LEAF_USAGE = usage("digital_signature")
SHA256 = hashes.SHA256()
NAMES = [
    x509.DNSName("app.example.com"),
    x509.DNSName("*.wild.example.com"),
    x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
    x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
]


def make(
    cn,
    issuer=None,
    ca=False,
    path_len=None,
    key=None,
    start=2020,
    end=2120,
    ku="default",
    eku=None,
    names="default",
    nc=None,
    hash_=SHA256,
    pss=None,
    basic=True,
    extra=(),
):
    key = key or p256()
    signer = issuer.key if issuer else key
    issuer_name = issuer.cert.subject if issuer else name(cn)
    b = (
        x509.CertificateBuilder()
        .subject_name(name(cn))
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(day(start))
        .not_valid_after(day(end))
    )
    if basic:
        b = b.add_extension(x509.BasicConstraints(ca, path_len), critical=True)
    if ku == "default":
        ku = CA_USAGE if ca else LEAF_USAGE
    if ku is not None:
        b = b.add_extension(ku, critical=True)
    if eku is not None:
        b = b.add_extension(x509.ExtendedKeyUsage(eku), critical=False)
    if names == "default":
        names = None if ca else NAMES
    if names is not None:
        b = b.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if nc is not None:
        b = b.add_extension(x509.NameConstraints(*nc), critical=True)
    for extension, critical in extra:
        b = b.add_extension(extension, critical=critical)
    b = b.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    b = b.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
        critical=False,
    )
    if isinstance(signer, ed25519.Ed25519PrivateKey):
        hash_ = None
    return Party(b.sign(signer, hash_, rsa_padding=pss), key)


def emit(ident, *parties):
    print(f"static const char {ident}[] =")
    for p in parties:
        pem = p.cert.public_bytes(serialization.Encoding.PEM).decode()
        for line in pem.splitlines():
            print(f'    "{line}\\n"')
    print("    ;\n")


def same_key_id(b):
    """The same key identifier for all: it tells nothing about who signed."""
    key_id = b"\x0f" * 20
    b = b.add_extension(x509.SubjectKeyIdentifier(key_id), critical=False)
    return b.add_extension(
        x509.AuthorityKeyIdentifier(key_id, None, None), critical=False
    )


def hostile():
    """32 CAs of one name; each is signed by the next, and none by a root."""
    keys = [p256() for _ in range(32)]
    ring = []
    for i, key in enumerate(keys):
        signer = Party(None, keys[(i + 1) % len(keys)])
        b = (
            x509.CertificateBuilder()
            .subject_name(name("Hostile"))
            .issuer_name(name("Hostile"))
            .public_key(key.public_key())
            .serial_number(i + 1)
            .not_valid_before(day(2020))
            .not_valid_after(day(2120))
            .add_extension(x509.BasicConstraints(True, None), critical=True)
        )
        ring.append(Party(same_key_id(b).sign(signer.key, hashes.SHA256()), key))
    return ring


def main():
    print("/* tests/unit/pki/chains.h: made by make_chains.py; do not edit. */\n")
    root = make("Root", ca=True)
    imposter = make("Root", ca=True)
    inter = make("Intermediate", root, ca=True)
    emit("root_pem", root)
    emit("imposter_pem", imposter)
    emit("inter_pem", inter)
    emit("leaf_pem", make("leaf", inter))
    emit("direct_pem", make("leaf", root))
    emit("expired_pem", make("expired", inter, start=2020, end=2029))
    emit("future_pem", make("future", inter, start=2031))
    emit("self_signed_pem", make("self-signed"))
    emit("no_names_pem", make("app.example.com", inter, names=None))
    emit("client_pem", make("client", inter, eku=[EKU.CLIENT_AUTH]))
    emit("any_purpose_pem", make("any", inter, eku=[EKU.ANY_EXTENDED_KEY_USAGE]))
    emit("no_signing_pem", make("encipher", inter, ku=usage("key_encipherment")))
    emit("weak_key_pem", make("weak", inter, key=rsa.generate_private_key(65537, 1024)))
    emit("odd_key_pem", make("odd", inter, key=ec.generate_private_key(ec.SECP256K1())))
    unknown = x509.UnrecognizedExtension(
        x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00"
    )
    emit("unknown_critical_pem", make("critical", inter, extra=[(unknown, True)]))
    emit("control_pem", make("a\nb\x1b[31m\u202ec", inter))

    for ident, issuer in [
        ("not_a_ca", make("Not a CA", root, ca=False, names=None)),
        ("old_inter", make("Old", root, ca=True, end=2029)),
        ("no_sign_inter", make("No sign", root, ca=True, ku=usage("crl_sign"))),
        ("client_inter", make("Client CA", root, ca=True, eku=[EKU.CLIENT_AUTH])),
        ("stranger", make("Stranger", make("Nobody", ca=True), ca=True)),
    ]:
        emit(ident + "_pem", issuer)
        emit(ident + "_leaf_pem", make("leaf", issuer))

    short = make("Short", root, ca=True, path_len=0)
    below = make("Below", short, ca=True)
    emit("short_pem", short)
    emit("below_pem", below)
    emit("below_leaf_pem", make("leaf", below))

    dns, ip = x509.DNSName, x509.IPAddress
    limited = make(
        "Limited",
        root,
        ca=True,
        nc=(
            [dns("example.org"), ip(ipaddress.ip_network("198.51.100.0/24"))],
            [dns("secret.example.org")],
        ),
    )
    emit("limited_pem", limited)
    emit(
        "inside_pem",
        make(
            "inside",
            limited,
            names=[dns("www.example.org"), ip(ipaddress.ip_address("198.51.100.7"))],
        ),
    )
    emit("outside_pem", make("outside", limited, names=[dns("www.example.com")]))
    emit("excluded_pem", make("excluded", limited, names=[dns("a.secret.example.org")]))
    emit("wild_excluded_pem", make("wild", limited, names=[dns("*.example.org")]))
    emit(
        "outside_ip_pem",
        make(
            "outside ip",
            limited,
            names=[dns("www.example.org"), ip(ipaddress.ip_address("192.0.2.1"))],
        ),
    )
    uri = make(
        "URI CA",
        root,
        ca=True,
        nc=([x509.UniformResourceIdentifier("example.org")], None),
    )
    emit("uri_inter_pem", uri)
    emit(
        "uri_leaf_pem",
        make(
            "uri",
            uri,
            names=[
                dns("www.example.org"),
                x509.UniformResourceIdentifier("https://example.org/"),
            ],
        ),
    )

    # The same CA by two ways: one has run out, the other ends at the root.
    old_root = make("Old root", ca=True, end=2029)
    key = p256()
    emit("cross_old_pem", make("Cross", old_root, ca=True, key=key, end=2029))
    cross = make("Cross", root, ca=True, key=key)
    emit("cross_new_pem", cross)
    emit("cross_leaf_pem", make("leaf", cross))

    chain = [root]
    for i in range(10):
        chain.append(make(f"Deep {i}", chain[-1], ca=True))
    emit("deep_pem", *chain[1:])
    emit("deep_leaf_pem", make("leaf", chain[-1]))
    emit("deep_8_leaf_pem", make("leaf", chain[8]))

    rsa_root = make("RSA", ca=True, key=rsa.generate_private_key(65537, 2048))
    emit("rsa_root_pem", rsa_root)
    # SHA-1 by its name alone, inside and outside: what is refused is the name.
    pkcs1 = bytes.fromhex("2a864886f70d0101")
    plain = make("leaf", rsa_root).cert.public_bytes(serialization.Encoding.DER)
    renamed = plain.replace(pkcs1 + b"\x0b", pkcs1 + b"\x05")
    emit("sha1_pem", Party(x509.load_der_x509_certificate(renamed), None))
    emit("rsa_pkcs1_pem", make("leaf", rsa_root, hash_=hashes.SHA384()))
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    emit("rsa_pss_pem", make("leaf", rsa_root, pss=pss))
    short_salt = padding.PSS(padding.MGF1(hashes.SHA256()), 20)
    emit("rsa_pss_salt_pem", make("leaf", rsa_root, pss=short_salt))
    for ident, key, hash_ in [
        ("p384", ec.generate_private_key(ec.SECP384R1()), hashes.SHA384()),
        ("p521", ec.generate_private_key(ec.SECP521R1()), hashes.SHA512()),
        ("ed25519", ed25519.Ed25519PrivateKey.generate(), hashes.SHA256()),
    ]:
        ca = make(ident, ca=True, key=key, hash_=hash_)
        emit(ident + "_root_pem", ca)
        emit(ident + "_leaf_pem", make("leaf", ca, hash_=hash_))

    ring = hostile()
    emit("hostile_pem", *ring)
    b = (
        x509.CertificateBuilder()
        .subject_name(name("victim"))
        .issuer_name(name("Hostile"))
        .public_key(p256().public_key())
        .serial_number(99)
        .not_valid_before(day(2020))
        .not_valid_after(day(2120))
        .add_extension(x509.SubjectAlternativeName(NAMES), critical=False)
    )
    b = same_key_id(b)
    emit("hostile_leaf_pem", Party(b.sign(ring[0].key, hashes.SHA256()), None))


if __name__ == "__main__":
    main()
