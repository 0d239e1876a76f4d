"""Text, names and numbers on their way into C."""

from __future__ import annotations

import os

from ._errors import check_status
from ._ffi import ffi, lib

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
    """A host name for C, which makes A-labels of other scripts (UTS 46, by libidn2; not
    the IDNA 2003 of Python's own codec, by which another host may have the name).  The
    zone of a scoped address is no part of it."""
    if ":" in name:
        name = name.partition("%")[0]
    return c_text(name, "the host name")


def lookup_name(name: str) -> bytes:
    """A host name as DNS has it, by the rule by which it is checked; with its zone."""
    if name.isascii():
        return without_nul(name.encode("ascii"), "the host name")
    ascii_name = ffi.new("char[]", 256)
    check_status(lib.hf_hostname_to_ascii(c_text(name, "the host name"), ascii_name, 256))
    return ffi.string(ascii_name)


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
