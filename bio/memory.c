/* bio/memory.c: a transport in memory, with a side for the connection and a side for
 * the application that carries the bytes. */
#include <stdlib.h>

#include "bio/bio.h"
#include "bio/ring.h"

typedef struct memory_bio {
    hf_bio base;
    hfi_ring to_peer;   /* written by the connection */
    hfi_ring from_peer; /* written by the application */
} memory_bio;

static ptrdiff_t inner_read(hf_bio *bio, uint8_t *bytes, size_t count, int64_t wait,
                            int *error_number)
{
    (void)wait;
    (void)error_number;
    return hfi_ring_read(&((memory_bio *)bio)->from_peer, bytes, count);
}

static ptrdiff_t inner_write(hf_bio *bio, const uint8_t *bytes, size_t count,
                             int64_t wait, int *error_number)
{
    (void)wait;
    return hfi_ring_write(&((memory_bio *)bio)->to_peer, bytes, count, error_number);
}

static size_t inner_pending(const hf_bio *bio)
{
    return ((const memory_bio *)bio)->from_peer.count;
}

static size_t inner_space(const hf_bio *bio)
{
    return hfi_ring_space(&((const memory_bio *)bio)->to_peer);
}

static bool inner_shutdown(hf_bio *bio)
{
    ((memory_bio *)bio)->to_peer.ended = true;
    return true;
}

static ptrdiff_t outer_read(hf_bio *bio, uint8_t *bytes, size_t count, int64_t wait,
                            int *error_number)
{
    (void)wait;
    (void)error_number;
    return hfi_ring_read(&((memory_bio *)bio)->to_peer, bytes, count);
}

static ptrdiff_t outer_write(hf_bio *bio, const uint8_t *bytes, size_t count,
                             int64_t wait, int *error_number)
{
    (void)wait;
    return hfi_ring_write(&((memory_bio *)bio)->from_peer, bytes, count, error_number);
}

static size_t outer_pending(const hf_bio *bio)
{
    return ((const memory_bio *)bio)->to_peer.count;
}

static size_t outer_space(const hf_bio *bio)
{
    return hfi_ring_space(&((const memory_bio *)bio)->from_peer);
}

static bool outer_shutdown(hf_bio *bio)
{
    ((memory_bio *)bio)->from_peer.ended = true;
    return true;
}

static void release(hf_bio *bio)
{
    memory_bio *m = (memory_bio *)bio;

    hfi_ring_clear(&m->to_peer);
    hfi_ring_clear(&m->from_peer);
    free(m);
}

static const hfi_bio_method memory_outside = {
    .read = outer_read,
    .write = outer_write,
    .pending = outer_pending,
    .space = outer_space,
    .shutdown_write = outer_shutdown,
    .release = release,
};

static const hfi_bio_method memory_method = {
    .read = inner_read,
    .write = inner_write,
    .pending = inner_pending,
    .space = inner_space,
    .shutdown_write = inner_shutdown,
    .release = release,
    .outside = &memory_outside,
};

hf_bio *hfi_bio_new_memory(size_t limit)
{
    memory_bio *m = calloc(1, sizeof *m);

    if (m == NULL)
        return NULL;
    m->base.method = &memory_method;
    m->to_peer.limit = m->from_peer.limit = limit;
    return &m->base;
}
