/* engine/handshake/tls13_steps.h: the handlers that stand in both tables of TLS 1.3, by
 * the names that they have there.  RFC 8446 4.4.3, 4.4.4. */
#ifndef HFI_HANDSHAKE_TLS13_STEPS_H
#define HFI_HANDSHAKE_TLS13_STEPS_H

#include "handshake/finished.h"
#include "handshake/own_auth.h"
#include "handshake/peer_auth.h"

static inline hfi_err recv_cert_verify(hfi_hs *hs, hfi_view body)
{
    return hfi_peer_take_certificate_verify(hs, body);
}

static inline hfi_err recv_finished(hfi_hs *hs, hfi_view body)
{
    return hfi_tls13_check_finished(hs, body);
}

static inline hfi_err send_cert_verify(hfi_hs *hs, hfi_view body)
{
    (void)body;
    uint8_t content[HFI_SIGNED_CONTENT_MAX];
    size_t len = hfi_tls13_signed_content(hs, hs->side, content);

    return hfi_own_send_certificate_verify(hs, hfi_view_of(content, len));
}

static inline hfi_err send_finished(hfi_hs *hs, hfi_view body)
{
    (void)body;
    return hfi_tls13_send_finished(hs);
}

#endif
