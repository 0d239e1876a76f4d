/* engine/base/alloc.h: memory comes from the configuration, never from malloc. */
#ifndef HFI_BASE_ALLOC_H
#define HFI_BASE_ALLOC_H

#include "base/types.h"

typedef struct hfi_alloc {
    void *(*allocate)(void *ctx, size_t size);
    void (*release)(void *ctx, void *p);
    void *ctx;
} hfi_alloc;

/* All return NULL when memory is exhausted; a size of 0 is allowed and yields a
 * pointer that may be released. */
void *hfi_alloc_bytes(const hfi_alloc *a, size_t size);
void *hfi_alloc_zeroed(const hfi_alloc *a, size_t size);
void *hfi_alloc_copy(const hfi_alloc *a, const void *p, size_t size);
/* A copy with a 0 byte behind it. */
char *hfi_alloc_text(const hfi_alloc *a, const char *text, size_t len);

/* p may be NULL. */
void hfi_alloc_release(const hfi_alloc *a, void *p);
/* Wipes size bytes first; p may be NULL. */
void hfi_alloc_release_secret(const hfi_alloc *a, void *p, size_t size);

#endif
