/* handfast/config.h: settings that connections share. */
#ifndef HANDFAST_CONFIG_H
#define HANDFAST_CONFIG_H

#include <handfast/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A new configuration with safe defaults: TLS 1.3 and 1.2, verification with the host
 * name against the system's roots, and the algorithms below.
 * @param allocator  copied; NULL means malloc and free; all fields but context are needed
 * @return owned by the caller, released with hf_config_free; NULL if memory is exhausted
 * @threads settings by one thread; once frozen, any number of threads may share it
 */
HF_API hf_config *hf_config_new(const hf_allocator *allocator);
/**
 * The same with malloc and free, of which the configuration, its connections and their
 * sessions have at most so many bytes at any time.  What exceeds them fails as if memory
 * were exhausted: NO_MEMORY.  A connection that fails gives its memory back, and the
 * others go on.  Counted is what an allocator would be asked for, and a small head for
 * each block; transports, parsed certificates in the application's hands, and what the
 * libraries beneath take for a moment are not.
 * @return NULL if memory is exhausted, or the limit too small for the configuration
 */
HF_API hf_config *hf_config_new_limited(size_t bytes);
/** The limit, the bytes in use at this moment, and the most that ever were; 0 for a
 * configuration without limit, which is not counted.  @threads any */
HF_API size_t hf_config_memory_limit(const hf_config *config);
HF_API size_t hf_config_memory_used(const hf_config *config);
HF_API size_t hf_config_memory_peak(const hf_config *config);
/** Takes one more reference and returns config.  @threads any */
HF_API hf_config *hf_config_up_ref(hf_config *config);
/** Gives one reference up; connections hold their own.  NULL is allowed.  @threads any */
HF_API void hf_config_free(hf_config *config);

/* All settings below return 1, or a negated code: CONFIG_FROZEN once a connection has
 * been made, INVALID_ARGUMENT for NULL or a value out of range, and what each one names.
 * A setting that fails changes nothing. */

/** More on the last setting that failed ("line 3 of ca.pem ..."); empty if none did.
 * Borrowed; valid until the next setting. */
HF_API const char *hf_config_last_message(const hf_config *config);

/* ---- trust ---- */

/** Trusted roots; the first call replaces the system's roots, later ones add.  A call
 * that fails replaces them, too: a misspelt path never widens the trust that was asked
 * for. Files and memory hold PEM (one or more certificates) or one DER certificate.
 * Errors: FILE_UNREADABLE, NO_CERTIFICATE_IN_INPUT, PEM_MALFORMED, CERT_MALFORMED,
 * INPUT_TOO_LARGE, NO_MEMORY, CONFIG_FROZEN. */
HF_API hf_status hf_config_add_trust_file(hf_config *config, const char *path);
HF_API hf_status hf_config_add_trust_dir(hf_config *config, const char *path);
HF_API hf_status hf_config_add_trust_memory(hf_config *config, const uint8_t *bytes,
                                            size_t len);
/** The system's roots (SSL_CERT_FILE and SSL_CERT_DIR, else the usual places).  Without
 * any of these calls they are loaded by the first connection that needs them. */
HF_API hf_status hf_config_add_trust_system(hf_config *config);
/** How many roots are loaded; the system's count once a client has begun. */
HF_API size_t hf_config_trust_count(const hf_config *config);

/** Connects to anyone: no chain, date or name is checked.  The result that verification
 * would have had stands in hf_conn_verify_result(). */
HF_API hf_status hf_config_disable_certificate_verification(hf_config *config);
/** Checks the chain but not the host name. */
HF_API hf_status hf_config_disable_hostname_check(hf_config *config);

/** The rules that count for the peer's certificates: "default", RFC 5280 and the form
 * that certificates in good order have; "web-pki", all that CAs of the web promise beyond
 * that; "compatible", without the rules of form, for private CAs that cannot be made anew
 * (docs/limbo.md has every rule).  What keeps an attacker out is the same in all of them.
 * hf_verify_new() takes it over.  UNKNOWN_NAME, INVALID_ARGUMENT. */
