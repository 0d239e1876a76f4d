"""The programs in README.md, taken out of it and run as they are printed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import peers
import pytest

README = (peers.ROOT / "README.md").read_text("utf-8")


def program(language: str) -> str:
    """The first block of code in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md shows no {language}"
    return found[1]


def run(
    arguments: list[str], pki: Path, root: str = "root.pem", **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        env=os.environ | {"SSL_CERT_FILE": str(pki / root)} | more,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=peers.PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def server(pki: Path, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with peers.openssl(
        tmp_path_factory.mktemp("server"), pki, "p256", mode="-www"
    ) as peer:
        yield peer


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library as `cmake --install` leaves it."""
    prefix = tmp_path_factory.mktemp("prefix")
    build = peers.ROOT / "build"
    subprocess.run(
        ["cmake", "--install", str(build), "--prefix", str(prefix)],
        check=True,
        capture_output=True,
    )
    return prefix


def test_c(installed: Path, pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    source = tmp_path / "first.c"
    text = program("c")
    assert len(text.strip().splitlines()) == 20
    source.write_text(text)
    folders = [str(p.parent) for p in installed.rglob("handfast.pc")]
    assert len(folders) == 1
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "handfast"],
        env=os.environ | {"PKG_CONFIG_PATH": folders[0]},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    warnings = ["-Wall", "-Wextra", "-Werror"]
    first = str(tmp_path / "first")
    subprocess.run(["cc", *warnings, str(source), *flags, "-o", first], check=True)
    library = str(Path(folders[0]).parent)
    arguments = [first, "127.0.0.1", str(server.port)]

    done = run(arguments, pki, LD_LIBRARY_PATH=library)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("TLS_AES_")
    refused = run(arguments, pki, "other-root.pem", LD_LIBRARY_PATH=library)
    assert refused.returncode == 1
    assert "no trusted root" in refused.stdout


def test_python(pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    pytest.importorskip("handfast", reason="the Python module is not installed")
    text = program("python")
    assert len(text.strip().splitlines()) == 5
    source = tmp_path / "first.py"
    source.write_text(text)
    arguments = [sys.executable, str(source), "127.0.0.1", str(server.port)]
    done = run(arguments, pki)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("TLSv1.3 TLS_AES_")
    assert "HTTP/1.0 200" in done.stdout
    refused = run(arguments, pki, "other-root.pem")
    assert refused.returncode == 1
    assert "CertificateError" in refused.stderr


@pytest.mark.parametrize("lua", ["lua5.4", "lua5.3", "lua5.1", "luajit"])
def test_lua(lua: str, pki: Path, server: peers.Peer, tmp_path: Path) -> None:
    if shutil.which(lua) is None:
        pytest.skip(f"{lua} is not installed")
    version = lua.removeprefix("lua") if lua != "luajit" else "5.1"
    if not (peers.ROOT / "build/lua" / version / "handfast/core.so").exists():
        pytest.skip("the Lua modules are not built (HF_BUILD_LUA)")
    text = program("lua")
    assert len(text.strip().splitlines()) == 5
    source = tmp_path / "first.lua"
    source.write_text(text)
    paths = {
        "LUA_PATH": f"{peers.ROOT}/bindings/lua/?.lua;;",
        "LUA_CPATH": f"{peers.ROOT}/build/lua/{version}/?.so;;",
    }
    arguments = [lua, str(source), "127.0.0.1", str(server.port)]
    done = run(arguments, pki, **paths)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("TLSv1.3\tTLS_AES_")
    assert "HTTP/1.0 200" in done.stdout
    assert run(arguments, pki, "other-root.pem", **paths).returncode == 1
