"""``handfast connect --record`` and ``handfast replay``: the same again, offline."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import peers
import pytest
from peers import handfast


@pytest.fixture(scope="module")
def server(pki: Path, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with peers.openssl(tmp_path_factory.mktemp("server"), pki, "p256") as peer:
        yield peer


def record(pki: Path, peer: peers.Peer, path: Path) -> peers.Result:
    return peers.connect(pki, peer, "--record", str(path))


def test_success(pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    path = tmp_path / "good"
    made = record(pki, server, path)
    assert made.code == 0
    assert b"treat it like a private key" in made.err
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    played = handfast("replay", str(path))
    assert played.code == 0
    assert "reproduced" in played.text
    assert "connected" in played.text
    assert b"whoever has it can derive its keys" in played.err


def test_failure(pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    path, page = tmp_path / "bad", tmp_path / "page.html"
    made = handfast("connect", "--json", "--record", str(path), server.place)
    assert made.code == 3
    played = handfast("replay", "--json", "--html", str(page), str(path))
    assert played.code == 0
    document = json.loads(played.out)
    assert document["verdict"] == "reproduced"
    assert document["error"] == json.loads(document["recorded_error"])
    assert document["error"]["name"].startswith("CERT_")
    assert document["error"]["name"] in page.read_text()


def test_never_overwrites(pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_text("kept")
    made = record(pki, server, path)
    assert made.code == 2
    assert b"RECORDING_FAILED" in made.out
    assert path.read_text() == "kept"


def test_cut_and_altered(pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    path, other = tmp_path / "whole", tmp_path / "other"
    assert record(pki, server, path).code == 0
    whole = path.read_bytes()
    other.write_bytes(whole[:-40])
    assert handfast("replay", str(other)).code == 6
    other.write_bytes(whole[:2000] + bytes([whole[2000] ^ 1]) + whole[2001:])
    assert handfast("replay", "-q", str(other)).code == 2
    other.write_bytes(b"")
    assert handfast("replay", str(other)).code == 2
    assert handfast("replay", str(tmp_path / "absent")).code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], b"one file is to be given"),
        (["a", "b"], b"one file is to be given"),
        (["--frobnicate", "a"], b"unknown or ambiguous option '--frobnicate'"),
        (["-x", "a"], b"unknown or ambiguous option '-x'"),
        (["--html"], b"option '--html' needs a value"),
        (["--json=yes", "a"], b"option '--json=yes' takes no value"),
        (["--json", "--html", "-", "a"], b"--html - takes standard output"),
    ],
)
def test_usage(arguments: list[str], words: bytes) -> None:
    result = handfast("replay", *arguments)
    assert result.code == 2
    assert words in result.err
    assert b"handfast help replay" in result.err


def test_record_and_resume(tmp_path: Path) -> None:
    path = tmp_path / "none"
    result = handfast("connect", "--resume", "--record", str(path), "localhost:1")
    assert result.code == 2
    assert not path.exists()
