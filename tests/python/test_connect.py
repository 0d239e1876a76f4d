"""handfast.connect and the stream: what a user of the high level sees."""

from __future__ import annotations

import http.client
import io
import os
import socket
import ssl
import threading
from typing import Any

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE, Server, Servers, echo
from handfast import codes


def has_idn() -> bool:
    try:
        handfast.Connection(handfast.Config()).set_hostname("ü.example")
    except handfast.ConfigError as error:
        return error.code != codes.HOSTNAME_NOT_ASCII
    return True


needs_idn = pytest.mark.skipif(not has_idn(), reason="built without libidn2")


def connect(server: Server, config: handfast.Config, **more: Any) -> handfast.Stream:
    return handfast.connect(
        more.pop("host", "localhost"),
        server.port,
        config=config,
        timeout=more.pop("timeout", PATIENCE),
        **more,
    )


@pytest.mark.parametrize("key", ["p256", "p384", "rsa", "ed25519"])
def test_every_kind_of_key(servers: Servers, config: handfast.Config, key: str) -> None:
    with connect(servers.tls(key=key), config) as stream:
        stream.sendall(b"hello")
        assert stream.recv() == b"hello"


def test_what_was_agreed(servers: Servers, config: handfast.Config) -> None:
    with connect(servers.tls(), config) as stream:
        assert stream.version == "TLSv1.3"
        assert stream.cipher_suite is not None
        assert stream.cipher_suite.startswith("TLS_")
        assert stream.group == "x25519"
        assert stream.alpn is None
        assert not stream.session_reused
        connection = stream.connection
        assert connection.version_number == 0x0304
        assert connection.signature_algorithm == "ecdsa_secp256r1_sha256"
        assert connection.verify_result == 0
        assert connection.bytes_in > 500
        assert connection.bytes_out > 200
        assert not connection.certificate_requested
        assert stream.info["version"]
        assert repr(stream).startswith("<Stream TLSv1.3")
        assert len(stream.export_keying_material("EXPORTER-test", 32)) == 32


def test_exported_keys_differ_by_label_and_context(
    servers: Servers, config: handfast.Config
) -> None:
    with connect(servers.tls(), config) as stream:
        one = stream.export_keying_material("EXPORTER-one", 32)
        assert one == stream.export_keying_material(b"EXPORTER-one", 32)
        assert one != stream.export_keying_material("EXPORTER-two", 32)
        assert one != stream.export_keying_material("EXPORTER-one", 32, b"context")


def test_the_timeline_tells_the_messages(
    servers: Servers, config: handfast.Config
) -> None:
    with connect(servers.tls(), config) as stream:
        events = stream.timeline
    names = [e.name for e in events if e.kind == "message"]
    assert names[:3] == ["ClientHello", "ServerHello", "EncryptedExtensions"]
    assert names.count("Finished") == 2
    assert [e.direction for e in events if e.name == "ClientHello"] == ["sent"]
    assert [e.direction for e in events if e.name == "ServerHello"] == ["received"]
    assert all(a.seconds <= b.seconds for a, b in zip(events, events[1:]))
    hello = events[0]
    assert hello.size > 100
    assert not hello.protected
    assert hello.what == 1
    assert "ClientHello" in repr(hello)


