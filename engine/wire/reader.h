/* engine/wire/reader.h: the bounded reader, through which all peer bytes go.
 * The reader remembers its first failure and yields zeros and empty views after
 * it, so a parser reads like the RFC's structure and has one exit. */
#ifndef HFI_WIRE_READER_H
#define HFI_WIRE_READER_H

#include "base/types.h"

typedef struct hfi_reader {
    const uint8_t *p;
    size_t left;
    bool failed;
} hfi_reader;

hfi_reader hfi_reader_of(hfi_view bytes);

uint8_t hfi_read_u8(hfi_reader *r);
uint16_t hfi_read_u16(hfi_reader *r);
uint32_t hfi_read_u24(hfi_reader *r);
uint32_t hfi_read_u32(hfi_reader *r);
uint64_t hfi_read_u64(hfi_reader *r);

/* Exactly len bytes, borrowed from the input. */
hfi_view hfi_read_bytes(hfi_reader *r, size_t len);

/* A vector with a length of 1, 2 or 3 bytes before it; the bounds are the RFC's
 * <min..max>, in bytes.  Outside of them the reader fails. */
hfi_view hfi_read_vec8(hfi_reader *r, size_t min, size_t max);
hfi_view hfi_read_vec16(hfi_reader *r, size_t min, size_t max);
hfi_view hfi_read_vec24(hfi_reader *r, size_t min, size_t max);

/* All that is left. */
hfi_view hfi_read_rest(hfi_reader *r);

/* The next byte without taking it; 0 if there is none. */
uint8_t hfi_reader_peek(const hfi_reader *r);

/* True while bytes are left and nothing has failed: the condition of a loop. */
bool hfi_reader_more(const hfi_reader *r);

/* True if nothing failed and no byte is left. */
bool hfi_reader_done(const hfi_reader *r);

/* Marks a failure that the caller found. */
void hfi_reader_fail(hfi_reader *r);

#endif
