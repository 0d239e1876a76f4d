"""TLS 1.2 against the standard library's server, and the choice of versions."""

from __future__ import annotations

import hashlib
import hmac
import ssl
from typing import Any

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE, Server, Servers
from handfast import GetError, codes
from test_contract import Peer, establish


def only(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    context.minimum_version = context.maximum_version = version
    return context


@pytest.fixture
def old(authority: Authority) -> handfast.Config:
    """A configuration that speaks TLS 1.2 alone."""
    return handfast.Config(trust_file=authority.root_file, versions="TLSv1.2")


def connect(server: Server, config: handfast.Config, **more: Any) -> handfast.Stream:
    return handfast.connect(
        "localhost", server.port, config=config, timeout=PATIENCE, **more
    )


def test_versions_that_are_unknown() -> None:
    for names in ("TLSv1.1", ["TLSv1.3", "SSLv3"], "1.4"):
        with pytest.raises(handfast.ConfigError) as caught:
            handfast.Config(versions=names)
        assert caught.value.code == codes.UNKNOWN_NAME
        assert "TLSv1.2" in str(caught.value), "the known ones are listed"
    with pytest.raises(handfast.ConfigError) as caught:
        handfast.Config(versions=[])
    assert caught.value.code == codes.EMPTY_LIST


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("TLSv1.2", ssl.TLSVersion.TLSv1_3), ("TLSv1.3", ssl.TLSVersion.TLSv1_2)],
)
def test_no_version_in_common(
    servers: Servers, authority: Authority, ours: str, theirs: ssl.TLSVersion
) -> None:
    server = servers.tls(context=only(authority.server_context(), theirs))
    config = handfast.Config(trust_file=authority.root_file, versions=ours)
    with pytest.raises(handfast.TLSError) as caught:
        connect(server, config)
    alert = caught.value.alert
    assert alert is not None
    assert alert["name"] == "protocol_version"
    assert alert["direction"] == "received"


@pytest.mark.parametrize("names", [None, "TLSv1.2:TLSv1.3", ["1.3", "tlsv1.2"]])
@pytest.mark.parametrize("server", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_newest_version_of_both(
    servers: Servers, authority: Authority, server: ssl.TLSVersion, names: Any
) -> None:
    config = handfast.Config(trust_file=authority.root_file, versions=names)
    context = only(authority.server_context(), server)
    with connect(servers.tls(context=context), config) as stream:
        assert stream.version == server.name.replace("_", ".")
        assert stream.connection.version_number == server
        stream.sendall(b"hello")
        assert stream.recv() == b"hello"


@pytest.mark.parametrize("key", ["p256", "p384", "rsa", "ed25519"])
def test_every_kind_of_key(servers: Servers, old: handfast.Config, key: str) -> None:
    with connect(servers.tls(key=key), old) as stream:
        assert stream.version == "TLSv1.2"
        kind = "RSA" if key == "rsa" else "ECDSA"
        assert stream.cipher_suite is not None
        assert stream.cipher_suite.startswith(f"TLS_ECDHE_{kind}_WITH_")
        assert stream.group == "x25519"
        assert stream.info["version"] == {"number": 0x0303, "name": "TLSv1.2"}
        stream.sendall(b"hello" * 10_000)
        assert stream.read(50_000) == b"hello" * 10_000


@pytest.mark.parametrize("tickets", [True, False], ids=["ticket", "session id"])
def test_resumption(
    servers: Servers, authority: Authority, old: handfast.Config, tickets: bool
) -> None:
    context = authority.server_context()
    if not tickets:
        context.options |= ssl.OP_NO_TICKET
    server = servers.tls(context=context)
    with connect(server, old) as first:
        assert not first.session_reused
        session = first.session
        assert session is not None, "it comes within the handshake"
        assert session.version == 0x0303
        assert session.hostname == "localhost"
        first.sendall(b"x")
        assert first.recv() == b"x"

    copy = handfast.Session.parse(session.serialize(), old)
    with connect(server, old, session=copy) as second:
        assert second.session_reused
        assert second.version == "TLSv1.2"
        assert second.connection.signature_algorithm is None
        assert "Certificate" not in [event.name for event in second.timeline]
        second.sendall(b"y")
        assert second.recv() == b"y"


def test_a_session_of_another_version_is_passed_over(
    servers: Servers, authority: Authority, old: handfast.Config
) -> None:
    with connect(servers.tls(), old) as stream:
        session = stream.session
    new = handfast.Config(trust_file=authority.root_file, versions="TLSv1.3")
    with connect(servers.tls(), new, session=session) as stream:
        assert stream.version == "TLSv1.3"
        assert not stream.session_reused


def test_keys_are_not_updated(authority: Authority, old: handfast.Config) -> None:
    with handfast.Connection(old) as connection:
        connection.use_memory()
        connection.set_hostname("localhost")
        establish(connection, Peer(authority.server_context()))
        with pytest.raises(handfast.ConfigError) as caught:
            connection.key_update()
        assert caught.value.code == codes.KEY_UPDATE_UNAVAILABLE


def test_the_end(servers: Servers, old: handfast.Config) -> None:
    def bye(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"bye")
        tls.unwrap()

    def gone(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"bye")

    with connect(servers.tls(bye), old) as stream:
        assert stream.read() == b"bye"
    with connect(servers.tls(gone), old) as stream:
        assert stream.recv() == b"bye"
        with pytest.raises(handfast.UnexpectedEOFError):
            stream.recv()


def prf(secret: bytes, digest: str, seed: bytes, size: int) -> bytes:
    """P_hash of RFC 5246 5, of label and seed in one."""
    out, a = b"", seed
    while len(out) < size:
        a = hmac.digest(secret, a, digest)
        out += hmac.digest(secret, a + seed, digest)
    return out[:size]


def test_exported_keys_are_those_of_rfc_5705(authority: Authority) -> None:
    lines: list[str] = []
    config = handfast.Config(
        trust_file=authority.root_file, versions="TLSv1.2", key_log=lines.append
    )
    peer = Peer(authority.server_context())
    with handfast.Connection(config) as connection:
        connection.use_memory()
        connection.set_hostname("localhost")
        ret = connection.connect()
        assert connection.get_error(ret) == GetError.WANT_READ
        peer.incoming.write(connection.drain())
        peer.handshake()
        flight = peer.outgoing.read()
        connection.feed(flight)
        establish(connection, peer)

        (line,) = lines
        name, client_random, master = line.split()
        assert name == "CLIENT_RANDOM"
        # ServerHello: record and message header, version, then the random.
        server_random = flight[11:43]
        randoms = bytes.fromhex(client_random) + server_random
        suite = connection.cipher_suite or ""
        digest = "sha384" if suite.endswith("SHA384") else "sha256"
        assert hashlib.new(digest).digest_size in (32, 48)

        def expected(context: bytes) -> bytes:
            seed = b"EXPORTER-test" + randoms + context
            return prf(bytes.fromhex(master), digest, seed, 100)

        export = connection.export_keying_material
        assert export("EXPORTER-test", 100) == expected(b"")
        assert export("EXPORTER-test", 100, b"") == expected(b"\0\0")
        assert export("EXPORTER-test", 100, b"abc") == expected(b"\0\3abc")
