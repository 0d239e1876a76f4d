/* tools/handfast/serve_loop.c: one thread that waits for whatever comes, epoll(7), and
 * hands it on: clients, backends, signals, and the passing of time. */
#include "server.h"

#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS = 256,
    GRACE_US = 20000, /* the connection's own clock is first, and writes the record */
    LINGER_US = 2000000,
    CLOSING_US = 10000000,
    STOP_US = 2000000,
    RETRY_OUTPUT_US = 50000,
    TRIM_FROM = 256,        /* connections that are worth it */
    OTHER_DESCRIPTORS = 64, /* that are no client's */
};

/* ---- what epoll watches ---- */

bool cli_watch(struct cli_server *s, struct cli_source *source, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = source};
    int op = source->events == 0 ? EPOLL_CTL_ADD
             : events == 0       ? EPOLL_CTL_DEL
                                 : EPOLL_CTL_MOD;

    if (source->events == events)
        return true;
    /* Nothing to wait for is no watch at all: errors would be reported without end. */
    if (epoll_ctl(s->epoll, op, source->fd, &e) != 0)
        return false;
    source->events = events;
    return true;
}

void cli_ready(struct cli_client *c)
{
    if (c->is_ready || c->state == CLI_CLIENT_GONE)
        return;
    c->is_ready = true;
    c->next_ready = c->server->ready;
    c->server->ready = c;
}

/* ---- time ---- */

static void dequeue(struct cli_client *c)
{
    struct cli_queue *q = c->queue;

    if (q == NULL)
        return;
    if (c->previous != NULL)
        c->previous->next = c->next;
    else
        q->first = c->next;
    if (c->next != NULL)
        c->next->previous = c->previous;
    else
        q->last = c->previous;
    c->next = c->previous = NULL;
    c->queue = NULL;
}

void cli_enqueue(struct cli_client *c, struct cli_queue *q)
{
    dequeue(c);
    if (q == NULL)
        return;
    c->queue = q;
    c->deadline = q->length_us > 0 ? c->server->now + q->length_us : INT64_MAX;
    c->previous = q->last;
    if (q->last != NULL)
        q->last->next = c;
    else
        q->first = c;
    q->last = c;
}

static void expire(struct cli_server *s, struct cli_queue *q)
{
    while (q->first != NULL && q->first->deadline <= s->now) {
        struct cli_client *c = q->first;

        dequeue(c);
        cli_client_expire(c);
    }
}

static void sooner(int64_t *until, const struct cli_queue *q)
{
    if (q->first != NULL && q->first->deadline < *until)
        *until = q->first->deadline;
}

/* Milliseconds until something is to be done without an event; -1: never. */
static int time_to_wait(const struct cli_server *s)
{
    int64_t until = INT64_MAX, left;

    if (s->ready != NULL)
        return 0;
    sooner(&until, &s->handshakes);
    sooner(&until, &s->idle);
    sooner(&until, &s->lingering);
    sooner(&until, &s->closing);
    sooner(&until, &s->stops);
    if (s->accept_again > 0 && s->accept_again < until)
        until = s->accept_again;
    if (s->failures.untold + s->limits.untold > 0 && s->now + 1000000 < until)
        until = s->now + 1000000;
    if ((s->out.begin < s->out.end || s->err.begin < s->err.end) &&
        s->now + RETRY_OUTPUT_US < until)
        until = s->now + RETRY_OUTPUT_US;
    if (until == INT64_MAX)
        return -1;
    left = (until - s->now + 999) / 1000;
    return left <= 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* ---- signals ---- */

static void reload(struct cli_server *s)
{
    hf_config *fresh = NULL;
    char why[1600];

    if (cli_serve_config_make(&fresh, s->options, why, sizeof why) != 0) {
        cli_tell(s, "reload_failed", true, "reload failed, and what was in use stays: %s",
                 why);
        return;
    }
    hf_config_free(s->config); /* connections hold references of their own */
    s->config = fresh;
    if (s->options->service == CLI_SERVE_FORWARD && cli_forward_resolve(s) != 0)
        return;
    cli_tell(s, "reloaded", false, "certificates, keys and roots were read again");
}

static void stop(struct cli_server *s)
{
    if (s->stopping) {
        s->stop_now = true;
        return;
    }
    s->stopping = true;
    cli_tell(s, "stopping", false, "stopping: %d connection%s to close", s->client_count,
             s->client_count == 1 ? "" : "s");
    cli_listen_watch(s, false);
    cli_listen_close(s);
    s->accept_again = 0;
    struct cli_queue *queues[] = {&s->handshakes, &s->idle, &s->closing};
    for (size_t i = 0; i < 3; i++)
        while (queues[i]->first != NULL) {
            struct cli_client *c = queues[i]->first;

            dequeue(c);
            cli_client_stop(c);
        }
}

static void take_signals(struct cli_server *s)
{
    struct signalfd_siginfo info;

    while (read(s->signals.fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGHUP)
            stop(s);
        else if (!s->stopping)
            reload(s);
    }
}

/* ---- one turn ---- */

static void handle(struct cli_server *s, const struct epoll_event *e)
{
    struct cli_source *source = e->data.ptr;

    switch (source->kind) {
    case CLI_SOURCE_LISTENER:
        cli_listen_accept(s, (struct cli_listener *)source);
        break;
    case CLI_SOURCE_SIGNALS:
        take_signals(s);
        break;
    case CLI_SOURCE_CLIENT:
        ((struct cli_client *)source)->input_waits = true;
        cli_client_run((struct cli_client *)source);
        break;
    case CLI_SOURCE_BACKEND:
        cli_client_run(cli_forward_client(source));
        break;
    }
}

static void run_ready(struct cli_server *s)
{
    struct cli_client *list = s->ready;

    s->ready = NULL;
    while (list != NULL) {
        struct cli_client *c = list;

        list = c->next_ready;
        c->is_ready = false;
        cli_client_run(c);
    }
}

/* The list of those that may go on still points to some who went. */
static void forget_ready(struct cli_server *s)
{
    struct cli_client **place = &s->ready;

    while (*place != NULL) {
        if ((*place)->state == CLI_CLIENT_GONE)
            *place = (*place)->next_ready;
        else
            place = &(*place)->next_ready;
    }
}

static void release_gone(struct cli_server *s)
{
    if (s->gone != NULL)
        forget_ready(s);
    while (s->gone != NULL) {
        struct cli_client *c = s->gone;

        s->gone = c->next_gone;
        cli_client_free(c);
        s->client_count--;
    }
#ifdef __GLIBC__
    if (s->client_count == 0 && s->client_most >= TRIM_FROM) { /* memory goes back, too */
        s->client_most = 0;
        (void)malloc_trim(0);
    }
#endif
    if (!s->accepting && !s->stopping && s->accept_again == 0 &&
        s->client_count < s->client_max)
        cli_listen_watch(s, true);
}

static void turn(struct cli_server *s)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(s->epoll, events, EVENTS, time_to_wait(s));

    s->now = cli_now_us();
    run_ready(s);
    for (int i = 0; i < n; i++)
        handle(s, &events[i]);
    expire(s, &s->handshakes);
    expire(s, &s->idle);
    expire(s, &s->lingering);
    expire(s, &s->closing);
    expire(s, &s->stops);
    if (s->accept_again > 0 && s->now >= s->accept_again) {
        s->accept_again = 0;
        cli_listen_watch(s, true);
    }
    release_gone(s);
    cli_tell_untold(s);
    (void)cli_log_flush(&s->out);
    (void)cli_log_flush(&s->err);
}

