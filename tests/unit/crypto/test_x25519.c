/* tests/unit/crypto/test_x25519.c: our X25519 against RFC 7748 and against nettle's, with
 * the values at which arithmetic modulo 2^255 - 19 goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <nettle/curve25519.h>
#include <string.h>

#include "crypto/x25519/x25519.h"
#include "hex.h"

#if HFI_HAVE_X25519

enum { SIZE = HFI_X25519_SIZE };

/* RFC 7748 5.2. */
static void test_rfc_7748(void **state)
{
    static const struct {
        const char *scalar, *u, *want;
    } cases[] = {
        {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
         "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
         "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
        {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
         "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
         "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
    };
    uint8_t out[SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hfi_span scalar = hex(cases[i].scalar);
        hfi_span u = hex(cases[i].u);
        hfi_x25519(out, scalar.p, u.p);
        expect_hex(out, SIZE, cases[i].want);
        hex_free(scalar);
        hex_free(u);
    }
}

/* The same section's iteration; out may be u. */
static void test_iterated(void **state)
{
    uint8_t k[SIZE] = {9}, u[SIZE] = {9}, next[SIZE];

    (void)state;
    for (int i = 1; i <= 1000; i++) {
        hfi_x25519(next, k, u);
        memcpy(u, k, SIZE);
        memcpy(k, next, SIZE);
        if (i == 1)
            expect_hex(
                k, SIZE,
                "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
    expect_hex(k, SIZE,
               "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
    hfi_x25519(next, k, u);
    hfi_x25519(u, k, u);
    assert_memory_equal(u, next, SIZE);
}

static void same(const uint8_t *scalar, const uint8_t *u)
{
    uint8_t ours[SIZE], theirs[SIZE];

    hfi_x25519(ours, scalar, u);
    curve25519_mul(theirs, scalar, u);
    assert_memory_equal(ours, theirs, SIZE);
}

/* 64 bits a call, xorshift. */
static void draw(uint64_t *state, uint8_t out[SIZE])
{
    for (int i = 0; i < SIZE; i++) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        out[i] = (uint8_t)(*state >> 24);
    }
}

static void test_drawn(void **state)
{
    uint64_t source = 0x9e3779b97f4a7c15;
    uint8_t scalar[SIZE], u[SIZE];

    (void)state;
    for (int i = 0; i < 2000; i++) {
        draw(&source, scalar);
        draw(&source, u);
        same(scalar, u);
    }
}

/* Values near 0, p, 2 p and 2^255, with either top bit; limbs of ones or zeros; each bit
 * alone. */
static void test_edges(void **state)
{
    uint64_t source = 0x2545f4914f6cdd1d;
    uint8_t scalar[SIZE], u[SIZE];

    (void)state;
    for (unsigned low = 0; low < 256; low++) {
        draw(&source, scalar);
        memset(u, 0, SIZE);
        u[0] = (uint8_t)low;
        same(scalar, u);
        memset(u, 0xff, SIZE);
        u[0] = (uint8_t)low;
        same(scalar, u);
        u[SIZE - 1] = 0x7f;
        same(scalar, u);
        memset(u, 0, SIZE);
        u[low / 8] = (uint8_t)(1u << low % 8);
        same(scalar, u);
        same(u, scalar);
        memset(u, low % 2 != 0 ? 0xff : 0, SIZE);
        same(u, scalar);
        for (unsigned at = 0; at < 255; at++)
            if (((low >> at / 51) & 1) != 0)
                u[at / 8] ^= (uint8_t)(1u << at % 8);
        same(scalar, u);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc_7748),
        cmocka_unit_test(test_iterated),
        cmocka_unit_test(test_drawn),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    print_message("skipped: no 128-bit integers, nettle's X25519 is used\n");
    return 0;
}

#endif
