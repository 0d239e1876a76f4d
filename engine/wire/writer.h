/* engine/wire/writer.h: the bounded writer.
 * It writes into memory of the caller, remembers that it overflowed and writes
 * nothing after that; one check at the end is enough. */
#ifndef HFI_WIRE_WRITER_H
#define HFI_WIRE_WRITER_H

#include "base/types.h"

typedef struct hfi_writer {
    uint8_t *p;
    size_t cap;
    size_t len;
    bool failed;
} hfi_writer;

hfi_writer hfi_writer_of(uint8_t *p, size_t cap);

void hfi_write_u8(hfi_writer *w, uint8_t n);
void hfi_write_u16(hfi_writer *w, uint16_t n);
void hfi_write_u24(hfi_writer *w, uint32_t n);
void hfi_write_u32(hfi_writer *w, uint32_t n);
void hfi_write_u64(hfi_writer *w, uint64_t n);
void hfi_write_bytes(hfi_writer *w, hfi_view bytes);

/* len bytes for the caller to fill; NULL once the writer has failed. */
uint8_t *hfi_write_space(hfi_writer *w, size_t len);

/* A length prefix of 1, 2 or 3 bytes: begin returns a mark, end fills it in with
 * the number of bytes written since.  Too many bytes for the prefix is a failure. */
size_t hfi_write_vec8_begin(hfi_writer *w);
size_t hfi_write_vec16_begin(hfi_writer *w);
size_t hfi_write_vec24_begin(hfi_writer *w);
void hfi_write_vec8_end(hfi_writer *w, size_t mark);
void hfi_write_vec16_end(hfi_writer *w, size_t mark);
void hfi_write_vec24_end(hfi_writer *w, size_t mark);

/* What was written; empty after a failure. */
hfi_view hfi_writer_view(const hfi_writer *w);

#endif
