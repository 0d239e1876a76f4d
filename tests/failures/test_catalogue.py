"""Each row of the catalogue fails as it is told, in C, in Python and in Lua."""

from __future__ import annotations

from collections import Counter

import pytest
import schemas
from catalogue import ROWS
from expectations import differences
from results import Results
from stage import ANY, MODULES, Row

BY_MODULE = [(row, module) for row in ROWS for module in row.modules]


@pytest.mark.parametrize(
    ("row", "module"), BY_MODULE, ids=[f"{row.id}-{module}" for row, module in BY_MODULE]
)
def test_row(row: Row, module: str, results: Results) -> None:
    document = results.of(row, module)
    faults = differences(row, document, results.pki)
    assert not faults, "\n".join(faults)


ALIKE = [row for row in ROWS if len(row.modules) > 1 and row.code != "OK"]


@pytest.mark.parametrize("row", ALIKE, ids=[row.id for row in ALIKE])
def test_modules_agree(row: Row, results: Results) -> None:
    """The same fields, to the last, but for what is of the moment."""
    told = [results.alike(row, module) for module in row.modules]
    assert all(one == told[0] for one in told)


def test_documents_have_their_form(results: Results) -> None:
    """The record and the connection of every row, of clients and of servers, as
    docs/schemas has them, and without a member that is not described there."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    forms = {
        member: jsonschema.Draft202012Validator(schemas.closed(schemas.load(name)))
        for member, name in (("error", "error-1"), ("connection", "connection-1"))
    }
    roles = set()
    results.begin(ROWS)
    for row in ROWS:
        for module in row.modules:
            document = results.of(row, module)
            if row.action not in ("", ANY, *row.actions.split(",")):
                continue  # a setting that was refused: no connection has a record
            for member, form in forms.items():
                if member == "error" and row.code == "OK":
                    continue  # Lua has no record while nothing has failed
                faults = [error.message for error in form.iter_errors(document[member])]
                assert not faults, (row.id, module, member, faults)
            roles.add(document["connection"]["role"])
    assert roles == {"client", "server"}


# Rows without a recording that comes to the same record, each for a reason.
NO_CONNECTION = "a setting is refused, and there is no connection to record"
NOT_BEGUN = "it fails before the handshake begins: nothing is asked or sent"
NOT_REPLAYED = {
    "crl-file-missing": NO_CONNECTION,
    "crl-file-without-a-list": NO_CONNECTION,
    "crl-malformed": NO_CONNECTION,
    "port-in-the-name": NO_CONNECTION,
    "address-with-brackets": NO_CONNECTION,
    "trust-file-missing": NO_CONNECTION,
    "trust-file-without-certificate": NO_CONNECTION,
    "own-key-mismatch": NO_CONNECTION,
    "unknown-group": NO_CONNECTION,
    "name-not-set": NOT_BEGUN,
    "early-data-without-session": NOT_BEGUN,
    "server-without-certificate": NOT_BEGUN,
}


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_replayed(row: Row, results: Results) -> None:
    """The driver in C records each connection, and replays what it recorded: the same
    record, timeline and agreement, byte by byte."""
    replay = results.of(row, "c").get("replay")
    if row.id in NOT_REPLAYED:
        assert replay is None, "it can be replayed"
    else:
        assert replay == {"status": "OK", "message": ""}


def test_what_is_not_replayed() -> None:
    assert {row.id for row in ROWS} >= set(NOT_REPLAYED)
    assert all(len(why.split()) > 3 for why in NOT_REPLAYED.values())


# Rows that a module cannot run, for a reason in its binding.  A row more here is a step
# back; a row less, a binding that learnt something.
WITHOUT: dict[str, int] = {}


def test_few_rows_lack_a_module() -> None:
    lacking = [
        (row.id, module, why) for row in ROWS for module, why in row.without.items()
    ]
    assert Counter(module for _, module, _ in lacking) == WITHOUT, lacking
    assert all(module in MODULES and len(why.split()) > 3 for _, module, why in lacking)


def test_rows_are_many() -> None:
    assert len(ROWS) >= 60
    assert len({row.id for row in ROWS}) == len(ROWS)
