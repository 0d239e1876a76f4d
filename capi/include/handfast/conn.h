/* handfast/conn.h: one connection: handshake, data, close, and what was agreed. */
#ifndef HANDFAST_CONN_H
#define HANDFAST_CONN_H

#include <handfast/error.h>
#include <handfast/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- making one ---- */

/**
 * A connection of this configuration, which is frozen by it; a reference is taken.  The
 * first connection loads the system's roots, unless the configuration names others.
 * @return owned by the caller, released with hf_conn_free; NULL if memory is exhausted
 *         or config is NULL
 * @threads several threads may make connections of one configuration at once; a
 *          connection itself belongs to one thread at a time
 */
HF_API hf_conn *hf_conn_new(hf_config *config);
/** Wipes secrets, releases the transport and the configuration.  NULL is allowed.  Sends
 * nothing: call hf_shutdown before it. */
HF_API void hf_conn_free(hf_conn *conn);
/** Makes a used connection ready for another handshake, finished, failed or not.  Its
 * settings (names, session, options, role, transport, user data) stay; transport buffers
 * of hf_conn_use_memory are emptied, and its error record, too.  Sends nothing.
 * INVALID_ARGUMENT for NULL. */
HF_API hf_status hf_clear(hf_conn *conn);

/* ---- before the handshake ---- */

/** The name that the user asked for: sent as server_name unless it is an address, and
 * checked against the certificate.  A DNS name, in UTF-8 or as A-labels (RFC 5890; UTF-8
 * needs a build with libidn2, else HOSTNAME_NOT_ASCII), or an IPv4 or IPv6 address
 * without brackets or port; copied; case and one dot at its end do not matter.  Replaces
 * all names set before.  INVALID_ARGUMENT, INVALID_HOSTNAME, ALREADY_STARTED, NO_MEMORY.
 * RFC 6066 3, 9525 6.1
 */
HF_API hf_status hf_conn_set_hostname(hf_conn *conn, const char *name);
/** The name in the form in which it is looked up in DNS, by the rule of
 * hf_conn_set_hostname (UTS 46, not transitional), so that the address belongs to the
 * name that is checked: UTF-8 becomes A-labels, and what is ASCII is copied as it is. 256
 * bytes are always enough, a smaller ascii perhaps not: INVALID_ARGUMENT, also for NULL.
 * INVALID_HOSTNAME, HOSTNAME_NOT_ASCII, NO_MEMORY.  RFC 5890  @threads any */
HF_API hf_status hf_hostname_to_ascii(const char *name, char *ascii, size_t size);
/** One more name that the certificate may have instead; at most 8 in all
 * (INPUT_TOO_LARGE).  Errors otherwise as hf_conn_set_hostname. */
HF_API hf_status hf_conn_add_hostname(hf_conn *conn, const char *name);
/** Sends another server_name than the name that is checked; "" sends none.  An address
 * is refused: INVALID_HOSTNAME.  Errors otherwise as hf_conn_set_hostname.  RFC 6066 3 */
HF_API hf_status hf_conn_set_server_name(hf_conn *conn, const char *name);
/** For this connection only, as hf_config_disable_hostname_check.  ALREADY_STARTED. */
HF_API hf_status hf_conn_disable_hostname_check(hf_conn *conn);
/** One more protocol for this connection only; the first call leaves those of the
 * configuration out.  1 to 255 bytes, copied; 512 bytes in all, a byte for each one's
 * length included.  INVALID_ARGUMENT, INPUT_TOO_LARGE, ALREADY_STARTED, NO_MEMORY. */
HF_API hf_status hf_conn_add_alpn(hf_conn *conn, const uint8_t *name, size_t len);
/** The session to resume; a reference is taken.  NULL removes it.  Set the host name
 * first: a session of another one, or of a peer that was not verified where this
 * connection must verify, is refused with SESSION_UNUSABLE.  One that has expired, or
 * does not fit a name that is set later, is passed over: the handshake is a full one.
 * SESSION_UNUSABLE, ALREADY_STARTED.  RFC 8446 2.2, 4.6.1 */
