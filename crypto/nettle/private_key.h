/* crypto/nettle/private_key.h: a private key, and the functions that sign with it. */
#ifndef HFI_CRYPTO_NETTLE_PRIVATE_KEY_H
#define HFI_CRYPTO_NETTLE_PRIVATE_KEY_H

#include <nettle/rsa.h>

#include "crypto/provider.h"

struct hfi_private_key {
    hfi_alloc alloc;
    size_t size;        /* of this struct with memory, bytes */
    hfi_public_key pub; /* in memory */
    hfi_view secret;    /* EC: as many bytes as the curve has; Ed: the seed */
    struct rsa_public_key rsa_public;
    struct rsa_private_key rsa; /* its numbers point to memory: nothing to clear */
    mp_limb_t memory[];
};

hfi_err hfi_nettle_private_key_new(const hfi_alloc *alloc, const hfi_private_parts *parts,
                                   hfi_private_key **out);
void hfi_nettle_private_key_free(hfi_private_key *key);
hfi_public_key hfi_nettle_private_key_public(const hfi_private_key *key);
hfi_view hfi_nettle_private_key_seed(const hfi_private_key *key);
bool hfi_nettle_private_key_matches(const hfi_private_key *key,
                                    const hfi_public_key *pub);

/* rsa_sign.c: whether the numbers of an RSA key belong together. */
bool hfi_nettle_rsa_consistent(const struct rsa_public_key *pub,
                               const struct rsa_private_key *key);

/* rsa_sign.c, ecdsa_sign.c, eddsa.c: as sign of the provider; hash made digest. */
hfi_err hfi_nettle_rsa_pkcs1_sign(const hfi_private_key *key, const hfi_hash *hash,
                                  const uint8_t *digest, const hfi_random *random,
                                  hfi_span out, size_t *len);
hfi_err hfi_nettle_rsa_pss_sign(const hfi_private_key *key, const hfi_hash *hash,
                                const uint8_t *digest, const hfi_random *random,
                                hfi_span out, size_t *len);
hfi_err hfi_nettle_ecdsa_sign(const hfi_private_key *key, const hfi_hash *hash,
                              const uint8_t *digest, const hfi_random *random,
                              hfi_span out, size_t *len);
hfi_err hfi_nettle_ed25519_sign(const hfi_private_key *key, hfi_view message,
                                hfi_span out, size_t *len);
hfi_err hfi_nettle_ed448_sign(const hfi_private_key *key, hfi_view message, hfi_span out,
                              size_t *len);

#endif
