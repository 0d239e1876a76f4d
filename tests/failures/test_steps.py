"""At each step at which we wait for the peer, its end and its silence have a row."""

from __future__ import annotations

import pytest
from catalogue import ROWS
from catalogue_steps import State, waiting_states
from stage import V13

ENDS = ("EOF_BEFORE_HELLO", "EOF_IN_HANDSHAKE")


def states(*codes: str) -> set[State]:
    """In which a row ends so; before a version is agreed, the state is of TLS 1.3."""
    return {
        (row.role, row.version or V13, row.step)
        for row in ROWS
        if row.code in codes and row.step
    }


def test_the_tables_are_read() -> None:
    assert len(waiting_states()) > 30


@pytest.mark.parametrize("state", waiting_states(), ids="-".join)
def test_each_step_has_its_rows(state: State) -> None:
    assert state in states(*ENDS), "no row in which the peer ends here"
    assert state in states("DEADLINE_EXCEEDED"), "no row in which the peer is silent here"
