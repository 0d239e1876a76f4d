#!/usr/bin/env python3
"""Make docs/errors.md from what `handfast explain --json` tells.

errors.py HANDFAST          prints the page; HANDFAST is the command, as built
errors.py HANDFAST --check  compares with docs/errors.md instead, fails if that is stale
"""

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import sys
from itertools import groupby
from typing import Any

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/errors.md"
SIDES = {
    "here": "this side",
    "code": "the program",
    "peer": "the other side",
    "server": "the server",
    "client": "the client",
    "network": "the network",
    "ca": "the issuer",
    "handfast": "handfast",
}
HEAD = """\
<!-- Made by tools/generate/errors.py from the texts in tools/handfast/explanations and
     from engine/base/errors.def: change those. -->
# What errors mean

Every error that handfast can report, its usual causes, and on whose side each is fixed.
`handfast explain NAME` prints the same, for a name, a number, an alert or a result. Names
are those of `hf_error_name()`; numbers never change their meaning. *This side* is the
machine that reports the error and its settings; *the program* is the one that uses
handfast there.

"""


def text(words: str) -> str:
    """Words as Markdown takes them for words."""
    for special in "\\`*[]<>|":
        words = words.replace(special, "\\" + special)
    return words


def causes(entry: dict[str, Any]) -> str:
    rows = [
        f"| {text(c['cause'])} | {SIDES[c['side']]} | {text(c['fix'])} |\n"
        for c in entry["causes"]
    ]
    return "| cause | side | fix |\n| --- | --- | --- |\n" + "".join(rows) + "\n"


def error(entry: dict[str, Any]) -> str:
    facts = [f"Error {entry['code']}"]
    if entry["rfc"]:
        facts.append(entry["rfc"])
    if entry["alert"]:
        facts.append(f"this side sends the alert `{entry['alert']}`")
    sentence = entry["text"][0].upper() + entry["text"][1:]
    return (
        f"### {entry['name']}\n\n**{text(sentence)}.** {text(entry['meaning'])}\n\n"
        f"{causes(entry)}{'; '.join(facts)}.\n\n"
    )


def other(entry: dict[str, Any], fact: str = "") -> str:
    return f"### {entry['name']}\n\n{fact}{text(entry['meaning'])}\n\n{causes(entry)}"


def page(document: dict[str, Any]) -> str:
    groups = [
        (name, list(rows))
        for name, rows in groupby(document["errors"], lambda e: str(e["group"]))
    ]
    titles = [name[0].upper() + name[1:] for name, _ in groups]
    titles += ["Before TLS begins", "Alerts", "Results of hf_get_error"]
    parts = [HEAD]
    for title in titles:
        anchor = title.lower().replace(",", "").replace(" ", "-")
        parts.append(f"- [{title}](#{anchor})\n")
    for title, (_, rows) in zip(titles, groups, strict=False):
        parts.append(f"\n## {title}\n\n")
        parts += map(error, rows)
    parts.append(
        "\n## Before TLS begins\n\nFailures of `handfast connect`, before the library has"
        " a connection.\n\n"
    )
    parts += map(other, document["failures"])
    parts.append(
        "\n## Alerts\n\nWhat they mean when the other side sends them (`ALERT_RECEIVED`)."
        "\n\n"
    )
    parts += (other(a, f"Alert {a['number']}. ") for a in document["alerts"])
    parts.append(
        "\n## Results of hf_get_error\n\nWhat `hf_get_error()` returns after a call, what"
        " that means, and how to go on. In Python it is the class of the exception, in"
        " Lua the error's `class_name`.\n\n"
    )
    parts += (other(r, f"Result {r['number']}. ") for r in document["results"])
    return "".join(parts).rstrip() + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("handfast")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    done = subprocess.run(
        [args.handfast, "explain", "--json"], check=True, capture_output=True
    )
    made = page(json.loads(done.stdout))
    if not args.check:
        sys.stdout.write(made)
        return 0
    if PAGE.exists() and PAGE.read_text("utf-8") == made:
        return 0
    print("docs/errors.md is stale: tools/generate/errors.py HANDFAST > docs/errors.md")
    return 1


if __name__ == "__main__":
    sys.exit(main())
