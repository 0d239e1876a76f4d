/* bio/bio.h: transports, as connections see them: bytes and would-block, no TLS.
 *
 * A transport begins with a struct hf_bio whose method table says what it can do.
 * Sockets, custom functions, memory buffers and pairs each fill one table.  The public
 * functions in capi/ are thin wrappers of these. */
#ifndef HFI_BIO_BIO_H
#define HFI_BIO_BIO_H

#include "base/types.h"

typedef struct hf_bio hf_bio;

/* What read and write return instead of a count.  The first six have the numbers of the
 * public HF_IO_*. */
enum {
    HFI_IO_EOF = 0,          /* read only */
    HFI_IO_WOULD_BLOCK = -1, /* the wait is for what the call does: reading or writing */
    HFI_IO_ERROR = -2,
    HFI_IO_WANT_READ = -3, /* whatever the call does, the wait is for reading */
    HFI_IO_WANT_WRITE = -4,
    HFI_IO_WANT_CONNECT = -5, /* the transport itself is still connecting */
    HFI_IO_WANT_ACCEPT = -6,
    HFI_IO_AGAIN = -7, /* waited as long as was allowed, or was interrupted */
};

/* How long a blocking transport may wait, in microseconds; others ignore it. */
enum {
    HFI_BIO_NO_WAIT = 0,
    HFI_BIO_WAIT = -1, /* as long as it takes */
};

/* Any function but read, write and release may be NULL: the transport cannot do it. */
typedef struct hfi_bio_method {
    ptrdiff_t (*read)(hf_bio *bio, uint8_t *bytes, size_t count, int64_t wait,
                      int *error_number);
    ptrdiff_t (*write)(hf_bio *bio, const uint8_t *bytes, size_t count, int64_t wait,
                       int *error_number);
    size_t (*pending)(const hf_bio *bio); /* bytes that read would give now */
    size_t (*space)(const hf_bio *bio);   /* bytes that write would take now */
    bool (*shutdown_write)(hf_bio *bio);
    void (*release)(hf_bio *bio);
    int (*descriptor)(const hf_bio *bio);
    /* The side that faces the application, where it is not the same; NULL: the same. */
    const struct hfi_bio_method *outside;
} hfi_bio_method;

struct hf_bio {
    const hfi_bio_method *method;
};

/* A descriptor; closed with the transport if close_it.  NULL: no memory. */
hf_bio *hfi_bio_new_fd(int fd, bool close_it);

/* Functions of the application; destroy may be NULL. */
typedef struct hfi_bio_functions {
    ptrdiff_t (*read)(void *ctx, uint8_t *bytes, size_t count, int *error_number);
    ptrdiff_t (*write)(void *ctx, const uint8_t *bytes, size_t count, int *error_number);
    void (*destroy)(void *ctx);
    void *ctx;
} hfi_bio_functions;

hf_bio *hfi_bio_new_custom(const hfi_bio_functions *functions);

/* At most limit bytes each way, allocated as they come. */
hf_bio *hfi_bio_new_memory(size_t limit);

/* False: no memory.  Each end is released by itself; both belong to one thread at a
 * time. */
bool hfi_bio_new_pair(hf_bio **first, size_t first_size, hf_bio **second,
                      size_t second_size);

/* bio may be NULL. */
void hfi_bio_free(hf_bio *bio);

/* The connection's side; count is at least 1. */
ptrdiff_t hfi_bio_read(hf_bio *bio, uint8_t *bytes, size_t count, int64_t wait,
                       int *error_number);
ptrdiff_t hfi_bio_write(hf_bio *bio, const uint8_t *bytes, size_t count, int64_t wait,
                        int *error_number);

/* The side that the application holds. */
const hfi_bio_method *hfi_bio_outside(const hf_bio *bio);

/* -1 if it has none. */
int hfi_bio_descriptor(const hf_bio *bio);

#endif
