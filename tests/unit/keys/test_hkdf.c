/* tests/unit/keys/test_hkdf.c: the vectors of RFC 5869 A.1 to A.3, and the bounds of
 * HKDF-Expand-Label (RFC 8446 7.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hex.h"
#include "keys/hkdf.h"

#define SHA256 (hfi_crypto_nettle.sha256)

static const char *const secret_text = "an input of thirty-two bytes 123";

static void expect_rfc5869(const char *ikm_hex, const char *salt_hex,
                           const char *info_hex, const char *prk_hex, const char *okm_hex)
{
    uint8_t ikm[128];
    uint8_t salt[128];
    uint8_t info[128];
    uint8_t prk[HFI_HASH_SIZE_MAX];
    uint8_t okm[128];
    hfi_view ikm_view = {ikm, unhex(ikm_hex, ikm, sizeof ikm)};
    hfi_view salt_view = {salt, unhex(salt_hex, salt, sizeof salt)};
    hfi_view info_view = {info, unhex(info_hex, info, sizeof info)};
    size_t len = strlen(okm_hex) / 2;

    hfi_hkdf_extract(SHA256, salt_view, ikm_view, prk);
    expect_hex(prk, 32, prk_hex);
    assert_true(hfi_hkdf_expand(SHA256, hfi_view_of(prk, 32), info_view, okm, len));
    expect_hex(okm, len, okm_hex);
    /* Every shorter output is the beginning of the longer one. */
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t part[128];
        memset(part, 0xee, sizeof part);
        assert_true(hfi_hkdf_expand(SHA256, hfi_view_of(prk, 32), info_view, part, cut));
        assert_memory_equal(part, okm, cut);
        assert_int_equal(part[cut], 0xee);
    }
}

static void test_rfc5869(void **state)
{
    (void)state;
    expect_rfc5869("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                   "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
                   "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
                   "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                   "34007208d5b887185865");
    expect_rfc5869("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                   "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
                   "404142434445464748494a4b4c4d4e4f",
                   "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
                   "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
                   "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
                   "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
                   "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
                   "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
                   "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
                   "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                   "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                   "cc30c58179ec3e87c14c01d5c1f3434f1d87");
    expect_rfc5869("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
                   "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
                   "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                   "9d201395faa4b61a96c8");
}

/* RFC 5869 2.3: at most 255 blocks. */
static void test_expand_length(void **state)
{
    const hfi_hash *const hashes[] = {hfi_crypto_nettle.sha256, hfi_crypto_nettle.sha384,
                                      hfi_crypto_nettle.sha512};
    static uint8_t out[255 * HFI_HASH_SIZE_MAX + 1];
    hfi_view prk = hfi_view_of_text(secret_text);
    (void)state;

    for (size_t i = 0; i < 3; i++) {
        size_t most = 255 * hashes[i]->size;
        memset(out, 0xee, sizeof out);
        assert_false(hfi_hkdf_expand(hashes[i], prk, hfi_view_of("i", 1), out, most + 1));
        assert_false(hfi_hkdf_expand(hashes[i], prk, hfi_view_of("i", 1), out, SIZE_MAX));
        assert_int_equal(out[0], 0xee);
        assert_true(hfi_hkdf_expand(hashes[i], prk, hfi_view_of("i", 1), out, most));
        assert_int_equal(out[most], 0xee);
    }
}

static bool label_fits(size_t label, size_t context, size_t len)
{
    static uint8_t out[255 * HFI_HASH_SIZE_MAX + 1];
    static const uint8_t bytes[300] = {'x'};

    memset(out, 0xee, sizeof out);
    bool fits = hfi_hkdf_expand_label(SHA256, hfi_view_of_text(secret_text),
                                      hfi_view_of(bytes, label),
                                      hfi_view_of(bytes, context), out, len);
    if (!fits)
        assert_int_equal(out[0], 0xee);
    else
        assert_int_equal(out[len], 0xee);
    assert_int_equal(hfi_hkdf_label_fits(SHA256, hfi_view_of(bytes, label),
                                         hfi_view_of(bytes, context), len),
                     fits);
    return fits;
}

/* RFC 8446 7.1: label<7..255> counts "tls13 ", context<0..255>. */
static void test_label_bounds(void **state)
{
    (void)state;
    assert_false(label_fits(0, 0, 32));
    assert_false(label_fits(250, 0, 32));
    assert_false(label_fits(5, 256, 32));
    assert_false(label_fits(5, 32, 255 * 32 + 1));
    assert_true(label_fits(1, 0, 32));
    assert_true(label_fits(249, 255, 32));
    assert_true(label_fits(5, 32, 255 * 32));
    assert_true(label_fits(5, 32, 0));
}

/* The HkdfLabel of the longest label and context, laid out by hand. */
static void test_longest_label(void **state)
{
    uint8_t info[2 + 1 + 255 + 1 + 255];
    uint8_t want[33];
    uint8_t out[33];
    hfi_view secret = hfi_view_of_text(secret_text);
    (void)state;

    memset(info, 'l', sizeof info);
    info[0] = 0;
    info[1] = 33;
    info[2] = 255;
    memcpy(info + 3, "tls13 ", 6);
    info[258] = 255;
    memset(info + 259, 'c', 255);
    assert_true(
        hfi_hkdf_expand(SHA256, secret, hfi_view_of(info, sizeof info), want, 33));
    assert_true(hfi_hkdf_expand_label(SHA256, secret, hfi_view_of(info + 9, 249),
                                      hfi_view_of(info + 259, 255), out, 33));
    assert_memory_equal(out, want, 33);
}

/* One keyed HMAC serves several labels, and a refusal does not spoil it. */
static void test_keyed_is_the_same(void **state)
{
    hfi_view secret = hfi_view_of_text(secret_text);
    hfi_view none = {NULL, 0};
    hfi_hmac_ctx keyed;
    uint8_t out[80];
    uint8_t want[80];
    (void)state;

    SHA256->hmac_key(&keyed, secret.p, secret.len);
    for (int round = 0; round < 3; round++) {
        const char label[2] = {(char)('a' + round), '\0'};
        size_t len = 20 + 30 * (size_t)round;
        assert_false(hfi_hkdf_expand_label_keyed(SHA256, &keyed, none, none, out, len));
        assert_true(hfi_hkdf_expand_label_keyed(SHA256, &keyed, hfi_view_of_text(label),
                                                none, out, len));
        assert_true(hfi_hkdf_expand_label(SHA256, secret, hfi_view_of_text(label), none,
                                          want, len));
        assert_memory_equal(out, want, len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc5869),           cmocka_unit_test(test_expand_length),
        cmocka_unit_test(test_label_bounds),      cmocka_unit_test(test_longest_label),
        cmocka_unit_test(test_keyed_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
