/* tests/unit/capi/test_names.c: lists of algorithm names into numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capi/objects.h"

static hf_config *config;

static int make(void **state)
{
    (void)state;
    config = hf_config_new(NULL);
    return config == NULL;
}

static int drop(void **state)
{
    (void)state;
    hf_config_free(config);
    return 0;
}

static void test_unknown_names_are_refused_with_the_known_ones(void **state)
{
    (void)state;
    assert_int_equal(hf_config_set_groups(config, "x25519:P-257"), -HF_E_UNKNOWN_NAME);
    assert_string_equal(hf_config_last_message(config),
                        "unknown group \"P-257\"; known: X25519MLKEM768, "
                        "x25519, secp256r1 (P-256), SecP256r1MLKEM768, secp384r1 "
                        "(P-384), secp521r1 (P-521), x448");
    assert_int_equal(hf_config_set_cipher_suites(config, "TLS_RSA_WITH_NULL_MD5"),
                     -HF_E_UNKNOWN_NAME);
    assert_non_null(
        strstr(hf_config_last_message(config), "TLS_CHACHA20_POLY1305_SHA256"));
    assert_int_equal(hf_config_set_signature_algorithms(config, "rsa_md5"),
                     -HF_E_UNKNOWN_NAME);
    assert_non_null(strstr(hf_config_last_message(config), "rsa_pkcs1_sha512"));
    /* A prefix or an extension of a known name is another name. */
    assert_int_equal(hf_config_set_groups(config, "x2551"), -HF_E_UNKNOWN_NAME);
    assert_int_equal(hf_config_set_groups(config, "x255190"), -HF_E_UNKNOWN_NAME);
}

static void test_a_refusal_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(hf_config_set_groups(config, "P-384"), 1);
    assert_int_equal(hf_config_set_groups(config, "P-256,nonsense"), -HF_E_UNKNOWN_NAME);
    assert_int_equal(config->settings.group_count, 1);
    assert_int_equal(config->settings.groups[0], 24);
}

static void test_empty_lists_are_refused(void **state)
{
    (void)state;
    assert_int_equal(hf_config_set_groups(config, ""), -HF_E_EMPTY_LIST);
    assert_int_equal(hf_config_set_groups(config, " ,:, "), -HF_E_EMPTY_LIST);
    assert_int_equal(hf_config_set_groups(config, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_groups(NULL, "P-256"), -HF_E_INVALID_ARGUMENT);
    /* RFC 8446 4.2.3: rsa_pkcs1 signs certificates alone. */
    assert_int_equal(
        hf_config_set_signature_algorithms(config, "rsa_pkcs1_sha256:rsa_pkcs1_sha384"),
        -HF_E_EMPTY_LIST);
}

static void test_separators_case_and_aliases(void **state)
{
    (void)state;
    assert_int_equal(hf_config_set_groups(config, " p-384, SECP256R1:X25519 "), 1);
    assert_int_equal(config->settings.group_count, 3);
    assert_int_equal(config->settings.groups[0], 24);
    assert_int_equal(config->settings.groups[1], 23);
    assert_int_equal(config->settings.groups[2], 29);
    assert_int_equal(hf_config_set_cipher_suites(config, "tls_aes_256_gcm_sha384"), 1);
    assert_int_equal(config->settings.suite_count, 1);
    assert_int_equal(config->settings.suites[0], 0x1302);
    assert_string_equal(hf_config_last_message(config), "");
}

static void test_a_name_twice_counts_once(void **state)
{
    (void)state;
    assert_int_equal(hf_config_set_groups(config, "P-256:x25519:secp256r1:P-256"), 1);
    assert_int_equal(config->settings.group_count, 2);
    assert_int_equal(config->settings.groups[0], 23);
    assert_int_equal(config->settings.groups[1], 29);
}

static void test_a_long_unknown_name_is_cut(void **state)
{
    char name[2000];

    (void)state;
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(hf_config_set_groups(config, name), -HF_E_UNKNOWN_NAME);
    assert_true(strlen(hf_config_last_message(config)) < 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_unknown_names_are_refused_with_the_known_ones, make, drop),
        cmocka_unit_test_setup_teardown(test_a_refusal_changes_nothing, make, drop),
        cmocka_unit_test_setup_teardown(test_empty_lists_are_refused, make, drop),
        cmocka_unit_test_setup_teardown(test_separators_case_and_aliases, make, drop),
        cmocka_unit_test_setup_teardown(test_a_name_twice_counts_once, make, drop),
        cmocka_unit_test_setup_teardown(test_a_long_unknown_name_is_cut, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
