/* tools/handfast/talk.c: reads and writes in the clear before TLS begins.  Every wait
 * ends with the connection's deadline, and nobody can make us read more than the limits.
 */
#include "talk.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const struct {
    const char *proxy, *server; /* names of the failure */
    enum cli_exit code_proxy, code_server;
    const char *hint_proxy, *hint_server;
} faults[] = {
    [CLI_TALK_CLOSED] = {"PROXY_CLOSED", "STARTTLS_CLOSED", CLI_UNREACHABLE,
                         CLI_UNREACHABLE, "check that a proxy of this kind listens there",
                         "check that the server speaks this protocol on that port"},
    [CLI_TALK_TIMED_OUT] =
        {"PROXY_TIMED_OUT", "STARTTLS_TIMED_OUT", CLI_TIMED_OUT, CLI_TIMED_OUT,
         "check that a proxy of this kind listens there, or allow more with --timeout",
         "a port that speaks TLS at once waits for us, too: try without --starttls, or "
         "allow more with --timeout"},
    [CLI_TALK_TOO_LONG] = {"PROXY_TOO_LONG", "STARTTLS_TOO_LONG", CLI_UNREACHABLE,
                           CLI_HANDSHAKE_FAILED,
                           "check that a proxy of this kind listens there",
                           "check that the server speaks this protocol on that port"},
    [CLI_TALK_STRANGE] = {"PROXY_ANSWER_UNKNOWN", "STARTTLS_ANSWER_UNKNOWN",
                          CLI_UNREACHABLE, CLI_HANDSHAKE_FAILED,
                          "check that a proxy of this kind listens there",
                          "check that the server speaks this protocol on that port"},
    [CLI_TALK_REFUSED] = {"PROXY_REFUSED", "STARTTLS_REFUSED", CLI_UNREACHABLE,
                          CLI_HANDSHAKE_FAILED,
                          "check the host and the port, and what the proxy allows",
                          "the server's own log tells why"},
    [CLI_TALK_NOT_OFFERED] = {"PROXY_REFUSED", "STARTTLS_NOT_OFFERED", CLI_UNREACHABLE,
                              CLI_HANDSHAKE_FAILED, "",
                              "turn TLS on in the server's settings; if it is on, "
                              "something on the way removes the offer"},
    [CLI_TALK_CREDENTIALS] = {"PROXY_AUTHENTICATION_REQUIRED", "STARTTLS_REFUSED",
                              CLI_UNREACHABLE, CLI_HANDSHAKE_FAILED,
                              "give the proxy's user name and password: "
                              "--proxy SCHEME://USER:PASSWORD@HOST:PORT",
                              ""},
    [CLI_TALK_INJECTED] = {"PROXY_DATA_BEFORE_TLS", "STARTTLS_INJECTED", CLI_UNREACHABLE,
                           CLI_HANDSHAKE_FAILED,
                           "the server behind the proxy speaks first: is it TLS? "
                           "perhaps --starttls is missing",
                           "somebody on the way may have added it: do not trust this "
                           "network"},
};

void cli_talk_begin(struct cli_talk *t, struct cli_dial *dial, int64_t deadline)
{
    memset(t, 0, sizeof *t);
    t->dial = dial;
    t->deadline = deadline;
    t->title = t->step = "";
}

void cli_talk_with(struct cli_talk *t, bool to_proxy, const char *title)
{
    t->to_proxy = to_proxy;
    t->title = title;
}

bool cli_talk_fail(struct cli_talk *t, enum cli_talk_fault fault, const char *format, ...)
{
    struct cli_dial *d = t->dial;
    va_list args;
    int used;

    t->code = t->to_proxy ? faults[fault].code_proxy : faults[fault].code_server;
    d->name = t->to_proxy ? faults[fault].proxy : faults[fault].server;
    d->hint = t->to_proxy ? faults[fault].hint_proxy : faults[fault].hint_server;
    used = snprintf(d->fault, sizeof d->fault, "%s%s: ", t->to_proxy ? "proxy " : "",
                    t->title);
    va_start(args, format);
    (void)vsnprintf(d->fault + used, sizeof d->fault - (size_t)used, format, args);
    va_end(args);
    return false;
}

void cli_escape(char *out, size_t size, const void *bytes, size_t count)
{
    const unsigned char *p = bytes;
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        char piece[5];

        if (p[i] == '\r' || p[i] == '\n')
            (void)snprintf(piece, sizeof piece, "\\%c", p[i] == '\r' ? 'r' : 'n');
        else if (p[i] < 0x20 || p[i] >= 0x7f)
            (void)snprintf(piece, sizeof piece, "\\x%02x", p[i]);
        else
            (void)snprintf(piece, sizeof piece, "%c", p[i]);
        if (n + strlen(piece) + 4 > size) {
            n += (size_t)snprintf(out + n, size - n, "...");
            break;
        }
        n += (size_t)snprintf(out + n, size - n, "%s", piece);
    }
    out[n] = '\0';
}

/* ---- waiting ---- */

