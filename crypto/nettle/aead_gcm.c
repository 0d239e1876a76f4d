/* crypto/nettle/aead_gcm.c: AES-GCM (NIST SP 800-38D) as TLS uses it: 96-bit nonce,
 * 128-bit tag.  RFC 8446 5.2, 5.5.
 *
 * nettle's table for GHASH has room for 4 kB, which its code in C fills; where the
 * processor multiplies without carry, 32 bytes of it are used, and a connection has two
 * such keys.  So the table stands last in the context, and there is a small context, with
 * the start of the table alone, for where nettle writes no more when it sets a key: that
 * is looked up, of the nettle that is loaded and on the processor at hand.  Afterwards
 * the table is const to nettle, which cannot use what was never written. */
#include <assert.h>
#include <stddef.h>

#include <nettle/gcm.h>

#include "base/ct.h"
#include "crypto/nettle/compat.h"
#include "crypto/nettle/primitives.h"

enum {
    TAG = 16,
    TABLE_SMALL = 64, /* bytes of the table in a small context: a cache line */
};

/* RFC 8446 5.5 allows 2^24.5 full-size records under one AES-GCM key; rounded down. */
#define GCM_RECORD_LIMIT (UINT64_C(1) << 24)

static_assert(GCM_DIGEST_SIZE == TAG, "the whole tag");
static_assert(GCM_IV_SIZE == HFI_AEAD_NONCE, "TLS's nonce");

/* ---- how much of the table is used ---- */

/* A cipher of no use but to make the same table each time. */
static void encrypt_nothing(const void *ctx, size_t len, uint8_t *out, const uint8_t *in)
{
    (void)ctx;
    (void)in;
    memset(out, 0x5a, len);
}

/* The table up to the last byte that is not as it was before the key was set. */
static size_t changed(struct gcm_key *table, uint8_t before)
{
    const uint8_t *bytes = (const uint8_t *)table;
    size_t len = sizeof *table;

    memset(table, before, sizeof *table);
    gcm_set_key(table, NULL, encrypt_nothing);
    while (len != 0 && bytes[len - 1] == before)
        len--;
    return len;
}

/* No byte that was written is both 0 and 255. */
static bool is_table_small(void)
{
    struct gcm_key table;

    return changed(&table, 0) <= TABLE_SMALL && changed(&table, 0xff) <= TABLE_SMALL;
}

/* ---- the two key sizes, of which each has functions of its own in nettle ---- */

#define GCM_FUNCTIONS(aes)                                                              \
    typedef struct aes##_gcm {                                                          \
        struct gcm_ctx gcm;                                                             \
        struct aes##_ctx cipher;                                                        \
        struct gcm_key table; /* perhaps the start of it */                             \
    } aes##_gcm;                                                                        \
    static void aes##_block(const void *ctx, size_t len, uint8_t *out,                  \
                            const uint8_t *in)                                          \
    {                                                                                   \
        aes##_encrypt(ctx, len, out, in);                                               \
    }                                                                                   \
    static void aes##_init(void *ctx, const uint8_t *key)                               \
    {                                                                                   \
        aes##_gcm *c = ctx;                                                             \
        aes##_set_encrypt_key(&c->cipher, key);                                         \
        gcm_set_key(&c->table, &c->cipher, aes##_block);                                \
    }                                                                                   \
    static void aes##_start(aes##_gcm *c, const uint8_t *nonce, hfi_view ad)            \
    {                                                                                   \
        gcm_set_iv(&c->gcm, &c->table, HFI_AEAD_NONCE, nonce);                          \
        gcm_update(&c->gcm, &c->table, ad.len, ad.p);                                   \
    }                                                                                   \
    static void aes##_tag(aes##_gcm *c, uint8_t tag[TAG])                               \
    {                                                                                   \
        HFI_NETTLE_GCM_DIGEST(&c->gcm, &c->table, &c->cipher, aes##_block, TAG, tag);   \
    }                                                                                   \
    static void aes##_seal(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad, \
                           const uint8_t *in, size_t len, uint8_t *out)                 \
    {                                                                                   \
        aes##_gcm *c = ctx;                                                             \
        aes##_start(c, nonce, ad);                                                      \
        gcm_encrypt(&c->gcm, &c->table, &c->cipher, aes##_block, len, out, in);         \
        aes##_tag(c, &out[len]);                                                        \
    }                                                                                   \
    static bool aes##_open(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad, \
                           const uint8_t *in, size_t len, uint8_t *out)                 \
    {                                                                                   \
        aes##_gcm *c = ctx;                                                             \
        uint8_t tag[TAG];                                                               \
        if (len < TAG)                                                                  \
            return false;                                                               \
        aes##_start(c, nonce, ad);                                                      \
        gcm_decrypt(&c->gcm, &c->table, &c->cipher, aes##_block, len - TAG, out, in);   \
        aes##_tag(c, tag);                                                              \
        if (hfi_ct_equal(tag, &in[len - TAG], TAG))                                     \
            return true;                                                                \
        hfi_wipe(out, len - TAG);                                                       \
        return false;                                                                   \
    }

GCM_FUNCTIONS(aes128)
GCM_FUNCTIONS(aes256)

#define GCM_AEAD(label, aes, key_size, table_size)                                \
    {                                                                             \
        .name = (label), .key_len = (key_size), .tag_len = TAG,                   \
        .ctx_size = offsetof(aes##_gcm, table) + (table_size),                    \
        .record_limit = GCM_RECORD_LIMIT, .init = aes##_init, .seal = aes##_seal, \
        .open = aes##_open,                                                       \
    }

const hfi_aead hfi_nettle_aes_128_gcm =
    GCM_AEAD("AES_128_GCM", aes128, AES128_KEY_SIZE, sizeof(struct gcm_key));
const hfi_aead hfi_nettle_aes_256_gcm =
    GCM_AEAD("AES_256_GCM", aes256, AES256_KEY_SIZE, sizeof(struct gcm_key));

static const hfi_aead small_aes_128_gcm =
    GCM_AEAD("AES_128_GCM", aes128, AES128_KEY_SIZE, TABLE_SMALL);
static const hfi_aead small_aes_256_gcm =
    GCM_AEAD("AES_256_GCM", aes256, AES256_KEY_SIZE, TABLE_SMALL);

void hfi_crypto_nettle_fit(hfi_crypto *crypto)
{
    if (!is_table_small())
        return;
    if (crypto->aes_128_gcm == &hfi_nettle_aes_128_gcm)
        crypto->aes_128_gcm = &small_aes_128_gcm;
    if (crypto->aes_256_gcm == &hfi_nettle_aes_256_gcm)
        crypto->aes_256_gcm = &small_aes_256_gcm;
}
