"""The same connection through C, Python and Lua: each returns one document, with the
action that ended it, what that returned, get_error, and the record as JSON."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import functions
import peers
from stage import BUILD, PATIENCE, PROGRAMS, Place, Row, Server, Stage

Document = dict[str, Any]
LUA = os.environ.get("HF_FAILURES_LUA", "lua5.4")


def connected(place: Place) -> socket.socket:
    """To the peer, which has done what it wants to do before we begin."""
    dialed = socket.create_connection(("127.0.0.1", place.port), PATIENCE)
    dialed.settimeout(None)
    if place.go and place.ready:
        place.go.put(None)
        place.ready.get(timeout=PATIENCE)
    return dialed


def arguments(row: Row, stage: Stage) -> dict[str, str]:
    return {"do": row.actions, **row.settings(stage.pki)}


# ---- a process ----


def in_process(command: list[str], values: dict[str, str], fds: list[int]) -> Document:
    command += [f"{name}={value}" for name, value in values.items()]
    command += ["fds=" + ",".join(map(str, fds))]
    root = str(peers.ROOT)
    env = os.environ | {
        "LUA_PATH": f"{root}/bindings/lua/?.lua;;",
        "LUA_CPATH": f"{BUILD}/lua/{LUA[3:]}/?.so;;",
    }
    done = subprocess.run(
        command,
        pass_fds=fds,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=env,
        timeout=3 * PATIENCE,
        check=False,
    )
    said = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 0, f"{command}: {done.returncode} {said}"
    document: Document = json.loads(done.stdout)
    return document


def drive_c(values: dict[str, str], fds: list[int]) -> Document:
    return in_process([str(PROGRAMS / "failures_drive")], values, fds)


def drive_lua(values: dict[str, str], fds: list[int]) -> Document:
    program = shutil.which(LUA)
    assert program, f"{LUA} is not installed"
    return in_process(
        [program, str(peers.ROOT / "tests/failures/drive.lua")], values, fds
    )


# ---- Python ----


class Refused(Exception):
    """A setting was not taken."""

    def __init__(self, what: str, record: Document) -> None:
        super().__init__(what)
        self.what, self.record = what, record


def taking(what: str, setting: Callable[[], object]) -> None:
    import handfast

    try:
        setting()
    except handfast.HandfastError as error:
        raise Refused(what, error.record) from error


def memory_limit(values: dict[str, str]) -> int | None:
    """What a connection of these settings has before it begins, and so much more."""
    import handfast

    if "room" not in values:
        return None
    config = configure(values, sys.maxsize)
    with handfast.Connection(config) as conn:
        name_conn(conn, values)
        return int(config.memory_used) + int(values["room"])


def configure(values: dict[str, str], limit: int | None = None) -> Any:
    import handfast

    config = handfast.Config(memory_limit=limit)
    setters: dict[str, Callable[[str], None]] = {
        "trust": config.add_trust_file,
        "crl": config.add_crl_file,
        "cert": config.use_certificate_chain_file,
        "key": config.use_private_key_file,
        "versions": config.set_versions,
        "suites": config.set_cipher_suites,
        "groups": config.set_groups,
        "schemes": config.set_signature_algorithms,
        "profile": config.set_profile,
        "keylog": config.set_key_log,
    }
    for name, setter in setters.items():
        if name in values:
            taking(name, functools.partial(setter, values[name]))
    if "alpn" in values:
        config.add_alpn(values["alpn"].split(","))
    if "timeout" in values:
        config.set_handshake_timeout(int(values["timeout"]) / 1000)
    if "crl_rules" in values:
        rules = int(values["crl_rules"])
        config.set_crl_rules(required=bool(rules & 1), whole_chain=bool(rules & 2))
    if "early_data" in values:
        config.set_early_data(int(values["early_data"]))
    if "options" in values:
        config.set_options(int(values["options"], 0))
    if "anyone" in values:
        config.disable_certificate_verification()
    functions.apply(config, values)
    return config


def name_conn(conn: Any, values: dict[str, str]) -> None:
    if "name" in values:
        taking("name", lambda: conn.set_hostname(values["name"]))
    if "server_name" in values:
        taking("server_name", lambda: conn.set_server_name(values["server_name"]))
    if "psk" in values:
        taking("psk", lambda: conn.set_psk(values["psk"], b"\x77" * 32))


def open_conn(config: Any, values: dict[str, str], fd: int) -> Any:
    import handfast

    conn = handfast.Connection(config)
    name_conn(conn, values)
    conn.set_fd(fd)
    return conn


def read_all(conn: Any) -> int:
    while True:
        ret, _ = conn.read()
        if ret <= 0:
            return int(ret)


def write_early(conn: Any) -> int:
    conn.set_connect_state()
    return int(conn.write_early_data(b"ping")[0])


def read_early(conn: Any) -> int:
    conn.set_accept_state()
    while True:
        ret, data = conn.read_early_data(65536)
        if ret <= 0 or not data:
            return int(ret)


ACTS: dict[str, Callable[[Any], int]] = {
    "connect": lambda conn: conn.connect(),
    "accept": lambda conn: conn.accept(),
    "read": lambda conn: conn.read()[0],
    "read_all": read_all,
    "write": lambda conn: conn.write(b"ping")[0],
    "write_early": write_early,
    "read_early": read_early,
    "shutdown": lambda conn: conn.shutdown() if conn.shutdown() == 0 else -1,
}


def drive_python(values: dict[str, str], fds: list[int]) -> Document:
    try:
        return run_python(values, fds)
    except Refused as refused:
        code = refused.record["code"]
        return {
            "action": refused.what,
            "ret": -code,
            "get_error": "SSL",
            "error": refused.record,
            "connection": None,
        }


def run_python(values: dict[str, str], fds: list[int]) -> Document:
    config = configure(values, memory_limit(values))
    session = None
    if len(fds) == 2:
        with open_conn(config, values, fds[0]) as first:
            if "accept" in values["do"]:
                if first.accept() != 1:
                    return functions.whole(first, "session", -1)
            elif first.connect() != 1 or first.read()[0] != 1:
                return functions.whole(first, "session", -1)
            else:
                session = first.session
            first.shutdown()
    with open_conn(config, values, fds[-1]) as conn:
        if session:
            conn.set_session(session)
        if "early" in values:
            conn.allow_early_data()
        ret, action = 1, ""
        for action in values["do"].split(","):
            try:
                ret = ACTS[action](conn)
            except (functions.ApplicationError, ValueError):
                # Of our own callback, or of what it gave: C saw it fail.
                ret = -1
            if ret <= 0:
                break
        return functions.whole(conn, action, ret)


DRIVERS = {"c": drive_c, "python": drive_python, "lua": drive_lua}


# ---- with a peer ----


def too_early(row: Row, document: Document) -> bool:
    """The limit of time struck before the handshake was where the row wants it to."""
    error = document["error"]
    return error["name"] == row.code == "DEADLINE_EXCEEDED" and error["step"] != row.step


def in_time(
    row: Row, stage: Stage, once: Callable[[dict[str, str]], Document]
) -> Document:
    """A machine may be slow: then the row has four times its limit, twice at most."""
    values = arguments(row, stage)
    document = once(dict(values))
    for _ in range(2):
        if not too_early(row, document):
            break
        values["timeout"] = str(4 * int(values["timeout"]))
        document = once(dict(values))
    return document


def as_client(row: Row, stage: Stage, place: Place, module: str) -> Document:
    return in_time(row, stage, lambda values: to_server(values, place, module))


def to_server(values: dict[str, str], place: Place, module: str) -> Document:
    count = 2 if values.pop("resumes", "") else 1
    with contextlib.ExitStack() as stack:
        dialed = [stack.enter_context(connected(place)) for _ in range(count)]
        return DRIVERS[module](values, [s.fileno() for s in dialed])


def as_server(row: Row, stage: Stage, module: str) -> Document:
    return in_time(row, stage, lambda values: from_client(row, stage, values, module))


def from_client(row: Row, stage: Stage, values: dict[str, str], module: str) -> Document:
    assert not isinstance(row.peer, Server)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        dial = threading.Thread(target=row.peer, args=(stage, port), daemon=True)
        dial.start()
        listener.settimeout(PATIENCE)
        count = 2 if values.pop("resumes", "") else 1
        with contextlib.ExitStack() as stack:
            accepted = [stack.enter_context(listener.accept()[0]) for _ in range(count)]
            for connection in accepted:
                connection.settimeout(None)
            document = DRIVERS[module](values, [s.fileno() for s in accepted])
        dial.join(PATIENCE)
        assert not dial.is_alive(), "the client hangs"
        return document
