/* tests/unit/record/fixture.h: a fixed key, an allocator that counts, and records whose
 * inside is chosen freely, as only a hostile or broken peer would make them. */
#ifndef HF_TEST_RECORD_FIXTURE_H
#define HF_TEST_RECORD_FIXTURE_H

#include "record/record.h"

typedef struct fixture_memory {
    int live;  /* blocks not released */
    int calls; /* of allocate */
    bool exhausted;
} fixture_memory;

hfi_alloc fixture_alloc(fixture_memory *memory);

extern const uint8_t fixture_key[HFI_AEAD_KEY_MAX];
extern const uint8_t fixture_iv[HFI_AEAD_NONCE];

/* AES-128-GCM with the fixed key, counting at sequence. */
void fixture_install(hfi_record_keys *k, const hfi_alloc *a, uint64_t sequence);

/* A record whose TLSInnerPlaintext is these bytes, protected with the AEAD alone; out
 * has room for HFI_RECORD_HEADER + len + 16.  Returns the record's length. */
size_t fixture_protect(uint64_t sequence, const uint8_t *inner, size_t len, uint8_t *out);

/* Opens the len bytes at p, and says in *err HFI_OK, or what was wrong. */
hfi_record_status fixture_open(hfi_record_keys *k, uint8_t *p, size_t len,
                               hfi_record *out, hfi_err *err);
/* Fails the test unless opening the len bytes at p fails with want. */
void fixture_refused(hfi_record_keys *k, uint8_t *p, size_t len, hfi_err want);
/* Fails the test unless more bytes are asked for: want in all. */
void fixture_partial(hfi_record_keys *k, uint8_t *p, size_t len, size_t want);

#endif
