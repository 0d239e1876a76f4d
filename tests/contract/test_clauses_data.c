/* tests/contract/test_clauses_data.c: application data; clauses 24 to 30. */
#include "stage.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static uint8_t *pattern(size_t len)
{
    uint8_t *bytes = malloc(len);
    uint32_t x = 12345;

    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        x = x * 1103515245u + 12345u;
        bytes[i] = (uint8_t)(x >> 16);
    }
    return bytes;
}

/* ---- clause 24 ---- */

static void send_to_server(stage *s, size_t len)
{
    uint8_t *sent = pattern(len);
    uint8_t *got = malloc(len);
    size_t at = 0, done = 0;

    for (int turn = 0; done < len && turn < 1000000; turn++) {
        size_t n = 0;
        if (at < len) {
            int ret = hf_write(s->conn, sent + at, len - at, &n);
            if (ret != 1)
                assert_wants(s, ret, HF_ERROR_WANT_WRITE);
            at += n;
        }
        (void)stage_to_server(s);
        while (done < len && (n = peer_read(&s->server, got + done, len - done)) > 0)
            done += n;
    }
    assert_int_equal(at, len);
    assert_int_equal(done, len);
    assert_memory_equal(sent, got, len);
    free(sent);
    free(got);
}

static void send_to_client(stage *s, size_t len)
{
    uint8_t *sent = pattern(len);
    uint8_t *got = malloc(len);

    for (size_t at = 0; at < len; at += 16384)
        assert_true(
            peer_write(&s->server, sent + at, len - at < 16384 ? len - at : 16384));
    stage_client_reads(s, got, len);
    assert_memory_equal(sent, got, len);
    free(sent);
    free(got);
}

static void both_ways(stage *s)
{
    static const size_t sizes[] = {1, 2, 100, 5000, 16384, 16385, 40000};

    stage_establish(s);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        send_to_server(s, sizes[i]);
        send_to_client(s, sizes[i]);
    }
}

static void test_clause_24_whole_and_in_order(void **state)
{
    (void)state;
    on_every_carrier(both_ways);
}

static void test_clause_24_megabytes(void **state)
{
    static const carrier kinds[] = {CARRIER_SOCKET, CARRIER_CUSTOM, CARRIER_MEMORY,
                                    CARRIER_PAIR_4096};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        stage s;
        stage_open(&s, kinds[i]);
        stage_establish(&s);
        send_to_server(&s, 3000000);
        send_to_client(&s, 900000);
        stage_close(&s);
    }
}

/* ---- clause 25 ---- */

static void test_clause_25_read_gives_at_most_a_record(void **state)
{
    uint8_t bytes[100];
    size_t got;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    stage_establish(&s);
    assert_true(peer_write(&s.server, "first", 5));
    assert_true(peer_write(&s.server, "second", 6));
    (void)stage_to_client(&s);
    assert_int_equal(hf_read(s.conn, bytes, sizeof bytes, &got), 1);
    assert_int_equal(got, 5);
    assert_memory_equal(bytes, "first", 5);
    assert_int_equal(hf_pending(s.conn), 0);
    assert_int_equal(hf_has_pending(s.conn), 1);
    assert_int_equal(hf_read(s.conn, bytes, 2, &got), 1);
    assert_int_equal(got, 2);
    assert_int_equal(hf_pending(s.conn), 4);
    assert_int_equal(hf_read(s.conn, bytes + 2, sizeof bytes, &got), 1);
    assert_memory_equal(bytes, "second", 6);
    assert_int_equal(hf_has_pending(s.conn), 0);
    stage_close(&s);
}