/* A connection that broke, or a wait that ended. */
static bool broken(struct cli_talk *t, int error)
{
    t->dial->error_number = error;
    return cli_talk_fail(t, CLI_TALK_CLOSED, "the connection broke before %s came: %s",
                         t->step, strerror(error));
}

static bool wait_for(struct cli_talk *t, short events)
{
    struct pollfd p = {.fd = t->dial->fd, .events = events};

    for (;;) {
        int64_t left = t->deadline - cli_now_us();
        int n = poll(&p, 1, left <= 0 ? 0 : (int)((left + 999) / 1000));

        if (n > 0)
            return true;
        if (n == 0)
            return cli_talk_fail(t, CLI_TALK_TIMED_OUT, "%s did not come in time",
                                 t->step);
        if (errno != EINTR)
            return broken(t, errno);
    }
}

bool cli_talk_send(struct cli_talk *t, const void *bytes, size_t count)
{
    const uint8_t *p = bytes;

    while (count > 0) {
        ssize_t n = send(t->dial->fd, p, count, MSG_NOSIGNAL);

        if (n > 0) {
            p += n;
            count -= (size_t)n;
        } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!wait_for(t, POLLOUT))
                return false;
        } else if (n < 0 && errno != EINTR) {
            return broken(t, errno);
        }
    }
    return true;
}

bool cli_talk_say(struct cli_talk *t, const char *format, ...)
{
    char text[2048];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof text)
        return cli_talk_fail(t, CLI_TALK_TOO_LONG, "a name or password is too long");
    return cli_talk_send(t, text, (size_t)n);
}

/* ---- reading ---- */

static bool too_long(struct cli_talk *t, const char *what)
{
    return cli_talk_fail(t, CLI_TALK_TOO_LONG, "%s is longer than any that is meant: %s",
                         t->step, what);
}

/* Waits for bytes, and stores what has come. */
static bool fill(struct cli_talk *t)
{
    ssize_t n;

    if (t->total >= CLI_TALK_TOTAL_MAX)
        return too_long(t, "more than 64 KiB");
    for (;;) {
        n = recv(t->dial->fd, t->in, sizeof t->in, 0);
        if (n > 0)
            break;
        if (n == 0)
            return cli_talk_fail(t, CLI_TALK_CLOSED,
                                 "the connection was closed before %s came", t->step);
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait_for(t, POLLIN))
                return false;
        } else if (errno != EINTR) {
            return broken(t, errno);
        }
    }
    t->begin = 0;
    t->end = (size_t)n;
    t->total += (size_t)n;
    return true;
}

bool cli_talk_read(struct cli_talk *t, uint8_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (t->begin == t->end && !fill(t))
            return false;
        out[i] = t->in[t->begin++];
    }
    return true;
}

bool cli_talk_line(struct cli_talk *t, char line[CLI_LINE_SIZE])
{
    size_t n = 0;
    uint8_t byte;

    for (;;) {
        if (!cli_talk_read(t, &byte, 1))
            return false;
        if (byte == '\n')
            break;
        if (byte == '\0') {
            char said[200];

            cli_escape(said, sizeof said, line, n);
            return cli_talk_fail(t, CLI_TALK_STRANGE,
                                 "%s is no text: a 0 byte behind \"%s\"", t->step, said);
        }
        if (n == CLI_LINE_SIZE - 1)
            return too_long(t, "a line of more than 2 KiB");
        line[n++] = (char)byte;
    }
    if (n > 0 && line[n - 1] == '\r')
        n--;
    line[n] = '\0';
    return true;
}

bool cli_talk_over(struct cli_talk *t)
{
    char said[120];
    uint8_t waiting[40];
    ssize_t n = (ssize_t)(t->end - t->begin);
    const uint8_t *at = t->in + t->begin;

    if (n == 0) {
        /* A TLS server says nothing before the ClientHello. */
        n = recv(t->dial->fd, waiting, sizeof waiting, MSG_PEEK);
        at = waiting;
    }
    if (n <= 0)
        return true; /* TLS will see for itself whether the connection lasts */
    cli_escape(said, sizeof said, at, (size_t)n < 40 ? (size_t)n : 40);
    return cli_talk_fail(t, CLI_TALK_INJECTED,
                         "data in the clear where TLS begins: \"%s\"", said);
}

const uint8_t *cli_bytes_take(struct cli_bytes *b, size_t count)
{
    const uint8_t *p = b->at;

    if (b->bad || count > b->left) {
        b->bad = true;
        return NULL;
    }
    b->at += count;
    b->left -= count;
    return p;
}

uint8_t cli_bytes_u8(struct cli_bytes *b)
{
    const uint8_t *p = cli_bytes_take(b, 1);

    return p != NULL ? *p : 0;
}

const char *cli_bytes_text(struct cli_bytes *b)
{
    const uint8_t *end = b->bad ? NULL : memchr(b->at, 0, b->left);

    if (end == NULL) {
        b->bad = true;
        return NULL;
    }
    return (const char *)cli_bytes_take(b, (size_t)(end - b->at) + 1);
}
