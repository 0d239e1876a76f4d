/* bench/stopwatch.h: the processor time between bench_enter and bench_leave. */
#ifndef HF_BENCH_STOPWATCH_H
#define HF_BENCH_STOPWATCH_H

/* What has come together since the last call, in microseconds; begins again at 0. */
double bench_elapsed(void);

/* One measurement as a line of text: row, unit, who, value; tabs between them. */
void bench_sample(const char *row, const char *unit, const char *who, double value);

/* bulk.c, primitives.c: add their samples of one round; false if something failed. */
int bench_bulk_begin(void);
int bench_bulk_round(void);
void bench_bulk_end(void);
void bench_primitives_begin(void);
void bench_primitives_round(void);
void bench_primitives_end(void);

/* record.c: the cost of the error record and the timeline, beside that of a handshake in
 * microseconds. */
void bench_record_round(double handshake);

#endif
