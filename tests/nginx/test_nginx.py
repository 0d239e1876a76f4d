"""The driver resty.handfast inside Debian's nginx."""

from __future__ import annotations

import json
import re
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import (
    BUILD,
    ROOT,
    Nginx,
    free_port,
    need_nginx,
    start_nginx,
    stop_nginx,
    user_directive,
)
from upstream import BINARY, Upstream

PARALLEL = 20
TROUBLE = re.compile(r"\[(warn|error|crit|alert|emerg)\].*")


@pytest.fixture(autouse=True)
def worker_lives(nginx: Nginx) -> object:
    """The same worker serves before and after each test."""
    before = nginx.get("worker")
    yield
    assert nginx.get("worker") == before
    assert TROUBLE.findall(nginx.log()) == [], nginx.log()


def test_fetches(nginx: Nginx) -> None:
    assert nginx.get("hello") == (200, b"hello from /hello")


def test_bytes_arrive_whole(nginx: Nginx) -> None:
    assert nginx.get("binary") == (200, BINARY)


def test_does_not_block_the_worker(nginx: Nginx, upstream: Upstream) -> None:
    """All requests wait at the upstream at once: one worker carries them side by side."""
    upstream.expected = PARALLEL
    upstream.most_waiting = 0
    with ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(nginx.get, ["together"] * PARALLEL))
    assert upstream.most_waiting == PARALLEL
    assert answers == [(200, b"hello from /together")] * PARALLEL


def test_tells_what_was_agreed(nginx: Nginx) -> None:
    assert nginx.get("info") == (200, b"TLSv1.3 http/1.1 2")


def test_expired_certificate_is_explained(nginx: Nginx) -> None:
    status, body = nginx.get("expired")
    record = json.loads(body)
    assert status == 502
    assert record["code"] == 605
    assert record["name"] == "CERT_EXPIRED"
    assert record["summary"]
    assert record["hint"]
    assert "certificate_expired" in body.decode()


def test_functions_wait_and_fail(nginx: Nginx) -> None:
    """Side by side, as none of them keeps the worker."""
    expected = (
        b"CERT_REFUSED no list, CERT_REFUSED table, CERT_REFUSED no list, connected, "
        b"CERT_EXPIRED"
    )
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(nginx.get, ["failing"] * 4))
    assert answers == [(200, expected)] * 4


def test_plain_http_is_recognised(nginx: Nginx) -> None:
    status, body = nginx.get("plain")
    assert status == 502
    assert json.loads(body)["name"] == "PEER_SPEAKS_HTTP"


def test_unknown_authority_is_refused(nginx: Nginx) -> None:
    status, body = nginx.get("untrusted")
    assert status == 502
    assert json.loads(body)["name"] in ("CERT_UNKNOWN_ISSUER", "TRUST_STORE_EMPTY")


def test_refused_connection(nginx: Nginx) -> None:
    status, body = nginx.get("refused")
    assert status == 502
    assert json.loads(body)["name"] == "CONNECT_FAILED"


def test_time_limit(nginx: Nginx) -> None:
    assert nginx.get("slow") == (200, b"nil TIMEOUT")


def test_use_after_close(nginx: Nginx) -> None:
    status, body = nginx.get("closed")
    assert status == 200
    assert body.split() == [b"CLOSED"] * 7


def test_keeps_connections(nginx: Nginx, upstream: Upstream) -> None:
    upstream.keepers.clear()
    answers = [nginx.get("kept")[1] for _ in range(3)]
    assert answers == [f"{times} hello from /keep true".encode() for times in range(3)]
    assert len(upstream.keepers) == 1


def test_replaces_a_kept_connection_that_ended(nginx: Nginx, upstream: Upstream) -> None:
    upstream.keepers.clear()
    assert nginx.get("kept")[1].endswith(b" hello from /keep true")
    assert nginx.get("drop") == (200, b"hello from /drop")
    assert nginx.get("kept") == (200, b"0 hello from /keep true")


def test_does_not_keep_what_is_unread(nginx: Nginx) -> None:
    status, body = nginx.get("unread")
    assert status == 200
    assert body.startswith(b"nil NOT_KEPT")


def test_wraps_a_cosocket(nginx: Nginx) -> None:
    assert nginx.get("wrapped") == (200, b"hello from /hello")


