/* engine/record/record.h: the record layer of TLS 1.3 and 1.2.  RFC 8446 5; RFC 5246 6.2.
 *
 * Splits the byte stream into records, protects and unprotects them in place, strips
 * padding.  It knows nothing of handshakes: what a record may hold at what time is
 * decided in conn/. */
#ifndef HFI_RECORD_RECORD_H
#define HFI_RECORD_RECORD_H

#include "base/alloc.h"
#include "base/err.h"
#include "crypto/provider.h"

enum {
    HFI_RECORD_HEADER = 5,
    HFI_RECORD_PLAINTEXT_MAX = 16384,
    HFI_RECORD_CIPHERTEXT_MAX = 16384 + 256,
    HFI_RECORD_MAX = HFI_RECORD_HEADER + HFI_RECORD_CIPHERTEXT_MAX,
    /* Under a CBC suite, RFC 5246 6.2.3. */
    HFI_RECORD_CBC_CIPHERTEXT_MAX = 16384 + 2048,
    /* What sealing adds at most: with AES-CBC header, IV, padding and MAC. */
    HFI_RECORD_OVERHEAD = HFI_RECORD_HEADER + 2 * HFI_CBC_BLOCK + 48,
};

typedef enum hfi_content_type {
    HFI_CONTENT_CCS = 20,
    HFI_CONTENT_ALERT = 21,
    HFI_CONTENT_HANDSHAKE = 22,
    HFI_CONTENT_APPLICATION = 23,
} hfi_content_type;

/* How a CBC suite of TLS 1.2 protects, RFC 5246 6.2.3.2, RFC 7366. */
typedef struct hfi_record_cbc {
    const hfi_cbc *cipher;
    const hfi_hash *mac; /* its HMAC */
    bool encrypt_then_mac;
    const hfi_random *random; /* for the IVs of what is sealed; borrowed */
} hfi_record_cbc;

/* The protection of one direction.  Zeroed: no protection yet. */
typedef struct hfi_record_keys {
    const hfi_aead *aead;   /* NULL: there is cbc.cipher, or records travel unprotected */
    hfi_record_cbc cbc;     /* cipher NULL: it is not used */
    uint8_t explicit_nonce; /* TLS 1.2: bytes of nonce in each record, 0 or 8 */
    bool is_tls12;
    void *ctx; /* owned */
    size_t ctx_size;
    uint8_t iv[HFI_AEAD_NONCE];
    uint64_t sequence;
} hfi_record_keys;

/* Installs a key and iv and starts counting at 0; replaces what was there, reusing its
 * memory where the AEAD is the same.  HFI_E_NO_MEMORY leaves k wiped and unusable: open
 * and seal fail with the same error, so that nothing travels in the clear instead. */
hfi_err hfi_record_keys_install(hfi_record_keys *k, const hfi_alloc *a,
                                const hfi_aead *aead, const uint8_t *key,
                                const uint8_t iv[HFI_AEAD_NONCE]);
/* The same for TLS 1.2, RFC 5246 6.2.3.3: salt_len is 4 for AES-GCM and AES-CCM, whose
 * records carry 8 bytes of nonce (RFC 5288 3), and 12 for ChaCha20-Poly1305 (RFC 7905).
 */
hfi_err hfi_record_keys_install_tls12(hfi_record_keys *k, const hfi_alloc *a,
                                      const hfi_aead *aead, const uint8_t *key,
                                      const uint8_t *salt, size_t salt_len);
/* The same for a CBC suite: mac_key has cbc->mac->size bytes. */
hfi_err hfi_record_keys_install_cbc(hfi_record_keys *k, const hfi_alloc *a,
                                    const hfi_record_cbc *cbc, const uint8_t *mac_key,
                                    const uint8_t *key);
/* Wipes and frees. */
void hfi_record_keys_clear(hfi_record_keys *k, const hfi_alloc *a);

