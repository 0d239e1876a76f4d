"""What only servers set: the part of :class:`handfast.Config` that is theirs."""

from __future__ import annotations

from ._errors import check_status
from ._ffi import ffi, lib
from ._server_callbacks import SessionStore, store_table
from ._text import c_path, not_negative

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from _thread import RLock
    from typing import Callable, Union

    from ._callbacks import Hooks
    from ._connection import Connection
    from ._ffi import CData

    Path = Union[str, bytes, os.PathLike[str], os.PathLike[bytes]]
    PskAnswer = Union[bytes, tuple[bytes, str], None, bool]

CLIENT_AUTH = {
    "none": lib.HF_CLIENT_AUTH_NONE,
    "optional": lib.HF_CLIENT_AUTH_OPTIONAL,
    "required": lib.HF_CLIENT_AUTH_REQUIRED,
}


class ServerConfig:
    """The methods by which a configuration serves.  Chains and keys, versions, suites,
    groups and protocols are set as for a client."""

    _config: CData
    _hooks: Hooks
    _lock: RLock

    def _check(self, status: int) -> None:
        raise NotImplementedError

    # ---- clients' certificates ----

    def set_client_auth(self, mode: str) -> None:
        """Ask clients for a certificate: ``"none"``, the default, ``"optional"`` or
        ``"required"``.  It must lead to a root of add_trust_file and its kin: the
        system's roots vouch for servers, and are not taken for clients."""
        if mode not in CLIENT_AUTH:
            raise ValueError(f"client_auth is one of {', '.join(CLIENT_AUTH)}")
        with self._lock:
            self._check(lib.hf_config_set_client_auth(self._config, CLIENT_AUTH[mode]))

    def add_client_ca_file(self, path: Path) -> None:
        """Add the names of the authorities in a file, PEM or DER, to the list by which
        clients choose their certificate; they are hints, and trusted by nobody."""
        with self._lock:
            value = c_path(path)
            self._check(lib.hf_config_add_client_ca_file(self._config, value))

    def add_client_ca_memory(self, data: bytes) -> None:
        """The same with bytes in place of a file."""
        with self._lock:
            octets = bytes(data)
            size = len(octets)
            self._check(lib.hf_config_add_client_ca_memory(self._config, octets, size))

    def set_verify_callback(
        self, function: Callable[[Connection, int], bool | int | None] | None
    ) -> None:
        """Call function(connection, result) when the peer's chain has been checked, in
        either role; result is 0, or the code of what is wrong with it.

        True: go on, whatever the result.  False: refuse, with the result or
        CERT_REFUSED.  A code, ``codes.CERT_REVOKED``: refuse with that.  None: not
        decided yet; the call ends with GetError.WANT_RETRY_VERIFY, and a repetition
        calls it again.  What it raises, the call raises, and the handshake has failed.
        """
        with self._lock:
            target = lib.hfpy_verify if function is not None else ffi.NULL
            handle = self._hooks.handle
            self._check(lib.hf_config_set_verify_callback(self._config, target, handle))
            self._hooks.verify = function

    # ---- the ClientHello ----

    def set_client_hello_callback(
        self, function: Callable[[Connection], object] | None
    ) -> None:
        """Call function(connection) when a ClientHello was read, before anything is
        chosen by it; ``connection.requested_name`` and
        ``connection.client_hello_extension`` show it, and ``connection.set_config`` goes
        on with another configuration.

        If it returns False, it has not decided yet: the call ends with
        GetError.WANT_CLIENT_HELLO_CB, and a repetition calls it again.
        ``handfast.UNKNOWN_NAME`` refuses the name that was asked for.  What it raises,
        the call raises, and the handshake has failed.
        """
        with self._lock:
            target = lib.hfpy_client_hello if function is not None else ffi.NULL
            handle = self._hooks.handle
            setter = lib.hf_config_set_client_hello_callback
            self._check(setter(self._config, target, handle))
            self._hooks.client_hello = function

    def set_alpn_callback(
        self, function: Callable[[Connection, list[bytes]], bytes | bool | None] | None
    ) -> None:
        """Choose the application protocol with function(connection, offered): one of the
        names offered; None for none, with which the handshake goes on; False to refuse
        the client.  Without it the first protocol of ours that is offered is taken, and
        clients that offer others alone are refused.  What it raises, the call raises,
        and the handshake has failed."""
        with self._lock:
            target = lib.hfpy_alpn if function is not None else ffi.NULL
            handle = self._hooks.handle
            self._check(lib.hf_config_set_alpn_callback(self._config, target, handle))
            self._hooks.alpn = function

    # ---- beside the certificate ----

    def set_ocsp_response(self, der: bytes | None) -> None:
        """The OCSP response (RFC 6960) to staple to the chain added last; None: none."""
        with self._lock:
            octets = bytes(der or b"")
            size = len(octets)
            self._check(lib.hf_config_set_ocsp_response(self._config, octets, size))

    def set_sct_list(self, data: bytes | None) -> None:
        """The SignedCertificateTimestampList (RFC 6962 3.3), with its length, to send
        beside it; None: none."""
        with self._lock:
            octets = bytes(data or b"")
            self._check(lib.hf_config_set_sct_list(self._config, octets, len(octets)))

    # ---- sessions and keys ----

    def set_ticket_count(self, count: int) -> None:
        """How many tickets a client of TLS 1.3 gets with a full handshake, 0 to 16; 2 by
        default."""
        with self._lock:
            count = not_negative(count, "count")
            self._check(lib.hf_config_set_ticket_count(self._config, count))

    def set_ticket_keys(self, keys: bytes) -> None:
        """The keys that sessions are sealed with: 48 bytes each, a name of 16 and a
        secret of 32, at most 8.  The first seals, all of them open.  Processes that
        share them resume each other's sessions.  At any time, from any thread."""
        octets = bytes(keys)
        check_status(lib.hf_config_set_ticket_keys(self._config, octets, len(octets)))

    def set_ticket_lifetime(self, seconds: int) -> None:
        """How long a session may be resumed, 0 to 604800; 7200 by default.  0: not at
        all."""
        with self._lock:
            self._check(lib.hf_config_set_ticket_lifetime(self._config, seconds))

    def set_session_context(self, context: bytes) -> None:
        """Bind sessions to these bytes, at most 255: under another context they are not
        resumed, even with the same keys."""
        with self._lock:
            octets = bytes(context)
            size = len(octets)
            self._check(lib.hf_config_set_session_context(self._config, octets, size))

    def set_session_store(self, store: SessionStore | None) -> None:
        """Keep sessions in an object with the methods of :class:`handfast.SessionStore`
        instead of sending them away in tickets: for all clients with OPTION_NO_TICKET,
        otherwise for clients of TLS 1.2 that know no tickets."""
        with self._lock:
            table = store_table(self._hooks.handle) if store is not None else ffi.NULL
            self._check(lib.hf_config_set_session_store(self._config, table))
            self._hooks.store = store

    def set_psk_callback(
        self, function: Callable[[Connection, bytes], PskAnswer] | None
    ) -> None:
        """Look for an external pre-shared key (TLS 1.3) with function(connection,
        identity): the key, 16 to 255 bytes, or ``(key, "SHA384")``; None if the identity
        is unknown; False if that is not known yet: the call ends with
        GetError.WANT_CLIENT_HELLO_CB, and a repetition asks again.  What it raises, the
        call raises, and the handshake has failed.  A server with such keys may do
        without certificates."""
        with self._lock:
            target = lib.hfpy_psk if function is not None else ffi.NULL
            handle = self._hooks.handle
            self._check(lib.hf_config_set_psk_callback(self._config, target, handle))
            self._hooks.psk = function

    def set_early_data(self, size: int) -> None:
        """How many bytes of early data the tickets allow; 0, the default: none.  Whoever
        records them can send them again: see :meth:`Connection.read_early_data`."""
        with self._lock:
            size = not_negative(size, "size")
            self._check(lib.hf_config_set_early_data(self._config, size))

    def set_early_data_register(
        self, function: Callable[[bytes, int], bool | None] | None
    ) -> None:
        """Ask function(hello, seconds) whether a ClientHello with early data is the first
        of its kind, where several processes share the ticket keys: True if these 32 bytes
        were not in the register they share and are now, for so many seconds at least;
        False if they were; None if that is not known.  Asking and entering must be one
        step, such as SET NX EX of Redis.  Early data is taken for True alone.  Without a
        function it is the memory of this process that says so."""
        with self._lock:
            target = lib.hfpy_early_data if function is not None else ffi.NULL
            handle = self._hooks.handle
            self._check(
                lib.hf_config_set_early_data_register(self._config, target, handle)
            )
            self._hooks.early_data = function
