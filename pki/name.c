/* pki/name.c: distinguished names: well-formedness and comparison, RFC 5280 7.1. */
#include "pki/name.h"

#include "pki/der.h"

bool hfi_name_next_attribute(hfi_reader *rdn, hfi_attribute *attribute)
{
    hfi_reader pair = hfi_reader_of(hfi_der_read(rdn, HFI_DER_SEQUENCE));
    attribute->type = hfi_der_read_oid(&pair);
    attribute->value = hfi_der_read_any(&pair, &attribute->tag);
    if (rdn->failed || !hfi_reader_done(&pair)) {
        hfi_reader_fail(rdn);
        return false;
    }
    return true;
}

/* The RDNs of a Name; a reader that has failed if it is none. */
static hfi_reader rdns_of(hfi_view name)
{
    hfi_reader whole = hfi_reader_of(name);
    hfi_reader rdns = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    if (!hfi_reader_done(&whole))
        hfi_reader_fail(&rdns);
    return rdns;
}

bool hfi_name_valid(hfi_view name)
{
    hfi_reader rdns = rdns_of(name);
    while (hfi_reader_more(&rdns)) {
        hfi_reader rdn = hfi_reader_of(hfi_der_read(&rdns, HFI_DER_SET));
        hfi_attribute a;
        do {
            if (!hfi_name_next_attribute(&rdn, &a))
                return false;
            if ((a.tag & HFI_DER_CONSTRUCTED) != 0 &&
                !hfi_der_well_formed(a.value, HFI_DER_NESTING_MAX))
                return false;
        } while (hfi_reader_more(&rdn));
    }
    return hfi_reader_done(&rdns);
}

bool hfi_name_empty(hfi_view name)
{
    hfi_reader rdns = rdns_of(name);
    return !hfi_reader_more(&rdns);
}

/* ---- comparison ---- */

static bool is_text(uint8_t tag)
{
    switch (tag) {
    case HFI_DER_UTF8_STRING:
    case HFI_DER_NUMERIC_STRING:
    case HFI_DER_PRINTABLE_STRING:
    case HFI_DER_IA5_STRING:
    case HFI_DER_VISIBLE_STRING:
        return true;
    default:
        return false;
    }
}

/* Yields the characters of a string as they are compared: lower case, spaces at the
 * ends dropped, a run of spaces as one. */
typedef struct folded {
    hfi_view text;
    size_t at;
} folded;

static void skip_spaces(folded *f)
{
    while (f->at < f->text.len && f->text.p[f->at] == ' ')
        f->at++;
}

static folded fold(hfi_view text)
{
    folded f = {text, 0};
    skip_spaces(&f);
    return f;
}

/* -1 at the end. */
static int next_folded(folded *f)
{
    if (f->at == f->text.len)
        return -1;
    uint8_t c = f->text.p[f->at++];
    if (c == ' ') {
        skip_spaces(f);
        return f->at < f->text.len ? ' ' : -1;
    }
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool value_equal(const hfi_attribute *a, const hfi_attribute *b)
{
    if (!is_text(a->tag) || !is_text(b->tag))
        return a->tag == b->tag && hfi_view_equal(a->value, b->value);
    if (hfi_view_equal(a->value, b->value))
        return true;
    folded x = fold(a->value);
    folded y = fold(b->value);
    int c;
    do {
        c = next_folded(&x);
        if (c != next_folded(&y))
            return false;
    } while (c >= 0);
    return true;
}

typedef bool compare_values(const hfi_attribute *a, const hfi_attribute *b);

/* The attributes of a set in DER come sorted, so equal sets have them in the same
 * order, but for those whose string types differ: these are told apart. */
static bool rdn_compare(hfi_view a, hfi_view b, compare_values *same)
{
    hfi_reader x = hfi_reader_of(a);
    hfi_reader y = hfi_reader_of(b);
    while (hfi_reader_more(&x) && hfi_reader_more(&y)) {
        hfi_attribute p, q;
        if (!hfi_name_next_attribute(&x, &p) || !hfi_name_next_attribute(&y, &q))
            return false;
        if (!hfi_view_equal(p.type, q.type) || !same(&p, &q))
            return false;
    }
    return hfi_reader_done(&x) && hfi_reader_done(&y);
}

static bool within(hfi_view name, hfi_view base, compare_values *same)
{
    hfi_reader x = rdns_of(name);
    hfi_reader y = rdns_of(base);
    while (hfi_reader_more(&y)) {
        hfi_view p = hfi_der_read(&x, HFI_DER_SET);
        hfi_view q = hfi_der_read(&y, HFI_DER_SET);
        if (x.failed || y.failed || !rdn_compare(p, q, same))
            return false;
    }
    return !x.failed && !y.failed;
}

bool hfi_name_within(hfi_view name, hfi_view base)
{
    return within(name, base, value_equal);
}

/* A string whose characters are not looked into. */
static bool is_opaque_text(uint8_t tag)
{
    return tag == HFI_DER_T61_STRING || tag == HFI_DER_UNIVERSAL_STRING ||
           tag == HFI_DER_BMP_STRING;
}

static bool is_ascii(hfi_view text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.p[i] >= 0x80)
            return false;
    return true;
}

static bool value_may_equal(const hfi_attribute *a, const hfi_attribute *b)
{
    if (is_opaque_text(a->tag) || is_opaque_text(b->tag))
        return true;
    return value_equal(a, b) || (is_text(a->tag) && is_text(b->tag) &&
                                 !is_ascii(a->value) && !is_ascii(b->value));
}

bool hfi_name_may_lie_within(hfi_view name, hfi_view base)
{
    return within(name, base, value_may_equal);
}

bool hfi_name_equal(hfi_view a, hfi_view b)
{
    if (hfi_view_equal(a, b))
        return true;
    return hfi_name_within(a, b) && hfi_name_within(b, a);
}

/* ---- hash ---- */

/* FNV-1a, 64 bits.  Names that were made to collide cost a comparison each, no more. */
static uint64_t mix(uint64_t h, unsigned c)
{
    return (h ^ c) * 1099511628211u;
}

static uint64_t mix_bytes(uint64_t h, hfi_view v)
{
    for (size_t i = 0; i < v.len; i++)
        h = mix(h, v.p[i]);
    return mix(h, 0x100);
}

static uint64_t mix_attribute(uint64_t h, const hfi_attribute *a)
{
    h = mix_bytes(h, a->type);
    if (!is_text(a->tag))
        return mix_bytes(mix(h, a->tag), a->value);
    folded f = fold(a->value);
    for (int c = next_folded(&f); c >= 0; c = next_folded(&f))
        h = mix(h, (unsigned)c);
    return mix(h, 0x100);
}

uint64_t hfi_name_hash(hfi_view name)
{
    uint64_t h = 14695981039346656037u;
    hfi_reader rdns = rdns_of(name);
    while (hfi_reader_more(&rdns)) {
        hfi_reader rdn = hfi_reader_of(hfi_der_read(&rdns, HFI_DER_SET));
        hfi_attribute a;
        while (hfi_reader_more(&rdn) && hfi_name_next_attribute(&rdn, &a))
            h = mix_attribute(h, &a);
        h = mix(h, 0x101);
    }
    return h;
}
