/* crypto/nettle/group_nist.c: ECDH on P-256, P-384 and P-521 as TLS groups, RFC 8446
 * 4.2.8.2 and 7.4.2.
 *
 * Scalars and results live on the stack and are wiped.  What nettle keeps in its own
 * scratch memory while it multiplies goes back to malloc as it is: GMP could wipe it
 * only through allocation functions that the whole process would share.
 */
#include "base/ct.h"
#include "crypto/nettle/curve.h"
#include "crypto/nettle/primitives.h"

static hfi_err generate(const hfi_nettle_curve *curve, const hfi_random *random,
                        uint8_t *private_key, uint8_t *share)
{
    hfi_nettle_scalar s;
    hfi_nettle_point point;

    hfi_err err = hfi_nettle_scalar_draw(&s, curve, random, private_key);
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

/* What differs between the curves is in their rows. */
#define NIST_GROUP(p, tls_name, tls_id, bytes)                                        \
    static hfi_err p##_generate(const hfi_random *random, uint8_t *private_key,       \
                                uint8_t *share)                                       \
    {                                                                                 \
        return generate(&hfi_nettle_curve_##p, random, private_key, share);           \
    }                                                                                 \
    static hfi_err p##_derive(const uint8_t *private_key, hfi_view peer_share,        \
                              uint8_t *secret)                                        \
    {                                                                                 \
        return derive(&hfi_nettle_curve_##p, private_key, peer_share, secret);        \
    }                                                                                 \
    static hfi_err p##_encapsulate(const hfi_random *random, hfi_view peer_share,     \
                                   uint8_t *share, uint8_t *secret)                   \
    {                                                                                 \
        return hfi_nettle_answer(&hfi_nettle_##p, random, peer_share, share, secret); \
    }                                                                                 \
    const hfi_group hfi_nettle_##p = {                                                \
        .name = tls_name,                                                             \
        .id = tls_id,                                                                 \
        .private_len = bytes,                                                         \
        .share_len = 1 + 2 * bytes,                                                   \
        .secret_len = bytes,                                                          \
        .generate = p##_generate,                                                     \
        .derive = p##_derive,                                                         \
        .peer_share_len = 1 + 2 * bytes,                                              \
        .encapsulate = p##_encapsulate,                                               \
    }

NIST_GROUP(p256, "secp256r1", 23, 32);
NIST_GROUP(p384, "secp384r1", 24, 48);
NIST_GROUP(p521, "secp521r1", 25, 66);
