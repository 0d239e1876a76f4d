"""The HTTPS server that the worker under test fetches from.

It runs in a thread of the test, over Python's own ssl module.  `/together` answers no one
until `expected` requests wait there at once: a worker that blocks never gets that far.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from pathlib import Path

BINARY = bytes(range(256)) * 4096


class Upstream:
    """One server on a port of its own; use as a context manager."""

    def __init__(self, pki: Path, certificate: str) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.set_alpn_protocols(["http/1.1"])
        self.context.load_cert_chain(
            pki / f"{certificate}.pem", pki / f"{certificate}.key"
        )
        self.expected = 0
        self.most_waiting = 0
        self.keepers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self._waiting: set[asyncio.Event] = set()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Upstream:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda *_: None)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; whether another may follow."""
        words = (await reader.readline()).split()
        if not words:
            return False
        if words[0] == b"ECHO":
            left = int(words[1])
            while left > 0:
                chunk = await reader.read(min(left, 5000))
                left -= len(chunk)
                writer.write(chunk)
                await writer.drain()
            return False
        while (await reader.readline()).strip():
            pass
        path = words[1].decode()
        if path == "/never":
            await asyncio.sleep(60)
        if path == "/keep":
            self.keepers.add(writer)
        if path == "/drop":
            for keeper in self.keepers:
                keeper.transport.abort()
            await asyncio.sleep(0.1)
        if path == "/together":
            await self._wait_for_all()
        body = BINARY if path == "/binary" else b"hello from " + path.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        return path == "/keep"

    async def _wait_for_all(self) -> None:
        event = asyncio.Event()
        self._waiting.add(event)
        self.most_waiting = max(self.most_waiting, len(self._waiting))
        if len(self._waiting) >= self.expected:
            for other in self._waiting:
                other.set()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(event.wait(), 15)
        self._waiting.discard(event)
