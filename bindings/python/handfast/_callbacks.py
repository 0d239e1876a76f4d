"""The functions that C calls.

A callback must not raise into C: it stores its exception under the thread's number, and
the method whose C call triggered it raises it again when that call has returned.
"""

from __future__ import annotations

from _thread import get_ident

from ._ffi import ffi, lib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _weakref import ref
    from typing import Any, Callable

    from ._connection import Connection
    from ._ffi import CData
    from ._server_callbacks import SessionStore
    from ._server_config import PskAnswer
    from ._session import Session

_pending: dict[int, BaseException] = {}


def raise_pending() -> None:
    """Raise what a callback of this thread stored since the last call, if anything."""
    if _pending:
        error = _pending.pop(get_ident(), None)
        if error is not None:
            raise error


def store_exception(_type: Any, error: BaseException, _traceback: Any) -> None:
    """Keep the first exception; a return value of None lets cffi use ``error=``."""
    _pending.setdefault(get_ident(), error)


class Hooks:
    """What a configuration's callbacks need; C holds a handle to it as context."""

    __slots__ = (
        "alpn",
        "choose",
        "client_hello",
        "early_data",
        "handle",
        "key_log",
        "monotonic",
        "on_session",
        "psk",
        "random",
        "sign",
        "store",
        "unix_seconds",
        "verify",
    )

    def __init__(self) -> None:
        self.key_log: Callable[[str], object] | None = None
        self.on_session: Callable[[Connection, Session], object] | None = None
        self.choose: Callable[[Connection], object] | None = None
        self.sign: Callable[[Connection, int, bytes], bytes | None] | None = None
        self.unix_seconds: Callable[[], float] | None = None
        self.monotonic: Callable[[], float] | None = None
        self.random: Callable[[int], bytes] | None = None
        self.verify: Callable[[Connection, int], bool | int | None] | None = None
        self.client_hello: Callable[[Connection], object] | None = None
        self.alpn: Callable[[Connection, list[bytes]], bytes | bool | None] | None = None
        self.psk: Callable[[Connection, bytes], PskAnswer] | None = None
        self.early_data: Callable[[bytes, int], bool | None] | None = None
        self.store: SessionStore | None = None
        self.handle: CData = ffi.NULL


class Transport:
    """The two functions of a transport of the application's own."""

    __slots__ = ("error", "handle", "read", "write")

    def __init__(
        self, read: Callable[[int], bytes], write: Callable[[bytes], int | None]
    ) -> None:
        self.read = read
        self.write = write
        self.error: OSError | None = None
        self.handle: CData = ffi.NULL


@ffi.def_extern(onerror=store_exception)
def hfpy_key_log(context: CData, _conn: CData, line: CData) -> None:
    hooks: Hooks = ffi.from_handle(context)
    if hooks.key_log is not None:
        hooks.key_log(ffi.string(line).decode("ascii"))


def connection_of(conn: CData) -> Connection | None:
    reference: ref[Connection] = ffi.from_handle(lib.hf_conn_get_user_data(conn))
    return reference()


@ffi.def_extern(onerror=store_exception)
def hfpy_session(context: CData, conn: CData, session: CData) -> None:
    from ._session import Session

    hooks: Hooks = ffi.from_handle(context)
    connection = connection_of(conn)
    if connection is None:
        return
    kept = Session(ffi.gc(lib.hf_session_up_ref(session), lib.hf_session_free))
    connection._newest_session = kept
    if hooks.on_session is not None:
        hooks.on_session(connection, kept)


@ffi.def_extern(error=0, onerror=store_exception)
def hfpy_certificate(context: CData, conn: CData) -> int:
    hooks: Hooks = ffi.from_handle(context)
    connection = connection_of(conn)
    if connection is None or hooks.choose is None:
        return 0
    return -1 if hooks.choose(connection) is False else 1


@ffi.def_extern(error=0, onerror=store_exception)
def hfpy_sign(
    context: CData,
    conn: CData,
    scheme: int,
    content: CData,
    count: int,
    out: CData,
    size: int,
    out_count: CData,
) -> int:
    hooks: Hooks = ffi.from_handle(context)
    connection = connection_of(conn)
    if connection is None or hooks.sign is None:
        return 0
    octets = ffi.unpack(ffi.cast("char *", content), count)
    signature = hooks.sign(connection, scheme, octets)
    if signature is None:
        return -1
    if len(signature) > size:
        raise ValueError(f"the sign function gave {len(signature)} bytes")
    ffi.memmove(out, signature, len(signature))
    out_count[0] = len(signature)
    return 1


@ffi.def_extern(error=0, onerror=store_exception)
def hfpy_unix_seconds(context: CData) -> int:
    hooks: Hooks = ffi.from_handle(context)
    return int(hooks.unix_seconds()) if hooks.unix_seconds is not None else 0


@ffi.def_extern(error=0, onerror=store_exception)
def hfpy_monotonic_microseconds(context: CData) -> int:
    hooks: Hooks = ffi.from_handle(context)
    return int(hooks.monotonic() * 1_000_000) if hooks.monotonic is not None else 0


@ffi.def_extern(error=0, onerror=store_exception)
def hfpy_random(context: CData, out: CData, count: int) -> int:
    hooks: Hooks = ffi.from_handle(context)
    if hooks.random is None:
        return 0
    data = hooks.random(count)
    if len(data) != count:
        raise ValueError(f"the random function gave {len(data)} bytes, not {count}")
    ffi.memmove(out, data, count)
    return 1


@ffi.def_extern(error=-2, onerror=store_exception)
def hfpy_io_read(context: CData, out: CData, count: int, error_number: CData) -> int:
    transport: Transport = ffi.from_handle(context)
    try:
        data = transport.read(count)
    except (BlockingIOError, InterruptedError):
        return lib.HF_IO_WOULD_BLOCK
    except OSError as error:
        transport.error = error
        error_number[0] = error.errno or 0
        return lib.HF_IO_ERROR
    if len(data) > count:
        raise ValueError(f"read({count}) of the transport gave {len(data)} bytes")
    ffi.memmove(out, data, len(data))
    return len(data)


@ffi.def_extern(error=-2, onerror=store_exception)
def hfpy_io_write(context: CData, data: CData, count: int, error_number: CData) -> int:
    transport: Transport = ffi.from_handle(context)
    try:
        written = transport.write(ffi.unpack(ffi.cast("char *", data), count))
    except (BlockingIOError, InterruptedError):
        return lib.HF_IO_WOULD_BLOCK
    except OSError as error:
        transport.error = error
        error_number[0] = error.errno or 0
        return lib.HF_IO_ERROR
    if written is None or written == 0:
        return lib.HF_IO_WOULD_BLOCK
    if not 0 < written <= count:
        raise ValueError(f"write of {count} bytes to the transport told {written}")
    return written
