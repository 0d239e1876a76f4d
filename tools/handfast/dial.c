/* tools/handfast/dial.c: resolves a host and connects, each address in its turn, all
 * within one deadline.  Knows no TLS. */
#include "dial.h"

#include <handfast/handfast.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    LEAST_SHARE_US = 250000
}; /* the least time that an address gets, if it is there */

/* ---- HOST[:PORT] ---- */

static bool take_port(struct cli_target *target, const char *text)
{
    size_t len = strlen(text);
    long port;

    if (len == 0 || len > 5 || strspn(text, "0123456789") != len)
        return false;
    port = strtol(text, NULL, 10);
    if (port < 1 || port > 65535)
        return false;
    snprintf(target->port, sizeof target->port, "%ld", port);
    return true;
}

static bool take_host(struct cli_target *target, const char *text, size_t len)
{
    if (len == 0 || len >= sizeof target->host)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || text[i] == '/')
            return false;
    memcpy(target->host, text, len);
    target->host[len] = '\0';
    return true;
}

bool cli_target_parse(struct cli_target *target, const char *text, const char *port)
{
    const char *colon = strrchr(text, ':');
    const char *close;

    snprintf(target->port, sizeof target->port, "%s", port);
    if (text[0] == '[') {
        close = strchr(text, ']');
        if (close == NULL || !take_host(target, text + 1, (size_t)(close - text - 1)) ||
            strchr(target->host, ':') == NULL)
            return false;
        return close[1] == '\0' || (close[1] == ':' && take_port(target, close + 2));
    }
    if (colon == NULL || strchr(text, ':') != colon) /* none, or a bare IPv6 address */
        return take_host(target, text, strlen(text));
    return take_host(target, text, (size_t)(colon - text)) &&
           take_port(target, colon + 1);
}

void cli_target_format(const char *host, const char *port, char *out, size_t size)
{
    if (strchr(host, ':') != NULL)
        snprintf(out, size, "[%s]:%s", host, port);
    else
        snprintf(out, size, "%s:%s", host, port);
}

/* ---- time ---- */

int64_t cli_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- resolving: getaddrinfo has no limit of time, so it runs in a thread ---- */

struct lookup {
    struct cli_target target;
    pthread_mutex_t lock;
    pthread_cond_t done_signal;
    bool done;
    bool abandoned; /* nobody waits: the thread releases everything */
    int result;
    int error_number;
    struct addrinfo *list;
};

static void lookup_free(struct lookup *l)
{
    if (l->list != NULL)
        freeaddrinfo(l->list);
    pthread_cond_destroy(&l->done_signal);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static void *lookup_run(void *arg)
{
    struct lookup *l = arg;
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char ascii[256];
    int result, error_number;
    bool abandoned;

    /* By the rule by which the certificate is checked; what it refuses is asked as it is.
     */
    if (hf_hostname_to_ascii(l->target.host, ascii, sizeof ascii) != 1)
        (void)snprintf(ascii, sizeof ascii, "%s", l->target.host);
    errno = 0;
    result = getaddrinfo(ascii, l->target.port, &wanted, &list);
    error_number = errno;
    pthread_mutex_lock(&l->lock);
    l->result = result;
    l->error_number = error_number;
    l->list = result == 0 ? list : NULL;
    l->done = true;
    abandoned = l->abandoned;
    pthread_cond_signal(&l->done_signal);
    pthread_mutex_unlock(&l->lock);
    if (abandoned)
        lookup_free(l);
    return NULL;
}

static struct lookup *lookup_start(const struct cli_target *target)
{
    struct lookup *l = calloc(1, sizeof *l);
    pthread_condattr_t clock;
    pthread_t thread;
    int result;

    if (l == NULL)
        return NULL;
    l->target = *target;
    pthread_mutex_init(&l->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&l->done_signal, &clock);
    pthread_condattr_destroy(&clock);
    result = pthread_create(&thread, NULL, lookup_run, l);
    if (result != 0) {
        lookup_free(l);
        return NULL;
    }
    pthread_detach(thread);
    return l;
}

/* True once the answer is there; false if the time ran out, and *l is then released. */
static bool lookup_wait(struct lookup *l, int64_t deadline)
{
    struct timespec until = {.tv_sec = (time_t)(deadline / 1000000),
                             .tv_nsec = (long)(deadline % 1000000) * 1000};
    bool done;

    pthread_mutex_lock(&l->lock);
    while (!l->done && pthread_cond_timedwait(&l->done_signal, &l->lock, &until) == 0)
        ;
    done = l->done;
    l->abandoned = !done;
    pthread_mutex_unlock(&l->lock);
    return done;
}

static void fail(struct cli_dial *dial, const char *name, const char *hint)
{
    dial->name = name;
    dial->hint = hint;
}

static void lookup_failed(struct cli_dial *dial, const struct lookup *l)
{
    const char *why = gai_strerror(l->result);

    if (l->result == EAI_SYSTEM) {
        why = strerror(l->error_number);
        dial->error_number = l->error_number;
    }
    snprintf(dial->fault, sizeof dial->fault, "resolve %s: %s", l->target.host, why);
    fail(dial, "RESOLVE_FAILED", "check the spelling of the host and the name server");
}

/* ---- connecting ---- */

/* Waits until the socket is connected; 0, or an errno, ETIMEDOUT with *timed_out set
 * when it was our own clock. */
static int finish_connect(int fd, int64_t deadline, bool *timed_out)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    int error = 0;
    socklen_t len = sizeof error;

    for (;;) {
        int64_t left = deadline - cli_now_us();
        int n = poll(&p, 1, left <= 0 ? 0 : (int)((left + 999) / 1000));

        if (n > 0)
            break;
        if (n == 0) {
            *timed_out = true;
            return ETIMEDOUT;
        }
        if (errno != EINTR)
            return errno;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        return errno;
    return error;
}

static int connect_address(const struct addrinfo *a, int64_t deadline, int *out,
                           bool *timed_out)
{
    int one = 1, error = 0;
    int fd =
        socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);

    if (fd < 0)
        return errno;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, a->ai_addr, a->ai_addrlen) != 0)
        error = errno == EINPROGRESS || errno == EINTR
                    ? finish_connect(fd, deadline, timed_out)
                    : errno;
    if (error != 0) {
        close(fd);
        return error;
    }
    *out = fd;
    return 0;
}

