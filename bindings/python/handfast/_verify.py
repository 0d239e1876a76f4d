"""Is a chain of certificates to be trusted?  Without a connection."""

from __future__ import annotations

from _thread import RLock

from ._callbacks import raise_pending
from ._certificate import Certificate
from ._config import default_config
from ._errors import CertificateError, check_status, json_value
from ._ffi import ffi, lib
from ._text import lookup_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Callable, Union

    from ._config import Config
    from ._ffi import CData

    Input = Union[bytes, Certificate]

PURPOSES = {"server": lib.HF_PURPOSE_SERVER, "client": lib.HF_PURPOSE_CLIENT}
CERTIFICATE_CODES = range(600, 700)


class Verification:
    """Certificates, and what to hold them against.

    :func:`handfast.verify` does all of it in one call.  Here the settings can be changed
    between one :meth:`run` and the next, and :attr:`path` tells how far a path came that
    is not in order.  Settings raise :class:`ConfigError` when they are refused.

    Threads: a lock admits one call at a time.
    """

    def __init__(self, config: Config | None = None) -> None:
        """With the roots and the clock of this configuration, which is frozen by it;
        None: the default one, which trusts the system's roots."""
        self._config = config if config is not None else default_config()
        self._lock = RLock()
        self._size = ffi.new("size_t *")
        with self._config._lock:
            self._verify = ffi.gc(
                lib.hf_verify_new(self._config._freeze()), lib.hf_verify_free
            )
        raise_pending()
        if self._verify == ffi.NULL:
            raise MemoryError

    def _set(self, function: Callable[..., int], *arguments: Any) -> None:
        with self._lock:
            check_status(function(self._verify, *arguments))

    def add(self, data: Input) -> None:
        """Add certificates: PEM, one or more, one in DER, or a :class:`Certificate`.

        The first of all is the one that is verified; from the others, in any order, the
        path to a root may take what it needs.
        """
        octets = data.der if isinstance(data, Certificate) else data
        if not isinstance(octets, bytes):
            raise TypeError(f"certificates are bytes, not {type(octets).__name__}")
        self._set(lib.hf_verify_add, octets, len(octets))

    def set_hostname(self, name: str | None) -> None:
        """The name or address that the certificate must have; None, as in the beginning:
        names are not checked."""
        text = lookup_name(name) if name is not None else ffi.NULL
        self._set(lib.hf_verify_set_hostname, text)

    def set_time(self, unix_seconds: float) -> None:
        """The moment that counts, such as ``datetime.timestamp()``, in place of now."""
        self._set(lib.hf_verify_set_time, int(unix_seconds))

    def set_purpose(self, purpose: str) -> None:
        """Who shows the certificate: ``"server"``, as in the beginning, or
        ``"client"``."""
        if purpose not in PURPOSES:
            raise ValueError(f"a purpose is 'server' or 'client', not {purpose!r}")
        self._set(lib.hf_verify_set_purpose, PURPOSES[purpose])

    def set_profile(self, name: str) -> None:
        """The rules that count, by the names of :meth:`Config.set_profile`; until then
        those of the configuration."""
        self._set(lib.hf_verify_set_profile, name.encode())

    def run(self) -> list[Certificate]:
        """Verify, and return the path from the certificate to its root.

        Raises :class:`CertificateError`, with the whole record, if it is not to be
        trusted; :class:`ConfigError` if there is no root or no certificate.
        """
        with self._lock:
            status = lib.hf_verify_run(self._verify)
            raise_pending()
            if -status in CERTIFICATE_CODES:
                record = lib.hf_verify_get0_error(self._verify)
                raise CertificateError(
                    json_value(lib.hf_error_json, record), self._added()
                )
            check_status(status)
            return self.path

    def _list(
        self, count: Callable[[CData], int], der: Callable[..., CData]
    ) -> list[bytes]:
        with self._lock:
            found = []
            for index in range(count(self._verify)):
                octets = der(self._verify, index, self._size)
                found.append(bytes(ffi.buffer(octets, self._size[0])))
            return found

    def _added(self) -> list[bytes]:
        return self._list(lib.hf_verify_count, lib.hf_verify_get0_der)

    @property
    def certificates(self) -> list[Certificate]:
        """Those that were added.  ValueError if one is malformed."""
        return [Certificate(der) for der in self._added()]

    @property
    def path(self) -> list[Certificate]:
        """The path of the last :meth:`run`, from the certificate on.  It ends with the
        trusted root; after a failure with the last that was in order, or with the one
        at fault."""
        found = self._list(lib.hf_verify_path_length, lib.hf_verify_get0_path_der)
        return [Certificate(der) for der in found]


def verify(
    certificates: Input | Iterable[Input],
    hostname: str | None = None,
    *,
    config: Config | None = None,
    time: float | None = None,
    purpose: str = "server",
    profile: str | None = None,
) -> list[Certificate]:
    """Verify a chain of certificates without a connection.

    :param certificates: PEM or DER bytes, a :class:`Certificate`, or several of them: the
        first is verified, the others, in any order, may lead to a root
    :param hostname: the name or address that it must have; None: names are not checked
    :param config: whose roots are trusted; None: the system's
    :param time: the moment that counts, in seconds since 1970; None: now
    :param purpose: who shows the certificate, ``"server"`` or ``"client"``
    :param profile: the rules, ``"default"``, ``"web-pki"`` or ``"compatible"``
        (docs/limbo.md); None: those of config
    :returns: the path from the certificate to its trusted root
    :raises CertificateError: it is not to be trusted; the record says why
    :raises ConfigError: an argument was refused, or nothing is trusted at all
    """
    verification = Verification(config)
    if isinstance(certificates, (bytes, Certificate)):
        certificates = [certificates]
    for data in certificates:
        verification.add(data)
    verification.set_hostname(hostname)
    if time is not None:
        verification.set_time(time)
    verification.set_purpose(purpose)
    if profile is not None:
        verification.set_profile(profile)
    return verification.run()
