/* engine/handshake/agreed.h: what a handshake leaves behind for the connection. */
#ifndef HFI_HANDSHAKE_AGREED_H
#define HFI_HANDSHAKE_AGREED_H

#include "base/err.h"
#include "base/types.h"

/* What became of early data, RFC 8446 2.3. */
typedef enum hfi_early_data {
    HFI_EARLY_NONE, /* not offered */
    HFI_EARLY_ACCEPTED,
    HFI_EARLY_REJECTED, /* the server has dropped it */
    HFI_EARLY_OFFERED,  /* the server has not answered yet */
} hfi_early_data;

/* What was agreed; kept when the handshake's own memory is gone. */
typedef struct hfi_agreed {
    uint16_t version; /* 0: not yet */
    uint16_t suite;
    uint16_t group;
    uint16_t scheme; /* of the peer's CertificateVerify; 0 if resumed */
    bool resumed;
    bool psk_used; /* an external one: there are no certificates */
    bool retried;
    hfi_early_data early_data;
    bool accepted; /* the application took the peer's chain, whatever was found */
    bool certificate_requested;
    bool certificate_sent;     /* ours, and not an empty list */
    uint8_t certificate_index; /* then: which of them */
    /* record_size_limit, RFC 8449: bytes of plaintext in a protected record, in TLS 1.3
     * with the type; 0: not agreed. */
    uint16_t limit_in;
    uint16_t limit_out;
    bool verify_done;
    hfi_err verify_result;
    char *server_name; /* owned: what the client asked for, text; NULL: nothing */
    uint8_t *alpn;     /* owned; NULL: no protocol */
    uint8_t alpn_len;
} hfi_agreed;

/* The peer's certificates: one block of memory, DER bytes behind a table of views. */
typedef struct hfi_chain {
    hfi_view *certs; /* owned with the bytes behind it; NULL: none */
    size_t count;
    uint8_t *staple; /* owned: the leaf's OCSP response; NULL: none came */
    size_t staple_len;
    uint8_t *scts; /* owned: SignedCertificateTimestampList; NULL: none came */
    size_t scts_len;
} hfi_chain;

#endif
