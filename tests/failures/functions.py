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


SETTERS = {
    "certificate": "set_certificate_callback",
    "sign": "set_sign_function",
    "verify": "set_verify_callback",
    "hello": "set_client_hello_callback",
    "random": "set_random",
}


def apply(config: Any, values: dict[str, str]) -> None:
    from handfast._ffi import lib

    if "clock" in values:
        now = float(values["clock"])
        config.set_clock(lambda: now, time.monotonic)
    if "client_auth" in values:
        mode = int(values["client_auth"])
        assert lib.hf_config_set_client_auth(config._config, mode) == 1
    if "function" in values:
        getattr(config, SETTERS[values["function"]])(fail)


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
