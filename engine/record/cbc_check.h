/* engine/record/cbc_check.h: padding and MAC of decrypted CBC records, in time that tells
 * nothing of either.  RFC 5246 6.2.3.2. */
#ifndef HFI_RECORD_CBC_CHECK_H
#define HFI_RECORD_CBC_CHECK_H

#include "crypto/provider.h"

/* The HMAC of one direction: its hash after the inner and after the outer pad. */
typedef struct hfi_cbc_mac {
    const hfi_hash *hash;
    hfi_hash_ctx inner, outer;
} hfi_cbc_mac;

enum { HFI_CBC_MAC_HEADER = 8 + 1 + 2 + 2 }; /* sequence, type, version, length */

void hfi_cbc_mac_init(hfi_cbc_mac *m, const hfi_hash *hash, const uint8_t *key);

/* The HMAC of header and text; what the lengths are may be told. */
void hfi_cbc_mac_make(const hfi_cbc_mac *m, const uint8_t header[HFI_CBC_MAC_HEADER],
                      hfi_view text, uint8_t *out);

/* text is content and padding, at least one byte.  *content_len is 0 to text.len - 1,
 * also where the padding is wrong. */
bool hfi_cbc_unpad(hfi_view text, size_t *content_len);

/* text is content, MAC and padding, at least m->hash->size + 1 bytes.  header lacks the
 * length, which is that of the content. */
bool hfi_cbc_unpad_and_verify(const hfi_cbc_mac *m,
                              const uint8_t header[HFI_CBC_MAC_HEADER - 2], hfi_view text,
                              size_t *content_len);

#endif
