/* bench/handfast_end.h: one end of a connection of handfast, with the memory transport;
 * what the client and the server of the benchmarks share. */
#ifndef BENCH_HANDFAST_END_H
#define BENCH_HANDFAST_END_H

#include <handfast/handfast.h>

#include "client.h"

typedef struct bench_end {
    hf_conn *tls;
    bench_buffer *in, *out;
} bench_end;

/* NULL without memory. */
bench_end *bench_end_new(hf_config *config, bench_buffer *in, bench_buffer *out);
void bench_end_free(void *end);

/* Carries what came in, and what is to go out. */
void bench_end_feed(bench_end *end);
void bench_end_drain(bench_end *end);

/* Goes on with hf_connect or hf_accept until it is over or needs more bytes. */
bench_status bench_end_drive(bench_end *end, int (*step)(hf_conn *));

bool bench_end_resumed(void *end);
void bench_end_close(void *end);

#endif
