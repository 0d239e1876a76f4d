"""``--crl`` of ``handfast connect`` and ``handfast serve``: a list with the certificate,
an empty one, and files that are none."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import peers
import pytest
from peers import handfast
from serving import serve

STEPS = """
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 5 \\
    -keyout ca.key -out ca.pem -subj /CN=lists -addext subjectKeyIdentifier=hash \\
    -addext basicConstraints=critical,CA:TRUE \\
    -addext keyUsage=critical,keyCertSign,cRLSign -config req.cnf
for name in server client; do
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \\
        -keyout $name.key -subj /CN=$name -config req.cnf -out $name.csr
    openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial \\
        -extfile $name.ext -days 3 -out $name.pem
done
openssl ca -config ca.cnf -gencrl -out empty.crl
openssl ca -config ca.cnf -revoke server.pem
openssl ca -config ca.cnf -revoke client.pem
openssl ca -config ca.cnf -gencrl -out revoked.crl
"""
EXTENSIONS = (
    "subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n"
    "keyUsage=critical,digitalSignature\nextendedKeyUsage={}\n"
    "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh CA with a server and a client: revoked.crl has both, empty.crl neither."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("lists")
    (folder / "req.cnf").write_text("[req]\ndistinguished_name=d\n[d]\n")
    (folder / "server.ext").write_text(EXTENSIONS.format("serverAuth"))
    (folder / "client.ext").write_text(EXTENSIONS.format("clientAuth"))
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\n"
        "certificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\n"
        "default_crl_days=1\ncrl_extensions=c\n[c]\nauthorityKeyIdentifier=keyid\n"
    )
    (folder / "index.txt").touch()
    (folder / "number").write_text("01\n")
    subprocess.run(["sh", "-ec", STEPS], check=True, cwd=folder, capture_output=True)
    return folder


def pair(lists: Path, name: str) -> list[str]:
    return ["--cert", str(lists / f"{name}.pem"), "--key", str(lists / f"{name}.key")]


def connect(lists: Path, port: int, *options: str) -> peers.Result:
    trust = ["--cafile", str(lists / "ca.pem")]
    return handfast("connect", *trust, *options, f"localhost:{port}")


@pytest.mark.parametrize("option", ["--tls12", "--tls13"])
def test_connect(lists: Path, option: str) -> None:
    with serve("--echo", *pair(lists, "server")) as server:
        good = connect(lists, server.port, option, "--crl", str(lists / "empty.crl"))
        assert good.code == 0
        bad = connect(lists, server.port, option, "--crl", str(lists / "revoked.crl"))
        assert bad.code == 3
        assert "CERT_REVOKED" in bad.text
        assert "server" in bad.text


@pytest.mark.parametrize("option", ["--tls12", "--tls13"])
def test_serve(lists: Path, option: str) -> None:
    demands = ["--client-auth", "required", "--cafile", str(lists / "ca.pem"), "--echo"]
    demands += pair(lists, "server")
    shown = [option, "--wait-for-verdict", *pair(lists, "client")]
    with serve(*demands, "--crl", str(lists / "empty.crl")) as server:
        assert connect(lists, server.port, *shown).code == 0
    with serve(*demands, "--crl", str(lists / "revoked.crl")) as server:
        bad = connect(lists, server.port, *shown)
        assert "certificate_revoked" in bad.text
        assert bad.code == 1
        server.says("CERT_REVOKED")


@pytest.mark.parametrize(
    ("name", "words"),
    [("none.crl", "no such file"), ("ca.pem", "no certificate revocation list")],
)
def test_files_refused(lists: Path, name: str, words: str) -> None:
    crl = ["--crl", str(lists / name)]
    trust = ["--cafile", str(lists / "ca.pem")]
    demands = ["--client-auth", "required", *trust, *pair(lists, "server")]
    for arguments in (
        ["connect", *trust, *crl, "localhost:1"],
        ["serve", "--listen", "127.0.0.1:0", *demands, *crl],
    ):
        result = handfast(*arguments)
        assert result.code == 2
        assert "--crl" in result.err.decode()
        assert words in result.err.decode().lower()
