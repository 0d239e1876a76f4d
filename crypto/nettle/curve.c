/* crypto/nettle/curve.c: the NIST curves, their scalars and uncompressed points, SEC
 * 1 2.3.3 and 2.3.4, RFC 8446 4.2.8.2.  Compressed and hybrid forms have no place in
 * TLS 1.3 and are refused; the point at infinity has no uncompressed form. */
#include <assert.h>

#include "base/ct.h"
#include "crypto/nettle/curve.h"
#include "wire/reader.h"

enum { UNCOMPRESSED = 0x04 };

const hfi_nettle_curve hfi_nettle_curve_p256 = {nettle_get_secp_256r1, 32};
const hfi_nettle_curve hfi_nettle_curve_p384 = {nettle_get_secp_384r1, 48};
const hfi_nettle_curve hfi_nettle_curve_p521 = {nettle_get_secp_521r1, 66};

void hfi_nettle_point_init(hfi_nettle_point *point, const hfi_nettle_curve *curve)
{
    point->nettle.ecc = curve->ecc();
    point->nettle.p = point->limbs;
    assert(ecc_size(point->nettle.ecc) <= HFI_NETTLE_EC_LIMBS);
}

bool hfi_nettle_point_import(hfi_nettle_point *point, const hfi_nettle_curve *curve,
                             hfi_view encoded)
{
    hfi_reader r = hfi_reader_of(encoded);
    mp_limb_t x_limbs[HFI_NETTLE_EC_LIMBS];
    mp_limb_t y_limbs[HFI_NETTLE_EC_LIMBS];
    mpz_t x, y;

    uint8_t form = hfi_read_u8(&r);
    hfi_view x_bytes = hfi_read_bytes(&r, curve->bytes);
    hfi_view y_bytes = hfi_read_bytes(&r, curve->bytes);
    if (!hfi_reader_done(&r) || form != UNCOMPRESSED)
        return false;

    hfi_nettle_point_init(point, curve);
    hfi_nettle_limbs_import(x_limbs, HFI_NETTLE_EC_LIMBS, x_bytes);
    hfi_nettle_limbs_import(y_limbs, HFI_NETTLE_EC_LIMBS, y_bytes);
    return ecc_point_set(&point->nettle, mpz_roinit_n(x, x_limbs, HFI_NETTLE_EC_LIMBS),
                         mpz_roinit_n(y, y_limbs, HFI_NETTLE_EC_LIMBS)) == 1;
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

bool hfi_nettle_scalar_import(hfi_nettle_scalar *s, const hfi_nettle_curve *curve,
                              hfi_view bytes)
{
    mp_limb_t limbs[HFI_NETTLE_EC_LIMBS];
    mpz_t number;

    s->nettle.ecc = curve->ecc();
    s->nettle.p = s->limbs;
    hfi_nettle_limbs_import(limbs, HFI_NETTLE_EC_LIMBS, bytes);
    bool in_range =
        ecc_scalar_set(&s->nettle, mpz_roinit_n(number, limbs, HFI_NETTLE_EC_LIMBS)) == 1;
    hfi_wipe(limbs, sizeof limbs);
    return in_range;
}
