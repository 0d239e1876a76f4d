/* engine/handshake/credential.h: what an endpoint can show of itself: certificates and
 * the key of the first.  RFC 8446 4.4.2. */
#ifndef HFI_HANDSHAKE_CREDENTIAL_H
#define HFI_HANDSHAKE_CREDENTIAL_H

#include "crypto/provider.h"
#include "handshake/algorithms.h"

enum {
    HFI_CREDENTIALS_MAX = 8,
    HFI_CREDENTIAL_CERTIFICATES_MAX = 16, /* in one chain */
};

/* Certificate messages that were compressed, RFC 8879: connections share them. */
struct hfi_packed_store;

typedef struct hfi_credential {
    hfi_view *certs; /* DER, the leaf first; owned with the bytes behind it */
    size_t count;
    size_t bytes;              /* of all certificates together */
    hfi_public_key leaf_key;   /* points into certs */
    hfi_private_key *key;      /* owned; NULL: it is elsewhere */
    uint32_t chain_signatures; /* how it is signed: a bit for each hfi_signature */
    hfi_span staple;           /* OCSP response to staple, owned; len 0: none */
    hfi_span scts;             /* SignedCertificateTimestampList, owned; len 0: none */
    struct hfi_packed_store *packed;   /* owned */
    uint16_t schemes[HFI_SCHEMES_MAX]; /* that the key signs with, the preferred first */
    size_t scheme_count;               /* 0: all that it can */
    bool must_be_listed; /* only for peers that list an authority of its chain */
} hfi_credential;

/* In order of preference. */
typedef struct hfi_credentials {
    hfi_credential items[HFI_CREDENTIALS_MAX];
    size_t count;
} hfi_credentials;

/* Copies a chain, the leaf first.  HFI_E_TOO_MANY_CERTIFICATES, HFI_E_CERT_ and what is
 * wrong with the leaf, HFI_E_NO_MEMORY. */
hfi_err hfi_credential_init(hfi_credential *c, const hfi_alloc *alloc,
                            const hfi_view *certs, size_t count);
/* Takes key, which must belong to the leaf: HFI_E_PRIVATE_KEY_MISMATCH leaves it. */
hfi_err hfi_credential_take_key(hfi_credential *c, const hfi_crypto *crypto,
                                hfi_private_key *key);
/* Releases what c holds; a zeroed one is allowed. */
void hfi_credential_clear(hfi_credential *c, const hfi_alloc *alloc,
                          const hfi_crypto *crypto);

/* What was kept for an equal message; empty if nothing was.  Any thread. */
hfi_view hfi_credential_packed(const hfi_credential *c, uint16_t method, hfi_view plain);
/* Keeps copies of both; one message for each method, the first one, and none if memory
 * is exhausted.  Any thread. */
void hfi_credential_keep_packed(const hfi_credential *c, uint16_t method, hfi_view plain,
                                hfi_view packed);

void hfi_credentials_clear(hfi_credentials *list, const hfi_alloc *alloc,
                           const hfi_crypto *crypto);

#endif
