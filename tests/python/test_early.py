"""External pre-shared keys and early data, against `openssl s_server`."""

from __future__ import annotations

import contextlib
import shutil
import socket
from collections.abc import Iterator

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE
from handfast import EarlyData, GetError, codes
from test_stapling import server

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the openssl command is missing"
)

KEY = bytes(range(32))


def test_settings_are_checked(config: handfast.Config) -> None:
    with handfast.Connection(config) as connection:
        for identity, key in (("", KEY), ("x" * 8193, KEY), ("x", KEY[:15]), ("x", b"")):
            with pytest.raises(handfast.ConfigError) as caught:
                connection.set_psk(identity, key)
            assert caught.value.code == codes.INVALID_ARGUMENT
        with pytest.raises(handfast.ConfigError) as caught:
            connection.set_psk("x", KEY, "MD5")
        assert caught.value.code == codes.UNKNOWN_NAME
        connection.set_psk(b"\0\1", KEY, hash="SHA384")
        connection.set_psk(None)
        assert not connection.psk_used
        assert connection.early_data == EarlyData.NOT_SENT

        connection.use_memory()
        connection.set_hostname("localhost")
        connection.set_connect_state()
        for _ in range(2):
            ret, count = connection.write_early_data(b"x")
            assert (ret, count) == (-1, 0)
            assert connection.get_error(ret) == GetError.SSL
            assert connection.error_code == codes.EARLY_DATA_UNAVAILABLE
            connection.allow_early_data()
        assert connection.connect() == -1
        for late in (connection.allow_early_data, lambda: connection.set_psk("x", KEY)):
            with pytest.raises(handfast.ConfigError) as caught:
                late()
            assert caught.value.code == codes.ALREADY_STARTED


@contextlib.contextmanager
def established(connection: handfast.Connection, port: int) -> Iterator[None]:
    """Over a blocking socket."""
    with socket.create_connection(("127.0.0.1", port)) as sock, connection:
        connection.set_handshake_timeout(PATIENCE)
        connection.set_socket(sock)
        connection.check(connection.connect())
        yield


def test_a_key_of_both_sides(authority: Authority) -> None:
    options = ("-tls1_3", "-psk_identity", "alice", "-psk", KEY.hex())
    with server(authority.issue(), *options) as port:
        # Neither a root nor a name is needed.
        config = handfast.Config(trust_data=authority.root_pem)
        for name in (None, "localhost"):
            connection = handfast.Connection(config)
            connection.set_psk("alice", KEY)
            if name:
                connection.set_hostname(name)
            with established(connection, port):
                assert connection.psk_used
                assert connection.peer_chain == []

        connection = handfast.Connection(config)
        connection.set_psk("bob", KEY)
        connection.set_hostname("localhost")
        with established(connection, port):
            assert not connection.psk_used
            assert len(connection.peer_chain) == 1

        connection = handfast.Connection(config)
        connection.set_psk("bob", KEY)
        with pytest.raises(handfast.TLSError) as caught, established(connection, port):
            pass
        assert caught.value.code == codes.PSK_REFUSED


def ticket(authority: Authority, port: int) -> handfast.Session:
    config = handfast.Config(trust_file=authority.root_file)
    with handfast.connect("localhost", port, config=config, timeout=0.5) as stream:
        while stream.session is None:
            with contextlib.suppress(handfast.DeadlineError):
                stream.recv()
        return stream.session


@pytest.mark.parametrize("accepts", [True, False])
def test_early_data(authority: Authority, accepts: bool) -> None:
    # A server without -rev takes early data; one that was started anew knows no ticket.
    leaf = authority.issue()
    config = handfast.Config(trust_file=authority.root_file)
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(server(leaf, "-tls1_3", "-early_data", reverse=False))
        session = ticket(authority, port)
        assert session.max_early_data > 0
        if not accepts:
            port = stack.enter_context(server(leaf, "-tls1_3", reverse=False))
        with handfast.Connection(config) as connection:
            connection.set_hostname("localhost")
            connection.set_session(session)
            connection.set_connect_state()
            connection.allow_early_data()
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.set_handshake_timeout(PATIENCE)
            connection.set_socket(sock)
            assert connection.write_early_data(b"early") == (1, 5)
            assert connection.early_data == EarlyData.PENDING
            connection.check(connection.connect())
            assert connection.session_reused == accepts
            wanted = EarlyData.ACCEPTED if accepts else EarlyData.REJECTED
            assert connection.early_data == wanted
            ret, _ = connection.write_early_data(b"late")
            assert connection.get_error(ret) == GetError.SSL


# ---- connect(): the pleasant way ----


def test_connect_with_a_key(authority: Authority, config: handfast.Config) -> None:
    options = ("-tls1_3", "-psk_identity", "alice", "-psk", KEY.hex())
    with server(authority.issue(), *options) as port:
        for psk in (("alice", KEY), (b"alice", KEY, "SHA256")):
            with handfast.connect("localhost", port, config=config, psk=psk) as stream:
                assert stream.psk_used
                assert stream.peer_chain == []
        with handfast.connect("localhost", port, config=config) as stream:
            assert not stream.psk_used
        with socket.create_connection(("127.0.0.1", port)) as sock:
            stream = handfast.wrap_socket(sock, "localhost", config=config, psk=psk)
            assert stream.psk_used
            stream.close()
        for wrong in (("alice", b"short"), ("", KEY), ("alice", KEY, "MD5")):
            with pytest.raises(handfast.ConfigError):
                handfast.connect("localhost", port, config=config, psk=wrong)


@pytest.mark.parametrize(
    ("data", "early"),
    [
        (b"abc\n", "accepted"),
        (bytearray(b"abc\n"), "accepted"),
        (memoryview(b"abc\n"), "accepted"),
        (b"x" * 5000 + b"\n", "accepted"),
        (b"abc\n", "rejected"),
        (b"abc\n", "not sent"),
        (b"", "not sent"),
    ],
)
def test_connect_with_early_data(authority: Authority, data: bytes, early: str) -> None:
    """However much went early: the server has all of it, once and in order."""
    leaf = authority.issue()
    config = handfast.Config(trust_file=authority.root_file)
    options = ("-tls1_3", "-early_data", "-max_early_data", "1000")
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(server(leaf, *options, reverse=False))
        session = ticket(authority, port) if early != "not sent" else None
        if early == "rejected":
            port = stack.enter_context(server(leaf, "-tls1_3", reverse=False))
        stream = stack.enter_context(
            handfast.connect(
                "localhost", port, config=config, session=session, early_data=data
            )
        )
        wanted = {"accepted": EarlyData.ACCEPTED, "rejected": EarlyData.REJECTED}
        assert stream.early_data == wanted.get(early, EarlyData.NOT_SENT)
        assert stream.session_reused == (early == "accepted")
        assert stream.info["bytes_out"] > len(data)


def test_early_data_is_bytes(authority: Authority) -> None:
    with server(authority.issue(), "-tls1_3") as port, pytest.raises(TypeError):
        handfast.connect("localhost", port, early_data="text")  # type: ignore[arg-type]
