/* tools/handfast/serve_client.c: one client from its first byte to its last: handshake,
 * service, close_notify, and what is still on the way then.
 *
 * An idle client holds no buffer: what is read goes through one that all share, and what
 * cannot be sent at once is kept only until it can, while no more is read. */
#include "server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LINGER_BYTES = 1 << 18,
};

/* ---- bytes that wait ---- */

bool cli_waiting_add(struct cli_waiting *w, const void *bytes, size_t count)
{
    if (w->room - w->end < count) {
        size_t room = w->end - w->begin + count;
        uint8_t *grown = malloc(room);

        if (grown == NULL)
            return false;
        if (w->end > w->begin)
            memcpy(grown, w->bytes + w->begin, w->end - w->begin);
        free(w->bytes);
        *w = (struct cli_waiting){grown, 0, w->end - w->begin, room};
    }
    memcpy(w->bytes + w->end, bytes, count);
    w->end += count;
    return true;
}

void cli_waiting_take(struct cli_waiting *w, size_t count)
{
    w->begin += count;
    if (w->begin < w->end)
        return;
    free(w->bytes);
    *w = (struct cli_waiting){0};
}

/* ---- the end ---- */

static void gone(struct cli_client *c)
{
    struct cli_server *s = c->server;

    if (c->state == CLI_CLIENT_GONE)
        return;
    cli_tell_end(c, NULL);
    c->state = CLI_CLIENT_GONE;
    (void)cli_watch(s, &c->source, 0);
    close(c->source.fd);
    c->source.fd = -1;
    cli_enqueue(c, NULL);
    c->next_gone = s->gone;
    s->gone = c;
}

/* All that TLS had to send is out.  If the socket were closed now, what the peer still
 * sends would make the system throw away what it has not yet received, alerts included.
 */
static void linger(struct cli_client *c)
{
    struct cli_server *s = c->server;

    cli_tell_end(c, NULL);
    hf_conn_free(c->conn);
    c->conn = NULL;
    cli_waiting_take(&c->out, c->out.end - c->out.begin);
    cli_www_free(c);
    cli_forward_free(c);
    c->state = CLI_CLIENT_LINGERING;
    if (shutdown(c->source.fd, SHUT_WR) != 0 ||
        !cli_watch(s, &c->source, EPOLLIN | EPOLLRDHUP)) {
        gone(c);
        return;
    }
    cli_enqueue(c, &s->lingering);
}

static void run_lingering(struct cli_client *c)
{
    ssize_t n = recv(c->source.fd, c->server->scratch, CLI_SCRATCH, 0);

    if (n > 0)
        c->lingered += (uint64_t)n;
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) ||
        c->lingered > LINGER_BYTES)
        gone(c);
}

/* The engine has failed, and has sent its alert if that went without waiting. */
static void fail(struct cli_client *c)
{
    c->failed = true;
    if (hf_error_class(hf_conn_get0_error(c->conn)) == HF_ERROR_SYSCALL) {
        cli_tell_end(c, NULL);
        gone(c);
        return;
    }
    linger(c);
}

void cli_client_drop(struct cli_client *c)
{
    gone(c);
}

void cli_client_free(struct cli_client *c)
{
    if (c->source.fd >= 0)
        close(c->source.fd);
    cli_www_free(c);
    cli_forward_free(c);
    hf_conn_free(c->conn);
    free(c->out.bytes);
    free(c->early.bytes);
    free(c);
}

/* ---- reading and writing ---- */

uint32_t cli_client_events(const struct cli_client *c, bool reads)
{
    uint32_t events = 0;

    if (c->blocked)
        events |= c->write_wants_read ? EPOLLIN : EPOLLOUT;
    if (reads)
        events |= c->read_wants_write ? EPOLLOUT : EPOLLIN;
    return events;
}

static void watch(struct cli_client *c, uint32_t events)
{
    if (!cli_watch(c->server, &c->source, events))
        gone(c);
}

void cli_client_touch(struct cli_client *c)
{
    if (c->state == CLI_CLIENT_OPEN)
        cli_enqueue(c, &c->server->idle);
    else if (c->state == CLI_CLIENT_CLOSING && c->queue == &c->server->closing)
        cli_enqueue(c, &c->server->closing);
}

/* Writes what goes.  1: all of it; 0: *done of it; -1: failed. */
static int write_some(struct cli_client *c, const uint8_t *bytes, size_t count,
                      size_t *done)
{
    *done = 0;
    c->blocked = false;
    while (*done < count) {
        size_t written = 0;
        int ret = hf_write(c->conn, bytes + *done, count - *done, &written);
        int want = hf_get_error(c->conn, ret);

        if (ret == 1) {
            *done += written;
            continue;
        }
        if (want != HF_ERROR_WANT_WRITE && want != HF_ERROR_WANT_READ)
            return -1;
        c->blocked = true;
        c->write_wants_read = want == HF_ERROR_WANT_READ;
        return 0;
    }
    return 1;
}

