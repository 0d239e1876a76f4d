"""``handfast connect --starttls``: upgrades, refusals, and what must not get through."""

from __future__ import annotations

import json
import re
from pathlib import Path

import dialogue
import peers
import pytest
from dialogue import UPGRADES, Server
from peers import handfast

ANYTHING = re.compile(rb".+", re.DOTALL)


def starttls(name: str, peer: peers.Peer, *options: str) -> peers.Result:
    result = handfast("connect", "--json", "--starttls", name, *options, peer.place)
    result.document = json.loads(result.out)
    return result


# ---- what succeeds ----


@pytest.mark.parametrize("name", UPGRADES)
def test_upgrade(name: str, pki: Path) -> None:
    server = Server()
    with server.running(server.upgrading(UPGRADES[name], pki)) as peer:
        result = handfast(
            *("connect", "--starttls", name, "--cafile", str(pki / "root.pem")),
            peer.place,
            data=b"stressed\n",
        )
    assert result.code == 0, (result.err, server.faults)
    assert result.out == b"desserts\n", "data flows over TLS"
    account = result.err.decode()
    assert re.search(rf"starttls +{name} in", account), account
    assert "verified for 127.0.0.1" in account
    assert not server.faults


def test_other_forms_of_the_same(pki: Path) -> None:
    """Servers write the same thing in more than one way."""
    smtp = UPGRADES["smtp"]
    xmpp = UPGRADES["xmpp"]
    ldap = dialogue.ldap_response(0)
    forms = {
        "smtp": [*smtp[:2], b"250-a\n250 starttls\n", smtp[3], b"220\r\n"],
        "imap": [
            *UPGRADES["imap"][:2],
            b"* ok x\r\n* capability StartTLS\r\nh1 ok\r\n",
            UPGRADES["imap"][3],
            b"* OK still here\r\nh2 OK\r\n",
        ],
        "xmpp": [
            xmpp[0],
            b"\n<s:stream>\n<s:features><starttls xmlns='" + dialogue.XMPP_TLS + b"'/>"
            b"</s:features>",
            xmpp[3],
            b"<proceed xmlns='x'></proceed>",
        ],
        "ldap": [
            UPGRADES["ldap"][0],
            b"\x30\x84" + (len(ldap) - 2).to_bytes(4, "big") + ldap[2:],
        ],
    }
    for name, form in forms.items():
        server = Server()
        with server.running(server.upgrading(form, pki)) as peer:
            result = starttls(name, peer, "--cafile", str(pki / "root.pem"))
        assert result.code == 0, (name, result.document["error"], server.faults)
        assert result.document["starttls"] == name
        assert result.document["upgrade_ms"] > 0


def test_both_connections_of_resume_are_upgraded(pki: Path) -> None:
    server = Server()
    with server.running(server.upgrading(UPGRADES["smtp"], pki)) as peer:
        result = starttls("smtp", peer, "--resume", "--cafile", str(pki / "root.pem"))
    assert result.code == 0, result.document["error"]
    assert result.document["second"]["agreed"]["session_reused"] is True


def test_ports_of_the_protocols() -> None:
    ports = {
        "smtp": 25,
        "imap": 143,
        "pop3": 110,
        "ftp": 21,
        "xmpp": 5222,
        "postgres": 5432,
        "mysql": 3306,
        "ldap": 389,
    }
    assert ports.keys() == UPGRADES.keys()
    page = (peers.ROOT / "docs/command-line.md").read_text("utf-8")
    for name, port in ports.items():
        # An address that is not there: the name cannot be resolved, the port is told.
        result = handfast(
            *("connect", "--json", "--timeout", "5", "--starttls", name, "no.invalid")
        )
        assert json.loads(result.out)["port"] == port
        assert re.search(rf"\| `{name}` \| {port} \|", page)


def test_unknown_protocol() -> None:
    result = handfast("connect", "--starttls", "gopher", "localhost")
    assert result.code == 2
    assert ", ".join(UPGRADES) in result.err.decode()
    assert "'gopher'" in result.err.decode()


