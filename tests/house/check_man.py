#!/usr/bin/env python3
"""The manual: complete, true to the headers, well-formed, and with examples that compile.

check_man.py INCLUDE...
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from sources import Prototype, normal, prototypes
from tap import ROOT, Checks

MAN = ROOT / "docs/man"
BLOCK = re.compile(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", re.MULTILINE | re.DOTALL)
COMPILERS = [("gcc", "c99"), ("gcc", "c17"), ("clang", "c11")]
ERROR_IN_HEADER = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")


@dataclass
class Page:
    """One page: its names, what its SYNOPSIS declares, its text."""

    path: Path
    names: list[str] = field(default_factory=list)
    declared: dict[str, Prototype] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole page."""
        return self.path.read_text(encoding="utf-8")


def arguments(line: str) -> list[str]:
    """The words of a macro line; quotes hold words together."""
    return [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', line)]


def read_synopsis(page: Page, text: str) -> None:
    """Functions out of .Ft, .Fn, .Fo, .Fa and .Fc."""
    result, name, given = "", "", []
    for line in text.splitlines():
        macro, _, rest = line.partition(" ")
        words = arguments(rest)
        if macro == ".Ft":
            result = " ".join(words)
        elif macro == ".Fn" and words:
            page.declared[words[0]] = Prototype(
                words[0],
                normal(result),
                tuple(normal(w) for w in words[1:]),
                page.path.name,
            )
        elif macro == ".Fo":
            name, given = words[0], []
        elif macro == ".Fa":
            given += words
        elif macro == ".Fc":
            page.declared[name] = Prototype(
                name, normal(result), tuple(normal(w) for w in given), page.path.name
            )


def read_page(path: Path) -> Page:
    """Parse what the checks need."""
    page = Page(path)
    for part in re.split(r"^\.Sh ", page.text, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        page.sections[title.strip()] = body
    for line in page.sections.get("NAME", "").splitlines():
        if line.startswith(".Nm"):
            page.names.append(line.split()[1])
    read_synopsis(page, page.sections.get("SYNOPSIS", ""))
    return page


def against_headers(pages: list[Page], real: dict[str, Prototype]) -> list[str]:
    """Prototypes in the pages are those of the headers; none lacks, none is made up."""
    faults, places = [], {}
    for page in pages:
        for name, shown in page.declared.items():
            if name in places:
                faults.append(
                    f"{name} is declared in {places[name]} and {page.path.name}"
                )
            places[name] = page.path.name
            if name not in real:
                faults.append(f"{page.path.name}: {name} does not exist")
            elif (shown.result, shown.arguments) != (
                real[name].result,
                real[name].arguments,
            ):
                faults.append(
                    f"{page.path.name}: {name} is {real[name].result} "
                    f"({', '.join(real[name].arguments)}) in {real[name].header}"
                )
            if name not in page.names:
                faults.append(f"{page.path.name}: {name} is not in NAME")
        faults += [
            f"{page.path.name}: NAME has {n}, SYNOPSIS has not"
            for n in page.names
            if n.startswith("hf_") and n not in page.declared and n != page.path.stem
        ]
    faults += [
        f"{name} ({real[name].header}) has no page"
        for name in sorted(real)
        if name not in places
    ]
    return faults


def links(pages: list[Page]) -> list[str]:
    """Every .Xr to a page of ours finds it."""
    known = {n for page in pages for n in page.names} | {page.path.stem for page in pages}
    faults = []
    for page in pages:
        for name, section in re.findall(r"^\.Xr (\S+) (\S+)", page.text, re.MULTILINE):
            if (name.startswith(("hf_", "handfast"))) and name not in known:
                faults.append(f"{page.path.name}: no page {name}({section})")
    return faults


def mentions(
    pages: list[Page], real: dict[str, Prototype], header_text: str
) -> list[str]:
    """Every function, macro and constant that a page speaks of exists."""
    faults = []
    for page in pages:
        for name in sorted(set(re.findall(r"\bHF_[A-Z0-9_]*[A-Z0-9]\b", page.text))):
            if (
                not re.search(rf"\b{name}\b", header_text)
                and f".Dt {name} " not in page.text
            ):
                faults.append(f"{page.path.name}: no such constant {name}")
        for name in sorted(set(re.findall(r"^\.Fn (hf_\w+)", page.text, re.MULTILINE))):
            if name not in real:
                faults.append(f"{page.path.name}: no such function {name}")
    return faults


def documented_errors(folder: Path) -> dict[str, set[str]]:
    """For each function, the error codes that the comment above it names."""
    codes = set(re.findall(r"#define HF_E_(\w+)", (folder / "error_codes.h").read_text()))
    found: dict[str, set[str]] = {}
    for header in folder.glob("*.h"):
        for comment, name in re.findall(
            r"/\*\*((?:(?!\*/).)*)\*/\s*HF_API[^;(]*?\b(hf_\w+)\(",
            header.read_text(),
            re.DOTALL,
        ):
            found[name] = {
                word.removeprefix("HF_E_") for word in ERROR_IN_HEADER.findall(comment)
            } & codes
    return found


def errors_named(pages: list[Page], folders: list[Path]) -> list[str]:
    """RETURN VALUES or ERRORS name what the header's comment names."""
    faults = []
    for folder in folders:
        if not (folder / "error_codes.h").is_file():
            continue
        for name, codes in documented_errors(folder).items():
            for page in pages:
                if name not in page.declared:
                    continue
                told = page.sections.get("RETURN VALUES", "") + page.sections.get(
                    "ERRORS", ""
                )
                function = page.declared[name]
                if function.result not in ("hf_status", "int") and not any(
                    "hf_status *" in parameter for parameter in function.arguments
                ):
                    told = ""  # its comment names codes as examples
                told += page.sections["DESCRIPTION"]
                faults += [
                    f"{page.path.name}: {name} may give {c}, which is not told"
                    for c in sorted(codes)
                    if c not in told
                ]
    return faults


def structure(pages: list[Page]) -> list[str]:
    """Sections that every page of a function has."""
    faults = []
    for page in pages:
        wanted = ["NAME", "SYNOPSIS", "DESCRIPTION", "SEE ALSO"]
        if page.path.suffix == ".3":
            wanted.append("RETURN VALUES")
        else:
            wanted.append("EXIT STATUS")
        if page.path.stem == "handfast" and page.path.suffix == ".3":
            wanted.remove("RETURN VALUES") if not page.declared else None
        faults += [
            f"{page.path.name} has no section {s}"
            for s in wanted
            if s not in page.sections
        ]
        if not page.names:
            faults.append(f"{page.path.name}: nothing is in NAME")
    return faults


def lint(pages: list[Page]) -> list[str]:
    """What mandoc has against the pages."""
    run = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning", *(str(p.path) for p in pages)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
    return (
        said if said or run.returncode == 0 else [f"mandoc: exit code {run.returncode}"]
    )


def too_wide(pages: list[Page]) -> list[str]:
    """Lines that do not fit 80 columns."""
    faults = []
    for page in pages:
        run = subprocess.run(
            ["mandoc", "-T", "utf8", "-O", "width=80", str(page.path)],
            capture_output=True,
            text=True,
            check=False,
        )
        for line in re.sub(r".\x08", "", run.stdout).splitlines():
            if len(line) > 80:
                faults.append(f"{page.path.name}: {line.strip()}")
    return faults


def examples(page: Page) -> list[str]:
    """The programs in EXAMPLES, as a reader would copy them."""
    found = []
    for block in BLOCK.findall(page.sections.get("EXAMPLES", "")):
        text = re.sub(r"^\\&", "", block, flags=re.MULTILINE)
        found.append(text.replace("\\e", "\\").replace("\\-", "-").replace("\\(aq", "'"))
    return [e for e in found if "#include" in e]


def compiled(page: Page, folders: list[str]) -> list[str]:
    """Every example compiles without a warning."""
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        for number, example in enumerate(examples(page), 1):
            source = Path(folder) / "example.c"
            source.write_text(example)
            for compiler, standard in COMPILERS:
                if shutil.which(compiler) is None:
                    continue
                run = subprocess.run(
                    [
                        compiler,
                        f"-std={standard}",
                        "-D_POSIX_C_SOURCE=200809L",
                        "-Wall",
                        "-Wextra",
                        "-pedantic",
                        "-Werror",
                        "-O2",
                        *(f"-I{f}" for f in folders),
                        "-c",
                        str(source),
                        "-o",
                        str(Path(folder) / "example.o"),
                    ],
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if run.returncode:
                    faults.append(
                        f"example {number}, {compiler} {standard}: {run.stderr.strip()}"
                    )
    return faults


def command_options() -> list[str]:
    """The command's options and exit codes stand in its page and in its guide."""
    source = "".join(
        (ROOT / "tools/handfast" / f"{name}.c").read_text(encoding="utf-8")
        for name in ("options", "serve_options", "verify")
    )
    codes = (ROOT / "tools/handfast/command.h").read_text(encoding="utf-8")
    page = (MAN / "handfast.1").read_text(encoding="utf-8")
    guide = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    options = re.findall(r'\{"([a-z0-9-]+)", (?:no|required|optional)_argument', source)
    numbers = re.findall(r"^    CLI_[A-Z_]+ = (\d+)", codes, re.MULTILINE)
    faults = (
        [] if len(options) > 5 and len(numbers) > 5 else ["options or codes not found"]
    )
    faults += [f"handfast.1 lacks --{o}" for o in options if f"Fl -{o}" not in page]
    faults += [f"command-line.md lacks --{o}" for o in options if f"`--{o}" not in guide]
    faults += [
        f"handfast.1 lacks the exit code {n}" for n in numbers if f".It {n}\n" not in page
    ]
    faults += [
        f"command-line.md lacks the exit code {n}"
        for n in numbers
        if f"| {n} |" not in guide
    ]
    return faults + [
        f"handfast.1 has --{o}, which is unknown"
        for o in set(re.findall(r"Fl -([a-z0-9-]+)", page))
        if o not in options
    ]


def self_test(real: dict[str, Prototype]) -> list[str]:
    """A page with faults is not passed."""
    page = Page(Path("hf_x.3"), ["hf_x"])
    read_synopsis(
        page,
        '.Ft int\n.Fn hf_connect "hf_conn *c" int\n.Ft int\n.Fo hf_no\n.Fa "int a"\n.Fc',
    )
    faults = against_headers([page], real)
    wanted = (
        "hf_connect is int",
        "hf_no does not exist",
        "has no page",
        "hf_no is not in NAME",
    )
    return [f"not noticed: {w}" for w in wanted if not any(w in f for f in faults)]


def main() -> None:
    """Check all pages."""
    folders = sys.argv[1:]
    places = [Path(f) / "handfast" for f in folders]
    real = {n: p for place in places for n, p in prototypes(place).items()}
    header_text = "".join(h.read_text() for place in places for h in place.glob("*.h"))
    pages = [read_page(p) for p in sorted(MAN.glob("*.[13]"))]
    checks = Checks()
    checks.say("these checks can fail", self_test(real))
    checks.say(
        f"the pages declare all {len(real)} functions as the headers do",
        against_headers(pages, real),
    )
    checks.say("sections", structure(pages))
    checks.say("links between pages", links(pages))
    checks.say("what the pages speak of exists", mentions(pages, real, header_text))
    checks.say("errors that the headers name", errors_named(pages, places))
    checks.say("options and exit codes of the command", command_options())
    if shutil.which("mandoc") is None:
        checks.skip("mandoc's opinion", "mandoc is not installed")
    else:
        checks.say("mandoc has nothing against the pages", lint(pages))
        checks.say("80 columns", too_wide(pages))
    for page in pages:
        if examples(page):
            checks.say(f"examples of {page.path.name}", compiled(page, folders))
    checks.done()


if __name__ == "__main__":
    main()
