/* engine/handshake/tls13_client.h: parts of the client that stand in files of
 * their own: the ClientHello and the server's authentication. */
#ifndef HFI_HANDSHAKE_TLS13_CLIENT_H
#define HFI_HANDSHAKE_TLS13_CLIENT_H

#include "handshake/handshake.h"
#include "pki/verify.h"

enum {
    HFI_CLIENT_CERTIFICATES_MAX = HFI_VERIFY_POOL_MAX,
    HFI_SIGNED_CONTENT_MAX = 64 + 34 + HFI_HASH_SIZE_MAX,
};

/* What that side's CertificateVerify signs, RFC 8446 4.4.3; its length.  server_auth.c */
size_t hfi_tls13_signed_content(const hfi_hs *hs, hfi_side side, uint8_t *out);

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

/* The server's Certificate, the check of its chain, and CertificateVerify; the parts
 * that TLS 1.2 shares.  server_auth.c */
hfi_err hfi_client_take_certificate(hfi_hs *hs, hfi_view body);
/* Copies count certificates of bytes in all out of a list that was read before. */
hfi_err hfi_client_keep_chain(hfi_hs *hs, hfi_view entries, size_t count, size_t bytes,
                              bool with_extensions);
/* Keeps the leaf's OCSP response until its chain is checked and beyond. */
hfi_err hfi_client_keep_staple(hfi_hs *hs, hfi_view response);
/* The leaf's key before its chain is checked: TLS 1.2 needs it earlier. */
hfi_err hfi_client_read_leaf_key(hfi_hs *hs);
hfi_err hfi_client_verify_chain(hfi_hs *hs);
/* A signature of the server over content; bad is returned where it is wrong. */
hfi_err hfi_client_check_signature(hfi_hs *hs, uint16_t id, hfi_view content,
                                   hfi_view signature, hfi_err bad);
hfi_err hfi_client_take_certificate_verify(hfi_hs *hs, hfi_view body);

#endif
