"""``handfast connect`` with pre-shared keys, session files, early data and passwords."""

from __future__ import annotations

import json
import os
import pty
import select
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import peers
import pytest
from peers import COMMAND, connect, handfast

KEY = bytes(range(16)).hex()
REQUEST = b"GET /early HTTP/1.0\r\n\r\n"


# ---- usage ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--psk", KEY], "--psk: it is not IDENTITY:HEX"),
        (["--psk", f":{KEY}"], "identity is 1 to 8192 bytes"),
        (["--psk", "me:"], "the key is 16 to 255 bytes"),
        (["--psk", f"me:{KEY[2:]}"], "the key is 16 to 255 bytes"),
        (["--psk", f"me:{KEY}0"], "two hexadecimal digits"),
        (["--psk", f"me:{KEY[2:]}xy"], "two hexadecimal digits"),
        (["--psk", "me:" + "00" * 256], "the key is 16 to 255 bytes"),
        (["--psk-file", "/nonexistent"], "--psk-file '/nonexistent': No such file"),
        (["--psk-file", "/dev/zero"], "first line is too long"),
        (["--psk-file", "/dev/null"], "it is not IDENTITY:HEX"),
        (["--psk", f"me:{KEY}", "--resume"], "instead of a session"),
        (["--psk", f"me:{KEY}", "--session", "x"], "instead of a session"),
        (["--early-data", "/dev/null"], "--early-data needs --session or --resume"),
        (["--resume", "--early-data", "/nonexistent"], "--early-data '/nonexistent'"),
        (["--resume", "--early-data", "/dev/null"], "it is empty"),
        (["--resume", "--early-data", "/dev/zero"], "more than 1 MiB"),
        (["--session", "/etc"], "--session '/etc': Is a directory"),
        (["--session", "/etc/passwd"], "no session that this version has saved"),
        (["--key-password-file", "x"], "is of no use without --cert"),
        (["--certificate-compression", "lzma"], 'unknown certificate compression "lzma"'),
    ],
)
def test_wrong_usage(arguments: list[str], words: str) -> None:
    result = handfast("connect", *arguments, "localhost:1")
    assert (result.code, result.out) == (2, b"")
    assert words in result.err.decode()
    assert len(result.err.splitlines()) == 1
    assert KEY[4:].encode() not in result.err, "a secret is not repeated"


# ---- pre-shared keys ----


def test_psk(pki: Path, tmp_path: Path) -> None:
    options = ("-tls1_3", "-psk_identity", "a:b", "-psk", KEY)
    secret = tmp_path / "psk.txt"
    secret.write_bytes(f"a:b:{KEY.upper()}\r\nanother line\n".encode())
    with peers.openssl(tmp_path, pki, "p256", *options) as peer:
        for given in (("--psk", f"a:b:{KEY}"), ("--psk-file", str(secret))):
            result = connect(pki, peer, *given)
            agreed = result.document["agreed"]
            assert (result.code, agreed["psk_used"]) == (0, True)
            assert (agreed["session_reused"], agreed["signature_algorithm"]) == (
                False,
                None,
            )
            assert result.document["chain"] == []
        text = handfast("connect", "--psk", f"a:b:{KEY}", peer.place).text
        assert "taken" in text
        assert "certificate   " not in text
        other = connect(pki, peer, "--psk", f"somebody:{KEY}")
        assert (other.code, other.document["agreed"]["psk_used"]) == (0, False)
        assert len(other.document["chain"]) == 2
        wrong = connect(pki, peer, "--psk", f"a:b:{KEY[2:]}00")
        assert (wrong.code, wrong.document["agreed"]) == (1, None)


# ---- sessions and early data ----


@pytest.fixture
def early(pki: Path, tmp_path: Path) -> Iterator[peers.Peer]:
    with peers.openssl(tmp_path, pki, "p256", "-tls1_3", "-early_data") as peer:
        yield peer