HF_API hf_status hf_conn_set_session(hf_conn *conn, hf_session *session);
/** Allows hf_write_early_data on this connection.  ALREADY_STARTED. */
HF_API hf_status hf_conn_allow_early_data(hf_conn *conn);
/** A key that both sides were given, with the identity (1 to 8192 bytes) by which the
 * server finds it; TLS 1.3 alone.  16 to 255 bytes of high entropy, never a password;
 * both are copied.  hash is "SHA256", which NULL means, or "SHA384": that of the cipher
 * suites that it is for.  It is offered instead of a session, always together with a
 * fresh exchange of keys; a server that takes it shows no certificate, and needs no name
 * and no root.  One that does not take it is checked by its certificate, or, where no
 * name or no root is set, refused: PSK_REFUSED.  An identity of NULL removes the key.
 * INVALID_ARGUMENT, UNKNOWN_NAME, ALREADY_STARTED, NO_MEMORY.  RFC 8446 4.2.11, 9257 */
HF_API hf_status hf_conn_set_psk(hf_conn *conn, const uint8_t *identity,
                                 size_t identity_len, const uint8_t *key, size_t key_len,
                                 const char *hash);
/** As hf_config_use_certificate_chain_memory and hf_config_use_private_key_memory, for
 * this connection only; the first call leaves those of the configuration out.  Also while
 * HF_ERROR_WANT_X509_LOOKUP or the certificate callback asks for it, which hf_clear takes
 * back; ALREADY_STARTED afterwards. */
HF_API hf_status hf_conn_use_certificate_chain_memory(hf_conn *conn, const uint8_t *bytes,
                                                      size_t len);
HF_API hf_status hf_conn_use_private_key_memory(hf_conn *conn, const uint8_t *bytes,
                                                size_t len, const char *password);
/** The body of the server's CertificateRequest (RFC 8446 4.3.2, RFC 5246 7.4.4): the
 * authorities and signature algorithms that it accepts.  While the certificate callback
 * runs and HF_ERROR_WANT_X509_LOOKUP asks for it; NULL and *len 0 otherwise.  Borrowed
 * until the next call on conn. */
HF_API const uint8_t *hf_conn_get0_certificate_request(const hf_conn *conn, size_t *len);
/** What is to be signed, and in *scheme the SignatureScheme (RFC 8446 4.2.3), while
 * HF_ERROR_WANT_ASYNC asks for it; NULL and 0 otherwise.  Borrowed until the next call on
 * conn. */
HF_API const uint8_t *hf_conn_get0_sign_request(const hf_conn *conn, int *scheme,
                                                size_t *len);
/** The signature that HF_ERROR_WANT_ASYNC asks for; copied; then repeat the call.  One
 * that is wrong fails the handshake with CALLBACK_FAILED.  SIGNATURE_NOT_WANTED,
 * INVALID_ARGUMENT, NO_MEMORY. */
HF_API hf_status hf_conn_provide_signature(hf_conn *conn, const uint8_t *signature,
                                           size_t len);
/** HF_OPTION_* of this connection alone, at any time; return the options as they are
 * after the call.  NO_MIDDLEBOX_COMPAT counts before the handshake. */
HF_API uint64_t hf_conn_set_options(hf_conn *conn, uint64_t options);
HF_API uint64_t hf_conn_clear_options(hf_conn *conn, uint64_t options);
HF_API uint64_t hf_conn_get_options(const hf_conn *conn);
/** The longest that the handshake may take, in milliseconds from its first call; 0 means
 * no limit.  A blocking descriptor waits no longer than this; with other transports the
 * next call after it fails: DEADLINE_EXCEEDED.  INVALID_ARGUMENT, ALREADY_STARTED. */
