#!/usr/bin/env python3
"""An installation, moved to another place, serves programs as a distribution's would.

check_packaging.py BUILD
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
from sources import prototypes
from tap import ROOT, Checks

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "packaging/program.c"
SAYS = "1 SSL TRANSPORT_NOT_SET"
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
DEVELOPMENT = ("library", "development")


class Failure(Exception):
    """A command failed; the text is what it said."""


def run(command: list[str], **more: object) -> str:
    """A command's output; an exit code other than 0 is a failure."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
    if done.returncode:
        raise Failure(
            f"{' '.join(command)}: exit code {done.returncode}\n"
            + (done.stdout + done.stderr).strip()[-3000:]
        )
    return str(done.stdout).strip()


def version() -> str:
    """The version that CMakeLists.txt states, the only place where it is written."""
    found = re.search(
        r"project\(handfast VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text()
    )
    assert found is not None
    return found.group(1)


class Installation:
    """What `cmake --install` made, below DESTDIR and then moved."""

    def __init__(self, build: Path, place: Path) -> None:
        staged = place / "staged"
        for component in DEVELOPMENT:
            run(
                ["cmake", "--install", str(build), "--component", component],
                env={**os.environ, "DESTDIR": str(staged)},
            )
        pc = next(iter(staged.rglob("handfast.pc")), None)
        if pc is None:
            raise Failure("no handfast.pc was installed")
        header = next(iter(staged.rglob("handfast/handfast.h")))
        self.outside = [str(p) for p in place.iterdir() if p != staged]
        prefix = header.parents[2]
        self.prefix = place / "moved"
        prefix.rename(self.prefix)
        self.pc = self.prefix / pc.relative_to(prefix)
        self.lib = self.pc.parents[1]
        self.include = self.prefix / "include"

    def pkg_config(self, *words: str) -> list[str]:
        """pkg-config's answer, as words, with plain paths."""
        env = {**os.environ, "PKG_CONFIG_PATH": str(self.pc.parent)}
        answer = run(["pkg-config", *words, "handfast"], env=env).split()
        return [
            w[:2] + os.path.normpath(w[2:]) if w[:2] in ("-L", "-I") else w
            for w in answer
        ]

    def says(self, program: Path) -> str:
        """What a program says that finds the library in the installation."""
        return run([str(program)], env={**os.environ, "LD_LIBRARY_PATH": str(self.lib)})


def expect(said: str) -> list[str]:
    """The program's line."""
    wanted = f"{version()} {SAYS}"
    return [] if said == wanted else [f"it said '{said}', not '{wanted}'"]


def needs_handfast(program: Path) -> bool:
    """Whether the loader would look for libhandfast."""
    return "libhandfast" in run(["readelf", "-d", str(program)])


def compile_and_run(
    place: Installation, folder: Path, compiler: str, standard: str
) -> list[str]:
    """A program by pkg-config, with the shared library."""
    out = folder / f"{compiler}-{standard}"
    language = "c++" if "++" in compiler else "c"
    run(
        [
            compiler,
            "-x",
            language,
            f"-std={standard}",
            *WARNINGS,
            *place.pkg_config("--cflags"),
            str(PROGRAM),
            "-x",
            "none",
            "-o",
            str(out),
            *place.pkg_config("--libs"),
        ]
    )
    return expect(place.says(out)) + (
        [] if needs_handfast(out) else ["it is not linked with the library"]
    )


def static_by_pkg_config(place: Installation, folder: Path) -> list[str]:
    """handfast statically, the rest as it comes; then all of it statically."""
    faults = []
    flags = [
        f"-l:lib{w[2:]}.a" if w == "-lhandfast" else w
        for w in place.pkg_config("--static", "--libs")
    ]
    for name, more in (("static", []), ("all-static", ["-static"])):
        out = folder / name
        run(
            [
                "gcc",
                *WARNINGS,
                *place.pkg_config("--static", "--cflags"),
                str(PROGRAM),
                "-o",
                str(out),
                *more,
                *flags,
            ]
        )
        faults += expect(run([str(out)]))
        if needs_handfast(out):
            faults.append(f"{name}: it needs the shared library")
    return faults


