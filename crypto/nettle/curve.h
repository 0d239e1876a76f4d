/* crypto/nettle/curve.h: the NIST curves, their scalars and uncompressed points. */
#ifndef HFI_CRYPTO_NETTLE_CURVE_H
#define HFI_CRYPTO_NETTLE_CURVE_H

#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>

#include "crypto/nettle/limbs.h"
#include "crypto/provider.h"

typedef struct hfi_nettle_curve {
    const struct ecc_curve *(*ecc)(void);
    size_t bytes;     /* of one coordinate, and of a scalar */
    const uint8_t *p; /* bytes of them, like b and n */
    const uint8_t *b;
    const uint8_t *n; /* the order */
} hfi_nettle_curve;

extern const hfi_nettle_curve hfi_nettle_curve_p256;
extern const hfi_nettle_curve hfi_nettle_curve_p384;
extern const hfi_nettle_curve hfi_nettle_curve_p521;

/* NULL for a key that is on none of them. */
const hfi_nettle_curve *hfi_nettle_curve_of(hfi_key_type type);

/* A point whose limbs are its own; nothing to clear. */
typedef struct hfi_nettle_point {
    struct ecc_point nettle;
    mp_limb_t limbs[2 * HFI_NETTLE_EC_LIMBS];
} hfi_nettle_point;

/* A point that may receive a result. */
void hfi_nettle_point_init(hfi_nettle_point *point, const hfi_nettle_curve *curve);

/* Reads the uncompressed form, SEC 1 2.3.3.  False: another form, a wrong length,
 * coordinates out of range, or a point off the curve. */
bool hfi_nettle_point_import(hfi_nettle_point *point, const hfi_nettle_curve *curve,
                             hfi_view encoded);

/* Writes 1 + 2 * curve->bytes bytes. */
void hfi_nettle_point_export(const hfi_nettle_point *point, const hfi_nettle_curve *curve,
                             uint8_t *out);

/* Public points only: takes less time where they differ. */
bool hfi_nettle_point_equal(const hfi_nettle_point *a, const hfi_nettle_point *b);

/* A number in 1..n-1, n being the order of the group; its limbs are its own.  Whoever
 * makes a secret one wipes it. */
typedef struct hfi_nettle_scalar {
    struct ecc_scalar nettle;
    mp_limb_t limbs[HFI_NETTLE_EC_LIMBS];
} hfi_nettle_scalar;

/* Reads at most curve->bytes bytes; false if the number is not in 1..n-1. */
bool hfi_nettle_scalar_import(hfi_nettle_scalar *s, const hfi_nettle_curve *curve,
                              hfi_view bytes);

/* Draws a scalar, and writes it as curve->bytes bytes.  HFI_E_RANDOM_FAILED: bytes is
 * wiped. */
hfi_err hfi_nettle_scalar_draw(hfi_nettle_scalar *s, const hfi_nettle_curve *curve,
                               const hfi_random *random, uint8_t *bytes);

#endif