bool cli_client_flush(struct cli_client *c)
{
    size_t done, count = c->out.end - c->out.begin;
    int result;

    if (count == 0)
        return true;
    result = write_some(c, c->out.bytes + c->out.begin, count, &done);
    if (result < 0) {
        fail(c);
        return false;
    }
    if (done > 0) {
        cli_waiting_take(&c->out, done);
        cli_client_touch(c);
    }
    return true;
}

bool cli_client_send(struct cli_client *c, const void *bytes, size_t count)
{
    size_t done = 0;

    if (c->out.end == c->out.begin && write_some(c, bytes, count, &done) < 0) {
        fail(c);
        return false;
    }
    if (done == count ||
        cli_waiting_add(&c->out, (const uint8_t *)bytes + done, count - done))
        return true;
    cli_tell_end(c, "memory is exhausted");
    gone(c);
    return false;
}

int cli_client_read(struct cli_client *c, size_t *got)
{
    int ret, want;

    if (!c->input_waits && hf_has_pending(c->conn) == 0)
        return 0;
    c->input_waits = false;
    ret = hf_read(c->conn, c->server->scratch, CLI_SCRATCH, got);
    want = hf_get_error(c->conn, ret);

    c->read_wants_write = want == HF_ERROR_WANT_WRITE;
    if (ret == 1)
        return 1;
    if (want == HF_ERROR_WANT_READ || want == HF_ERROR_WANT_WRITE)
        return 0;
    if (want == HF_ERROR_ZERO_RETURN) {
        c->input_ended = true;
        return 0;
    }
    fail(c);
    return -1;
}

/* ---- echo, and what is common with --www ---- */

static void take_input(struct cli_client *c, size_t got)
{
    if (c->server->options->service == CLI_SERVE_WWW) {
        cli_www_input(c, c->server->scratch, got);
    } else {
        cli_client_touch(c);
        (void)cli_client_send(c, c->server->scratch, got);
    }
}

static void run_open(struct cli_client *c)
{
    size_t got = 0;

    for (int i = 0; i < CLI_TURN; i++) {
        if (!cli_client_flush(c))
            return;
        if (c->out.end > c->out.begin) { /* it reads first what was sent to it */
            watch(c, cli_client_events(c, false));
            return;
        }
        if (c->request != NULL && cli_www_next(c)) {
            if (c->state != CLI_CLIENT_OPEN)
                return;
            continue;
        }
        int result = cli_client_read(c, &got);
        if (result < 0)
            return;
        if (c->input_ended) {
            cli_client_close(c);
            return;
        }
        if (result == 0) {
            watch(c, cli_client_events(c, true));
            return;
        }
        take_input(c, got);
        if (c->state != CLI_CLIENT_OPEN)
            return;
    }
    cli_ready(c); /* there may be more, but others wait */
}

/* ---- closing ---- */

static void run_closing(struct cli_client *c)
{
    if (!cli_client_flush(c))
        return;
    if (c->out.end > c->out.begin) {
        watch(c, cli_client_events(c, false));
        return;
    }
    int ret = hf_shutdown(c->conn);
    int want = hf_get_error(c->conn, ret);

    if (ret < 0 && (want == HF_ERROR_WANT_READ || want == HF_ERROR_WANT_WRITE))
        watch(c, want == HF_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT);
    else
        linger(c);
}

void cli_client_close(struct cli_client *c)
{
    if (c->state == CLI_CLIENT_OPEN) {
        c->state = CLI_CLIENT_CLOSING;
        cli_enqueue(c, &c->server->closing);
    }
    if (c->state == CLI_CLIENT_CLOSING)
        run_closing(c);
}

void cli_client_stop(struct cli_client *c)
{
    if (c->state == CLI_CLIENT_HANDSHAKE) {
        gone(c);
        return;
    }
    cli_forward_stop(c);
    cli_client_close(c);
    if (c->state == CLI_CLIENT_CLOSING)
        cli_enqueue(c, &c->server->stops);
}

void cli_client_expire(struct cli_client *c)
{
    switch (c->state) {
    case CLI_CLIENT_HANDSHAKE:
        cli_client_run(c);
        if (c->state == CLI_CLIENT_HANDSHAKE) {
            cli_tell_end(c, "the handshake did not finish in time");
            gone(c);
        }
        break;
    case CLI_CLIENT_OPEN:
        cli_forward_stop(c);
        if (c->out.end > c->out.begin) {
            cli_tell_end(c, "the client does not read what is sent to it");
            gone(c);
        } else {
            cli_client_close(c);
        }
        break;
    default:
        gone(c);
        break;
    }
}

/* ---- the handshake ---- */

static void take_early(struct cli_client *c)
{
    size_t count = c->early.end - c->early.begin;

    if (count == 0 || c->state != CLI_CLIENT_OPEN)
        return;
    if (c->forward != NULL) {
        if (!cli_forward_input(c, c->early.bytes, count))
            cli_client_drop(c);
    } else {
        memcpy(c->server->scratch, c->early.bytes, count);
        take_input(c, count);
    }
    cli_waiting_take(&c->early, count);
}

