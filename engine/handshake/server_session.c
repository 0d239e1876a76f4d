/* engine/handshake/server_session.c: which session a server takes back, and what it lays
 * down in one.  RFC 5246 F.1.4; RFC 5077; RFC 6066 3; RFC 8446 4.2.11, 4.6.1.
 * Where tickets and ids stand in the messages is the business of the two tables.
 *
 * In TLS 1.2 a fatal alert ends the session of its connection (RFC 5246 7.2.2), as far as
 * a server can: a ticket is the client's to forget.
 *
 * DEVIATION: not before the Finished of a client that resumes.  Whoever has seen an id on
 * the way could end its session by that. */
#include "handshake/server_session.h"

#include "handshake/peer_auth.h"
#include "session/ticket.h"

bool hfi_server_gives_tickets(const hfi_hs *hs)
{
    const hfi_ticket_keys *keys = hs->settings->tickets;

    return keys != NULL && keys->lifetime != 0 &&
           (hs->wishes.options & HFI_OPTION_NO_TICKET) == 0;
}

bool hfi_server_has_store(const hfi_hs *hs)
{
    const hfi_settings *s = hs->settings;

    return s->sessions != NULL && s->tickets != NULL && s->tickets->lifetime != 0;
}

static int64_t time_of(const hfi_hs *hs)
{
    return hs->settings->clock.unix_seconds(hs->settings->clock.ctx);
}

/* ---- taking back ---- */

static unsigned lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c + 0x20u : c;
}

/* RFC 6066 3: a session is not resumed for another name; neither for one instead of
 * none. */
static bool same_name(const hfi_hs *hs, hfi_view name)
{
    const char *asked = hs->agreed->server_name;

    if (asked == NULL)
        return name.len == 0;
    if (strlen(asked) != name.len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (lower((uint8_t)asked[i]) != lower(name.p[i]))
            return false;
    }
    return true;
}

/* Whoever asks for certificates now takes no session that was made without: its keys may
 * have come from settings that asked for none, or for others. */
static bool client_is_known(const hfi_hs *hs, const hfi_session_fields *f)
{
    const hfi_settings *s = hs->settings;

    if (s->client_auth == HFI_CLIENT_AUTH_NONE)
        return true;
    if (f->leaf.len == 0)
        return s->client_auth == HFI_CLIENT_AUTH_OPTIONAL;
    return hfi_peer_session_vouches(s, f);
}

static bool fits(const hfi_hs *hs, const hfi_session_fields *f)
{
    return f->version == hs->agreed->version && same_name(hs, f->hostname) &&
           client_is_known(hs, f);
}

static void keep_if_fits(const hfi_hs *hs, hfi_session **session)
{
    if (*session == NULL || fits(hs, hfi_session_get(*session)))
        return;
    hfi_session_free(*session);
    *session = NULL;
}

static hfi_err open_sealed(hfi_hs *hs, hfi_view sealed, hfi_view id, hfi_session **out,
                           bool *renew)
{
    const hfi_settings *s = hs->settings;
    hfi_sealed_for to = {s->session_context, id};

    hfi_err err =
        hfi_ticket_open(s->tickets, &s->alloc, time_of(hs), &to, sealed, out, renew);
    if (err == HFI_OK && s->witness != NULL)
        s->witness->ticket_opened(s->witness->ctx, out, renew);
    return err;
}

hfi_err hfi_server_open_ticket(hfi_hs *hs, hfi_view ticket, hfi_session **out,
                               bool *renew)
{
    *out = NULL;
    *renew = false;
    if (!hfi_server_gives_tickets(hs))
        return HFI_OK;
    hfi_err err = open_sealed(hs, ticket, hfi_view_of(NULL, 0), out, renew);
    keep_if_fits(hs, out);
    return err;
}

/* What does not open any more is of no use to anybody. */
static hfi_err take_answer(hfi_hs *hs, hfi_view id, int answer, hfi_view value,
                           hfi_session **out)
{
    const hfi_session_store *store = hs->settings->sessions;
    bool renew;

    if (answer < 0)
        return hfi_hs_pause(hs, HFI_PAUSE_SESSION);
    if (answer == 0)
        return HFI_OK;
    hfi_err err = open_sealed(hs, value, id, out, &renew);
    if (err == HFI_OK && *out == NULL && store->remove != NULL)
        store->remove(store->ctx, hs->wishes.owner, id);
    keep_if_fits(hs, out);
    return err;
}

hfi_view hfi_server12_stored_id(const hfi_hs *hs)
{
    const hfi_hs_tls12 *t = &hs->tls12;

    if (!t->stored)
        return hfi_view_of(NULL, 0);
    return hfi_view_of(t->resumed ? hs->as.server.session_id : t->session_id,
                       HFI_STORE_ID);
}

