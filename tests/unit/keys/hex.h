/* tests/unit/keys/hex.h: expected bytes, written in hexadecimal. */
#ifndef HF_TEST_KEYS_HEX_H
#define HF_TEST_KEYS_HEX_H

#include "base/types.h"

/* Decodes text, which must fill out exactly to its returned length; fails the test if
 * it is malformed or longer than cap. */
size_t unhex(const char *text, uint8_t *out, size_t cap);

/* Fails the test unless the bytes are those of text, in number and in value. */
void expect_hex(const void *bytes, size_t len, const char *text);

#endif
