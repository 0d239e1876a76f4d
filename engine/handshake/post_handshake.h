/* engine/handshake/post_handshake.h: messages after the handshake.  RFC 8446 4.6.
 * The handshake's memory is gone by then: what these need is handed in. */
#ifndef HFI_HANDSHAKE_POST_HANDSHAKE_H
#define HFI_HANDSHAKE_POST_HANDSHAKE_H

#include "handshake/agreed.h"
#include "handshake/handshake.h"
#include "handshake/settings.h"
#include "session/session.h"

typedef struct hfi_post {
    const hfi_settings *settings;
    const hfi_agreed *agreed;
    const hfi_chain *chain;
    const hfi_hash *hash;
    const uint8_t *resumption_secret;
    hfi_view hostname;          /* that was checked; len 0: none */
    const hfi_session *resumed; /* whose leaf certificate stands for this one; or NULL */
} hfi_post;

/* *session receives a new session with one reference, or NULL if the ticket is not to
 * be kept (a lifetime of 0).  HFI_E_NO_MEMORY, and what reading reports. */
hfi_err hfi_post_read_ticket(const hfi_post *post, hfi_view body, hfi_session **session);

/* TLS 1.2: the session that a handshake leaves, if the server gave it a ticket or an id
 * (RFC 5246 7.4.1.3, RFC 5077 3.3); *session is NULL otherwise.  HFI_E_NO_MEMORY. */
hfi_err hfi_post_session_tls12(const hfi_post *post, const hfi_hs_tls12 *hs,
                               hfi_session **session);

#endif
