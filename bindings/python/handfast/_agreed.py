"""What a connection agreed on with its peer, and what became of it: questions alone."""

from __future__ import annotations

from enum import IntEnum

from ._errors import json_value
from ._ffi import ffi, lib
from ._handle import Handle
from ._session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._certificate import Certificate
    from ._timeline import TimelineEvent


class EarlyData(IntEnum):
    """What became of early data; see :meth:`Connection.write_early_data`."""

    NOT_SENT = 0
    ACCEPTED = 1
    REJECTED = 2
    """The server has dropped it: write it again."""
    PENDING = 3
    """The server has not answered yet."""


class Agreed(Handle):
    """The part of :class:`handfast.Connection` that changes nothing.

    Values stay after a failure, as far as the handshake came.
    """

    _newest_session: Session | None = None

    @property
    def version(self) -> str | None:
        """The protocol's version, such as ``"TLSv1.3"``; None before it is agreed."""
        return self._name(lib.hf_conn_version_name) if self.version_number else None

    @property
    def version_number(self) -> int:
        """0x0304 for TLS 1.3, 0x0303 for TLS 1.2; 0 before it is agreed."""
        return self._number(lib.hf_conn_version)

    @property
    def cipher_suite(self) -> str | None:
        """Such as ``"TLS_AES_128_GCM_SHA256"``; None before it is agreed."""
        if not self._number(lib.hf_conn_cipher_suite):
            return None
        return self._name(lib.hf_conn_cipher_suite_name)

    @property
    def group(self) -> str | None:
        """The group of the key exchange, such as ``"x25519"``; None before it is
        agreed."""
        if not self._number(lib.hf_conn_group):
            return None
        return self._name(lib.hf_conn_group_name)

    @property
    def signature_algorithm(self) -> str | None:
        """How the peer proved its key; None if the session was resumed."""
        if not self._number(lib.hf_conn_signature_algorithm):
            return None
        return self._name(lib.hf_conn_signature_algorithm_name)

    @property
    def alpn(self) -> str | None:
        """The application protocol that the server chose; None if there is none.  Bytes
        that are not ASCII appear as latin-1."""
        found = self._bytes(lib.hf_conn_get0_alpn)
        return found.decode("latin-1") if found is not None else None

    @property
    def early_data(self) -> EarlyData:
        """What became of early data; final once the handshake is over."""
        return EarlyData(self._number(lib.hf_conn_early_data_status))

    @property
    def psk_used(self) -> bool:
        """Whether the server took the key of ``set_psk``."""
        return self._number(lib.hf_conn_psk_used) == 1

    @property
    def session_reused(self) -> bool:
        """Whether the server resumed the session that was offered."""
        return self._number(lib.hf_conn_session_reused) == 1

    @property
    def hello_retried(self) -> bool:
        """Whether the server asked for a second ClientHello."""
        return self._number(lib.hf_conn_hello_retried) == 1

    @property
    def requested_name(self) -> str:
        """Of a server: the name that the client asked for, RFC 6066 3; "" if none."""
        return self._name(lib.hf_conn_requested_name) or ""

    @property
    def client_hello(self) -> bytes | None:
        """The body of the ClientHello, in the ClientHello callback and while it is waited
        for; None otherwise."""
        return self._bytes(lib.hf_conn_get0_client_hello)

    def client_hello_extension(self, number: int) -> bytes | None:
        """The body of one of its extensions; None where it has none, or at other
        times."""
        with self._lock:
            function, size = lib.hf_conn_get0_client_hello_extension, self._moved
            found = function(self._open(), number, size)
            return None if found == ffi.NULL else bytes(ffi.buffer(found, size[0]))

    @property
    def certificate_request(self) -> bytes | None:
        """The body of the server's CertificateRequest (RFC 8446 4.3.2), in the
        certificate callback and while it is waited for; None otherwise."""
        return self._bytes(lib.hf_conn_get0_certificate_request)

    @property
    def certificate_requested(self) -> bool:
        """Whether the server asked for a certificate of the client."""
        return self._number(lib.hf_conn_certificate_requested) == 1

    @property
    def certificate_demand(self) -> dict[str, Any] | None:
        """What the server demands of our certificate and what was answered, as
        :attr:`HandfastError.certificate_request` has it, of a handshake that succeeded,
        too; None if it did not ask."""
        with self._lock:
            record = json_value(lib.hf_conn_json, self._open())
        demand: dict[str, Any] | None = record["certificate_request"]
        return demand

    @property
    def certificate_sent(self) -> bool:
        """Whether a certificate of ours was shown."""
        return self._number(lib.hf_conn_certificate_sent) == 1

    @property
    def certificate_index(self) -> int | None:
        """Which of ours was shown, in the order in which they were added; None if none
        was."""
        index = self._number(lib.hf_conn_certificate_index)
        return index if index >= 0 else None

    @property
    def verify_result(self) -> int:
        """0 if the peer is verified, else the code that says why not; told with
        verification off, too."""
        return self._number(lib.hf_conn_verify_result)

    def _peer_der(self) -> tuple[bytes, ...]:
        with self._lock:
            conn, size = self._open(), self._moved
            found = []
            for index in range(lib.hf_conn_peer_certificate_count(conn)):
                der = lib.hf_conn_get0_peer_der(conn, index, size)
                found.append(bytes(ffi.buffer(der, size[0])))
            return tuple(found)

    @property
    def ocsp_response(self) -> bytes | None:
        """The OCSP response that was stapled to the peer's certificate, in DER, RFC 6960;
        it is checked with the chain.  None if none came, and after a resumption."""
        return self._bytes(lib.hf_conn_get0_ocsp_response)

    @property
    def sct_list(self) -> bytes | None:
        """The SignedCertificateTimestampList that came beside the peer's certificate, RFC
        6962 3.3, with its length; only its form is checked.  It is asked for with
        OPTION_REQUEST_SCTS.  None if none came, and after a resumption."""
        return self._bytes(lib.hf_conn_get0_sct_list)

    @property
    def peer_chain(self) -> list[Certificate]:
        """The peer's certificates as sent, its own first; kept also when they were not
        accepted.  ValueError if one is malformed."""
        from ._certificate import Certificate

        return [Certificate(der) for der in self._peer_der()]

    @property
    def session(self) -> Session | None:
        """The newest session that the server's tickets made; None if there is none yet.
        Tickets come after the handshake, with the first reads."""
        with self._lock:
            found = ffi.gc(lib.hf_conn_get1_session(self._open()), lib.hf_session_free)
            return self._newest_session if found == ffi.NULL else Session(found)

    @property
    def bytes_in(self) -> int:
        """Ciphertext bytes received."""
        return self._number(lib.hf_conn_bytes_in)

    @property
    def bytes_out(self) -> int:
        """Ciphertext bytes sent."""
        return self._number(lib.hf_conn_bytes_out)

    @property
    def timeline(self) -> list[TimelineEvent]:
        """The first events of the connection: messages, alerts, keys, with their time and
        size.  They hold no secret."""
        from ._timeline import TimelineEvent

        return [TimelineEvent(event) for event in self._events()]

    def _events(self) -> list[dict[str, Any]]:
        with self._lock:
            found: list[dict[str, Any]] = json_value(lib.hf_trace_json, self._open())
            return found

    @property
    def info(self) -> dict[str, Any]:
        """What was agreed, with the peer's chain for people, as a dict for JSON."""
        with self._lock:
            found: dict[str, Any] = json_value(lib.hf_conn_json, self._open())
            return found
