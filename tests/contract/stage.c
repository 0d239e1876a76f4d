/* tests/contract/stage.c: a client of ours and an OpenSSL server, joined in memory. */
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURNS_MAX = 200000 };

/* ---- wires ---- */

static void wire_put(wire *w, const void *bytes, size_t len)
{
    if (w->bytes == NULL)
        w->bytes = malloc(STAGE_WIRE);
    assert_non_null(w->bytes);
    if (w->start == w->end)
        w->start = w->end = 0;
    assert_true(len <= STAGE_WIRE - w->end);
    memcpy(w->bytes + w->end, bytes, len);
    w->end += len;
}

static size_t wire_get(wire *w, uint8_t *bytes, size_t size)
{
    size_t n = w->end - w->start < size ? w->end - w->start : size;

    if (n > 0)
        memcpy(bytes, w->bytes + w->start, n);
    w->start += n;
    return n;
}

/* ---- the custom transport ---- */

static ptrdiff_t custom_read(void *context, uint8_t *bytes, size_t count, int *number)
{
    stage *s = context;
    size_t n = wire_get(&s->custom_in, bytes, count);

    (void)number;
    if (n > 0)
        return (ptrdiff_t)n;
    return s->custom_in.ended ? HF_IO_EOF : HF_IO_WOULD_BLOCK;
}

static ptrdiff_t custom_write(void *context, const uint8_t *bytes, size_t count,
                              int *number)
{
    stage *s = context;

    (void)number;
    wire_put(&s->custom_out, bytes, count);
    return (ptrdiff_t)count;
}

/* ---- making and attaching ---- */

static int64_t fixed_now(void *context)
{
    (void)context;
    return CONTRACT_NOW;
}

static int64_t counted_microseconds(void *context)
{
    static int64_t passed;

    (void)context;
    return ++passed;
}

hf_config *stage_config(const credential *root)
{
    return stage_config_limited(root, 0);
}

hf_config *stage_config_limited(const credential *root, size_t bytes)
{
    const hf_clock clock = {sizeof clock, fixed_now, counted_microseconds, NULL};
    hf_config *config = bytes == 0 ? hf_config_new(NULL) : hf_config_new_limited(bytes);

    assert_non_null(config);
    assert_int_equal(hf_config_set_clock(config, &clock), 1);
    if (root != NULL) {
        char *pem = credential_pem(root);
        assert_int_equal(
            hf_config_add_trust_memory(config, (const uint8_t *)pem, strlen(pem)), 1);
        free(pem);
    }
    return config;
}

static void attach_pair(stage *s, size_t size)
{
    hf_bio *inner;

    assert_int_equal(hf_bio_new_pair(&inner, size, &s->outer, size), 1);
    assert_int_equal(hf_conn_set0_bio(s->conn, inner), 1);
}

static void attach_socket(stage *s)
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s->fds), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(s->fds[i], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(hf_conn_set_fd(s->conn, s->fds[0]), 1);
}

static bool outer_is_owned(const stage *s)
{
    return s->kind == CARRIER_PAIR_1 || s->kind == CARRIER_PAIR_7 ||
           s->kind == CARRIER_PAIR_4096;
}

static void detach(stage *s)
{
    for (int i = 0; i < 2; i++) {
        if (s->fds[i] >= 0)
            (void)close(s->fds[i]);
        s->fds[i] = -1;
    }
    if (outer_is_owned(s))
        hf_bio_free(s->outer);
    s->outer = NULL;
    s->to_client.start = s->to_client.end = 0;
    s->custom_in.start = s->custom_in.end = 0;
    s->custom_out.start = s->custom_out.end = 0;
    s->custom_in.ended = s->to_client.ended = false;
}

void stage_attach(stage *s)
{
    const hf_io io = {sizeof io, custom_read, custom_write, NULL, s};

    detach(s);
    switch (s->kind) {
    case CARRIER_SOCKET:
        attach_socket(s);
        break;
    case CARRIER_CUSTOM:
        assert_int_equal(hf_conn_set_io(s->conn, &io), 1);
        break;
    case CARRIER_MEMORY:
        assert_int_equal(hf_conn_use_memory(s->conn), 1);
        break;
    case CARRIER_BIO_MEMORY:
        s->outer = hf_bio_new_memory(0);
        assert_non_null(s->outer);
        assert_int_equal(hf_conn_set0_bio(s->conn, s->outer), 1);
        break;
    case CARRIER_PAIR_1:
        attach_pair(s, 1);
        break;
    case CARRIER_PAIR_7:
        attach_pair(s, 7);
        break;
    default:
        attach_pair(s, 4096);
    }
}