# ---- refusals ----

SMTP = UPGRADES["smtp"]
IMAP = UPGRADES["imap"]
POP3 = UPGRADES["pop3"]
FTP = UPGRADES["ftp"]
XMPP = UPGRADES["xmpp"]
LDAP = UPGRADES["ldap"]
MYSQL_ERROR = b"\xff\x10\x04#08004Too many connections"
POSTGRES_ERROR = b"SFATAL\x00C53300\x00Mtoo many\n clients\x00\x00"

REFUSALS: list[tuple[str, dialogue.Dialogue, str, str]] = [
    ("smtp", [b"554 no service\r\n"], "REFUSED", 'said "554 no service"'),
    (
        "smtp",
        [SMTP[0], SMTP[1], b"502 what?\r\n"],
        "REFUSED",
        'EHLO was refused: the server said "502 what?"',
    ),
    ("smtp", [SMTP[0], SMTP[1], b"250 STARTTLSX\r\n"], "NOT_OFFERED", "not offer"),
    ("smtp", [*SMTP[:4], b"454 4.7.0 no key\r\n"], "REFUSED", "454 4.7.0 no key"),
    ("smtp", [b"HTTP/1.1 400 Bad\r\n"], "ANSWER_UNKNOWN", "this is not the greeting"),
    ("smtp", [b"220-one\r\n250 two\r\n"], "ANSWER_UNKNOWN", '"250 two"'),
    ("smtp", [b"220 a\x1b[31m\xff\r\n", ANYTHING], "CLOSED", "the answer to EHLO"),
    ("smtp", [b"554 \x1b[31m\xff\tz\r\n"], "REFUSED", r"554 \x1b[31m\xff\x09z"),
    ("smtp", [b"220 a\x00b\r\n"], "ANSWER_UNKNOWN", "a 0 byte"),
    ("smtp", [b"220 " + b"a" * 5000], "TOO_LONG", "2 KiB"),
    ("smtp", [b"220-more\r\n" * 10000], "TOO_LONG", "64 KiB"),
    ("smtp", [], "CLOSED", "before the greeting came"),
    ("smtp", [b"220 no line"], "CLOSED", "before the greeting came"),
    ("imap", [b"* BYE busy\r\n"], "REFUSED", "* BYE busy"),
    ("imap", [b"* PREAUTH you\r\n"], "NOT_OFFERED", "not allowed"),
    ("imap", [b"220 smtp\r\n"], "ANSWER_UNKNOWN", '"220 smtp"'),
    (
        "imap",
        [*IMAP[:2], b"* CAPABILITY IMAP4rev1\r\nh1 OK\r\n"],
        "NOT_OFFERED",
        "not offer",
    ),
    ("imap", [*IMAP[:2], b"* BYE now\r\n"], "REFUSED", "* BYE now"),
    ("imap", [*IMAP[:2], b"h1 BAD what\r\n"], "REFUSED", "BAD what"),
    ("imap", [*IMAP[:4], b"h2 NO not now\r\n"], "REFUSED", "NO not now"),
    ("imap", [*IMAP[:4], b"h1 OK\r\n"], "ANSWER_UNKNOWN", "h1 OK"),
    ("pop3", [b"-ERR busy\r\n"], "REFUSED", "-ERR busy"),
    ("pop3", [b"* OK imap\r\n"], "ANSWER_UNKNOWN", "* OK imap"),
    ("pop3", [*POP3[:2], b"-ERR no\r\n"], "REFUSED", "STLS was refused"),
    ("pop3", [*POP3[:2], b"what\r\n"], "ANSWER_UNKNOWN", '"what"'),
    ("ftp", [b"421 closed\r\n"], "REFUSED", "421 closed"),
    ("ftp", [*FTP[:2], b"500 unknown\r\n"], "NOT_OFFERED", "500 unknown"),
    ("ftp", [*FTP[:2], b"534 policy\r\n"], "REFUSED", "534 policy"),
    ("ftp", [*FTP[:2], b"334 go on\r\n"], "REFUSED", "334 go on"),
    ("ftp", [b"hello\r\n"], "ANSWER_UNKNOWN", '"hello"'),
    (
        "xmpp",
        [
            XMPP[0],
            b"<s:stream><s:error><host-unknown xmlns='x'/></s:error></s:stream>",
        ],
        "REFUSED",
        "host-unknown",
    ),
    ("xmpp", [XMPP[0], b"<s:stream><s:features/>"], "NOT_OFFERED", "not offer"),
    (
        "xmpp",
        [XMPP[0], b"<s:stream><s:features><starttls xmlns='x'/></s:features>"],
        "NOT_OFFERED",
        "not offer",
    ),
    ("xmpp", [*XMPP[:4], b"<failure xmlns='x'/>"], "REFUSED", "<failure>"),
    ("xmpp", [XMPP[0], b"<!DOCTYPE a []>"], "ANSWER_UNKNOWN", "<!DOCTYPE"),
    ("xmpp", [XMPP[0], b"<html><body>"], "ANSWER_UNKNOWN", "<html>"),
    ("xmpp", [XMPP[0], b"a" * 70000], "TOO_LONG", "64 KiB"),
    ("xmpp", [XMPP[0], b"<" + b"a" * 5000], "ANSWER_UNKNOWN", "<aaaa"),
    ("xmpp", [XMPP[0], b"<stream a='>\x00"], "ANSWER_UNKNOWN", "<stream a='>"),
    ("postgres", [dialogue.POSTGRES_REQUEST, b"N"], "NOT_OFFERED", "turned off"),
    (
        "postgres",
        [
            dialogue.POSTGRES_REQUEST,
            b"E" + (len(POSTGRES_ERROR) + 4).to_bytes(4, "big") + POSTGRES_ERROR,
        ],
        "REFUSED",
        r'"too many\n clients"',
    ),
    ("postgres", [dialogue.POSTGRES_REQUEST, b"E\0\0\0\x06ab"], "REFUSED", "an error"),
    (
        "postgres",
        [dialogue.POSTGRES_REQUEST, b"E\xff\xff\xff\xff"],
        "ANSWER_UNKNOWN",
        r"E\xff",
    ),
    ("postgres", [dialogue.POSTGRES_REQUEST, b"\x15"], "ANSWER_UNKNOWN", r"\x15"),
    ("mysql", [dialogue.mysql_greeting(0xF7FF)], "NOT_OFFERED", "turned off"),
    (
        "mysql",
        [dialogue.mysql_packet(MYSQL_ERROR)],
        "REFUSED",
        '"Too many connections"',
    ),
    ("mysql", [dialogue.mysql_packet(b"\xff")], "REFUSED", "an error"),
    ("mysql", [dialogue.mysql_packet(b"\x0a8.0")], "ANSWER_UNKNOWN", "greeting"),
    ("mysql", [dialogue.mysql_packet(b"\x09" + bytes(60))], "ANSWER_UNKNOWN", ""),
    ("mysql", [b"SSH-2.0-x\r\n"], "ANSWER_UNKNOWN", "SSH-"),
    ("mysql", [dialogue.mysql_greeting()[:-5]], "CLOSED", "the greeting"),
    (
        "mysql",
        [dialogue.mysql_greeting() + b"more"],
        "INJECTED",
        '"more"',
    ),
    (
        "ldap",
        [LDAP[0], dialogue.ldap_response(2, b"no such thing")],
        "REFUSED",
        'result 2, protocolError: "no such thing"',
    ),
    ("ldap", [LDAP[0], dialogue.ldap_response(52, b"", 0)], "REFUSED", "hangs up"),
    ("ldap", [LDAP[0], dialogue.ldap_response(0)[:-3]], "CLOSED", "StartTLS"),
    ("ldap", [LDAP[0], b"\x30\x80"], "ANSWER_UNKNOWN", r"0\x80"),
    ("ldap", [LDAP[0], b"\x30\x84\xff\xff\xff\xff"], "ANSWER_UNKNOWN", r"\xff"),
    ("ldap", [LDAP[0], b"\x30\x03\x02\x01\x01"], "ANSWER_UNKNOWN", ""),
    ("ldap", [LDAP[0], b"HTTP/1.1"], "ANSWER_UNKNOWN", "HT"),
]


