"""The Python example of the README works as printed."""

from __future__ import annotations

import contextlib
import io
import re
import ssl
import sys
from pathlib import Path

import pytest
from authority import Authority
from conftest import Servers

README = Path(__file__).resolve().parents[2] / "README.md"


def example() -> str:
    if not README.exists():
        pytest.skip("there is no README.md yet")
    found = re.search(r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.M | re.S)
    assert found, "README.md has no ```python block"
    return found[1]


def test_the_example(
    servers: Servers, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run the first python block, with a host and a port as its arguments."""
    program = example()

    def answer(tls: ssl.SSLSocket) -> None:
        assert tls.recv(65536).startswith(b"GET ")
        tls.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nhi\n")
        with contextlib.suppress(OSError):
            tls.unwrap()

    server = servers.tls(answer)
    monkeypatch.setattr(sys, "argv", ["example.py", "localhost", str(server.port)])
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root_file))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "README.md", "exec"), {"__name__": "__main__"})
    assert server.peers == 1
    assert server.errors == []
    assert "TLSv1.3" in printed.getvalue()
    assert "hi" in printed.getvalue()
    lines = [line for line in program.splitlines() if line.strip()]
    assert len(lines) <= 5, "the README promises five lines"
