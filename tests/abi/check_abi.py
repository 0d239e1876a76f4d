#!/usr/bin/env python3
"""The gate of the ABI: nothing that a program relies on may go or change.

    check_abi.py LIBRARY INCLUDE...

Holds the library against capi/abi/handfast.abi, which baseline.sh makes.  Additions pass.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "house"))
from tap import ROOT, Checks

BASELINE = ROOT / "capi/abi/handfast.abi"
PRIVATE = ROOT / "tests/abi/private.abignore"

OLD = """
typedef struct lamp { int colour; void (*lit)(void *); } lamp;
int lamp_on(const lamp *l, int watts);
int lamp_off(const lamp *l);
"""
SOURCE = """
#include "lamp.h"
int lamp_on(const lamp *l, {0} watts) {{ return l->colour + (int)watts; }}
{1}
"""
OFF = "int lamp_off(const lamp *l) { return l->colour; }\n"


def differences(old: Path, new: Path, folders: list[Path]) -> tuple[int, str]:
    """abidiff's verdict: its exit code is a set of bits, 0 for none or additions."""
    headers = [word for folder in folders for word in ("--headers-dir2", str(folder))]
    run = subprocess.run(
        [
            "abidiff",
            "--no-added-syms",
            "--suppressions",
            str(PRIVATE),
            *headers,
            str(old),
            str(new),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, (run.stdout + run.stderr).strip()


def build(folder: Path, header: str, source: str) -> Path:
    """A small shared library with debug information."""
    folder.mkdir()
    (folder / "lamp.h").write_text(header)
    (folder / "lamp.c").write_text(source)
    library = folder / "liblamp.so"
    subprocess.run(
        ["gcc", "-g", "-shared", "-fPIC", "-o", str(library), str(folder / "lamp.c")],
        check=True,
        capture_output=True,
    )
    return library


def self_test() -> list[str]:
    """The gate closes on changes and removals, and stays open for additions."""
    faults = []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        old = build(place / "old", OLD, SOURCE.format("int", OFF))
        abi = place / "lamp.abi"
        subprocess.run(
            [
                "abidw",
                "--headers-dir",
                str(old.parent),
                "--short-locs",
                "--out-file",
                str(abi),
                str(old),
            ],
            check=True,
            capture_output=True,
        )
        cases = {
            "nothing": (OLD, SOURCE.format("int", OFF), True),
            "an addition": (
                OLD + "int lamp_new(void);\n",
                SOURCE.format("int", OFF + "int lamp_new(void) { return 1; }"),
                True,
            ),
            "a parameter": (
                OLD.replace("int watts", "long watts"),
                SOURCE.format("long", OFF),
                False,
            ),
            "a removal": (OLD, SOURCE.format("int", ""), False),
            "a member": (
                OLD.replace("int colour;", "int colour, size;"),
                SOURCE.format("int", OFF),
                False,
            ),
        }
        for number, (case, (header, source, passes)) in enumerate(cases.items()):
            new = build(place / str(number), header, source)
            code, _ = differences(abi, new, [new.parent])
            if (code == 0) is not passes:
                faults.append(f"{case}: abidiff says {code}")
    return faults


def unusable(library: Path) -> str:
    """Why this library cannot be compared, empty if it can."""
    sections = subprocess.run(
        ["readelf", "-SW", str(library)], capture_output=True, text=True, check=True
    ).stdout
    if ".debug_info" not in sections:
        return "the library was built without -g"
    if os.uname().machine != "x86_64":
        return f"the baseline is for x86_64, this is {os.uname().machine}"
    symbols = subprocess.run(
        ["nm", "-D", str(library)], capture_output=True, text=True, check=True
    ).stdout
    if re.search(r"__[at]san_", symbols):
        return "the library was built with sanitizers"
    return ""


def clean(text: str) -> list[str]:
    """The baseline speaks of the project alone."""
    return [
        f"line {n}: {line.strip()[:90]}"
        for n, line in enumerate(text.splitlines(), 1)
        if re.search(r"(path|comp-dir)='/(?!usr/)", line)
    ]


def main() -> None:
    """Compare, or say why not."""
    library, *folders = [Path(word).resolve() for word in sys.argv[1:]]
    checks = Checks()
    label = "the library keeps the interface of capi/abi/handfast.abi"
    missing = [tool for tool in ("abidiff", "abidw") if shutil.which(tool) is None]
    if missing:
        checks.skip(label, f"{missing[0]} is not installed (abigail-tools)")
        checks.done()
    checks.say("the gate can close", self_test())
    if not BASELINE.is_file():
        checks.say(label, "there is no baseline: run tests/abi/baseline.sh BUILD")
        checks.done()
    text = BASELINE.read_text(encoding="utf-8")
    symbols = len(re.findall(r"<elf-symbol name='hf_", text))
    checks.say(
        "the baseline is whole", [] if symbols > 100 else f"it has {symbols} symbols"
    )
    checks.say("the baseline has no path of one machine", clean(text))
    reason = unusable(library)
    if reason:
        checks.skip(label, reason)
    else:
        code, said = differences(BASELINE, library, folders)
        checks.say(
            label, [] if code == 0 else [f"abidiff says {code}", *said.splitlines()]
        )
        print(f"# {said.splitlines()[0] if said else 'no difference'}")
    checks.done()


if __name__ == "__main__":
    main()
