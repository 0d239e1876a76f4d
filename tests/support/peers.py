"""Servers of other people's making, started on free ports for the length of a test.

Nothing here waits a fixed time: a server is ready when its port accepts.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("HANDFAST", str(ROOT / "build" / "tools" / "handfast"))
KEYS = ("rsa", "rsa3072", "p256", "p384", "ed25519")
PATIENCE = 20.0  # seconds that a server may take to be ready, or a command to finish


@dataclass
class Peer:
    """A running server."""

    port: int
    host: str = "127.0.0.1"
    log: Path | None = None
    folder: Path | None = None

    @property
    def place(self) -> str:
        return (
            f"[{self.host}]:{self.port}"
            if ":" in self.host
            else f"{self.host}:{self.port}"
        )


@dataclass
class Result:
    """What one run of the command came to."""

    code: int
    out: bytes
    err: bytes
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")


def make_pki(folder: Path) -> Path:
    subprocess.run(["sh", str(ROOT / "tests/support/pki.sh"), str(folder)], check=True)
    return folder


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def handfast(*arguments: str, data: bytes | None = None, **environment: str) -> Result:
    """Run the command.  Without data its standard input is /dev/null."""
    env = {
        k: v for k, v in os.environ.items() if not k.startswith(("SSL_CERT_", "NO_COLOR"))
    }
    done = subprocess.run(
        [COMMAND, *arguments],
        input=data,
        stdin=subprocess.DEVNULL if data is None else None,
        capture_output=True,
        timeout=PATIENCE,
        env=env | environment,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def connect(pki: Path, peer: Peer, *options: str, ca: str = "root.pem") -> Result:
    """``handfast connect --json``, with the document parsed."""
    result = handfast(
        "connect", "--json", "--cafile", str(pki / ca), *options, peer.place
    )
    assert result.out, f"no document, exit code {result.code}: {result.err.decode()}"
    result.document = json.loads(result.out)
    assert result.document["exit_code"] == result.code
    return result


# ---- ready? ----


def wait_until(
    ready: Callable[[], bool], what: str, process: subprocess.Popen[bytes]
) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended with {process.returncode}")
        if time.monotonic() > end:
            raise TimeoutError(f"{what} was not ready in {PATIENCE:.0f} s")
        time.sleep(0.01)  # between two looks; what is awaited is the condition


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true: for what another process does in its own time."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def running(
    arguments: list[str], folder: Path, name: str, stdin: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            arguments, cwd=folder, stdin=stdin, stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.terminate()
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# ---- openssl s_server, gnutls-serv, nginx ----


@contextlib.contextmanager
def openssl(
    folder: Path, pki: Path, key: str, *options: str, mode: str = ""
) -> Iterator[Peer]:
    """``openssl s_server`` on a port that the kernel chose.  It is silent; with -www it
    answers HTTP requests, with -rev it sends each line back reversed.  (Both of these
    sleep a second whenever they find nothing to read.)"""
    log = folder / "s_server.log"
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0"]
    command += ["-cert", str(pki / f"{key}.pem"), "-key", str(pki / f"{key}.key")]
    if key not in ("lonely", "selfsigned"):
        command += ["-cert_chain", str(pki / "intermediate.pem")]
    command += [mode] if mode else []

    def port() -> int:
        for line in log.read_text("utf-8", "replace").splitlines():
            if line.startswith("ACCEPT 127.0.0.1:"):
                return int(line.rpartition(":")[2])
        return 0

    # Its standard input stays open: at the end of it the server would end.
    with running([*command, *options], folder, "s_server", subprocess.PIPE) as process:
        wait_until(lambda: port() != 0, "openssl s_server", process)
        yield Peer(port(), log=log, folder=folder)


@contextlib.contextmanager
def gnutls(
    folder: Path, pki: Path, key: str, priority: str = "NORMAL", *options: str
) -> Iterator[Peer]:
    port = free_port()
    command = [
        "gnutls-serv",
        "--port",
        str(port),
        "--http",
        "--quiet",
        "--disable-client-cert",
    ]
    command += [
        "--x509certfile",
        str(pki / f"{key}.pem"),
        "--x509keyfile",
        str(pki / f"{key}.key"),
    ]
    command += ["--priority", priority, *options]
    with running(command, folder, "gnutls-serv") as process:
        wait_until(lambda: accepts(port), "gnutls-serv", process)
        yield Peer(port, log=folder / "gnutls-serv.log", folder=folder)


NGINX = """
daemon off;
master_process off;
pid nginx.pid;
error_log stderr notice;
events { }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen 127.0.0.1:%(port)d %(listen)s;
        root www;
        %(tls)s
        %(more)s
    }
}
"""


@contextlib.contextmanager
def nginx(
    folder: Path, pki: Path, key: str | None, more: str = "", listen: str = "ssl"
) -> Iterator[Peer]:
    """nginx with one TLS server, or, without a key, with plain HTTP."""
    port = free_port()
    (folder / "www").mkdir(exist_ok=True)
    (folder / "www" / "index.html").write_text("hello from nginx\n")
    (folder / "www" / "large").write_bytes(bytes(range(256)) * 20000)
    tls = "ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:one:1m;"
    tls += f"ssl_certificate {pki}/{key}.pem; ssl_certificate_key {pki}/{key}.key;"
    if "ssl_protocols" in more:
        tls = tls.replace("ssl_protocols TLSv1.2 TLSv1.3;", "")
    config = folder / "nginx.conf"
    config.write_text(
        NGINX
        % {
            "port": port,
            "listen": listen if key else "",
            "tls": tls if key else "",
            "more": more,
        }
    )
    command = ["nginx", "-p", str(folder), "-c", str(config), "-e", "stderr"]
    path = os.environ.get("PATH", "") + ":/usr/sbin"
    with _with_path(path), running(command, folder, "nginx") as process:
        wait_until(lambda: accepts(port), "nginx", process)
        yield Peer(port, log=folder / "nginx.log", folder=folder)


@contextlib.contextmanager
def _with_path(path: str) -> Iterator[None]:
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = path
    try:
        yield
    finally:
        os.environ["PATH"] = before


# ---- servers that do not speak TLS ----


@contextlib.contextmanager
def speaking(
    script: Callable[[socket.socket], None], host: str = "127.0.0.1"
) -> Iterator[Peer]:
    """A server that does to each connection what script does, then closes it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, 0), family=family)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(PATIENCE)
                script(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield Peer(listener.getsockname()[1], host=host)
    finally:
        stop.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(PATIENCE)