static void test_clause_25_peek_does_not_consume(void **state)
{
    uint8_t bytes[10] = {0};
    size_t got;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_MEMORY);
    stage_establish(&s);
    assert_true(peer_write(&s.server, "abc", 3));
    (void)stage_to_client(&s);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(hf_peek(s.conn, bytes, sizeof bytes, &got), 1);
        assert_int_equal(got, 3);
        assert_memory_equal(bytes, "abc", 3);
        assert_int_equal(hf_pending(s.conn), 3);
    }
    assert_int_equal(hf_read(s.conn, bytes, 3, &got), 1);
    assert_wants(&s, hf_peek(s.conn, bytes, 3, &got), HF_ERROR_WANT_READ);
    stage_close(&s);
}

/* Clause 26: the result and the count are told apart. */
static void test_clause_26_result_and_count_apart(void **state)
{
    uint8_t byte = 0;
    size_t n = 99;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    stage_establish(&s);
    (void)stage_to_client(&s);
    assert_wants(&s, hf_read(s.conn, &byte, 1, &n), HF_ERROR_WANT_READ);
    assert_int_equal(n, 0);
    n = 99;
    assert_int_equal(hf_read(s.conn, NULL, 0, &n), 1);
    assert_int_equal(n, 0);
    n = 99;
    assert_int_equal(hf_write(s.conn, NULL, 0, &n), 1);
    assert_int_equal(n, 0);
    assert_int_equal(hf_write(s.conn, "ab", 2, &n), 1);
    assert_int_equal(n, 2);
    assert_failed(&s, hf_write(s.conn, "ab", 2, NULL), HF_ERROR_SSL,
                  HF_E_INVALID_ARGUMENT);
    assert_failed(&s, hf_read(s.conn, &byte, 1, NULL), HF_ERROR_SSL,
                  HF_E_INVALID_ARGUMENT);
    stage_server_reads(&s, &byte, 1); /* and the connection lives */
    assert_int_equal(byte, 'a');
    stage_close(&s);
}

/* ---- clauses 27 and 28 ---- */

/* A write through a full transport goes on with another buffer, and not twice. */
static void test_clause_27_retry_with_another_buffer(void **state)
{
    uint8_t first[] = "hello, retried write";
    uint8_t got[sizeof first];
    size_t n, moved;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_PAIR_7);
    stage_establish(&s);
    assert_wants(&s, hf_write(s.conn, first, sizeof first, &n), HF_ERROR_WANT_WRITE);
    assert_int_equal(n, 0);
    uint8_t *copy = malloc(sizeof first);
    memcpy(copy, first, sizeof first);
    memset(first, 'x', sizeof first);
    int ret = -1;
    for (int turn = 0; ret != 1 && turn < 1000; turn++) {
        moved = stage_to_server(&s);
        ret = hf_write(s.conn, copy, sizeof first, &n);
        assert_true(ret == 1 || moved > 0);
    }
    assert_int_equal(ret, 1);
    assert_int_equal(n, sizeof first);
    stage_server_reads(&s, got, sizeof got);
    assert_memory_equal(got, copy, sizeof got);
    (void)stage_to_server(&s);
    assert_int_equal(peer_read(&s.server, got, 1), 0); /* once only */
    free(copy);
    stage_close(&s);
}

/* A retry may bring fewer bytes, and more afterwards. */
static void test_clause_27_retry_with_fewer_and_more_bytes(void **state)
{
    uint8_t got[12];
    size_t n;
    stage s;
    int ret = -1;

    (void)state;
    stage_open(&s, CARRIER_PAIR_7);
    stage_establish(&s);
    assert_wants(&s, hf_write(s.conn, "abcdefgh", 8, &n), HF_ERROR_WANT_WRITE);
    while (ret != 1) {
        assert_true(stage_to_server(&s) > 0);
        ret = hf_write(s.conn, "abc", 3, &n);
    }
    assert_int_equal(n, 3);
    stage_client_writes(&s, (const uint8_t *)"defghijkl", 9);
    stage_server_reads(&s, got, sizeof got);
    assert_memory_equal(got, "abcdefghijkl", 12);
    stage_close(&s);
}

