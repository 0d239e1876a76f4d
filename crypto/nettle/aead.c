/* crypto/nettle/aead.c: AES-GCM (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439),
 * as TLS uses them: 96-bit nonce, 128-bit tag.  RFC 8446 5.2, 5.5.
 *
 * All of nettle's functions work in place.  A record that does not verify is wiped
 * before open returns, so that nothing of it can be used by mistake. */
#include <assert.h>

#include <nettle/chacha-poly1305.h>
#include <nettle/gcm.h>

#include "base/ct.h"
#include "crypto/nettle/compat.h"
#include "crypto/nettle/primitives.h"

enum { TAG = 16 };

/* RFC 8446 5.5 allows 2^24.5 full-size records under one AES-GCM key; rounded down. */
#define GCM_RECORD_LIMIT (UINT64_C(1) << 24)

static_assert(GCM_DIGEST_SIZE == TAG, "the whole tag");
static_assert(CHACHA_POLY1305_DIGEST_SIZE == TAG, "the whole tag");
static_assert(CHACHA_POLY1305_NONCE_SIZE == HFI_AEAD_NONCE, "TLS's nonce");
static_assert(GCM_IV_SIZE == HFI_AEAD_NONCE, "TLS's nonce");

/* What remains to do once the tag of an opened record is computed. */
static bool tag_matches(const uint8_t *tag, const uint8_t *in, size_t text, uint8_t *out)
{
    if (hfi_ct_equal(tag, &in[text], TAG))
        return true;
    hfi_wipe(out, text);
    return false;
}

/* nettle gives the two key sizes of AES-GCM functions of their own. */
#define GCM_FUNCTIONS(aes)                                                              \
    static void aes##_init(void *ctx, const uint8_t *key)                               \
    {                                                                                   \
        gcm_##aes##_set_key(ctx, key);                                                  \
    }                                                                                   \
    static void aes##_seal(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad, \
                           const uint8_t *in, size_t len, uint8_t *out)                 \
    {                                                                                   \
        gcm_##aes##_set_iv(ctx, HFI_AEAD_NONCE, nonce);                                 \
        gcm_##aes##_update(ctx, ad.len, ad.p);                                          \
        gcm_##aes##_encrypt(ctx, len, out, in);                                         \
        HFI_NETTLE_DIGEST(gcm_##aes##_digest, ctx, TAG, &out[len]);                     \
    }                                                                                   \
    static bool aes##_open(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad, \
                           const uint8_t *in, size_t len, uint8_t *out)                 \
    {                                                                                   \
        uint8_t tag[TAG];                                                               \
        if (len < TAG)                                                                  \
            return false;                                                               \
        gcm_##aes##_set_iv(ctx, HFI_AEAD_NONCE, nonce);                                 \
        gcm_##aes##_update(ctx, ad.len, ad.p);                                          \
        gcm_##aes##_decrypt(ctx, len - TAG, out, in);                                   \
        HFI_NETTLE_DIGEST(gcm_##aes##_digest, ctx, TAG, tag);                           \
        return tag_matches(tag, in, len - TAG, out);                                    \
    }

GCM_FUNCTIONS(aes128)
GCM_FUNCTIONS(aes256)

static void chacha_init(void *ctx, const uint8_t *key)
{
    chacha_poly1305_set_key(ctx, key);
}

static void chacha_seal(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                        const uint8_t *in, size_t len, uint8_t *out)
{
    chacha_poly1305_set_nonce(ctx, nonce);
    chacha_poly1305_update(ctx, ad.len, ad.p);
    chacha_poly1305_encrypt(ctx, len, out, in);
    HFI_NETTLE_DIGEST(chacha_poly1305_digest, ctx, TAG, &out[len]);
}

static bool chacha_open(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                        const uint8_t *in, size_t len, uint8_t *out)
{
    uint8_t tag[TAG];
    if (len < TAG)
        return false;
    chacha_poly1305_set_nonce(ctx, nonce);
    chacha_poly1305_update(ctx, ad.len, ad.p);
    chacha_poly1305_decrypt(ctx, len - TAG, out, in);
    HFI_NETTLE_DIGEST(chacha_poly1305_digest, ctx, TAG, tag);
    return tag_matches(tag, in, len - TAG, out);
}

const hfi_aead hfi_nettle_aes_128_gcm = {
    .name = "AES_128_GCM",
    .key_len = AES128_KEY_SIZE,
    .tag_len = TAG,
    .ctx_size = sizeof(struct gcm_aes128_ctx),
    .record_limit = GCM_RECORD_LIMIT,
    .init = aes128_init,
    .seal = aes128_seal,
    .open = aes128_open,
};

const hfi_aead hfi_nettle_aes_256_gcm = {
    .name = "AES_256_GCM",
    .key_len = AES256_KEY_SIZE,
    .tag_len = TAG,
    .ctx_size = sizeof(struct gcm_aes256_ctx),
    .record_limit = GCM_RECORD_LIMIT,
    .init = aes256_init,
    .seal = aes256_seal,
    .open = aes256_open,
};

const hfi_aead hfi_nettle_chacha20_poly1305 = {
    .name = "CHACHA20_POLY1305",
    .key_len = CHACHA_POLY1305_KEY_SIZE,
    .tag_len = TAG,
    .ctx_size = sizeof(struct chacha_poly1305_ctx),
    .record_limit = UINT64_MAX,
    .init = chacha_init,
    .seal = chacha_seal,
    .open = chacha_open,
};
