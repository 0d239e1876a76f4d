"""A connected stream; made in _connect.py.

The socket underneath is non-blocking; this module waits, outside of the connection's
lock, so that one thread may read while another writes.
"""

from __future__ import annotations

import io
import select
import time
from _thread import allocate_lock

from ._connection import RECORD_SIZE
from ._errors import DeadlineError, GetError
from ._ffi import lib

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import IO, Any

    from typing_extensions import Buffer

    from ._agreed import EarlyData
    from ._certificate import Certificate
    from ._connection import Connection
    from ._session import Session
    from ._timeline import TimelineEvent

NOT_SENT = "the data could not be sent"


class Deadline:
    """A moment until which something must be done; of None, never."""

    __slots__ = ("limit", "moment")

    def __init__(self, seconds: float | None) -> None:
        self.limit = seconds
        self.moment = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Seconds left, 0 or more."""
        return None if self.moment is None else max(0.0, self.moment - time.monotonic())

    def error(self, what: str) -> DeadlineError:
        """What to raise when it is over and the connection itself has not failed."""
        limit = f"{self.limit:g} s" if self.limit is not None else "its time"
        return DeadlineError({"class": "SYSCALL", "summary": f"{what} within {limit}"})


def wait(sock: socket.socket, get_error: int, left: float | None) -> bool:
    """Wait until the socket is ready for what get_error wants; False: time is over."""
    poll = select.poll()
    writing = get_error == GetError.WANT_WRITE
    poll.register(sock, select.POLLOUT if writing else select.POLLIN)
    # Rounded up: a wait that ends early would spin through the last millisecond.
    return bool(poll.poll(None if left is None else int(left * 1000) + 1))


class Stream:
    """An established connection on a socket, with exceptions in place of results.

    Made by :func:`connect` and :func:`wrap_socket`; a context manager that closes itself.
    Every failure of the connection is a :class:`HandfastError` with the whole record.

    Threads: one may receive while others send; each ``send`` and ``sendall`` goes out
    whole.  Waiting releases the GIL and holds no lock that the other direction needs.

    After :meth:`close` every method but close raises ValueError.
    """

    def __init__(
        self, sock: socket.socket, connection: Connection, timeout: float | None
    ) -> None:
        """Not for applications: see :func:`wrap_socket`."""
        self._sock = sock
        self._connection = connection
        self._timeout = timeout
        self._sending = allocate_lock()
        self._owed = b""
        self._io_refs = 0
        self._closed = False

    # ---- data ----

    def recv(self, size: int = RECORD_SIZE) -> bytes:
        """Receive at least one byte and at most size; ``b""`` when the peer has closed
        in an orderly way.

        A connection that ends without that raises :class:`UnexpectedEOFError`: data may
        be missing.  :class:`DeadlineError` if nothing came within the timeout; the call
        may be repeated.
        """
        deadline = Deadline(self._timeout)
        if size == 0:
            return b""
        while True:
            with self._connection.lock:
                ret, data = self._connection.read(size)
                if ret == 1:
                    return data
                error = self._connection.get_error(ret)
                if error == GetError.ZERO_RETURN:
                    return b""
                self._raise_unless_want(ret, error)
            self._wait(error, deadline, "nothing was received")

    def recv_into(self, buffer: Buffer, nbytes: int = 0) -> int:
        """As :meth:`recv`, into a writable buffer; returns the number of bytes, 0 at the
        end.  nbytes limits it; 0 means the size of the buffer."""
        if nbytes < 0:
            raise ValueError("nbytes is negative")
        deadline = Deadline(self._timeout)
        with memoryview(buffer) as whole, whole.cast("B") as octets:
            target = octets[: nbytes or None]
            if not len(target):
                return 0
            while True:
                with self._connection.lock:
                    ret, count = self._connection.read_into(target)
                    if ret == 1:
                        return count
                    error = self._connection.get_error(ret)
                    if error == GetError.ZERO_RETURN:
                        return 0
                    self._raise_unless_want(ret, error)
                self._wait(error, deadline, "nothing was received")

    def read(self, size: int = -1) -> bytes:
        """Receive exactly size bytes, or fewer if the peer closes before; with -1, all
        until it closes.  The timeout is that of each :meth:`recv` in it."""
        parts, left = [], size
        while left:
            part = self.recv(min(left, RECORD_SIZE) if left > 0 else RECORD_SIZE)
            if not part:
                break
            parts.append(part)
            if left > 0:
                left -= len(part)
        return b"".join(parts)

    def send(self, data: Buffer) -> int:
        """Send up to one record's bytes of data; return how many were sent.

        As with a socket, they are on their way, and the peer may not have them yet.
        :class:`DeadlineError` if none could be sent within the timeout: repeat it.
        """
        deadline = Deadline(self._timeout)
        with memoryview(data) as whole, whole.cast("B") as octets, self._sending:
            part = octets[:RECORD_SIZE]
            self._send_record(part, deadline)
            return len(part)

    def sendall(self, data: Buffer) -> None:
        """Send all of data.  The timeout is for the whole of it, as in a socket; when it
        is over, it is unknown how much of data the peer will receive."""
        deadline = Deadline(self._timeout)
        with memoryview(data) as whole, whole.cast("B") as octets, self._sending:
            for start in range(0, len(octets), RECORD_SIZE):
                if not self._send_record(octets[start : start + RECORD_SIZE], deadline):
                    raise deadline.error(NOT_SENT)

    def _send_record(self, part: memoryview, deadline: Deadline) -> bool:
        """True: it went out.  False: the time was over with the record sealed and under
        way; then it goes out before anything else.  DeadlineError: it was not sealed."""
        connection = self._connection
        self._send_owed(deadline)
        while True:
            with connection.lock:
                # With nothing in its way the record is sealed by the first write of it.
                ret, _ = connection.write(b"")
                if ret == 1:
                    ret, _ = connection.write(part)
                    if ret == 1:
                        return True
                    self._raise_unless_want(ret, connection.get_error(ret))
                    self._owed = bytes(part)
                    break
                error = connection.get_error(ret)
                self._raise_unless_want(ret, error)
            self._wait(error, deadline, NOT_SENT)
        try:
            self._send_owed(deadline)
        except DeadlineError:
            return False
        return True

    def _send_owed(self, deadline: Deadline) -> None:
        """Repeat the write of a sealed record until it is out."""
        connection = self._connection
        while self._owed:
            with connection.lock:
                ret, _ = connection.write(self._owed)
                if ret == 1:
                    self._owed = b""
                    return
                error = connection.get_error(ret)
                self._raise_unless_want(ret, error)
            self._wait(error, deadline, NOT_SENT)

    def _raise_unless_want(self, ret: int, error: GetError) -> None:
        if error not in (GetError.WANT_READ, GetError.WANT_WRITE):
            self._connection.check(ret)

    def _wait(self, error: GetError, deadline: Deadline, what: str) -> None:
        if self._connection.closed:
            raise ValueError("the stream was closed meanwhile")
        if not wait(self._sock, error, deadline.left()):
            raise deadline.error(what)

    def pending(self) -> int:
        """How many bytes are decrypted and not yet received: a socket that select calls
        quiet may have them."""
        return self._connection.pending()

    def makefile(
        self,
        mode: str = "r",
        buffering: int = -1,
        *,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> IO[Any]:
        """A file object, with the arguments of ``socket.makefile``.  The stream stays
        open until its files are closed, too."""
        if not set(mode) <= {"r", "w", "b"} or not set(mode) & {"r", "w"}:
            raise ValueError(f"invalid mode {mode!r} (only r, w, b allowed)")
        self._open()
        raw = _StreamFile(self, "r" in mode, "w" in mode)
        self._io_refs += 1
        if buffering == 0:
            if "b" not in mode:
                raise ValueError("unbuffered streams must be binary")
            return raw  # type: ignore[return-value]
        size = buffering if buffering > 0 else io.DEFAULT_BUFFER_SIZE
        binary: Any
        if raw.readable() and raw.writable():
            binary = io.BufferedRWPair(raw, raw, size)
        elif raw.readable():
            binary = io.BufferedReader(raw, size)
        else:
            binary = io.BufferedWriter(raw, size)
        if "b" in mode:
            return binary  # type: ignore[no-any-return]
        text = io.TextIOWrapper(binary, encoding, errors, newline)
        text.mode = mode  # type: ignore[misc]
        return text

    # ---- closing ----

    def _open(self) -> None:
        if self._closed:
            raise ValueError("the stream is closed")

    def _say_goodbye(self) -> None:
        """Send close_notify if the socket takes it now; a failure is of no interest."""
        try:
            if not self._connection.closed:
                self._connection.shutdown()
        except Exception:  # whatever it is, the connection is going away
            pass

    def close(self) -> None:
        """Send close_notify without waiting for the peer's, wipe the secrets and close
        the socket, at once or with the last file of :meth:`makefile`.  May be called
        again; raises nothing."""
        self._closed = True
        if self._io_refs <= 0:
            self._close_now()

    def _close_now(self) -> None:
        # In one go: a waiting reader must not see the peer's answer in between.
        with self._connection.lock:
            if self._sock.fileno() >= 0:
                self._say_goodbye()
            self._connection.close()
        self._sock.close()

    def _release_file(self) -> None:
        self._io_refs -= 1
        if self._closed and self._io_refs <= 0:
            self._close_now()

    def send_eof(self) -> None:
        """Send close_notify: nothing more will be sent.  Receiving goes on."""
        deadline = Deadline(self._timeout)
        with self._sending:
            self._send_owed(deadline)
            while True:
                with self._connection.lock:
                    if self._connection.get_shutdown() & lib.HF_SENT_SHUTDOWN:
                        return
                    ret = self._connection.shutdown()
                    if ret >= 0:
                        return
                    error = self._connection.get_error(ret)
                    self._raise_unless_want(ret, error)
                self._wait(error, deadline, "close_notify could not be sent")

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._closed

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._connection.closed:
            return "<Stream closed>"
        return f"<Stream {self.version} {self.cipher_suite} fd={self.fileno()}>"

    # ---- the socket ----

    def settimeout(self, seconds: float | None) -> None:
        """The longest that one operation may wait; None: for ever."""
        if seconds is not None and not seconds >= 0:
            raise ValueError("a timeout is a number of seconds, 0 or more, or None")
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        """The limit of one operation in seconds, or None."""
        return self._timeout

    def fileno(self) -> int:
        """The socket's descriptor, -1 when closed."""
        return self._sock.fileno()

    def getpeername(self) -> Any:
        """The peer's address, as of the socket."""
        return self._sock.getpeername()

    def getsockname(self) -> Any:
        """Our own address, as of the socket."""
        return self._sock.getsockname()

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Set an option of the socket underneath."""
        self._sock.setsockopt(level, option, value)

    # ---- what was agreed ----

    @property
    def connection(self) -> Connection:
        """The low-level connection.  It has the lock, and more that can be asked."""
        return self._connection

    @property
    def version(self) -> str | None:
        """The protocol's version, ``"TLSv1.3"`` or ``"TLSv1.2"``."""
        return self._connection.version

    @property
    def cipher_suite(self) -> str | None:
        """Such as ``"TLS_AES_128_GCM_SHA256"``."""
        return self._connection.cipher_suite

    @property
    def group(self) -> str | None:
        """The group of the key exchange, such as ``"x25519"``."""
        return self._connection.group

    @property
    def alpn(self) -> str | None:
        """The application protocol that the server chose, or None."""
        return self._connection.alpn

    @property
    def peer_chain(self) -> list[Certificate]:
        """The server's certificates as sent, its own first."""
        return self._connection.peer_chain

    @property
    def session(self) -> Session | None:
        """The newest session to resume, or None: tickets come with the first data that is
        received, so ask late."""
        return self._connection.session

    @property
    def session_reused(self) -> bool:
        """Whether the server resumed the session that was offered."""
        return self._connection.session_reused

    @property
    def psk_used(self) -> bool:
        """Whether the server took the key that was given as ``psk``."""
        return self._connection.psk_used

    @property
    def early_data(self) -> EarlyData:
        """What became of ``early_data``: ``ACCEPTED``, at least for the most part;
        ``REJECTED``, and ``NOT_SENT`` where the session did not allow any: then it was
        sent after the handshake."""
        return self._connection.early_data

    @property
    def timeline(self) -> list[TimelineEvent]:
        """The first messages and alerts, with their time and size."""
        return self._connection.timeline

    @property
    def info(self) -> dict[str, Any]:
        """What was agreed, with the server's chain for people, as a dict for JSON."""
        return self._connection.info

    def export_keying_material(
        self, label: str | bytes, length: int, context: bytes | None = None
    ) -> bytes:
        """Keying material that both ends share: see the connection's."""
        return self._connection.export_keying_material(label, length, context)


class _StreamFile(io.RawIOBase):
    """The unbuffered file under :meth:`Stream.makefile`."""

    def __init__(self, stream: Stream, reading: bool, writing: bool) -> None:
        super().__init__()
        self._stream: Stream | None = stream
        self._reading = reading
        self._writing = writing

    def _target(self) -> Stream:
        if self._stream is None:
            raise ValueError("I/O operation on closed file.")
        return self._stream

    def readable(self) -> bool:
        return self._reading

    def writable(self) -> bool:
        return self._writing

    def fileno(self) -> int:
        return self._target().fileno()

    def readinto(self, buffer: Any) -> int:
        if not self._reading:
            raise io.UnsupportedOperation("not readable")
        return self._target().recv_into(buffer)

    def write(self, data: Any) -> int:
        if not self._writing:
            raise io.UnsupportedOperation("not writable")
        return self._target().send(data)

    def close(self) -> None:
        if self.closed:
            return
        super().close()
        stream, self._stream = self._stream, None
        if stream is not None:
            stream._release_file()