def test_the_peer_chain(
    servers: Servers, config: handfast.Config, authority: Authority
) -> None:
    files = authority.issue("localhost", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    with connect(servers.tls(context=context), config) as stream:
        (leaf,) = stream.peer_chain
    assert leaf.der == ssl.PEM_cert_to_DER_cert(files[0].read_text())
    assert leaf.pem == ssl.DER_cert_to_PEM_cert(leaf.der)
    assert leaf.names == ["localhost", "127.0.0.1"]


@pytest.mark.parametrize("size", [1, 16383, 16384, 16385, 3_000_000])
def test_data_comes_back_whole(
    servers: Servers, config: handfast.Config, size: int
) -> None:
    sent = os.urandom(size)
    with connect(servers.tls(), config) as stream:
        writer = threading.Thread(target=stream.sendall, args=(sent,))
        writer.start()
        assert stream.read(size) == sent
        writer.join(PATIENCE)
        assert not writer.is_alive()


def test_any_buffer_can_be_sent(servers: Servers, config: handfast.Config) -> None:
    with connect(servers.tls(), config) as stream:
        assert stream.send(bytearray(b"abc")) == 3
        stream.sendall(memoryview(b"xdefx")[1:4])
        stream.sendall(memoryview(bytes(8)).cast("I"))
        stream.sendall(b"")
        assert stream.send(b"") == 0
        assert stream.read(14) == b"abcdef" + bytes(8)


def test_recv_into(servers: Servers, config: handfast.Config) -> None:
    with connect(servers.tls(), config) as stream:
        stream.sendall(b"0123456789")
        buffer = bytearray(b"." * 6)
        assert stream.recv_into(buffer, 4) == 4
        assert buffer == b"0123.."
        assert stream.recv_into(memoryview(buffer)[2:]) == 4
        assert buffer == b"014567"
        assert stream.pending() == 2
        assert stream.recv_into(bytearray()) == 0
        assert stream.recv(0) == b""
        with pytest.raises(ValueError, match="negative"):
            stream.recv_into(buffer, -1)
        with pytest.raises((TypeError, BufferError, ValueError)):
            stream.recv_into(b"read-only")


def test_the_end_is_empty_each_time(servers: Servers, config: handfast.Config) -> None:
    with connect(servers.tls(), config) as stream:
        stream.sendall(b"last words")
        stream.send_eof()
        stream.send_eof()
        assert stream.read() == b"last words"
        assert stream.recv() == b""
        assert stream.recv() == b""
        assert stream.recv_into(bytearray(5)) == 0
        with pytest.raises(handfast.TLSError) as caught:
            stream.send(b"more")
        assert caught.value.name == "PROTOCOL_IS_SHUTDOWN"


def test_an_end_without_close_notify_is_an_error(
    servers: Servers, config: handfast.Config
) -> None:
    def cut(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"half")
        tls.shutdown(socket.SHUT_RDWR)

    with connect(servers.tls(cut), config) as stream:
        assert stream.read(4) == b"half"
        with pytest.raises(handfast.UnexpectedEOFError) as caught:
            stream.recv()
    assert caught.value.name == "EOF_WITHOUT_CLOSE_NOTIFY"
    assert isinstance(caught.value, EOFError)


def test_close_sends_close_notify(servers: Servers, config: handfast.Config) -> None:
    ended = threading.Event()

    def until_end(tls: ssl.SSLSocket) -> None:
        assert tls.recv(10) == b""  # raises SSLEOFError for a bare end of file
        ended.set()

    server = servers.tls(until_end)
    connect(server, config).close()
    assert ended.wait(PATIENCE), server.errors


def test_wrap_socket_after_plain_text(
    servers: Servers, config: handfast.Config, authority: Authority
) -> None:
    context = authority.server_context()

    def starttls(sock: socket.socket) -> None:
        sock.sendall(b"220 ready\r\n")
        assert sock.recv(100) == b"STARTTLS\r\n"
        sock.sendall(b"220 go\r\n")
        with context.wrap_socket(sock, server_side=True) as tls:
            echo(tls)

    server = servers.plain(starttls)
    sock = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    assert sock.recv(100) == b"220 ready\r\n"
    sock.sendall(b"STARTTLS\r\n")
    assert sock.recv(100) == b"220 go\r\n"
    with handfast.wrap_socket(sock, "localhost", config=config, timeout=PATIENCE) as tls:
        tls.sendall(b"secret")
        assert tls.recv() == b"secret"


def test_wrap_socket_leaves_the_socket_alone_on_failure(
    servers: Servers, config: handfast.Config
) -> None:
    server = servers.tls(names=["elsewhere.example"])
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as sock:
        with pytest.raises(handfast.CertificateError):
            handfast.wrap_socket(sock, "localhost", config=config, timeout=PATIENCE)
        assert sock.fileno() >= 0


def test_an_address_is_verified_as_an_address(
    servers: Servers, config: handfast.Config
) -> None:
    with connect(servers.tls(names=["127.0.0.1"]), config, host="127.0.0.1") as stream:
        assert stream.version == "TLSv1.3"
    with pytest.raises(handfast.CertificateError) as caught:
        connect(servers.tls(names=["localhost"]), config, host="127.0.0.1")
    assert caught.value.name == "CERT_NAME_MISMATCH"


def test_server_name_is_sent_for_names_only(
    servers: Servers, config: handfast.Config, authority: Authority
) -> None:
    seen: list[str | None] = []
    context = authority.server_context()
    context.sni_callback = lambda _tls, name, _context: seen.append(name)
    server = servers.tls(context=context)
    connect(server, config).close()
    connect(server, config, host="127.0.0.1").close()
    assert seen == ["localhost", None]


def test_server_hostname_apart_from_the_address(
    servers: Servers, config: handfast.Config
) -> None:
    server = servers.tls(names=["service.example"])
    stream = connect(server, config, host="127.0.0.1", server_hostname="service.example")
    stream.close()


@needs_idn
def test_a_name_in_another_script(servers: Servers, config: handfast.Config) -> None:
    server = servers.tls(names=["xn--bcher-kva.example"])
    connect(server, config, host="127.0.0.1", server_hostname="bücher.example").close()


@needs_idn
def test_a_name_that_two_rules_make_two_hosts_of(
    servers: Servers, config: handfast.Config
) -> None:
    """IDNA 2003, Python's own codec, has faß.de for fass.de, which is somebody else's;
    RFC 5891 and UTS 46 have not."""
    assert "faß.de".encode("idna") == b"fass.de"
    server = servers.tls(names=["xn--fa-hia.de"])
    connect(server, config, host="127.0.0.1", server_hostname="faß.de").close()
    server = servers.tls(names=["fass.de"])
    with pytest.raises(handfast.CertificateError) as caught:
        connect(server, config, host="127.0.0.1", server_hostname="faß.de")
    assert caught.value.code == codes.CERT_NAME_MISMATCH


@needs_idn
def test_an_address_is_looked_up_by_the_same_rule(
    monkeypatch: pytest.MonkeyPatch, config: handfast.Config
) -> None:
    asked = []

    def lookup(host: bytes, *_: object) -> list[object]:
        asked.append(host)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    for host in ("faß.de", "BÜCHER.example", "fass.de", "fe80::1%lo"):
        with pytest.raises(socket.gaierror):
            handfast.connect(host, 443, config=config)
    assert asked == [
        b"xn--fa-hia.de",
        b"xn--bcher-kva.example",
        b"fass.de",
        b"fe80::1%lo",
    ]


def test_a_name_that_no_rule_allows(config: handfast.Config) -> None:
    for host in ("a\0.example", "xn--\N{ZERO WIDTH JOINER}.example", "ü" * 300):
        with pytest.raises(ValueError, match="host name"):
            handfast.connect(host, 443, config=config)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(["h2", "http/1.1"], "http/1.1"), ([b"http/1.1"], "http/1.1"), (["other"], None)],
)
def test_alpn(
    servers: Servers,
    config: handfast.Config,
    authority: Authority,
    offered: list[str | bytes],
    chosen: str | None,
) -> None:
    context = authority.server_context()
    context.set_alpn_protocols(["http/1.1"])
    with connect(servers.tls(context=context), config, alpn=offered) as stream:
        assert stream.alpn == chosen