HF_API hf_status hf_config_set_profile(hf_config *config, const char *name);

/** Revocation lists (CRLs, RFC 5280 5) that the peer's certificate is held against, in
 * connections of either role and by hf_verify_new(); nothing is fetched.  Files (regular
 * ones) and memory hold PEM, one or more X509 CRL blocks of any issuers, others passed
 * over, or one list in DER; later calls add.  A list counts for certificates of the CA
 * that signed it: who is on it fails with CERT_REVOKED.  If all lists of that CA are
 * unfit, the chain fails with what is wrong (CRL_EXPIRED, CRL_BAD_SIGNATURE, ...), and a
 * CA without a list is not asked unless HF_CRL_REQUIRED says so.  A resumed session is
 * not looked up again.  At most 1024 lists, 16 MiB each, 64 MiB together.
 * FILE_UNREADABLE, NO_CRL_IN_INPUT, PEM_MALFORMED, CRL_MALFORMED, INPUT_TOO_LARGE,
 * NO_MEMORY. */
HF_API hf_status hf_config_add_crl_file(hf_config *config, const char *path);
HF_API hf_status hf_config_add_crl_memory(hf_config *config, const uint8_t *bytes,
                                          size_t len);
/** How many lists were added. */
HF_API size_t hf_config_crl_count(const hf_config *config);

#define HF_CRL_REQUIRED 1 /**< without a list of its CA: CRL_MISSING */
/** Not the leaf alone but every certificate below the root is looked up. */
#define HF_CRL_WHOLE_CHAIN 2

/** The sum of HF_CRL_...; 0 by default.  INVALID_ARGUMENT for other bits. */
HF_API hf_status hf_config_set_crl_rules(hf_config *config, int rules);

/** How many signatures of certificates are remembered as right, 0 to 65536, rounded up to
 * a multiple of 8; 256 by default, and 0 remembers none.  Of a chain that its connections
 * have seen before, no signature is then verified again; dates, names, constraints,
 * usages and the server's proof that it has the key are checked each time.  An entry is a
 * SHA-256 digest of 32 bytes; memory is taken with the first one and does not grow.  How
 * long a verification takes tells the server whether the chain was seen before.
 * INVALID_ARGUMENT. */
HF_API hf_status hf_config_set_signature_memory(hf_config *config, size_t entries);

/** Whether other libraries that handfast was built with replace some of nettle's
 * primitives, where they work on this processor (hf_version_features tells which: with
 * libsodium they are X25519, Ed25519 and ChaCha20-Poly1305).  1 by default; 0 takes
 * nettle alone, which has everything.  The bytes that connections exchange are of the
 * same kind. */
HF_API hf_status hf_config_set_acceleration(hf_config *config, int enabled);

/* ---- negotiation ---- */

/** The versions that may be spoken, by name: TLSv1.2 (1.2), TLSv1.3 (1.3).  Both are by
 * default, and a version is offered only while one of its cipher suites is. */
HF_API hf_status hf_config_set_versions(hf_config *config, const char *names);

/** Names in order of preference, separated by ':' or ',' or spaces, without regard to
 * case.  An unknown name is refused (UNKNOWN_NAME) and hf_config_last_message() lists
 * the known ones.  Groups: X25519MLKEM768, x25519, secp256r1 (P-256),
 * SecP256r1MLKEM768, secp384r1 (P-384), secp521r1 (P-521), which is the default order,
 * and x448.  The first one's share is sent at once, and with a hybrid's share that of its
 * curve, if that is in the list, too.  Hybrids are for TLS 1.3 alone. */
