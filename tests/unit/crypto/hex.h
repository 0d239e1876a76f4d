/* tests/unit/crypto/hex.h: what the tests of this room share. */
#ifndef HF_TESTS_CRYPTO_HEX_H
#define HF_TESTS_CRYPTO_HEX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/provider.h"

/* The provider that a program tests: nettle's; in those built with TEST_ACCELERATED, with
 * what crypto/accel puts in its place. */
extern hfi_crypto tested;

/* Bytes written as hexadecimal text, in memory of exactly that size, so that a
 * sanitizer sees a read past the end.  Release with hex_free. */
hfi_span hex(const char *text);
void hex_free(hfi_span bytes);

/* Fails unless the bytes are these. */
void expect_hex(const uint8_t *got, size_t len, const char *want);

/* A random source that yields the bytes of a text and then fails. */
typedef struct fixed_source {
    hfi_span bytes;
    size_t used;
    unsigned calls;
} fixed_source;

bool fixed_fill(void *ctx, uint8_t *p, size_t len);
/* A random source that writes half of what is asked for, and fails. */
bool failing_fill(void *ctx, uint8_t *p, size_t len);

#endif
