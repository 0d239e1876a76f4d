/* crypto/nettle/curve.c: the NIST curves, their scalars and uncompressed points, SEC
 * 1 2.3.3 and 2.3.4, RFC 8446 4.2.8.2.  Compressed and hybrid forms have no place in
 * TLS 1.3 and are refused; the point at infinity has no uncompressed form. */
#include <assert.h>

#include "base/ct.h"
#include "crypto/nettle/curve.h"
#include "wire/reader.h"

enum { UNCOMPRESSED = 0x04 };

/* A draw lies outside of 1..n-1 with a chance of 2^-32 on P-256, less on the others:
 * a source that fails this often is broken. */
enum { DRAWS_MAX = 16 };

/* The prime p, the coefficient b and the order n, SEC 2 2.4.2, 2.5.1 and 2.6.1; a is
 * p - 3. */
static const uint8_t p256_p[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,
                                   0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                   0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t p256_b[32] = {0x5a, 0xc6, 0x35, 0xd8, 0xaa, 0x3a, 0x93, 0xe7,
                                   0xb3, 0xeb, 0xbd, 0x55, 0x76, 0x98, 0x86, 0xbc,
                                   0x65, 0x1d, 0x06, 0xb0, 0xcc, 0x53, 0xb0, 0xf6,
                                   0x3b, 0xce, 0x3c, 0x3e, 0x27, 0xd2, 0x60, 0x4b};
static const uint8_t p384_p[48] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff};
static const uint8_t p384_b[48] = {
    0xb3, 0x31, 0x2f, 0xa7, 0xe2, 0x3e, 0xe7, 0xe4, 0x98, 0x8e, 0x05, 0x6b,
    0xe3, 0xf8, 0x2d, 0x19, 0x18, 0x1d, 0x9c, 0x6e, 0xfe, 0x81, 0x41, 0x12,
    0x03, 0x14, 0x08, 0x8f, 0x50, 0x13, 0x87, 0x5a, 0xc6, 0x56, 0x39, 0x8d,
    0x8a, 0x2e, 0xd1, 0x9d, 0x2a, 0x85, 0xc8, 0xed, 0xd3, 0xec, 0x2a, 0xef};
