/* tests/contract/test_clauses_handshake.c: what hf_connect and its kin return; clauses 1
 * to 14 of the classic contract, against OpenSSL. */
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- a server that serves one blocking socket, in a thread ---- */

typedef struct blocking_server {
    SSL_CTX *context;
    int fd;
    pthread_t thread;
    bool handshaken, closed;
    size_t echoed;
} blocking_server;

/* Accepts, gives back what comes, closes when the client does. */
static void *serve(void *context)
{
    blocking_server *b = context;
    SSL *ssl = SSL_new(b->context);
    char bytes[1024];
    size_t got, written;

    SSL_set_fd(ssl, b->fd);
    b->handshaken = SSL_accept(ssl) == 1;
    while (b->handshaken && SSL_read_ex(ssl, bytes, sizeof bytes, &got) == 1)
        if (SSL_write_ex(ssl, bytes, got, &written) == 1)
            b->echoed += written;
    b->closed = (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
    if (b->closed)
        (void)SSL_shutdown(ssl);
    SSL_free(ssl);
    (void)shutdown(b->fd, SHUT_RDWR);
    return NULL;
}

/* A stage whose client has a blocking socket, with the server at its other end. */
static void open_blocking(stage *s, blocking_server *b)
{
    stage_open(s, CARRIER_SOCKET);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(s->fds[i], F_SETFL, 0), 0);
    *b = (blocking_server){.context = s->context, .fd = s->fds[1]};
    assert_int_equal(pthread_create(&b->thread, NULL, serve, b), 0);
}

/* Clause 1: on a blocking transport the handshake is over when the call returns. */
static void test_clause_01_blocking_returns_when_over(void **state)
{
    stage s;
    blocking_server b;

    (void)state;
    open_blocking(&s, &b);
    assert_int_equal(hf_connect(s.conn), 1);
    assert_int_equal(hf_get_error(s.conn, 1), HF_ERROR_NONE);
    assert_int_equal(hf_is_init_finished(s.conn), 1);
    assert_int_equal(hf_conn_version(s.conn), 0x0304);
    assert_int_equal(hf_shutdown(s.conn), 0);
    assert_int_equal(hf_shutdown(s.conn), 1);
    pthread_join(b.thread, NULL);
    assert_true(b.handshaken);
    assert_true(b.closed);
    stage_close(&s);
}

static void test_clause_01_blocking_carries_data(void **state)
{
    uint8_t bytes[3000], back[sizeof bytes];
    size_t n, at = 0;
    stage s;
    blocking_server b;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    open_blocking(&s, &b);
    assert_int_equal(hf_connect(s.conn), 1);
    assert_int_equal(hf_write(s.conn, bytes, sizeof bytes, &n), 1);
    assert_int_equal(n, sizeof bytes);
    while (at < sizeof back) {
        assert_int_equal(hf_read(s.conn, back + at, sizeof back - at, &n), 1);
        at += n;
    }
    assert_memory_equal(bytes, back, sizeof back);
    assert_int_equal(hf_shutdown(s.conn), 0);
    pthread_join(b.thread, NULL);
    assert_int_equal(b.echoed, sizeof bytes);
    stage_close(&s);
}

/* Clause 1: a blocking call ends at its deadline, too, when the peer is silent. */
static void test_clause_01_blocking_ends_at_the_deadline(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    hf_config *config = hf_config_new(NULL); /* the real clock: poll must run out */
    char *pem = credential_pem(&s.root);
    assert_int_equal(
        hf_config_add_trust_memory(config, (const uint8_t *)pem, strlen(pem)), 1);
    free(pem);
    assert_int_equal(hf_config_set_handshake_timeout(config, 30), 1);
    assert_int_equal(fcntl(s.fds[0], F_SETFL, 0), 0);
    hf_conn *conn = hf_conn_new(config);
    assert_int_equal(hf_conn_set_hostname(conn, "server.test"), 1);
    assert_int_equal(hf_conn_set_fd(conn, s.fds[0]), 1);
    int ret = hf_connect(conn);
    assert_int_equal(ret, -1);
    assert_int_equal(hf_get_error(conn, ret), HF_ERROR_SSL);
    assert_int_equal(hf_conn_error_code(conn), HF_E_DEADLINE_EXCEEDED);
    hf_conn_free(conn);
    hf_config_free(config);
    stage_close(&s);
}