HF_API hf_status hf_config_set_groups(hf_config *config, const char *names);
/** For TLS 1.3: TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384,
 * TLS_CHACHA20_POLY1305_SHA256.  For TLS 1.2: TLS_ECDHE_ECDSA_WITH_ and
 * TLS_ECDHE_RSA_WITH_ before AES_128_GCM_SHA256, AES_256_GCM_SHA384 and
 * CHACHA20_POLY1305_SHA256, and TLS_ECDHE_ECDSA_WITH_AES_128_CCM and _256_CCM.  One list
 * for both: name those of each version that shall be spoken.  These, in this order, are
 * the default.
 * For old peers, off unless named here: TLS_ECDHE_ECDSA_WITH_ and TLS_ECDHE_RSA_WITH_
 * before AES_128_CBC_SHA256, AES_256_CBC_SHA384, AES_128_CBC_SHA and AES_256_CBC_SHA.
 * encrypt_then_mac (RFC 7366) is offered with them. */
HF_API hf_status hf_config_set_cipher_suites(hf_config *config, const char *names);
/** ecdsa_secp256r1_sha256, ecdsa_secp384r1_sha384, ecdsa_secp521r1_sha512, ed25519,
 * ed448, rsa_pss_rsae_sha256, ..._sha384, ..._sha512, rsa_pss_pss_sha256, ..., and, for
 * certificates and TLS 1.2 only, rsa_pkcs1_sha256, ..._sha384, ..._sha512. */
HF_API hf_status hf_config_set_signature_algorithms(hf_config *config, const char *names);
/** How certificates may be compressed (RFC 8879), in order of preference, ours as well as
 * the peer's: brotli, zstd, zlib, each if this build has its library.  All that it has
 * are offered by default, in that order; "none" switches it off.  TLS 1.3 alone. */
HF_API hf_status hf_config_set_certificate_compression(hf_config *config,
                                                       const char *names);
/** Adds one protocol (1 to 255 bytes) behind those added before, RFC 7301; 512 bytes in
 * all, a byte for each one's length included: INPUT_TOO_LARGE. */
HF_API hf_status hf_config_add_alpn(hf_config *config, const uint8_t *name, size_t len);
HF_API hf_status hf_config_clear_alpn(hf_config *config);

/* ---- our own certificate ---- */

/** Adds a certificate chain to show to servers that ask: PEM, the certificate itself
 * first, or one certificate in DER; copied.  Of several the first one that the server
 * accepts is taken (by its signature algorithms and authorities), and if there is none,
 * none is shown.  At most 8 chains of 16 certificates: INPUT_TOO_LARGE,
 * TOO_MANY_CERTIFICATES.  FILE_UNREADABLE, NO_CERTIFICATE_IN_INPUT, PEM_MALFORMED,
 * CERT_..., NO_MEMORY. */
HF_API hf_status hf_config_use_certificate_chain_file(hf_config *config,
                                                      const char *path);
HF_API hf_status hf_config_use_certificate_chain_memory(hf_config *config,
                                                        const uint8_t *bytes, size_t len);
/** The private key of the chain added last: PKCS#8, encrypted or not, PKCS#1 or SEC 1, in
 * PEM or DER.  password is NULL if there is none.  A chain without a key is signed for by
 * the function below or by hf_conn_provide_signature().  CERTIFICATE_NOT_SET,
 * PRIVATE_KEY_MISMATCH, NO_PRIVATE_KEY_IN_INPUT, PRIVATE_KEY_MALFORMED and its kin,
 * FILE_UNREADABLE, INPUT_TOO_LARGE, NO_MEMORY. */
HF_API hf_status hf_config_use_private_key_file(hf_config *config, const char *path,
                                                const char *password);
HF_API hf_status hf_config_use_private_key_memory(hf_config *config, const uint8_t *bytes,
                                                  size_t len, const char *password);
/** With what the key of the chain added last signs, the preferred first, by the names of
 * hf_config_set_signature_algorithms; all that it can, by default.  A chain that the peer
 * accepts no such signature of is not shown.  UNKNOWN_NAME, EMPTY_LIST,
 * CERTIFICATE_NOT_SET. */
