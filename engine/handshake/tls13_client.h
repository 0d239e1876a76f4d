/* engine/handshake/tls13_client.h: parts of the client that stand in files of
 * their own, above all the ClientHello. */
#ifndef HFI_HANDSHAKE_TLS13_CLIENT_H
#define HFI_HANDSHAKE_TLS13_CLIENT_H

#include "handshake/handshake.h"

/* Writes and sends a ClientHello, the first or the one after a retry.  client_hello.c */
hfi_err hfi_client_send_hello(hfi_hs *hs);

/* From the ClientHello on, early data is sent under keys of the PSK.  early_data.c */
hfi_err hfi_client_start_early_data(hfi_hs *hs);
/* The server took it: for the suite and protocol of the session alone. */
hfi_err hfi_client_check_early_data(const hfi_hs *hs);

/* A group out of those in the settings, or NULL.  client_hello.c */
const hfi_group *hfi_client_offered_group(const hfi_hs *hs, uint16_t id);

/* Takes the suite that the server chose, which must be of the agreed version.
 * tls13_client.c */
hfi_err hfi_client_check_suite(hfi_hs *hs, uint16_t id);

#endif
