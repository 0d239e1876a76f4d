/* engine/session/session.c: sessions: one block of memory each.  RFC 8446 4.6.1. */
#include "session/session.h"

#include <stdatomic.h>

#include "base/ct.h"
#include "wire/reader.h"
#include "wire/writer.h"

struct hfi_session {
    atomic_uint references;
    atomic_bool ended; /* it is not resumed any more */
    size_t size;       /* of the whole block */
    hfi_alloc alloc;
    hfi_session_fields fields; /* its views point behind this struct */
};

/* Copies v to *at, moves *at behind it and makes v point to the copy. */
static void move_in(hfi_view *v, uint8_t **at)
{
    if (v->len != 0)
        memcpy(*at, v->p, v->len);
    v->p = *at;
    *at += v->len;
}

hfi_session *hfi_session_new(const hfi_alloc *alloc, const hfi_session_fields *fields)
{
    size_t size = sizeof(hfi_session) + fields->ticket.len + fields->session_id.len +
                  fields->hostname.len + 1 + fields->alpn.len + fields->leaf.len;
    hfi_session *s = hfi_alloc_bytes(alloc, size);

    if (s == NULL)
        return NULL;
    atomic_init(&s->references, 1);
    atomic_init(&s->ended, false);
    s->size = size;
    s->alloc = *alloc;
    s->fields = *fields;
    uint8_t *at = (uint8_t *)(s + 1);
    move_in(&s->fields.ticket, &at);
    move_in(&s->fields.session_id, &at);
    move_in(&s->fields.hostname, &at);
    *at++ = '\0'; /* hf_session_hostname hands it out as text */
    move_in(&s->fields.alpn, &at);
    move_in(&s->fields.leaf, &at);
    return s;
}

hfi_session *hfi_session_up_ref(hfi_session *session)
{
    atomic_fetch_add_explicit(&session->references, 1, memory_order_relaxed);
    return session;
}

void hfi_session_free(hfi_session *session)
{
    if (session == NULL ||
        atomic_fetch_sub_explicit(&session->references, 1, memory_order_acq_rel) != 1)
        return;
    hfi_alloc alloc = session->alloc;
    hfi_alloc_release_secret(&alloc, session, session->size);
}

void hfi_session_drop_secret(hfi_session *session)
{
    if (atomic_load_explicit(&session->references, memory_order_acquire) != 1)
        return;
    hfi_wipe(session->fields.psk, sizeof session->fields.psk);
    session->fields.psk_len = 0;
}

const hfi_session_fields *hfi_session_get(const hfi_session *session)
{
    return &session->fields;
}

void hfi_session_end(hfi_session *session)
{
    if (session != NULL)
        atomic_store_explicit(&session->ended, true, memory_order_relaxed);
}

uint32_t hfi_session_lifetime(const hfi_session *session)
{
    return atomic_load_explicit(&session->ended, memory_order_relaxed)
               ? 0
               : session->fields.lifetime;
}

bool hfi_session_fresh(const hfi_session *session, int64_t now)
{
    const hfi_session_fields *f = &session->fields;

    uint32_t lifetime = hfi_session_lifetime(session);

    return lifetime != 0 && now >= f->received - 60 &&
           now - f->received < (int64_t)lifetime;
}

/* ---- as bytes ---- */

enum {
    FORMAT = 2,                                     /* 1 knew TLS 1.3 alone */
    FIXED_SIZE = 4 + 1 + 2 + 2 + 1 + 8 + 4 + 4 + 1, /* magic to flags, without the PSK */
    PREFIXES = 2 + 1 + 1 + 1 + 3, /* of ticket, session id, hostname, alpn, leaf */
};

static const uint8_t magic[4] = {'H', 'F', 'S', '1'};

size_t hfi_session_encoded_size(const hfi_session *session)
{
    const hfi_session_fields *f = &session->fields;

    size_t early = f->max_early_data != 0 ? sizeof f->max_early_data : 0;

    return FIXED_SIZE + PREFIXES + early + f->psk_len + f->ticket.len +
           f->session_id.len + f->hostname.len + f->alpn.len + f->leaf.len;
}

static void write_vec8(hfi_writer *w, hfi_view v)
{
    size_t mark = hfi_write_vec8_begin(w);
    hfi_write_bytes(w, v);
    hfi_write_vec8_end(w, mark);
}