HF_API hf_status hf_conn_set_handshake_timeout(hf_conn *conn, int64_t milliseconds);
/** Any pointer of yours. */
HF_API void hf_conn_set_user_data(hf_conn *conn, void *data);
HF_API void *hf_conn_get_user_data(const hf_conn *conn);

/* ---- transport ---- */

/* A transport may be set or replaced at any time, also between two calls of an unfinished
 * handshake.  What it replaces is released.  Without one, calls that need it fail with
 * TRANSPORT_NOT_SET and the connection lives on. */

/** A connected socket, a pipe or a terminal, blocking or not; it is not closed with the
 * connection.  No SIGPIPE is raised, and EINTR is retried.
 * INVALID_ARGUMENT for a negative descriptor, NO_MEMORY. */
HF_API hf_status hf_conn_set_fd(hf_conn *conn, int fd);
/** Apart for each direction; both are needed. */
HF_API hf_status hf_conn_set_rfd(hf_conn *conn, int fd);
HF_API hf_status hf_conn_set_wfd(hf_conn *conn, int fd);
/** The descriptor that is read, else the one that is written; -1 if there is none. */
HF_API int hf_conn_get_fd(const hf_conn *conn);
/** Functions of your own; the table is copied.  INVALID_ARGUMENT if its size is too small
 * or a function is missing, NO_MEMORY. */
HF_API hf_status hf_conn_set_io(hf_conn *conn, const hf_io *io);
/** Takes bio, which is released with the connection or when replaced; until then the
 * caller may still use it with hf_bio_read and hf_bio_write, to carry its bytes.
 * INVALID_ARGUMENT for NULL; bio is untouched on failure. */
HF_API hf_status hf_conn_set0_bio(hf_conn *conn, hf_bio *bio);

/** No transport: the caller carries the bytes with the calls below.
 *
 * hf_connect and its kin then never wait: they return -1 with WANT_READ when they need
 * more input.  Whatever they return, 1 and failures (an alert) included, bytes may wait
 * to be drained: ask hf_conn_drain_pending() after each call and carry them away.
 * hf_write seals one record and says WANT_WRITE until that is drained. */
HF_API hf_status hf_conn_use_memory(hf_conn *conn);
/** Gives bytes that came from the peer, also before the first hf_accept; *taken says how
 * many were accepted.  If fewer than count, call hf_accept, hf_connect or hf_read until
 * it wants to read, then give the rest.  After the peer's close_notify bytes are accepted
 * and ignored.  NOT_A_MEMORY_TRANSPORT, INVALID_ARGUMENT (also after hf_conn_feed_eof),
 * ALREADY_FAILED, NO_MEMORY. */
HF_API hf_status hf_conn_feed(hf_conn *conn, const uint8_t *bytes, size_t count,
                              size_t *taken);
/** Tells that no more will come: the call that would want to read fails instead, in the
 * way that an end of file without close_notify does.  NOT_A_MEMORY_TRANSPORT. */
HF_API hf_status hf_conn_feed_eof(hf_conn *conn);
/** Takes bytes that must go to the peer; *got says how many, 0 if there are none.  Works
 * on a failed connection, too.  NOT_A_MEMORY_TRANSPORT, INVALID_ARGUMENT. */
HF_API hf_status hf_conn_drain(hf_conn *conn, uint8_t *bytes, size_t size, size_t *got);
/** How many bytes wait to be drained; 0 on other transports. */
HF_API size_t hf_conn_drain_pending(const hf_conn *conn);

/* ---- the handshake ---- */

/** The role that hf_do_handshake, hf_read, hf_write and hf_shutdown take; hf_connect and
 * hf_accept set it by themselves. */
HF_API hf_status hf_set_connect_state(hf_conn *conn);
/** The server's role.  ROLE_UNAVAILABLE once the handshake has begun in the other one, as
 * with the function above. */
