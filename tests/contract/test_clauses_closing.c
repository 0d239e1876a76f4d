/* tests/contract/test_clauses_closing.c: closing; clauses 31 to 35. */
#include "stage.h"

/* The server reads whatever is there, its close_notify included. */
static void server_reads_all(stage *s)
{
    uint8_t byte;

    while (stage_to_server(s) > 0)
        ;
    while (peer_read(&s->server, &byte, 1) > 0)
        ;
}

static int shutdown_until_sent(stage *s)
{
    int ret;

    while ((ret = hf_shutdown(s->conn)) == -1 &&
           hf_get_error(s->conn, ret) == HF_ERROR_WANT_WRITE)
        assert_true(stage_to_server(s) > 0);
    return ret;
}

/* ---- clause 31 ---- */

static void closes_first(stage *s)
{
    stage_establish(s);
    int ret = shutdown_until_sent(s);
    assert_int_equal(ret, 0);
    assert_int_equal(hf_get_error(s->conn, ret), HF_ERROR_NONE);
    assert_int_equal(hf_get_shutdown(s->conn), HF_SENT_SHUTDOWN);
    server_reads_all(s);
    assert_true((SSL_get_shutdown(s->server.ssl) & SSL_RECEIVED_SHUTDOWN) != 0);
    while (stage_to_client(s) > 0) /* the tickets */
        (void)hf_shutdown(s->conn);
    assert_wants(s, hf_shutdown(s->conn), HF_ERROR_WANT_READ);
    peer_shutdown(&s->server);
    assert_int_equal(stage_drive(s, hf_shutdown, NULL), 1);
    assert_int_equal(hf_get_shutdown(s->conn), HF_SENT_SHUTDOWN | HF_RECEIVED_SHUTDOWN);
    assert_int_equal(hf_shutdown(s->conn), 1);
}

static void test_clause_31_ours_first(void **state)
{
    (void)state;
    on_every_carrier(closes_first);
}

static int read_one(hf_conn *conn)
{
    uint8_t byte;
    size_t got;

    return hf_read(conn, &byte, 1, &got);
}

