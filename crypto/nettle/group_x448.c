/* crypto/nettle/group_x448.c: X448, RFC 7748, as a TLS group, RFC 8446 4.2.8.2.
 *
 * nettle follows RFC 7748 in setting bits of the scalar, but does not look at the
 * result: RFC 8446 7.4.2 wants an all-zero one refused. */
#include <assert.h>

#include <nettle/curve448.h>

#include "base/ct.h"
#include "crypto/nettle/primitives.h"

static_assert(CURVE448_SIZE == 56, "RFC 7748 5");

static hfi_err x448_generate(const hfi_random *random, uint8_t *private_key,
                             uint8_t *share)
{
    if (!random->fill(random->ctx, private_key, CURVE448_SIZE)) {
        hfi_wipe(private_key, CURVE448_SIZE);
        return HFI_E_RANDOM_FAILED;
    }
    curve448_mul_g(share, private_key);
    return HFI_OK;
}

static hfi_err x448_derive(const uint8_t *private_key, hfi_view peer_share,
                           uint8_t *secret)
{
    if (peer_share.len != CURVE448_SIZE)
        return HFI_E_KEY_SHARE_INVALID;
    curve448_mul(secret, private_key, peer_share.p);
    if (hfi_ct_is_zero(secret, CURVE448_SIZE))
        return HFI_E_KEY_SHARE_INVALID;
    return HFI_OK;
}

static hfi_err x448_encapsulate(const hfi_random *random, hfi_view peer_share,
                                uint8_t *share, uint8_t *secret)
{
    return hfi_nettle_answer(&hfi_nettle_x448, random, peer_share, share, secret);
}

const hfi_group hfi_nettle_x448 = {
    .name = "x448",
    .id = 30,
    .private_len = CURVE448_SIZE,
    .share_len = CURVE448_SIZE,
    .secret_len = CURVE448_SIZE,
    .generate = x448_generate,
    .derive = x448_derive,
    .peer_share_len = CURVE448_SIZE,
    .encapsulate = x448_encapsulate,
};
