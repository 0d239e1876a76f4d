/* engine/handshake/server_session.h: the sessions that a server gives out and takes back,
 * in both versions: sealed as tickets, or kept in the application's store.
 * RFC 5246 F.1.4; RFC 5077; RFC 8446 4.2.11, 4.6.1. */
#ifndef HFI_HANDSHAKE_SERVER_SESSION_H
#define HFI_HANDSHAKE_SERVER_SESSION_H

#include "handshake/handshake.h"

/* Whether this connection's session can be sealed for the client, or kept in the store.
 */
bool hfi_server_gives_tickets(const hfi_hs *hs);
bool hfi_server_has_store(const hfi_hs *hs);

/* Opens a ticket that the client shows.  *out is a reference of the caller's, or NULL: it
 * is none of ours, or does not fit this connection.  *renew: it should be replaced.
 * HFI_E_NO_MEMORY. */
hfi_err hfi_server_open_ticket(hfi_hs *hs, hfi_view ticket, hfi_session **out,
                               bool *renew);
/* The same for an id, by the store.  HFI_PAUSED while that does not know;
 * HFI_E_CALLBACK_FAILED. */
hfi_err hfi_server_look_up(hfi_hs *hs, hfi_view id, hfi_session **out);

/* What is known of this connection's session: all but psk and its length, age_add and
 * max_early_data.  Of a resumed one it goes on living.  The views borrow from hs. */
void hfi_server_describe_session(const hfi_hs *hs, const hfi_session *resumed,
                                 hfi_session_fields *out);

/* Seals it as a ticket: *ticket is the caller's to release, and NULL for a session that
 * is too large.  HFI_E_NO_MEMORY, HFI_E_RANDOM_FAILED. */
hfi_err hfi_server_seal_ticket(hfi_hs *hs, const hfi_session_fields *fields,
                               uint8_t **ticket, size_t *len);
/* Puts it into the store under an id; one that is too large is not kept. */
hfi_err hfi_server_store_session(hfi_hs *hs, hfi_view id,
                                 const hfi_session_fields *fields);

/* TLS 1.2: under which id this connection's session is in the store; len 0: it is not. */
hfi_view hfi_server12_stored_id(const hfi_hs *hs);
/* Takes it out of the store again: a fatal alert ended its connection (RFC 5246 7.2.2).
 * Does nothing for an id of len 0. */
void hfi_server_forget_session(const hfi_settings *settings, void *owner, hfi_view id);

#endif