def test_alpn_takes_a_list(config: handfast.Config) -> None:
    with pytest.raises(TypeError, match=r'\["h2"\]'):
        handfast.connect("localhost", 1, config=config, alpn="h2")


def test_resumption(servers: Servers, config: handfast.Config) -> None:
    server = servers.tls()
    with connect(server, config) as first:
        assert first.session is None
        first.sendall(b"x")
        assert first.recv() == b"x"
        session = first.session
    assert session is not None
    assert session.hostname == "localhost"
    assert session.version == 0x0304
    assert 0 < session.lifetime <= 7 * 24 * 3600
    assert session.created.tzinfo is not None

    stored = session.serialize()
    copy = handfast.Session.parse(stored, config)
    assert copy.serialize() == stored
    with connect(server, config, session=copy) as second:
        assert second.session_reused
        assert second.connection.signature_algorithm is None
        names = [e.name for e in second.timeline]
        assert "Certificate" not in names
        second.sendall(b"y")
        assert second.recv() == b"y"


def test_a_session_is_for_its_host_only(
    servers: Servers, config: handfast.Config
) -> None:
    server = servers.tls()
    with connect(server, config) as stream:
        stream.sendall(b"x")
        stream.recv()
        session = stream.session
    with pytest.raises(handfast.ConfigError) as caught:
        connect(server, config, host="127.0.0.1", session=session)
    assert caught.value.name == "SESSION_UNUSABLE"


def test_damaged_sessions_are_refused(config: handfast.Config) -> None:
    for data in (b"", b"\0", b"nonsense" * 20):
        with pytest.raises(ValueError, match="not a session"):
            handfast.Session.parse(data, config)


