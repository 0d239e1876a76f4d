#!/usr/bin/env python3
"""Makes status.h: revocation lists, OCSP responses and the certificates they tell about.

    python3 make_status.py > status.h

Needs the Python package `cryptography`.  As make_chains.py: keys are new in each run,
dates lie around NOW of the tests, 2030-01-01.
"""

import datetime
import ipaddress
import sys

import make_chains as chains
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID as EKU
from cryptography.x509.oid import NameOID

POINT = [x509.UniformResourceIdentifier("http://crl.example/1")]
DAY = datetime.timedelta(days=1)
NOW = datetime.datetime(2030, 1, 1)


def text(ident, pem):
    print(f"static const char {ident}[] =")
    for line in pem.decode().splitlines():
        print(f'    "{line}\\n"')
    print("    ;\n")


def octets(ident, der):
    print(f"static const uint8_t {ident}[] = {{")
    for i in range(0, len(der), 12):
        print("    " + " ".join(f"0x{b:02x}," for b in der[i : i + 12]))
    print("};\n")


# ---- revocation lists ----


def entry(serial, reason=None, when=datetime.datetime(2029, 6, 1), extra=()):
    b = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when)
    if reason is not None:
        b = b.add_extension(x509.CRLReason(reason), critical=False)
    for extension, critical in extra:
        b = b.add_extension(extension, critical=critical)
    return b.build()


def crl(
    ident,
    issuer,
    entries=(),
    start=NOW - DAY,
    end=NOW + DAY,
    number=1,
    key=None,
    key_id=True,
    extra=(),
):
    key = key or issuer.key
    b = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.cert.subject)
        .last_update(start)
        .next_update(end)
    )
    if number is not None:
        b = b.add_extension(x509.CRLNumber(number), critical=False)
    if key_id:
        b = b.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
            critical=False,
        )
    for extension, critical in extra:
        b = b.add_extension(extension, critical=critical)
    for e in entries:
        b = b.add_revoked_certificate(e)
    made = b.sign(key, hashes.SHA256())
    text(ident + "_crl", made.public_bytes(serialization.Encoding.PEM))


def idp(**fields):
    given = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
        **fields,
    }
    return [(x509.IssuingDistributionPoint(**given), True)]


def lists(root, inter, leaf):
    revoked = entry(leaf.cert.serial_number, x509.ReasonFlags.key_compromise)
    other = entry(4711)
    unknown = x509.UnrecognizedExtension(
        x509.ObjectIdentifier("1.3.6.1.4.1.55555.2"), b"\x05\x00"
    )
    crl("good", inter, [other])
    crl("empty", inter)
    crl("revoked", inter, [other, revoked, entry(4712)])
    crl("no_reason", inter, [entry(leaf.cert.serial_number)])
    crl("old", inter, [revoked], start=NOW - 9 * DAY, end=NOW - DAY)
    crl("future", inter, [revoked], start=NOW + DAY, end=NOW + 9 * DAY)
    crl("other_key", inter, [revoked], key=chains.p256())
    crl("forged", inter, [revoked], key=chains.p256(), key_id=False)
    crl("no_number", inter, [other], number=None)
    crl("delta", inter, [other], extra=[(x509.DeltaCRLIndicator(1), True)])
    crl("critical", inter, [other], extra=[(unknown, True)])
    crl("not_critical", inter, [revoked], extra=[(unknown, False)])
    crl("critical_entry", inter, [entry(4711, extra=[(unknown, True)])])
    crl(
        "indirect_entry",
        inter,
        [
            entry(
                4711,
                extra=[
                    (
                        x509.CertificateIssuer([x509.DirectoryName(root.cert.subject)]),
                        True,
                    )
                ],
            )
        ],
    )
    crl("removal", inter, [entry(4711, x509.ReasonFlags.remove_from_crl)])
    crl("users", inter, [revoked], extra=idp(only_contains_user_certs=True))
    crl("cas", inter, [revoked], extra=idp(only_contains_ca_certs=True))
    crl("indirect", inter, [other], extra=idp(indirect_crl=True))
    crl("attributes", inter, [other], extra=idp(only_contains_attribute_certs=True))
    crl(
        "reasons",
        inter,
        [other],
        extra=idp(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise])),
    )
    crl("point", inter, [revoked], extra=idp(full_name=POINT))
    crl(
        "other_point",
        inter,
        [revoked],
        extra=idp(full_name=[x509.UniformResourceIdentifier("http://crl.example/2")]),
    )
    crl("root", root, [entry(inter.cert.serial_number, x509.ReasonFlags.superseded)])
    crl("root_good", root, [other])


