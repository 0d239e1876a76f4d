/* engine/handshake/credential.c: certificates and the key of the first, kept. */
#include "handshake/credential.h"

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

void hfi_credentials_clear(hfi_credentials *list, const hfi_alloc *alloc,
                           const hfi_crypto *crypto)
{
    for (size_t i = 0; i < list->count; i++) {
        crypto->private_key_free(list->items[i].key);
        hfi_alloc_release(alloc, list->items[i].certs);
        hfi_alloc_release(alloc, list->items[i].staple.p);
        hfi_alloc_release(alloc, list->items[i].scts.p);
    }
    memset(list, 0, sizeof *list);
}
