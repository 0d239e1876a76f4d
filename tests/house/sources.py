"""C source as text: without comments, literals and whatever else is not code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TOKEN = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL
)
PROTOTYPE = re.compile(r"HF_API\s+([^;()]*?)\b(hf_\w+)\s*\(([^;]*?)\)\s*;", re.DOTALL)


def without_comments(text: str, literals: bool = True) -> str:
    """The code alone, line by line as before; literals too become empty if so wished."""

    def blank(match: re.Match[str]) -> str:
        token = match.group(0)
        if token[0] == "/":
            return " " + "\n" * token.count("\n")
        return token if literals else token[0] * 2

    return TOKEN.sub(blank, text)


@dataclass(frozen=True)
class Prototype:
    """One public function, as a header declares it."""

    name: str
    result: str
    arguments: tuple[str, ...]
    header: str


def normal(declaration: str) -> str:
    """A declaration with single spaces, and none around '*'."""
    return re.sub(r"\s*\*\s*", " *", " ".join(declaration.split())).replace("* *", "**")


def prototypes(folder: Path) -> dict[str, Prototype]:
    """All functions that the public headers declare."""
    found: dict[str, Prototype] = {}
    for header in sorted(folder.glob("*.h")):
        for result, name, arguments in PROTOTYPE.findall(
            without_comments(header.read_text(encoding="utf-8"))
        ):
            found[name] = Prototype(
                name,
                normal(result),
                tuple(normal(a) for a in arguments.split(",")),
                header.name,
            )
    return found
