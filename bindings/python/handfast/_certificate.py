"""A certificate, read for people."""

from __future__ import annotations

from ._errors import text
from ._ffi import ffi, lib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime


def _moment(seconds: int) -> datetime:
    from datetime import datetime, timedelta, timezone

    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)


class Certificate:
    """One X.509 certificate.  Immutable; may be shared between threads.

    Equal and of the same hash if the DER bytes are the same.
    """

    __slots__ = ("_certificate", "_der")

    def __init__(self, der: bytes) -> None:
        """Parse DER bytes; they are copied.  ValueError if they are malformed."""
        self._der = bytes(der)
        self._certificate = ffi.gc(
            lib.hf_certificate_new(self._der, len(self._der)), lib.hf_certificate_free
        )
        if self._certificate == ffi.NULL:
            raise ValueError("not a well-formed X.509 certificate in DER")

    @property
    def der(self) -> bytes:
        """The certificate's bytes."""
        return self._der

    @property
    def pem(self) -> str:
        """The certificate as PEM text."""
        from binascii import b2a_base64

        body = b2a_base64(self._der, newline=False).decode("ascii")
        rows = [body[i : i + 64] for i in range(0, len(body), 64)]
        opening, closing = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
        return "\n".join([opening, *rows, closing, ""])

    @property
    def subject(self) -> str:
        """Whom it is for; may be empty."""
        return text(lib.hf_certificate_subject(self._certificate))

    @property
    def issuer(self) -> str:
        """Who issued it."""
        return text(lib.hf_certificate_issuer(self._certificate))

    @property
    def serial(self) -> str:
        """The serial number, hexadecimal."""
        return text(lib.hf_certificate_serial(self._certificate))

    @property
    def names(self) -> list[str]:
        """The DNS names and addresses of subjectAltName."""
        joined = text(lib.hf_certificate_names(self._certificate))
        return joined.split(", ") if joined else []

    @property
    def key(self) -> str:
        """The kind and size of its key: ``"RSA 2048"``, ``"EC P-256"``, ``"Ed25519"``."""
        return text(lib.hf_certificate_key(self._certificate))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER bytes, lower-case hexadecimal."""
        return text(lib.hf_certificate_fingerprint(self._certificate))

    @property
    def not_before(self) -> datetime:
        """The moment from which it is valid, in UTC."""
        return _moment(lib.hf_certificate_not_before(self._certificate))

    @property
    def not_after(self) -> datetime:
        """The last moment at which it is valid, in UTC."""
        return _moment(lib.hf_certificate_not_after(self._certificate))

    @property
    def is_ca(self) -> bool:
        """Whether basicConstraints says that it may issue certificates."""
        return lib.hf_certificate_is_ca(self._certificate) == 1

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Certificate):
            return NotImplemented
        return self._der == other._der

    def __hash__(self) -> int:
        return hash(self._der)

    def __reduce__(self) -> tuple[type[Certificate], tuple[bytes]]:
        return Certificate, (self._der,)

    def __repr__(self) -> str:
        return f"<Certificate {self.subject or ', '.join(self.names)!r}>"
