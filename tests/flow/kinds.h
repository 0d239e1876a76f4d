/* tests/flow/kinds.h: kinds of handshakes, each of which a test goes through in many
 * variations; some resume a connection from before. */
#ifndef KINDS_H
#define KINDS_H

#include "rows.h"

typedef struct kind {
    const char *name;
    script_config config;
    unsigned how; /* ROW_* */
    bool resumes;
} kind;

/* Before and after all tests of a file: the connection whose ticket is resumed, with a
 * server of TLS 1.3 or of TLS 1.2. */
int kinds_set_up(void **state);
int kinds_set_up_tls12(void **state);
int kinds_tear_down(void **state);
const flow *kinds_earlier(void);

void kind_start(flow *f, const kind *k);
/* Conducts and releases f; fails, at that byte, if anything is not as it should be. */
void kind_finish(flow *f, const kind *k, size_t at);

#endif
