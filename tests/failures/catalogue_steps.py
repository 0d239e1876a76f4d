"""Rows: the end of the file and silence at each step at which we wait for the peer.  A
test holds them against the tables of docs/states.md: a state more needs two rows more."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import peers
from catalogue_servers import CLIENTS, Dial, dialed, openssl, says, wait
from stage import PATIENCE, V12, V13, Row, Scripted, Stage, drop, hear

# Milliseconds that a handshake with a silent peer may take, with the time that a command
# takes to begin.  Where it is too slow for that, drivers.in_time runs it once more.
SHORT = 500
DIALLING = 1000
OLD = {"versions": "TLSv1.2"}
DATA = "CONNECTED:RECORD:0:17 706f6e67"
RESUMED = {"tls12": 1, "tickets": 1, "later": 1}
State = tuple[str, str, str]  # role, version, name


def waiting_states() -> list[State]:
    """Those of the tables that an event of the peer's leads out of.  In CONNECTED no
    handshake ends: its rows are in catalogue_transport, and the peer may be silent."""
    found: list[State] = []
    role = version = ""
    for line in (peers.ROOT / "docs" / "states.md").read_text("utf-8").splitlines():
        if heading := re.fullmatch(r"## TLS (1\.[23]) (client|server)", line):
            version, role = f"TLSv{heading[1]}", heading[2]
        elif row := re.match(r"\| ([A-Z0-9_]+) \| RECV_", line):
            state = (role, version, row[1])
            if row[1] != "CONNECTED" and state not in found:
                found.append(state)
    return found


# ---- our client: what the server sent before it fell silent, and our settings ----

CLIENT: dict[State, tuple[list[str], dict[str, Any], dict[str, Any]]] = {
    ("client", V13, "WAIT_SH"): ([], {"cut": 0}, {}),
    ("client", V13, "WAIT_SH2"): (
        ["RETRY:STOP:0:"],
        {"retries": 1, "group": 0x001D},
        {"groups": "secp256r1:x25519"},
    ),
    ("client", V13, "WAIT_EE"): (["HELLO:STOP:0:"], {}, {}),
    ("client", V13, "WAIT_CERT_CR"): (["EXTENSIONS:STOP:0:"], {}, {}),
    ("client", V13, "WAIT_CERT"): (["REQUEST:STOP:0:"], {"requests_certificate": 1}, {}),
    ("client", V13, "WAIT_CV"): (["CERTIFICATE:STOP:0:"], {}, {}),
    ("client", V13, "WAIT_FINISHED"): (["VERIFY:STOP:0:"], {}, {}),
    ("client", V12, "WAIT_CERT"): (["HELLO:STOP:0:"], {"tls12": 1}, OLD),
    ("client", V12, "WAIT_CS_SKE"): (
        ["HELLO:EXT_ADD:5:", "CERTIFICATE:STOP:0:"],
        {"tls12": 1},
        OLD,
    ),
    ("client", V12, "WAIT_SKE"): (["CERTIFICATE:STOP:0:"], {"tls12": 1}, OLD),
    ("client", V12, "WAIT_CR_SHD"): (["KEY_EXCHANGE:STOP:0:"], {"tls12": 1}, OLD),
    ("client", V12, "WAIT_SHD"): (
        ["REQUEST:STOP:0:"],
        {"tls12": 1, "requests_certificate": 1},
        OLD,
    ),
    ("client", V12, "WAIT_TICKET"): (
        ["DONE:STOP:0:"],
        {"tls12": 1, "tickets": 1},
        OLD,
    ),
    ("client", V12, "WAIT_CCS"): (["TICKET:STOP:0:"], {"tls12": 1, "tickets": 1}, OLD),
    ("client", V12, "WAIT_FINISHED"): (["CCS:STOP:0:"], {"tls12": 1}, OLD),
    ("client", V12, "RESUME_TICKET"): (
        [DATA, "HELLO:STOP:0:"],
        RESUMED,
        {**OLD, "resumes": 1},
    ),
    ("client", V12, "RESUME_CCS"): (
        [DATA, "TICKET:STOP:0:"],
        RESUMED,
        {**OLD, "resumes": 1},
    ),
    ("client", V12, "RESUME_FINISHED"): (
        [DATA, "CCS:STOP:0:"],
        RESUMED,
        {**OLD, "resumes": 1},
    ),
}

# ---- our server: how many of the client's records pass before no more do ----


def same(record: bytes) -> bytes:
    return record


def passing(
    dial: Dial,
    records: int,
    *,
    ends: bool,
    resets: bool = False,
    last: Callable[[bytes], bytes] = same,
) -> Dial:
    """Between this client and us: so many records pass, the last one perhaps changed, and
    what we answer to them; the next one may find a reset."""

    def relay(stage: Stage, port: int) -> None:
        with dialed(port) as server:
            through(stage, dial, server, records, ends=ends, resets=resets, last=last)

    return relay


def through(
    stage: Stage,
    dial: Dial,
    server: socket.socket,
    records: int,
    *,
    ends: bool,
    resets: bool = False,
    last: Callable[[bytes], bytes] = same,
) -> None:
    """Runs the client, and lets so many of its records through to the server."""

    def between(client: socket.socket) -> None:
        def answers() -> None:
            with contextlib.suppress(OSError):
                while piece := server.recv(65536):
                    client.sendall(piece)
                client.shutdown(socket.SHUT_RDWR)  # the server is through

        back = threading.Thread(target=answers, daemon=True)
        back.start()
        with contextlib.suppress(OSError):  # one of them may have given up before
            for number in range(1, records + 1):
                record = hear(client)
                if not record:  # it is through: the server need not end first
                    server.shutdown(socket.SHUT_RDWR)
                    break
                server.sendall(last(record) if number == records else record)
            if resets and hear(client):  # it has all that the server said
                server.shutdown(socket.SHUT_RD)  # which ends the thread, and tells nobody
                back.join(PATIENCE)
                drop(server)
            elif ends:
                server.shutdown(socket.SHUT_WR)
        back.join(PATIENCE)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        own = listener.getsockname()[1]
        thread = threading.Thread(target=dial, args=(stage, own), daemon=True)
        thread.start()
        client, _ = listener.accept()
        with client:
            between(client)
        thread.join(PATIENCE)


def returning(records: int, *options: str, ends: bool, early: bool = False) -> Dial:
    """A client that comes twice: whole, and then with the session that it was given.
    The server has both connections from the start."""

    def dial(stage: Stage, port: int) -> None:
        session = stage.folder / f"session-{port}"
        data = stage.folder / f"early-{port}"
        data.write_bytes(b"ping")
        shown = ["-sess_in", str(session), *(["-early_data", str(data)] if early else [])]
        first = openssl(*options, "-ign_eof", "-sess_out", str(session))
        second = openssl(*options, *shown)
        with dialed(port) as one, dialed(port) as two:
            through(stage, first, one, WHOLE, ends=False)
            through(stage, second, two, records, ends=ends)

    return dial


WHOLE = 1000  # records: all that there are
CERTIFIED = ("-cert", "{pki}/client.crt", "-key", "{pki}/client.key")
CHAINED = (*CERTIFIED, "-cert_chain", "{pki}/client.chain")
PLAIN13, PLAIN12 = openssl("-tls1_3"), openssl("-tls1_2")
SHOWN13, SHOWN12 = openssl("-tls1_3", *CHAINED), openssl("-tls1_2", *CHAINED)
SERVER: dict[State, tuple[Dial, int, dict[str, Any]]] = {
    # ClientHello, change_cipher_spec, Certificate, CertificateVerify, Finished
    ("server", V13, "WAIT_CH2"): (
        openssl("-tls1_3", "-groups", "X25519:P-256"),
        1,
        {"groups": "secp256r1"},
    ),
    ("server", V13, "WAIT_CERT"): (SHOWN13, 2, CLIENTS),
    ("server", V13, "WAIT_CV"): (SHOWN13, 3, CLIENTS),
    ("server", V13, "WAIT_FINISHED"): (PLAIN13, 2, {}),
    # ClientHello, Certificate, ClientKeyExchange, CertificateVerify, and the end
    ("server", V12, "WAIT_CERT"): (SHOWN12, 1, CLIENTS),
    ("server", V12, "WAIT_CKE"): (PLAIN12, 1, {}),
    ("server", V12, "WAIT_CV"): (SHOWN12, 3, CLIENTS),
    ("server", V12, "WAIT_CCS"): (PLAIN12, 2, {}),
    ("server", V12, "WAIT_FINISHED"): (PLAIN12, 3, {}),
}
START = ("server", V13, "START")
# The second connection's: ClientHello, change_cipher_spec, and early data or the end.
RETURNS: dict[State, tuple[int, dict[str, Any]]] = {
    ("server", V13, "WAIT_EOED"): (
        3,
        {"early": 1, "early_data": 1024, "do": "read_early,accept"},
    ),
    ("server", V12, "ANSWERED_CCS"): (1, {}),
    ("server", V12, "ANSWERED_FINISHED"): (2, {}),
}


# ---- rows ----


def row_id(how: str, state: State) -> str:
    role, version, name = state
    side = "client-" if role == "server" else ""
    words = name.lower().replace("_", "-")
    return f"{side}{how}-{words}{'-tls12' if version == V12 else ''}"


def version_in(state: State) -> str | None:
    """What is agreed by then: nothing before ServerHello, or ClientHello is in."""
    return None if state[2] in ("WAIT_SH", "START") else state[1]


# What the hints name.
END = "the end of the handshake"
AWAITED = {
    "WAIT_CH2": "its second ClientHello",
    "WAIT_CKE": "its half of the key exchange",
    "WAIT_SH2": "its answer to the second ClientHello",
    "WAIT_EE": "its settings",
    "WAIT_CERT_CR": "its certificate",
    "WAIT_CERT": "its certificate",
    "WAIT_CV": "the proof that it owns its certificate",
    "WAIT_CS_SKE": "its half of the key exchange",
    "WAIT_SKE": "its half of the key exchange",
    "WAIT_CR_SHD": "the end of its first messages",
    "WAIT_SHD": "the end of its first messages",
}
GONE = {
    "WAIT_SH": "hung up on the ClientHello: check that the port is for TLS",
    "START": "left without a word: mostly a health check",
    "WAIT_CH2": "hung up when it was asked for another key share",
}
SILENT = {
    "WAIT_SH": "server says nothing: it may wait for another protocol",
    "START": "connected and sent nothing: it is a health check",
}


def hung_up(state: State) -> str:
    role, _, name = state
    if role == "server" and name.startswith(("ANSWERED", "WAIT_EOED")):
        return "in the middle of a resumed session"
    if role == "server" and name not in ("WAIT_CERT", "WAIT_CV"):
        return "mostly because it does not accept our certificate"
    return f"hung up before {AWAITED.get(name, END)}"


def ended(state: State, peer: Any, us: dict[str, Any], **more: Any) -> Row:
    first = state[2] in ("WAIT_SH", "START")
    if us.get("resumes"):
        more["alone"] = "it takes two connections, and the others' commands make one"
    return Row(
        row_id("end-in", state),
        peer,
        "EOF_BEFORE_HELLO" if first else "EOF_IN_HANDSHAKE",
        GONE.get(state[2]) or hung_up(state),
        us=us,
        role=state[0],
        place="before" if first else "between",
        step=state[2],
        version=version_in(state),
        **more,
    )


def silent(state: State, peer: Any, us: dict[str, Any], **more: Any) -> Row:
    return Row(
        row_id("silent-in", state),
        peer,
        "DEADLINE_EXCEEDED",
        SILENT.get(state[2]) or f"went silent before {AWAITED.get(state[2], END)}",
        us={"timeout": SHORT, **us},
        role=state[0],
        step=state[2],
        detail=state[2],
        version=version_in(state),
        alone="the others wait for ever, all alike",
        **more,
    )


def of_clients() -> Iterator[Row]:
    for state, (steps, settings, us) in CLIENT.items():
        yield ended(state, Scripted(*steps, **settings, end="eof"), us)
        yield silent(state, Scripted(*steps, **settings), us)


def of_servers() -> Iterator[Row]:
    yield ended(START, says(b""), {})
    yield silent(START, says(b"", then=wait), {})
    for state, (dial, records, us) in SERVER.items():
        yield ended(state, passing(dial, records, ends=True), us)
        limit = {"timeout": DIALLING}
        yield silent(state, passing(dial, records, ends=False), {**us, **limit})
    for state, (records, us) in RETURNS.items():
        version = "-tls1_3" if state[1] == V13 else "-tls1_2"
        rest = {**us, "resumes": 1}
        early, do = "early" in us, rest.pop("do", "")
        for ends, make in ((True, ended), (False, silent)):
            peer = returning(records, version, ends=ends, early=early)
            limit = {} if ends else {"timeout": DIALLING}
            yield make(state, peer, {**rest, **limit}, do=do, action=do.split(",")[0])


CLIENT_ROWS = list(of_clients())
SERVER_ROWS = list(of_servers())
