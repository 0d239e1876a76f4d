/* tests/contract/tape.h: recordings in memory, and whether a replay of one comes to what
 * the connection came to. */
#ifndef CONTRACT_TAPE_H
#define CONTRACT_TAPE_H

#include "stage.h"

enum { TAPE_MAX = 1 << 20 };

typedef struct tape {
    uint8_t *bytes; /* TAPE_MAX of them */
    size_t len;
    size_t refuse_at; /* no byte from this one on is taken; 0: all are */
} tape;

/* conn is recorded from its next handshake on. */
void tape_record(tape *t, hf_conn *conn);
void tape_free(tape *t);

/* Ends the recording, and plays it: the status of the replay, or of reading it. */
hf_status tape_play(const tape *t);
/* Ends the recording of conn, replays it, and asserts that nothing differs from conn. */
void tape_assert_reproduced(tape *t, hf_conn *conn);
/* The digest at the end is made to fit again. */
void tape_seal(tape *t);
/* Where the next chunk begins, and its kind; 0 past the end. */
size_t tape_next(const tape *t, size_t at, int *kind, size_t *body, size_t *len);

#endif
