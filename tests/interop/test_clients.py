"""``handfast serve`` and every client that Debian has, Go's and rustls: versions by kinds
of key, with resumption, with and without certificates of clients, after
HelloRetryRequest; and what each says when it is refused."""

from __future__ import annotations

import json
from pathlib import Path

import more_clients
import pytest
from more_clients import CLIENTS, Answer, Asked
from more_peers import MissingError
from serving import pair, serve

KEYS = ("rsa", "p256", "p384", "ed25519")
VERSIONS = ("1.2", "1.3")
MARK = '"role":"server"'  # in the document of the page
RESUMES = {name: name != "wget" for name in CLIENTS}


def run(client: str, asked: Asked) -> Answer:
    try:
        return CLIENTS[client](asked)
    except MissingError as missing:
        pytest.skip(f"{client}: {missing}")


def succeed(client: str, asked: Asked) -> dict:
    """What the page told the client about its last connection."""
    answer = run(client, asked)
    assert answer.code == 0, answer.err
    lines = [line for line in answer.out.splitlines() if MARK in line]
    document, _ = json.JSONDecoder().raw_decode(lines[-1])
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("client", CLIENTS)
def test_version_key_resumption(
    client: str, version: str, key: str, pki: Path, tmp_path: Path
) -> None:
    with serve("--www", "--json", *pair(pki, key)) as server:
        seen = succeed(client, Asked(pki, server.port, tmp_path, version, times=2))
        first, second = server.events("connection", 2)[:2]
    for event in (first, second):
        assert event["agreed"]["version"]["name"] == f"TLSv{version}"
        assert event["error"] is None or (
            event["error"]["name"] == "EOF_WITHOUT_CLOSE_NOTIFY"
        )
    assert seen["version"]["name"] == f"TLSv{version}"
    reused = [event["agreed"]["session_reused"] for event in (first, second)]
    assert reused == [False, RESUMES[client]]


@pytest.mark.parametrize(
    ("client", "version", "key"),
    [
        (client, version, key)
        for client in CLIENTS
        for version in VERSIONS
        for key in KEYS
        # GnuTLS 3.7, left to choose, takes ecdsa_sign (RFC 8422 5.5) for ECDSA alone.
        if (client, version, key) != ("wget", "1.2", "ed25519")
    ],
)
def test_client_certificate(
    client: str, version: str, key: str, pki: Path, tmp_path: Path
) -> None:
    """It is demanded, verified, and known again after a resumption."""
    trust = ("--client-auth", "required", "--cafile", str(pki / "root.pem"))
    asked = {"version": version, "certificate": f"client-{key}", "times": 2}
    with serve("--www", "--json", *trust, *pair(pki, "p256")) as server:
        seen = succeed(client, Asked(pki, server.port, tmp_path, **asked))
        events = server.events("connection", 2)[:2]
    assert seen["verification"]["name"] == "OK"
    assert seen["certificates"][0]["subject"].startswith(f"CN=client-{key},")
    reused = [event["agreed"]["session_reused"] for event in events]
    assert reused == [False, RESUMES[client]]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("client", CLIENTS)
def test_client_certificate_missing(
    client: str, version: str, pki: Path, tmp_path: Path
) -> None:
    trust = ("--client-auth", "required", "--cafile", str(pki / "root.pem"))
    with serve("--www", "--json", *trust, *pair(pki, "p256")) as server:
        answer = run(client, Asked(pki, server.port, tmp_path, version))
        (event,) = server.events("connection")[:1]
    assert MARK not in answer.out
    assert event["result"] == "handshake_failed"
    alert = "certificate_required" if version == "1.3" else "handshake_failure"
    assert event["error"]["alert"]["name"] == alert
    assert event["error"]["name"].startswith("CLIENT_CERTIFICATE_MISSING")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("client", CLIENTS)
def test_client_certificate_optional(
    client: str, version: str, pki: Path, tmp_path: Path
) -> None:
    trust = ("--client-auth", "optional", "--cafile", str(pki / "root.pem"))
    with serve("--www", *trust, *pair(pki, "p256")) as server:
        seen = succeed(client, Asked(pki, server.port, tmp_path, version))
    assert seen["certificates"] == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("client", CLIENTS)
def test_client_certificate_of_a_stranger(
    client: str, version: str, pki: Path, tmp_path: Path
) -> None:
    trust = ("--client-auth", "required", "--cafile", str(pki / "other-root.pem"))
    asked = {"version": version, "certificate": "client-p256"}
    with serve("--www", "--json", *trust, *pair(pki, "p256")) as server:
        answer = run(client, Asked(pki, server.port, tmp_path, **asked))
        (event,) = server.events("connection")[:1]
    assert MARK not in answer.out
    # Some clients show none that the hints do not name.
    assert event["error"]["name"].startswith(
        ("CERT_UNKNOWN_ISSUER", "CLIENT_CERTIFICATE_MISSING")
    )


@pytest.mark.parametrize("client", CLIENTS)
def test_another_group(client: str, pki: Path, tmp_path: Path) -> None:
    """RFC 8446 4.1.4: a group that the client bets on with no share."""
    with serve("--www", "--groups", "P-384", *pair(pki, "p384")) as server:
        seen = succeed(client, Asked(pki, server.port, tmp_path, times=2))
    assert seen["group"]["name"] == "secp384r1"
    assert seen["session_reused"] is RESUMES[client]


@pytest.mark.parametrize("suite", ["AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"])
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("client", CLIENTS)
def test_suites(client: str, version: str, suite: str, pki: Path, tmp_path: Path) -> None:
    name = f"TLS_{suite}" if version == "1.3" else f"TLS_ECDHE_ECDSA_WITH_{suite}"
    with serve("--www", "--suites", name, *pair(pki, "p256")) as server:
        seen = succeed(client, Asked(pki, server.port, tmp_path, version, times=2))
    assert seen["cipher_suite"]["name"] == name
    assert seen["session_reused"] is RESUMES[client]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("client", CLIENTS)
def test_client_refuses(client: str, version: str, pki: Path, tmp_path: Path) -> None:
    """A server whose root it does not have: it says so, and so do we."""
    with serve("--www", "--json", *pair(pki, "p256")) as server:
        asked = Asked(pki, server.port, tmp_path, version, ca="other-root.pem")
        answer = run(client, asked)
        (event,) = server.events("connection")[:1]
    assert answer.code != 0
    assert MARK not in answer.out
    assert event["result"] in ("handshake_failed", "broken")


@pytest.mark.parametrize("client", CLIENTS)
def test_wrong_version(client: str, pki: Path, tmp_path: Path) -> None:
    with serve("--www", "--json", "--tls13", *pair(pki, "p256")) as server:
        answer = run(client, Asked(pki, server.port, tmp_path, "1.2"))
        (event,) = server.events("connection")
    assert answer.code != 0
    assert event["error"]["name"] == "NO_COMMON_VERSION"
    assert event["error"]["alert"]["name"] == "protocol_version"


def test_the_table_is_whole() -> None:
    """A client that somebody takes out of the table is missed here."""
    assert set(more_clients.CLIENTS) == {
        *("openssl", "gnutls", "curl", "wget", "python", "go", "rustls"),
    }