/* Clause 2: without input it returns -1 and wants to read, on every transport. */
static void wants_to_read(stage *s)
{
    int ret = -1;

    /* What a small pair holds back must be carried away first. */
    do {
        (void)stage_to_server(s);
        ret = hf_connect(s->conn);
        assert_int_equal(ret, -1);
    } while (hf_get_error(s->conn, ret) == HF_ERROR_WANT_WRITE);
    assert_wants(s, ret, HF_ERROR_WANT_READ);
    assert_int_equal(hf_want(s->conn), HF_WANT_READ);
    assert_int_equal(hf_in_init(s->conn), 1);
}

static void test_clause_02_nonblocking_wants_read(void **state)
{
    (void)state;
    on_every_carrier(wants_to_read);
}

static void test_clause_02_full_pair_wants_write(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_PAIR_7);
    int ret = hf_connect(s.conn);
    assert_wants(&s, ret, HF_ERROR_WANT_WRITE);
    assert_int_equal(hf_want(s.conn), HF_WANT_WRITE);
    assert_int_equal(hf_bio_pending(s.outer), 7);
    stage_close(&s);
}

/* Clause 3: too early a call changes nothing; the right one carries on. */
static void repeats_too_early(stage *s)
{
    uint64_t out;

    wants_to_read(s);
    out = hf_conn_bytes_out(s->conn);
    for (int i = 0; i < 3; i++)
        assert_wants(s, hf_connect(s->conn), HF_ERROR_WANT_READ);
    assert_true(hf_conn_bytes_out(s->conn) == out);
    stage_establish(s);
}

static void test_clause_03_repeating_too_early_changes_nothing(void **state)
{
    (void)state;
    on_every_carrier(repeats_too_early);
}

/* Clause 4: whatever the pieces. */
static void test_clause_04_any_pieces(void **state)
{
    static const size_t pieces[] = {1, 7, 100, 0};

    (void)state;
    for (int kind = 0; kind < CARRIER_COUNT; kind++) {
        for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
            stage s;
            stage_open(&s, (carrier)kind);
            s.chop = pieces[i];
            stage_establish(&s);
            stage_close(&s);
        }
    }
}

/* Clause 5: as many waits as the protocol has flights. */
static int waits_of_handshake(stage *s)
{
    int waits = 0;

    assert_int_equal(stage_drive(s, hf_connect, &waits), 1);
    return waits;
}

static void test_clause_05_one_wait_for_a_handshake(void **state)
{
    static const carrier kinds[] = {CARRIER_SOCKET, CARRIER_CUSTOM, CARRIER_MEMORY,
                                    CARRIER_BIO_MEMORY, CARRIER_PAIR_4096};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        stage s;
        stage_open(&s, kinds[i]);
        assert_int_equal(waits_of_handshake(&s), 1);
        stage_close(&s);
    }
}

static void only_p384(SSL_CTX *ctx)
{
    char groups[] = "P-384"; /* the macro takes no const */

    assert_int_equal(SSL_CTX_set1_groups_list(ctx, groups), 1);
}

static void test_clause_05_two_waits_after_a_retry(void **state)
{
    stage s;

    (void)state;
    stage_open_with(&s, CARRIER_SOCKET, only_p384);
    assert_int_equal(waits_of_handshake(&s), 2);
    assert_int_equal(hf_conn_hello_retried(s.conn), 1);
    assert_string_equal(hf_conn_group_name(s.conn), "secp384r1");
    stage_close(&s);
}

static void test_clause_05_one_wait_for_a_resumption(void **state)
{
    stage s;
    uint8_t byte;
    size_t got;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    stage_establish(&s);
    (void)stage_to_client(&s); /* the tickets */
    assert_wants(&s, hf_read(s.conn, &byte, 1, &got), HF_ERROR_WANT_READ);
    s.saved = hf_conn_get1_session(s.conn);
    assert_non_null(s.saved);
    stage_new_conn(&s);
    stage_new_server(&s);
    assert_int_equal(hf_conn_set_session(s.conn, s.saved), 1);
    assert_int_equal(waits_of_handshake(&s), 1);
    assert_int_equal(hf_conn_session_reused(s.conn), 1);
    stage_close(&s);
}