static void note_fault(struct cli_dial *dial, const char *place, int error, bool ours)
{
    size_t used = strlen(dial->fault);

    snprintf(dial->fault + used, sizeof dial->fault - used, "%sconnect to %s: %s",
             used > 0 ? "; " : "", place, ours ? "no answer in time" : strerror(error));
    dial->error_number = error;
}

static const char *connect_hint(int error)
{
    switch (error) {
    case ECONNREFUSED:
        return "the host is there, but nothing listens on that port: check the port";
    case ETIMEDOUT:
        return "the host is down, or a firewall drops the packets: check the address";
    case ENETUNREACH:
    case EHOSTUNREACH:
        return "there is no route to that address: check the network on this side";
    default:
        return "check the address and the network";
    }
}

static int count_addresses(const struct addrinfo *list)
{
    int n = 0;

    for (; list != NULL; list = list->ai_next)
        n++;
    return n;
}

static void connect_list(struct cli_dial *dial, const struct cli_target *target,
                         const struct addrinfo *list, int64_t deadline)
{
    int left = count_addresses(list);
    bool ours = false;

    for (const struct addrinfo *a = list; a != NULL; a = a->ai_next, left--) {
        char host[INET6_ADDRSTRLEN + 20] = "?", place[sizeof host + 16];
        int64_t now = cli_now_us();
        int64_t share = (deadline - now) / left;
        int error;

        ours = false;
        if (share < LEAST_SHARE_US)
            share = LEAST_SHARE_US;
        if (share > deadline - now)
            share = deadline - now;
        getnameinfo(a->ai_addr, a->ai_addrlen, host, sizeof host, NULL, 0,
                    NI_NUMERICHOST);
        cli_target_format(host, target->port, place, sizeof place);
        error = connect_address(a, now + share, &dial->fd, &ours);
        if (error == 0) {
            snprintf(dial->address, sizeof dial->address, "%s", host);
            snprintf(dial->port, sizeof dial->port, "%s", target->port);
            dial->fault[0] = '\0';
            dial->error_number = 0;
            return;
        }
        note_fault(dial, place, error, ours);
        if (cli_now_us() >= deadline)
            break;
    }
    dial->timed_out = ours;
    fail(dial, ours ? "CONNECT_TIMED_OUT" : "CONNECT_FAILED",
         connect_hint(dial->error_number));
}

void cli_dial(struct cli_dial *dial, const struct cli_target *target, int64_t deadline)
{
    struct lookup *l = lookup_start(target);

    *dial = (struct cli_dial){.fd = -1};
    if (l == NULL) {
        snprintf(dial->fault, sizeof dial->fault, "resolve %s: %s", target->host,
                 strerror(ENOMEM));
        dial->error_number = ENOMEM;
        fail(dial, "RESOLVE_FAILED", "free memory on this side");
        return;
    }
    if (!lookup_wait(l, deadline)) {
        dial->timed_out = true;
        snprintf(dial->fault, sizeof dial->fault, "resolve %s: no answer in time",
                 target->host);
        fail(dial, "RESOLVE_TIMED_OUT",
             "the name server does not answer: check the network");
        return;
    }
    if (l->result != 0)
        lookup_failed(dial, l);
    else
        connect_list(dial, target, l->list, deadline);
    lookup_free(l);
}