size_t hfi_session_encode(const hfi_session *session, uint8_t *out, size_t cap)
{
    const hfi_session_fields *f = &session->fields;
    hfi_writer w = hfi_writer_of(out, cap);

    hfi_write_bytes(&w, hfi_view_of(magic, sizeof magic));
    hfi_write_u8(&w, FORMAT);
    hfi_write_u16(&w, f->version);
    hfi_write_u16(&w, f->suite);
    write_vec8(&w, hfi_view_of(f->psk, f->psk_len));
    hfi_write_u64(&w, (uint64_t)f->received);
    hfi_write_u32(&w, hfi_session_lifetime(session));
    hfi_write_u32(&w, f->age_add);
    bool early = f->max_early_data != 0;
    hfi_write_u8(&w, (uint8_t)(f->verified | f->extended_master << 1 | early << 2 |
                               f->accepted << 3));
    size_t mark = hfi_write_vec16_begin(&w);
    hfi_write_bytes(&w, f->ticket);
    hfi_write_vec16_end(&w, mark);
    write_vec8(&w, f->session_id);
    write_vec8(&w, f->hostname);
    write_vec8(&w, f->alpn);
    mark = hfi_write_vec24_begin(&w);
    hfi_write_bytes(&w, f->leaf);
    hfi_write_vec24_end(&w, mark);
    if (early)
        hfi_write_u32(&w, f->max_early_data);
    return hfi_writer_view(&w).len;
}

/* A TLS 1.3 session has a ticket, and a PSK as long as its suite's hash. */
static bool is_tls13(const hfi_session_fields *f)
{
    return f->version == 0x0304 && f->suite >= 0x1301 && f->suite <= 0x1303 &&
           f->psk_len == (f->suite == 0x1302 ? 48u : 32u) && f->ticket.len != 0 &&
           f->session_id.len == 0;
}

/* A TLS 1.2 session has its master secret, and a ticket or an id. */
static bool is_tls12(const hfi_session_fields *f)
{
    return f->version == 0x0303 && f->suite >> 8 != 0x13 && f->psk_len == 48 &&
           f->age_add == 0 && (f->ticket.len != 0 || f->session_id.len != 0);
}

static bool fields_make_sense(const hfi_session_fields *f, uint8_t flags)
{
    return (is_tls13(f) || is_tls12(f)) && f->lifetime <= HFI_TICKET_LIFETIME_MAX &&
           f->received >= 0 && f->received < INT64_C(1) << 40 && flags <= 15 &&
           ((flags & 4) != 0) == (f->max_early_data != 0) &&
           (f->max_early_data == 0 || f->version == 0x0304);
}

hfi_session *hfi_session_decode(const hfi_alloc *alloc, hfi_view bytes)
{
    hfi_reader r = hfi_reader_of(bytes);
    hfi_session_fields f;

    memset(&f, 0, sizeof f);
    hfi_view start = hfi_read_bytes(&r, sizeof magic);
    uint8_t format = hfi_read_u8(&r);
    f.version = hfi_read_u16(&r);
    f.suite = hfi_read_u16(&r);
    hfi_view psk = hfi_read_vec8(&r, 1, HFI_SECRET_MAX);
    f.received = (int64_t)hfi_read_u64(&r);
    f.lifetime = hfi_read_u32(&r);
    f.age_add = hfi_read_u32(&r);
    uint8_t flags = hfi_read_u8(&r);
    f.ticket = hfi_read_vec16(&r, 0, HFI_TICKET_MAX);
    f.session_id = hfi_read_vec8(&r, 0, 32);
    f.hostname = hfi_read_vec8(&r, 0, 253);
    f.alpn = hfi_read_vec8(&r, 0, HFI_SESSION_ALPN_MAX);
    f.leaf = hfi_read_vec24(&r, 0, 65536);
    if ((flags & 4) != 0)
        f.max_early_data = hfi_read_u32(&r);
    if (!hfi_reader_done(&r) || format != FORMAT ||
        !hfi_view_equal(start, hfi_view_of(magic, sizeof magic)))
        return NULL;

    f.verified = (flags & 1) != 0;
    f.extended_master = (flags & 2) != 0;
    f.accepted = (flags & 8) != 0;
    f.psk_len = psk.len;
    memcpy(f.psk, psk.p, psk.len);
    hfi_session *s = fields_make_sense(&f, flags) ? hfi_session_new(alloc, &f) : NULL;
    hfi_wipe(&f, sizeof f);
    return s;
}
