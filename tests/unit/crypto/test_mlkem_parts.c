/* tests/unit/crypto/test_mlkem_parts.c: what ML-KEM is made of, against plain
 * definitions: hashes of FIPS 202, polynomials of FIPS 203 4. */
#include "crypto/mlkem/encode.h"
#include "crypto/mlkem/poly.h"
#include "crypto/mlkem/sample.h"
#include "crypto/mlkem/sponge.h"
#include "hex.h"

enum { Q = HFI_MLKEM_Q, N = HFI_MLKEM_N };

/* Numbers without an order; the same in each run. */
static uint32_t next_number(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static hfi_poly some_poly(uint32_t seed)
{
    hfi_poly poly;
    for (size_t i = 0; i < N; i++)
        poly.c[i] = (int16_t)(next_number(&seed) % Q);
    return poly;
}

/* The NIST's examples: the empty message, and 200 bytes of 0xa3; of SHAKE the 600th
 * byte is the last. */
static void test_hashes(void **state)
{
    static const struct {
        hfi_sponge (*start)(void);
        size_t len;
        const char *empty;
        size_t long_len;
        const char *a3; /* the last bytes of long_len */
    } rows[] = {
        {hfi_sponge_sha3_256, 32,
         "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a", 32,
         "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787"},
        {hfi_sponge_sha3_512, 64,
         "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
         "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26",
         64,
         "e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca8"
         "1b7c13c30adf52a3659584739a2df46be589c51ca1a4a8416df6545a1ce8ba00"},
        {hfi_sponge_shake128, 32,
         "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26", 600,
         "ed4174d037abc772d37edbf655d5fe1da9055d94a08e079e6b5aaf97224475a5"},
        {hfi_sponge_shake256, 32,
         "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f", 600,
         "8ce355e1f7bd0c7ddea4e4cb07af9ebac36ee3f0ab8912ccadbafd97b96b8420"},
    };
    uint8_t a3[200], out[600];

    (void)state;
    memset(a3, 0xa3, sizeof a3);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hfi_sponge sponge = rows[i].start();
        hfi_sponge_absorb(&sponge, hfi_view_of(NULL, 0));
        hfi_sponge_finish(&sponge, out, rows[i].len);
        expect_hex(out, rows[i].len, rows[i].empty);

        for (size_t piece = 1; piece <= sizeof a3; piece++) { /* however it is cut */
            size_t tail = strlen(rows[i].a3) / 2;
            sponge = rows[i].start();
            for (size_t at = 0; at < sizeof a3; at += piece) {
                size_t left = sizeof a3 - at;
                hfi_sponge_absorb(&sponge,
                                  hfi_view_of(&a3[at], left < piece ? left : piece));
            }
            hfi_sponge_pad(&sponge);
            for (size_t at = 0; at < rows[i].long_len; at += piece) {
                size_t left = rows[i].long_len - at;
                hfi_sponge_squeeze(&sponge, &out[at], left < piece ? left : piece);
            }
            expect_hex(&out[rows[i].long_len - tail], tail, rows[i].a3);
        }
    }
}

/* A product through the transform is the product of polynomials modulo X^256 + 1. */
static void test_product(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        hfi_poly a = some_poly(seed), b = some_poly(seed + 1000), sum = {{0}};
        int32_t want[N] = {0};
        for (size_t i = 0; i < N; i++) {
            for (size_t k = 0; k < N; k++) {
                int32_t product = a.c[i] * b.c[k] % Q;
                int32_t *at = &want[(i + k) % N];
                *at = (*at + (i + k < N ? product : Q - product)) % Q;
            }
        }
        hfi_poly_ntt(&a);
        hfi_poly_ntt(&b);
        hfi_poly_multiply_add(&sum, &a, &b);
        hfi_poly_inverse_ntt(&sum);
        hfi_poly_normalise(&sum);
        for (size_t i = 0; i < N; i++)
            assert_int_equal(sum.c[i], want[i]);
    }
}