@pytest.mark.parametrize(
    ("name", "script", "failure", "words"),
    REFUSALS,
    ids=[f"{r[0]}-{i}" for i, r in enumerate(REFUSALS)],
)
def test_refusal(name: str, script: dialogue.Dialogue, failure: str, words: str) -> None:
    server = Server()
    with server.running(server.refusing(script)) as peer:
        result = starttls(name, peer)
    error = result.document["error"]
    assert error["name"] == f"STARTTLS_{failure}", error
    assert words in error["summary"]
    assert error["summary"].startswith(f"{name}: ")
    assert error["summary"].isprintable()
    assert error["hint"]
    assert result.code == (4 if failure == "CLOSED" else 1)
    assert not any(b"\x16\x03" in heard for heard in server.heard), "no ClientHello"


@pytest.mark.parametrize("name", UPGRADES)
def test_what_follows_the_answer_in_the_clear_is_refused(name: str) -> None:
    """Whoever adds to the server's answer must not speak inside of TLS."""
    script = list(UPGRADES[name])
    if name == "mysql":  # here the greeting is the last that the server says
        script = script[:1]
    last = script.pop()
    assert isinstance(last, bytes)
    server = Server()
    with server.running(server.refusing([*script, last + b"250 evil\r\n"])) as peer:
        result = starttls(name, peer)
    assert result.code == 1
    assert result.document["error"]["name"] == "STARTTLS_INJECTED"
    assert r'"250 evil\r\n"' in result.document["error"]["summary"]
    assert not any(b"\x16\x03" in heard for heard in server.heard), "no ClientHello"


