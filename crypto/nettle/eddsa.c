/* crypto/nettle/eddsa.c: Ed25519 and Ed448, RFC 8032 5.1.7 and 5.2.7, on the whole
 * message; Ed448 with an empty context (RFC 8446 4.2.3).  nettle
 * refuses an s that is not below the group's order, so a signature has one form. */
#include <nettle/eddsa.h>

#include "crypto/nettle/primitives.h"
#include "crypto/nettle/private_key.h"

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

/* RFC 8032 5.1.6 and 5.2.6: no randomness is drawn. */
hfi_err hfi_nettle_ed25519_sign(const hfi_private_key *key, hfi_view message,
                                hfi_span out, size_t *len)
{
    if (out.len < ED25519_SIGNATURE_SIZE)
        return HFI_E_BUFFER_TOO_SMALL;
    ed25519_sha512_sign(key->pub.point.p, key->secret.p, message.len, message.p, out.p);
    *len = ED25519_SIGNATURE_SIZE;
    return HFI_OK;
}

hfi_err hfi_nettle_ed448_sign(const hfi_private_key *key, hfi_view message, hfi_span out,
                              size_t *len)
{
    if (out.len < ED448_SIGNATURE_SIZE)
        return HFI_E_BUFFER_TOO_SMALL;
    ed448_shake256_sign(key->pub.point.p, key->secret.p, message.len, message.p, out.p);
    *len = ED448_SIGNATURE_SIZE;
    return HFI_OK;
}
