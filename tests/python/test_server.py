"""The server's side: in memory against our own client, and on sockets against ``ssl``."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import Any, Callable

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE, Servers
from handfast import EarlyData, GetError, codes

WAITS = (GetError.WANT_READ, GetError.WANT_WRITE)


def server_config(authority: Authority, **arguments: Any) -> handfast.Config:
    certificate, key = authority.issue()
    return handfast.Config(certificate_file=certificate, key_file=key, **arguments)


class Couple:
    """A client and a server in memory."""

    def __init__(self, server: handfast.Config, client: handfast.Config) -> None:
        self.server = handfast.Connection(server)
        self.client = handfast.Connection(client)
        for side in (self.server, self.client):
            side.use_memory()
        self.client.set_hostname("localhost")
        self._way = {self.client: b"", self.server: b""}

    def __enter__(self) -> Couple:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.close()
        self.client.close()

    def carry(self) -> None:
        """What one side does not take yet stays on the way."""
        for side, other in ((self.client, self.server), (self.server, self.client)):
            self._way[other] += side.drain()
            if other.error_code == 0:
                self._way[other] = self._way[other][other.feed(self._way[other]) :]

    def shake(self) -> tuple[int, int]:
        """To the end of both sides, or to what is neither done nor a wait for bytes."""
        for _ in range(20):
            client = self.client.connect()
            self.carry()
            server = self.server.accept()
            self.carry()
            stuck = [
                side.get_error(ret)
                for side, ret in ((self.client, client), (self.server, server))
                if ret != 1
            ]
            if not stuck or any(error not in WAITS for error in stuck):
                return client, server
        raise AssertionError("the handshake does not end")


def test_a_handshake_in_memory(authority: Authority, config: handfast.Config) -> None:
    settings = server_config(authority, alpn=["h2", "http/1.1"])
    config.add_alpn(["http/1.1"])
    with Couple(settings, config) as couple:
        assert couple.shake() == (1, 1)
        assert couple.server.version == couple.client.version == "TLSv1.3"
        assert couple.server.requested_name == "localhost"
        assert couple.server.alpn == "http/1.1"
        exported = [
            side.export_keying_material("EXPORTER-test", 32)
            for side in (couple.server, couple.client)
        ]
        assert exported[0] == exported[1]
        assert couple.client.write(b"hello") == (1, 5)
        couple.carry()
        assert couple.server.read(10) == (1, b"hello")


def test_settings_are_checked(authority: Authority) -> None:
    bare = handfast.Config()
    with pytest.raises(ValueError, match="none, optional, required"):
        bare.set_client_auth("perhaps")
    refusals: list[tuple[Callable[[], None], int]] = [
        (lambda: bare.set_ocsp_response(b"x"), codes.CERTIFICATE_NOT_SET),
        (lambda: bare.set_sct_list(b"\0\0"), codes.CERTIFICATE_NOT_SET),
        (lambda: bare.set_ticket_count(17), codes.INVALID_ARGUMENT),
        (lambda: bare.set_ticket_keys(bytes(48)), codes.INVALID_ARGUMENT),
        (lambda: bare.set_ticket_keys(b"x"), codes.INVALID_ARGUMENT),
        (lambda: bare.set_ticket_lifetime(604801), codes.INVALID_ARGUMENT),
        (lambda: bare.set_session_context(bytes(256)), codes.INVALID_ARGUMENT),
        (lambda: bare.set_record_size(63), codes.INVALID_ARGUMENT),
        (lambda: bare.add_client_ca_memory(b"no"), codes.NO_CERTIFICATE_IN_INPUT),
        (lambda: bare.add_client_ca_file("/nowhere"), codes.FILE_UNREADABLE),
    ]
    for call, code in refusals:
        with pytest.raises(handfast.ConfigError) as caught:
            call()
        assert caught.value.code == code
    with handfast.Connection(bare) as connection:
        connection.use_memory()
        ret = connection.accept()
        assert connection.get_error(ret) == GetError.SSL
        assert connection.error_code == codes.SERVER_CERTIFICATE_NOT_SET


def test_clients_show_a_certificate(
    authority: Authority, config: handfast.Config
) -> None:
    settings = server_config(
        authority, client_auth="required", trust_file=authority.root_file
    )
    settings.add_client_ca_file(authority.root_file)
    with Couple(settings, config) as couple:
        couple.shake()
        assert couple.server.error_code == codes.CLIENT_CERTIFICATE_MISSING
    ours = handfast.Config(trust_file=authority.root_file)
    certificate, key = authority.issue("someone", client=True)
    ours.use_certificate_chain_file(certificate)
    ours.use_private_key_file(key)
    with Couple(settings, ours) as couple:
        assert couple.shake() == (1, 1)
        assert couple.client.certificate_sent
        assert couple.server.verify_result == 0
        assert "someone" in couple.server.peer_chain[0].subject


def test_a_verify_callback_decides(authority: Authority, config: handfast.Config) -> None:
    answers: list[Any] = [None, False]
    seen: list[int] = []

    def decide(_connection: handfast.Connection, result: int) -> Any:
        seen.append(result)
        return answers.pop(0)

    config.set_verify_callback(decide)
    with Couple(server_config(authority), config) as couple:
        client, _ = couple.shake()
        assert couple.client.get_error(client) == GetError.WANT_RETRY_VERIFY
        assert couple.client.want() == handfast.Want.RETRY_VERIFY
        client, _ = couple.shake()
        assert couple.client.get_error(client) == GetError.SSL
        assert couple.client.error_code == codes.CERT_REFUSED
    assert seen == [0, 0]
    answers[:] = [codes.CERT_REVOKED]
    with Couple(server_config(authority), config) as couple:
        couple.shake()
        assert couple.client.error_code == codes.CERT_REVOKED
    answers[:] = [True]
    with Couple(server_config(authority), config) as couple:
        assert couple.shake() == (1, 1)


def test_a_hello_chooses_the_configuration(
    authority: Authority, config: handfast.Config
) -> None:
    other = server_config(authority, alpn=["other"])
    waits = [False]
    extensions: list[bytes | None] = []

    def choose(connection: handfast.Connection) -> Any:
        if waits:
            return waits.pop()
        assert connection.requested_name == "localhost"
        assert connection.client_hello is not None
        extensions.append(connection.client_hello_extension(0))
        extensions.append(connection.client_hello_extension(0xFEFE))
        connection.set_config(other)
        return None

    settings = server_config(authority)
    settings.set_client_hello_callback(choose)
    config.add_alpn(["other"])
    with Couple(settings, config) as couple:
        _, server = couple.shake()
        assert couple.server.get_error(server) == GetError.WANT_CLIENT_HELLO_CB
        assert couple.server.want() == handfast.Want.CLIENT_HELLO_CB
        assert couple.shake() == (1, 1)
        assert couple.server.alpn == "other"
        assert couple.server.config is other
        assert couple.server.client_hello is None
    assert extensions == [b"\0\x0c\0\0\x09localhost", None]

    settings = server_config(authority)
    settings.set_client_hello_callback(lambda _: handfast.UNKNOWN_NAME)
    with Couple(settings, handfast.Config(trust_file=authority.root_file)) as couple:
        couple.shake()
        assert couple.server.error_code == codes.SERVER_NAME_UNKNOWN


@pytest.mark.parametrize("setter", ["set_client_hello_callback", "set_alpn_callback"])
def test_what_a_callback_raises_the_call_raises(
    setter: str, authority: Authority, config: handfast.Config
) -> None:
    def fail(*_: object) -> Any:
        raise KeyError("mine")

    settings = server_config(authority)
    getattr(settings, setter)(fail)
    config.add_alpn(["h2"])
    with Couple(settings, config) as couple, pytest.raises(KeyError, match="mine"):
        couple.shake()


@pytest.mark.parametrize(
    ("answer", "chosen"), [(b"b", "b"), (None, None), (False, codes.NO_COMMON_PROTOCOL)]
)
def test_an_alpn_callback_chooses(
    answer: Any, chosen: Any, authority: Authority, config: handfast.Config
) -> None:
    offered: list[bytes] = []

    def choose(_: handfast.Connection, names: list[bytes]) -> Any:
        offered.extend(names)
        return answer

    settings = server_config(authority)
    settings.set_alpn_callback(choose)
    config.add_alpn(["a", "b"])
    with Couple(settings, config) as couple:
        couple.shake()
        if answer is False:
            assert couple.server.error_code == chosen
        else:
            assert couple.server.alpn == couple.client.alpn == chosen
    assert offered == [b"a", b"b"]


def test_an_alpn_callback_must_choose_what_was_offered(
    authority: Authority, config: handfast.Config
) -> None:
    settings = server_config(authority)
    settings.set_alpn_callback(lambda _, __: b"c")
    config.add_alpn(["a"])
    with Couple(settings, config) as couple, pytest.raises(ValueError, match="offered"):
        couple.shake()


@pytest.mark.parametrize("hash_name", ["SHA256", "SHA384"])
def test_a_psk_callback(hash_name: str, config: handfast.Config) -> None:
    key = bytes(range(48))
    answers: list[Any] = [False, (key, hash_name)]
    asked: list[bytes] = []

    def look(_: handfast.Connection, identity: bytes) -> Any:
        asked.append(identity)
        return answers.pop(0)

    settings = handfast.Config()
    settings.set_psk_callback(look)
    with Couple(settings, config) as couple:
        couple.client.set_psk("alice", key, hash_name)
        _, server = couple.shake()
        assert couple.server.get_error(server) == GetError.WANT_CLIENT_HELLO_CB
        assert couple.shake() == (1, 1)
        assert couple.server.psk_used
    assert asked == [b"alice", b"alice"]


def read_ticket(couple: Couple) -> handfast.Session:
    couple.carry()
    assert couple.client.get_error(couple.client.read(1)[0]) == GetError.WANT_READ
    session = couple.client.session
    assert session is not None
    return session


def test_sessions_resume_with_keys_of_the_application(
    authority: Authority, config: handfast.Config
) -> None:
    keys = bytes(range(48))
    first, second = (server_config(authority) for _ in range(2))
    for settings in (first, second):
        settings.set_ticket_keys(keys)
        settings.set_session_context(b"service")
        settings.set_ticket_lifetime(60)
    with Couple(first, config) as couple:
        assert couple.shake() == (1, 1)
        session = read_ticket(couple)
    assert session.lifetime == 60
    for settings, resumed in ((second, True), (server_config(authority), False)):
        with Couple(settings, config) as couple:
            couple.client.set_session(session)
            assert couple.shake() == (1, 1)
            assert couple.server.session_reused is resumed


class Memory(handfast.SessionStore):
    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}
        self.waits = False

    def find(self, identity: bytes) -> Any:
        if self.waits:
            self.waits = False
            return False
        return self.kept.get(identity)

    def put(self, identity: bytes, value: bytes, lifetime: int) -> None:
        assert lifetime == 7200
        self.kept[identity] = value


def test_sessions_in_a_store(authority: Authority, config: handfast.Config) -> None:
    settings, store = server_config(authority), Memory()
    settings.set_options(handfast.OPTION_NO_TICKET)
    settings.set_session_store(store)
    with Couple(settings, config) as couple:
        assert couple.shake() == (1, 1)
        session = read_ticket(couple)
    assert store.kept
    store.waits = True
    with Couple(settings, config) as couple:
        couple.client.set_session(session)
        _, server = couple.shake()
        assert couple.server.get_error(server) == GetError.WANT_CLIENT_HELLO_CB
        assert couple.shake() == (1, 1)
        assert couple.server.session_reused


def test_early_data_is_read_once(authority: Authority, config: handfast.Config) -> None:
    settings = server_config(authority)
    settings.set_early_data(1000)
    with Couple(settings, config) as couple:
        assert couple.shake() == (1, 1)
        session = read_ticket(couple)
        assert couple.server.read_early_data(9) == (1, b"")
    assert session.max_early_data == 1000
    with Couple(settings, config) as couple:
        couple.server.set_accept_state()
        ret, data = couple.server.read_early_data(9)
        assert (ret, data) == (-1, b"")
        assert couple.server.error_code == codes.EARLY_DATA_UNAVAILABLE
    with Couple(settings, config) as couple:
        couple.server.set_accept_state()
        couple.client.set_session(session)
        couple.client.set_connect_state()
        couple.client.allow_early_data()
        couple.server.allow_early_data()
        assert couple.client.write_early_data(b"early") == (1, 5)
        couple.carry()
        assert couple.server.read_early_data(100) == (1, b"early")
        couple.carry()
        couple.client.connect()
        couple.carry()
        assert couple.server.read_early_data(100) == (1, b"")
        assert couple.shake() == (1, 1)
        assert couple.server.early_data == EarlyData.ACCEPTED


@pytest.mark.parametrize("answer", [True, False, None, 1, "raises"])
def test_early_data_asks_a_register(
    authority: Authority, config: handfast.Config, answer: object
) -> None:
    """What is not a plain True is a no, and the handshake goes on."""
    asked: list[tuple[bytes, int]] = []

    def register(hello: bytes, seconds: int) -> bool | None:
        asked.append((hello, seconds))
        if answer == "raises":
            raise KeyError("the register is gone")
        return answer  # type: ignore[return-value]

    settings = server_config(authority)
    settings.set_early_data(1000)
    settings.set_early_data_register(register)
    with Couple(settings, config) as couple:
        assert couple.shake() == (1, 1)
        session = read_ticket(couple)
    assert not asked
    with Couple(settings, config) as couple:
        couple.client.set_session(session)
        couple.client.set_connect_state()
        couple.client.allow_early_data()
        couple.server.allow_early_data()
        assert couple.client.write_early_data(b"early") == (1, 5)
        couple.carry()
        if answer == "raises":
            with pytest.raises(KeyError):
                couple.server.read_early_data(100)
        else:
            wanted = b"early" if answer is True else b""
            assert couple.server.read_early_data(100) == (1, wanted)
        [(hello, seconds)] = asked
        assert len(hello) == 32
        assert seconds > 20
        couple.carry()
        couple.client.connect()
        couple.carry()
        if answer is True:
            assert couple.server.read_early_data(100) == (1, b"")
        assert couple.shake() == (1, 1)
        taken = EarlyData.ACCEPTED if answer is True else EarlyData.REJECTED
        assert couple.server.early_data == taken


def test_abort_tells_the_peer(authority: Authority, config: handfast.Config) -> None:
    with Couple(server_config(authority), config) as couple:
        assert couple.shake() == (1, 1)
        assert couple.server.abort(49) == 1
        couple.carry()
        ret, _ = couple.client.read(1)
        assert couple.client.get_error(ret) == GetError.SSL
        assert couple.client.error_code == codes.ALERT_RECEIVED
        assert couple.server.error_code == codes.ABORTED


# ---- on sockets ----


def test_accept_serves_the_ssl_module(authority: Authority, servers: Servers) -> None:
    settings = server_config(authority, alpn=["echo"])

    def serve(sock: socket.socket) -> None:
        with handfast.accept(sock, settings, timeout=PATIENCE) as stream:
            while True:
                data = stream.recv(100)
                if not data:
                    break
                stream.sendall(data)

    server = servers.plain(serve)
    context = ssl.create_default_context(cafile=str(authority.root_file))
    context.set_alpn_protocols(["echo"])
    sock = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    with context.wrap_socket(sock, server_hostname="localhost") as tls:
        assert tls.selected_alpn_protocol() == "echo"
        tls.sendall(b"there and back")
        assert tls.recv(100) == b"there and back"
        tls.unwrap().close()
    assert server.errors == []


def test_accept_fails_with_the_record_and_leaves_the_socket(
    authority: Authority,
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"GET / HTTP/1.0\r\n\r\n")
        with pytest.raises(handfast.TLSError) as caught:
            handfast.accept(ours, server_config(authority), timeout=PATIENCE)
        assert caught.value.code == codes.HTTP_REQUEST
        assert ours.fileno() >= 0
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(handfast.DeadlineError):
        handfast.accept(ours, server_config(authority), timeout=0.05)


def test_one_configuration_serves_many_threads(
    authority: Authority, config: handfast.Config
) -> None:
    settings = server_config(authority)
    failures: list[BaseException] = []

    def live() -> None:
        try:
            for _ in range(10):
                with Couple(settings, config) as couple:
                    assert couple.shake() == (1, 1)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=live) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert failures == []
