#!/usr/bin/env python3
"""Sizes, openings and words of the sources, and what is generated from them.

check_sources.py            all files that git knows
check_sources.py --long     also list the functions of more than 60 lines
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from sources import without_comments
from tap import ROOT, Checks

FILE_MAX = 600
FUNCTION_MAX = 60
HEADER_MAX = 800
TEST_MAX = 800  # a list of cases may be longer than what it tests
SIZED = {".c", ".h", ".py", ".lua", ".i", ".sh"}
ROOMS = ("engine/", "crypto/", "compress/", "pki/", "bio/", "capi/", "tools/")
# Tables of numbers and generated files are as long as their subject.
UNSIZED = re.compile(r"vectors\.h$|_ffi\.pyi$|/cdef/")
GENERATED = re.compile(r"generated|made by \S+\.(py|sh)", re.IGNORECASE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
LOCAL = re.compile(r"/(?:home|root|work)/[a-z]|/tmp/[a-z]+/|/bash_job")
BANNED_CALLS = re.compile(
    r"(?<![\w.>])(time|clock|clock_gettime|gettimeofday|read|write|recv|send|getrandom|"
    r"getentropy|rand|random|malloc|calloc|realloc|free|strdup|printf|fprintf|puts|"
    r"putchar|perror|abort|exit|getenv|sprintf|strcpy|strcat|gets|alloca)\s*\("
)
ERROR_ROW = re.compile(r"^X\((\d+), (\w+),", re.MULTILINE)
WITHDRAWN = re.compile(r"Withdrawn: ([\d, ]+)\.")
ERROR_USE = re.compile(r"\bHFI?_E_(\w+)")
FUNCTION = re.compile(
    r"^(?!typedef|struct|enum|union|extern)[a-zA-Z_][^;{}=#]*\)\n\{\n(.*?)^\}",
    re.MULTILINE | re.DOTALL,
)


def known_files() -> list[Path]:
    """What belongs to the project, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = [n for n in listed.stdout.decode().split("\0") if n]
    else:
        names = [
            p.relative_to(ROOT).as_posix()
            for top in (
                *ROOMS,
                "docs/",
                "tests/",
                "fuzz/",
                "bench/",
                "bindings/",
                "cmake/",
            )
            for p in (ROOT / top).rglob("*")
            if p.is_file() and "__pycache__" not in p.parts
        ]
    return [Path(n) for n in sorted(set(names)) if (ROOT / n).is_file()]


def text_of(path: Path) -> str | None:
    """A file's text, None for one that is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def too_long(files: list[Path]) -> list[str]:
    """Files that should be two."""
    faults = []
    for path in files:
        if path.suffix not in SIZED or UNSIZED.search(path.as_posix()):
            continue
        text = text_of(path) or ""
        if GENERATED.search(text[:400]):
            continue
        lines = text.count("\n")
        most = FILE_MAX
        if path.as_posix().startswith("capi/include/"):
            most = HEADER_MAX
        elif path.as_posix().startswith("tests/"):
            most = TEST_MAX
        if lines > most:
            faults.append(f"{path} has {lines} lines, more than {most}")
    return faults


def long_functions(files: list[Path]) -> list[str]:
    """Functions to be talked about."""
    found = []
    for path in files:
        if path.suffix != ".c":
            continue
        text = without_comments(text_of(path) or "")
        for match in FUNCTION.finditer(text):
            lines = match.group(1).count("\n")
            if lines > FUNCTION_MAX:
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path}:{line}: a function of {lines} lines")
    return found


def openings(files: list[Path]) -> list[str]:
    """C files of the rooms that do not begin with their name and purpose."""
    faults = []
    for path in files:
        name = path.as_posix()
        if path.suffix not in {".c", ".h"} or not name.startswith(ROOMS):
            continue
        first = (text_of(path) or "").split("\n", 1)[0]
        short = name.removeprefix("capi/include/")
        if not first.startswith((f"/* {name}", f"/* {short}")):
            faults.append(f"{path} begins with: {first[:60]}")
    return faults


def forbidden_calls(text: str) -> list[str]:
    """Calls that the engine may not make, in one file's code."""
    return BANNED_CALLS.findall(without_comments(text, literals=False))


def engine_calls(files: list[Path]) -> list[str]:
    """Clock, entropy, memory and files are given to the engine, never taken by it."""
    faults = []
    for path in files:
        if path.parts[0] == "engine" and path.suffix in {".c", ".h"}:
            for call in forbidden_calls(text_of(path) or ""):
                faults.append(f"{path} calls {call}()")
    return faults


def local_paths(files: list[Path]) -> list[str]:
    """Paths of one machine, which mean nothing on another."""
    faults = []
    for path in files:
        if path.name == Path(__file__).name:
            continue
        for number, line in enumerate((text_of(path) or "").splitlines(), 1):
            if LOCAL.search(line):
                faults.append(f"{path}:{number}: {line.strip()[:80]}")
    return faults


