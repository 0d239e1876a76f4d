/* tools/handfast/serve_forward.c: --forward: what the client sends goes to a TCP port,
 * and what comes from there to the client.
 *
 * Each way ends by itself: close_notify becomes the end of the stream to the backend, and
 * the backend's end becomes close_notify.  A client that breaks off, or is cut off, makes
 * the backend's connection break, too: it must not take half a request for a whole one.
 * While one side does not take what waits for it, no more is read from the other. */
#include "server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct cli_forward {
    struct cli_source source; /* first: epoll's pointer is one to it */
    struct cli_client *client;
    const struct addrinfo *next; /* to be tried if this address fails */
    bool connecting;
    bool output_closed; /* the client's end was passed on */
    bool input_ended;   /* the backend's end came */
    bool goodbye;       /* and close_notify went out */
    struct cli_waiting up;
};

struct cli_client *cli_forward_client(struct cli_source *backend)
{
    return ((struct cli_forward *)backend)->client;
}

/* ---- the address ---- */

int cli_forward_resolve(struct cli_server *s)
{
    const struct cli_target *t = &s->options->forward;
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int result = getaddrinfo(t->host, t->port, &wanted, &list);

    if (result != 0) {
        cli_tell(s, "resolve_failed", true, "resolve %s: %s", t->host,
                 gai_strerror(result));
        return CLI_UNREACHABLE;
    }
    /* Clients that are still connecting have copies of no address: they begin anew. */
    for (struct cli_client *c = s->idle.first; c != NULL; c = c->next)
        if (c->forward != NULL)
            c->forward->next = NULL;
    if (s->backend != NULL)
        freeaddrinfo(s->backend);
    s->backend = list;
    return 0;
}

/* ---- connecting ---- */

