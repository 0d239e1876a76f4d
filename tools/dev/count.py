#!/usr/bin/env python3
"""Count the results of test runners out of their JUnit files.

    count.py REPORT.xml...      prints "PASSED FAILED SKIPPED"; stderr tells each failure
                                and why each skipped test was skipped

ctest knows programs, not cases.  A program that printed TAP (cmocka does, if asked) or a
last line 'N passed, N failed, N skipped' is counted by that; any other counts as one.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

TAP = re.compile(r"^(ok|not ok)\b([^\n]*)", re.MULTILINE)
SKIP = re.compile(r"#\s*skip", re.IGNORECASE)
CLOSING = re.compile(
    r"^(?:\S+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$", re.MULTILINE
)


def of_output(text: str) -> list[int] | None:
    """What the program's own output says, or None if it says nothing."""
    closing = CLOSING.findall(text)
    if closing:
        return [int(n or 0) for n in closing[-1]]
    lines = TAP.findall(text)
    if not lines:
        return None
    skipped = sum(bool(SKIP.search(rest)) for _, rest in lines)  # cmocka: not ok # SKIP
    failed = sum(word == "not ok" and not SKIP.search(rest) for word, rest in lines)
    return [len(lines) - failed - skipped, failed, skipped]


def of_case(case: ET.Element) -> list[int]:
    """Passed, failed and skipped of one test case of a report."""
    name = f"{case.get('classname') or ''} {case.get('name')}".strip()
    status = case.get("status")
    bad = case.find("failure") is not None or case.find("error") is not None
    skip = case.find("skipped")
    if skip is not None or status in ("disabled", "notrun"):
        why = (case.findtext("system-out") or "").strip() if status else ""
        why = (
            why or (skip.get("message") if skip is not None else "") or "no reason given"
        )
        print(f"skipped {name}: {why[-400:]}", file=sys.stderr)
        return [0, 0, 1]
    if status is not None:  # ctest
        output = case.findtext("system-out") or ""
        counts = of_output(output) or ([0, 0, 0] if bad else [1, 0, 0])
        if bad and counts[1] == 0:
            counts[1] = 1  # it crashed, ran out of time, or a sanitizer spoke
        for line in output.splitlines() if counts[2] else ():
            if SKIP.search(line):
                print(f"skipped {name}: {line}", file=sys.stderr)
        if counts[1]:
            print(f"FAILED {name}\n{output.strip()[-4000:]}", file=sys.stderr)
        return counts
    if bad:
        element = case.find("failure")
        element = case.find("error") if element is None else element
        text = "" if element is None else element.text or element.get("message") or ""
        print(f"FAILED {name}\n{text.strip()[-4000:]}", file=sys.stderr)
        return [0, 1, 0]
    return [1, 0, 0]


def main(paths: list[str]) -> int:
    total = [0, 0, 0]
    for path in paths:
        try:
            root = ET.parse(Path(path)).getroot()
        except (OSError, ET.ParseError) as error:
            print(f"FAILED {path}: no usable report: {error}", file=sys.stderr)
            total[1] += 1
            continue
        for case in root.iter("testcase"):
            total = [a + b for a, b in zip(total, of_case(case))]
    print(*total)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
