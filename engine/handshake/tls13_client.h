/* engine/handshake/tls13_client.h: parts of the TLS 1.3 client that stand in files of
 * their own: the ClientHello and the server's authentication. */
#ifndef HFI_HANDSHAKE_TLS13_CLIENT_H
#define HFI_HANDSHAKE_TLS13_CLIENT_H

#include "handshake/handshake.h"

/* Writes and sends a ClientHello, the first or the one after a retry.  client_hello.c */
hfi_err hfi_client_send_hello(hfi_hs *hs);

/* The server's Certificate, the check of its chain, and CertificateVerify.
 * server_auth.c */
hfi_err hfi_client_take_certificate(hfi_hs *hs, hfi_view body);
hfi_err hfi_client_verify_chain(hfi_hs *hs);
hfi_err hfi_client_take_certificate_verify(hfi_hs *hs, hfi_view body);

#endif
