/* engine/keys/hkdf.c: HKDF and HKDF-Expand-Label.
 * RFC 5869 2; RFC 8446 7.1 (HkdfLabel).
 * The provider keys an HMAC once and reuses it, so the functions that take a keyed HMAC
 * serve every label of one secret for the price of one key. */
#include "keys/hkdf.h"

#include "base/ct.h"
#include "wire/writer.h"

enum {
    LABEL_PREFIX = 6, /* "tls13 " */
    LABEL_MAX = 255 - LABEL_PREFIX,
    CONTEXT_MAX = 255,
    HKDF_LABEL_MAX = 2 + 1 + 255 + 1 + 255,
    BLOCKS_MAX = 255, /* the block counter is one byte */
};

static const uint8_t zeros[HFI_HASH_SIZE_MAX];

void hfi_hkdf_extract(const hfi_hash *hash, hfi_view salt, hfi_view ikm, uint8_t *out)
{
    hfi_hmac_ctx hmac;

    if (salt.len == 0)
        salt = hfi_view_of(zeros, hash->size);
    hash->hmac_key(&hmac, salt.p, salt.len);
    hash->hmac_update(&hmac, ikm.p, ikm.len);
    hash->hmac_finish(&hmac, out);
    hfi_wipe(&hmac, hash->hmac_used);
}

/* T(n) = HMAC(PRK, T(n-1) | info | n), RFC 5869 2.3.  hmac_finish leaves the context
 * keyed for the next block. */
static void expand_keyed(const hfi_hash *hash, hfi_hmac_ctx *keyed, hfi_view info,
                         uint8_t *out, size_t len)
{
    uint8_t block[HFI_HASH_SIZE_MAX];

    for (uint8_t n = 1; len != 0; n++) {
        size_t take = len < hash->size ? len : hash->size;
        if (n != 1)
            hash->hmac_update(keyed, block, hash->size);
        if (info.len != 0)
            hash->hmac_update(keyed, info.p, info.len);
        hash->hmac_update(keyed, &n, 1);
        hash->hmac_finish(keyed, block);
        memcpy(out, block, take);
        out += take;
        len -= take;
    }
    hfi_wipe(block, sizeof block);
}

bool hfi_hkdf_expand(const hfi_hash *hash, hfi_view prk, hfi_view info, uint8_t *out,
                     size_t len)
{
    hfi_hmac_ctx hmac;

    if (len > BLOCKS_MAX * hash->size)
        return false;
    hash->hmac_key(&hmac, prk.p, prk.len);
    expand_keyed(hash, &hmac, info, out, len);
    hfi_wipe(&hmac, hash->hmac_used);
    return true;
}

bool hfi_hkdf_label_fits(const hfi_hash *hash, hfi_view label, hfi_view context,
                         size_t len)
{
    return label.len >= 1 && label.len <= LABEL_MAX && context.len <= CONTEXT_MAX &&
           len <= BLOCKS_MAX * hash->size;
}

bool hfi_hkdf_expand_label_keyed(const hfi_hash *hash, hfi_hmac_ctx *keyed,
                                 hfi_view label, hfi_view context, uint8_t *out,
                                 size_t len)
{
    uint8_t info[HKDF_LABEL_MAX];
    hfi_writer w = hfi_writer_of(info, sizeof info);

    if (!hfi_hkdf_label_fits(hash, label, context, len))
        return false;
    hfi_write_u16(&w, (uint16_t)len);
    hfi_write_u8(&w, (uint8_t)(LABEL_PREFIX + label.len));
    hfi_write_bytes(&w, hfi_view_of("tls13 ", LABEL_PREFIX));
    hfi_write_bytes(&w, label);
    hfi_write_u8(&w, (uint8_t)context.len);
    hfi_write_bytes(&w, context);
    expand_keyed(hash, keyed, hfi_writer_view(&w), out, len);
    return true;
}

bool hfi_hkdf_expand_label(const hfi_hash *hash, hfi_view secret, hfi_view label,
                           hfi_view context, uint8_t *out, size_t len)
{
    hfi_hmac_ctx hmac;

    hash->hmac_key(&hmac, secret.p, secret.len);
    bool fits = hfi_hkdf_expand_label_keyed(hash, &hmac, label, context, out, len);
    hfi_wipe(&hmac, hash->hmac_used);
    return fits;
}
