"""``handfast serve``: HTTP, and forwarding."""

from __future__ import annotations

import contextlib
import html.parser
import json
import os
import re
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import peers
import pytest
from serving import Serving, context_of, dial, exchange, pair, receive_all, serve, stuff

VERSIONS = ("1.2", "1.3")


# ---- --www: requests as they should be ----


def ask(server: Serving, pki: Path, request: bytes, version: str = "") -> bytes:
    """All that comes until the server closes, which it must do in an orderly way."""
    with dial(server, context_of(pki, version)) as client:
        client.sendall(request)
        return receive_all(client)


def split(answer: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    return first, dict(line.split(": ", 1) for line in lines), body


class Page(html.parser.HTMLParser):
    """What stands in which elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.found.setdefault(self.open[-1], []).append(data)


ALERT = b"\x15\x03\x03\x00\x02\x02\x0a"  # fatal, unexpected_message


def plain(server: Serving, request: bytes) -> bytes:
    """What comes for a request without TLS."""
    data = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall(request)
        while more := client.recv(4096):
            data += more
    return data


@pytest.mark.parametrize("request_line", [b"GET /", b"OPTIONS *", b"POST /form"])
def test_plain_http_gets_a_page_and_an_alert(request_line: bytes, www: Serving) -> None:
    first, headers, body = split(plain(www, request_line + b" HTTP/1.1\r\n\r\n"))
    assert first == "HTTP/1.0 400 Bad Request"
    length = int(headers["Content-Length"])
    assert b"use https://" in body[:length]
    assert body[length:] == ALERT


@pytest.mark.parametrize("said", [b"CONNECT a:443 HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n"])
def test_other_protocols_get_the_alert_alone(said: bytes, www: Serving) -> None:
    assert plain(www, said) == ALERT


def test_plain_http_gets_an_alert(pki: Path) -> None:
    with serve("--echo", *pair(pki, "p256")) as server:
        assert plain(server, b"GET / HTTP/1.1\r\n\r\n") == ALERT


@pytest.fixture(scope="module")
def www(pki: Path) -> Serving:
    with serve("--www", *pair(pki, "p256")) as server:
        yield server


@pytest.mark.parametrize("version", VERSIONS)
def test_page(version: str, www: Serving, pki: Path) -> None:
    answer = ask(www, pki, b"GET / HTTP/1.0\r\n\r\n", version)
    first, headers, body = split(answer)
    assert first == "HTTP/1.1 200 OK"
    assert headers["Connection"] == "close"
    assert headers["Content-Length"] == str(len(body))
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    page = Page(body.decode("utf-8"))
    assert page.found["h1"] == [f"You are connected with TLS {version}"]
    rows = dict(zip(page.found["dt"], page.found["dd"], strict=True))
    assert rows["Name asked for"] == "localhost"
    assert rows["Session"] == "new"
    assert "ClientHello" in page.found["td"]


def test_json_of_the_page(www: Serving, pki: Path) -> None:
    request = b"GET /connection.json?x=1 HTTP/1.0\r\n\r\n"
    first, headers, body = split(ask(www, pki, request))
    assert (first, headers["Content-Type"]) == ("HTTP/1.1 200 OK", "application/json")
    assert json.loads(body)["version"]["name"] == "TLSv1.3"


@pytest.mark.parametrize(
    ("request_", "status", "stays"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, True),
        (b"GET / HTTP/1.1\nHost: a\n\n", 200, True),
        (b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, True),
        (b"GET https://a/?b HTTP/1.1\r\nHost: a\r\n\r\n", 200, True),
        (b"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", 404, True),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", 200, False),
        (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 200, True),
        (b"GET / HTTP/1.0\r\n\r\n", 200, False),
        (b"GET /icon.svg HTTP/1.1\r\nHost: a\r\n\r\n", 200, True),
        (b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404, True),
        (b"GET /../ HTTP/1.1\r\nHost: a\r\n\r\n", 404, True),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405, True),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 405, False),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 405, True),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 200, False),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, False),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, False),
    ],
)
def test_requests(
    request_: bytes, status: int, stays: bool, www: Serving, pki: Path
) -> None:
    last = b"GET /nothing HTTP/1.0\r\n\r\n"
    answer = ask(www, pki, request_ + (last if stays else b""))
    first, headers, rest = split(answer)
    assert int(first.split()[1]) == status
    assert headers["Connection"] == ("keep-alive" if stays else "close")
    assert ("Allow" in headers) == (status == 405)
    assert rest[int(headers["Content-Length"]) :].startswith(
        b"HTTP/1.1 404 " if stays else b""
    )
    assert stays or len(rest) == int(headers["Content-Length"])


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        b"GET / http/1.1\r\nHost: a\r\n\r\n",
        b"G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
        b" / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
        b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n",
        b"\x00\x01\x02\n\n",
    ],
)
def test_requests_refused(request_: bytes, www: Serving, pki: Path) -> None:
    first, headers, _ = split(ask(www, pki, request_))
    assert (first, headers["Connection"]) == ("HTTP/1.1 400 Bad Request", "close")


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nX: " + b"x" * 9000,
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 2000 + b"\r\n",
        b"x" * 8192,
        b"\r\n" * 5000,
    ],
)
def test_requests_too_large(request_: bytes, www: Serving, pki: Path) -> None:
    first, _, _ = split(ask(www, pki, request_))
    assert first == "HTTP/1.1 431 Request Header Fields Too Large"


def test_head_has_no_body(www: Serving, pki: Path) -> None:
    first, headers, body = split(ask(www, pki, b"HEAD / HTTP/1.0\r\n\r\n"))
    assert (first, body) == ("HTTP/1.1 200 OK", b"")
    assert int(headers["Content-Length"]) > 1000


def test_byte_by_byte(www: Serving, pki: Path) -> None:
    with dial(www, context_of(pki)) as client:
        for byte in b"GET /nothing HTTP/1.0\r\n\r\n":
            client.sendall(bytes([byte]))
        assert receive_all(client).startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize("version", VERSIONS)
def test_many_requests_at_once(version: str, www: Serving, pki: Path) -> None:
    """They wait for one another's answers, and the server for its reader."""
    count = 2000
    request = b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"HEAD /nothing HTTP/1.0\r\n\r\n"
    with dial(www, context_of(pki, version)) as client:
        answer = exchange(client, request * count + last, 1 << 30)
    assert answer.count(b"HTTP/1.1 404 Not Found\r\n") == count + 1
    assert answer.endswith(b"Connection: close\r\n\r\n")


def test_what_a_client_sends_is_escaped(pki: Path) -> None:
    """A name is what anybody likes to send; the page must not become his."""
    with serve("--www", "--alpn", "<b>", *pair(pki, "p256")) as server:
        context = context_of(pki)
        context.set_alpn_protocols(["<b>"])
        with dial(server, context) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            answer = receive_all(client)
    assert b"&lt;b&gt;" in answer
    assert b"<b>" not in answer


def test_a_slow_request_is_ended(pki: Path) -> None:
    """The idle timeout is for the whole request: bytes do not prolong it."""
    with serve("--www", "--idle-timeout", "0.5", *pair(pki, "p256")) as server:
        with dial(server, context_of(pki)) as client:
            client.settimeout(0.05)
            for byte in b"GET / HTTP/1.1\r\n" + b"X" * 400:
                try:
                    client.sendall(bytes([byte]))
                    if client.recv(1) == b"":
                        return
                except TimeoutError:
                    continue
        raise AssertionError("nobody ended it")


def test_plain_http_is_told_so(www: Serving) -> None:
    with socket.create_connection(("127.0.0.1", www.port), peers.PATIENCE) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = b""
        while more := client.recv(1000):
            answer += more
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert b"https://" in answer


def test_client_certificate_on_the_page(pki: Path) -> None:
    trust = ("--client-auth", "optional", "--cafile", str(pki / "root.pem"))
    context = context_of(pki)
    context.load_cert_chain(pki / "client-rsa.pem", pki / "client-rsa.key")
    with (
        serve("--www", *trust, *pair(pki, "p256")) as server,
        dial(server, context) as client,
    ):
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        page = Page(split(receive_all(client))[2].decode())
    rows = dict(zip(page.found["dt"], page.found["dd"], strict=True))
    assert rows["Subject"].startswith("CN=client-rsa")
    assert rows["Verified"] == "yes"


# ---- --forward ----


class Backend:
    """A TCP server that does to each connection what script does, and keeps what it
    returns or raises."""

    def __init__(self, script: Callable[[socket.socket], bytes]) -> None:
        self.results: list[bytes | OSError] = []
        self.done = threading.Condition()
        self.script = script
        self.peer = peers.speaking(self.serve)

    def serve(self, connection: socket.socket) -> None:
        try:
            result: bytes | OSError = self.script(connection)
        except OSError as error:
            result = error
        with self.done:
            self.results.append(result)
            self.done.notify_all()

    def result(self) -> bytes | OSError:
        with self.done:
            assert self.done.wait_for(lambda: self.results, peers.PATIENCE)
            return self.results.pop(0)


def read_to_end(connection: socket.socket) -> bytes:
    data = b""
    while more := connection.recv(65536):
        data += more
    return data


def echo(connection: socket.socket) -> bytes:
    while more := connection.recv(65536):
        connection.sendall(more)
    return b"ended"


@pytest.mark.parametrize("version", VERSIONS)
def test_forward_much(version: str, pki: Path) -> None:
    backend = Backend(echo)
    data = os.urandom(1 << 20) * 8
    with (
        backend.peer as peer,
        serve("--forward", peer.place, *pair(pki, "p256")) as server,
    ):
        with dial(server, context_of(pki, version)) as client:
            assert exchange(client, data, len(data)) == data
            client.unwrap().close()
        assert backend.result() == b"ended"
        assert server.stop() == 0
        assert server.err == []


@pytest.mark.parametrize("version", VERSIONS)
def test_forward_end_of_the_client_first(version: str, pki: Path) -> None:
    """The backend answers only when the whole request is there."""

    def answer_at_the_end(connection: socket.socket) -> bytes:
        request = read_to_end(connection)
        connection.sendall(b"answer to " + request)
        return request

    backend = Backend(answer_at_the_end)
    with (
        backend.peer as peer,
        serve("--forward", peer.place, *pair(pki, "p256")) as server,
        dial(server, context_of(pki, version)) as client,
    ):
        client.sendall(b"request")
        half_close(client)
        assert backend.result() == b"request"


def half_close(client: ssl.SSLSocket) -> None:
    """close_notify, and then the server's: Python drops what comes between."""
    try:
        client.unwrap()
    except (ssl.SSLError, OSError) as error:
        assert "APPLICATION_DATA_AFTER_CLOSE_NOTIFY" in str(error)  # noqa: PT017


@pytest.mark.parametrize("version", VERSIONS)
def test_forward_end_of_the_backend_first(version: str, pki: Path) -> None:
    def speak_first(connection: socket.socket) -> bytes:
        connection.sendall(b"banner")
        connection.shutdown(socket.SHUT_WR)
        return read_to_end(connection)

    backend = Backend(speak_first)
    with (
        backend.peer as peer,
        serve("--forward", peer.place, *pair(pki, "p256")) as server,
    ):
        with dial(server, context_of(pki, version)) as client:
            assert receive_all(client) == b"banner"
            client.sendall(b"after the end")
            client.unwrap().close()
        assert backend.result() == b"after the end"


def test_forward_a_client_that_breaks_off(pki: Path) -> None:
    """Without close_notify the backend must not take what it has for all."""
    backend = Backend(read_to_end)
    with (
        backend.peer as peer,
        serve("--forward", peer.place, *pair(pki, "p256")) as server,
    ):
        client = dial(server, context_of(pki))
        client.sendall(b"half a requ")
        os.close(client.detach())
        assert isinstance(backend.result(), ConnectionResetError)


def test_forward_a_backend_that_breaks_off(pki: Path) -> None:
    def reset(connection: socket.socket) -> bytes:
        connection.recv(1)
        option = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
        return b""

    backend = Backend(reset)
    with (
        backend.peer as peer,
        serve("--forward", peer.place, *pair(pki, "p256")) as server,
    ):
        with dial(server, context_of(pki)) as client:
            client.sendall(b"x")
            with pytest.raises((ssl.SSLError, ConnectionResetError)):
                receive_all(client)
        assert re.search("(receive from|send to) the backend: ", server.says("backend"))


def test_forward_to_nobody(pki: Path) -> None:
    place = f"127.0.0.1:{peers.free_port()}"
    with serve("--forward", place, *pair(pki, "p256")) as server:
        with (
            dial(server, context_of(pki)) as client,
            pytest.raises((ssl.SSLError, ConnectionResetError)),
        ):
            receive_all(client)
        assert "connect to the backend: Connection refused" in server.says("backend")


def test_forward_to_one_that_does_not_read(pki: Path) -> None:
    """What waits is bounded: the client is held back."""
    go = threading.Event()

    def wait(connection: socket.socket) -> bytes:
        go.wait(peers.PATIENCE)
        return read_to_end(connection)

    backend = Backend(wait)
    with (
        backend.peer as peer,
        serve("--forward", peer.place, *pair(pki, "p256")) as server,
        dial(server, context_of(pki)) as client,
    ):
        client.settimeout(0.5)
        assert 0 < stuff(client, 1 << 26) < 1 << 26
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        limit = 400_000 if "build/sanitize" in peers.COMMAND else 30_000
        assert int(found[1]) < limit
        go.set()


def test_forward_through_the_command(pki: Path) -> None:
    """Our client through our server to a server of HTTP."""
    with (
        peers.nginx(Path(str(pki)), pki, None) as http,
        serve("--forward", http.place, *pair(pki, "ed25519")) as server,
    ):
        reply = peers.handfast(
            *("connect", "-q", "--cafile", str(pki / "root.pem"), server.place),
            data=b"GET / HTTP/1.0\r\n\r\n",
        )
    assert (reply.code, reply.err) == (0, b"")
    assert reply.out.endswith(b"hello from nginx\n")


def test_curl(www: Serving, pki: Path) -> None:
    """Two requests over one connection, and one that ends it."""
    url = f"https://localhost:{www.port}/"
    command = ["curl", "-sS", "--cacert", str(pki / "root.pem"), "-w", "%{num_connects} "]
    done = subprocess.run(
        [*command, "-o", "/dev/null", url, "-o", "/dev/null", url + "icon.svg"],
        capture_output=True,
        timeout=peers.PATIENCE,
        check=True,
    )
    assert done.stdout == b"1 0 "


# ---- --early-data ----


@pytest.mark.parametrize("service", ["www", "echo", "forward"])
def test_early_data(service: str, pki: Path, tmp_path: Path) -> None:
    """It is answered like any other data."""
    (tmp_path / "request").write_bytes(b"GET /nothing HTTP/1.0\r\n\r\n")
    expected = "GET /nothing" if service != "www" else "HTTP/1.1 404 Not Found"
    with contextlib.ExitStack() as stack:
        option = [f"--{service}"]
        if service == "forward":
            option.append(stack.enter_context(Backend(echo).peer).place)
        options = (*option, "--early-data", "4096", *pair(pki, "p256"))
        server = stack.enter_context(serve(*options))
        client = ["openssl", "s_client", "-connect", server.place, "-tls1_3", "-quiet"]
        client += ["-CAfile", str(pki / "root.pem"), "-no_ign_eof"]

        def run(*more: str) -> str:
            with subprocess.Popen(
                [*client, *more],
                cwd=tmp_path,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as process:
                assert process.stdin
                assert process.stdout
                process.stdin.write(b"GET /nothing HTTP/1.0\r\n\r\n")
                process.stdin.flush()
                said = process.stdout.read(16) if "-sess_out" in more else b""
                early = "-early_data" in more
                while early and (more_ := os.read(process.stdout.fileno(), 4096)):
                    said += more_
                    if expected.encode() in said:
                        break
                process.stdin.close()
                return said.decode("utf-8", "replace")

        run("-sess_out", "session")
        assert expected in run("-sess_in", "session", "-early_data", "request")
        assert " resumed" in server.says("with early data", "out")


def test_no_early_data_unless_asked_for(pki: Path, tmp_path: Path) -> None:
    with serve("--echo", *pair(pki, "p256")) as server:
        session = tmp_path / "session"
        command = ["openssl", "s_client", "-connect", server.place, "-tls1_3"]
        command += ["-CAfile", str(pki / "root.pem"), "-sess_out", str(session)]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdin
            assert peers.eventually(session.exists)
            process.stdin.close()
            assert process.stdout
            process.stdout.read()
        told = subprocess.run(
            ["openssl", "sess_id", "-in", str(session), "-text", "-noout"],
            check=True,
            capture_output=True,
        )
        assert b"Max Early Data: 0" in told.stdout