def dead_links(files: list[Path]) -> list[str]:
    """Links of the documents to files that are not there."""
    faults = []
    for path in files:
        if path.suffix != ".md":
            continue
        for target in LINK.findall(text_of(path) or ""):
            place = (ROOT / path).parent / target.split("#")[0]
            if (
                not target.startswith(("http:", "https:", "#", "mailto:"))
                and not place.exists()
            ):
                faults.append(f"{path}: {target} is not there")
    return faults


def licence() -> list[str]:
    """The licence is there, whole, and every package names it."""
    faults = []
    text = (
        (ROOT / "LICENSE").read_text(encoding="utf-8")
        if (ROOT / "LICENSE").is_file()
        else ""
    )
    for part in (
        "Apache License",
        "Version 2.0, January 2004",
        "END OF TERMS AND CONDITIONS",
    ):
        if part not in text:
            faults.append(f"LICENSE lacks '{part}'")
    for name in (
        "pyproject.toml",
        *(p.name for p in (ROOT / "bindings/lua").glob("*.rockspec")),
    ):
        place = ROOT / name if name == "pyproject.toml" else ROOT / "bindings/lua" / name
        if place.is_file() and not re.search(
            r"Apache[- ](License )?2\.0", place.read_text()
        ):
            faults.append(f"{name} does not name the licence")
    return faults


def guards(files: list[Path]) -> list[str]:
    """Headers are guarded under one name each."""
    faults, seen = [], {}
    for path in files:
        if path.suffix != ".h" or not path.as_posix().startswith(ROOMS):
            continue
        match = re.search(
            r"^#ifndef (\w+)\n#define \1$", text_of(path) or "", re.MULTILINE
        )
        if match is None:
            faults.append(f"{path} has no include guard")
        elif match.group(1) in seen:
            faults.append(
                f"{path} and {seen[match.group(1)]} share the guard {match.group(1)}"
            )
        else:
            seen[match.group(1)] = path
    return faults


def stale() -> list[str]:
    """Generated files are what their generators make today."""
    target = "capi/include/handfast/error_codes.h"
    run = subprocess.run(
        [sys.executable, "tools/generate/error_codes.py", "--check", target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if run.returncode == 0 else [(run.stdout + run.stderr).strip()]


def error_faults(table: str, code: str) -> list[str]:
    """Rows of the table that no code gives, and numbers that were taken back."""
    rows = ERROR_ROW.findall(table)
    used = set(ERROR_USE.findall(without_comments(code, literals=False)))
    gone = {n.strip() for m in WITHDRAWN.findall(table) for n in m.split(",")}
    return [f"nothing gives {name}" for _, name in rows if name not in used] + [
        f"{name} has the withdrawn number {number}"
        for number, name in rows
        if number in gone
    ]


def errors(files: list[Path]) -> list[str]:
    """Every error that is promised can happen."""
    code = [
        text_of(path) or ""
        for path in files
        if path.suffix in {".c", ".h"}
        and path.as_posix().startswith(ROOMS)
        and path.name != "error_codes.h"
    ]
    table = (ROOT / "engine/base/errors.def").read_text(encoding="utf-8")
    return error_faults(table, "\n".join(code))


def self_test() -> list[str]:
    """The patterns find what they are for."""
    faults = []
    if forbidden_calls("x = malloc (3); /* free() */ a->read(b); hfi_wipe(time(0));") != [
        "malloc",
        "time",
    ]:
        faults.append("forbidden calls are not recognised")
    if not LOCAL.search("see /ho" + "me/someone") or LOCAL.search("/usr/share/doc"):
        faults.append("local paths are not recognised")
    table = "/* Withdrawn: 2, 4. */\nX(1, A, B)\nX(2, C, B)\nX(3, D, B)\n"
    if error_faults(table, "return HFI_E_A; /* HFI_E_D */ case HF_E_C:") != [
        "nothing gives D",
        "C has the withdrawn number 2",
    ]:
        faults.append("unused errors are not recognised")
    body = "static int f(void)\n{\n" + "    x;\n" * 61 + "}\n"
    if [m.group(1).count("\n") for m in FUNCTION.finditer(body)] != [61]:
        faults.append("functions are not measured")
    return faults


def main() -> None:
    """Check the sources."""
    files = known_files()
    checks = Checks()
    checks.say("these checks can fail", self_test())
    checks.say(f"no file is longer than {FILE_MAX} lines", too_long(files))
    checks.say("every C file begins with its name and purpose", openings(files))
    checks.say("headers have guards of their own", guards(files))
    checks.say("the engine takes nothing from the system by itself", engine_calls(files))
    checks.say("every error of errors.def is given by some code", errors(files))
    checks.say("no path of one machine", local_paths(files))
    checks.say("links between the documents", dead_links(files))
    checks.say("the licence", licence())
    checks.say("generated files are fresh", stale())
    found = long_functions(files)
    print(f"# {len(found)} functions have more than {FUNCTION_MAX} lines")
    if "--long" in sys.argv:
        for line in found:
            print(f"#   {line}")
    checks.done()


if __name__ == "__main__":
    main()
