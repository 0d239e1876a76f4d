/* tests/vectors/wycheproof/exchange.c: X25519, X448 and ECDH on bare points. */
#include "vectors.h"

static outcome check_group(const hfi_group *group, hfi_view private_key,
                           const json_t *test)
{
    hfi_view share = hex_member(test, "public");
    hfi_view shared = hex_member(test, "shared");
    uint8_t *secret = scratch(group->secret_len);

    switch (group->derive(private_key.p, share, secret)) {
    case HFI_OK:
        return hfi_view_equal(hfi_view_of(secret, group->secret_len), shared) ? TAKEN
                                                                              : DIFFERS;
    case HFI_E_KEY_SHARE_INVALID:
        return REFUSED;
    default: /* no other cause is the peer's */
        return DIFFERS;
    }
}

outcome check_x25519(const json_t *group, const json_t *test, const char **why)
{
    (void)group;
    (void)why;
    return check_group(tested.x25519, hex_member(test, "private"), test);
}

outcome check_x448(const json_t *group, const json_t *test, const char **why)
{
    (void)group;
    (void)why;
    return check_group(tested.x448, hex_member(test, "private"), test);
}

/* The vectors write private keys as numbers of any length. */
static outcome check_ecdh(const hfi_group *group, const json_t *test)
{
    hfi_view number = number_member(test, "private");
    uint8_t *private_key = scratch(group->private_len);

    if (number.len > group->private_len)
        return DIFFERS;
    memset(private_key, 0, group->private_len);
    memcpy(&private_key[group->private_len - number.len], number.p, number.len);
    return check_group(group, hfi_view_of(private_key, group->private_len), test);
}

outcome check_ecdh_p256(const json_t *group, const json_t *test, const char **why)
{
    (void)group;
    (void)why;
    return check_ecdh(tested.p256, test);
}

outcome check_ecdh_p384(const json_t *group, const json_t *test, const char **why)
{
    (void)group;
    (void)why;
    return check_ecdh(tested.p384, test);
}

outcome check_ecdh_p521(const json_t *group, const json_t *test, const char **why)
{
    (void)group;
    (void)why;
    return check_ecdh(tested.p521, test);
}
