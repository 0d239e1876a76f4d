#!/usr/bin/env python3
"""Run the benchmarks and print one table: best of the rounds, and handfast's ratio.

    ./dev bench [--quick] [--check] [--json FILE] [TABLE]...

TABLE: handshakes, servers, trust, bulk, heap, python; all of them unless said.

Every round measures all libraries once, one after the other.  "best" is the best round of
each; the ratio is best to best, and in brackets the median of the rounds' own ratios.  On
a machine that others use, too, ratios of one run can be compared, and times cannot.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
REFERENCE = "OpenSSL"
OURS = "handfast"
LIBRARIES = [REFERENCE, "GnuTLS", OURS]
FLOORS = {"nettle alone": "nettle", "nettle AEAD": "nettle"}
PARTS = ["handshakes", "servers", "trust", "heap", "bulk", "python"]

# row: ("ratio", at most) to OpenSSL, ("value", at most) in the row's unit, or ("floor",
# at least) as a share of the primitives' own speed.
TARGETS: dict[str, tuple[str, float]] = {
    "client 1.3 P-256": ("ratio", 0.75),
    "client 1.3 P-256, chain seen before": ("ratio", 0.38),
    "client 1.3 RSA-2048": ("ratio", 0.32),
    "client 1.3 resume": ("ratio", 0.65),
    "server 1.3 P-256": ("ratio", 0.85),
    "server 1.3 resume": ("ratio", 0.65),
    "malloc calls in a handshake, server": ("value", 16),
    "heap of an idle connection": ("value", 4500),
    "heap of an idle connection, server": ("value", 3500),
    "bulk AES-128-GCM write": ("floor", 0.9),
    "bulk AES-128-GCM read": ("floor", 0.9),
    "bulk ChaCha20-Poly1305 write": ("floor", 0.9),
    "bulk ChaCha20-Poly1305 read": ("floor", 0.9),
    "malloc calls in a handshake": ("value", 20),
    "heap peak in a handshake": ("value", 16000),
    "heap peak in a handshake, server": ("value", 10000),
    "heap peak, X25519MLKEM768": ("value", 16000),
    "trust store load": ("value", 500),
    "record and timeline, of a resumption": ("value", 3),
    "record and timeline, memory": ("value", 2048),
}
TIMEOUT = 900

Samples = dict[str, dict[str, list[float]]]
Row = dict[str, Any]


class Failure(Exception):
    """A benchmark did not run to its end."""


def run(command: list[str]) -> list[list[str]]:
    """The lines of a program that writes: row, unit, who, value."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(str(error)) from error
    if done.returncode != 0:
        raise Failure(f"{command[0]} failed with {done.returncode}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def python_lines(programs: Path, python: str, rounds: int) -> list[list[str]]:
    """The start of a Python program; nothing where the module is not installed."""
    found = subprocess.run(
        [python, "-c", "import handfast"], capture_output=True, timeout=60
    )
    if found.returncode != 0:
        print(f"bench: python: skipped, {python} has no module handfast", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as directory:
        run([str(programs / "handfast_bench"), "credentials", directory])
        script = str(HERE / "python_start.py")
        return run([python, script, directory, str(rounds)])


def collect(arguments: argparse.Namespace) -> tuple[Samples, dict[str, str]]:
    samples: Samples = {}
    units: dict[str, str] = {}
    programs = arguments.programs
    rounds = 4 if arguments.quick else arguments.rounds
    parts = arguments.parts or PARTS
    timed = [part for part in parts if part in ("handshakes", "servers", "trust", "bulk")]
    lines = []
    if timed:
        program = str(programs / "handfast_bench")
        lines += run([program, "--rounds", str(rounds), *timed])
    if "heap" in parts:
        lines += run([str(programs / "handfast_bench_heap")])
    if "python" in parts:
        lines += python_lines(programs, arguments.python, rounds)
    for row, unit, who, value in lines:
        units[row] = unit
        samples.setdefault(row, {}).setdefault(who, []).append(float(value))
    return samples, units


def more_is_better(unit: str) -> bool:
    return unit == "MB/s"


def summarize(samples: Samples, units: dict[str, str]) -> list[Row]:
    rows = []
    for name, by_library in samples.items():
        best = max if more_is_better(units[name]) else min
        row: Row = {
            "row": name,
            "unit": units[name],
            "best": {who: best(values) for who, values in by_library.items()},
            "median": {
                who: statistics.median(values) for who, values in by_library.items()
            },
        }
        if OURS in by_library and REFERENCE in by_library:
            pairs = zip(by_library[OURS], by_library[REFERENCE])
            row["ratio"] = row["best"][OURS] / row["best"][REFERENCE]
            row["ratio_of_rounds"] = statistics.median(a / b for a, b in pairs)
        floor = next((who for who in FLOORS if who in by_library), None)
        if floor is not None and OURS in by_library:
            if more_is_better(units[name]):
                row["of_primitives"] = row["best"][OURS] / row["best"][floor]
            else:
                row["overhead"] = row["best"][OURS] - row["best"][floor]
        if name in TARGETS:
            kind, limit = TARGETS[name]
            if kind == "floor":
                reached = row.get("of_primitives")
                row["target"] = {"kind": kind, "at_least": limit}
                row["target_met"] = reached is not None and reached >= limit
            else:
                reached = row.get("ratio") if kind == "ratio" else row["best"].get(OURS)
                row["target"] = {"kind": kind, "at_most": limit}
                row["target_met"] = reached is not None and reached <= limit
        rows.append(row)
    return rows


def number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def target_text(row: Row) -> str:
    if "target" not in row:
        return ""
    verdict = "met" if row["target_met"] else "MISSED"
    if row["target"]["kind"] == "floor":
        return f"over nettle >= {row['target']['at_least']:.2f} {verdict}"
    limit = row["target"]["at_most"]
    text = f"{limit:.2f}" if row["target"]["kind"] == "ratio" else f"{limit:,}"
    return f"<= {text} {verdict}"


def print_table(rows: list[Row]) -> None:
    floor = "nettle"
    header = [
        "row",
        "unit",
        *LIBRARIES,
        floor,
        "ratio (of rounds)",
        "over nettle",
        "target",
    ]
    lines = [header]
    for row in rows:
        best = row["best"]
        alone = next((best[who] for who in FLOORS if who in best), None)
        ratio = (
            f"{row['ratio']:.2f} ({row['ratio_of_rounds']:.2f})"
            if "ratio" in row
            else "-"
        )
        over = "-"
        if "overhead" in row:
            over = f"{row['overhead']:+.1f}"
        elif "of_primitives" in row:
            over = f"x {row['of_primitives']:.2f}"
        numbers = [number(best.get(who)) for who in LIBRARIES]
        lines.append(
            [
                row["row"],
                row["unit"],
                *numbers,
                number(alone),
                ratio,
                over,
                target_text(row),
            ]
        )
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        left = [line[0].ljust(widths[0]), line[1].ljust(widths[1])]
        rest = [text.rjust(width) for text, width in zip(line[2:-1], widths[2:-1])]
        print("  ".join([*left, *rest, line[-1]]).rstrip())


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench", description=__doc__.split("\n")[0]
    )
    parser.add_argument(
        "parts", nargs="*", metavar="part", help="of: " + ", ".join(PARTS)
    )
    parser.add_argument(
        "--programs",
        type=Path,
        default=Path("build/bench/bench"),
        help="where the built programs are",
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="4 rounds")
    parser.add_argument("--check", action="store_true", help="fail if a target is missed")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the numbers, too"
    )
    venv = HERE.parent / ".venv/bin/python"
    parser.add_argument(
        "--python",
        default=str(venv) if venv.exists() else sys.executable,
        help="the interpreter that has the module handfast",
    )
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in PARTS]
    if unknown:
        parser.error("unknown part: " + ", ".join(unknown))
    if arguments.rounds < 1:
        parser.error("--rounds is at least 1")
    return arguments


def main() -> int:
    arguments = parse_arguments()
    try:
        samples, units = collect(arguments)
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    rows = summarize(samples, units)
    print_table(rows)
    if arguments.json is not None:
        machine = {"cpus": os.cpu_count(), "machine": platform.machine()}
        arguments.json.write_text(
            json.dumps({"machine": machine, "rows": rows}, indent=1)
        )
    missed = [row["row"] for row in rows if row.get("target_met") is False]
    if missed:
        print("bench: missed: " + ", ".join(missed), file=sys.stderr)
    return 1 if missed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