static const uint8_t p521_p[66] = {
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t p521_b[66] = {
    0x00, 0x51, 0x95, 0x3e, 0xb9, 0x61, 0x8e, 0x1c, 0x9a, 0x1f, 0x92, 0x9a, 0x21, 0xa0,
    0xb6, 0x85, 0x40, 0xee, 0xa2, 0xda, 0x72, 0x5b, 0x99, 0xb3, 0x15, 0xf3, 0xb8, 0xb4,
    0x89, 0x91, 0x8e, 0xf1, 0x09, 0xe1, 0x56, 0x19, 0x39, 0x51, 0xec, 0x7e, 0x93, 0x7b,
    0x16, 0x52, 0xc0, 0xbd, 0x3b, 0xb1, 0xbf, 0x07, 0x35, 0x73, 0xdf, 0x88, 0x3d, 0x2c,
    0x34, 0xf1, 0xef, 0x45, 0x1f, 0xd4, 0x6b, 0x50, 0x3f, 0x00};

static const uint8_t p256_n[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                   0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
                                   0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
static const uint8_t p384_n[48] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
    0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73};
static const uint8_t p521_n[66] = {
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b,
    0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c,
    0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09};

const hfi_nettle_curve hfi_nettle_curve_p256 = {nettle_get_secp_256r1, 32, p256_p, p256_b,
                                                p256_n};
const hfi_nettle_curve hfi_nettle_curve_p384 = {nettle_get_secp_384r1, 48, p384_p, p384_b,
                                                p384_n};
const hfi_nettle_curve hfi_nettle_curve_p521 = {nettle_get_secp_521r1, 66, p521_p, p521_b,
                                                p521_n};

const hfi_nettle_curve *hfi_nettle_curve_of(hfi_key_type type)
{
    switch (type) {
    case HFI_KEY_EC_P256:
        return &hfi_nettle_curve_p256;
    case HFI_KEY_EC_P384:
        return &hfi_nettle_curve_p384;
    case HFI_KEY_EC_P521:
        return &hfi_nettle_curve_p521;
    default:
        return NULL;
    }
}

void hfi_nettle_point_init(hfi_nettle_point *point, const hfi_nettle_curve *curve)
{
    point->nettle.ecc = curve->ecc();
    point->nettle.p = point->limbs;
    assert(ecc_size(point->nettle.ecc) <= HFI_NETTLE_EC_LIMBS);
}

/* out = a b mod p, for numbers below p of n limbs each. */
static void multiply(mp_limb_t *out, const mp_limb_t *a, const mp_limb_t *b,
                     const mp_limb_t *p, mp_size_t n)
{
    mp_limb_t product[2 * HFI_NETTLE_EC_LIMBS];
    mp_limb_t quotient[HFI_NETTLE_EC_LIMBS + 1];

    mpn_mul_n(product, a, b, n);
    mpn_tdiv_qr(quotient, out, 0, product, 2 * n, p, n);
}

/* Whether y^2 = x^3 - 3 x + b mod p, with both coordinates below p.  nettle's own check,
 * in ecc_point_set, allocates each of its numbers. */
static bool is_on_curve(const hfi_nettle_curve *curve, const mp_limb_t *x,
                        const mp_limb_t *y, mp_size_t n)
{
    mp_limb_t p[HFI_NETTLE_EC_LIMBS], b[HFI_NETTLE_EC_LIMBS];
    mp_limb_t left[HFI_NETTLE_EC_LIMBS], right[HFI_NETTLE_EC_LIMBS];

    hfi_nettle_limbs_import(p, (size_t)n, hfi_view_of(curve->p, curve->bytes));
    hfi_nettle_limbs_import(b, (size_t)n, hfi_view_of(curve->b, curve->bytes));
    if (mpn_cmp(x, p, n) >= 0 || mpn_cmp(y, p, n) >= 0)
        return false;
    multiply(left, y, y, p, n);
    multiply(right, x, x, p, n); /* (x^2 - 3) x + b */
    if (mpn_sub_1(right, right, n, 3) != 0)
        (void)mpn_add_n(right, right, p, n);
    multiply(right, right, x, p, n);
    if (mpn_add_n(right, right, b, n) != 0 || mpn_cmp(right, p, n) >= 0)
        (void)mpn_sub_n(right, right, p, n);
    return mpn_cmp(left, right, n) == 0;
}

bool hfi_nettle_point_import(hfi_nettle_point *point, const hfi_nettle_curve *curve,
                             hfi_view encoded)
{
    hfi_reader r = hfi_reader_of(encoded);

    uint8_t form = hfi_read_u8(&r);
    hfi_view x = hfi_read_bytes(&r, curve->bytes);
    hfi_view y = hfi_read_bytes(&r, curve->bytes);
    if (!hfi_reader_done(&r) || form != UNCOMPRESSED)
        return false;

    hfi_nettle_point_init(point, curve);
    mp_size_t n = ecc_size(point->nettle.ecc);
    hfi_nettle_limbs_import(point->limbs, (size_t)n, x);
    hfi_nettle_limbs_import(&point->limbs[n], (size_t)n, y);
    return is_on_curve(curve, point->limbs, &point->limbs[n], n);
}

void hfi_nettle_point_export(const hfi_nettle_point *point, const hfi_nettle_curve *curve,
                             uint8_t *out)
{
    size_t limbs = (size_t)ecc_size(point->nettle.ecc);

    out[0] = UNCOMPRESSED;
    hfi_nettle_limbs_export(&out[1], curve->bytes, point->limbs);
    hfi_nettle_limbs_export(&out[1 + curve->bytes], curve->bytes, &point->limbs[limbs]);
}

bool hfi_nettle_point_equal(const hfi_nettle_point *a, const hfi_nettle_point *b)
{
    return mpn_cmp(a->limbs, b->limbs, 2 * ecc_size(a->nettle.ecc)) == 0;
}

/* Not by ecc_scalar_set, whose comparison with n ends at the first limb that differs, and
 * tells how many limbs of the scalar are zero. */
bool hfi_nettle_scalar_import(hfi_nettle_scalar *s, const hfi_nettle_curve *curve,
                              hfi_view bytes)
{
    mp_limb_t n[HFI_NETTLE_EC_LIMBS], difference[HFI_NETTLE_EC_LIMBS];
    const mp_size_t count = (mp_size_t)ecc_size(curve->ecc());
    mp_limb_t any = 0;

    s->nettle.ecc = curve->ecc();
    s->nettle.p = s->limbs;
    hfi_nettle_limbs_import(s->limbs, (size_t)count, bytes);
    hfi_nettle_limbs_import(n, (size_t)count, hfi_view_of(curve->n, curve->bytes));
    for (mp_size_t i = 0; i < count; i++)
        any |= s->limbs[i];
    mp_limb_t is_below = mpn_sub_n(difference, s->limbs, n, count);
    hfi_wipe(difference, sizeof difference);
    return (is_below & ((any | (0 - any)) >> (GMP_NUMB_BITS - 1))) != 0;
}

/* Not by ecc_scalar_random, which would ask a random source for ever if it failed or
 * were stuck.  On P-521 seven bits of the bytes have no place in a scalar. */
hfi_err hfi_nettle_scalar_draw(hfi_nettle_scalar *s, const hfi_nettle_curve *curve,
                               const hfi_random *random, uint8_t *bytes)
{
    for (int i = 0; i < DRAWS_MAX; i++) {
        if (!random->fill(random->ctx, bytes, curve->bytes))
            break;
        bytes[0] &= curve->p[0]; /* all ones: a mask of the bits of a scalar */
        if (hfi_nettle_scalar_import(s, curve, hfi_view_of(bytes, curve->bytes)))
            return HFI_OK;
    }
    hfi_wipe(bytes, curve->bytes);
    return HFI_E_RANDOM_FAILED;
}
