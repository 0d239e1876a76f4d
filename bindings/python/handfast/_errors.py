"""What went wrong: the results of get_error, and one exception for each of them.

An exception carries the connection's whole error record, filled in C where the failure
happened; nothing here guesses a cause.
"""

from __future__ import annotations

from enum import IntEnum

from ._ffi import ffi, lib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Callable

    from ._certificate import Certificate
    from ._ffi import CData
    from ._timeline import TimelineEvent


class GetError(IntEnum):
    """What :meth:`Connection.get_error` returns; the numbers of C's ``HF_ERROR_*``."""

    NONE = 0
    """The call succeeded."""
    SSL = 1
    """Fatal: the error record says why."""
    WANT_READ = 2
    """Repeat the call when the transport is readable."""
    WANT_WRITE = 3
    """Repeat the call when the transport is writable."""
    WANT_X509_LOOKUP = 4
    """A certificate choice is awaited."""
    SYSCALL = 5
    """The transport failed or ended: the error record has the errno."""
    ZERO_RETURN = 6
    """The peer closed in an orderly way."""
    WANT_CONNECT = 7
    """The transport itself is still connecting."""
    WANT_ACCEPT = 8
    """The transport itself is still accepting."""
    WANT_ASYNC = 9
    """A private-key operation is awaited."""
    WANT_ASYNC_JOB = 10
    """Never returned; kept for its number."""
    WANT_CLIENT_HELLO_CB = 11
    """A decision on the ClientHello is awaited."""
    WANT_RETRY_VERIFY = 12
    """A verification result is awaited."""


class HandfastError(Exception):
    """Base of every exception of this package.

    ``str()`` is the sentence of the failure with its name and hint, on one line;
    :attr:`record` is everything that is known about it.  Exceptions can be pickled and
    outlive their connection.
    """

    def __init__(
        self,
        record: Mapping[str, Any] | None = None,
        peer_der: Iterable[bytes] = (),
        timeline: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """Made by the library; the arguments are plain data."""
        super().__init__()
        self.record: dict[str, Any] = dict(record or {})
        """The whole error record as a dict, as docs/error-json.md describes it."""
        self._peer_der = tuple(peer_der)
        self._timeline = tuple(timeline)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.record, self._peer_der, self._timeline)

    def _sentence(self) -> str:
        """The summary with the particulars, each word once."""
        text = self.summary or type(self).__doc__.splitlines()[0]  # type: ignore[union-attr]
        if not self.detail or self.detail in text:
            return text
        return self.detail if text in self.detail else f"{text}: {self.detail}"

    def __str__(self) -> str:
        text = self._sentence()
        if self.name:
            text = f"{text} ({self.name})"
        return f"{text}; hint: {self.hint}" if self.hint else text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name or 'no code'}: {self._sentence()})"

    def _text(self, key: str) -> str:
        return str(self.record.get(key) or "")

    @property
    def code(self) -> int:
        """The stable code, a constant of :mod:`handfast.codes`; 0 if there is none."""
        return int(self.record.get("code") or 0)

    @property
    def name(self) -> str:
        """The name of the code, such as ``"CERT_EXPIRED"``; empty if there is none."""
        return self._text("name")

    @property
    def summary(self) -> str:
        """What happened, in one sentence."""
        return self._text("summary")

    @property
    def hint(self) -> str:
        """What to do about it, and on whose side; may be empty."""
        return self._text("hint")

    @property
    def detail(self) -> str:
        """The particulars of this case; may be empty."""
        return self._text("detail")

    @property
    def rfc(self) -> str:
        """The rule that was broken, such as ``"RFC 8446 4.4.4"``; may be empty."""
        return self._text("rfc")

    @property
    def step(self) -> str:
        """The state of the handshake, as in docs/states.md; empty before it began."""
        return self._text("step")

    @property
    def message(self) -> str:
        """The handshake message at hand, such as ``"Finished"``; may be empty."""
        return self._text("message")

    @property
    def alert(self) -> dict[str, Any] | None:
        """The alert that was sent or received, or None: a dict out of the record."""
        alert = self.record.get("alert")
        return dict(alert) if alert else None

    @property
    def certificate(self) -> dict[str, Any] | None:
        """The certificate at fault, or None: a dict with its place in the chain, its
        names, the rule it breaks, and what was expected against what it presents."""
        certificate = self.record.get("certificate")
        return dict(certificate) if certificate else None

    @property
    def negotiation(self) -> dict[str, Any] | None:
        """What both sides said in a handshake that failed, or None: a dict with
        ``offered`` and ``peer``, as docs/error-json.md describes them."""
        negotiation = self.record.get("negotiation")
        return dict(negotiation) if negotiation else None

    @property
    def certificate_request(self) -> dict[str, Any] | None:
        """What the server demands of our certificate and what was answered, or None if it
        did not ask: a dict, as docs/error-json.md describes it."""
        request = self.record.get("certificate_request")
        return dict(request) if request else None

    @property
    def candidates(self) -> list[dict[str, Any]]:
        """The certificates that were tried as issuers in vain, and why: dicts."""
        return [dict(c) for c in (self.certificate or {}).get("candidates", ())]

    @property
    def role(self) -> str:
        """``"client"`` or ``"server"``: whose side the hint speaks of; may be empty."""
        return self._text("role")

    @property
    def timeline(self) -> list[TimelineEvent]:
        """The messages up to the failure, the first first."""
        from ._timeline import TimelineEvent

        return [TimelineEvent(event) for event in self._timeline]

    @property
    def peer_chain(self) -> list[Certificate]:
        """The peer's certificates as far as they came, the leaf first.  They were not
        accepted if this is a :class:`CertificateError`."""
        from ._certificate import Certificate

        return [Certificate(der) for der in self._peer_der]


