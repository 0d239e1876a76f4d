/* tests/contract/test_clauses_get_error.c: hf_get_error, hf_want and the states; clauses
 * 15 to 20, 22 and 23. */
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Clause 15: the classic numbers, taken from OpenSSL's own header. */
static void test_clause_15_documented_numbers(void **state)
{
    (void)state;
    assert_int_equal(HF_ERROR_NONE, SSL_ERROR_NONE);
    assert_int_equal(HF_ERROR_SSL, SSL_ERROR_SSL);
    assert_int_equal(HF_ERROR_WANT_READ, SSL_ERROR_WANT_READ);
    assert_int_equal(HF_ERROR_WANT_WRITE, SSL_ERROR_WANT_WRITE);
    assert_int_equal(HF_ERROR_WANT_X509_LOOKUP, SSL_ERROR_WANT_X509_LOOKUP);
    assert_int_equal(HF_ERROR_SYSCALL, SSL_ERROR_SYSCALL);
    assert_int_equal(HF_ERROR_ZERO_RETURN, SSL_ERROR_ZERO_RETURN);
    assert_int_equal(HF_ERROR_WANT_CONNECT, SSL_ERROR_WANT_CONNECT);
    assert_int_equal(HF_ERROR_WANT_ACCEPT, SSL_ERROR_WANT_ACCEPT);
    assert_int_equal(HF_ERROR_WANT_ASYNC, SSL_ERROR_WANT_ASYNC);
    assert_int_equal(HF_ERROR_WANT_ASYNC_JOB, SSL_ERROR_WANT_ASYNC_JOB);
    assert_int_equal(HF_ERROR_WANT_CLIENT_HELLO_CB, SSL_ERROR_WANT_CLIENT_HELLO_CB);
    assert_int_equal(HF_ERROR_WANT_RETRY_VERIFY, SSL_ERROR_WANT_RETRY_VERIFY);
    assert_int_equal(HF_WANT_NOTHING, SSL_NOTHING);
    assert_int_equal(HF_WANT_WRITE, SSL_WRITING);
    assert_int_equal(HF_WANT_READ, SSL_READING);
    assert_int_equal(HF_SENT_SHUTDOWN, SSL_SENT_SHUTDOWN);
    assert_int_equal(HF_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
}

static void test_clause_15_names_of_the_numbers(void **state)
{
    (void)state;
    assert_string_equal(hf_get_error_name(0), "NONE");
    assert_string_equal(hf_get_error_name(1), "SSL");
    assert_string_equal(hf_get_error_name(5), "SYSCALL");
    assert_string_equal(hf_get_error_name(12), "WANT_RETRY_VERIFY");
    assert_string_equal(hf_get_error_name(13), "UNKNOWN");
    assert_string_equal(hf_get_error_name(-1), "UNKNOWN");
}

static void break_handshake(stage *s)
{
    stage_inject(s, "\x16\x03\x03\x00\x04\x63\x00\x00\x00", 9);
    (void)stage_to_client(s);
}

/* Clause 16: above 0 it is NONE, whatever the record holds. */
static void test_clause_16_positive_is_none(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    (void)hf_connect(s.conn);
    assert_int_equal(hf_get_error(s.conn, 1), HF_ERROR_NONE);
    break_handshake(&s);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_DECODE_HANDSHAKE_TYPE);
    assert_int_equal(hf_get_error(s.conn, 1), HF_ERROR_NONE);
    assert_int_equal(hf_get_error(s.conn, 4711), HF_ERROR_NONE);
    assert_int_equal(hf_get_error(NULL, 1), HF_ERROR_NONE);
    assert_int_equal(hf_get_error(NULL, -1), HF_ERROR_SSL);
    stage_close(&s);
}

/* ---- clause 17 ---- */

typedef struct answers {
    ptrdiff_t read, write;
} answers;

static ptrdiff_t answer_read(void *context, uint8_t *bytes, size_t count, int *number)
{
    (void)bytes;
    (void)count;
    (void)number;
    return ((answers *)context)->read;
}

static ptrdiff_t answer_write(void *context, const uint8_t *bytes, size_t count,
                              int *number)
{
    ptrdiff_t answer = ((answers *)context)->write;

    (void)bytes;
    (void)number;
    return answer == 0 ? (ptrdiff_t)count : answer;
}

