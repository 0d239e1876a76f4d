/* engine/handshake/steps.h: the handlers that stand in more than one state table, by the
 * names that they have there; for the files that hold one. */
#ifndef HFI_HANDSHAKE_STEPS_H
#define HFI_HANDSHAKE_STEPS_H

#include "handshake/own_auth.h"
#include "handshake/peer_auth.h"

static inline hfi_err verify_session(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hfi_peer_verify_session(hs);
}

static inline hfi_err verify_chain(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hfi_peer_verify_chain(hs);
}

static inline hfi_err send_certificate(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hfi_own_send_certificate(hs);
}

#endif
