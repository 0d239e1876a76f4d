/* pki/trust_store.c: the trusted roots, indexed when loaded, parsed when needed.
 *
 * Loading reads no more of a certificate than where its subject lies.  The bytes of
 * one input share one block of memory; roots with the same subject share a bucket. */
#include "pki/trust_store.h"

#include <stdatomic.h>

#include "pki/der.h"
#include "pki/name.h"
#include "pki/pem.h"
#include "pki/trust_store_index.h"
#include "pki/verify.h"

enum {
    FIRST_ROOTS = 192,
    FIRST_BUCKETS = 256,
    ROOTS_MAX = 65536,
    CHUNK_GROWTH_MAX = 65536,
};

/* The bytes of the certificates of one input, or of several small ones. */
typedef struct chunk {
    struct chunk *next;
    size_t size;
    size_t used;
    uint8_t bytes[];
} chunk;

typedef struct root {
    hfi_view der;
    hfi_view subject;
    uint64_t hash;
    uint32_t next; /* in the same bucket; HFI_TRUST_STORE_END at the end */
} root;

struct hfi_trust_store {
    atomic_size_t references;
    hfi_alloc alloc;
    const hfi_crypto *crypto;
    chunk *chunks;
    root *roots;
    size_t count;
    size_t room;
    uint32_t *buckets; /* a power of two of them, at least as many as there is room */
    size_t bucket_count;
};

hfi_trust_store *hfi_trust_store_new(const hfi_alloc *alloc, const hfi_crypto *crypto)
{
    hfi_trust_store *store = hfi_alloc_zeroed(alloc, sizeof *store);
    if (store == NULL)
        return NULL;
    atomic_init(&store->references, 1);
    store->alloc = *alloc;
    store->crypto = crypto;
    return store;
}

hfi_trust_store *hfi_trust_store_up_ref(hfi_trust_store *store)
{
    if (store != NULL)
        (void)atomic_fetch_add_explicit(&store->references, 1, memory_order_relaxed);
    return store;
}

void hfi_trust_store_free(hfi_trust_store *store)
{
    if (store == NULL ||
        atomic_fetch_sub_explicit(&store->references, 1, memory_order_acq_rel) != 1)
        return;
    hfi_alloc alloc = store->alloc;
    while (store->chunks != NULL) {
        chunk *c = store->chunks;
        store->chunks = c->next;
        hfi_alloc_release(&alloc, c);
    }
    hfi_alloc_release(&alloc, store->roots);
    hfi_alloc_release(&alloc, store->buckets);
    hfi_alloc_release(&alloc, store);
}

/* ---- the index ---- */

static uint32_t *bucket_of(const hfi_trust_store *store, uint64_t hash)
{
    return &store->buckets[(hash ^ hash >> 32) & (store->bucket_count - 1)];
}

static uint32_t find_from(const hfi_trust_store *store, uint32_t at, hfi_view name,
                          uint64_t hash)
{
    while (at != HFI_TRUST_STORE_END && (store->roots[at].hash != hash ||
                                         !hfi_name_equal(store->roots[at].subject, name)))
        at = store->roots[at].next;
    return at;
}

uint32_t hfi_trust_store_first(const hfi_trust_store *store, hfi_view name, uint64_t hash)
{
    if (store == NULL || store->count == 0)
        return HFI_TRUST_STORE_END;
    return find_from(store, *bucket_of(store, hash), name, hash);
}

uint32_t hfi_trust_store_next(const hfi_trust_store *store, hfi_view name, uint64_t hash,
                              uint32_t place)
{
    return find_from(store, store->roots[place].next, name, hash);
}

bool hfi_trust_store_has(const hfi_trust_store *store, hfi_view der, hfi_view subject,
                         uint64_t hash)
{
    uint32_t at = hfi_trust_store_first(store, subject, hash);
    while (at != HFI_TRUST_STORE_END && !hfi_view_equal(store->roots[at].der, der))
        at = hfi_trust_store_next(store, subject, hash, at);
    return at != HFI_TRUST_STORE_END;
}

