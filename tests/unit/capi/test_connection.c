/* tests/unit/capi/test_connection.c: connections without a peer: NULL, settings,
 * transports, memory feed and drain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "handfast/handfast.h"
#include "one_end.h"
#include "pki/idna.h"

static void test_every_call_takes_null(void **state)
{
    uint8_t byte = 0;
    size_t n = 9;

    (void)state;
    hf_conn_free(NULL);
    hf_bio_free(NULL);
    hf_session_free(NULL);
    hf_certificate_free(NULL);
    hf_set_shutdown(NULL, 3);
    assert_int_equal(hf_connect(NULL), -1);
    assert_int_equal(hf_accept(NULL), -1);
    assert_int_equal(hf_do_handshake(NULL), -1);
    assert_int_equal(hf_read(NULL, &byte, 1, &n), -1);
    assert_int_equal(n, 0);
    assert_int_equal(hf_write(NULL, &byte, 1, &n), -1);
    assert_int_equal(hf_shutdown(NULL), -1);
    assert_int_equal(hf_clear(NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_fd(NULL, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_hostname(NULL, "a"), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_get_fd(NULL), -1);
    assert_int_equal(hf_conn_verify_result(NULL), HF_E_NOT_CONNECTED);
    assert_string_equal(hf_state_name(NULL), "");
    assert_string_equal(hf_conn_version_name(NULL), "");
    assert_null(hf_conn_get0_alpn(NULL, &n));
    assert_null(hf_conn_get1_session(NULL));
    assert_int_equal(hf_conn_json(NULL, NULL, 0), 2);
    assert_int_equal(hf_trace_json(NULL, NULL, 0), 2);
    assert_int_equal(hf_trace_event(NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     0);
    assert_int_equal(hf_key_update(NULL, 0), -HF_E_INVALID_ARGUMENT);
}

static void test_before_the_handshake_nothing_is_agreed(void **state)
{
    size_t n = 9;

    (void)state;
    assert_int_equal(hf_conn_version(conn), 0);
    assert_string_equal(hf_conn_version_name(conn), "");
    assert_string_equal(hf_conn_cipher_suite_name(conn), "");
    assert_string_equal(hf_conn_group_name(conn), "");
    assert_string_equal(hf_conn_signature_algorithm_name(conn), "");
    assert_null(hf_conn_get0_alpn(conn, &n));
    assert_int_equal(n, 0);
    assert_int_equal(hf_conn_peer_certificate_count(conn), 0);
    assert_null(hf_conn_get0_peer_der(conn, 0, &n));
    assert_null(hf_conn_get1_session(conn));
    assert_int_equal(hf_key_update(conn, 0), -HF_E_NOT_CONNECTED);
    uint8_t out[8];
    assert_int_equal(hf_export_keying_material(conn, "l", 1, NULL, 0, out, sizeof out),
                     -HF_E_NOT_CONNECTED);
    assert_int_equal(hf_trace_count(conn), 0);
}

static void test_transports_that_cannot_be(void **state)
{
    hf_io io = {sizeof io, NULL, NULL, NULL, NULL};
    hf_bio *bio;

    (void)state;
    assert_int_equal(hf_conn_set_fd(conn, -1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_rfd(conn, -5), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_io(conn, &io), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_io(conn, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set0_bio(conn, NULL), -HF_E_INVALID_ARGUMENT);
    assert_null(hf_bio_new_fd(-1, HF_BIO_NOCLOSE));
    assert_null(hf_bio_new_custom(&io));
    assert_null(hf_bio_new_custom(NULL));
    assert_int_equal(hf_bio_new_pair(NULL, 1, &bio, 1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_bio_read(NULL, NULL, 0), HF_IO_ERROR);
    assert_int_equal(hf_bio_pending(NULL), 0);
    assert_int_equal(hf_bio_shutdown_write(NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_get_fd(conn), -1);
}

static void count_destruction(void *context)
{
    ++*(int *)context;
}

static ptrdiff_t never_read(void *context, uint8_t *bytes, size_t count, int *number)
{
    (void)context;
    (void)bytes;
    (void)count;
    (void)number;
    return HF_IO_WOULD_BLOCK;
}

static ptrdiff_t never_write(void *context, const uint8_t *bytes, size_t count,
                             int *number)
{
    (void)bytes;
    return never_read(context, NULL, count, number);
}

/* Whatever replaces it, a transport is released exactly once. */
static void test_a_replaced_transport_is_released_once(void **state)
{
    int destroyed = 0;
    const hf_io io = {sizeof io, never_read, never_write, count_destruction, &destroyed};

    (void)state;
    assert_int_equal(hf_conn_set_io(conn, &io), 1);
    assert_int_equal(hf_conn_set_rfd(conn, 0), 1);
    assert_int_equal(destroyed, 0); /* still written to */
    assert_int_equal(hf_conn_set_wfd(conn, 1), 1);
    assert_int_equal(destroyed, 1);
    assert_int_equal(hf_conn_get_fd(conn), 0);
    hf_bio *bio = hf_bio_new_custom(&io);
    assert_int_equal(hf_conn_set0_bio(conn, bio), 1);
    assert_int_equal(hf_conn_set0_bio(conn, bio), 1); /* the same again */
    assert_int_equal(destroyed, 1);
    assert_int_equal(hf_conn_use_memory(conn), 1);
    assert_int_equal(destroyed, 2);
    assert_int_equal(hf_conn_set_io(conn, &io), 1);
    hf_conn_free(conn);
    conn = NULL;
    assert_int_equal(destroyed, 3);
}

