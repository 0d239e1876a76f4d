/* fuzz/fuzz_crl.c: one revocation list, parsed, searched, and held against a
 * certificate; and as the input of a store, PEM or DER. */
#include <stdlib.h>

#include "pki/crl_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static const hfi_alloc heap = {allocate, release, NULL};

/* What is on a list is found, and with a reason. */
static void search(const hfi_crl *crl)
{
    static const uint8_t serial[] = {0x12, 0x67};
    hfi_revocation found = {0, NULL};

    if (hfi_crl_find(crl, hfi_view_of(serial, sizeof serial), &found) &&
        (found.reason == NULL || crl->entry_count == 0))
        abort();
}

static void hold_against(const hfi_crl *crl)
{
    hfi_x509 cert = {.is_ca = false};

    cert.crl_distribution_points = crl->entries; /* any bytes will do */
    (void)hfi_crl_covers(crl, &cert);
    cert.is_ca = true;
    cert.crl_distribution_points = crl->point;
    (void)hfi_crl_covers(crl, &cert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hfi_view input = hfi_view_of(data, size);
    hfi_crl crl;
    size_t added = 0;

    if (hfi_crl_parse(input, &crl) == HFI_OK) {
        search(&crl);
        hold_against(&crl);
    }
    hfi_crl_store *store = hfi_crl_store_new(&heap, &hfi_crypto_nettle);
    if (store == NULL)
        return 0;
    if (hfi_crl_store_add(store, input, &added) == HFI_OK &&
        hfi_crl_store_count(store) != added)
        abort();
    hfi_crl_store_free(store);
    return 0;
}
