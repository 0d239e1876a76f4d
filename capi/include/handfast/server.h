/* handfast/server.h: what only servers set: clients' certificates, the ClientHello in the
 * application's hands, stapled responses, pre-shared keys.
 *
 * A server takes the same configuration as a client (handfast/config.h): its chains and
 * keys with hf_config_use_certificate_chain_file and its kin, versions, suites and groups
 * in its order of preference, and the protocols that it speaks with hf_config_add_alpn.
 * Tickets and session stores are in handfast/session.h. */
#ifndef HANDFAST_SERVER_H
#define HANDFAST_SERVER_H

#include <handfast/config.h>
#include <handfast/conn.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the client's certificate ---- */

#define HF_CLIENT_AUTH_NONE 0     /**< not asked for; the default */
#define HF_CLIENT_AUTH_OPTIONAL 1 /**< asked for; a client may have none */
#define HF_CLIENT_AUTH_REQUIRED 2 /**< a client without one is refused */

/** Whether clients are asked for a certificate, HF_CLIENT_AUTH_...  One that is shown
 * must lead to a root that the application named (hf_config_add_trust_file and its kin):
 * the system's roots vouch for servers, and are not taken for clients.  Who it was is
 * told by hf_conn_peer_certificate_count() and hf_conn_verify_result(), also after a
 * resumption. INVALID_ARGUMENT. */
HF_API hf_status hf_config_set_client_auth(hf_config *config, int mode);
/** Adds the names of certificate authorities, out of PEM or one DER certificate, to the
 * list that clients choose their certificate by; without any, no list is sent.  They are
 * hints: what is trusted is set elsewhere.  FILE_UNREADABLE, NO_CERTIFICATE_IN_INPUT,
 * PEM_MALFORMED, CERT_..., INPUT_TOO_LARGE (more than 65535 bytes in all), NO_MEMORY. */
HF_API hf_status hf_config_add_client_ca_file(hf_config *config, const char *path);
HF_API hf_status hf_config_add_client_ca_memory(hf_config *config, const uint8_t *bytes,
                                                size_t len);

/** Called when the peer's chain has been checked, in either role; result is what
 * hf_conn_verify_result() tells.  1: go on, whatever the result.  0: refuse, with the
 * result or CERT_REFUSED.  A negated code, -HF_E_CERT_... or -HF_E_STAPLE_...: refuse
 * with that and its alert, as -HF_E_CERT_REVOKED; -HF_E_CERT_UNACCEPTABLE tells the peer
 * no more than handshake_failure.  -1: not decided yet; the call returns
 * -1 with HF_ERROR_WANT_RETRY_VERIFY, and a repetition calls this again.  It must not
 * connect, read, write, clear or free conn; nor may any of the functions below. */
typedef int hf_verify_function(void *context, hf_conn *conn, int result);
HF_API hf_status hf_config_set_verify_callback(hf_config *config,
                                               hf_verify_function *function,
                                               void *context);

/* ---- the ClientHello ---- */

/** Called when a ClientHello has been read, before anything is chosen by it.  1: go on.
 * 0: fail, with CALLBACK_FAILED.  -1: not decided yet; the call returns -1 with
 * HF_ERROR_WANT_CLIENT_HELLO_CB, and a repetition calls this again.
 * HF_CLIENT_HELLO_UNKNOWN_NAME: refuse the name that was asked for (unrecognized_name).
 */
#define HF_CLIENT_HELLO_UNKNOWN_NAME -2
typedef int hf_client_hello_function(void *context, hf_conn *conn);
HF_API hf_status hf_config_set_client_hello_callback(hf_config *config,
                                                     hf_client_hello_function *function,
                                                     void *context);
/** Goes on with another configuration, of the same allocator: certificates, versions,
 * suites, groups, protocols, trust, tickets, callbacks.  Options, timeout and transport
 * stay.  Before the handshake, in the callback above, or while it is waited for:
 * ALREADY_STARTED otherwise.  INVALID_ARGUMENT, NO_MEMORY. */
HF_API hf_status hf_conn_set_config(hf_conn *conn, hf_config *config);
/** The name that the client asked for (RFC 6066 3), as it came, or "" if it did not. */
HF_API const char *hf_conn_requested_name(const hf_conn *conn);
/** The body of the ClientHello, and of one of its extensions, in the callback above and
 * while it is waited for; NULL and *len 0 otherwise, and where there is none.  An empty
 * extension has a pointer and a length of 0.  Borrowed until the call after. */
HF_API const uint8_t *hf_conn_get0_client_hello(const hf_conn *conn, size_t *len);
HF_API const uint8_t *hf_conn_get0_client_hello_extension(const hf_conn *conn, int type,
                                                          size_t *len);