/* ---- beginning and end ---- */

static int fault(const char *what)
{
    fprintf(stderr, "handfast serve: %s: %s\n", what, strerror(errno));
    return CLI_LOCAL_FAILURE;
}

static int catch_signals(struct cli_server *s)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return fault("signals");
    s->signals = (struct cli_source){.kind = CLI_SOURCE_SIGNALS};
    s->signals.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (s->signals.fd < 0 || !cli_watch(s, &s->signals, EPOLLIN))
        return fault("signals");
    return 0;
}

/* As many descriptors as may be had; from them, how many connections. */
static void set_limits(struct cli_server *s)
{
    struct rlimit files = {.rlim_cur = 1024};
    int each = s->options->service == CLI_SERVE_FORWARD ? 2 : 1;
    rlim_t most;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files) != 0)
            (void)getrlimit(RLIMIT_NOFILE, &files);
    }
    most = files.rlim_cur > (rlim_t)OTHER_DESCRIPTORS * 2
               ? files.rlim_cur - OTHER_DESCRIPTORS
               : files.rlim_cur / 2;
    most /= (rlim_t)each;
    if (most > 1000000)
        most = 1000000;
    s->client_max = (int)most;
    if (s->options->max_connections > 0 && s->options->max_connections < s->client_max)
        s->client_max = s->options->max_connections;
}

static int begin(struct cli_server *s)
{
    int code;

    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s->epoll < 0)
        return fault("epoll");
    code = catch_signals(s);
    if (code == 0)
        code = cli_listen_all(s);
    if (code == 0 && s->options->service == CLI_SERVE_FORWARD)
        code = cli_forward_resolve(s);
    if (code == 0)
        cli_tell_start(s);
    return code;
}

static void end(struct cli_server *s)
{
    struct cli_queue *queues[] = {&s->handshakes, &s->idle, &s->closing, &s->lingering,
                                  &s->stops};

    for (size_t i = 0; i < 5; i++)
        while (queues[i]->first != NULL) {
            struct cli_client *c = queues[i]->first;

            dequeue(c);
            cli_tell_end(c, NULL);
            cli_client_free(c);
        }
    cli_listen_close(s);
    if (s->backend != NULL)
        freeaddrinfo(s->backend);
    if (s->signals.fd > 0)
        close(s->signals.fd);
    if (s->epoll >= 0)
        close(s->epoll);
    cli_log_finish(&s->out);
    cli_log_finish(&s->err);
    hf_config_free(s->config);
}

int cli_serve_run(const struct cli_serve_options *options, hf_config *config)
{
    struct cli_server *s = calloc(1, sizeof *s);
    int code;

    if (s == NULL) {
        hf_config_free(config);
        errno = ENOMEM;
        return fault("start");
    }
    s->options = options;
    s->config = config;
    s->out.fd = STDOUT_FILENO;
    s->err.fd = STDERR_FILENO;
    s->handshakes.length_us = options->handshake_timeout_ms * 1000 + GRACE_US;
    s->idle.length_us = options->idle_timeout_ms * 1000;
    s->lingering.length_us = LINGER_US;
    s->closing.length_us = CLOSING_US;
    s->stops.length_us = STOP_US;
    s->now = cli_now_us();
    set_limits(s);
    code = begin(s);
    if (code == 0)
        cli_listen_watch(s, true);
    while (code == 0 && !s->stop_now && !(s->stopping && s->client_count == 0))
        turn(s);
    end(s);
    if (code == 0 && s->out.broken)
        code = CLI_LOCAL_FAILURE;
    free(s);
    return code;
}
