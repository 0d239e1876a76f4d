"""Results of checks as TAP, one line each, as tools/dev/count.py reads them."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Checks:
    """Collects the results of one program; `done` ends it."""

    def __init__(self) -> None:
        self.count = 0
        self.failures = 0

    def say(self, name: str, problems: list[str] | str | None = None) -> bool:
        """Report one check: it passed if there are no problems."""
        if isinstance(problems, str):
            problems = [problems]
        self.count += 1
        if not problems:
            print(f"ok {self.count} - {name}", flush=True)
            return True
        self.failures += 1
        print(f"not ok {self.count} - {name}", flush=True)
        for problem in problems[:60]:
            print(f"#   {problem}")
        if len(problems) > 60:
            print(f"#   and {len(problems) - 60} more")
        sys.stdout.flush()
        return False

    def skip(self, name: str, reason: str) -> None:
        """Report a check that could not be made, and why."""
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}", flush=True)

    def done(self) -> None:
        """Print the plan and leave with the outcome; nothing checked is a failure."""
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failures or not self.count else 0)
