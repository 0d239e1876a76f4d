"""OCSP responses that OpenSSL and GnuTLS staple: RFC 6066 8, RFC 8446 4.4.2.1, RFC 7633.

The certificate promises a staple (must-staple), so that one which is not looked at would
be missed.
"""

from __future__ import annotations

import datetime
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import peers
import pytest
from peers import Peer, connect

EXTENSIONS = """
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost,IP:127.0.0.1
tlsfeature = status_request
"""
VERSIONS = {"--tls13": "TLSv1.3", "--tls12": "TLSv1.2"}


def openssl(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["openssl", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def respond(folder: Path, pki: Path, name: str, status: str, leaf: str) -> None:
    """NAME.der, in which the leaf's issuer gives its status."""
    serial = openssl(folder, "x509", "-in", leaf, "-noout", "-serial").strip()
    now = datetime.datetime.now(datetime.timezone.utc)
    end = (now + datetime.timedelta(days=9)).strftime("%y%m%d%H%M%SZ")
    gone = (now - datetime.timedelta(hours=9)).strftime("%y%m%d%H%M%SZ")
    revoked = f"{gone},keyCompromise" if status == "R" else ""
    number = serial.partition("=")[2]
    (folder / "index.txt").write_text(
        f"{status}\t{end}\t{revoked}\t{number}\tunknown\t/CN=stapled\n", "ascii"
    )
    issuer = str(pki / "intermediate.pem")
    asked = ["-issuer", issuer, "-cert", leaf, "-no_nonce", "-reqout", "request.der"]
    openssl(folder, "ocsp", *asked)
    openssl(
        folder,
        *["ocsp", "-index", "index.txt", "-CA", issuer, "-rsigner", issuer],
        *["-rkey", str(pki / "intermediate.key"), "-ndays", "1"],
        *["-reqin", "request.der", "-respout", f"{name}.der"],
    )


@pytest.fixture(scope="module")
def stapled(pki: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """must.pem with its key, and good.der, revoked.der, other.der about it."""
    folder = tmp_path_factory.mktemp("stapled")
    issuer = str(pki / "intermediate.pem")
    (folder / "extensions").write_text(EXTENSIONS, "ascii")
    curve = ["-pkeyopt", "ec_paramgen_curve:P-256"]
    openssl(folder, "genpkey", "-algorithm", "EC", *curve, "-out", "must.key")
    openssl(
        folder,
        *["req", "-new", "-key", "must.key", "-subj", "/CN=stapled"],
        *["-out", "must.csr"],
    )
    openssl(
        folder,
        *["x509", "-req", "-in", "must.csr", "-CA", issuer, "-sha256", "-days", "9"],
        *["-CAkey", str(pki / "intermediate.key"), "-set_serial", "0x5eed01"],
        *["-extfile", "extensions", "-out", "leaf.pem"],
    )
    leaf = (folder / "leaf.pem").read_text("ascii")
    chain = leaf + (pki / "intermediate.pem").read_text("ascii")
    (folder / "must.pem").write_text(chain, "ascii")
    (folder / "intermediate.pem").write_bytes((pki / "intermediate.pem").read_bytes())
    respond(folder, pki, "good", "V", "leaf.pem")
    respond(folder, pki, "revoked", "R", "leaf.pem")
    respond(folder, pki, "other", "V", str(pki / "p256.pem"))
    return folder


def serve(
    server: str, folder: Path, stapled: Path, staple: str
) -> AbstractContextManager[Peer]:
    response = str(stapled / f"{staple}.der")
    if server == "openssl":
        more = ["-status_file", response] if staple else []
        return peers.openssl(folder, stapled, "must", *more, mode="-www")
    more = ["--ocsp-response", response] if staple else []
    if staple not in ("", "good"):  # which gnutls-serv would not send otherwise
        more += ["--ignore-ocsp-response-errors"]
    return peers.gnutls(folder, stapled, "must", "NORMAL", *more)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("server", ["openssl", "gnutls"])
@pytest.mark.parametrize(
    ("staple", "error"),
    [
        ("revoked", "CERT_REVOKED"),
        ("other", "STAPLE_INVALID"),
        ("", "STAPLE_MISSING"),
        ("good", None),
    ],
)
def test_stapled(
    staple: str,
    error: str | None,
    server: str,
    version: str,
    pki: Path,
    stapled: Path,
    tmp_path: Path,
) -> None:
    with serve(server, tmp_path, stapled, staple) as peer:
        result = connect(pki, peer, version)
    document = result.document
    if error is None:
        assert (result.code, document["error"]) == (0, None)
        assert document["agreed"]["version"] == VERSIONS[version]
        assert document["agreed"]["verified"] is True
        return
    assert result.code != 0
    assert document["error"]["name"] == error
    fault = document["error"]["certificate"]
    assert fault["index"] == 0
