"""What comes beside the certificate: OCSP responses and signed certificate timestamps.

The standard library's server sends neither; `openssl s_server` does.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from handfast import codes

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the openssl command is missing"
)

# One timestamp of 8 bytes in a list, each with its length: only the form is checked.
SCT_LIST = b"\0\x0a\0\x08timestmp"


def response(authority: Authority, leaf: Path, status: ocsp.OCSPCertStatus) -> bytes:
    """What the authority itself says of a certificate, in DER."""
    now = datetime.datetime.now(datetime.timezone.utc)
    revoked = status == ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=x509.load_pem_x509_certificate(leaf.read_bytes()),
        issuer=authority.root,
        algorithm=hashes.SHA1(),  # names the issuer, as everyone's responses do
        cert_status=status,
        this_update=now - datetime.timedelta(hours=1),
        next_update=now + datetime.timedelta(hours=1),
        revocation_time=now - datetime.timedelta(hours=2) if revoked else None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, authority.root)
    signed = builder.sign(authority.key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


@contextlib.contextmanager
def server(leaf: tuple[Path, Path], *options: str, reverse: bool = True) -> Iterator[int]:
    """Its port; it sends each line back reversed, or it is silent."""
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", *options]
    command += ["-rev"] if reverse else []
    command += ["-cert", str(leaf[0]), "-key", str(leaf[1])]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith(b"ACCEPT "):
                    yield int(line.rpartition(b":")[2])
                    return
            raise AssertionError("openssl s_server did not start")
        finally:
            process.kill()


def connect(authority: Authority, port: int, options: int = 0) -> handfast.Stream:
    config = handfast.Config(trust_file=authority.root_file)
    config.set_options(options)
    return handfast.connect("localhost", port, config=config, timeout=PATIENCE)


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_stapled_response(authority: Authority, tmp_path: Path, version: str) -> None:
    leaf = authority.issue()
    good = response(authority, leaf[0], ocsp.OCSPCertStatus.GOOD)
    stapled = tmp_path / "response.der"
    stapled.write_bytes(good)
    with server(leaf, version, "-status_file", str(stapled)) as port:
        with connect(authority, port) as stream:
            assert stream.connection.ocsp_response == good
            assert stream.connection.sct_list is None
            stream.sendall(b"abc\n")
            assert stream.recv() == b"cba\n"
            session = stream.session
            connection = stream.connection
        with pytest.raises(ValueError, match="closed"):
            _ = connection.ocsp_response
        with connect(authority, port, handfast.OPTION_NO_STATUS_REQUEST) as stream:
            assert stream.connection.ocsp_response is None
        with handfast.connect(
            "localhost",
            port,
            config=handfast.Config(trust_file=authority.root_file),
            timeout=PATIENCE,
            session=session,
        ) as stream:
            assert stream.session_reused
            assert stream.connection.ocsp_response is None


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_revoked_certificate(
    authority: Authority, tmp_path: Path, version: str
) -> None:
    leaf = authority.issue()
    stapled = tmp_path / "response.der"
    revoked = response(authority, leaf[0], ocsp.OCSPCertStatus.REVOKED)
    stapled.write_bytes(revoked)
    with server(leaf, version, "-status_file", str(stapled)) as port:
        with pytest.raises(handfast.CertificateError) as caught:
            connect(authority, port)
        assert caught.value.code == codes.CERT_REVOKED
        connect(authority, port, handfast.OPTION_NO_STATUS_REQUEST).close()


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_signed_certificate_timestamps(
    authority: Authority, tmp_path: Path, version: str
) -> None:
    # OpenSSL's file: where it goes (1.2 ServerHello, 1.3 Certificate), type 18, length.
    octets = (0x0080 | 0x0100 | 0x1000).to_bytes(4, "big") + b"\0\x12"
    octets += len(SCT_LIST).to_bytes(2, "big") + SCT_LIST
    text = base64.b64encode(octets).decode()
    info = tmp_path / "serverinfo.pem"
    name = "SERVERINFOV2 FOR SCT-----\n"
    info.write_text(f"-----BEGIN {name}{text}\n-----END {name}")
    with server(authority.issue(), version, "-serverinfo", str(info)) as port:
        with connect(authority, port, handfast.OPTION_REQUEST_SCTS) as stream:
            assert stream.connection.sct_list == SCT_LIST
        with connect(authority, port) as stream:
            assert stream.connection.sct_list is None, "it was not asked for"