/* A connection that is cleared owes nothing to the writes before. */
static void test_clause_27_clearing_forgets_a_retry(void **state)
{
    uint8_t got[3];
    size_t n;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_PAIR_7);
    stage_establish(&s);
    assert_wants(&s, hf_write(s.conn, "abcdefgh", 8, &n), HF_ERROR_WANT_WRITE);
    assert_int_equal(hf_clear(s.conn), 1);
    stage_attach(&s);
    stage_new_server(&s);
    stage_establish(&s);
    stage_client_writes(&s, (const uint8_t *)"xyz", 3);
    stage_server_reads(&s, got, 3);
    assert_memory_equal(got, "xyz", 3);
    stage_close(&s);
}

static void test_clause_28_a_write_may_return_less(void **state)
{
    enum { LEN = 200000 };
    uint8_t *bytes = pattern(LEN);
    size_t n;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_MEMORY);
    stage_establish(&s);
    assert_int_equal(hf_write(s.conn, bytes, LEN, &n), 1);
    assert_int_equal(n, 16384); /* a record at a time until it is drained */
    assert_wants(&s, hf_write(s.conn, bytes + n, LEN - n, &n), HF_ERROR_WANT_WRITE);
    assert_true(hf_conn_drain_pending(s.conn) < 17000);
    stage_close(&s);
    free(bytes);
}

static void whole_write(stage *s, size_t len)
{
    uint8_t *bytes = pattern(len);
    uint8_t *got = malloc(len);
    size_t n = 0, done = 0;
    int ret = -1;

    (void)hf_conn_set_options(s->conn, HF_OPTION_WHOLE_WRITE);
    for (int turn = 0; ret != 1 && turn < 1000000; turn++) {
        ret = hf_write(s->conn, bytes, len, &n);
        assert_int_equal(n, ret == 1 ? len : 0);
        if (ret != 1)
            assert_wants(s, ret, HF_ERROR_WANT_WRITE);
        (void)stage_to_server(s);
        size_t more;
        while (done < len && (more = peer_read(&s->server, got + done, len - done)) > 0)
            done += more;
    }
    assert_int_equal(ret, 1);
    assert_int_equal(done, len);
    assert_memory_equal(got, bytes, len);
    free(bytes);
    free(got);
}

static void writes_whole(stage *s)
{
    stage_establish(s);
    whole_write(s, 70000);
}

static void test_clause_28_whole_write_is_all_or_want(void **state)
{
    (void)state;
    on_every_carrier(writes_whole);
}

/* ---- clause 29 ---- */

/* Tickets lie in front of the data: a read passes over them in one call. */
static void test_clause_29_reading_passes_over_tickets(void **state)
{
    uint8_t byte;
    size_t got;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    stage_establish(&s);
    assert_true(peer_write(&s.server, "x", 1));
    (void)stage_to_client(&s);
    assert_int_equal(hf_read(s.conn, &byte, 1, &got), 1);
    assert_int_equal(byte, 'x');
    s.saved = hf_conn_get1_session(s.conn);
    assert_non_null(s.saved);
    stage_close(&s);
}

static void *send_late(void *context)
{
    stage *s = context;

    (void)stage_to_server(s); /* the client's Finished */
    (void)stage_to_client(s); /* tickets alone */
    (void)peer_write(&s->server, "y", 1);
    (void)stage_to_client(s);
    return NULL;
}

static void test_clause_29_blocking_read_passes_over_tickets(void **state)
{
    uint8_t byte = 0;
    size_t got;
    pthread_t thread;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(stage_connect(&s), 1);
    assert_int_equal(fcntl(s.fds[0], F_SETFL, 0), 0);
    assert_int_equal(pthread_create(&thread, NULL, send_late, &s), 0);
    assert_int_equal(hf_read(s.conn, &byte, 1, &got), 1);
    assert_int_equal(byte, 'y');
    pthread_join(thread, NULL);
    stage_close(&s);
}

