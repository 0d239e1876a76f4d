/* engine/wire/writer.c: the bounded writer. */
#include "wire/writer.h"

hfi_writer hfi_writer_of(uint8_t *p, size_t cap)
{
    hfi_writer w = {p, cap, 0, false};
    return w;
}

uint8_t *hfi_write_space(hfi_writer *w, size_t len)
{
    if (w->failed || len > w->cap - w->len) {
        w->failed = true;
        return NULL;
    }
    /* No space at all may have no address, to which nothing can be added. */
    uint8_t *at = w->p == NULL ? NULL : w->p + w->len;
    w->len += len;
    return at;
}

static void put_number(uint8_t *at, size_t size, uint64_t n)
{
    for (size_t i = size; i-- > 0; n >>= 8)
        at[i] = (uint8_t)n;
}

static void write_number(hfi_writer *w, size_t size, uint64_t n)
{
    uint8_t *at = hfi_write_space(w, size);
    if (at != NULL)
        put_number(at, size, n);
}

void hfi_write_u8(hfi_writer *w, uint8_t n)
{
    write_number(w, 1, n);
}

void hfi_write_u16(hfi_writer *w, uint16_t n)
{
    write_number(w, 2, n);
}

void hfi_write_u24(hfi_writer *w, uint32_t n)
{
    if (n > 0xffffff)
        w->failed = true;
    write_number(w, 3, n);
}

void hfi_write_u32(hfi_writer *w, uint32_t n)
{
    write_number(w, 4, n);
}

void hfi_write_u64(hfi_writer *w, uint64_t n)
{
    write_number(w, 8, n);
}

void hfi_write_bytes(hfi_writer *w, hfi_view bytes)
{
    uint8_t *at = hfi_write_space(w, bytes.len);
    if (at != NULL && bytes.len != 0)
        memcpy(at, bytes.p, bytes.len);
}

static size_t vector_begin(hfi_writer *w, size_t prefix)
{
    (void)hfi_write_space(w, prefix);
    return w->len;
}

static void vector_end(hfi_writer *w, size_t prefix, size_t mark)
{
    if (w->failed)
        return;
    size_t len = w->len - mark;
    if (len >> (8 * prefix) != 0) {
        w->failed = true;
        return;
    }
    put_number(w->p + mark - prefix, prefix, len);
}

size_t hfi_write_vec8_begin(hfi_writer *w)
{
    return vector_begin(w, 1);
}

size_t hfi_write_vec16_begin(hfi_writer *w)
{
    return vector_begin(w, 2);
}

size_t hfi_write_vec24_begin(hfi_writer *w)
{
    return vector_begin(w, 3);
}

void hfi_write_vec8_end(hfi_writer *w, size_t mark)
{
    vector_end(w, 1, mark);
}

void hfi_write_vec16_end(hfi_writer *w, size_t mark)
{
    vector_end(w, 2, mark);
}

void hfi_write_vec24_end(hfi_writer *w, size_t mark)
{
    vector_end(w, 3, mark);
}

hfi_view hfi_writer_view(const hfi_writer *w)
{
    return w->failed ? hfi_view_of(NULL, 0) : hfi_view_of(w->p, w->len);
}