def test_resumes(nginx: Nginx) -> None:
    assert nginx.get("resumed") == (200, b"true")


def test_reads_and_writes_at_once(nginx: Nginx) -> None:
    assert nginx.get("duplex") == (200, b"true nil")


def upgrade(nginx: Nginx) -> socket.socket:
    """A connection that is about to become TLS, with the worker as its server."""
    client = socket.create_connection(("127.0.0.1", nginx.port), timeout=20)
    client.sendall(b"GET /upgrade HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        octet = client.recv(1)
        assert octet, head
        head += octet
    assert head.startswith(b"HTTP/1.1 101 ")
    return client


def talk(nginx: Nginx, context: ssl.SSLContext) -> bytes:
    """One line to the worker, and its answer."""
    with (
        upgrade(nginx) as client,
        context.wrap_socket(client, server_hostname="localhost") as secured,
    ):
        assert secured.selected_alpn_protocol() == "echo"
        secured.sendall(b"ping\n")
        return secured.makefile("rb").readline()


def client_context(pki: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(pki / "root.pem"))
    context.set_alpn_protocols(["echo"])
    return context


@contextmanager
def ends_with(nginx: Nginx, name: str, count: int = 1) -> Iterator[None]:
    """So many connections of the server end in this way; it notes that after the client
    has its bytes."""
    before = int(nginx.get(f"ends?{name}")[1])
    yield
    limit = time.monotonic() + 10
    while int(nginx.get(f"ends?{name}")[1]) < before + count:
        assert time.monotonic() < limit, name


def test_serves_over_the_socket_of_a_request(nginx: Nginx, pki: Path) -> None:
    """Also while another client says nothing, and many at once; none of them is kept."""
    context = client_context(pki)
    with (
        ends_with(nginx, "NOT_KEPT", PARALLEL),
        ends_with(nginx, "EOF_BEFORE_HELLO"),
        upgrade(nginx),
        ThreadPoolExecutor(PARALLEL) as pool,
    ):
        answers = list(pool.map(talk, [nginx] * PARALLEL, [context] * PARALLEL))
        assert nginx.get("hello") == (200, b"hello from /hello")
    assert answers == [b"localhost ping\n"] * PARALLEL


def test_refuses_an_unknown_name(nginx: Nginx, pki: Path) -> None:
    context = client_context(pki)
    with (
        ends_with(nginx, "SERVER_NAME_UNKNOWN"),
        upgrade(nginx) as client,
        pytest.raises(ssl.SSLError, match=r"(?i)unrecognized"),
    ):
        context.wrap_socket(client, server_hostname="other.example")


def test_settings_are_loaded_once(nginx: Nginx) -> None:
    assert nginx.get("shared") == (200, b"true")


def test_example_works_as_printed(tmp_path: Path, pki: Path, upstream: Upstream) -> None:
    """The example's configuration, with the addresses and paths of this test."""
    need_nginx()
    port = free_port()
    config = (ROOT / "bindings/lua/example/nginx.conf").read_text()
    name = f'servername = "localhost", cafile = "{pki}/root.pem"'
    lua_path = f'"{ROOT}/bindings/lua/?.lua;/usr/share/lua/5.1/?.lua;;"'
    lua_cpath = f'lua_package_cpath "{BUILD}/lua/5.1/?.so;;"'
    for printed, here in {
        "listen 127.0.0.1:8080": f"listen 127.0.0.1:{port}",
        '"93.184.215.14", 443': f'"127.0.0.1", {upstream.port}',
        'servername = "example.org"': name,
        '"/usr/share/lua/5.1/?.lua;;"': f"{lua_path}; {lua_cpath}",
        "daemon off;": f"daemon off; {user_directive()}",
    }.items():
        assert config.count(printed) == 1, printed
        config = config.replace(printed, here)
    running = start_nginx(tmp_path, config, port)
    try:
        assert running.get("fetch") == (200, b"hello from /")
        assert TROUBLE.findall(running.log()) == []
    finally:
        assert stop_nginx(running) == 0


def test_ends_cleanly(nginx: Nginx) -> None:
    """The last test of the file: no worker died, and the log has no trouble."""
    assert "exited on signal" not in nginx.log()
    assert nginx.process.poll() is None
