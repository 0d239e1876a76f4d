/* bench/heap.c: malloc and its kin, counted while a client is at work.  They stand in the
 * program itself, so the libraries' calls come here, too; glibc's own do the work. */
#include "heap.h"

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>

#include "handshake.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

static bool counting;
static bench_heap heap;

void bench_enter(void)
{
    counting = true;
}

void bench_leave(void)
{
    counting = false;
}

void bench_heap_reset(void)
{
    heap = (bench_heap){0, 0, 0};
}

bench_heap bench_heap_now(void)
{
    return heap;
}

static void *came(void *p)
{
    if (!counting || p == NULL)
        return p;
    heap.calls++;
    heap.live += (ptrdiff_t)malloc_usable_size(p);
    if (heap.live > heap.peak)
        heap.peak = heap.live;
    return p;
}

static void goes(void *p)
{
    if (counting && p != NULL)
        heap.live -= (ptrdiff_t)malloc_usable_size(p);
}

void *malloc(size_t size)
{
    return came(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return came(__libc_calloc(count, size));
}

void *realloc(void *p, size_t size)
{
    goes(p);
    return came(__libc_realloc(p, size));
}

void free(void *p)
{
    goes(p);
    __libc_free(p);
}

void *memalign(size_t alignment, size_t size)
{
    return came(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return came(__libc_memalign(alignment, size));
}

int posix_memalign(void **p, size_t alignment, size_t size)
{
    *p = came(__libc_memalign(alignment, size));
    return *p != NULL ? 0 : ENOMEM;
}
