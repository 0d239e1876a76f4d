/* tools/handfast/serve_log.c: lines to a descriptor that may be a terminal, a file or a
 * pipe whose reader is slow or gone.  The server has one thread, so it never waits for a
 * reader: what does not go at once is kept, and beyond that lost and counted. */
#include "server.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ROOM_FIRST = 4096,
    ROOM_MAX = 1 << 20,
    FINISH_MS = 1000,
};

static bool make_room(struct cli_log *log, size_t count)
{
    size_t room = log->room == 0 ? ROOM_FIRST : log->room;
    char *grown;

    if (log->begin > 0) {
        memmove(log->bytes, log->bytes + log->begin, log->end - log->begin);
        log->end -= log->begin;
        log->begin = 0;
    }
    while (room - log->end < count && room < ROOM_MAX)
        room *= 2;
    if (room - log->end < count)
        return false;
    if (room == log->room)
        return true;
    grown = realloc(log->bytes, room);
    if (grown == NULL)
        return false;
    log->bytes = grown;
    log->room = room;
    return true;
}

static void keep(struct cli_log *log, const char *line, size_t len)
{
    memcpy(log->bytes + log->end, line, len);
    log->end += len;
}

void cli_log_line(struct cli_log *log, const char *line, size_t len)
{
    char note[80];
    int n;

    if (log->broken)
        return;
    if (log->lost > 0) {
        n = snprintf(note, sizeof note, "handfast serve: %lu lines were lost here\n",
                     log->lost);
        if (!make_room(log, (size_t)n + len)) {
            log->lost++;
            return;
        }
        keep(log, note, (size_t)n);
        log->lost = 0;
    } else if (!make_room(log, len)) {
        log->lost++;
        return;
    }
    keep(log, line, len);
    (void)cli_log_flush(log);
}

/* A pipe that is writable takes PIPE_BUF bytes without waiting. */
static bool write_some(struct cli_log *log)
{
    struct pollfd p = {.fd = log->fd, .events = POLLOUT};
    size_t count = log->end - log->begin;
    ssize_t n;

    if (poll(&p, 1, 0) <= 0)
        return false;
    n = write(log->fd, log->bytes + log->begin, count < PIPE_BUF ? count : PIPE_BUF);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n < 0) {
        log->broken = true;
        log->begin = log->end = 0;
        return false;
    }
    log->begin += (size_t)n;
    return true;
}

bool cli_log_flush(struct cli_log *log)
{
    while (log->begin < log->end && write_some(log))
        ;
    if (log->begin < log->end)
        return false;
    log->begin = log->end = 0;
    if (log->room > ROOM_FIRST) {
        free(log->bytes);
        log->bytes = NULL;
        log->room = 0;
    }
    return true;
}

void cli_log_finish(struct cli_log *log)
{
    int64_t until = cli_now_us() + (int64_t)FINISH_MS * 1000;
    struct pollfd p = {.fd = log->fd, .events = POLLOUT};

    while (!cli_log_flush(log) && !log->broken && cli_now_us() < until)
        (void)poll(&p, 1, 50);
    free(log->bytes);
    *log = (struct cli_log){.fd = log->fd, .broken = log->broken};
}
