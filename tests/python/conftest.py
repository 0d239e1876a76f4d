"""What the Python tests share: certificates made afresh, and servers in threads."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import handfast
import pytest
from authority import Authority

HERE = Path(__file__).parent
PATIENCE = 20
"""Seconds after which a test that waits has failed."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In these tests a warning, such as that of a forgotten socket, is an error."""
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.filterwarnings("error"))


Handler = Callable[[ssl.SSLSocket], None]


def echo(tls: ssl.SSLSocket) -> None:
    """Send back what comes, to the end; then close in an orderly way."""
    while True:
        data = tls.recv(65536)
        if not data:
            break
        tls.sendall(data)
    with contextlib.suppress(OSError):
        tls.unwrap()


class Server:
    """A server on a free port of loopback, one thread per connection.

    ``errors`` has what its handshakes and handlers raised; ``peers`` counts connections.
    """

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self.errors: list[BaseException] = []
        self.peers = 0
        self._serve = serve
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.peers += 1
            self._sockets.append(sock)
            thread = threading.Thread(target=self._one, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _one(self, sock: socket.socket) -> None:
        with sock:
            try:
                sock.settimeout(PATIENCE)
                self._serve(sock)
            except Exception as error:
                self.errors.append(error)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(PATIENCE)
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a server thread hangs"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


class Servers:
    """Makes servers that end with the test."""

    def __init__(self, authority: Authority, stack: contextlib.ExitStack) -> None:
        self._authority = authority
        self._stack = stack

    def plain(self, serve: Callable[[socket.socket], None]) -> Server:
        """A server without TLS."""
        server = Server(serve)
        self._stack.callback(server.close)
        return server

    def tls(
        self, handler: Handler = echo, context: ssl.SSLContext | None = None, **cert: Any
    ) -> Server:
        """A TLS server; cert is as for Authority.server_context."""
        used = context or self._authority.server_context(**cert)

        def serve(sock: socket.socket) -> None:
            with used.wrap_socket(sock, server_side=True) as tls:
                handler(tls)

        return self.plain(serve)


@pytest.fixture
def servers(authority: Authority) -> Iterator[Servers]:
    with contextlib.ExitStack() as stack:
        yield Servers(authority, stack)


@pytest.fixture
def config(authority: Authority) -> handfast.Config:
    """A configuration that trusts the tests' authority alone."""
    return handfast.Config(trust_file=authority.root_file)
