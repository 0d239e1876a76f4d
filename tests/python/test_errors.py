"""Failures: the exception, its record, and what it says to people."""

from __future__ import annotations

import contextlib
import json
import pickle
import socket
import ssl
import threading
import time
from typing import Any, Callable

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE, Server, Servers
from handfast import codes


def fail(
    server: Server,
    config: handfast.Config,
    kind: type[handfast.HandfastError],
    **more: Any,
) -> handfast.HandfastError:
    """The exception of exactly this kind that a connection raises."""
    more.setdefault("timeout", PATIENCE)
    with pytest.raises(kind) as caught:
        handfast.connect("localhost", server.port, config=config, **more)
    assert type(caught.value) is kind
    return caught.value


def test_wrong_host(servers: Servers, config: handfast.Config) -> None:
    server = servers.tls(names=["elsewhere.example", "other.example"])
    error = fail(server, config, handfast.CertificateError)
    assert error.code == codes.CERT_NAME_MISMATCH
    assert error.name == "CERT_NAME_MISMATCH"
    assert error.certificate is not None
    assert error.certificate["index"] == 0
    assert "localhost" in error.certificate["expected"]
    assert "elsewhere.example" in error.certificate["presented"]
    assert error.alert is not None
    assert error.alert["name"] == "bad_certificate"
    assert error.alert["direction"] == "sent"
    assert error.hint
    assert error.hint in str(error)
    assert str(error) == f"{error.summary} (CERT_NAME_MISMATCH); hint: {error.hint}"
    assert [c.names for c in error.peer_chain] == [["elsewhere.example", "other.example"]]


def test_expired(servers: Servers, config: handfast.Config) -> None:
    error = fail(servers.tls(days=(-20, -10)), config, handfast.CertificateError)
    assert error.code == codes.CERT_EXPIRED
    assert error.alert is not None
    assert error.alert["name"] == "certificate_expired"
    assert error.step
    assert error.message
    assert error.rfc.startswith("RFC 5280")
    assert "ServerHello" in [e.name for e in error.timeline]


def test_not_yet_valid(servers: Servers, config: handfast.Config) -> None:
    error = fail(servers.tls(days=(5, 10)), config, handfast.CertificateError)
    assert error.code == codes.CERT_NOT_YET_VALID


def test_unknown_authority(
    servers: Servers, config: handfast.Config, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Authority(tmp_path_factory.mktemp("other"))
    server = servers.tls(context=other.server_context())
    error = fail(server, config, handfast.CertificateError)
    assert error.code == codes.CERT_UNKNOWN_ISSUER
    assert error.alert is not None
    assert error.alert["name"] == "unknown_ca"


def test_switched_off_verification_still_tells_the_result(
    servers: Servers, authority: Authority
) -> None:
    config = handfast.Config(trust_file=authority.root_file)
    config.disable_certificate_verification()
    server = servers.tls(days=(-20, -10))
    with handfast.connect("localhost", server.port, config=config) as stream:
        assert stream.connection.verify_result == codes.CERT_EXPIRED

    named = handfast.Config(trust_file=authority.root_file)
    named.disable_hostname_check()
    server = servers.tls(names=["elsewhere.example"])
    handfast.connect("localhost", server.port, config=named, timeout=PATIENCE).close()


def test_plain_http(servers: Servers, config: handfast.Config) -> None:
    def answer(sock: socket.socket) -> None:
        sock.recv(4096)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")

    error = fail(servers.plain(answer), config, handfast.TLSError)
    assert error.code == codes.PEER_SPEAKS_HTTP
    assert "HTTP" in error.summary


def test_an_ssh_banner(servers: Servers, config: handfast.Config) -> None:
    def banner(sock: socket.socket) -> None:
        sock.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        sock.recv(4096)

    error = fail(servers.plain(banner), config, handfast.TLSError)
    assert error.code == codes.PEER_SPEAKS_SSH


def test_no_answer_at_all(servers: Servers, config: handfast.Config) -> None:
    def hang_up(sock: socket.socket) -> None:
        sock.recv(4096)

    error = fail(servers.plain(hang_up), config, handfast.UnexpectedEOFError)
    assert error.code == codes.EOF_BEFORE_HELLO


def test_reset(servers: Servers, config: handfast.Config) -> None:
    def reset(sock: socket.socket) -> None:
        sock.recv(1)  # the rest stays unread, which makes the close a reset

    error = fail(servers.plain(reset), config, handfast.TransportError)
    assert isinstance(error, OSError)
    assert error.record["transport"]["errno"] == error.errno
    assert error.errno


def test_the_servers_alert(
    servers: Servers, config: handfast.Config, authority: Authority
) -> None:
    context = authority.server_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    config.set_versions("TLSv1.3")
    error = fail(servers.tls(context=context), config, handfast.TLSError)
    assert error.name == "ALERT_RECEIVED"
    assert error.alert is not None
    assert error.alert["direction"] == "received"
    assert error.alert["name"] in ("protocol_version", "handshake_failure")


def test_a_certificate_that_the_server_wants_shows_when_reading(
    servers: Servers, config: handfast.Config, authority: Authority
) -> None:
    context = authority.server_context()
    context.load_verify_locations(authority.root_file)
    context.verify_mode = ssl.CERT_REQUIRED
    server = servers.tls(context=context)
    stream = handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
    with stream:
        assert stream.connection.certificate_requested
        with pytest.raises(handfast.TLSError) as caught:
            stream.recv()
    assert caught.value.alert is not None
    assert caught.value.alert["name"] == "certificate_required"


def test_connection_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectionRefusedError, match=f"localhost port {port} .tried"):
        handfast.connect("localhost", port, timeout=PATIENCE)