static void test_feed_and_drain_need_the_memory_transport(void **state)
{
    uint8_t bytes[8] = {0};
    size_t n = 9;

    (void)state;
    assert_int_equal(hf_conn_feed(conn, bytes, 1, &n), -HF_E_NOT_A_MEMORY_TRANSPORT);
    assert_int_equal(hf_conn_drain(conn, bytes, 1, &n), -HF_E_NOT_A_MEMORY_TRANSPORT);
    assert_int_equal(n, 0);
    assert_int_equal(hf_conn_feed_eof(conn), -HF_E_NOT_A_MEMORY_TRANSPORT);
    assert_int_equal(hf_conn_drain_pending(conn), 0);
}

static void test_memory_transport_by_hand(void **state)
{
    uint8_t hello[4096], piece[7];
    size_t n, len = 0;

    (void)state;
    assert_int_equal(hf_conn_set_hostname(conn, "a.test"), 1);
    assert_int_equal(hf_conn_use_memory(conn), 1);
    int ret = hf_connect(conn);
    assert_int_equal(hf_get_error(conn, ret), HF_ERROR_WANT_READ);
    size_t pending = hf_conn_drain_pending(conn);
    assert_in_range(pending, 100, sizeof hello);
    do {
        assert_int_equal(hf_conn_drain(conn, piece, sizeof piece, &n), 1);
        memcpy(hello + len, piece, n);
        len += n;
    } while (n > 0);
    assert_int_equal(len, pending);
    assert_int_equal(hello[0], 22);
    assert_true(hf_conn_bytes_out(conn) == len);

    assert_int_equal(hf_conn_feed_eof(conn), 1);
    assert_int_equal(hf_conn_feed(conn, hello, 1, &n), -HF_E_INVALID_ARGUMENT);
    ret = hf_connect(conn);
    assert_int_equal(hf_get_error(conn, ret), HF_ERROR_SSL);
    assert_int_equal(hf_conn_error_code(conn), HF_E_EOF_BEFORE_HELLO);
    assert_int_equal(hf_conn_feed(conn, NULL, 0, &n), -HF_E_ALREADY_FAILED);

    assert_int_equal(hf_clear(conn), 1);
    assert_int_equal(hf_conn_drain_pending(conn), 0);
    ret = hf_connect(conn);
    assert_int_equal(hf_get_error(conn, ret), HF_ERROR_WANT_READ);
}

/* A server's first bytes may be there before its first call; a client that is spoken to
 * first hears of it. */
