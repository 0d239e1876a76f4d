/* handfast/error.h: what hf_get_error() returns, and the record behind it. */
#ifndef HANDFAST_ERROR_H
#define HANDFAST_ERROR_H

#include <handfast/error_codes.h>
#include <handfast/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Results of hf_get_error(); the numbers are those of the classic SSL_ERROR_*. */
#define HF_ERROR_NONE 0             /**< the call succeeded */
#define HF_ERROR_SSL 1              /**< fatal: see the record */
#define HF_ERROR_WANT_READ 2        /**< repeat when the transport is readable */
#define HF_ERROR_WANT_WRITE 3       /**< repeat when the transport is writable */
#define HF_ERROR_WANT_X509_LOOKUP 4 /**< a certificate choice is awaited */
#define HF_ERROR_SYSCALL 5          /**< the transport failed: see the record's errno */
#define HF_ERROR_ZERO_RETURN 6      /**< the peer closed in an orderly way */
#define HF_ERROR_WANT_CONNECT 7     /**< the transport itself is still connecting */
#define HF_ERROR_WANT_ACCEPT 8      /**< the transport itself is still accepting */
#define HF_ERROR_WANT_ASYNC 9       /**< a private-key operation is awaited */
#define HF_ERROR_WANT_ASYNC_JOB 10  /**< never returned; kept for its number */
#define HF_ERROR_WANT_CLIENT_HELLO_CB 11 /**< a decision on the ClientHello */
#define HF_ERROR_WANT_RETRY_VERIFY 12    /**< a verification result is awaited */

/** Who sent the alert that an error record names. */
#define HF_DIRECTION_NONE 0
#define HF_DIRECTION_SENT 1
#define HF_DIRECTION_RECEIVED 2

/** Where the transport's end of file came: hf_error_end_of_input(). */
#define HF_END_NONE 0    /**< it did not end, or not at a wrong place */
#define HF_END_BEFORE 1  /**< before the first byte of the peer */
#define HF_END_INSIDE 2  /**< inside a record or a message, which is truncated */
#define HF_END_BETWEEN 3 /**< after a whole message, before the handshake was over */
#define HF_END_AFTER 4   /**< after the handshake, without close_notify */

/** Whose list hf_error_negotiation() tells, and which. */
#define HF_NEGOTIATION_OFFERED 0 /**< ours: what this side offers, or has enabled */
#define HF_NEGOTIATION_PEER 1    /**< what the peer offered, demanded or chose */
/** What the server's CertificateRequest demands of our certificate; also told of a
 * handshake that succeeded, and of one whose record came after it. */
#define HF_NEGOTIATION_CERTIFICATE_REQUEST 2
#define HF_NEGOTIATION_VERSION 0
#define HF_NEGOTIATION_CIPHER_SUITE 1
#define HF_NEGOTIATION_GROUP 2
#define HF_NEGOTIATION_SIGNATURE_ALGORITHM 3
#define HF_NEGOTIATION_PROTOCOL 4 /**< of the application, ALPN */
/** Of certificates' own signatures, signature_algorithms_cert. */
#define HF_NEGOTIATION_SIGNATURE_ALGORITHM_CERT 5
#define HF_NEGOTIATION_KEY_SHARE 6   /**< groups for which a client sent a key share */
#define HF_NEGOTIATION_RETRY_GROUP 7 /**< that HelloRetryRequest asked for */
#define HF_NEGOTIATION_SERVER_NAME 8 /**< that a client asked for: a name alone */
#define HF_NEGOTIATION_PSK_MODE 9
/** One entry if a client offered pre-shared keys, tickets among them: how many. */
#define HF_NEGOTIATION_PSK 10
#define HF_NEGOTIATION_EARLY_DATA 11 /**< one entry, 1, if a client offered it */
/** Whose certificates are accepted: a name alone, in the style of RFC 4514. */
#define HF_NEGOTIATION_AUTHORITY 12
#define HF_NEGOTIATION_CERTIFICATE_TYPE 13 /**< of a CertificateRequest of TLS 1.2 */
/** Of a CertificateRequest, one entry if it is not 0: how many authorities it named
 * beside those that are told, and how many oid_filters (RFC 8446 4.2.5) it has. */
