/* crypto/keccak.h: the permutation below SHA-3 and SHAKE, FIPS 202 3.
 *
 * crypto/nettle provides it, crypto/mlkem builds on it: between the two rooms lies
 * this one function, so that neither includes the other. */
#ifndef HFI_CRYPTO_KECCAK_H
#define HFI_CRYPTO_KECCAK_H

#include "base/types.h"

enum { HFI_KECCAK_LANES = 25 };

/* Keccak-f[1600].  Lane x + 5 y of FIPS 202 3.1.2 is element x + 5 * y, as a number
 * whose least significant byte is the lane's first. */
void hfi_keccak_permute(uint64_t lanes[HFI_KECCAK_LANES]);

#endif
