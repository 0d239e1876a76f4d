/* engine/handshake/own_auth.h: what we show of ourselves, in both roles and
 * versions.  RFC 8446 4.4.2, 4.4.3; RFC 5246 7.4.4, 7.4.6, 7.4.8. */
#ifndef HFI_HANDSHAKE_OWN_AUTH_H
#define HFI_HANDSHAKE_OWN_AUTH_H

#include "handshake/handshake.h"

/* True if there may be something to show. */
bool hfi_own_can_authenticate(const hfi_hs *hs);

/* What a CertificateRequest or ClientHello accepts: schemes (pairs of bytes) and, in
 * order to choose by them later, the names of authorities (contents of the list), and
 * the whole body for an application that chooses itself. */
hfi_err hfi_own_keep_schemes(hfi_hs *hs, hfi_view schemes);
hfi_err hfi_own_keep_request(hfi_hs *hs, hfi_view body);
hfi_err hfi_own_keep_authorities(hfi_hs *hs, hfi_view authorities);

/* Asks the application, then takes the first credential that the server accepts, or
 * none.  HFI_PAUSED, HFI_E_NO_FITTING_CERTIFICATE. */
hfi_err hfi_client_choose_credential(hfi_hs *hs);

/* Whether a key of that type may sign with the scheme in the agreed version. */
bool hfi_own_scheme_fits(const hfi_hs *hs, const hfi_scheme *scheme, hfi_key_type key);
/* The first scheme that the peer accepts and the credential can sign with; or NULL. */
const hfi_scheme *hfi_own_find_scheme(const hfi_hs *hs, const hfi_credential *c);
/* Whether the peer lists an authority of this chain, or need not. */
bool hfi_own_issuer_fits(const hfi_hs *hs, const hfi_credential *c);
/* Signs content with auth.credential and auth.sign_scheme; room holds HFI_SIGNATURE_MAX
 * bytes, and *signature is in it or kept elsewhere.  HFI_PAUSED until it is there. */
hfi_err hfi_own_sign(hfi_hs *hs, hfi_view content, uint8_t *room, hfi_view *signature);

/* The message with the chosen certificates, or an empty list. */
hfi_err hfi_own_send_certificate(hfi_hs *hs);
/* Signs content and sends the message.  HFI_PAUSED until the signature is there. */
hfi_err hfi_own_send_certificate_verify(hfi_hs *hs, hfi_view content);

#endif
