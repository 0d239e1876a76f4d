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
 * A connection of this configuration, which is frozen by it.
 * @return owned by the caller; NULL if memory is exhausted or config is NULL
 */
HF_API hf_conn *hf_conn_new(hf_config *config);
/** Wipes secrets, releases the transport and the configuration.  NULL is allowed.  Sends
 * nothing: call hf_shutdown before it. */
HF_API void hf_conn_free(hf_conn *conn);
/** Makes a used connection ready for another handshake, finished, failed or not.  Its
 * settings (names, session, options, role, transport) stay; transport buffers of
 * hf_conn_use_memory are emptied. */
HF_API hf_status hf_clear(hf_conn *conn);

/* ---- before the handshake ---- */

/** The name that the user asked for: sent as server_name unless it is an address, and
 * checked against the certificate.  INVALID_HOSTNAME, ALREADY_STARTED. */
HF_API hf_status hf_conn_set_hostname(hf_conn *conn, const char *name);
/** One more name that the certificate may have instead. */
HF_API hf_status hf_conn_add_hostname(hf_conn *conn, const char *name);
/** Sends another server_name than the name that is checked; "" sends none. */
HF_API hf_status hf_conn_set_server_name(hf_conn *conn, const char *name);
/** For this connection only, as hf_config_disable_hostname_check. */
HF_API hf_status hf_conn_disable_hostname_check(hf_conn *conn);
/** For this connection only, in place of the configuration's. */
HF_API hf_status hf_conn_add_alpn(hf_conn *conn, const uint8_t *name, size_t len);
/** The session to resume; a reference is taken.  NULL removes it.  A session of another
 * host name is refused with SESSION_UNUSABLE; one that has expired is passed over. */
HF_API hf_status hf_conn_set_session(hf_conn *conn, hf_session *session);
HF_API uint64_t hf_conn_set_options(hf_conn *conn, uint64_t options);
HF_API uint64_t hf_conn_clear_options(hf_conn *conn, uint64_t options);
HF_API uint64_t hf_conn_get_options(const hf_conn *conn);
HF_API hf_status hf_conn_set_handshake_timeout(hf_conn *conn, int64_t milliseconds);
/** Any pointer of yours. */
HF_API void hf_conn_set_user_data(hf_conn *conn, void *data);
HF_API void *hf_conn_get_user_data(const hf_conn *conn);

/* ---- transport ---- */

/** A connected socket, blocking or not; it is not closed with the connection.
 * INVALID_ARGUMENT for a negative descriptor. */
HF_API hf_status hf_conn_set_fd(hf_conn *conn, int fd);
/** Apart for each direction. */
HF_API hf_status hf_conn_set_rfd(hf_conn *conn, int fd);
HF_API hf_status hf_conn_set_wfd(hf_conn *conn, int fd);
HF_API int hf_conn_get_fd(const hf_conn *conn); /**< -1 if there is none */
/** Functions of your own; the table is copied. */
HF_API hf_status hf_conn_set_io(hf_conn *conn, const hf_io *io);
/** Takes bio, which is released with the connection or when replaced. */
HF_API hf_status hf_conn_set0_bio(hf_conn *conn, hf_bio *bio);

/** No transport: the caller carries the bytes with the four calls below. */
HF_API hf_status hf_conn_use_memory(hf_conn *conn);
/** Gives bytes that came from the peer; *taken says how many were accepted. */
HF_API hf_status hf_conn_feed(hf_conn *conn, const uint8_t *bytes, size_t count,
                              size_t *taken);
/** Tells that no more will come. */
HF_API hf_status hf_conn_feed_eof(hf_conn *conn);
/** Takes bytes that must go to the peer; *got says how many, 0 if there are none. */
HF_API hf_status hf_conn_drain(hf_conn *conn, uint8_t *bytes, size_t size, size_t *got);
/** How many bytes wait to be drained. */
HF_API size_t hf_conn_drain_pending(const hf_conn *conn);

/* ---- the handshake ---- */

HF_API hf_status hf_set_connect_state(hf_conn *conn);
HF_API hf_status hf_set_accept_state(hf_conn *conn);
/**
 * Starts the handshake as the client, or carries on with it.
 * @return 1 established; 0 ended in an orderly way by the peer (hf_get_error says
 *         ZERO_RETURN); below 0 failed or not finished: hf_get_error tells
 */
HF_API int hf_connect(hf_conn *conn);
HF_API int hf_accept(hf_conn *conn);
HF_API int hf_do_handshake(hf_conn *conn);
/** What the last call on this connection wants, given the value it returned.  Looks at
 * the connection and at nothing else. */
HF_API int hf_get_error(const hf_conn *conn, int ret);

#define HF_WANT_NOTHING 1
#define HF_WANT_WRITE 2
#define HF_WANT_READ 3
/** What the connection waits for, HF_WANT_...; the numbers are those of SSL_want. */
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
 * @param got  the bytes stored, 1..size on success, 0 otherwise
 * @return 1 on success; 0 after the peer's close_notify (ZERO_RETURN), each time;
 *         below 0: hf_get_error tells
 */