HF_API hf_status hf_set_accept_state(hf_conn *conn);
/**
 * Starts the handshake as the client, or carries on with it; on an established connection
 * returns 1 at once.
 *
 * On a blocking transport it returns when the handshake is over.  On another it writes
 * all that it can and reads all that there is, and returns -1 when it must wait; repeat
 * it when the need is met.  A repetition that comes too early changes nothing.
 *
 * @return 1 established; 0 ended in an orderly way by the peer (hf_get_error says
 *         ZERO_RETURN); below 0 failed or not finished, and hf_get_error tells:
 *         HF_ERROR_WANT_READ   repeat the call when the transport is readable
 *         HF_ERROR_WANT_WRITE  repeat the call when the transport is writable
 *         HF_ERROR_WANT_X509_LOOKUP  repeat it when the certificate callback can answer
 *         HF_ERROR_WANT_ASYNC  repeat it after hf_conn_provide_signature
 *         HF_ERROR_SYSCALL     the transport failed: hf_error_errno
 *         HF_ERROR_SSL         the handshake failed: hf_conn_get0_error.  Every further
 *                              call fails the same way until hf_clear.  The exceptions
 * are what the caller can make good and repeat: NAME_NOT_SET, TRANSPORT_NOT_SET,
 * ROLE_NOT_SET, TRUST_STORE_EMPTY
 * @threads one thread at a time per connection; different ones are independent
 * @rfc 8446 2, 4
 */
HF_API int hf_connect(hf_conn *conn);
/** The same as the server: waits for a ClientHello and answers it.  It needs a
 * certificate with its key, or a callback that chooses one: SERVER_CERTIFICATE_NOT_SET
 * can be made good and the call repeated, and so can TRUST_STORE_EMPTY where clients are
 * asked for a certificate.  ROLE_UNAVAILABLE in a handshake that began with hf_connect.
 * HF_ERROR_WANT_CLIENT_HELLO_CB says to repeat it when the ClientHello callback or the
 * session store can answer. */
HF_API int hf_accept(hf_conn *conn);
/** In the role that was set, as hf_connect; without one -1 with ROLE_NOT_SET. */
HF_API int hf_do_handshake(hf_conn *conn);
/** What the last call on this connection wants, given the value it returned.  Looks at
 * the connection and at nothing else; above 0 it is always HF_ERROR_NONE.  For calls that
 * return 1, 0 or -1; those that return an hf_status carry their code themselves. */
HF_API int hf_get_error(const hf_conn *conn, int ret);

#define HF_WANT_NOTHING 1
#define HF_WANT_WRITE 2
#define HF_WANT_READ 3
#define HF_WANT_X509_LOOKUP 4
#define HF_WANT_ASYNC 5
#define HF_WANT_CLIENT_HELLO_CB 7
#define HF_WANT_RETRY_VERIFY 8
/** What the last call was waiting for, HF_WANT_...; the numbers are those of SSL_want. */
HF_API int hf_want(const hf_conn *conn);
HF_API int hf_in_init(const hf_conn *conn);          /**< 1 during the handshake */
HF_API int hf_in_before(const hf_conn *conn);        /**< 1 before its first byte */
HF_API int hf_is_init_finished(const hf_conn *conn); /**< 1 once established */
/** The state of the table, as in docs/states.md: "WAIT_SH".  Static. */
HF_API const char *hf_state_name(const hf_conn *conn);

/* ---- data ---- */

/**
 * Reads decrypted application bytes, at most one record's, finishing the handshake first
 * if needed (a role must be set).
 * @param buffer  receives at most size bytes; NULL only if size is 0: then nothing is
 * read and 1 is returned once the handshake is over
 * @param got     the bytes stored, 1..size on success, 0 otherwise; not NULL
 * @return 1 on success; 0 after the peer's close_notify (ZERO_RETURN), each time;
 *         below 0: hf_get_error tells, as for hf_connect.  An end of file without
 *         close_notify is HF_ERROR_SSL with EOF_WITHOUT_CLOSE_NOTIFY or EOF_IN_RECORD
 * @rfc 8446 5.2, 6.1
 */
