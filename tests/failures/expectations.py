"""What a row expects, held against the document that a driver returned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from certificates import Pki
from stage import ANY, Row, Text


def member(document: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(document, list):
            index = int(name)
            document = document[index] if index < len(document) else None
        else:
            document = document.get(name) if isinstance(document, dict) else None
    return document


def matches(wanted: Text | int, found: Any, pki: Pki) -> bool:
    if wanted == ANY:
        return True
    if callable(wanted):
        wanted = wanted(pki)
    if isinstance(wanted, re.Pattern):
        return isinstance(found, str) and wanted.search(found) is not None
    return bool(wanted == found)


def wanted_alert(row: Row) -> dict[str, str] | None:
    name, direction = row.sent or row.received, "sent" if row.sent else "received"
    return {"name": name, "direction": direction, "level": row.level} if name else None


def expectations(row: Row) -> Iterator[tuple[str, Any]]:
    """Paths in the document, and what must stand there."""
    yield "ret", row.ret
    yield "get_error", row.get_error
    yield "action", row.action or row.actions.split(",")[-1]
    yield "error.name", row.code
    if row.action not in ("", ANY, *row.actions.split(",")):
        return  # a setting that was refused: no connection has a record
    if row.code == "OK":
        yield "connection.version.name", row.version
        yield from row.more.items()
        return
    yield "error.step", row.step
    yield "error.message", row.message
    yield "error.version", row.version
    yield "error.role", row.role
    yield "error.transport.errno", row.errno
    yield "error.class", row.get_error
    yield "error.transport.end_of_input", row.place
    alert = wanted_alert(row)
    if alert is None:
        yield "error.alert", None
    for name, value in (alert or {}).items():
        yield f"error.alert.{name}", value
    if row.at is None:
        yield "error.certificate", None
    else:
        yield "error.certificate.index", row.at.index
        for name in ("rule", "expected", "presented", "subject"):
            if getattr(row.at, name) is not None:
                yield f"error.certificate.{name}", getattr(row.at, name)
    if row.first is None:
        yield "error.first_bytes", None
    else:
        yield "error.first_bytes.text", re.compile("^" + re.escape(row.first))
    yield from row.more.items()


def differences(row: Row, document: dict[str, Any], pki: Pki) -> list[str]:
    faults = []
    for path, wanted in expectations(row):
        found = member(document, path)
        if not matches(wanted, found, pki):
            faults.append(f"{path} is {found!r}, not {wanted!r}")
    record = document["error"]
    for words, name in ((row.hint, "hint"), (row.detail, "summary")):
        text = record.get(name) or ""
        if words and not re.search(words, text, re.IGNORECASE):
            faults.append(f"the {name} is {text!r}, without {words!r}")
    if row.code != "OK" and not row.hint:
        faults.append("a row must tell what its hint says")
    return faults
