/* tools/handfast/relay.c: carries data both ways over an established connection.
 *
 * The end of the input is not passed on as close_notify at once: many servers take it
 * as the wish to end everything, and drop the answer they were about to give. */
#include "relay.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TURN = 64 }; /* reads before it is the other direction's turn */

struct relay {
    struct cli_attempt *a;
    enum cli_exit code;
    bool over;
    bool input_open;
    bool more;             /* the peer may have more to read at once */
    bool read_wants_write; /* what hf_read and hf_write asked for last */
    bool write_wants_write;
    size_t begin, end; /* of what waits in input */
    uint8_t input[16384];
    uint8_t output[16384];
};

bool cli_relay_has_input(void)
{
    struct stat st;

    return fstat(STDIN_FILENO, &st) == 0 && !S_ISCHR(st.st_mode);
}

static void finish(struct relay *r, enum cli_exit code)
{
    r->over = true;
    if (r->code == CLI_OK)
        r->code = code;
}

static void local_fault(struct relay *r, const char *what)
{
    fprintf(stderr, "handfast connect: %s: %s\n", what, strerror(errno));
    finish(r, CLI_LOCAL_FAILURE);
}

static void peer_fault(struct relay *r)
{
    const hf_error *error = hf_conn_get0_error(r->a->conn);

    fprintf(stderr, "handfast connect: %s (%s)\n", hf_error_summary(error),
            hf_error_name(error));
    finish(r, cli_exit_of(error));
}

static bool write_all(const uint8_t *bytes, size_t count)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    while (count > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, count);

        if (n > 0) {
            bytes += n;
            count -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            (void)poll(&out, 1, -1); /* someone else made it non-blocking */
        } else if (n < 0 && errno != EINTR) {
            return false;
        }
    }
    return true;
}

/* What the peer has sent so far, but not so much that our side never gets its turn. */
static void read_peer(struct relay *r)
{
    r->more = true;
    for (int i = 0; i < TURN; i++) {
        size_t got = 0;
        int ret = hf_read(r->a->conn, r->output, sizeof r->output, &got);
        int want = hf_get_error(r->a->conn, ret);

        r->read_wants_write = want == HF_ERROR_WANT_WRITE;
        if (ret == 1) {
            if (write_all(r->output, got))
                continue;
            local_fault(r, "standard output");
        } else if (want == HF_ERROR_ZERO_RETURN) {
            finish(r, CLI_OK);
        } else if (want != HF_ERROR_WANT_READ && want != HF_ERROR_WANT_WRITE) {
            peer_fault(r);
        }
        r->more = false;
        return;
    }
}

static void write_peer(struct relay *r)
{
    r->write_wants_write = false;
    while (r->begin < r->end) {
        size_t done = 0;
        int ret = hf_write(r->a->conn, r->input + r->begin, r->end - r->begin, &done);
        int want = hf_get_error(r->a->conn, ret);

        if (ret == 1) {
            r->begin += done;
            continue;
        }
        r->write_wants_write = want == HF_ERROR_WANT_WRITE;
        if (want != HF_ERROR_WANT_READ && want != HF_ERROR_WANT_WRITE)
            peer_fault(r);
        return;
    }
    r->begin = r->end = 0;
}

static void read_input(struct relay *r)
{
    ssize_t n = read(STDIN_FILENO, r->input, sizeof r->input);

    if (n > 0)
        r->end = (size_t)n;
    else if (n == 0)
        r->input_open = false;
    else if (errno != EINTR && errno != EAGAIN)
        local_fault(r, "standard input");
}

/* Waits for either side; false if nothing stirred in time. */
static bool wait_for_either(struct relay *r, int64_t silence_us)
{
    struct pollfd p[2] = {{.fd = r->a->dial.fd, .events = POLLIN},
                          {.fd = -1, .events = POLLIN}};
    bool may_end = !r->input_open && r->end == 0;
    int n, limit = may_end ? (int)((silence_us + 999) / 1000) : -1;

    if (r->more)
        limit = 0;
    if (r->read_wants_write || r->write_wants_write)
        p[0].events |= POLLOUT;
    if (r->input_open && r->end == 0)
        p[1].fd = STDIN_FILENO;
    do
        n = poll(p, 2, limit);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        local_fault(r, "poll");
    if (n > 0 && p[1].revents != 0)
        read_input(r);
    return n != 0 || r->more;
}

enum cli_exit cli_relay(struct cli_attempt *a, int64_t silence_us)
{
    static struct relay r; /* static: 32 KiB of buffers */

    r = (struct relay){.a = a, .code = CLI_OK, .input_open = true};
    hf_conn_set_options(a->conn, HF_OPTION_WHOLE_WRITE);
    while (!r.over) {
        write_peer(&r);
        if (!r.over)
            read_peer(&r);
        if (!r.over && !wait_for_either(&r, silence_us))
            break; /* the input has ended and the peer has nothing more to say */
    }
    return r.code;
}