def test_unknown_name() -> None:
    with pytest.raises(socket.gaierror, match=r": .*invalid"):
        handfast.connect("name.invalid", 443, timeout=PATIENCE)


def test_a_port_that_is_none() -> None:
    for port in (0, -1, 65536, 65536 + 443):
        with pytest.raises(ValueError, match=f"1 to 65535, not {port}"):
            handfast.connect("localhost", port, timeout=PATIENCE)


def silent(sock: socket.socket) -> None:
    while sock.recv(4096):
        pass


def test_the_deadline_of_the_handshake(servers: Servers, config: handfast.Config) -> None:
    began = time.monotonic()
    error = fail(servers.plain(silent), config, handfast.DeadlineError, timeout=0.2)
    assert 0.15 < time.monotonic() - began < 5
    assert error.code == codes.DEADLINE_EXCEEDED
    assert isinstance(error, TimeoutError)
    assert [e.name for e in error.timeline] == ["ClientHello"]


def test_the_deadline_of_the_configuration(
    servers: Servers, authority: Authority
) -> None:
    config = handfast.Config(trust_file=authority.root_file, handshake_timeout=0.2)
    error = fail(servers.plain(silent), config, handfast.DeadlineError, timeout=None)
    assert error.code == codes.DEADLINE_EXCEEDED


def test_a_trickle_does_not_stretch_the_deadline(
    servers: Servers, config: handfast.Config
) -> None:
    def trickle(sock: socket.socket) -> None:
        sock.recv(4096)
        for byte in b"\x16\x03\x03\x40\x00" + b"\x02\x00\x3f\xfc\x03\x03" + bytes(500):
            sock.sendall(bytes([byte]))
            time.sleep(0.01)

    began = time.monotonic()
    fail(servers.plain(trickle), config, handfast.DeadlineError, timeout=0.3)
    assert time.monotonic() - began < 4


def test_a_timeout_of_data_loses_nothing(
    servers: Servers, config: handfast.Config
) -> None:
    def wait_for_word(tls: ssl.SSLSocket) -> None:
        assert tls.recv(10) == b"now"
        tls.sendall(b"here")

    server = servers.tls(wait_for_word)
    stream = handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
    with stream:
        stream.settimeout(0.05)
        with pytest.raises(handfast.DeadlineError, match=r"within 0\.05 s") as caught:
            stream.recv()
        assert caught.value.code == 0
        stream.settimeout(PATIENCE)
        stream.sendall(b"now")
        assert stream.recv() == b"here"


def test_a_send_that_nobody_takes_times_out(
    servers: Servers, config: handfast.Config
) -> None:
    def deaf(tls: ssl.SSLSocket) -> None:
        time.sleep(0.6)

    server = servers.tls(deaf)
    stream = handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
    with stream:
        stream.settimeout(0.1)
        with pytest.raises(handfast.DeadlineError, match="could not be sent"):
            stream.sendall(bytes(50_000_000))