/* The transport's word counts, not whether the call was reading or writing. */
static void expect_want(ptrdiff_t on_read, ptrdiff_t on_write, int get_error, int want)
{
    answers a = {on_read, on_write};
    const hf_io io = {sizeof io, answer_read, answer_write, NULL, &a};
    stage s;

    stage_open(&s, CARRIER_CUSTOM);
    assert_int_equal(hf_conn_set_io(s.conn, &io), 1);
    assert_wants(&s, hf_connect(s.conn), get_error);
    assert_int_equal(hf_want(s.conn), want);
    stage_close(&s);
}

static void test_clause_17_want_follows_the_transport(void **state)
{
    (void)state;
    expect_want(HF_IO_WOULD_BLOCK, 0, HF_ERROR_WANT_READ, HF_WANT_READ);
    expect_want(0, HF_IO_WOULD_BLOCK, HF_ERROR_WANT_WRITE, HF_WANT_WRITE);
    expect_want(HF_IO_WANT_WRITE, 0, HF_ERROR_WANT_WRITE, HF_WANT_WRITE);
    expect_want(0, HF_IO_WANT_READ, HF_ERROR_WANT_READ, HF_WANT_READ);
}

static void test_clause_17_special_retries(void **state)
{
    (void)state;
    expect_want(0, HF_IO_WANT_CONNECT, HF_ERROR_WANT_CONNECT, HF_WANT_WRITE);
    expect_want(HF_IO_WANT_CONNECT, 0, HF_ERROR_WANT_CONNECT, HF_WANT_READ);
    expect_want(0, HF_IO_WANT_ACCEPT, HF_ERROR_WANT_ACCEPT, HF_WANT_WRITE);
    expect_want(HF_IO_WANT_ACCEPT, 0, HF_ERROR_WANT_ACCEPT, HF_WANT_READ);
}

/* Clause 18, as far as this release has it: a server that asks for a certificate gets
 * none, is told apart, and no callback is awaited. */
static void asks_for_a_certificate(SSL_CTX *ctx)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
}

static void test_clause_18_certificate_request_is_answered_with_none(void **state)
{
    stage s;

    (void)state;
    stage_open_with(&s, CARRIER_SOCKET, asks_for_a_certificate);
    stage_establish(&s);
    assert_int_equal(hf_conn_certificate_requested(s.conn), 1);
    assert_null(SSL_get0_peer_certificate(s.server.ssl));
    stage_close(&s);
}

/* ---- clause 19 ---- */

static void ends_before_the_hello(stage *s)
{
    stage_end_input(s);
    int ret = -1;
    do {
        ret = hf_connect(s->conn);
        (void)stage_to_client(s);
    } while (
        hf_get_error(s->conn, ret) == HF_ERROR_WANT_READ ||
        (hf_get_error(s->conn, ret) == HF_ERROR_WANT_WRITE && stage_to_server(s) > 0));
    assert_failed(s, ret, HF_ERROR_SSL, HF_E_EOF_BEFORE_HELLO);
    assert_int_equal(hf_error_errno(hf_conn_get0_error(s->conn)), 0);
    assert_failed(s, hf_connect(s->conn), HF_ERROR_SSL, HF_E_EOF_BEFORE_HELLO);
}

static void test_clause_19_end_of_file_is_its_own_outcome(void **state)
{
    (void)state;
    on_every_carrier(ends_before_the_hello);
}

static ptrdiff_t fail_io(void *context, int *number)
{
    *number = *(int *)context;
    return HF_IO_ERROR;
}

static ptrdiff_t fail_read(void *context, uint8_t *bytes, size_t count, int *number)
{
    (void)bytes;
    (void)count;
    return fail_io(context, number);
}

static ptrdiff_t fail_write(void *context, const uint8_t *bytes, size_t count,
                            int *number)
{
    (void)bytes;
    (void)count;
    return fail_io(context, number);
}

static ptrdiff_t take_all(void *context, const uint8_t *bytes, size_t count, int *number)
{
    (void)context;
    (void)bytes;
    (void)number;
    return (ptrdiff_t)count;
}

static void test_clause_19_syscall_has_the_transports_errno(void **state)
{
    int number = ECONNRESET;
    const hf_io in = {sizeof in, fail_read, take_all, NULL, &number};
    const hf_io out = {sizeof out, fail_read, fail_write, NULL, &number};
    stage s;

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    assert_int_equal(hf_conn_set_io(s.conn, &in), 1);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SYSCALL, HF_E_TRANSPORT_READ);
    assert_int_equal(hf_error_errno(hf_conn_get0_error(s.conn)), ECONNRESET);

    assert_int_equal(hf_clear(s.conn), 1);
    number = EHOSTUNREACH;
    assert_int_equal(hf_conn_set_io(s.conn, &out), 1);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SYSCALL, HF_E_TRANSPORT_WRITE);
    assert_int_equal(hf_error_errno(hf_conn_get0_error(s.conn)), EHOSTUNREACH);
    assert_non_null(strstr(hf_error_summary(hf_conn_get0_error(s.conn)), "errno"));
    stage_close(&s);
}

