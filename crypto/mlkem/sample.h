/* crypto/mlkem/sample.h: polynomials out of hashes, FIPS 203 4.2.2. */
#ifndef HFI_CRYPTO_MLKEM_SAMPLE_H
#define HFI_CRYPTO_MLKEM_SAMPLE_H

#include "crypto/mlkem/poly.h"

/* Algorithm 7 on rho, column, row: one transformed polynomial of the matrix, 0..q-1.
 * rho is public, and the time tells about it. */
void hfi_mlkem_sample_ntt(hfi_poly *poly, const uint8_t rho[32], uint8_t column,
                          uint8_t row);

/* Algorithm 8 on PRF(seed, nonce): a plain polynomial, at most eta (2 or 3) in size. */
void hfi_mlkem_sample_cbd(hfi_poly *poly, unsigned eta, const uint8_t seed[32],
                          uint8_t nonce);

#endif
