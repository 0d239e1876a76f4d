/* engine/base/types.h: byte views and spans, the currency between rooms.
 * A view or a span never owns what it points to. */
#ifndef HFI_BASE_TYPES_H
#define HFI_BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that may be read.  p may be NULL only when len is 0. */
typedef struct hfi_view {
    const uint8_t *p;
    size_t len;
} hfi_view;

/* Bytes that may be written. */
typedef struct hfi_span {
    uint8_t *p;
    size_t len;
} hfi_span;

static inline hfi_view hfi_view_of(const void *p, size_t len)
{
    hfi_view v = {(const uint8_t *)p, len};
    return v;
}

static inline hfi_view hfi_view_of_text(const char *text)
{
    return hfi_view_of(text, strlen(text));
}

/* Not for secrets: returns at the first difference. */
static inline bool hfi_view_equal(hfi_view a, hfi_view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

#endif
