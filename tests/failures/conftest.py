"""One set of certificates for the run, and the results of the rows, several at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from certificates import Pki  # noqa: E402
from results import Results  # noqa: E402


@pytest.fixture(scope="session")
def results(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Results]:
    folder = tmp_path_factory.mktemp("failures")
    (folder / "pki").mkdir()
    found = Results(folder, Pki(folder / "pki"))
    wanted = {
        item.callspec.params["row"].id: item.callspec.params["row"]
        for item in request.session.items
        if hasattr(item, "callspec") and "row" in item.callspec.params
    }
    found.begin(wanted.values())
    yield found
    found.close()
