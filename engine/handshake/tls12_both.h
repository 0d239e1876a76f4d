/* engine/handshake/tls12_both.h: what both sides of TLS 1.2 do alike.
 * RFC 5246 7.1, 7.4.9, 8.1; RFC 7627. */
#ifndef HFI_HANDSHAKE_TLS12_BOTH_H
#define HFI_HANDSHAKE_TLS12_BOTH_H

#include "handshake/handshake.h"
#include "msg/types.h"

/* Kinds of certificate that a client may be asked for, RFC 5246 7.4.4, RFC 8422 5.5. */
enum { HFI_RSA_SIGN = 1, HFI_ECDSA_SIGN = 64 };

/* The table goes on; nothing need be done for that. */
hfi_err hfi_both12_begin(hfi_hs *hs, hfi_view body);

/* A message of content that is at most 1 + HFI_GROUP_POINT_MAX bytes long. */
hfi_err hfi_both12_send(hfi_hs *hs, hfi_handshake_type type, hfi_view content);

/* The master secret, of the premaster secret and the transcript through
 * ClientKeyExchange. */
void hfi_both12_make_master(hfi_hs *hs, hfi_view premaster);

/* change_cipher_spec, and Finished of our side and of the other. */
hfi_err hfi_both12_send_ccs(hfi_hs *hs, hfi_view body);
hfi_err hfi_both12_recv_ccs(hfi_hs *hs, hfi_view body);
hfi_err hfi_both12_send_finished(hfi_hs *hs, hfi_view body);
hfi_err hfi_both12_recv_finished(hfi_hs *hs, hfi_view body);

#endif
