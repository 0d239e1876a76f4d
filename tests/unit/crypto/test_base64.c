/* tests/unit/crypto/test_base64.c: RFC 4648 10, and one reading of each input. */
#include "hex.h"

#include <stdlib.h>

/* Decodes from memory of the exact size into the room that provider.h asks for. */
static ptrdiff_t decode(const char *text, size_t len, uint8_t *out, size_t room)
{
    uint8_t *copy = malloc(len == 0 ? 1 : len);
    uint8_t *space = malloc(len / 4 * 3 + 3);

    assert_non_null(copy);
    assert_non_null(space);
    memcpy(copy, text, len);
    ptrdiff_t written = hfi_crypto_nettle.base64_decode(copy, len, space);
    uint8_t *second = malloc(len / 4 * 3 + 3);
    assert_non_null(second);
    assert_int_equal(hfi_crypto_nettle.base64_decode_secret(copy, len, second), written);
    if (written > 0)
        assert_memory_equal(second, space, (size_t)written);
    free(second);
    if (written > 0) {
        assert_true((size_t)written <= room);
        memcpy(out, space, (size_t)written);
    }
    free(copy);
    free(space);
    return written;
}

static void expect_refused(const char *text)
{
    uint8_t out[64];
    assert_int_equal(decode(text, strlen(text), out, sizeof out), -1);
}

static void expect_text(const char *text, const char *want)
{
    uint8_t out[64];
    assert_int_equal(decode(text, strlen(text), out, sizeof out), strlen(want));
    assert_memory_equal(out, want, strlen(want));
}

static void test_padding(void **state)
{
    (void)state;
    expect_refused("Z");
    expect_refused("Zg");
    expect_refused("Zg=");
    expect_refused("Zm8");
    expect_refused("=");
    expect_refused("==");
    expect_refused("===");
    expect_refused("====");
    expect_refused("A===");
    expect_refused("Z===");
    expect_refused("Zg=g");
    expect_refused("Z=g=");
    expect_refused("=g==");
    expect_refused("Zg===");
    expect_refused("Zm9v====");
    expect_refused("Zm9v=");
}

/* RFC 4648 3.5: the bits behind the last byte are zero. */
static void test_left_over_bits(void **state)
{
    (void)state;
    expect_refused("Zh==");
    expect_refused("Zv==");
    expect_refused("Zm9=");
    expect_refused("Zm+=");
    expect_refused("ZmB=");
}

static void test_behind_the_end(void **state)
{
    (void)state;
    expect_refused("Zg==Zg==");
    expect_refused("Zg==Zm9v");
    expect_refused("Zg== Zm9v");
    expect_refused("Zg==\n=");
    expect_refused("Zg==x");
}

static void test_alphabet(void **state)
{
    uint8_t out[8];
    size_t good = 0;

    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[] = {'Z', 'm', '9', (char)c};
        good += decode(text, 4, out, sizeof out) == 3 ? 1 : 0;
    }
    assert_int_equal(good, 64);
    expect_refused("Zm9-");
    expect_refused("Zm9_");
    expect_refused("Zm9,");
    assert_int_equal(decode("Zm9v\0", 5, out, sizeof out), -1);
    assert_int_equal(decode("Zm\0v", 4, out, sizeof out), -1);
}

static void test_white_space(void **state)
{
    (void)state;
    expect_refused("Zm 9v");
    expect_refused("Zg=\n=");
    expect_refused("Z m9v");
    expect_text("\r\n Zm9v\r\nYmFy\t\v\f \n", "foobar");
    expect_text("Zm9v\nYg==\n", "foob");
    expect_text("", "");
    expect_text(" \n", "");
}

static void test_vectors(void **state)
{
    uint8_t out[64];

    (void)state;
    expect_text("Zg==", "f");
    expect_text("Zm8=", "fo");
    expect_text("Zm9v", "foo");
    expect_text("Zm9vYg==", "foob");
    expect_text("Zm9vYmE=", "fooba");
    expect_text("Zm9vYmFy", "foobar");
    assert_int_equal(decode("ABEiM+/u/98=", 12, out, sizeof out), 8);
    expect_hex(out, 8, "00112233efeeffdf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_padding),        cmocka_unit_test(test_left_over_bits),
        cmocka_unit_test(test_behind_the_end), cmocka_unit_test(test_alphabet),
        cmocka_unit_test(test_white_space),    cmocka_unit_test(test_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
