/* crypto/nettle/aead_ccm.c: AES-CCM (RFC 3610, NIST SP 800-38C) as TLS uses it: 96-bit
 * nonce, 128-bit tag.  RFC 5116 5.3, RFC 6655, RFC 8446 5.2 and 5.5.
 *
 * CCM hashes the text before it encrypts it, and wants its length beforehand: nettle's
 * steps are called in that order.  All works in place. */
#include <assert.h>

#include <nettle/ccm.h>

#include "base/ct.h"
#include "crypto/nettle/compat.h"
#include "crypto/nettle/primitives.h"

enum { TAG = 16 };

/* RFC 8446 5.5 names no number for AES-CCM.  Its bound is worse than GCM's: RFC 9147
 * 4.5.3 takes 2^23 records of 2^10 blocks, for 2^-60 of confidentiality. */
#define CCM_RECORD_LIMIT (UINT64_C(1) << 23)

static_assert(CCM_DIGEST_SIZE == TAG, "the whole tag");
static_assert(CCM_MIN_NONCE_SIZE <= (int)HFI_AEAD_NONCE &&
                  CCM_MAX_NONCE_SIZE >= (int)HFI_AEAD_NONCE,
              "TLS's nonce");

/* 12 bytes of nonce leave 3 for a length: more than a record ever has. */
static_assert(CCM_MAX_MSG_SIZE(HFI_AEAD_NONCE) > 1 << 16, "a record's length");

#define CCM_FUNCTIONS(aes)                                                              \
    static void aes##_init(void *ctx, const uint8_t *key)                               \
    {                                                                                   \
        ccm_##aes##_set_key(ctx, key);                                                  \
    }                                                                                   \
    static void aes##_seal(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad, \
                           const uint8_t *in, size_t len, uint8_t *out)                 \
    {                                                                                   \
        ccm_##aes##_set_nonce(ctx, HFI_AEAD_NONCE, nonce, ad.len, len, TAG);            \
        ccm_##aes##_update(ctx, ad.len, ad.p);                                          \
        ccm_##aes##_encrypt(ctx, len, out, in);                                         \
        HFI_NETTLE_DIGEST(ccm_##aes##_digest, ctx, TAG, &out[len]);                     \
    }                                                                                   \
    static bool aes##_open(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad, \
                           const uint8_t *in, size_t len, uint8_t *out)                 \
    {                                                                                   \
        uint8_t tag[TAG];                                                               \
        if (len < TAG)                                                                  \
            return false;                                                               \
        const size_t text = len - TAG;                                                  \
        ccm_##aes##_set_nonce(ctx, HFI_AEAD_NONCE, nonce, ad.len, text, TAG);           \
        ccm_##aes##_update(ctx, ad.len, ad.p);                                          \
        ccm_##aes##_decrypt(ctx, text, out, in);                                        \
        HFI_NETTLE_DIGEST(ccm_##aes##_digest, ctx, TAG, tag);                           \
        if (hfi_ct_equal(tag, &in[text], TAG))                                          \
            return true;                                                                \
        hfi_wipe(out, text);                                                            \
        return false;                                                                   \
    }

CCM_FUNCTIONS(aes128)
CCM_FUNCTIONS(aes256)

const hfi_aead hfi_nettle_aes_128_ccm = {
    .name = "AES_128_CCM",
    .key_len = AES128_KEY_SIZE,
    .tag_len = TAG,
    .ctx_size = sizeof(struct ccm_aes128_ctx),
    .record_limit = CCM_RECORD_LIMIT,
    .init = aes128_init,
    .seal = aes128_seal,
    .open = aes128_open,
};

const hfi_aead hfi_nettle_aes_256_ccm = {
    .name = "AES_256_CCM",
    .key_len = AES256_KEY_SIZE,
    .tag_len = TAG,
    .ctx_size = sizeof(struct ccm_aes256_ctx),
    .record_limit = CCM_RECORD_LIMIT,
    .init = aes256_init,
    .seal = aes256_seal,
    .open = aes256_open,
};