HF_API int hf_read(hf_conn *conn, void *buffer, size_t size, size_t *got);
/** As hf_read, and leaves the bytes to be read again. */
HF_API int hf_peek(hf_conn *conn, void *buffer, size_t size, size_t *got);
/**
 * Writes application bytes.  A retry may use another buffer, and more or fewer bytes.
 * @param written  bytes accepted, 1..count on success (count, with
 *                 HF_OPTION_WHOLE_WRITE); accepted bytes are sent by this or later calls
 * @return 1 on success, also for a count of 0; below 0: hf_get_error tells
 */
HF_API int hf_write(hf_conn *conn, const void *bytes, size_t count, size_t *written);
/** Bytes that are decrypted and not yet read. */
HF_API size_t hf_pending(const hf_conn *conn);
/** 1 if hf_read might yield something without reading the transport. */
HF_API int hf_has_pending(const hf_conn *conn);

/* ---- closing ---- */

#define HF_SENT_SHUTDOWN 1
#define HF_RECEIVED_SHUTDOWN 2
/**
 * Sends close_notify; called again, waits for the peer's.
 * @return 0 ours is out; 1 both are; below 0: hf_get_error tells
 */
HF_API int hf_shutdown(hf_conn *conn);
HF_API int hf_get_shutdown(const hf_conn *conn);
HF_API void hf_set_shutdown(hf_conn *conn, int mode);

/* ---- keys ---- */

/** Updates our sending keys, RFC 8446 4.6.3, and asks the peer for the same if request
 * is 1.  The message goes out with the next write.  NOT_CONNECTED. */
HF_API hf_status hf_key_update(hf_conn *conn, int request);
/** RFC 8446 7.5 and RFC 5705.  NOT_CONNECTED, INVALID_ARGUMENT. */
HF_API hf_status hf_export_keying_material(hf_conn *conn, const char *label,
                                           size_t label_len, const uint8_t *context,
                                           size_t context_len, uint8_t *out, size_t size);

/* ---- what was agreed ---- */

HF_API int hf_conn_version(const hf_conn *conn);            /**< 0x0304; 0 not yet */
HF_API const char *hf_conn_version_name(const hf_conn *conn); /**< "TLSv1.3" */
HF_API int hf_conn_cipher_suite(const hf_conn *conn);       /**< 0x1301; 0 not yet */
HF_API const char *hf_conn_cipher_suite_name(const hf_conn *conn);
HF_API int hf_conn_group(const hf_conn *conn);              /**< 29; 0 not yet */
HF_API const char *hf_conn_group_name(const hf_conn *conn);
HF_API int hf_conn_signature_algorithm(const hf_conn *conn); /**< 0 if resumed */
HF_API const char *hf_conn_signature_algorithm_name(const hf_conn *conn);
/** The application protocol; NULL and *len 0 if none was agreed.  Borrowed. */
HF_API const uint8_t *hf_conn_get0_alpn(const hf_conn *conn, size_t *len);
HF_API int hf_conn_session_reused(const hf_conn *conn);
HF_API int hf_conn_hello_retried(const hf_conn *conn); /**< 1 after HelloRetryRequest */
HF_API int hf_conn_certificate_requested(const hf_conn *conn);
/** HF_E_... of verification, 0 if the peer is verified.  Told with verification off
 * too; HF_E_NOT_CONNECTED before there was anything to verify. */
HF_API int hf_conn_verify_result(const hf_conn *conn);
/** The peer's certificates as sent, the leaf first; kept also when verification
 * failed.  A resumed session has the leaf of the first handshake alone or none. */
HF_API size_t hf_conn_peer_certificate_count(const hf_conn *conn);
/** DER bytes, borrowed until the connection is cleared or freed; NULL past the end. */
HF_API const uint8_t *hf_conn_get0_peer_der(const hf_conn *conn, size_t index,
                                            size_t *len);
/** The newest session that the server's tickets made, with a reference of its own;
 * NULL if none yet: tickets come after the handshake, with the first reads. */
HF_API hf_session *hf_conn_get1_session(hf_conn *conn);
HF_API uint64_t hf_conn_bytes_in(const hf_conn *conn);  /**< ciphertext received */
HF_API uint64_t hf_conn_bytes_out(const hf_conn *conn); /**< ciphertext sent */

/* ---- the timeline ---- */

#define HF_TRACE_MESSAGE 0            /**< a handshake message; what is its type */
#define HF_TRACE_ALERT 1              /**< what is the alert's number */
#define HF_TRACE_CHANGE_CIPHER_SPEC 2
#define HF_TRACE_KEYS 3               /**< new keys: 1 handshake, 2 application, 3 update */
#define HF_TRACE_DATA 4               /**< the first application data this way */

/** How many events are kept, at most 32: the first ones. */
HF_API size_t hf_trace_count(const hf_conn *conn);
/** One event; any of the pointers may be NULL.  *name ("ServerHello") is static.
 * *microseconds count from the first call; *bytes with headers.  0 past the end. */
HF_API int hf_trace_event(const hf_conn *conn, size_t index, int *kind, int *direction,
                          int *what, const char **name, int64_t *microseconds,
                          size_t *bytes, int *is_protected);
/** The events as a JSON array; sizes as for hf_error_json. */
HF_API size_t hf_trace_json(const hf_conn *conn, char *buffer, size_t size);
/** What was agreed, with the peer's chain for people, as a JSON object; likewise. */
HF_API size_t hf_conn_json(const hf_conn *conn, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