/* True once a key is installed. */
bool hfi_record_protects(const hfi_record_keys *k);

/* The most bytes that a record can have which these keys open, header included. */
size_t hfi_record_longest(const hfi_record_keys *k);

/* One record, opened in place: content points into the input. */
typedef struct hfi_record {
    hfi_content_type type; /* the inner type of a protected record */
    bool was_protected;
    hfi_span content;
    size_t inner_len; /* of a protected one: content, padding, and in TLS 1.3 the type */
    size_t consumed;  /* bytes of the input that the record took */
} hfi_record;

typedef enum hfi_record_status {
    HFI_RECORD_READY,   /* *out is filled */
    HFI_RECORD_PARTIAL, /* more bytes are needed: out->consumed says how many in all
                           from the start of in (at least the header's 5) */
    HFI_RECORD_FAILED,  /* *err tells */
} hfi_record_status;

/* Takes the record at the start of in.  With keys, a protected record (type 23) is
 * opened in place and its sequence counted; an unprotected change_cipher_spec or alert
 * record is handed out as it is with was_protected false (conn decides), and any other
 * is HFI_E_RECORD_UNPROTECTED.  Without keys, types 20 to 22 are handed out, and 23 is
 * HFI_E_APPLICATION_DATA_EARLY.
 * The header is judged as soon as its bytes are there, the first ones alone too:
 * HFI_E_RECORD_TYPE_UNKNOWN, HFI_E_RECORD_VERSION (major version not 3),
 * HFI_E_RECORD_TOO_LONG (16384 unprotected, 16640 protected, 18432 by a CBC suite,
 * whose every failure is HFI_E_BAD_RECORD_MAC: length, padding or MAC).  Further:
 * HFI_E_RECORD_EMPTY (empty handshake, alert or change_cipher_spec record),
 * HFI_E_BAD_RECORD_MAC, HFI_E_PLAINTEXT_TOO_LONG, HFI_E_RECORD_NO_CONTENT_TYPE,
 * HFI_E_RECORD_TYPE_UNKNOWN (inner), HFI_E_CCS_MISPLACED (protected CCS),
 * HFI_E_RECORD_SEQUENCE_EXHAUSTED.  The AEAD's record_limit binds the sender alone. */
hfi_record_status hfi_record_open(hfi_record_keys *k, hfi_span in, hfi_record *out,
                                  hfi_err *err);

/* How many bytes sealing len bytes of content yields. */
size_t hfi_record_sealed_size(const hfi_record_keys *k, size_t len);

/* Writes one record with the content in (at most 16384 bytes, in must not overlap out
 * except that in == out + HFI_RECORD_HEADER is allowed) to out, which has room for
 * hfi_record_sealed_size(k, in.len) bytes.  legacy_version is 0x0301 for a first
 * ClientHello and 0x0303 for all else.  change_cipher_spec records are never
 * protected in TLS 1.3.  A protected record's version is always 0x0303.
 * HFI_E_KEY_LIMIT_REACHED, HFI_E_RECORD_SEQUENCE_EXHAUSTED; HFI_E_RANDOM_FAILED: there
 * is no IV for a CBC suite. */
hfi_err hfi_record_seal(hfi_record_keys *k, hfi_content_type type,
                        uint16_t legacy_version, hfi_view in, uint8_t *out,
                        size_t *out_len);
/* The same with zeros behind the content, RFC 8446 5.4: only where it is protected by
 * TLS 1.3 (hfi_record_pads), and no more than 16384 bytes with the content.  out has room
 * for hfi_record_sealed_size(k, in.len + padding) bytes. */
hfi_err hfi_record_seal_padded(hfi_record_keys *k, hfi_content_type type,
                               uint16_t legacy_version, hfi_view in, size_t padding,
                               uint8_t *out, size_t *out_len);
/* True if records of this type can be padded under these keys. */
bool hfi_record_pads(const hfi_record_keys *k, hfi_content_type type);

#endif
