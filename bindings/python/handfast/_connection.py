"""The low-level connection: the C contract, method by method.

The handshake and data methods return what C returns, and get_error() says what a result
means; nothing of the protocol is decided here.
"""

from __future__ import annotations

from _weakref import ref

from ._agreed import Agreed
from ._callbacks import Transport
from ._config import default_config, milliseconds
from ._errors import (
    GetError,
    HandfastError,
    WantError,
    check_status,
    error_class,
    json_value,
)
from ._ffi import ffi, lib
from ._text import c_password, c_path, c_text, host_name, not_negative, protocol_names
from ._want import Want

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    import socket
    from collections.abc import Iterable
    from typing import Any, Callable

    from typing_extensions import Buffer

    from ._config import Config
    from ._ffi import CData
    from ._session import Session

RECORD_SIZE = 16384
"""The most that one read can yield: the plaintext of one record, RFC 8446 5.1."""

_new_uncleared = ffi.new_allocator(should_clear_after_alloc=False)


class Connection(Agreed):
    """One connection, the C contract under Python's names.

    ``connect()``, ``accept()``, ``do_handshake()`` and ``shutdown()`` return C's int;
    ``read()``, ``peek()``, ``read_into()`` and ``write()`` a pair of it and what was
    moved.  Hand the int to :meth:`get_error`, or to :meth:`check`, which raises.  Methods
    that set something raise :class:`ConfigError` when it is refused.

    Give it a transport (:meth:`set_socket`, :meth:`set_fd`, :meth:`set_io`), or call
    :meth:`use_memory` and carry the bytes with :meth:`feed` and :meth:`drain`.

    Threads: a lock admits one call at a time, so that any thread may call; the GIL is
    released meanwhile.  On a blocking transport a waiting call keeps the lock.  Hold
    :attr:`lock` around a call and its get_error if another thread might come between.

    After :meth:`close` every method but close raises ValueError.
    """

    def __init__(self, config: Config | None = None) -> None:
        """A connection of this configuration, which is frozen by it; None: the default
        one, which trusts the system's roots."""
        super().__init__(config if config is not None else default_config())
        self._unread = b""
        self._former: list[Config] = []
        self._socket: socket.socket | None = None
        self._transport: Transport | None = None
        handle = ffi.new_handle(ref(self))
        self._handle: CData | None = handle
        lib.hf_conn_set_user_data(self._open(), handle)

    def close(self) -> None:
        """Wipe the secrets and release everything.  Sends nothing: see
        :meth:`shutdown`.  A socket given with set_socket stays open.  May be called
        again."""
        with self._lock:
            if self._busy:
                raise RuntimeError("called from a callback of the same connection")
            conn, self._conn = self._conn, None
            if conn is not None:
                ffi.release(conn)
            self._socket = self._transport = self._handle = None
            self._unread = b""

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._conn is None

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Connection {'closed' if self.closed else self.state}>"

    def clear(self) -> None:
        """Make a used connection ready for another handshake, whatever became of it;
        its settings stay."""
        with self._lock:
            self._set(lib.hf_clear)
            self._unread = b""
            self._newest_session = None

    # ---- before the handshake ----

    def set_config(self, config: Config) -> None:
        """Go on with another configuration, which is frozen by it: certificates,
        versions, trust, tickets, callbacks.  Before the handshake, in the ClientHello
        callback, and while that is waited for; options and transport stay."""
        with self._lock:
            with config._lock:
                check_status(lib.hf_conn_set_config(self._open(), config._freeze()))
            self._former.append(self._config)
            self._config = config

    def set_hostname(self, name: str) -> None:
        """The name that the user asked for: sent as server_name unless it is an address,
        and checked against the certificate.  Other scripts become A-labels."""
        self._set(lib.hf_conn_set_hostname, host_name(name))

    def add_hostname(self, name: str) -> None:
        """One more name that the certificate may have instead."""
        self._set(lib.hf_conn_add_hostname, host_name(name))

    def set_server_name(self, name: str) -> None:
        """Send another server_name than the name that is checked; ``""`` sends none."""
        self._set(lib.hf_conn_set_server_name, host_name(name))

    def disable_hostname_check(self) -> None:
        """For this connection only, do not check for whom the certificate is."""
        self._set(lib.hf_conn_disable_hostname_check)

    def add_alpn(self, protocols: Iterable[str | bytes]) -> None:
        """Offer these application protocols in place of the configuration's."""
        with self._lock:
            for name in protocol_names(protocols):
                self._set(lib.hf_conn_add_alpn, name, len(name))

    def use_certificate_chain_memory(self, data: bytes) -> None:
        """A certificate chain to show in place of the configuration's, as
        ``Config.use_certificate_chain_memory``; also within the certificate callback,
        and while GetError.WANT_X509_LOOKUP asks for it."""
        function = lib.hf_conn_use_certificate_chain_memory
        with self._lock:
            check_status(function(self._open(), bytes(data), len(data)))

    def use_private_key_memory(
        self, data: bytes, password: str | bytes | None = None
    ) -> None:
        """The private key of that chain, as ``Config.use_private_key_memory``."""
        secret = c_password(password)
        with self._lock:
            function = lib.hf_conn_use_private_key_memory
            check_status(function(self._open(), bytes(data), len(data), secret))

    @property
    def sign_request(self) -> tuple[int, bytes] | None:
        """While GetError.WANT_ASYNC asks for a signature: the SignatureScheme (RFC 8446
        4.2.3) and the content to be signed.  None otherwise."""
        with self._lock:
            scheme, size = ffi.new("int *"), self._moved
            found = lib.hf_conn_get0_sign_request(self._open(), scheme, size)
            if found == ffi.NULL:
                return None
            return int(scheme[0]), bytes(ffi.buffer(found, size[0]))

    def provide_signature(self, signature: bytes) -> None:
        """The signature that GetError.WANT_ASYNC asks for; then repeat the call.  A wrong
        one fails the handshake."""
        self._set(lib.hf_conn_provide_signature, bytes(signature), len(signature))

    def record(self, path: str | os.PathLike[str]) -> None:
        """Record the next handshake and what follows it into a new file, for
        :class:`Replay` and ``handfast replay``.

        The file holds the connection's secrets: treat it like a private key.  It is
        whole after :meth:`record_end`, :meth:`clear` or the end of this object; one that
        exists is never overwritten.
        """
        self._set(lib.hf_conn_record_file, c_path(path))

    def record_end(self) -> None:
        """End the recording; the connection goes on.  ConfigError if it could not be
        written whole."""
        self._set(lib.hf_conn_record_end)

    def set_session(self, session: Session | None) -> None:
        """The session to resume; None removes it.  One of another host name is refused;
        one that has expired is passed over."""
        handle = session._session if session is not None else ffi.NULL
        self._set(lib.hf_conn_set_session, handle)

    def set_psk(
        self, identity: str | bytes | None, key: bytes = b"", hash: str = "SHA256"
    ) -> None:
        """A key that both sides were given, and the identity by which the server finds
        it; TLS 1.3 alone, RFC 8446 4.2.11 and 9257.

        The key has 16 to 255 bytes of high entropy and is never a password; hash,
        ``"SHA256"`` or ``"SHA384"``, is that of the cipher suites that it is for.  A
        server that takes it shows no certificate; one that does not is checked by its
        certificate, or refused where no name or no root is set.  None removes the key.
        """
        name = identity.encode() if isinstance(identity, str) else identity
        self._set(
            lib.hf_conn_set_psk,
            ffi.NULL if name is None else bytes(name),
            len(name or b""),
            bytes(key),
            len(key),
            c_text(hash, "the hash"),
        )

    def allow_early_data(self) -> None:
        """Allow :meth:`write_early_data` on this connection."""
        self._set(lib.hf_conn_allow_early_data)

    def set_options(self, options: int) -> int:
        """Add options (``handfast.OPTION_*``); return those that are now set."""
        with self._lock:
            return lib.hf_conn_set_options(self._open(), options)

    def clear_options(self, options: int) -> int:
        """Take options away; return those that are left."""
        with self._lock:
            return lib.hf_conn_clear_options(self._open(), options)

    @property
    def options(self) -> int:
        """The options of this connection."""
        return self._number(lib.hf_conn_get_options)

    def set_handshake_timeout(self, seconds: float | None) -> None:
        """The longest that the handshake may take, from its first call; None: no
        limit.  On a non-blocking transport the limit shows at the next call after it."""
        self._set(lib.hf_conn_set_handshake_timeout, milliseconds(seconds))

    # ---- transport ----

    def set_fd(self, fd: int) -> None:
        """A connected socket's descriptor, blocking or not.  It is neither closed nor
        kept open by the connection."""
        with self._lock:
            self._set(lib.hf_conn_set_fd, fd)
            self._socket = self._transport = None

    def set_rfd(self, fd: int) -> None:
        """The descriptor to read from, apart from the one to write to."""
        self._set(lib.hf_conn_set_rfd, fd)

    def set_wfd(self, fd: int) -> None:
        """The descriptor to write to, apart from the one to read from."""
        self._set(lib.hf_conn_set_wfd, fd)

    def set_socket(self, sock: socket.socket) -> None:
        """A connected socket, blocking or not.  A reference keeps it from being
        collected; closing it is left to the caller.

        A socket with a timeout of Python's own is non-blocking underneath: expect
        WANT_READ and WANT_WRITE.
        """
        with self._lock:
            self.set_fd(sock.fileno())
            self._socket = sock

    def fileno(self) -> int:
        """The descriptor of the transport, -1 if there is none; for select."""
        return self._number(lib.hf_conn_get_fd)

    def set_io(
        self, read: Callable[[int], bytes], write: Callable[[bytes], int | None]
    ) -> None:
        """A transport of functions.

        read(n) returns 1 to n bytes, or ``b""`` at the end of file.  write(data) returns
        how many bytes it took, 1 or more.  Both raise BlockingIOError when they would
        block (write may return None or 0 for it), and another OSError when they fail:
        the call then ends with GetError.SYSCALL and its errno.  Any other exception is
        raised again by the method that triggered the call.
        """
        with self._lock:
            transport = Transport(read, write)
            transport.handle = ffi.new_handle(transport)
            table = ffi.new("hf_io *")
            table.size = ffi.sizeof("hf_io")
            table.read = lib.hfpy_io_read
            table.write = lib.hfpy_io_write
            table.context = transport.handle
            self._set(lib.hf_conn_set_io, table)
            self._socket, self._transport = None, transport

    def use_memory(self) -> None:
        """No transport: carry the bytes with feed(), feed_eof() and drain()."""
        with self._lock:
            self._set(lib.hf_conn_use_memory)
            self._socket = self._transport = None

    def feed(self, data: Buffer) -> int:
        """Give bytes that came from the peer; return how many were accepted.  Fewer than
        all are accepted while decrypted data waits to be read."""
        with self._lock:
            view = ffi.from_buffer("uint8_t[]", data)
            self._set(lib.hf_conn_feed, view, len(view), self._moved)
            return int(self._moved[0])

    def feed_eof(self) -> None:
        """Tell that no more bytes will come from the peer."""
        self._set(lib.hf_conn_feed_eof)

    def drain(self, size: int | None = None) -> bytes:
        """Take the bytes that must go to the peer: all of them, or at most size."""
        with self._lock:
            waiting = lib.hf_conn_drain_pending(self._open())
            if size is not None:
                waiting = min(waiting, not_negative(size, "size"))
            buffer = _new_uncleared("uint8_t[]", waiting)
            self._set(lib.hf_conn_drain, buffer, waiting, self._moved)
            return bytes(ffi.buffer(buffer, self._moved[0]))

    def drain_pending(self) -> int:
        """How many bytes wait to be drained."""
        return self._number(lib.hf_conn_drain_pending)

    # ---- the handshake ----

    def set_connect_state(self) -> None:
        """Take the client's role, so that do_handshake, read and write can begin."""
        self._set(lib.hf_set_connect_state)

    def set_accept_state(self) -> None:
        """Take the server's role."""
        self._set(lib.hf_set_accept_state)

    def connect(self) -> int:
        """Start the handshake as the client, or carry on with it.

        Returns 1 when it is done, at once if it already was; 0 if the peer ended it in an
        orderly way; below 0 if it failed or is not finished: get_error() tells.
        """
        return self._run(lib.hf_connect)

    def accept(self) -> int:
        """As :meth:`connect`, in the server's role: waits for a ClientHello and answers
        it, with the certificate and key of the configuration."""
        return self._run(lib.hf_accept)

    def do_handshake(self) -> int:
        """As :meth:`connect`, in the role that was set."""
        return self._run(lib.hf_do_handshake)

    def get_error(self, ret: int) -> GetError:
        """What the last call on this connection wants, given the int it returned."""
        with self._lock:
            return GetError(lib.hf_get_error(self._open(), ret))

    def exception(self, ret: int) -> HandfastError | None:
        """The exception for that int, with the whole error record; None for success."""
        with self._lock:
            get_error = self.get_error(ret)
            if get_error == GetError.NONE:
                return None
            return self._exception(get_error)

    def check(self, ret: int) -> None:
        """Raise :meth:`exception`; return if there is none."""
        error = self.exception(ret)
        if error is not None:
            raise error

    def _exception(self, get_error: GetError) -> HandfastError:
        code = lib.hf_conn_error_code(self._open())
        kind = error_class(get_error, code)
        if issubclass(kind, WantError):
            return kind({"class": get_error.name})
        record = self.error or {"class": get_error.name}
        error = kind(record, self._peer_der(), self._events())
        if self._transport is not None:
            error.__cause__ = self._transport.error
        return error

    @property
    def error(self) -> dict[str, Any] | None:
        """The error record, as docs/error-json.md describes it: the first failure since
        the connection was made or cleared; None while nothing has failed."""
        with self._lock:
            if lib.hf_conn_error_code(self._open()) == 0:
                return None
            record = lib.hf_conn_get0_error(self._open())
            found: dict[str, Any] = json_value(lib.hf_error_json, record)
            return found

    @property
    def error_code(self) -> int:
        """The code of the error record, 0 while nothing has failed."""
        return self._number(lib.hf_conn_error_code)

    def want(self) -> Want:
        """What the connection waits for."""
        return Want(self._number(lib.hf_want))

    def in_init(self) -> bool:
        """Whether the handshake is going on."""
        return self._number(lib.hf_in_init) == 1

    def in_before(self) -> bool:
        """Whether the handshake has not begun."""
        return self._number(lib.hf_in_before) == 1

    def is_init_finished(self) -> bool:
        """Whether the connection is established."""
        return self._number(lib.hf_is_init_finished) == 1

    @property
    def state(self) -> str:
        """The state of the handshake, as in docs/states.md: ``"WAIT_SH"``."""
        return self._name(lib.hf_state_name) or ""

    # ---- data ----

    def read(self, size: int = RECORD_SIZE) -> tuple[int, bytes]:
        """Read decrypted bytes, at most size and at most one record's, finishing the
        handshake first if a role is set.

        Returns ``(1, data)`` with at least one byte; ``(0, b"")`` after the peer's
        close_notify, each time; ``(ret, b"")`` with ret below 0 otherwise: get_error(ret)
        tells.
        """
        return self._read(lib.hf_read, size, take=True)

    def peek(self, size: int = RECORD_SIZE) -> tuple[int, bytes]:
        """As :meth:`read`, and leave the bytes to be read again."""
        return self._read(lib.hf_peek, size, take=False)

    def _read(
        self, function: Callable[..., int], size: int, *, take: bool
    ) -> tuple[int, bytes]:
        size = min(not_negative(size, "size"), RECORD_SIZE)
        with self._lock:
            if self._unread and size:
                return 1, self._from_unread(size, take=take)
            buffer = _new_uncleared("char[]", size)
            self._moved[0] = 0
            try:
                ret = self._run(function, buffer, size, self._moved)
            except BaseException:
                if take and self._moved[0]:
                    self._unread = ffi.unpack(buffer, self._moved[0])
                raise
            return ret, ffi.unpack(buffer, self._moved[0]) if ret == 1 else b""

    def _from_unread(self, size: int, *, take: bool) -> bytes:
        """Bytes that arrived by a read in which a callback raised."""
        self._open()
        data = self._unread[:size]
        if take:
            self._unread = self._unread[size:]
        return data

    def read_into(self, buffer: Buffer) -> tuple[int, int]:
        """As :meth:`read`, into a writable buffer; returns C's int and the number of
        bytes stored."""
        with self._lock:
            view = ffi.from_buffer("char[]", buffer, require_writable=True)
            if self._unread and len(view):
                data = self._from_unread(len(view), take=True)
                ffi.memmove(view, data, len(data))
                return 1, len(data)
            self._moved[0] = 0
            try:
                ret = self._run(lib.hf_read, view, len(view), self._moved)
            except BaseException:
                if self._moved[0]:
                    self._unread = ffi.unpack(view, self._moved[0])
                raise
            return ret, int(self._moved[0])

    def write(self, data: Buffer) -> tuple[int, int]:
        """Write bytes; returns C's int and how many were accepted.

        ``(1, n)`` with n from 1 to all of them (all, with OPTION_WHOLE_WRITE, and also
        for no bytes at all); ``(ret, 0)`` with ret below 0 otherwise: get_error(ret)
        tells.  A retry may use another buffer and more or fewer bytes.
        """
        with self._lock:
            view = ffi.from_buffer("char[]", data)
            self._moved[0] = 0
            ret = self._run(lib.hf_write, view, len(view), self._moved)
            return ret, int(self._moved[0])

    def write_early_data(self, data: Buffer) -> tuple[int, int]:
        """Send bytes along with the first flight, before the server has proved who it
        is: whoever records them can send them to the server again, so that they must do
        no harm when repeated.  RFC 8446 2.3, 8.

        Needs :meth:`allow_early_data`, and a session whose ``max_early_data`` is not 0;
        the first call begins the handshake.  Returns C's int and how many bytes were
        sealed, at most a record's.  Carry on with :meth:`connect`, then ask
        :attr:`early_data`: what was rejected must be written again.
        """
        with self._lock:
            view = ffi.from_buffer("char[]", data)
            self._moved[0] = 0
            ret = self._run(lib.hf_write_early_data, view, len(view), self._moved)
            return ret, int(self._moved[0])

    def read_early_data(self, size: int) -> tuple[int, bytes]:
        """Read what a client sent with its first flight, at most size bytes: after
        :meth:`set_accept_state` and instead of :meth:`accept`, until ``(1, b"")`` says
        that there is none or no more; then comes accept().  :meth:`write_early_data`
        answers in between, before the client is known to be alive.

        Needs :meth:`allow_early_data` and :meth:`Config.set_early_data`.  Whoever
        recorded the flight can send it again, to another process at the latest: what it
        asks for must do no harm when it is repeated.  RFC 8446 8.
        """
        with self._lock:
            buffer = _new_uncleared("char[]", max(1, not_negative(size, "size")))
            self._moved[0] = 0
            ret = self._run(lib.hf_read_early_data, buffer, size, self._moved)
            return ret, bytes(ffi.buffer(buffer, self._moved[0]))

    def pending(self) -> int:
        """How many bytes are decrypted and not yet read."""
        with self._lock:
            return len(self._unread) + lib.hf_pending(self._open())

    def has_pending(self) -> bool:
        """Whether read() might yield something without reading the transport."""
        with self._lock:
            return bool(self._unread) or lib.hf_has_pending(self._open()) == 1

    # ---- closing ----

    def shutdown(self) -> int:
        """Send close_notify; called again, wait for the peer's.

        Returns 0 when ours is out, 1 when both are; below 0: get_error() tells.
        """
        return self._run(lib.hf_shutdown)

    def abort(self, alert: int) -> int:
        """End the connection at once with a fatal alert, such as 49 (access_denied), in
        or after the handshake.  Every further call fails.

        Returns 1 once it is out; below 0: get_error() tells.
        """
        return self._run(lib.hf_abort, alert)

    def get_shutdown(self) -> int:
        """SENT_SHUTDOWN and RECEIVED_SHUTDOWN, added up."""
        return self._number(lib.hf_get_shutdown)

    def set_shutdown(self, mode: int) -> None:
        """Pretend that close_notify was sent or received; sends nothing."""
        with self._lock:
            lib.hf_set_shutdown(self._open(), mode)

    # ---- keys ----

    def key_update(self, *, request: bool = False) -> None:
        """Update our sending keys with the next write, RFC 8446 4.6.3, and ask the peer
        for the same if request is true."""
        self._set(lib.hf_key_update, int(request))

    def export_keying_material(
        self, label: str | bytes, length: int, context: bytes | None = None
    ) -> bytes:
        """Keying material that both ends share, RFC 8446 7.5 and RFC 5705.  In TLS 1.2
        no context is another one than an empty context; in TLS 1.3 they are the same."""
        name = label.encode("ascii") if isinstance(label, str) else bytes(label)
        out = ffi.new("uint8_t[]", not_negative(length, "length"))
        self._set(
            lib.hf_export_keying_material,
            name,
            len(name),
            ffi.NULL if context is None else bytes(context),
            len(context or b""),
            out,
            length,
        )
        return bytes(ffi.buffer(out, length))
