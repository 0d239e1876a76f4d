"""docs/error-comparison.md: what we say about each row, and what the others say."""

from __future__ import annotations

import re
import ssl
import subprocess
from typing import Any

import others
from stage import Row, Server

Found = dict[str, tuple[Any, dict[str, str]]]
DATES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# A certificate's size depends on its signature's.
SIZES = re.compile(r"of \d{3,}: length \d{3,}, \d{3,} are left")
LIBRARIES = {"openssl": "OpenSSL", "gnutls": "GnuTLS", "python": "Python"}


def steady(text: str) -> str:
    """Without what differs from run to run."""
    text = DATES.sub("(date)", text)
    text = SIZES.sub("of (n): length (n), (n) are left", text)
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
`(nothing)` means that it noticed nothing, or did not say. Dates are left out, and
sizes that depend on signatures.
`tools/generate/error_comparison.sh` writes this page from a run of the tests.
"""


def peer_of(row: Row) -> str:
    return row.peer.name if isinstance(row.peer, Server) else "client"


def section(row: Row, document: Any, told: dict[str, str]) -> str:
    lines = [f"### {row.id}", "", "| | |", "|---|---|"]
    lines.append(f"| handfast | {cell(ours(row, document))} |")
    for name, title in LIBRARIES.items():
        if name in told:
            lines.append(f"| {title} | {cell(steady(told[name]))} |")
    return "\n".join(lines)


def distinguished(told: list[tuple[str, str]]) -> tuple[int, int, str]:
    """Of (cause, text): how many texts there are, and the one that stands for the most
    causes, with their number."""
    causes: dict[str, set[str]] = {}
    for cause, text in told:
        causes.setdefault(text, set()).add(cause)
    most = max(causes, key=lambda text: (len(causes[text]), text), default="")
    return len(causes), len(causes.get(most, ())), most


def count_line(title: str, told: list[tuple[str, str]], unable: int) -> str:
    empty = sum(text == others.NOTHING for _, text in told)
    waits = sum(text == others.WAITS for _, text in told)
    silent = (others.NOTHING, others.WAITS)
    texts, causes, most = distinguished([t for t in told if t[1] not in silent])
    numbers = f"{len(told)} | {unable} | {empty} | {waits} | {texts}"
    return f"| {title} | {numbers} | {causes}: {cell(most)} |"


def counts(groups: dict[str, list[Row]], found: Found) -> str:
    """What can be counted without a judgement of what a text means."""
    rows = [row for group in groups.values() for row in group if row.code != "OK"]
    errors = [(row.code, found[row.id][0]["error"]) for row in rows]
    lines = [
        "| | failures met | no setting for it | said nothing | waited on"
        " | different texts | the text that stands for the most causes |",
        "|---|---|---|---|---|---|---|",
    ]
    own = [(code, steady(f"{e['summary']}. Hint: {e['hint']}.")) for code, e in errors]
    lines.append(count_line("handfast", own, 0))
    for name, title in LIBRARIES.items():
        told = [
            (row.code, steady(found[row.id][1][name]))
            for row in rows
            if name in found[row.id][1]
        ]
        able = [one for one in told if one[1] != others.UNABLE]
        lines.append(count_line(title, able, len(told) - len(able)))
    return COUNTED + "\n".join(lines) + "\n"


COUNTED = """## Counted

For each library: the failures that it met here; those that it could not be given, for
want of a setting; those about which it said nothing; those with which it still waited
after a second, silently; how many different texts it had for the rest; and how many
causes share one text at most, with that text. A cause is an error of handfast's, of which
all alerts that a peer may send are but one: what is counted is a lower bound. Some rows
say nothing rightly, because that library accepts what handfast refuses, or does not look.

"""


def page(groups: dict[str, list[Row]], found: Found) -> str:
    parts = [heading(), counts(groups, found)]
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
        elif row and line.startswith("| handfast | "):
            found[row] = line[len("| handfast | ") : -2]
    return found
