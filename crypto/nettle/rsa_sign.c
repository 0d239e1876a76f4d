/* crypto/nettle/rsa_sign.c: RSA signatures, RFC 8017 8.1.1 and 8.2.1.
 *
 * nettle's _tr functions blind the message with a fresh random number, compute with
 * the Chinese remainder theorem, and hold the result against the public key before
 * they give it out: a fault must not tell the primes. */
#include <nettle/bignum.h>

#include "base/ct.h"
#include "crypto/nettle/limbs.h"
#include "crypto/nettle/primitives.h"
#include "crypto/nettle/private_key.h"

/* nettle cannot be told that a random source failed, and asks again for numbers that
 * will not do.  After a failure it gets numbers that do, and the result is dropped. */
typedef struct source {
    const hfi_random *random;
    unsigned calls;
    bool failed;
} source;

enum { CALLS_MAX = 64 };

static void fill(void *ctx, size_t len, uint8_t *out)
{
    source *s = ctx;

    s->calls++;
    if (s->calls > CALLS_MAX || !s->random->fill(s->random->ctx, out, len))
        s->failed = true;
    if (s->failed) {
        memset(out, 0x5a, len);
        if (len > 0)
            out[len - 1] = (uint8_t)(s->calls | 1);
    }
}

/* ---- whether a key's numbers belong together ---- */

/* Room for the product of two numbers that are not longer than half a modulus. */
static void init_secret(mpz_t number)
{
    mpz_init2(number, (mp_bitcnt_t)2 * HFI_NETTLE_RSA_BITS_MAX);
}

static void clear_secret(mpz_t number)
{
    const size_t limbs = (size_t)2 * HFI_NETTLE_RSA_LIMBS;
    hfi_wipe(mpz_limbs_write(number, (mp_size_t)limbs), limbs * sizeof(mp_limb_t));
    mpz_clear(number);
}

/* a * b = 1 modulo m - less; scratch is overwritten. */
static bool is_inverse(mpz_t scratch, mpz_t modulus, const mpz_t a, const mpz_t b,
                       const mpz_t m, unsigned long less)
{
    mpz_sub_ui(modulus, m, less);
    mpz_mul(scratch, a, b);
    mpz_mod(scratch, scratch, modulus);
    return mpz_cmp_ui(scratch, 1) == 0;
}

/* RFC 8017 3.2.  That p and q are prime is not looked at: a signature that comes out
 * wrong is noticed. */
bool hfi_nettle_rsa_consistent(const struct rsa_public_key *pub,
                               const struct rsa_private_key *key)
{
    mpz_t scratch, modulus;

    if (mpz_cmp_ui(pub->e, 3) < 0 || mpz_cmp_ui(key->p, 1) <= 0 ||
        mpz_cmp_ui(key->q, 1) <= 0)
        return false;
    init_secret(scratch);
    init_secret(modulus);
    mpz_mul(scratch, key->p, key->q);
    bool ok = mpz_cmp(scratch, pub->n) == 0 && mpz_cmp(key->a, key->p) < 0 &&
              mpz_cmp(key->b, key->q) < 0 && mpz_cmp(key->c, key->p) < 0 &&
              is_inverse(scratch, modulus, pub->e, key->a, key->p, 1) &&
              is_inverse(scratch, modulus, pub->e, key->b, key->q, 1) &&
              is_inverse(scratch, modulus, key->c, key->q, key->p, 0);
    clear_secret(scratch);
    clear_secret(modulus);
    return ok;
}

/* ---- signing ---- */

/* What is left to do when nettle has, or has not, made a signature. */
static hfi_err finish(const hfi_private_key *key, const source *s, bool made,
                      const mpz_t signature, hfi_span out, size_t *len)
{
    if (s->failed)
        return HFI_E_RANDOM_FAILED;
    if (!made) /* a fault, or a modulus too short for the digest */
        return HFI_E_INTERNAL;
    nettle_mpz_get_str_256(key->pub.modulus.len, out.p, signature);
    *len = key->pub.modulus.len;
    return HFI_OK;
}

hfi_err hfi_nettle_rsa_pkcs1_sign(const hfi_private_key *key, const hfi_hash *hash,
                                  const uint8_t *digest, const hfi_random *random,
                                  hfi_span out, size_t *len)
{
    source s = {random, 0, false};
    uint8_t digest_info[HFI_NETTLE_DIGEST_INFO_MAX];
    mpz_t signature;

    if (out.len < key->pub.modulus.len)
        return HFI_E_BUFFER_TOO_SMALL;
    size_t info_len = hfi_nettle_rsa_digest_info(hash, digest, digest_info);
    mpz_init(signature);
    bool made = rsa_pkcs1_sign_tr(&key->rsa_public, &key->rsa, &s, fill, info_len,
                                  digest_info, signature) == 1;
    hfi_err err = finish(key, &s, made, signature, out, len);
    mpz_clear(signature);
    return err;
}

static bool make_pss(const hfi_private_key *key, const hfi_hash *hash,
                     const uint8_t *digest, source *s, const uint8_t *salt,
                     mpz_t signature)
{
    if (hash == &hfi_nettle_sha256)
        return rsa_pss_sha256_sign_digest_tr(&key->rsa_public, &key->rsa, s, fill,
                                             hash->size, salt, digest, signature) == 1;
    if (hash == &hfi_nettle_sha384)
        return rsa_pss_sha384_sign_digest_tr(&key->rsa_public, &key->rsa, s, fill,
                                             hash->size, salt, digest, signature) == 1;
    return rsa_pss_sha512_sign_digest_tr(&key->rsa_public, &key->rsa, s, fill, hash->size,
                                         salt, digest, signature) == 1;
}

/* RFC 8446 4.2.3: the salt is as long as the digest. */
hfi_err hfi_nettle_rsa_pss_sign(const hfi_private_key *key, const hfi_hash *hash,
                                const uint8_t *digest, const hfi_random *random,
                                hfi_span out, size_t *len)
{
    source s = {random, 0, false};
    uint8_t salt[HFI_HASH_SIZE_MAX];
    mpz_t signature;

    if (out.len < key->pub.modulus.len)
        return HFI_E_BUFFER_TOO_SMALL;
    if (!random->fill(random->ctx, salt, hash->size))
        return HFI_E_RANDOM_FAILED;
    mpz_init(signature);
    bool made = make_pss(key, hash, digest, &s, salt, signature);
    hfi_err err = finish(key, &s, made, signature, out, len);
    mpz_clear(signature);
    return err;
}
