/* tests/flow/changes.h: one bit of a server's messages that is changed before they are
 * protected. */
#ifndef CHANGES_H
#define CHANGES_H

#include "flow.h"

typedef struct change {
    size_t at; /* counted over all messages */
    unsigned bit;
    bool hash_old; /* the server goes on as if nothing had changed */
    size_t seen;
    uint8_t type; /* of the message that was changed */
    size_t in_message;
    bool done;
} change;

/* The script's hook; ctx is the change. */
bool change_message(void *ctx, script_bytes *m);

/* Each bit of the first bytes, and one of every byte behind them, in turn. */
bool bit_is_due(size_t at, unsigned bit, size_t all_below);

#endif
