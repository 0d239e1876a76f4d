/* bench/buffer.h: bytes on their way between the two ends of a connection in memory. */
#ifndef HF_BENCH_BUFFER_H
#define HF_BENCH_BUFFER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { BENCH_BUFFER_SIZE = 1 << 18 };

typedef struct bench_buffer {
    size_t start, end;
    uint8_t bytes[BENCH_BUFFER_SIZE];
} bench_buffer;

static inline size_t bench_buffer_len(const bench_buffer *b)
{
    return b->end - b->start;
}

static inline size_t bench_buffer_room(const bench_buffer *b)
{
    return sizeof b->bytes - b->end;
}

static inline void bench_buffer_take(bench_buffer *b, size_t n)
{
    b->start += n;
    if (b->start == b->end)
        b->start = b->end = 0;
}

/* At most n bytes from the start of b; how many. */
static inline size_t bench_buffer_get(bench_buffer *b, void *out, size_t n)
{
    if (n > bench_buffer_len(b))
        n = bench_buffer_len(b);
    memcpy(out, b->bytes + b->start, n);
    bench_buffer_take(b, n);
    return n;
}

/* At most n bytes behind those in b; how many. */
static inline size_t bench_buffer_put(bench_buffer *b, const void *in, size_t n)
{
    if (n > bench_buffer_room(b))
        n = bench_buffer_room(b);
    memcpy(b->bytes + b->end, in, n);
    b->end += n;
    return n;
}

#endif
