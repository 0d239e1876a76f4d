/* tools/handfast/attempt.h: one connection: dial, handshake, close, and what came of it.
 */
#ifndef CLI_ATTEMPT_H
#define CLI_ATTEMPT_H

#include "command.h"
#include "dial.h"
#include "early.h"
#include "options.h"

#include <handfast/handfast.h>

struct cli_attempt {
    enum cli_exit code;
    struct cli_dial dial;
    hf_conn *conn;        /* NULL before the dial succeeded */
    int64_t dial_us;      /* spent on address and connection */
    int64_t way_us;       /* spent on the proxy and the upgrade to TLS */
    int64_t handshake_us; /* spent on the handshake */
    int64_t began;        /* of it, else of the attempt: calendar, microseconds */
    bool established;
    hf_session *session; /* offered; a reference; NULL: none */
    struct cli_early early;
    const char *name; /* of that failure; NULL: as the exit code says */
    char fault[512];  /* why it failed, unless the connection's record tells */
};

/* Everything that stands between the options and the first byte: trust, groups and the
 * rest.  Returns 0, or an exit code after one line on stderr. */
int cli_config_make(hf_config **config, const struct cli_options *options);

/* session may be NULL; so may early, which is sent with the first flight or else after
 * the handshake.  deadline is a time of cli_now_us. */
void cli_attempt_run(struct cli_attempt *a, hf_config *config,
                     const struct cli_options *options, hf_session *session,
                     const struct cli_early *early, int64_t deadline);
/* Waits, at most until the deadline and never long, for a ticket; NULL if none came. */
hf_session *cli_attempt_ticket(struct cli_attempt *a, int64_t deadline);
/* Says goodbye and listens for the answer, for a short while. */
void cli_attempt_close(struct cli_attempt *a);
/* The same, and the socket is closed: a server may serve one client at a time. */
void cli_attempt_hang_up(struct cli_attempt *a);
void cli_attempt_free(struct cli_attempt *a);

/* The exit code that belongs to a failed connection. */
enum cli_exit cli_exit_of(const hf_error *error);

/* Waits for the socket as hf_get_error's result wants; false when the time ran out. */
bool cli_wait(int fd, int get_error, int64_t deadline);

#endif
