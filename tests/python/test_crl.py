"""Revocation lists in configurations: refusals, both roles, verification, recordings."""

from __future__ import annotations

import datetime
from pathlib import Path

import handfast
import pytest
from authority import DAY, Authority
from conftest import PATIENCE, Servers
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from handfast import codes
from test_contract import Peer

VERSIONS = ["TLSv1.2", "TLSv1.3"]
PEM = serialization.Encoding.PEM


def crl(authority: Authority, *revoked: Path, days: tuple[int, int] = (-1, 1)) -> bytes:
    """A list of the authority in PEM, valid from and to that many days from now."""
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.root.subject)
        .last_update(now + days[0] * DAY)
        .next_update(now + days[1] * DAY)
        .add_extension(x509.CRLNumber(1), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                authority.key.public_key()
            ),
            False,
        )
    )
    for path in revoked:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        entry = x509.RevokedCertificateBuilder().revocation_date(now - DAY)
        entry = entry.serial_number(certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(PEM)


def test_what_is_refused(authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(handfast.ConfigError, match="No such file") as caught:
        handfast.Config(crl_file=tmp_path / "absent.pem")
    assert caught.value.code == codes.FILE_UNREADABLE
    with pytest.raises(handfast.ConfigError) as caught:
        handfast.Config(crl_data=authority.root_pem)
    assert caught.value.code == codes.NO_CRL_IN_INPUT
    with pytest.raises(handfast.ConfigError) as caught:
        handfast.Config(crl_data=b"")
    assert caught.value.code == codes.NO_CRL_IN_INPUT
    with pytest.raises(handfast.ConfigError) as caught:
        handfast.Config(crl_data=b"-----BEGIN X509 CRL-----\n")
    assert caught.value.code == codes.PEM_MALFORMED


@pytest.mark.parametrize("version", VERSIONS)
def test_a_revoked_server(authority: Authority, servers: Servers, version: str) -> None:
    leaf = authority.issue()
    context = authority.server_context()
    context.load_cert_chain(*leaf)
    server = servers.tls(context=context)
    data = crl(authority, leaf[0])
    config = handfast.Config(
        trust_file=authority.root_file, crl_data=data, versions=version
    )
    assert config.crl_count == 1
    with pytest.raises(handfast.CertificateError) as caught:
        handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
    assert caught.value.code == codes.CERT_REVOKED
    alert = caught.value.record["alert"]
    assert (alert["name"], alert["direction"]) == ("certificate_revoked", "sent")


@pytest.mark.parametrize(
    ("days", "code"),
    [((-9, -2), codes.CRL_EXPIRED), ((1, 2), codes.CRL_NOT_YET_VALID)],
)
def test_a_list_out_of_its_time(
    authority: Authority, servers: Servers, days: tuple[int, int], code: int
) -> None:
    server = servers.tls()
    config = handfast.Config(
        trust_file=authority.root_file, crl_data=crl(authority, days=days)
    )
    with pytest.raises(handfast.CertificateError) as caught:
        handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
    assert caught.value.code == code


def test_a_list_by_another_key(
    authority: Authority, servers: Servers, tmp_path: Path
) -> None:
    """It bears the same name, but is none of this CA: it tells nothing."""
    folder = tmp_path / "other"
    folder.mkdir()
    data = crl(Authority(folder))
    server = servers.tls()
    for required in (False, True):
        config = handfast.Config(trust_file=authority.root_file, crl_data=data)
        config.set_crl_rules(required=required)
        if not required:
            where = ("localhost", server.port)
            handfast.connect(*where, config=config, timeout=PATIENCE).close()
            continue
        with pytest.raises(handfast.CertificateError) as caught:
            handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
        assert caught.value.code == codes.CRL_MISSING


def test_a_recording_has_the_lists(authority: Authority, tmp_path: Path) -> None:
    leaf = authority.issue()
    context = authority.server_context()
    context.load_cert_chain(*leaf)
    peer = Peer(context)
    path = tmp_path / "recording"
    data = crl(authority, leaf[0])
    config = handfast.Config(trust_file=authority.root_file, crl_data=data)
    with handfast.Connection(config) as connection:
        connection.use_memory()
        connection.set_hostname("localhost")
        connection.record(path)
        assert connection.connect() == -1
        peer.incoming.write(connection.drain())
        peer.handshake()
        connection.feed(peer.outgoing.read())
        assert connection.connect() == -1
        assert connection.error is not None
        assert connection.error["code"] == codes.CERT_REVOKED
        connection.record_end()
    replay = handfast.Replay(path)
    assert replay.run() == "reproduced"
    assert replay.error is not None
    assert replay.error["code"] == codes.CERT_REVOKED
