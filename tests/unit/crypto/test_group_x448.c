/* tests/unit/crypto/test_group_x448.c: RFC 7748 6.2, and RFC 8446 7.4.2's check for an
 * all-zero result. */
#include "hex.h"

#define ALICE_PRIVATE                                          \
    "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d" \
    "d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b"
#define ALICE_SHARE                                            \
    "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c" \
    "22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0"
#define BOB_PRIVATE                                            \
    "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d" \
    "6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d"
#define BOB_SHARE                                              \
    "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b430" \
    "27d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609"
#define SHARED                                                 \
    "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282b" \
    "b60c0b56fd2464c335543936521c24403085d59a449a5037514a879d"
#define ZEROS_27 "000000000000000000000000000000000000000000000000000000"
#define FF_27 "ffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static hfi_err derive(const char *private_key, const char *share, uint8_t *secret)
{
    hfi_span own = hex(private_key);
    hfi_span peer = hex(share);
    hfi_err err =
        hfi_crypto_nettle.x448->derive(own.p, hfi_view_of(peer.p, peer.len), secret);
    hex_free(own);
    hex_free(peer);
    return err;
}

/* 0, 1 and p - 1, and the first two with p added; RFC 7748 4.2. */
static void test_low_order_points(void **state)
{
    static const char *const points[] = {
        "00" ZEROS_27 "00" ZEROS_27, "01" ZEROS_27 "00" ZEROS_27, "fe" FF_27 "fe" FF_27,
        "ff" FF_27 "fe" FF_27,       "00" ZEROS_27 "ff" FF_27,
    };
    uint8_t secret[56];

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        assert_int_equal(derive(ALICE_PRIVATE, points[i], secret),
                         HFI_E_KEY_SHARE_INVALID);
}

static void test_wrong_lengths(void **state)
{
    uint8_t secret[56];

    (void)state;
    assert_int_equal(derive(ALICE_PRIVATE, "", secret), HFI_E_KEY_SHARE_INVALID);
    assert_int_equal(derive(ALICE_PRIVATE, ZEROS_27 "00" ZEROS_27, secret),
                     HFI_E_KEY_SHARE_INVALID);
    assert_int_equal(derive(ALICE_PRIVATE, BOB_SHARE "00", secret),
                     HFI_E_KEY_SHARE_INVALID);
    assert_int_equal(derive(ALICE_PRIVATE, "00" BOB_SHARE, secret),
                     HFI_E_KEY_SHARE_INVALID);
}

static void test_random_failure(void **state)
{
    static const uint8_t zeros[56];
    const hfi_random random = {failing_fill, NULL};
    uint8_t private_key[56];
    uint8_t share[56];

    (void)state;
    memset(private_key, 0xee, sizeof private_key);
    assert_int_equal(hfi_crypto_nettle.x448->generate(&random, private_key, share),
                     HFI_E_RANDOM_FAILED);
    assert_memory_equal(private_key, zeros, sizeof zeros);
}

static void test_generate(void **state)
{
    fixed_source source = {.bytes = hex(ALICE_PRIVATE)};
    const hfi_random random = {fixed_fill, &source};
    uint8_t private_key[56];
    uint8_t share[56];

    (void)state;
    assert_int_equal(hfi_crypto_nettle.x448->generate(&random, private_key, share),
                     HFI_OK);
    expect_hex(share, 56, ALICE_SHARE);
    hex_free(source.bytes);
}

static void test_agreement(void **state)
{
    uint8_t secret[56];

    (void)state;
    assert_int_equal(derive(ALICE_PRIVATE, BOB_SHARE, secret), HFI_OK);
    expect_hex(secret, 56, SHARED);
    assert_int_equal(derive(BOB_PRIVATE, ALICE_SHARE, secret), HFI_OK);
    expect_hex(secret, 56, SHARED);
}

static void test_row(void **state)
{
    const hfi_group *g = hfi_crypto_nettle.x448;
    (void)state;
    assert_string_equal(g->name, "x448");
    assert_int_equal(g->id, 0x001e);
    assert_int_equal(g->private_len, 56);
    assert_int_equal(g->share_len, 56);
    assert_int_equal(g->secret_len, 56);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_low_order_points), cmocka_unit_test(test_wrong_lengths),
        cmocka_unit_test(test_random_failure),   cmocka_unit_test(test_generate),
        cmocka_unit_test(test_agreement),        cmocka_unit_test(test_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
