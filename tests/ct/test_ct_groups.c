/* tests/ct/test_ct_groups.c: key exchange in every group, its private keys and secrets
 * undefined for memcheck.  Shares are public. */
#include "secrets.h"

static void exchange(const hfi_group *group)
{
    uint8_t private_key[HFI_GROUP_PRIVATE_MAX], share[HFI_GROUP_SHARE_MAX];
    uint8_t answer[HFI_GROUP_SHARE_MAX], ours[64 + HFI_GROUP_SECRET_MAX];
    uint8_t theirs[64 + HFI_GROUP_SECRET_MAX];
    uint8_t state = 21;
    const hfi_random random = {fill_secret, &state};

    hfi_err err = group->generate(&random, private_key, share);
    public(&err, sizeof err);
    EXPECT(err == HFI_OK);
    public(share, group->share_len);
    err =
        group->encapsulate(&random, hfi_view_of(share, group->share_len), answer, theirs);
    public(&err, sizeof err);
    EXPECT(err == HFI_OK);
    public(answer, group->peer_share_len);
    err = group->derive(private_key, hfi_view_of(answer, group->peer_share_len), ours);
    public(&err, sizeof err);
    EXPECT(err == HFI_OK);
    public(ours, group->secret_len);
    public(theirs, group->secret_len);
    EXPECT(memcmp(ours, theirs, group->secret_len) == 0);
}

static void all(void)
{
    const hfi_crypto *c = &hfi_crypto_nettle;

    exchange(c->x25519);
    exchange(c->x448);
    exchange(c->p256);
    exchange(c->p384);
    exchange(c->p521);
    exchange(c->x25519_mlkem768);
    exchange(c->p256_mlkem768);
}

int main(int argc, char **argv)
{
    return run(argc, argv, all);
}