static void test_input_may_come_before_the_first_call(void **state)
{
    size_t n = 0;

    (void)state;
    assert_int_equal(hf_conn_set_hostname(conn, "a.test"), 1);
    assert_int_equal(hf_conn_use_memory(conn), 1);
    assert_int_equal(
        hf_conn_feed(conn, (const uint8_t *)"220 mail.test ESMTP\r\n", 21, &n), 1);
    assert_int_equal(n, 21);
    int ret = hf_connect(conn);
    assert_int_equal(hf_get_error(conn, ret), HF_ERROR_SSL);
    assert_int_equal(hf_conn_error_code(conn), HF_E_PEER_SPEAKS_SMTP);
}

static void test_settings_end_with_the_first_call(void **state)
{
    (void)state;
    assert_int_equal(hf_conn_use_memory(conn), 1);
    assert_int_equal(hf_connect(conn), -1);
    assert_int_equal(hf_conn_set_hostname(conn, "a.test"), -HF_E_ALREADY_STARTED);
    assert_int_equal(hf_conn_add_hostname(conn, "a.test"), -HF_E_ALREADY_STARTED);
    assert_int_equal(hf_conn_set_server_name(conn, "a.test"), -HF_E_ALREADY_STARTED);
    assert_int_equal(hf_conn_disable_hostname_check(conn), -HF_E_ALREADY_STARTED);
    assert_int_equal(hf_conn_add_alpn(conn, (const uint8_t *)"h2", 2),
                     -HF_E_ALREADY_STARTED);
    assert_int_equal(hf_conn_set_session(conn, NULL), -HF_E_ALREADY_STARTED);
    assert_int_equal(hf_conn_set_handshake_timeout(conn, 5), -HF_E_ALREADY_STARTED);
    assert_int_equal(hf_clear(conn), 1);
    assert_int_equal(hf_conn_set_hostname(conn, "a.test"), 1);
}

static void test_names_are_limited(void **state)
{
    char name[16] = "a0.test";

    (void)state;
    for (int i = 0; i < 8; i++) {
        name[1] = (char)('0' + i);
        assert_int_equal(hf_conn_add_hostname(conn, name), 1);
    }
    assert_int_equal(hf_conn_add_hostname(conn, "b.test"), -HF_E_INPUT_TOO_LARGE);
    assert_int_equal(hf_conn_set_hostname(conn, "b.test"), 1); /* replaces all */
    assert_int_equal(hf_conn_add_hostname(conn, "c.test"), 1);
}

static void test_user_data_and_json(void **state)
{
    char out[2048];

    (void)state;
    assert_null(hf_conn_get_user_data(conn));
    hf_conn_set_user_data(conn, out);
    assert_int_equal(hf_clear(conn), 1);
    assert_ptr_equal(hf_conn_get_user_data(conn), out);
    assert_int_equal(hf_conn_set_hostname(conn, "A.test"), 1);
    assert_true(hf_conn_json(conn, out, sizeof out) < sizeof out);
    assert_non_null(strstr(out, "\"server_name\":\"a.test\",\"hostnames\":[\"a.test\"]"));
    assert_non_null(strstr(out, "\"version\":null,\"cipher_suite\":null"));
    assert_true(hf_trace_json(conn, out, sizeof out) == 2);
    assert_string_equal(out, "[]");
}

/* RFC 5890: names in other scripts stand as A-labels in DNS and in certificates. */
static void test_names_outside_of_ascii(void **state)
{
    char out[2048];
    const char *name = "B\xc3\xbc"
                       "cher.example."; /* Bücher.example. */

    (void)state;
    assert_int_equal(hf_conn_set_hostname(conn, "\xc3\x28.example"),
                     hfi_idna_available() ? -HF_E_INVALID_HOSTNAME
                                          : -HF_E_HOSTNAME_NOT_ASCII);
    if (!hfi_idna_available()) {
        assert_int_equal(hf_conn_set_hostname(conn, name), -HF_E_HOSTNAME_NOT_ASCII);
        return;
    }
    assert_int_equal(hf_conn_set_hostname(conn, name), 1);
    assert_true(hf_conn_json(conn, out, sizeof out) < sizeof out);
    assert_non_null(strstr(out, "\"hostnames\":[\"xn--bcher-kva.example\"]"));
}

