"""``handfast explain``: an explanation of every error, and none of anything else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import peers
import pytest
from peers import handfast
from test_completions import bash, fish, zsh

ROWS = re.compile(r'^X\((\d+), (\w+), (\w+), "[^"]*", "([^"]*)", "([^"]*)"\)$', re.M)
ERRORS = ROWS.findall((peers.ROOT / "engine/base/errors.def").read_text("utf-8"))
ALERTS = re.findall(
    r'^A\((\d+), \w+, "(\w+)"\)$',
    (peers.ROOT / "engine/base/alerts.def").read_text("utf-8"),
    re.M,
)
TEXTS = peers.ROOT / "tools/handfast/explanations"
SIDES = {"here", "code", "peer", "server", "client", "network", "ca", "handfast"}


def document(*names: str) -> dict[str, list[dict[str, Any]]]:
    result = handfast("explain", "--json", *names)
    assert result.code == 0, result.err
    return json.loads(result.out)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def everything() -> dict[str, list[dict[str, Any]]]:
    return document()


# ---- complete ----


def test_every_error_is_explained(everything: dict[str, list[dict[str, Any]]]) -> None:
    """A row of errors.def without an explanation, or the other way round, is a fault."""
    assert len(ERRORS) > 200
    told = [(str(e["code"]), e["name"], e["text"]) for e in everything["errors"]]
    assert told == [(number, name, text) for number, name, _, text, _ in ERRORS]
    lacking = [e["name"] for e in everything["errors"] if not e["meaning"]]
    assert not lacking, f"tools/handfast/explanations lacks {lacking}"
    written = [
        name
        for file in TEXTS.glob("*.def")
        if file.name not in ("command.def", "alerts.def", "results.def")
        for name in re.findall(r"^E\((\w+),$", file.read_text("utf-8"), re.M)
    ]
    assert sorted(written) == sorted(name for _, name, _, _, _ in ERRORS)


def test_every_alert_is_explained(everything: dict[str, list[dict[str, Any]]]) -> None:
    told = [(str(a["number"]), a["name"]) for a in everything["alerts"]]
    assert told == [(n, name.removesuffix("_RESERVED")) for n, name in ALERTS]
    assert all(a["meaning"] for a in everything["alerts"])
    text = (TEXTS / "alerts.def").read_text("utf-8")
    assert sorted(re.findall(r"^E\((\w+),$", text, re.M)) == sorted(n for _, n in told)


def test_every_result_is_explained(everything: dict[str, list[dict[str, Any]]]) -> None:
    """Those of the header, by their numbers."""
    header = (peers.ROOT / "capi/include/handfast/error.h").read_text("utf-8")
    names = re.findall(r"^#define HF_ERROR_(\w+) (\d+)", header, re.M)
    assert len(names) == 13
    assert [(r["name"], str(r["number"])) for r in everything["results"]] == names
    for result in everything["results"]:
        words = " ".join(c["cause"] for c in result["causes"])
        if result["name"] in ("SSL", "WANT_READ", "WANT_WRITE", "WANT_ASYNC"):
            assert all(f"In {name}" in words for name in ("C", "Python")), words
            assert "Lua" in words


@pytest.mark.parametrize(
    "name", ["WANT_READ", "want-read", "HF_ERROR_WANT_READ", "SSL_ERROR_WANT_READ", "2"]
)
def test_results(name: str) -> None:
    found = document(name)
    assert [r["name"] for r in found["results"]] == ["WANT_READ"]
    assert found["errors"] == found["alerts"] == found["failures"] == []
    text = handfast("explain", name).text
    assert text.startswith("WANT_READ  result 2 of hf_get_error")
    assert "POLLIN" in text
    assert "WantReadError" in text


def test_a_number_of_two_things() -> None:
    found = document("10")
    assert [a["name"] for a in found["alerts"]] == ["unexpected_message"]
    assert [r["name"] for r in found["results"]] == ["WANT_ASYNC_JOB"]
    assert handfast("explain", "13").code == 2  # the first number that none has


def test_every_failure_before_tls_is_explained(
    everything: dict[str, list[dict[str, Any]]],
) -> None:
    """The names that the sources of the command give to failures of their own."""
    named: set[str] = set()
    for file in ("dial.c", "talk.c"):
        text = (peers.ROOT / "tools/handfast" / file).read_text("utf-8")
        named |= set(re.findall(r'"((?:RESOLVE|CONNECT|STARTTLS|PROXY)_[A-Z_]+)"', text))
    assert len(named) > 15
    assert {f["name"] for f in everything["failures"]} == named


def test_they_are_of_use(everything: dict[str, list[dict[str, Any]]]) -> None:
    """Each has causes with a side and a fix, and says more than its sentence."""
    meanings: dict[str, str] = {}
    for entry in [e for part in everything.values() for e in part]:
        name, meaning = entry["name"], entry["meaning"]
        assert entry["causes"], name
        assert re.search(r"[.)\"]$", meaning), name
        assert meaning not in meanings, f"{name} and {meanings.get(meaning)}"
        meanings[meaning] = name
        for cause in entry["causes"]:
            assert cause["side"] in SIDES, name
            assert cause["cause"].endswith("."), (name, cause)
            assert cause["fix"].endswith("."), (name, cause)
            assert (cause["cause"] + cause["fix"]).isascii(), name
    for entry in everything["errors"]:
        assert len(entry["meaning"]) > 40, entry["name"]


def test_they_name_what_exists() -> None:
    """Functions, pages of the manual and options in the texts."""
    symbols = set((peers.ROOT / "capi/symbols.txt").read_text("utf-8").split())
    pages = {p.stem for p in (peers.ROOT / "docs/man").glob("*.3")}
    helps = "".join(
        handfast("help", command).text for command in ("connect", "serve", "verify")
    )
    for file in sorted(TEXTS.glob("*.def")):
        text = file.read_text("utf-8")
        for function in set(re.findall(r"\bhf_\w+(?![\w(])", text)):
            assert function in symbols, (file.name, function)
        for page in re.findall(r"\b(hf_\w+)\(3\)", text):
            assert page in pages, (file.name, page)
        for option in re.findall(r"(?<![\w(-])--[a-z][\w-]+", text):
            assert option in helps, (file.name, option)


def test_the_page_is_made_of_them() -> None:
    generator = peers.ROOT / "tools/generate/errors.py"
    done = subprocess.run(
        [sys.executable, "-B", str(generator), peers.COMMAND, "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


# ---- names ----


@pytest.mark.parametrize(
    "name",
    ["CERT_EXPIRED", "cert_expired", "Cert-Expired", "HF_E_CERT_EXPIRED", "605", "-605"],
)
def test_forms_of_a_name(name: str) -> None:
    found = document(name)
    assert [e["code"] for e in found["errors"]] == [605]
    assert found["failures"] == found["alerts"] == []
    assert found["errors"][0]["alert"] == "certificate_expired"
    assert found["errors"][0]["rfc"] == "RFC 5280 4.1.2.5"


@pytest.mark.parametrize("name", ["unknown_ca", "UNKNOWN-CA", "48", "alert_unknown_ca"])
def test_alerts(name: str) -> None:
    found = document(name)
    assert [a["number"] for a in found["alerts"]] == [48]
    assert found["errors"] == []
    text = handfast("explain", name).text
    assert text.startswith("unknown_ca  alert 48")
    assert "CERT_UNKNOWN_ISSUER" in text.partition("this side sends it for")[2]


def test_a_name_of_two_things() -> None:
    found = document("bad_record_mac")
    assert [e["code"] for e in found["errors"]] == [300]
    assert [a["number"] for a in found["alerts"]] == [20]
    assert [a["number"] for a in document("120")["alerts"]] == [120]
    assert [e["name"] for e in document("120")["errors"]] == ["INPUT_TOO_LARGE"]
    assert document("ALERT_LEVEL")["errors"][0]["code"] == 314


def test_failures_before_tls() -> None:
    assert [f["name"] for f in document("connect-failed")["failures"]] == [
        "CONNECT_FAILED"
    ]
    assert "Connection refused" in handfast("explain", "CONNECT_FAILED").text


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("CERT_EXPIERD", "CERT_EXPIRED"),
        ("expired", "CERT_EXPIRED"),
        ("selfsigned", "CERT_SELF_SIGNED"),
        ("CERT_UNKNOWN_ISUER", "CERT_UNKNOWN_ISSUER"),
        ("PEER_SPEAKS_HTTPS", "PEER_SPEAKS_HTTP"),
        ("hostname", "INVALID_HOSTNAME"),
        ("finished", "BAD_FINISHED"),
        ("frobnicate", "handfast explain lists all"),
        ("9999", "handfast explain lists all"),
        ("99999999999999999999", "handfast explain lists all"),
        ("-", "handfast explain lists all"),
        ("", "handfast explain lists all"),
        ("x" * 5000, "handfast explain lists all"),
    ],
)
def test_unknown_names(name: str, near: str) -> None:
    result = handfast("explain", "--", name)
    assert result.code == 2
    assert result.out == b""
    assert near in result.err.decode()
    assert len(result.err.decode().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--frobnicate"], "unknown option '--frobnicate'"),
        (["-x"], "unknown option '-x'"),
        (["CERT_EXPIRED", "CERT_REVOKED"], "'CERT_REVOKED' is one too many"),
    ],
)
def test_usage(arguments: list[str], words: str) -> None:
    result = handfast("explain", *arguments)
    assert (result.code, result.out) == (2, b"")
    assert words in result.err.decode()


def test_full_disk() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [peers.COMMAND, "explain", "605"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 7
    assert b"standard output" in done.stderr


# ---- what it looks like ----


def test_text() -> None:
    text = handfast("explain", "CERT_EXPIRED").text
    assert text.startswith("CERT_EXPIRED  error 605, certificates and revocation\n")
    assert "\n  1. The certificate was not renewed.\n     fix, by the server: " in text
    assert "fix, by this side: " in text
    assert "certificate_expired (45)" in text
    assert max(map(len, text.splitlines())) <= 80
    assert "\033" not in text


def test_list() -> None:
    lines = handfast("explain").text.splitlines()
    for number, name, _, _, _ in ERRORS:
        assert f"  {number}  {name}" in lines
    for number, name in ALERTS:
        assert f"  {number:>3}  {name.removesuffix('_RESERVED')}" in lines
    assert "    -  RESOLVE_FAILED" in lines
    assert max(map(len, lines)) <= 80


# ---- completion ----


def test_completions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(peers.COMMAND).resolve().parent
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    assert set(bash("handfast", "explain", "-")) == {"--json", "--help", "-h"}
    assert bash("handfast", "explain", "CERT_EXP") == ["CERT_EXPIRED"]
    assert bash("handfast", "explain", "unknown_c") == ["unknown_ca"]
    assert fish("handfast explain CERT_EXP", tmp_path) == ["CERT_EXPIRED"]
    assert set(fish("handfast explain --", tmp_path)) == {"--json", "--help"}
    assert "--json" in zsh("handfast explain -", tmp_path)
    assert "STARTTLS_INJECTED" in zsh("handfast explain STARTTLS_I", tmp_path)