def by_cmake(place: Installation, folder: Path) -> list[str]:
    """find_package, C and C++, shared and static."""
    faults = []
    build = folder / "consumer"
    prefix = f"-DCMAKE_PREFIX_PATH={place.prefix}"
    source = str(HERE / "packaging/consumer")
    minor = ".".join(version().split(".")[:2])
    run(["cmake", "-S", source, "-B", str(build), prefix, f"-DWANTED={minor}"])
    run(["cmake", "--build", str(build)])
    for name in ("c_handfast", "cxx_handfast", "c_static", "cxx_static"):
        faults += expect(run([str(build / name)]))
        if needs_handfast(build / name) is name.endswith("static"):
            faults.append(f"{name}: linked with the wrong kind of library")
    try:
        run(["cmake", "-S", source, "-B", str(folder / "other"), prefix, "-DWANTED=99.0"])
        faults.append("a version that is not there was found")
    except Failure as failure:
        if "99.0" not in str(failure):
            faults.append(f"a wrong version fails for another reason: {failure}")
    return faults


def with_openssl(place: Installation, folder: Path) -> list[str]:
    """Both libraries in one process, in both orders of linking."""
    faults = []
    for name, order in (
        ("first", [*place.pkg_config("--libs"), "-l:libssl.so.3", "-l:libcrypto.so.3"]),
        ("last", ["-l:libssl.so.3", "-l:libcrypto.so.3", *place.pkg_config("--libs")]),
    ):
        out = folder / f"both-{name}"
        run(
            [
                "gcc",
                *WARNINGS,
                *place.pkg_config("--cflags"),
                str(HERE / "packaging/both.c"),
                "-o",
                str(out),
                *order,
            ]
        )
        said = place.says(out)
        if said != "2 2 2":
            faults.append(
                f"handfast {name}: it said '{said}', not '2 2 2' (WANT_READ each)"
            )
    return faults


def pc_file(place: Installation) -> list[str]:
    """The .pc says the truth, and nothing of where it was built."""
    faults = []
    said = place.pkg_config("--modversion")
    if said != [version()]:
        faults.append(f"its version is {said}")
    if place.pkg_config("--libs") != [f"-L{place.lib}", "-lhandfast"]:
        faults.append(f"--libs gives {place.pkg_config('--libs')}")
    static = place.pkg_config("--static", "--libs")
    faults += [
        f"--static lacks {w}"
        for w in ("-lhogweed", "-lnettle", "-lgmp")
        if w not in static
    ]
    if place.pkg_config("--cflags") != [f"-I{place.include}"]:
        faults.append(f"--cflags gives {place.pkg_config('--cflags')}")
    return faults


def left_behind(place: Installation, build: Path) -> list[str]:
    """No installed text names the folder it was built in."""
    faults = []
    for path in place.prefix.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.suffix not in {".so", ".a"}:
            text = path.read_bytes()
            if b"\x7fELF" in text[:4]:
                continue
            faults += [
                f"{path.relative_to(place.prefix)} names {word}"
                for word in (str(build), str(ROOT))
                if word.encode() in text
            ]
    return faults


