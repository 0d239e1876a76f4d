/* engine/handshake/client_hello.c: the client's ClientHello, the first one and the one
 * after a HelloRetryRequest.  RFC 8446 4.1.2, 4.2.11.2. */
#include "base/ct.h"
#include "handshake/ext/registry.h"
#include "handshake/peer_auth.h"
#include "handshake/tls13_client.h"
#include "msg/client_hello.h"
#include "msg/types.h"

enum { EXTENSIONS_BYTES_MAX = 65535 };

/* What a hello needs of the random source, drawn at once: each draw is a system call. */
typedef struct draws {
    const hfi_random *source;
    uint8_t bytes[32 + 32 + HFI_GROUP_PRIVATE_MAX];
    size_t next, end;
} draws;

/* A TLS 1.2 session may bring its id with it. */
static hfi_view known_id(const hfi_hs *hs)
{
    return hs->as.client.session_offered ? hfi_session_get(hs->wishes.session)->session_id
                                         : hfi_view_of(NULL, 0);
}

static bool draws_id(const hfi_hs *hs)
{
    return known_id(hs).len == 0 &&
           (hs->as.client.session_offered ||
            (hs->wishes.compatible && hfi_settings_allow(hs->settings, 0x0304)));
}

static hfi_err draw_ahead(const hfi_hs *hs, draws *d)
{
    const hfi_hs_client *client = &hs->as.client;

    d->source = &hs->settings->random;
    d->next = d->end = 0;
    if (hs->agreed->retried)
        return HFI_OK;
    size_t len = sizeof hs->client_random;
    if (draws_id(hs))
        len += sizeof client->session_id;
    if (client->group != NULL)
        len += client->group->private_len;
    if (!d->source->fill(d->source->ctx, d->bytes, len))
        return HFI_E_RANDOM_FAILED;
    d->end = len;
    return HFI_OK;
}

/* For hfi_random: who wants more than was drawn ahead asks the source. */
static bool draw(void *ctx, uint8_t *out, size_t len)
{
    draws *d = ctx;

    if (len > d->end - d->next)
        return d->source->fill(d->source->ctx, out, len);
    memcpy(out, d->bytes + d->next, len);
    d->next += len;
    return true;
}

/* Drawn once; a second hello repeats them.  The session id is that of the TLS 1.2 session
 * that is offered; a fresh one shows whether a ticket was taken (RFC 5077 3.4), or is
 * there for middleboxes (RFC 8446 D.4). */
static hfi_err draw_identity(hfi_hs *hs, draws *d)
{
    hfi_hs_client *client = &hs->as.client;
    hfi_view known = known_id(hs);

    if (!draw(d, hs->client_random, sizeof hs->client_random))
        return HFI_E_RANDOM_FAILED;
    hfi_err err = hfi_grease_draw(hs);
    if (err != HFI_OK)
        return err;
    if (known.len != 0) {
        memcpy(client->session_id, known.p, known.len);
        client->session_id_len = known.len;
        return HFI_OK;
    }
    if (!draws_id(hs))
        return HFI_OK;
    client->session_id_len = sizeof client->session_id;
    return draw(d, client->session_id, sizeof client->session_id) ? HFI_OK
                                                                  : HFI_E_RANDOM_FAILED;
}

const hfi_group *hfi_client_offered_group(const hfi_hs *hs, uint16_t id)
{
    for (size_t i = 0; i < hs->settings->group_count; i++) {
        if (hs->settings->groups[i] == id)
            return hfi_group_find(hs->settings->crypto, id);
    }
    return NULL;
}

/* The preferred group, or the one that a retry asks for; a retry that only brings a
 * cookie keeps it with its share.  Beside a hybrid stands its curve, for servers that do
 * not know the hybrid yet. */
static void choose_group(hfi_hs *hs)
{
    hfi_hs_client *client = &hs->as.client;
    uint16_t retried = client->retry_group;
    uint16_t wanted = retried != 0 ? retried : hs->settings->groups[0];

    if (!hfi_settings_allow(hs->settings, 0x0304) ||
        (client->group != NULL && retried == 0))
        return;
    client->group = hfi_group_find(hs->settings->crypto, wanted);
    client->curve = NULL;
    if (retried == 0)
        client->curve = hfi_client_offered_group(hs, client->group->curve_id);
    hfi_alloc_release(&hs->settings->alloc, client->share);
    client->share = NULL;
}

static hfi_err make_share(hfi_hs *hs, draws *d)
{
    hfi_hs_client *client = &hs->as.client;
    const hfi_random random = {draw, d};

    if (client->group == NULL || client->share != NULL)
        return HFI_OK;
    client->share = hfi_alloc_bytes(&hs->settings->alloc, client->group->share_len);
    if (client->share == NULL)
        return HFI_E_NO_MEMORY;
    return client->group->generate(&random, client->private_key, client->share);
}

/* A session is offered while it is fresh, its suite is still enabled, its name is ours,
 * and, if the peer must be verified, its first handshake did so.  After a retry its
 * hash must be that of the chosen suite (RFC 8446 4.1.4). */
