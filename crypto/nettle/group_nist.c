/* crypto/nettle/group_nist.c: ECDH on P-256 and P-384 as TLS groups, RFC 8446 4.2.8.2
 * and 7.4.2.  P-521 would be one more row.
 *
 * Scalars and results live on the stack and are wiped.  What nettle keeps in its own
 * scratch memory while it multiplies goes back to malloc as it is: GMP could wipe it
 * only through allocation functions that the whole process would share.
 *
 * Scalars are drawn here and not by ecc_scalar_random, which would ask a random source
 * for ever if it failed or were stuck. */
#include "base/ct.h"
#include "crypto/nettle/curve.h"
#include "crypto/nettle/primitives.h"

/* A draw lies outside of 1..n-1 with a chance of 2^-32 on P-256, less on the others:
 * a source that fails this often is broken. */
enum { DRAWS_MAX = 16 };

static hfi_err draw_scalar(hfi_nettle_scalar *s, const hfi_nettle_curve *curve,
                           const hfi_random *random, uint8_t *private_key)
{
    hfi_view key = hfi_view_of(private_key, curve->bytes);

    for (int i = 0; i < DRAWS_MAX; i++) {
        if (!random->fill(random->ctx, private_key, curve->bytes))
            break;
        if (hfi_nettle_scalar_import(s, curve, key))
            return HFI_OK;
    }
    hfi_wipe(private_key, curve->bytes);
    return HFI_E_RANDOM_FAILED;
}

static hfi_err generate(const hfi_nettle_curve *curve, const hfi_random *random,
                        uint8_t *private_key, uint8_t *share)
{
    hfi_nettle_scalar s;
    hfi_nettle_point point;

    hfi_err err = draw_scalar(&s, curve, random, private_key);
    if (err == HFI_OK) {
        hfi_nettle_point_init(&point, curve);
        ecc_point_mul_g(&point.nettle, &s.nettle);
        hfi_nettle_point_export(&point, curve, share);
    }
    hfi_wipe(&s, sizeof s);
    return err;
}

static hfi_err derive(const hfi_nettle_curve *curve, const uint8_t *private_key,
                      hfi_view peer_share, uint8_t *secret)
{
    hfi_nettle_scalar s;
    hfi_nettle_point peer, shared;

    if (!hfi_nettle_point_import(&peer, curve, peer_share))
        return HFI_E_KEY_SHARE_INVALID;
    /* Our own key: only a caller that wiped it too early can fail here. */
    bool usable =
        hfi_nettle_scalar_import(&s, curve, hfi_view_of(private_key, curve->bytes));
    if (usable) {
        hfi_nettle_point_init(&shared, curve);
        ecc_point_mul(&shared.nettle, &s.nettle, &peer.nettle);
        hfi_nettle_limbs_export(secret, curve->bytes, shared.limbs);
        hfi_wipe(&shared, sizeof shared);
    }
    hfi_wipe(&s, sizeof s);
    return usable ? HFI_OK : HFI_E_INTERNAL;
}

static hfi_err p256_generate(const hfi_random *random, uint8_t *private_key,
                             uint8_t *share)
{
    return generate(&hfi_nettle_curve_p256, random, private_key, share);
}

static hfi_err p256_derive(const uint8_t *private_key, hfi_view peer_share,
                           uint8_t *secret)
{
    return derive(&hfi_nettle_curve_p256, private_key, peer_share, secret);
}

static hfi_err p384_generate(const hfi_random *random, uint8_t *private_key,
                             uint8_t *share)
{
    return generate(&hfi_nettle_curve_p384, random, private_key, share);
}

static hfi_err p384_derive(const uint8_t *private_key, hfi_view peer_share,
                           uint8_t *secret)
{
    return derive(&hfi_nettle_curve_p384, private_key, peer_share, secret);
}

const hfi_group hfi_nettle_p256 = {
    .name = "secp256r1",
    .id = 23,
    .private_len = 32,
    .share_len = 65,
    .secret_len = 32,
    .generate = p256_generate,
    .derive = p256_derive,
};

const hfi_group hfi_nettle_p384 = {
    .name = "secp384r1",
    .id = 24,
    .private_len = 48,
    .share_len = 97,
    .secret_len = 48,
    .generate = p384_generate,
    .derive = p384_derive,
};