@pytest.mark.parametrize("name", UPGRADES)
def test_a_server_cut_anywhere(name: str, pki: Path) -> None:
    """Every prefix of what the server says, then the end: told, and never a hang."""
    dialogues: list[dialogue.Dialogue] = []
    for i, step in enumerate(UPGRADES[name]):
        if isinstance(step, bytes):
            cuts = {0, min(1, len(step) - 1), len(step) // 2, len(step) - 1}
            dialogues += [[*UPGRADES[name][:i], step[:cut]] for cut in sorted(cuts)]
    for script in dialogues:
        server = Server()
        with server.running(server.refusing(script)) as peer:
            result = starttls(name, peer)
        assert result.code in (1, 4), script
        assert result.document["error"]["name"].startswith("STARTTLS_"), script


@pytest.mark.parametrize("name", UPGRADES)
def test_silence(name: str) -> None:
    server = Server()
    with server.running(server.silent([])) as peer:
        result = starttls(name, peer, "--timeout", "0.2")
    assert result.code == 5
    assert result.document["error"]["name"] == "STARTTLS_TIMED_OUT"
    assert "did not come in time" in result.document["error"]["summary"]


def test_a_line_on_standard_error_and_a_page() -> None:
    server = Server()
    with server.running(server.refusing([b"554 go away\r\n"])) as peer:
        quiet = handfast("connect", "-q", "--starttls", "smtp", peer.place)
        full = handfast("connect", "--starttls", "smtp", peer.place)
    assert quiet.err.decode() == (
        f'handfast connect: {peer.place}: smtp: no welcome: the server said "554 go away"'
        " (STARTTLS_REFUSED)\n"
    )
    assert "FAILED" in full.text
    assert "STARTTLS_REFUSED" in full.text
    assert "hint" in full.text
