/* engine/session/session.h: what a ticket leaves behind, and how it is offered again.
 * RFC 8446 2.2, 4.2.11, 4.6.1.  Reference counted (atomically) and immutable,
 * but that it can end. */
#ifndef HFI_SESSION_SESSION_H
#define HFI_SESSION_SESSION_H

#include "base/alloc.h"
#include "base/err.h"
#include "keys/schedule.h"

enum {
    HFI_TICKET_MAX = 65535,
    HFI_TICKET_LIFETIME_MAX = 604800, /* seconds: seven days */
    HFI_SESSION_ALPN_MAX = 255,
};

typedef struct hfi_session_fields {
    uint16_t version; /* 0x0304 */
    uint16_t suite;
    uint8_t psk[HFI_SECRET_MAX]; /* TLS 1.2: the master secret */
    size_t psk_len;
    int64_t received;        /* seconds since 1970 */
    uint32_t lifetime;       /* seconds */
    uint32_t age_add;        /* TLS 1.3 alone */
    uint32_t max_early_data; /* bytes; 0: none is taken */
    bool extended_master;    /* TLS 1.2: RFC 7627 was used */
    bool verified;           /* the first handshake verified the peer */
    bool accepted;           /* or the application took it, whatever was found */
    /* What a server keeps beside that, in tickets alone. */
    int64_t born;          /* of the first handshake, seconds since 1970 */
    uint16_t group;        /* 0: none */
    uint16_t scheme;       /* of the peer's signature; 0: none */
    hfi_err verify_result; /* of its chain */
    hfi_view ticket;       /* TLS 1.2: may be empty, then there is a session id */
    hfi_view session_id;   /* TLS 1.2 alone; at most 32 bytes */
    hfi_view hostname;     /* the name that was checked; len 0: none */
    hfi_view alpn;
    hfi_view leaf; /* the peer's certificate, DER; len 0: not kept */
} hfi_session_fields;

typedef struct hfi_session hfi_session;

/* Copies all that the fields point to.  NULL: no memory. */
hfi_session *hfi_session_new(const hfi_alloc *alloc, const hfi_session_fields *fields);
hfi_session *hfi_session_up_ref(hfi_session *session);
/* Wipes the PSK when the last reference goes. */
void hfi_session_free(hfi_session *session);
/* For the only one who has it: what is left tells of the session, and resumes nothing. */
void hfi_session_drop_secret(hfi_session *session);
/* Borrowed. */
const hfi_session_fields *hfi_session_get(const hfi_session *session);

/* It is not resumed any more, whoever has it: its lifetime is 0 from now on, in its
 * bytes, too.  session may be NULL. */
void hfi_session_end(hfi_session *session);
/* Seconds; 0 once it was ended. */
uint32_t hfi_session_lifetime(const hfi_session *session);

/* False once it was ended or its lifetime is over, or if the clock stands before its
 * birth by more than a minute. */
bool hfi_session_fresh(const hfi_session *session, int64_t now);

/* Its size as bytes; then the bytes themselves. */
size_t hfi_session_encoded_size(const hfi_session *session);
size_t hfi_session_encode(const hfi_session *session, uint8_t *out, size_t cap);
/* NULL: the bytes are not a session of this version, or no memory. */
hfi_session *hfi_session_decode(const hfi_alloc *alloc, hfi_view bytes);

#endif