def test_a_send_that_timed_out_sent_nothing(
    servers: Servers, config: handfast.Config
) -> None:
    go_on, received = threading.Event(), bytearray()

    def late(tls: ssl.SSLSocket) -> None:
        assert go_on.wait(PATIENCE)
        while not received.endswith(b"end"):
            received.extend(tls.recv(65536))
        tls.sendall(b"thanks")

    server = servers.tls(late)
    stream = handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
    with stream:
        stream.settimeout(0.05)
        sent = 0
        with contextlib.suppress(handfast.DeadlineError):
            while sent < 10_000:
                assert stream.send(sent.to_bytes(4, "big") * 4096) == 16384
                sent += 1
        assert sent < 10_000, "no send timed out"
        go_on.set()
        stream.settimeout(PATIENCE)
        stream.sendall(b"end")
        assert stream.recv() == b"thanks"
    expected = b"".join(n.to_bytes(4, "big") * 4096 for n in range(sent)) + b"end"
    assert received == expected


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_senseless_timeouts(config: handfast.Config, timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout"):
        handfast.connect("localhost", 1, timeout=timeout, config=config)
    with pytest.raises(ValueError, match="limit"):
        handfast.Config(handshake_timeout=timeout)


def test_the_record_is_plain_data(servers: Servers, config: handfast.Config) -> None:
    error = fail(servers.tls(days=(-20, -10)), config, handfast.CertificateError)
    assert json.loads(json.dumps(error.record)) == error.record
    assert error.record["code"] == error.code
    assert error.record["name"] == error.name
    for copy in (pickle.loads(pickle.dumps(error)),):
        assert type(copy) is type(error)
        assert copy.record == error.record
        assert str(copy) == str(error)
        assert copy.peer_chain == error.peer_chain
        assert copy.timeline == error.timeline
    assert "CERT_EXPIRED" in repr(error)


EXPECTED = {
    handfast.GetError.SSL: handfast.TLSError,
    handfast.GetError.WANT_READ: handfast.WantReadError,
    handfast.GetError.WANT_WRITE: handfast.WantWriteError,
    handfast.GetError.WANT_X509_LOOKUP: handfast.WantX509LookupError,
    handfast.GetError.SYSCALL: handfast.TransportError,
    handfast.GetError.ZERO_RETURN: handfast.ZeroReturnError,
    handfast.GetError.WANT_CONNECT: handfast.WantConnectError,
    handfast.GetError.WANT_ACCEPT: handfast.WantAcceptError,
    handfast.GetError.WANT_ASYNC: handfast.WantAsyncError,
    handfast.GetError.WANT_ASYNC_JOB: handfast.WantAsyncJobError,
    handfast.GetError.WANT_CLIENT_HELLO_CB: handfast.WantClientHelloError,
    handfast.GetError.WANT_RETRY_VERIFY: handfast.WantRetryVerifyError,
}


def test_one_exception_per_result() -> None:
    from handfast import _errors

    assert EXPECTED == _errors.ERRORS
    assert set(EXPECTED) == set(handfast.GetError) - {handfast.GetError.NONE}
    assert len(set(EXPECTED.values())) == len(EXPECTED)
    for kind in EXPECTED.values():
        assert issubclass(kind, handfast.HandfastError)
    assert _errors.error_class(1, 600) is handfast.CertificateError
    assert _errors.error_class(1, 699) is handfast.CertificateError
    assert _errors.error_class(1, 599) is handfast.TLSError
    assert _errors.error_class(1, 700) is handfast.TLSError
    assert _errors.error_class(1, 206) is handfast.DeadlineError
    assert _errors.error_class(1, 205) is handfast.UnexpectedEOFError
    assert _errors.error_class(2, 206) is handfast.WantReadError


@pytest.mark.parametrize(
    "kind", [*EXPECTED.values(), handfast.ConfigError, handfast.DeadlineError]
)
def test_an_exception_without_a_record_still_speaks(
    kind: Callable[[], handfast.HandfastError],
) -> None:
    error = kind()
    assert str(error)
    assert error.code == 0
    assert error.name == ""
    assert error.record == {}
    assert error.alert is None
    assert error.certificate is None
    assert error.timeline == []
    assert error.peer_chain == []
    assert isinstance(pickle.loads(pickle.dumps(error)), type(error))
