"""``handfast serve``, on ports that the system chooses, for the length of a test."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import peers


@dataclass
class Serving:
    """A running server, and the lines that it has told."""

    process: subprocess.Popen[bytes]
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    unread: dict[str, bytes] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.places[0].rpartition(":")[2])

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def listen(self, patience: float) -> bool:
        """Takes in what it says next; False if it says nothing."""
        assert self.process.stdout
        assert self.process.stderr
        streams = {"out": self.process.stdout, "err": self.process.stderr}
        with selectors.DefaultSelector() as selector:
            for name, stream in streams.items():
                if name not in self.ended:
                    selector.register(stream, selectors.EVENT_READ, name)
            heard = selector.select(patience) if selector.get_map() else []
        for key, _ in heard:
            data = os.read(key.fd, 65536)
            if not data:
                self.ended.add(key.data)
            *whole, rest = (self.unread.get(key.data, b"") + data).split(b"\n")
            self.unread[key.data] = rest
            getattr(self, key.data).extend(line.decode() for line in whole)
        return bool(heard)

    def says(self, words: str, stream: str = "err") -> str:
        """The first line with these words, once it has come."""
        end = time.monotonic() + peers.PATIENCE
        while True:
            for line in getattr(self, stream):
                if words in line:
                    return str(line)
            left = end - time.monotonic()
            if left <= 0 or stream in self.ended or not self.listen(left):
                raise AssertionError(f"{words!r} is not in {self.out} or {self.err}")

    def events(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """The first lines of JSON of that kind, once so many have come."""
        end = time.monotonic() + peers.PATIENCE
        while True:
            found = [json.loads(line) for line in self.out]
            found = [event for event in found if event["event"] == kind]
            if len(found) >= count:
                return found
            left = end - time.monotonic()
            if left <= 0 or not self.listen(left):
                raise AssertionError(f"{count} of {kind!r} are not in {self.out}")

    def hang_up(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code; all that it said is then in out and err."""
        self.process.send_signal(number)
        while len(self.ended) < 2 and self.listen(peers.PATIENCE):
            pass
        return self.process.wait(peers.PATIENCE)


def pair(pki: Path, key: str) -> tuple[str, ...]:
    return ("--cert", str(pki / f"{key}.pem"), "--key", str(pki / f"{key}.key"))


@contextlib.contextmanager
def serve(*options: str, listen: str = "127.0.0.1:0") -> Iterator[Serving]:
    """Ready when it has said where it listens; --json and --quiet are for serve_json."""
    process = subprocess.Popen(
        [peers.COMMAND, "serve", "--listen", listen, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    serving = Serving(process)
    try:
        if "--json" in options:
            serving.places = serving.events("listening")[0]["places"]
        else:
            serving.says("at most", "out")
            words = "listening on "
            serving.places = [
                line.partition(words)[2] for line in serving.out if words in line
            ]
        yield serving
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(peers.PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
        if process.returncode not in (0, -signal.SIGKILL):
            said = "\n".join(serving.err)
            raise AssertionError(f"the server ended with {process.returncode}: {said}")


def context_of(pki: Path, version: str = "") -> ssl.SSLContext:
    """A client of Python's own that trusts the root of the tests."""
    context = ssl.create_default_context(cafile=str(pki / "root.pem"))
    # Python takes an end without close_notify for a clean one, unless told otherwise.
    context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0x80)
    if version:
        wanted = getattr(ssl.TLSVersion, f"TLSv{version}".replace(".", "_"))
        context.minimum_version = context.maximum_version = wanted
    return context


def dial_port(
    port: int, context: ssl.SSLContext, name: str = "localhost", **more: Any
) -> ssl.SSLSocket:
    raw = socket.create_connection(("127.0.0.1", port), peers.PATIENCE)
    try:
        return context.wrap_socket(
            raw, server_hostname=name, suppress_ragged_eofs=False, **more
        )
    except BaseException:
        raw.close()
        raise


def dial(
    server: Serving, context: ssl.SSLContext, name: str = "localhost", **more: Any
) -> ssl.SSLSocket:
    return dial_port(server.port, context, name, **more)


def receive_all(connection: ssl.SSLSocket) -> bytes:
    """Until close_notify; anything else raises."""
    data = b""
    while more := connection.recv(65536):
        data += more
    return data


def exchange(connection: ssl.SSLSocket, data: bytes, size: int) -> bytes:
    """Sends and receives at once, in one thread: OpenSSL's objects allow no more."""
    sent, got = 0, bytearray()
    connection.setblocking(False)
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        while sent < len(data) or len(got) < size:
            moved = False
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if sent < len(data):
                    sent += connection.send(data[sent : sent + 65536])
                    moved = True
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if len(got) < size:
                    more = connection.recv(1 << 20)
                    if not more:
                        break
                    got += more
                    moved = True
            if not moved:
                events = selectors.EVENT_READ
                events |= selectors.EVENT_WRITE if sent < len(data) else 0
                selector.modify(connection, events)
                assert selector.select(peers.PATIENCE), "nothing moves any more"
    connection.setblocking(True)
    connection.settimeout(peers.PATIENCE)
    return bytes(got)


def stuff(connection: ssl.SSLSocket, most: int) -> int:
    """Sends until nothing goes any more, without reading; how much that was."""
    sent = 0
    with contextlib.suppress(OSError):  # the time-out of the socket, or its end
        while sent < most:
            sent += connection.send(bytes(65536))
    return sent
