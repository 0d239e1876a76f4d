"""docs/error-comparison.md: what we say about each row, and what the others say."""

from __future__ import annotations

import re
import ssl
import subprocess
from typing import Any

from stage import Row, Server

Found = dict[str, tuple[Any, dict[str, str]]]
DATES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LIBRARIES = {"openssl": "OpenSSL", "gnutls": "GnuTLS", "python": "Python"}


def steady(text: str) -> str:
    """Without what differs from run to run."""
    text = DATES.sub("(date)", text)
    return re.sub(r"/\S*/([a-z-]+\.(?:pem|key))", r"\1", text)


def cell(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return text.replace("*", "\\*")


def ours(row: Row, document: Any) -> str:
    """Our column, which the tests hold to what the row's record says now."""
    record = document["error"]
    if row.code == "OK":
        return "connected: no failure"
    return steady(f"{record['name']}: {record['summary']}. Hint: {record['hint']}.")


def version_of(*command: str) -> str:
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return "not installed"
    found = re.search(r"\d+\.\d+\.\d+", said)
    return found[0] if found else "unknown"


def heading() -> str:
    openssl = version_of("openssl", "version")
    gnutls = version_of("gnutls-cli", "--version")
    return f"""# What each library says about the same failure

The tests of `tests/failures` meet each of these peers with handfast, in C, Python and
Lua, and with others: `openssl s_client` and `s_server` (OpenSSL {openssl}),
`gnutls-cli` and `gnutls-serv` (GnuTLS {gnutls}) and Python's `ssl` (with OpenSSL
{ssl.OPENSSL_VERSION.split()[1]}). Each text is what a user of that library gets to see;
`(nothing)` means that it noticed nothing, or did not say. Dates are left out.
`tools/generate/error_comparison.sh` writes this page from a run of the tests.
"""


def peer_of(row: Row) -> str:
    return row.peer.name if isinstance(row.peer, Server) else "client"


def section(row: Row, document: Any, others: dict[str, str]) -> str:
    lines = [f"### {row.id}", "", "| | |", "|---|---|"]
    lines.append(f"| handfast | {cell(ours(row, document))} |")
    for name, title in LIBRARIES.items():
        if name in others:
            lines.append(f"| {title} | {cell(steady(others[name]))} |")
    return "\n".join(lines)


def page(groups: dict[str, list[Row]], found: Found) -> str:
    parts = [heading()]
    for title, rows in groups.items():
        parts.append(f"## {title}\n")
        parts += [section(row, *found[row.id]) + "\n" for row in rows]
    return "\n".join(parts)


def column(page_text: str) -> dict[str, str]:
    """Our column of a page that was written before."""
    found: dict[str, str] = {}
    row = ""
    for line in page_text.splitlines():
        if line.startswith("### "):
            row = line[4:]
        elif line.startswith("| handfast | "):
            found[row] = line[len("| handfast | ") : -2]
    return found
