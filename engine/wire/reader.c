/* engine/wire/reader.c: the bounded reader. */
#include "wire/reader.h"

hfi_reader hfi_reader_of(hfi_view bytes)
{
    hfi_reader r = {bytes.p, bytes.len, false};
    return r;
}

void hfi_reader_fail(hfi_reader *r)
{
    r->failed = true;
    r->left = 0;
}

hfi_view hfi_read_bytes(hfi_reader *r, size_t len)
{
    if (len > r->left) {
        hfi_reader_fail(r);
        return hfi_view_of(NULL, 0);
    }
    hfi_view v = {r->p, len};
    if (len != 0)
        r->p += len;
    r->left -= len;
    return v;
}

static uint64_t read_number(hfi_reader *r, size_t size)
{
    hfi_view v = hfi_read_bytes(r, size);
    uint64_t n = 0;
    for (size_t i = 0; i < v.len; i++)
        n = n << 8 | v.p[i];
    return n;
}

uint8_t hfi_read_u8(hfi_reader *r)
{
    return (uint8_t)read_number(r, 1);
}

uint16_t hfi_read_u16(hfi_reader *r)
{
    return (uint16_t)read_number(r, 2);
}

uint32_t hfi_read_u24(hfi_reader *r)
{
    return (uint32_t)read_number(r, 3);
}

uint32_t hfi_read_u32(hfi_reader *r)
{
    return (uint32_t)read_number(r, 4);
}

uint64_t hfi_read_u64(hfi_reader *r)
{
    return read_number(r, 8);
}

static hfi_view read_vector(hfi_reader *r, size_t prefix, size_t min, size_t max)
{
    size_t len = (size_t)read_number(r, prefix);
    if (r->failed || len < min || len > max) {
        hfi_reader_fail(r);
        return hfi_view_of(NULL, 0);
    }
    return hfi_read_bytes(r, len);
}

hfi_view hfi_read_vec8(hfi_reader *r, size_t min, size_t max)
{
    return read_vector(r, 1, min, max);
}

hfi_view hfi_read_vec16(hfi_reader *r, size_t min, size_t max)
{
    return read_vector(r, 2, min, max);
}

hfi_view hfi_read_vec24(hfi_reader *r, size_t min, size_t max)
{
    return read_vector(r, 3, min, max);
}

hfi_view hfi_read_rest(hfi_reader *r)
{
    return hfi_read_bytes(r, r->left);
}

uint8_t hfi_reader_peek(const hfi_reader *r)
{
    return r->left == 0 ? 0 : r->p[0];
}

bool hfi_reader_more(const hfi_reader *r)
{
    return !r->failed && r->left != 0;
}

bool hfi_reader_done(const hfi_reader *r)
{
    return !r->failed && r->left == 0;
}
