/* engine/handshake/post_handshake.c: NewSessionTicket into a session.  RFC 8446 4.6.1.
 * KeyUpdate needs no more than its parser: conn/ changes the keys. */
#include "handshake/post_handshake.h"

#include "base/ct.h"
#include "handshake/ext/registry.h"
#include "msg/new_session_ticket.h"
#include "wire/reader.h"

static bool read_early_data(hfi_view body, uint32_t *max)
{
    hfi_reader r = hfi_reader_of(body);

    *max = hfi_read_u32(&r);
    return hfi_reader_done(&r);
}

/* Known extensions that have no place in a ticket are refused; unknown ones are passed
 * over (RFC 8446 4.2, 4.6.1). */
static hfi_err check_extensions(const hfi_extension_list *list, uint32_t *max_early_data)
{
    for (size_t i = 0; i < list->count; i++) {
        const hfi_extension *e = &list->items[i];
        if (!hfi_ext_may_appear(e->type, HFI_IN_NEW_SESSION_TICKET))
            return HFI_E_EXTENSION_FORBIDDEN;
        if (e->type == HFI_EXT_EARLY_DATA && !read_early_data(e->body, max_early_data))
            return HFI_E_DECODE_EXTENSION;
    }
    return HFI_OK;
}

static hfi_view leaf_of(const hfi_post *post)
{
    if (post->chain->count != 0)
        return post->chain->certs[0];
    return post->resumed == NULL ? hfi_view_of(NULL, 0)
                                 : hfi_session_get(post->resumed)->leaf;
}

static hfi_session_fields common_fields(const hfi_post *post)
{
    const hfi_clock *clock = &post->settings->clock;
    hfi_session_fields f;

    memset(&f, 0, sizeof f);
    f.version = post->agreed->version;
    f.suite = post->agreed->suite;
    f.received = clock->unix_seconds(clock->ctx);
    f.verified = post->agreed->verify_done && post->agreed->verify_result == HFI_OK;
    f.accepted = post->agreed->accepted;
    f.hostname = post->hostname;
    f.alpn = hfi_view_of(post->agreed->alpn, post->agreed->alpn_len);
    f.leaf = leaf_of(post);
    return f;
}

hfi_err hfi_post_read_ticket(const hfi_post *post, hfi_view body, hfi_session **session)
{
    hfi_new_session_ticket ticket;
    uint32_t max_early_data = 0;

    *session = NULL;
    hfi_err err = hfi_msg_read_new_session_ticket(body, &ticket);
    if (err == HFI_OK)
        err = check_extensions(&ticket.extensions, &max_early_data);
    if (err != HFI_OK || ticket.lifetime == 0)
        return err;

    hfi_session_fields f = common_fields(post);
    f.psk_len = post->hash->size;
    /* Longer than seven days is never kept, whatever the server says. */
    f.lifetime = ticket.lifetime < HFI_TICKET_LIFETIME_MAX ? ticket.lifetime
                                                           : HFI_TICKET_LIFETIME_MAX;
    f.age_add = ticket.age_add;
    f.max_early_data = max_early_data;
    f.ticket = ticket.ticket;
    hfi_keys_ticket_psk(post->hash, post->resumption_secret, ticket.nonce, f.psk);
    *session = hfi_session_new(&post->settings->alloc, &f);
    hfi_wipe(&f, sizeof f);
    return *session == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}

/* A resumed session goes on with its old ticket unless there is a new one. */
hfi_err hfi_post_session_tls12(const hfi_post *post, const hfi_hs_tls12 *hs,
                               hfi_session **session)
{
    enum { ID_LIFETIME = 86400 }; /* seconds; RFC 5246 F.1.4 */

    *session = NULL;
    if (hs->ticket == NULL && (hs->resumed || hs->session_id_len == 0))
        return HFI_OK;
    hfi_session_fields f = common_fields(post);
    f.psk_len = sizeof hs->master;
    f.extended_master = hs->extended_master;
    memcpy(f.psk, hs->master, sizeof hs->master);
    f.lifetime = hs->ticket_lifetime != 0 ? hs->ticket_lifetime : ID_LIFETIME;
    if (f.lifetime > HFI_TICKET_LIFETIME_MAX)
        f.lifetime = HFI_TICKET_LIFETIME_MAX;
    f.ticket = hfi_view_of(hs->ticket, hs->ticket_len);
    if (hs->ticket == NULL)
        f.session_id = hfi_view_of(hs->session_id, hs->session_id_len);
    *session = hfi_session_new(&post->settings->alloc, &f);
    hfi_wipe(&f, sizeof f);
    return *session == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}