/* Clause 6: on an established connection all three return 1 at once. */
static void is_1_at_once(stage *s)
{
    stage_establish(s);
    uint64_t in = hf_conn_bytes_in(s->conn), out = hf_conn_bytes_out(s->conn);
    assert_int_equal(hf_connect(s->conn), 1);
    assert_int_equal(hf_do_handshake(s->conn), 1);
    assert_int_equal(hf_accept(s->conn), 1);
    assert_true(hf_conn_bytes_in(s->conn) == in && hf_conn_bytes_out(s->conn) == out);
    assert_int_equal(hf_conn_error_code(s->conn), 0);
}

static void test_clause_06_established_returns_1_at_once(void **state)
{
    (void)state;
    on_every_carrier(is_1_at_once);
}

/* Clause 7: a fatal failure is negative: SSL with a code, or SYSCALL with errno. */
static void test_clause_07_protocol_failure_is_ssl(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    (void)hf_connect(s.conn);
    stage_inject(&s, "\x16\x03\x03\x00\x04\x63\x00\x00\x00", 9); /* type 99 */
    (void)stage_to_client(&s);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_DECODE_HANDSHAKE_TYPE);
    stage_close(&s);
}

static ptrdiff_t broken_read(void *context, uint8_t *bytes, size_t count, int *number)
{
    (void)context;
    (void)bytes;
    (void)count;
    *number = ETIMEDOUT;
    return HF_IO_ERROR;
}

static ptrdiff_t willing_write(void *context, const uint8_t *bytes, size_t count,
                               int *number)
{
    (void)context;
    (void)bytes;
    (void)number;
    return (ptrdiff_t)count;
}

static void test_clause_07_transport_failure_is_syscall_with_errno(void **state)
{
    const hf_io io = {sizeof io, broken_read, willing_write, NULL, NULL};
    stage s;

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    assert_int_equal(hf_conn_set_io(s.conn, &io), 1);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SYSCALL, HF_E_TRANSPORT_READ);
    assert_int_equal(hf_error_errno(hf_conn_get0_error(s.conn)), ETIMEDOUT);
    stage_close(&s);
}

/* Clause 8: close_notify in the handshake is 0 with ZERO_RETURN. */
static void is_closed_in_handshake(stage *s)
{
    int ret;

    wants_to_read(s);
    stage_new_server(s); /* which says nothing of its own */
    stage_inject(s, "\x15\x03\x03\x00\x02\x01\x00", 7);
    ret = stage_connect(s);
    assert_int_equal(ret, 0);
    assert_failed(s, ret, HF_ERROR_ZERO_RETURN, HF_E_CLOSED_IN_HANDSHAKE);
    assert_true((hf_get_shutdown(s->conn) & HF_RECEIVED_SHUTDOWN) != 0);
    assert_int_equal(hf_connect(s->conn), 0);
}

static void test_clause_08_close_notify_in_the_handshake_is_0(void **state)
{
    (void)state;
    on_every_carrier(is_closed_in_handshake);
}

/* Clause 9: a failure lasts, until hf_clear. */
static void fails_until_cleared(stage *s)
{
    uint8_t byte = 0;
    size_t n;

    wants_to_read(s);
    stage_inject(s, "\x16\x03\x03\x00\x04\x63\x00\x00\x00", 9);
    stage_new_server(s);
    int ret = stage_connect(s);
    for (int i = 0; i < 2; i++) {
        assert_failed(s, ret, HF_ERROR_SSL, HF_E_DECODE_HANDSHAKE_TYPE);
        ret = hf_connect(s->conn);
    }
    assert_failed(s, hf_do_handshake(s->conn), HF_ERROR_SSL, HF_E_DECODE_HANDSHAKE_TYPE);
    assert_failed(s, hf_read(s->conn, &byte, 1, &n), HF_ERROR_SSL,
                  HF_E_DECODE_HANDSHAKE_TYPE);
    assert_failed(s, hf_write(s->conn, &byte, 1, &n), HF_ERROR_SSL,
                  HF_E_DECODE_HANDSHAKE_TYPE);
    assert_failed(s, hf_shutdown(s->conn), HF_ERROR_SSL, HF_E_DECODE_HANDSHAKE_TYPE);

    assert_int_equal(hf_clear(s->conn), 1);
    assert_int_equal(hf_conn_error_code(s->conn), 0);
    assert_int_equal(hf_in_before(s->conn), 1);
    stage_attach(s);
    stage_new_server(s);
    stage_establish(s);
}

