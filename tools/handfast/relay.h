/* tools/handfast/relay.h: standard input to the peer, the peer to standard output. */
#ifndef CLI_RELAY_H
#define CLI_RELAY_H

#include "attempt.h"

/* Until the peer closes, or, once the input has ended, until it has been silent for
 * silence_us.  Returns an exit code, after one line on stderr if it is not 0. */
enum cli_exit cli_relay(struct cli_attempt *a, int64_t silence_us);
/* True if standard input is a pipe, a file or a socket. */
bool cli_relay_has_input(void);

#endif