def version_everywhere(place: Installation) -> list[str]:
    """The macros decode to the one version; soname and node fit."""
    faults = []
    major, minor, patch = (int(part) for part in version().split("."))
    decoded = f"""#include <handfast/version.h>
_Static_assert(HF_VERSION_MAJOR == {major} && HF_VERSION_MINOR == {minor}, "parts");
_Static_assert(HF_VERSION_PATCH == {patch}, "patch");
_Static_assert(HF_VERSION_NUMBER == {major << 16 | minor << 8 | patch}, "number");
_Static_assert(HF_VERSION_NUMBER >> 16 == HF_VERSION_MAJOR, "major is the top byte");
_Static_assert((HF_VERSION_NUMBER >> 8 & 255) == HF_VERSION_MINOR, "minor");
_Static_assert((HF_VERSION_NUMBER & 255) == HF_VERSION_PATCH, "patch is the last byte");
_Static_assert(sizeof HF_VERSION_TEXT == sizeof "{version()}", "text");
"""
    syntax = ["gcc", "-std=c11", "-fsyntax-only", "-x", "c", "-"]
    run([*syntax, *place.pkg_config("--cflags")], input=decoded)
    links = sorted(p.name for p in place.lib.glob("libhandfast.so*"))
    soversion = re.search(
        r"set\(HF_SOVERSION (\d+)\)", (ROOT / "CMakeLists.txt").read_text()
    )
    wanted = [
        "libhandfast.so",
        f"libhandfast.so.{soversion.group(1) if soversion else '?'}",
        f"libhandfast.so.{version()}",
    ]
    if links != wanted:
        faults.append(f"the library's files are {links}")
    nodes = re.findall(
        r"^HANDFAST_(\d+)\.(\d+) \{",
        (ROOT / "capi/handfast.map").read_text(),
        re.MULTILINE,
    )
    late = [n for n in nodes if (int(n[0]), int(n[1])) > (major, minor)]
    if not nodes or late:
        faults.append(f"handfast.map has the nodes {nodes}")
    for rockspec in (ROOT / "bindings/lua").glob("*.rockspec"):
        if f"-{version()}-" not in rockspec.name:
            faults.append(f"{rockspec.name} is of another version")
    return faults


def manual(place: Installation) -> list[str]:
    """`man FUNCTION` finds a page for every function, and links lead somewhere."""
    faults = []
    pages = place.prefix / "share/man"
    for name in prototypes(place.include / "handfast"):
        if not (pages / f"man3/{name}.3").is_file():
            faults.append(f"no page {name}(3)")
    for page in pages.rglob("*.3"):
        link = re.fullmatch(r"\.so (\S+)\n", page.read_text(encoding="utf-8"))
        if link and not (pages / link.group(1)).is_file():
            faults.append(f"{page.name} leads to {link.group(1)}, which is not there")
    return faults


def archive(place: Installation) -> list[str]:
    """The static library adds only our own names to a program."""
    faults = []
    for line in run(
        ["nm", "-g", "--defined-only", str(place.lib / "libhandfast.a")]
    ).splitlines():
        words = line.split()
        if len(words) == 3 and not words[2].startswith(("hf_", "hfi_")):
            faults.append(f"it defines {words[2]}")
    return faults


def main() -> None:
    """Install, move, and use."""
    build = Path(sys.argv[1]).resolve()
    checks = Checks()

    def attempt(name: str, check: object, *arguments: object) -> None:
        try:
            checks.say(name, check(*arguments))  # type: ignore[operator]
        except Failure as failure:
            checks.say(name, str(failure).splitlines())

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            place = Installation(build, folder)
        except Failure as failure:
            checks.say("installation", str(failure).splitlines())
            checks.done()
        checks.say(
            "installation with DESTDIR stays below it",
            [f"it also made {p}" for p in place.outside],
        )
        attempt("handfast.pc, after the move", pc_file, place)
        attempt("nothing names the build's folder", left_behind, place, build)
        attempt("one version everywhere", version_everywhere, place)
        attempt("a manual page for every function", manual, place)
        attempt("names in the static library", archive, place)
        for compiler, standard in (
            ("gcc", "c99"),
            ("gcc", "c17"),
            ("g++", "c++17"),
            ("clang", "c99"),
            ("clang++", "c++17"),
        ):
            label = f"a program by pkg-config, {compiler} -std={standard}"
            if shutil.which(compiler):
                attempt(label, compile_and_run, place, folder, compiler, standard)
            else:
                checks.skip(label, f"{compiler} is not installed")
        attempt("a program by pkg-config --static", static_by_pkg_config, place, folder)
        attempt("find_package(handfast)", by_cmake, place, folder)
        if subprocess.run(
            ["gcc", "-shared", "-o", str(folder / "probe.so"), "-l:libssl.so.3"],
            capture_output=True,
            check=False,
        ).returncode:
            checks.skip("OpenSSL in the same process", "libssl.so.3 is not installed")
        else:
            attempt("OpenSSL in the same process", with_openssl, place, folder)
    checks.done()


if __name__ == "__main__":
    main()
