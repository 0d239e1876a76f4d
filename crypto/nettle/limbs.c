/* crypto/nettle/limbs.c: big-endian bytes to GMP's limbs and back. */
#include <assert.h>

#include "crypto/nettle/limbs.h"

enum { LIMB = sizeof(mp_limb_t) };

static_assert(GMP_NAIL_BITS == 0 && GMP_NUMB_BITS == 8 * LIMB,
              "limbs use all their bits");

/* The len bytes before end, 1 to LIMB of them, as one number. */
static mp_limb_t limb_before(const uint8_t *bytes, size_t end, size_t len)
{
    mp_limb_t limb = 0;
    for (size_t i = end - len; i < end; i++)
        limb = limb << 8 | bytes[i];
    return limb;
}

void hfi_nettle_limbs_import(mp_limb_t *limbs, size_t count, hfi_view bytes)
{
    size_t left = bytes.len;

    assert(bytes.len <= count * LIMB);
    for (size_t i = 0; i < count; i++) {
        size_t len = left < LIMB ? left : LIMB;
        limbs[i] = len == 0 ? 0 : limb_before(bytes.p, left, len);
        left -= len;
    }
}

void hfi_nettle_limbs_export(uint8_t *out, size_t len, const mp_limb_t *limbs)
{
    for (size_t i = 0; i < len; i++)
        out[len - 1 - i] = (uint8_t)(limbs[i / LIMB] >> (8 * (i % LIMB)));
}
