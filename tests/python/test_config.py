"""Settings and callbacks."""

from __future__ import annotations

import os
import stat
import threading
import time
from pathlib import Path

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE, Servers
from handfast import codes
from test_contract import Peer, establish


def on_memory(config: handfast.Config) -> handfast.Connection:
    connection = handfast.Connection(config)
    connection.use_memory()
    connection.set_hostname("localhost")
    return connection


@pytest.mark.parametrize(
    "setting",
    [
        "set_groups",
        "set_cipher_suites",
        "set_signature_algorithms",
        "set_certificate_compression",
    ],
)
def test_unknown_names_are_refused_with_the_known_ones(setting: str) -> None:
    config = handfast.Config()
    with pytest.raises(handfast.ConfigError) as caught:
        getattr(config, setting)(["nonsense"])
    assert caught.value.code == codes.UNKNOWN_NAME
    assert "nonsense" in str(caught.value)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(handfast.ConfigError) as caught:
        getattr(config, setting)("")
    assert caught.value.code == codes.EMPTY_LIST


def test_names_as_text_or_list(authority: Authority) -> None:
    for groups in ("P-256:x25519", ["secp256r1", "X25519"], ("p-256", "x25519")):
        config = handfast.Config(trust_file=authority.root_file, groups=groups)
        with on_memory(config) as connection:
            establish(connection, Peer(authority.server_context()))
            assert connection.group == "secp256r1"


def test_profile(servers: Servers, authority: Authority) -> None:
    """A certificate without key identifiers is for the compatible profile."""
    with pytest.raises(handfast.ConfigError, match="compatible") as caught:
        handfast.Config(profile="strict")
    assert caught.value.code == codes.UNKNOWN_NAME
    with pytest.raises(ValueError, match="NUL"):
        handfast.Config(profile="default\0")
    server = servers.tls(key_ids=False)
    for profile in ("default", "web-pki", "compatible"):
        config = handfast.Config(trust_file=authority.root_file, profile=profile)
        if profile == "compatible":
            handfast.connect("localhost", server.port, config=config).close()
            return
        with pytest.raises(handfast.CertificateError) as refused:
            handfast.connect("localhost", server.port, config=config)
        assert refused.value.code == codes.CERT_PROFILE
        assert "compatible" in refused.value.hint


def test_a_frozen_configuration(authority: Authority) -> None:
    config = handfast.Config(trust_file=authority.root_file)
    config.set_options(handfast.OPTION_WHOLE_WRITE)
    handfast.Connection(config).close()
    for setting in (
        lambda: config.add_trust_file(authority.root_file),
        lambda: config.add_trust_memory(authority.root_pem),
        lambda: config.add_trust_system(),
        lambda: config.set_versions("TLSv1.3"),
        lambda: config.set_groups("x25519"),
        lambda: config.add_alpn(["h2"]),
        lambda: config.clear_alpn(),
        lambda: config.set_options(1),
        lambda: config.clear_options(8),
        lambda: config.set_signature_memory(0),
        lambda: config.set_profile("default"),
        lambda: config.set_record_size_limit(1024),
        lambda: config.set_record_padding(256),
        lambda: config.set_handshake_timeout(1),
        lambda: config.set_key_log(print),
        lambda: config.set_session_callback(None),
        lambda: config.set_random(os.urandom),
        lambda: config.set_clock(time.time, time.monotonic),
        lambda: config.disable_hostname_check(),
        lambda: config.set_acceleration(False),
        lambda: config.disable_certificate_verification(),
    ):
        with pytest.raises(handfast.ConfigError) as caught:
            setting()
        assert caught.value.code == codes.CONFIG_FROZEN
    assert config.options == handfast.OPTION_WHOLE_WRITE


def test_signature_memory() -> None:
    with pytest.raises(handfast.ConfigError) as caught:
        handfast.Config(signature_memory=65537)
    assert caught.value.code == codes.INVALID_ARGUMENT
    with pytest.raises(ValueError, match="negative"):
        handfast.Config(signature_memory=-1)
    for entries in (0, 1, 65536):
        handfast.Config(signature_memory=entries)


