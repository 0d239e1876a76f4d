/* crypto/accel/sodium.c: X25519 (RFC 7748), alone and in the hybrid group, Ed25519
 * (RFC 8032) and ChaCha20-Poly1305 (RFC 8439) by libsodium, which has faster code for
 * them than nettle 3.8.
 *
 * It follows RFC 7748 in clearing bits of the scalar and in ignoring the top bit of the
 * peer's value.  Ed25519 signatures are the same bytes; in verification libsodium also
 * refuses points of low order, with which nobody who keeps to RFC 8032 signs. */
#include "crypto/accel/sodium.h"

#include <assert.h>
#include <sodium.h>

#include "base/ct.h"
#include "crypto/hybrid.h"

enum {
    X25519 = 32,
    X25519_MLKEM768_PRIVATE = X25519 + 64, /* and ML-KEM's seed */
    MLKEM768_EK = 1184,
    MLKEM768_CT = 1088,
};

static_assert(crypto_scalarmult_BYTES == X25519, "RFC 7748 5");
static_assert(crypto_scalarmult_SCALARBYTES == X25519, "RFC 7748 5");
static_assert((int)HFI_GROUP_PRIVATE_MAX >= (int)X25519_MLKEM768_PRIVATE, "fits");

/* ---- X25519, RFC 8446 4.2.8.2 ---- */

static hfi_err x25519_generate(const hfi_random *random, uint8_t *private_key,
                               uint8_t *share)
{
    if (!random->fill(random->ctx, private_key, X25519)) {
        hfi_wipe(private_key, X25519);
        return HFI_E_RANDOM_FAILED;
    }
    if (crypto_scalarmult_base(share, private_key) == 0)
        return HFI_OK;
    hfi_wipe(private_key, X25519); /* does not happen */
    return HFI_E_INTERNAL;
}

/* RFC 8446 7.4.2: an all-zero result is refused.  libsodium looks for it, too, and says
 * so by its return value. */
static hfi_err x25519_derive(const uint8_t *private_key, hfi_view peer_share,
                             uint8_t *secret)
{
    if (peer_share.len != X25519)
        return HFI_E_KEY_SHARE_INVALID;
    if (crypto_scalarmult(secret, private_key, peer_share.p) != 0 ||
        hfi_ct_is_zero(secret, X25519)) {
        memset(secret, 0, X25519);
        return HFI_E_KEY_SHARE_INVALID;
    }
    return HFI_OK;
}

static hfi_err x25519_encapsulate(const hfi_random *random, hfi_view peer_share,
                                  uint8_t *share, uint8_t *secret)
{
    uint8_t private_key[X25519];

    hfi_err err = x25519_generate(random, private_key, share);
    if (err == HFI_OK)
        err = x25519_derive(private_key, peer_share, secret);
    hfi_wipe(private_key, sizeof private_key);
    return err;
}

static const hfi_group x25519 = {
    .name = "x25519",
    .id = 29,
    .private_len = X25519,
    .share_len = X25519,
    .secret_len = X25519,
    .generate = x25519_generate,
    .derive = x25519_derive,
    .peer_share_len = X25519,
    .encapsulate = x25519_encapsulate,
};

/* ---- X25519MLKEM768, draft-ietf-tls-ecdhe-mlkem 3 ---- */

static const hfi_group *const hybrid_curve = &x25519;
static const hfi_hybrid hybrid = {&hybrid_curve, X25519, X25519, true};

static hfi_err hybrid_generate(const hfi_random *random, uint8_t *private_key,
                               uint8_t *share)
{
    return hfi_hybrid_generate(&hybrid, random, private_key, share);
}

static hfi_err hybrid_derive(const uint8_t *private_key, hfi_view peer_share,
                             uint8_t *secret)
{
    return hfi_hybrid_derive(&hybrid, private_key, peer_share, secret);
}

static hfi_err hybrid_encapsulate(const hfi_random *random, hfi_view peer_share,
                                  uint8_t *share, uint8_t *secret)
{
    return hfi_hybrid_encapsulate(&hybrid, random, peer_share, share, secret);
}

static const hfi_group x25519_mlkem768 = {
    .name = "X25519MLKEM768",
    .id = 0x11ec,
    .private_len = X25519_MLKEM768_PRIVATE,
    .share_len = MLKEM768_EK + X25519,
    .secret_len = 64,
    .generate = hybrid_generate,
    .derive = hybrid_derive,
    .peer_share_len = MLKEM768_CT + X25519,
    .encapsulate = hybrid_encapsulate,
    .curve_id = 29,
    .curve_share_at = MLKEM768_EK,
};

