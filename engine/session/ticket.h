/* engine/session/ticket.h: a server's session, sealed, so that somebody else can keep it:
 * the client as a ticket (RFC 5077 4, RFC 8446 4.6.1), or a store of the application.
 *
 * The format is ours: the key's name (16 bytes), a salt (16), a nonce (12), and the
 * session under ChaCha20-Poly1305 with a key of HKDF from the secret and the salt, so
 * that no number of tickets wears a key out.  It authenticates all of itself and what it
 * is bound to.  Whatever does not open is no ticket of ours, and no error. */
#ifndef HFI_SESSION_TICKET_H
#define HFI_SESSION_TICKET_H

#include "session/session.h"
#include "session/ticket_keys.h"

enum {
    HFI_SEALED_LEAF_MAX = 8192, /* a session with a longer one is not sealed */
    HFI_SEALED_OVERHEAD = HFI_TICKET_KEY_NAME + 16 + HFI_AEAD_NONCE + 16,
    HFI_SEALED_MAX = HFI_SEALED_OVERHEAD + 640 + HFI_SEALED_LEAF_MAX,
    HFI_CLOCK_TOLERANCE = 60, /* seconds that another host's clock may be ahead */
};

/* What else must be the same when it is opened; either may be empty. */
typedef struct hfi_sealed_for {
    hfi_view context; /* the application's, at most 255 bytes: which of its services */
    hfi_view id;      /* under which a store keeps it, at most 255 bytes */
} hfi_sealed_for;

/* Bytes that hfi_ticket_seal needs; 0: this session is too large to be sealed. */
size_t hfi_ticket_sealed_size(const hfi_session_fields *fields);

/* Seals version, suite, psk, received (when it is issued), born, lifetime, age_add,
 * max_early_data, group, scheme, both flags, verify_result, hostname, alpn and leaf.
 * HFI_E_BUFFER_TOO_SMALL, HFI_E_RANDOM_FAILED. */
hfi_err hfi_ticket_seal(hfi_ticket_keys *set, const hfi_random *random, int64_t now,
                        const hfi_sealed_for *to, const hfi_session_fields *fields,
                        uint8_t *out, size_t cap, size_t *len);

/* *out is a new session, or NULL where the bytes are none that can be used: of another
 * key, altered, bound to something else, over their time, or from the future.  *renew: a
 * newer key seals now.  HFI_E_NO_MEMORY. */
hfi_err hfi_ticket_open(hfi_ticket_keys *set, const hfi_alloc *alloc, int64_t now,
                        const hfi_sealed_for *to, hfi_view sealed, hfi_session **out,
                        bool *renew);

#endif
