/* tests/unit/capi/test_crl.c: hf_config_add_crl_*: refusals, limits, memory, and what the
 * lists mean to hf_verify.  The lists of tests/unit/pki/make_status.py, around 2030. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counted_memory.h"
#include "handfast/handfast.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-const-variable"
#pragma GCC diagnostic ignored "-Wunused-variable"
#include "../pki/status.h"
#pragma GCC diagnostic pop

enum { NEW_YEAR_2030 = 1893456000 }; /* 2030-01-01T00:00:00Z */

static hf_status add(hf_config *config, const char *text)
{
    return hf_config_add_crl_memory(config, (const uint8_t *)text, strlen(text));
}

/* ---- refusals ---- */

static void test_misuse(void **state)
{
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_int_equal(hf_config_add_crl_file(NULL, "a"), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_crl_file(config, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_crl_memory(NULL, NULL, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_crl_memory(config, NULL, 1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_crl_rules(NULL, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_crl_rules(config, 4), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_crl_rules(config, -1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_crl_count(NULL), 0);
    hf_config_free(config);
}

static void test_input_without_lists(void **state)
{
    hf_config *config = hf_config_new(NULL);
    char text[4096];

    (void)state;
    assert_int_equal(hf_config_add_crl_memory(config, NULL, 0), -HF_E_NO_CRL_IN_INPUT);
    assert_int_equal(add(config, "hello"), -HF_E_NO_CRL_IN_INPUT);
    assert_int_equal(add(config, status_root_pem), -HF_E_NO_CRL_IN_INPUT);
    assert_int_equal(add(config, "-----BEGIN X509 CRL-----\nAAAA\n"),
                     -HF_E_PEM_MALFORMED);
    assert_int_equal(
        add(config, "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"),
        -HF_E_CRL_MALFORMED);
    assert_int_equal(hf_config_add_crl_memory(config, (const uint8_t *)"\x30\x81\x80", 3),
                     -HF_E_CRL_MALFORMED);
    /* A good one before a broken one is taken back. */
    (void)snprintf(text, sizeof text, "%s-----BEGIN X509 CRL-----\nAAAA\n", good_crl);
    assert_int_equal(add(config, text), -HF_E_PEM_MALFORMED);
    assert_int_equal(hf_config_crl_count(config), 0);
    assert_non_null(strstr(hf_config_last_message(config), "revocation lists"));
    hf_config_free(config);
}

static void test_too_large(void **state)
{
    enum { SIZE = (64 << 20) + 1 };
    hf_config *config = hf_config_new(NULL);
    uint8_t *bytes = calloc(1, SIZE);

    (void)state;
    assert_non_null(bytes);
    assert_int_equal(hf_config_add_crl_memory(config, bytes, SIZE),
                     -HF_E_INPUT_TOO_LARGE);
    free(bytes);
    hf_config_free(config);
}

static void test_files(void **state)
{
    hf_config *config = hf_config_new(NULL);
    char path[] = "/tmp/handfast-crl-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(hf_config_add_crl_file(config, "/nowhere/at/all"),
                     -HF_E_FILE_UNREADABLE);
    assert_non_null(strstr(hf_config_last_message(config), "/nowhere/at/all: No such"));
    assert_int_equal(hf_config_add_crl_file(config, "/"), -HF_E_FILE_UNREADABLE);
    assert_int_equal(hf_config_add_crl_file(config, "/dev/null"), -HF_E_FILE_UNREADABLE);
    assert_int_equal(hf_config_add_crl_file(config, path), -HF_E_NO_CRL_IN_INPUT);
    assert_int_equal(ftruncate(fd, (64 << 20) + 1), 0);
    assert_int_equal(hf_config_add_crl_file(config, path), -HF_E_INPUT_TOO_LARGE);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(write(fd, good_crl, strlen(good_crl)), (int)strlen(good_crl));
    assert_int_equal(write(fd, other_key_crl, strlen(other_key_crl)),
                     (int)strlen(other_key_crl));
    assert_int_equal(hf_config_add_crl_file(config, path), 1);
    assert_int_equal(hf_config_crl_count(config), 2);
    (void)close(fd);
    (void)unlink(path);
    hf_config_free(config);
}

static void test_a_used_configuration_is_frozen(void **state)
{
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_int_equal(hf_config_add_trust_memory(config, (const uint8_t *)status_root_pem,
                                                strlen(status_root_pem)),
                     1);
    hf_conn *conn = hf_conn_new(config);
    assert_non_null(conn);
    assert_int_equal(add(config, good_crl), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_add_crl_file(config, "/"), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_set_crl_rules(config, 0), -HF_E_CONFIG_FROZEN);
    hf_conn_free(conn);
    hf_config_free(config);
}

/* ---- memory ---- */

static void test_memory_runs_out(void **state)
{
    counted_memory h = {0, 1000};
    hf_allocator allocator = {sizeof allocator, counted_take, counted_give_back, &h};
    hf_config *config = hf_config_new(&allocator);

    (void)state;
    assert_non_null(config);
    h.left = 0; /* the store */
    assert_int_equal(add(config, good_crl), -HF_E_NO_MEMORY);
    h.left = 1; /* the list */
    assert_int_equal(add(config, good_crl), -HF_E_NO_MEMORY);
    assert_int_equal(hf_config_crl_count(config), 0);
    h.left = 1;
    assert_int_equal(add(config, good_crl), 1);
    hf_config_free(config);
    assert_int_equal(h.live, 0);
}

/* ---- what the lists mean ---- */

static hf_status verdict(const char *list, int rules)
{
    hf_config *config = hf_config_new(NULL);

    assert_int_equal(hf_config_add_trust_memory(config, (const uint8_t *)status_root_pem,
                                                strlen(status_root_pem)),
                     1);
    if (list != NULL)
        assert_int_equal(add(config, list), 1);
    assert_int_equal(hf_config_set_crl_rules(config, rules), 1);
    hf_verify *verify = hf_verify_new(config);
    hf_config_free(config);
    assert_int_equal(
        hf_verify_add(verify, (const uint8_t *)status_leaf_pem, strlen(status_leaf_pem)),
        1);
    assert_int_equal(hf_verify_add(verify, (const uint8_t *)status_inter_pem,
                                   strlen(status_inter_pem)),
                     1);
    assert_int_equal(hf_verify_set_time(verify, NEW_YEAR_2030), 1);
    hf_status status = hf_verify_run(verify);
    hf_verify_free(verify);
    return status;
}

static void test_verdicts(void **state)
{
    (void)state;
    assert_int_equal(verdict(revoked_crl, 0), -HF_E_CERT_REVOKED);
    assert_int_equal(verdict(old_crl, 0), -HF_E_CRL_EXPIRED);
    assert_int_equal(verdict(future_crl, 0), -HF_E_CRL_NOT_YET_VALID);
    assert_int_equal(verdict(forged_crl, 0), -HF_E_CRL_BAD_SIGNATURE);
    assert_int_equal(verdict(NULL, HF_CRL_REQUIRED), -HF_E_CRL_MISSING);
    assert_int_equal(verdict(other_key_crl, HF_CRL_REQUIRED), -HF_E_CRL_MISSING);
    /* The leaf's list is there, that of the intermediate is not. */
    assert_int_equal(verdict(good_crl, HF_CRL_REQUIRED | HF_CRL_WHOLE_CHAIN),
                     -HF_E_CRL_MISSING);
    assert_int_equal(verdict(good_crl, HF_CRL_REQUIRED), 1);
    assert_int_equal(verdict(good_crl, HF_CRL_WHOLE_CHAIN), 1);
    assert_int_equal(verdict(other_key_crl, 0), 1);
    assert_int_equal(verdict(NULL, 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_input_without_lists),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_a_used_configuration_is_frozen),
        cmocka_unit_test(test_memory_runs_out),
        cmocka_unit_test(test_verdicts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
