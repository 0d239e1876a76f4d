"""Debian's nginx with the Lua module, in a folder and on ports of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from upstream import Upstream

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = Path(os.environ.get("HF_BUILD_DIR", ROOT / "build"))
LUA_MODULE = Path("/usr/lib/nginx/modules/ngx_http_lua_module.so")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Nginx:
    """A running nginx."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def get(self, name: str) -> tuple[int, bytes]:
        """The status and the body of one of its locations."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", f"/{name}")
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def log(self) -> str:
        """Its error log so far."""
        return (self.folder / "logs/error.log").read_text()


def start_nginx(folder: Path, config: str, port: int) -> Nginx:
    """Start nginx with this configuration and wait until it answers."""
    for name in ("logs", "conf", "temp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "conf/nginx.conf").write_text(config)
    command = [
        "nginx",
        "-p",
        str(folder),
        "-c",
        "conf/nginx.conf",
        "-e",
        "logs/error.log",
    ]
    environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    running = Nginx(folder, port, process)
    limit = time.monotonic() + 15
    while time.monotonic() < limit and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return running
        except OSError:
            time.sleep(0.02)
    process.kill()
    raise AssertionError(f"nginx did not start:\n{running.log()}")


def stop_nginx(running: Nginx) -> int:
    """Ask nginx to finish; its exit status."""
    running.process.terminate()
    try:
        return running.process.wait(15)
    except subprocess.TimeoutExpired:
        running.process.kill()
        running.process.wait()
        return -1


def need_nginx() -> None:
    """Skip, saying why, where the parts are not installed."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    if not shutil.which("nginx", path=path) or not LUA_MODULE.exists():
        pytest.skip("nginx or libnginx-mod-http-lua is not installed")
    if not (BUILD / "lua/5.1/handfast/core.so").exists():
        pytest.skip(f"no Lua module in {BUILD} (configure with HF_BUILD_LUA=ON)")


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh CA and certificates of every kind."""
    folder = tmp_path_factory.mktemp("pki")
    subprocess.run(
        ["sh", str(ROOT / "tests/support/pki.sh"), str(folder)],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="session")
def upstream(pki: Path) -> Iterator[Upstream]:
    """A good server."""
    with Upstream(pki, "p256") as server:
        yield server


@pytest.fixture(scope="session")
def expired(pki: Path) -> Iterator[Upstream]:
    """A server whose certificate has expired."""
    with Upstream(pki, "expired") as server:
        yield server


@pytest.fixture(scope="session")
def plain() -> Iterator[int]:
    """A server of plain HTTP; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            client.recv(65536)
            client.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            # Closed with bytes unread, it would be reset under the worker's alert.
            client.shutdown(socket.SHUT_WR)
            client.settimeout(10)
            with contextlib.suppress(OSError):
                while client.recv(65536):
                    pass
            client.close()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def user_directive() -> str:
    """Workers of root's nginx would become nobody, who cannot read the test's files."""
    return "user root;" if os.geteuid() == 0 else ""


@pytest.fixture(scope="session")
def nginx(
    tmp_path_factory: pytest.TempPathFactory,
    pki: Path,
    upstream: Upstream,
    expired: Upstream,
    plain: int,
) -> Iterator[Nginx]:
    """The worker under test; its log must be clean when it ends."""
    need_nginx()
    port = free_port()
    chain = tmp_path_factory.mktemp("chain") / "chain.pem"
    chain.write_bytes(
        (pki / "p256.pem").read_bytes() + (pki / "intermediate.pem").read_bytes()
    )
    config = (HERE / "nginx.conf.in").read_text()
    for word, value in {
        "USER": user_directive(),
        "LUA_PATH": f"{ROOT}/bindings/lua/?.lua;{HERE}/?.lua",
        "LUA_CPATH": f"{BUILD}/lua/5.1/?.so",
        "UPSTREAM": upstream.port,
        "EXPIRED": expired.port,
        "PLAIN": plain,
        "ROOT": pki / "root.pem",
        "CHAIN": chain,
        "KEY": pki / "p256.key",
        "PORT": port,
    }.items():
        config = config.replace(f"@{word}@", str(value))
    running = start_nginx(tmp_path_factory.mktemp("nginx"), config, port)
    yield running
    if running.process.poll() is None:
        stop_nginx(running)
