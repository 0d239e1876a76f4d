/* engine/session/ticket_keys.h: the keys that tickets are sealed with.  RFC 5077 5.5.
 *
 * The first key seals, all of them open.  Keys of our own are made when they are first
 * needed, take turns by the clock, and are wiped when no ticket can need them any more.
 * Keys that the application gives stay until it gives others, so that several processes
 * or hosts can open each other's tickets.
 *
 * Any number of threads may use one set; what they share is copied under a lock that is
 * held for a few dozen bytes and never across a system call. */
#ifndef HFI_SESSION_TICKET_KEYS_H
#define HFI_SESSION_TICKET_KEYS_H

#include <stdatomic.h>

#include "base/err.h"
#include "crypto/provider.h"

enum {
    HFI_TICKET_KEY_NAME = 16,
    HFI_TICKET_KEY_SECRET = 32,
    HFI_TICKET_KEY_BYTES = HFI_TICKET_KEY_NAME + HFI_TICKET_KEY_SECRET,
    HFI_TICKET_KEYS_MAX = 8,
    HFI_TICKET_LIFETIME_DEFAULT = 7200, /* seconds */
    HFI_TICKET_TURN_MIN = 3600,         /* seconds that one key seals, at least */
};

typedef struct hfi_ticket_key {
    uint8_t name[HFI_TICKET_KEY_NAME];
    uint8_t secret[HFI_TICKET_KEY_SECRET];
    int64_t made; /* seconds since 1970; of no meaning for given ones */
} hfi_ticket_key;

/* Zeroed, then filled by hfi_ticket_keys_init. */
typedef struct hfi_ticket_keys {
    const hfi_crypto *crypto;
    uint32_t lifetime; /* of tickets, seconds; 0: none are made */
    atomic_flag busy;  /* guards what follows */
    bool given;        /* by the application: the clock does nothing to them */
    size_t count;
    hfi_ticket_key keys[HFI_TICKET_KEYS_MAX]; /* the newest first */
} hfi_ticket_keys;

/* lifetime is at most HFI_TICKET_LIFETIME_MAX.  crypto must outlive the set. */
void hfi_ticket_keys_init(hfi_ticket_keys *set, const hfi_crypto *crypto,
                          uint32_t lifetime);
/* Wipes them; nobody else uses the set any more. */
void hfi_ticket_keys_wipe(hfi_ticket_keys *set);

/* The application's keys, HFI_TICKET_KEY_BYTES each: a name, then the secret; instead of
 * all that were there.  At any time.  HFI_E_INVALID_ARGUMENT: not whole keys, none or
 * too many, the same name twice, or a secret of zeros. */
hfi_err hfi_ticket_keys_give(hfi_ticket_keys *set, hfi_view bytes);

/* A copy of the key that seals at this time, which the caller wipes.
 * HFI_E_RANDOM_FAILED. */
hfi_err hfi_ticket_keys_to_seal(hfi_ticket_keys *set, const hfi_random *random,
                                int64_t now, hfi_ticket_key *out);
/* A copy of the key with that name, which the caller wipes; false: there is none.
 * *newest: it is the one that seals, and its turn is not over. */
bool hfi_ticket_keys_to_open(hfi_ticket_keys *set,
                             const uint8_t name[HFI_TICKET_KEY_NAME], int64_t now,
                             hfi_ticket_key *out, bool *newest);

#endif
