/* crypto/nettle/group.c: what all groups share: the side that speaks second. */
#include "base/ct.h"
#include "crypto/nettle/primitives.h"

hfi_err hfi_nettle_answer(const hfi_group *group, const hfi_random *random,
                          hfi_view peer_share, uint8_t *share, uint8_t *secret)
{
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX];

    hfi_err err = group->generate(random, private_key, share);
    if (err == HFI_OK)
        err = group->derive(private_key, peer_share, secret);
    hfi_wipe(private_key, sizeof private_key);
    return err;
}