HF_API int hf_read(hf_conn *conn, void *buffer, size_t size, size_t *got);
/** As hf_read, and leaves the bytes to be read again. */
HF_API int hf_peek(hf_conn *conn, void *buffer, size_t size, size_t *got);
/**
 * Writes application bytes, finishing the handshake first if needed (a role must be set).
 *
 * Success means that the transport has taken the bytes.  After WANT_WRITE repeat the call
 * with the same bytes: the buffer may be another one, and more may follow them.  A part
 * of them may have been encrypted already and is not sent twice.  On a blocking transport
 * all bytes are written before the call returns.
 *
 * @param bytes    NULL only if count is 0, which sends what earlier calls left
 * @param written  the bytes accepted, 1..count on success (count, with
 *                 HF_OPTION_WHOLE_WRITE), 0 otherwise; not NULL
 * @return 1 on success, also for a count of 0; below 0: hf_get_error tells, as for
 *         hf_connect; PROTOCOL_IS_SHUTDOWN after hf_shutdown
 * @rfc 8446 5.1, 5.2
 */
HF_API int hf_write(hf_conn *conn, const void *bytes, size_t count, size_t *written);
/**
 * Sends bytes along with the first flight, before the server has proved who it is:
 * whoever records them can send them to the server again.  Only for requests that do no
 * harm when they are repeated.  Needs hf_conn_allow_early_data, a session whose
 * hf_session_max_early_data is not 0, and a role; the first call begins the handshake.
 *
 * Carry on with hf_connect, and then ask hf_conn_early_data_status: what was rejected is
 * lost and must be written again with hf_write.  Nothing is ever sent twice by itself.
 *
 * @param written  the bytes that were sealed, at most a record's; they go out with this
 *                 call or the next ones
 * @return 1 on success; below 0: hf_get_error tells.  EARLY_DATA_UNAVAILABLE and
 *         EARLY_DATA_LIMIT leave the connection as it is
 * @rfc 8446 2.3, 4.2.10, 8
 */
HF_API int hf_write_early_data(hf_conn *conn, const void *bytes, size_t count,
                               size_t *written);
/** Bytes that are decrypted and not yet read. */
HF_API size_t hf_pending(const hf_conn *conn);
/** 1 if hf_read might yield something without reading the transport. */
HF_API int hf_has_pending(const hf_conn *conn);

/* ---- closing ---- */

#define HF_SENT_SHUTDOWN 1
#define HF_RECEIVED_SHUTDOWN 2
/**
 * Sends close_notify; called again, waits for the peer's.
 * @return 0 ours is out, which is no error; 1 both are; below 0: hf_get_error tells, as
 *         for hf_connect.  NOT_CONNECTED before the handshake is over.  UNREAD_DATA: data
 *         came first, which is kept: read it until hf_read returns 0, then repeat
 * @rfc 8446 6.1
 */
HF_API int hf_shutdown(hf_conn *conn);
/**
 * Ends the connection at once with a fatal alert (1 to 255, RFC 8446 6.2), such as 49
 * (access_denied), in or after the handshake.  Every further call fails with ABORTED.
 * @return 1 once it is out; below 0: hf_get_error tells, as for hf_connect; after
 *         WANT_WRITE repeat it.  NOT_CONNECTED before the first byte of the handshake,
 *         INVALID_ARGUMENT; a connection that has failed fails again as it did
 */
HF_API int hf_abort(hf_conn *conn, int alert);
/** HF_SENT_SHUTDOWN and HF_RECEIVED_SHUTDOWN, or'ed. */
HF_API int hf_get_shutdown(const hf_conn *conn);
/** Marks the connection as closed in these directions, and as open in the others, without
 * sending anything. */
HF_API void hf_set_shutdown(hf_conn *conn, int mode);

/* ---- keys ---- */

/** Updates our sending keys, RFC 8446 4.6.3, and asks the peer for the same if request
 * is 1.  The message goes out with the next read or write.  KEY_UPDATE_UNAVAILABLE in
 * TLS 1.2, NOT_CONNECTED, PROTOCOL_IS_SHUTDOWN, ALREADY_FAILED, NO_MEMORY. */
