"""How the C connection is called: one lock, one call at a time, and what a callback
raised is raised again."""

from __future__ import annotations

from _thread import RLock

from ._callbacks import raise_pending
from ._errors import check_status, text
from ._ffi import ffi, lib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._config import Config
    from ._ffi import CData


class Handle:
    """What the methods of :class:`handfast.Connection` have in common."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._lock = RLock()
        self._busy = False
        self._moved = ffi.new("size_t *")
        with config._lock:
            self._conn: CData | None = ffi.gc(
                lib.hf_conn_new(config._freeze()), lib.hf_conn_free
            )
        raise_pending()
        if self._conn == ffi.NULL:
            raise MemoryError

    def _open(self) -> CData:
        if self._conn is None:
            raise ValueError("the connection is closed")
        return self._conn

    def _run(self, function: Callable[..., int], *arguments: Any) -> int:
        """Call a function that may call back, and raise what the callback raised."""
        with self._lock:
            conn = self._open()
            if self._busy:
                raise RuntimeError("called from a callback of the same connection")
            self._busy = True
            try:
                ret = function(conn, *arguments)
            finally:
                self._busy = False
            raise_pending()
            return ret

    def _set(self, function: Callable[..., int], *arguments: Any) -> None:
        """Call a setting and raise its refusal."""
        check_status(self._run(function, *arguments))

    def _number(self, function: Callable[[CData], int]) -> int:
        with self._lock:
            return function(self._open())

    def _name(self, function: Callable[[CData], CData]) -> str | None:
        with self._lock:
            value = function(self._open())
            return (text(value) or None) if value != ffi.NULL else None

    def _bytes(self, function: Callable[[CData, CData], CData]) -> bytes | None:
        with self._lock:
            found = function(self._open(), self._moved)
            if found == ffi.NULL:
                return None
            return bytes(ffi.buffer(found, self._moved[0]))

    @property
    def lock(self) -> RLock:
        """The lock of this connection; re-entrant."""
        return self._lock

    @property
    def config(self) -> Config:
        """The configuration it was made from."""
        return self._config
