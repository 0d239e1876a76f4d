/* handfast/verify.h: is a chain of certificates to be trusted?  Without a connection. */
#ifndef HANDFAST_VERIFY_H
#define HANDFAST_VERIFY_H

#include <handfast/error.h>
#include <handfast/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Certificates and what to hold them against; one thread at a time. */
typedef struct hf_verify hf_verify;

/** What the leaf is to be used for. */
#define HF_PURPOSE_SERVER 0 /**< the default: a server shows it, serverAuth */
#define HF_PURPOSE_CLIENT 1 /**< a client shows it, clientAuth */

/**
 * A verification with the roots and the clock of this configuration, which is frozen by
 * it; a reference is taken.  Without roots of its own the system's are loaded.
 * @return owned by the caller, released with hf_verify_free; NULL if memory is exhausted
 *         or config is NULL
 */
HF_API hf_verify *hf_verify_new(hf_config *config);
/** NULL is allowed. */
HF_API void hf_verify_free(hf_verify *verify);

/* All settings below return 1, or a negated code, and change nothing when they fail;
 * INVALID_ARGUMENT is for NULL or a value out of range. */

/** Adds certificates: PEM, one or more, or one in DER; copied.  The first of all is the
 * one that is verified, the others are a pool without order from which the path to a root
 * may take what it needs.  What cannot be parsed shows when it is verified.  At most 64
 * in all, of 65536 bytes each. INVALID_ARGUMENT, NO_CERTIFICATE_IN_INPUT, PEM_MALFORMED,
 * INPUT_TOO_LARGE, NO_MEMORY. */
HF_API hf_status hf_verify_add(hf_verify *verify, const uint8_t *bytes, size_t len);
/** The name that the certificate must have, as for hf_conn_set_hostname; NULL, the
 * default: names are not checked.  INVALID_HOSTNAME, NO_MEMORY, INVALID_ARGUMENT. */
HF_API hf_status hf_verify_set_hostname(hf_verify *verify, const char *name);
/** The moment that counts, in seconds since 1970, in place of the clock's.
 * INVALID_ARGUMENT. */
HF_API hf_status hf_verify_set_time(hf_verify *verify, int64_t unix_seconds);
/** HF_PURPOSE_SERVER or HF_PURPOSE_CLIENT.  INVALID_ARGUMENT. */
HF_API hf_status hf_verify_set_purpose(hf_verify *verify, int purpose);
/** The rules that count, by the names that hf_config_set_profile() knows; until it is
 * called, those of the configuration.  UNKNOWN_NAME, INVALID_ARGUMENT. */
HF_API hf_status hf_verify_set_profile(hf_verify *verify, const char *name);

/** Verifies; may be called again after other settings.  1 if the certificate is trusted;
 * else a negated code, about which hf_verify_get0_error() tells all: one of CERT_...,
 * TRUST_STORE_EMPTY, NO_CERTIFICATE_IN_INPUT without any certificate, INVALID_ARGUMENT,
 * NO_MEMORY.  RFC 5280 6, RFC 9525 */
HF_API hf_status hf_verify_run(hf_verify *verify);
/** The record of the last hf_verify_run: which certificate breaks which rule.  Borrowed,
 * valid until the next run; of its fields those of transport, alert and step are empty.
 * Its certificate index counts certificates as they were added. */
HF_API const hf_error *hf_verify_get0_error(const hf_verify *verify);

/** How many certificates were added, and the bytes of one of them; borrowed, NULL past
 * the end. */
HF_API size_t hf_verify_count(const hf_verify *verify);
HF_API const uint8_t *hf_verify_get0_der(const hf_verify *verify, size_t index,
                                         size_t *len);

/** The path of the last run: how many certificates it has, from the leaf on.  It ends
 * with the trusted root; after a failure with the last certificate that was in order, or
 * with the one at fault.  0 before the first run. */
HF_API size_t hf_verify_path_length(const hf_verify *verify);
/** Which of those added stands at this place, 0 being the leaf's; -1 for a root that
 * comes from the trusted ones, and past the end. */
HF_API int hf_verify_path_index(const hf_verify *verify, size_t place);
/** Its bytes; borrowed, NULL past the end. */
HF_API const uint8_t *hf_verify_get0_path_der(const hf_verify *verify, size_t place,
                                              size_t *len);

#ifdef __cplusplus
}
#endif

#endif
