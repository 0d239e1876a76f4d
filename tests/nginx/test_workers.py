"""Early data at two workers of nginx that share their register of hellos."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import (
    BUILD,
    HERE,
    ROOT,
    Nginx,
    free_port,
    need_nginx,
    start_nginx,
    stop_nginx,
    user_directive,
)

REJECTED = "2"


class Worker:
    """One worker, by a connection to it that is kept."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers: dict[str, str] = {}
        self.pid = ""

    def ask(self, place: str, body: bytes = b"") -> bytes:
        """The bytes that it answers with; what else it tells is in headers."""
        self.connection.request("POST", f"/{place}", body)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content
        self.headers = dict(answer.getheaders())
        assert self.pid in ("", self.headers["X-Worker"])
        self.pid = self.headers["X-Worker"]
        return content

    def judge(self, register: str, flight: bytes) -> tuple[str, bytes]:
        """What a server takes of a first flight, and what it answers."""
        answer = self.ask(f"judge?{register}", flight)
        return self.headers.get("X-Early", ""), answer


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory, pki: Path) -> Iterator[Nginx]:
    need_nginx()
    folder = tmp_path_factory.mktemp("workers")
    chain = folder / "chain.pem"
    chain.write_bytes(
        (pki / "p256.pem").read_bytes() + (pki / "intermediate.pem").read_bytes()
    )
    port = free_port()
    config = (HERE / "workers.conf.in").read_text()
    for word, value in {
        "USER": user_directive(),
        "LUA_PATH": f"{ROOT}/bindings/lua/?.lua;{HERE}/?.lua",
        "LUA_CPATH": f"{BUILD}/lua/5.1/?.so",
        "ROOT": pki / "root.pem",
        "CHAIN": chain,
        "KEY": pki / "p256.key",
        "PORT": port,
    }.items():
        config = config.replace(f"@{word}@", str(value))
    running = start_nginx(folder, config, port)
    yield running
    log = running.log()
    assert stop_nginx(running) == 0
    for trouble in ("[error]", "[crit]", "[alert]", "[emerg]"):
        assert trouble not in log, log


@pytest.fixture
def workers(two_workers: Nginx) -> Iterator[tuple[Worker, Worker]]:
    """One of each."""
    known: dict[str, Worker] = {}
    for _ in range(200):
        worker = Worker(two_workers.port)
        worker.ask("flight")
        if known.setdefault(worker.pid, worker) is not worker:
            worker.connection.close()
        if len(known) == 2:
            break
    assert len(known) == 2, "the kernel gave one worker 200 connections"
    one, other = known.values()
    yield one, other
    one.connection.close()
    other.connection.close()


def test_what_one_worker_took_another_rejects(workers: tuple[Worker, Worker]) -> None:
    """The handshake with the other goes on without."""
    one, other = workers
    flight = one.ask("flight")
    assert one.judge("shared", flight)[0] == "GET /"
    early, answer = other.judge("shared", flight)
    assert early == ""
    assert other.headers["X-Cause"] == "nil"
    rest = one.ask("finish", answer)
    assert one.headers["X-Return"] == "1"
    assert one.headers["X-Status"] == REJECTED
    assert other.ask("read", rest) == b"late"
    assert other.headers["X-Status"] == REJECTED
    assert one.judge("shared", flight)[0] == ""
    assert one.judge("shared", one.ask("flight"))[0] == "GET /"


@pytest.mark.parametrize(
    ("register", "cause"),
    [
        ("failing", "not reached"),
        ("young", "the register is too young"),
        ("waiting", "the register of early data cannot wait: attempt to yield"),
    ],
)
def test_a_register_that_fails_takes_nothing(
    workers: tuple[Worker, Worker], register: str, cause: str
) -> None:
    """And leaves the worker and the handshake as they were."""
    one, _ = workers
    early, answer = one.judge(register, one.ask("flight"))
    assert early == ""
    assert one.headers["X-Cause"].startswith(cause)
    rest = one.ask("finish", answer)
    assert one.headers["X-Return"] == "1"
    assert one.headers["X-Status"] == REJECTED
    assert one.ask("read", rest) == b"late"
