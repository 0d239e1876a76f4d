/* tests/unit/capi/test_credentials.c: our own certificates and keys: what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "handfast/handfast.h"
#include "fixtures/fixtures.h"

static hf_config *config;

static int make(void **state)
{
    (void)state;
    config = hf_config_new(NULL);
    return config == NULL;
}

static int release(void **state)
{
    (void)state;
    hf_config_free(config);
    return 0;
}

static void test_misuse(void **state)
{
    int scheme = 1;
    size_t len = 1;
    hf_conn *conn = hf_conn_new(config);

    (void)state;
    assert_int_equal(hf_config_use_certificate_chain_memory(NULL, fixture_p256_der, 1),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_use_certificate_chain_memory(config, fixture_p256_der, 1),
                     -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_conn_provide_signature(conn, fixture_p256_der, 64),
                     -HF_E_SIGNATURE_NOT_WANTED);
    assert_int_equal(hf_conn_provide_signature(conn, NULL, 64), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_provide_signature(conn, fixture_p256_der, 0),
                     -HF_E_INVALID_ARGUMENT);
    assert_null(hf_conn_get0_sign_request(conn, &scheme, &len));
    assert_int_equal(scheme, 0);
    assert_int_equal(len, 0);
    assert_null(hf_conn_get0_sign_request(NULL, NULL, NULL));
    assert_int_equal(hf_conn_use_private_key_memory(conn, fixture_rsa_key, 1, NULL),
                     -HF_E_CERTIFICATE_NOT_SET);
    assert_int_equal(hf_conn_use_certificate_chain_memory(conn, NULL, 0),
                     -HF_E_INVALID_ARGUMENT);
    hf_conn_free(conn);
}

static void refused_chain(const char *text, int code)
{
    assert_int_equal(hf_config_use_certificate_chain_memory(config, (const uint8_t *)text,
                                                            strlen(text)),
                     -code);
    assert_string_not_equal(hf_config_last_message(config), "");
}

static void test_chains_that_are_none(void **state)
{
    (void)state;
    refused_chain("", HF_E_NO_CERTIFICATE_IN_INPUT);
    refused_chain("hello", HF_E_NO_CERTIFICATE_IN_INPUT);
    refused_chain("-----BEGIN CERTIFICATE-----\nAAAA\n", HF_E_PEM_MALFORMED);
    refused_chain("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                  HF_E_CERT_MALFORMED);
    refused_chain("0", HF_E_CERT_MALFORMED);
    assert_int_equal(hf_config_use_certificate_chain_file(config, "/does/not/exist"),
                     -HF_E_FILE_UNREADABLE);
    assert_int_equal(hf_config_use_certificate_chain_file(config, NULL),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_use_private_key_file(config, "/does/not/exist", NULL),
                     -HF_E_FILE_UNREADABLE);
}

/* A key is that of the chain before it, of several the last. */
static void test_keys(void **state)
{
    (void)state;
    assert_int_equal(hf_config_use_private_key_memory(config, fixture_rsa_key,
                                                      fixture_rsa_key_len, NULL),
                     -HF_E_CERTIFICATE_NOT_SET);
    assert_int_equal(hf_config_use_certificate_chain_memory(config, fixture_rsa_der,
                                                            fixture_rsa_der_len),
                     1);
    assert_int_equal(
        hf_config_use_private_key_memory(config, (const uint8_t *)"hello", 5, NULL),
        -HF_E_NO_PRIVATE_KEY_IN_INPUT);
    assert_int_equal(hf_config_use_private_key_memory(config, fixture_rsa_key,
                                                      fixture_rsa_key_len, NULL),
                     1);
    assert_int_equal(hf_config_use_certificate_chain_memory(config, fixture_p256_der,
                                                            fixture_p256_der_len),
                     1);
    assert_int_equal(hf_config_use_private_key_memory(config, fixture_rsa_key,
                                                      fixture_rsa_key_len, NULL),
                     -HF_E_PRIVATE_KEY_MISMATCH);
}

static void test_too_many_chains(void **state)
{
    (void)state;
    for (int i = 0; i < 9; i++)
        assert_int_equal(hf_config_use_certificate_chain_memory(config, fixture_p256_der,
                                                                fixture_p256_der_len),
                         i < 8 ? 1 : -HF_E_INPUT_TOO_LARGE);
}

/* RFC 9257 6: no short keys. */
/* They are of the chain added last. */
static void test_rules_of_a_chain(void **state)
{
    (void)state;
    assert_int_equal(hf_config_set_signing_algorithms(NULL, "ed25519"),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_require_listed_authority(NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_signing_algorithms(config, "ed25519"),
                     -HF_E_CERTIFICATE_NOT_SET);
    assert_int_equal(hf_config_require_listed_authority(config),
                     -HF_E_CERTIFICATE_NOT_SET);
    assert_int_equal(hf_config_use_certificate_chain_memory(config, fixture_p256_der,
                                                            fixture_p256_der_len),
                     1);
    assert_int_equal(hf_config_set_signing_algorithms(config, NULL),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_signing_algorithms(config, ""), -HF_E_EMPTY_LIST);
    assert_int_equal(hf_config_set_signing_algorithms(config, "ed25519 md5"),
                     -HF_E_UNKNOWN_NAME);
    assert_int_equal(
        hf_config_set_signing_algorithms(config, "ecdsa_secp384r1_sha384:ed25519"), 1);
    assert_int_equal(hf_config_require_listed_authority(config), 1);
    hf_conn *conn = hf_conn_new(config);
    assert_int_equal(hf_conn_certificate_index(conn), -1);
    assert_int_equal(hf_conn_certificate_index(NULL), -1);
    assert_int_equal(hf_config_set_signing_algorithms(config, "ed25519"),
                     -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_require_listed_authority(config), -HF_E_CONFIG_FROZEN);
    hf_conn_free(conn);
}

static void test_psk(void **state)
{
    static const uint8_t key[256] = {1};
    hf_conn *conn = hf_conn_new(config);

    (void)state;
    assert_int_equal(hf_conn_set_psk(NULL, key, 1, key, 16, NULL),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_psk(conn, key, 1, key, 15, NULL),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_psk(conn, key, 1, key, 256, NULL),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_psk(conn, key, 0, key, 16, NULL),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_psk(conn, key, 1, NULL, 16, NULL),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_psk(conn, key, 1, key, 16, "MD5"), -HF_E_UNKNOWN_NAME);
    assert_int_equal(hf_conn_set_psk(conn, key, 256, key, 255, "sha384"), 1);
    assert_int_equal(hf_conn_use_memory(conn), 1);
    /* No name and no root is needed now. */
    assert_int_equal(hf_get_error(conn, hf_connect(conn)), HF_ERROR_WANT_READ);
    assert_int_equal(hf_conn_set_psk(conn, key, 1, key, 16, NULL), -HF_E_ALREADY_STARTED);
    assert_int_equal(hf_clear(conn), 1);
    assert_int_equal(hf_conn_set_psk(conn, NULL, 0, NULL, 0, NULL), 1);
    assert_int_equal(hf_get_error(conn, hf_connect(conn)), HF_ERROR_SSL);
    assert_int_equal(hf_conn_psk_used(conn), 0);
    hf_conn_free(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_misuse, make, release),
        cmocka_unit_test_setup_teardown(test_chains_that_are_none, make, release),
        cmocka_unit_test_setup_teardown(test_keys, make, release),
        cmocka_unit_test_setup_teardown(test_too_many_chains, make, release),
        cmocka_unit_test_setup_teardown(test_rules_of_a_chain, make, release),
        cmocka_unit_test_setup_teardown(test_psk, make, release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