static bool may_resume(const hfi_hs *hs)
{
    const hfi_settings *s = hs->settings;

    if (hs->wishes.session == NULL)
        return false;
    const hfi_session_fields *f = hfi_session_get(hs->wishes.session);
    hfi_suite suite;
    bool enabled = false;
    for (size_t i = 0; i < s->suite_count; i++)
        enabled = enabled || s->suites[i] == f->suite;
    if (!enabled || hfi_suite_find(s->crypto, f->suite, &suite) == NULL ||
        suite.version != f->version || !hfi_settings_allow(s, f->version))
        return false;
    if (hs->suite.id != 0 && hs->suite.hash != suite.hash)
        return false;
    if (!hfi_peer_session_vouches(s, f))
        return false;
    /* The answer would be refused (RFC 7627 5.3). */
    if (f->version == 0x0303 && !f->extended_master &&
        (hs->wishes.options & HFI_OPTION_ALLOW_PLAIN_MASTER_SECRET) == 0)
        return false;
    if (hs->wishes.verify_name && (hs->wishes.hostname_count == 0 ||
                                   !hfi_view_equal(hs->wishes.hostnames[0], f->hostname)))
        return false;
    return hfi_session_fresh(hs->wishes.session, s->clock.unix_seconds(s->clock.ctx));
}

/* The binder covers the hello up to its binders list, which ends the message.  The early
 * secret stays, for a server that accepts the PSK. */
static void fill_in_binder(hfi_hs *hs, uint8_t *message, size_t len)
{
    hfi_psk_offer offer = hfi_client_psk_offer(hs);
    const hfi_hash *hash = offer.psk.hash;
    hfi_digest transcript;
    hfi_digest binder;

    size_t tail = 2 + 1 + hash->size; /* both length prefixes and one binder */
    hfi_keys_start(&hs->keys, hash, offer.psk.key);
    hfi_transcript_digest_with(&hs->transcript, hash, hfi_view_of(message, len - tail),
                               &transcript);
    hfi_keys_binder(&hs->keys, offer.external, &transcript, &binder);
    memcpy(message + len - binder.len, binder.bytes, binder.len);
    hfi_wipe(&binder, sizeof binder);
}

/* The suites of the versions that are allowed, in order of preference. */
static void write_suites(const hfi_hs *hs, hfi_writer *w)
{
    const hfi_settings *s = hs->settings;
    hfi_suite suite;

    hfi_grease_write(hs, w, HFI_GREASE_SUITE);
    for (size_t i = 0; i < s->suite_count; i++) {
        if (hfi_suite_find(s->crypto, s->suites[i], &suite) != NULL &&
            hfi_settings_allow(s, suite.version))
            hfi_write_u16(w, suite.id);
    }
}

static hfi_err write_hello(hfi_hs *hs, hfi_writer *w)
{
    const hfi_hs_client *client = &hs->as.client;
    uint8_t suites[2 * (HFI_SUITES_MAX + 1)];
    hfi_writer list = hfi_writer_of(suites, sizeof suites);

    write_suites(hs, &list);
    hfi_write_u8(w, HFI_CLIENT_HELLO);
    size_t mark = hfi_write_vec24_begin(w);
    hfi_msg_write_client_hello(
        w, hfi_view_of(hs->client_random, sizeof hs->client_random),
        hfi_view_of(client->session_id, client->session_id_len), hfi_writer_view(&list));
    hfi_err err = hfi_ext_write_all(hs, w);
    hfi_write_vec24_end(w, mark);
    if (err == HFI_OK && w->failed)
        err = HFI_E_BUFFER_TOO_SMALL;
    return err;
}

/* What a hello can take at most, from what goes into it. */
static size_t hello_room(const hfi_hs *hs)
{
    size_t room = 1024 + hs->wishes.alpn.len + hs->as.client.cookie_len;

    if (hs->as.client.group != NULL)
        room += 2 * hs->as.client.group->share_len;
    if (hs->as.client.psk_offered)
        room += hfi_client_psk_offer(hs).psk.identity.len;
    else if (hs->as.client.session_offered)
        room += hfi_session_get(hs->wishes.session)->ticket.len;
    return room;
}

/* A server may give a ticket that no ClientHello can carry beside the rest: it must not
 * be able to spoil the next connection with it. */
static void choose_session(hfi_hs *hs)
{
    hfi_hs_client *client = &hs->as.client;

    if (hs->wishes.psk != NULL) {
        client->psk_offered = hfi_client_may_offer_psk(hs);
        return;
    }
    bool resume = may_resume(hs);
    bool is_tls13 = resume && hfi_session_get(hs->wishes.session)->version == 0x0304;

    client->psk_offered = is_tls13;
    client->session_offered = resume && !is_tls13;
    if (hello_room(hs) > EXTENSIONS_BYTES_MAX)
        client->psk_offered = client->session_offered = false;
}

hfi_err hfi_client_send_hello(hfi_hs *hs)
{
    hfi_hs_client *client = &hs->as.client;
    const hfi_alloc *alloc = &hs->settings->alloc;

    choose_group(hs);
    choose_session(hs);
    draws d;
    hfi_err err = draw_ahead(hs, &d);
    if (err == HFI_OK && !hs->agreed->retried)
        err = draw_identity(hs, &d);
    if (err == HFI_OK)
        err = make_share(hs, &d);
    hfi_wipe(d.bytes, d.end);
    if (err != HFI_OK)
        return err;

    size_t room = hello_room(hs);
    uint8_t *bytes = hfi_alloc_bytes(alloc, room);
    if (bytes == NULL)
        return HFI_E_NO_MEMORY;
    hfi_writer w = hfi_writer_of(bytes, room);
    err = write_hello(hs, &w);
    if (err == HFI_OK && client->psk_offered)
        fill_in_binder(hs, w.p, w.len);
    if (err == HFI_OK)
        err = hfi_hs_send(hs, hfi_writer_view(&w));
    hfi_alloc_release(alloc, bytes);
    if (err == HFI_OK && hs->agreed->early_data == HFI_EARLY_OFFERED)
        err = hfi_client_start_early_data(hs);
    return err;
}
