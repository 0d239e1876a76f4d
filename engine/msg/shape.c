/* engine/msg/shape.c: a body is walked along the description of its structure.
 * RFC 8446 3, 4, 4.2.  How deep the walk goes is a matter of the tables, not of the peer.
 */
#include "msg/shape.h"

#include "msg/extensions.h"
#include "msg/server_hello.h"
#include "msg/shape_table.h"
#include "msg/types.h"
#include "wire/reader.h"

/* Bytes with the place where they end, so that every place in them has a number. */
typedef struct part {
    hfi_reader r;
    size_t end;
} part;

typedef struct walk {
    const hfi_shape_context *context;
    hfi_shape_fault *fault;
    unsigned where; /* whose extensions they are */
    bool bodies;    /* a fault within an extension counts */
    bool twice, many;
    bool other_form; /* the rest of this structure is not described */
} walk;

static bool walk_fields(walk *w, part *p, const hfi_field *fields);

static part part_of(hfi_view bytes, size_t at)
{
    part p = {hfi_reader_of(bytes), at + bytes.len};
    return p;
}

static size_t place_in(const part *p)
{
    return p->end - p->r.left;
}

static void enter(walk *w, const char *name, int32_t number)
{
    hfi_shape_fault *f = w->fault;

    if (f->depth < HFI_SHAPE_DEPTH)
        f->path[f->depth++] = (hfi_shape_step){name, number};
}

/* Always false, for the walk ends with the first. */
static bool misfit(walk *w, hfi_shape_misfit kind, size_t at, size_t needs, size_t found)
{
    w->fault->misfit = kind;
    w->fault->at = at;
    w->fault->needs = needs;
    w->fault->found = found;
    return false;
}

static bool walk_end(walk *w, const part *p)
{
    return p->r.left == 0 || misfit(w, HFI_SHAPE_LEFT_OVER, place_in(p), 0, p->r.left);
}

static bool walk_bytes(walk *w, part *p, size_t size)
{
    if (p->r.left < size)
        return misfit(w, HFI_SHAPE_ENDS_EARLY, place_in(p), size, p->r.left);
    (void)hfi_read_bytes(&p->r, size);
    return true;
}

/* ---- fields ---- */

static size_t read_number(hfi_reader *r, size_t size)
{
    size_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | hfi_read_u8(r);
    return number;
}

static bool walk_number(walk *w, part *p, const hfi_field *f)
{
    part before = *p;

    if (!walk_bytes(w, p, f->size))
        return false;
    size_t number = read_number(&before.r, f->size);
    if (f->rule == HFI_FIELD_MUST_BE && number != f->value)
        return misfit(w, HFI_SHAPE_VALUE, place_in(p) - f->size, f->value, number);
    w->other_form = f->rule == HFI_FIELD_SELECTS && number != f->value;
    if (w->other_form)
        (void)hfi_read_rest(&p->r);
    return true;
}

static bool has_zero(hfi_view v)
{
    return v.len != 0 && memchr(v.p, 0, v.len) != NULL;
}

static bool judge_length(walk *w, const hfi_field *f, size_t at, size_t len, size_t left)
{
    if (len < f->min)
        return misfit(w, HFI_SHAPE_TOO_SHORT, at, f->min, len);
    if (len > f->max)
        return misfit(w, HFI_SHAPE_TOO_LONG, at, f->max, len);
    if (len > left)
        return misfit(w, HFI_SHAPE_OVERRUNS, at, len, left);
    if (f->rule == HFI_FIELD_PAIRS && len % 2 != 0)
        return misfit(w, HFI_SHAPE_ODD, at, 0, len);
    return true;
}

/* The length, its bounds, and what it is the length of. */
static bool walk_vector(walk *w, part *p, const hfi_field *f, part *content)
{
    size_t at = place_in(p);
    part before = *p;

    if (!walk_bytes(w, p, f->size))
        return false;
    size_t len = read_number(&before.r, f->size);
    if (!judge_length(w, f, at, len, p->r.left))
        return false;
    size_t inside = place_in(p);
    hfi_view bytes = hfi_read_bytes(&p->r, len);
    *content = part_of(bytes, inside);
    return f->rule != HFI_FIELD_TEXT || !has_zero(bytes) ||
           misfit(w, HFI_SHAPE_ZERO_BYTE, at, 0, 0);
}

