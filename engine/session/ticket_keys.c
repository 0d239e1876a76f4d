/* engine/session/ticket_keys.c: whose turn it is, and when a key's time is over.
 * RFC 5077 5.5. */
#include "session/ticket_keys.h"

#include "base/ct.h"
#include "wire/reader.h"

void hfi_ticket_keys_init(hfi_ticket_keys *set, const hfi_crypto *crypto,
                          uint32_t lifetime)
{
    set->crypto = crypto;
    set->lifetime = lifetime;
    set->given = false;
    set->count = 0;
    atomic_flag_clear_explicit(&set->busy, memory_order_relaxed);
}

void hfi_ticket_keys_wipe(hfi_ticket_keys *set)
{
    hfi_wipe(set->keys, sizeof set->keys);
    set->count = 0;
}

/* Nobody holds it for longer than it takes to copy a few keys. */
static void take(hfi_ticket_keys *set)
{
    while (atomic_flag_test_and_set_explicit(&set->busy, memory_order_acquire)) {
    }
}

static void give_back(hfi_ticket_keys *set)
{
    atomic_flag_clear_explicit(&set->busy, memory_order_release);
}

/* ---- the application's keys ---- */

static bool is_known(const hfi_ticket_key *keys, size_t count, const uint8_t *name)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(keys[i].name, name, HFI_TICKET_KEY_NAME) == 0)
            return true;
    }
    return false;
}

/* Zeros are what a file that was never filled holds: anybody could open the tickets. */
static bool read_key(hfi_reader *r, const hfi_ticket_key *before, size_t count,
                     hfi_ticket_key *out)
{
    hfi_view name = hfi_read_bytes(r, HFI_TICKET_KEY_NAME);
    hfi_view secret = hfi_read_bytes(r, HFI_TICKET_KEY_SECRET);

    if (r->failed || hfi_ct_is_zero(secret.p, secret.len) ||
        is_known(before, count, name.p))
        return false;
    memcpy(out->name, name.p, name.len);
    memcpy(out->secret, secret.p, secret.len);
    out->made = 0;
    return true;
}

hfi_err hfi_ticket_keys_give(hfi_ticket_keys *set, hfi_view bytes)
{
    hfi_ticket_key keys[HFI_TICKET_KEYS_MAX];
    hfi_reader r = hfi_reader_of(bytes);
    size_t count = bytes.len / HFI_TICKET_KEY_BYTES;
    bool good = count != 0 && count <= HFI_TICKET_KEYS_MAX &&
                bytes.len % HFI_TICKET_KEY_BYTES == 0;

    memset(keys, 0, sizeof keys);
    for (size_t i = 0; good && i < count; i++)
        good = read_key(&r, keys, i, &keys[i]);
    if (good) {
        take(set);
        memcpy(set->keys, keys, sizeof set->keys);
        set->count = count;
        set->given = true;
        give_back(set);
    }
    hfi_wipe(keys, sizeof keys);
    return good ? HFI_OK : HFI_E_INVALID_ARGUMENT;
}

/* ---- keys of our own; the lock is held ---- */

static int64_t turn_of(const hfi_ticket_keys *set)
{
    return set->lifetime > HFI_TICKET_TURN_MIN ? set->lifetime : HFI_TICKET_TURN_MIN;
}

/* A key that was made in the future, by a clock that was wrong, would seal for too long.
 */
static bool is_due(const hfi_ticket_keys *set, int64_t now)
{
    if (set->given)
        return false;
    if (set->count == 0)
        return true;
    int64_t made = set->keys[0].made;
    return now - made >= turn_of(set) || made - now > turn_of(set);
}

/* A key stops sealing when the next one is made; a lifetime later its last ticket is
 * over. */
static void drop_old(hfi_ticket_keys *set, int64_t now)
{
    if (set->given)
        return;
    while (set->count > 1 &&
           now - set->keys[set->count - 2].made >= (int64_t)set->lifetime) {
        set->count--;
        hfi_wipe(&set->keys[set->count], sizeof set->keys[0]);
    }
}

static void put_first(hfi_ticket_keys *set, const hfi_ticket_key *key)
{
    if (set->count == HFI_TICKET_KEYS_MAX)
        set->count--;
    memmove(&set->keys[1], &set->keys[0], set->count * sizeof set->keys[0]);
    set->keys[0] = *key;
    set->count++;
}

/* ---- for tickets ---- */

/* Drawn without the lock; another thread may have been faster, and then its key stays. */
static hfi_err make_next(hfi_ticket_keys *set, const hfi_random *random, int64_t now)
{
    hfi_ticket_key key = {.made = now};

    bool drawn = random->fill(random->ctx, key.name, sizeof key.name) &&
                 random->fill(random->ctx, key.secret, sizeof key.secret);
    if (drawn) {
        take(set);
        if (is_due(set, now))
            put_first(set, &key);
        give_back(set);
    }
    hfi_wipe(&key, sizeof key);
    return drawn ? HFI_OK : HFI_E_RANDOM_FAILED;
}

hfi_err hfi_ticket_keys_to_seal(hfi_ticket_keys *set, const hfi_random *random,
                                int64_t now, hfi_ticket_key *out)
{
    take(set);
    bool due = is_due(set, now);
    give_back(set);
    if (due) {
        hfi_err err = make_next(set, random, now);
        if (err != HFI_OK)
            return err;
    }
    take(set);
    drop_old(set, now);
    *out = set->keys[0];
    give_back(set);
    return HFI_OK;
}

bool hfi_ticket_keys_to_open(hfi_ticket_keys *set,
                             const uint8_t name[HFI_TICKET_KEY_NAME], int64_t now,
                             hfi_ticket_key *out, bool *newest)
{
    bool found = false;

    take(set);
    drop_old(set, now);
    for (size_t i = 0; i < set->count && !found; i++) {
        if (memcmp(set->keys[i].name, name, HFI_TICKET_KEY_NAME) != 0)
            continue;
        *out = set->keys[i];
        *newest = i == 0 && !is_due(set, now);
        found = true;
    }
    give_back(set);
    return found;
}
