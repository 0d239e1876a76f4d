"""The functions that make a connected stream."""

from __future__ import annotations

import socket
import time

from ._agreed import EarlyData
from ._config import default_config
from ._connection import Connection
from ._errors import DEADLINE_EXCEEDED, ERRORS, DeadlineError, GetError, code_record
from ._ffi import lib
from ._stream import Deadline, Stream, wait
from ._text import lookup_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Union

    from typing_extensions import Buffer

    from ._config import Config
    from ._session import Session

    Psk = Union[tuple[str | bytes, bytes], tuple[str | bytes, bytes, str]]

ENGINE_GRACE = 0.25
"""Seconds that the engine's clock may lag behind ours before we end a handshake."""

_LATER = (
    "let it answer at once; one that answers later needs a Connection, whose calls can "
    "be repeated"
)
_UNANSWERED = {
    GetError.WANT_ASYNC: (
        "our certificate has no private key, or its sign function has not signed",
        "give the key with key_file, or a sign function that answers at once; one that "
        "answers later needs a Connection, whose calls can be repeated",
    ),
    GetError.WANT_X509_LOOKUP: ("the certificate callback has not answered", _LATER),
    GetError.WANT_CLIENT_HELLO_CB: ("the ClientHello callback has not answered", _LATER),
    GetError.WANT_RETRY_VERIFY: ("the verify callback has not answered", _LATER),
}
"""What a stream cannot wait for, because nobody would tell it to go on."""


def _handshake(connection: Connection, sock: socket.socket, deadline: Deadline) -> None:
    """Drive the handshake on a non-blocking socket, in the role that was set.  The engine
    knows the deadline as well and is asked again when it is over, so that the record is
    its own."""
    while True:
        with connection.lock:
            ret = connection.do_handshake()
            if ret == 1:
                return
            error = connection.get_error(ret)
            if error in _UNANSWERED:
                raise ERRORS[error](dict(zip(("summary", "hint"), _UNANSWERED[error])))
            if error not in (GetError.WANT_READ, GetError.WANT_WRITE):
                connection.check(ret)
        left = deadline.left()
        if left is not None and left <= 0:
            over = time.monotonic() - (deadline.moment or 0)
            if over > ENGINE_GRACE:
                raise DeadlineError(code_record(DEADLINE_EXCEEDED))
            left = 0.002
        wait(sock, error, left)


def _send_early(
    connection: Connection,
    sock: socket.socket,
    data: memoryview,
    session: Session | None,
    deadline: Deadline,
) -> int:
    """Send what the session allows with the first flight; how much that was.  Where
    nothing may be sent, and where the connection fails, the handshake goes on to tell."""
    limit = min(len(data), session.max_early_data if session is not None else 0)
    sent = 0
    if limit:
        connection.allow_early_data()
    while sent < limit:
        with connection.lock:
            ret, count = connection.write_early_data(data[sent:limit])
            error = connection.get_error(ret)
        sent += count
        if ret == 1:
            continue
        if error not in (GetError.WANT_READ, GetError.WANT_WRITE):
            break
        if not wait(sock, error, deadline.left()):
            break
    return sent


def _prepare(
    config: Config,
    hostname: str,
    alpn: Iterable[str | bytes],
    session: Session | None,
    psk: Psk | None,
) -> Connection:
    connection = Connection(config)
    try:
        if hostname:
            connection.set_hostname(hostname)
        connection.add_alpn(alpn)
        if session is not None:
            connection.set_session(session)
        if psk is not None:
            connection.set_psk(*psk)
        connection.set_options(lib.HF_OPTION_WHOLE_WRITE)
    except BaseException:
        connection.close()
        raise
    return connection


def _start(
    sock: socket.socket,
    connection: Connection,
    timeout: float | None,
    deadline: Deadline,
    session: Session | None = None,
    early_data: Buffer | None = None,
    *,
    serving: bool = False,
) -> Stream:
    """Shake hands; on failure the connection is closed, and the socket left alone."""
    data = memoryview(early_data if early_data is not None else b"").cast("B")
    try:
        sock.setblocking(False)
        connection.set_socket(sock)
        own = connection.config._timeout
        limits = [limit for limit in (deadline.left(), own) if limit is not None]
        if limits:
            deadline = Deadline(max(min(limits), 0.001))
            connection.set_handshake_timeout(deadline.limit)
        if serving:
            connection.set_accept_state()
        else:
            connection.set_connect_state()
        sent = _send_early(connection, sock, data, session, deadline)
        _handshake(connection, sock, deadline)
        if connection.early_data == EarlyData.REJECTED:
            sent = 0
        stream = Stream(sock, connection, timeout)
        if sent < len(data):
            stream.sendall(data[sent:])
        return stream
    except BaseException:
        connection.close()
        raise


def wrap_socket(
    sock: socket.socket,
    server_hostname: str,
    *,
    timeout: float | None = None,
    config: Config | None = None,
    alpn: Iterable[str | bytes] = (),
    session: Session | None = None,
    psk: Psk | None = None,
    early_data: Buffer | None = None,
) -> Stream:
    """Shake hands as the client over a connected socket, as after STARTTLS.

    The stream takes the socket and makes it non-blocking; on failure it stays yours.
    Arguments and errors are those of :func:`connect`.
    """
    deadline = _deadline(timeout)
    settings = config or default_config()
    connection = _prepare(settings, server_hostname, alpn, session, psk)
    return _start(sock, connection, timeout, deadline, session, early_data)


