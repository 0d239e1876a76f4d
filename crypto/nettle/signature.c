/* crypto/nettle/signature.c: from a signature algorithm and a key to the function
 * that checks or makes a signature.  Whether a pair is acceptable at its place in the
 * protocol or in a chain is for the caller to say. */
#include "base/ct.h"
#include "crypto/nettle/primitives.h"
#include "crypto/nettle/private_key.h"

typedef enum kind {
    KIND_NONE,
    KIND_RSA_PKCS1,
    KIND_RSA_PSS,
    KIND_ECDSA,
    KIND_ED25519,
    KIND_ED448,
} kind;

typedef struct algorithm {
    kind kind;
    const hfi_hash *hash; /* NULL: the algorithm takes the message whole */
} algorithm;

static const algorithm algorithms[] = {
    [HFI_SIGNATURE_NONE] = {KIND_NONE, NULL},
    [HFI_RSA_PKCS1_SHA256] = {KIND_RSA_PKCS1, &hfi_nettle_sha256},
    [HFI_RSA_PKCS1_SHA384] = {KIND_RSA_PKCS1, &hfi_nettle_sha384},
    [HFI_RSA_PKCS1_SHA512] = {KIND_RSA_PKCS1, &hfi_nettle_sha512},
    [HFI_RSA_PSS_SHA256] = {KIND_RSA_PSS, &hfi_nettle_sha256},
    [HFI_RSA_PSS_SHA384] = {KIND_RSA_PSS, &hfi_nettle_sha384},
    [HFI_RSA_PSS_SHA512] = {KIND_RSA_PSS, &hfi_nettle_sha512},
    [HFI_ECDSA_SHA256] = {KIND_ECDSA, &hfi_nettle_sha256},
    [HFI_ECDSA_SHA384] = {KIND_ECDSA, &hfi_nettle_sha384},
    [HFI_ECDSA_SHA512] = {KIND_ECDSA, &hfi_nettle_sha512},
    [HFI_ED25519] = {KIND_ED25519, NULL},
    [HFI_ED448] = {KIND_ED448, NULL},
};

/* Every type stands here, so that a new one makes the compiler ask. */
static bool key_fits(kind k, hfi_key_type type)
{
    switch (type) {
    case HFI_KEY_NONE:
        return false;
    case HFI_KEY_RSA:
        return k == KIND_RSA_PKCS1 || k == KIND_RSA_PSS;
    case HFI_KEY_RSA_PSS: /* RFC 8017 A.2.3: such a key signs with PSS alone */
        return k == KIND_RSA_PSS;
    case HFI_KEY_EC_P256:
    case HFI_KEY_EC_P384:
    case HFI_KEY_EC_P521:
        return k == KIND_ECDSA;
    case HFI_KEY_ED25519:
        return k == KIND_ED25519;
    case HFI_KEY_ED448:
        return k == KIND_ED448;
    }
    return false;
}

static void hash_message(const hfi_hash *hash, hfi_view message, uint8_t *digest)
{
    hfi_hash_ctx ctx;
    hash->init(&ctx);
    hash->update(&ctx, message.p, message.len);
    hash->finish(&ctx, digest);
}

/* NULL if they do not fit, or there is no such algorithm. */
static const algorithm *algorithm_for(hfi_signature id, hfi_key_type type)
{
    if ((size_t)id >= sizeof algorithms / sizeof algorithms[0])
        return NULL;
    return key_fits(algorithms[id].kind, type) ? &algorithms[id] : NULL;
}

bool hfi_nettle_verify(hfi_signature algorithm_id, const hfi_public_key *key,
                       hfi_view message, hfi_view signature)
{
    uint8_t digest[HFI_HASH_SIZE_MAX];

    const algorithm *a = algorithm_for(algorithm_id, key->type);
    if (a == NULL)
        return false;
    if (a->hash != NULL)
        hash_message(a->hash, message, digest);

    switch (a->kind) {
    case KIND_NONE:
        return false;
    case KIND_RSA_PKCS1:
        return hfi_nettle_rsa_pkcs1_verify(key, a->hash, digest, signature);
    case KIND_RSA_PSS:
        return hfi_nettle_rsa_pss_verify(key, a->hash, digest, signature);
    case KIND_ECDSA:
        return hfi_nettle_ecdsa_verify(key, a->hash, digest, signature);
    case KIND_ED25519:
        return hfi_nettle_ed25519_verify(key, message, signature);
    case KIND_ED448:
        return hfi_nettle_ed448_verify(key, message, signature);
    }
    return false;
}

hfi_err hfi_nettle_sign(hfi_signature algorithm_id, const hfi_private_key *key,
                        const hfi_random *random, hfi_view message, hfi_span out,
                        size_t *len)
{
    uint8_t digest[HFI_HASH_SIZE_MAX];
    hfi_err err = HFI_E_INTERNAL;

    *len = 0;
    const algorithm *a = algorithm_for(algorithm_id, key->pub.type);
    if (a == NULL)
        return HFI_E_INTERNAL;
    if (a->hash != NULL)
        hash_message(a->hash, message, digest);

    switch (a->kind) {
    case KIND_NONE:
        break;
    case KIND_RSA_PKCS1:
        err = hfi_nettle_rsa_pkcs1_sign(key, a->hash, digest, random, out, len);
        break;
    case KIND_RSA_PSS:
        err = hfi_nettle_rsa_pss_sign(key, a->hash, digest, random, out, len);
        break;
    case KIND_ECDSA:
        err = hfi_nettle_ecdsa_sign(key, a->hash, digest, random, out, len);
        break;
    case KIND_ED25519:
        err = hfi_nettle_ed25519_sign(key, message, out, len);
        break;
    case KIND_ED448:
        err = hfi_nettle_ed448_sign(key, message, out, len);
        break;
    }
    hfi_wipe(digest, sizeof digest);
    return err;
}
