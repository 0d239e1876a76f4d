/* pki/private_key.h: files of private keys, as far as their numbers.
 * PKCS#8 (RFC 5208, RFC 5958), encrypted or not, PKCS#1 (RFC 8017 A.1.2) and SEC 1
 * (RFC 5915), in PEM or DER. */
#ifndef HFI_PKI_PRIVATE_KEY_H
#define HFI_PKI_PRIVATE_KEY_H

#include "base/alloc.h"
#include "base/err.h"
#include "crypto/provider.h"

enum {
    HFI_PRIVATE_KEY_INPUT_MAX = 1 << 20,       /* bytes of one input */
    HFI_PRIVATE_KEY_ITERATIONS_MAX = 10000000, /* of PBKDF2 */
};

/* The numbers of a key; the views point into bytes. */
typedef struct hfi_private_key_parts {
    hfi_private_parts parts;
    uint8_t *bytes; /* owned */
    size_t size;
} hfi_private_key_parts;

/* Reads the first private key of PEM text (other blocks passed over), or one in DER.
 * password is NULL if there is none.  HFI_E_NO_PRIVATE_KEY_IN_INPUT,
 * HFI_E_PEM_MALFORMED, HFI_E_PRIVATE_KEY_ and the cause, HFI_E_INPUT_TOO_LARGE,
 * HFI_E_NO_MEMORY; then *out is empty and nothing secret is left in memory. */
hfi_err hfi_private_key_read(const hfi_crypto *crypto, const hfi_alloc *alloc,
                             hfi_view pem_or_der, const hfi_view *password,
                             hfi_private_key_parts *out);

/* Wipes and releases the bytes; may be called again. */
void hfi_private_key_parts_clear(const hfi_alloc *alloc, hfi_private_key_parts *parts);

/* As above, on to a key that can sign. */
hfi_err hfi_private_key_load(const hfi_crypto *crypto, const hfi_alloc *alloc,
                             hfi_view pem_or_der, const hfi_view *password,
                             hfi_private_key **out);

#endif
