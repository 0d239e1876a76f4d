/* crypto/mlkem/encode.c: polynomials as bytes, FIPS 203 4.2.1.
 *
 * Compression divides by q: by a multiplication here, since compilers may make a
 * division out of a '/' and processors take their time for it by the numbers. */
#include "crypto/mlkem/encode.h"
#include "base/ct.h"

enum {
    Q = HFI_MLKEM_Q,
    DIVIDE_SHIFT = 35,
    DIVIDE = 10321340, /* 2^35 / q, rounded up: exact for numbers below 2^23 */
};

/* Packs 256 numbers of d bits, least significant bit first. */
static void pack(uint8_t *out, const hfi_poly *poly, unsigned d)
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t at = 0;

    for (size_t i = 0; i < HFI_MLKEM_N; i++) {
        bits |= (uint32_t)(uint16_t)poly->c[i] << held;
        for (held += d; held >= 8; held -= 8, bits >>= 8)
            out[at++] = (uint8_t)bits;
    }
}

static void unpack(hfi_poly *poly, const uint8_t *in, unsigned d)
{
    const uint32_t mask = (UINT32_C(1) << d) - 1;
    uint32_t bits = 0;
    unsigned held = 0;
    size_t at = 0;

    for (size_t i = 0; i < HFI_MLKEM_N; i++) {
        for (; held < d; held += 8)
            bits |= (uint32_t)in[at++] << held;
        poly->c[i] = (int16_t)(bits & mask);
        bits >>= d;
        held -= d;
    }
}

void hfi_mlkem_encode_ntt(uint8_t out[HFI_MLKEM_POLY_BYTES], const hfi_poly *poly)
{
    hfi_poly ordered;

    for (size_t i = 0; i < HFI_MLKEM_N; i++)
        ordered.c[i] = poly->c[hfi_poly_place(i)];
    pack(out, &ordered, 12);
    hfi_wipe(&ordered, sizeof ordered);
}

bool hfi_mlkem_decode_ntt(hfi_poly *poly, const uint8_t in[HFI_MLKEM_POLY_BYTES])
{
    hfi_poly ordered;
    int16_t excess = 0; /* its sign bit: one number is q or more */

    unpack(&ordered, in, 12);
    for (size_t i = 0; i < HFI_MLKEM_N; i++) {
        poly->c[hfi_poly_place(i)] = ordered.c[i];
        excess = (int16_t)(excess | (Q - 1 - ordered.c[i]));
    }
    hfi_wipe(&ordered, sizeof ordered);
    return excess >= 0;
}

/* round(2^d / q * x) modulo 2^d, 4.7. */
static int16_t compress(int16_t x, unsigned d)
{
    uint64_t scaled = ((uint64_t)(uint16_t)x << d) + Q / 2;
    return (int16_t)(scaled * DIVIDE >> DIVIDE_SHIFT & ((UINT64_C(1) << d) - 1));
}

void hfi_mlkem_compress(uint8_t *out, const hfi_poly *poly, unsigned d)
{
    hfi_poly small;

    for (size_t i = 0; i < HFI_MLKEM_N; i++)
        small.c[i] = compress(poly->c[i], d);
    pack(out, &small, d);
    hfi_wipe(&small, sizeof small);
}

/* round(q / 2^d * x), 4.8.  Compilers know that a number of one bit is 0 or 1, and
 * might make a jump out of the multiplication: the number is kept from them. */
void hfi_mlkem_decompress(hfi_poly *poly, const uint8_t *in, unsigned d)
{
    unpack(poly, in, d);
    for (size_t i = 0; i < HFI_MLKEM_N; i++) {
        uint32_t x = (uint16_t)poly->c[i];
        __asm__("" : "+r"(x));
        poly->c[i] = (int16_t)((x * Q + (UINT32_C(1) << d >> 1)) >> d);
    }
}
