"""Our own certificate, shown to servers that ask for one."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE, Server, Servers
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from handfast import GetError, Want, codes
from test_contract import Peer

VERSIONS = ["TLSv1.2", "TLSv1.3"]
ECDSA_P256_SHA256 = 0x0403
Pair = tuple[Path, Path]


def asking(authority: Authority, need: ssl.VerifyMode) -> ssl.SSLContext:
    context = authority.server_context()
    context.verify_mode = need
    context.load_verify_locations(authority.root_file)
    return context


def whoami(tls: ssl.SSLSocket) -> None:
    """Tell the client the common name of its certificate."""
    shown: Any = tls.getpeercert()
    tls.sendall(dict(row[0] for row in shown["subject"])["commonName"].encode())
    tls.recv(1)


@pytest.fixture
def server(servers: Servers, authority: Authority) -> Server:
    return servers.tls(whoami, context=asking(authority, ssl.CERT_REQUIRED))


@pytest.fixture
def alice(authority: Authority) -> Pair:
    return authority.issue("alice", client=True)


def connect(
    server: Server, config: handfast.Config, timeout: float = PATIENCE
) -> handfast.Stream:
    return handfast.connect("localhost", server.port, config=config, timeout=timeout)


def encrypted(key_file: Path, password: bytes) -> bytes:
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password),
    )


def code_of(call: Callable[[], object]) -> int:
    with pytest.raises(handfast.ConfigError) as caught:
        call()
    return caught.value.code


def test_what_is_refused(authority: Authority, alice: Pair, tmp_path: Path) -> None:
    config = handfast.Config()
    absent = tmp_path / "absent.pem"
    assert code_of(lambda: config.use_certificate_chain_file(absent)) == (
        codes.FILE_UNREADABLE
    )
    assert code_of(lambda: config.use_certificate_chain_memory(b"")) == (
        codes.NO_CERTIFICATE_IN_INPUT
    )
    assert code_of(lambda: config.use_private_key_file(alice[1])) == (
        codes.CERTIFICATE_NOT_SET
    )
    config.use_certificate_chain_file(alice[0])
    other = authority.issue("bob", client=True)[1]
    assert code_of(lambda: config.use_private_key_file(other)) == (
        codes.PRIVATE_KEY_MISMATCH
    )
    assert code_of(lambda: config.use_private_key_memory(b"nonsense")) == (
        codes.NO_PRIVATE_KEY_IN_INPUT
    )
    secret = encrypted(alice[1], b"open sesame")
    for wrong in (None, "", "close sesame"):
        assert code_of(lambda w=wrong: config.use_private_key_memory(secret, w))  # type: ignore[misc]
    with pytest.raises(ValueError, match="NUL"):
        config.use_private_key_memory(secret, "open sesame\0")
    config.use_private_key_memory(secret, "open sesame")

    with handfast.Connection(config) as connection:
        assert code_of(lambda: config.use_certificate_chain_file(alice[0])) == (
            codes.CONFIG_FROZEN
        )
        assert code_of(lambda: config.set_sign_function(None)) == codes.CONFIG_FROZEN
        key = alice[1].read_bytes()
        assert code_of(lambda: connection.use_private_key_memory(key)) == (
            codes.CERTIFICATE_NOT_SET
        )
        assert code_of(lambda: connection.provide_signature(b"x")) == (
            codes.SIGNATURE_NOT_WANTED
        )
        assert connection.sign_request is None
        assert connection.certificate_request is None
        assert connection.certificate_index is None
        assert connection.certificate_demand is None
        assert not connection.certificate_sent


@pytest.mark.parametrize("version", VERSIONS)
def test_none_is_shown(servers: Servers, authority: Authority, version: str) -> None:
    config = handfast.Config(trust_file=authority.root_file, versions=version)
    optional = servers.tls(context=asking(authority, ssl.CERT_OPTIONAL))
    with connect(optional, config) as stream:
        assert stream.connection.certificate_requested
        assert not stream.connection.certificate_sent
        demand = stream.connection.certificate_demand
        assert demand is not None
        assert demand["answer"] == "not_set"
        assert demand["certificate_index"] is None
        types = [one["name"] for one in demand["certificate_types"]]
        assert types[:1] == (["rsa_sign"] if version == "TLSv1.2" else [])
        assert demand["signature_algorithms"]
        assert demand["oid_filters"] == 0
        stream.sendall(b"x")
        assert stream.recv() == b"x"
    required = servers.tls(context=asking(authority, ssl.CERT_REQUIRED))
    with pytest.raises(handfast.TLSError) as caught, connect(required, config) as stream:
        stream.recv()  # TLS 1.3 learns of it after the handshake
    assert caught.value.alert is not None
    assert caught.value.alert["direction"] == "received"
    request = caught.value.certificate_request
    assert request is not None
    assert request["answer"] == "not_set"
    assert request["certificate_authorities_left_out"] == 0


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("key", ["p256", "p384", "rsa", "ed25519"])
def test_every_kind_of_key(
    server: Server, authority: Authority, version: str, key: str
) -> None:
    files = authority.issue(f"client with {key}", key=key, client=True)
    config = handfast.Config(
        trust_file=authority.root_file,
        certificate_file=files[0],
        key_file=files[1],
        versions=version,
    )
    with connect(server, config) as stream:
        assert stream.recv() == f"client with {key}".encode()
        assert stream.connection.certificate_sent


def test_from_memory_and_encrypted(
    server: Server, authority: Authority, alice: Pair
) -> None:
    config = handfast.Config(trust_file=authority.root_file)
    config.use_certificate_chain_memory(alice[0].read_bytes())
    config.use_private_key_memory(encrypted(alice[1], b"secret"), b"secret")
    with connect(server, config) as stream:
        assert stream.recv() == b"alice"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_choice_by_callback(
    server: Server, authority: Authority, alice: Pair, version: str
) -> None:
    asked: list[handfast.Connection] = []

    def choose(connection: handfast.Connection) -> None:
        asked.append(connection)
        connection.use_certificate_chain_memory(alice[0].read_bytes())
        connection.use_private_key_memory(alice[1].read_bytes())

    config = handfast.Config(trust_file=authority.root_file, versions=version)
    config.set_certificate_callback(choose)
    with connect(server, config) as stream:
        assert asked == [stream.connection]
        assert stream.recv() == b"alice"


def drive(connection: handfast.Connection, peer: Peer) -> int:
    """Join both ends until something else than bytes is wanted."""
    rest = b""
    while True:
        ret = connection.connect()
        peer.incoming.write(connection.drain())
        peer.handshake()
        if ret == 1 or connection.get_error(ret) != GetError.WANT_READ:
            return ret
        rest += peer.outgoing.read()
        rest = rest[connection.feed(rest) :]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_choice_that_takes_its_time(
    authority: Authority, alice: Pair, version: str
) -> None:
    decided = threading.Event()
    asked: list[handfast.Connection] = []

    def choose(connection: handfast.Connection) -> bool:
        asked.append(connection)
        return decided.is_set()

    config = handfast.Config(trust_file=authority.root_file, versions=version)
    config.set_certificate_callback(choose)
    peer = Peer(asking(authority, ssl.CERT_REQUIRED))
    with handfast.Connection(config) as connection:
        connection.use_memory()
        connection.set_hostname("localhost")
        for turn in (1, 2):
            ret = drive(connection, peer)
            assert connection.get_error(ret) == GetError.WANT_X509_LOOKUP
            assert len(asked) == turn  # once in each call
            assert connection.want() == Want.X509_LOOKUP
            assert isinstance(connection.exception(ret), handfast.WantX509LookupError)
        request = connection.certificate_request
        assert request is not None
        assert (request[0] == 0) == (version == "TLSv1.3")  # no context; some types
        connection.use_certificate_chain_memory(alice[0].read_bytes())
        connection.use_private_key_memory(alice[1].read_bytes())
        decided.set()
        assert drive(connection, peer) == 1
        peer.handshake()
        assert peer.finished


@pytest.mark.parametrize("version", VERSIONS)
def test_rules_of_a_chain(
    server: Server, authority: Authority, alice: Pair, version: str
) -> None:
    config = handfast.Config(trust_file=authority.root_file, versions=version)
    assert code_of(config.require_listed_authority) == codes.CERTIFICATE_NOT_SET
    config.use_certificate_chain_file(alice[0])
    config.use_private_key_file(alice[1])
    assert code_of(lambda: config.set_signing_algorithms("md5")) == codes.UNKNOWN_NAME
    config.set_signing_algorithms("ed448")  # not what alice's key is for
    config.use_certificate_chain_file(alice[0])
    config.use_private_key_file(alice[1])
    with connect(server, config) as stream:
        assert stream.connection.certificate_index == 1
        assert stream.recv() == b"alice"


def test_abort(server: Server, authority: Authority, alice: Pair) -> None:
    config = handfast.Config(trust_file=authority.root_file)
    config.use_certificate_chain_file(alice[0])
    config.use_private_key_file(alice[1])
    with connect(server, config) as stream:
        connection = stream.connection
        assert connection.abort(0) < 0
        assert connection.abort(49) == 1
        with pytest.raises(handfast.HandfastError) as caught:
            stream.recv()
        assert caught.value.code == codes.ABORTED


def test_a_choice_that_raises(server: Server, authority: Authority) -> None:
    def choose(_: handfast.Connection) -> None:
        raise LookupError("no such card")

    config = handfast.Config(trust_file=authority.root_file)
    config.set_certificate_callback(choose)
    with pytest.raises(LookupError, match="no such card"):
        connect(server, config)


def signer(key_file: Path) -> Callable[[int, bytes], bytes]:
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)

    def sign(scheme: int, content: bytes) -> bytes:
        assert scheme == ECDSA_P256_SHA256
        return key.sign(content, ec.ECDSA(hashes.SHA256()))

    return sign


@pytest.mark.parametrize("version", VERSIONS)
def test_a_key_elsewhere(
    server: Server, authority: Authority, alice: Pair, version: str
) -> None:
    sign = signer(alice[1])
    config = handfast.Config(
        trust_file=authority.root_file, certificate_file=alice[0], versions=version
    )
    config.set_sign_function(lambda _, scheme, content: sign(scheme, content))
    with connect(server, config) as stream:
        assert stream.recv() == b"alice"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("function", [None, lambda *_: None], ids=["none", "later"])
def test_a_signature_that_comes_later(
    authority: Authority, alice: Pair, version: str, function: Any
) -> None:
    sign = signer(alice[1])
    config = handfast.Config(
        trust_file=authority.root_file, certificate_file=alice[0], versions=version
    )
    config.set_sign_function(function)
    peer = Peer(asking(authority, ssl.CERT_REQUIRED))
    with handfast.Connection(config) as connection:
        connection.use_memory()
        connection.set_hostname("localhost")
        for _ in range(2):
            ret = drive(connection, peer)
            assert connection.get_error(ret) == GetError.WANT_ASYNC
            assert connection.want() == Want.ASYNC
            assert isinstance(connection.exception(ret), handfast.WantAsyncError)
        request = connection.sign_request
        assert request is not None
        connection.provide_signature(sign(*request))
        assert drive(connection, peer) == 1
        assert connection.sign_request is None
        peer.handshake()
        assert peer.finished


@pytest.mark.parametrize("wrong", [b"", b"x" * 70, b"x" * 100_000])
def test_wrong_signatures(
    server: Server, authority: Authority, alice: Pair, wrong: bytes
) -> None:
    config = handfast.Config(trust_file=authority.root_file, certificate_file=alice[0])
    config.set_sign_function(lambda *_: wrong)
    if len(wrong) > 1000:
        with pytest.raises(ValueError, match="bytes"):
            connect(server, config)
        return
    with pytest.raises(handfast.TLSError) as caught:
        connect(server, config)
    assert caught.value.code == codes.CALLBACK_FAILED


def test_a_sign_function_that_raises(
    server: Server, authority: Authority, alice: Pair
) -> None:
    def sign(*_: object) -> bytes:
        raise PermissionError("the card is locked")

    config = handfast.Config(trust_file=authority.root_file, certificate_file=alice[0])
    config.set_sign_function(sign)
    with pytest.raises(PermissionError, match="locked"):
        connect(server, config)


def test_a_key_in_the_file_of_the_chain(
    server: Server, authority: Authority, alice: Pair, tmp_path: Path
) -> None:
    both = tmp_path / "both.pem"

    def configured(key: bytes, password: str | None = None) -> handfast.Config:
        both.write_bytes(alice[0].read_bytes() + key)
        return handfast.Config(
            trust_file=authority.root_file, certificate_file=both, key_password=password
        )

    key = alice[1].read_bytes()
    locked = encrypted(alice[1], b"open sesame")
    for config in configured(key), configured(locked, "open sesame"):
        with connect(server, config) as stream:
            assert stream.recv() == b"alice"
    assert code_of(lambda: configured(locked)) == codes.PRIVATE_KEY_ENCRYPTED
    assert code_of(lambda: configured(key.replace(b"MI", b"AA", 1))) == (
        codes.PRIVATE_KEY_MALFORMED
    )
    der = ssl.PEM_cert_to_DER_cert(alice[0].read_text().split("\n\n")[0])
    both.write_bytes(der)
    config = handfast.Config(certificate_file=both)
    config.use_private_key_file(alice[1])


def test_connect_does_not_wait_for_answers(
    server: Server, authority: Authority, alice: Pair
) -> None:
    config = handfast.Config(trust_file=authority.root_file, certificate_file=alice[0])
    with pytest.raises(handfast.WantAsyncError, match=r"no private key.*key_file"):
        connect(server, config)
    config = handfast.Config(trust_file=authority.root_file)
    config.set_certificate_callback(lambda _: False)
    with pytest.raises(handfast.WantX509LookupError, match=r"not answered.*hint"):
        connect(server, config)
