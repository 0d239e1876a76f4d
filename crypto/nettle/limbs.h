/* crypto/nettle/limbs.h: big-endian bytes to GMP's limbs and back.
 *
 * nettle takes its numbers as mpz_t or as limbs.  Numbers of a bounded size are kept
 * here in arrays on the stack and shown to nettle through mpz_roinit_n: nothing is
 * allocated for them, and those that are secret can be wiped. */
#ifndef HFI_CRYPTO_NETTLE_LIMBS_H
#define HFI_CRYPTO_NETTLE_LIMBS_H

#include <gmp.h>

#include "base/types.h"

enum {
    HFI_NETTLE_RSA_BITS_MIN = 1024,
    HFI_NETTLE_RSA_BITS_MAX = 8192,
    HFI_NETTLE_RSA_EXPONENT_MAX = 8, /* bytes of e */
    HFI_NETTLE_RSA_LIMBS = HFI_NETTLE_RSA_BITS_MAX / GMP_NUMB_BITS,
    HFI_NETTLE_EC_BYTES_MAX = 66, /* a coordinate of P-521 */
    HFI_NETTLE_EC_LIMBS = (521 + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS,
};

/* Writes count limbs, least significant first.  bytes holds at most as many bytes as
 * the limbs do; takes the same time for all numbers of one length. */
void hfi_nettle_limbs_import(mp_limb_t *limbs, size_t count, hfi_view bytes);

/* Writes len bytes, most significant first; count limbs hold at least that many. */
void hfi_nettle_limbs_export(uint8_t *out, size_t len, const mp_limb_t *limbs);

#endif
