/* crypto/mlkem/poly.c: arithmetic of polynomials, FIPS 203 4.3.
 *
 * Products are Montgomery's, with 2^16; reductions are Barrett's.  Loops of 16 steps
 * without dependencies are left to the compiler to turn into vectors. */
#include "crypto/mlkem/poly.h"
#include "base/ct.h"

enum {
    Q = HFI_MLKEM_Q,
    ROW = HFI_POLY_ROW,
    Q_INVERSE = -3327,    /* of q, modulo 2^16 */
    R_SQUARED = 1353,     /* 2^32 modulo q */
    R_SQUARED_128 = 1441, /* 2^32 / 128 modulo q */
    BARRETT = 20159,      /* 2^26 / q, rounded */
};

/* 17^BitRev7(k) * 2^16 of FIPS 203 appendix A: zetas[k] for k in 1..15, the factors of
 * the first four layers.  In the layers of 8, 4 and 2 the blocks lie across the rows:
 * zeta_rows has, for k = 16 + i, 32 + 2 i + h and 64 + 4 i + g, one row for each of
 * the 1, 2 and 4 values of (none), h and g; i runs along the row. */
static const int16_t zetas[16] = {-1044, -758, -359, -1517, 1493, 1422,  287,   202,
                                  -171,  622,  1577, 182,   962,  -1202, -1474, 1468};
static const int16_t zeta_rows[7][ROW] = {
    {573, -1325, 264, 383, -829, 1458, -1602, -130, -681, 1017, 732, 608, -1542, 411,
     -205, -1571},
    {1223, -552, -1293, -282, 516, -320, -1618, 126, -853, -271, 107, -247, -398, -1508,
     448, 677},
    {652, 1015, 1491, -1544, -8, -666, -1162, 1469, -90, 830, -1421, -951, 961, -725,
     -1065, -1275},
    {-1103, -1251, 422, -291, -246, -777, -1590, 418, 817, 1322, -1215, -874, -1185,
     -1510, -108, 958},
    {430, 871, 587, -460, 778, 1483, 644, 329, 1097, -1285, -136, 220, -1530, -854, -308,
     -1460},
    {555, 1550, 177, 1574, 1159, -602, -872, -156, 603, -1465, 1218, -1187, -1278, -870,
     996, 1522},
    {843, 105, -235, 1653, -147, 1119, 349, -75, 610, 384, -1335, -1659, 794, 478, 991,
     1628},
};

/* Their inverses, times 2^16. */
static const int16_t zeta_inverses[16] = {-1044, 758,   1517,  359,  -202, -287,
                                          -1422, -1493, -1468, 1474, 1202, -962,
                                          -182,  -1577, -622,  171};
static const int16_t zeta_inverse_rows[7][ROW] = {
    {1571, 205, -411, 1542, -608, -732, -1017, 681, 130, 1602, -1458, 829, -383, -264,
     1325, -573},
    {1275, 1065, 725, -961, 951, 1421, -830, 90, -1469, 1162, 666, 8, 1544, -1491, -1015,
     -652},
    {-677, -448, 1508, 398, 247, -107, 271, 853, -126, 1618, 320, -516, 282, 1293, 552,
     -1223},
    {-1628, -991, -478, -794, 1659, 1335, -384, -610, 75, -349, -1119, 147, -1653, 235,
     -105, -843},
    {-1522, -996, 870, 1278, 1187, -1218, 1465, -603, 156, 872, 602, -1159, -1574, -177,
     -1550, -555},
    {1460, 308, 854, 1530, -220, 136, 1285, -1097, -329, -644, -1483, -778, 460, -587,
     -871, -430},
    {-958, 108, 1510, 1185, 874, 1215, -1322, -817, -418, 1590, 777, 246, 291, -422, 1251,
     1103},
};

/* a * b / 2^16 modulo q, below q in size if |a * b| < 2^15 q.  The low halves of a * b
 * and m * q are the same, so that the difference of the high halves is exact. */
static inline int16_t montgomery(int16_t a, int16_t b)
{
    int16_t low = (int16_t)(a * b);
    int16_t m = (int16_t)(low * Q_INVERSE);
    int16_t high = (int16_t)((a * b) >> 16);
    return (int16_t)(high - (int16_t)((m * Q) >> 16));
}

/* a modulo q, at most q / 2 + 1 in size, for every a. */
static inline int16_t barrett(int16_t a)
{
    int16_t high = (int16_t)((a * BARRETT) >> 16);
    int16_t quotient = (int16_t)((high + 512) >> 10);
    return (int16_t)(a - quotient * Q);
}

static void reduce(hfi_poly *poly)
{
    for (size_t i = 0; i < HFI_MLKEM_N; i++)
        poly->c[i] = barrett(poly->c[i]);
}

/* The square turned over. */
static void transpose(hfi_poly *poly)
{
    hfi_poly old = *poly;

    for (size_t i = 0; i < ROW; i++) {
        for (size_t j = 0; j < ROW; j++)
            poly->c[i * ROW + j] = old.c[j * ROW + i];
    }
    hfi_wipe(&old, sizeof old);
}

/* One row of butterflies, Cooley and Tukey's: each result grows by less than q. */
static inline void spread(int16_t *restrict low, int16_t *restrict high,
                          const int16_t *restrict factors)
{
    for (size_t i = 0; i < ROW; i++) {
        int16_t t = montgomery(high[i], factors[i]);
        high[i] = (int16_t)(low[i] - t);
        low[i] = (int16_t)(low[i] + t);
    }
}