HF_API hf_status hf_key_update(hf_conn *conn, int request);
/** RFC 8446 7.5 and RFC 5705: size bytes that both sides can derive for this label (at
 * most 249 bytes) and context (NULL and 0: none, which in TLS 1.3 is the same as an empty
 * one).  NOT_CONNECTED, ALREADY_FAILED, INVALID_ARGUMENT. */
HF_API hf_status hf_export_keying_material(hf_conn *conn, const char *label,
                                           size_t label_len, const uint8_t *context,
                                           size_t context_len, uint8_t *out, size_t size);

/* ---- what was agreed ---- */

/* Numbers are those of the IANA registries, and 0 until they are agreed; names are static
 * and empty until then.  Values stay after a failure, as far as the handshake came. */

HF_API int hf_conn_version(const hf_conn *conn);              /**< 0x0304; 0 not yet */
HF_API const char *hf_conn_version_name(const hf_conn *conn); /**< "TLSv1.3" */
HF_API int hf_conn_cipher_suite(const hf_conn *conn);         /**< 0x1301; 0 not yet */
HF_API const char *hf_conn_cipher_suite_name(const hf_conn *conn);
HF_API int hf_conn_group(const hf_conn *conn); /**< 29; 0 not yet */
HF_API const char *hf_conn_group_name(const hf_conn *conn);
HF_API int hf_conn_signature_algorithm(const hf_conn *conn); /**< 0 if resumed */
HF_API const char *hf_conn_signature_algorithm_name(const hf_conn *conn);
/** The application protocol; NULL and *len 0 if none was agreed.  Borrowed. */
HF_API const uint8_t *hf_conn_get0_alpn(const hf_conn *conn, size_t *len);
HF_API int hf_conn_session_reused(const hf_conn *conn);
#define HF_EARLY_DATA_NOT_SENT 0
#define HF_EARLY_DATA_ACCEPTED 1
#define HF_EARLY_DATA_REJECTED 2 /**< the server has dropped it: write it again */
#define HF_EARLY_DATA_PENDING 3  /**< the server has not answered yet */
/** What became of early data, HF_EARLY_DATA_...; final once the handshake is over. */
HF_API int hf_conn_early_data_status(const hf_conn *conn);
HF_API int hf_conn_psk_used(const hf_conn *conn);      /**< 1: that of hf_conn_set_psk */
HF_API int hf_conn_hello_retried(const hf_conn *conn); /**< 1 after HelloRetryRequest */
HF_API int hf_conn_certificate_requested(const hf_conn *conn);
/** HF_ANSWER_...: what a client answered to that, and why it showed none.  What the
 * server demanded is told by hf_error_negotiation() of hf_conn_get0_error(), also when
 * nothing has failed: side HF_NEGOTIATION_CERTIFICATE_REQUEST. */
HF_API int hf_conn_certificate_answer(const hf_conn *conn);
/** The same in words, "no certificate of ours is issued by an authority that the server
 * names"; empty for HF_ANSWER_NONE.  Static. */
HF_API const char *hf_certificate_answer_text(int answer);
HF_API int hf_conn_certificate_sent(const hf_conn *conn); /**< 1: ours was shown */
/** Which of ours was shown, in the order in which they were added; -1: none. */
HF_API int hf_conn_certificate_index(const hf_conn *conn);
/** HF_E_... of verification, 0 if the peer is verified.  Told with verification off
 * too; HF_E_NOT_CONNECTED before there was anything to verify. */
HF_API int hf_conn_verify_result(const hf_conn *conn);
/** The peer's certificates as sent, the leaf first; kept also when verification
 * failed.  A resumed session has the leaf of the first handshake alone or none. */
