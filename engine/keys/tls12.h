/* engine/keys/tls12.h: the keys of TLS 1.2.  RFC 5246 5, 6.3, 7.4.9, 8.1; RFC 7627. */
#ifndef HFI_KEYS_TLS12_H
#define HFI_KEYS_TLS12_H

#include "crypto/provider.h"
#include "keys/schedule.h"

enum {
    HFI_MASTER_SECRET = 48,
    HFI_TLS12_VERIFY_DATA = 12,
    HFI_TLS12_SALT_MAX = 12,
    HFI_TLS12_MAC_KEY_MAX = 48, /* HMAC-SHA384 */
};

/* PRF(secret, label, seed_1 + seed_2); RFC 5246 5. */
void hfi_tls12_prf(const hfi_hash *hash, hfi_view secret, const char *label,
                   hfi_view seed_1, hfi_view seed_2, uint8_t *out, size_t len);

/* RFC 7627 4: over the transcript through ClientKeyExchange. */
void hfi_tls12_extended_master(const hfi_hash *hash, hfi_view premaster,
                               const hfi_digest *session_hash,
                               uint8_t master[HFI_MASTER_SECRET]);

/* RFC 5246 8.1, without the extension. */
void hfi_tls12_master(const hfi_hash *hash, hfi_view premaster, hfi_view client_random,
                      hfi_view server_random, uint8_t master[HFI_MASTER_SECRET]);

/* The key block, RFC 5246 6.3: each part has what its length in hfi_tls12_lengths says,
 * then zeros.  AEAD suites have no MAC keys (mac 0), CBC suites no salt (their records
 * carry IVs of their own). */
typedef struct hfi_tls12_keys {
    uint8_t mac[2][HFI_TLS12_MAC_KEY_MAX]; /* by the hfi_side that writes with it */
    uint8_t key[2][HFI_AEAD_KEY_MAX];
    uint8_t salt[2][HFI_TLS12_SALT_MAX];
} hfi_tls12_keys;

typedef struct hfi_tls12_lengths {
    size_t mac, key, salt; /* of one side, bytes */
} hfi_tls12_lengths;

void hfi_tls12_expand(const hfi_hash *hash, const uint8_t master[HFI_MASTER_SECRET],
                      hfi_view client_random, hfi_view server_random,
                      hfi_tls12_lengths len, hfi_tls12_keys *out);

/* verify_data of that side's Finished, RFC 5246 7.4.9. */
void hfi_tls12_finished(const hfi_hash *hash, const uint8_t master[HFI_MASTER_SECRET],
                        hfi_side side, const hfi_digest *transcript,
                        uint8_t out[HFI_TLS12_VERIFY_DATA]);

/* RFC 5705 4.  An empty context (len 0) is another thing than none (p NULL).  False if it
 * is longer than 65535 bytes. */
bool hfi_tls12_export(const hfi_hash *hash, const uint8_t master[HFI_MASTER_SECRET],
                      hfi_view client_random, hfi_view server_random, hfi_view label,
                      hfi_view context, uint8_t *out, size_t len);

#endif