/* A custom transport that says more than it can mean is an error, not a crash. */
static void test_clause_19_impossible_answers_are_errors(void **state)
{
    static const ptrdiff_t impossible[] = {-8, -4711, PTRDIFF_MIN, PTRDIFF_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
        answers a = {impossible[i], 0};
        const hf_io io = {sizeof io, answer_read, answer_write, NULL, &a};
        stage s;
        stage_open(&s, CARRIER_CUSTOM);
        assert_int_equal(hf_conn_set_io(s.conn, &io), 1);
        assert_failed(&s, hf_connect(s.conn), HF_ERROR_SYSCALL, HF_E_TRANSPORT_READ);
        stage_close(&s);
    }
}

/* SIGPIPE would end this program, with its default action. */
static void expect_epipe(int fd)
{
    sigset_t before, after, waiting;
    stage s;

    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &before), 0);
    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(hf_conn_set_wfd(s.conn, fd), 1);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SYSCALL, HF_E_TRANSPORT_WRITE);
    assert_int_equal(hf_error_errno(hf_conn_get0_error(s.conn)), EPIPE);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
    assert_int_equal(sigismember(&before, SIGPIPE), sigismember(&after, SIGPIPE));
    assert_int_equal(sigpending(&waiting), 0);
    assert_int_equal(sigismember(&waiting, SIGPIPE), 0);
    stage_close(&s);
}

static void test_clause_19_broken_socket_raises_no_signal(void **state)
{
    int fds[2];

    (void)state;
    (void)signal(SIGPIPE, SIG_DFL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    (void)close(fds[1]);
    expect_epipe(fds[0]);
    (void)close(fds[0]);
}

static void test_clause_19_broken_pipe_raises_no_signal(void **state)
{
    int fds[2];

    (void)state;
    (void)signal(SIGPIPE, SIG_DFL);
    assert_int_equal(pipe(fds), 0);
    (void)close(fds[0]);
    expect_epipe(fds[1]);
    (void)close(fds[1]);
}

/* ---- clause 20 ---- */

static void expect_told(stage *s, int ret)
{
    const hf_error *e = hf_conn_get0_error(s->conn);

    assert_int_equal(hf_get_error(s->conn, ret), HF_ERROR_SSL);
    assert_int_not_equal(hf_error_code(e), 0);
    assert_int_equal(hf_error_class(e), HF_ERROR_SSL);
    assert_string_not_equal(hf_error_name(e), "UNKNOWN");
    assert_true(strlen(hf_error_summary(e)) > 0);
    assert_true(strlen(hf_error_hint(e)) > 0);
    assert_true(hf_error_json(e, NULL, 0) > 0);
}

static void test_clause_20_ssl_always_has_a_record(void **state)
{
    stage s;
    size_t n;

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    expect_told(&s, hf_do_handshake(s.conn));
    expect_told(&s, hf_accept(s.conn));
    expect_told(&s, hf_shutdown(s.conn));
    expect_told(&s, hf_read(s.conn, NULL, 1, &n));
    expect_told(&s, hf_write(s.conn, NULL, 1, &n));
    (void)hf_connect(s.conn);
    break_handshake(&s);
    expect_told(&s, hf_connect(s.conn));
    expect_told(&s, hf_connect(s.conn));
    stage_close(&s);
}

/* The first failure is the one that is told; what the caller does later is not. */
static void test_clause_20_the_first_failure_stays(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    assert_failed(&s, hf_shutdown(s.conn), HF_ERROR_SSL, HF_E_ROLE_NOT_SET);
    assert_wants(&s, hf_connect(s.conn), HF_ERROR_WANT_READ);
    assert_int_equal(stage_code(&s), 0); /* a misuse is forgotten */
    break_handshake(&s);
    assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_DECODE_HANDSHAKE_TYPE);
    assert_failed(&s, hf_accept(s.conn), HF_ERROR_SSL, HF_E_DECODE_HANDSHAKE_TYPE);
    assert_failed(&s, hf_shutdown(s.conn), HF_ERROR_SSL, HF_E_DECODE_HANDSHAKE_TYPE);
    stage_close(&s);
}