static void test_clause_09_failure_lasts_until_cleared(void **state)
{
    (void)state;
    on_every_carrier(fails_until_cleared);
}

/* Clause 10: the role set, then hf_do_handshake, is hf_connect. */
static void sets_the_role(stage *s)
{
    assert_int_equal(hf_set_connect_state(s->conn), 1);
    assert_int_equal(stage_drive(s, hf_do_handshake, NULL), 1);
    assert_int_equal(hf_is_init_finished(s->conn), 1);
}

static void test_clause_10_connect_state_and_do_handshake(void **state)
{
    (void)state;
    on_every_carrier(sets_the_role);
}

/* Clause 11: with a role, reading and writing do the handshake. */
static int read_a_byte(hf_conn *conn)
{
    uint8_t byte;
    size_t got;

    return hf_read(conn, &byte, 1, &got);
}

static void test_clause_11_read_does_the_handshake(void **state)
{
    stage s;
    bool written = false;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(hf_set_connect_state(s.conn), 1);
    int ret = -1;
    for (int turn = 0; turn < 10 && ret != 1; turn++) {
        ret = read_a_byte(s.conn);
        if (ret != 1)
            assert_wants(&s, ret, HF_ERROR_WANT_READ);
        (void)stage_carry(&s);
        if (SSL_is_init_finished(s.server.ssl) && !written) {
            written = peer_write(&s.server, "x", 1);
            (void)stage_carry(&s);
        }
    }
    assert_int_equal(ret, 1);
    assert_int_equal(hf_is_init_finished(s.conn), 1);
    stage_close(&s);
}

static int write_a_byte(hf_conn *conn)
{
    size_t written;

    return hf_write(conn, "x", 1, &written);
}

static void writes_first(stage *s)
{
    uint8_t byte = 0;

    assert_int_equal(hf_set_connect_state(s->conn), 1);
    assert_int_equal(stage_drive(s, write_a_byte, NULL), 1);
    stage_server_reads(s, &byte, 1);
    assert_int_equal(byte, 'x');
}

static void test_clause_11_write_does_the_handshake(void **state)
{
    (void)state;
    on_every_carrier(writes_first);
}

/* Clause 12: without a role they are errors of their own, and hf_connect still works. */
static void has_no_role(stage *s)
{
    uint8_t byte = 0;
    size_t n;

    assert_failed(s, hf_do_handshake(s->conn), HF_ERROR_SSL, HF_E_ROLE_NOT_SET);
    assert_failed(s, hf_read(s->conn, &byte, 1, &n), HF_ERROR_SSL, HF_E_ROLE_NOT_SET);
    assert_failed(s, hf_peek(s->conn, &byte, 1, &n), HF_ERROR_SSL, HF_E_ROLE_NOT_SET);
    assert_failed(s, hf_write(s->conn, &byte, 1, &n), HF_ERROR_SSL, HF_E_ROLE_NOT_SET);
    assert_failed(s, hf_shutdown(s->conn), HF_ERROR_SSL, HF_E_ROLE_NOT_SET);
    assert_int_equal(hf_in_before(s->conn), 1);
    stage_establish(s);
    assert_int_equal(hf_conn_error_code(s->conn), 0);
}

static void test_clause_12_without_a_role(void **state)
{
    (void)state;
    on_every_carrier(has_no_role);
}

/* Clause 13: what can only connect, having no certificate, cannot accept; and a role that
 * has begun stays. */
static void cannot_accept(stage *s)
{
    assert_failed(s, hf_accept(s->conn), HF_ERROR_SSL, HF_E_SERVER_CERTIFICATE_NOT_SET);
    assert_int_equal(hf_set_accept_state(s->conn), 1);
    assert_failed(s, hf_do_handshake(s->conn), HF_ERROR_SSL,
                  HF_E_SERVER_CERTIFICATE_NOT_SET);
    stage_establish(s);
    assert_int_equal(hf_set_accept_state(s->conn), -HF_E_ROLE_UNAVAILABLE);
}

static void test_clause_13_a_client_cannot_accept(void **state)
{
    (void)state;
    on_every_carrier(cannot_accept);
}