@pytest.fixture
def request_file(tmp_path: Path) -> str:
    path = tmp_path / "request.txt"
    path.write_bytes(REQUEST)
    return str(path)


def received(peer: peers.Peer) -> int:
    assert peer.log is not None
    return peer.log.read_bytes().count(REQUEST.splitlines()[0])


def test_session_file(pki: Path, early: peers.Peer, tmp_path: Path) -> None:
    path = tmp_path / "kept.session"
    keep = ("--session", str(path))
    seen = []
    for reused in (False, True, True):
        result = connect(pki, early, *keep)
        assert (result.code, result.document["agreed"]["session_reused"]) == (0, reused)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        seen.append(path.read_bytes())
    assert len(set(seen)) == 3, "the newest ticket is kept"
    assert sorted(p.name for p in tmp_path.iterdir() if "session" in p.name) == [
        path.name
    ], "nothing is left beside it"

    elsewhere = connect(pki, early, *keep, "--servername", "localhost")
    assert elsewhere.code == 2
    assert elsewhere.document["error"]["name"] == "SESSION_UNUSABLE"
    assert path.read_bytes() == seen[-1]

    path.write_bytes(b"")
    assert connect(pki, early, *keep).code == 0, "an empty file has no session yet"
    assert path.read_bytes() != b""


def test_session_behind_a_link(pki: Path, early: peers.Peer, tmp_path: Path) -> None:
    """The link stays; the file that it leads to is replaced, and nobody else reads it."""
    kept, link = tmp_path / "real", tmp_path / "link"
    kept.write_bytes(b"")
    kept.chmod(0o644)
    link.symlink_to(kept)
    assert connect(pki, early, "--session", str(link)).code == 0
    assert link.is_symlink()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    again = connect(pki, early, "--session", str(link))
    assert again.document["agreed"]["session_reused"] is True


def test_session_on_a_device(pki: Path, early: peers.Peer) -> None:
    """It is written to, never replaced."""
    assert connect(pki, early, "--session", "/dev/null").code == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_session_that_cannot_be_kept(
    pki: Path, early: peers.Peer, tmp_path: Path
) -> None:
    result = connect(pki, early, "--session", str(tmp_path / "absent" / "x"))
    assert (result.code, result.document["result"]) == (7, "local_failure")
    assert b"--session" in result.err


def test_early_data(
    pki: Path, early: peers.Peer, tmp_path: Path, request_file: str
) -> None:
    path = tmp_path / "kept.session"
    data = ("--session", str(path), "--early-data", request_file)
    first = connect(pki, early, *data)
    assert (first.code, first.document["agreed"]["early_data"]) == (0, "not_sent")
    used = path.read_bytes()
    second = connect(pki, early, *data)
    agreed = second.document["agreed"]
    assert (agreed["early_data"], agreed["early_data_bytes"]) == (
        "accepted",
        len(REQUEST),
    )
    path.write_bytes(used)  # s_server takes early data of a ticket but once
    third = connect(pki, early, *data)
    agreed = third.document["agreed"]
    assert (third.code, agreed["early_data"], agreed["early_data_bytes"]) == (
        0,
        "rejected",
        0,
    )
    assert peers.eventually(lambda: received(early) == 3), "each arrived, once"
    text = handfast("connect", "--cafile", str(pki / "root.pem"), *data, early.place).text
    assert f"early data    accepted, {len(REQUEST)} bytes" in text


def test_early_data_with_resume(pki: Path, early: peers.Peer, request_file: str) -> None:
    result = connect(pki, early, "--resume", "--early-data", request_file)
    assert result.document["agreed"]["early_data"] is None
    assert result.document["second"]["agreed"]["early_data"] == "accepted"
    assert peers.eventually(lambda: received(early) == 1)