static void closes_second(stage *s)
{
    stage_establish(s);
    peer_shutdown(&s->server);
    assert_int_equal(stage_drive(s, read_one, NULL), 0);
    assert_int_equal(shutdown_until_sent(s), 1);
    server_reads_all(s);
    assert_int_equal(SSL_get_shutdown(s->server.ssl),
                     SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

static void test_clause_31_theirs_first(void **state)
{
    (void)state;
    on_every_carrier(closes_second);
}

static void test_clause_31_a_full_transport_wants_write(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_PAIR_7);
    stage_establish(&s);
    assert_wants(&s, hf_shutdown(s.conn), HF_ERROR_WANT_WRITE);
    assert_int_equal(shutdown_until_sent(&s), 0);
    stage_close(&s);
}

static void test_clause_31_not_before_the_handshake_is_over(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    assert_wants(&s, hf_connect(s.conn), HF_ERROR_WANT_READ);
    assert_failed(&s, hf_shutdown(s.conn), HF_ERROR_SSL, HF_E_NOT_CONNECTED);
    stage_establish(&s);
    stage_close(&s);
}

/* Data that nobody has read is not thrown away by waiting for the close. */
static void test_clause_31_unread_data_is_kept(void **state)
{
    uint8_t bytes[8];
    size_t got;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    stage_establish(&s);
    assert_int_equal(hf_shutdown(s.conn), 0);
    assert_true(peer_write(&s.server, "late", 4));
    peer_shutdown(&s.server);
    (void)stage_to_client(&s);
    for (int i = 0; i < 2; i++)
        assert_failed(&s, hf_shutdown(s.conn), HF_ERROR_SSL, HF_E_UNREAD_DATA);
    assert_int_equal(hf_read(s.conn, bytes, sizeof bytes, &got), 1);
    assert_int_equal(got, 4);
    assert_memory_equal(bytes, "late", 4);
    assert_int_equal(hf_shutdown(s.conn), 1);
    stage_close(&s);
}

/* ---- clause 32 ---- */

static void reads_zero_each_time(stage *s)
{
    uint8_t byte;

    stage_establish(s);
    assert_true(peer_write(&s->server, "z", 1));
    peer_shutdown(&s->server);
    stage_client_reads(s, &byte, 1); /* data before the close comes first */
    for (int i = 0; i < 3; i++) {
        int ret = stage_drive(s, read_one, NULL);
        assert_int_equal(ret, 0);
        assert_failed(s, ret, HF_ERROR_ZERO_RETURN, HF_E_CLOSE_NOTIFY_RECEIVED);
    }
    assert_int_equal(hf_get_shutdown(s->conn), HF_RECEIVED_SHUTDOWN);
}

static void test_clause_32_zero_return_each_time(void **state)
{
    (void)state;
    on_every_carrier(reads_zero_each_time);
}

/* ---- clause 33 ---- */

static void sends_after_their_close(stage *s)
{
    uint8_t bytes[5] = {0};

    stage_establish(s);
    peer_shutdown(&s->server);
    assert_int_equal(stage_drive(s, read_one, NULL), 0);
    stage_client_writes(s, (const uint8_t *)"still", 5);
    stage_server_reads(s, bytes, 5);
    assert_memory_equal(bytes, "still", 5);
    assert_int_equal(stage_drive(s, read_one, NULL), 0);
}

static void test_clause_33_sending_after_their_close(void **state)
{
    (void)state;
    on_every_carrier(sends_after_their_close);
}

static void reads_after_own_close(stage *s)
{
    uint8_t byte = 0;
    size_t n;

    stage_establish(s);
    assert_int_equal(shutdown_until_sent(s), 0);
    assert_failed(s, hf_write(s->conn, "x", 1, &n), HF_ERROR_SSL,
                  HF_E_PROTOCOL_IS_SHUTDOWN);
    assert_int_equal(n, 0);
    assert_int_equal(hf_key_update(s->conn, 0), -HF_E_PROTOCOL_IS_SHUTDOWN);
    assert_true(peer_write(&s->server, "r", 1));
    stage_client_reads(s, &byte, 1);
    assert_int_equal(byte, 'r');
}

static void test_clause_33_reading_after_own_close(void **state)
{
    (void)state;
    on_every_carrier(reads_after_own_close);
}

/* ---- clause 34 ---- */

static void test_clause_34_set_shutdown_sends_nothing(void **state)
{
    const int both = HF_SENT_SHUTDOWN | HF_RECEIVED_SHUTDOWN;
    stage s;
    size_t n;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    stage_establish(&s);
    uint64_t out = hf_conn_bytes_out(s.conn);
    assert_int_equal(hf_get_shutdown(s.conn), 0);
    hf_set_shutdown(s.conn, HF_SENT_SHUTDOWN);
    assert_int_equal(hf_get_shutdown(s.conn), HF_SENT_SHUTDOWN);
    assert_failed(&s, hf_write(s.conn, "x", 1, &n), HF_ERROR_SSL,
                  HF_E_PROTOCOL_IS_SHUTDOWN);
    hf_set_shutdown(s.conn, both);
    assert_int_equal(hf_get_shutdown(s.conn), both);
    assert_int_equal(hf_shutdown(s.conn), 1);
    assert_int_equal(read_one(s.conn), 0);
    assert_true(hf_conn_bytes_out(s.conn) == out);
    hf_set_shutdown(s.conn, 0);
    assert_int_equal(hf_get_shutdown(s.conn), 0);
    stage_close(&s);
}

static void closes_quietly(stage *s)
{
    stage_establish(s);
    uint64_t out = hf_conn_bytes_out(s->conn);
    (void)hf_conn_set_options(s->conn, HF_OPTION_QUIET_SHUTDOWN);
    assert_int_equal(hf_shutdown(s->conn), 1);
    assert_int_equal(hf_get_shutdown(s->conn), HF_SENT_SHUTDOWN | HF_RECEIVED_SHUTDOWN);
    assert_int_equal(stage_to_server(s), 0);
    assert_true(hf_conn_bytes_out(s->conn) == out);
    assert_int_equal(SSL_get_shutdown(s->server.ssl), 0);
}

static void test_clause_34_quiet_shutdown_sends_nothing(void **state)
{
    (void)state;
    on_every_carrier(closes_quietly);
}

/* ---- clause 35 ---- */

static void ends_between_records(stage *s)
{
    uint8_t byte = 0;

    stage_establish(s);
    assert_true(peer_write(&s->server, "d", 1));
    stage_end_input(s);
    stage_client_reads(s, &byte, 1); /* what came whole is given */
    for (int i = 0; i < 2; i++)
        assert_failed(s, stage_drive(s, read_one, NULL), HF_ERROR_SSL,
                      HF_E_EOF_WITHOUT_CLOSE_NOTIFY);
    assert_int_equal(hf_get_shutdown(s->conn) & HF_RECEIVED_SHUTDOWN, 0);
}

static void test_clause_35_end_between_records_is_unclean(void **state)
{
    (void)state;
    on_every_carrier(ends_between_records);
}

static void ends_inside_a_record(stage *s)
{
    uint8_t record[64];
    size_t len;

    stage_establish(s);
    while (stage_carry(s) > 0) /* the tickets */
        assert_wants(s, read_one(s->conn), HF_ERROR_WANT_READ);
    assert_true(peer_write(&s->server, "cut", 3));
    len = peer_send(&s->server, record, sizeof record);
    assert_true(len > 10);
    stage_inject(s, record, len - 1);
    stage_end_input(s);
    assert_failed(s, stage_drive(s, read_one, NULL), HF_ERROR_SSL, HF_E_EOF_IN_RECORD);
}

static void test_clause_35_end_inside_a_record_is_unclean(void **state)
{
    (void)state;
    on_every_carrier(ends_inside_a_record);
}

static void ends_while_closing(stage *s)
{
    stage_establish(s);
    assert_int_equal(shutdown_until_sent(s), 0);
    stage_end_input(s);
    assert_failed(s, stage_drive(s, hf_shutdown, NULL), HF_ERROR_SSL,
                  HF_E_EOF_WITHOUT_CLOSE_NOTIFY);
}

static void test_clause_35_end_while_awaiting_their_close(void **state)
{
    (void)state;
    on_every_carrier(ends_while_closing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clause_31_ours_first),
        cmocka_unit_test(test_clause_31_theirs_first),
        cmocka_unit_test(test_clause_31_a_full_transport_wants_write),
        cmocka_unit_test(test_clause_31_not_before_the_handshake_is_over),
        cmocka_unit_test(test_clause_31_unread_data_is_kept),
        cmocka_unit_test(test_clause_32_zero_return_each_time),
        cmocka_unit_test(test_clause_33_sending_after_their_close),
        cmocka_unit_test(test_clause_33_reading_after_own_close),
        cmocka_unit_test(test_clause_34_set_shutdown_sends_nothing),
        cmocka_unit_test(test_clause_34_quiet_shutdown_sends_nothing),
        cmocka_unit_test(test_clause_35_end_between_records_is_unclean),
        cmocka_unit_test(test_clause_35_end_inside_a_record_is_unclean),
        cmocka_unit_test(test_clause_35_end_while_awaiting_their_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