def test_record_size_limit() -> None:
    for wrong in (1, 63, 16385):
        with pytest.raises(handfast.ConfigError) as caught:
            handfast.Config(record_size_limit=wrong)
        assert caught.value.code == codes.INVALID_ARGUMENT
    with pytest.raises(ValueError, match="negative"):
        handfast.Config(record_size_limit=-1)
    # RFC 8449 4: the type 28, the length 2; TLS 1.3 counts one byte for the type.
    for size, versions, told in (
        (64, "TLSv1.3", b"\0\x41"),
        (16384, "TLSv1.3", b"\x40\1"),
        (64, "TLSv1.2", b"\0\x40"),
        (0, "TLSv1.3", None),
    ):
        config = handfast.Config(record_size_limit=size, versions=versions)
        config.disable_certificate_verification()
        with on_memory(config) as connection:
            assert connection.connect() == -1
            hello = connection.drain()
        assert hello.count(b"\0\x1c\0\2" + (told or b"")) == (told is not None)


def test_record_padding(authority: Authority) -> None:
    with pytest.raises(handfast.ConfigError) as caught:
        handfast.Config(record_padding=16385)
    assert caught.value.code == codes.INVALID_ARGUMENT
    with pytest.raises(ValueError, match="negative"):
        handfast.Config(record_padding=-1)
    lengths = {}
    for multiple in (0, 512):
        config = handfast.Config(trust_file=authority.root_file, record_padding=multiple)
        peer = Peer(authority.server_context())
        with on_memory(config) as connection:
            establish(connection, peer)
            for data in (b"x", b"x" * 100):
                assert connection.write(data) == (1, len(data))
                record = connection.drain()
                lengths[multiple, len(data)] = len(record)
                peer.incoming.write(record)
                assert peer.tls.read() == data
    assert lengths[0, 100] - lengths[0, 1] == 99
    assert lengths[512, 1] == lengths[512, 100] > 512


def test_trust(authority: Authority, tmp_path: Path) -> None:
    config = handfast.Config(trust_data=authority.root_pem)
    assert config.trust_count == 1
    config = handfast.Config(trust_data=authority.root_der)
    assert config.trust_count == 1
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    config = handfast.Config(trust_dir=tmp_path)
    assert config.trust_count == 1

    with pytest.raises(handfast.ConfigError) as caught:
        handfast.Config(trust_file=tmp_path / "absent.pem")
    assert caught.value.code == codes.FILE_UNREADABLE
    assert "absent.pem" in str(caught.value)
    (tmp_path / "empty.pem").write_bytes(b"")
    with pytest.raises(handfast.ConfigError) as caught:
        handfast.Config(trust_file=os.fsencode(tmp_path / "empty.pem"))
    assert caught.value.code == codes.NO_CERTIFICATE_IN_INPUT
    error = caught.value
    said = f"{tmp_path}/empty.pem: {error.summary} ({error.name}); hint: {error.hint}"
    assert str(error) == said, "nothing is said twice"
    assert "empty.pem" in repr(error)
    with pytest.raises(handfast.ConfigError):
        handfast.Config(trust_data=b"-----BEGIN CERTIFICATE-----\nAAAA\n")
    with pytest.raises(ValueError, match="NUL"):
        handfast.Config(trust_file="a\0b")


