"""The low-level connection: the results of each call, on sockets and on memory."""

from __future__ import annotations

import errno
import gc
import select
import socket
import ssl
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE, Servers, echo
from handfast import GetError, Want, codes


class Peer:
    """The standard library's server without a socket: bytes in, bytes out."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.finished = False

    def handshake(self) -> None:
        if not self.finished:
            try:
                self.tls.do_handshake()
                self.finished = True
            except ssl.SSLWantReadError:
                pass


@pytest.fixture
def peer(authority: Authority) -> Peer:
    return Peer(authority.server_context())


@pytest.fixture
def connection(config: handfast.Config) -> Iterator[handfast.Connection]:
    """A connection on memory, with the name localhost."""
    with handfast.Connection(config) as made:
        made.use_memory()
        made.set_hostname("localhost")
        yield made


def establish(connection: handfast.Connection, peer: Peer, piece: int = 1 << 20) -> int:
    """Join both ends, piece by piece; returns how often connect was called in vain."""
    waits = 0
    for _ in range(100_000):
        ret = connection.connect()
        while sent := connection.drain(piece):
            peer.incoming.write(sent)
            peer.handshake()
        if ret == 1:
            break
        assert ret == -1
        assert connection.get_error(ret) == GetError.WANT_READ
        assert connection.want() == Want.READ
        waits += 1
        answer = peer.outgoing.read(piece)
        assert connection.feed(answer) == len(answer)
    peer.handshake()
    assert peer.finished
    return waits


def test_the_handshake_on_memory(connection: handfast.Connection, peer: Peer) -> None:
    assert connection.in_before()
    assert not connection.in_init()
    assert establish(connection, peer) == 1, "one flight of the server, one wait"
    assert connection.is_init_finished()
    assert not connection.in_init()
    assert connection.want() == Want.NOTHING
    for again in (connection.connect, connection.accept, connection.do_handshake):
        assert again() == 1
    assert connection.get_error(1) == GetError.NONE
    assert connection.error is None
    assert connection.error_code == 0
    assert connection.exception(1) is None
    connection.check(1)


@pytest.mark.parametrize("piece", [1, 7, 100])
def test_the_handshake_in_pieces(
    connection: handfast.Connection, peer: Peer, piece: int
) -> None:
    establish(connection, peer, piece)
    assert connection.is_init_finished()


def test_repeating_too_early_changes_nothing(
    connection: handfast.Connection, peer: Peer
) -> None:
    assert connection.connect() == -1
    hello = connection.drain()
    for _ in range(5):
        ret = connection.connect()
        assert ret == -1
        assert connection.get_error(ret) == GetError.WANT_READ
        assert connection.drain() == b""
    assert connection.in_init()
    assert connection.state == "WAIT_SH"
    peer.incoming.write(hello)
    peer.handshake()
    connection.feed(peer.outgoing.read())
    assert connection.connect() == 1


def test_role_first_then_do_handshake(
    connection: handfast.Connection, peer: Peer
) -> None:
    connection.set_connect_state()
    ret = connection.do_handshake()
    assert ret == -1
    assert connection.get_error(ret) == GetError.WANT_READ
    peer.incoming.write(connection.drain())
    peer.handshake()
    connection.feed(peer.outgoing.read())
    assert connection.do_handshake() == 1


def test_read_and_write_do_the_handshake(
    connection: handfast.Connection, peer: Peer
) -> None:
    connection.set_connect_state()
    ret, data = connection.read()
    assert (ret, data) == (-1, b"")
    assert connection.get_error(ret) == GetError.WANT_READ
    peer.incoming.write(connection.drain())
    peer.handshake()
    connection.feed(peer.outgoing.read())
    ret, written = connection.write(b"hello")
    assert (ret, written) == (-1, 0), "our Finished must be taken out first"
    assert connection.get_error(ret) == GetError.WANT_WRITE
    peer.incoming.write(connection.drain())
    peer.handshake()
    assert connection.write(b"hello") == (1, 5)
    peer.incoming.write(connection.drain())
    assert peer.tls.read(100) == b"hello"


def test_without_a_role(connection: handfast.Connection, peer: Peer) -> None:
    calls: list[Callable[[], int]] = [
        connection.do_handshake,
        lambda: connection.read()[0],
        lambda: connection.write(b"x")[0],
        connection.shutdown,
    ]
    for call in calls:
        ret = call()
        assert ret < 0
        assert connection.get_error(ret) == GetError.SSL
        assert connection.error_code == codes.ROLE_NOT_SET
        with pytest.raises(handfast.TLSError, match="role"):
            connection.check(ret)
    establish(connection, peer)


def test_without_a_transport(config: handfast.Config) -> None:
    with handfast.Connection(config) as connection:
        connection.set_hostname("localhost")
        ret = connection.connect()
        assert ret < 0
        assert connection.get_error(ret) == GetError.SSL
        assert connection.error_code == codes.TRANSPORT_NOT_SET
        assert connection.fileno() == -1


def test_without_a_name(config: handfast.Config) -> None:
    with handfast.Connection(config) as connection:
        connection.use_memory()
        ret = connection.connect()
        assert connection.get_error(ret) == GetError.SSL
        assert connection.error_code == codes.NAME_NOT_SET
        assert connection.drain() == b""


def test_the_role_does_not_change_in_a_handshake(connection: handfast.Connection) -> None:
    ret = connection.accept()
    assert connection.get_error(ret) == GetError.SSL
    assert connection.error_code == codes.SERVER_CERTIFICATE_NOT_SET
    assert connection.connect() == -1
    ret = connection.accept()
    assert connection.get_error(ret) == GetError.SSL
    assert connection.error_code == codes.ROLE_UNAVAILABLE
    with pytest.raises(handfast.ConfigError) as caught:
        connection.set_accept_state()
    assert caught.value.code == codes.ROLE_UNAVAILABLE


def test_descriptors_that_are_no_connected_socket(config: handfast.Config) -> None:
    with handfast.Connection(config) as connection:
        with pytest.raises(handfast.ConfigError) as caught:
            connection.set_fd(-1)
        assert caught.value.code == codes.INVALID_ARGUMENT
        connection.set_hostname("localhost")
        with socket.socket() as lonely:
            connection.set_socket(lonely)
            assert connection.fileno() == lonely.fileno()
            ret = connection.connect()
            assert ret < 0
            assert connection.get_error(ret) == GetError.SYSCALL
            error = connection.exception(ret)
    assert isinstance(error, handfast.TransportError)
    assert error.errno in (errno.ENOTCONN, errno.EPIPE)


def test_data_on_memory(connection: handfast.Connection, peer: Peer) -> None:
    establish(connection, peer)
    peer.tls.write(b"0123456789")
    connection.feed(peer.outgoing.read())
    assert connection.peek(4) == (1, b"0123")
    assert connection.peek(4) == (1, b"0123")
    assert connection.pending() == 10
    assert connection.has_pending()
    assert connection.read(3) == (1, b"012")
    assert connection.pending() == 7
    buffer = bytearray(5)
    assert connection.read_into(buffer) == (1, 5)
    assert buffer == b"34567"
    assert connection.read(1000) == (1, b"89")
    ret, data = connection.read()
    assert data == b""
    assert connection.get_error(ret) == GetError.WANT_READ
    assert connection.pending() == 0
    with pytest.raises(ValueError, match="negative"):
        connection.read(-1)


def test_a_read_is_one_record_at_most(
    connection: handfast.Connection, peer: Peer
) -> None:
    establish(connection, peer)
    peer.tls.write(b"a" * 10)
    peer.tls.write(b"b" * 10)
    connection.feed(peer.outgoing.read())
    assert connection.read(1 << 30) == (1, b"a" * 10)
    assert connection.read(100) == (1, b"b" * 10)


def test_big_data_on_memory(connection: handfast.Connection, peer: Peer) -> None:
    establish(connection, peer)
    rest, got = memoryview(bytes(range(256)) * 1000), bytearray()
    while rest:
        ret, written = connection.write(rest)
        if ret != 1:
            assert connection.get_error(ret) == GetError.WANT_WRITE
            assert connection.drain_pending()
        rest = rest[written:]
        peer.incoming.write(connection.drain())
        while len(got) < 256_000 and peer.incoming.pending:
            try:
                got += peer.tls.read(65536)
            except ssl.SSLWantReadError:
                break
    assert got == bytes(range(256)) * 1000


def test_feeding_before_it_is_read(connection: handfast.Connection, peer: Peer) -> None:
    """However much comes, it is taken as the application reads, and nothing is lost."""
    establish(connection, peer)
    peer.tls.write(b"x" * 300_000)
    waiting, got = peer.outgoing.read(), 0
    while got < 300_000:
        taken = connection.feed(waiting)
        waiting = waiting[taken:]
        ret, data = connection.read()
        if ret != 1:
            assert connection.get_error(ret) == GetError.WANT_READ
            assert taken, "neither takes nor gives"
        assert data == b"x" * len(data)
        got += len(data)
    assert waiting == b""


def test_the_orderly_end(connection: handfast.Connection, peer: Peer) -> None:
    establish(connection, peer)
    assert connection.shutdown() == 0
    assert connection.get_shutdown() == handfast.SENT_SHUTDOWN
    ret = connection.shutdown()
    assert ret == -1
    assert connection.get_error(ret) == GetError.WANT_READ
    peer.incoming.write(connection.drain())
    peer.tls.unwrap()
    connection.feed(peer.outgoing.read())
    assert connection.shutdown() == 1
    both = handfast.SENT_SHUTDOWN | handfast.RECEIVED_SHUTDOWN
    assert connection.get_shutdown() == both
    for _ in range(2):
        ret, data = connection.read()
        assert (ret, data) == (0, b"")
        assert connection.get_error(ret) == GetError.ZERO_RETURN
        with pytest.raises(handfast.ZeroReturnError):
            connection.check(ret)
    ret, _ = connection.write(b"late")
    assert connection.get_error(ret) == GetError.SSL
    assert connection.error_code == codes.PROTOCOL_IS_SHUTDOWN


def test_want_exceptions_are_cheap_and_typed(connection: handfast.Connection) -> None:
    ret = connection.connect()
    with pytest.raises(handfast.WantReadError) as caught:
        connection.check(ret)
    assert caught.value.record == {"class": "WANT_READ"}
    assert isinstance(caught.value, handfast.WantError)


def test_the_end_of_file_cuts_the_handshake(connection: handfast.Connection) -> None:
    connection.connect()
    connection.feed_eof()
    ret = connection.connect()
    assert ret < 0
    error = connection.exception(ret)
    assert isinstance(error, handfast.UnexpectedEOFError)
    assert error.code == codes.EOF_BEFORE_HELLO
    again = connection.connect()
    assert again < 0
    assert connection.error_code == codes.EOF_BEFORE_HELLO


def test_a_failed_connection_can_be_cleared(
    connection: handfast.Connection, authority: Authority
) -> None:
    connection.connect()
    connection.feed(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    ret = connection.connect()
    assert connection.get_error(ret) == GetError.SSL
    assert connection.error_code == codes.PEER_SPEAKS_HTTP
    record = connection.error
    assert record is not None
    assert record["name"] == "PEER_SPEAKS_HTTP"
    connection.clear()
    assert connection.error is None
    establish(connection, Peer(authority.server_context()))


def test_a_flipped_bit_is_noticed(connection: handfast.Connection, peer: Peer) -> None:
    connection.connect()
    peer.incoming.write(connection.drain())
    peer.handshake()
    flight = bytearray(peer.outgoing.read())
    flight[-1] ^= 1
    connection.feed(flight)
    ret = connection.connect()
    error = connection.exception(ret)
    assert error is not None
    assert error.code == codes.BAD_RECORD_MAC
    assert error.alert is not None
    assert error.alert["name"] == "bad_record_mac"
    assert connection.drain(), "the alert waits to be sent"


def test_feed_and_drain_need_memory(config: handfast.Config) -> None:
    with handfast.Connection(config) as connection:
        calls: list[Callable[[], object]] = [
            lambda: connection.feed(b"x"),
            connection.feed_eof,
            connection.drain,
        ]
        for call in calls:
            with pytest.raises(handfast.ConfigError) as caught:
                call()
            assert caught.value.code == codes.NOT_A_MEMORY_TRANSPORT


def test_settings_come_before_the_handshake(connection: handfast.Connection) -> None:
    connection.connect()
    calls: list[Callable[[], object]] = [
        lambda: connection.set_hostname("other.example"),
        lambda: connection.add_alpn(["h2"]),
        lambda: connection.set_session(None),
        lambda: connection.set_handshake_timeout(1),
    ]
    for call in calls:
        with pytest.raises(handfast.ConfigError) as caught:
            call()
        assert caught.value.code == codes.ALREADY_STARTED


def test_keys_need_an_established_connection(connection: handfast.Connection) -> None:
    for call in (
        lambda: connection.key_update(),
        lambda: connection.export_keying_material("EXPORTER-x", 16),
    ):
        with pytest.raises(handfast.ConfigError) as caught:
            call()
        assert caught.value.code == codes.NOT_CONNECTED


@pytest.mark.parametrize("name", ["", "a b", "-", "x" * 300, "under\tscore"])
def test_host_names_that_are_none(connection: handfast.Connection, name: str) -> None:
    with pytest.raises(handfast.ConfigError) as caught:
        connection.set_hostname(name)
    assert caught.value.code == codes.INVALID_HOSTNAME


def test_a_nul_cannot_cut_a_name_short(connection: handfast.Connection) -> None:
    with pytest.raises(ValueError, match="NUL"):
        connection.set_hostname("localhost\0.evil.example")


def test_before_anything_is_agreed(connection: handfast.Connection) -> None:
    assert connection.version is None
    assert connection.version_number == 0
    assert connection.cipher_suite is None
    assert connection.group is None
    assert connection.signature_algorithm is None
    assert connection.alpn is None
    assert connection.session is None
    assert connection.peer_chain == []
    assert connection.timeline == []
    assert connection.verify_result == codes.NOT_CONNECTED
    assert connection.bytes_in == connection.bytes_out == 0
    assert not connection.session_reused
    assert isinstance(connection.info, dict)


def test_options(config: handfast.Config) -> None:
    with handfast.Connection(config) as connection:
        assert connection.options == config.options
        assert connection.set_options(handfast.OPTION_WHOLE_WRITE) & 8
        assert connection.options & handfast.OPTION_WHOLE_WRITE
        assert not connection.clear_options(handfast.OPTION_WHOLE_WRITE) & 8


def test_a_blocking_socket(servers: Servers, config: handfast.Config) -> None:
    server = servers.tls()
    with (
        socket.create_connection(("127.0.0.1", server.port)) as sock,
        handfast.Connection(config) as connection,
    ):
        connection.set_socket(sock)
        connection.set_hostname("localhost")
        assert connection.connect() == 1
        assert connection.write(b"ping") == (1, 4)
        assert connection.read() == (1, b"ping")
        assert connection.shutdown() == 0
        assert connection.shutdown() == 1
        connection.close()
        assert sock.fileno() >= 0, "the socket stays its owner's"


def test_a_non_blocking_socket_with_select(
    servers: Servers, config: handfast.Config, authority: Authority
) -> None:
    context, go_on = authority.server_context(), threading.Event()

    def later(sock: socket.socket) -> None:
        assert go_on.wait(PATIENCE)
        with context.wrap_socket(sock, server_side=True) as tls:
            echo(tls)

    server = servers.plain(later)

    def until_done(connection: handfast.Connection, call: Any) -> Any:
        while True:
            result = call()
            ret = result[0] if isinstance(result, tuple) else result
            if ret > 0:
                return result
            error = connection.get_error(ret)
            assert error in (GetError.WANT_READ, GetError.WANT_WRITE)
            want = Want.READ if error == GetError.WANT_READ else Want.WRITE
            assert connection.want() == want
            fd = [connection.fileno()]
            reading, writing = (fd, []) if want == Want.READ else ([], fd)
            assert any(select.select(reading, writing, [], PATIENCE))

    with (
        socket.create_connection(("127.0.0.1", server.port)) as sock,
        handfast.Connection(config) as connection,
    ):
        sock.setblocking(False)
        connection.set_socket(sock)
        connection.set_hostname("localhost")
        ret = connection.connect()
        assert ret == -1
        assert connection.get_error(ret) == GetError.WANT_READ
        go_on.set()
        assert until_done(connection, connection.connect) == 1
        until_done(connection, lambda: connection.write(b"ping"))
        assert until_done(connection, connection.read) == (1, b"ping")


def test_separate_descriptors(servers: Servers, config: handfast.Config) -> None:
    server = servers.tls()
    with (
        socket.create_connection(("127.0.0.1", server.port)) as sock,
        sock.dup() as reading,
        handfast.Connection(config) as connection,
    ):
        connection.set_rfd(reading.fileno())
        connection.set_wfd(sock.fileno())
        connection.set_hostname("localhost")
        assert connection.connect() == 1
        assert connection.fileno() == reading.fileno()


def test_a_transport_of_functions(servers: Servers, config: handfast.Config) -> None:
    server = servers.tls()
    with (
        socket.create_connection(("127.0.0.1", server.port)) as sock,
        handfast.Connection(config) as connection,
    ):
        connection.set_io(sock.recv, sock.send)
        connection.set_hostname("localhost")
        assert connection.connect() == 1
        connection.write(b"ping")
        sock.setblocking(False)
        while True:
            ret, data = connection.read()
            if ret == 1:
                break
            assert connection.get_error(ret) == GetError.WANT_READ
            assert select.select([sock], [], [], PATIENCE)[0]
        assert data == b"ping"


def test_what_functions_of_a_transport_raise(config: handfast.Config) -> None:
    def broken(_: object) -> int:
        raise OSError(errno.EHOSTUNREACH, "no route")

    def wrong(_: object) -> int:
        raise ZeroDivisionError("in the transport")

    with handfast.Connection(config) as connection:
        connection.set_hostname("localhost")
        connection.set_io(lambda n: b"", wrong)
        with pytest.raises(ZeroDivisionError, match="in the transport"):
            connection.connect()
    with handfast.Connection(config) as connection:
        connection.set_hostname("localhost")
        connection.set_io(lambda n: b"", broken)
        ret = connection.connect()
        assert connection.get_error(ret) == GetError.SYSCALL
        with pytest.raises(handfast.TransportError) as caught:
            connection.check(ret)
        assert caught.value.errno == errno.EHOSTUNREACH
        assert isinstance(caught.value.__cause__, OSError)
    with handfast.Connection(config) as connection:
        connection.set_hostname("localhost")
        connection.set_io(lambda n: b"", lambda data: None)
        ret = connection.connect()
        assert connection.get_error(ret) == GetError.WANT_WRITE
    for read, write in (
        (lambda n: bytes(n + 1), lambda data: len(data)),
        (lambda n: b"", lambda data: len(data) + 1),
    ):
        with handfast.Connection(config) as connection:
            connection.set_hostname("localhost")
            connection.set_io(read, write)
            with pytest.raises(ValueError, match="transport"):
                connection.connect()


def test_closed_is_closed(config: handfast.Config) -> None:
    connection = handfast.Connection(config)
    assert not connection.closed
    connection.close()
    connection.close()
    assert connection.closed
    for name in [
        "connect",
        "accept",
        "do_handshake",
        "read",
        "peek",
        "shutdown",
        "clear",
        "drain",
        "feed_eof",
        "want",
        "in_init",
        "pending",
        "has_pending",
        "use_memory",
        "set_connect_state",
        "fileno",
        "key_update",
    ]:
        with pytest.raises(ValueError, match="closed"):
            getattr(connection, name)()
    for name in [
        "state",
        "error",
        "error_code",
        "version",
        "cipher_suite",
        "group",
        "alpn",
        "session",
        "peer_chain",
        "timeline",
        "info",
        "bytes_in",
        "options",
        "verify_result",
    ]:
        with pytest.raises(ValueError, match="closed"):
            getattr(connection, name)
    with pytest.raises(ValueError, match="closed"):
        connection.get_error(-1)
    with pytest.raises(ValueError, match="closed"):
        connection.write(b"x")
    assert repr(connection) == "<Connection closed>"


def test_nothing_keeps_a_connection_alive(config: handfast.Config) -> None:
    """It has no reference to itself: it goes with its last name, not at a collection."""
    gc.disable()
    try:
        connection = handfast.Connection(config)
        connection.use_memory()
        gone = weakref.ref(connection)
        del connection
        assert gone() is None
    finally:
        gc.enable()


def test_any_order_of_release(authority: Authority) -> None:
    """C counts its references: whichever goes first, the rest works."""
    config = handfast.Config(trust_file=authority.root_file)
    peer = Peer(authority.server_context())
    connection = handfast.Connection(config)
    connection.use_memory()
    connection.set_hostname("localhost")
    del config
    gc.collect()
    establish(connection, peer)
    peer.tls.write(b"ticket")
    connection.feed(peer.outgoing.read())
    connection.read()
    session, chain = connection.session, connection.peer_chain
    del connection
    gc.collect()
    assert session is not None
    assert session.hostname == "localhost"
    assert chain[0].names == ["localhost", "127.0.0.1"]


def test_a_cycle_through_a_callback_is_collected(authority: Authority) -> None:
    class Owner:
        def __init__(self) -> None:
            self.lines: list[str] = []
            self.config = handfast.Config(
                trust_file=authority.root_file, key_log=self.lines_append
            )
            self.connection = handfast.Connection(self.config)
            self.connection.use_memory()
            self.connection.set_hostname("localhost")

        def lines_append(self, line: str) -> None:
            self.lines.append(line)

    owner = Owner()
    establish(owner.connection, Peer(authority.server_context()))
    assert owner.lines
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None


def test_the_socket_is_kept_while_it_is_used(
    servers: Servers, config: handfast.Config
) -> None:
    server = servers.tls()
    sock = socket.create_connection(("127.0.0.1", server.port))
    connection = handfast.Connection(config)
    connection.set_socket(sock)
    connection.set_hostname("localhost")
    kept = weakref.ref(sock)
    del sock
    gc.collect()
    assert connection.connect() == 1
    held = kept()
    assert held is not None
    held.close()
    connection.close()


def test_waiting_in_c_lets_other_threads_run(
    servers: Servers, config: handfast.Config
) -> None:
    """A blocking read waits without the GIL: were it held, nobody could end the wait."""
    go_on = threading.Event()

    def later(tls: ssl.SSLSocket) -> None:
        assert go_on.wait(PATIENCE)
        tls.sendall(b"done")
        echo(tls)

    server = servers.tls(later)
    with (
        socket.create_connection(("127.0.0.1", server.port)) as sock,
        handfast.Connection(config) as connection,
    ):
        connection.set_socket(sock)
        connection.set_hostname("localhost")
        assert connection.connect() == 1
        timer = threading.Timer(0.05, go_on.set)
        timer.start()
        assert connection.read() == (1, b"done")
        timer.join()