/* ---- clause 22 ---- */

static void test_clause_22_errors_are_not_anothers(void **state)
{
    stage a, b;

    (void)state;
    stage_open(&a, CARRIER_CUSTOM);
    stage_open(&b, CARRIER_SOCKET);
    assert_wants(&a, hf_connect(a.conn), HF_ERROR_WANT_READ);
    int waiting = hf_connect(b.conn);
    break_handshake(&a);
    assert_failed(&a, hf_connect(a.conn), HF_ERROR_SSL, HF_E_DECODE_HANDSHAKE_TYPE);
    assert_wants(&b, waiting, HF_ERROR_WANT_READ); /* asked after the other's failure */
    assert_int_equal(stage_code(&b), 0);
    stage_establish(&b);
    assert_int_equal(stage_code(&b), 0);
    assert_int_equal(stage_code(&a), HF_E_DECODE_HANDSHAKE_TYPE);
    stage_close(&a);
    stage_close(&b);
}

static void test_clause_22_connections_of_one_configuration(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    hf_conn *other = hf_conn_new(s.config);
    assert_int_equal(hf_shutdown(other), -1);
    assert_int_equal(hf_get_error(other, -1), HF_ERROR_SSL);
    assert_int_equal(hf_conn_error_code(other), HF_E_ROLE_NOT_SET);
    assert_int_equal(stage_code(&s), 0);
    stage_establish(&s);
    assert_int_equal(hf_conn_error_code(other), HF_E_ROLE_NOT_SET);
    hf_conn_free(other);
    stage_close(&s);
}

/* A connection looks at itself alone: errno and OpenSSL's queue say nothing to it. */
static void test_clause_22_errno_is_not_asked(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_MEMORY);
    int ret = hf_connect(s.conn);
    errno = ECONNRESET;
    assert_wants(&s, ret, HF_ERROR_WANT_READ);
    stage_close(&s);
}

/* ---- clause 23 ---- */

static void expect_states(const stage *s, int before, int in_init, int finished)
{
    assert_int_equal(hf_in_before(s->conn), before);
    assert_int_equal(hf_in_init(s->conn), in_init);
    assert_int_equal(hf_is_init_finished(s->conn), finished);
}

static void states_follow(stage *s)
{
    expect_states(s, 1, 0, 0);
    assert_string_equal(hf_state_name(s->conn), "START");
    int ret = hf_connect(s->conn);
    assert_int_equal(ret, -1);
    expect_states(s, 0, 1, 0);
    assert_string_equal(hf_state_name(s->conn), "WAIT_SH");
    assert_int_not_equal(hf_want(s->conn), HF_WANT_NOTHING);
    stage_establish(s);
    expect_states(s, 0, 0, 1);
    assert_string_equal(hf_state_name(s->conn), "CONNECTED");
    assert_int_equal(hf_want(s->conn), HF_WANT_NOTHING);
    assert_int_equal(hf_clear(s->conn), 1);
    expect_states(s, 1, 0, 0);
}

static void test_clause_23_states_follow_the_handshake(void **state)
{
    (void)state;
    on_every_carrier(states_follow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clause_15_documented_numbers),
        cmocka_unit_test(test_clause_15_names_of_the_numbers),
        cmocka_unit_test(test_clause_16_positive_is_none),
        cmocka_unit_test(test_clause_17_want_follows_the_transport),
        cmocka_unit_test(test_clause_17_special_retries),
        cmocka_unit_test(test_clause_18_certificate_request_is_answered_with_none),
        cmocka_unit_test(test_clause_19_end_of_file_is_its_own_outcome),
        cmocka_unit_test(test_clause_19_syscall_has_the_transports_errno),
        cmocka_unit_test(test_clause_19_impossible_answers_are_errors),
        cmocka_unit_test(test_clause_19_broken_socket_raises_no_signal),
        cmocka_unit_test(test_clause_19_broken_pipe_raises_no_signal),
        cmocka_unit_test(test_clause_20_ssl_always_has_a_record),
        cmocka_unit_test(test_clause_20_the_first_failure_stays),
        cmocka_unit_test(test_clause_22_errors_are_not_anothers),
        cmocka_unit_test(test_clause_22_connections_of_one_configuration),
        cmocka_unit_test(test_clause_22_errno_is_not_asked),
        cmocka_unit_test(test_clause_23_states_follow_the_handshake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
