/* crypto/nettle/aead_gcm.c: AES-GCM (NIST SP 800-38D) as TLS uses it: 96-bit nonce,
 * 128-bit tag.  RFC 8446 5.2, 5.5.
 *
 * nettle's table for GHASH has room for 4 kB, which its code in C fills; where the
 * processor multiplies without carry, 32 bytes of it are used, and a connection has two
 * such keys.  So the table stands last in the context, and what nettle does not write
 * when it sets a key need not be there: what that is, is looked up once, of the nettle
 * that is loaded and on the processor at hand. */
#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>

#include <nettle/gcm.h>

#include "base/ct.h"
#include "crypto/nettle/compat.h"
#include "crypto/nettle/primitives.h"

enum {
    TAG = 16,
    TABLE_UNIT = 64, /* the table's part is a multiple of this */
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
static size_t measure_table(void)
{
    struct gcm_key table;
    size_t len = changed(&table, 0);
    size_t again = changed(&table, 0xff);

    if (len < again)
        len = again;
    len = (len + TABLE_UNIT - 1) / TABLE_UNIT * TABLE_UNIT;
    return len < sizeof table ? len : sizeof table;
}

/* Threads that come here at once all find the same. */
static size_t table_size(void)
{
    static atomic_size_t known;
    size_t size = atomic_load_explicit(&known, memory_order_relaxed);

    if (size == 0) {
        size = measure_table();
        atomic_store_explicit(&known, size, memory_order_relaxed);
    }
    return size;
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
    static size_t aes##_needed(void)                                                    \
    {                                                                                   \
        return offsetof(aes##_gcm, table) + table_size();                               \
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

const hfi_aead hfi_nettle_aes_128_gcm = {
    .name = "AES_128_GCM",
    .key_len = AES128_KEY_SIZE,
    .tag_len = TAG,
    .ctx_size = sizeof(aes128_gcm),
    .record_limit = GCM_RECORD_LIMIT,
    .ctx_needed = aes128_needed,
    .init = aes128_init,
    .seal = aes128_seal,
    .open = aes128_open,
};

const hfi_aead hfi_nettle_aes_256_gcm = {
    .name = "AES_256_GCM",
    .key_len = AES256_KEY_SIZE,
    .tag_len = TAG,
    .ctx_size = sizeof(aes256_gcm),
    .record_limit = GCM_RECORD_LIMIT,
    .ctx_needed = aes256_needed,
    .init = aes256_init,
    .seal = aes256_seal,
    .open = aes256_open,
};