/* As far as sizes may grow: four products of the largest numbers are four times one. */
static void test_largest_numbers(void **state)
{
    static const int16_t largest[] = {Q - 1, 1 - Q};

    (void)state;
    for (size_t which = 0; which < 4; which++) {
        hfi_poly a, b, four = {{0}}, one = {{0}};
        for (size_t i = 0; i < N; i++) {
            a.c[i] = largest[which & 1];
            b.c[i] = largest[which >> 1];
        }
        hfi_poly_multiply_add(&one, &a, &b);
        for (size_t i = 0; i < 4; i++)
            hfi_poly_multiply_add(&four, &a, &b);
        hfi_poly_inverse_ntt(&one);
        hfi_poly_inverse_ntt(&four);
        hfi_poly_normalise(&one);
        hfi_poly_normalise(&four);
        for (size_t i = 0; i < N; i++)
            assert_int_equal(four.c[i], 4 * one.c[i] % Q);
    }
}

/* FIPS 203 4.7 and 4.8 for every number, with a division. */
static void test_compression(void **state)
{
    static const unsigned widths[] = {1, 4, 5, 10, 11};
    uint8_t bytes[32 * 11];

    (void)state;
    for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
        const int32_t d = (int32_t)widths[w];
        for (int32_t from = 0; from < Q; from += N) {
            hfi_poly poly, back;
            for (int32_t i = 0; i < N; i++)
                poly.c[i] = (int16_t)((from + i) % Q);
            hfi_mlkem_compress(bytes, &poly, widths[w]);
            hfi_mlkem_decompress(&back, bytes, widths[w]);
            for (size_t i = 0; i < N; i++) {
                int32_t small = (2 * (poly.c[i] << d) + Q) / (2 * Q) % (1 << d);
                int32_t large = (2 * Q * small + (1 << d)) / (2 << d);
                assert_int_equal(back.c[i], large);
            }
        }
    }
}

/* All bits of all numbers come back, in order; numbers of q and more are noticed. */
static void test_encoding(void **state)
{
    uint8_t bytes[HFI_MLKEM_POLY_BYTES];
    hfi_poly poly = some_poly(5), back;

    (void)state;
    hfi_mlkem_encode_ntt(bytes, &poly);
    assert_true(hfi_mlkem_decode_ntt(&back, bytes));
    assert_memory_equal(&poly, &back, sizeof poly);
    assert_int_equal(bytes[0] | (bytes[1] & 15) << 8, poly.c[hfi_poly_place(0)]);
    assert_int_equal(bytes[1] >> 4 | bytes[2] << 4, poly.c[hfi_poly_place(1)]);
    for (size_t i = 0; i < N; i++) {
        int16_t old = poly.c[i];
        poly.c[i] = Q;
        hfi_mlkem_encode_ntt(bytes, &poly);
        assert_false(hfi_mlkem_decode_ntt(&back, bytes));
        poly.c[i] = Q - 1;
        hfi_mlkem_encode_ntt(bytes, &poly);
        assert_true(hfi_mlkem_decode_ntt(&back, bytes));
        poly.c[i] = old;
    }
}

/* Noise is as large as eta at most, and both ends occur. */
static void test_noise(void **state)
{
    const uint8_t seed[32] = {1};

    (void)state;
    for (unsigned eta = 2; eta <= 3; eta++) {
        int least = 0, most = 0, sum = 0;
        for (unsigned nonce = 0; nonce < 16; nonce++) {
            hfi_poly poly;
            hfi_mlkem_sample_cbd(&poly, eta, seed, (uint8_t)nonce);
            for (size_t i = 0; i < N; i++) {
                least = poly.c[i] < least ? poly.c[i] : least;
                most = poly.c[i] > most ? poly.c[i] : most;
                sum += poly.c[i];
            }
        }
        assert_int_equal(least, -(int)eta);
        assert_int_equal(most, (int)eta);
        assert_in_range(sum + 1000, 500, 1500);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hashes),          cmocka_unit_test(test_product),
        cmocka_unit_test(test_largest_numbers), cmocka_unit_test(test_compression),
        cmocka_unit_test(test_encoding),        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