HF_API size_t hf_conn_peer_certificate_count(const hf_conn *conn);
/** DER bytes, borrowed until the connection is cleared or freed; NULL past the end. */
HF_API const uint8_t *hf_conn_get0_peer_der(const hf_conn *conn, size_t index,
                                            size_t *len);
/** The OCSP response that was stapled to the leaf, DER (RFC 6960 4.2.1); it is checked
 * with the chain.  Borrowed until the connection is cleared or freed; NULL and *len 0 if
 * none came, and after a resumption. */
HF_API const uint8_t *hf_conn_get0_ocsp_response(const hf_conn *conn, size_t *len);
/** The SignedCertificateTimestampList (RFC 6962 3.3) of the leaf, with its length, as it
 * came beside the certificate; nothing is checked but that it is well-formed.  Otherwise
 * as hf_conn_get0_ocsp_response(). */
HF_API const uint8_t *hf_conn_get0_sct_list(const hf_conn *conn, size_t *len);
/** The newest session that the server's tickets made, with a reference of its own;
 * NULL if none yet: tickets come after the handshake, with the first reads.  NULL also
 * after a fatal alert in TLS 1.2. */
HF_API hf_session *hf_conn_get1_session(hf_conn *conn);
HF_API uint64_t hf_conn_bytes_in(const hf_conn *conn);  /**< ciphertext received */
HF_API uint64_t hf_conn_bytes_out(const hf_conn *conn); /**< ciphertext sent */

/* ---- the timeline ---- */

#define HF_TRACE_MESSAGE 0 /**< a handshake message; what is its type */
#define HF_TRACE_ALERT 1   /**< what is the alert's number */
#define HF_TRACE_CHANGE_CIPHER_SPEC 2
#define HF_TRACE_KEYS 3 /**< new keys: 1 handshake, 2 application, 3 update, 4 early */
#define HF_TRACE_DATA 4 /**< the first application data this way */
#define HF_TRACE_DECISION 5 /**< no direction; what is HF_DECISION_... */

/** What was decided: hf_trace_decision(). */
#define HF_DECISION_RETRY 1        /**< HelloRetryRequest: the group, or 0 */
#define HF_DECISION_VERSION 2      /**< the version */
#define HF_DECISION_CIPHER_SUITE 3 /**< the cipher suite */
#define HF_DECISION_GROUP 4        /**< the group of the key exchange */
#define HF_DECISION_SESSION 5      /**< 1 the session offered is resumed, 0 it is not */
#define HF_DECISION_PSK 6          /**< 1: the external pre-shared key is used */
#define HF_DECISION_EARLY_DATA 7   /**< 1 accepted, 0 rejected */
#define HF_DECISION_CERTIFICATE 8  /**< which of our certificates was shown, from 0 */
#define HF_DECISION_VERIFICATION 9 /**< of the peer's chain: 0, or HF_E_... */

/** How many events are kept, at most 40: the first ones. */
HF_API size_t hf_trace_count(const hf_conn *conn);
/** How many more there were. */
HF_API size_t hf_trace_dropped(const hf_conn *conn);
/** What an event of the kind HF_TRACE_DECISION came to, as a number and in words, which
 * are static ("TLSv1.3", "resumed"; empty where the number says it all); either may be
 * NULL.  0 for other events and past the end. */
HF_API int hf_trace_decision(const hf_conn *conn, size_t index, int *value,
                             const char **name);
/** One event; any of the pointers may be NULL.  *name ("ServerHello") is static.
 * *microseconds count from the first call; *bytes with headers.  0 past the end. */
HF_API int hf_trace_event(const hf_conn *conn, size_t index, int *kind, int *direction,
                          int *what, const char **name, int64_t *microseconds,
                          size_t *bytes, int *is_protected);
/** The events as a JSON array (docs/connection-json.md); sizes as for hf_error_json. */
HF_API size_t hf_trace_json(const hf_conn *conn, char *buffer, size_t size);
/** What was agreed, with the peer's chain for people, as a JSON object; likewise. */
HF_API size_t hf_conn_json(const hf_conn *conn, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
