/* bench/scripted.h: handfast alone, with the scripted server of the tests at the other
 * end: it has the groups with ML-KEM, which OpenSSL 3.0 and GnuTLS 3.7 have not. */
#ifndef HF_BENCH_SCRIPTED_H
#define HF_BENCH_SCRIPTED_H

#include <stdbool.h>

#include "client.h"

/* One handshake: a P-256 leaf below the root, so two signatures and not three. */
typedef struct bench_scripted {
    void *context;
    void *conn;
} bench_scripted;

bool bench_scripted_make(bench_scripted *s, bench_group group);
void bench_scripted_free(bench_scripted *s);
/* From nothing to established with the group; what the server does is not measured. */
bool bench_scripted_connect(bench_scripted *s);
/* close_notify and release. */
void bench_scripted_close(bench_scripted *s);

#endif
