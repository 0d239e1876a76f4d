/* tests/unit/capi/counted_memory.h: an application's memory that is counted, and given
 * out a limited number of times. */
#ifndef COUNTED_MEMORY_H
#define COUNTED_MEMORY_H

#include <stddef.h>

typedef struct counted_memory {
    int live, left; /* left < 0: without limit */
} counted_memory;

/* For an hf_allocator whose context is a counted_memory. */
void *counted_take(void *context, size_t bytes);
void counted_give_back(void *context, void *memory);

#endif
