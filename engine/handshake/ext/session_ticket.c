/* engine/handshake/ext/session_ticket.c: session_ticket.  RFC 5077 3.2.
 * TLS 1.2 only: an empty one asks for a ticket, a full one gives it back. */
#include "handshake/ext/registry.h"

static hfi_err write_session_ticket(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip = !hfi_settings_allow(hs->settings, 0x0303);
    if (hs->as.client.session_offered)
        hfi_write_bytes(w, hfi_session_get(hs->wishes.session)->ticket);
    return HFI_OK;
}

/* The server will send a ticket. */
static hfi_err read_session_ticket(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    hs->tls12.ticket_expected = true;
    return body.len == 0 ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hs->as.server.ticket = body;
    return HFI_OK;
}

/* It announces a NewSessionTicket. */
static hfi_err answer_session_ticket(hfi_hs *hs, unsigned where, hfi_writer *w,
                                     bool *skip)
{
    (void)where;
    (void)w;
    *skip = !hs->tls12.ticket_expected;
    return HFI_OK;
}

const hfi_ext hfi_ext_session_ticket = {HFI_EXT_SESSION_TICKET,
                                        "session_ticket",
                                        HFI_IN_CLIENT_HELLO | HFI_IN_SERVER_HELLO_TLS12,
                                        write_session_ticket,
                                        read_session_ticket,
                                        read_offer,
                                        answer_session_ticket};
