/* tests/support/script_message.c: edits of a handshake message, from a script. */
#include "script_message.h"

#include <assert.h>

enum {
    HEADER = 4,
    SERVER_HELLO = 2,
    NEW_SESSION_TICKET = 4,
    ENCRYPTED_EXTENSIONS = 8,
    CERTIFICATE = 11,
    CERTIFICATE_REQUEST = 13,
};

static void set_number(script_bytes *m, size_t at, uint64_t n, size_t size)
{
    assert(at + size <= m->len);
    while (size-- > 0)
        m->p[at++] = (uint8_t)(n >> (8 * size));
}

static void add_to_number(script_bytes *m, size_t at, int n, size_t size)
{
    assert(at + size <= m->len);
    set_number(m, at, script_number(m->p + at, size) + (uint64_t)n, size);
}

void script_message_begin(script_bytes *m, uint8_t type)
{
    m->len = 0;
    script_append_number(m, type, 1);
    script_append_number(m, 0, 3);
}

void script_message_end(script_bytes *m)
{
    set_number(m, 1, m->len - HEADER, 3);
}

void script_length_end(script_bytes *m, size_t mark, size_t size)
{
    set_number(m, mark, m->len - mark - size, size);
}

void script_extension_begin(script_bytes *m, uint16_t type, size_t *mark)
{
    script_append_number(m, type, 2);
    *mark = m->len;
    script_append_number(m, 0, 2);
}

/* ---- extensions ---- */

/* Where the length of the extension block stands: in a Certificate that of the first
 * entry. */
static size_t block_of(const script_bytes *m)
{
    const uint8_t *p = m->p;
    size_t at = HEADER;

    switch (p[0]) {
    case SERVER_HELLO:
        at += 2 + 32;
        return at + 1 + p[at] + 2 + 1;
    case ENCRYPTED_EXTENSIONS:
        return at;
    case CERTIFICATE_REQUEST:
        return at + 1 + p[at];
    case CERTIFICATE:
        at += 1 + (size_t)p[at] + 3;
        return at + 3 + (size_t)script_number(p + at, 3);
    case NEW_SESSION_TICKET:
        at += 4 + 4;
        at += 1 + (size_t)p[at];
        return at + 2 + (size_t)script_number(p + at, 2);
    default:
        assert(!"a message without extensions");
        return 0;
    }
}

/* The extension's first byte; its data begins 4 later. */
static size_t find(const script_bytes *m, uint16_t type, size_t *len)
{
    size_t at = block_of(m) + 2;

    for (;;) {
        assert(at + 4 <= m->len);
        *len = (size_t)script_number(m->p + at + 2, 2);
        if (script_number(m->p + at, 2) == type)
            return at;
        at += 4 + *len;
    }
}

/* Puts by in the place of cut bytes of the block and mends the lengths around it. */
static void replace_in_block(script_bytes *m, size_t from, size_t cut, hfi_view by)
{
    size_t block = block_of(m);
    int more = (int)by.len - (int)cut;

    script_replace(m, from, cut, by);
    add_to_number(m, block, more, 2);
    if (m->p[0] == CERTIFICATE)
        add_to_number(m, HEADER + 1 + (size_t)m->p[HEADER], more, 3);
}

static void edit_extension(script_bytes *m, const script_step *step, hfi_view hex)
{
    uint16_t type = (uint16_t)step->n;
    script_bytes whole = {NULL, 0, 0};
    size_t at, len;

    if (step->op == OP_EXT_ADD) {
        size_t block = block_of(m);
        script_append_number(&whole, type, 2);
        script_append_number(&whole, hex.len, 2);
        script_append_view(&whole, hex);
        at = block + 2 + (size_t)script_number(m->p + block, 2);
        replace_in_block(m, at, 0, script_view(&whole));
        script_free(&whole);
        return;
    }
    at = find(m, type, &len);
    if (step->op != OP_EXT_SET)
        script_append(&whole, m->p + at, 4 + len);
    else
        script_append(&whole, m->p + at, 4);
    if (step->op == OP_EXT_SET || step->op == OP_EXT_TAIL) {
        script_append_view(&whole, hex);
        script_length_end(&whole, 2, 2);
        replace_in_block(m, at, 4 + len, script_view(&whole));
    } else if (step->op == OP_EXT_DROP) {
        replace_in_block(m, at, 4 + len, hfi_view_of(NULL, 0));
    } else {
        replace_in_block(m, at, 0, script_view(&whole));
    }
    script_free(&whole);
}

/* ---- the body ---- */

static void edit_body(script_bytes *m, const script_step *step, hfi_view hex)
{
    size_t body = m->len - HEADER;

    switch (step->op) {
    case OP_SET: {
        size_t at = HEADER + (step->n < 0 ? body - (size_t)-step->n : (size_t)step->n);
        script_replace(m, at, hex.len, hex);
        break;
    }
    case OP_APPEND:
        script_append_view(m, hex);
        break;
    case OP_CUT:
        script_truncate(m, step->n < 0 ? HEADER + (size_t)-step->n
                                       : m->len - (size_t)step->n);
        break;
    case OP_BODY:
        script_truncate(m, HEADER);
        script_append_view(m, hex);
        break;
    case OP_TYPE:
        m->p[0] = (uint8_t)step->n;
        break;
    default:
        break;
    }
    script_message_end(m);
}

void script_edit(script_bytes *m, const script_step *step)
{
    script_bytes hex = {NULL, 0, 0};

    script_append_hex(&hex, step->hex == NULL ? "" : step->hex);
    if (step->op == OP_LENGTH) {
        add_to_number(m, 1, step->n, 3);
    } else if (step->op == OP_EXT_LENGTHS) {
        add_to_number(m, block_of(m), step->n, 2);
    } else if (step->op >= OP_EXT_ADD && step->op <= OP_EXT_TWICE) {
        edit_extension(m, step, script_view(&hex));
        script_message_end(m);
    } else if (step->op >= OP_SET && step->op <= OP_TYPE) {
        edit_body(m, step, script_view(&hex));
    }
    script_free(&hex);
}
