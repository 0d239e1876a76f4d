"""A certificate authority for tests; everything it issues is made afresh."""

from __future__ import annotations

import datetime
import ipaddress
import itertools
import ssl
from pathlib import Path
from typing import Any, Union

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = Union[ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey, rsa.RSAPrivateKey]
DAY = datetime.timedelta(days=1)


def new_key(kind: str) -> Key:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "p384":
        return ec.generate_private_key(ec.SECP384R1())
    return ec.generate_private_key(ec.SECP256R1())


def alternative_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Authority:
    """A root; ``root_file`` is its certificate in PEM."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = itertools.count()
        self.key = new_key("p256")
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Root")])
        now = datetime.datetime.now(datetime.timezone.utc)
        self.root = (
            self._builder(self._name, self.key, now - DAY, now + 30 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
            .add_extension(self._usage(sign_certificates=True), True)
            .sign(self.key, hashes.SHA256())
        )
        self.root_der = self.root.public_bytes(serialization.Encoding.DER)
        self.root_pem = self.root.public_bytes(serialization.Encoding.PEM)
        self.root_file = folder / "root.pem"
        self.root_file.write_bytes(self.root_pem)

    def _builder(
        self,
        subject: x509.Name,
        key: Key,
        start: datetime.datetime,
        end: datetime.datetime,
        *,
        key_ids: bool = True,
    ) -> x509.CertificateBuilder:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
        )
        if not key_ids:
            return builder
        return builder.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False
        ).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
            False,
        )

    @staticmethod
    def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
        return x509.KeyUsage(
            digital_signature=not sign_certificates,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=sign_certificates,
            crl_sign=sign_certificates,
            encipher_only=False,
            decipher_only=False,
        )

    def issue(
        self,
        *names: str,
        key: str = "p256",
        days: tuple[int, int] = (-1, 20),
        client: bool = False,
        key_ids: bool = True,
    ) -> tuple[Path, Path]:
        """A leaf for these names, a server's or a client's, valid from and to that many
        days from now: the files of its certificate and key.  Without key identifiers it
        is as private CAs make it with old tools."""
        names = names or ("localhost", "127.0.0.1")
        own = new_key(key)
        usage = (
            ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        )
        now = datetime.datetime.now(datetime.timezone.utc)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = (
            self._builder(
                subject, own, now + days[0] * DAY, now + days[1] * DAY, key_ids=key_ids
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
            .add_extension(self._usage(sign_certificates=False), True)
            .add_extension(x509.ExtendedKeyUsage([usage]), False)
            .add_extension(
                x509.SubjectAlternativeName([alternative_name(n) for n in names]), False
            )
            .sign(self.key, hashes.SHA256())
        )
        number = next(self._count)
        certificate_file = self._folder / f"{number}.pem"
        key_file = self._folder / f"{number}.key"
        certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(
            own.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return certificate_file, key_file

    def server_context(self, *names: str, **how: Any) -> ssl.SSLContext:
        """A context of the standard library with a certificate of :meth:`issue`."""
        if "names" in how:
            names = how.pop("names")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(*names, **how))
        return context
