"""More servers of other people's making, all started in one way: version, kind of key,
groups, and whether a certificate of the client is demanded.

Each is a process in the foreground, with its configuration and all that it writes in the
folder of the test.  None is ever started as a service.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import peers
from peers import Peer, free_port, running, wait_until

SOURCES = peers.ROOT / "tests" / "interop"
BUILT = peers.ROOT / "build" / "interop"
BUILD_PATIENCE = 900.0  # seconds: rustls' cryptography is a large library of C
HELLO = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello\n"


class MissingError(Exception):
    """What the machine lacks; the text is for the one who reads why a row is skipped."""


@dataclass(frozen=True)
class Wanted:
    """What a server shall speak."""

    pki: Path
    key: str
    version: str = "1.3"
    groups: str = ""  # Go and rustls alone: their names in TLS, by commas
    demands_certificate: bool = False

    @property
    def chain(self) -> str:
        return str(self.pki / f"{self.key}.pem")

    @property
    def private_key(self) -> str:
        return str(self.pki / f"{self.key}.key")

    @property
    def clients_root(self) -> str:
        return str(self.pki / "root.pem")


def find(program: str) -> str:
    """Daemons live where not everyone's PATH leads."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    found = shutil.which(program, path=path)
    if found is None:
        raise MissingError(f"{program} is not installed")
    return found


@contextlib.contextmanager
def _process(command: list[str], folder: Path, name: str, port: int) -> Iterator[Peer]:
    with running(command, folder, name) as process:
        try:
            wait_until(lambda: peers.accepts(port), name, process)
        except (RuntimeError, TimeoutError) as error:
            said = (folder / f"{name}.log").read_text("utf-8", "replace")
            raise RuntimeError(f"{error}: {said}") from error
        yield Peer(port, log=folder / f"{name}.log", folder=folder)


# ---- openssl s_server, gnutls-serv, nginx ----


def openssl(folder: Path, wanted: Wanted) -> AbstractContextManager[Peer]:
    find("openssl")
    options = ["-tls1_2" if wanted.version == "1.2" else "-tls1_3"]
    if wanted.demands_certificate:
        options += [
            "-Verify",
            "3",
            "-verify_return_error",
            "-CAfile",
            wanted.clients_root,
        ]
    return peers.openssl(folder, wanted.pki, wanted.key, *options)


@contextlib.contextmanager
def gnutls(folder: Path, wanted: Wanted) -> Iterator[Peer]:
    port = free_port()
    command = [find("gnutls-serv"), "--port", str(port), "--http", "--quiet"]
    command += ["--x509certfile", wanted.chain, "--x509keyfile", wanted.private_key]
    command += ["--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{wanted.version}"]
    if wanted.demands_certificate:
        command += ["--require-client-cert", "--verify-client-cert"]
        command += ["--x509cafile", wanted.clients_root]
    else:
        command += ["--disable-client-cert"]
    with _process(command, folder, "gnutls-serv", port) as peer:
        yield peer


def nginx(folder: Path, wanted: Wanted) -> AbstractContextManager[Peer]:
    find("nginx")
    more = f"ssl_protocols TLSv{wanted.version};"
    if wanted.demands_certificate:
        more += f"ssl_verify_client on; ssl_client_certificate {wanted.clients_root};"
        more += "ssl_verify_depth 3;"
    return peers.nginx(folder, wanted.pki, wanted.key, more)


# ---- haproxy, stunnel, apache ----

HAPROXY = """
defaults
    mode http
    timeout client 20s
    timeout server 20s
    timeout connect 20s
frontend tls
    bind 127.0.0.1:%(port)d ssl crt both.pem %(versions)s %(client)s
    http-request return status 200 content-type text/plain string hello
"""


@contextlib.contextmanager
def haproxy(folder: Path, wanted: Wanted) -> Iterator[Peer]:
    port = free_port()
    both = folder / "both.pem"
    both.write_text(Path(wanted.chain).read_text() + Path(wanted.private_key).read_text())
    client = f"ca-file {wanted.clients_root} verify required"
    values = {
        "port": port,
        "versions": f"ssl-min-ver TLSv{wanted.version} ssl-max-ver TLSv{wanted.version}",
        "client": client if wanted.demands_certificate else "",
    }
    (folder / "haproxy.cfg").write_text(HAPROXY % values)
    command = [find("haproxy"), "-db", "-f", "haproxy.cfg"]
    with _process(command, folder, "haproxy", port) as peer:
        yield peer


STUNNEL = """
foreground = yes
pid =
syslog = no
debug = notice
[tls]
accept = 127.0.0.1:%(port)d
connect = 127.0.0.1:%(backend)d
cert = %(chain)s
key = %(key)s
sslVersion = TLSv%(version)s
%(client)s
"""


def _answer(connection: socket.socket) -> None:
    if connection.recv(65536):
        connection.sendall(HELLO)


@contextlib.contextmanager
def stunnel(folder: Path, wanted: Wanted) -> Iterator[Peer]:
    """It carries the bytes to a server of ours that speaks no TLS."""
    port = free_port()
    client = f"verifyChain = yes\nCAfile = {wanted.clients_root}"
    with peers.speaking(_answer) as backend:
        values = {
            "port": port,
            "backend": backend.port,
            "chain": wanted.chain,
            "key": wanted.private_key,
            "version": wanted.version,
            "client": client if wanted.demands_certificate else "",
        }
        (folder / "stunnel.conf").write_text(STUNNEL % values)
        command = [find("stunnel4"), "stunnel.conf"]
        with _process(command, folder, "stunnel", port) as peer:
            yield peer


