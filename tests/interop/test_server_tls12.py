"""handfast serve in TLS 1.2 against clients of others, OpenSSL's and GnuTLS's: suites by
keys by resumption, groups, client certificates, and what is refused."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import peers
import pytest
from serving import Serving, pair, serve

CIPHERS = {
    "rsa": [
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-CHACHA20-POLY1305",
    ],
    "p256": [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-CCM",
        "ECDHE-ECDSA-AES256-CCM",
    ],
    "p384": ["ECDHE-ECDSA-AES256-GCM-SHA384"],
    "ed25519": ["ECDHE-ECDSA-AES128-GCM-SHA256"],
}
PAIRS = [(key, cipher) for key, ciphers in CIPHERS.items() for cipher in ciphers]
GROUPS = {"X25519": "X25519", "P-256": "SECP256R1", "P-384": "SECP384R1"}


@pytest.fixture(scope="module")
def server(pki: Path) -> Iterator[Serving]:
    """All keys at once: a client gets what it can verify."""
    keys = [word for key in CIPHERS for word in pair(pki, key)]
    with serve("--echo", "--tls12", "--alpn", "h2,echo", *keys) as serving:
        yield serving


def run(command: list[str], data: str) -> str:
    """What a client said that was given this line and got it back, or was refused."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    with contextlib.suppress(BrokenPipeError):  # it is gone already: refused
        process.stdin.write(data)
        process.stdin.flush()
    said = ""
    for line in process.stdout:
        said += line
        if line == data:
            break
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    said += process.stdout.read()
    process.wait(peers.PATIENCE)
    process.stdout.close()
    return said


def openssl(server: Serving, pki: Path, *options: str, data: str = "hello\n") -> str:
    given = ["-CAfile", str(pki / "root.pem"), "-verify_return_error", *options]
    command = ["openssl", "s_client", "-connect", server.place, "-tls1_2", *given]
    return run(command, data)


def gnutls(server: Serving, pki: Path, *options: str, data: str = "hello\n") -> str:
    root = f"--x509cafile={pki / 'root.pem'}"
    return run(["gnutls-cli", "-p", str(server.port), root, *options, "127.0.0.1"], data)


@pytest.mark.parametrize(("key", "cipher"), PAIRS)
def test_openssl(
    server: Serving, pki: Path, tmp_path: Path, key: str, cipher: str
) -> None:
    session = str(tmp_path / "session")
    options = ["-cipher", f"{cipher}:@SECLEVEL=0"]
    if key == "p384":
        # OpenSSL ties no scheme to a curve here; without P-256 that key alone is left.
        options += ["-curves", "P-384"]
    elif key == "ed25519":
        options += ["-sigalgs", "ed25519"]
    said = openssl(server, pki, *options, "-sess_out", session)
    assert "\nhello\n" in said, said
    assert f"New, TLSv1.2, Cipher is {cipher}" in said
    assert "Extended master secret: yes" in said
    assert "Secure Renegotiation IS supported" in said
    again = openssl(server, pki, *options, "-sess_in", session)
    assert "\nhello\n" in again, again
    assert f"Reused, TLSv1.2, Cipher is {cipher}" in again
    assert "Extended master secret: yes" in again


@pytest.mark.parametrize("group", GROUPS)
def test_groups(server: Serving, pki: Path, group: str) -> None:
    said = openssl(server, pki, "-curves", group, "-cipher", "ECDHE+aRSA")
    assert "\nhello\n" in said, said
    name = {"X25519": "X25519", "P-256": "prime256v1", "P-384": "secp384r1"}[group]
    assert name in said.partition("Server Temp Key:")[2].partition("\n")[0]
    priority = f"NORMAL:-VERS-ALL:+VERS-TLS1.2:-GROUP-ALL:+GROUP-{GROUPS[group]}"
    said = gnutls(server, pki, f"--priority={priority}")
    assert "\nhello\n" in said, said
    assert f"ECDHE-{GROUPS[group]}" in said.replace("secp", "SECP").replace("r1", "R1")


