/* crypto/mlkem/poly.h: polynomials modulo X^256 + 1 over the integers modulo 3329,
 * FIPS 203 2.4 and 4.3.
 *
 * Coefficients are signed and lazily reduced: each function says what it takes and
 * leaves, in multiples of q.  Nothing branches on a coefficient, indexes by one or
 * divides one. */
#ifndef HFI_CRYPTO_MLKEM_POLY_H
#define HFI_CRYPTO_MLKEM_POLY_H

#include "base/types.h"

enum { HFI_MLKEM_N = 256, HFI_MLKEM_Q = 3329, HFI_POLY_ROW = 16 };

/* Of a plain polynomial, c[n] belongs to X^n.
 *
 * Of a transformed one (NTT), the 256 numbers of FIPS 203 4.3 stand in a 16 x 16
 * square that is turned over: number n is c[hfi_poly_place(n)].  So the last layers of
 * the transform, and products, work on whole rows, which compilers make vectors of. */
typedef struct hfi_poly {
    int16_t c[HFI_MLKEM_N];
} hfi_poly;

static inline size_t hfi_poly_place(size_t n)
{
    return n % HFI_POLY_ROW * HFI_POLY_ROW + n / HFI_POLY_ROW;
}

/* FIPS 203 algorithm 9: plain, below q in size -> transformed, at most q / 2 + 1. */
void hfi_poly_ntt(hfi_poly *poly);
/* FIPS 203 algorithm 10, and a factor of 2^16 that undoes what products leave:
 * transformed, below 8 q -> plain, below q. */
void hfi_poly_inverse_ntt(hfi_poly *poly);

/* FIPS 203 algorithm 11: sum += a * b / 2^16, transformed, a and b below q; the sum
 * grows by less than 2 q and is apart from them. */
void hfi_poly_multiply_add(hfi_poly *restrict sum, const hfi_poly *restrict a,
                           const hfi_poly *restrict b);
/* Undoes the 2^-16 of products: below 8 q -> below q. */
void hfi_poly_restore(hfi_poly *poly);

/* The sum or difference must stay below 2^15 in size. */
void hfi_poly_add(hfi_poly *sum, const hfi_poly *poly);
void hfi_poly_subtract_from(hfi_poly *poly, const hfi_poly *minuend);

/* Any -> 0..q-1, the one form that is encoded. */
void hfi_poly_normalise(hfi_poly *poly);

#endif
