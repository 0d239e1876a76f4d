/* tools/handfast/serve_listen.c: sockets that listen, and the clients that come. */
#include "server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BACKLOG = 4096,        /* the system's own limit is often lower */
    ACCEPTS = 64,          /* at a turn: clients that are there want theirs, too */
    TRY_AGAIN_US = 100000, /* after there was no descriptor or memory for one more */
};

void cli_place_of(const struct sockaddr *address, char *out, size_t size)
{
    char host[INET6_ADDRSTRLEN + 20] = "?", port[8] = "?";
    socklen_t len = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                   : sizeof(struct sockaddr_in);
    const struct sockaddr_in6 *v6 = (const void *)address;
    struct sockaddr_in v4 = {.sin_family = AF_INET};

    /* A client of IPv4 on a socket that takes both. */
    if (address->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
        memcpy(&v4.sin_addr, v6->sin6_addr.s6_addr + 12, 4);
        v4.sin_port = v6->sin6_port;
        address = (const void *)&v4;
        len = sizeof v4;
    }
    (void)getnameinfo(address, len, host, sizeof host, port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV);
    cli_target_format(host, port, out, size);
}

/* ---- listening ---- */

static int listen_fault(const char *place, const char *why)
{
    fprintf(stderr, "handfast serve: listen on %s: %s\n", place, why);
    return CLI_UNREACHABLE;
}

/* 0, or an errno. */
static int listen_on(struct cli_server *s, const struct addrinfo *a)
{
    struct cli_listener *l = &s->listeners[s->listener_count];
    struct sockaddr_storage bound = {0};
    socklen_t len = sizeof bound;
    int one = 1, zero = 0, error;
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return errno;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (a->ai_family ==
        AF_INET6) /* [::] takes IPv4, too, whatever the system's default */
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
    if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &len) != 0) {
        error = errno;
        close(fd);
        return error;
    }
    l->source = (struct cli_source){.kind = CLI_SOURCE_LISTENER, .fd = fd};
    cli_place_of((struct sockaddr *)&bound, l->place, sizeof l->place);
    s->listener_count++;
    return 0;
}

/* Every address of a name; those of a family that this machine lacks are passed over. */
static int listen_target(struct cli_server *s, const struct cli_target *t)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    char place[sizeof t->host + 10];
    int result = getaddrinfo(t->host, t->port, &wanted, &list);
    int error = EAFNOSUPPORT, count = s->listener_count;
    const int most = (int)(sizeof s->listeners / sizeof s->listeners[0]);

    cli_target_format(t->host, t->port, place, sizeof place);
    if (result != 0)
        return listen_fault(place, gai_strerror(result));
    for (const struct addrinfo *a = list; a != NULL; a = a->ai_next) {
        if ((a->ai_family != AF_INET && a->ai_family != AF_INET6) ||
            s->listener_count == most)
            continue;
        error = listen_on(s, a);
        if (error != 0 && error != EAFNOSUPPORT && error != EADDRNOTAVAIL)
            break;
        error = s->listener_count > count ? 0 : error;
    }
    freeaddrinfo(list);
    return error == 0 ? 0 : listen_fault(place, strerror(error));
}

int cli_listen_all(struct cli_server *s)
{
    for (int i = 0; i < s->options->listen_count; i++) {
        int code = listen_target(s, &s->options->listen[i]);

        if (code != 0)
            return code;
    }
    return 0;
}

void cli_listen_watch(struct cli_server *s, bool accepting)
{
    s->accepting = accepting;
    for (int i = 0; i < s->listener_count; i++)
        (void)cli_watch(s, &s->listeners[i].source, accepting ? EPOLLIN : 0);
}

void cli_listen_close(struct cli_server *s)
{
    for (int i = 0; i < s->listener_count; i++)
        close(s->listeners[i].source.fd);
    s->listener_count = 0;
    s->accepting = false;
}

/* ---- accepting ---- */

/* Full: who comes now waits in the backlog until somebody leaves. */
static void pause_full(struct cli_server *s)
{
    cli_listen_watch(s, false);
    cli_tell(s, "full", true, "%d connections are the most: new ones wait",
             s->client_max);
}

static void pause_exhausted(struct cli_server *s, int error)
{
    cli_listen_watch(s, false);
    s->accept_again = s->now + TRY_AGAIN_US;
    cli_tell(s, "accept_failed", true, "accept: %s; new connections wait",
             strerror(error));
}

void cli_listen_accept(struct cli_server *s, struct cli_listener *l)
{
    for (int i = 0; i < ACCEPTS && s->accepting; i++) {
        struct sockaddr_storage address = {0};
        socklen_t len = sizeof address;
        int one = 1, fd;

        if (s->client_count >= s->client_max) {
            pause_full(s);
            return;
        }
        fd = accept4(l->source.fd, (struct sockaddr *)&address, &len,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 &&
            (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
            pause_exhausted(s, errno);
            return;
        }
        if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (fd < 0) /* the client is gone already, or the network says so: the next */
            continue;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (!cli_client_new(s, fd, (struct sockaddr *)&address)) {
            pause_exhausted(s, ENOMEM);
            return;
        }
    }
}
