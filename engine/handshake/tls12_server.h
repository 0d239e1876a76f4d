/* engine/handshake/tls12_server.h: the parts of the TLS 1.2 server that stand in files of
 * their own. */
#ifndef HFI_HANDSHAKE_TLS12_SERVER_H
#define HFI_HANDSHAKE_TLS12_SERVER_H

#include "handshake/handshake.h"

/* ---- tls12_server_hello.c ---- */

/* Whether the session that the client names is taken up: tls12.resumed.  HFI_PAUSED. */
hfi_err hfi_server12_resume(hfi_hs *hs, hfi_view body);
/* Group, certificate and suite of a new session.  HFI_PAUSED. */
hfi_err hfi_server12_choose(hfi_hs *hs, hfi_view body);
hfi_err hfi_server12_send_hello(hfi_hs *hs, hfi_view body);
/* Whether the client is asked for a certificate. */
bool hfi_server12_asks_certificate(const hfi_hs *hs);

#endif
