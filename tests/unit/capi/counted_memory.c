/* tests/unit/capi/counted_memory.c: memory that is counted, and runs out when told. */
#include "counted_memory.h"

#include <stdlib.h>

void *counted_take(void *context, size_t bytes)
{
    counted_memory *m = context;

    if (m->left == 0)
        return NULL;
    if (m->left > 0)
        m->left--;
    void *p = malloc(bytes);
    m->live += p != NULL;
    return p;
}

void counted_give_back(void *context, void *memory)
{
    ((counted_memory *)context)->live--;
    free(memory);
}
