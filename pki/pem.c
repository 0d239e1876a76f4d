/* pki/pem.c: PEM text, RFC 7468 2 and 3.
 * What stands between blocks is passed over, as the RFC allows: bundles carry remarks. */
#include "pki/pem.h"

#include "wire/reader.h"

static const char begin[] = "-----BEGIN ";
static const char end[] = "-----END ";
static const char dashes[] = "-----";

enum { LABEL_MAX = 64 };

/* Takes text if it comes next. */
static bool take(hfi_reader *r, const char *text)
{
    hfi_reader ahead = *r;
    hfi_view found = hfi_read_bytes(&ahead, strlen(text));
    if (ahead.failed || memcmp(found.p, text, found.len) != 0)
        return false;
    *r = ahead;
    return true;
}

/* Moves to the next dash that begins a line; false if there is none.  Base64 has no
 * dash, so this passes over a body in one go. */
static bool seek_dash(hfi_reader *r, bool at_line_start)
{
    while (hfi_reader_more(r)) {
        const uint8_t *dash = memchr(r->p, '-', r->left);
        if (dash == NULL)
            return false;
        size_t skipped = (size_t)(dash - r->p);
        if (skipped != 0) {
            hfi_view passed = hfi_read_bytes(r, skipped);
            uint8_t before = passed.p[passed.len - 1];
            at_line_start = before == '\n' || before == '\r';
        }
        if (at_line_start)
            return true;
        (void)hfi_read_u8(r);
        at_line_start = false;
    }
    return false;
}

/* The rest of an encapsulation line: a label, five dashes, nothing but space. */
static bool take_label(hfi_reader *r, hfi_view *label)
{
    hfi_reader ahead = *r;
    size_t len = 0;

    while (hfi_reader_more(&ahead) && hfi_reader_peek(&ahead) != '-' &&
           hfi_reader_peek(&ahead) >= ' ' && len <= LABEL_MAX) {
        (void)hfi_read_u8(&ahead);
        len++;
    }
    *label = hfi_read_bytes(r, len);
    if (len == 0 || len > LABEL_MAX || !take(r, dashes))
        return false;
    while (hfi_reader_peek(r) == ' ' || hfi_reader_peek(r) == '\t')
        (void)hfi_read_u8(r);
    return r->left == 0 || hfi_reader_peek(r) == '\n' || hfi_reader_peek(r) == '\r';
}

/* Everything up to the END line, which must bear the same label. */
static bool take_body(hfi_reader *r, hfi_pem_block *block)
{
    const hfi_reader body = *r;
    hfi_view label;

    if (!seek_dash(r, false))
        return false;
    hfi_reader sized = body;
    block->body = hfi_read_bytes(&sized, body.left - r->left);
    return take(r, end) && take_label(r, &label) && hfi_view_equal(label, block->label);
}

hfi_err hfi_pem_next(hfi_view *text, hfi_pem_block *block)
{
    hfi_reader r = hfi_reader_of(*text);
    bool at_line_start = true;
    hfi_err err = HFI_OK;

    memset(block, 0, sizeof *block);
    while (seek_dash(&r, at_line_start)) {
        if (!take(&r, begin)) {
            (void)hfi_read_u8(&r);
            at_line_start = false;
            continue;
        }
        if (!take_label(&r, &block->label) || !take_body(&r, block)) {
            memset(block, 0, sizeof *block);
            err = HFI_E_PEM_MALFORMED;
            (void)hfi_read_rest(&r);
        }
        *text = hfi_read_rest(&r);
        return err;
    }
    *text = hfi_view_of(NULL, 0);
    return HFI_OK;
}

static hfi_err decoded(ptrdiff_t n, size_t *len)
{
    *len = n < 0 ? 0 : (size_t)n;
    return n < 0 ? HFI_E_PEM_MALFORMED : HFI_OK;
}

hfi_err hfi_pem_decode(const hfi_crypto *crypto, const hfi_pem_block *block, uint8_t *out,
                       size_t *len)
{
    return decoded(crypto->base64_decode(block->body.p, block->body.len, out), len);
}

hfi_err hfi_pem_decode_secret(const hfi_crypto *crypto, const hfi_pem_block *block,
                              uint8_t *out, size_t *len)
{
    return decoded(crypto->base64_decode_secret(block->body.p, block->body.len, out),
                   len);
}
