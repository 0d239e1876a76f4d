/* engine/keys/schedule.h: the key schedule of TLS 1.3.  RFC 8446 7.1 to 7.5.
 * Secrets are made in the RFC's order; each function says which transcript it wants. */
#ifndef HFI_KEYS_SCHEDULE_H
#define HFI_KEYS_SCHEDULE_H

#include "base/err.h"
#include "crypto/provider.h"

typedef enum hfi_side {
    HFI_CLIENT = 0,
    HFI_SERVER = 1,
} hfi_side;

enum { HFI_SECRET_MAX = 48 }; /* SHA-384 is the largest hash of a TLS 1.3 suite */

typedef struct hfi_keys {
    const hfi_hash *hash;
    uint8_t secret[HFI_SECRET_MAX];       /* early, handshake, then main secret */
    uint8_t salt[HFI_SECRET_MAX];         /* that the next one is made with */
    uint8_t handshake[2][HFI_SECRET_MAX]; /* by hfi_side */
    uint8_t application[2][HFI_SECRET_MAX];
    uint8_t exporter[HFI_SECRET_MAX];
    uint8_t resumption[HFI_SECRET_MAX];
} hfi_keys;

/* Early secret; an empty psk means hash->size zeros. */
void hfi_keys_start(hfi_keys *k, const hfi_hash *hash, hfi_view psk);

/* The binder of a resumption PSK (external: "ext binder") over the truncated
 * ClientHello's transcript.  After hfi_keys_start with that PSK. */
void hfi_keys_binder(const hfi_keys *k, bool external, const hfi_digest *transcript,
                     hfi_digest *out);

/* client_early_traffic_secret (which 0) or early_exporter_secret (which 1). */
void hfi_keys_early(const hfi_keys *k, int which, const hfi_digest *transcript,
                    uint8_t *out);

/* Handshake secret and both handshake traffic secrets; transcript through ServerHello. */
void hfi_keys_enter_handshake(hfi_keys *k, hfi_view shared_secret,
                              const hfi_digest *transcript);

/* Main secret, both application secrets, exporter secret; transcript through the
 * server's Finished. */
void hfi_keys_enter_application(hfi_keys *k, const hfi_digest *transcript);

/* Resumption secret; transcript through the client's Finished. */
void hfi_keys_finish(hfi_keys *k, const hfi_digest *transcript);

/* verify_data of Finished for that side, RFC 8446 4.4.4. */
void hfi_keys_finished_mac(const hfi_keys *k, hfi_side side, const hfi_digest *transcript,
                           hfi_digest *out);

/* key (key_len bytes) and iv (12) of a traffic secret, RFC 8446 7.3. */
void hfi_keys_traffic(const hfi_hash *hash, const uint8_t *secret, size_t key_len,
                      uint8_t *key, uint8_t *iv);

/* The next generation of an application traffic secret, in place, RFC 8446 7.2. */
void hfi_keys_update(const hfi_hash *hash, uint8_t *secret);

/* The PSK of a ticket, RFC 8446 4.6.1; out receives hash->size bytes. */
void hfi_keys_ticket_psk(const hfi_hash *hash, const uint8_t *resumption_secret,
                         hfi_view nonce, uint8_t *out);

/* RFC 8446 7.5; false if label or len is past HKDF-Expand-Label's limits. */
bool hfi_keys_export(const hfi_hash *hash, const uint8_t *exporter_secret, hfi_view label,
                     hfi_view context, uint8_t *out, size_t len);

void hfi_keys_wipe(hfi_keys *k);

#endif
