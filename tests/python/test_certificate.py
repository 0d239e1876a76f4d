"""Certificates, read for people; the standard implementation is asked for the values."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import pytest
from authority import Authority
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from handfast import Certificate


def load(path: Path) -> tuple[x509.Certificate, Certificate]:
    theirs = x509.load_pem_x509_certificate(path.read_bytes())
    return theirs, Certificate(theirs.public_bytes(serialization.Encoding.DER))


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("rsa", "RSA 2048"),
        ("p256", "EC P-256"),
        ("p384", "EC P-384"),
        ("ed25519", "Ed25519"),
    ],
)
def test_fields(authority: Authority, key: str, told: str) -> None:
    names = ["www.example", "*.example", "192.0.2.7", "2001:db8::1"]
    theirs, ours = load(authority.issue(*names, key=key)[0])
    assert ours.key == told
    assert ours.names == names
    assert "www.example" in ours.subject
    assert "Test Root" in ours.issuer
    assert int(ours.serial.replace(":", ""), 16) == theirs.serial_number
    assert ours.fingerprint == hashlib.sha256(ours.der).hexdigest()
    assert ours.not_before == theirs.not_valid_before_utc
    assert ours.not_after == theirs.not_valid_after_utc
    assert ours.not_before.tzinfo is not None
    assert not ours.is_ca
    assert ours.pem == theirs.public_bytes(serialization.Encoding.PEM).decode()
    assert "www.example" in repr(ours)


def test_a_root(authority: Authority) -> None:
    root = Certificate(authority.root_der)
    assert root.is_ca
    assert root.names == []
    assert root.subject == root.issuer


def test_equality(authority: Authority) -> None:
    one, same = Certificate(authority.root_der), Certificate(authority.root_der)
    other = load(authority.issue()[0])[1]
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != authority.root_der
    assert pickle.loads(pickle.dumps(one)) == one


def test_malformed(authority: Authority) -> None:
    der = authority.root_der
    for wrong in (b"", b"\x30", der[:-1], der + b"\0", b"\0" * 100, authority.root_pem):
        with pytest.raises(ValueError, match="not a well-formed"):
            Certificate(wrong)
