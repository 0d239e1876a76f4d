/* crypto/nettle/ecdsa.c: ECDSA on P-256, P-384 and P-521, FIPS 186-4 6.4.
 *
 * The signature is the ECDSA-Sig-Value of RFC 3279 2.2.3 in strict DER: exactly one
 * encoding of a pair of numbers is taken. */
#include <nettle/ecdsa.h>

#include "crypto/nettle/curve.h"
#include "crypto/nettle/primitives.h"
#include "wire/reader.h"

enum { DER_INTEGER = 0x02, DER_SEQUENCE = 0x30, DER_LONG_1 = 0x81 };

/* One INTEGER, minimal and positive, of at most max bytes without its sign byte.
 * Such numbers are short enough for DER's short form of a length. */
static hfi_view read_positive(hfi_reader *r, size_t max)
{
    if (hfi_read_u8(r) != DER_INTEGER)
        hfi_reader_fail(r);
    hfi_view bytes = hfi_read_vec8(r, 1, max + 1);
    hfi_reader digits = hfi_reader_of(bytes);
    uint8_t sign = hfi_read_u8(&digits);

    if (sign == 0 && hfi_reader_peek(&digits) >= 0x80) /* a needed sign byte */
        bytes = hfi_read_rest(&digits);
    else if (sign == 0 || sign >= 0x80) /* zero or padded; negative */
        hfi_reader_fail(r);
    if (bytes.len > max)
        hfi_reader_fail(r);
    return bytes;
}

/* SEQUENCE { r, s } and nothing behind it; the length in as few bytes as it takes. */
static bool read_sig_value(hfi_view signature, size_t max, hfi_view *r, hfi_view *s)
{
    hfi_reader outer = hfi_reader_of(signature);

    if (hfi_read_u8(&outer) != DER_SEQUENCE)
        return false;
    bool is_long = hfi_reader_peek(&outer) == DER_LONG_1;
    if (is_long)
        (void)hfi_read_u8(&outer);
    hfi_view body = hfi_read_vec8(&outer, is_long ? 0x80 : 0, is_long ? 0xff : 0x7f);
    if (!hfi_reader_done(&outer))
        return false;

    hfi_reader inner = hfi_reader_of(body);
    *r = read_positive(&inner, max);
    *s = read_positive(&inner, max);
    return hfi_reader_done(&inner);
}

/* A right signature that ecdsa_verify refuses.  It adds u1 G and u2 Y (u1 = h / s,
 * u2 = r / s) with a formula that fails if the two are the same point, that is if
 * h G = r Y.  Only the holder of the private key can bring that about, but the
 * signature is right then if R = u2 (2 Y) fits: nettle's answer for the key 2 Y and a
 * digest of zero, where it adds nothing.  A digest of n or more stays refused. */
static bool verify_equal_points(const hfi_nettle_curve *curve,
                                const hfi_nettle_point *key, hfi_view digest, hfi_view r,
                                const struct dsa_signature *numbers)
{
    static const uint8_t zero[HFI_NETTLE_EC_BYTES_MAX];
    static const uint8_t two = 2;
    hfi_nettle_scalar scalar;
    hfi_nettle_point left, right;

    /* On these curves a digest is cut, if at all, at a whole byte. */
    if (digest.len > curve->bytes)
        digest.len = curve->bytes;
    hfi_nettle_point_init(&left, curve);
    hfi_nettle_point_init(&right, curve);
    if (!hfi_nettle_scalar_import(&scalar, curve, digest))
        return false;
    ecc_point_mul_g(&left.nettle, &scalar.nettle);
    if (!hfi_nettle_scalar_import(&scalar, curve, r))
        return false;
    ecc_point_mul(&right.nettle, &scalar.nettle, &key->nettle);
    if (!hfi_nettle_point_equal(&left, &right))
        return false;

    (void)hfi_nettle_scalar_import(&scalar, curve, hfi_view_of(&two, 1));
    ecc_point_mul(&right.nettle, &scalar.nettle, &key->nettle);
    return ecdsa_verify(&right.nettle, curve->bytes, zero, numbers) == 1;
}

bool hfi_nettle_ecdsa_verify(const hfi_public_key *key, const hfi_hash *hash,
                             const uint8_t *digest, hfi_view signature)
{
    const hfi_nettle_curve *curve = hfi_nettle_curve_of(key->type);
    hfi_nettle_point point;
    hfi_view r, s;
    mp_limb_t r_limbs[HFI_NETTLE_EC_LIMBS];
    mp_limb_t s_limbs[HFI_NETTLE_EC_LIMBS];
    struct dsa_signature numbers; /* points to the limbs: nothing to clear */

    if (curve == NULL || !read_sig_value(signature, curve->bytes, &r, &s) ||
        !hfi_nettle_point_import(&point, curve, key->point))
        return false;
    hfi_nettle_limbs_import(r_limbs, HFI_NETTLE_EC_LIMBS, r);
    hfi_nettle_limbs_import(s_limbs, HFI_NETTLE_EC_LIMBS, s);
    mpz_roinit_n(numbers.r, r_limbs, HFI_NETTLE_EC_LIMBS);
    mpz_roinit_n(numbers.s, s_limbs, HFI_NETTLE_EC_LIMBS);
    /* nettle checks 0 < r, s < n, and cuts a digest longer than n. */
    if (ecdsa_verify(&point.nettle, hash->size, digest, &numbers) == 1)
        return true;
    return verify_equal_points(curve, &point, hfi_view_of(digest, hash->size), r,
                               &numbers);
}