# ---- OCSP ----


def response(
    ident,
    leaf,
    issuer,
    responder=None,
    status="good",
    by="name",
    this=NOW - DAY,
    next_=NOW + DAY,
    hash_=None,
    certs=None,
):
    responder = responder or issuer
    states = {
        "good": ocsp.OCSPCertStatus.GOOD,
        "revoked": ocsp.OCSPCertStatus.REVOKED,
        "unknown": ocsp.OCSPCertStatus.UNKNOWN,
    }
    gone = status == "revoked"
    b = ocsp.OCSPResponseBuilder().add_response(
        cert=leaf.cert,
        issuer=issuer.cert,
        algorithm=hash_ or hashes.SHA1(),
        cert_status=states[status],
        this_update=this,
        next_update=next_,
        revocation_time=datetime.datetime(2029, 6, 1) if gone else None,
        revocation_reason=x509.ReasonFlags.key_compromise if gone else None,
    )
    encoding = {
        "name": ocsp.OCSPResponderEncoding.NAME,
        "key": ocsp.OCSPResponderEncoding.HASH,
    }[by]
    b = b.responder_id(encoding, responder.cert)
    if certs:
        b = b.certificates([c.cert for c in certs])
    made = b.sign(responder.key, hashes.SHA256())
    octets(ident + "_ocsp", made.public_bytes(serialization.Encoding.DER))


def responses(root, inter, leaf):
    other = chains.make("other", inter)
    eku = [EKU.OCSP_SIGNING]
    no_names = {"names": None}
    delegate = chains.make("Delegate", inter, eku=eku, **no_names)
    rsa_delegate = chains.make(
        "RSA delegate",
        inter,
        eku=eku,
        **no_names,
        key=rsa.generate_private_key(65537, 2048),
    )
    ordinary = chains.make("Ordinary", inter, eku=[EKU.SERVER_AUTH], **no_names)
    expired = chains.make("Expired", inter, eku=eku, end=2029, **no_names)
    stranger = chains.make("Stranger", root, eku=eku, **no_names)
    cipher = chains.make(
        "Cipher", inter, eku=eku, ku=chains.usage("key_encipherment"), **no_names
    )
    response("good", leaf, inter)
    response("by_key", leaf, inter, by="key")
    response("sha256", leaf, inter, hash_=hashes.SHA256())
    response("sha384", leaf, inter, hash_=hashes.SHA384())
    response("revoked", leaf, inter, status="revoked")
    response("unknown", leaf, inter, status="unknown")
    response("other", other, inter)
    response("other_issuer", leaf, root, responder=inter)
    # The same serial number and key of the issuer, but another name.
    twin = (
        x509.CertificateBuilder()
        .subject_name(leaf.cert.subject)
        .issuer_name(chains.name("Renamed"))
        .public_key(leaf.key.public_key())
        .serial_number(leaf.cert.serial_number)
        .not_valid_before(chains.day(2020))
        .not_valid_after(chains.day(2120))
        .sign(inter.key, hashes.SHA256())
    )
    response("renamed_issuer", chains.Party(twin, leaf.key), inter)
    response("old", leaf, inter, this=NOW - 9 * DAY, next_=NOW - DAY)
    response("future", leaf, inter, this=NOW + DAY, next_=NOW + 9 * DAY)
    response("no_end", leaf, inter, next_=None)
    response("no_end_old", leaf, inter, this=NOW - 30 * DAY, next_=None)
    response("forged", leaf, inter, chains.make("Status CA", root, ca=True))
    response("delegated", leaf, inter, delegate, certs=[delegate])
    response("delegated_key", leaf, inter, delegate, certs=[other, delegate], by="key")
    response("delegated_rsa", leaf, inter, rsa_delegate, certs=[rsa_delegate])
    response("delegate_missing", leaf, inter, delegate)
    response("ordinary", leaf, inter, ordinary, certs=[ordinary])
    response("expired_delegate", leaf, inter, expired, certs=[expired])
    response("strange_delegate", leaf, inter, stranger, certs=[stranger])
    response("cipher_delegate", leaf, inter, cipher, certs=[cipher])
    made = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    octets("try_later_ocsp", made.public_bytes(serialization.Encoding.DER))


