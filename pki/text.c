/* pki/text.c: text for people, made of bytes that a peer chose; RFC 3629. */
#include "pki/text.h"

#include "wire/reader.h"

enum { REPLACEMENT = 0xfffd };

hfi_text hfi_text_into(char *out, size_t size)
{
    hfi_text t = {out, size, 0, false};
    out[0] = '\0';
    return t;
}

static void add_bytes(hfi_text *t, const char *bytes, size_t len)
{
    if (t->full || len >= t->size - t->len) {
        t->full = true;
        return;
    }
    memcpy(t->out + t->len, bytes, len);
    t->len += len;
    t->out[t->len] = '\0';
}

void hfi_text_add(hfi_text *t, const char *ascii)
{
    for (; *ascii != '\0'; ascii++)
        add_bytes(t, ascii, 1);
}

/* Controls, and the format characters that change how what follows is displayed. */
static bool cannot_be_shown(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || (code >= 0xd800 && code < 0xe000) ||
           code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) || code > 0x10ffff;
}

void hfi_text_add_character(hfi_text *t, uint32_t code)
{
    char b[4];

    if (cannot_be_shown(code))
        code = REPLACEMENT;
    if (code < 0x80) {
        b[0] = (char)code;
        add_bytes(t, b, 1);
    } else if (code < 0x800) {
        b[0] = (char)(0xc0 | code >> 6);
        b[1] = (char)(0x80 | (code & 0x3f));
        add_bytes(t, b, 2);
    } else if (code < 0x10000) {
        b[0] = (char)(0xe0 | code >> 12);
        b[1] = (char)(0x80 | (code >> 6 & 0x3f));
        b[2] = (char)(0x80 | (code & 0x3f));
        add_bytes(t, b, 3);
    } else {
        b[0] = (char)(0xf0 | code >> 18);
        b[1] = (char)(0x80 | (code >> 12 & 0x3f));
        b[2] = (char)(0x80 | (code >> 6 & 0x3f));
        b[3] = (char)(0x80 | (code & 0x3f));
        add_bytes(t, b, 4);
    }
}

uint32_t hfi_text_next_utf8(hfi_view *bytes)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    hfi_reader r = hfi_reader_of(*bytes);
    uint8_t first = hfi_read_u8(&r);
    unsigned more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    uint32_t code = more == 0 ? first : first & (0x3fu >> more);

    *bytes = hfi_view_of(r.p, r.left);
    if ((first >= 0x80 && first < 0xc2) || first > 0xf4)
        return REPLACEMENT;
    for (unsigned i = 0; i < more; i++) {
        if ((hfi_reader_peek(&r) & 0xc0) != 0x80)
            return REPLACEMENT;
        code = code << 6 | (hfi_read_u8(&r) & 0x3fu);
    }
    if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return REPLACEMENT;
    *bytes = hfi_view_of(r.p, r.left);
    return code;
}

void hfi_text_add_utf8(hfi_text *t, hfi_view bytes)
{
    while (bytes.len != 0)
        hfi_text_add_character(t, hfi_text_next_utf8(&bytes));
}

void hfi_text_add_hex(hfi_text *t, hfi_view bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        char pair[2] = {digits[bytes.p[i] >> 4], digits[bytes.p[i] & 15]};
        add_bytes(t, pair, 2);
    }
}

void hfi_text_end(hfi_text *t)
{
    if (!t->full || t->size < 4)
        return;
    while (t->len > t->size - 4 || (t->len > 0 && (t->out[t->len] & 0xc0) == 0x80))
        t->len--;
    memcpy(t->out + t->len, "...", 4);
    t->len += 3;
}