void stage_new_conn(stage *s)
{
    hf_conn_free(s->conn);
    s->conn = hf_conn_new(s->config);
    assert_non_null(s->conn);
    assert_int_equal(hf_conn_set_hostname(s->conn, "server.test"), 1);
    stage_attach(s);
}

void stage_new_server(stage *s)
{
    if (s->server.ssl != NULL)
        peer_close(&s->server);
    peer_open(&s->server, s->context);
}

static void prepare(stage *s, carrier kind)
{
    memset(s, 0, sizeof *s);
    s->kind = kind;
    s->fds[0] = s->fds[1] = -1;
}

void stage_open_with(stage *s, carrier kind, void (*configure)(SSL_CTX *ctx))
{
    const wish root = {.subject = "Contract Root", .is_ca = true};
    const wish leaf = {.names = "DNS:server.test,DNS:*.wild.test,IP:192.0.2.1"};

    prepare(s, kind);
    s->root = authority_issue(NULL, &root);
    s->leaf = authority_issue(&s->root, &leaf);
    s->context = peer_context(&s->leaf, NULL, 0, configure);
    stage_new_server(s);
    s->config = stage_config(&s->root);
    stage_new_conn(s);
}

void stage_open(stage *s, carrier kind)
{
    stage_open_with(s, kind, NULL);
}

void stage_open_chain(stage *s, carrier kind, const credential *root,
                      const credential *leaf, const credential *chain, size_t count)
{
    prepare(s, kind);
    s->context = peer_context(leaf, chain, count, NULL);
    stage_new_server(s);
    s->config = stage_config(root);
    stage_new_conn(s);
}

void stage_close(stage *s)
{
    hf_session_free(s->saved);
    hf_conn_free(s->conn);
    hf_config_free(s->config);
    detach(s);
    peer_close(&s->server);
    SSL_CTX_free(s->context);
    credential_free(&s->leaf);
    credential_free(&s->root);
    free(s->to_client.bytes);
    free(s->custom_in.bytes);
    free(s->custom_out.bytes);
}

/* ---- carrying ---- */

static size_t take_from_client(stage *s, uint8_t *bytes, size_t size)
{
    size_t got = 0;
    ptrdiff_t n = 0;

    switch (s->kind) {
    case CARRIER_SOCKET:
        n = read(s->fds[1], bytes, size);
        break;
    case CARRIER_CUSTOM:
        return wire_get(&s->custom_out, bytes, size);
    case CARRIER_MEMORY:
        assert_int_equal(hf_conn_drain(s->conn, bytes, size, &got), 1);
        return got;
    default:
        n = hf_bio_read(s->outer, bytes, size);
    }
    return n > 0 ? (size_t)n : 0;
}

static size_t give_to_client(stage *s, const uint8_t *bytes, size_t len)
{
    size_t taken = 0;
    ptrdiff_t n = 0;

    switch (s->kind) {
    case CARRIER_SOCKET:
        n = send(s->fds[1], bytes, len, MSG_NOSIGNAL);
        break;
    case CARRIER_CUSTOM:
        wire_put(&s->custom_in, bytes, len);
        return len;
    case CARRIER_MEMORY:
        /* On a connection that has failed nothing is taken any more. */
        (void)hf_conn_feed(s->conn, bytes, len, &taken);
        return taken;
    default:
        n = hf_bio_write(s->outer, bytes, len);
    }
    return n > 0 ? (size_t)n : 0;
}

static void end_for_client(stage *s)
{
    switch (s->kind) {
    case CARRIER_SOCKET:
        (void)shutdown(s->fds[1], SHUT_WR);
        break;
    case CARRIER_CUSTOM:
        s->custom_in.ended = true;
        break;
    case CARRIER_MEMORY:
        assert_int_equal(hf_conn_feed_eof(s->conn), 1);
        break;
    default:
        assert_int_equal(hf_bio_shutdown_write(s->outer), 1);
    }
}

size_t stage_to_server(stage *s)
{
    uint8_t bytes[4096];
    size_t moved = 0, n;

    while ((n = take_from_client(s, bytes, sizeof bytes)) > 0) {
        peer_receive(&s->server, bytes, n);
        moved += n;
    }
    peer_step(&s->server);
    return moved;
}

