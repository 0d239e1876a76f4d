"""Headless Chromium loads the page of ``handfast serve --www``, and what it shows is
looked at: the document, and a picture of it."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from more_peers import MissingError, find
from serving import Serving, pair, serve

PATIENCE = 60.0  # seconds that a browser may take
WIDTH, HEIGHT = 800, 900
BROWSER = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-extensions", "--hide-scrollbars"),
    *("--disable-dev-shm-usage", "--mute-audio", "--force-color-profile=srgb"),
]


def spki_of(pki: Path, key: str) -> str:
    """SHA-256 of the key, as the browser wants it: it trusts no root of the tests'."""
    command = ["openssl", "x509", "-in", str(pki / f"{key}.pem"), "-pubkey", "-noout"]
    pem = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in pem.splitlines() if not line.startswith("-----")]
    digest = hashlib.sha256(base64.b64decode("".join(lines))).digest()
    return base64.b64encode(digest).decode()


def browse(server: Serving, pki: Path, key: str, folder: Path, *options: str) -> bytes:
    """What the browser writes, with the page of the server."""
    try:
        program = find("chromium")
    except MissingError as missing:
        pytest.skip(str(missing))
    command = [program, *BROWSER, f"--user-data-dir={folder / 'profile'}"]
    command += [f"--ignore-certificate-errors-spki-list={spki_of(pki, key)}"]
    command += [f"--window-size={WIDTH},{HEIGHT}", *options]
    done = subprocess.run(
        [*command, f"https://localhost:{server.port}/"],
        capture_output=True,
        timeout=PATIENCE,
        check=True,
        cwd=folder,
        env=os.environ | {"HOME": str(folder)},
    )
    return done.stdout


def pixels(picture: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height and the colours of a PNG as the browser writes it: 8 bits, RGB or
    RGBA (RFC 2083 6)."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    at, data, header = 8, b"", b""
    while at < len(picture):
        size, kind = struct.unpack(">I4s", picture[at : at + 8])
        body = picture[at + 8 : at + 8 + size]
        header = body if kind == b"IHDR" else header
        data += body if kind == b"IDAT" else b""
        at += 12 + size
    width, height, depth, colour = struct.unpack(">IIBB", header[:10])
    assert depth == 8
    step = {2: 3, 6: 4}[colour]
    raw, stride = zlib.decompress(data), width * step
    before, colours = bytearray(stride), set()
    for row in range(height):
        start = row * (stride + 1)
        line = bytearray(raw[start + 1 : start + 1 + stride])
        undo(raw[start], line, before, step)
        colours |= {bytes(line[x : x + 3]) for x in range(0, stride, step)}
        before = line
    return width, height, colours


def undo(kind: int, line: bytearray, above: bytearray, step: int) -> None:
    """RFC 2083 6: a line was written as differences to its neighbours."""
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        guesses = (0, left, above[i], (left + above[i]) // 2, 0)
        guess = guesses[kind]
        if kind == 4:
            sum_ = left + above[i] - corner
            guess = min((left, above[i], corner), key=lambda v: abs(sum_ - v))
        line[i] = (line[i] + guess) & 0xFF


@pytest.mark.parametrize("key", ["rsa", "p256"])
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_the_page_loads(version: str, key: str, pki: Path, tmp_path: Path) -> None:
    option = "--tls" + version.replace(".", "")
    options = ("--www", "--json", option, "--alpn", "http/1.1", *pair(pki, key))
    with serve(*options) as server:
        document = browse(server, pki, key, tmp_path, "--dump-dom").decode()
        events = server.events("connection")
    assert f"You are connected with TLS {version}" in document
    assert "<dt>Name asked for</dt><dd>localhost</dd>" in document
    assert "<dt>Application protocol</dt><dd>http/1.1</dd>" in document
    assert events[0]["agreed"]["version"]["name"] == f"TLSv{version}"


def test_hybrid_by_default(pki: Path, tmp_path: Path) -> None:
    """What a browser of today agrees on with a server that nobody has set up."""
    with serve("--www", "--json", *pair(pki, "p256")) as server:
        browse(server, pki, "p256", tmp_path, "--dump-dom")
        events = server.events("connection")
    assert all(event["agreed"]["group"]["name"] == "X25519MLKEM768" for event in events)


@pytest.mark.parametrize("dark", [False, True])
def test_the_picture_shows_it(dark: bool, pki: Path, tmp_path: Path) -> None:
    """Paper, ink and the green of the mark, by day and by night."""
    file = tmp_path / "page.png"
    options = [f"--screenshot={file}"]
    if dark:
        options += ["--blink-settings=preferredColorScheme=0"]
    with serve("--www", *pair(pki, "p256")) as server:
        browse(server, pki, "p256", tmp_path, *options)
    width, height, colours = pixels(file.read_bytes())
    assert (width, height) == (WIDTH, HEIGHT)
    paper, ink, good = (
        ("171b20", "e6e9ec", "4cc38a") if dark else (*("ffffff", "1b1f24", "1a7f5a"),)
    )
    assert {bytes.fromhex(paper), bytes.fromhex(ink), bytes.fromhex(good)} <= colours


def test_an_unknown_certificate_is_refused(pki: Path, tmp_path: Path) -> None:
    """The browser was told of another key: it must not show the page."""
    with serve("--www", *pair(pki, "p256")) as server:
        document = browse(server, pki, "rsa", tmp_path, "--dump-dom").decode()
    assert "You are connected" not in document
