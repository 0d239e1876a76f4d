/* pki/signature_memory.c: a set-associative table of digests.  A set's place follows from
 * the digest's first bytes; within a full set, one after the other is replaced.
 *
 * An empty place holds zeros, which no claim that anybody can find has as its digest. */
#include "pki/signature_memory.h"

void hfi_signature_memory_init(hfi_signature_memory *m, const hfi_alloc *alloc,
                               const hfi_crypto *crypto, size_t entries)
{
    m->alloc = alloc;
    m->sha256 = crypto->sha256;
    m->sets = entries / HFI_SIGNATURE_MEMORY_WAYS +
              (entries % HFI_SIGNATURE_MEMORY_WAYS != 0 ? 1 : 0);
    m->next = 0;
    m->entries = NULL;
    atomic_flag_clear_explicit(&m->busy, memory_order_relaxed);
}

void hfi_signature_memory_free(hfi_signature_memory *m)
{
    if (m->entries == NULL)
        return;
    hfi_alloc_release(m->alloc, m->entries);
    m->entries = NULL;
}

/* ---- the digest ---- */

static void hash_number(const hfi_hash *hash, hfi_hash_ctx *ctx, uint64_t n)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(n >> (56 - 8 * i));
    hash->update(ctx, bytes, sizeof bytes);
}

/* With their lengths, so that no byte passes from one part to the next. */
static void hash_part(const hfi_hash *hash, hfi_hash_ctx *ctx, hfi_view part)
{
    hash_number(hash, ctx, part.len);
    if (part.len != 0)
        hash->update(ctx, part.p, part.len);
}

static void digest_claim(const hfi_hash *hash, const hfi_signature_claim *claim,
                         uint8_t out[HFI_SIGNATURE_MEMORY_DIGEST])
{
    hfi_hash_ctx ctx;

    hash->init(&ctx);
    hash_number(hash, &ctx, (uint64_t)claim->algorithm);
    hash_part(hash, &ctx, claim->issuer_key);
    hash_part(hash, &ctx, claim->tbs);
    hash_part(hash, &ctx, claim->signature);
    hash->finish(&ctx, out);
}

/* ---- the table, while it is held ---- */

static bool take(hfi_signature_memory *m)
{
    return !atomic_flag_test_and_set_explicit(&m->busy, memory_order_acquire);
}

static void give_back(hfi_signature_memory *m)
{
    atomic_flag_clear_explicit(&m->busy, memory_order_release);
}

static uint8_t (*set_of(hfi_signature_memory *m,
                        const uint8_t *digest))[HFI_SIGNATURE_MEMORY_DIGEST]
{
    size_t n = (size_t)digest[0] << 24 | (size_t)digest[1] << 16 |
               (size_t)digest[2] << 8 | digest[3];

    return m->entries + n % m->sets * HFI_SIGNATURE_MEMORY_WAYS;
}

/* The digest's way within its set, or HFI_SIGNATURE_MEMORY_WAYS. */
static size_t way_of(hfi_signature_memory *m, const uint8_t *digest)
{
    uint8_t(*set)[HFI_SIGNATURE_MEMORY_DIGEST] = set_of(m, digest);
    size_t way = 0;

    while (way < HFI_SIGNATURE_MEMORY_WAYS &&
           memcmp(set[way], digest, HFI_SIGNATURE_MEMORY_DIGEST) != 0)
        way++;
    return way;
}

static void insert(hfi_signature_memory *m, const uint8_t *digest)
{
    static const uint8_t empty[HFI_SIGNATURE_MEMORY_DIGEST];
    uint8_t(*set)[HFI_SIGNATURE_MEMORY_DIGEST] = set_of(m, digest);
    size_t way = 0;

    if (way_of(m, digest) != HFI_SIGNATURE_MEMORY_WAYS)
        return;
    while (way < HFI_SIGNATURE_MEMORY_WAYS && memcmp(set[way], empty, sizeof empty) != 0)
        way++;
    if (way == HFI_SIGNATURE_MEMORY_WAYS)
        way = m->next++ % HFI_SIGNATURE_MEMORY_WAYS;
    memcpy(set[way], digest, HFI_SIGNATURE_MEMORY_DIGEST);
}

/* ---- for the path builder ---- */

bool hfi_signature_memory_has(hfi_signature_memory *m, const hfi_signature_claim *claim)
{
    uint8_t digest[HFI_SIGNATURE_MEMORY_DIGEST];

    if (m == NULL || m->sets == 0)
        return false;
    digest_claim(m->sha256, claim, digest);
    if (!take(m))
        return false;
    bool found = m->entries != NULL && way_of(m, digest) != HFI_SIGNATURE_MEMORY_WAYS;
    give_back(m);
    return found;
}

void hfi_signature_memory_add(hfi_signature_memory *m, const hfi_signature_claim *claim)
{
    uint8_t digest[HFI_SIGNATURE_MEMORY_DIGEST];

    if (m == NULL || m->sets == 0)
        return;
    digest_claim(m->sha256, claim, digest);
    if (!take(m))
        return;
    if (m->entries == NULL)
        m->entries = hfi_alloc_zeroed(m->alloc, m->sets * HFI_SIGNATURE_MEMORY_WAYS *
                                                    HFI_SIGNATURE_MEMORY_DIGEST);
    if (m->entries != NULL)
        insert(m, digest);
    give_back(m);
}
