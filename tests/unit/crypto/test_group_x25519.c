/* tests/unit/crypto/test_group_x25519.c: RFC 7748 6.1, and RFC 8446 7.4.2's check for
 * an all-zero result. */
#include "hex.h"

#define ALICE_PRIVATE "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
#define ALICE_SHARE "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
#define BOB_PRIVATE "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
#define BOB_SHARE "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
#define SHARED "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
#define ZEROS_31 "00000000000000000000000000000000000000000000000000000000000000"
#define FF_30 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static hfi_err derive(const char *private_key, const char *share, uint8_t *secret)
{
    hfi_span own = hex(private_key);
    hfi_span peer = hex(share);
    hfi_err err = tested.x25519->derive(own.p, hfi_view_of(peer.p, peer.len), secret);
    hex_free(own);
    hex_free(peer);
    return err;
}

/* Points of low order, some written in two ways, each also with the ignored top bit. */
static void test_low_order_points(void **state)
{
    static const char *const points[] = {
        "00" ZEROS_31,
        "01" ZEROS_31,
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ec" FF_30 "7f",
        "ed" FF_30 "7f",
        "ee" FF_30 "7f",
        "ec" FF_30 "ff",
        "ed" FF_30 "ff",
        "ee" FF_30 "ff",
    };
    uint8_t secret[32];

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        assert_int_equal(derive(ALICE_PRIVATE, points[i], secret),
                         HFI_E_KEY_SHARE_INVALID);
}

static void test_wrong_lengths(void **state)
{
    uint8_t secret[32];

    (void)state;
    assert_int_equal(derive(ALICE_PRIVATE, "", secret), HFI_E_KEY_SHARE_INVALID);
    assert_int_equal(derive(ALICE_PRIVATE, ZEROS_31, secret), HFI_E_KEY_SHARE_INVALID);
    assert_int_equal(derive(ALICE_PRIVATE, BOB_SHARE "00", secret),
                     HFI_E_KEY_SHARE_INVALID);
    assert_int_equal(derive(ALICE_PRIVATE, "00" BOB_SHARE, secret),
                     HFI_E_KEY_SHARE_INVALID);
}

static void test_random_failure(void **state)
{
    static const uint8_t zeros[32];
    const hfi_random random = {failing_fill, NULL};
    uint8_t private_key[32];
    uint8_t share[32];

    (void)state;
    memset(private_key, 0xee, sizeof private_key);
    assert_int_equal(tested.x25519->generate(&random, private_key, share),
                     HFI_E_RANDOM_FAILED);
    assert_memory_equal(private_key, zeros, sizeof zeros);
}

static void test_generate(void **state)
{
    fixed_source source = {.bytes = hex(ALICE_PRIVATE)};
    const hfi_random random = {fixed_fill, &source};
    uint8_t private_key[32];
    uint8_t share[32];

    (void)state;
    assert_int_equal(tested.x25519->generate(&random, private_key, share), HFI_OK);
    expect_hex(share, 32, ALICE_SHARE);
    hex_free(source.bytes);
}

static void test_agreement(void **state)
{
    uint8_t secret[32];

    (void)state;
    assert_int_equal(derive(ALICE_PRIVATE, BOB_SHARE, secret), HFI_OK);
    expect_hex(secret, 32, SHARED);
    assert_int_equal(derive(BOB_PRIVATE, ALICE_SHARE, secret), HFI_OK);
    expect_hex(secret, 32, SHARED);
}

static void test_row(void **state)
{
    const hfi_group *g = tested.x25519;
    (void)state;
    assert_string_equal(g->name, "x25519");
    assert_int_equal(g->id, 0x001d);
    assert_int_equal(g->private_len, 32);
    assert_int_equal(g->share_len, 32);
    assert_int_equal(g->secret_len, 32);
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
