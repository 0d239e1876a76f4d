/* tools/handfast/dial.h: from a host and a port to a connected socket, in bounded time.
 */
#ifndef CLI_DIAL_H
#define CLI_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_target {
    char host[256]; /* without brackets */
    char port[6];   /* decimal, 1..65535 */
};

/* HOST, HOST:PORT, ADDRESS, [V6] or [V6]:PORT; false if it is none of these.  port is
 * taken where none is given. */
bool cli_target_parse(struct cli_target *target, const char *text, const char *port);
/* "host:port", with brackets around an IPv6 address. */
void cli_target_format(const char *host, const char *port, char *out, size_t size);

int64_t cli_now_us(void); /* monotonic */

/* What became of it. */
struct cli_dial {
    int fd;           /* connected and non-blocking, or -1 */
    char address[72]; /* numeric, of fd */
    char port[6];     /* of fd, as dialled */
    bool timed_out;
    int error_number; /* errno of the last address tried, 0 if none applies */
    char fault[512];  /* every address with its fault; empty on success */
    const char *name; /* RESOLVE_FAILED, CONNECT_FAILED, ...; NULL on success */
    const char *hint;
};

/* deadline is a time of cli_now_us. */
void cli_dial(struct cli_dial *dial, const struct cli_target *target, int64_t deadline);

#endif
