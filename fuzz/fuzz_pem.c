/* fuzz/fuzz_pem.c: PEM text, block after block, and as the input of a trust store. */
#include <stdlib.h>

#include "pki/pem.h"
#include "pki/trust_store.h"

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

static void read_blocks(hfi_view text)
{
    hfi_pem_block block;

    while (hfi_pem_next(&text, &block) == HFI_OK && block.label.len != 0) {
        size_t room = block.body.len / 4 * 3 + 3;
        size_t len;
        uint8_t *out = malloc(room);
        if (out == NULL)
            return;
        if (hfi_pem_decode(&hfi_crypto_nettle, &block, out, &len) == HFI_OK && len > room)
            abort();
        free(out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hfi_view text = hfi_view_of(data, size);
    hfi_trust_store *store = hfi_trust_store_new(&heap, &hfi_crypto_nettle);
    size_t added;

    read_blocks(text);
    if (store == NULL)
        return 0;
    hfi_err err = hfi_trust_store_add(store, text, &added);
    if ((err == HFI_OK) != (added != 0) ||
        (hfi_trust_store_count(store) != 0) != (added != 0))
        abort();
    hfi_trust_store_free(store);
    return 0;
}
