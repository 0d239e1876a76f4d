/* engine/record/cbc_check.c: padding and MAC of decrypted CBC records.
 * RFC 5246 6.2.3.2; RFC 2104 (HMAC).
 *
 * Where the MAC was made before encryption, an attacker who changes a record may learn
 * plaintext from how long the refusal takes (Vaudenay 2002; Lucky Thirteen, AlFardan and
 * Paterson 2013).  So no branch and no address here depends on the decrypted bytes, and
 * neither does the number of blocks that are hashed: the hash is finished after each
 * length that the content could have, at most 256 of them, and a mask keeps the right
 * one.  That is slower than guessing the hash's next state, and needs nothing of the hash
 * but its public functions. */
#include "record/cbc_check.h"

#include "base/ct.h"

enum {
    PADDING_MAX = 255, /* bytes, and one that says how many */
    HASH_BLOCK_MAX = 128,
};

/* ---- masks: all bits set, or none ---- */

/* The compiler must not find out that a mask has only two values. */
static uint32_t hide(uint32_t mask)
{
    __asm__("" : "+r"(mask));
    return mask;
}

static uint32_t mask_of_zero(uint32_t x)
{
    return hide(((x | (0 - x)) >> 31) - 1);
}

static uint32_t mask_of_equal(size_t a, size_t b)
{
    return mask_of_zero((uint32_t)a ^ (uint32_t)b);
}

/* Both below 2^31. */
static uint32_t mask_of_less(size_t a, size_t b)
{
    return hide(0 - (((uint32_t)a - (uint32_t)b) >> 31));
}

/* ---- HMAC ---- */

void hfi_cbc_mac_init(hfi_cbc_mac *m, const hfi_hash *hash, const uint8_t *key)
{
    uint8_t inner[HASH_BLOCK_MAX], outer[HASH_BLOCK_MAX];

    for (size_t i = 0; i < hash->block; i++) {
        uint8_t byte = i < hash->size ? key[i] : 0;
        inner[i] = byte ^ 0x36;
        outer[i] = byte ^ 0x5c;
    }
    m->hash = hash;
    hash->init(&m->inner);
    hash->init(&m->outer);
    hash->update(&m->inner, inner, hash->block);
    hash->update(&m->outer, outer, hash->block);
    hfi_wipe(inner, sizeof inner);
    hfi_wipe(outer, sizeof outer);
}

static void finish_outer(const hfi_cbc_mac *m, const uint8_t *inner, uint8_t *out)
{
    hfi_hash_ctx ctx;

    memcpy(&ctx, &m->outer, m->hash->ctx_used);
    m->hash->update(&ctx, inner, m->hash->size);
    m->hash->finish(&ctx, out);
    hfi_wipe(&ctx, m->hash->ctx_used);
}

void hfi_cbc_mac_make(const hfi_cbc_mac *m, const uint8_t header[HFI_CBC_MAC_HEADER],
                      hfi_view text, uint8_t *out)
{
    hfi_hash_ctx ctx;
    uint8_t inner[HFI_HASH_SIZE_MAX];

    memcpy(&ctx, &m->inner, m->hash->ctx_used);
    m->hash->update(&ctx, header, HFI_CBC_MAC_HEADER);
    m->hash->update(&ctx, text.p, text.len);
    m->hash->finish(&ctx, inner);
    finish_outer(m, inner, out);
    hfi_wipe(&ctx, m->hash->ctx_used);
    hfi_wipe(inner, sizeof inner);
}

/* ---- padding ---- */

/* The last byte says how many bytes like it stand before it; trailer bytes stand before
 * those.  Wrong padding counts as none, RFC 5246 6.2.3.2.  A mask. */
static uint32_t check_padding(hfi_view text, size_t trailer, size_t *content_len)
{
    size_t most = text.len - trailer - 1;
    size_t looked_at = text.len < PADDING_MAX + 1 ? text.len : PADDING_MAX + 1;
    uint32_t padding = text.p[text.len - 1];
    uint32_t wrong = mask_of_less(most, padding);

    for (size_t i = 0; i < looked_at; i++)
        wrong |= ~mask_of_less(padding, i) & (padding ^ text.p[text.len - 1 - i]);
    uint32_t good = mask_of_zero(wrong);
    *content_len = most - (padding & good);
    return good;
}

bool hfi_cbc_unpad(hfi_view text, size_t *content_len)
{
    return check_padding(text, 0, content_len) != 0;
}

/* ---- both ---- */

/* Keeps those len bytes of from in into if the mask is set. */
static void keep(uint8_t *into, const uint8_t *from, size_t len, uint32_t mask)
{
    for (size_t i = 0; i < len; i++)
        into[i] |= (uint8_t)(from[i] & mask);
}

/* The inner hash of header and content, and the MAC that stands behind the content.  ctx
 * has taken all but the content. */
static void find_mac(const hfi_hash *hash, hfi_hash_ctx *ctx, hfi_view text,
                     size_t content_len, uint8_t *inner, uint8_t *received)
{
    size_t most = text.len - hash->size - 1;
    size_t least = most > PADDING_MAX ? most - PADDING_MAX : 0;
    hfi_hash_ctx copy;
    uint8_t digest[HFI_HASH_SIZE_MAX];

    memset(inner, 0, hash->size);
    memset(received, 0, hash->size);
    hash->update(ctx, text.p, least);
    for (size_t len = least; len <= most; len++) {
        uint32_t mask = mask_of_equal(len, content_len);
        memcpy(&copy, ctx, hash->ctx_used);
        hash->finish(&copy, digest);
        keep(inner, digest, hash->size, mask);
        keep(received, text.p + len, hash->size, mask);
        hash->update(ctx, text.p + len, 1);
    }
    hfi_wipe(&copy, hash->ctx_used);
    hfi_wipe(digest, sizeof digest);
}

static uint32_t mask_of_same(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint32_t difference = 0;

    for (size_t i = 0; i < len; i++)
        difference |= (uint32_t)(a[i] ^ b[i]);
    return mask_of_zero(difference);
}

bool hfi_cbc_unpad_and_verify(const hfi_cbc_mac *m,
                              const uint8_t header[HFI_CBC_MAC_HEADER - 2], hfi_view text,
                              size_t *content_len)
{
    const hfi_hash *hash = m->hash;
    uint8_t inner[HFI_HASH_SIZE_MAX], received[HFI_HASH_SIZE_MAX];
    uint8_t expected[HFI_HASH_SIZE_MAX];
    hfi_hash_ctx ctx;

    uint32_t good = check_padding(text, hash->size, content_len);
    const uint8_t len[2] = {(uint8_t)(*content_len >> 8), (uint8_t)*content_len};
    memcpy(&ctx, &m->inner, hash->ctx_used);
    hash->update(&ctx, header, HFI_CBC_MAC_HEADER - 2);
    hash->update(&ctx, len, sizeof len);
    find_mac(hash, &ctx, text, *content_len, inner, received);
    finish_outer(m, inner, expected);
    good &= mask_of_same(expected, received, hash->size);
    hfi_wipe(&ctx, hash->ctx_used);
    hfi_wipe(inner, sizeof inner);
    hfi_wipe(received, sizeof received);
    hfi_wipe(expected, sizeof expected);
    return good != 0;
}
