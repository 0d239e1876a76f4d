"""The JSON Schemas of docs/schemas, as they are published and without leave for members
that they do not name: readers must pass over what later releases add, and we may not add
what is not described."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schemas"
NUMBERED = ("entry", "numbered", "choice")  # a number and its name, wherever it stands
CONDITIONS = ("if", "then", "else", "allOf")  # they name some members of what is whole


def load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def closed(part: Any) -> Any:
    """The schema, or a part of it, with no member but those that are named."""
    if isinstance(part, list):
        return [closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    result = {
        key: value if key in CONDITIONS else closed(value) for key, value in part.items()
    }
    if isinstance(part.get("properties"), dict) and "type" in part:
        result["additionalProperties"] = False
    return result


def members(schema: dict[str, Any], part: Any = None, path: str = "") -> Iterator[str]:
    """Paths of all members: ``certificate.candidates[].subject``; not those of what
    is a number with its name."""
    part = schema if part is None else part
    if "$ref" in part:
        definition = part["$ref"].rsplit("/", 1)[1]
        if definition in NUMBERED:
            return
        part = schema["$defs"][definition]
    if "items" in part:
        yield from members(schema, part["items"], f"{path}[]")
    for name, inner in part.get("properties", {}).items():
        below = f"{path}.{name}" if path else name
        yield below
        yield from members(schema, inner, below)