/* ---- Ed25519, RFC 8446 4.2.3; all else stays with nettle ---- */

static bool verify(hfi_signature algorithm, const hfi_public_key *key, hfi_view message,
                   hfi_view signature)
{
    if (algorithm != HFI_ED25519 || key->type != HFI_KEY_ED25519)
        return hfi_crypto_nettle.verify(algorithm, key, message, signature);
    return key->point.len == crypto_sign_PUBLICKEYBYTES &&
           signature.len == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature.p, message.p, message.len,
                                       key->point.p) == 0;
}

/* libsodium wants the public key behind the seed. */
static hfi_err ed25519_sign(const hfi_private_key *key, hfi_view message, hfi_span out,
                            size_t *len)
{
    const hfi_view seed = hfi_crypto_nettle.private_key_seed(key);
    const hfi_public_key pub = hfi_crypto_nettle.private_key_public(key);
    uint8_t both[crypto_sign_SECRETKEYBYTES];

    static_assert(sizeof both == crypto_sign_SEEDBYTES + crypto_sign_PUBLICKEYBYTES,
                  "the seed and the public key");
    if (out.len < crypto_sign_BYTES)
        return HFI_E_BUFFER_TOO_SMALL;
    memcpy(both, seed.p, crypto_sign_SEEDBYTES);
    memcpy(&both[crypto_sign_SEEDBYTES], pub.point.p, crypto_sign_PUBLICKEYBYTES);
    int ret = crypto_sign_detached(out.p, NULL, message.p, message.len, both);
    hfi_wipe(both, sizeof both);
    if (ret != 0)
        return HFI_E_INTERNAL;
    *len = crypto_sign_BYTES;
    return HFI_OK;
}

static hfi_err sign(hfi_signature algorithm, const hfi_private_key *key,
                    const hfi_random *random, hfi_view message, hfi_span out, size_t *len)
{
    *len = 0;
    if (algorithm != HFI_ED25519 ||
        hfi_crypto_nettle.private_key_public(key).type != HFI_KEY_ED25519)
        return hfi_crypto_nettle.sign(algorithm, key, random, message, out, len);
    return ed25519_sign(key, message, out, len);
}

/* ---- ChaCha20-Poly1305, RFC 8446 5.2 ---- */

enum { CHACHA_TAG = crypto_aead_chacha20poly1305_ietf_ABYTES };

static_assert(crypto_aead_chacha20poly1305_ietf_NPUBBYTES == HFI_AEAD_NONCE,
              "TLS's nonce");

/* The context is the key. */
static void chacha_init(void *ctx, const uint8_t *key)
{
    memcpy(ctx, key, crypto_aead_chacha20poly1305_ietf_KEYBYTES);
}

static void chacha_seal(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                        const uint8_t *in, size_t len, uint8_t *out)
{
    (void)crypto_aead_chacha20poly1305_ietf_encrypt_detached(
        out, &out[len], NULL, in, len, ad.p, ad.len, NULL, nonce, ctx);
}

/* The tag is checked before anything is decrypted; what stood in out is wiped all the
 * same, since in place it is what came. */
static bool chacha_open(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                        const uint8_t *in, size_t len, uint8_t *out)
{
    if (len < CHACHA_TAG)
        return false;
    const size_t text = len - CHACHA_TAG;
    if (crypto_aead_chacha20poly1305_ietf_decrypt_detached(out, NULL, in, text, &in[text],
                                                           ad.p, ad.len, nonce, ctx) == 0)
        return true;
    hfi_wipe(out, text);
    return false;
}

static const hfi_aead chacha20_poly1305 = {
    .name = "CHACHA20_POLY1305",
    .key_len = crypto_aead_chacha20poly1305_ietf_KEYBYTES,
    .tag_len = CHACHA_TAG,
    .ctx_size = crypto_aead_chacha20poly1305_ietf_KEYBYTES,
    .record_limit = UINT64_MAX,
    .init = chacha_init,
    .seal = chacha_seal,
    .open = chacha_open,
};

/* sodium_init chooses code for the processor; it may be called again, and by several
 * threads at once. */
void hfi_accel_sodium_apply(hfi_crypto *crypto)
{
    if (sodium_init() < 0)
        return;
    crypto->x25519 = &x25519;
    crypto->x25519_mlkem768 = &x25519_mlkem768;
    crypto->chacha20_poly1305 = &chacha20_poly1305;
    crypto->verify = verify;
    crypto->sign = sign;
}