/* Clause 14: no transport, a bad one, an unconnected one. */
static void test_clause_14_no_transport(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    hf_conn *attached = s.conn;
    s.conn = hf_conn_new(s.config);
    assert_int_equal(hf_conn_set_hostname(s.conn, "server.test"), 1);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_TRANSPORT_NOT_SET);
    assert_int_equal(hf_conn_set_rfd(s.conn, s.fds[0]), 1);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_TRANSPORT_NOT_SET);
    assert_int_equal(hf_conn_set_wfd(s.conn, s.fds[0]), 1);
    stage_establish(&s);
    hf_conn_free(attached);
    stage_close(&s);
}

static void test_clause_14_bad_descriptor(void **state)
{
    stage s;
    int closed = dup(0);

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    assert_true(closed >= 0 && close(closed) == 0);
    assert_int_equal(hf_conn_set_fd(s.conn, -1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_fd(s.conn, closed), 1);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SYSCALL, HF_E_TRANSPORT_WRITE);
    assert_int_equal(hf_error_errno(hf_conn_get0_error(s.conn)), EBADF);
    stage_close(&s);
}

static void test_clause_14_unconnected_sockets(void **state)
{
    static const int families[] = {AF_INET, AF_UNIX};

    (void)state;
    for (int i = 0; i < 2; i++) {
        stage s;
        int fd = socket(families[i], SOCK_STREAM, 0);
        stage_open(&s, CARRIER_SOCKET);
        assert_true(fd >= 0);
        assert_int_equal(hf_conn_set_fd(s.conn, fd), 1);
        assert_failed(&s, hf_connect(s.conn), HF_ERROR_SYSCALL,
                      HF_E_TRANSPORT_NOT_CONNECTED);
        assert_int_equal(hf_error_errno(hf_conn_get0_error(s.conn)), ENOTCONN);
        (void)close(fd);
        stage_close(&s);
    }
}

/* What is missing besides the transport is said before a byte is sent. */
static void test_clause_14_missing_name_can_be_made_good(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    hf_conn *named = s.conn;
    s.conn = hf_conn_new(s.config);
    assert_int_equal(hf_conn_set_fd(s.conn, s.fds[0]), 1);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_NAME_NOT_SET);
    assert_true(hf_conn_bytes_out(s.conn) == 0);
    assert_int_equal(hf_conn_set_hostname(s.conn, "server.test"), 1);
    stage_establish(&s);
    hf_conn_free(named);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clause_01_blocking_returns_when_over),
        cmocka_unit_test(test_clause_01_blocking_carries_data),
        cmocka_unit_test(test_clause_01_blocking_ends_at_the_deadline),
        cmocka_unit_test(test_clause_02_nonblocking_wants_read),
        cmocka_unit_test(test_clause_02_full_pair_wants_write),
        cmocka_unit_test(test_clause_03_repeating_too_early_changes_nothing),
        cmocka_unit_test(test_clause_04_any_pieces),
        cmocka_unit_test(test_clause_05_one_wait_for_a_handshake),
        cmocka_unit_test(test_clause_05_two_waits_after_a_retry),
        cmocka_unit_test(test_clause_05_one_wait_for_a_resumption),
        cmocka_unit_test(test_clause_06_established_returns_1_at_once),
        cmocka_unit_test(test_clause_07_protocol_failure_is_ssl),
        cmocka_unit_test(test_clause_07_transport_failure_is_syscall_with_errno),
        cmocka_unit_test(test_clause_08_close_notify_in_the_handshake_is_0),
        cmocka_unit_test(test_clause_09_failure_lasts_until_cleared),
        cmocka_unit_test(test_clause_10_connect_state_and_do_handshake),
        cmocka_unit_test(test_clause_11_read_does_the_handshake),
        cmocka_unit_test(test_clause_11_write_does_the_handshake),
        cmocka_unit_test(test_clause_12_without_a_role),
        cmocka_unit_test(test_clause_13_a_client_cannot_accept),
        cmocka_unit_test(test_clause_14_no_transport),
        cmocka_unit_test(test_clause_14_bad_descriptor),
        cmocka_unit_test(test_clause_14_unconnected_sockets),
        cmocka_unit_test(test_clause_14_missing_name_can_be_made_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
