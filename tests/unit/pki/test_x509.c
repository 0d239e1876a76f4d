/* tests/unit/pki/test_x509.c: one certificate: every cut refused, every flipped bit
 * survived, and what it says as text.  RFC 5280 4. */
#include "chain_fixture.h"

#include <stdlib.h>

#include "chains.h"
#include "pki/name.h"
#include "pki/x509.h"

static const char *const samples[] = {
    leaf_pem, root_pem, limited_pem, uri_leaf_pem, rsa_pss_pem, ed25519_leaf_pem,
};

enum { SAMPLES = sizeof samples / sizeof samples[0] };

static void test_every_prefix_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        chain c = {.count = 0};
        hfi_x509 cert;
        chain_add(&c, samples[i]);
        for (size_t len = 0; len < c.certs[0].len; len++) {
            uint8_t *cut = malloc(len + 1);
            memcpy(cut, c.certs[0].p, len);
            assert_int_equal(hfi_x509_parse(hfi_view_of(cut, len), &cert),
                             HFI_E_CERT_MALFORMED);
            free(cut);
        }
        assert_int_equal(hfi_x509_parse(c.certs[0], &cert), HFI_OK);
        chain_free(&c);
    }
}

static void test_trailing_byte_refused(void **state)
{
    (void)state;
    chain c = {.count = 0};
    hfi_x509 cert;

    chain_add(&c, leaf_pem);
    size_t len = c.certs[0].len;
    uint8_t *more = malloc(len + 1);
    memcpy(more, c.certs[0].p, len);
    more[len] = 0;
    assert_int_equal(hfi_x509_parse(hfi_view_of(more, len + 1), &cert),
                     HFI_E_CERT_MALFORMED);
    free(more);
    chain_free(&c);
}

static void test_size_limit(void **state)
{
    (void)state;
    uint8_t *large = calloc(1, HFI_CERTIFICATE_SIZE_MAX + 1);
    hfi_x509 cert;

    assert_int_equal(
        hfi_x509_parse(hfi_view_of(large, HFI_CERTIFICATE_SIZE_MAX + 1), &cert),
        HFI_E_CERT_TOO_LARGE);
    assert_int_equal(hfi_x509_parse(hfi_view_of(NULL, 0), &cert), HFI_E_CERT_MALFORMED);
    free(large);
}

/* All text functions on whatever was parsed; the sanitizers watch. */
static void speak(const hfi_x509 *cert)
{
    char text[64];
    hfi_x509_name_text(cert->subject, text, sizeof text);
    hfi_x509_name_text(cert->issuer, text, 1);
    hfi_x509_serial_text(cert, text, sizeof text);
    hfi_x509_names_text(cert, text, sizeof text);
    hfi_x509_key_text(cert, text, sizeof text);
}

static void test_every_bit_flipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        counting_heap heap = {0};
        hfi_alloc alloc = counting_alloc(&heap);
        chain c = {.count = 0};
        hfi_cert_fault f;
        hfi_verify_params params = {
            .crypto = &hfi_crypto_nettle, .alloc = &alloc, .now = CHAIN_NOW};

        params.store = hfi_trust_store_new(&alloc, &hfi_crypto_nettle);
        assert_int_equal(
            hfi_trust_store_add(params.store, hfi_view_of_text(root_pem), NULL), HFI_OK);
        chain_add(&c, samples[i]);
        for (size_t bit = 0; bit < c.certs[0].len * 8; bit++) {
            hfi_x509 cert;
            c.owned[0][bit / 8] ^= (uint8_t)(1 << bit % 8);
            if (hfi_x509_parse(c.certs[0], &cert) == HFI_OK)
                speak(&cert);
            assert_int_not_equal(hfi_verify_chain(&params, c.certs, 1, NULL, &f), HFI_OK);
            c.owned[0][bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        hfi_trust_store_free(params.store);
        chain_free(&c);
        assert_int_equal(heap.live, 0);
    }
}

static void test_fields(void **state)
{
    (void)state;
    chain c = {.count = 0};
    hfi_x509 cert;
    char text[256], small[24];

    chain_add(&c, leaf_pem);
    assert_int_equal(hfi_x509_parse(c.certs[0], &cert), HFI_OK);
    assert_int_equal(cert.version, 3);
    assert_int_equal(cert.not_before, 1577836800); /* 2020-01-01 */
    assert_int_equal(cert.not_after, 4733510400);  /* 2120-01-01 */
    assert_int_equal(cert.key.type, HFI_KEY_EC_P256);
    assert_int_equal(cert.signature_algorithm, HFI_ECDSA_SHA256);
    assert_int_equal(cert.key_usage, HFI_KU_DIGITAL_SIGNATURE);
    assert_true(cert.has_basic_constraints && cert.basic_constraints_critical);
    assert_false(cert.is_ca);
    assert_int_equal(cert.path_len, -1);
    assert_int_equal(cert.subject_key_id.len, 20);
    assert_int_equal(cert.authority_key_id.len, 20);

    hfi_x509_name_text(cert.subject, text, sizeof text);
    assert_string_equal(text, "CN=leaf, O=Handfast tests");
    hfi_x509_key_text(&cert, text, sizeof text);
    assert_string_equal(text, "EC P-256");
    hfi_x509_names_text(&cert, small, sizeof small);
    assert_string_equal(small, "app.example.com, *.w...");
    chain_free(&c);

    chain_add(&c, rsa_root_pem);
    assert_int_equal(hfi_x509_parse(c.certs[0], &cert), HFI_OK);
    assert_int_equal(cert.key.type, HFI_KEY_RSA);
    assert_int_equal(cert.key.bits, 2048);
    assert_true(cert.is_ca);
    hfi_x509_key_text(&cert, text, sizeof text);
    assert_string_equal(text, "RSA 2048");
    chain_free(&c);
}

