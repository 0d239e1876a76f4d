"""Settings that connections share."""

from __future__ import annotations

import os
from _thread import RLock

from ._callbacks import Hooks, raise_pending
from ._errors import ConfigError, check_status, text
from ._ffi import ffi, lib
from ._server_config import ServerConfig
from ._text import c_password, c_path, c_text, name_list, not_negative, protocol_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Callable, Union

    from ._connection import Connection
    from ._ffi import CData
    from ._session import Session

    Path = Union[str, bytes, os.PathLike[str], os.PathLike[bytes]]

CONFIG_FROZEN = 104
NO_PRIVATE_KEY_IN_INPUT = 123
DER_SEQUENCE = b"\x30"


def milliseconds(seconds: float | None) -> int:
    """A time limit as C takes it: 0 is none, and a limit is at least a millisecond."""
    if seconds is None:
        return 0
    if not 0 < seconds < 1e12:
        raise ValueError("a time limit is a positive number of seconds, or None")
    return max(1, int(seconds * 1000))


class Config(ServerConfig):
    """Settings for any number of connections, with safe defaults: TLS 1.3 and 1.2,
    verification with the host name against the system's roots.

    The first connection freezes it: a setting after that raises :class:`ConfigError`
    with the code ``CONFIG_FROZEN``.  Keep one and use it often: it holds the roots.  A
    refused setting raises :class:`ConfigError`, whose text says what was wrong.

    Threads: make the settings in one thread; afterwards all threads may use it.
    """

    def __init__(
        self,
        *,
        trust_file: Path | None = None,
        trust_dir: Path | None = None,
        trust_data: bytes | None = None,
        crl_file: Path | None = None,
        crl_data: bytes | None = None,
        profile: str | None = None,
        certificate_file: Path | None = None,
        key_file: Path | None = None,
        key_password: str | bytes | None = None,
        versions: str | Iterable[str] | None = None,
        groups: str | Iterable[str] | None = None,
        cipher_suites: str | Iterable[str] | None = None,
        signature_algorithms: str | Iterable[str] | None = None,
        alpn: Iterable[str | bytes] = (),
        certificate_compression: str | Iterable[str] | None = None,
        client_auth: str | None = None,
        record_size_limit: int | None = None,
        record_padding: int | None = None,
        signature_memory: int | None = None,
        handshake_timeout: float | None = None,
        key_log: Path | Callable[[str], object] | None = None,
        memory_limit: int | None = None,
        on_session: Callable[[Connection, Session], object] | None = None,
    ) -> None:
        """Each argument is a short way to call the method of its name; trust_file,
        trust_dir and trust_data stand for add_trust_file, add_trust_dir and
        add_trust_memory, crl_file and crl_data for add_crl_file and add_crl_memory,
        certificate_file and key_file for use_certificate_chain_file and
        use_private_key_file.  Without key_file the key is read from certificate_file, if
        one is there.

        memory_limit is the most bytes that the configuration, its connections and their
        sessions have at any time; what would exceed them fails with NO_MEMORY, and a
        limit that is too small for the configuration itself raises MemoryError."""
        self._lock = RLock()
        self._hooks = Hooks()
        self._hooks.handle = ffi.new_handle(self._hooks)
        self._timeout: float | None = None
        self._frozen = False
        if memory_limit is None:
            made = lib.hf_config_new(ffi.NULL)
        else:
            made = lib.hf_config_new_limited(not_negative(memory_limit, "memory_limit"))
        self._config = ffi.gc(made, lib.hf_config_free)
        if self._config == ffi.NULL:
            raise MemoryError
        if trust_file is not None:
            self.add_trust_file(trust_file)
        if trust_dir is not None:
            self.add_trust_dir(trust_dir)
        if trust_data is not None:
            self.add_trust_memory(trust_data)
        if crl_file is not None:
            self.add_crl_file(crl_file)
        if crl_data is not None:
            self.add_crl_memory(crl_data)
        if profile is not None:
            self.set_profile(profile)
        if certificate_file is not None:
            self.use_certificate_chain_file(certificate_file)
        if key_file is not None:
            self.use_private_key_file(key_file, key_password)
        elif certificate_file is not None:
            self._use_key_beside(certificate_file, key_password)
        if versions is not None:
            self.set_versions(versions)
        if groups is not None:
            self.set_groups(groups)
        if cipher_suites is not None:
            self.set_cipher_suites(cipher_suites)
        if signature_algorithms is not None:
            self.set_signature_algorithms(signature_algorithms)
        self.add_alpn(alpn)
        if certificate_compression is not None:
            self.set_certificate_compression(certificate_compression)
        if client_auth is not None:
            self.set_client_auth(client_auth)
        if record_size_limit is not None:
            self.set_record_size_limit(record_size_limit)
        if record_padding is not None:
            self.set_record_padding(record_padding)
        if signature_memory is not None:
            self.set_signature_memory(signature_memory)
        if handshake_timeout is not None:
            self.set_handshake_timeout(handshake_timeout)
        if key_log is not None:
            self.set_key_log(key_log)
        if on_session is not None:
            self.set_session_callback(on_session)

    def _check(self, status: int) -> None:
        raise_pending()
        if status == -CONFIG_FROZEN:
            check_status(status)
        if status != 1:
            check_status(status, text(lib.hf_config_last_message(self._config)))

    def _freeze(self) -> CData:
        """The handle, for a connection to be made from it; the lock is held."""
        self._frozen = True
        return self._config

    # ---- memory ----

    @property
    def memory_limit(self) -> int | None:
        """The limit that was given, or None."""
        return lib.hf_config_memory_limit(self._config) or None

    @property
    def memory_used(self) -> int:
        """The bytes that are in use at this moment; 0 without a limit, where nothing is
        counted.  The difference before and after shows what a connection costs."""
        return lib.hf_config_memory_used(self._config)

    @property
    def memory_peak(self) -> int:
        """The most bytes that ever were in use; 0 without a limit."""
        return lib.hf_config_memory_peak(self._config)

    # ---- trust ----

    def add_trust_file(self, path: Path) -> None:
        """Trust the certificates of a file: PEM (one or more) or one in DER.

        The first call of an add_trust method replaces the system's roots, later ones add.
        """
        with self._lock:
            self._check(lib.hf_config_add_trust_file(self._config, c_path(path)))

    def add_trust_dir(self, path: Path) -> None:
        """Trust the certificates in the files of a directory."""
        with self._lock:
            self._check(lib.hf_config_add_trust_dir(self._config, c_path(path)))

    def add_trust_memory(self, data: bytes) -> None:
        """Trust the certificates in data, PEM or DER."""
        with self._lock:
            view = ffi.from_buffer("uint8_t[]", data)
            self._check(lib.hf_config_add_trust_memory(self._config, view, len(view)))

    def add_trust_system(self) -> None:
        """Trust the system's roots: SSL_CERT_FILE and SSL_CERT_DIR, else the usual
        places.  Without any add_trust call the first connection does this."""
        with self._lock:
            self._check(lib.hf_config_add_trust_system(self._config))

    @property
    def trust_count(self) -> int:
        """How many roots are loaded."""
        with self._lock:
            return lib.hf_config_trust_count(self._config)

    def add_crl_file(self, path: Path) -> None:
        """Refuse certificates that are on the revocation lists of a file: PEM (one or
        more, of any CAs) or one in DER.

        Later calls add.  A certificate of a CA whose lists are all out of date, or not
        signed by it, is refused too; one of a CA without a list is not, unless
        :meth:`set_crl_rules` says so.  Nothing is fetched.
        """
        with self._lock:
            self._check(lib.hf_config_add_crl_file(self._config, c_path(path)))

    def add_crl_memory(self, data: bytes) -> None:
        """As :meth:`add_crl_file`, from bytes."""
        with self._lock:
            view = ffi.from_buffer("uint8_t[]", data)
            self._check(lib.hf_config_add_crl_memory(self._config, view, len(view)))

    @property
    def crl_count(self) -> int:
        """How many revocation lists were added."""
        with self._lock:
            return lib.hf_config_crl_count(self._config)

    def set_crl_rules(self, *, required: bool = False, whole_chain: bool = False) -> None:
        """Whether a certificate that no revocation list tells about is refused, and
        whether every one below the root is looked up, not the peer's own alone."""
        rules = (lib.HF_CRL_REQUIRED if required else 0) | (
            lib.HF_CRL_WHOLE_CHAIN if whole_chain else 0
        )
        with self._lock:
            self._check(lib.hf_config_set_crl_rules(self._config, rules))

    def set_acceleration(self, enabled: bool) -> None:
        """Whether libraries such as libsodium replace some of nettle's primitives; they
        do by default, where handfast was built with them."""
        with self._lock:
            self._check(lib.hf_config_set_acceleration(self._config, int(enabled)))

    def disable_certificate_verification(self) -> None:
        """Connect to anyone: check no chain, no date and no name."""
        with self._lock:
            self._check(lib.hf_config_disable_certificate_verification(self._config))

    def disable_hostname_check(self) -> None:
        """Check the chain, but not for whom the certificate is."""
        with self._lock:
            self._check(lib.hf_config_disable_hostname_check(self._config))

    def set_profile(self, name: str) -> None:
        """The rules for certificates: ``"default"``, RFC 5280 and the form of
        certificates in good order; ``"web-pki"``, all that CAs of the web promise;
        ``"compatible"``, without the rules of form, for private CAs that cannot be made
        anew (docs/limbo.md)."""
        with self._lock:
            profile = c_text(name, "the profile")
            self._check(lib.hf_config_set_profile(self._config, profile))

    def set_signature_memory(self, entries: int) -> None:
        """How many signatures of certificates are remembered as right, at most 65536; 256
        by default, 0 for none.  Those of a chain seen before are not verified again; all
        else is, each time."""
        with self._lock:
            entries = not_negative(entries, "entries")
            self._check(lib.hf_config_set_signature_memory(self._config, entries))

    # ---- our own certificate ----

    def use_certificate_chain_file(self, path: Path) -> None:
        """Add a certificate chain to show to servers that ask for one: PEM, the
        certificate itself first, or one certificate in DER.

        Of several chains the first one that the server accepts is taken; if it accepts
        none, none is shown.
        """
        with self._lock:
            function = lib.hf_config_use_certificate_chain_file
            self._check(function(self._config, c_path(path)))

    def use_certificate_chain_memory(self, data: bytes) -> None:
        """As :meth:`use_certificate_chain_file`, from bytes."""
        with self._lock:
            function = lib.hf_config_use_certificate_chain_memory
            self._check(function(self._config, bytes(data), len(data)))

    def use_private_key_file(
        self, path: Path, password: str | bytes | None = None
    ) -> None:
        """The private key of the chain that was added last: PKCS#8, also encrypted,
        PKCS#1 or SEC 1, in PEM or DER.

        A chain without a key is signed for by the function of :meth:`set_sign_function`
        or by :meth:`Connection.provide_signature`.
        """
        with self._lock:
            function = lib.hf_config_use_private_key_file
            secret = c_password(password)
            self._check(function(self._config, c_path(path), secret))

    def _use_key_beside(self, path: Path, password: str | bytes | None) -> None:
        """The key in the chain's own file; none is there if others sign for it."""
        try:
            self.use_private_key_file(path, password)
        except ConfigError as error:
            if error.code == NO_PRIVATE_KEY_IN_INPUT:
                return
            with open(path, "rb") as file:
                if file.read(1) != DER_SEQUENCE:  # DER is one certificate and no more
                    raise

    def use_private_key_memory(
        self, data: bytes, password: str | bytes | None = None
    ) -> None:
        """As :meth:`use_private_key_file`, from bytes."""
        with self._lock:
            function = lib.hf_config_use_private_key_memory
            secret = c_password(password)
            octets = bytes(data)
            self._check(
                function(
                    self._config,
                    octets,
                    len(octets),
                    secret,
                )
            )

    def set_signing_algorithms(self, names: str | Iterable[str]) -> None:
        """With what the key of the chain added last signs, the preferred first; the
        names are those of :meth:`set_signature_algorithms`."""
        with self._lock:
            value = name_list(names, "the list of signature algorithms")
            self._check(lib.hf_config_set_signing_algorithms(self._config, value))

    def require_listed_authority(self) -> None:
        """Show the chain added last only to peers that list an authority of it."""
        with self._lock:
            self._check(lib.hf_config_require_listed_authority(self._config))

    def set_certificate_callback(
        self, function: Callable[[Connection], object] | None
    ) -> None:
        """Call function(connection) when a server asks for a certificate, before one is
        chosen: it may give this connection one with
        :meth:`Connection.use_certificate_chain_memory`.

        If it returns False, it has not decided yet: the call ends with
        GetError.WANT_X509_LOOKUP, and a repetition calls it again.  What it raises, the
        call raises, and the handshake has failed.
        """
        with self._lock:
            target = lib.hfpy_certificate if function is not None else ffi.NULL
            handle = self._hooks.handle
            setter = lib.hf_config_set_certificate_callback
            self._check(setter(self._config, target, handle))
            self._hooks.choose = function

    def set_sign_function(
        self, function: Callable[[Connection, int, bytes], bytes | None] | None
    ) -> None:
        """Sign with function(connection, scheme, content) for chains without a private
        key: it returns the signature of content by this SignatureScheme (RFC 8446
        4.2.3), such as 0x0403 for ecdsa_secp256r1_sha256.

        If it returns None, the signature comes later: the call ends with
        GetError.WANT_ASYNC until :meth:`Connection.provide_signature` was called.  What
        it raises, the call raises, and the handshake has failed.
        """
        with self._lock:
            target = lib.hfpy_sign if function is not None else ffi.NULL
            handle = self._hooks.handle
            self._check(lib.hf_config_set_sign_function(self._config, target, handle))
            self._hooks.sign = function

    # ---- negotiation ----

    def set_versions(self, names: str | Iterable[str]) -> None:
        """The versions that may be spoken: ``["TLSv1.2", "TLSv1.3"]``, the default, or
        one of them."""
        with self._lock:
            value = name_list(names, "the list of versions")
            self._check(lib.hf_config_set_versions(self._config, value))

    def set_groups(self, names: str | Iterable[str]) -> None:
        """The groups to offer, the preferred first: ``["x25519", "secp256r1"]`` or
        ``"x25519:secp256r1"``.  An unknown name is refused, and the error lists the
        known ones."""
        with self._lock:
            value = name_list(names, "the list of groups")
            self._check(lib.hf_config_set_groups(self._config, value))

    def set_cipher_suites(self, names: str | Iterable[str]) -> None:
        """The cipher suites to offer, the preferred first."""
        with self._lock:
            value = name_list(names, "the list of cipher suites")
            self._check(lib.hf_config_set_cipher_suites(self._config, value))

    def set_signature_algorithms(self, names: str | Iterable[str]) -> None:
        """The signature algorithms to offer, the preferred first."""
        with self._lock:
            value = name_list(names, "the list of signature algorithms")
            self._check(lib.hf_config_set_signature_algorithms(self._config, value))

    def set_certificate_compression(self, names: str | Iterable[str]) -> None:
        """How certificates may be compressed, RFC 8879: ``["brotli", "zstd", "zlib"]``
        as far as the build has them, which is the default, or ``"none"``."""
        with self._lock:
            value = name_list(names, "the list of compression methods")
            self._check(lib.hf_config_set_certificate_compression(self._config, value))

    def add_alpn(self, protocols: Iterable[str | bytes]) -> None:
        """Offer application protocols behind those added before, RFC 7301; each has 1 to
        255 bytes, and a str must be ASCII."""
        with self._lock:
            for name in protocol_names(protocols):
                self._check(lib.hf_config_add_alpn(self._config, name, len(name)))

    def clear_alpn(self) -> None:
        """Offer no application protocol."""
        with self._lock:
            self._check(lib.hf_config_clear_alpn(self._config))

    # ---- behaviour ----

    def set_options(self, options: int) -> int:
        """Add options (``handfast.OPTION_*``); return those that are now set."""
        return self._change_options(lib.hf_config_set_options, options)

    def clear_options(self, options: int) -> int:
        """Take options away; return those that are left."""
        return self._change_options(lib.hf_config_clear_options, options)

    def _change_options(self, function: Callable[[CData, int], int], options: int) -> int:
        with self._lock:
            if self._frozen:
                check_status(-CONFIG_FROZEN)
            return function(self._config, options)

    @property
    def options(self) -> int:
        """The options that new connections inherit."""
        with self._lock:
            return lib.hf_config_get_options(self._config)

    def set_record_size_limit(self, size: int) -> None:
        """The most bytes that a server may put into a protected record, RFC 8449: 64 to
        16384, the default.  0 tells no limit, and hears none of the server's.  Servers
        that do not know of it take no notice."""
        with self._lock:
            size = not_negative(size, "size")
            self._check(lib.hf_config_set_record_size_limit(self._config, size))

    def set_record_size(self, size: int) -> None:
        """The most content that we put into a record, 64 to 16384, the default: a reader
        with a slow line sees small records sooner."""
        with self._lock:
            size = not_negative(size, "size")
            self._check(lib.hf_config_set_record_size(self._config, size))

    def set_record_padding(self, multiple: int) -> None:
        """Pad what is sent to multiples of so many bytes, at most 16384, so that an
        onlooker learns less of its length, RFC 8446 5.4.  0, the default, pads nothing;
        TLS 1.2 has no padding."""
        with self._lock:
            multiple = not_negative(multiple, "multiple")
            self._check(lib.hf_config_set_record_padding(self._config, multiple))

    def set_handshake_timeout(self, seconds: float | None) -> None:
        """The longest that a handshake may take, from its first call; None: no limit."""
        with self._lock:
            limit = milliseconds(seconds)
            self._check(lib.hf_config_set_handshake_timeout(self._config, limit))
            self._timeout = seconds

    def set_key_log(self, target: Path | Callable[[str], object] | None) -> None:
        """Write the NSS key log: append it to a file, created for its owner alone, or
        call target with each line (without newline).  None ends it.

        Whoever has these lines can decrypt the connections.
        """
        with self._lock:
            if target is not None and not callable(target):
                self._check(lib.hf_config_set_key_log_file(self._config, c_path(target)))
                return
            function = lib.hfpy_key_log if target is not None else ffi.NULL
            handle = self._hooks.handle
            self._check(lib.hf_config_set_key_log(self._config, function, handle))
            self._hooks.key_log = target

    def set_session_callback(
        self, function: Callable[[Connection, Session], object] | None
    ) -> None:
        """Call function(connection, session) for each session that a server's ticket
        makes.  It runs in the thread that reads; what it raises, the read raises.  The
        newest session stands in ``connection.session`` all the same."""
        with self._lock:
            target = lib.hfpy_session if function is not None else ffi.NULL
            handle = self._hooks.handle
            self._check(lib.hf_config_set_session_callback(self._config, target, handle))
            self._hooks.on_session = function

    def set_clock(
        self, unix_seconds: Callable[[], float], monotonic: Callable[[], float]
    ) -> None:
        """Take the time from functions, such as ``time.time`` and ``time.monotonic``:
        the first dates certificates and tickets, the second times the handshake; both
        tell seconds.  For tests."""
        with self._lock:
            table = ffi.new("hf_clock *")
            table.size = ffi.sizeof("hf_clock")
            table.unix_seconds = lib.hfpy_unix_seconds
            table.monotonic_microseconds = lib.hfpy_monotonic_microseconds
            table.context = self._hooks.handle
            before = self._hooks.unix_seconds, self._hooks.monotonic
            self._hooks.unix_seconds, self._hooks.monotonic = unix_seconds, monotonic
            try:
                self._check(lib.hf_config_set_clock(self._config, table))
            except BaseException:
                self._hooks.unix_seconds, self._hooks.monotonic = before
                raise

    def set_random(self, function: Callable[[int], bytes]) -> None:
        """Take randomness from a function such as ``os.urandom``: called with a number,
        it returns that many bytes.  For tests: the connections are as secret as it is."""
        with self._lock:
            table = ffi.new("hf_random *")
            table.size = ffi.sizeof("hf_random")
            table.fill = lib.hfpy_random
            table.context = self._hooks.handle
            before, self._hooks.random = self._hooks.random, function
            try:
                self._check(lib.hf_config_set_random(self._config, table))
            except BaseException:
                self._hooks.random = before
                raise


_default: tuple[tuple[str | None, str | None], Config] | None = None


def default_config() -> Config:
    """The configuration of connections that were given none: one for all, so that the
    system's roots are loaded once.  Another SSL_CERT_FILE or SSL_CERT_DIR makes a new
    one."""
    global _default
    where = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    current = _default
    if current is None or current[0] != where:
        current = _default = (where, Config())
    return current[1]