static void fill_buckets(hfi_trust_store *store)
{
    for (size_t i = 0; i < store->bucket_count; i++)
        store->buckets[i] = HFI_TRUST_STORE_END;
    for (size_t i = 0; i < store->count; i++) {
        uint32_t *bucket = bucket_of(store, store->roots[i].hash);
        store->roots[i].next = *bucket;
        *bucket = (uint32_t)i;
    }
}

/* Room for one more root. */
static hfi_err make_room(hfi_trust_store *store)
{
    if (store->count < store->room)
        return HFI_OK;
    if (store->count >= ROOTS_MAX)
        return HFI_E_INPUT_TOO_LARGE;
    size_t room = store->room == 0 ? FIRST_ROOTS : store->room * 2;
    size_t bucket_count = store->room == 0 ? FIRST_BUCKETS : store->bucket_count * 2;
    root *roots = hfi_alloc_bytes(&store->alloc, room * sizeof *roots);
    uint32_t *buckets = hfi_alloc_bytes(&store->alloc, bucket_count * sizeof *buckets);
    if (roots == NULL || buckets == NULL) {
        hfi_alloc_release(&store->alloc, roots);
        hfi_alloc_release(&store->alloc, buckets);
        return HFI_E_NO_MEMORY;
    }
    if (store->count != 0)
        memcpy(roots, store->roots, store->count * sizeof *roots);
    hfi_alloc_release(&store->alloc, store->roots);
    hfi_alloc_release(&store->alloc, store->buckets);
    store->roots = roots;
    store->room = room;
    store->buckets = buckets;
    store->bucket_count = bucket_count;
    fill_buckets(store);
    return HFI_OK;
}

void hfi_trust_store_rewind(hfi_trust_store *store, size_t count)
{
    if (store->count == count)
        return;
    store->count = count;
    fill_buckets(store);
}

/* ---- adding ---- */

/* The certificate's outline, RFC 5280 4.1: enough to find its subject. */
static bool find_subject(hfi_view der, hfi_view *subject)
{
    hfi_view version;
    hfi_reader whole = hfi_reader_of(der);
    hfi_reader cert = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    hfi_reader tbs = hfi_reader_of(hfi_der_read(&cert, HFI_DER_SEQUENCE));

    (void)hfi_der_read_optional(&tbs, HFI_DER_CONTEXT_CONSTRUCTED | 0, &version);
    (void)hfi_der_read(&tbs, HFI_DER_INTEGER);
    (void)hfi_der_read(&tbs, HFI_DER_SEQUENCE); /* signature */
    (void)hfi_der_read(&tbs, HFI_DER_SEQUENCE); /* issuer */
    (void)hfi_der_read(&tbs, HFI_DER_SEQUENCE); /* validity */
    *subject = hfi_der_read_element(&tbs, HFI_DER_SEQUENCE, NULL);
    (void)hfi_der_read(&tbs, HFI_DER_SEQUENCE); /* subjectPublicKeyInfo */
    (void)hfi_der_read(&cert, HFI_DER_SEQUENCE);
    (void)hfi_der_read(&cert, HFI_DER_BIT_STRING);
    return !tbs.failed && hfi_reader_done(&cert) && hfi_reader_done(&whole) &&
           hfi_name_valid(*subject);
}

/* Notes a certificate whose bytes are in place; *stored tells whether it is new. */
static hfi_err add_root(hfi_trust_store *store, hfi_view der, bool *stored)
{
    root r = {.der = der};

    *stored = false;
    if (der.len > HFI_CERTIFICATE_SIZE_MAX)
        return HFI_E_CERT_TOO_LARGE;
    if (!find_subject(der, &r.subject))
        return HFI_E_CERT_MALFORMED;
    r.hash = hfi_name_hash(r.subject);
    if (hfi_trust_store_has(store, der, r.subject, r.hash))
        return HFI_OK;
    hfi_err err = make_room(store);
    if (err != HFI_OK)
        return err;
    uint32_t *bucket = bucket_of(store, r.hash);
    r.next = *bucket;
    *bucket = (uint32_t)store->count;
    store->roots[store->count++] = r;
    *stored = true;
    return HFI_OK;
}

