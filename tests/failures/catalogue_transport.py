"""Rows: the connection ends, waits for ever, or leads to something that is not TLS; and
the alerts that a server may send.  RFC 8446 6."""

from __future__ import annotations

import errno
import socket
from typing import Any

from stage import (
    V13,
    Nginx,
    Plain,
    Row,
    Scripted,
    Server,
    alert,
    answer,
    drop,
    hear,
    linger,
    record,
)

OLD = {"versions": "TLSv1.2"}
DATA = "CONNECTED:RECORD:0:17 706f6e67"
SHORT = 500  # milliseconds that a handshake with a silent server may take
BEGINNING = bytes.fromhex("020000760303") + bytes(14)  # of a ServerHello


# ---- the end of the file ----


def ended(name: str, peer: Server, code: str, hint: str, place: str, **more: Any) -> Row:
    return Row(name, peer, code, hint, place=place, **more)


def half_hello(connection: socket.socket) -> None:
    """A middlebox takes the first bytes of the ClientHello, and gives up."""
    connection.recv(100)
    drop(connection)


def hang_up(connection: socket.socket) -> None:
    hear(connection)
    drop(connection)


def after_half_hello(connection: socket.socket) -> None:
    """It lets the first bytes pass, and the server waits for the rest."""
    connection.recv(100)
    connection.recv(1 << 20)
    while connection.recv(1 << 20):
        pass


ENDS = [
    ended(
        "end-inside-a-record",
        Scripted(cut=20, end="eof"),
        "EOF_IN_RECORD",
        "broke off in the middle of its first answer",
        "inside",
        step="WAIT_SH",
    ),
    ended(
        "end-inside-a-message",
        Plain(answer(record(22, BEGINNING))),
        "EOF_IN_MESSAGE",
        "broke off in the middle of its first answer",
        "inside",
        step="WAIT_SH",
        message="ServerHello",
    ),
    ended(
        "data-cut-without-close-notify",
        Scripted(DATA, "CONNECTED:STOP:0:", end="eof"),
        "EOF_WITHOUT_CLOSE_NOTIFY",
        "hung up without saying that it was done",
        "after",
        do="connect,read_all",
        step="CONNECTED",
        version=V13,
    ),
    ended(
        "data-cut-inside-a-record",
        Scripted("CONNECTED:RAW:0:17 0303 0100 00", "CONNECTED:STOP:0:", end="eof"),
        "EOF_IN_RECORD",
        "truncated, do not use it",
        "inside",
        do="connect,read_all",
        step="CONNECTED",
        version=V13,
    ),
]

# ---- resets ----


def broken(name: str, peer: Server, code: str, **more: Any) -> Row:
    return Row(
        name,
        peer,
        code,
        more.pop("hint"),
        get_error="SYSCALL",
        errno=errno.ECONNRESET,
        detail="reset by peer",
        **more,
    )


RESETS = [
    broken(
        "reset-before-the-hello",
        Plain(drop, first=True),
        "TRANSPORT_WRITE",
        hint="broke the connection before the ClientHello was out",
        step="WAIT_SH",
    ),
    broken(
        "reset-in-the-middle-of-our-hello",
        Plain(half_hello),
        "TRANSPORT_READ",
        hint="refuses the ClientHello.*port is for TLS",
        step="WAIT_SH",
    ),
    broken(
        "reset-after-our-hello",
        Plain(hang_up),
        "TRANSPORT_READ",
        hint="refuses the ClientHello.*port is for TLS",
        step="WAIT_SH",
    ),
    broken(
        "reset-inside-the-server-hello",
        Scripted(cut=20, end="reset"),
        "TRANSPORT_READ",
        hint="reset in the middle of the server's first answer",
        step="WAIT_SH",
    ),
    broken(
        "reset-after-the-server-hello",
        Scripted("HELLO:STOP:0:", end="reset"),
        "TRANSPORT_READ",
        hint="reset after the server had answered, before its settings",
        step="WAIT_EE",
        version=V13,
    ),
    broken(
        "reset-while-data-is-read",
        Scripted(DATA, "CONNECTED:STOP:0:", end="reset"),
        "TRANSPORT_READ",
        hint="reset while data was exchanged",
        do="connect,read_all",
        step="CONNECTED",
        version=V13,
    ),
]

# ---- silence ----


def silent(name: str, peer: Server, step: str, **more: Any) -> Row:
    us = {"timeout": SHORT, **more.pop("us", {})}
    more.setdefault("alone", "the others wait for ever, all alike")
    return Row(
        name,
        peer,
        "DEADLINE_EXCEEDED",
        more.pop("hint"),
        us=us,
        step=step,
        detail=step,
        **more,
    )


