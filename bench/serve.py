#!/usr/bin/env python3
"""Measures one ``handfast serve``: memory of idle connections, and what slow clients
cost the others.  On loopback, bounded in count and time; needs the command and
serve_load, which the build makes with -DHF_BUILD_BENCH=ON -DHF_BUILD_TOOLS=ON."""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETTLE = 60.0  # seconds that anything here may take, at most


def memory_of(process: int) -> dict[str, int]:
    """Bytes that the process holds."""
    found = {}
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in {"VmRSS", "RssAnon", "VmHWM"}:
            found[name] = int(value.split()[0]) * 1024
    return found


def memory_afterwards(process: int) -> dict[str, int]:
    """Once the server, too, is through with its clients: when it shrinks no more."""
    found = memory_of(process)
    for _ in range(40):
        time.sleep(0.05)
        later = memory_of(process)
        found = min(found, later, key=lambda memory: memory["VmRSS"])
    return found


@contextlib.contextmanager
def serving(command: str, pki: Path, *options: str) -> Iterator[tuple[int, int]]:
    """A server: its process and its port."""
    certificate = ["--cert", str(pki / "p256.pem"), "--key", str(pki / "p256.key")]
    with subprocess.Popen(
        [command, "serve", "--listen", "127.0.0.1:0", "--json", *certificate, *options],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        first = json.loads(server.stdout.readline())
        try:
            yield server.pid, int(first["places"][0].rpartition(":")[2])
        finally:
            server.terminate()
            server.communicate(timeout=SETTLE)


def measure_idle(command: str, load: str, pki: Path, count: int, version: str) -> dict:
    options = ("--echo", "--idle-timeout", "0", f"--{version}")
    with serving(command, pki, *options) as (process, port):
        before = memory_of(process)
        with subprocess.Popen(
            [load, "idle", str(port), str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as clients:
            assert clients.stdin
            assert clients.stdout
            told = clients.stdout.readline().split()
            if told[:2] != ["connected", str(count)]:
                raise RuntimeError(f"serve_load said {told}")
            during = memory_of(process)
            clients.stdin.write("done\n")
            clients.stdin.flush()
            clients.communicate(timeout=SETTLE)
        after = memory_afterwards(process)
    grown = during["RssAnon"] - before["RssAnon"]
    return {
        "connections": count,
        "version": version,
        "seconds": int(told[3]) / 1000,
        "before": before["VmRSS"],
        "during": during["VmRSS"],
        "most": during["VmHWM"],
        "after": after["VmRSS"],
        "each": grown / count,
    }


def measure_slow(
    command: str, load: str, pki: Path, count: int, seconds: int, hellos: int
) -> dict:
    options = ("--echo", "--idle-timeout", "0", "--handshake-timeout", "3600")
    with serving(command, pki, *options) as (_, port):
        arguments = [load, "slow", *map(str, (port, count, seconds, hellos))]
        done = subprocess.run(
            arguments,
            capture_output=True,
            text=True,
            timeout=SETTLE + 4 * seconds,
            check=True,
        )
    figures: dict = {"slow": count, "of them in the ClientHello": hellos}
    for line in done.stdout.splitlines():
        name, *words = line.split()
        figures[name] = dict(zip(words[::2], map(float, words[1::2]), strict=True))
    return figures


def show_idle(found: dict) -> None:
    print(
        f"{found['connections']} idle connections, {found['version']}: opened in "
        f"{found['seconds']:.1f} s; resident {found['before'] / 1e6:.1f} MB before, "
        f"{found['during'] / 1e6:.1f} MB with them ({found['each'] / 1e3:.1f} kB each), "
        f"{found['most'] / 1e6:.1f} MB at most, {found['after'] / 1e6:.1f} MB when they "
        "are gone"
    )


def show_slow(found: dict) -> None:
    print(
        f"round trips of one client, alone and beside {found['slow']} that send a byte a "
        f"second ({found['of them in the ClientHello']} of them their ClientHello):"
    )
    for name in ("alone", "beside"):
        row = found[name]
        print(
            f"  {name:7} {row['trips']:9.0f} trips   p50 {row['p50']:.0f} us   "
            f"p99 {row['p99']:.0f} us   p99.9 {row['p99.9']:.0f} us   "
            f"most {row['max']:.0f} us"
        )


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--programs", type=Path, required=True, help="of the build")
    arguments.add_argument("--connections", type=int, default=10000)
    arguments.add_argument("--slow", type=int, default=1000)
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--json", type=Path, help="write the numbers there, too")
    arguments.add_argument(
        "--check", action="store_true", help="fail if a bound is missed (docs)"
    )
    given = arguments.parse_args()
    command = str(given.programs / "tools" / "handfast")
    load = str(given.programs / "bench" / "serve_load")
    with tempfile.TemporaryDirectory() as folder:
        pki = Path(folder)
        subprocess.run(["sh", str(ROOT / "tests/support/pki.sh"), folder], check=True)
        idle = [
            measure_idle(command, load, pki, given.connections, version)
            for version in ("tls13", "tls12")
        ]
        slow = measure_slow(
            command, load, pki, given.slow, given.seconds, given.slow // 2
        )
    for found in idle:
        show_idle(found)
    show_slow(slow)
    if given.json:
        given.json.write_text(json.dumps({"idle": idle, "slow": slow}, indent=2) + "\n")
    faults = [
        f"{found['each'] / 1e3:.1f} kB for each idle connection ({found['version']})"
        for found in idle
        if found["each"] > 5000
    ]
    if slow["beside"]["p50"] > 2 * slow["alone"]["p50"]:
        faults.append("slow clients double the time of a round trip")
    if given.check and faults:
        print("missed: " + "; ".join(faults), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