def test_no_root_at_all(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with on_memory(handfast.Config()) as connection:
        ret = connection.connect()
        assert ret < 0
        assert connection.error_code == codes.TRUST_STORE_EMPTY


def test_alpn(authority: Authority) -> None:
    config = handfast.Config(trust_file=authority.root_file, alpn=["h2", b"http/1.1"])
    context = authority.server_context()
    context.set_alpn_protocols(["http/1.1"])
    with on_memory(config) as connection:
        establish(connection, Peer(context))
        assert connection.alpn == "http/1.1"
    for wrong in ([""], ["x" * 256]):
        with pytest.raises(handfast.ConfigError) as caught:
            handfast.Config(alpn=wrong)
        assert caught.value.code == codes.INVALID_ARGUMENT
    with pytest.raises(TypeError, match="list"):
        handfast.Config(alpn="h2")
    with pytest.raises(UnicodeEncodeError):
        handfast.Config(alpn=["grüße"])


LABELS = {
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
    "EXPORTER_SECRET",
}


def test_the_key_log_of_both_ends_is_the_same(
    authority: Authority, tmp_path: Path
) -> None:
    lines: list[str] = []
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    context = authority.server_context()
    context.keylog_filename = str(theirs)
    for target in (lines.append, ours):
        config = handfast.Config(trust_file=authority.root_file, key_log=target)
        with on_memory(config) as connection:
            establish(connection, Peer(context))
    written = ours.read_text().splitlines()
    assert {line.split()[0] for line in lines} == LABELS
    assert {line.split()[0] for line in written} == LABELS
    expected = {x for x in theirs.read_text().splitlines() if not x.startswith("#")}
    assert set(lines) | set(written) == expected
    assert stat.S_IMODE(ours.stat().st_mode) == 0o600


def test_a_key_log_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(handfast.ConfigError) as caught:
        handfast.Config(key_log=tmp_path / "absent" / "log")
    assert caught.value.code == codes.KEY_LOG_FAILED


class Oops(Exception):
    pass


def raising(*_: object) -> bytes:
    raise Oops("from the callback")


def test_the_key_log_callback_raises(authority: Authority) -> None:
    config = handfast.Config(trust_file=authority.root_file, key_log=raising)
    peer = Peer(authority.server_context())
    with on_memory(config) as connection:
        assert connection.connect() == -1
        peer.incoming.write(connection.drain())
        peer.handshake()
        connection.feed(peer.outgoing.read())
        with pytest.raises(Oops, match="from the callback"):
            connection.connect()
        assert connection.connect() == 1, "the exception is told once"


def test_the_random_callback(authority: Authority) -> None:
    config = handfast.Config(trust_file=authority.root_file)
    config.set_random(lambda count: bytes(count))
    with on_memory(config) as connection, on_memory(config) as twin:
        connection.connect()
        twin.connect()
        assert connection.drain() == twin.drain()

    for function, kind in ((raising, Oops), (lambda count: b"", ValueError)):
        config = handfast.Config(trust_file=authority.root_file)
        config.set_random(function)
        with on_memory(config) as connection:
            with pytest.raises(kind):
                connection.connect()
            assert connection.error_code == codes.RANDOM_FAILED


def test_the_clock_dates_certificates(authority: Authority) -> None:
    for days, expected in ((-10, codes.CERT_NOT_YET_VALID), (100, codes.CERT_EXPIRED)):

        def clock(days: int = days) -> float:
            return time.time() + days * 86400

        config = handfast.Config(trust_file=authority.root_file)
        config.set_clock(clock, time.monotonic)
        peer = Peer(authority.server_context())
        with on_memory(config) as connection:
            connection.connect()
            peer.incoming.write(connection.drain())
            peer.handshake()
            connection.feed(peer.outgoing.read())
            ret = connection.connect()
            assert ret < 0
            assert connection.error_code == expected


def test_the_clock_times_the_handshake(authority: Authority) -> None:
    now = [1000.0]
    config = handfast.Config(trust_file=authority.root_file, handshake_timeout=5)
    config.set_clock(time.time, lambda: now[0])
    with on_memory(config) as connection:
        ret = connection.connect()
        now[0] += 4.9
        assert connection.get_error(ret) == handfast.GetError.WANT_READ
        assert connection.get_error(connection.connect()) == 2
        now[0] += 0.2
        ret = connection.connect()
        assert isinstance(connection.exception(ret), handfast.DeadlineError)
        assert connection.error_code == codes.DEADLINE_EXCEEDED


def test_the_clock_raises(authority: Authority) -> None:
    config = handfast.Config(trust_file=authority.root_file)
    config.set_clock(time.time, raising)  # type: ignore[arg-type]
    with on_memory(config) as connection, pytest.raises(Oops):
        connection.connect()


def test_the_session_callback(servers: Servers, authority: Authority) -> None:
    got: list[tuple[handfast.Connection, handfast.Session]] = []
    config = handfast.Config(
        trust_file=authority.root_file, on_session=lambda c, s: got.append((c, s))
    )
    server = servers.tls()
    stream = handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
    with stream:
        stream.sendall(b"x")
        assert stream.recv() == b"x"
        assert got
        assert all(connection is stream.connection for connection, _ in got)
        newest = stream.session
        assert newest is not None
        assert newest.serialize() == got[-1][1].serialize()
    stream = handfast.connect(
        "localhost", server.port, config=config, timeout=PATIENCE, session=got[0][1]
    )
    with stream:
        assert stream.session_reused


def test_the_session_callback_raises_and_no_data_is_lost(authority: Authority) -> None:
    config = handfast.Config(trust_file=authority.root_file, on_session=raising)
    peer = Peer(authority.server_context())
    with on_memory(config) as connection:
        establish(connection, peer)
        peer.tls.write(b"precious")
        connection.feed(peer.outgoing.read())  # tickets, then the data
        with pytest.raises(Oops):
            connection.read(5)
        assert connection.pending() in (5, 8)
        assert connection.peek(3) == (1, b"pre")
        got = b""
        while len(got) < 8:
            ret, data = connection.read(5)
            assert ret == 1
            got += data
        assert got == b"precious"


def test_a_callback_must_not_call_its_own_connection(authority: Authority) -> None:
    seen: list[BaseException] = []

    def reenter(connection: handfast.Connection, _: handfast.Session) -> None:
        assert connection.version == "TLSv1.3", "asking is allowed"
        for call in (connection.read, connection.close, connection.clear):
            try:
                call()
            except RuntimeError as error:
                seen.append(error)

    config = handfast.Config(trust_file=authority.root_file, on_session=reenter)
    peer = Peer(authority.server_context())
    with on_memory(config) as connection:
        establish(connection, peer)
        peer.tls.write(b"x")
        connection.feed(peer.outgoing.read())
        assert connection.read() == (1, b"x")
    assert len(seen) % 3 == 0
    assert seen


def test_exceptions_of_callbacks_stay_in_their_thread(authority: Authority) -> None:
    config = handfast.Config(trust_file=authority.root_file)
    main = threading.get_ident()
    config.set_random(
        lambda n: os.urandom(n) if threading.get_ident() == main else raising()
    )
    caught: list[BaseException] = []

    def other() -> None:
        with on_memory(config) as connection:
            try:
                connection.connect()
            except Oops as error:
                caught.append(error)

    thread = threading.Thread(target=other)
    thread.start()
    with on_memory(config) as connection:
        establish(connection, Peer(authority.server_context()))
    thread.join(PATIENCE)
    assert len(caught) == 1


# ---- memory ----


def test_a_memory_limit_that_is_too_small() -> None:
    for limit in (0, 1, 1000):
        with pytest.raises(MemoryError):
            handfast.Config(memory_limit=limit)
    with pytest.raises(ValueError, match="negative"):
        handfast.Config(memory_limit=-1)


def test_what_a_connection_costs() -> None:
    config = handfast.Config(memory_limit=1 << 20)
    before = config.memory_used
    with handfast.Connection(config):
        assert config.memory_used > before
    assert config.memory_used == before
    assert config.memory_limit == 1 << 20
    assert before < config.memory_peak <= 1 << 20


def test_without_a_limit_nothing_is_counted() -> None:
    config = handfast.Config()
    assert config.memory_limit is None
    assert config.memory_used == config.memory_peak == 0


def test_a_connection_past_the_limit_fails_alone(authority: Authority) -> None:
    root = authority.root_file
    probe = handfast.Config(memory_limit=1 << 20, trust_file=root)
    with on_memory(probe):
        limit = probe.memory_used + 4096
    config = handfast.Config(memory_limit=limit, trust_file=root)
    before = config.memory_used
    with on_memory(config) as connection:
        ret = connection.connect()
        error = connection.exception(ret)
    assert ret == -1
    assert error is not None
    assert error.code == codes.NO_MEMORY
    assert error.detail == "the memory limit of the configuration is reached"
    assert "memory limit" in error.hint
    assert config.memory_used == before
    on_memory(config).close()
