#!/usr/bin/env python3
"""The built library from outside: what it exports, needs and keeps.

    check_symbols.py LIBRARY BUILD INCLUDE...

LIBRARY is libhandfast.so; the folder BUILD holds the object files it was made from.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from sources import prototypes
from tap import ROOT, Checks

NODE = re.compile(r"^HANDFAST_(?:\d+\.\d+|UNSTABLE)$")
# What a shared object may need: our provider's libraries and the C library.
NEEDED = re.compile(
    r"^(libhandfast|libnettle|libhogweed|libgmp|libidn2|libsodium|libbrotlidec|libbrotlienc|libzstd|libz|libc|libpthread|ld-linux\S*)\.so"
)
# The engine's own needs from the C library: memory and text functions without state;
# bcmp is what clang makes of a memcmp that only asks for equality.
ENGINE_MAY = re.compile(
    r"^(hfi_\w+|mem(cpy|move|set|cmp|chr)|bcmp|str(len|nlen|cmp|ncmp|chr)|(__)?v?snprintf(_chk)?|"
    r"__(memcpy|memset|memmove)_chk|__stack_chk_fail|__assert_fail|explicit_bzero|"
    r"_GLOBAL_OFFSET_TABLE_)$"
)
# Nothing of ours may take the place of, or wrap, a function of the system.
NEVER = {
    "atexit",
    "on_exit",
    "signal",
    "sigaction",
    "__malloc_hook",
    "dlopen",
    "dlsym",
    "system",
    "popen",
    "exit",
    "_exit",
    "quick_exit",
    "printf",
    "fprintf",
    "puts",
    "setenv",
    "putenv",
    "srand",
    "rand",
    "random",
    "gethostbyname",
    "localtime",
    "strtok",
    "setlocale",
}


def output(*command: str) -> str:
    """A tool's output."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def exported(library: str) -> dict[str, str]:
    """Each exported name with its version node, '' if it has none."""
    found = {}
    for line in output(
        "nm", "-D", "--defined-only", "--with-symbol-versions", library
    ).splitlines():
        _, kind, name = line.split()[-3:]
        symbol, _, node = name.partition("@")
        if kind == "A":  # the nodes themselves
            continue
        found[symbol] = node.lstrip("@")
    return found


def undefined(path: str, dynamic: bool) -> list[str]:
    """Names that must come from elsewhere."""
    flags = ["-D"] if dynamic else []
    lines = output("nm", *flags, "--undefined-only", path).splitlines()
    return [line.split()[-1].split("@")[0] for line in lines if line.startswith(" ")]


def listed() -> list[str]:
    """capi/symbols.txt: a name a line, in order."""
    lines = (ROOT / "capi/symbols.txt").read_text(encoding="utf-8").splitlines()
    return [
        line.split()[0] for line in lines if line.strip() and not line.startswith("#")
    ]


def differences(
    left: set[str], right: set[str], left_name: str, right_name: str
) -> list[str]:
    """Both directions of a difference, in words."""
    return [
        f"{n} is in {left_name}, not in {right_name}" for n in sorted(left - right)
    ] + [f"{n} is in {right_name}, not in {left_name}" for n in sorted(right - left)]


def objects(folder: str) -> list[Path]:
    """The library's object files; other builds may lie below the same folder."""
    build = Path(folder)
    return sorted(
        p
        for part in ("CMakeFiles/hf_core.dir", "capi/CMakeFiles/hf_capi.dir")
        for p in (build / part).rglob("*.o")
    )


def mutable_globals(paths: list[Path]) -> list[str]:
    """Variables that could carry state from one connection to another."""
    faults = []
    for path in paths:
        for line in output("nm", "--defined-only", str(path)).splitlines():
            kind, name = line.split()[-2:]
            # 'd' with a .data.rel.ro section is constant once loaded: nm -C says 'd' for
            # both, so the section decides.
            if kind in "bBcCgGsS":
                faults.append(f"{path.name}: {name} is zero-initialised and writable")
            elif kind in "dD" and name not in read_only(path):
                faults.append(f"{path.name}: {name} is initialised and writable")
    return faults


def read_only(path: Path) -> set[str]:
    """Names in .data.rel.ro, which the loader makes constant."""
    found = set()
    for line in output("objdump", "-t", str(path)).splitlines():
        if ".data.rel.ro" in line:
            found.add(line.split()[-1])
    return found


