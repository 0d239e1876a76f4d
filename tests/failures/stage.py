"""What a row of the catalogue consists of, and the peers that it may have.

A peer for a client of ours is a server that is running; a peer for a server of ours is a
function that dials.  Each serves any number of connections, one after the other, because
the same peer is given to C, Python, Lua, and the libraries to compare with.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Union

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import more_peers
import peers
from certificates import Pki

BUILD = Path(os.environ.get("HF_BUILD_DIR", peers.ROOT / "build"))
PROGRAMS = BUILD / "tests" / "failures"
PATIENCE = 30.0  # seconds for what takes none: only a fault comes to it
Script = Callable[[socket.socket], None]
Text = Union[str, "re.Pattern[str]", Callable[[Pki], str], None]


class Stage:
    """A folder for each row, and the certificates of all."""

    def __init__(self, folder: Path, pki: Pki) -> None:
        self.folder = folder
        self.pki = pki


@dataclass
class Place:
    """A server that runs, or for a row of a server's the clients that will dial."""

    port: int = 0
    go: queue.Queue[None] | None = None  # a client has connected
    ready: queue.Queue[None] | None = None  # what it shall find is done


# ---- servers, for our client ----


class Server:
    """A kind of server; ``running`` starts one for the length of a row."""

    name = "server"

    def running(self, stage: Stage) -> contextlib.AbstractContextManager[Place]:
        raise NotImplementedError


@dataclass
class Tls(Server):
    """Python's ssl, in a thread: configure is given its context."""

    certificate: str = "good"
    configure: Callable[[ssl.SSLContext, Pki], None] | None = None
    name = "Python ssl"

    def context(self, pki: Pki) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        path = pki.path(self.certificate)
        context.load_cert_chain(f"{path}.pem", f"{path}.key")
        if self.configure:
            self.configure(context, pki)
        return context

    @contextlib.contextmanager
    def running(self, stage: Stage) -> Iterator[Place]:
        context = self.context(stage.pki)

        def serve(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as tls:
                if tls.recv(65536):
                    tls.sendall(b"pong")
                    tls.recv(65536)

        with peers.speaking(serve) as peer:
            yield Place(peer.port)


@dataclass
class OpenSsl(Server):
    certificate: str = "good"
    options: tuple[str, ...] = ()
    name = "openssl s_server"

    @contextlib.contextmanager
    def running(self, stage: Stage) -> Iterator[Place]:
        path = stage.pki.path(self.certificate)
        log = stage.folder / "s_server.log"
        command = [more_peers.find("openssl"), "s_server", "-accept", "127.0.0.1:0"]
        command += ["-cert", f"{path}.crt", "-key", f"{path}.key"]
        command += ["-cipher", "DEFAULT@SECLEVEL=0"]
        if Path(f"{path}.chain").exists():
            command += ["-cert_chain", f"{path}.chain"]
        command += [
            option.replace("{pki}", str(stage.pki.folder)) for option in self.options
        ]

        def port() -> int:
            found = re.search(
                r"^ACCEPT 127\.0\.0\.1:(\d+)", log.read_text("latin-1"), re.M
            )
            return int(found[1]) if found else 0

        pipe = subprocess.PIPE
        with peers.running(command, stage.folder, "s_server", pipe) as process:
            peers.wait_until(lambda: port() != 0, "openssl s_server", process)
            yield Place(port())


@dataclass
class Gnutls(Server):
    certificate: str = "good"
    priority: str = "NORMAL"
    options: tuple[str, ...] = ()
    name = "gnutls-serv"

    @contextlib.contextmanager
    def running(self, stage: Stage) -> Iterator[Place]:
        more_peers.find("gnutls-serv")
        options = [o.replace("{pki}", str(stage.pki.folder)) for o in self.options]
        with peers.gnutls(
            stage.folder, stage.pki.folder, self.certificate, self.priority, *options
        ) as peer:
            yield Place(peer.port)


@dataclass
class Nginx(Server):
    certificate: str | None = "good"
    more: str = ""
    name = "nginx"

    @contextlib.contextmanager
    def running(self, stage: Stage) -> Iterator[Place]:
        more_peers.find("nginx")
        more = self.more.replace("{pki}", str(stage.pki.folder))
        with peers.nginx(stage.folder, stage.pki.folder, self.certificate, more) as peer:
            yield Place(peer.port)


class Scripted(Server):
    """tests/support's scripted server; the arguments are those of scripted_options.c."""

    name = "scripted server"

    def __init__(self, *steps: str, certificate: str = "script", **settings: Any) -> None:
        self.certificate = certificate
        self.arguments = [f"{name}={value}" for name, value in settings.items()]
        self.arguments += steps

    @contextlib.contextmanager
    def running(self, stage: Stage) -> Iterator[Place]:
        path = stage.pki.path(self.certificate)
        command = [str(PROGRAMS / "failures_scripted"), f"cert={path}.der"]
        command += [f"key={path}.raw", f"ca={path}.der", *self.arguments]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=stage.folder
        )
        assert process.stdin
        assert process.stdout
        try:
            line = process.stdout.readline()
            assert line.startswith(b"LISTEN "), f"{command} did not begin"
            yield Place(int(line.split()[1]))
        finally:
            process.stdin.close()
            process.stdout.close()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert process.returncode == 0, f"{command} ended with {process.returncode}"