/* The items stand in the path by their place in the list. */
static bool walk_list(walk *w, part *p, const hfi_field *f)
{
    int32_t *number = &w->fault->path[w->fault->depth - 1].number;

    for (*number = 0; hfi_reader_more(&p->r); ++*number) {
        if (f->value != 0 && *number >= f->value)
            return misfit(w, HFI_SHAPE_TOO_MANY, place_in(p), f->value, 0);
        if (!walk_fields(w, p, f->of))
            return false;
    }
    return true;
}

/* ---- extensions ---- */

static hfi_view find_body(part block, uint16_t type)
{
    while (hfi_reader_more(&block.r)) {
        uint16_t found = hfi_read_u16(&block.r);
        hfi_view body = hfi_read_vec16(&block.r, 0, 65535);
        if (found == type)
            return body;
    }
    return hfi_view_of(NULL, 0);
}

static bool lists_tls13(hfi_view versions)
{
    hfi_reader r = hfi_reader_of(versions);
    hfi_reader list = hfi_reader_of(hfi_read_vec8(&r, 2, 254));

    while (hfi_reader_more(&list)) {
        if (hfi_read_u16(&list) == 0x0304)
            return true;
    }
    return false;
}

/* What is of TLS 1.3 alone is read only where that may come of the hello, and an answer
 * without a version is one of TLS 1.2. */
static unsigned where_of(const walk *w, part block, bool *tls13)
{
    hfi_view versions = find_body(block, HFI_EXT_SUPPORTED_VERSIONS);

    *tls13 = w->where != HFI_SHAPE_IN_CLIENT_HELLO ||
             (w->context->version != 0x0303 && lists_tls13(versions));
    return w->where == HFI_SHAPE_IN_SERVER_HELLO && versions.p == NULL
               ? HFI_SHAPE_IN_SERVER_HELLO_TLS12
               : w->where;
}

static void enter_extension(walk *w, uint16_t type)
{
    const char *name = hfi_shape_extension_name(type);

    enter(w, name, name == NULL ? type : -1);
}

static bool walk_bodies(walk *w, part block, unsigned where, bool tls13, bool versions)
{
    size_t depth = w->fault->depth;

    while (hfi_reader_more(&block.r)) {
        bool tls13_only = false;
        uint16_t type = hfi_read_u16(&block.r);
        size_t at = place_in(&block) + 2;
        part body = part_of(hfi_read_vec16(&block.r, 0, 65535), at);
        const hfi_field *fields = hfi_shape_of_extension(type, where, &tls13_only);
        if (fields == NULL || (tls13_only && !tls13) ||
            (versions && type != HFI_EXT_SUPPORTED_VERSIONS))
            continue;
        enter_extension(w, type);
        if (!walk_fields(w, &body, fields) || !walk_end(w, &body))
            return false;
        w->fault->depth = depth;
    }
    return true;
}

/* Among the first `count` of a block. */
static bool stands_before(part block, uint16_t type, size_t count)
{
    for (size_t i = 0; i < count && i < HFI_EXTENSIONS_MAX; i++) {
        if (hfi_read_u16(&block.r) == type)
            return true;
        (void)hfi_read_vec16(&block.r, 0, 65535);
    }
    return false;
}

static bool walk_headers(walk *w, part p)
{
    static const hfi_field type_of[] = {HFI_NUMBER("extension_type", 2), HFI_END};
    static const hfi_field data_of = HFI_VECTOR("extension_data", 2, 0, 65535);
    size_t depth = w->fault->depth;
    part whole = p, body;

    for (size_t count = 0; hfi_reader_more(&p.r); count++) {
        part before = p;
        if (!walk_fields(w, &p, type_of))
            return false;
        uint16_t type = hfi_read_u16(&before.r);
        enter_extension(w, type);
        if (!walk_vector(w, &p, &data_of, &body))
            return false;
        size_t at = place_in(&before) - 2;
        if (w->twice && stands_before(whole, type, count))
            return misfit(w, HFI_SHAPE_TWICE, at, 0, 0);
        w->fault->depth = depth;
        if (w->many && count == HFI_EXTENSIONS_MAX)
            return misfit(w, HFI_SHAPE_TOO_MANY, at, HFI_EXTENSIONS_MAX, 0);
    }
    return true;
}

