#!/usr/bin/env python3
"""What a Python program needs before its first byte: import, context with the system's
roots, and the first connection to a server on loopback; with handfast and with ssl.

    python_start.py DIRECTORY ROUNDS

DIRECTORY holds root.pem, chain.pem and key.pem (handfast_bench credentials).  Each round
starts a fresh interpreter for each library, in turn; the start of the interpreter itself
does not count.  What counts is processor time.  The server is ssl's, in a thread of this
process.
"""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

HOST = "server.example"
TIMEOUT = 60

# Both import socket first: every program that connects has it.
WITH_HANDFAST = """
import socket, sys, time
start = time.process_time()
import handfast
config = handfast.Config()
config.add_trust_system()
config.add_trust_file(sys.argv[1])
stream = handfast.connect("127.0.0.1", int(sys.argv[2]), config=config,
                          server_hostname=sys.argv[3], timeout=30)
end = time.process_time()
stream.close()
print(end - start)
"""
WITH_SSL = """
import socket, sys, time
start = time.process_time()
import ssl
context = ssl.create_default_context()
context.load_verify_locations(sys.argv[1])
raw = socket.create_connection(("127.0.0.1", int(sys.argv[2])), timeout=30)
stream = context.wrap_socket(raw, server_hostname=sys.argv[3])
end = time.process_time()
stream.close()
print(end - start)
"""
PROGRAMS = {"OpenSSL": WITH_SSL, "handfast": WITH_HANDFAST}


def serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    """One connection after the other until the listener is closed."""
    while True:
        try:
            raw, _ = listener.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(raw, server_side=True) as stream:
                stream.settimeout(TIMEOUT)
                stream.recv(1)
        except OSError:
            pass


def listen(directory: Path) -> socket.socket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0
    context.load_cert_chain(directory / "chain.pem", directory / "key.pem")
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, context), daemon=True).start()
    return listener


def usual_environment() -> dict[str, str]:
    """Where the system's roots are is left to each library."""
    others = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    return {name: value for name, value in os.environ.items() if name not in others}


def measure(program: str, root: Path, port: int) -> float:
    command = [sys.executable, "-c", program, str(root), str(port), HOST]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        text=True,
        timeout=TIMEOUT,
        check=True,
        env=usual_environment(),
    )
    return float(done.stdout) * 1e6


def main() -> int:
    directory = Path(sys.argv[1])
    rounds = int(sys.argv[2])
    with listen(directory) as listener:
        port = listener.getsockname()[1]
        for _ in range(rounds):
            for who, program in PROGRAMS.items():
                time = measure(program, directory / "root.pem", port)
                print(f"Python: import to first connection\tus\t{who}\t{time:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
