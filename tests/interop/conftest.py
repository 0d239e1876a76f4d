"""Fixtures of the interop tests: one fresh certificate authority for the run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import peers


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return peers.make_pki(tmp_path_factory.mktemp("pki"))
