/* pki/pbes2.h: bytes encrypted with a password.  RFC 8018 6.2 (PBES2), with PBKDF2 and
 * AES-CBC: what OpenSSL and others write today. */
#ifndef HFI_PKI_PBES2_H
#define HFI_PKI_PBES2_H

#include "base/err.h"
#include "crypto/provider.h"

/* PBKDF2, RFC 8018 5.2, with HMAC of the hash. */
void hfi_pbkdf2(const hfi_hash *hash, hfi_view password, hfi_view salt,
                uint32_t iterations, uint8_t *out, size_t len);

/* Decrypts in place.  identifier is the contents of the AlgorithmIdentifier.
 * HFI_E_PRIVATE_KEY_MALFORMED, HFI_E_PRIVATE_KEY_ENCRYPTION,
 * HFI_E_PRIVATE_KEY_ITERATIONS; HFI_E_PRIVATE_KEY_PASSWORD if the padding is wrong. */
hfi_err hfi_pbes2_open(const hfi_crypto *crypto, hfi_view identifier, hfi_view password,
                       hfi_span data, size_t *len);

#endif
