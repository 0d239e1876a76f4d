/* crypto/nettle/rsa.c: RSA signatures, PKCS #1 v1.5 and PSS, RFC 8017 8.1.2, 8.2.2.
 *
 * v1.5 is checked by building the one right encoding and comparing: nothing of what
 * the signer sent is parsed, so no leniency in DER or padding can creep in.  The
 * DigestInfo without NULL, which RFC 8017 9.2 lets a verifier take, is refused. */
#include <assert.h>

#include <nettle/rsa.h>

#include "crypto/nettle/limbs.h"
#include "crypto/nettle/primitives.h"

enum {
    BITS_MIN = HFI_NETTLE_RSA_BITS_MIN,
    EXPONENT_BYTES_MAX = HFI_NETTLE_RSA_EXPONENT_MAX,
    PREFIX = 19, /* of a DigestInfo, before the digest */
};

/* A public key and a signature as numbers.  The limbs are this struct's own, and the
 * mpz_t only point to them: there is nothing to clear. */
typedef struct rsa_input {
    struct rsa_public_key key;
    mpz_t signature;
    mp_limb_t modulus_limbs[HFI_NETTLE_RSA_LIMBS];
    mp_limb_t signature_limbs[HFI_NETTLE_RSA_LIMBS];
    mp_limb_t exponent_limbs[EXPONENT_BYTES_MAX / sizeof(mp_limb_t)];
} rsa_input;

static_assert((int)HFI_NETTLE_DIGEST_INFO_MAX == PREFIX + HFI_HASH_SIZE_MAX, "fits");

/* Shows a number to GMP without copying it. */
static void set_number(mpz_t number, mp_limb_t *limbs, hfi_view bytes)
{
    size_t count = (bytes.len + sizeof(mp_limb_t) - 1) / sizeof(mp_limb_t);
    hfi_nettle_limbs_import(limbs, count, bytes);
    mpz_roinit_n(number, limbs, (mp_size_t)count);
}

/* Unsigned and minimal, odd, within size. */
static bool is_odd_number(hfi_view bytes, size_t max)
{
    return bytes.len != 0 && bytes.len <= max && bytes.p[0] != 0 &&
           (bytes.p[bytes.len - 1] & 1) != 0;
}

/* False if the key is out of bounds or the signature is not as long as the modulus. */
static bool import_input(rsa_input *in, const hfi_public_key *key, hfi_view signature)
{
    if (!is_odd_number(key->modulus, HFI_NETTLE_RSA_BITS_MAX / 8) ||
        !is_odd_number(key->exponent, EXPONENT_BYTES_MAX) ||
        signature.len != key->modulus.len)
        return false;
    set_number(in->key.n, in->modulus_limbs, key->modulus);
    set_number(in->key.e, in->exponent_limbs, key->exponent);
    set_number(in->signature, in->signature_limbs, signature);
    return mpz_sizeinbase(in->key.n, 2) >= BITS_MIN && mpz_cmp_ui(in->key.e, 3) >= 0 &&
           rsa_public_key_prepare(&in->key) == 1;
}

/* RFC 8017 9.2, note 1. */
static const uint8_t *digest_info_prefix(const hfi_hash *hash)
{
    static const uint8_t sha256[PREFIX] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                           0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                           0x01, 0x05, 0x00, 0x04, 0x20};
    static const uint8_t sha384[PREFIX] = {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                           0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                           0x02, 0x05, 0x00, 0x04, 0x30};
    static const uint8_t sha512[PREFIX] = {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                           0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                           0x03, 0x05, 0x00, 0x04, 0x40};
    if (hash == &hfi_nettle_sha256)
        return sha256;
    return hash == &hfi_nettle_sha384 ? sha384 : sha512;
}

size_t hfi_nettle_rsa_digest_info(const hfi_hash *hash, const uint8_t *digest,
                                  uint8_t out[HFI_NETTLE_DIGEST_INFO_MAX])
{
    memcpy(out, digest_info_prefix(hash), PREFIX);
    memcpy(&out[PREFIX], digest, hash->size);
    return PREFIX + hash->size;
}

bool hfi_nettle_rsa_pkcs1_verify(const hfi_public_key *key, const hfi_hash *hash,
                                 const uint8_t *digest, hfi_view signature)
{
    rsa_input in;
    uint8_t digest_info[HFI_NETTLE_DIGEST_INFO_MAX];

    if (!import_input(&in, key, signature))
        return false;
    size_t len = hfi_nettle_rsa_digest_info(hash, digest, digest_info);
    return rsa_pkcs1_verify(&in.key, len, digest_info, in.signature) == 1;
}

/* RFC 8446 4.2.3: the salt is as long as the digest, MGF1 uses the same hash. */
bool hfi_nettle_rsa_pss_verify(const hfi_public_key *key, const hfi_hash *hash,
                               const uint8_t *digest, hfi_view signature)
{
    rsa_input in;

    if (!import_input(&in, key, signature))
        return false;
    if (hash == &hfi_nettle_sha256)
        return rsa_pss_sha256_verify_digest(&in.key, hash->size, digest, in.signature) ==
               1;
    if (hash == &hfi_nettle_sha384)
        return rsa_pss_sha384_verify_digest(&in.key, hash->size, digest, in.signature) ==
               1;
    return rsa_pss_sha512_verify_digest(&in.key, hash->size, digest, in.signature) == 1;
}
