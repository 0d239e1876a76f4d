/* tests/unit/record/cbc.h: records of CBC suites whose inside is chosen freely, built of
 * nettle's functions alone: none of the code under test has a part in them.
 * RFC 5246 6.2.3.2, RFC 7366 3. */
#ifndef HF_TEST_RECORD_CBC_H
#define HF_TEST_RECORD_CBC_H

#include "fixture.h"

enum {
    CBC_KINDS = 8,
    CBC_IV = 16,
    CBC_ROOM = 5 + 18432 + 64, /* bytes of the longest record, and more */
};

typedef struct cbc_kind {
    const char *name;
    size_t key_len;
    size_t mac_len; /* 20, 32, 48: SHA-1, SHA-256, SHA-384 */
    bool outside;   /* encrypt_then_mac */
} cbc_kind;

extern const cbc_kind cbc_kinds[CBC_KINDS];
extern const uint8_t cbc_mac_key[48];
extern const uint8_t cbc_iv[CBC_IV];

/* Hands out cbc_iv, again and again. */
extern const hfi_random cbc_random;

void cbc_install(hfi_record_keys *k, const hfi_alloc *a, const cbc_kind *kind,
                 uint64_t sequence);

/* The HMAC over a record's pseudo header and text. */
void cbc_mac(const cbc_kind *kind, uint64_t sequence, uint8_t type, const uint8_t *text,
             size_t len, uint8_t *out);
/* Encrypts text, as long as it is: whole blocks. */
void cbc_encrypt_text(const cbc_kind *kind, const uint8_t *text, size_t len,
                      uint8_t *out);

/* What stands encrypted in a record: content, the MAC of kinds that have it inside, and
 * padding bytes with one more that says so.  Returns its length. */
size_t cbc_text(const cbc_kind *kind, uint64_t sequence, uint8_t type,
                const uint8_t *content, size_t len, size_t padding, uint8_t *out);
/* The record with that text; kinds with the MAC outside get the right one.  Returns its
 * length. */
size_t cbc_record(const cbc_kind *kind, uint64_t sequence, uint8_t type,
                  const uint8_t *text, size_t len, uint8_t *out);
/* The least padding with which content of that length fills whole blocks. */
size_t cbc_least_padding(const cbc_kind *kind, size_t len);

#endif
