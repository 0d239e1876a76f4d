/* crypto/nettle/private_key.c: a private key made of its parts, in one block of memory
 * that is wiped when it is released.  RFC 8017 3.2, SEC 1 3.2, RFC 8032 5.1.5, 5.2.5.
 *
 * Files of keys are decoded elsewhere; here the numbers are held against each other. */
#include <nettle/eddsa.h>

#include "base/ct.h"
#include "crypto/nettle/curve.h"
#include "crypto/nettle/private_key.h"

enum { LIMB = sizeof(mp_limb_t) };

/* Leading zeros are no part of a number. */
static hfi_view stripped(hfi_view number)
{
    while (number.len > 0 && number.p[0] == 0)
        number = hfi_view_of(&number.p[1], number.len - 1);
    return number;
}

/* Without the leading zeros that are more than len bytes: how many more a secret has is
 * not looked at. */
static hfi_view at_most(hfi_view number, size_t len)
{
    while (number.len > len && number.p[0] == 0)
        number = hfi_view_of(&number.p[1], number.len - 1);
    return number;
}

static size_t limbs_of(size_t bytes)
{
    return (bytes + LIMB - 1) / LIMB;
}

static hfi_err new_key(const hfi_alloc *alloc, hfi_key_type type, size_t limbs,
                       hfi_private_key **out)
{
    const size_t size = sizeof(hfi_private_key) + limbs * LIMB;

    *out = hfi_alloc_zeroed(alloc, size);
    if (*out == NULL)
        return HFI_E_NO_MEMORY;
    (*out)->alloc = *alloc;
    (*out)->size = size;
    (*out)->pub.type = type;
    return HFI_OK;
}

void hfi_nettle_private_key_free(hfi_private_key *key)
{
    if (key != NULL) {
        const hfi_alloc alloc = key->alloc;
        hfi_alloc_release_secret(&alloc, key, key->size);
    }
}

/* ---- RSA ---- */

typedef struct rsa_numbers {
    hfi_view n, e, p, q, dp, dq, qinv;
} rsa_numbers;

static bool is_odd(hfi_view number)
{
    return number.len > 0 && (number.p[number.len - 1] & 1) != 0;
}

/* What nettle's arithmetic takes for granted, and asserts in part.  Primes may differ in
 * length, as in some of Wycheproof's keys; below a quarter of the modulus they may not.
 */
static bool is_in_range(const rsa_numbers *r)
{
    const size_t least = r->n.len / 4;
    return is_odd(r->n) && is_odd(r->e) && is_odd(r->p) && is_odd(r->q) &&
           r->p.len >= least && r->p.len <= r->n.len && r->q.len >= least &&
           r->q.len <= r->n.len && r->dp.len > 0 && r->dp.len <= r->p.len &&
           r->dq.len > 0 && r->dq.len <= r->q.len && r->qinv.len > 0 &&
           r->qinv.len <= r->p.len &&
           limbs_of(r->q.len) + limbs_of(r->qinv.len) >= limbs_of(r->p.len);
}

static hfi_view keep_bytes(mp_limb_t **memory, hfi_view bytes)
{
    uint8_t *p = (uint8_t *)*memory;

    memcpy(p, bytes.p, bytes.len);
    *memory += limbs_of(bytes.len);
    return hfi_view_of(p, bytes.len);
}

static void keep_number(mp_limb_t **memory, mpz_t number, hfi_view bytes)
{
    const size_t count = limbs_of(bytes.len);

    hfi_nettle_limbs_import(*memory, count, bytes);
    mpz_roinit_n(number, *memory, (mp_size_t)count);
    *memory += count;
}

static void keep_rsa(hfi_private_key *key, const rsa_numbers *r)
{
    mp_limb_t *memory = key->memory;

    key->pub.modulus = keep_bytes(&memory, r->n);
    key->pub.exponent = keep_bytes(&memory, r->e);
    keep_number(&memory, key->rsa_public.n, r->n);
    keep_number(&memory, key->rsa_public.e, r->e);
    keep_number(&memory, key->rsa.p, r->p);
    keep_number(&memory, key->rsa.q, r->q);
    keep_number(&memory, key->rsa.a, r->dp);
    keep_number(&memory, key->rsa.b, r->dq);
    keep_number(&memory, key->rsa.c, r->qinv);
    mpz_roinit_n(key->rsa.d, memory, 0); /* not used with the others at hand */
    key->pub.bits = mpz_sizeinbase(key->rsa_public.n, 2);
}