def sections(paths: list[Path]) -> list[str]:
    """Code that would run at load or exit, thread-local storage."""
    faults = []
    for path in paths:
        for line in output("objdump", "-h", str(path)).splitlines():
            words = line.split()
            if (
                len(words) > 2
                and re.match(r"\.(init|fini|ctors|dtors|preinit|tdata|tbss)", words[1])
                and int(words[2], 16)
            ):
                faults.append(f"{path.name} has a section {words[1]}")
    return faults


def engine_needs(paths: list[Path]) -> list[str]:
    """The engine takes no clock, entropy, memory or file from the system."""
    faults, seen = [], 0
    for path in paths:
        if "/engine/" in path.as_posix():
            seen += 1
            for name in undefined(str(path), dynamic=False):
                if not ENGINE_MAY.match(name):
                    faults.append(f"{path.name} needs {name}")
    if seen <= 20:
        faults.append(f"only {seen} of the engine's objects were found")
    return faults


def hardening(library: str) -> list[str]:
    """No executable stack, no text relocations, a soname."""
    dynamic = output("readelf", "-dW", library)
    faults = []
    if "TEXTREL" in dynamic:
        faults.append("it has text relocations")
    if not re.search(r"SONAME.*\[libhandfast\.so\.\d+\]", dynamic):
        faults.append("it has no soname libhandfast.so.N")
    for stack in re.findall(r"GNU_STACK.*", output("readelf", "-lW", library)):
        if "RWE" in stack:
            faults.append("its stack is executable")
    for needed in re.findall(r"NEEDED.*\[(.*)\]", dynamic):
        if not NEEDED.match(needed):
            faults.append(f"it needs {needed}")
    return faults


GUILTY = """
#include <time.h>
static int count;
static int step = 2;
static const char *const names[] = {"a", "b"};
__thread int mine;
__attribute__((constructor)) static void begin(void) { count = step; }
long hfi_now(void) { count += step; mine++; return time(0) + count + *names[mine % 2]; }
"""


def self_test() -> list[str]:
    """An object with all the faults is not passed."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "engine"
        place.mkdir()
        (place / "guilty.c").write_text(GUILTY)
        guilty = place / "guilty.o"
        output("gcc", "-fPIC", "-c", "-o", str(guilty), str(place / "guilty.c"))
        globals_found = mutable_globals([guilty])
        found = [*globals_found, *sections([guilty]), *engine_needs([guilty])]
    wanted = ("count is zero", "step is init", ".init_array", ".tbss", "needs time")
    faults = [f"not noticed: {w}" for w in wanted if not any(w in f for f in found)]
    return faults + [f for f in globals_found if "names" in f]


def main() -> None:
    """Check the library."""
    library, folder, *includes = sys.argv[1:]
    checks = Checks()
    checks.say("these checks can fail", self_test())
    names = exported(library)
    declared = {
        name for include in includes for name in prototypes(Path(include) / "handfast")
    }
    order = listed()
    checks.say(
        "capi/symbols.txt is sorted, without doubles",
        [] if order == sorted(set(order)) else "it is not",
    )
    checks.say(
        "the library exports capi/symbols.txt exactly",
        differences(set(names), set(order), "the library", "capi/symbols.txt"),
    )
    checks.say(
        "the headers declare what the library exports",
        differences(set(names), declared, "the library", "the headers"),
    )
    checks.say("only hf_ names", [n for n in names if not n.startswith("hf_")])
    checks.say(
        "every name is in a version node",
        [f"{n}: '{v}'" for n, v in names.items() if not NODE.match(v)],
    )
    checks.say(
        "nothing that disturbs a process is called",
        [f"it needs {n}" for n in undefined(library, dynamic=True) if n in NEVER],
    )
    paths = objects(folder)
    checks.say(
        "object files were found", [] if len(paths) > 60 else f"{len(paths)} in {folder}"
    )
    checks.say("no writable global state", mutable_globals(paths))
    checks.say(
        "nothing runs at load or exit, nothing belongs to a thread", sections(paths)
    )
    checks.say("the engine needs nothing from the system", engine_needs(paths))
    checks.say("soname, needs and hardening", hardening(library))
    checks.done()


if __name__ == "__main__":
    main()
