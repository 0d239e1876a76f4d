"""docs/error-comparison.md has every row, and in our column what is said now.  What the
others say is recorded by tools/generate/error_comparison.sh; their versions differ."""

from __future__ import annotations

import os
from pathlib import Path

import comparison
import peers
import pytest
from catalogue import GROUPS, ROWS
from results import Results
from stage import Row

PAGE = peers.ROOT / "docs" / "error-comparison.md"
COMPARED = [row for row in ROWS if row.compare]


@pytest.fixture(scope="module")
def column() -> dict[str, str]:
    return comparison.column(PAGE.read_text("utf-8"))


@pytest.mark.parametrize("row", COMPARED, ids=[row.id for row in COMPARED])
def test_our_column(row: Row, results: Results, column: dict[str, str]) -> None:
    told = comparison.cell(comparison.ours(row, results.of(row, "c")))
    assert column.get(row.id) == told, "run tools/generate/error_comparison.sh"


def test_page_has_no_more(column: dict[str, str]) -> None:
    assert set(column) == {row.id for row in COMPARED}


def test_rows_without_comparison_tell_why() -> None:
    silent = [row.id for row in ROWS if not row.compare and len(row.alone.split()) < 3]
    assert not silent


def test_record(results: Results, tmp_path: Path) -> None:
    """The page of this run: kept where HF_RECORD says."""
    place = Path(os.environ.get("HF_RECORD") or tmp_path / "page.md")
    place.write_text(results.page(GROUPS), "utf-8")
    assert set(comparison.column(place.read_text("utf-8"))) == {r.id for r in COMPARED}
