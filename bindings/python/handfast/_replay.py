"""Recordings of connections, and their replay without a network; docs/replay.md."""

from __future__ import annotations

from _thread import RLock

from . import codes
from ._errors import check_status, json_value
from ._ffi import ffi, lib
from ._text import c_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, Union

    Path = Union[str, os.PathLike[str], os.PathLike[bytes]]

RESULTS = {
    1: "reproduced",
    -codes.REPLAY_DIFFERS: "differs",
    -codes.RECORDING_INCOMPLETE: "incomplete",
}


class Replay:
    """A recording that :meth:`Connection.record` made, read from a file or bytes.

    A recording holds the connection's secrets: :attr:`warning` says which.
    """

    def __init__(self, recording: Path | bytes) -> None:
        """bytes are the recording itself; anything else is the path of its file.
        ConfigError where it is none that can be read."""
        status = ffi.new("hf_status *")
        if isinstance(recording, bytes):
            replay = lib.hf_replay_new(recording, len(recording), status)
        else:
            replay = lib.hf_replay_new_file(c_path(recording), status)
        self._lock = RLock()
        self._replay = ffi.gc(replay, lib.hf_replay_free)
        check_status(status[0])

    @property
    def warning(self) -> str:
        """What the recording holds, a line for each thing its readers should know of."""
        return ffi.string(lib.hf_replay_warning(self._replay)).decode()

    @property
    def library(self) -> str:
        """The version of the library that recorded it."""
        return ffi.string(lib.hf_replay_library(self._replay)).decode("utf-8", "replace")

    @property
    def message(self) -> str:
        """Where the replay differs; empty before it and where nothing does."""
        text = ffi.string(lib.hf_replay_message(self._replay))
        return text.decode("utf-8", "replace")

    def run(self) -> str:
        """Play it, once: ``"reproduced"``, ``"differs"``, or ``"incomplete"``, where
        nothing differs as far as the recording goes.  ConfigError for one that is
        malformed, or needs what this build does not have."""
        with self._lock:
            status = lib.hf_replay_run(self._replay)
            if status in RESULTS:
                return RESULTS[status]
            check_status(status, self.message)
            raise AssertionError  # check_status has raised

    def _json(self, function: Any) -> Any:
        with self._lock:
            conn = lib.hf_replay_get0_conn(self._replay)
            return json_value(function, conn) if conn != ffi.NULL else None

    @property
    def error(self) -> dict[str, Any] | None:
        """The error record that the replay came to; None if nothing failed."""
        with self._lock:
            conn = lib.hf_replay_get0_conn(self._replay)
            if conn == ffi.NULL or lib.hf_conn_error_code(conn) == 0:
                return None
            found: dict[str, Any] = json_value(
                lib.hf_error_json, lib.hf_conn_get0_error(conn)
            )
            return found

    @property
    def trace(self) -> Any:
        """The timeline, as docs/connection-json.md describes it; None before a run."""
        return self._json(lib.hf_trace_json)
