/* capi/memory_limit.c: configurations whose memory has an end: malloc with an account,
 * which the last block takes along, for sessions may outlive their configuration. */
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "capi/objects.h"

typedef struct account {
    size_t limit;
    atomic_size_t used; /* the bytes of all blocks with their heads, and a hold */
    atomic_size_t peak;
    atomic_bool reached; /* a block was refused */
} account;

typedef union head {
    size_t size; /* of the block, this included */
    max_align_t align;
} head;

enum { HOLD = 1 }; /* of who makes the configuration */

static bool account_take(account *a, size_t size)
{
    size_t used = atomic_load_explicit(&a->used, memory_order_relaxed);

    do {
        if (size > a->limit || used > a->limit - size) {
            atomic_store_explicit(&a->reached, true, memory_order_relaxed);
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(
        &a->used, &used, used + size, memory_order_relaxed, memory_order_relaxed));
    size_t peak = atomic_load_explicit(&a->peak, memory_order_relaxed);
    while (peak < used + size &&
           !atomic_compare_exchange_weak_explicit(
               &a->peak, &peak, used + size, memory_order_relaxed, memory_order_relaxed))
        continue;
    return true;
}

static void account_give(account *a, size_t size)
{
    if (atomic_fetch_sub_explicit(&a->used, size, memory_order_acq_rel) == size)
        free(a);
}

static void *allocate(void *ctx, size_t bytes)
{
    account *a = ctx;

    if (bytes > SIZE_MAX - sizeof(head) || !account_take(a, bytes + sizeof(head)))
        return NULL;
    head *h = malloc(bytes + sizeof(head));
    if (h == NULL) {
        account_give(a, bytes + sizeof(head));
        return NULL;
    }
    h->size = bytes + sizeof(head);
    return h + 1;
}

static void release(void *ctx, void *memory)
{
    head *h = (head *)memory - 1;
    size_t size = h->size;

    free(h);
    account_give(ctx, size);
}

hf_config *hf_config_new_limited(size_t bytes)
{
    account *a = calloc(1, sizeof *a);

    if (a == NULL)
        return NULL;
    a->limit = bytes;
    atomic_init(&a->used, HOLD);
    atomic_init(&a->peak, HOLD);
    atomic_init(&a->reached, false);
    const hf_allocator limited = {sizeof limited, allocate, release, a};
    hf_config *config = hf_config_new(&limited);
    account_give(a, HOLD);
    return config;
}

static account *account_of(const hf_config *config)
{
    return config != NULL && config->settings.alloc.allocate == allocate
               ? config->settings.alloc.ctx
               : NULL;
}

size_t hf_config_memory_limit(const hf_config *config)
{
    const account *a = account_of(config);

    return a != NULL ? a->limit : 0;
}

size_t hf_config_memory_used(const hf_config *config)
{
    const account *a = account_of(config);

    return a != NULL ? atomic_load_explicit(&a->used, memory_order_relaxed) : 0;
}

size_t hf_config_memory_peak(const hf_config *config)
{
    const account *a = account_of(config);

    return a != NULL ? atomic_load_explicit(&a->peak, memory_order_relaxed) : 0;
}

bool hfi_config_limit_reached(const hf_config *config)
{
    const account *a = account_of(config);

    return a != NULL && atomic_load_explicit(&a->reached, memory_order_relaxed);
}

bool hfi_config_memory_left(const hf_config *config, size_t *left)
{
    const account *a = account_of(config);

    if (a == NULL)
        return false;
    *left = a->limit - atomic_load_explicit(&a->used, memory_order_relaxed);
    return true;
}

void hfi_config_leave_memory(hf_config *config, size_t left)
{
    account *a = account_of(config);
    size_t used = atomic_load_explicit(&a->used, memory_order_relaxed);

    a->limit = left < SIZE_MAX - used ? used + left : SIZE_MAX;
}

static void *allocate_uncounted(void *ctx, size_t bytes)
{
    (void)ctx;
    return malloc(bytes);
}

static void release_uncounted(void *ctx, void *memory)
{
    (void)ctx;
    free(memory);
}

const hfi_alloc *hfi_config_recording_alloc(const hf_config *config)
{
    static const hfi_alloc uncounted = {allocate_uncounted, release_uncounted, NULL};

    return account_of(config) != NULL ? &uncounted : &config->settings.alloc;
}
