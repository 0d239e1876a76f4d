"""Peers that start, or skip the test where they are not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from more_peers import SERVERS, MissingError, Wanted
from peers import Peer


@contextmanager
def started(server: str, folder: Path, wanted: Wanted) -> Iterator[Peer]:
    try:
        starting = SERVERS[server](folder, wanted)
        peer = starting.__enter__()
    except MissingError as missing:
        pytest.skip(f"{server}: {missing}")
    try:
        yield peer
    finally:
        starting.__exit__(None, None, None)