@dataclass
class Plain(Server):
    """What this script says over a socket; ``first``: it is through before we begin."""

    script: Script
    first: bool = False
    name = "scripted socket"

    @contextlib.contextmanager
    def running(self, stage: Stage) -> Iterator[Place]:
        go: queue.Queue[None] = queue.Queue()
        ready: queue.Queue[None] = queue.Queue()

        def serve(connection: socket.socket) -> None:
            if self.first:
                go.get(timeout=PATIENCE)
            self.script(connection)
            ready.put(None)

        with peers.speaking(serve) as peer:
            yield Place(peer.port, go, ready) if self.first else Place(peer.port)


# ---- scripts ----


def hear(connection: socket.socket) -> bytes:
    """A record of the other side."""
    head = b""
    while len(head) < 5:
        piece = connection.recv(5 - len(head))
        if not piece:
            return b""
        head += piece
    body, length = b"", int.from_bytes(head[3:], "big")
    while len(body) < length:
        piece = connection.recv(length - len(body))
        if not piece:
            return b""
        body += piece
    return head + body


def drop(connection: socket.socket) -> None:
    """Ends it with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def linger(connection: socket.socket) -> None:
    """No more is said; what comes is taken, so that the end is not a reset."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass


def answer(reply: bytes, *, first: bool = False) -> Script:
    """Says this, before or after the ClientHello, and hangs up."""

    def script(connection: socket.socket) -> None:
        if not first:
            hear(connection)
        connection.sendall(reply)
        linger(connection)

    return script


def record(kind: int, content: bytes, version: bytes = b"\3\3") -> bytes:
    return bytes([kind]) + version + len(content).to_bytes(2, "big") + content


def alert(number: int, level: int = 2) -> bytes:
    return record(21, bytes([level, number]))


# ---- rows ----

MODULES = ("c", "python", "lua")
V12, V13 = "TLSv1.2", "TLSv1.3"
ANY = "(any)"  # in the place of what depends on how the bytes came


@dataclass
class At:
    """The certificate at fault."""

    index: int | None = 0
    rule: Text = None
    expected: Text = None
    presented: Text = None
    subject: Text = None


@dataclass
class Row:
    """One failure.  Fields that are not named must be empty in the record."""

    id: str
    peer: Server | Callable[[Stage, int], None]
    code: str
    hint: str  # words that the hint must have
    us: dict[str, Any] = field(default_factory=dict)
    role: str = "client"
    do: str = ""
    action: str = ""  # that fails; the last one of do unless told
    ret: int = -1
    get_error: str = "SSL"
    step: str | None = None
    message: str | None = None
    sent: str | None = None
    received: str | None = None
    level: str = "fatal"
    version: str | None = None
    at: At | None = None
    errno: int = 0
    first: str | None = None  # the answer's text begins so
    detail: str | None = None  # words of the summary that only this case has
    place: str | None = None  # of the end of the transport
    without: dict[str, str] = field(default_factory=dict)  # module: why it cannot do it
    compare: bool = True
    alone: str = ""  # why no other library can be given this, or would tell nothing
    more: dict[str, Any] = field(default_factory=dict)  # members of the document, dotted

    def __post_init__(self) -> None:
        self.compare = self.compare and not self.alone

    @property
    def modules(self) -> tuple[str, ...]:
        return tuple(module for module in MODULES if module not in self.without)

    @property
    def actions(self) -> str:
        return self.do or ("connect" if self.role == "client" else "accept")

    def setting(self, name: str, pki: Pki) -> str | None:
        """A setting's value, with the folder of certificates filled in."""
        value = self.us.get(name)
        return None if value is None else str(value).replace("{pki}", str(pki.folder))

    def settings(self, pki: Pki) -> dict[str, str]:
        if self.role == "client":
            usual = {"trust": "{pki}/root.pem", "name": "localhost"}
        else:
            usual = {"cert": "{pki}/good.pem", "key": "{pki}/good.key"}
        values = {**usual, **self.us}
        folder = str(pki.folder)
        return {
            name: str(value).replace("{pki}", folder)
            for name, value in values.items()
            if value is not None
        }