# ---- the profiles ----


class Web:
    """A certificate of a public CA, but for what is told."""

    def __init__(
        self,
        cn,
        issuer=None,
        ca=False,
        names=("www.example.com",),
        ski=True,
        aki=True,
        critical=True,
        eku=(EKU.SERVER_AUTH,),
        key=None,
        eku_critical=False,
        san_critical=False,
        extra=(),
        other_names=(),
        ku=None,
        subject=None,
        start=2029,
        ca_flag=False,
    ):
        self.key = key or chains.p256()
        signer = issuer.key if issuer else self.key
        b = (
            x509.CertificateBuilder()
            .subject_name(subject or chains.name(cn))
            .issuer_name(issuer.cert.subject if issuer else chains.name(cn))
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(chains.day(start))
            .not_valid_after(chains.day(2031))
            .add_extension(x509.BasicConstraints(ca_flag or ca, None), critical=critical)
            .add_extension(ku or (chains.CA_USAGE if ca else chains.LEAF_USAGE), True)
        )
        if not ca:
            b = b.add_extension(
                x509.SubjectAlternativeName(
                    [x509.DNSName(n) for n in names] + list(other_names)
                ),
                san_critical,
            )
            if eku:
                b = b.add_extension(x509.ExtendedKeyUsage(eku), eku_critical)
        if ski:
            b = b.add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False
            )
        if aki is True and issuer:
            aki = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        if aki and aki is not True:
            b = b.add_extension(aki, False)
        for extension, critical_ in extra:
            b = b.add_extension(extension, critical_)
        self.cert = b.sign(signer, hashes.SHA256())


def web():
    root = Web("Web root", ca=True)
    inter = Web("Web CA", root, ca=True)
    www = "www.example.com"

    def leaf(ident, cn=www, issuer=inter, **changes):
        chains.emit(f"web_{ident}_pem", Web(cn, issuer, **changes))

    chains.emit("web_root_pem", root)
    chains.emit("web_inter_pem", inter)
    leaf("leaf")
    leaf("no_aki", aki=False)
    leaf(
        "aki_issuer",
        aki=x509.AuthorityKeyIdentifier(
            b"\x01" * 20, [x509.DirectoryName(root.cert.subject)], 1
        ),
    )
    leaf("own_cn", cn="Our server")
    leaf("upper_cn", cn="WWW.example.com")
    common_names(leaf)
    leaf("no_eku", eku=None)
    leaf("any_eku", eku=[EKU.SERVER_AUTH, EKU.ANY_EXTENDED_KEY_USAGE])
    leaf("critical_eku", eku_critical=True)
    leaf("critical_san", san_critical=True)
    leaf("underscore", names=[www, "a_b.example.com"])
    leaf("mail_san", other_names=[x509.RFC822Name("a@example.com")])
    leaf("ed25519", key=ed25519.Ed25519PrivateKey.generate())
    chains.emit(
        "web_ca_leaf_pem",
        Web(
            www,
            inter,
            ca=True,
            ku=chains.usage("digital_signature", "key_cert_sign"),
            extra=[
                (x509.SubjectAlternativeName([x509.DNSName(www)]), False),
                (x509.ExtendedKeyUsage([EKU.SERVER_AUTH]), False),
            ],
        ),
    )
    leaf("ca_flag", ca_flag=True)
    client = [EKU.CLIENT_AUTH, EKU.ANY_EXTENDED_KEY_USAGE]
    leaf("client_cn", cn="WWW.example.com", eku=client)
    leaf("client_critical", eku=client, san_critical=True)
    for ident, ca in [
        ("no_ski", Web("No SKI", root, ca=True, ski=False)),
        ("soft", Web("Soft", root, ca=True, critical=False)),
        (
            "dotted",
            Web(
                "Dotted",
                root,
                ca=True,
                extra=[
                    (x509.NameConstraints([x509.DNSName(".example.com")], None), True)
                ],
            ),
        ),
    ]:
        chains.emit(f"web_{ident}_inter_pem", ca)
        leaf(f"{ident}_leaf", issuer=ca)
    roots(leaf)


