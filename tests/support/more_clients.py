"""Clients of other people's making, all run in one way against a server of ours: version,
what they trust, and whether they have a certificate.  Each ends by itself."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import peers
import serving
from more_peers import BUILT, SOURCES, _at_least, _build, build_rustls, find, once

PATH = "/connection.json"  # what every client asks for
REQUEST = f"GET {PATH} HTTP/1.0"


@dataclass(frozen=True)
class Asked:
    """What a client shall do."""

    pki: Path
    port: int
    folder: Path
    version: str = "1.3"
    certificate: str = ""  # the name of its files, if it has one
    ca: str = "root.pem"
    times: int = 1  # connections, one after the other; the later ones may resume

    @property
    def chain(self) -> str:
        return str(self.pki / f"{self.certificate}.pem")

    @property
    def private_key(self) -> str:
        return str(self.pki / f"{self.certificate}.key")

    @property
    def root(self) -> str:
        return str(self.pki / self.ca)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}{PATH}"


@dataclass(frozen=True)
class Answer:
    """How it ended, and what it said on standard output and standard error."""

    code: int
    out: str
    err: str


def _run(command: list[str], asked: Asked, data: bytes = b"") -> Answer:
    environment = {"HOME": str(asked.folder)}  # wget and curl have files there
    done = subprocess.run(
        command,
        input=data,
        capture_output=True,
        timeout=peers.PATIENCE,
        cwd=asked.folder,
        env=os.environ | environment,
        check=False,
    )
    return Answer(
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )


def openssl(asked: Asked) -> Answer:
    command = [find("openssl"), "s_client", "-connect", f"localhost:{asked.port}", "-4"]
    command += ["-CAfile", asked.root, "-verify_return_error", "-ign_eof"]
    command += ["-verify_hostname", "localhost"]
    command += [f"-tls{asked.version.replace('.', '_')}"]
    if asked.certificate:
        command += ["-cert", asked.chain, "-key", asked.private_key]
        command += ["-cert_chain", asked.chain]
    session = str(asked.folder / "session")
    answer = Answer(0, "", "")
    for turn in range(asked.times):
        kept = ["-sess_out" if turn == 0 else "-sess_in", session]
        more = kept if asked.times > 1 else []
        answer = _run([*command, *more], asked, f"{REQUEST}\r\n\r\n".encode())
        if answer.code != 0:
            break
    return answer


def gnutls(asked: Asked) -> Answer:
    command = [find("gnutls-cli"), "--port", str(asked.port), "localhost"]
    command += ["--x509cafile", asked.root]
    command += ["--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{asked.version}"]
    if asked.certificate:
        command += ["--x509certfile", asked.chain, "--x509keyfile", asked.private_key]
    if asked.times > 1:
        command += ["--resume", "--waitresumption"]
    return _run(command, asked, f"{REQUEST}\r\n\r\n".encode())


def curl(asked: Asked) -> Answer:
    command = [find("curl"), "-sS", "--http1.0", "--cacert", asked.root]
    command += [f"--tlsv{asked.version}", "--tls-max", asked.version]
    if asked.certificate:
        command += ["--cert", asked.chain, "--key", asked.private_key]
    return _run([*command, *[asked.url] * asked.times], asked)


def wget(asked: Asked) -> Answer:
    """It resumes nothing."""
    command = [find("wget"), "-q", "-O", "-", "--ca-certificate", asked.root]
    command += [f"--ciphers=NORMAL:-VERS-ALL:+VERS-TLS{asked.version}"]
    command += ["--tries=1", "--no-hsts", "--no-config", "--no-http-keep-alive"]
    if asked.certificate:
        command += ["--certificate", asked.chain, "--private-key", asked.private_key]
    return _run([*command, *[asked.url] * asked.times], asked)


def python(asked: Asked) -> Answer:
    context = serving.context_of(asked.pki, asked.version)
    if asked.ca != "root.pem":
        context = ssl.create_default_context(cafile=asked.root)
    if asked.certificate:
        context.load_cert_chain(asked.chain, asked.private_key)
    session, out = None, b""
    try:
        for _ in range(asked.times):
            with serving.dial_port(asked.port, context, session=session) as client:
                client.sendall(f"{REQUEST}\r\n\r\n".encode())
                out = serving.receive_all(client)
                session = client.session
    except OSError as error:
        return Answer(1, "", str(error))
    return Answer(0, out.decode("utf-8", "replace"), "")


# ---- programs of ours, built once ----


@once
def build_go_client() -> Path:
    program = BUILT / "client-go"
    go = find("go")
    _at_least([go, "version"], (1, 24))
    command = [
        go,
        "build",
        "-trimpath",
        "-buildvcs=false",
        "-o",
        str(program),
        "./client",
    ]
    _build(command, SOURCES / "go", GOTOOLCHAIN="local", GOFLAGS="")
    return program


def _ours(program: Path, asked: Asked) -> Answer:
    """The options of both."""
    command = [str(program), "--address", f"127.0.0.1:{asked.port}", "--request", REQUEST]
    command += ["--ca", asked.root, "--version", asked.version]
    command += ["--times", str(asked.times)]
    if asked.certificate:
        command += ["--cert", asked.chain, "--key", asked.private_key]
    return _run(command, asked)


def go(asked: Asked) -> Answer:
    return _ours(build_go_client(), asked)


def rustls(asked: Asked) -> Answer:
    return _ours(build_rustls().with_name("client-rustls"), asked)


CLIENTS: dict[str, Callable[[Asked], Answer]] = {
    "openssl": openssl,
    "gnutls": gnutls,
    "curl": curl,
    "wget": wget,
    "python": python,
    "go": go,
    "rustls": rustls,
}