def test_hello_retry_request(servers: Servers, authority: Authority) -> None:
    context = authority.server_context()
    context.set_ecdh_curve("secp384r1")
    config = handfast.Config(trust_file=authority.root_file)
    with connect(servers.tls(context=context), config) as stream:
        assert stream.group == "secp384r1"
        assert stream.connection.hello_retried


@pytest.mark.parametrize(
    "suite",
    [
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
    ],
)
def test_each_cipher_suite(servers: Servers, authority: Authority, suite: str) -> None:
    config = handfast.Config(trust_file=authority.root_file, cipher_suites=suite)
    with connect(servers.tls(), config) as stream:
        assert stream.cipher_suite == suite
        stream.sendall(b"x" * 40000)
        assert stream.read(40000) == b"x" * 40000


def test_key_update_keeps_data_flowing(servers: Servers, config: handfast.Config) -> None:
    with connect(servers.tls(), config) as stream:
        for request in (False, True, False):
            stream.connection.key_update(request=request)
            stream.sendall(b"again")
            assert stream.read(5) == b"again"


def test_makefile(servers: Servers, config: handfast.Config) -> None:
    stream = connect(servers.tls(), config)
    with stream.makefile("rwb") as file:
        file.write(b"one\ntwo\n")
        file.flush()
        assert file.readline() == b"one\n"
        stream.close()
        assert stream.fileno() >= 0, "an open file keeps the stream open"
        assert file.readline() == b"two\n"
    assert stream.fileno() == -1


def test_makefile_in_text_and_unbuffered(
    servers: Servers, config: handfast.Config
) -> None:
    with connect(servers.tls(), config) as stream:
        with stream.makefile("w", encoding="utf-8") as out:
            out.write("grüße\n")
        with stream.makefile("r", encoding="utf-8") as file:
            assert file.readline() == "grüße\n"
        with stream.makefile("rb", buffering=0) as raw:
            assert isinstance(raw, io.RawIOBase)
            assert raw.readable()
            assert not raw.writable()
        with pytest.raises(ValueError, match="invalid mode"):
            stream.makefile("a")
        with pytest.raises(ValueError, match="unbuffered"):
            stream.makefile("r", buffering=0)


def test_the_standard_http_client_runs_on_it(
    servers: Servers, config: handfast.Config
) -> None:
    def answer(tls: ssl.SSLSocket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += tls.recv(4096)
        body = b"z" * 50000
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        tls.sendall(head % len(body) + body)
        tls.unwrap()

    client = http.client.HTTPConnection("localhost")
    client.sock = connect(servers.tls(answer), config)
    client.request("GET", "/")
    response = client.getresponse()
    assert response.status == 200
    assert response.read() == b"z" * 50000
    client.close()


def test_the_default_configuration_reads_ssl_cert_file(
    servers: Servers, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root_file))
    monkeypatch.setenv("SSL_CERT_DIR", "/nonexistent")
    server = servers.tls()
    with handfast.connect("localhost", server.port, timeout=PATIENCE) as stream:
        config = stream.connection.config
    with handfast.connect("localhost", server.port, timeout=PATIENCE) as stream:
        assert stream.connection.config is config, "the roots are loaded once"


def test_closed_twice_and_used_after(servers: Servers, config: handfast.Config) -> None:
    stream = connect(servers.tls(), config)
    stream.close()
    stream.close()
    assert stream.closed
    assert stream.fileno() == -1
    for use in (
        lambda: stream.recv(),
        lambda: stream.send(b"x"),
        lambda: stream.sendall(b"x"),
        lambda: stream.makefile(),
        lambda: stream.version,
        lambda: stream.timeline,
        lambda: stream.send_eof(),
    ):
        with pytest.raises(ValueError, match="closed"):
            use()
    assert repr(stream) == "<Stream closed>"


def test_socket_facts(servers: Servers, config: handfast.Config) -> None:
    server = servers.tls()
    with connect(server, config) as stream:
        assert stream.getpeername() == ("127.0.0.1", server.port)
        assert stream.getsockname()[0] == "127.0.0.1"
        assert stream.gettimeout() == PATIENCE
        stream.settimeout(None)
        assert stream.gettimeout() is None
        with pytest.raises(ValueError, match="timeout"):
            stream.settimeout(-1)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
