/* bio/pair.c: two joined ends: what is written at one is read at the other.
 * Either end may be shut for writing or released first; what it wrote before can still
 * be read. */
#include <stdlib.h>

#include "bio/bio.h"
#include "bio/ring.h"

struct joint;

typedef struct pair_end {
    hf_bio base;
    struct joint *joint;
    hfi_ring written; /* by this end */
    struct pair_end *other;
    bool released;
} pair_end;

/* Both ends live in one block, which goes with the last of them. */
typedef struct joint {
    pair_end ends[2];
} joint;

static ptrdiff_t pair_read(hf_bio *bio, uint8_t *bytes, size_t count, int64_t wait,
                           int *error_number)
{
    (void)wait;
    (void)error_number;
    return hfi_ring_read(&((pair_end *)bio)->other->written, bytes, count);
}

static ptrdiff_t pair_write(hf_bio *bio, const uint8_t *bytes, size_t count, int64_t wait,
                            int *error_number)
{
    (void)wait;
    return hfi_ring_write(&((pair_end *)bio)->written, bytes, count, error_number);
}

static size_t pair_pending(const hf_bio *bio)
{
    return ((const pair_end *)bio)->other->written.count;
}

static size_t pair_space(const hf_bio *bio)
{
    return hfi_ring_space(&((const pair_end *)bio)->written);
}

static bool pair_shutdown(hf_bio *bio)
{
    ((pair_end *)bio)->written.ended = true;
    return true;
}

/* Nobody reads what the other end wrote any more, and nobody will write here. */
static void pair_release(hf_bio *bio)
{
    pair_end *end = (pair_end *)bio;

    end->released = true;
    end->written.ended = true;
    end->other->written.ended = true;
    hfi_ring_clear(&end->other->written);
    if (!end->other->released)
        return;
    hfi_ring_clear(&end->written);
    free(end->joint);
}

static const hfi_bio_method pair_method = {
    .read = pair_read,
    .write = pair_write,
    .pending = pair_pending,
    .space = pair_space,
    .shutdown_write = pair_shutdown,
    .release = pair_release,
};

bool hfi_bio_new_pair(hf_bio **first, size_t first_size, hf_bio **second,
                      size_t second_size)
{
    joint *j = calloc(1, sizeof *j);

    if (j == NULL)
        return false;
    for (int i = 0; i < 2; i++) {
        j->ends[i].base.method = &pair_method;
        j->ends[i].joint = j;
        j->ends[i].other = &j->ends[1 - i];
    }
    j->ends[0].written.limit = first_size;
    j->ends[1].written.limit = second_size;
    *first = &j->ends[0].base;
    *second = &j->ends[1].base;
    return true;
}
