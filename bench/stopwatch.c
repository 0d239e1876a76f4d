/* bench/stopwatch.c: processor time of this thread: what other programs take of the
 * machine meanwhile does not count. */
#include "stopwatch.h"

#include <stdio.h>
#include <time.h>

#include "handshake.h"

static double began, sum;

static double now(void)
{
    struct timespec t = {0, 0};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

void bench_enter(void)
{
    began = now();
}

void bench_leave(void)
{
    sum += now() - began;
}

double bench_elapsed(void)
{
    double elapsed = sum;

    sum = 0;
    return elapsed;
}

void bench_sample(const char *row, const char *unit, const char *who, double value)
{
    printf("%s\t%s\t%s\t%.3f\n", row, unit, who, value);
}