class ConfigError(HandfastError, ValueError):
    """A setting was refused."""


class TLSError(HandfastError):
    """The handshake or the connection failed (get_error said SSL)."""


class CertificateError(TLSError):
    """A certificate of the peer was not accepted (a code from 600 to 699)."""


class UnexpectedEOFError(TLSError, EOFError):
    """The peer ended the connection without close_notify: data may be missing."""


class TransportError(HandfastError, OSError):
    """The transport failed (get_error said SYSCALL); ``errno`` is its error number, or
    None if it has none."""

    def __init__(
        self,
        record: Mapping[str, Any] | None = None,
        peer_der: Iterable[bytes] = (),
        timeline: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """Made by the library; the arguments are plain data."""
        HandfastError.__init__(self, record, peer_der, timeline)
        transport = self.record.get("transport") or {}
        self.errno = int(transport.get("errno") or 0) or None


class DeadlineError(HandfastError, TimeoutError):
    """The time allowed was over before the work was done.

    In the handshake the code is ``DEADLINE_EXCEEDED`` and the connection is lost.  A
    later timeout has the code 0 and loses nothing: the operation may be repeated.
    """

    errno = None


class ZeroReturnError(HandfastError):
    """The peer closed the connection in an orderly way (close_notify)."""


class WantError(HandfastError):
    """Nothing is wrong: something must happen before the call can be repeated."""


class WantReadError(WantError):
    """The transport must become readable before the call is repeated."""


class WantWriteError(WantError):
    """The transport must become writable before the call is repeated."""


class WantX509LookupError(WantError):
    """A certificate choice is awaited."""


class WantConnectError(WantError):
    """The transport itself is still connecting."""


class WantAcceptError(WantError):
    """The transport itself is still accepting."""


class WantAsyncError(WantError):
    """A private-key operation is awaited."""


class WantAsyncJobError(WantError):
    """Never raised; the counterpart of GetError.WANT_ASYNC_JOB."""


class WantClientHelloError(WantError):
    """A decision on the ClientHello is awaited."""


class WantRetryVerifyError(WantError):
    """A verification result is awaited."""


ERRORS: dict[int, type[HandfastError]] = {
    GetError.SSL: TLSError,
    GetError.WANT_READ: WantReadError,
    GetError.WANT_WRITE: WantWriteError,
    GetError.WANT_X509_LOOKUP: WantX509LookupError,
    GetError.SYSCALL: TransportError,
    GetError.ZERO_RETURN: ZeroReturnError,
    GetError.WANT_CONNECT: WantConnectError,
    GetError.WANT_ACCEPT: WantAcceptError,
    GetError.WANT_ASYNC: WantAsyncError,
    GetError.WANT_ASYNC_JOB: WantAsyncJobError,
    GetError.WANT_CLIENT_HELLO_CB: WantClientHelloError,
    GetError.WANT_RETRY_VERIFY: WantRetryVerifyError,
}

EOF_CODES = frozenset((202, 203, 204, 205, 209))
DEADLINE_EXCEEDED = 206


def error_class(get_error: int, code: int) -> type[HandfastError]:
    """The exception for a result of get_error and the code of the record."""
    found = ERRORS[get_error]
    if issubclass(found, WantError):
        return found
    if code == DEADLINE_EXCEEDED:
        return DeadlineError
    if found is TLSError and 600 <= code < 700:
        return CertificateError
    if found is TLSError and code in EOF_CODES:
        return UnexpectedEOFError
    return found


def text(value: CData) -> str:
    """C text as str; UTF-8, of which the library promises to be."""
    return ffi.string(value).decode("utf-8", "replace")


def json_value(function: Callable[[CData, CData, int], int], subject: CData) -> Any:
    """What one of the C functions hf_..._json tells of its subject."""
    from json import loads

    size = function(subject, ffi.NULL, 0) + 1
    buffer = ffi.new("char[]", size)
    function(subject, buffer, size)
    return loads(text(buffer))


def code_record(code: int, detail: str = "") -> dict[str, Any]:
    """A record for a code that no connection reported, such as a refused setting."""
    return {
        "code": code,
        "name": text(lib.hf_code_name(code)),
        "summary": text(lib.hf_code_text(code)),
        "hint": text(lib.hf_code_hint(code)),
        "detail": detail,
    }


NO_MEMORY = 800


def check_status(status: int, detail: str = "") -> None:
    """Raise what a setting's result (hf_status) says, unless it is success."""
    if status == 1:
        return
    if status == -NO_MEMORY:
        raise MemoryError
    raise ConfigError(code_record(-status, detail))
