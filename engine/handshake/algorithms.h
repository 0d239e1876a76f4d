/* engine/handshake/algorithms.h: cipher suites, groups and signature algorithms that
 * this library knows, by number and by the names that operators use.
 * RFC 8446 B.4, 4.2.7, 4.2.3. */
#ifndef HFI_HANDSHAKE_ALGORITHMS_H
#define HFI_HANDSHAKE_ALGORITHMS_H

#include "crypto/provider.h"
#include "keys/tls12.h"

/* What a TLS 1.2 suite wants of the server's key; TLS 1.3 suites say nothing of it. */
typedef enum hfi_suite_auth {
    HFI_AUTH_ANY,
    HFI_AUTH_ECDSA, /* ECDSA or EdDSA, RFC 8422 2.1 */
    HFI_AUTH_RSA,
} hfi_suite_auth;

typedef struct hfi_suite {
    uint16_t id;
    const char *name;
    const hfi_aead *aead; /* NULL: the suite has cbc */
    const hfi_hash *hash;
    uint16_t version; /* the one version that it belongs to, 0x0303 or 0x0304 */
    hfi_suite_auth auth;
    uint8_t salt_len;   /* TLS 1.2: bytes of nonce out of the key block, 4 or 12 */
    const hfi_cbc *cbc; /* NULL: the suite is AEAD */
    const hfi_hash *mac;
} hfi_suite;

/* SignatureScheme: usable in CertificateVerify, or in certificates alone. */
typedef struct hfi_scheme {
    uint16_t id;
    const char *name;
    hfi_signature signature;
    hfi_key_type key;  /* the kind of key that it wants */
    bool in_handshake; /* allowed in a TLS 1.3 CertificateVerify */
} hfi_scheme;

enum {
    HFI_SUITES_MAX = 19,
    HFI_SUITES_BY_DEFAULT = 11, /* those of AES-CBC must be named */
    HFI_GROUPS_MAX = 7,
    HFI_VERSIONS_MAX = 2,
    HFI_SCHEMES_MAX = 14,
};

/* TLS 1.2: how much of the key block the suite takes. */
hfi_tls12_lengths hfi_suite_key_block(const hfi_suite *suite);

/* The index-th known one, in the order of default preference; NULL past the end. */
const hfi_suite *hfi_suite_at(const hfi_crypto *crypto, size_t index, hfi_suite *out);
const hfi_group *hfi_group_at(const hfi_crypto *crypto, size_t index);
const hfi_scheme *hfi_scheme_at(size_t index);

const hfi_suite *hfi_suite_find(const hfi_crypto *crypto, uint16_t id, hfi_suite *out);
const hfi_group *hfi_group_find(const hfi_crypto *crypto, uint16_t id);
const hfi_scheme *hfi_scheme_find(uint16_t id);

/* A set of schemes, one bit for the place in hfi_scheme_at: of those that a list (pairs
 * of bytes) names.  The kinds of signature that a set can verify, a bit for each. */
uint32_t hfi_scheme_set(hfi_view list);
uint32_t hfi_scheme_signatures(uint32_t set);

/* "TLSv1.3" for 0x0304; NULL for a version that is not known. */
const char *hfi_version_name(uint16_t version);

/* The operators' other name of a group ("X25519", "P-256"), or NULL. */
const char *hfi_group_alias(uint16_t id);

/* Names for the timeline and the record: "ServerHello"; "unknown" otherwise. */
const char *hfi_handshake_type_name(int type);

#endif