static bool is_certificate(hfi_view label)
{
    return hfi_view_equal(label, hfi_view_of_text("CERTIFICATE")) ||
           hfi_view_equal(label, hfi_view_of_text("X509 CERTIFICATE"));
}

/* Decodes block after block into the span, whose unused rest moves on. */
static hfi_err add_pem(hfi_trust_store *store, hfi_view text, uint8_t *out, size_t *found)
{
    hfi_pem_block block;
    size_t used = 0;
    hfi_err err;

    while ((err = hfi_pem_next(&text, &block)) == HFI_OK && block.label.len != 0) {
        size_t len;
        bool stored;
        if (!is_certificate(block.label))
            continue;
        err = hfi_pem_decode(store->crypto, &block, out + used, &len);
        if (err == HFI_OK)
            err = add_root(store, hfi_view_of(out + used, len), &stored);
        if (err != HFI_OK)
            return err;
        ++*found;
        if (stored)
            used += len;
    }
    return err;
}

static hfi_err add_der(hfi_trust_store *store, hfi_view der, uint8_t *out, size_t *found)
{
    bool stored;
    memcpy(out, der.p, der.len);
    *found = 1;
    return add_root(store, hfi_view_of(out, der.len), &stored);
}

/* DER begins with a SEQUENCE of at least 128 bytes; no PEM text does. */
static bool looks_like_der(hfi_view input)
{
    return input.len >= 2 && input.p[0] == HFI_DER_SEQUENCE && input.p[1] >= 0x80;
}

/* A chunk with room for size bytes.  The first is no larger than asked for; those of a
 * directory's many small files soon hold several. */
static chunk *chunk_with_room(hfi_trust_store *store, size_t size)
{
    chunk *last = store->chunks;
    size_t grown = last == NULL ? 0 : last->size * 2;

    if (last != NULL && last->size - last->used >= size)
        return last;
    if (grown > CHUNK_GROWTH_MAX)
        grown = CHUNK_GROWTH_MAX;
    if (size < grown)
        size = grown;
    chunk *c = hfi_alloc_bytes(&store->alloc, sizeof *c + size);
    if (c == NULL)
        return NULL;
    c->size = size;
    c->used = 0;
    c->next = last;
    store->chunks = c;
    return c;
}

/* The bytes in use end with the last root's. */
static void settle_chunk(hfi_trust_store *store, chunk *c, size_t before)
{
    if (store->count != before) {
        hfi_view last = store->roots[store->count - 1].der;
        c->used = (size_t)(last.p - c->bytes) + last.len;
    } else if (c->used == 0) {
        store->chunks = c->next;
        hfi_alloc_release(&store->alloc, c);
    }
}

hfi_err hfi_trust_store_add(hfi_trust_store *store, hfi_view pem_or_der, size_t *added)
{
    bool der = looks_like_der(pem_or_der);
    size_t before = store->count;
    size_t found = 0;

    if (added != NULL)
        *added = 0;
    if (pem_or_der.len > HFI_TRUST_INPUT_MAX)
        return HFI_E_INPUT_TOO_LARGE;
    chunk *c = chunk_with_room(store, der ? pem_or_der.len : pem_or_der.len / 4 * 3 + 3);
    if (c == NULL)
        return HFI_E_NO_MEMORY;
    uint8_t *out = c->bytes + c->used;
    hfi_err err = der ? add_der(store, pem_or_der, out, &found)
                      : add_pem(store, pem_or_der, out, &found);
    if (err == HFI_OK && found == 0)
        err = HFI_E_NO_CERTIFICATE_IN_INPUT;
    if (err != HFI_OK)
        hfi_trust_store_rewind(store, before);
    settle_chunk(store, c, before);
    if (err == HFI_OK && added != NULL)
        *added = found;
    return err;
}

size_t hfi_trust_store_count(const hfi_trust_store *store)
{
    return store->count;
}

hfi_view hfi_trust_store_at(const hfi_trust_store *store, size_t index)
{
    return store->roots[index].der;
}

const hfi_alloc *hfi_trust_store_alloc(const hfi_trust_store *store)
{
    return &store->alloc;
}
