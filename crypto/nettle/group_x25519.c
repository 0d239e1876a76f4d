/* crypto/nettle/group_x25519.c: X25519, RFC 7748, as a TLS group, RFC 8446 4.2.8.2.
 *
 * nettle follows RFC 7748 in clearing bits of the scalar and in ignoring the top bit
 * of the peer's value, but does not look at the result: RFC 8446 7.4.2 wants an
 * all-zero one refused. */
#include <assert.h>

#include <nettle/curve25519.h>

#include "base/ct.h"
#include "crypto/nettle/primitives.h"

static_assert(CURVE25519_SIZE == 32, "RFC 7748 5");

static hfi_err x25519_generate(const hfi_random *random, uint8_t *private_key,
                               uint8_t *share)
{
    if (!random->fill(random->ctx, private_key, CURVE25519_SIZE)) {
        hfi_wipe(private_key, CURVE25519_SIZE);
        return HFI_E_RANDOM_FAILED;
    }
    curve25519_mul_g(share, private_key);
    return HFI_OK;
}

static hfi_err x25519_derive(const uint8_t *private_key, hfi_view peer_share,
                             uint8_t *secret)
{
    if (peer_share.len != CURVE25519_SIZE)
        return HFI_E_KEY_SHARE_INVALID;
    curve25519_mul(secret, private_key, peer_share.p);
    if (hfi_ct_is_zero(secret, CURVE25519_SIZE))
        return HFI_E_KEY_SHARE_INVALID;
    return HFI_OK;
}

static hfi_err x25519_encapsulate(const hfi_random *random, hfi_view peer_share,
                                  uint8_t *share, uint8_t *secret)
{
    return hfi_nettle_answer(&hfi_nettle_x25519, random, peer_share, share, secret);
}

const hfi_group hfi_nettle_x25519 = {
    .name = "x25519",
    .id = 29,
    .private_len = CURVE25519_SIZE,
    .share_len = CURVE25519_SIZE,
    .secret_len = CURVE25519_SIZE,
    .generate = x25519_generate,
    .derive = x25519_derive,
    .peer_share_len = CURVE25519_SIZE,
    .encapsulate = x25519_encapsulate,
};
