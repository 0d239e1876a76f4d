"""Threads on one connection, many connections at once, and fork."""

from __future__ import annotations

import os
import ssl
import threading

import handfast
import pytest
from conftest import PATIENCE, Servers


def join_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a thread hangs"


def test_one_reads_while_others_write(servers: Servers, config: handfast.Config) -> None:
    """Each sendall goes out whole, and a waiting recv does not keep the writers out."""
    block, writers, rounds = 40_000, 4, 10
    server = servers.tls()
    stream = handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
    got = bytearray()

    def read() -> None:
        while len(got) < block * writers * rounds:
            got.extend(stream.recv())

    def write(number: int) -> None:
        for _ in range(rounds):
            stream.sendall(bytes([number]) * block)

    with stream:
        threads = [threading.Thread(target=read)]
        threads += [threading.Thread(target=write, args=(n,)) for n in range(writers)]
        for thread in threads:
            thread.start()
        join_all(threads)
    blocks = [bytes(got[i : i + block]) for i in range(0, len(got), block)]
    assert all(b == b[:1] * block for b in blocks)
    assert sorted(b[0] for b in blocks) == sorted(list(range(writers)) * rounds)


def test_many_calls_on_one_connection(servers: Servers, config: handfast.Config) -> None:
    server = servers.tls()
    stream = handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(300):
                assert stream.version == "TLSv1.3"
                assert stream.peer_chain
                assert stream.timeline
                assert stream.info
                stream.pending()
        except BaseException as error:
            failures.append(error)

    with stream:
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(100):
            stream.sendall(b"x" * 100)
            assert stream.read(100) == b"x" * 100
        join_all(threads)
    assert not failures


def test_one_configuration_in_many_threads(
    servers: Servers, config: handfast.Config
) -> None:
    server = servers.tls()
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(5):
                with handfast.connect(
                    "localhost", server.port, config=config, timeout=PATIENCE
                ) as stream:
                    message = bytes([number]) * 1000
                    stream.sendall(message)
                    assert stream.read(1000) == message
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    join_all(threads)
    assert not failures


def test_closing_under_a_waiting_reader(
    servers: Servers, config: handfast.Config
) -> None:
    def quiet(tls: ssl.SSLSocket) -> None:
        tls.recv(1)

    server = servers.tls(quiet)
    stream = handfast.connect("localhost", server.port, config=config, timeout=2)
    ended: list[BaseException] = []
    started = threading.Event()

    def read() -> None:
        started.set()
        try:
            stream.recv()
        except Exception as error:
            ended.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    assert started.wait(PATIENCE)
    stream.close()
    join_all([thread])
    assert len(ended) == 1
    assert isinstance(ended[0], (ValueError, OSError))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_fork(servers: Servers, config: handfast.Config) -> None:
    """The child has its own randomness and connections; what it inherits and drops does
    the parent's connection no harm."""
    server = servers.tls()
    kept = handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
    kept.sendall(b"before")
    assert kept.read(6) == b"before"
    hellos = []
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            hello = first_hello(config)
            kept.connection.close()
            with handfast.connect(
                "localhost", server.port, config=config, timeout=5
            ) as s:
                s.sendall(b"child")
                if s.read(5) == b"child":
                    os.write(writing, hello)
                    status = 0
        finally:
            os._exit(status)
    os.close(writing)
    hellos.append(first_hello(config))
    with os.fdopen(reading, "rb") as pipe:
        hellos.append(pipe.read())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(hellos[0]) == len(hellos[1])
    assert hellos[0] != hellos[1]
    with kept:
        kept.sendall(b"after")
        assert kept.read(5) == b"after"


def first_hello(config: handfast.Config) -> bytes:
    with handfast.Connection(config) as connection:
        connection.use_memory()
        connection.set_hostname("localhost")
        connection.connect()
        return connection.drain()