def accept(
    sock: socket.socket, config: Config, *, timeout: float | None = None
) -> Stream:
    """Shake hands as the server over a connected socket, such as ``listener.accept()``
    gives: ``with handfast.accept(sock, config, timeout=10) as stream:``.

    The stream takes the socket and makes it non-blocking; on failure it stays yours.

    :param config: with a certificate and its key (``Config(certificate_file=...,
        key_file=...)``), or with a callback that gives the connection one
    :param timeout: seconds for the handshake, and then for each operation of the stream;
        None: no limit, so that a client that says nothing is waited for for ever
    :returns: the established :class:`Stream`
    :raises CertificateError: the client's certificate was not accepted
    :raises TLSError: the handshake failed otherwise
    :raises UnexpectedEOFError: the client ended the connection in the handshake
    :raises TransportError: the connection broke in the handshake
    :raises DeadlineError: the timeout was over
    """
    deadline = _deadline(timeout)
    connection = _prepare(config, "", (), None, None)
    return _start(sock, connection, timeout, deadline, serving=True)


def connect(
    host: str,
    port: int,
    *,
    timeout: float | None = None,
    config: Config | None = None,
    server_hostname: str | None = None,
    alpn: Iterable[str | bytes] = (),
    session: Session | None = None,
    psk: Psk | None = None,
    early_data: Buffer | None = None,
    source_address: tuple[str, int] | None = None,
) -> Stream:
    """Connect to a TLS server and verify that it is the one that was meant.

    :param host: a name, in any script, or an address; all its addresses are tried
    :param port: the port, 1 to 65535
    :param timeout: seconds for connection and handshake together, and then for each
        operation of the stream; None: no limit.  The system's name lookup is not
        interrupted by it.
    :param config: the settings; None: safe defaults and the system's roots
    :param server_hostname: the name to send and to verify, where it is not host
    :param alpn: application protocols to offer in place of config's, ``["h2"]``
    :param session: a session to resume, from ``Stream.session``
    :param psk: a key that both sides were given, with its identity: ``("alice", key)``,
        or with its hash ``("alice", key, "SHA384")``; see ``Connection.set_psk``
    :param early_data: bytes for the server, the first that it receives.  As many as the
        session allows go out with the first flight, before the server has proved who it
        is; those that it rejects, and all others, are sent after the handshake, so that
        all of them arrive.  Whoever records the first flight can send it to the server
        again: only what does no harm when it is repeated belongs here (RFC 8446 8).
        ``Stream.early_data`` tells which it was
    :param source_address: address and port to connect from
    :returns: the established :class:`Stream`
    :raises CertificateError: the server's certificate was not accepted
    :raises TLSError: the handshake failed otherwise
    :raises UnexpectedEOFError: the server ended the connection in the handshake
    :raises TransportError: the connection broke in the handshake
    :raises DeadlineError: the timeout was over
    :raises OSError: there was no TCP connection: the name is unknown
        (``socket.gaierror``), or no address took it (``ConnectionRefusedError``...)
    """
    deadline = _deadline(timeout)
    if not 0 < int(port) < 65536:  # the system would take it modulo 65536
        raise ValueError(f"a port is a number from 1 to 65535, not {port}")
    settings = config or default_config()
    name = server_hostname if server_hostname is not None else host
    connection = _prepare(settings, name, alpn, session, psk)
    try:
        sock = _tcp_connect(host, port, deadline, source_address)
    except BaseException:
        connection.close()
        raise
    try:
        return _start(sock, connection, timeout, deadline, session, early_data)
    except BaseException:
        sock.close()
        raise


def _deadline(timeout: float | None) -> Deadline:
    if timeout is not None and not 0 < timeout < 1e9:
        raise ValueError("a timeout is a positive number of seconds, or None")
    return Deadline(timeout)


def _tcp_connect(
    host: str, port: int, deadline: Deadline, source: tuple[str, int] | None
) -> socket.socket:
    """Try all addresses; each may use its share of the time that is left."""
    # As bytes: Python would load its codec for other scripts even for an address.
    try:
        found = socket.getaddrinfo(lookup_name(host), port, 0, socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise socket.gaierror(error.errno, f"{error.strerror}: {host}") from error
    tried: list[str] = []
    failure: OSError | None = None
    for index, (family, kind, protocol, _, address) in enumerate(found):
        left = deadline.left()
        if left is not None and left <= 0:
            break
        tried.append(str(address[0]))
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(None if left is None else left / (len(found) - index))
            if source is not None:
                sock.bind(source)
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except OSError as error:
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
    what = f"{host} port {port} (tried {', '.join(tried) or 'no address'})"
    left = deadline.left()
    if failure is None or (left is not None and isinstance(failure, socket.timeout)):
        raise deadline.error(f"no TCP connection to {what}") from failure
    # OSError chooses the class that fits the number, such as ConnectionRefusedError.
    raise OSError(failure.errno, f"{failure.strerror}: {what}") from failure
