/* tests/unit/pki/chain_fixture.c: what the tests of pki/ share. */
#include "chain_fixture.h"

#include <stdlib.h>

#include "pki/pem.h"

static void *count_and_allocate(void *ctx, size_t size)
{
    counting_heap *heap = ctx;
    if (++heap->calls == heap->fail_at)
        return NULL;
    void *p = malloc(size);
    assert_non_null(p);
    heap->live++;
    return p;
}

static void count_and_release(void *ctx, void *p)
{
    counting_heap *heap = ctx;
    heap->live--;
    free(p);
}

hfi_alloc counting_alloc(counting_heap *heap)
{
    hfi_alloc a = {count_and_allocate, count_and_release, heap};
    return a;
}

void chain_add(chain *c, const char *pem)
{
    hfi_view text = hfi_view_of_text(pem);
    hfi_pem_block block;

    assert_int_equal(hfi_pem_next(&text, &block), HFI_OK);
    assert_true(block.label.len != 0);
    while (block.label.len != 0) {
        size_t len;
        assert_true(c->count < sizeof c->certs / sizeof c->certs[0]);
        uint8_t *der = malloc(block.body.len / 4 * 3 + 3);
        assert_non_null(der);
        assert_int_equal(hfi_pem_decode(&hfi_crypto_nettle, &block, der, &len), HFI_OK);
        /* Exactly as large as the certificate, so that a sanitizer sees one byte more. */
        c->owned[c->count] = malloc(len);
        assert_non_null(c->owned[c->count]);
        memcpy(c->owned[c->count], der, len);
        free(der);
        c->certs[c->count] = hfi_view_of(c->owned[c->count], len);
        c->count++;
        assert_int_equal(hfi_pem_next(&text, &block), HFI_OK);
    }
}

void chain_free(chain *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->owned[i]);
    c->count = 0;
}
