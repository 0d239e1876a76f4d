/* pki/der.c: strict DER over the bounded reader, ITU-T X.690 8 and 10. */
#include "pki/der.h"

/* ITU-T X.690 8.1.3 and 10.1: the short form up to 127, else as few bytes as do. */
static size_t read_long_length(hfi_reader *r, uint8_t first)
{
    size_t len = 0;
    size_t least = 0;
    switch (first) {
    case 0x81:
        len = hfi_read_u8(r);
        least = 0x80;
        break;
    case 0x82:
        len = hfi_read_u16(r);
        least = 0x100;
        break;
    case 0x83:
        len = hfi_read_u24(r);
        least = 0x10000;
        break;
    default: /* indefinite, or longer than any certificate */
        hfi_reader_fail(r);
        return 0;
    }
    if (len < least)
        hfi_reader_fail(r);
    return len;
}

hfi_view hfi_der_read_any(hfi_reader *r, uint8_t *tag)
{
    hfi_view head = hfi_read_bytes(r, 2);

    *tag = 0;
    if (head.len == 0)
        return head;
    if ((head.p[0] & 0x1f) == 0x1f || head.p[0] == 0)
        hfi_reader_fail(r);
    size_t len = head.p[1] < 0x80 ? head.p[1] : read_long_length(r, head.p[1]);
    hfi_view contents = hfi_read_bytes(r, len);
    if (!r->failed)
        *tag = head.p[0];
    return contents;
}

hfi_view hfi_der_read(hfi_reader *r, uint8_t tag)
{
    uint8_t found;
    hfi_view contents = hfi_der_read_any(r, &found);
    if (found != tag) {
        hfi_reader_fail(r);
        return hfi_view_of(NULL, 0);
    }
    return contents;
}

hfi_view hfi_der_read_element(hfi_reader *r, uint8_t tag, hfi_view *contents)
{
    const hfi_reader before = *r;
    hfi_view inside = hfi_der_read(r, tag);
    if (contents != NULL)
        *contents = inside;
    if (r->failed)
        return hfi_view_of(NULL, 0);
    return hfi_view_of(before.p, before.left - r->left);
}

bool hfi_der_next_is(const hfi_reader *r, uint8_t tag)
{
    return hfi_reader_more(r) && hfi_reader_peek(r) == tag;
}

bool hfi_der_read_optional(hfi_reader *r, uint8_t tag, hfi_view *contents)
{
    *contents = hfi_view_of(NULL, 0);
    if (!hfi_der_next_is(r, tag))
        return false;
    *contents = hfi_der_read(r, tag);
    return !r->failed;
}

bool hfi_der_read_boolean(hfi_reader *r)
{
    hfi_view v = hfi_der_read(r, HFI_DER_BOOLEAN);
    if (v.len != 1 || (v.p[0] != 0x00 && v.p[0] != 0xff)) {
        hfi_reader_fail(r);
        return false;
    }
    return v.p[0] == 0xff;
}

hfi_view hfi_der_read_integer(hfi_reader *r)
{
    hfi_view v = hfi_der_read(r, HFI_DER_INTEGER);
    bool shortest = v.len == 1 || (v.len > 1 && !(v.p[0] == 0x00 && v.p[1] < 0x80) &&
                                   !(v.p[0] == 0xff && v.p[1] >= 0x80));
    if (!shortest) {
        hfi_reader_fail(r);
        return hfi_view_of(NULL, 0);
    }
    return v;
}

hfi_view hfi_der_read_unsigned(hfi_reader *r)
{
    hfi_view v = hfi_der_read_integer(r);
    if (v.len == 0 || v.p[0] >= 0x80) {
        hfi_reader_fail(r);
        return hfi_view_of(NULL, 0);
    }
    if (v.p[0] != 0)
        return v;
    hfi_reader digits = hfi_reader_of(v);
    (void)hfi_read_u8(&digits);
    return hfi_read_rest(&digits);
}

uint32_t hfi_der_read_number(hfi_reader *r, uint32_t max)
{
    hfi_view v = hfi_der_read_unsigned(r);
    uint64_t n = 0;
    if (v.len > 4)
        hfi_reader_fail(r);
    else
        for (size_t i = 0; i < v.len; i++)
            n = n << 8 | v.p[i];
    if (n > max)
        hfi_reader_fail(r);
    return r->failed ? 0 : (uint32_t)n;
}

hfi_view hfi_der_read_bit_string(hfi_reader *r)
{
    hfi_reader bits = hfi_reader_of(hfi_der_read(r, HFI_DER_BIT_STRING));
    uint8_t unused = hfi_read_u8(&bits);
    hfi_view v = hfi_read_rest(&bits);
    if (bits.failed || unused != 0) {
        hfi_reader_fail(r);
        return hfi_view_of(NULL, 0);
    }
    return v;
}

unsigned hfi_der_read_flags(hfi_reader *r)
{
    hfi_reader bits = hfi_reader_of(hfi_der_read(r, HFI_DER_BIT_STRING));
    uint8_t unused = hfi_read_u8(&bits);
    hfi_view v = hfi_read_rest(&bits);
    bool right = !bits.failed && unused < 8 && (v.len != 0 || unused == 0);
    if (right && v.len != 0)
        right = (v.p[v.len - 1] & ((1u << unused) - 1)) == 0;
    if (!right) {
        hfi_reader_fail(r);
        return 0;
    }
    unsigned flags = 0;
    for (unsigned n = 0; n < 16 && n / 8 < v.len; n++)
        if (v.p[n / 8] & (0x80u >> n % 8))
            flags |= 1u << n;
    return flags;
}

hfi_view hfi_der_read_oid(hfi_reader *r)
{
    hfi_view v = hfi_der_read(r, HFI_DER_OID);
    bool right = v.len != 0 && v.p[v.len - 1] < 0x80;
    for (size_t i = 0; right && i < v.len; i++)
        if (v.p[i] == 0x80 && (i == 0 || v.p[i - 1] < 0x80))
            right = false;
    if (!right) {
        hfi_reader_fail(r);
        return hfi_view_of(NULL, 0);
    }
    return v;
}

bool hfi_der_well_formed(hfi_view bytes, unsigned levels)
{
    if (levels == 0)
        return false;
    hfi_reader r = hfi_reader_of(bytes);
    while (hfi_reader_more(&r)) {
        uint8_t tag;
        hfi_view inside = hfi_der_read_any(&r, &tag);
        if (!r.failed && (tag & HFI_DER_CONSTRUCTED) != 0 &&
            !hfi_der_well_formed(inside, levels - 1))
            return false;
    }
    return hfi_reader_done(&r);
}
