"""The certificates of the catalogue, made afresh: good ones, and one for each way to be
wrong.  For each NAME there are NAME.pem (the chain as it is sent), NAME.crt (its first),
NAME.chain (the rest), NAME.key, and for the scripted server NAME.der and NAME.raw.
"""

from __future__ import annotations

import datetime
import ipaddress
import subprocess
from pathlib import Path
from typing import Any, Union

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
)

Key = Union[ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey, rsa.RSAPrivateKey]
DAY = datetime.timedelta(days=1)
HERE = ("localhost", "*.handfast.test", "127.0.0.1")
AIA = "http://ca.handfast.test/intermediate.crt"
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM


def new_key(kind: str) -> Key:
    if kind.startswith("rsa"):
        return rsa.generate_private_key(public_exponent=65537, key_size=int(kind[3:]))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def key_usage(*uses: str) -> x509.KeyUsage:
    names = ["digital_signature", "content_commitment", "key_encipherment"]
    names += ("data_encipherment", "key_agreement", "key_cert_sign", "crl_sign")
    names += ("encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: name in uses for name in names})


def stamp(when: datetime.datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


class Pki:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.keys: dict[str, Key] = {}
        self.certificates: dict[str, x509.Certificate] = {}
        self._make_authorities()
        self._make_servers()
        self._make_clients()
        self._make_staples()
        self._make_lists()

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def serial(self, name: str) -> str:
        number = self.certificates[name].serial_number
        return number.to_bytes((number.bit_length() + 7) // 8, "big").hex()

    def begin(self, name: str) -> str:
        return stamp(self._date(name, "not_valid_before"))

    def end(self, name: str) -> str:
        return stamp(self._date(name, "not_valid_after"))

    def _date(self, name: str, which: str) -> datetime.datetime:
        """Releases from 42 on have another name for it."""
        made = self.certificates[name]
        found: datetime.datetime = getattr(made, f"{which}_utc", None) or getattr(
            made, which
        )
        return found

    # ---- making one ----

    def _issue(
        self,
        name: str,
        issuer: str | None,
        extensions: list[tuple[x509.ExtensionType, bool]],
        *,
        key: str = "p256",
        days: tuple[int, int] = (-1, 20),
        cn: str | None = None,
        serial: int | None = None,
    ) -> x509.Certificate:
        own = self.keys[name] = new_key(key)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cn or name)])
        signer = self.keys[issuer or name]
        by = self.certificates[issuer].subject if issuer else subject
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(by)
            .public_key(own.public_key())
            .serial_number(serial or x509.random_serial_number())
            .not_valid_before(self.now + days[0] * DAY)
            .not_valid_after(self.now + days[1] * DAY)
        )
        extensions = [
            *extensions,
            (x509.SubjectKeyIdentifier.from_public_key(own.public_key()), False),
        ]
        if issuer:
            identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(
                signer.public_key()
            )
            extensions.append((identifier, False))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        digest = (
            None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
        )
        made = builder.sign(signer, digest)
        self.certificates[name] = made
        return made

    def _authority(
        self,
        name: str,
        issuer: str | None = None,
        *,
        ca: bool = True,
        path_length: int | None = None,
        uses: tuple[str, ...] = ("key_cert_sign", "crl_sign"),
        more: list[tuple[x509.ExtensionType, bool]] | None = None,
        **how: Any,
    ) -> None:
        constraints = x509.BasicConstraints(ca=ca, path_length=path_length)
        extensions = [(constraints, True), (key_usage(*uses), True), *(more or [])]
        how.setdefault("days", (-2, 40))
        self._issue(name, issuer, extensions, **how)
        (self.folder / f"{name}.pem").write_bytes(
            self.certificates[name].public_bytes(PEM)
        )

    def _leaf(
        self,
        name: str,
        issuer: str | None = "intermediate",
        *,
        names: tuple[str, ...] = HERE,
        chain: tuple[str, ...] | None = None,
        ca: bool = False,
        uses: tuple[str, ...] = ("digital_signature",),
        purpose: Any = ExtendedKeyUsageOID.SERVER_AUTH,
        more: list[tuple[x509.ExtensionType, bool]] | None = None,
        **how: Any,
    ) -> None:
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (x509.BasicConstraints(ca=ca, path_length=None), True),
            (key_usage(*uses), True),
            (x509.ExtendedKeyUsage([purpose]), False),
            *(more or []),
        ]
        if names:
            listed = [general_name(n) for n in names]
            extensions.append((x509.SubjectAlternativeName(listed), False))
        made = self._issue(name, issuer, extensions, **how)
        if chain is None:
            chain = () if issuer in (None, "root", "other-root") else (str(issuer),)
        self._write(name, made.public_bytes(PEM), chain)

    def _write(self, name: str, pem: bytes, chain: tuple[str, ...]) -> None:
        rest = b"".join(self.certificates[n].public_bytes(PEM) for n in chain)
        (self.folder / f"{name}.pem").write_bytes(pem + rest)
        (self.folder / f"{name}.crt").write_bytes(pem)
        if rest:
            (self.folder / f"{name}.chain").write_bytes(rest)
        key = self.keys[name]
        form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (self.folder / f"{name}.key").write_bytes(key.private_bytes(PEM, form, none))
        if isinstance(key, ed25519.Ed25519PrivateKey):
            raw = serialization.Encoding.Raw
            (self.folder / f"{name}.raw").write_bytes(
                key.private_bytes(raw, serialization.PrivateFormat.Raw, none)
            )
            der = self.certificates[name].public_bytes(DER)
            (self.folder / f"{name}.der").write_bytes(der)

    # ---- who issues ----

    def _make_authorities(self) -> None:
        self._authority("root")
        self._authority("other-root")
        self._authority("intermediate", "root", path_length=0)
        self._authority("old-intermediate", "root", days=(-40, -5))
        self._authority("no-ca", "root", ca=False)
        self._authority("no-certificates", "root", uses=("crl_sign",))
        self._authority("deep", "intermediate")
        permitted = x509.NameConstraints([x509.DNSName("permitted.test")], None)
        self._authority("constrained", "root", more=[(permitted, True)])
        self._authority("no-lists", "root", uses=("key_cert_sign",))
        self._authority("revoked-ca", "root")
        self._authority("clients", "root")
        self._authority("other-clients", "other-root")

    # ---- servers ----

    def _make_servers(self) -> None:
        self._leaf("good")
        self._leaf("rsa", key="rsa2048")
        self._leaf("script", "root", key="ed25519")
        self._leaf("expired", days=(-20, -10))
        self._leaf("not-yet", days=(10, 20))
        self._leaf("old-chain", "old-intermediate")
        self._leaf("self-signed", None)
        self._leaf("unknown-root", "other-root")
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(AIA)
        )
        self._leaf(
            "lonely", chain=(), more=[(x509.AuthorityInformationAccess([access]), False)]
        )
        self._leaf("elsewhere", names=("elsewhere.test",))
        self._leaf("www", names=("www.handfast.test",))
        self._leaf("wildcard", names=("*.handfast.test",))
        self._leaf("address-in-cn", names=(), cn="127.0.0.1")
        self._leaf("name-in-cn", names=(), cn="localhost")
        self._leaf("under-no-ca", "no-ca")
        self._leaf("under-no-certificates", "no-certificates")
        self._leaf("too-deep", "deep", chain=("deep", "intermediate"))
        self._leaf("constrained-leaf", "constrained")
        self._leaf("for-clients", purpose=ExtendedKeyUsageOID.CLIENT_AUTH)
        self._leaf("no-signing", uses=("key_encipherment",), key="rsa2048")
        self._leaf("weak-key", key="rsa1024")
        unknown = x509.UnrecognizedExtension(
            x509.ObjectIdentifier("1.3.6.1.5.5.99"), b"\5\0"
        )
        self._leaf("critical", more=[(unknown, True)])
        self._leaf("is-ca", ca=True)
        self._leaf(
            "must-staple",
            more=[(x509.TLSFeature([x509.TLSFeatureType.status_request]), False)],
        )
        self._leaf("revoked")
        self._leaf("under-no-lists", "no-lists")
        self._leaf("under-revoked", "revoked-ca")
        self._leaf("altered")
        self._alter("altered")
        self._leaf("weak-signature", "root", key="ed25519")
        self._sign_with_sha1("weak-signature")

    def _alter(self, name: str) -> None:
        """Another number in the signature."""
        der = bytearray(self.certificates[name].public_bytes(DER))
        der[-1] ^= 1
        self._rewrite(name, bytes(der), ("intermediate",))

    def _sign_with_sha1(self, name: str) -> None:
        """Python's library refuses to; the command does not."""
        request = (
            x509.CertificateSigningRequestBuilder()
            .subject_name(self.certificates[name].subject)
            .sign(self.keys[name], None)
        )
        (self.folder / "sha1.csr").write_bytes(request.public_bytes(PEM))
        (self.folder / "sha1.ext").write_text(
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost\n"
            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
        )
        (self.folder / "root.key").write_bytes(
            self.keys["root"].private_bytes(
                PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        command = ["openssl", "x509", "-req", "-sha1", "-days", "20", "-in", "sha1.csr"]
        command += ["-CA", "root.pem", "-CAkey", "root.key", "-extfile", "sha1.ext"]
        command += ["-set_serial", "0x51ed270b", "-outform", "DER"]
        made = subprocess.run(
            command,
            cwd=self.folder,
            capture_output=True,
            check=True,
        )
        self._rewrite(name, made.stdout, ())

    def _rewrite(self, name: str, der: bytes, chain: tuple[str, ...]) -> None:
        made = x509.load_der_x509_certificate(der)
        self.certificates[name] = made
        self._write(name, made.public_bytes(PEM), chain)

    # ---- clients ----

    def _make_clients(self) -> None:
        client: dict[str, Any] = {
            "purpose": ExtendedKeyUsageOID.CLIENT_AUTH,
            "names": ("client.test",),
        }
        self._leaf("client", "clients", **client)
        self._leaf("client-expired", "clients", days=(-20, -10), **client)
        self._leaf("client-unknown", "other-clients", **client)
        self._leaf("client-weak", "clients", key="rsa1024", **client)
        self._leaf("client-revoked", "clients", **client)
        self._leaf("client-under-revoked", "revoked-ca", **client)
        self._leaf("client-for-servers", "clients", names=("client.test",))

    # ---- staples ----

    def _make_staples(self) -> None:
        revoked: dict[str, Any] = {
            "revocation_time": self.now - DAY,
            "revocation_reason": None,
        }
        self._staple("revoked", "revoked", ocsp.OCSPCertStatus.REVOKED, **revoked)
        self._staple("stale", "good", ocsp.OCSPCertStatus.GOOD, days=(-9, -2))
        self._staple("other", "rsa", ocsp.OCSPCertStatus.GOOD)
        self._staple("unknown", "good", ocsp.OCSPCertStatus.UNKNOWN)

    def _make_lists(self) -> None:
        """Revocation lists: good ones, and one for each way to be unfit."""
        self._list("revoked", on=("revoked",))
        self._list("expired", on=("revoked",), days=(-9, -2))
        self._list("future", days=(2, 9))
        self._list("other-issuer", "other-root")
        self._list("forged", key="other-root")
        self._list("no-lists", "no-lists")
        self._list("delta", more=[(x509.DeltaCRLIndicator(1), True)])
        self._list("clients", "clients", on=("client-revoked",))
        self._list("clients-expired", "clients", days=(-9, -2))
        self._list("clients-forged", "clients", key="other-root")
        self._list("roots", "root", on=("revoked-ca",))
        self._list("revoked-ca", "revoked-ca")
        folder = self.folder
        both = [(folder / f"{name}.crl").read_bytes() for name in ("roots", "revoked-ca")]
        (folder / "whole.crl").write_bytes(b"".join(both))
        root = (folder / "root.pem").read_bytes()
        (folder / "whole.trust").write_bytes(b"".join([root, *both]))
        broken = (folder / "revoked.crl").read_text().splitlines(keepends=True)
        (folder / "broken.crl").write_text("".join(broken[:1] + broken[2:]))

    def _list(
        self,
        name: str,
        issuer: str = "intermediate",
        *,
        on: tuple[str, ...] = (),
        days: tuple[int, int] = (-1, 3),
        key: str | None = None,
        more: list[tuple[x509.ExtensionType, bool]] | None = None,
    ) -> None:
        """An issuer's revocation list, with these certificates on it."""
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            self.keys[issuer].public_key()
        )
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificates[issuer].subject)
            .last_update(self.now + days[0] * DAY)
            .next_update(self.now + days[1] * DAY)
        )
        extensions = [(x509.CRLNumber(2), False), (identifier, False), *(more or [])]
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        for listed in on:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(self.certificates[listed].serial_number)
                .revocation_date(self.now - DAY)
                .build()
            )
        made = builder.sign(self.keys[key or issuer], hashes.SHA256())
        (self.folder / f"{name}.crl").write_bytes(made.public_bytes(PEM))

    def _staple(
        self,
        name: str,
        subject: str,
        status: ocsp.OCSPCertStatus,
        *,
        days: tuple[int, int] = (-1, 3),
        **revocation: Any,
    ) -> None:
        revocation.setdefault("revocation_time", None)
        revocation.setdefault("revocation_reason", None)
        issuer = self.certificates["intermediate"]
        response = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=self.certificates[subject],
                issuer=issuer,
                algorithm=hashes.SHA256(),
                cert_status=status,
                this_update=self.now + days[0] * DAY,
                next_update=self.now + days[1] * DAY,
                **revocation,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, issuer)
            .sign(self.keys["intermediate"], hashes.SHA256())
        )
        (self.folder / f"{name}.ocsp").write_bytes(response.public_bytes(DER))