HF_API hf_status hf_config_set_signing_algorithms(hf_config *config, const char *names);
/** Shows the chain added last only to peers that list an authority of it (RFC 8446
 * 4.2.4): as one of several, ahead of those for everybody.  CERTIFICATE_NOT_SET. */
HF_API hf_status hf_config_require_listed_authority(hf_config *config);
/** Called when a server asks for a certificate, before one is chosen; it may give this
 * connection one with hf_conn_use_certificate_chain_memory().  1: go on.  0: fail, with
 * CALLBACK_FAILED.  -1: not decided yet; the call returns -1 with
 * HF_ERROR_WANT_X509_LOOKUP, and a repetition calls this again.  It must not connect,
 * read, write, clear or free conn; nor may the function below. */
typedef int hf_certificate_function(void *context, hf_conn *conn);
HF_API hf_status hf_config_set_certificate_callback(hf_config *config,
                                                    hf_certificate_function *function,
                                                    void *context);
/** Signs for chains without a private key: content, as it is, with a SignatureScheme (RFC
 * 8446 4.2.3), into at most size bytes.  1: *signature_len is set.  0: fail, with
 * CALLBACK_FAILED.  -1: later; the call returns -1 with HF_ERROR_WANT_ASYNC until
 * hf_conn_provide_signature() was called. */
typedef int hf_sign_function(void *context, hf_conn *conn, int scheme,
                             const uint8_t *content, size_t len, uint8_t *signature,
                             size_t size, size_t *signature_len);
HF_API hf_status hf_config_set_sign_function(hf_config *config,
                                             hf_sign_function *function, void *context);

/* ---- behaviour ---- */

/** No change_cipher_spec records and no session id for middleboxes, RFC 8446 D.4. */
#define HF_OPTION_NO_MIDDLEBOX_COMPAT 0x01u
/** hf_shutdown sends nothing and waits for nothing: it returns 1. */
#define HF_OPTION_QUIET_SHUTDOWN 0x02u
/** hf_read returns with WANT_READ after a record without application data, even on a
 * blocking transport. */
#define HF_OPTION_NO_AUTO_RETRY 0x04u
/** hf_write reports success only when all bytes went out. */
#define HF_OPTION_WHOLE_WRITE 0x08u
/** TLS 1.2: accept servers without the extended master secret (RFC 7627), whose keys
 * another connection may share. */
#define HF_OPTION_ALLOW_PLAIN_MASTER_SECRET 0x10u
/** TLS 1.2: accept servers that do not signal secure renegotiation (RFC 5746), before
 * whose answers an attacker may have put requests of its own. */
#define HF_OPTION_ALLOW_UNSAFE_RENEGOTIATION 0x20u
/** Offers values that no server knows (RFC 8701) among suites, groups, versions,
 * signature algorithms and extensions, so that servers do not grow rigid; a server puts
 * such extensions into its requests and tickets. */
#define HF_OPTION_GREASE 0x40u
/** Does not ask for a stapled OCSP response (RFC 6066 8).  By default it is asked for:
 * one that comes must say that the certificate is good, and one that the certificate
 * promises (RFC 7633) must come. */
#define HF_OPTION_NO_STATUS_REQUEST 0x80u
/** Asks for signed certificate timestamps (RFC 6962 3.3): hf_conn_get0_sct_list(). */
#define HF_OPTION_REQUEST_SCTS 0x100u
/** A server gives no tickets and takes none: sessions are kept in the store, if there is
 * one (hf_config_set_session_store). */
#define HF_OPTION_NO_TICKET 0x200u
/** A client shows its certificate whatever authorities the server lists.  By default it
 * is shown only to servers that list none, or one of its chain. */
#define HF_OPTION_ANY_AUTHORITY 0x400u
/** A client that is asked for a certificate and has none that the server accepts fails,
 * with NO_FITTING_CERTIFICATE, instead of showing none.  Without any certificate
 * configured it shows none all the same. */
#define HF_OPTION_INSIST_ON_CERTIFICATE 0x800u
/** A server's HelloRetryRequest carries a cookie, with which another connection, also in
 * another process with the same ticket keys, can take up the handshake: the one that sent
 * it can be forgotten.  RFC 8446 4.2.2 */
