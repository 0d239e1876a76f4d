/* crypto/mlkem/sample.c: polynomials out of hashes, FIPS 203 4.2.2. */
#include "crypto/mlkem/sample.h"
#include "base/ct.h"
#include "crypto/mlkem/sponge.h"

enum {
    Q = HFI_MLKEM_Q,
    BLOCK_NUMBERS = HFI_SHAKE128_RATE * 8 / 12,
    PRF_MAX = 64 * 3,
};

/* Takes those of the 112 numbers of 12 bits in a block that are below q.  All are
 * written, and the count says which stay: a jump would be guessed wrongly too often. */
static size_t take_block(int16_t *taken, size_t count, const uint8_t *block)
{
    for (size_t i = 0; i < HFI_SHAKE128_RATE; i += 3) {
        int16_t first = (int16_t)(block[i] | (block[i + 1] & 0x0f) << 8);
        int16_t second = (int16_t)(block[i + 1] >> 4 | block[i + 2] << 4);
        taken[count] = first;
        count += first < Q;
        taken[count] = second;
        count += second < Q;
    }
    return count;
}

void hfi_mlkem_sample_ntt(hfi_poly *poly, const uint8_t rho[32], uint8_t column,
                          uint8_t row)
{
    const uint8_t place[2] = {column, row};
    hfi_sponge xof = hfi_sponge_shake128();
    uint8_t block[HFI_SHAKE128_RATE];
    int16_t taken[HFI_MLKEM_N + BLOCK_NUMBERS];
    size_t count = 0;

    hfi_sponge_absorb(&xof, hfi_view_of(rho, 32));
    hfi_sponge_absorb(&xof, hfi_view_of(place, sizeof place));
    hfi_sponge_pad(&xof);
    while (count < HFI_MLKEM_N) {
        hfi_sponge_squeeze(&xof, block, sizeof block);
        count = take_block(taken, count, block);
    }
    for (size_t i = 0; i < HFI_MLKEM_N; i++)
        poly->c[hfi_poly_place(i)] = taken[i];
}

/* Pairs of bits become their sums, and pairs of these sums differences. */
static void cbd2(hfi_poly *poly, const uint8_t *bytes)
{
    for (size_t i = 0; i < HFI_MLKEM_N / 2; i++) {
        unsigned sums = (bytes[i] & 0x55u) + (bytes[i] >> 1 & 0x55u);
        poly->c[2 * i] = (int16_t)((int)(sums & 3) - (int)(sums >> 2 & 3));
        poly->c[2 * i + 1] = (int16_t)((int)(sums >> 4 & 3) - (int)(sums >> 6 & 3));
    }
}

/* The same with three bits: 24 of them make four coefficients. */
static void cbd3(hfi_poly *poly, const uint8_t *bytes)
{
    for (size_t i = 0; i < HFI_MLKEM_N / 4; i++) {
        uint32_t bits = (uint32_t)bytes[3 * i] | (uint32_t)bytes[3 * i + 1] << 8 |
                        (uint32_t)bytes[3 * i + 2] << 16;
        uint32_t sums =
            (bits & 0x249249) + (bits >> 1 & 0x249249) + (bits >> 2 & 0x249249);
        for (size_t j = 0; j < 4; j++, sums >>= 6)
            poly->c[4 * i + j] = (int16_t)((int)(sums & 7) - (int)(sums >> 3 & 7));
    }
}

void hfi_mlkem_sample_cbd(hfi_poly *poly, unsigned eta, const uint8_t seed[32],
                          uint8_t nonce)
{
    uint8_t bytes[PRF_MAX];
    hfi_sponge prf = hfi_sponge_shake256();

    hfi_sponge_absorb(&prf, hfi_view_of(seed, 32));
    hfi_sponge_absorb(&prf, hfi_view_of(&nonce, 1));
    hfi_sponge_finish(&prf, bytes, (size_t)64 * eta);
    if (eta == 3)
        cbd3(poly, bytes);
    else
        cbd2(poly, bytes);
    hfi_wipe(bytes, sizeof bytes);
}
