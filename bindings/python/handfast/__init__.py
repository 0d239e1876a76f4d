"""handfast: TLS handshakes that explain themselves.

    import handfast

    with handfast.connect("example.org", 443, timeout=10) as stream:
        stream.sendall(b"GET / HTTP/1.0\\r\\nHost: example.org\\r\\n\\r\\n")
        print(stream.version, stream.read())

:func:`connect` gives a verified :class:`Stream` or raises a :class:`HandfastError` that
says what failed, where, and what to do.  :class:`Connection` is the contract underneath,
call by call, on sockets and on memory.  The guide is docs/python.md.
"""

from __future__ import annotations

from ._agreed import EarlyData
from ._certificate import Certificate
from ._config import Config
from ._connect import accept, connect, wrap_socket
from ._connection import Connection
from ._errors import (
    CertificateError,
    ConfigError,
    DeadlineError,
    GetError,
    HandfastError,
    TLSError,
    TransportError,
    UnexpectedEOFError,
    WantAcceptError,
    WantAsyncError,
    WantAsyncJobError,
    WantClientHelloError,
    WantConnectError,
    WantError,
    WantReadError,
    WantRetryVerifyError,
    WantWriteError,
    WantX509LookupError,
    ZeroReturnError,
)
from ._errors import text as _text
from ._ffi import lib as _lib
from ._replay import Replay
from ._server_callbacks import UNKNOWN_NAME, SessionStore
from ._session import Session
from ._stream import Stream
from ._timeline import TimelineEvent
from ._verify import Verification, verify
from ._want import Want

OPTION_NO_MIDDLEBOX_COMPAT: int = _lib.HF_OPTION_NO_MIDDLEBOX_COMPAT
"""No change_cipher_spec records and no session id for middleboxes, RFC 8446 D.4."""
OPTION_QUIET_SHUTDOWN: int = _lib.HF_OPTION_QUIET_SHUTDOWN
"""shutdown() sends nothing and waits for nothing."""
OPTION_NO_AUTO_RETRY: int = _lib.HF_OPTION_NO_AUTO_RETRY
"""read() returns WANT_READ after a record without data, even on a blocking transport."""
OPTION_WHOLE_WRITE: int = _lib.HF_OPTION_WHOLE_WRITE
"""write() succeeds only when all bytes went out."""
OPTION_ALLOW_PLAIN_MASTER_SECRET: int = _lib.HF_OPTION_ALLOW_PLAIN_MASTER_SECRET
"""TLS 1.2: accept servers without the extended master secret, RFC 7627."""
OPTION_ALLOW_UNSAFE_RENEGOTIATION: int = _lib.HF_OPTION_ALLOW_UNSAFE_RENEGOTIATION
"""TLS 1.2: accept servers that do not signal secure renegotiation, RFC 5746."""
OPTION_GREASE: int = _lib.HF_OPTION_GREASE
"""Offer values that no server knows among the others, RFC 8701."""
OPTION_NO_STATUS_REQUEST: int = _lib.HF_OPTION_NO_STATUS_REQUEST
"""Do not ask for a stapled OCSP response, RFC 6066 8."""
OPTION_REQUEST_SCTS: int = _lib.HF_OPTION_REQUEST_SCTS
"""Ask for signed certificate timestamps: :attr:`Connection.sct_list`."""
OPTION_ANY_AUTHORITY: int = _lib.HF_OPTION_ANY_AUTHORITY
"""Show our certificate whatever authorities the server lists."""
OPTION_INSIST_ON_CERTIFICATE: int = _lib.HF_OPTION_INSIST_ON_CERTIFICATE
"""Fail when the server accepts none of our certificates, instead of showing none."""
OPTION_WAIT_FOR_VERDICT: int = _lib.HF_OPTION_WAIT_FOR_VERDICT
"""Connect only once the server has judged our certificate; not for servers that give no
tickets and wait for the client to speak first."""
OPTION_VERIFY_RESUMED: int = _lib.HF_OPTION_VERIFY_RESUMED
"""Look again at the certificate of a session that is resumed."""
OPTION_NO_TICKET: int = _lib.HF_OPTION_NO_TICKET
"""A server gives no tickets and takes none: see Config.set_session_store."""
OPTION_COOKIE: int = _lib.HF_OPTION_COOKIE
"""A server's HelloRetryRequest carries a cookie, by which another connection can take up
the handshake, RFC 8446 4.2.2."""
SENT_SHUTDOWN: int = _lib.HF_SENT_SHUTDOWN
"""In :meth:`Connection.get_shutdown`: our close_notify was sent."""
RECEIVED_SHUTDOWN: int = _lib.HF_RECEIVED_SHUTDOWN
"""In :meth:`Connection.get_shutdown`: the peer's close_notify came."""

__version__: str = _text(_lib.hf_version_text())

__all__ = [
    "OPTION_ALLOW_PLAIN_MASTER_SECRET",
    "OPTION_ALLOW_UNSAFE_RENEGOTIATION",
    "OPTION_ANY_AUTHORITY",
    "OPTION_COOKIE",
    "OPTION_GREASE",
    "OPTION_INSIST_ON_CERTIFICATE",
    "OPTION_NO_AUTO_RETRY",
    "OPTION_NO_MIDDLEBOX_COMPAT",
    "OPTION_NO_STATUS_REQUEST",
    "OPTION_NO_TICKET",
    "OPTION_QUIET_SHUTDOWN",
    "OPTION_REQUEST_SCTS",
    "OPTION_VERIFY_RESUMED",
    "OPTION_WAIT_FOR_VERDICT",
    "OPTION_WHOLE_WRITE",
    "RECEIVED_SHUTDOWN",
    "SENT_SHUTDOWN",
    "UNKNOWN_NAME",
    "Certificate",
    "CertificateError",
    "Config",
    "ConfigError",
    "Connection",
    "DeadlineError",
    "EarlyData",
    "GetError",
    "HandfastError",
    "Replay",
    "Session",
    "SessionStore",
    "Stream",
    "TLSError",
    "TimelineEvent",
    "TransportError",
    "UnexpectedEOFError",
    "Verification",
    "Want",
    "WantAcceptError",
    "WantAsyncError",
    "WantAsyncJobError",
    "WantClientHelloError",
    "WantConnectError",
    "WantError",
    "WantReadError",
    "WantRetryVerifyError",
    "WantWriteError",
    "WantX509LookupError",
    "ZeroReturnError",
    "__version__",
    "accept",
    "connect",
    "verify",
    "wrap_socket",
]

# In tracebacks and pickles everything public is handfast.Name.
for _public in __all__:
    if isinstance(globals()[_public], type):
        globals()[_public].__module__ = __name__
connect.__module__ = verify.__module__ = wrap_socket.__module__ = __name__
