/* engine/keys/hkdf.h: HKDF (RFC 5869) and HKDF-Expand-Label (RFC 8446 7.1). */
#ifndef HFI_KEYS_HKDF_H
#define HFI_KEYS_HKDF_H

#include "crypto/provider.h"

/* out receives hash->size bytes.  An empty salt means hash->size zeros. */
void hfi_hkdf_extract(const hfi_hash *hash, hfi_view salt, hfi_view ikm, uint8_t *out);

/* len is at most 255 * hash->size; false past that, and out is not touched. */
bool hfi_hkdf_expand(const hfi_hash *hash, hfi_view prk, hfi_view info, uint8_t *out,
                     size_t len);

/* label without "tls13 ", 1 to 249 bytes; context at most 255 bytes; len as above.
 * False outside of these, and out is not touched. */
bool hfi_hkdf_expand_label(const hfi_hash *hash, hfi_view secret, hfi_view label,
                           hfi_view context, uint8_t *out, size_t len);

/* The same with an HMAC that hash->hmac_key has keyed with the secret; it stays keyed,
 * so that several labels of one secret pay for one key. */
bool hfi_hkdf_expand_label_keyed(const hfi_hash *hash, hfi_hmac_ctx *keyed,
                                 hfi_view label, hfi_view context, uint8_t *out,
                                 size_t len);

/* Whether these are within the limits of HKDF-Expand-Label. */
bool hfi_hkdf_label_fits(const hfi_hash *hash, hfi_view label, hfi_view context,
                         size_t len);

#endif
