"""What the Python driver does with clocks and functions of the application, and with what
the module has no method for."""

from __future__ import annotations

import json
import time
from typing import Any


class ApplicationError(Exception):
    """Raised by a function of the application, in the middle of a handshake."""


def fail(*_: object) -> Any:
    raise ApplicationError


def refuse(*_: object) -> bool:
    return False


def sign_wrongly(*_: object) -> bytes:
    return bytes(64)


def unknown_name(*_: object) -> int:
    import handfast

    return handfast.UNKNOWN_NAME


def another_key(*_: object) -> bytes:
    return b"\x5a" * 32


def short_key(*_: object) -> bytes:
    return bytes(8)


def choose_unoffered(*_: object) -> bytes:
    return b"never"


def certificate_revoked(*_: object) -> int:
    from handfast import codes

    return codes.CERT_REVOKED


class FailingStore:
    def find(self, _: bytes) -> Any:
        fail()

    def put(self, *_: object) -> None:
        pass

    def remove(self, *_: object) -> None:
        pass


FUNCTIONS: dict[str, tuple[str, Any]] = {
    "certificate": ("set_certificate_callback", fail),
    "sign": ("set_sign_function", fail),
    "sign_wrongly": ("set_sign_function", sign_wrongly),
    "verify": ("set_verify_callback", refuse),
    "name": ("set_client_hello_callback", unknown_name),
    "hello": ("set_client_hello_callback", fail),
    "alpn": ("set_alpn_callback", choose_unoffered),
    "alpn_fails": ("set_alpn_callback", fail),
    "alpn_refuses": ("set_alpn_callback", refuse),
    "verify_revoked": ("set_verify_callback", certificate_revoked),
    "psk": ("set_psk_callback", another_key),
    "psk_short": ("set_psk_callback", short_key),
    "psk_fails": ("set_psk_callback", fail),
    "store": ("set_session_store", FailingStore()),
    "random": ("set_random", fail),
}
CLIENT_AUTH = {"0": "none", "1": "optional", "2": "required"}


def apply(config: Any, values: dict[str, str]) -> None:
    if "clock" in values:
        now = float(values["clock"])
        config.set_clock(lambda: now, time.monotonic)
    if "client_auth" in values:
        config.set_client_auth(CLIENT_AUTH[values["client_auth"]])
    if "function" in values:
        setter, function = FUNCTIONS[values["function"]]
        getattr(config, setter)(function)


def whole(conn: Any, action: str, ret: int) -> dict[str, Any]:
    """The document of a connection, and the fields that an exception would have."""
    from handfast._errors import json_value
    from handfast._ffi import ffi, lib

    record = json_value(lib.hf_error_json, lib.hf_conn_get0_error(conn._conn))
    document = {
        "action": action,
        "ret": ret,
        "get_error": conn.get_error(ret).name,
        "early_data": conn.early_data.name,
        "error": record,
        "connection": json.loads(json.dumps(json_value(lib.hf_conn_json, conn._conn))),
        "fields": None,
    }
    assert ffi is not None
    error = conn.exception(ret) if ret <= 0 else None
    if error is not None:
        names = ("name", "summary", "hint", "step", "message", "alert", "certificate")
        document["fields"] = {name: getattr(error, name) for name in names}
    return document
