/* tests/unit/capi/test_config.c: configurations: refusals, freezing, sharing, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "counted_memory.h"
#include "handfast/handfast.h"

static void test_incomplete_tables_are_refused(void **state)
{
    counted_memory s = {0, -1};
    hf_allocator small = {sizeof small - 1, counted_take, counted_give_back, &s};
    hf_allocator half = {sizeof half, counted_take, NULL, &s};
    hf_clock clock = {sizeof clock, NULL, NULL, NULL};
    hf_random random = {sizeof random, NULL, NULL};

    (void)state;
    assert_null(hf_config_new(&small));
    assert_null(hf_config_new(&half));
    hf_config *config = hf_config_new(NULL);
    assert_int_equal(hf_config_set_clock(config, &clock), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_clock(config, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_random(config, &random), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_random(config, NULL), -HF_E_INVALID_ARGUMENT);
    hf_config_free(config);
}

static void test_values_out_of_range_are_refused(void **state)
{
    uint8_t name[256] = {'h'};
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_int_equal(hf_config_set_handshake_timeout(config, -1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_handshake_timeout(config, INT64_MAX),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_alpn(config, name, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_alpn(config, NULL, 2), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_alpn(config, name, 256), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_alpn(config, name, 255), 1);
    assert_int_equal(hf_config_add_alpn(config, name, 255), 1);
    assert_int_equal(hf_config_add_alpn(config, name, 1), -HF_E_INPUT_TOO_LARGE);
    assert_int_equal(hf_config_clear_alpn(config), 1);
    assert_int_equal(hf_config_add_alpn(config, name, 1), 1);
    hf_config_free(config);
}

/* RFC 8449 4: less than 64 bytes is no limit; records hold 16384. */
static void test_record_sizes(void **state)
{
    static const size_t refused[] = {1, 63, 16385, 65600, SIZE_MAX};

    (void)state;
    hf_config *config = hf_config_new(NULL);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(hf_config_set_record_size_limit(config, refused[i]),
                         -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_record_size(NULL, 64), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_record_size(config, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_record_size(config, 63), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_record_size(config, 16385), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_record_size(config, 64), 1);
    assert_int_equal(hf_config_set_record_padding(config, 16385), -HF_E_INVALID_ARGUMENT);
    assert_string_not_equal(hf_config_last_message(config), "");
    assert_int_equal(hf_config_set_record_padding(NULL, 1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_record_size_limit(NULL, 64), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_record_size_limit(config, 64), 1);
    assert_int_equal(hf_config_set_record_size_limit(config, 16384), 1);
    assert_int_equal(hf_config_set_record_size_limit(config, 0), 1);
    assert_int_equal(hf_config_set_record_padding(config, 16384), 1);
    assert_int_equal(hf_config_set_record_padding(config, 0), 1);
    hf_config_free(config);
}

static void test_acceleration(void **state)
{
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_int_equal(hf_config_set_acceleration(NULL, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_acceleration(config, 0), 1);
    assert_int_equal(hf_config_set_acceleration(config, 1), 1);
    hf_conn *conn = hf_conn_new(config);
    assert_non_null(conn);
    assert_int_equal(hf_config_set_acceleration(config, 0), -HF_E_CONFIG_FROZEN);
    hf_conn_free(conn);
    hf_config_free(config);
}

static void test_signature_memory(void **state)
{
    counted_memory s = {0, -1};
    const hf_allocator allocator = {sizeof allocator, counted_take, counted_give_back,
                                    &s};

    (void)state;
    hf_config *config = hf_config_new(&allocator);
    int before = s.live;
    assert_int_equal(hf_config_set_signature_memory(NULL, 8), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_signature_memory(config, 65537),
                     -HF_E_INVALID_ARGUMENT);
    assert_non_null(strstr(hf_config_last_message(config), "65536"));
    assert_int_equal(hf_config_set_signature_memory(config, SIZE_MAX),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_signature_memory(config, 65536), 1);
    assert_string_equal(hf_config_last_message(config), "");
    assert_int_equal(hf_config_set_signature_memory(config, 0), 1);
    assert_int_equal(hf_config_set_signature_memory(config, 1), 1);
    assert_int_equal(s.live, before); /* taken when there is something to keep */
    hf_config_free(config);
    assert_int_equal(s.live, 0);
}

static void test_profile(void **state)
{
    (void)state;
    hf_config *config = hf_config_new(NULL);
    assert_int_equal(hf_config_set_profile(NULL, "default"), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_profile(config, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_profile(config, ""), -HF_E_UNKNOWN_NAME);
    assert_int_equal(hf_config_set_profile(config, "strict"), -HF_E_UNKNOWN_NAME);
    assert_non_null(strstr(hf_config_last_message(config), "'strict'"));
    assert_non_null(strstr(hf_config_last_message(config), "compatible"));
    assert_int_equal(hf_config_set_profile(config, "compatible"), 1);
    assert_string_equal(hf_config_last_message(config), "");
    assert_int_equal(hf_config_set_profile(config, "web-pki"), 1);
    assert_int_equal(hf_config_set_profile(config, "default"), 1);
    hf_config_free(config);
}

/* Each documented option can be set and is told. */
static void test_options_are_kept(void **state)
{
    (void)state;
    hf_config *config = hf_config_new(NULL);
    for (uint64_t option = 1; option <= HF_OPTION_VERIFY_RESUMED; option <<= 1) {
        assert_int_equal(hf_config_set_options(config, option), option);
        assert_int_equal(hf_config_clear_options(config, option), 0);
    }
    hf_config_free(config);
}

static void test_every_setting_takes_null(void **state)
{
    (void)state;
    hf_config_free(NULL);
    assert_null(hf_config_up_ref(NULL));
    assert_string_equal(hf_config_last_message(NULL), "");
    assert_int_equal(hf_config_trust_count(NULL), 0);
    assert_true(hf_config_get_options(NULL) == 0);
    assert_true(hf_config_set_options(NULL, 1) == 0);
    assert_int_equal(hf_config_add_trust_file(NULL, "x"), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_trust_dir(NULL, "x"), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_trust_memory(NULL, NULL, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_trust_system(NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_disable_certificate_verification(NULL),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_disable_hostname_check(NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_key_log(NULL, NULL, NULL), -HF_E_INVALID_ARGUMENT);
    assert_null(hf_conn_new(NULL));
}

static void test_trust_that_cannot_be_loaded(void **state)
{
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_int_equal(hf_config_add_trust_file(config, "/nonexistent/a.pem"),
                     -HF_E_FILE_UNREADABLE);
    assert_string_equal(hf_config_last_message(config),
                        "/nonexistent/a.pem: No such file or directory");
    assert_int_equal(hf_config_add_trust_dir(config, "/nonexistent"),
                     -HF_E_FILE_UNREADABLE);
    assert_int_equal(hf_config_add_trust_file(config, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(
        hf_config_add_trust_memory(config, (const uint8_t *)"no certificate", 14),
        -HF_E_NO_CERTIFICATE_IN_INPUT);
    assert_int_equal(hf_config_add_trust_memory(config, NULL, 3), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_trust_count(config), 0);
    hf_config_free(config);
}

/* The first connection freezes; each setting then says so and changes nothing. */
static void test_frozen_by_the_first_connection(void **state)
{
    hf_config *config = hf_config_new(NULL);
    hf_conn *conn;

    (void)state;
    assert_int_equal(hf_config_add_trust_file(config, "/nonexistent"),
                     -HF_E_FILE_UNREADABLE);
    conn = hf_conn_new(config);
    assert_non_null(conn);
    assert_int_equal(hf_config_set_groups(config, "P-256"), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_add_trust_system(config), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_disable_certificate_verification(config),
                     -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_disable_hostname_check(config), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_add_alpn(config, (const uint8_t *)"h2", 2),
                     -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_set_handshake_timeout(config, 1), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_set_key_log_file(config, "/nonexistent/x"),
                     -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_set_signature_memory(config, 0), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_set_profile(config, "default"), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_trust_count(config), 0);
    hf_config_free(config); /* the connection holds it */
    assert_int_equal(hf_shutdown(conn), -1);
    hf_conn_free(conn);
}

/* ---- sharing ---- */

static void *make_connections(void *context)
{
    hf_config *config = context;

    for (int i = 0; i < 50; i++) {
        hf_conn *conn = hf_conn_new(config);
        if (conn == NULL)
            return NULL;
        hf_conn_free(conn);
    }
    return config;
}

static void test_threads_share_a_configuration(void **state)
{
    hf_config *config = hf_config_new(NULL);
    pthread_t threads[4];
    void *result;

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_connections, config), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        assert_ptr_equal(result, config);
    }
    hf_config_free(config);
}

/* ---- memory ---- */

/* Everything up to the hello, with memory for n requests and no more. */
static bool begin_with(const hf_allocator *allocator)
{
    hf_config *config = hf_config_new(allocator);
    hf_conn *conn = NULL;
    bool done = false;

    if (config != NULL && hf_config_disable_certificate_verification(config) == 1 &&
        hf_config_add_trust_file(config, "/nonexistent") != 1)
        conn = hf_conn_new(config);
    if (conn != NULL && hf_conn_set_hostname(conn, "a.test") == 1 &&
        hf_conn_add_hostname(conn, "b.test") == 1 &&
        hf_conn_set_server_name(conn, "c.test") == 1 &&
        hf_conn_add_alpn(conn, (const uint8_t *)"h2", 2) == 1 &&
        hf_conn_use_memory(conn) == 1) {
        int ret = hf_connect(conn);
        done = hf_get_error(conn, ret) == HF_ERROR_WANT_READ;
        if (!done)
            assert_int_equal(hf_conn_error_code(conn), HF_E_NO_MEMORY);
        assert_true(hf_error_json(hf_conn_get0_error(conn), NULL, 0) > 0);
    }
    hf_conn_free(conn);
    hf_config_free(config);
    return done;
}

static void test_memory_may_end_anywhere(void **state)
{
    bool done = false;

    (void)state;
    for (int n = 0; !done && n < 1000; n++) {
        counted_memory s = {0, n};
        const hf_allocator allocator = {sizeof allocator, counted_take, counted_give_back,
                                        &s};
        done = begin_with(&allocator);
        assert_int_equal(s.live, 0);
    }
    assert_true(done);
}

/* ---- the key log ---- */

static void test_key_log_file_is_its_owners_alone(void **state)
{
    char path[] = "/tmp/handfast-key-log-XXXXXX";
    int fd = mkstemp(path);
    struct stat about;
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_true(fd >= 0 && close(fd) == 0 && unlink(path) == 0);
    assert_int_equal(hf_config_set_key_log_file(config, "/nonexistent/dir/log"),
                     -HF_E_KEY_LOG_FAILED);
    assert_non_null(strstr(hf_config_last_message(config), "/nonexistent/dir/log"));
    assert_int_equal(hf_config_set_key_log_file(config, path), 1);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(hf_config_set_key_log_file(config, NULL), 1);
    hf_config_free(config);
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_incomplete_tables_are_refused),
        cmocka_unit_test(test_values_out_of_range_are_refused),
        cmocka_unit_test(test_record_sizes),
        cmocka_unit_test(test_acceleration),
        cmocka_unit_test(test_signature_memory),
        cmocka_unit_test(test_profile),
        cmocka_unit_test(test_options_are_kept),
        cmocka_unit_test(test_every_setting_takes_null),
        cmocka_unit_test(test_trust_that_cannot_be_loaded),
        cmocka_unit_test(test_frozen_by_the_first_connection),
        cmocka_unit_test(test_threads_share_a_configuration),
        cmocka_unit_test(test_memory_may_end_anywhere),
        cmocka_unit_test(test_key_log_file_is_its_owners_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