static void test_clause_29_without_auto_retry_it_returns(void **state)
{
    uint8_t byte = 0;
    size_t got;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    (void)hf_conn_set_options(s.conn, HF_OPTION_NO_AUTO_RETRY);
    assert_int_equal(stage_connect(&s), 1);
    assert_int_equal(fcntl(s.fds[0], F_SETFL, 0), 0); /* blocking, and still returns */
    (void)stage_to_server(&s);
    assert_true(stage_to_client(&s) > 0); /* tickets alone */
    assert_wants(&s, hf_read(s.conn, &byte, 1, &got), HF_ERROR_WANT_READ);
    assert_true(peer_write(&s.server, "y", 1));
    (void)stage_to_client(&s);
    assert_int_equal(hf_read(s.conn, &byte, 1, &got), 1);
    assert_int_equal(byte, 'y');
    stage_close(&s);
}

/* ---- clause 30 ---- */

static void test_clause_30_options_add_up_and_are_inherited(void **state)
{
    const uint64_t quiet = HF_OPTION_QUIET_SHUTDOWN, whole = HF_OPTION_WHOLE_WRITE;
    hf_config *config = hf_config_new(NULL);

    (void)state;
    assert_true(hf_config_get_options(config) == 0);
    assert_true(hf_config_set_options(config, quiet) == quiet);
    assert_true(hf_config_set_options(config, whole) == (quiet | whole));
    assert_true(hf_config_set_options(config, UINT64_C(1) << 40) == (quiet | whole));
    assert_true(hf_config_clear_options(config, whole) == quiet);

    hf_conn *one = hf_conn_new(config), *other = hf_conn_new(config);
    assert_true(hf_conn_get_options(one) == quiet);
    assert_true(hf_conn_set_options(one, whole) == (quiet | whole));
    assert_true(hf_conn_clear_options(one, quiet) == whole);
    assert_true(hf_conn_get_options(other) == quiet);
    assert_true(hf_config_get_options(config) == quiet);
    assert_true(hf_config_set_options(config, whole) == quiet); /* frozen */
    assert_int_equal(hf_clear(one), 1);
    assert_true(hf_conn_get_options(one) == whole);
    hf_conn_free(one);
    hf_conn_free(other);
    hf_config_free(config);
}

/* Keys change both ways under running data (clause 24 holds across them). */
static void updates_keys(stage *s)
{
    stage_establish(s);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(hf_key_update(s->conn, i % 2), 1);
        send_to_server(s, 1000);
        assert_int_equal(SSL_key_update(s->server.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
        send_to_client(s, 1000);
        send_to_server(s, 1000);
        send_to_client(s, 1000);
    }
}

static void test_clause_24_across_key_updates(void **state)
{
    (void)state;
    on_every_carrier(updates_keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clause_24_whole_and_in_order),
        cmocka_unit_test(test_clause_24_megabytes),
        cmocka_unit_test(test_clause_24_across_key_updates),
        cmocka_unit_test(test_clause_25_read_gives_at_most_a_record),
        cmocka_unit_test(test_clause_25_peek_does_not_consume),
        cmocka_unit_test(test_clause_26_result_and_count_apart),
        cmocka_unit_test(test_clause_27_retry_with_another_buffer),
        cmocka_unit_test(test_clause_27_retry_with_fewer_and_more_bytes),
        cmocka_unit_test(test_clause_27_clearing_forgets_a_retry),
        cmocka_unit_test(test_clause_28_a_write_may_return_less),
        cmocka_unit_test(test_clause_28_whole_write_is_all_or_want),
        cmocka_unit_test(test_clause_29_reading_passes_over_tickets),
        cmocka_unit_test(test_clause_29_blocking_read_passes_over_tickets),
        cmocka_unit_test(test_clause_29_without_auto_retry_it_returns),
        cmocka_unit_test(test_clause_30_options_add_up_and_are_inherited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
