/* bio/ring.h: a bounded queue of bytes, which memory buffers and pairs are made of. */
#ifndef HFI_BIO_RING_H
#define HFI_BIO_RING_H

#include "base/types.h"

typedef struct hfi_ring {
    uint8_t *bytes; /* owned; NULL until the first byte */
    size_t cap;     /* of bytes; grows up to limit */
    size_t limit;
    size_t start, count;
    bool ended; /* no more will be written */
} hfi_ring;

/* Wipes and releases what the ring holds. */
void hfi_ring_clear(hfi_ring *ring);

/* Takes as many bytes as fit; 0 if none do.  *no_memory tells when that is because the
 * system gave no memory, and not because the ring is full. */
size_t hfi_ring_put(hfi_ring *ring, const uint8_t *bytes, size_t count, bool *no_memory);
size_t hfi_ring_get(hfi_ring *ring, uint8_t *bytes, size_t count);
size_t hfi_ring_space(const hfi_ring *ring);

/* As a transport reads and writes: HFI_IO_*, EPIPE after the end, ENOMEM. */
ptrdiff_t hfi_ring_read(hfi_ring *ring, uint8_t *bytes, size_t count);
ptrdiff_t hfi_ring_write(hfi_ring *ring, const uint8_t *bytes, size_t count,
                         int *error_number);

#endif
