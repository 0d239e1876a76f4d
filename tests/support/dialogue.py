"""Servers that follow a script: dialogues in the clear that end in TLS, and proxies.

A dialogue is a list.  Bytes are sent; a pattern is waited for, and must match all that
has come since the step before.
"""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import peers

Dialogue = list["bytes | re.Pattern[bytes]"]
Script = Callable[[socket.socket], None]


class WrongWordsError(Exception):
    """The client said something else than the script expects, or nothing."""


def act(connection: socket.socket, dialogue: Dialogue) -> None:
    for step in dialogue:
        if isinstance(step, bytes):
            connection.sendall(step)
            continue
        heard = b""
        while not step.fullmatch(heard):
            piece = connection.recv(1)
            if not piece or len(heard) > 4096:
                raise WrongWordsError(f"{heard!r} is not {step.pattern!r}")
            heard += piece


def rest_of(connection: socket.socket) -> bytes:
    """All that comes until the client hangs up."""
    heard = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            heard += piece
    return heard


class Server:
    """Keeps what happened, for the test to look at."""

    def __init__(self) -> None:
        self.faults: list[Exception] = []
        self.heard: list[bytes] = []

    @contextlib.contextmanager
    def running(self, script: Script) -> Iterator[peers.Peer]:
        def guarded(connection: socket.socket) -> None:
            try:
                script(connection)
            except (WrongWordsError, OSError) as fault:
                self.faults.append(fault)

        with peers.speaking(guarded) as peer:
            yield peer

    def upgrading(self, dialogue: Dialogue, pki: Path) -> Script:
        """After the dialogue, TLS; there it answers one line with itself, reversed."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki / "p256.pem", pki / "p256.key")

        def script(connection: socket.socket) -> None:
            act(connection, dialogue)
            with context.wrap_socket(connection, server_side=True) as tls:
                line = tls.recv(1000)
                self.heard.append(line)
                if line:
                    tls.sendall(line.strip()[::-1] + b"\n")
                with contextlib.suppress(OSError):
                    tls.unwrap()

        return script

    def refusing(self, dialogue: Dialogue) -> Script:
        """After the dialogue it listens, and notes what it hears."""

        def script(connection: socket.socket) -> None:
            act(connection, dialogue)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
            self.heard.append(rest_of(connection))

        return script

    def silent(self, dialogue: Dialogue) -> Script:
        """After the dialogue it says nothing and does not close, either."""

        def script(connection: socket.socket) -> None:
            act(connection, dialogue)
            self.heard.append(rest_of(connection))

        return script


# ---- the dialogues that succeed ----

LDAP_REQUEST = bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"
XMPP_TLS = b"urn:ietf:params:xml:ns:xmpp-tls"
XMPP_OPENING = re.compile(
    rb"<\?xml version='1\.0'\?><stream:stream to='[^']+' version='1\.0' "
    rb"xmlns='jabber:client' xmlns:stream='http://etherx\.jabber\.org/streams'>"
)
XMPP_STREAM = b"<?xml version='1.0'?><stream:stream from='a' id='\"1>' version='1.0'>"
POSTGRES_REQUEST = re.compile(re.escape(bytes.fromhex("0000000804d2162f")))
MYSQL_REQUEST = re.compile(
    re.escape(bytes.fromhex("20000001018a00000000000121") + bytes(23))
)


def mysql_packet(body: bytes, number: int = 0) -> bytes:
    return len(body).to_bytes(3, "little") + bytes([number]) + body


def mysql_greeting(capabilities: int = 0xFFFF) -> bytes:
    return mysql_packet(
        b"\x0a8.0.36\x00"
        + bytes(4 + 8 + 1)
        + capabilities.to_bytes(2, "little")
        + b"\x21\x02\x00\xff\xc7\x15"
        + bytes(10 + 13)
        + b"mysql_native_password\x00"
    )


def ldap_response(result: int, words: bytes = b"", number: int = 1) -> bytes:
    body = bytes([0x0A, 1, result, 4, 0, 4, len(words)]) + words
    body = bytes([2, 1, number, 0x78, len(body)]) + body
    return bytes([0x30, len(body)]) + body


UPGRADES: dict[str, Dialogue] = {
    "smtp": [
        b"220-mail.example ESMTP\r\n220 ready\r\n",
        re.compile(rb"EHLO \[127\.0\.0\.1\]\r\n"),
        b"250-mail.example\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n",
        re.compile(rb"STARTTLS\r\n"),
        b"220 2.0.0 ready to start TLS\r\n",
    ],
    "imap": [
        b"* OK IMAP4rev2 ready\r\n",
        re.compile(rb"h1 CAPABILITY\r\n"),
        b"* CAPABILITY IMAP4rev2 STARTTLS LOGINDISABLED\r\nh1 OK done\r\n",
        re.compile(rb"h2 STARTTLS\r\n"),
        b"h2 OK begin TLS\r\n",
    ],
    "pop3": [b"+OK ready <1@a>\r\n", re.compile(rb"STLS\r\n"), b"+OK begin TLS\r\n"],
    "ftp": [
        b"120 wait\r\n220-welcome\r\n to this\r\n230 house\r\n220 ready\r\n",
        re.compile(rb"AUTH TLS\r\n"),
        b"234 AUTH TLS accepted\r\n",
    ],
    "xmpp": [
        XMPP_OPENING,
        XMPP_STREAM,
        b"<stream:features><starttls xmlns='" + XMPP_TLS + b"'><required/></starttls>"
        b"<mechanisms xmlns='x'><mechanism>PLAIN</mechanism></mechanisms>"
        b"</stream:features>",
        re.compile(re.escape(b"<starttls xmlns='" + XMPP_TLS + b"'/>")),
        b"<proceed xmlns='" + XMPP_TLS + b"'/>",
    ],
    "postgres": [POSTGRES_REQUEST, b"S"],
    "mysql": [mysql_greeting(), MYSQL_REQUEST],
    "ldap": [re.compile(re.escape(LDAP_REQUEST)), ldap_response(0)],
}

# ---- proxies ----


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def join(one: socket.socket, other: socket.socket) -> None:
    """Carries bytes both ways until both ends are done."""
    back = threading.Thread(target=_pump, args=(other, one), daemon=True)
    back.start()
    _pump(one, other)
    back.join(peers.PATIENCE)


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        if not piece:
            raise WrongWordsError(f"{head!r} is no request")
        head += piece
    return head


def http_proxy(server: Server, port: int, credentials: bytes = b"") -> Script:
    """A proxy for CONNECT, whatever the host, to a local port."""

    def script(connection: socket.socket) -> None:
        head = _read_head(connection)
        server.heard.append(head)
        wanted = b"Proxy-Authorization: Basic " + base64.b64encode(credentials)
        if credentials and wanted not in head.split(b"\r\n"):
            connection.sendall(
                b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                b'Proxy-Authenticate: Basic realm="hers"\r\nContent-Length: 0\r\n\r\n'
            )
            return
        with socket.create_connection(("127.0.0.1", port)) as onward:
            connection.sendall(b"HTTP/1.1 200 OK\r\nVia: 1.1 x\r\n\r\n")
            join(connection, onward)

    return script


def _exactly(connection: socket.socket, count: int) -> bytes:
    heard = b""
    while len(heard) < count:
        piece = connection.recv(count - len(heard))
        if not piece:
            raise WrongWordsError(f"{heard!r} is too short")
        heard += piece
    return heard


def socks_request(connection: socket.socket, credentials: bytes = b"") -> bytes:
    """The greeting and, if need be, the login; returns address and port."""
    version, count = _exactly(connection, 2)
    methods = _exactly(connection, count)
    method = 2 if credentials else 0
    if version != 5 or method not in methods:
        connection.sendall(b"\x05\xff")
        raise WrongWordsError(f"no method among {methods!r}")
    connection.sendall(bytes([5, method]))
    if credentials:
        _, length = _exactly(connection, 2)
        user = _exactly(connection, length)
        password = _exactly(connection, _exactly(connection, 1)[0])
        right = user + b":" + password == credentials
        connection.sendall(b"\x01\x00" if right else b"\x01\x01")
        if not right:
            raise WrongWordsError(f"{user!r} and {password!r} are wrong")
    head = _exactly(connection, 4)
    length = {1: 4, 4: 16}.get(head[3], 0)
    if head[3] == 3:
        length = _exactly(connection, 1)[0]
    return head + _exactly(connection, length + 2)


def socks_proxy(server: Server, port: int, credentials: bytes = b"") -> Script:
    """A proxy of SOCKS 5, whatever the host, to a local port."""

    def script(connection: socket.socket) -> None:
        server.heard.append(socks_request(connection, credentials))
        with socket.create_connection(("127.0.0.1", port)) as onward:
            connection.sendall(b"\x05\x00\x00\x03\x01x\x00\x50")
            join(connection, onward)

    return script
