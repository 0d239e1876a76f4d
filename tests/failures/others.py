"""What OpenSSL, GnuTLS and Python's ssl say about the same peer, as text without what
differs from run to run."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peers
from stage import PATIENCE, Place, Row, Server, Stage

BRIEF = 1.0  # seconds that the others may take; they have no limit of their own
LATER = 2.0  # seconds until a server is taken to say nothing
SUITES = {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA"}
WAITS = "(still waiting after a second)"
NOTHING = "(nothing)"
UNABLE = "(has no setting for it)"

OPENSSL_LINES = re.compile(
    r"verify error:(num=\d+:.*)|:error:[0-9A-F]+:([^:]*:[^:]*:[^:]*):"
    r"|^((?:write|read):errno=\d+)",
    re.M,
)
GNUTLS_LINES = re.compile(
    r"^\*\*\* (.*)$|^- Status: (The certificate is NOT.*)$|^\|<1>\| (.*)$"
    r"|^((?:Error in handshake|Error setting|Error loading|Syntax error).*)$",
    re.M,
)
NUMBERS = re.compile(r"0x[0-9a-f]+|127\.0\.0\.1:\d+|port \d+")


def clean(text: str) -> str:
    text = re.sub(r"\s+", " ", text).replace(" :", ":").strip(" :.")
    text = NUMBERS.sub("...", text)
    return re.sub(r"CN ?= ?", "CN=", text)


def gathered(pattern: re.Pattern[str], said: str) -> str:
    """The lines that matter, once each, in order."""
    found: list[str] = []
    for match in pattern.finditer(said):
        text = clean(next(part for part in match.groups() if part))
        if text not in found:
            found.append(text)
    return "; ".join(found[:3]) or NOTHING


def told(command: list[str], pattern: re.Pattern[str], place: Place, stdin: bytes) -> str:
    if place.go:
        place.go.put(None)
    try:
        done = subprocess.run(
            command, input=stdin, capture_output=True, timeout=BRIEF, check=False
        )
    except subprocess.TimeoutExpired as expired:
        said = ((expired.stdout or b"") + (expired.stderr or b"")).decode(
            "utf-8", "replace"
        )
        text = gathered(pattern, said)
        return WAITS if text == NOTHING else text
    finally:
        if place.ready:
            place.ready.get(timeout=PATIENCE)
    return gathered(pattern, (done.stdout + done.stderr).decode("utf-8", "replace"))


def openssl_lists(values: dict[str, str]) -> list[str]:
    if "crl" not in values:
        return ["-crl_check"] if "crl_rules" in values else []
    whole = int(values.get("crl_rules", "0")) & 2
    several = values["crl"].replace(".crl", ".trust")  # -CRL reads one list of a file
    lists = ["-CAfile", several] if Path(several).exists() else ["-CRL", values["crl"]]
    return [*lists, "-crl_check_all" if whole else "-crl_check"]


def gnutls_lists(values: dict[str, str]) -> list[str]:
    return ["--x509crlfile", values["crl"]] if "crl" in values else []


def python_lists(context: ssl.SSLContext, values: dict[str, str]) -> None:
    if "crl" in values:
        context.load_verify_locations(values["crl"])
    if {"crl", "crl_rules"} & set(values):
        whole = int(values.get("crl_rules", "0")) & 2
        context.verify_flags |= (
            ssl.VERIFY_CRL_CHECK_CHAIN if whole else ssl.VERIFY_CRL_CHECK_LEAF
        )


# ---- as clients ----


def openssl_client(values: dict[str, str], place: Place) -> str:
    name = values.get("name", "")
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{place.port}"]
    command += ["-CAfile", values["trust"], "-verify_return_error", "-status"]
    command += openssl_lists(values)
    if "clock" in values:
        command += ["-attime", values["clock"]]
    if "keylog" in values:
        command += ["-keylogfile", values["keylog"]]
    if not name:
        command += ["-noservername"]
    elif re.fullmatch(r"[0-9.]+", name):
        command += ["-verify_ip", name, "-noservername"]
    elif values.get("server_name") == "":
        command += ["-noservername", "-verify_hostname", name]
    else:
        command += ["-verify_hostname", name, "-servername", name]
    versions = {"TLSv1.2": ["-tls1_2"], "TLSv1.3": ["-tls1_3"]}
    command += versions.get(values.get("versions", ""), [])
    if "suites" in values and "WITH" not in values["suites"][4:]:
        command += ["-ciphersuites", values["suites"]]
    if "groups" in values:
        command += ["-groups", values["groups"].replace("secp256r1", "P-256").upper()]
    if "schemes" in values:
        command += ["-sigalgs", "ECDSA+SHA256"]
    if "alpn" in values:
        command += ["-alpn", values["alpn"]]
    if "cert" in values and "key" in values:
        command += ["-cert", values["cert"], "-cert_chain", values["cert"]]
        command += ["-key", values["key"]]
    reads = "read" in values["do"]
    if reads:
        command.append("-ign_eof")
    return told(command, OPENSSL_LINES, place, b"ping\n" if reads else b"")


def gnutls_client(values: dict[str, str], place: Place) -> str:
    if "clock" in values:
        return UNABLE
    name = values.get("name", "")
    priority = "NORMAL"
    if values.get("versions") in ("TLSv1.2", "TLSv1.3"):
        priority += f":-VERS-ALL:+VERS-TLS{values['versions'][4:]}"
    if "groups" in values:
        listed = (
            values["groups"].replace("secp256r1", "SECP256R1").replace("x25519", "X25519")
        )
        priority += ":-GROUP-ALL" + "".join(f":+GROUP-{g}" for g in listed.split(":"))
    if values.get("suites") == "TLS_AES_128_GCM_SHA256":
        priority += ":-CIPHER-ALL:+AES-128-GCM"
    if "schemes" in values:
        priority += ":-SIGN-ALL:+SIGN-ECDSA-SHA256"
    command = ["gnutls-cli", "--port", str(place.port), "--x509cafile", values["trust"]]
    if "keylog" in values:
        command = ["env", f"SSLKEYLOGFILE={values['keylog']}", *command]
    command += gnutls_lists(values)
    command += ["--priority", priority]
    if name:
        command += ["--verify-hostname", name]
    if not name or values.get("server_name") == "" or re.fullmatch(r"[0-9.]+", name):
        command += ["--disable-sni"]
    else:
        command += ["--sni-hostname", name]
    if "alpn" in values:
        command += ["--alpn", values["alpn"]]
    if "cert" in values and "key" in values:
        command += ["--x509certfile", values["cert"], "--x509keyfile", values["key"]]
    reads = "read" in values["do"]
    return told([*command, "127.0.0.1"], GNUTLS_LINES, place, b"ping\n" if reads else b"")


VERSIONS = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}


def python_words(error: BaseException) -> str:
    if isinstance(error, (TimeoutError, socket.timeout)):
        return WAITS
    text = re.sub(r" ?\(_ssl\.c:\d+\)", "", str(error))
    return clean(f"{type(error).__name__}: {text}")


def python_context(values: dict[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=values["trust"])
    python_lists(context, values)
    if "keylog" in values:
        context.keylog_filename = values["keylog"]
    if values.get("server_name") == "":
        context.check_hostname = False
    if "versions" in values:
        only = VERSIONS[values["versions"]]
        context.minimum_version = context.maximum_version = only
    if "alpn" in values:
        context.set_alpn_protocols(values["alpn"].split(","))
    if "cert" in values and "key" in values:
        context.load_cert_chain(values["cert"], values["key"])
    return context


def python_client(values: dict[str, str], place: Place) -> str:
    if {"groups", "schemes", "suites", "clock"} & set(values):
        return UNABLE
    try:
        context = python_context(values)
    except (OSError, ValueError) as error:
        return python_words(error)
    name = None if values.get("server_name") == "" else values.get("name")
    try:
        with socket.create_connection(("127.0.0.1", place.port), BRIEF) as raw:
            if place.go and place.ready:
                place.go.put(None)
                place.ready.get(timeout=PATIENCE)
            with context.wrap_socket(
                raw, server_hostname=name, suppress_ragged_eofs=False
            ) as tls:
                if "read" in values["do"]:
                    while tls.recv(65536):
                        pass
    except (OSError, ValueError) as error:
        return python_words(error)
    return NOTHING


def clients(row: Row, stage: Stage, place: Place) -> dict[str, str]:
    values = {"do": row.actions, **row.settings(stage.pki)}
    found = {"python": python_client(values, place)}
    if shutil.which("openssl"):
        found["openssl"] = openssl_client(values, place)
    if shutil.which("gnutls-cli"):
        found["gnutls"] = gnutls_client(values, place)
    return found


# ---- as servers ----


def python_server(values: dict[str, str], row: Row, stage: Stage) -> str:
    if {"groups", "suites", "alpn"} & set(values):
        return UNABLE  # of ALPN: to refuse
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(values["cert"], values["key"])
    if "versions" in values:
        only = VERSIONS[values["versions"]]
        context.minimum_version = context.maximum_version = only
    if "client_auth" in values:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(stage.pki.path("root.pem"))
        python_lists(context, values)
    if values.get("function") == "name":
        context.sni_callback = lambda *_: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    words = NOTHING

    def serve(connection: socket.socket) -> None:
        nonlocal words
        connection.settimeout(BRIEF)
        try:
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.settimeout(BRIEF)
                tls.recv(1)
        except OSError as error:
            words = python_words(error)
            raise

    with peers.speaking(serve) as peer:
        dial_and_wait(row, stage, peer.port)
    return words


def dial_and_wait(row: Row, stage: Stage, port: int) -> None:
    assert not isinstance(row.peer, Server)
    dial = threading.Thread(target=row.peer, args=(stage, port), daemon=True)
    dial.start()
    dial.join(BRIEF)


def openssl_server(values: dict[str, str], row: Row, stage: Stage) -> str:
    chain = values["cert"].replace(".pem", ".chain")
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", values["cert"]]
    command += ["-key", values["key"], "-cert_chain", chain]
    command += {"TLSv1.3": ["-tls1_3"]}.get(values.get("versions", ""), [])
    if "suites" in values:
        command += ["-ciphersuites", values["suites"]]
    if "groups" in values:
        command += ["-groups", values["groups"].replace("secp256r1", "P-256").upper()]
    if "alpn" in values:
        command += ["-alpn", values["alpn"]]
    if "client_auth" in values:
        command += ["-Verify", "3", "-verify_return_error"]
        command += ["-CAfile", stage.pki.path("root.pem"), *openssl_lists(values)]
    if values.get("function") == "name":
        command += ["-servername", "another.test", "-servername_fatal"]
        command += ["-cert2", values["cert"], "-key2", values["key"]]
    log = stage.folder / "other_server.log"

    def port() -> int:
        found = re.search(r"^ACCEPT 127\.0\.0\.1:(\d+)", log.read_text("latin-1"), re.M)
        return int(found[1]) if found else 0

    with peers.running(command, stage.folder, "other_server", subprocess.PIPE) as process:
        peers.wait_until(lambda: port() != 0, "openssl s_server", process)
        dial_and_wait(row, stage, port())
        said_by(lambda: "CONNECTION CLOSED" in log.read_text("latin-1"))
    return gathered(OPENSSL_LINES, log.read_text("utf-8", "replace"))


def gnutls_server(values: dict[str, str], row: Row, stage: Stage) -> str:
    port = peers.free_port()
    priority = "NORMAL"
    if "versions" in values:
        priority += f":-VERS-ALL:+VERS-TLS{values['versions'][4:]}"
    if values.get("suites") == "TLS_AES_256_GCM_SHA384":
        priority += ":-CIPHER-ALL:+AES-256-GCM"
    if "groups" in values:
        priority += f":-GROUP-ALL:+GROUP-{values['groups'].upper()}"
    command = ["gnutls-serv", "--port", str(port), "--echo", "--priority", priority]
    command += ["--x509certfile", values["cert"], "--x509keyfile", values["key"]]
    if "alpn" in values:
        command += [f"--alpn={name}" for name in values["alpn"].split(",")]
        command += ["--alpn-fatal"]
    if "client_auth" in values:
        command += ["--require-client-cert", "--verify-client-cert"]
        command += ["--x509cafile", stage.pki.path("root.pem"), *gnutls_lists(values)]
    else:
        command += ["--disable-client-cert"]
    if values.get("function") == "name":
        command += ["--sni-hostname", "another.test", "--sni-hostname-fatal"]
    log = stage.folder / "gnutls_server.log"
    with peers.running(command, stage.folder, "gnutls_server") as process:
        peers.wait_until(lambda: peers.accepts(port), "gnutls-serv", process)
        # What it says about our look whether it accepts comes first, in its own time.
        said_by(lambda: GNUTLS_LINES.search(log.read_text("utf-8", "replace")))
        before = len(log.read_bytes())
        dial_and_wait(row, stage, port)

        def said() -> str:
            return gathered(
                GNUTLS_LINES, log.read_bytes()[before:].decode("utf-8", "replace")
            )

        said_by(lambda: said() != NOTHING)
        return said()


def said_by(true: Callable[[], object]) -> None:
    """A server may tell later than its client hangs up; some tell nothing."""
    until = time.monotonic() + LATER
    while not true() and time.monotonic() < until:
        time.sleep(0.02)


def servers(row: Row, stage: Stage) -> dict[str, str]:
    values = {"do": row.actions, **row.settings(stage.pki)}
    found: dict[str, Any] = {"python": python_server(values, row, stage)}
    if shutil.which("openssl"):
        found["openssl"] = openssl_server(values, row, stage)
    if shutil.which("gnutls-serv"):
        found["gnutls"] = gnutls_server(values, row, stage)
    return found
