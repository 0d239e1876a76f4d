/* engine/session/ticket.c: sealing and opening.  RFC 5077 4; RFC 8446 4.6.1.
 * Whether an opened session fits the handshake at hand is judged in handshake/. */
#include "session/ticket.h"

#include "base/ct.h"
#include "keys/hkdf.h"
#include "wire/reader.h"
#include "wire/writer.h"

enum {
    FORMAT = 1,
    SALT = 16,
    HEADER = HFI_TICKET_KEY_NAME + SALT + HFI_AEAD_NONCE,
    AEAD_CONTEXT = 1024, /* of ChaCha20-Poly1305, with room to spare */
    /* Format, version, suite, received, born, lifetime, age_add, max_early_data, group,
     * scheme, flags, verify_result. */
    FIXED = 1 + 2 + 2 + 8 + 8 + 4 + 4 + 4 + 2 + 2 + 1 + 4,
    PREFIXES = 1 + 1 + 1 + 2, /* of psk, hostname, alpn, leaf */
    BINDING_MAX = HEADER + 2 * 256,
    LIFE_MAX = HFI_TICKET_LIFETIME_MAX, /* of all renewals together */
};

static const int64_t DATE_END = INT64_C(1) << 40;

/* ---- the content ---- */

static size_t content_size(const hfi_session_fields *f)
{
    return FIXED + PREFIXES + f->psk_len + f->hostname.len + f->alpn.len + f->leaf.len;
}

size_t hfi_ticket_sealed_size(const hfi_session_fields *f)
{
    if (f->leaf.len > HFI_SEALED_LEAF_MAX || f->hostname.len > 255 || f->alpn.len > 255)
        return 0;
    return HFI_SEALED_OVERHEAD + content_size(f);
}

static void write_vec8(hfi_writer *w, hfi_view v)
{
    size_t mark = hfi_write_vec8_begin(w);
    hfi_write_bytes(w, v);
    hfi_write_vec8_end(w, mark);
}

static void write_content(hfi_writer *w, const hfi_session_fields *f)
{
    hfi_write_u8(w, FORMAT);
    hfi_write_u16(w, f->version);
    hfi_write_u16(w, f->suite);
    hfi_write_u64(w, (uint64_t)f->received);
    hfi_write_u64(w, (uint64_t)f->born);
    hfi_write_u32(w, f->lifetime);
    hfi_write_u32(w, f->age_add);
    hfi_write_u32(w, f->max_early_data);
    hfi_write_u16(w, f->group);
    hfi_write_u16(w, f->scheme);
    hfi_write_u8(w, (uint8_t)(f->extended_master | f->verified << 1 | f->accepted << 2));
    hfi_write_u32(w, (uint32_t)f->verify_result);
    write_vec8(w, hfi_view_of(f->psk, f->psk_len));
    write_vec8(w, f->hostname);
    write_vec8(w, f->alpn);
    size_t mark = hfi_write_vec16_begin(w);
    hfi_write_bytes(w, f->leaf);
    hfi_write_vec16_end(w, mark);
}

/* Only we can have sealed it; a later release may have, with another format. */
static bool read_content(hfi_view content, hfi_session_fields *f)
{
    hfi_reader r = hfi_reader_of(content);

    memset(f, 0, sizeof *f);
    uint8_t format = hfi_read_u8(&r);
    f->version = hfi_read_u16(&r);
    f->suite = hfi_read_u16(&r);
    f->received = (int64_t)hfi_read_u64(&r);
    f->born = (int64_t)hfi_read_u64(&r);
    f->lifetime = hfi_read_u32(&r);
    f->age_add = hfi_read_u32(&r);
    f->max_early_data = hfi_read_u32(&r);
    f->group = hfi_read_u16(&r);
    f->scheme = hfi_read_u16(&r);
    uint8_t flags = hfi_read_u8(&r);
    f->verify_result = (hfi_err)hfi_read_u32(&r);
    hfi_view psk = hfi_read_vec8(&r, 1, HFI_SECRET_MAX);
    f->hostname = hfi_read_vec8(&r, 0, 255);
    f->alpn = hfi_read_vec8(&r, 0, 255);
    f->leaf = hfi_read_vec16(&r, 0, HFI_SEALED_LEAF_MAX);
    if (!hfi_reader_done(&r) || format != FORMAT || flags > 7)
        return false;
    f->extended_master = (flags & 1) != 0;
    f->verified = (flags & 2) != 0;
    f->accepted = (flags & 4) != 0;
    f->psk_len = psk.len;
    memcpy(f->psk, psk.p, psk.len);
    return true;
}

/* Not over its own time, nor over that of all renewals; a ticket from the future is one
 * whose age nobody can tell. */
static bool in_time(const hfi_session_fields *f, int64_t now)
{
    return f->lifetime <= HFI_TICKET_LIFETIME_MAX && f->born >= 0 &&
           f->born <= f->received && f->received < DATE_END &&
           f->received - now <= HFI_CLOCK_TOLERANCE &&
           now - f->received < (int64_t)f->lifetime && now - f->born < LIFE_MAX;
}

/* ---- the seal ---- */

/* Each ticket has a key of its own, from the secret and its salt. */
static void start_aead(const hfi_crypto *crypto, const hfi_ticket_key *key,
                       const uint8_t *salt, uint8_t *ctx)
{
    static const char label[] = "handfast ticket";
    uint8_t info[sizeof label + SALT];
    uint8_t own[HFI_AEAD_KEY_MAX];

    memcpy(info, label, sizeof label);
    memcpy(info + sizeof label, salt, SALT);
    (void)hfi_hkdf_expand(crypto->sha256, hfi_view_of(key->secret, sizeof key->secret),
                          hfi_view_of(info, sizeof info), own,
                          crypto->chacha20_poly1305->key_len);
    crypto->chacha20_poly1305->init(ctx, own);
    hfi_wipe(own, sizeof own);
}

