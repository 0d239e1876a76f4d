/* engine/session/replay.c: a memory of hellos with early data, in two generations that
 * take turns.  RFC 8446 8.2. */
#include "session/replay.h"

enum { USED_MAX = HFI_REPLAY_ENTRIES / 4 * 3 };

static const int64_t keeps = (int64_t)HFI_REPLAY_KEEPS * 1000000;

void hfi_replay_init(hfi_replay *r, const hfi_alloc *alloc)
{
    r->alloc = alloc;
    atomic_flag_clear(&r->busy);
}

void hfi_replay_free(hfi_replay *r)
{
    if (r->alloc == NULL)
        return;
    hfi_alloc_release(r->alloc, r->now);
    hfi_alloc_release(r->alloc, r->earlier);
    r->now = r->earlier = NULL;
}

static void lock(hfi_replay *r)
{
    while (atomic_flag_test_and_set_explicit(&r->busy, memory_order_acquire))
        continue;
}

static void unlock(hfi_replay *r)
{
    atomic_flag_clear_explicit(&r->busy, memory_order_release);
}

/* Where the mark stands, or the free place where it would. */
static uint8_t *place_of(hfi_replay_generation *g, const uint8_t *mark)
{
    static const uint8_t nothing[HFI_REPLAY_MARK];
    size_t at = ((size_t)mark[0] << 8 | mark[1]) % HFI_REPLAY_ENTRIES;

    while (memcmp(g->marks[at], nothing, HFI_REPLAY_MARK) != 0 &&
           memcmp(g->marks[at], mark, HFI_REPLAY_MARK) != 0)
        at = (at + 1) % HFI_REPLAY_ENTRIES;
    return g->marks[at];
}

static bool holds(hfi_replay_generation *g, const uint8_t *mark)
{
    return memcmp(place_of(g, mark), mark, HFI_REPLAY_MARK) == 0;
}

static bool make(hfi_replay *r)
{
    if (r->now == NULL)
        r->now = hfi_alloc_zeroed(r->alloc, sizeof *r->now);
    if (r->earlier == NULL)
        r->earlier = hfi_alloc_zeroed(r->alloc, sizeof *r->earlier);
    return r->now != NULL && r->earlier != NULL;
}

/* After a turn the older generation holds all of the last keeps seconds that the newer
 * one does not. */
static void take_turns(hfi_replay *r, int64_t now)
{
    if (!r->begun) {
        r->begun = true;
        r->began = r->turned = now;
    }
    if (now - r->turned < keeps)
        return;
    hfi_replay_generation *oldest = r->earlier;
    r->earlier = r->now;
    memset(oldest, 0, sizeof *oldest);
    if (now - r->turned >= 2 * keeps)
        memset(r->earlier, 0, sizeof *r->earlier);
    r->now = oldest;
    r->turned = now;
}

static bool remember(hfi_replay *r, const uint8_t *mark, int64_t now, bool outlives_us)
{
    if (!make(r))
        return false;
    take_turns(r, now);
    if (outlives_us && now - r->began < keeps)
        return false;
    if (holds(r->now, mark) || holds(r->earlier, mark) || r->now->count >= USED_MAX)
        return false;
    memcpy(place_of(r->now, mark), mark, HFI_REPLAY_MARK);
    r->now->count++;
    return true;
}

bool hfi_replay_first(hfi_replay *r, hfi_view unique, int64_t now, bool outlives_us)
{
    if (unique.len < HFI_REPLAY_MARK)
        return false;
    lock(r);
    bool first = remember(r, unique.p, now, outlives_us);
    unlock(r);
    return first;
}
