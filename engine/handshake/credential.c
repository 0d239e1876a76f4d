/* engine/handshake/credential.c: certificates and the key of the first, kept. */
#include "handshake/credential.h"

#include "pki/x509.h"

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
    if (c->certs == NULL)
        return HFI_E_NO_MEMORY;
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
        hfi_alloc_release(alloc, c->certs);
        memset(c, 0, sizeof *c);
        return err;
    }
    c->leaf_key = leaf.key;
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

void hfi_credentials_clear(hfi_credentials *list, const hfi_alloc *alloc,
                           const hfi_crypto *crypto)
{
    for (size_t i = 0; i < list->count; i++) {
        crypto->private_key_free(list->items[i].key);
        hfi_alloc_release(alloc, list->items[i].certs);
    }
    memset(list, 0, sizeof *list);
}