/* The header and what the session is sealed for are authenticated with it. */
static hfi_view write_binding(uint8_t *room, hfi_view header, const hfi_sealed_for *to)
{
    hfi_writer w = hfi_writer_of(room, BINDING_MAX);

    hfi_write_bytes(&w, header);
    write_vec8(&w, to->context);
    write_vec8(&w, to->id);
    return hfi_writer_view(&w);
}

static bool can_seal(const hfi_crypto *crypto)
{
    return crypto->chacha20_poly1305->ctx_size <= AEAD_CONTEXT;
}

static void seal(const hfi_crypto *crypto, const hfi_ticket_key *key,
                 const hfi_sealed_for *to, uint8_t *sealed, size_t content)
{
    alignas(16) uint8_t ctx[AEAD_CONTEXT];
    uint8_t room[BINDING_MAX];
    const uint8_t *salt = sealed + HFI_TICKET_KEY_NAME;
    hfi_view binding = write_binding(room, hfi_view_of(sealed, HEADER), to);

    start_aead(crypto, key, salt, ctx);
    crypto->chacha20_poly1305->seal(ctx, salt + SALT, binding, sealed + HEADER, content,
                                    sealed + HEADER);
    hfi_wipe(ctx, sizeof ctx);
}

hfi_err hfi_ticket_seal(hfi_ticket_keys *set, const hfi_random *random, int64_t now,
                        const hfi_sealed_for *to, const hfi_session_fields *fields,
                        uint8_t *out, size_t cap, size_t *len)
{
    hfi_ticket_key key;
    hfi_writer w = hfi_writer_of(out, cap);
    size_t size = hfi_ticket_sealed_size(fields);

    *len = 0;
    if (size == 0 || size > cap || !can_seal(set->crypto))
        return HFI_E_BUFFER_TOO_SMALL;
    hfi_err err = hfi_ticket_keys_to_seal(set, random, now, &key);
    if (err != HFI_OK)
        return err;
    hfi_write_bytes(&w, hfi_view_of(key.name, sizeof key.name));
    if (random->fill(random->ctx, hfi_write_space(&w, SALT + HFI_AEAD_NONCE),
                     SALT + HFI_AEAD_NONCE)) {
        write_content(&w, fields);
        seal(set->crypto, &key, to, out, w.len - HEADER);
        *len = size;
    } else {
        err = HFI_E_RANDOM_FAILED;
    }
    hfi_wipe(&key, sizeof key);
    return err;
}

/* ---- opening ---- */

/* room has as many bytes as the sealed session without its header. */
static bool unseal(const hfi_crypto *crypto, const hfi_ticket_key *key,
                   const hfi_sealed_for *to, hfi_view sealed, uint8_t *room)
{
    alignas(16) uint8_t ctx[AEAD_CONTEXT];
    uint8_t bytes[BINDING_MAX];
    hfi_reader r = hfi_reader_of(sealed);
    hfi_view header = hfi_read_bytes(&r, HEADER);
    hfi_view rest = hfi_read_rest(&r);
    hfi_reader parts = hfi_reader_of(header);

    (void)hfi_read_bytes(&parts, HFI_TICKET_KEY_NAME);
    start_aead(crypto, key, hfi_read_bytes(&parts, SALT).p, ctx);
    bool good = crypto->chacha20_poly1305->open(
        ctx, hfi_read_bytes(&parts, HFI_AEAD_NONCE).p, write_binding(bytes, header, to),
        rest.p, rest.len, room);
    hfi_wipe(ctx, sizeof ctx);
    return good;
}

static hfi_err open_with(const hfi_crypto *crypto, const hfi_alloc *alloc, int64_t now,
                         const hfi_ticket_key *key, const hfi_sealed_for *to,
                         hfi_view sealed, hfi_session **out)
{
    size_t size = sealed.len - HEADER;
    size_t content = size - crypto->chacha20_poly1305->tag_len;
    uint8_t *room = hfi_alloc_bytes(alloc, size);
    hfi_session_fields fields;
    hfi_err err = HFI_OK;

    if (room == NULL)
        return HFI_E_NO_MEMORY;
    if (unseal(crypto, key, to, sealed, room) &&
        read_content(hfi_view_of(room, content), &fields) && in_time(&fields, now)) {
        *out = hfi_session_new(alloc, &fields);
        err = *out == NULL ? HFI_E_NO_MEMORY : HFI_OK;
    }
    hfi_wipe(&fields, sizeof fields);
    hfi_alloc_release_secret(alloc, room, size);
    return err;
}

hfi_err hfi_ticket_open(hfi_ticket_keys *set, const hfi_alloc *alloc, int64_t now,
                        const hfi_sealed_for *to, hfi_view sealed, hfi_session **out,
                        bool *renew)
{
    hfi_ticket_key key;
    bool newest;

    *out = NULL;
    *renew = false;
    if (sealed.len <= HFI_SEALED_OVERHEAD || sealed.len > HFI_SEALED_MAX ||
        !can_seal(set->crypto) ||
        !hfi_ticket_keys_to_open(set, sealed.p, now, &key, &newest))
        return HFI_OK;
    hfi_err err = open_with(set->crypto, alloc, now, &key, to, sealed, out);
    *renew = *out != NULL && !newest;
    hfi_wipe(&key, sizeof key);
    return err;
}