size_t stage_to_client(stage *s)
{
    uint8_t bytes[4096];
    size_t n, waiting;

    while ((n = peer_send(&s->server, bytes, sizeof bytes)) > 0)
        wire_put(&s->to_client, bytes, n);
    waiting = s->to_client.end - s->to_client.start;
    if (s->chop != 0 && waiting > s->chop)
        waiting = s->chop;
    n = waiting == 0
            ? 0
            : give_to_client(s, s->to_client.bytes + s->to_client.start, waiting);
    s->to_client.start += n;
    if (s->to_client.ended && s->to_client.start == s->to_client.end) {
        s->to_client.ended = false;
        end_for_client(s);
        n++;
    }
    return n;
}

size_t stage_carry(stage *s)
{
    size_t moved = stage_to_server(s);

    return moved + stage_to_client(s);
}

void stage_end_input(stage *s)
{
    s->to_client.ended = true;
}

void stage_inject(stage *s, const void *bytes, size_t len)
{
    wire_put(&s->to_client, bytes, len);
}

/* ---- calling ---- */

int stage_drive(stage *s, int (*call)(hf_conn *conn), int *waits)
{
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        int ret = call(s->conn);
        int error = hf_get_error(s->conn, ret);
        if (ret == 1 || (error != HF_ERROR_WANT_READ && error != HF_ERROR_WANT_WRITE))
            return ret;
        if (waits != NULL)
            (*waits)++;
        if (stage_carry(s) == 0)
            fail_msg("the call waits and nothing moves");
    }
    fail_msg("no end after %d turns", TURNS_MAX);
    return -1;
}

int stage_connect(stage *s)
{
    return stage_drive(s, hf_connect, NULL);
}

void stage_establish(stage *s)
{
    int ret = stage_connect(s);

    if (ret != 1)
        fail_msg("%s", hf_error_summary(hf_conn_get0_error(s->conn)));
    while (stage_to_server(s) > 0)
        ;
    assert_true(SSL_is_init_finished(s->server.ssl));
}

void stage_client_writes(stage *s, const uint8_t *bytes, size_t len)
{
    for (int turn = 0; len > 0 && turn < TURNS_MAX; turn++) {
        size_t written;
        int ret = hf_write(s->conn, bytes, len, &written);
        if (ret == 1) {
            assert_in_range(written, 1, len);
            bytes += written;
            len -= written;
        } else {
            assert_int_equal(written, 0);
            assert_wants(s, ret, HF_ERROR_WANT_WRITE);
            assert_true(stage_to_server(s) > 0);
        }
    }
    assert_int_equal(len, 0);
}

void stage_client_reads(stage *s, uint8_t *bytes, size_t len)
{
    for (int turn = 0; len > 0 && turn < TURNS_MAX; turn++) {
        size_t got;
        int ret = hf_read(s->conn, bytes, len, &got);
        if (ret == 1) {
            bytes += got;
            len -= got;
        } else {
            assert_wants(s, ret, HF_ERROR_WANT_READ);
            assert_true(stage_carry(s) > 0);
        }
    }
    assert_int_equal(len, 0);
}

void stage_server_reads(stage *s, uint8_t *bytes, size_t len)
{
    size_t moved = 1;

    while (len > 0 && moved > 0) {
        moved = stage_to_server(s);
        size_t got = peer_read(&s->server, bytes, len);
        bytes += got;
        len -= got;
        moved += got;
    }
    assert_int_equal(len, 0);
}

int stage_code(const stage *s)
{
    return hf_conn_error_code(s->conn);
}

void on_every_carrier(void (*body)(stage *s))
{
    for (int kind = 0; kind < CARRIER_COUNT; kind++) {
        stage s;
        stage_open(&s, (carrier)kind);
        body(&s);
        stage_close(&s);
    }
}

void assert_failed(stage *s, int ret, int get_error, int code)
{
    assert_true(ret <= 0);
    assert_string_equal(hf_get_error_name(hf_get_error(s->conn, ret)),
                        hf_get_error_name(get_error));
    assert_string_equal(hf_code_name(hf_conn_error_code(s->conn)), hf_code_name(code));
}

void assert_wants(stage *s, int ret, int get_error)
{
    if (ret == -1 && hf_get_error(s->conn, ret) == HF_ERROR_SSL)
        fail_msg("%s", hf_error_summary(hf_conn_get0_error(s->conn)));
    assert_int_equal(ret, -1);
    assert_string_equal(hf_get_error_name(hf_get_error(s->conn, ret)),
                        hf_get_error_name(get_error));
}
