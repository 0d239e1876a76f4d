#!/usr/bin/env python3
"""docs/security.md: its limits are those of the sources, and what it says of nettle
covers all that the tests of constant time excuse there."""

from __future__ import annotations

import re

from tap import ROOT, Checks

DOC = ROOT / "docs/security.md"
ROW = re.compile(r"^\|[^|]+\| ([\d,]+) \| `(\w+)` \|$", re.MULTILINE)
ROOMS = ("engine", "pki", "crypto", "compress")
NUMBER = r"(?:UINT64_C\((\d+)\)|(\d+))"
FRAME = re.compile(r"^\s*fun:(\w+)", re.MULTILINE)


def value(text: str) -> int:
    """The value of what C calls `1 << 20`, `16384 + 256` or `7 * 86400`."""
    plain = re.sub(NUMBER, lambda m: m[1] or m[2], text).replace("(", "").replace(")", "")
    if not re.fullmatch(r"[\d\s<+*]+", plain):
        raise ValueError(f"not a plain number: {text}")
    return int(eval(plain, {"__builtins__": {}}))  # digits, <<, + and * alone


def defined(name: str) -> list[int]:
    """The values that the sources give to a constant."""
    pattern = re.compile(rf"\b{name}(?: = |\s+)([\dUINT_C(][^,;}}/\n]*)")
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.[ch]")):
            for match in pattern.finditer(path.read_text(encoding="utf-8")):
                try:
                    found.append(value(match[1].strip()))
                except (ValueError, SyntaxError):
                    continue  # a use, not the definition
    return found


def limits(text: str) -> list[str]:
    """What is wrong with the table."""
    rows = ROW.findall(text)
    problems = [] if len(rows) >= 20 else [f"only {len(rows)} limits were found"]
    for number, name in rows:
        said = int(number.replace(",", ""))
        if said not in defined(name):
            problems.append(f"{name} is {defined(name)}, not {said}")
    return problems


def excused(text: str) -> list[str]:
    """Functions of nettle that are excused and not told."""
    names = set(FRAME.findall((ROOT / "tests/ct/nettle.supp").read_text()))
    return [f"{n} is not told" for n in sorted(names) if f"`{n}`" not in text]


def main() -> None:
    """Check, and leave with the outcome."""
    checks = Checks()
    text = DOC.read_text(encoding="utf-8")
    checks.say("docs/security.md has the limits of the sources", limits(text))
    checks.say("docs/security.md tells what is excused of nettle", excused(text))
    checks.done()


if __name__ == "__main__":
    main()
