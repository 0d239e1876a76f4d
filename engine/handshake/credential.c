/* engine/handshake/credential.c: certificates and the key of the first, kept. */
#include "handshake/credential.h"

#include <stdatomic.h>

#include "compress/compression.h"
#include "pki/x509.h"

/* What a peer must know in order to check the chain.  A certificate that issued itself is
 * a root or stands alone: nobody checks its signature (RFC 8446 4.4.2.2). */
static uint32_t chain_signatures(const hfi_credential *c)
{
    uint32_t set = 0;

    for (size_t i = 0; i < c->count; i++) {
        hfi_x509 cert;
        if (hfi_x509_parse(c->certs[i], &cert) == HFI_OK &&
            !hfi_view_equal(cert.issuer, cert.subject))
            set |= UINT32_C(1) << cert.signature_algorithm;
    }
    return set;
}

/* ---- what was compressed ---- */

typedef struct packed_message {
    uint16_t method;
    size_t plain_len; /* the message as it is, and behind it what became of it */
    size_t packed_len;
    uint8_t bytes[];
} packed_message;

/* A slot is filled once, and what it points to never changes. */
typedef struct hfi_packed_store {
    hfi_alloc alloc;
    _Atomic(packed_message *) slots[HFI_COMPRESSIONS_MAX];
} hfi_packed_store;

static struct hfi_packed_store *store_new(const hfi_alloc *alloc)
{
    hfi_packed_store *store = hfi_alloc_zeroed(alloc, sizeof *store);

    if (store == NULL)
        return NULL;
    store->alloc = *alloc;
    for (size_t i = 0; i < HFI_COMPRESSIONS_MAX; i++)
        atomic_init(&store->slots[i], NULL);
    return store;
}

static void store_free(hfi_packed_store *store)
{
    if (store == NULL)
        return;
    hfi_alloc alloc = store->alloc;
    for (size_t i = 0; i < HFI_COMPRESSIONS_MAX; i++)
        hfi_alloc_release(&alloc, atomic_load(&store->slots[i]));
    hfi_alloc_release(&alloc, store);
}

hfi_view hfi_credential_packed(const hfi_credential *c, uint16_t method, hfi_view plain)
{
    hfi_packed_store *store = c->packed;

    for (size_t i = 0; i < HFI_COMPRESSIONS_MAX; i++) {
        const packed_message *m =
            atomic_load_explicit(&store->slots[i], memory_order_acquire);
        if (m != NULL && m->method == method &&
            hfi_view_equal(hfi_view_of(m->bytes, m->plain_len), plain))
            return hfi_view_of(m->bytes + m->plain_len, m->packed_len);
    }
    return hfi_view_of(NULL, 0);
}

void hfi_credential_keep_packed(const hfi_credential *c, uint16_t method, hfi_view plain,
                                hfi_view packed)
{
    hfi_packed_store *store = c->packed;
    packed_message *m =
        hfi_alloc_bytes(&store->alloc, sizeof *m + plain.len + packed.len);

    if (m == NULL)
        return;
    m->method = method;
    m->plain_len = plain.len;
    m->packed_len = packed.len;
    memcpy(m->bytes, plain.p, plain.len);
    memcpy(m->bytes + plain.len, packed.p, packed.len);
    for (size_t i = 0; i < HFI_COMPRESSIONS_MAX; i++) {
        packed_message *there = NULL;
        if (atomic_compare_exchange_strong(&store->slots[i], &there, m))
            return;
        if (there->method == method)
            break;
    }
    hfi_alloc_release(&store->alloc, m);
}

/* ---- certificates and keys ---- */

static void release_certificates(hfi_credential *c, const hfi_alloc *alloc)
{
    store_free(c->packed);
    hfi_alloc_release(alloc, c->staple.p);
    hfi_alloc_release(alloc, c->scts.p);
    hfi_alloc_release(alloc, c->certs);
    memset(c, 0, sizeof *c);
}

hfi_err hfi_credential_init(hfi_credential *c, const hfi_alloc *alloc,
                            const hfi_view *certs, size_t count)
{
    size_t table = count * sizeof *certs;
    hfi_x509 leaf;

    memset(c, 0, sizeof *c);
    if (count > HFI_CREDENTIAL_CERTIFICATES_MAX)
        return HFI_E_TOO_MANY_CERTIFICATES;
    for (size_t i = 0; i < count; i++)
        c->bytes += certs[i].len;
    c->certs = hfi_alloc_bytes(alloc, table + c->bytes);
    c->packed = store_new(alloc);
    if (c->certs == NULL || c->packed == NULL) {
        release_certificates(c, alloc);
        return HFI_E_NO_MEMORY;
    }
    uint8_t *at = (uint8_t *)c->certs + table;
    for (size_t i = 0; i < count; i++) {
        memcpy(at, certs[i].p, certs[i].len);
        c->certs[i] = hfi_view_of(at, certs[i].len);
        at += certs[i].len;
    }
    c->count = count;
    hfi_err err = hfi_x509_parse(c->certs[0], &leaf);
    if (err == HFI_OK && leaf.key.type == HFI_KEY_NONE)
        err = leaf.key_problem;
    if (err != HFI_OK) {
        release_certificates(c, alloc);
        return err;
    }
    c->leaf_key = leaf.key;
    c->chain_signatures = chain_signatures(c);
    return HFI_OK;
}

hfi_err hfi_credential_take_key(hfi_credential *c, const hfi_crypto *crypto,
                                hfi_private_key *key)
{
    if (!crypto->private_key_matches(key, &c->leaf_key))
        return HFI_E_PRIVATE_KEY_MISMATCH;
    crypto->private_key_free(c->key);
    c->key = key;
    return HFI_OK;
}

void hfi_credential_clear(hfi_credential *c, const hfi_alloc *alloc,
                          const hfi_crypto *crypto)
{
    crypto->private_key_free(c->key);
    release_certificates(c, alloc);
}

void hfi_credentials_clear(hfi_credentials *list, const hfi_alloc *alloc,
                           const hfi_crypto *crypto)
{
    for (size_t i = 0; i < list->count; i++)
        hfi_credential_clear(&list->items[i], alloc, crypto);
    list->count = 0;
}
