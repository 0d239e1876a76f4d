/* crypto/nettle/eddsa.c: Ed25519 and Ed448, RFC 8032 5.1.7 and 5.2.7, on the whole
 * message; Ed448 with an empty context (RFC 8446 4.2.3).  nettle
 * refuses an s that is not below the group's order, so a signature has one form. */
#include <nettle/eddsa.h>

#include "crypto/nettle/primitives.h"

bool hfi_nettle_ed25519_verify(const hfi_public_key *key, hfi_view message,
                               hfi_view signature)
{
    if (key->point.len != ED25519_KEY_SIZE || signature.len != ED25519_SIGNATURE_SIZE)
        return false;
    return ed25519_sha512_verify(key->point.p, message.len, message.p, signature.p) == 1;
}

bool hfi_nettle_ed448_verify(const hfi_public_key *key, hfi_view message,
                             hfi_view signature)
{
    if (key->point.len != ED448_KEY_SIZE || signature.len != ED448_SIGNATURE_SIZE)
        return false;
    /* s has 446 bits in 57 bytes.  nettle 3.8 does not look at the last one. */
    if (signature.p[ED448_SIGNATURE_SIZE - 1] != 0)
        return false;
    return ed448_shake256_verify(key->point.p, message.len, message.p, signature.p) == 1;
}
