"""``handfast verify``: chains out of files, their drawing, and refusals."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import peers
import pytest
from peers import handfast


def verify(pki: Path, *arguments: str, ca: str = "root.pem") -> peers.Result:
    return handfast("verify", "--cafile", str(pki / ca), *arguments)


def drawing(text: str) -> list[str]:
    """The part with the path."""
    return text.split("\n\n")[1].rstrip("\n").split("\n")


# ---- what is trusted ----


@pytest.mark.parametrize("key", peers.KEYS)
def test_trusted(key: str, pki: Path) -> None:
    for name in ("localhost", "A.handfast.TEST.", "127.0.0.1", "::1"):
        result = verify(pki, "--host", name, str(pki / f"{key}.pem"))
        assert (result.code, result.err) == (0, b""), result.text
        assert f"trusted       for {name}\n" in result.text
    root, intermediate, leaf = drawing(result.text)
    assert re.match(r"  CN=root, .*, CA, trusted root, \d+ days left$", root)
    assert re.match(r"  `- 1 CN=intermediate, .*, CA, \d+ days left$", intermediate)
    assert re.match(rf"     `- 0 CN={key}, .*, \d+ days left$", leaf)
    assert "\033" not in result.text


def test_without_a_name_that_is_told(pki: Path) -> None:
    assert "--host was not given" in verify(pki, str(pki / "elsewhere.pem")).text


def test_every_way_to_give_certificates(pki: Path, tmp_path: Path) -> None:
    leaf, intermediate = pki / "lonely.pem", pki / "intermediate.pem"
    der = tmp_path / "leaf.der"
    arguments = ["openssl", "x509", "-in", str(leaf), "-outform", "DER"]
    der.write_bytes(subprocess.run(arguments, check=True, capture_output=True).stdout)
    together = tmp_path / "all.pem"
    # Other blocks and text may stand between, and certificates that are of no use.
    parts = [leaf, pki / "p384.key", pki / "other-root.pem", pki / "p256.pem"]
    together.write_text("\n# text\n".join(p.read_text() for p in parts))
    for file in (leaf, der):
        result = verify(pki, "--untrusted", str(intermediate), str(file))
        assert result.code == 0, result.text
    result = verify(pki, str(together))
    assert result.code == 0, result.text
    assert "not in the path\n  1 CN=other-root" in result.text
    assert re.search(r"\n  `- 3 CN=intermediate", result.text)
    piped = handfast(
        *("verify", "--cafile", str(pki / "root.pem"), "-"), data=together.read_bytes()
    )
    assert piped.code == 0
    assert piped.text.startswith("-\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cp", str(together), str(pipe)]):
        assert verify(pki, str(pipe)).code == 0


def test_roots_of_the_environment(pki: Path) -> None:
    file = str(pki / "p256.pem")
    assert handfast("verify", file, SSL_CERT_FILE=str(pki / "root.pem")).code == 0
    assert handfast("verify", file, SSL_CERT_FILE=str(pki / "other-root.pem")).code == 3
    empty = handfast(
        "verify", "-q", file, SSL_CERT_FILE="/dev/null", SSL_CERT_DIR="/none"
    )
    assert empty.code == 3
    assert b"TRUST_STORE_EMPTY" in empty.err


# ---- what is refused, and how it is drawn ----


@pytest.mark.parametrize(
    ("key", "more", "failure", "lines"),
    [
        (
            "expired",
            [],
            "CERT_EXPIRED",
            [
                r"  \? CN=root, O=handfast tests, not looked for",
                r"  `- 1 CN=intermediate, .* days left",
                r"     `- 0 CN=expired, .*, expired 10 days ago  <-- CERT_EXPIRED",
            ],
        ),
        (
            "notyet",
            [],
            "CERT_NOT_YET_VALID",
            [r".*", r".*", r".*begins in \d+ days  <--.*"],
        ),
        (
            "p256",
            ["--host", "a.example"],
            "CERT_NAME_MISMATCH",
            [r".*", r".*", r".*CN=p256.*  <-- CERT_NAME_MISMATCH"],
        ),
        (
            "lonely",
            [],
            "CERT_UNKNOWN_ISSUER",
            [
                r"  \? CN=intermediate, O=handfast tests, not found",
                r"  `- 0 CN=lonely, .*  <-- CERT_UNKNOWN_ISSUER",
            ],
        ),
        (
            "selfsigned",
            [],
            "CERT_SELF_SIGNED",
            [r"  0 CN=selfsigned, .*  <-- CERT_SELF_.*"],
        ),
    ],
)
def test_refused(
    key: str, more: list[str], failure: str, lines: list[str], pki: Path
) -> None:
    file = str(pki / f"{key}.pem")
    result = verify(pki, *more, file)
    quiet = verify(pki, "-q", *more, file)
    document = json.loads(verify(pki, "--json", *more, file).out)
    assert result.code == quiet.code == 3
    assert f"REFUSED       {failure}" in result.text
    for words in ("what", "rule", "hint"):
        assert re.search(rf"^  {words} +\S", result.text, re.MULTILINE)
    drawn = drawing(result.text)
    assert len(drawn) == len(lines), result.text
    for line, pattern in zip(drawn, lines, strict=True):
        assert re.fullmatch(pattern, line), line
    assert quiet.out == b""
    assert re.fullmatch(rf"handfast verify: .* \({failure}\)\n", quiet.err.decode())
    assert document["result"] == "certificate_refused"
    assert document["error"]["name"] == failure
    assert [c["index"] for c in document["path"] if c["at_fault"]] == [0]


def test_an_intermediate_at_fault(pki: Path) -> None:
    """The path goes as far as it can, and its last certificate has the mark."""
    file = str(pki / "p256.pem")
    document = json.loads(verify(pki, "--json", file).out)
    assert [c["index"] for c in document["path"]] == [0, 1, None]
    result = verify(pki, file, ca="other-root.pem")
    assert result.code == 3
    root, intermediate, leaf = drawing(result.text)
    assert root == "  ? CN=root, O=handfast tests, not found"
    assert intermediate.endswith("  <-- CERT_UNKNOWN_ISSUER")
    assert "<--" not in leaf


def test_a_root_at_fault(pki: Path, tmp_path: Path) -> None:
    """A trusted root that has expired: it is told and drawn, though not one of ours."""
    for name in ("root", "late"):
        command = ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes"]
        command += ["-keyout", str(tmp_path / f"{name}.key"), "-subj", "/CN=short root"]
        command += ["-days", "1" if name == "root" else "9", "-out"]
        subprocess.run([*command, str(tmp_path / f"{name}.pem")], check=True)
    command = ["openssl", "req", "-new", "-newkey", "ed25519", "-nodes", "-subj", "/CN=a"]
    command += ["-keyout", str(tmp_path / "a.key"), "-out", str(tmp_path / "a.csr")]
    subprocess.run(command, check=True)
    names = "subjectAltName=DNS:a.example\nauthorityKeyIdentifier=keyid\n"
    (tmp_path / "ext").write_text(names)
    command = ["openssl", "x509", "-req", "-in", str(tmp_path / "a.csr"), "-days", "9"]
    command += ["-CA", str(tmp_path / "root.pem"), "-CAkey", str(tmp_path / "root.key")]
    command += ["-extfile", str(tmp_path / "ext"), "-out", str(tmp_path / "a.pem")]
    subprocess.run(command, check=True, capture_output=True)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3 * 86400))
    result = verify(tmp_path, "--time", moment, str(tmp_path / "a.pem"))
    assert result.code == 3
    root, leaf = drawing(result.text)
    assert root == "  CN=short root, trusted root  <-- CERT_EXPIRED"
    assert leaf.startswith("  `- 0 CN=a, ")
    other = verify(tmp_path, str(tmp_path / "a.pem"), ca="late.pem")
    assert other.code == 3, "the same name with another key"


def test_certificates_that_are_none(pki: Path, tmp_path: Path) -> None:
    broken = "-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n"
    file = tmp_path / "chain.pem"
    file.write_text((pki / "lonely.pem").read_text() + broken)
    result = verify(pki, str(file))
    assert result.code == 3
    assert drawing(result.text)[0] == "  1 malformed, 6 bytes  <-- CERT_MALFORMED"
    file.write_text(broken)
    first = verify(pki, str(file))
    assert first.code == 3
    assert drawing(first.text) == ["  0 malformed, 6 bytes  <-- CERT_MALFORMED"]
    document = json.loads(verify(pki, "--json", str(file)).out)
    assert document["path"][0]["malformed"] is True


def test_the_profile(pki: Path) -> None:
    """A common name that is no name of the certificate: CAs of the web promise not to."""
    result = verify(pki, "--profile", "web-pki", str(pki / "p256.pem"))
    assert result.code == 3
    assert "CERT_PROFILE" in result.text
    assert verify(pki, "--profile", "default", str(pki / "p256.pem")).code == 0
    assert verify(pki, "--profile", "compatible", str(pki / "p256.pem")).code == 0


def test_the_profile_for_private_authorities(pki: Path) -> None:
    """A leaf without key identifiers, as old tools made them: the hint names the way."""
    file = str(pki / "informal.pem")
    for profile in ((), ("--profile", "default"), ("--profile", "web-pki")):
        result = verify(pki, *profile, file)
        assert result.code == 3
        assert "CERT_PROFILE" in result.text
    result = verify(pki, file)
    assert re.search(r"^  rule +RFC 5280 4\.2\.1\.1$", result.text, re.MULTILINE)
    assert re.search(r"^  hint .*profile compatible", result.text, re.MULTILINE)
    assert len(drawing(result.text)) == 3, "the path was found"
    assert verify(pki, "--profile", "compatible", file).code == 0
    document = json.loads(verify(pki, "--json", "--profile", "compatible", file).out)
    assert document["profile"] == "compatible"


@pytest.mark.parametrize(
    ("time_text", "code"),
    [
        ("2040-01-01T00:00:00Z", 3),
        ("2040-02-29t23:59:60.5-23:59", 3),
        ("0001-01-01T00:00:00+00:00", 3),
        ("2040-01-01", 2),
        ("2040-01-01 00:00:00Z", 2),
        ("2040-01-01T00:00:00", 2),
        ("2040-13-01T00:00:00Z", 2),
        ("2040-02-30T00:00:00Z", 2),
        ("2041-02-29T00:00:00Z", 2),
        ("2040-01-01T24:00:00Z", 2),
        ("2040-01-01T00:60:00Z", 2),
        ("2040-01-01T00:00:61Z", 2),
        ("2040-01-01T00:00:00.Z", 2),
        ("2040-01-01T00:00:00+24:00", 2),
        ("2040-01-01T00:00:00+00:60", 2),
        ("2040-01-01T00:00:00+0000", 2),
        ("2040-01-01T00:00:00Zx", 2),
        ("2040-1-01T000:00:00Z", 2),
        ("+040-01-01T00:00:00Z", 2),
        ("now", 2),
        ("", 2),
    ],
)
def test_times(time_text: str, code: int, pki: Path) -> None:
    result = verify(pki, "--time", time_text, str(pki / "p256.pem"))
    assert result.code == code, result.err
    if code == 2:
        assert b"--time needs" in result.err


def test_offsets_of_time(pki: Path) -> None:
    times = {"2040-01-01T00:30:00+01:00": "2039-12-31T23:30:00Z"}
    times["2040-01-01T00:30:00-01:30"] = "2040-01-01T02:00:00Z"
    for given, meant in times.items():
        result = verify(pki, "--json", "--time", given, str(pki / "p256.pem"))
        assert json.loads(result.out)["time"] == meant


# ---- usage ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no file given"),
        (["a", "b"], "'b' is one too many"),
        (["--frobnicate", "a"], "'--frobnicate'"),
        (["-x", "a"], "'-x'"),
        (["a", "--host"], "'--host' needs a value"),
        (["--json=yes", "a"], "takes no value"),
        (["/nonexistent.pem"], "/nonexistent.pem: No such file"),
        (["/"], "/: Is a directory"),
        (["/dev/null"], "/dev/null: no certificate"),
        (["/dev/zero"], "/dev/zero: File too large"),
        (["-"], "standard input: no certificate"),
        (["--cafile", "/nonexistent.pem", "a"], "--cafile: /nonexistent.pem"),
        (["--cafile", "/dev/null", "a"], "--cafile: /dev/null"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str) -> None:
    result = handfast("verify", *arguments)
    assert (result.code, result.out) == (2, b"")
    assert words in result.err.decode()
    assert len(result.err.splitlines()) == 1


def test_wrong_values(pki: Path) -> None:
    file = str(pki / "p256.pem")
    for arguments, words in (
        (("--host", ""), "--host ''"),
        (("--host", "a b"), "--host 'a b'"),
        (("--profile", "strict"), "not 'strict'"),
        (("--untrusted", "/dev/null"), "/dev/null: no certificate"),
    ):
        result = verify(pki, *arguments, file)
        assert (result.code, result.out) == (2, b"")
        assert words in result.err.decode()


def test_too_many(pki: Path, tmp_path: Path) -> None:
    file = tmp_path / "many.pem"
    file.write_text((pki / "lonely.pem").read_text() * 65)
    result = verify(pki, str(file))
    assert result.code == 2
    assert "many.pem" in result.err.decode()


def revocations(pki: Path, folder: Path) -> Path:
    """A fresh CA with its own leaf, and two lists: one with the leaf, one without."""
    steps = """
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 5 \\
        -keyout ca.key -out ca.pem -subj /CN=lists -addext subjectKeyIdentifier=hash \\
        -addext basicConstraints=critical,CA:TRUE \\
        -addext keyUsage=critical,keyCertSign,cRLSign -config req.cnf
    openssl req -new -key "$1/p256.key" -subj /CN=leaf -config req.cnf -out leaf.csr
    openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 0x1234567890 \\
        -extfile leaf.ext -days 3 -out leaf.pem
    openssl ca -config ca.cnf -gencrl -out empty.crl
    openssl ca -config ca.cnf -revoke leaf.pem
    openssl ca -config ca.cnf -gencrl -out revoked.crl
    """
    (folder / "req.cnf").write_text("[req]\ndistinguished_name=d\n[d]\n")
    (folder / "leaf.ext").write_text(
        "subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n"
        "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
        "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    )
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\n"
        "certificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\n"
        "default_crl_days=1\ncrl_extensions=c\n[c]\nauthorityKeyIdentifier=keyid\n"
    )
    (folder / "index.txt").touch()
    (folder / "number").write_text("01\n")
    script = ["sh", "-ec", steps, "sh", str(pki)]
    subprocess.run(script, check=True, cwd=folder, capture_output=True)
    return folder


def test_revocation_lists(pki: Path, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    ca = revocations(pki, tmp_path)
    usual = ["verify", "-q", "--cafile", str(ca / "ca.pem"), "--crl"]
    for name, code, words in (
        ("absent.crl", 2, "--crl: "),
        ("ca.pem", 2, "no certificate revocation list"),
        ("revoked.crl", 3, "(CERT_REVOKED)"),
        ("empty.crl", 0, ""),
    ):
        result = handfast(*usual, str(ca / name), str(ca / "leaf.pem"))
        assert result.code == code, name
        assert words in result.err.decode()
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2 * 86400))
    late = [*usual, str(ca / "empty.crl"), "--time", later, str(ca / "leaf.pem")]
    result = handfast(*late)
    assert (result.code, "(CRL_EXPIRED)" in result.err.decode()) == (3, True)


def test_help() -> None:
    texts = {handfast(*a).out for a in (["help", "verify"], ["verify", "--help"])}
    assert len(texts) == 1


def test_like_openssl(pki: Path) -> None:
    """The other implementation comes to the same results."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    for key in (*peers.KEYS, "expired", "notyet", "lonely", "selfsigned"):
        command = ["openssl", "verify", "-CAfile", str(pki / "root.pem")]
        if key != "lonely":
            command += ["-untrusted", str(pki / "intermediate.pem")]
        theirs = subprocess.run(
            [*command, str(pki / f"{key}.pem")], check=False, capture_output=True
        )
        ours = verify(pki, "-q", str(pki / f"{key}.pem"))
        assert (ours.code == 0) == (theirs.returncode == 0), key
