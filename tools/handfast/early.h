/* tools/handfast/early.h: data that goes with the first flight, --early-data. */
#ifndef CLI_EARLY_H
#define CLI_EARLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_attempt;

/* What was to be sent first, and what became of it. */
struct cli_early {
    const uint8_t *bytes; /* borrowed; NULL: nothing was to be sent */
    size_t len;
    size_t sent;     /* with the first flight */
    const char *why; /* nothing could be sent then; NULL: it could */
    bool rejected;   /* and was sent again after the handshake */
};

/* Reads a file whole; NULL after one line on stderr, and *code is the exit code. */
uint8_t *cli_early_load(const char *path, size_t *len, int *code);

/* Before the handshake: sends what the session allows, with the first flight. */
void cli_early_send(struct cli_attempt *a, int64_t deadline);
/* After it: sends what did not arrive.  False: a->code and the connection tell why. */
bool cli_early_finish(struct cli_attempt *a, int64_t deadline);

#endif
