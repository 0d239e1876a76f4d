/* engine/handshake/psk.h: the pre-shared key that a client offers: a ticket's, or one
 * that both sides were given.  RFC 8446 2.2, 4.2.11. */
#ifndef HFI_HANDSHAKE_PSK_H
#define HFI_HANDSHAKE_PSK_H

#include "crypto/provider.h"

struct hfi_hs;

enum {
    HFI_PSK_IDENTITY_MAX = 8192,
    HFI_PSK_KEY_MIN = 16, /* RFC 9257 6 */
    HFI_PSK_KEY_MAX = 255,
};

/* An external PSK, bound to one hash. */
typedef struct hfi_psk {
    hfi_view identity;
    hfi_view key;
    const hfi_hash *hash;
} hfi_psk;

/* A server's answer to an identity. */
typedef struct hfi_psk_answer {
    uint8_t key[HFI_PSK_KEY_MAX];
    size_t key_len;
    const hfi_hash *hash;
} hfi_psk_answer;

/* The offer of this hello. */
typedef struct hfi_psk_offer {
    hfi_psk psk;
    bool external;
    uint32_t age; /* obfuscated; 0 for external ones */
} hfi_psk_offer;

/* After psk_offered was set. */
hfi_psk_offer hfi_client_psk_offer(const struct hfi_hs *hs);
/* Whether an external PSK is there and fits what is allowed, and the suite if that is
 * chosen already. */
bool hfi_client_may_offer_psk(const struct hfi_hs *hs);
/* A server that would not take the external PSK must show a certificate: that needs a
 * name and roots to check it.  HFI_E_PSK_REFUSED. */
hfi_err hfi_client_check_refused_psk(const struct hfi_hs *hs);

#endif