static void leave_backend(struct cli_forward *f, bool broken)
{
    struct linger reset = {.l_onoff = 1, .l_linger = 0};

    if (f->source.fd < 0)
        return;
    (void)cli_watch(f->client->server, &f->source, 0);
    if (broken)
        (void)setsockopt(f->source.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(f->source.fd);
    f->source.fd = -1;
}

/* Tries addresses until one is at least on its way; 0, or the last one's errno. */
static int connect_next(struct cli_forward *f)
{
    int one = 1, error = EHOSTUNREACH;

    while (f->next != NULL) {
        const struct addrinfo *a = f->next;
        int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

        f->next = a->ai_next;
        if (fd < 0) {
            error = errno;
            continue;
        }
        f->source = (struct cli_source){.kind = CLI_SOURCE_BACKEND, .fd = fd};
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (connect(fd, a->ai_addr, a->ai_addrlen) == 0 || errno == EINPROGRESS ||
            errno == EINTR) {
            f->connecting = true;
            if (cli_watch(f->client->server, &f->source, EPOLLOUT))
                return 0;
        }
        error = errno;
        leave_backend(f, false);
    }
    return error;
}

/* The client gets no close_notify: it must not take this for an empty answer. */
static void backend_fault(struct cli_client *c, const char *what, int error)
{
    char text[160];

    snprintf(text, sizeof text, "%s the backend: %s", what, strerror(error));
    cli_tell_end(c, text);
    cli_client_drop(c);
}

static bool finish_connect(struct cli_client *c)
{
    struct cli_forward *f = c->forward;
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    int error = 0;
    socklen_t size = sizeof error;

    if (getsockopt(f->source.fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    if (error == 0 && getpeername(f->source.fd, (struct sockaddr *)&peer, &len) == 0) {
        f->connecting = false;
        return true;
    }
    if (error == 0)
        return false; /* still on its way */
    leave_backend(f, false);
    if (f->next != NULL)
        error = connect_next(f);
    if (error != 0)
        backend_fault(c, "connect to", error);
    return false;
}

void cli_forward_begin(struct cli_client *c)
{
    struct cli_forward *f = calloc(1, sizeof *f);
    int error;

    if (f == NULL) {
        cli_tell_end(c, "memory is exhausted");
        cli_client_drop(c);
        return;
    }
    f->source.fd = -1;
    f->client = c;
    f->next = c->server->backend;
    c->forward = f;
    error = connect_next(f);
    if (error != 0)
        backend_fault(c, "connect to", error);
}

void cli_forward_stop(struct cli_client *c)
{
    if (c->forward != NULL)
        leave_backend(c->forward, true);
}

void cli_forward_free(struct cli_client *c)
{
    struct cli_forward *f = c->forward;

    if (f == NULL)
        return;
    leave_backend(f, !(f->output_closed && f->input_ended));
    free(f->up.bytes);
    free(f);
    c->forward = NULL;
}

bool cli_forward_input(struct cli_client *c, const uint8_t *bytes, size_t count)
{
    return cli_waiting_add(&c->forward->up, bytes, count);
}

/* ---- up: from the client to the backend ---- */

/* False: the backend is lost, and with it the client. */
static bool send_up(struct cli_client *c, const uint8_t *bytes, size_t count,
                    size_t *done)
{
    ssize_t n;

    *done = 0;
    while (*done < count) {
        n = send(c->forward->source.fd, bytes + *done, count - *done, MSG_NOSIGNAL);
        if (n >= 0) {
            *done += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno != EINTR) {
            backend_fault(c, "send to", errno);
            return false;
        }
    }
    if (*done > 0)
        cli_client_touch(c);
    return true;
}

static bool flush_up(struct cli_client *c)
{
    struct cli_forward *f = c->forward;
    size_t done;

    if (f->up.end > f->up.begin) {
        if (!send_up(c, f->up.bytes + f->up.begin, f->up.end - f->up.begin, &done))
            return false;
        if (done > 0)
            cli_waiting_take(&f->up, done);
    }
    if (c->input_ended && f->up.end == f->up.begin && !f->output_closed) {
        f->output_closed = true;
        (void)shutdown(f->source.fd, SHUT_WR);
    }
    return true;
}

/* 1: something moved; 0: nothing to do now; -1: the client is done with. */
static int move_up(struct cli_client *c)
{
    struct cli_forward *f = c->forward;
    size_t got = 0, done;
    int result;

    if (!flush_up(c))
        return -1;
    if (c->input_ended || f->up.end > f->up.begin)
        return 0;
    result = cli_client_read(c, &got);
    if (result <= 0)
        return result < 0 || !flush_up(c) ? -1 : 0;
    if (!send_up(c, c->server->scratch, got, &done))
        return -1;
    if (done < got && !cli_waiting_add(&f->up, c->server->scratch + done, got - done)) {
        cli_tell_end(c, "memory is exhausted");
        cli_client_drop(c);
        return -1;
    }
    return 1;
}

/* ---- down: from the backend to the client ---- */

static int say_goodbye(struct cli_client *c)
{
    struct cli_forward *f = c->forward;
    int ret, want;

    if (f->goodbye)
        return 0;
    ret = hf_shutdown(c->conn);
    want = hf_get_error(c->conn, ret);
    if (ret < 0 && want == HF_ERROR_WANT_WRITE) {
        c->blocked = true;
        c->write_wants_read = false;
        return 0;
    }
    c->blocked = false;
    f->goodbye = true;
    return 0;
}

static int move_down(struct cli_client *c)
{
    struct cli_forward *f = c->forward;
    ssize_t n;

    if (!cli_client_flush(c))
        return -1;
    if (c->out.end > c->out.begin)
        return 0;
    if (f->input_ended)
        return say_goodbye(c);
    do
        n = recv(f->source.fd, c->server->scratch, CLI_SCRATCH, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    if (n < 0) {
        backend_fault(c, "receive from", errno);
        return -1;
    }
    if (n == 0) {
        f->input_ended = true;
        return say_goodbye(c);
    }
    cli_client_touch(c);
    return cli_client_send(c, c->server->scratch, (size_t)n) ? 1 : -1;
}

/* ---- both ---- */

static void watch_both(struct cli_client *c)
{
    struct cli_forward *f = c->forward;
    bool reads = !c->input_ended && f->up.end == f->up.begin;
    uint32_t backend = 0;

    if (!f->input_ended && c->out.end == c->out.begin)
        backend |= EPOLLIN;
    if (f->up.end > f->up.begin)
        backend |= EPOLLOUT;
    if (!cli_watch(c->server, &c->source, cli_client_events(c, reads)) ||
        !cli_watch(c->server, &f->source, backend))
        cli_client_drop(c);
}

void cli_forward_run(struct cli_client *c)
{
    struct cli_forward *f = c->forward;
    bool more = true;

    if (f->connecting && !finish_connect(c)) {
        /* The client's first bytes wait in the socket until the backend is there. */
        if (c->state == CLI_CLIENT_OPEN)
            (void)cli_watch(c->server, &c->source, 0);
        return;
    }
    for (int i = 0; i < CLI_TURN && more; i++) {
        int up = move_up(c), down = up < 0 ? -1 : move_down(c);

        if (down < 0)
            return;
        more = up > 0 || down > 0;
    }
    if (f->output_closed && f->goodbye) {
        cli_client_close(c);
        return;
    }
    if (more)
        cli_ready(c);
    else
        watch_both(c);
}
