/* engine/handshake/give_tickets.c: a TLS 1.3 server gives tickets: NewSessionTicket with
 * a sealed session, or with the id of one in the application's store.
 * RFC 8446 4.6.1. */
#include "base/ct.h"
#include "handshake/ext/registry.h"
#include "handshake/server.h"
#include "handshake/server_session.h"
#include "msg/new_session_ticket.h"
#include "msg/types.h"

enum { ON_STACK = 1024 };

static hfi_err draw(const hfi_hs *hs, uint8_t *out, size_t len)
{
    const hfi_random *random = &hs->settings->random;

    return random->fill(random->ctx, out, len) ? HFI_OK : HFI_E_RANDOM_FAILED;
}

/* *ticket is the caller's to release; NULL: the session is not given out after all. */
static hfi_err make_ticket(hfi_hs *hs, const hfi_session_fields *f, uint8_t **ticket,
                           size_t *len)
{
    if (hfi_server_gives_tickets(hs))
        return hfi_server_seal_ticket(hs, f, ticket, len);
    *ticket = hfi_alloc_bytes(&hs->settings->alloc, HFI_STORE_ID);
    *len = HFI_STORE_ID;
    if (*ticket == NULL)
        return HFI_E_NO_MEMORY;
    hfi_err err = draw(hs, *ticket, HFI_STORE_ID);
    if (err == HFI_OK)
        err = hfi_server_store_session(hs, hfi_view_of(*ticket, HFI_STORE_ID), f);
    return err;
}

static hfi_err send_in(hfi_hs *hs, const hfi_session_fields *f, hfi_view nonce,
                       hfi_view ticket, hfi_span room)
{
    hfi_writer w = hfi_writer_of(room.p, room.len);

    hfi_write_u8(&w, HFI_NEW_SESSION_TICKET);
    size_t mark = hfi_write_vec24_begin(&w);
    hfi_msg_write_new_session_ticket(&w, f->lifetime, f->age_add, nonce, ticket);
    hfi_err err = hfi_ext_answer_all(hs, HFI_IN_NEW_SESSION_TICKET, &w);
    hfi_write_vec24_end(&w, mark);
    return err == HFI_OK ? hfi_hs_send(hs, hfi_writer_view(&w)) : err;
}

static hfi_err send_one(hfi_hs *hs, const hfi_session_fields *f, hfi_view nonce,
                        hfi_view ticket)
{
    const hfi_alloc *alloc = &hs->settings->alloc;
    uint8_t small[ON_STACK];
    hfi_span room = {small, sizeof small};
    uint8_t *large = NULL;

    if (ticket.len + 64 > sizeof small) {
        room.len = ticket.len + 64;
        room.p = large = hfi_alloc_bytes(alloc, room.len);
        if (large == NULL)
            return HFI_E_NO_MEMORY;
    }
    hfi_err err = send_in(hs, f, nonce, ticket, room);
    hfi_alloc_release(alloc, large);
    return err;
}

static hfi_err give_one(hfi_hs *hs, uint8_t number)
{
    hfi_view nonce = hfi_view_of(&number, 1);
    uint8_t *ticket = NULL;
    hfi_session_fields f;
    uint8_t add[4];
    size_t len = 0;

    hfi_err err = draw(hs, add, sizeof add);
    if (err != HFI_OK)
        return err;
    hfi_server_describe_session(hs, hs->as.server.session, &f);
    f.psk_len = hs->suite.hash->size;
    hfi_keys_ticket_psk(hs->suite.hash, hs->keys.resumption, nonce, f.psk);
    f.age_add =
        (uint32_t)add[0] << 24 | (uint32_t)add[1] << 16 | (uint32_t)add[2] << 8 | add[3];
    f.max_early_data = hs->settings->max_early_data;
    err = make_ticket(hs, &f, &ticket, &len);
    if (err == HFI_OK && ticket != NULL)
        err = send_one(hs, &f, nonce, hfi_view_of(ticket, len));
    hfi_alloc_release(&hs->settings->alloc, ticket);
    hfi_wipe(&f, sizeof f);
    return err;
}

/* To those who can use them; one takes the place of the one that was used. */
hfi_err hfi_server_give_tickets(hfi_hs *hs)
{
    size_t count = hs->agreed->resumed ? 1 : hs->settings->ticket_count;
    hfi_err err = HFI_OK;

    if (hs->settings->ticket_count == 0 || !hs->as.server.psk_possible ||
        (!hfi_server_gives_tickets(hs) && !hfi_server_has_store(hs)))
        return HFI_OK;
    for (size_t i = 0; i < count && err == HFI_OK; i++)
        err = give_one(hs, (uint8_t)i);
    return err;
}
