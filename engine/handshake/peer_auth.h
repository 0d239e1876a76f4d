/* engine/handshake/peer_auth.h: who the peer is: Certificate, the check of its chain,
 * CertificateVerify; for both roles, and what TLS 1.2 shares of it.
 * RFC 8446 4.4.2, 4.4.3. */
#ifndef HFI_HANDSHAKE_PEER_AUTH_H
#define HFI_HANDSHAKE_PEER_AUTH_H

#include "handshake/handshake.h"
#include "pki/verify.h"
#include "session/session.h"

enum {
    HFI_PEER_CERTIFICATES_MAX = HFI_VERIFY_POOL_MAX,
    HFI_SIGNED_CONTENT_MAX = 64 + 34 + HFI_HASH_SIZE_MAX,
};

/* What that side's CertificateVerify signs, RFC 8446 4.4.3; its length. */
size_t hfi_tls13_signed_content(const hfi_hs *hs, hfi_side side, uint8_t *out);

/* Certificate of TLS 1.3.  An empty list is an error of a server; from a client it leaves
 * the chain empty. */
hfi_err hfi_peer_take_certificate(hfi_hs *hs, hfi_view body);
/* The same in a CompressedCertificate, RFC 8879. */
hfi_err hfi_peer_take_compressed(hfi_hs *hs, hfi_view body);
/* Copies count certificates of bytes in all out of a list that was read before. */
hfi_err hfi_peer_keep_chain(hfi_hs *hs, hfi_view entries, size_t count, size_t bytes,
                            bool with_extensions);
/* Keeps the leaf's OCSP response until its chain is checked and beyond. */
hfi_err hfi_peer_keep_staple(hfi_hs *hs, hfi_view response);
/* The leaf's key before its chain is checked: TLS 1.2 needs it earlier. */
hfi_err hfi_peer_read_leaf_key(hfi_hs *hs);
hfi_err hfi_peer_verify_chain(hfi_hs *hs);
/* Whether its first handshake lets a session stand for its peer under these settings: by
 * what was found, or by the word of the application where it has one. */
bool hfi_peer_session_vouches(const hfi_settings *s, const hfi_session_fields *f);
/* A client's check of the peer whose session it resumes, where it is wanted. */
bool hfi_peer_judges_session(const hfi_hs *hs);
hfi_err hfi_peer_verify_session(hfi_hs *hs);
/* A signature of the peer over content; bad is returned where it is wrong. */
hfi_err hfi_peer_check_signature(hfi_hs *hs, uint16_t id, hfi_view content,
                                 hfi_view signature, hfi_err bad);
hfi_err hfi_peer_take_certificate_verify(hfi_hs *hs, hfi_view body);

#endif
