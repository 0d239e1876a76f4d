/* tests/unit/capi/test_memory_limit.c: configurations with a limit: what they refuse,
 * what they count, and that a connection which reaches the limit harms nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "fixtures/client_fixtures.h"
#include "two_ends.h"

enum { PLENTY = 1 << 22 };

/* ---- refusals ---- */

static void test_a_limit_too_small_for_the_configuration(void **state)
{
    size_t limit = 0;
    hf_config *config = NULL;

    (void)state;
    for (; config == NULL && limit < PLENTY; limit += limit < 64 ? 1 : 64)
        config = hf_config_new_limited(limit);
    assert_non_null(config);
    assert_true(limit > 256); /* the smaller ones were refused */
    assert_true(hf_config_memory_peak(config) <= hf_config_memory_limit(config));
    hf_config_free(config);
}

static void test_a_setting_past_the_limit_changes_nothing(void **state)
{
    (void)state;
    hf_config *config = hf_config_new_limited(PLENTY);
    size_t used = hf_config_memory_used(config);
    hf_config_free(config);
    config = hf_config_new_limited(used + 256);
    assert_non_null(config);
    assert_int_equal(hf_config_use_certificate_chain_memory(
                         config, fixture_client_rsa_der, fixture_client_rsa_der_len),
                     -HF_E_NO_MEMORY);
    assert_int_equal(hf_config_memory_used(config), used);
    assert_null(hf_conn_new(config));
    assert_int_equal(hf_config_memory_used(config), used);
    hf_config_free(config);
}

static void test_without_a_limit_nothing_is_counted(void **state)
{
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_int_equal(hf_config_memory_limit(config), 0);
    assert_int_equal(hf_config_memory_used(config), 0);
    assert_int_equal(hf_config_memory_peak(config), 0);
    assert_int_equal(hf_config_memory_limit(NULL), 0);
    assert_int_equal(hf_config_memory_used(NULL), 0);
    assert_int_equal(hf_config_memory_peak(NULL), 0);
    hf_config_free(config);
}

/* ---- what is counted ---- */

static void test_what_a_connection_costs(void **state)
{
    hf_config *config = hf_config_new_limited(PLENTY);

    (void)state;
    assert_int_equal(hf_config_memory_limit(config), PLENTY);
    size_t before = hf_config_memory_used(config);
    hf_conn *conn = hf_conn_new(config);
    size_t one = hf_config_memory_used(config) - before;
    assert_true(one > 2000);
    hf_conn *other = hf_conn_new(config);
    assert_int_equal(hf_config_memory_used(config), before + 2 * one);
    hf_conn_free(conn);
    hf_conn_free(other);
    assert_int_equal(hf_config_memory_used(config), before);
    assert_int_equal(hf_config_memory_peak(config), before + 2 * one);
    hf_config_free(config);
}

/* Certificates are not looked at: the clock may say what it wants. */
static hf_config *limited(size_t bytes, bool server, bool tls12)
{
    hf_config *config = hf_config_new_limited(bytes);

    assert_non_null(config);
    if (server)
        two_ends_show(config, false);
    else
        assert_int_equal(hf_config_add_trust_memory(config, fixture_client_p256_der,
                                                    fixture_client_p256_der_len),
                         1); /* not the system's roots */
    assert_int_equal(hf_config_disable_certificate_verification(config), 1);
    assert_int_equal(hf_config_disable_hostname_check(config), 1);
    two_ends_only_version(config, tls12);
    return config;
}

/* The session of a connection, after all else of the configuration is gone. */
static void test_a_session_outlives_its_configuration(void **state)
{
    uint8_t byte;
    size_t got;
    two t;

    (void)state;
    two_ends_join(&t, limited(PLENTY, false, false), two_ends_server_config(false));
    assert_true(two_ends_go(&t));
    assert_int_equal(hf_write(t.server, "x", 1, &got), 1);
    assert_int_equal(hf_read(t.client, &byte, 1, &got), 1);
    hf_session *session = hf_conn_get1_session(t.client);
    assert_non_null(session);
    two_ends_part(&t);
    assert_int_equal(hf_session_version(session), 0x0304);
    hf_session_free(session);
}