static void opened(struct cli_client *c)
{
    struct cli_server *s = c->server;
    char what[400], line[402];

    c->state = CLI_CLIENT_OPEN;
    c->input_waits = false; /* the handshake has read what was there */
    c->handshake_us = cli_now_us() - c->accepted_us;
    s->served++;
    cli_enqueue(c, &s->idle);
    cli_tell_established(c);
    if (s->options->service == CLI_SERVE_GREET) {
        cli_describe(c->conn, what, sizeof what);
        snprintf(line, sizeof line, "%s\r\n", what);
        if (!cli_client_send(c, line, strlen(line)))
            return;
    }
    if (s->options->service == CLI_SERVE_FORWARD)
        cli_forward_begin(c);
    take_early(c);
    if (c->state == CLI_CLIENT_OPEN)
        cli_client_run(c); /* a record may have come with the last flight */
}

/* Early data may be a recorded copy (RFC 8446 8).  It is kept until the client's Finished
 * has shown that it is not, so that no service has to know of it.  At most --early-data
 * bytes come: the library sees to that. */
static int read_early(struct cli_client *c)
{
    size_t got = 0;
    int ret;

    while ((ret = hf_read_early_data(c->conn, c->server->scratch, CLI_SCRATCH, &got)) ==
               1 &&
           got > 0) {
        if (c->early.end + got > CLI_SCRATCH || /* a shared ticket allowed it more */
            !cli_waiting_add(&c->early, c->server->scratch, got)) {
            cli_tell_end(c, "there is no memory for so much early data");
            gone(c);
            return -1;
        }
    }
    c->early_over = ret == 1;
    return ret;
}

/* Somebody forgot the s of https.  A browser shows nothing of an alert, so that what it
 * can show goes before: whole, if its request came at once. */
static void answer_in_the_clear(struct cli_client *c)
{
    static const char answer[] =
        "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\n"
        "Content-Length: 46\r\nConnection: close\r\n\r\n"
        "This port speaks HTTPS: use https:// instead.\n";
    char first[32];

    if (c->server->options->service != CLI_SERVE_WWW || c->looked_at)
        return;
    ssize_t n = recv(c->source.fd, first, sizeof first, MSG_PEEK | MSG_DONTWAIT);
    c->looked_at = n > 0;
    if (n > 0 && cli_www_is_plain(first, (size_t)n))
        (void)send(c->source.fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
}

static void run_handshake(struct cli_client *c)
{
    answer_in_the_clear(c);
    bool is_early = c->server->options->early_data > 0 && !c->early_over;
    int ret = is_early ? read_early(c) : 1;
    int want;

    if (c->state == CLI_CLIENT_GONE)
        return;
    if (ret == 1)
        ret = hf_accept(c->conn);
    want = hf_get_error(c->conn, ret);

    if (ret == 1)
        opened(c);
    else if (want == HF_ERROR_WANT_READ || want == HF_ERROR_WANT_WRITE)
        watch(c, want == HF_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT);
    else
        fail(c);
}

void cli_client_run(struct cli_client *c)
{
    switch (c->state) {
    case CLI_CLIENT_HANDSHAKE:
        run_handshake(c);
        break;
    case CLI_CLIENT_OPEN:
        if (c->forward != NULL)
            cli_forward_run(c);
        else
            run_open(c);
        break;
    case CLI_CLIENT_CLOSING:
        run_closing(c);
        break;
    case CLI_CLIENT_LINGERING:
        run_lingering(c);
        break;
    default:
        break;
    }
}

bool cli_client_new(struct cli_server *s, int fd, const struct sockaddr *address)
{
    struct cli_client *c = calloc(1, sizeof *c);
    hf_conn *conn = c != NULL ? hf_conn_new(s->config) : NULL;

    if (conn == NULL || hf_conn_set_fd(conn, fd) != 1 || hf_set_accept_state(conn) != 1 ||
        hf_conn_set_handshake_timeout(conn, s->options->handshake_timeout_ms) != 1) {
        hf_conn_free(conn);
        free(c);
        close(fd);
        return false;
    }
    c->source = (struct cli_source){.kind = CLI_SOURCE_CLIENT, .fd = fd};
    c->server = s;
    c->conn = conn;
    c->accepted_us = s->now;
    if (s->options->early_data > 0)
        (void)hf_conn_allow_early_data(conn);
    if (address->sa_family == AF_INET6)
        memcpy(&c->peer.v6, address, sizeof c->peer.v6);
    else
        memcpy(&c->peer.v4, address, sizeof c->peer.v4);
    s->client_count++;
    if (s->client_count > s->client_most)
        s->client_most = s->client_count;
    cli_enqueue(c, &s->handshakes);
    run_handshake(c);
    return true;
}