/* The versions come first, as in the readers: the rest hangs on them. */
static bool walk_extensions(walk *w, part block)
{
    bool tls13 = false;

    if (!walk_headers(w, block))
        return false;
    if (!w->bodies)
        return true;
    unsigned where = where_of(w, block, &tls13);
    return walk_bodies(w, block, where, tls13, true) &&
           walk_bodies(w, block, where, tls13, false);
}

/* ---- structures ---- */

static bool walk_verify_data(walk *w, part *p)
{
    size_t size = w->context->verify_data;

    return walk_bytes(w, p, size == 0 ? p->r.left : size);
}

static bool walk_field(walk *w, part *p, const hfi_field *f)
{
    part content;

    switch ((hfi_field_kind)f->kind) {
    case HFI_FIELD_NUMBER:
        return walk_number(w, p, f);
    case HFI_FIELD_BYTES:
        return walk_bytes(w, p, f->size);
    case HFI_FIELD_VECTOR:
        return walk_vector(w, p, f, &content);
    case HFI_FIELD_LIST:
        return walk_vector(w, p, f, &content) && walk_list(w, &content, f);
    case HFI_FIELD_ONE:
        return walk_vector(w, p, f, &content) && walk_fields(w, &content, f->of) &&
               walk_end(w, &content);
    case HFI_FIELD_EXTENSIONS:
        return walk_vector(w, p, f, &content) && walk_extensions(w, content);
    case HFI_FIELD_VERIFY_DATA:
        return walk_verify_data(w, p);
    case HFI_FIELD_END:
        break;
    }
    return true;
}

static bool walk_fields(walk *w, part *p, const hfi_field *fields)
{
    size_t depth = w->fault->depth;

    for (const hfi_field *f = fields; f->kind != HFI_FIELD_END; f++) {
        if (f->rule == HFI_FIELD_OPTIONAL && p->r.left == 0)
            continue;
        if (f->name != NULL)
            enter(w, f->name, -1);
        if (!walk_field(w, p, f))
            return false;
        w->fault->depth = depth;
        if (f->rule == HFI_FIELD_SELECTS && w->other_form)
            return true;
    }
    return true;
}

static unsigned where_in(const hfi_shape_context *context, hfi_view body)
{
    switch (context->type) {
    case HFI_CLIENT_HELLO:
        return HFI_SHAPE_IN_CLIENT_HELLO;
    case HFI_SERVER_HELLO:
        return hfi_msg_is_hello_retry(body) ? HFI_SHAPE_IN_HELLO_RETRY
                                            : HFI_SHAPE_IN_SERVER_HELLO;
    case HFI_ENCRYPTED_EXTENSIONS:
        return HFI_SHAPE_IN_ENCRYPTED_EXTENSIONS;
    case HFI_CERTIFICATE:
        return HFI_SHAPE_IN_CERTIFICATE;
    case HFI_CERTIFICATE_REQUEST:
        return HFI_SHAPE_IN_CERTIFICATE_REQUEST;
    case HFI_NEW_SESSION_TICKET:
        return HFI_SHAPE_IN_NEW_SESSION_TICKET;
    default:
        return 0;
    }
}

bool hfi_shape_find(const hfi_shape_context *context, hfi_view body, hfi_err code,
                    hfi_shape_fault *fault)
{
    const hfi_field *fields = hfi_shape_of_message(context->type, context->version);
    part whole = part_of(body, 0);
    walk w = {
        .context = context,
        .fault = fault,
        .where = where_in(context, body),
        .bodies =
            code == HFI_OK || code == HFI_E_DECODE_EXTENSION || code == HFI_E_ALPN_EMPTY,
        .twice = code == HFI_OK || code == HFI_E_EXTENSION_DUPLICATE,
        .many = code == HFI_OK || code == HFI_E_TOO_MANY_EXTENSIONS,
    };

    memset(fault, 0, sizeof *fault);
    fault->size = body.len;
    if (fields == NULL)
        return false;
    return !walk_fields(&w, &whole, fields) || !walk_end(&w, &whole);
}
