/* bio/ring.c: a bounded queue of bytes.
 * Memory is taken as bytes come, so that a generous limit costs nothing unused. */
#include "bio/ring.h"

#include <errno.h>
#include <stdlib.h>

#include "base/ct.h"
#include "bio/bio.h"

enum { RING_FIRST = 1024 };

void hfi_ring_clear(hfi_ring *ring)
{
    if (ring->bytes != NULL)
        hfi_wipe(ring->bytes, ring->cap);
    free(ring->bytes);
    ring->bytes = NULL;
    ring->cap = ring->start = ring->count = 0;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Copies out without taking. */
static void copy_out(const hfi_ring *ring, uint8_t *out, size_t count)
{
    size_t first = smaller(count, ring->cap - ring->start);

    if (count == 0)
        return;
    memcpy(out, ring->bytes + ring->start, first);
    if (count > first)
        memcpy(out + first, ring->bytes, count - first);
}

/* Room for need bytes in all, or as much as the limit and the system's memory give. */
static bool grow(hfi_ring *ring, size_t need)
{
    size_t cap = ring->cap == 0 ? RING_FIRST : ring->cap;

    while (cap < need && cap <= ring->limit / 2)
        cap *= 2;
    if (cap < need || cap > ring->limit)
        cap = ring->limit;
    if (cap <= ring->cap)
        return true;
    uint8_t *bytes = malloc(cap);
    if (bytes == NULL)
        return false;
    size_t count = ring->count;
    copy_out(ring, bytes, count);
    hfi_ring_clear(ring);
    ring->bytes = bytes;
    ring->cap = cap;
    ring->count = count;
    return true;
}

size_t hfi_ring_put(hfi_ring *ring, const uint8_t *bytes, size_t count, bool *no_memory)
{
    *no_memory = false;
    count = smaller(count, hfi_ring_space(ring));
    if (count > ring->cap - ring->count && !grow(ring, ring->count + count)) {
        count = smaller(count, ring->cap - ring->count);
        *no_memory = count == 0;
    }
    if (count == 0)
        return 0;

    size_t end = ring->start + ring->count;
    if (end >= ring->cap)
        end -= ring->cap;
    size_t first = smaller(count, ring->cap - end);
    memcpy(ring->bytes + end, bytes, first);
    if (count > first)
        memcpy(ring->bytes, bytes + first, count - first);
    ring->count += count;
    return count;
}

size_t hfi_ring_get(hfi_ring *ring, uint8_t *bytes, size_t count)
{
    count = smaller(count, ring->count);
    copy_out(ring, bytes, count);
    ring->count -= count;
    ring->start += count;
    if (ring->start >= ring->cap)
        ring->start -= ring->cap;
    return count;
}

size_t hfi_ring_space(const hfi_ring *ring)
{
    return ring->ended ? 0 : ring->limit - ring->count;
}

ptrdiff_t hfi_ring_read(hfi_ring *ring, uint8_t *bytes, size_t count)
{
    size_t got = hfi_ring_get(ring, bytes, count);

    if (got > 0)
        return (ptrdiff_t)got;
    return ring->ended ? HFI_IO_EOF : HFI_IO_WOULD_BLOCK;
}

ptrdiff_t hfi_ring_write(hfi_ring *ring, const uint8_t *bytes, size_t count,
                         int *error_number)
{
    bool no_memory;

    if (ring->ended) {
        *error_number = EPIPE;
        return HFI_IO_ERROR;
    }
    size_t put = hfi_ring_put(ring, bytes, count, &no_memory);
    if (put > 0)
        return (ptrdiff_t)put;
    if (no_memory) {
        *error_number = ENOMEM;
        return HFI_IO_ERROR;
    }
    return HFI_IO_WOULD_BLOCK;
}