/** Chooses the application protocol out of those offered (names, each behind a byte with
 * its length).  1: *name and *name_len are set to one of them, in memory that lasts until
 * the function is called again.  0: none; the handshake goes on without.  -1: refuse
 * (no_application_protocol).  Without it the first protocol of ours that is offered is
 * taken, and clients that offer others alone are refused. */
typedef int hf_alpn_function(void *context, hf_conn *conn, const uint8_t *offered,
                             size_t offered_len, const uint8_t **name, size_t *name_len);
HF_API hf_status hf_config_set_alpn_callback(hf_config *config,
                                             hf_alpn_function *function, void *context);

/* ---- beside the certificate ---- */

/** The OCSP response (DER, RFC 6960 4.2.1) to staple to the chain added last, for clients
 * that ask; copied, and sent as it is.  len 0 takes it away.  CERTIFICATE_NOT_SET,
 * INPUT_TOO_LARGE (more than 32000 bytes), NO_MEMORY. */
HF_API hf_status hf_config_set_ocsp_response(hf_config *config, const uint8_t *bytes,
                                             size_t len);
/** The same for the SignedCertificateTimestampList (RFC 6962 3.3), with its length.
 * INVALID_ARGUMENT where it is malformed. */
HF_API hf_status hf_config_set_sct_list(hf_config *config, const uint8_t *bytes,
                                        size_t len);

/* ---- sessions and keys ---- */

/** How many tickets a client of TLS 1.3 gets with a full handshake, 0 to 16; 2 by
 * default. A resumed session gets one.  INVALID_ARGUMENT. */
HF_API hf_status hf_config_set_ticket_count(hf_config *config, size_t count);

/** Looks for an external pre-shared key (RFC 9257, TLS 1.3) by its identity.  1: key
 * holds *key_len bytes, 16 to 255, at most size, and *hash is "SHA256" (as it is when
 * called) or "SHA384".  0: unknown.  -1: not known yet; the call returns -1 with
 * HF_ERROR_WANT_CLIENT_HELLO_CB, and a repetition asks again.  A server that has such
 * keys may do without certificates. */
typedef int hf_psk_function(void *context, hf_conn *conn, const uint8_t *identity,
                            size_t identity_len, uint8_t *key, size_t size,
                            size_t *key_len, const char **hash);
HF_API hf_status hf_config_set_psk_callback(hf_config *config, hf_psk_function *function,
                                            void *context);

/* ---- early data ---- */

/** How many bytes of early data the tickets of this configuration allow; 0, the default:
 * none.  Whoever records them can send them again: such requests must do no harm when
 * they are repeated.  A hello is taken once within this process, and for a few seconds
 * (RFC 8446 8.2, 8.3); it is not known in other processes, even those with the same
 * ticket keys, nor is it after a restart: hf_config_set_early_data_register() shares it.
 * Early data is only taken on connections that
 * hf_conn_allow_early_data() was called for, and only hf_read_early_data() reads it.
 * INVALID_ARGUMENT. */
HF_API hf_status hf_config_set_early_data(hf_config *config, size_t bytes);
/** Where servers that share ticket keys (hf_config_set_ticket_keys) remember together
 * which hellos brought early data, so that each is taken by one of them alone: workers in
 * memory that they share, machines in a database.  hello has 32 bytes that look random.
 *
 * 1: it was not there, and is now, for seconds at least.  0: it was.  -1, or any other
 * value: that is not known.  Both must be one step: of two that ask at the same time, one
 * may be told 1.  Only then is early data taken; otherwise it is rejected, and the
 * handshake goes on without.  A register that loses what it had must answer -1 for so
 * many seconds, and the clocks of the machines may be apart by a second or two.  The
 * function must not use conn but for its user data. */
typedef int hf_early_data_register(void *context, hf_conn *conn, const uint8_t *hello,
                                   size_t len, int64_t seconds);
/** The register, instead of the memory of this process; NULL: that again. */
HF_API hf_status hf_config_set_early_data_register(hf_config *config,
                                                   hf_early_data_register *function,
                                                   void *context);
/** Reads early data of a client, and goes on with the handshake as far as that needs:
 * call it instead of hf_accept, whose role it takes like that, until it returns 1 with
 * *got 0, then hf_accept.  In between, hf_write_early_data() answers, before it is known
 * that the client is alive and, with pre-shared keys, that it is not somebody who sends a
 * recorded hello again. hf_conn_early_data_status() tells whether early data was taken at
 * all.
 *
 * @return 1: *got bytes (1 to size), or 0 if there is none, or no more; otherwise as
 *         hf_accept.  EARLY_DATA_UNAVAILABLE without hf_conn_allow_early_data,
 *         ROLE_UNAVAILABLE on a connection that has begun as a client */
HF_API int hf_read_early_data(hf_conn *conn, void *buffer, size_t size, size_t *got);

#ifdef __cplusplus
}
#endif

#endif