/* ---- the limit is reached ---- */

/* A handshake with so much memory more than before its beginning; true: it succeeded. */
static bool shake_within(size_t room, bool server, bool tls12)
{
    hf_config *config = limited(PLENTY, server, tls12);
    hf_conn *probe = hf_conn_new(config);
    size_t limit = hf_config_memory_used(config) + room;
    two t;

    hf_conn_free(probe);
    hf_config_free(config);
    config = limited(limit + 64, server, tls12); /* and the name of two_ends.c */
    size_t before = hf_config_memory_used(config);
    if (server)
        two_ends_join(&t, two_ends_client_config(), hf_config_up_ref(config));
    else
        two_ends_join(&t, hf_config_up_ref(config), two_ends_server_config(false));
    bool done = two_ends_go(&t);
    hf_conn *ours = server ? t.server : t.client;
    if (!done) {
        const hf_error *error = hf_conn_get0_error(ours);
        assert_int_equal(hf_error_code(error), HF_E_NO_MEMORY);
        assert_int_equal(hf_get_error(ours, -1), HF_ERROR_SSL);
        assert_string_not_equal(hf_error_detail(error), "");
        assert_non_null(strstr(hf_error_hint(error), "configuration's memory limit"));
    }
    assert_true(hf_config_memory_peak(config) <= hf_config_memory_limit(config));
    two_ends_part(&t);
    assert_true(hf_config_memory_used(config) <= before + 16384); /* of signatures */
    hf_config_free(config);
    return done;
}

static void test_the_limit_may_be_reached_anywhere(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        size_t room = 0;
        while (!shake_within(room, (i & 1) != 0, (i & 2) != 0) && room < PLENTY)
            room += 512;
        assert_true(room > 512 && room < PLENTY);
    }
}

static void test_the_others_go_on(void **state)
{
    hf_conn *crowd[PLENTY / 2048] = {NULL};
    uint8_t byte = 0;
    size_t got, count = 0;
    two t;

    (void)state;
    two_ends_join(&t, limited(PLENTY / 8, false, false), two_ends_server_config(false));
    assert_true(two_ends_go(&t));
    while ((crowd[count] = hf_conn_new(t.client_config)) != NULL)
        count++;
    assert_true(count > 2);
    assert_int_equal(hf_write(t.client, "x", 1, &got), 1);
    assert_int_equal(hf_read(t.server, &byte, 1, &got), 1);
    assert_int_equal(byte, 'x');
    while (count > 0)
        hf_conn_free(crowd[--count]);
    crowd[0] = hf_conn_new(t.client_config);
    assert_non_null(crowd[0]);
    hf_conn_free(crowd[0]);
    two_ends_part(&t);
}

static void *come_and_go(void *context)
{
    hf_config *config = context;

    for (int i = 0; i < 200; i++) {
        hf_conn *first = hf_conn_new(config), *second = hf_conn_new(config);
        hf_conn_free(first);
        hf_conn_free(second);
    }
    return config;
}

/* Room for five, of the eight that four threads want. */
static void test_threads_share_one_limit(void **state)
{
    hf_config *config = hf_config_new_limited(PLENTY);
    hf_conn *conn = hf_conn_new(config);
    size_t limit = hf_config_memory_used(config);
    pthread_t threads[4];

    (void)state;
    hf_conn_free(conn);
    size_t before = hf_config_memory_used(config);
    limit += 4 * (limit - before);
    hf_config_free(config);
    config = hf_config_new_limited(limit);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, config), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(hf_config_memory_used(config), before);
    assert_true(hf_config_memory_peak(config) <= limit);
    hf_config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_limit_too_small_for_the_configuration),
        cmocka_unit_test(test_a_setting_past_the_limit_changes_nothing),
        cmocka_unit_test(test_without_a_limit_nothing_is_counted),
        cmocka_unit_test(test_what_a_connection_costs),
        cmocka_unit_test(test_a_session_outlives_its_configuration),
        cmocka_unit_test(test_the_limit_may_be_reached_anywhere),
        cmocka_unit_test(test_the_others_go_on),
        cmocka_unit_test(test_threads_share_one_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
