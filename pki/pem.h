/* pki/pem.h: PEM text, RFC 7468: find a block, decode it, go on. */
#ifndef HFI_PKI_PEM_H
#define HFI_PKI_PEM_H

#include "base/err.h"
#include "crypto/provider.h"

typedef struct hfi_pem_block {
    hfi_view label; /* "CERTIFICATE" */
    hfi_view body;  /* the base64 text between the lines */
} hfi_pem_block;

/* Takes the next block out of *text; HFI_OK with label.len 0 when there is none left.
 * HFI_E_PEM_MALFORMED: a BEGIN line without its END line. */
hfi_err hfi_pem_next(hfi_view *text, hfi_pem_block *block);

/* Decodes a block's body into out, which has room for body.len / 4 * 3 + 3 bytes. */
hfi_err hfi_pem_decode(const hfi_crypto *crypto, const hfi_pem_block *block, uint8_t *out,
                       size_t *len);
/* The same for a private key, whose digits must not decide an address or a branch. */
hfi_err hfi_pem_decode_secret(const hfi_crypto *crypto, const hfi_pem_block *block,
                              uint8_t *out, size_t *len);

#endif
