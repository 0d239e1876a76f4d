/* handfast/certificate.h: reading a certificate for people. */
#ifndef HANDFAST_CERTIFICATE_H
#define HANDFAST_CERTIFICATE_H

#include <handfast/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Parses one DER certificate; the bytes are copied.  NULL if malformed or out of
 * memory.  Released with hf_certificate_free. */
HF_API hf_certificate *hf_certificate_new(const uint8_t *der, size_t len);
HF_API void hf_certificate_free(hf_certificate *certificate);

/** Borrowed text, UTF-8 without control characters. */
HF_API const char *hf_certificate_subject(const hf_certificate *certificate);
HF_API const char *hf_certificate_issuer(const hf_certificate *certificate);
HF_API const char *hf_certificate_serial(const hf_certificate *certificate);
/** The DNS names and addresses of subjectAltName, separated by ", ". */
HF_API const char *hf_certificate_names(const hf_certificate *certificate);
/** "RSA 2048", "EC P-256", "Ed25519". */
HF_API const char *hf_certificate_key(const hf_certificate *certificate);
/** SHA-256 of the DER bytes, lower-case hexadecimal. */
HF_API const char *hf_certificate_fingerprint(const hf_certificate *certificate);
/** Seconds since 1970. */
HF_API int64_t hf_certificate_not_before(const hf_certificate *certificate);
HF_API int64_t hf_certificate_not_after(const hf_certificate *certificate);
/** 1 if basicConstraints says CA. */
HF_API int hf_certificate_is_ca(const hf_certificate *certificate);

#ifdef __cplusplus
}
#endif

#endif