/* ---- names ---- */

#define NAME(...) \
    hfi_view_of((const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})
/* A name of one CN of two characters with the given string type. */
#define CN2(type, a, b) NAME(0x30, 13, 0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 3, type, 2, a, b)
#define CN4(type, a, b, c, d) \
    NAME(0x30, 15, 0x31, 13, 0x30, 11, 6, 3, 0x55, 4, 3, type, 4, a, b, c, d)

static void equal(hfi_view a, hfi_view b, bool wanted)
{
    assert_int_equal(hfi_name_equal(a, b), wanted);
    if (wanted)
        assert_true(hfi_name_hash(a) == hfi_name_hash(b));
}

/* RFC 5280 7.1. */
static void test_name_comparison(void **state)
{
    (void)state;
    hfi_view empty = NAME(0x30, 0);

    equal(CN2(0x13, 'a', 'b'), CN2(0x13, 'a', 'c'), false);
    equal(CN2(0x13, 'a', 'b'), CN4(0x13, 'a', 'b', 'a', 'b'), false);
    equal(CN2(0x1e, 0, 'b'), CN2(0x1e, 0, 'B'), false); /* BMPString: byte by byte */
    equal(CN2(0x13, 'a', 'b'), CN2(0x14, 'a', 'b'), false);
    equal(CN4(0x13, 'a', ' ', 'b', 'c'), CN4(0x13, 'a', 'b', ' ', 'c'), false);
    equal(empty, CN2(0x13, 'a', 'b'), false);

    equal(CN2(0x13, 'a', 'B'), CN2(0x0c, 'A', 'b'), true);
    equal(CN2(0x13, 'a', 'b'), CN4(0x13, ' ', 'a', 'b', ' '), true);
    equal(CN4(0x13, 'a', ' ', ' ', 'b'), CN4(0x0c, ' ', 'A', ' ', 'B'), true);
    equal(empty, empty, true);

    assert_true(hfi_name_empty(empty));
    assert_false(hfi_name_valid(NAME(0x30, 2, 0x31, 0)));       /* an empty set */
    assert_false(hfi_name_valid(NAME(0x30, 4, 0x31, 2, 5, 0))); /* no attribute */
    assert_true(hfi_name_within(CN2(0x13, 'a', 'b'), empty));
    assert_false(hfi_name_within(empty, CN2(0x13, 'a', 'b')));
}

static void text_is(hfi_view name, const char *wanted)
{
    char text[64];
    hfi_x509_name_text(name, text, sizeof text);
    assert_string_equal(text, wanted);
}

static void test_name_text(void **state)
{
    (void)state;
    text_is(CN2(0x0c, ',', '"'), "CN=\\,\\\"");
    text_is(CN2(0x0c, ' ', ' '), "CN=\\ \\ ");
    text_is(CN2(0x0c, '#', 'a'), "CN=\\#a");
    text_is(CN2(0x0c, 0, 0x7f), "CN=\xef\xbf\xbd\xef\xbf\xbd");
    text_is(CN2(0x0c, 0xc3, 0xa9), "CN=\xc3\xa9");
    text_is(CN2(0x0c, 0xc3, 'a'), "CN=\xef\xbf\xbd"
                                  "a");
    text_is(CN2(0x0c, 0xc0, 0x80), "CN=\xef\xbf\xbd\xef\xbf\xbd"); /* overlong */
    text_is(CN2(0x0c, 0xc2, 0x85), "CN=\xef\xbf\xbd");             /* a C1 control */
    text_is(CN4(0x0c, 0xf0, 0x9f, 0x98, 0x80), "CN=\xf0\x9f\x98\x80");
    text_is(CN2(0x14, 0xe9, 'a'), "CN=\xc3\xa9"
                                  "a"); /* Latin-1 */
    text_is(CN4(0x1e, 0, 'a', 0x20, 0xac), "CN=a\xe2\x82\xac");
    text_is(CN2(0x04, 1, 0xff), "CN=#01ff");
    text_is(NAME(0x30, 0), "");
    text_is(hfi_view_of(NULL, 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_prefix_refused),
        cmocka_unit_test(test_trailing_byte_refused),
        cmocka_unit_test(test_size_limit),
        cmocka_unit_test(test_every_bit_flipped),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_name_comparison),
        cmocka_unit_test(test_name_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