#define HF_NEGOTIATION_AUTHORITIES_LEFT_OUT 14
#define HF_NEGOTIATION_OID_FILTERS 15

/** What was answered to a CertificateRequest: hf_conn_certificate_answer(). */
#define HF_ANSWER_NONE 0      /**< nobody asked, or it came to no answer */
#define HF_ANSWER_SHOWN 1     /**< a certificate was shown */
#define HF_ANSWER_NOT_SET 2   /**< there was none to show */
#define HF_ANSWER_ALGORITHM 3 /**< no key of ours signs with what the server accepts */
#define HF_ANSWER_TYPE 4      /**< nor is of a type that it accepts, TLS 1.2 */
#define HF_ANSWER_AUTHORITY 5 /**< none is issued by an authority that it names */

/** The name of a code ("CERT_EXPIRED"), its sentence, its hint, its RFC section ("RFC
 * 5280 4.1.2.5").  The sign is ignored, so that an hf_status can be passed as it is,
 * success
 * ("OK") included.  Never NULL; static; a hint or a section may be empty. */
HF_API const char *hf_code_name(int code);
HF_API const char *hf_code_text(int code);
HF_API const char *hf_code_hint(int code);
HF_API const char *hf_code_rfc(int code);
/** The number of the index-th code, from 0; 0 past the last: for listing them all. */
HF_API int hf_code_at(size_t index);
/** "WANT_READ" for HF_ERROR_WANT_READ.  Never NULL; static. */
HF_API const char *hf_get_error_name(int get_error);
/** "handshake_failure" for 40; "unknown" for a number without a name.  Static. */
HF_API const char *hf_alert_name(int alert);

/**
 * The connection's error record: the first failure since it was made or cleared.  While
 * there is none, it tells why the last call returned 0 (CLOSE_NOTIFY_RECEIVED) or refused
 * to work (NAME_NOT_SET, ...) without harm to the connection; the next call forgets that.
 * Borrowed: valid until hf_conn_free, its text until the next call on conn.  Never NULL
 * for a valid conn; its code is 0 while there is nothing to tell.
 */
HF_API const hf_error *hf_conn_get0_error(const hf_conn *conn);
/** Shortcut for hf_error_code(hf_conn_get0_error(conn)). */
HF_API int hf_conn_error_code(const hf_conn *conn);

/** All of these take a record and give borrowed values that live as long as it does.
 * Text is UTF-8, never NULL, and empty where the record has nothing to tell.  A record of
 * NULL has nothing to tell. */
