"""The functions that C calls in a server; see _callbacks.py."""

from __future__ import annotations

from ._callbacks import Hooks, connection_of, store_exception
from ._ffi import ffi, lib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._ffi import CData

HASHES = {name: ffi.new("char[]", name.encode()) for name in ("SHA256", "SHA384")}

UNKNOWN_NAME: int = lib.HF_CLIENT_HELLO_UNKNOWN_NAME


class SessionStore:
    """What :meth:`handfast.Config.set_session_store` takes: a base class, or a pattern.

    Values are sealed with the ticket keys: they tell nothing.  Processes that share a
    store must share the keys.  The methods may be called from several threads.
    """

    def find(self, identity: bytes) -> bytes | bool | None:
        """The value that was put under that id; None: there is none.  False: not known
        yet; the call ends with GetError.WANT_CLIENT_HELLO_CB, and a repetition asks
        again.  What it raises, the call raises, and the handshake has failed."""
        raise NotImplementedError

    def put(self, identity: bytes, value: bytes, lifetime: int) -> None:
        """Keep the value for so many seconds, or do not: nothing hangs on it."""
        raise NotImplementedError

    def remove(self, identity: bytes) -> None:
        """Forget a value that is of no use any more."""


def octets(pointer: CData, count: int) -> bytes:
    return ffi.unpack(ffi.cast("char *", pointer), count) if count else b""


@ffi.def_extern(error=0, onerror=store_exception)
def hfpy_verify(context: CData, conn: CData, result: int) -> int:
    hooks: Hooks = ffi.from_handle(context)
    connection = connection_of(conn)
    if connection is None or hooks.verify is None:
        return 0
    answer = hooks.verify(connection, result)
    if answer is None:
        return -1
    return int(answer) if isinstance(answer, bool) else -abs(answer)


@ffi.def_extern(error=0, onerror=store_exception)
def hfpy_client_hello(context: CData, conn: CData) -> int:
    hooks: Hooks = ffi.from_handle(context)
    connection = connection_of(conn)
    if connection is None or hooks.client_hello is None:
        return 0
    answer = hooks.client_hello(connection)
    if answer is False:
        return -1
    return UNKNOWN_NAME if type(answer) is int and answer == UNKNOWN_NAME else 1


def names_of(offered: bytes) -> list[bytes]:
    """The engine has read the list before: it is whole."""
    names = []
    while offered:
        end = 1 + offered[0]
        names.append(offered[1:end])
        offered = offered[end:]
    return names


# If it raises, C has an answer without a name, and the handshake fails.
@ffi.def_extern(error=1, onerror=store_exception)
def hfpy_alpn(
    context: CData, conn: CData, offered: CData, count: int, name: CData, size: CData
) -> int:
    hooks: Hooks = ffi.from_handle(context)
    connection = connection_of(conn)
    if connection is None or hooks.alpn is None:
        return -1
    names = octets(offered, count)
    answer = hooks.alpn(connection, names_of(names))
    if answer is None:
        return 0
    if isinstance(answer, bool):
        return -1
    at = 0
    for known in names_of(names):
        if known == answer:
            name[0], size[0] = offered + at + 1, len(known)
            return 1
        at += 1 + len(known)
    raise ValueError("the ALPN callback chose a protocol that was not offered")


# If it raises, C has a key of no bytes, and the handshake fails.
@ffi.def_extern(error=1, onerror=store_exception)
def hfpy_psk(
    context: CData,
    conn: CData,
    identity: CData,
    count: int,
    key: CData,
    size: int,
    key_count: CData,
    digest: CData,
) -> int:
    hooks: Hooks = ffi.from_handle(context)
    key_count[0] = 0
    connection = connection_of(conn)
    if connection is None or hooks.psk is None:
        return 0
    answer = hooks.psk(connection, octets(identity, count))
    if answer is None:
        return 0
    if isinstance(answer, bool):
        return -1
    secret, hash_name = answer if isinstance(answer, tuple) else (answer, "SHA256")
    if hash_name not in HASHES:
        raise ValueError(f"the hash of a pre-shared key is one of {', '.join(HASHES)}")
    if len(secret) > size:
        raise ValueError(f"the PSK callback gave {len(secret)} bytes")
    ffi.memmove(key, secret, len(secret))
    key_count[0], digest[0] = len(secret), HASHES[hash_name]
    return 1


@ffi.def_extern(error=-1, onerror=store_exception)
def hfpy_early_data(
    context: CData, _conn: CData, hello: CData, count: int, seconds: int
) -> int:
    hooks: Hooks = ffi.from_handle(context)
    if hooks.early_data is None:
        return -1
    answer = hooks.early_data(octets(hello, count), seconds)
    return int(answer) if isinstance(answer, bool) else -1


# If it raises, C has a value that is too long, and the handshake fails.
@ffi.def_extern(error=1, onerror=store_exception)
def hfpy_store_find(
    context: CData,
    _conn: CData,
    identity: CData,
    count: int,
    value: CData,
    size: int,
    value_count: CData,
) -> int:
    hooks: Hooks = ffi.from_handle(context)
    value_count[0] = size + 1
    found = hooks.store.find(octets(identity, count)) if hooks.store is not None else None
    if found is not None and not isinstance(found, bool) and len(found) > size:
        raise ValueError(f"the session store gave {len(found)} bytes")
    value_count[0] = 0
    if found is None:
        return 0
    if isinstance(found, bool):
        return -1
    ffi.memmove(value, found, len(found))
    value_count[0] = len(found)
    return 1


@ffi.def_extern(onerror=store_exception)
def hfpy_store_put(
    context: CData,
    _conn: CData,
    identity: CData,
    count: int,
    value: CData,
    value_count: int,
    lifetime: int,
) -> None:
    hooks: Hooks = ffi.from_handle(context)
    if hooks.store is not None:
        key = octets(identity, count)
        hooks.store.put(key, octets(value, value_count), lifetime)


@ffi.def_extern(onerror=store_exception)
def hfpy_store_remove(context: CData, _conn: CData, identity: CData, count: int) -> None:
    hooks: Hooks = ffi.from_handle(context)
    if hooks.store is not None:
        hooks.store.remove(octets(identity, count))


def store_table(handle: CData) -> CData:
    """The table of functions, which C copies."""
    table = ffi.new("hf_session_store *")
    table.size = ffi.sizeof("hf_session_store")
    table.find = lib.hfpy_store_find
    table.put = lib.hfpy_store_put
    table.remove = lib.hfpy_store_remove
    table.context = handle
    return table