static hfi_err new_rsa(const hfi_alloc *alloc, const hfi_private_parts *parts,
                       hfi_private_key **out)
{
    const rsa_numbers r = {
        stripped(parts->modulus), stripped(parts->exponent), stripped(parts->p),
        stripped(parts->q),       stripped(parts->dp),       stripped(parts->dq),
        stripped(parts->qinv),
    };

    if (r.n.len > HFI_NETTLE_RSA_BITS_MAX / 8 || r.n.len < HFI_NETTLE_RSA_BITS_MIN / 8 ||
        r.e.len > HFI_NETTLE_RSA_EXPONENT_MAX)
        return HFI_E_PRIVATE_KEY_UNSUPPORTED;
    if (!is_in_range(&r))
        return HFI_E_PRIVATE_KEY_MALFORMED;
    const size_t limbs = 2 * limbs_of(r.n.len) + 2 * limbs_of(r.e.len) +
                         limbs_of(r.p.len) + limbs_of(r.q.len) + limbs_of(r.dp.len) +
                         limbs_of(r.dq.len) + limbs_of(r.qinv.len);
    hfi_private_key *key;
    hfi_err err = new_key(alloc, parts->type, limbs, &key);
    if (err != HFI_OK)
        return err;
    keep_rsa(key, &r);
    if (key->pub.bits < HFI_NETTLE_RSA_BITS_MIN)
        err = HFI_E_PRIVATE_KEY_UNSUPPORTED;
    else if (!hfi_nettle_rsa_consistent(&key->rsa_public, &key->rsa) ||
             rsa_public_key_prepare(&key->rsa_public) != 1 ||
             rsa_private_key_prepare(&key->rsa) != 1)
        err = HFI_E_PRIVATE_KEY_MALFORMED;
    if (err == HFI_OK)
        *out = key;
    else
        hfi_nettle_private_key_free(key);
    return err;
}

/* ---- EC ---- */

static hfi_err new_ec(const hfi_alloc *alloc, const hfi_private_parts *parts,
                      hfi_private_key **out)
{
    const hfi_nettle_curve *curve = hfi_nettle_curve_of(parts->type);
    const hfi_view number = at_most(parts->scalar, curve->bytes);
    hfi_nettle_scalar scalar;
    hfi_nettle_point point;

    if (number.len > curve->bytes || !hfi_nettle_scalar_import(&scalar, curve, number))
        return HFI_E_PRIVATE_KEY_MALFORMED;
    hfi_private_key *key;
    hfi_err err = new_key(alloc, parts->type, 2 * limbs_of(1 + 2 * curve->bytes), &key);
    if (err == HFI_OK) {
        uint8_t *secret = (uint8_t *)key->memory;
        uint8_t *encoded = &secret[curve->bytes];
        memcpy(&secret[curve->bytes - number.len], number.p, number.len);
        hfi_nettle_point_init(&point, curve);
        ecc_point_mul_g(&point.nettle, &scalar.nettle);
        hfi_nettle_point_export(&point, curve, encoded);
        key->secret = hfi_view_of(secret, curve->bytes);
        key->pub.point = hfi_view_of(encoded, 1 + 2 * curve->bytes);
        key->pub.bits = (size_t)ecc_bit_size(curve->ecc());
        *out = key;
    }
    hfi_wipe(&scalar, sizeof scalar);
    return err;
}

/* ---- Ed25519, Ed448 ---- */

static hfi_err new_eddsa(const hfi_alloc *alloc, const hfi_private_parts *parts,
                         hfi_private_key **out)
{
    const bool is_448 = parts->type == HFI_KEY_ED448;
    const size_t size = is_448 ? ED448_KEY_SIZE : ED25519_KEY_SIZE;
    hfi_private_key *key;

    if (parts->scalar.len != size)
        return HFI_E_PRIVATE_KEY_MALFORMED;
    hfi_err err = new_key(alloc, parts->type, limbs_of(2 * size), &key);
    if (err != HFI_OK)
        return err;
    uint8_t *seed = (uint8_t *)key->memory;
    memcpy(seed, parts->scalar.p, size);
    if (is_448)
        ed448_shake256_public_key(&seed[size], seed);
    else
        ed25519_sha512_public_key(&seed[size], seed);
    key->secret = hfi_view_of(seed, size);
    key->pub.point = hfi_view_of(&seed[size], size);
    key->pub.bits = is_448 ? 448 : 255;
    *out = key;
    return HFI_OK;
}

/* ---- all ---- */

hfi_err hfi_nettle_private_key_new(const hfi_alloc *alloc, const hfi_private_parts *parts,
                                   hfi_private_key **out)
{
    *out = NULL;
    switch (parts->type) {
    case HFI_KEY_NONE:
        break;
    case HFI_KEY_RSA:
    case HFI_KEY_RSA_PSS:
        return new_rsa(alloc, parts, out);
    case HFI_KEY_EC_P256:
    case HFI_KEY_EC_P384:
    case HFI_KEY_EC_P521:
        return new_ec(alloc, parts, out);
    case HFI_KEY_ED25519:
    case HFI_KEY_ED448:
        return new_eddsa(alloc, parts, out);
    }
    return HFI_E_PRIVATE_KEY_UNSUPPORTED;
}

hfi_public_key hfi_nettle_private_key_public(const hfi_private_key *key)
{
    return key->pub;
}

hfi_view hfi_nettle_private_key_seed(const hfi_private_key *key)
{
    return key->pub.type == HFI_KEY_ED25519 ? key->secret : hfi_view_of(NULL, 0);
}

static bool is_rsa(hfi_key_type type)
{
    return type == HFI_KEY_RSA || type == HFI_KEY_RSA_PSS;
}

bool hfi_nettle_private_key_matches(const hfi_private_key *key, const hfi_public_key *pub)
{
    if (is_rsa(key->pub.type))
        return is_rsa(pub->type) && hfi_view_equal(key->pub.modulus, pub->modulus) &&
               hfi_view_equal(key->pub.exponent, pub->exponent);
    return key->pub.type == pub->type && hfi_view_equal(key->pub.point, pub->point);
}
