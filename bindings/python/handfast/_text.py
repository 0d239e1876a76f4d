"""Text, names and numbers on their way into C."""

from __future__ import annotations

import os

from ._ffi import ffi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._ffi import CData


def c_text(value: str, what: str) -> bytes:
    """UTF-8 for a C string; a NUL would cut it short, so it is refused."""
    return without_nul(value.encode("utf-8"), what)


def without_nul(value: bytes, what: str) -> bytes:
    if b"\0" in value:
        raise ValueError(f"{what} holds a NUL character")
    return value


def c_path(path: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> bytes:
    return without_nul(os.fsencode(path), "the path")


def c_password(password: str | bytes | None) -> bytes | CData:
    """None becomes NULL: there is no password."""
    if password is None:
        return ffi.NULL
    octets = password.encode() if isinstance(password, str) else bytes(password)
    return without_nul(octets, "the password")


def host_name(name: str) -> bytes:
    """A host name as it goes over the wire and into the name check.

    Labels in other scripts become A-labels (IDNA 2003, the codec of the standard
    library; give an A-label to choose another rule).  The zone of a scoped address is no
    part of it.  ValueError if the name cannot be encoded.
    """
    if ":" in name:
        name = name.partition("%")[0]
    if name.isascii():
        return without_nul(name.encode("ascii"), "the host name")
    return without_nul(name.encode("idna"), "the host name")


def not_negative(value: int, what: str) -> int:
    """A size for C, whose sizes have no sign."""
    if value < 0:
        raise ValueError(f"{what} is negative")
    return value


def name_list(names: str | Iterable[str], what: str) -> bytes:
    """ "a:b" or ["a", "b"] as the C functions take it."""
    return c_text(names if isinstance(names, str) else ":".join(names), what)


def protocol_names(protocols: Iterable[str | bytes]) -> list[bytes]:
    """ALPN names as bytes.  One str or bytes in place of a list is a mistake that would
    otherwise offer its letters one by one."""
    if isinstance(protocols, (str, bytes)):
        raise TypeError('alpn takes a list of names: ["h2"], not "h2"')
    return [p.encode("ascii") if isinstance(p, str) else bytes(p) for p in protocols]
