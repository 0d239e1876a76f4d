/* tests/unit/record/fixture.c: what the tests of the record room share. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

const uint8_t fixture_key[HFI_AEAD_KEY_MAX] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                               12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                                               23, 24, 25, 26, 27, 28, 29, 30, 31, 32};
const uint8_t fixture_iv[HFI_AEAD_NONCE] = {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5,
                                            0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab};

static void *allocate(void *ctx, size_t size)
{
    fixture_memory *memory = ctx;
    memory->calls++;
    if (memory->exhausted)
        return NULL;
    memory->live++;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    fixture_memory *memory = ctx;
    memory->live--;
    free(p);
}

hfi_alloc fixture_alloc(fixture_memory *memory)
{
    return (hfi_alloc){allocate, release, memory};
}

void fixture_install(hfi_record_keys *k, const hfi_alloc *a, uint64_t sequence)
{
    const hfi_aead *aead = hfi_crypto_nettle.aes_128_gcm;
    assert_int_equal(hfi_record_keys_install(k, a, aead, fixture_key, fixture_iv),
                     HFI_OK);
    k->sequence = sequence;
}

size_t fixture_protect(uint64_t sequence, const uint8_t *inner, size_t len, uint8_t *out)
{
    const hfi_aead *aead = hfi_crypto_nettle.aes_128_gcm;
    uint8_t nonce[HFI_AEAD_NONCE];
    size_t body = len + aead->tag_len;
    void *ctx = malloc(aead->ctx_size);
    assert_non_null(ctx);

    memcpy(nonce, fixture_iv, sizeof nonce);
    for (size_t i = 0; i < 8; i++)
        nonce[4 + i] ^= (uint8_t)(sequence >> (56 - 8 * i));
    out[0] = 23;
    out[1] = 3;
    out[2] = 3;
    out[3] = (uint8_t)(body >> 8);
    out[4] = (uint8_t)body;
    aead->init(ctx, fixture_key);
    aead->seal(ctx, nonce, hfi_view_of(out, 5), inner, len, out + 5);
    free(ctx);
    return 5 + body;
}

hfi_record_status fixture_open(hfi_record_keys *k, uint8_t *p, size_t len,
                               hfi_record *out, hfi_err *err)
{
    return hfi_record_open(k, (hfi_span){p, len}, out, err);
}

void fixture_refused(hfi_record_keys *k, uint8_t *p, size_t len, hfi_err want)
{
    hfi_record record;
    hfi_err err = HFI_OK;
    assert_int_equal(fixture_open(k, p, len, &record, &err), HFI_RECORD_FAILED);
    assert_string_equal(hfi_err_lookup((int)err)->name, hfi_err_lookup((int)want)->name);
    assert_int_equal(record.content.len, 0);
    assert_null(record.content.p);
}

void fixture_partial(hfi_record_keys *k, uint8_t *p, size_t len, size_t want)
{
    hfi_record record;
    hfi_err err = HFI_E_INTERNAL;
    assert_int_equal(fixture_open(k, p, len, &record, &err), HFI_RECORD_PARTIAL);
    assert_int_equal(err, HFI_OK);
    assert_int_equal(record.consumed, want);
    assert_int_equal(record.content.len, 0);
}
