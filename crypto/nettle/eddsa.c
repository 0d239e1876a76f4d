/* crypto/nettle/eddsa.c: Ed25519, RFC 8032 5.1.7, on the whole message.  nettle
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
