/* handfast/bio.h: transports. */
#ifndef HANDFAST_BIO_H
#define HANDFAST_BIO_H

#include <handfast/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HF_BIO_NOCLOSE 0
#define HF_BIO_CLOSE 1 /**< the descriptor is closed with the transport */

/* All return a transport owned by the caller, released with hf_bio_free or handed over
 * with hf_conn_set0_bio; NULL if memory is exhausted or an argument is invalid.  A
 * transport, and the two ends of a pair, belong to one thread at a time. */

/** A connected socket, a pipe or a terminal, blocking or not; fd is 0 or more. */
HF_API hf_bio *hf_bio_new_fd(int fd, int close_flag);
/** Functions of your own; the table is copied. */
HF_API hf_bio *hf_bio_new_custom(const hf_io *io);
/** A memory buffer: what is written with hf_bio_write is read by the connection, and
 * the other way round.  limit is the most that it holds each way, in bytes; 0 means
 * 64 KiB.  Memory is taken as bytes come. */
HF_API hf_bio *hf_bio_new_memory(size_t limit);
/** Two joined ends: what is written at one is read at the other.  Sizes are those of
 * the buffers that hold what first and second have written, 1 byte or more; 0 means
 * 17 KiB.  Each end is released by itself; the other then reads what is left, and
 * HF_IO_EOF. INVALID_ARGUMENT, NO_MEMORY; both pointers are then NULL. */
HF_API hf_status hf_bio_new_pair(hf_bio **first, size_t first_size, hf_bio **second,
                                 size_t second_size);
/** NULL is allowed. */
HF_API void hf_bio_free(hf_bio *bio);

/** Bytes moved, 1..count, or one of HF_IO_*; count is at least 1.  On a memory buffer
 * these are the outer side. */
HF_API ptrdiff_t hf_bio_read(hf_bio *bio, uint8_t *bytes, size_t count);
HF_API ptrdiff_t hf_bio_write(hf_bio *bio, const uint8_t *bytes, size_t count);
/** Bytes that hf_bio_read would find now; 0 where the transport cannot tell. */
HF_API size_t hf_bio_pending(const hf_bio *bio);
/** Bytes that hf_bio_write would take now; 0 where the transport cannot tell. */
HF_API size_t hf_bio_space(const hf_bio *bio);
/** No more will be written: the other end reads to the end, then HF_IO_EOF.
 * INVALID_ARGUMENT for custom functions, TRANSPORT_WRITE if the descriptor refuses. */
HF_API hf_status hf_bio_shutdown_write(hf_bio *bio);

#ifdef __cplusplus
}
#endif

#endif
