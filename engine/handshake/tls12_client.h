/* engine/handshake/tls12_client.h: where TLS 1.2 begins for a client. */
#ifndef HFI_HANDSHAKE_TLS12_CLIENT_H
#define HFI_HANDSHAKE_TLS12_CLIENT_H

#include "handshake/handshake.h"

/* A ServerHello without supported_versions: TLS 1.2, if it is allowed. */
hfi_err hfi_client_take_hello_tls12(hfi_hs *hs, hfi_view body);

#endif
