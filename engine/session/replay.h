/* engine/session/replay.h: early data is taken once: a memory of the hellos that brought
 * some, for as long as one of them could come again.  RFC 8446 8.2.
 *
 * A hello is fresh for a few seconds (8.3), so that the memory is bounded in time; it is
 * bounded in size, too, and when it is full no early data is taken until it has room
 * again.  Any number of threads may use one; it is of one process alone.
 * Several processes share a register of the application's instead. */
#ifndef HFI_SESSION_REPLAY_H
#define HFI_SESSION_REPLAY_H

#include <stdatomic.h>

#include "base/alloc.h"
#include "crypto/provider.h"

enum {
    HFI_REPLAY_FRESH = 10,     /* seconds that a ticket's age may be off, either way */
    HFI_REPLAY_KEEPS = 22,     /* seconds that a hello is remembered, at least */
    HFI_REPLAY_ENTRIES = 4096, /* places, of which three in four are used */
    HFI_REPLAY_MARK = 16,      /* bytes that stand for a hello */
    HFI_REPLAY_NAME = 32,      /* the same in a register of the application's */
};

typedef struct hfi_replay_generation {
    size_t count;
    uint8_t marks[HFI_REPLAY_ENTRIES][HFI_REPLAY_MARK]; /* zeros: free */
} hfi_replay_generation;

/* Zeroed, then filled by hfi_replay_init. */
typedef struct hfi_replay {
    const hfi_alloc *alloc;
    atomic_flag busy; /* guards what follows */
    bool begun;
    int64_t began;                  /* monotonic, microseconds */
    int64_t turned;                 /* when the newer generation began */
    hfi_replay_generation *now;     /* owned; NULL until they are needed */
    hfi_replay_generation *earlier; /* owned */
} hfi_replay;

/* alloc must outlive it. */
void hfi_replay_init(hfi_replay *r, const hfi_alloc *alloc);
void hfi_replay_free(hfi_replay *r);

/* True if unique (at least HFI_REPLAY_MARK bytes that look random, such as a binder) was
 * not here before and is remembered now.  now is the monotonic clock in microseconds.
 * False also when there is no room or no memory, and, with outlives_us, for the first
 * seconds: then tickets may be used here that another process has seen (8.2). */
bool hfi_replay_first(hfi_replay *r, hfi_view unique, int64_t now, bool outlives_us);

#endif
