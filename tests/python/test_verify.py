"""Verification without a connection."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE
from handfast import Certificate, codes, verify

DAY = 86400


@pytest.fixture
def leaf(authority: Authority) -> bytes:
    return authority.issue()[0].read_bytes()


def refusal(*arguments: Any, **named: Any) -> handfast.CertificateError:
    with pytest.raises(handfast.CertificateError) as caught:
        verify(*arguments, **named)
    return caught.value


def test_what_is_no_certificate(config: handfast.Config, leaf: bytes) -> None:
    for wrong in (b"", b"nonsense", leaf[:-100], [leaf, b""]):
        with pytest.raises(handfast.ConfigError):
            verify(wrong, config=config)
    with pytest.raises(handfast.ConfigError) as caught:
        verify([], config=config)
    assert caught.value.code == codes.NO_CERTIFICATE_IN_INPUT
    with pytest.raises(TypeError):
        verify("text", config=config)  # type: ignore[arg-type]


def test_settings_are_checked(config: handfast.Config, leaf: bytes) -> None:
    with pytest.raises(ValueError, match="purpose"):
        verify(leaf, config=config, purpose="code signing")
    with pytest.raises(handfast.ConfigError) as caught:
        verify(leaf, config=config, profile="lenient")
    assert caught.value.code == codes.UNKNOWN_NAME
    with pytest.raises(handfast.ConfigError) as caught:
        verify(leaf, "a b", config=config)
    assert caught.value.code == codes.INVALID_HOSTNAME
    with pytest.raises(ValueError, match="NUL"):
        verify(leaf, "localhost\0.example", config=config)


def test_profiles(authority: Authority) -> None:
    leaf = authority.issue(key_ids=False)[0].read_bytes()
    compatible = handfast.Config(trust_file=authority.root_file, profile="compatible")
    assert len(verify(leaf, config=compatible)) == 2
    assert refusal(leaf, config=compatible, profile="default").code == codes.CERT_PROFILE
    default = handfast.Config(trust_file=authority.root_file)
    assert refusal(leaf, config=default).code == codes.CERT_PROFILE
    assert len(verify(leaf, config=default, profile="compatible")) == 2


def test_nothing_is_trusted(
    leaf: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with pytest.raises(handfast.ConfigError) as caught:
        verify(leaf)
    assert caught.value.code == codes.TRUST_STORE_EMPTY


def test_who_is_not_trusted(
    config: handfast.Config, leaf: bytes, tmp_path: Path, authority: Authority
) -> None:
    other = Authority(tmp_path)
    stranger = other.issue()[0].read_bytes()
    error = refusal(stranger, config=config)
    assert 600 <= error.code < 700
    assert error.hint
    assert [c.pem.encode() for c in error.peer_chain] == [stranger]

    error = refusal(leaf, "elsewhere.example", config=config)
    assert error.code == codes.CERT_NAME_MISMATCH
    assert error.certificate is not None
    assert error.certificate["index"] == 0

    for days in (-3, 25):
        error = refusal(leaf, config=config, time=time.time() + days * DAY)
        assert error.code in (codes.CERT_NOT_YET_VALID, codes.CERT_EXPIRED)
    refusal(leaf, config=config, purpose="client")
    assert authority.root_pem not in [c.pem.encode() for c in error.peer_chain]


def test_the_path(
    authority: Authority, config: handfast.Config, leaf: bytes, tmp_path: Path
) -> None:
    root = Certificate(authority.root_der)
    stranger = Authority(tmp_path).root_der
    der = Certificate(verify(leaf, config=config)[0].der)
    several: list[Any] = [[leaf], [der, stranger], iter([leaf, root])]
    for given in (leaf, der, der.der, *several):
        path = verify(given, "localhost", config=config)
        assert [c.der for c in path] == [der.der, root.der]
    assert verify(leaf, "127.0.0.1", config=config)[-1] == root
    assert verify(leaf, config=config, time=time.time() + 19 * DAY)


def test_one_verification_again_and_again(config: handfast.Config, leaf: bytes) -> None:
    verification = handfast.Verification(config)
    assert verification.path == []
    with pytest.raises(handfast.ConfigError):
        verification.run()
    verification.add(leaf)
    assert len(verification.certificates) == 1
    verification.set_hostname("elsewhere.example")
    with pytest.raises(handfast.CertificateError):
        verification.run()
    verification.set_hostname("localhost")
    assert len(verification.run()) == 2
    verification.set_hostname(None)
    assert verification.run() == verification.path
    with pytest.raises(handfast.ConfigError) as caught:
        config.set_groups("x25519")
    assert caught.value.code == codes.CONFIG_FROZEN


def test_the_clock_is_that_of_the_configuration(
    authority: Authority, leaf: bytes
) -> None:
    config = handfast.Config(trust_file=authority.root_file)
    config.set_clock(lambda: time.time() + 25 * DAY, time.monotonic)
    assert refusal(leaf, config=config).code == codes.CERT_EXPIRED
    assert verify(leaf, config=config, time=time.time())

    def broken() -> float:
        raise RuntimeError("no time")

    config = handfast.Config(trust_file=authority.root_file)
    config.set_clock(broken, time.monotonic)
    with pytest.raises(RuntimeError, match="no time"):
        verify(leaf, config=config)


def test_threads_may_share_one(config: handfast.Config, leaf: bytes) -> None:
    verification = handfast.Verification(config)
    verification.add(leaf)
    found: list[int] = []

    def work() -> None:
        for _ in range(20):
            found.append(len(verification.run()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert found == [2] * 80
