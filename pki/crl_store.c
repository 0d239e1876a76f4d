/* pki/crl_store.c: the revocation lists that an application gives, read when added.
 * One block of memory for each list, its bytes behind what was read of it. */
#include "pki/crl_store.h"

#include <stdatomic.h>

#include "pki/der.h"
#include "pki/pem.h"

typedef struct held {
    hfi_crl crl;
    size_t size; /* of bytes */
    uint8_t bytes[];
} held;

struct hfi_crl_store {
    atomic_size_t references;
    hfi_alloc alloc;
    const hfi_crypto *crypto;
    size_t count;
    size_t total; /* bytes of all lists */
    held *lists[HFI_CRL_STORE_MAX];
};

hfi_crl_store *hfi_crl_store_new(const hfi_alloc *alloc, const hfi_crypto *crypto)
{
    hfi_crl_store *store = hfi_alloc_zeroed(alloc, sizeof *store);

    if (store == NULL)
        return NULL;
    atomic_init(&store->references, 1);
    store->alloc = *alloc;
    store->crypto = crypto;
    return store;
}

hfi_crl_store *hfi_crl_store_up_ref(hfi_crl_store *store)
{
    if (store != NULL)
        (void)atomic_fetch_add_explicit(&store->references, 1, memory_order_relaxed);
    return store;
}

/* Takes back what was added last. */
static void rewind_to(hfi_crl_store *store, size_t count)
{
    while (store->count > count) {
        held *last = store->lists[--store->count];
        store->total -= last->size;
        hfi_alloc_release(&store->alloc, last);
    }
}

void hfi_crl_store_free(hfi_crl_store *store)
{
    if (store == NULL ||
        atomic_fetch_sub_explicit(&store->references, 1, memory_order_acq_rel) != 1)
        return;
    hfi_alloc alloc = store->alloc;
    rewind_to(store, 0);
    hfi_alloc_release(&alloc, store);
}

/* A place for a list of at most size bytes, not yet counted. */
static hfi_err make_place(hfi_crl_store *store, size_t size, held **place)
{
    *place = NULL;
    if (store->count == HFI_CRL_STORE_MAX ||
        size > HFI_CRL_STORE_BYTES_MAX - store->total)
        return HFI_E_INPUT_TOO_LARGE;
    *place = hfi_alloc_bytes(&store->alloc, sizeof **place + size);
    if (*place == NULL)
        return HFI_E_NO_MEMORY;
    (*place)->size = size;
    return HFI_OK;
}

/* The bytes do not change as long as they are here, so that one digest serves all who ask
 * whether their signature is known. */
static void note_digest(const hfi_hash *sha256, hfi_crl *crl)
{
    hfi_hash_ctx ctx;

    sha256->init(&ctx);
    sha256->update(&ctx, crl->tbs.p, crl->tbs.len);
    sha256->finish(&ctx, crl->digest);
}

/* Reads the len bytes in place and keeps them, or releases the place. */
static hfi_err keep(hfi_crl_store *store, held *place, size_t len)
{
    hfi_err err = hfi_crl_parse(hfi_view_of(place->bytes, len), &place->crl);

    if (err != HFI_OK) {
        hfi_alloc_release(&store->alloc, place);
        return err;
    }
    note_digest(store->crypto->sha256, &place->crl);
    store->lists[store->count++] = place;
    store->total += place->size;
    return HFI_OK;
}

static hfi_err add_der(hfi_crl_store *store, hfi_view der)
{
    held *place;
    hfi_err err = make_place(store, der.len, &place);

    if (err != HFI_OK)
        return err;
    memcpy(place->bytes, der.p, der.len);
    return keep(store, place, der.len);
}

static hfi_err add_block(hfi_crl_store *store, const hfi_pem_block *block)
{
    held *place;
    size_t len;
    hfi_err err = make_place(store, block->body.len / 4 * 3 + 3, &place);

    if (err != HFI_OK)
        return err;
    err = hfi_pem_decode(store->crypto, block, place->bytes, &len);
    if (err != HFI_OK) {
        hfi_alloc_release(&store->alloc, place);
        return err;
    }
    return keep(store, place, len);
}

static hfi_err add_pem(hfi_crl_store *store, hfi_view text)
{
    hfi_pem_block block;
    hfi_err err;

    while ((err = hfi_pem_next(&text, &block)) == HFI_OK && block.label.len != 0) {
        if (!hfi_view_equal(block.label, hfi_view_of_text("X509 CRL")))
            continue;
        err = add_block(store, &block);
        if (err != HFI_OK)
            return err;
    }
    return err;
}

/* DER begins with a SEQUENCE; no PEM text begins with that character and such a
 * length. */
static bool looks_like_der(hfi_view input)
{
    return input.len >= 2 && input.p[0] == HFI_DER_SEQUENCE && input.p[1] >= 0x80;
}

hfi_err hfi_crl_store_add(hfi_crl_store *store, hfi_view pem_or_der, size_t *added)
{
    size_t before = store->count;
    hfi_err err;

    if (added != NULL)
        *added = 0;
    if (pem_or_der.len > HFI_CRL_STORE_BYTES_MAX)
        return HFI_E_INPUT_TOO_LARGE;
    err = looks_like_der(pem_or_der) ? add_der(store, pem_or_der)
                                     : add_pem(store, pem_or_der);
    if (err == HFI_OK && store->count == before)
        err = HFI_E_NO_CRL_IN_INPUT;
    if (err != HFI_OK)
        rewind_to(store, before);
    else if (added != NULL)
        *added = store->count - before;
    return err;
}

size_t hfi_crl_store_count(const hfi_crl_store *store)
{
    return store == NULL ? 0 : store->count;
}

const hfi_crl *hfi_crl_store_at(const hfi_crl_store *store, size_t index)
{
    return &store->lists[index]->crl;
}