#define HF_OPTION_COOKIE 0x1000u
/** A client that resumes a session looks again at the certificate of its first
 * handshake: at its dates, and by the verification callback, if there is one
 * (hf_config_set_verify_callback). By default a session is good for its lifetime. */
#define HF_OPTION_VERIFY_RESUMED 0x2000u
/** TLS 1.3: hf_connect ends only once the server, which has asked for a certificate, has
 * judged ours: with its first ticket or data, its close, or its alert, which then fails
 * hf_connect with CLIENT_CERTIFICATE_REJECTED or CLIENT_CERTIFICATE_REQUIRED.  By default
 * the client's handshake is over before that, and the first hf_read tells.  A server that
 * gives no tickets and waits for the client to speak first is waited for until the
 * deadline: leave this off for it. */
#define HF_OPTION_WAIT_FOR_VERDICT 0x4000u

/** Options add up; connections inherit them when made and change apart from it.
 * Return the options as they are after the call; unknown bits are ignored. */
HF_API uint64_t hf_config_set_options(hf_config *config, uint64_t options);
HF_API uint64_t hf_config_clear_options(hf_config *config, uint64_t options);
HF_API uint64_t hf_config_get_options(const hf_config *config);

/** The most bytes that a server may put into a protected record, 64 to 16384, which is
 * the default; servers that do not know of the extension take no notice.  0 tells no
 * limit, and then none of the server's is heard.  INVALID_ARGUMENT.  RFC 8449 */
HF_API hf_status hf_config_set_record_size_limit(hf_config *config, size_t bytes);
/** The most content that we put into a record, 64 to 16384, which is the default: a
 * reader with a slow line sees small records sooner.  The peer's own limit counts, too.
 * INVALID_ARGUMENT. */
HF_API hf_status hf_config_set_record_size(hf_config *config, size_t bytes);
/** Pads the content of what is sent to multiples of so many bytes, as far as a record
 * may grow: an onlooker learns less of its length.  0, the default, pads nothing; at most
 * 16384.  TLS 1.2 has no padding.  INVALID_ARGUMENT.  RFC 8446 5.4 */
HF_API hf_status hf_config_set_record_padding(hf_config *config, size_t multiple);

/** The longest that a handshake may take, in milliseconds, measured from its first call;
 * 0, the default, means no limit. */
HF_API hf_status hf_config_set_handshake_timeout(hf_config *config, int64_t milliseconds);

/** The tables are copied; their functions must outlive the configuration and may be
 * called from any thread that uses one of its connections. */
HF_API hf_status hf_config_set_clock(hf_config *config, const hf_clock *clock);
HF_API hf_status hf_config_set_random(hf_config *config, const hf_random *random);

/** Called with each line of the NSS key log format (RFC 9850), without newline; the line
 * is wiped afterwards.  Whoever has these lines can decrypt the connection. */
typedef void hf_key_log_function(void *context, const hf_conn *conn, const char *line);
/** NULL removes it. */
HF_API hf_status hf_config_set_key_log(hf_config *config, hf_key_log_function *function,
                                       void *context);
/** Appends the lines to a file, created readable by its owner alone; NULL stops that.
 * KEY_LOG_FAILED if it cannot be opened; a line that cannot be written later fails the
 * handshake with the same code. */
HF_API hf_status hf_config_set_key_log_file(hf_config *config, const char *path);

/** Called for each session that a server's ticket makes, from within hf_read or another
 * call on conn; the callback may take a reference with hf_session_up_ref and must not
 * read, write or free conn.  The newest is also kept for hf_conn_get1_session(). */
typedef void hf_session_function(void *context, hf_conn *conn, hf_session *session);
HF_API hf_status hf_config_set_session_callback(hf_config *config,
                                                hf_session_function *function,
                                                void *context);

#ifdef __cplusplus
}
#endif

#endif
