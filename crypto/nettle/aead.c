/* crypto/nettle/aead.c: ChaCha20-Poly1305 (RFC 8439) as TLS uses it: 96-bit nonce,
 * 128-bit tag.  RFC 8446 5.2, 5.5.  AES-GCM is in aead_gcm.c, AES-CCM in aead_ccm.c.
 *
 * All of nettle's functions work in place.  A record that does not verify is wiped
 * before open returns, so that nothing of it can be used by mistake. */
#include <assert.h>

#include <nettle/chacha-poly1305.h>

#include "base/ct.h"
#include "crypto/nettle/compat.h"
#include "crypto/nettle/primitives.h"

enum { TAG = 16 };

static_assert(CHACHA_POLY1305_DIGEST_SIZE == TAG, "the whole tag");
static_assert(CHACHA_POLY1305_NONCE_SIZE == HFI_AEAD_NONCE, "TLS's nonce");

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
    if (hfi_ct_equal(tag, &in[len - TAG], TAG))
        return true;
    hfi_wipe(out, len - TAG);
    return false;
}

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