def test_early_data_that_nobody_takes(
    pki: Path, tmp_path: Path, request_file: str
) -> None:
    with peers.openssl(tmp_path, pki, "p256", "-tls1_3") as peer:
        trust = ("--cafile", str(pki / "root.pem"))
        told = handfast(
            "connect", *trust, "--resume", "--early-data", request_file, peer.place
        )
        assert told.code == 0
        assert "the server takes none with this session" in told.text
        assert peers.eventually(lambda: received(peer) == 1)


def test_more_early_data_than_is_taken(
    pki: Path, tmp_path: Path, request_file: str
) -> None:
    large = tmp_path / "large.txt"
    large.write_bytes(REQUEST + b"x" * 20000 + b"\n")
    options = ("-tls1_3", "-early_data", "-max_early_data", "1000")
    with peers.openssl(tmp_path, pki, "p256", *options) as peer:
        result = connect(pki, peer, "--resume", "--early-data", str(large))
        agreed = result.document["second"]["agreed"]
        assert (agreed["early_data"], agreed["early_data_bytes"]) == ("accepted", 1000)
        log = peer.log
        assert log is not None
        assert peers.eventually(lambda: log.read_bytes().count(b"x" * 100) > 0)


# ---- passwords ----


@pytest.fixture
def locked(pki: Path, tmp_path: Path) -> Path:
    path = tmp_path / "locked.key"
    command = ["openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc"]
    command += [
        "-passout",
        "pass:opens",
        "-in",
        str(pki / "client-p256.key"),
        "-out",
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return path


def test_password_file(pki: Path, tmp_path: Path, locked: Path) -> None:
    secret = tmp_path / "password.txt"
    cert = ("--cert", str(pki / "client-p256.pem"), "--key", str(locked))
    for content, code, words in (
        (b"opens\n", 4, b""),
        (b"opens\r\nsecond line\n", 4, b""),
        (b"opens", 4, b""),
        (b"wrong\n", 2, b"the password does not open the private key"),
        (b"", 2, b"the password does not open the private key"),
        (b"x" * 2000, 2, b"first line is too long"),
    ):
        secret.write_bytes(content)
        options = (*cert, "--key-password-file", str(secret), "-q")
        result = handfast("connect", *options, "127.0.0.1:1")
        assert (result.code, words in result.err) == (code, True), content
    absent = handfast("connect", *cert, "--key-password-file", "/nonexistent", "x:1")
    assert (absent.code, b"No such file" in absent.err) == (2, True)


def ask(arguments: list[str], answer: bytes) -> tuple[int, bytes]:
    """Runs the command with a terminal of its own, and types."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(COMMAND, [str(COMMAND), *arguments])
    shown = b""
    while b"Password" not in shown or not shown.endswith(b": "):
        assert select.select([terminal], [], [], peers.PATIENCE)[0], shown
        shown += os.read(terminal, 1000)
    os.write(terminal, answer)
    while True:
        try:
            more = os.read(terminal, 1000)
        except OSError:  # the other side is gone
            break
        if not more:
            break
        shown += more
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


def test_password_from_the_terminal(pki: Path, locked: Path) -> None:
    cert = ["connect", "-q", "--cert", str(pki / "client-p256.pem"), "--key", str(locked)]
    for answer, code in ((b"opens\n", 4), (b"wrong\n", 2), (b"op\x03", 2)):
        result, shown = ask([*cert, "127.0.0.1:1"], answer)
        assert (result, b"opens" in shown or b"wrong" in shown) == (code, False)
    without = subprocess.run(
        [COMMAND, *cert, "127.0.0.1:1"],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        timeout=peers.PATIENCE,
        check=False,
    )
    assert without.returncode == 2
    assert b"is encrypted, and no password was given" in without.stderr


def test_json_without_these_options(pki: Path, early: peers.Peer) -> None:
    document = json.loads(json.dumps(connect(pki, early).document))
    assert document["agreed"]["psk_used"] is False
    assert document["agreed"]["early_data"] is None
