/* tests/failures/scripted.c: the scripted server on a port of the loopback, for clients
 * of any kind.  It prints "LISTEN PORT" and serves one connection after the other, as its
 * arguments say (scripted_options.c), until its standard input ends. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scripted.h"

typedef struct conversation {
    scripted_server server;
    const scripted_options *options;
    int fd;
    size_t sent;
    bool over;
} conversation;

static void reset(int fd)
{
    const struct linger at_once = {1, 0};

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void finish(conversation *c)
{
    if (c->options->end == SCRIPTED_RESET) {
        reset(c->fd);
        c->over = true;
    } else if (c->options->end == SCRIPTED_EOF) {
        (void)shutdown(c->fd, SHUT_WR);
    }
}

/* What the script has made, as far as it may go out, and changed where it shall be. */
static void deliver(conversation *c)
{
    script_bytes *out = &c->server.out;
    size_t room = c->options->cut - c->sent;
    size_t len = out->len < room ? out->len : room;
    size_t change = c->options->change;

    if (change != SIZE_MAX && change >= c->sent && change < c->sent + len)
        out->p[change - c->sent] ^= 1;
    for (size_t at = 0; at < len && !c->over;) {
        ssize_t n = send(c->fd, out->p + at, len - at, MSG_NOSIGNAL);
        if (n <= 0)
            c->over = true;
        else
            at += (size_t)n;
    }
    c->sent += len;
    bool cut = out->len > len;
    script_truncate(out, 0);
    if (cut || c->server.stopped)
        finish(c);
}

static void flood(conversation *c)
{
    script_bytes bytes = {NULL, 0, 0};

    script_append_hex(&bytes, c->options->flood);
    while (!c->over)
        c->over = send(c->fd, bytes.p, bytes.len, MSG_NOSIGNAL) <= 0;
    script_free(&bytes);
}

static void converse(conversation *c)
{
    uint8_t buffer[16384];

    while (!c->over) {
        ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
        if (n <= 0)
            return;
        if (!c->server.stopped)
            scripted_server_feed(&c->server, hfi_view_of(buffer, (size_t)n));
        deliver(c);
        c->over = c->over || c->server.alerts > 0;
        if (c->options->flood != NULL)
            flood(c);
    }
}

static int listen_anywhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
        listen(fd, 16) != 0 || getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return -1;
    printf("LISTEN %d\n", ntohs(address.sin_port));
    (void)fflush(stdout);
    return fd;
}

/* The next client, or -1 once standard input has ended. */
static int next_client(int listener)
{
    struct pollfd waits[2] = {{listener, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};

    while (poll(waits, 2, -1) < 0)
        if (errno != EINTR)
            return -1;
    if (waits[1].revents != 0)
        return -1;
    return accept(listener, NULL, NULL);
}

/* Takes the steps out that end a conversation. */
static void go_on(script_config *config)
{
    for (size_t i = 0; i < SCRIPT_STEPS_MAX; i++)
        if (config->steps[i].op == OP_STOP)
            memset(&config->steps[i], 0, sizeof config->steps[i]);
}

int main(int argc, char **argv)
{
    static conversation c, before;
    static scripted_options options; /* c refers to them */

    if (!scripted_parse(&options, argc, argv))
        return 2;
    int listener = listen_anywhere();
    if (listener < 0)
        return 2;
    scripted_server_init(&before.server, &options.config);
    unsigned count = 0;
    for (int fd; (fd = next_client(listener)) >= 0; before = c) {
        memset(&c, 0, sizeof c);
        scripted_server_init(&c.server, &options.config);
        /* Clients that resume come twice: the first time in an orderly way. */
        if (count++ % 2 == 0) {
            if (options.config.tls12.changes_suite)
                c.server.config.suite = 0;
            if (options.later)
                go_on(&c.server.config);
        }
        scripted_server_adopt(&c.server, &before.server);
        scripted_server_free(&before.server);
        c.options = &options;
        c.fd = fd;
        converse(&c);
        (void)close(fd);
    }
    scripted_server_free(&before.server);
    (void)close(listener);
    return 0;
}