HF_API int hf_error_code(const hf_error *error);            /**< HF_E_..., 0 none */
HF_API const char *hf_error_name(const hf_error *error);    /**< "CERT_EXPIRED" */
HF_API int hf_error_class(const hf_error *error);           /**< HF_ERROR_SSL, ... */
HF_API const char *hf_error_summary(const hf_error *error); /**< one sentence */
HF_API const char *hf_error_hint(const hf_error *error);    /**< what to do, where */
HF_API const char *hf_error_detail(const hf_error *error); /**< this case's particulars */
HF_API const char *hf_error_rfc(const hf_error *error);    /**< "RFC 8446 4.4.4" */
HF_API const char *hf_error_step(const hf_error *error);   /**< "WAIT_FINISHED" */
HF_API const char *hf_error_message(const hf_error *error); /**< "Finished" */
HF_API int hf_error_alert(const hf_error *error);           /**< number, -1 none */
HF_API int hf_error_alert_level(const hf_error *error);     /**< 1 warning, 2 fatal */
HF_API int hf_error_alert_direction(const hf_error *error); /**< HF_DIRECTION_... */
HF_API int hf_error_errno(const hf_error *error);           /**< 0 none */
HF_API uint64_t hf_error_bytes_in(const hf_error *error);   /**< ciphertext received */
HF_API uint64_t hf_error_bytes_out(const hf_error *error);  /**< ciphertext sent */
/** The start of an answer that was not TLS; *len is 0 if there was none. */
HF_API const uint8_t *hf_error_first_bytes(const hf_error *error, size_t *len);
/** Place in the chain of the certificate at fault, 0 the server's own; -1 none. */
HF_API int hf_error_certificate_index(const hf_error *error);
HF_API const char *hf_error_certificate_subject(const hf_error *error);
HF_API const char *hf_error_certificate_issuer(const hf_error *error);
HF_API const char *hf_error_certificate_serial(const hf_error *error);
HF_API const char *hf_error_certificate_rule(const hf_error *error);
/** Its dates, and the time that they were held against: "2026-11-22T10:00:00Z". */
HF_API const char *hf_error_certificate_not_before(const hf_error *error);
HF_API const char *hf_error_certificate_not_after(const hf_error *error);
HF_API const char *hf_error_certificate_clock(const hf_error *error);
/** If its issuer is missing: where the certificate says that it lies (RFC 5280 4.2.2.1).
 * Nothing is fetched from there. */
HF_API const char *hf_error_certificate_issuer_url(const hf_error *error);
/** What the check wanted, and what the certificate has. */
HF_API const char *hf_error_expected(const hf_error *error);
HF_API const char *hf_error_presented(const hf_error *error);

/**
 * The index-th certificate that was tried as an issuer in vain, from 0; at most 6 are
 * told of.  Any of the pointers may be NULL.
 * @param code     receives why: CERT_BAD_SIGNATURE, ...; CERT_UNKNOWN_ISSUER: it is the
 *                 issuer, but no trusted root stands above it
 * @param child    receives the place in the chain of the one that it should have issued
 * @param place    receives its own place there, -1 if it stands in the trust store
 * @param subject  receives its name, as hf_error_certificate_subject() has it
 * @param serial   receives its serial number, hexadecimal
 * @param key_id   receives its subjectKeyIdentifier, hexadecimal; may be empty
 * @return 1; 0 past the last, nothing is changed then
 */
HF_API int hf_error_candidate(const hf_error *error, size_t index, int *code, int *child,
                              int *place, const char **subject, const char **serial,
                              const char **key_id);
/** "client" or "server": what this side was; empty without a connection. */
HF_API const char *hf_error_role(const hf_error *error);
/** HF_END_...: where the peer's bytes ended. */
HF_API int hf_error_end_of_input(const hf_error *error);
/**
 * What was offered and demanded in a handshake that failed: entry index, from 0, of the
 * list what (HF_NEGOTIATION_VERSION, ...) of one side.  Of the side
 * HF_NEGOTIATION_CERTIFICATE_REQUEST there are both lists of signature algorithms, the
 * authorities, the certificate types and the last two.  Names hold no control characters.
 * @param number  receives the number in the IANA registry; 0 for a protocol, a server
 *                name and an authority; may be NULL
 * @param name    receives its name, empty if it has none here; may be NULL
 * @return 1; 0 past the last, nothing is changed then
 */
HF_API int hf_error_negotiation(const hf_error *error, int side, int what, size_t index,
                                int *number, const char **name);
/** 1: of what that side said there was more than is told. */
HF_API int hf_error_negotiation_incomplete(const hf_error *error, int side);

/**
 * The whole record as one JSON object (docs/error-json.md), 0-terminated and cut at
 * size bytes.  Returns the length of the whole text without the 0, as snprintf does: if
 * it is size or more, call again with more room.  buffer may be NULL when size is 0.
 */
HF_API size_t hf_error_json(const hf_error *error, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
