/* engine/handshake/client_auth.h: what the client shows of itself when asked, in both
 * versions.  RFC 8446 4.4.2, 4.4.3; RFC 5246 7.4.4, 7.4.6, 7.4.8. */
#ifndef HFI_HANDSHAKE_CLIENT_AUTH_H
#define HFI_HANDSHAKE_CLIENT_AUTH_H

#include "handshake/handshake.h"

/* True if there may be something to show. */
bool hfi_client_can_authenticate(const hfi_hs *hs);

/* What a CertificateRequest accepts: schemes (pairs of bytes) and, in order to choose by
 * them later, the names of authorities (contents of the list). */
hfi_err hfi_client_keep_schemes(hfi_hs *hs, hfi_view schemes);
hfi_err hfi_client_keep_authorities(hfi_hs *hs, hfi_view authorities);

/* Asks the application, then takes the first credential that the server accepts, or
 * none.  HFI_PAUSED. */
hfi_err hfi_client_choose_credential(hfi_hs *hs);

/* The message with the chosen certificates, or an empty list. */
hfi_err hfi_client_send_certificate(hfi_hs *hs);
/* Signs content and sends the message.  HFI_PAUSED until the signature is there. */
hfi_err hfi_client_send_certificate_verify(hfi_hs *hs, hfi_view content);

#endif