static void test_sessions_that_are_none(void **state)
{
    size_t n = 4;

    (void)state;
    assert_null(hf_session_parse(config, NULL, 0));
    assert_null(hf_session_parse(config, (const uint8_t *)"HFS1garbage", 11));
    assert_null(hf_session_parse(NULL, (const uint8_t *)"x", 1));
    assert_int_equal(hf_session_serialize(NULL, NULL, &n), -HF_E_INVALID_ARGUMENT);
    assert_string_equal(hf_session_hostname(NULL), "");
    assert_null(hf_session_up_ref(NULL));
    assert_int_equal(hf_conn_set_session(conn, NULL), 1);
}

static void test_certificates_that_are_none(void **state)
{
    static const uint8_t junk[] = {0x30, 0x03, 0x02, 0x01, 0x01};

    (void)state;
    assert_null(hf_certificate_new(NULL, 0));
    assert_null(hf_certificate_new(junk, 0));
    assert_null(hf_certificate_new(junk, sizeof junk));
    assert_string_equal(hf_certificate_subject(NULL), "");
    assert_int_equal(hf_certificate_is_ca(NULL), 0);
}

static void test_version_macros_and_functions_agree(void **state)
{
    (void)state;
    assert_int_equal(hf_version_number(), HF_VERSION_NUMBER);
    assert_string_equal(hf_version_text(), HF_VERSION_TEXT);
    /* Words with one space between them. */
    const char *features = hf_version_features();
    assert_non_null(features);
    assert_true(features[0] != ' ');
    assert_null(strstr(features, "  "));
}

static void test_abort(void **state)
{
    uint8_t bytes[4096];
    size_t got = 0;

    (void)state;
    assert_int_equal(hf_abort(NULL, 49), -1);
    assert_int_equal(hf_abort(conn, 49), -1);
    assert_int_equal(hf_conn_error_code(conn), HF_E_NOT_CONNECTED);
    assert_int_equal(hf_conn_set_hostname(conn, "server.example"), 1);
    assert_int_equal(hf_conn_use_memory(conn), 1);
    assert_int_equal(hf_get_error(conn, hf_connect(conn)), HF_ERROR_WANT_READ);
    assert_int_equal(hf_conn_drain(conn, bytes, sizeof bytes, &got), 1);
    assert_int_equal(hf_abort(conn, 0), -1);
    assert_int_equal(hf_conn_error_code(conn), HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_abort(conn, 256), -1);
    assert_int_equal(hf_abort(conn, 90), 1);
    assert_int_equal(hf_conn_drain(conn, bytes, sizeof bytes, &got), 1);
    assert_int_equal(got, 7);
    assert_memory_equal(bytes + 5, "\x02\x5a", 2);
    assert_int_equal(hf_connect(conn), -1);
    assert_int_equal(hf_conn_error_code(conn), HF_E_ABORTED);
    assert_int_equal(hf_error_alert(hf_conn_get0_error(conn)), 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_call_takes_null),
        cmocka_unit_test_setup_teardown(test_before_the_handshake_nothing_is_agreed,
                                        one_end_make, one_end_drop),
        cmocka_unit_test_setup_teardown(test_transports_that_cannot_be, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_a_replaced_transport_is_released_once,
                                        one_end_make, one_end_drop),
        cmocka_unit_test_setup_teardown(test_feed_and_drain_need_the_memory_transport,
                                        one_end_make, one_end_drop),
        cmocka_unit_test_setup_teardown(test_memory_transport_by_hand, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_input_may_come_before_the_first_call,
                                        one_end_make, one_end_drop),
        cmocka_unit_test_setup_teardown(test_settings_end_with_the_first_call,
                                        one_end_make, one_end_drop),
        cmocka_unit_test_setup_teardown(test_names_are_limited, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_user_data_and_json, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_sessions_that_are_none, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_certificates_that_are_none, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_names_outside_of_ascii, one_end_make,
                                        one_end_drop),
        cmocka_unit_test_setup_teardown(test_abort, one_end_make, one_end_drop),
        cmocka_unit_test(test_version_macros_and_functions_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
