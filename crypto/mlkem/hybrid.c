/* crypto/mlkem/hybrid.c: ML-KEM-768 beside a curve as a TLS group,
 * draft-ietf-tls-ecdhe-mlkem 3 and 4.
 *
 * A client's share is the curve's and an encapsulation key, a server's the curve's and
 * a ciphertext; the secret is both secrets.  X25519MLKEM768 puts ML-KEM first, the one
 * with P-256 puts the curve first, because a FIPS-approved secret has to lead.
 *
 * The private key is the curve's and ML-KEM's seed: to expand it again costs 4 us, and
 * 96 bytes wait for the server in place of 2432. */
#include <assert.h>

#include "base/ct.h"
#include "crypto/hybrid.h"
#include "crypto/mlkem/mlkem.h"

enum {
    EK = HFI_MLKEM_768_EK,
    CT = HFI_MLKEM_768_CT,
    SEED = HFI_MLKEM_SEED,
    KEM_SECRET = HFI_MLKEM_SECRET,
    BOTH_SECRETS = 2 * KEM_SECRET, /* a curve's is as long */
    X25519 = 32,
    P256_SCALAR = 32,
    P256_POINT = 65,
};

static_assert((int)HFI_GROUP_PRIVATE_MAX >= X25519 + SEED, "fits");
static_assert((int)HFI_GROUP_PRIVATE_MAX >= P256_SCALAR + SEED, "fits");
static_assert((int)HFI_GROUP_SHARE_MAX == P256_POINT + EK, "the longest");

static const hfi_hybrid with_x25519 = {&hfi_crypto_nettle.x25519, X25519, X25519, true};
static const hfi_hybrid with_p256 = {&hfi_crypto_nettle.p256, P256_SCALAR, P256_POINT,
                                     false};

/* Where the parts of a share stand, whose ML-KEM part has kem bytes. */
static size_t kem_at(const hfi_hybrid *h)
{
    return h->kem_first ? 0 : h->point;
}

static size_t point_at(const hfi_hybrid *h, size_t kem)
{
    return h->kem_first ? kem : 0;
}

/* And of a secret. */
static size_t kem_secret_at(const hfi_hybrid *h)
{
    return h->kem_first ? 0 : KEM_SECRET;
}

static size_t curve_secret_at(const hfi_hybrid *h)
{
    return h->kem_first ? KEM_SECRET : 0;
}

hfi_err hfi_hybrid_generate(const hfi_hybrid *h, const hfi_random *random,
                            uint8_t *private_key, uint8_t *share)
{
    uint8_t *seed = &private_key[h->scalar];

    hfi_err err = (*h->curve)->generate(random, private_key, &share[point_at(h, EK)]);
    if (err == HFI_OK && !random->fill(random->ctx, seed, SEED))
        err = HFI_E_RANDOM_FAILED;
    if (err == HFI_OK)
        hfi_mlkem_keygen(&hfi_mlkem_768, seed, &share[kem_at(h)], NULL);
    else
        hfi_wipe(private_key, h->scalar + SEED);
    return err;
}

hfi_err hfi_hybrid_derive(const hfi_hybrid *h, const uint8_t *private_key,
                          hfi_view peer_share, uint8_t *secret)
{
    if (peer_share.len != h->point + CT)
        return HFI_E_KEY_SHARE_INVALID;
    hfi_err err = (*h->curve)->derive(
        private_key, hfi_view_of(&peer_share.p[point_at(h, CT)], h->point),
        &secret[curve_secret_at(h)]);
    /* Of the right length, a ciphertext is never refused: FIPS 203 6.3. */
    if (err == HFI_OK)
        (void)hfi_mlkem_decaps_seed(&hfi_mlkem_768, &private_key[h->scalar],
                                    hfi_view_of(&peer_share.p[kem_at(h)], CT),
                                    &secret[kem_secret_at(h)]);
    return err;
}

hfi_err hfi_hybrid_encapsulate(const hfi_hybrid *h, const hfi_random *random,
                               hfi_view peer_share, uint8_t *share, uint8_t *secret)
{
    uint8_t m[HFI_MLKEM_RANDOM];

    if (peer_share.len != h->point + EK)
        return HFI_E_KEY_SHARE_INVALID;
    hfi_err err = (*h->curve)->encapsulate(
        random, hfi_view_of(&peer_share.p[point_at(h, EK)], h->point),
        &share[point_at(h, CT)], &secret[curve_secret_at(h)]);
    if (err == HFI_OK && !random->fill(random->ctx, m, sizeof m))
        err = HFI_E_RANDOM_FAILED;
    if (err == HFI_OK &&
        !hfi_mlkem_encaps(&hfi_mlkem_768, hfi_view_of(&peer_share.p[kem_at(h)], EK), m,
                          &share[kem_at(h)], &secret[kem_secret_at(h)]))
        err = HFI_E_KEY_SHARE_INVALID;
    if (err != HFI_OK)
        hfi_wipe(&secret[curve_secret_at(h)], KEM_SECRET);
    hfi_wipe(m, sizeof m);
    return err;
}

#define HYBRID_GROUP(curve, tls_name, tls_id, scalar, point, plain_id, plain_at)         \
    static hfi_err curve##_generate(const hfi_random *random, uint8_t *private_key,      \
                                    uint8_t *share)                                      \
    {                                                                                    \
        return hfi_hybrid_generate(&with_##curve, random, private_key, share);           \
    }                                                                                    \
    static hfi_err curve##_derive(const uint8_t *private_key, hfi_view peer_share,       \
                                  uint8_t *secret)                                       \
    {                                                                                    \
        return hfi_hybrid_derive(&with_##curve, private_key, peer_share, secret);        \
    }                                                                                    \
    static hfi_err curve##_encapsulate(const hfi_random *random, hfi_view peer_share,    \
                                       uint8_t *share, uint8_t *secret)                  \
    {                                                                                    \
        return hfi_hybrid_encapsulate(&with_##curve, random, peer_share, share, secret); \
    }                                                                                    \
    const hfi_group hfi_hybrid_##curve##_mlkem768 = {                                    \
        .name = tls_name,                                                                \
        .id = tls_id,                                                                    \
        .private_len = (scalar) + SEED,                                                  \
        .share_len = (point) + EK,                                                       \
        .secret_len = BOTH_SECRETS,                                                      \
        .generate = curve##_generate,                                                    \
        .derive = curve##_derive,                                                        \
        .peer_share_len = (point) + CT,                                                  \
        .encapsulate = curve##_encapsulate,                                              \
        .curve_id = plain_id,                                                            \
        .curve_share_at = plain_at,                                                      \
    }

HYBRID_GROUP(p256, "SecP256r1MLKEM768", 0x11eb, P256_SCALAR, P256_POINT, 23, 0);
HYBRID_GROUP(x25519, "X25519MLKEM768", 0x11ec, X25519, X25519, 29, EK);
