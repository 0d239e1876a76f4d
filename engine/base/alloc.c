/* engine/base/alloc.c: the allocator interface with the checks that all want. */
#include "base/alloc.h"

#include "base/ct.h"

void *hfi_alloc_bytes(const hfi_alloc *a, size_t size)
{
    return a->allocate(a->ctx, size == 0 ? 1 : size);
}

void *hfi_alloc_zeroed(const hfi_alloc *a, size_t size)
{
    void *p = hfi_alloc_bytes(a, size);
    if (p != NULL && size != 0)
        memset(p, 0, size);
    return p;
}

void *hfi_alloc_copy(const hfi_alloc *a, const void *p, size_t size)
{
    void *copy = hfi_alloc_bytes(a, size);
    if (copy != NULL && size != 0)
        memcpy(copy, p, size);
    return copy;
}

char *hfi_alloc_text(const hfi_alloc *a, const char *text, size_t len)
{
    char *copy = hfi_alloc_bytes(a, len + 1);
    if (copy == NULL)
        return NULL;
    if (len != 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void hfi_alloc_release(const hfi_alloc *a, void *p)
{
    if (p != NULL)
        a->release(a->ctx, p);
}

void hfi_alloc_release_secret(const hfi_alloc *a, void *p, size_t size)
{
    if (p == NULL)
        return;
    hfi_wipe(p, size);
    a->release(a->ctx, p);
}
