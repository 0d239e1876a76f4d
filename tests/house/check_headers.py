#!/usr/bin/env python3
"""Each public header compiles by itself, in every language it promises.

check_headers.py INCLUDE...      folders with handfast/*.h, the generated one too
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tap import ROOT, Checks

C_FLAGS = [
    "-Wall",
    "-Wextra",
    "-pedantic",
    "-Werror",
    "-Wshadow",
    "-Wundef",
    "-fsyntax-only",
]
LANGUAGES = [
    ("gcc", "c", "c99"),
    ("gcc", "c", "c11"),
    ("gcc", "c", "c17"),
    ("g++", "c++", "c++17"),
    ("clang", "c", "c99"),
    ("clang", "c", "c11"),
    ("clang", "c", "c17"),
    ("clang++", "c++", "c++17"),
]
STRICT_C = ["-Wstrict-prototypes", "-Wmissing-prototypes"]
INSIDE = ["gcc", "-x", "c", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
EXPORTED = re.compile(r"HF_[A-Z]|HANDFAST_|hf_[a-z]")


def headers(folders: list[str]) -> list[str]:
    """The names that a program includes."""
    found = {
        f"handfast/{path.name}"
        for folder in folders
        for path in (Path(folder) / "handfast").glob("*.h")
    }
    return sorted(found)


def compile_alone(
    compiler: str, language: str, standard: str, folders: list[str], source: Path
) -> str:
    """What the compiler says, empty if it is content."""
    flags = C_FLAGS + (STRICT_C if language == "c" else [])
    run = subprocess.run(
        [
            compiler,
            "-x",
            language,
            f"-std={standard}",
            *flags,
            *(f"-I{folder}" for folder in folders),
            str(source),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return (
        "" if run.returncode == 0 else run.stderr.strip() or f"exit code {run.returncode}"
    )


def internal(folders: list[str]) -> list[str]:
    """Headers inside that need another one to come before them."""
    faults = []
    roots = [*folders, str(ROOT), str(ROOT / "engine")]
    for room in ("engine", "crypto", "compress", "pki", "bio", "capi"):
        for header in sorted((ROOT / room).rglob("*.h")):
            if "include" in header.relative_to(ROOT).parts:
                continue
            run = subprocess.run(
                [*INSIDE, *(f"-I{root}" for root in roots), "-"],
                input=f'#include "{header}"\n#include "{header}"\n',
                capture_output=True,
                text=True,
                check=False,
            )
            if run.returncode:
                faults.append(f"{header.relative_to(ROOT)}: {run.stderr.strip()[:300]}")
    return faults


def macros(folders: list[str]) -> list[str]:
    """Macros that handfast adds to those of a program: they must be recognisably ours."""

    def defined(text: str) -> set[str]:
        run = subprocess.run(
            [
                "gcc",
                "-x",
                "c",
                "-std=c11",
                "-dM",
                "-E",
                "-",
                *(f"-I{f}" for f in folders),
            ],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        )
        return {line.split()[1].split("(")[0] for line in run.stdout.splitlines()}

    plain = defined("#include <stddef.h>\n#include <stdint.h>\n")
    ours = defined("#include <handfast/handfast.h>\n") - plain
    if len(ours) < 100:
        return ["too few macros were found"]
    return [
        f"the macro {name} is not ours by its name"
        for name in sorted(ours)
        if not EXPORTED.match(name)
    ]


def main() -> None:
    """Check all headers with all compilers that are here."""
    folders = sys.argv[1:]
    checks = Checks()
    names = headers(folders)
    checks.say("headers were found", [] if len(names) >= 9 else f"only {names}")
    with tempfile.TemporaryDirectory() as folder:
        for compiler, language, standard in LANGUAGES:
            label = f"each header alone as {standard} with {compiler}"
            if shutil.which(compiler) is None:
                checks.skip(label, f"{compiler} is not installed")
                continue
            faults = []
            for name in names:
                source = Path(folder) / "alone.c"
                # Twice: the guard is part of standing alone.
                source.write_text(
                    f"#include <{name}>\n#include <{name}>\nextern int nothing;\n"
                )
                said = compile_alone(compiler, language, standard, folders, source)
                if said:
                    faults.append(f"{name}: {said}")
            checks.say(label, faults)
    checks.say("each header inside alone", internal(folders))
    checks.say("macros bear our prefix", macros(folders))
    checks.done()


if __name__ == "__main__":
    main()