@pytest.mark.parametrize("cipher", ["AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305"])
@pytest.mark.parametrize("resumes", [False, True])
def test_gnutls(server: Serving, pki: Path, cipher: str, resumes: bool) -> None:
    priority = f"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+{cipher}"
    options = ["--resume"] if resumes else []
    said = gnutls(server, pki, f"--priority={priority}", *options)
    assert "\nhello\n" in said, said
    assert f"({cipher})" in said
    assert "TLS1.2" in said
    assert ("This is a resumed session" in said) == resumes


def test_tickets_are_for_who_wants_them(server: Serving, pki: Path) -> None:
    said = openssl(server, pki, "-no_ticket")
    assert "\nhello\n" in said
    assert "TLS session ticket:" not in said
    assert "TLS session ticket:" in openssl(server, pki)


def test_protocols(server: Serving, pki: Path) -> None:
    assert "ALPN protocol: echo" in openssl(server, pki, "-alpn", "echo,other")
    assert "no application protocol" in openssl(server, pki, "-alpn", "other")


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        (("-cipher", "AES128-SHA:@SECLEVEL=0"), "alert handshake failure"),
        (("-sigalgs", "RSA+SHA1", "-cipher", "DEFAULT:@SECLEVEL=0"), "handshake failure"),
        (("-curves", "X448"), "alert handshake failure"),
    ],
)
def test_refused(
    server: Serving, pki: Path, options: tuple[str, ...], answer: str
) -> None:
    said = openssl(server, pki, *options)
    assert answer in said
    assert "New, (NONE), Cipher is (NONE)" in said


def test_fallback(pki: Path) -> None:
    """A client that comes back with an older version than both sides speak."""
    with serve("--echo", *pair(pki, "p256")) as both:
        assert "alert inappropriate fallback" in openssl(both, pki, "-fallback_scsv")
        assert "\nhello\n" in openssl(both, pki)


def test_renegotiation_is_declined(server: Serving, pki: Path) -> None:
    """R on a line of its own asks for one; the client takes the warning for its end."""
    said = openssl(server, pki, data="R\n")
    assert "RENEGOTIATING" in said
    assert "no renegotiation" in said


@pytest.mark.parametrize("kind", ["rsa", "p256", "ed25519"])
def test_client_certificates(pki: Path, kind: str) -> None:
    asked = ("--client-auth", "required", "--cafile", str(pki / "root.pem"))
    shown = ["-cert", f"{pki}/client-{kind}.pem", "-key", f"{pki}/client-{kind}.key"]
    with serve("--echo", "--tls12", *pair(pki, "p256"), *asked) as strict:
        said = openssl(strict, pki, *shown, "-cert_chain", f"{pki}/client-{kind}.pem")
        assert "\nhello\n" in said, said
        assert "Acceptable client certificate CA names" in said
        assert "alert handshake failure" in openssl(strict, pki)
        said = gnutls(
            strict,
            pki,
            "--priority=NORMAL:-VERS-ALL:+VERS-TLS1.2",
            f"--x509certfile={pki}/client-{kind}.pem",
            f"--x509keyfile={pki}/client-{kind}.key",
        )
        assert "\nhello\n" in said, said


def test_shared_ticket_keys(pki: Path, tmp_path: Path) -> None:
    """What one server sealed, another opens."""
    keys = tmp_path / "keys"
    keys.write_bytes(bytes(range(1, 97)))
    session = str(tmp_path / "session")
    options = ("--echo", "--tls12", *pair(pki, "p256"), "--ticket-keys", str(keys))
    with serve(*options) as first:
        openssl(first, pki, "-sess_out", session)
    with serve(*options) as second:
        assert "Reused, TLSv1.2" in openssl(second, pki, "-sess_in", session)
    with serve(*options[:-2]) as third:
        assert "New, TLSv1.2" in openssl(third, pki, "-sess_in", session)