def common_names(leaf):
    """Common names that are, or are not, a name of subjectAltName in disguise."""
    v4 = x509.IPAddress(ipaddress.ip_address("192.0.2.10"))
    v6 = x509.IPAddress(ipaddress.ip_address("2001:db8::1"))
    for ident, cn in [
        ("dotted_cn", "www.example.com."),
        ("hex_cn", "0xC000020A"),
        ("octal_cn", "0300.0.02.012"),
        ("zeros_cn", "192.000.002.010"),
        ("short_cn", "192.0.522"),
        ("upper_v6_cn", "2001:DB8::1"),
        ("long_v6_cn", "2001:0db8:0:0:0:0:0:1"),
        ("mixed_v6_cn", "2001:db8::0.0.0.1"),
        ("a_label_cn", "shop.xn--n3h.example"),
        ("u_label_cn", "w\u00fcrfel.example.com"),
        ("v4_cn", "192.0.2.10"),
        ("v6_cn", "2001:db8::1"),
        ("plain_cn", "other.example.net"),
        ("foreign_v4_cn", "192.0.2.11"),
        ("umlaut_cn", "M\u00fcller & Co. KG"),
        ("xn_cn", "xn--n3h"),
        ("number_cn", "3221225995"),
        ("dots_cn", "a..xn--b"),
    ]:
        leaf(ident, cn=cn, other_names=[v4, v6])
    attribute = x509.NameAttribute(NameOID.COMMON_NAME, "www.example.com")
    for count in (8, 9):
        subject = x509.Name([attribute] * count)
        leaf(f"cn_{count}", subject=subject)


def roots(leaf):
    """Each lacks something; before July 2012, and after 1996, a root may."""
    full = x509.AuthorityKeyIdentifier(
        b"\x03" * 20, [x509.DirectoryName(chains.name("Full root"))], 7
    )
    odd = x509.AuthorityKeyIdentifier(b"\x02" * 20, None, None)
    eku = [(x509.ExtendedKeyUsage([EKU.SERVER_AUTH]), False)]
    dotted = [(x509.NameConstraints([x509.DNSName(".example.com")], None), True)]
    for ident, changes in [
        ("eku_root", {"extra": eku}),
        ("odd_root", {"aki": odd}),
        ("full_root", {"aki": full}),
        ("no_ski_root", {"ski": False}),
        ("soft_root", {"critical": False}),
        ("dotted_root", {"extra": dotted}),
    ]:
        for age, start in [("", 2013), ("_2011", 2011), ("_1995", 1995)]:
            if age and ident not in ("no_ski_root", "full_root", "soft_root"):
                continue
            root = Web("Other root", ca=True, start=start, **changes)
            chains.emit(f"web_{ident}{age}_pem", root)
            leaf(f"{ident}{age}_leaf", issuer=root)


def main():
    sys.stdout.write(
        "/* tests/unit/pki/status.h: made by make_status.py; do not edit. */\n\n"
    )
    root = chains.make("Status root", ca=True)
    inter = chains.make("Status CA", root, ca=True)
    leaf = chains.make("leaf", inter)
    chains.emit("status_root_pem", root)
    chains.emit("status_inter_pem", inter)
    chains.emit("status_leaf_pem", leaf)
    staple = [(x509.TLSFeature([x509.TLSFeatureType.status_request]), False)]
    chains.emit("staple_leaf_pem", chains.make("must staple", inter, extra=staple))
    point = x509.CRLDistributionPoints([x509.DistributionPoint(POINT, None, None, None)])
    pointed = chains.make("pointed", inter, extra=[(point, False)])
    chains.emit("pointed_leaf_pem", pointed)
    mute = chains.make("Mute", root, ca=True, ku=chains.usage("key_cert_sign"))
    mute_leaf = chains.make("leaf", mute)
    chains.emit("mute_inter_pem", mute)
    chains.emit("mute_leaf_pem", mute_leaf)
    lists(root, inter, leaf)
    crl("pointed", inter, [entry(pointed.cert.serial_number)], extra=idp(full_name=POINT))
    crl("mute", mute, [entry(4711)])
    responses(root, inter, leaf)
    web()


if __name__ == "__main__":
    main()
