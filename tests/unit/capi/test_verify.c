/* tests/unit/capi/test_verify.c: hf_verify_*: refusals, the record, the path, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "counted_memory.h"
#include "fixtures/fixtures.h"
#include "handfast/handfast.h"

enum { JUNE_2026 = 1780272000 }; /* 2026-06-01T00:00:00Z, when the fixtures are valid */

static hf_verify *verify; /* trusts the fixtures' ca, in June 2026 */

static int make(void **state)
{
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_int_equal(
        hf_config_add_trust_memory(config, fixture_ca_der, fixture_ca_der_len), 1);
    verify = hf_verify_new(config);
    hf_config_free(config);
    return verify == NULL || hf_verify_set_time(verify, JUNE_2026) != 1;
}

static int drop(void **state)
{
    (void)state;
    hf_verify_free(verify);
    return 0;
}

static hf_status add_text(const char *text)
{
    return hf_verify_add(verify, (const uint8_t *)text, strlen(text));
}

/* ---- refusals ---- */

static void test_null_is_refused(void **state)
{
    size_t len = 7;

    (void)state;
    assert_null(hf_verify_new(NULL));
    hf_verify_free(NULL);
    assert_int_equal(hf_verify_add(NULL, fixture_ca_der, 1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_verify_add(verify, NULL, 1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_verify_set_hostname(NULL, "a"), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_verify_set_time(NULL, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_verify_set_purpose(NULL, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_verify_set_profile(NULL, "default"), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_verify_set_profile(verify, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_verify_run(NULL), -HF_E_INVALID_ARGUMENT);
    assert_null(hf_verify_get0_error(NULL));
    assert_int_equal(hf_verify_count(NULL), 0);
    assert_int_equal(hf_verify_path_length(NULL), 0);
    assert_int_equal(hf_verify_path_index(NULL, 0), -1);
    assert_null(hf_verify_get0_der(NULL, 0, &len));
    assert_int_equal(len, 0);
    assert_null(hf_verify_get0_path_der(NULL, 0, NULL));
}

static void test_settings_out_of_range(void **state)
{
    (void)state;
    assert_int_equal(hf_verify_set_purpose(verify, 2), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_verify_set_purpose(verify, -1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_verify_set_profile(verify, ""), -HF_E_UNKNOWN_NAME);
    assert_int_equal(hf_verify_set_profile(verify, "webpki"), -HF_E_UNKNOWN_NAME);
    assert_int_equal(hf_verify_set_hostname(verify, ""), -HF_E_INVALID_HOSTNAME);
    assert_int_equal(hf_verify_set_hostname(verify, "."), -HF_E_INVALID_HOSTNAME);
    assert_int_equal(hf_verify_set_hostname(verify, "a b"), -HF_E_INVALID_HOSTNAME);
}

static void test_input_without_certificates(void **state)
{
    (void)state;
    assert_int_equal(add_text(""), -HF_E_NO_CERTIFICATE_IN_INPUT);
    assert_int_equal(add_text("hello"), -HF_E_NO_CERTIFICATE_IN_INPUT);
    assert_int_equal(add_text("-----BEGIN CERTIFICATE-----\nAAAA\n"),
                     -HF_E_PEM_MALFORMED);
    assert_int_equal(add_text("-----BEGIN CERTIFICATE-----\n"
                              "-----END CERTIFICATE-----\n"),
                     -HF_E_PEM_MALFORMED);
    /* What stood before the broken block is taken back. */
    assert_int_equal(add_text("-----BEGIN CERTIFICATE-----\nAAAA\n"
                              "-----END CERTIFICATE-----\n"
                              "-----BEGIN CERTIFICATE-----\n"),
                     -HF_E_PEM_MALFORMED);
    assert_int_equal(hf_verify_count(verify), 0);
    assert_int_equal(hf_verify_run(verify), -HF_E_NO_CERTIFICATE_IN_INPUT);
    assert_string_equal(hf_error_name(hf_verify_get0_error(verify)),
                        "NO_CERTIFICATE_IN_INPUT");
    assert_int_equal(hf_verify_path_length(verify), 0);
}

static void test_limits(void **state)
{
    static uint8_t large[65537] = {0x30, 0x83, 0x00, 0xff, 0xfc};

    (void)state;
    assert_int_equal(hf_verify_add(verify, large, sizeof large), -HF_E_INPUT_TOO_LARGE);
    for (int i = 0; i < 64; i++)
        assert_int_equal(hf_verify_add(verify, fixture_p256_der, fixture_p256_der_len),
                         1);
    assert_int_equal(hf_verify_add(verify, fixture_p256_der, fixture_p256_der_len),
                     -HF_E_INPUT_TOO_LARGE);
    assert_int_equal(hf_verify_count(verify), 64);
    assert_int_equal(hf_verify_run(verify), 1);
}

/* ---- what is refused, and how it is told ---- */

static void expect(const uint8_t *der, size_t len, const char *name, int code)
{
    const hf_error *error;

    assert_int_equal(hf_verify_add(verify, der, len), 1);
    assert_int_equal(hf_verify_set_hostname(verify, name), 1);
    assert_int_equal(hf_verify_run(verify), -code);
    error = hf_verify_get0_error(verify);
    assert_int_equal(hf_error_code(error), code);
    assert_int_equal(hf_error_certificate_index(error), 0);
    assert_true(strlen(hf_error_summary(error)) > strlen(hf_code_text(code)) ||
                strstr(hf_error_summary(error), "certificate 0") != NULL);
    assert_int_equal(hf_error_alert(error), -1);
    assert_string_equal(hf_error_step(error), "");
    assert_int_equal(hf_verify_path_length(verify), 1);
    assert_int_equal(hf_verify_path_index(verify, 0), 0);
}

#define REFUSED(fixture, name, code)                                              \
    static void test_##fixture(void **state)                                      \
    {                                                                             \
        (void)state;                                                              \
        expect(fixture_##fixture##_der, fixture_##fixture##_der_len, name, code); \
    }

REFUSED(expired, "server.example", HF_E_CERT_EXPIRED)
REFUSED(future, "server.example", HF_E_CERT_NOT_YET_VALID)
REFUSED(other_name, "server.example", HF_E_CERT_NAME_MISMATCH)
REFUSED(no_signing, NULL, HF_E_CERT_KEY_USAGE)
REFUSED(unknown_ca, NULL, HF_E_CERT_UNKNOWN_ISSUER)
REFUSED(p256, "192.0.2.2", HF_E_CERT_NAME_MISMATCH)

static void test_every_other_thing_is_no_certificate(void **state)
{
    static const uint8_t bytes[128 + 3] = {0x30, 0x81, 0x80};

    (void)state;
    expect(bytes, sizeof bytes, NULL, HF_E_CERT_MALFORMED);
}

static void test_no_roots(void **state)
{
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_int_not_equal(hf_config_add_trust_file(config, "/nonexistent"), 1);
    hf_verify *v = hf_verify_new(config);
    assert_int_equal(hf_verify_add(v, fixture_p256_der, fixture_p256_der_len), 1);
    assert_int_equal(hf_verify_run(v), -HF_E_TRUST_STORE_EMPTY);
    assert_int_equal(hf_error_code(hf_verify_get0_error(v)), HF_E_TRUST_STORE_EMPTY);
    hf_verify_free(v);
    hf_config_free(config);
}

static void test_the_record_as_json(void **state)
{
    char text[4096];
    const hf_error *error = hf_verify_get0_error(verify);

    (void)state;
    assert_int_equal(hf_error_code(error), 0);
    assert_true(hf_error_json(error, text, sizeof text) < sizeof text);
    assert_non_null(strstr(text, "\"role\":null"));
    assert_non_null(strstr(text, "\"version\":null"));
    expect(fixture_expired_der, fixture_expired_der_len, NULL, HF_E_CERT_EXPIRED);
    assert_true(hf_error_json(error, text, sizeof text) < sizeof text);
    assert_non_null(strstr(text, "\"name\":\"CERT_EXPIRED\""));
}

/* ---- what is accepted ---- */

static void expect_trusted(void)
{
    size_t len;

    assert_int_equal(hf_verify_run(verify), 1);
    assert_int_equal(hf_error_code(hf_verify_get0_error(verify)), 0);
    assert_int_equal(hf_verify_path_length(verify), 2);
    assert_int_equal(hf_verify_path_index(verify, 0), 0);
    assert_int_equal(hf_verify_path_index(verify, 1), -1);
    assert_ptr_equal(hf_verify_get0_path_der(verify, 0, &len),
                     hf_verify_get0_der(verify, 0, NULL));
    const uint8_t *root = hf_verify_get0_path_der(verify, 1, &len);
    assert_int_equal(len, fixture_ca_der_len);
    assert_memory_equal(root, fixture_ca_der, len);
    assert_null(hf_verify_get0_path_der(verify, 2, &len));
    assert_int_equal(len, 0);
}

static void test_trusted(void **state)
{
    static const char *const names[] = {NULL, "server.example", "SERVER.example.",
                                        "192.0.2.1"};

    (void)state;
    assert_int_equal(hf_verify_add(verify, fixture_p256_der, fixture_p256_der_len), 1);
    assert_int_equal(hf_verify_path_length(verify), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(hf_verify_set_hostname(verify, names[i]), 1);
        expect_trusted();
    }
}

/* The configuration's profile counts until another one is set. */
static void test_profile_of_the_configuration(void **state)
{
    (void)state;
    hf_config *config = hf_config_new(NULL);
    assert_int_equal(
        hf_config_add_trust_memory(config, fixture_ca_der, fixture_ca_der_len), 1);
    assert_int_equal(hf_config_set_profile(config, "web-pki"), 1);
    hf_verify *v = hf_verify_new(config);
    assert_int_equal(hf_verify_add(v, fixture_p256_der, fixture_p256_der_len), 1);
    assert_int_equal(hf_verify_set_time(v, JUNE_2026), 1);
    assert_int_equal(hf_verify_run(v), -HF_E_CERT_PROFILE);
    assert_non_null(strstr(hf_error_hint(hf_verify_get0_error(v)), "compatible"));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(hf_verify_set_profile(v, i == 0 ? "default" : "compatible"), 1);
        assert_int_equal(hf_verify_run(v), 1);
    }
    hf_verify_free(v);
    hf_config_free(config);
}

/* The answer is about the settings of its own run. */
static void test_run_again_after_other_settings(void **state)
{
    (void)state;
    assert_int_equal(hf_verify_add(verify, fixture_p256_der, fixture_p256_der_len), 1);
    expect_trusted();
    assert_int_equal(hf_verify_set_time(verify, 0), 1);
    assert_int_equal(hf_verify_path_length(verify), 0);
    assert_int_equal(hf_verify_run(verify), -HF_E_CERT_NOT_YET_VALID);
    assert_int_equal(hf_verify_set_time(verify, JUNE_2026), 1);
    assert_int_equal(hf_error_code(hf_verify_get0_error(verify)), 0);
    expect_trusted();
    assert_int_equal(hf_verify_set_purpose(verify, HF_PURPOSE_CLIENT), 1);
    assert_int_equal(hf_verify_set_purpose(verify, HF_PURPOSE_SERVER), 1);
    assert_int_equal(hf_verify_set_profile(verify, "web-pki"), 1);
    assert_int_equal(hf_verify_set_profile(verify, "default"), 1);
    expect_trusted();
}

/* ---- memory ---- */

static hf_status whole(hf_config *config)
{
    hf_verify *v = hf_verify_new(config);
    hf_status status = v != NULL ? 1 : -HF_E_NO_MEMORY;

    if (status == 1)
        status = hf_verify_add(v, fixture_p256_der, fixture_p256_der_len);
    if (status == 1)
        status = hf_verify_set_hostname(v, "other.example");
    if (status == 1)
        status = hf_verify_set_time(v, JUNE_2026);
    if (status == 1)
        status = hf_verify_run(v);
    if (status != 1 && v != NULL)
        assert_true(hf_error_summary(hf_verify_get0_error(v)) != NULL);
    hf_verify_free(v);
    return status;
}

static void test_memory_that_ends_anywhere(void **state)
{
    counted_memory s = {0, -1};
    hf_allocator allocator = {sizeof allocator, counted_take, counted_give_back, &s};
    hf_config *config = hf_config_new(&allocator);
    int before, n = 0;
    hf_status status;

    (void)state;
    assert_int_equal(
        hf_config_add_trust_memory(config, fixture_ca_der, fixture_ca_der_len), 1);
    before = s.live;
    do {
        s.left = n++;
        status = whole(config);
        assert_int_equal(s.live, before);
        assert_true(status == -HF_E_NO_MEMORY || status == -HF_E_CERT_NAME_MISMATCH);
    } while (s.left == 0 && n < 1000);
    assert_true(n > 3);
    assert_int_equal(status, -HF_E_CERT_NAME_MISMATCH);
    hf_config_free(config);
    assert_int_equal(s.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_null_is_refused, make, drop),
        cmocka_unit_test_setup_teardown(test_settings_out_of_range, make, drop),
        cmocka_unit_test_setup_teardown(test_input_without_certificates, make, drop),
        cmocka_unit_test_setup_teardown(test_limits, make, drop),
        cmocka_unit_test_setup_teardown(test_expired, make, drop),
        cmocka_unit_test_setup_teardown(test_future, make, drop),
        cmocka_unit_test_setup_teardown(test_other_name, make, drop),
        cmocka_unit_test_setup_teardown(test_no_signing, make, drop),
        cmocka_unit_test_setup_teardown(test_unknown_ca, make, drop),
        cmocka_unit_test_setup_teardown(test_p256, make, drop),
        cmocka_unit_test_setup_teardown(test_every_other_thing_is_no_certificate, make,
                                        drop),
        cmocka_unit_test_setup_teardown(test_no_roots, make, drop),
        cmocka_unit_test_setup_teardown(test_the_record_as_json, make, drop),
        cmocka_unit_test_setup_teardown(test_trusted, make, drop),
        cmocka_unit_test_setup_teardown(test_profile_of_the_configuration, make, drop),
        cmocka_unit_test_setup_teardown(test_run_again_after_other_settings, make, drop),
        cmocka_unit_test(test_memory_that_ends_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