/* Gentleman and Sande's: low may double, high is below q afterwards. */
static inline void gather(int16_t *restrict low, int16_t *restrict high,
                          const int16_t *restrict factors)
{
    for (size_t i = 0; i < ROW; i++) {
        int16_t t = low[i];
        low[i] = (int16_t)(t + high[i]);
        high[i] = montgomery((int16_t)(t - high[i]), factors[i]);
    }
}

typedef void (*butterflies)(int16_t *restrict, int16_t *restrict,
                            const int16_t *restrict);

/* Layers 0 to 3, of 2^layer blocks, which are whole rows: one factor a block. */
static inline void layer_of_rows(hfi_poly *poly, unsigned layer, const int16_t *factors,
                                 butterflies butterfly)
{
    const size_t distance = ROW / 2 >> layer;
    size_t k = (size_t)1 << layer;
    for (size_t start = 0; start < ROW; start += 2 * distance, k++) {
        int16_t same[ROW];
        for (size_t i = 0; i < ROW; i++)
            same[i] = factors[k];
        for (size_t row = start; row < start + distance; row++)
            butterfly(&poly->c[row * ROW], &poly->c[(row + distance) * ROW], same);
    }
}

/* Layers 4 to 6, as 0 to 2: their blocks are columns of the square, which is turned
 * over by now. */
static inline void layer_of_columns(hfi_poly *poly, unsigned layer,
                                    const int16_t (*factors)[ROW], butterflies butterfly)
{
    const size_t distance = ROW / 2 >> layer;
    size_t k = ((size_t)1 << layer) - 1;
    for (size_t start = 0; start < ROW; start += 2 * distance, k++) {
        for (size_t row = start; row < start + distance; row++)
            butterfly(&poly->c[row * ROW], &poly->c[(row + distance) * ROW], factors[k]);
    }
}

void hfi_poly_ntt(hfi_poly *poly)
{
    for (unsigned layer = 0; layer < 4; layer++)
        layer_of_rows(poly, layer, zetas, spread);
    transpose(poly);
    for (unsigned layer = 0; layer < 3; layer++)
        layer_of_columns(poly, layer, zeta_rows, spread);
    reduce(poly); /* from below 8 q */
}

/* Three layers multiply sizes by up to 8: from q they stay below 2^15. */
void hfi_poly_inverse_ntt(hfi_poly *poly)
{
    reduce(poly);
    for (unsigned layer = 3; layer-- > 0;)
        layer_of_columns(poly, layer, zeta_inverse_rows, gather);
    reduce(poly);
    transpose(poly);
    for (unsigned layer = 3; layer > 0; layer--)
        layer_of_rows(poly, layer, zeta_inverses, gather);
    reduce(poly);
    layer_of_rows(poly, 0, zeta_inverses, gather);
    for (size_t i = 0; i < HFI_MLKEM_N; i++)
        poly->c[i] = montgomery(poly->c[i], R_SQUARED_128);
}

/* (a0 + a1 X)(b0 + b1 X) modulo X^2 - gamma for one row of pairs: even holds a0, b0,
 * odd a1, b1.  The sums are apart so that compilers see that nothing overlaps. */
static inline void multiply_add_row(int16_t *restrict sum, const int16_t *restrict a,
                                    const int16_t *restrict b,
                                    const int16_t *restrict gammas, int16_t sign)
{
    int16_t even[ROW], odd[ROW];

    for (size_t i = 0; i < ROW; i++) {
        int16_t high = montgomery(montgomery(a[ROW + i], b[ROW + i]), gammas[i]);
        even[i] = (int16_t)(montgomery(a[i], b[i]) + sign * high);
    }
    for (size_t i = 0; i < ROW; i++)
        odd[i] = (int16_t)(montgomery(a[i], b[ROW + i]) + montgomery(a[ROW + i], b[i]));
    for (size_t i = 0; i < ROW; i++)
        sum[i] = (int16_t)(sum[i] + even[i]);
    for (size_t i = 0; i < ROW; i++)
        sum[ROW + i] = (int16_t)(sum[ROW + i] + odd[i]);
}

/* gamma is a factor of the last layer or, for every other pair, its negative. */
void hfi_poly_multiply_add(hfi_poly *restrict sum, const hfi_poly *restrict a,
                           const hfi_poly *restrict b)
{
    for (size_t pair = 0; pair < ROW / 2; pair++) {
        size_t at = 2 * pair * ROW;
        multiply_add_row(&sum->c[at], &a->c[at], &b->c[at], zeta_rows[3 + pair / 2],
                         pair % 2 == 0 ? 1 : -1);
    }
}

void hfi_poly_restore(hfi_poly *poly)
{
    for (size_t i = 0; i < HFI_MLKEM_N; i++)
        poly->c[i] = montgomery(poly->c[i], R_SQUARED);
}

void hfi_poly_add(hfi_poly *sum, const hfi_poly *poly)
{
    for (size_t i = 0; i < HFI_MLKEM_N; i++)
        sum->c[i] = (int16_t)(sum->c[i] + poly->c[i]);
}

void hfi_poly_subtract_from(hfi_poly *poly, const hfi_poly *minuend)
{
    for (size_t i = 0; i < HFI_MLKEM_N; i++)
        poly->c[i] = (int16_t)(minuend->c[i] - poly->c[i]);
}

void hfi_poly_normalise(hfi_poly *poly)
{
    for (size_t i = 0; i < HFI_MLKEM_N; i++) {
        int16_t a = barrett(poly->c[i]);
        poly->c[i] = (int16_t)(a + ((a >> 15) & Q));
    }
}