SILENCES = [
    silent(
        "silent-after-our-hello",
        Scripted(cut=0),
        "WAIT_SH",
        alone="",
        hint="server says nothing: it may wait for another protocol",
    ),
    silent(
        "hello-cut-in-two-by-a-middlebox",
        Plain(after_half_hello),
        "WAIT_SH",
        hint="more than one packet",
    ),
    silent(
        "silent-inside-the-server-hello",
        Scripted(cut=20),
        "WAIT_SH",
        hint="went silent before the end of its first answer",
    ),
    silent(
        "silent-before-finished",
        Scripted("VERIFY:STOP:0:"),
        "WAIT_FINISHED",
        alone="",
        hint="went silent before the end of the handshake",
        version=V13,
    ),
]

# ---- not TLS ----


def speaks(name: str, peer: Server | bytes, code: str, hint: str, **more: Any) -> Row:
    if isinstance(peer, bytes):
        first = peer[:16].decode("latin-1")
        peer = Plain(answer(peer, first=more.pop("greets", False)))
        more.setdefault("first", first.split("\r")[0].split("\n")[0])
    more.setdefault("step", "WAIT_SH")
    more.setdefault("sent", "unexpected_message")  # RFC 8446 5: no record of a known type
    return Row(name, peer, code, hint, **more)


MYSQL = (
    b"\x4a\0\0\0\x0a8.0.36\0" + bytes(13) + b"\xff\xff\x21\2\0\xff\xc7\x15" + bytes(23)
)
MYSQL += b"mysql_native_password\0"
OTHERS = [
    speaks(
        "plain-http",
        Nginx(None),
        "PEER_SPEAKS_HTTP",
        "speaks plain HTTP: connect to the server's HTTPS port",
        first="HTTP/1.1 400",
        detail="HTTP/1.1 400",
    ),
    speaks(
        "proxy-that-answers-407",
        b"HTTP/1.1 407 Proxy Authentication Required\r\n"
        b'Proxy-Authenticate: Basic realm="hers"\r\nContent-Length: 0\r\n\r\n',
        "PEER_SPEAKS_PROXY",
        "credentials",
        detail="407",
    ),
    speaks(
        "proxy-that-answers-502",
        b"HTTP/1.1 502 Bad Gateway\r\nProxy-Agent: gate\r\nContent-Length: 0\r\n\r\n",
        "PEER_SPEAKS_PROXY",
        "502 to 504 check the destination",
        detail="502",
    ),
    speaks(
        "gateway-that-answers-502",
        b"HTTP/1.1 502 Bad Gateway\r\nServer: gate\r\nContent-Length: 0\r\n\r\n",
        "PEER_SPEAKS_HTTP",
        "plain HTTP",
        detail="502",
    ),
    speaks(
        "page-of-html",
        b"<!DOCTYPE html><html><body>Not here</body></html>",
        "PEER_SPEAKS_HTTP",
        "plain HTTP",
    ),
    speaks(
        "smtp",
        b"220 mail.test ESMTP Postfix\r\n",
        "PEER_SPEAKS_SMTP",
        "mail port that begins in plain text.*465, or send STARTTLS",
        greets=True,
        detail="ESMTP",
    ),
    speaks(
        "ftp",
        b"220 ProFTPD Server ready\r\n",
        "PEER_SPEAKS_FTP",
        "990, or send AUTH TLS",
        greets=True,
    ),
    speaks(
        "ssh",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        "PEER_SPEAKS_SSH",
        "SSH server listens on this port",
        greets=True,
        detail="OpenSSH",
    ),
    speaks(
        "pop3",
        b"+OK ready <1@a>\r\n",
        "PEER_SPEAKS_POP3",
        "995, or send STLS",
        greets=True,
    ),
    speaks(
        "imap",
        b"* OK IMAP4rev2 ready\r\n",
        "PEER_SPEAKS_IMAP",
        "993, or send STARTTLS",
        greets=True,
    ),
    speaks("mysql", MYSQL, "PEER_SPEAKS_MYSQL", "SSLRequest", greets=True, first="J"),
    speaks(
        "imap-refuses",
        b"* BYE no more connections\r\n",
        "PEER_SPEAKS_IMAP",
        "993, or send STARTTLS",
        greets=True,
    ),
    speaks(
        "smtp-refuses",
        b"554 mail.test ESMTP not here\r\n",
        "PEER_SPEAKS_SMTP",
        "mail port that begins in plain text.*465, or send STARTTLS",
        greets=True,
    ),
    speaks(
        "xmpp",
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client'>",
        "PEER_NOT_TLS",
        "something else listens there",
        sent="protocol_version",
    ),
    speaks(
        "ldap",
        bytes.fromhex("3024020100781f0a010204000400") + b"protocol error" + bytes(8),
        "PEER_NOT_TLS",
        "something else listens there",
        sent="protocol_version",
        first="0$",
    ),
    speaks(
        "rdp",
        bytes.fromhex("030000130ed000001234000200080002000000"),
        "PEER_NOT_TLS",
        "something else listens there",
        sent="protocol_version",
        first="",
    ),
    speaks("postgresql", b"N", "PEER_SPEAKS_POSTGRESQL", "SSLRequest"),
    speaks(
        "sslv2",
        bytes.fromhex("801a0400010002000000030010") + bytes(16),
        "PEER_SPEAKS_SSLV2",
        r"speaks SSL 2\.0.*must replace it",
        sent="protocol_version",
        first="",
    ),
    speaks(
        "sslv3",
        record(22, bytes.fromhex("020000260300") + bytes(36), b"\3\0"),
        "PEER_SPEAKS_SSLV3",
        r"speaks SSL 3\.0.*must enable TLS 1\.2 or 1\.3",
        sent="protocol_version",
        first="",
    ),
    speaks(
        "garbage",
        bytes(range(200, 256)),
        "PEER_NOT_TLS",
        "something else listens there",
        sent="protocol_version",
        first="",
    ),
]