APACHE = """
ServerRoot %(modules)s
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule ssl_module modules/mod_ssl.so
ServerName localhost
DefaultRuntimeDir %(folder)s
PidFile %(folder)s/apache.pid
ErrorLog %(folder)s/error.log
DocumentRoot %(folder)s
ServerLimit 1
StartServers 1
ThreadsPerChild 4
MaxRequestWorkers 4
%(user)s
Listen 127.0.0.1:%(port)d
SSLEngine on
SSLSessionCache none
SSLProtocol -all +TLSv%(version)s
SSLCertificateFile %(chain)s
SSLCertificateKeyFile %(key)s
%(client)s
"""


@contextlib.contextmanager
def apache(folder: Path, wanted: Wanted) -> Iterator[Peer]:
    program, modules = find("apache2"), Path("/usr/lib/apache2")
    if not (modules / "modules" / "mod_ssl.so").exists():
        raise MissingError("apache2 has no mod_ssl")
    port = free_port()
    client = "SSLVerifyClient require\nSSLVerifyDepth 3\nSSLCACertificateFile "
    values = {
        "modules": modules,
        "folder": folder,
        # Started by root it insists on another user for its workers.
        "user": "User www-data\nGroup www-data" if os.geteuid() == 0 else "",
        "port": port,
        "version": wanted.version,
        "chain": wanted.chain,
        "key": wanted.private_key,
        "client": client + wanted.clients_root if wanted.demands_certificate else "",
    }
    config = folder / "apache.conf"
    config.write_text(APACHE % values)
    command = [program, "-D", "FOREGROUND", "-f", str(config)]
    with _process(command, folder, "apache2", port) as peer:
        yield peer


# ---- Python's ssl, in a thread of ours ----


@contextlib.contextmanager
def python(folder: Path, wanted: Wanted) -> Iterator[Peer]:
    version = getattr(ssl.TLSVersion, f"TLSv{wanted.version}".replace(".", "_"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(wanted.chain, wanted.private_key)
    if wanted.demands_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(wanted.clients_root)

    def serve(connection: socket.socket) -> None:
        # Its errors are OSErrors, which end this connection alone.
        with context.wrap_socket(connection, server_side=True) as tls:
            if tls.recv(65536):
                tls.sendall(HELLO)
                tls.unwrap()

    with peers.speaking(serve) as peer:
        yield Peer(peer.port, folder=folder)


# ---- Go's crypto/tls and rustls: programs of ours, built once ----


def _at_least(command: list[str], least: tuple[int, int]) -> None:
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < least:
        raise MissingError(f"{' '.join(command)}: {said.strip()}, and {least} is needed")


def _build(command: list[str], folder: Path, **environment: str) -> None:
    BUILT.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=BUILD_PATIENCE,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


Builder = Callable[[], Path]


def once(build: Builder) -> Builder:
    """Builds once in a run, and fails once: each row gets the same answer."""

    @functools.cache
    def outcome() -> Path | Exception:
        try:
            return build()
        except (MissingError, RuntimeError, OSError, subprocess.TimeoutExpired) as error:
            return error

    def result() -> Path:
        found = outcome()
        if isinstance(found, Exception):
            raise found
        return found

    return result


@once
def build_go() -> Path:
    """1.24 brought X25519MLKEM768."""
    program = BUILT / "server-go"
    go = find("go")
    _at_least([go, "version"], (1, 24))
    command = [go, "build", "-trimpath", "-buildvcs=false", "-o", str(program), "."]
    _build(command, SOURCES / "go", GOTOOLCHAIN="local", GOFLAGS="")
    return program


@once
def build_rustls() -> Path:
    """1.78 reads this version of Cargo.lock."""
    target = BUILT / "rust"
    cargo = find("cargo")
    _at_least([cargo, "--version"], (1, 78))
    _build([cargo, "build", "--locked"], SOURCES / "rust", CARGO_TARGET_DIR=str(target))
    return target / "debug" / "server-rustls"


@contextlib.contextmanager
def _announcing(program: Path, folder: Path, wanted: Wanted) -> Iterator[Peer]:
    """A server whose first line of output is LISTEN and its port."""
    log = folder / f"{program.name}.log"
    command = [str(program), "--cert", wanted.chain, "--key", wanted.private_key]
    command += ["--version", wanted.version]
    if wanted.groups:
        command += ["--groups", wanted.groups]
    if wanted.demands_certificate:
        command += ["--client-ca", wanted.clients_root]

    def port() -> int:
        found = re.search(r"LISTEN (\d+)\n", log.read_text("utf-8", "replace"))
        return int(found[1]) if found else 0

    with running(command, folder, program.name) as process:
        wait_until(lambda: port() != 0, program.name, process)
        yield Peer(port(), log=log, folder=folder)


def go(folder: Path, wanted: Wanted) -> AbstractContextManager[Peer]:
    return _announcing(build_go(), folder, wanted)


def rustls(folder: Path, wanted: Wanted) -> AbstractContextManager[Peer]:
    return _announcing(build_rustls(), folder, wanted)


SERVERS: dict[str, Callable[[Path, Wanted], AbstractContextManager[Peer]]] = {
    "openssl": openssl,
    "gnutls": gnutls,
    "nginx": nginx,
    "haproxy": haproxy,
    "stunnel": stunnel,
    "apache": apache,
    "python": python,
    "go": go,
    "rustls": rustls,
}
