/* tests/support/script_bytes.h: bytes that grow, and bytes written as hexadecimal.
 * Test code: lack of memory ends the program. */
#ifndef SCRIPT_BYTES_H
#define SCRIPT_BYTES_H

#include "base/types.h"

typedef struct script_bytes {
    uint8_t *p;
    size_t len;
    size_t cap;
} script_bytes;

void script_append(script_bytes *b, const void *p, size_t len);
void script_append_view(script_bytes *b, hfi_view bytes);
void script_append_number(script_bytes *b, uint64_t n, size_t size); /* big-endian */
/* "16 0303 00*32": two digits a byte, spaces passed over, *N repeats the last byte so
 * that it stands N times in all. */
void script_append_hex(script_bytes *b, const char *hex);

/* Takes cut bytes at from out and puts the others in their place. */
void script_replace(script_bytes *b, size_t from, size_t cut, hfi_view by);
/* Removes the first n bytes. */
void script_consume(script_bytes *b, size_t n);
void script_truncate(script_bytes *b, size_t len);
void script_free(script_bytes *b);
hfi_view script_view(const script_bytes *b);

/* The big-endian number of size bytes at p. */
uint64_t script_number(const uint8_t *p, size_t size);

#endif
