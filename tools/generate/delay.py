#!/usr/bin/env python3
"""tools/generate/delay.py PORT [MILLISECONDS]: a relay to localhost's PORT that holds
back the bytes of each direction, as a distance would.

The pictures of docs/report.md are made through it: a handshake on one machine takes a
millisecond and looks like none that anybody knows.  Prints where it listens, then serves
until it is killed.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import sys
import threading
import time


def carry(source: socket.socket, target: socket.socket, seconds: float) -> None:
    """Each piece leaves when its time has come; the end does as well."""
    pieces: queue.Queue[tuple[float, bytes]] = queue.Queue()

    def deliver() -> None:
        piece = b"?"
        while piece:
            due, piece = pieces.get()
            time.sleep(max(0.0, due - time.monotonic()))
            with contextlib.suppress(OSError):
                if piece:
                    target.sendall(piece)
                else:
                    target.shutdown(socket.SHUT_WR)

    courier = threading.Thread(target=deliver, daemon=True)
    courier.start()
    piece = b"?"
    while piece:
        try:
            piece = source.recv(65536)
        except OSError:
            piece = b""
        pieces.put((time.monotonic() + seconds, piece))
    courier.join()


def relay(client: socket.socket, port: int, seconds: float) -> None:
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=carry, args=(server, client, seconds), daemon=True)
        back.start()
        carry(client, server, seconds)
        back.join()


def main() -> None:
    port = int(sys.argv[1])
    seconds = (float(sys.argv[2]) if len(sys.argv) > 2 else 25.0) / 1000
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
        while True:
            client, _ = listener.accept()
            threading.Thread(
                target=relay, args=(client, port, seconds), daemon=True
            ).start()


if __name__ == "__main__":
    main()
