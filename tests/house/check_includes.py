#!/usr/bin/env python3
"""Every #include against the table of who may include whom (rooms.json)."""

from __future__ import annotations

import fnmatch
import json
import re
from pathlib import Path

from sources import without_comments
from tap import ROOT, Checks

TABLE = json.loads((Path(__file__).parent / "rooms.json").read_text(encoding="utf-8"))
ROOMS: dict[str, dict[str, list[str] | None]] = TABLE["rooms"]
INCLUDE = re.compile(r"^[ \t]*[#%][ \t]*include[ \t]*(.*)$", re.MULTILINE)
NAMED = re.compile(r'([<"])([^>"]+)[>"]')
SUFFIXES = {".c", ".h", ".def", ".i"}
TOPS = ("engine", "crypto", "compress", "pki", "bio", "capi", "tools", "bindings")


def room_of(path: Path) -> str | None:
    """The room that a file lies in: the longest name that its folder begins with."""
    folder = path.parent.as_posix()
    if folder.startswith("capi/include"):
        return "public"
    fitting = [room for room in ROOMS if (folder + "/").startswith(room + "/")]
    return max(fitting, key=len, default=None)


def target_room(including: Path, name: str) -> str | None:
    """The room of the included file, or None if it is not one of ours."""
    if name.startswith("handfast/"):
        return "public"
    for place in (including.parent, Path("engine"), Path()):
        candidate = place / name
        if (ROOT / candidate).is_file():
            return room_of(candidate)
    return None


def problem(including: Path, room: str, bracket: str, name: str) -> str | None:
    """What is wrong with one include, or None."""
    own = TABLE["files"].get(including.as_posix(), {}).get("rooms", [])
    allowed = ROOMS[room]
    target = target_room(including, name)
    if target is not None:
        if target == room or target in (allowed["rooms"] or []) or target in own:
            return None
        return f"{including}: {room} may not include {target} ({name})"
    if bracket == '"' and not name.endswith((".c", "_ffi.h")):
        return f"{including}: {name} does not exist"
    system = allowed["system"]
    if system is None or name in TABLE["plain"]:
        return None
    if any(fnmatch.fnmatch(name, pattern) for pattern in system):
        return None
    return f"{including}: {room} may not include <{name}>"


def files() -> list[Path]:
    """All sources below the rooms, relative to the root."""
    found = []
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                found.append(path.relative_to(ROOT))
    return found


def self_test() -> list[str]:
    """Forbidden includes are noticed, and allowed ones are not."""
    cases = [
        ("engine/msg/server_hello.c", '"', "handshake/machine.h", False),
        ("engine/record/record.c", '"', "conn/conn.h", False),
        ("engine/base/err.c", "<", "time.h", False),
        ("pki/verify.c", "<", "nettle/rsa.h", False),
        ("tools/handfast/main.c", '"', "engine/base/err.h", False),
        ("crypto/nettle/rsa.c", "<", "nettle/rsa.h", True),
        ("engine/conn/conn.c", '"', "record/record.h", True),
    ]
    return [
        f"{path}: {name} is judged wrongly"
        for path, bracket, name, allowed in cases
        if (problem(Path(path), room_of(Path(path)) or "", bracket, name) is None)
        is not allowed
    ]


def undescribed() -> list[str]:
    """Rooms that the page on architecture does not speak of, and the other way round."""
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    named = {
        n.rstrip("/")
        for row in rows
        for n in re.findall(r"`([^`]+/)`", row.split("|")[1])
    }
    named -= {"fuzz", "bench"} | {n for n in named if n.startswith("tests")}
    rooms = set(ROOMS) - {"public"}
    return [f"{n} is only in docs/architecture.md" for n in sorted(named - rooms)] + [
        f"{n} is only in rooms.json" for n in sorted(rooms - named)
    ]


def main() -> None:
    """Check all files, room by room."""
    checks = Checks()
    checks.say("these checks can fail", self_test())
    problems: dict[str, list[str]] = {room: [] for room in ROOMS}
    counts = dict.fromkeys(ROOMS, 0)
    lost = []
    for path in files():
        room = room_of(path)
        if room is None:
            lost.append(f"{path} lies in no room of rooms.json")
            continue
        text = without_comments((ROOT / path).read_text(encoding="utf-8"))
        for line in INCLUDE.findall(text):
            named = NAMED.match(line.strip())
            if named is None:
                problems[room].append(f"{path}: an include without a name: {line}")
                continue
            counts[room] += 1
            fault = problem(path, room, named.group(1), named.group(2))
            if fault:
                problems[room].append(fault)
    checks.say("every source lies in a room", lost)
    for room, faults in problems.items():
        if counts[room] or faults:
            checks.say(f"includes of {room} ({counts[room]})", faults)
    checks.say("docs/architecture.md names the same rooms", undescribed())
    checks.say(
        "the table was put to use",
        [] if sum(counts.values()) > 100 else "no include read",
    )
    checks.done()


if __name__ == "__main__":
    main()
