/* tests/contract/test_stale_error_handfast.c: the steps of test_stale_error_openssl.c
 * with handfast, where the bug cannot happen: hf_get_error() looks at its connection and
 * at nothing else.  No call clears anything in between; the errno of the thread and
 * OpenSSL's queue may say what they like. */
#include <errno.h>

#include <openssl/err.h>

#include "stage.h"

/* A fails on plain HTTP, and nobody looks at its error. */
static void fail_another(const stage *s)
{
    hf_conn *a = hf_conn_new(s->config);
    static const uint8_t answer[] = "HTTP/1.1 400 Bad\r\n";

    size_t taken = 0;

    assert_non_null(a);
    assert_int_equal(hf_conn_use_memory(a), 1);
    assert_int_equal(hf_conn_set_hostname(a, "server.test"), 1);
    assert_int_equal(hf_connect(a), -1);
    assert_int_equal(hf_conn_feed(a, answer, sizeof answer - 1, &taken), 1);
    assert_int_equal(taken, sizeof answer - 1);
    assert_int_equal(hf_connect(a), -1);
    assert_int_equal(hf_conn_error_code(a), HF_E_PEER_SPEAKS_HTTP);
    hf_conn_free(a);
}

/* B has no error, before and after. */
static void expect_sound(const stage *s, int ret)
{
    assert_int_equal(ret, -1);
    assert_int_equal(hf_get_error(s->conn, ret), HF_ERROR_WANT_READ);
    assert_int_equal(hf_conn_error_code(s->conn), 0);
}

static void test_no_stale_error(void **state)
{
    uint8_t byte;
    size_t n;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    stage_establish(&s);
    expect_sound(&s, hf_read(s.conn, &byte, 1, &n)); /* takes the tickets, if any */
    fail_another(&s);
    expect_sound(&s, hf_read(s.conn, &byte, 1, &n));

    /* Nor does what others left in the thread count. */
    ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
    errno = ECONNRESET;
    expect_sound(&s, hf_read(s.conn, &byte, 1, &n));
    ERR_clear_error();

    assert_true(peer_write(&s.server, "x", 1));
    (void)stage_to_client(&s);
    assert_int_equal(hf_read(s.conn, &byte, 1, &n), 1);
    assert_int_equal(byte, 'x');
    stage_close(&s);
}

/* The same while B is in the middle of its handshake. */
static void test_no_stale_error_in_handshake(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    expect_sound(&s, hf_connect(s.conn));
    fail_another(&s);
    expect_sound(&s, hf_connect(s.conn));
    stage_establish(&s);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_stale_error),
        cmocka_unit_test(test_no_stale_error_in_handshake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