void hfi_server_forget_session(const hfi_settings *settings, void *owner, hfi_view id)
{
    const hfi_session_store *store = settings->sessions;

    if (id.len != 0 && store != NULL && store->remove != NULL)
        store->remove(store->ctx, owner, id);
}

hfi_err hfi_server_look_up(hfi_hs *hs, hfi_view id, hfi_session **out)
{
    const hfi_settings *s = hs->settings;
    size_t len = 0;

    *out = NULL;
    if (!hfi_server_has_store(hs) || id.len != HFI_STORE_ID)
        return HFI_OK;
    uint8_t *room = hfi_alloc_bytes(&s->alloc, HFI_SEALED_MAX);
    if (room == NULL)
        return HFI_E_NO_MEMORY;
    hfi_span value = {room, HFI_SEALED_MAX};
    int answer = s->sessions->find(s->sessions->ctx, hs->wishes.owner, id, value, &len);
    hfi_err err = len > value.len
                      ? HFI_E_CALLBACK_FAILED
                      : take_answer(hs, id, answer, hfi_view_of(room, len), out);
    hfi_alloc_release(&s->alloc, room);
    return err;
}

/* ---- giving out ---- */

/* The client's, as this handshake saw it; otherwise as the resumed session has it. */
static void describe_client(const hfi_hs *hs, const hfi_session_fields *resumed,
                            hfi_session_fields *out)
{
    if (resumed != NULL) {
        out->leaf = resumed->leaf;
        out->verified = resumed->verified;
        out->accepted = resumed->accepted;
        out->verify_result = resumed->verify_result;
        out->scheme = resumed->scheme;
        if (out->group == 0)
            out->group = resumed->group;
    } else if (hs->chain->count != 0) {
        out->leaf = hs->chain->certs[0];
        out->verified = hs->agreed->verify_done;
        out->accepted = hs->agreed->accepted;
        out->verify_result = hs->agreed->verify_result;
        out->scheme = hs->agreed->scheme;
    }
}

void hfi_server_describe_session(const hfi_hs *hs, const hfi_session *resumed,
                                 hfi_session_fields *out)
{
    const hfi_agreed *agreed = hs->agreed;
    const hfi_session_fields *before = resumed != NULL ? hfi_session_get(resumed) : NULL;

    memset(out, 0, sizeof *out);
    out->version = agreed->version;
    out->suite = agreed->suite;
    out->group = agreed->group;
    out->received = time_of(hs);
    out->born = before != NULL ? before->born : out->received;
    out->lifetime = hs->settings->tickets->lifetime;
    out->extended_master = hs->tls12.extended_master;
    out->alpn = hfi_view_of(agreed->alpn, agreed->alpn_len);
    if (agreed->server_name != NULL)
        out->hostname = hfi_view_of_text(agreed->server_name);
    describe_client(hs, before, out);
}

static hfi_err seal(hfi_hs *hs, hfi_view id, const hfi_session_fields *fields,
                    uint8_t **out, size_t *len)
{
    const hfi_settings *s = hs->settings;
    hfi_sealed_for to = {s->session_context, id};
    size_t size = hfi_ticket_sealed_size(fields);

    *out = NULL;
    *len = 0;
    if (size == 0)
        return HFI_OK;
    uint8_t *bytes = hfi_alloc_bytes(&s->alloc, size);
    if (bytes == NULL)
        return HFI_E_NO_MEMORY;
    hfi_err err = hfi_ticket_seal(s->tickets, &s->random, time_of(hs), &to, fields, bytes,
                                  size, len);
    if (err != HFI_OK) {
        hfi_alloc_release(&s->alloc, bytes);
        return err;
    }
    if (s->witness != NULL)
        s->witness->ticket_sealed(s->witness->ctx, (hfi_span){bytes, *len});
    *out = bytes;
    return HFI_OK;
}

hfi_err hfi_server_seal_ticket(hfi_hs *hs, const hfi_session_fields *fields,
                               uint8_t **ticket, size_t *len)
{
    return seal(hs, hfi_view_of(NULL, 0), fields, ticket, len);
}

hfi_err hfi_server_store_session(hfi_hs *hs, hfi_view id,
                                 const hfi_session_fields *fields)
{
    const hfi_session_store *store = hs->settings->sessions;
    uint8_t *sealed;
    size_t len;

    hfi_err err = seal(hs, id, fields, &sealed, &len);
    if (err != HFI_OK || sealed == NULL)
        return err;
    store->put(store->ctx, hs->wishes.owner, id, hfi_view_of(sealed, len),
               fields->lifetime);
    hfi_alloc_release(&hs->settings->alloc, sealed);
    return HFI_OK;
}
