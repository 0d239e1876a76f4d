"""Runs the rows, several at a time, and keeps what came of them."""

from __future__ import annotations

import concurrent.futures
import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import comparison
import drivers
import more_peers
import others
import pytest
from certificates import Pki
from stage import Row, Server, Stage

WORKERS = 10  # most of what they do is to wait
# What is of the moment: bytes depend on the length of signatures, "now" on the clock.
NUMBERS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Outcome:
    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.others: dict[str, str] = {}
        self.fault: BaseException | None = None


class Results:
    def __init__(self, folder: Path, pki: Pki) -> None:
        self.folder = folder
        self.pki = pki
        self._outcomes: dict[str, concurrent.futures.Future[Outcome]] = {}
        self._lock = threading.Lock()
        self._pool = concurrent.futures.ThreadPoolExecutor(WORKERS)

    def begin(self, rows: Iterable[Row]) -> None:
        for row in rows:
            with self._lock:
                if row.id not in self._outcomes:
                    self._outcomes[row.id] = self._pool.submit(self._run, row)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def outcome(self, row: Row) -> Outcome:
        self.begin([row])
        found = self._outcomes[row.id].result()
        if isinstance(found.fault, more_peers.MissingError):
            pytest.skip(str(found.fault))
        if found.fault is not None:
            raise found.fault
        return found

    def of(self, row: Row, module: str) -> Any:
        return self.outcome(row).documents[module]

    def alike(self, row: Row, module: str) -> Any:
        """The record, without what differs from one connection to the next."""
        record = dict(self.of(row, module)["error"])
        transport = dict(record.get("transport") or {})
        for name in ("bytes_in", "bytes_out"):
            transport.pop(name, None)
        record["transport"] = transport
        record["summary"] = NUMBERS.sub("NOW", record.get("summary") or "")
        if record.get("certificate"):
            certificate = dict(record["certificate"])
            expected = certificate.get("expected") or ""
            certificate["expected"] = NUMBERS.sub("NOW", expected)
            certificate.pop("clock", None)
            record["certificate"] = certificate
        if not record.get("step"):  # a setting: each module words the detail in its way
            return {name: record[name] for name in ("code", "name", "hint")}
        return record

    def _run(self, row: Row) -> Outcome:
        outcome = Outcome()
        folder = self.folder / row.id
        folder.mkdir()
        stage = Stage(folder, self.pki)
        try:
            self._fill(row, stage, outcome)
        except BaseException as fault:
            outcome.fault = fault
        return outcome

    def _fill(self, row: Row, stage: Stage, outcome: Outcome) -> None:
        if not isinstance(row.peer, Server):
            for module in row.modules:
                outcome.documents[module] = drivers.as_server(row, stage, module)
            if row.compare:
                outcome.others = others.servers(row, stage)
            return
        with row.peer.running(stage) as place:
            for module in row.modules:
                outcome.documents[module] = drivers.as_client(row, stage, place, module)
            if row.compare:
                outcome.others = others.clients(row, stage, place)

    def page(self, groups: dict[str, list[Row]]) -> str:
        rows = [row for rows in groups.values() for row in rows if row.compare]
        self.begin(rows)
        found = {row.id: self.outcome(row) for row in rows}
        compared = {
            title: [row for row in group if row.compare]
            for title, group in groups.items()
        }
        return comparison.page(
            compared, {i: (o.documents["c"], o.others) for i, o in found.items()}
        )