# ---- alerts ----


def closed(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(alert(0, 1))
    linger(connection)


CLOSES = [
    Row(
        "close-notify-inside-the-handshake",
        Plain(closed),
        "CLOSED_IN_HANDSHAKE",
        "hung up on purpose before the handshake was over",
        ret=0,
        get_error="ZERO_RETURN",
        received="close_notify",
        level="warning",
        step="WAIT_SH",
    ),
    Row(
        "user-canceled",
        Plain(answer(alert(90, 1) + alert(0, 1))),
        "USER_CANCELED_RECEIVED",
        "gave up on purpose: nothing is wrong here",
        received="close_notify",
        level="warning",
        step="WAIT_SH",
    ),
    Row(
        "close-notify-after-data",
        Scripted(DATA, "CONNECTED:RECORD:0:15 0100"),
        "CLOSE_NOTIFY_RECEIVED",
        "no more data",
        do="connect,read_all",
        ret=0,
        get_error="ZERO_RETURN",
        step="CONNECTED",
        version=V13,
        alone="a connection that ends as it should",
    ),
]

# Number, name, and what our hint says about it: on whose side the cause lies.
KINDS = [
    (10, "unexpected_message", "calls our first message wrong"),
    (20, "bad_record_mac", "could not decrypt what we sent"),
    (21, "decryption_failed_RESERVED", "alert that nobody may use any more"),
    (22, "record_overflow", "finds a record of ours too long"),
    (30, "decompression_failure_RESERVED", "compression, which was never offered"),
    (40, "handshake_failure", "nothing of a modern client's offer"),
    (41, "no_certificate_RESERVED", "none of ours was shown"),
    (42, "bad_certificate", "none of ours was shown"),
    (43, "unsupported_certificate", "none of ours was shown"),
    (44, "certificate_revoked", "none of ours was shown"),
    (45, "certificate_expired", "none of ours was shown"),
    (46, "certificate_unknown", "none of ours was shown"),
    (47, "illegal_parameter", "calls our first message wrong"),
    (48, "unknown_ca", "none of ours was shown"),
    (49, "access_denied", "its rules deny this client"),
    (50, "decode_error", "calls our first message wrong"),
    (51, "decrypt_error", "could not check our signature or key"),
    (60, "export_restriction_RESERVED", "export rules of the 1990s"),
    (70, "protocol_version", "neither TLS 1.3 nor TLS 1.2"),
    (71, "insufficient_security", "stronger algorithms than the usual offer"),
    (80, "internal_error", "for a reason of its own, not because of us"),
    (86, "inappropriate_fallback", "newer TLS version than we came with"),
    (100, "no_renegotiation", "does not renegotiate keys"),
    (109, "missing_extension", "an extension. that this side does not send"),
    (110, "unsupported_extension", "calls our first message wrong"),
    (111, "certificate_unobtainable_RESERVED", "none of ours was shown"),
    (112, "unrecognized_name", "no site called 'localhost'"),
    (113, "bad_certificate_status_response", "OCSP staple .* though we sent none"),
    (114, "bad_certificate_hash_value_RESERVED", "none of ours was shown"),
    (115, "unknown_psk_identity", "none is set here"),
    (116, "certificate_required", "only clients with a certificate"),
    (120, "no_application_protocol", "demands an application protocol"),
]
ALERTS = [
    Row(
        f"alert-{name.replace('_RESERVED', '').replace('_', '-')}",
        Plain(answer(alert(number))),
        "ALERT_RECEIVED",
        hint,
        received=name,
        detail=name,
        step="WAIT_SH",
    )
    for number, name, hint in KINDS
]

ROWS = ENDS + RESETS + SILENCES + OTHERS + CLOSES
