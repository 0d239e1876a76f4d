/* bench/heap.h: the allocations between bench_enter and bench_leave. */
#ifndef HF_BENCH_HEAP_H
#define HF_BENCH_HEAP_H

#include <stddef.h>

typedef struct bench_heap {
    size_t calls; /* of malloc, calloc, realloc and their kin */
    ptrdiff_t live;
    ptrdiff_t peak; /* bytes that malloc gave, as malloc_usable_size tells */
} bench_heap;

void bench_heap_reset(void);
bench_heap bench_heap_now(void);

#endif
