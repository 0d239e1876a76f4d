"""What is needed to resume a session, RFC 8446 2.2 and 4.6.1, RFC 5246 7.3."""

from __future__ import annotations

from ._ffi import ffi, lib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from ._config import Config
    from ._ffi import CData


class Session:
    """A session that a server lets resume.  Immutable; may be shared between threads.

    Give it to :func:`handfast.connect` to resume.  It holds a secret, and its repr does
    not show it.  A ticket should be used once (RFC 8446 C.4): take the newest each time.
    """

    __slots__ = ("_session",)

    def __init__(self, handle: CData) -> None:
        """Not for applications: see ``Stream.session`` and :meth:`parse`."""
        self._session = handle

    @classmethod
    def parse(cls, data: bytes, config: Config | None = None) -> Session:
        """The session that :meth:`serialize` wrote into data.

        ValueError if the bytes are damaged or of another version.
        """
        from ._config import default_config

        settings = (config or default_config())._config
        handle = ffi.gc(
            lib.hf_session_parse(settings, data, len(data)), lib.hf_session_free
        )
        if handle == ffi.NULL:
            raise ValueError("not a session that this version has saved")
        return cls(handle)

    def serialize(self) -> bytes:
        """The session as bytes for :meth:`parse`.  Store them like a private key."""
        size = ffi.new("size_t *")
        lib.hf_session_serialize(self._session, ffi.NULL, size)
        buffer = ffi.new("uint8_t[]", size[0])
        if lib.hf_session_serialize(self._session, buffer, size) != 1:
            raise MemoryError
        return bytes(ffi.buffer(buffer, size[0]))

    @property
    def created(self) -> datetime:
        """When the ticket came, in UTC."""
        from ._certificate import _moment

        return _moment(lib.hf_session_time(self._session))

    @property
    def lifetime(self) -> int:
        """For how many seconds after that it may be used."""
        return lib.hf_session_lifetime(self._session)

    @property
    def max_early_data(self) -> int:
        """How many bytes of early data the server takes; 0: none."""
        return lib.hf_session_max_early_data(self._session)

    @property
    def version(self) -> int:
        """The protocol's version: 0x0304 for TLS 1.3, 0x0303 for TLS 1.2."""
        return lib.hf_session_version(self._session)

    @property
    def hostname(self) -> str:
        """The host name that it was made for; empty if there was none."""
        return ffi.string(lib.hf_session_hostname(self._session)).decode(
            "ascii", "replace"
        )

    def __repr__(self) -> str:
        return f"<Session for {self.hostname!r}, {self.lifetime} s>"
