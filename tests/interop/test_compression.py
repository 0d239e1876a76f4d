"""Certificates that travel compressed, both ways, with rustls (RFC 8879)."""

from __future__ import annotations

from pathlib import Path

import pytest
from more_peers import Wanted
from peers import connect, handfast
from starting import started


def messages(document: dict, direction: str) -> list[str]:
    return [e["name"] for e in document["timeline"] if e["direction"] == direction]


@pytest.mark.parametrize("methods", ["brotli", "zlib", "zlib,brotli", "zstd", "none"])
def test_rustls(methods: str, pki: Path, tmp_path: Path) -> None:
    probe = handfast("connect", "--certificate-compression", methods, "localhost:1")
    if probe.code == 2:
        pytest.skip(f"{methods}: {probe.err.decode().strip()}")
    wanted = Wanted(pki, "rsa", "1.3", demands_certificate=True)
    ours = ("--cert", str(pki / "client-p256.pem"), "--key", str(pki / "client-p256.key"))
    with started("rustls", tmp_path, wanted) as peer:
        result = connect(pki, peer, *ours, "--certificate-compression", methods)
    assert result.code == 0
    document = result.document
    compressed = methods not in ("zstd", "none")  # rustls knows no zstd
    name = "CompressedCertificate" if compressed else "Certificate"
    assert name in messages(document, "received")
    assert name in messages(document, "sent"), "the server checked what it has expanded"
    assert len(document["chain"]) == 2
