/* bio/fd.c: a descriptor as transport: a socket, or a pipe or terminal.
 *
 * No SIGPIPE reaches the process: sockets take MSG_NOSIGNAL; for others the signal is
 * blocked in this thread during the write and taken back if the write raised it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bio/bio.h"

#ifndef MSG_NOSIGNAL
#error "MSG_NOSIGNAL is needed: without it a write could kill the process"
#endif

enum { PIPE_WRITE_MAX = 512 }; /* POSIX: a pipe that polls writable takes this much */

typedef struct fd_bio {
    hf_bio base;
    int fd;
    bool close_it;
    bool not_a_socket; /* learnt at the first ENOTSOCK */
    bool used;         /* a byte has passed */
} fd_bio;

/* poll(2) for one direction: 1 ready, 0 not in time or interrupted, -1 failed. */
static int wait_for(int fd, short events, int64_t microseconds)
{
    struct pollfd p = {fd, events, 0};
    int64_t milliseconds = microseconds / 1000 + (microseconds % 1000 != 0);

    if (milliseconds > INT_MAX)
        milliseconds = INT_MAX;
    int n = poll(&p, 1, (int)milliseconds);
    if (n < 0 && errno == EINTR)
        return 0;
    return n;
}

static ptrdiff_t outcome_of_errno(int *error_number)
{
    *error_number = errno;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return HFI_IO_WOULD_BLOCK;
    return HFI_IO_ERROR;
}

static ptrdiff_t read_once(fd_bio *f, uint8_t *bytes, size_t count, bool no_wait,
                           int *error_number)
{
    ssize_t n = -1;

    if (!f->not_a_socket) {
        do {
            n = recv(f->fd, bytes, count, no_wait ? MSG_DONTWAIT : 0);
        } while (n < 0 && errno == EINTR);
        f->not_a_socket = n < 0 && errno == ENOTSOCK;
    }
    if (f->not_a_socket) {
        if (no_wait && wait_for(f->fd, POLLIN, 0) == 0)
            return HFI_IO_WOULD_BLOCK;
        do {
            n = read(f->fd, bytes, count);
        } while (n < 0 && errno == EINTR);
    }
    if (n < 0)
        return outcome_of_errno(error_number);
    f->used = f->used || n > 0;
    return n == 0 ? HFI_IO_EOF : (ptrdiff_t)n;
}

/* write(2) that leaves no SIGPIPE behind and the thread's signal mask as it was. */
static ssize_t write_without_signal(int fd, const uint8_t *bytes, size_t count)
{
    sigset_t pipe_signal, before, waiting;
    struct timespec at_once = {0, 0};
    ssize_t n;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigemptyset(&waiting);
    (void)sigpending(&waiting);
    if (pthread_sigmask(SIG_BLOCK, &pipe_signal, &before) != 0)
        return -1;
    do {
        n = write(fd, bytes, count);
    } while (n < 0 && errno == EINTR);
    int failure = errno;
    if (n < 0 && failure == EPIPE && sigismember(&waiting, SIGPIPE) == 0) {
        while (sigtimedwait(&pipe_signal, NULL, &at_once) < 0 && errno == EINTR)
            ;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = failure;
    return n;
}

/* A TCP socket that was never connected fails with EPIPE: tell it from a broken one. */
static void tell_unconnected(const fd_bio *f, int *error_number)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;

    if (*error_number != EPIPE || f->used || f->not_a_socket)
        return;
    if (getpeername(f->fd, (struct sockaddr *)&peer, &len) < 0 && errno == ENOTCONN)
        *error_number = ENOTCONN;
}

static ptrdiff_t write_once(fd_bio *f, const uint8_t *bytes, size_t count, bool no_wait,
                            int *error_number)
{
    ssize_t n = -1;

    if (!f->not_a_socket) {
        do {
            n = send(f->fd, bytes, count, MSG_NOSIGNAL | (no_wait ? MSG_DONTWAIT : 0));
        } while (n < 0 && errno == EINTR);
        f->not_a_socket = n < 0 && errno == ENOTSOCK;
    }
    if (f->not_a_socket) {
        if (no_wait && wait_for(f->fd, POLLOUT, 0) == 0)
            return HFI_IO_WOULD_BLOCK;
        if (no_wait && count > PIPE_WRITE_MAX)
            count = PIPE_WRITE_MAX;
        n = write_without_signal(f->fd, bytes, count);
    }
    if (n <= 0) {
        if (n == 0)
            return HFI_IO_WOULD_BLOCK;
        ptrdiff_t outcome = outcome_of_errno(error_number);
        tell_unconnected(f, error_number);
        return outcome;
    }
    f->used = true;
    return (ptrdiff_t)n;
}

static bool is_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && (flags & O_NONBLOCK) == 0;
}

/* After a call that would have blocked: waits, if the descriptor is one that waits.
 * True: try once more; false: *outcome is the answer. */
static bool waited(const fd_bio *f, short events, int64_t wait, ptrdiff_t *outcome,
                   int *error_number)
{
    if (*outcome != HFI_IO_WOULD_BLOCK || wait == HFI_BIO_NO_WAIT || !is_blocking(f->fd))
        return false;
    int ready = wait_for(f->fd, events, wait);
    if (ready > 0)
        return true;
    *error_number = ready < 0 ? errno : 0;
    *outcome = ready < 0 ? HFI_IO_ERROR : HFI_IO_AGAIN;
    return false;
}

/* With a limit the call itself does not wait: poll does. */
static ptrdiff_t fd_read(hf_bio *bio, uint8_t *bytes, size_t count, int64_t wait,
                         int *error_number)
{
    fd_bio *f = (fd_bio *)bio;
    bool no_wait = wait >= 0;
    ptrdiff_t n = read_once(f, bytes, count, no_wait, error_number);

    if (no_wait && waited(f, POLLIN, wait, &n, error_number))
        n = read_once(f, bytes, count, no_wait, error_number);
    if (no_wait && n == HFI_IO_WOULD_BLOCK && wait > 0 && is_blocking(f->fd))
        return HFI_IO_AGAIN;
    return n;
}

static ptrdiff_t fd_write(hf_bio *bio, const uint8_t *bytes, size_t count, int64_t wait,
                          int *error_number)
{
    fd_bio *f = (fd_bio *)bio;
    bool no_wait = wait >= 0;
    ptrdiff_t n = write_once(f, bytes, count, no_wait, error_number);

    if (no_wait && waited(f, POLLOUT, wait, &n, error_number))
        n = write_once(f, bytes, count, no_wait, error_number);
    if (no_wait && n == HFI_IO_WOULD_BLOCK && wait > 0 && is_blocking(f->fd))
        return HFI_IO_AGAIN;
    return n;
}

static bool fd_shutdown_write(hf_bio *bio)
{
    return shutdown(((fd_bio *)bio)->fd, SHUT_WR) == 0;
}

static void fd_release(hf_bio *bio)
{
    fd_bio *f = (fd_bio *)bio;

    if (f->close_it)
        (void)close(f->fd);
    free(f);
}

static int fd_descriptor(const hf_bio *bio)
{
    return ((const fd_bio *)bio)->fd;
}

static const hfi_bio_method fd_method = {
    .read = fd_read,
    .write = fd_write,
    .shutdown_write = fd_shutdown_write,
    .release = fd_release,
    .descriptor = fd_descriptor,
};

hf_bio *hfi_bio_new_fd(int fd, bool close_it)
{
    fd_bio *f = calloc(1, sizeof *f);

    if (f == NULL)
        return NULL;
    f->base.method = &fd_method;
    f->fd = fd;
    f->close_it = close_it;
    return &f->base;
}
