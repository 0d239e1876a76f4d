/* tests/unit/capi/one_end.h: a connection without a peer, for each test anew. */
#ifndef ONE_END_H
#define ONE_END_H

#include "handfast/handfast.h"

extern hf_config *config;
extern hf_conn *conn;

/* Before and after each test.  The configuration does not verify. */
int one_end_make(void **state);
int one_end_drop(void **state);

#endif
