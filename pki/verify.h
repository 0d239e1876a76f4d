/* pki/verify.h: is this chain to be trusted for this name, now?  RFC 5280 6, RFC 9525.
 * Knows nothing of TLS: bytes of certificates in, an answer out. */
#ifndef HFI_PKI_VERIFY_H
#define HFI_PKI_VERIFY_H

#include "base/alloc.h"
#include "base/err.h"
#include "base/report.h"
#include "crypto/provider.h"
#include "pki/crl_store.h"
#include "pki/signature_memory.h"
#include "pki/trust_store.h"

typedef enum hfi_verify_purpose {
    HFI_PURPOSE_SERVER = 0, /* a client checks a server: serverAuth */
    HFI_PURPOSE_CLIENT = 1, /* a server checks a client: clientAuth */
} hfi_verify_purpose;

/* Which rules count besides those that make a chain mean something; docs/limbo.md has
 * the table. */
typedef enum hfi_verify_profile {
    HFI_PROFILE_DEFAULT = 0,    /* RFC 5280, and the form of certificates in good order */
    HFI_PROFILE_WEB_PKI = 1,    /* and all that CAs of the web promise: CABF BR */
    HFI_PROFILE_COMPATIBLE = 2, /* RFC 5280 as relying parties must read it, no more */
} hfi_verify_profile;

/* By its name: "default", "web-pki" or "compatible". */
bool hfi_profile_by_name(const char *name, hfi_verify_profile *profile);

/* What is known about a stapled OCSP response. */
typedef enum hfi_staple_state {
    HFI_STAPLE_NOT_ASKED = 0, /* none was asked for; a promise of one is not enforced */
    HFI_STAPLE_ABSENT,        /* asked for, and none came */
    HFI_STAPLE_PRESENT,
} hfi_staple_state;

enum {
    HFI_VERIFY_CHAIN_MAX = 10,      /* certificates in a path, leaf and root counted */
    HFI_VERIFY_POOL_MAX = 64,       /* certificates that the peer may send */
    HFI_VERIFY_SIGNATURES_MAX = 64, /* signature checks in one verification */
    HFI_VERIFY_STEPS_MAX = 1024,    /* issuers tried in one verification */
    HFI_VERIFY_COMPARISONS_MAX = 250000, /* names held against name constraints */
    HFI_CERTIFICATE_SIZE_MAX = 65536,    /* bytes of one certificate */
};

/* What one verification took of its limits. */
typedef struct hfi_verify_work {
    size_t steps;
    size_t signatures;
    size_t comparisons;
} hfi_verify_work;

/* The path that was found, or, after a failure, how far the one of the cause went.  It is
 * empty if the leaf alone decided. */
typedef struct hfi_verify_path {
    uint32_t places[HFI_VERIFY_CHAIN_MAX]; /* among the certificates given, leaf first */
    size_t count;
    bool has_root; /* and above them stands a root of the store */
    uint32_t root; /* its place there */
} hfi_verify_path;

typedef struct hfi_verify_params {
    const hfi_crypto *crypto;
    const hfi_alloc *alloc;
    hfi_trust_store *store;
    int64_t now; /* seconds since 1970, UTC */
    hfi_verify_purpose purpose;
    /* Any one of these must match: DNS names (A-labels, any case, one trailing dot
     * allowed) or addresses in text form.  count 0: no name is checked. */
    const hfi_view *names;
    size_t name_count;
    /* Intermediates that a path may have at most; 0: the limit of the library. */
    size_t intermediates_max;
    bool intermediates_limited;
    /* Unless set, the leaf's keyUsage, if it has one, must include digitalSignature,
     * as RFC 8446 4.4.2.2 wants it: every handshake signs. */
    bool any_key_usage;
    hfi_verify_profile profile;
    /* Revocation lists; NULL: none.  Held against the leaf, or with crl_whole_chain
     * against every certificate below the root.  A list that is there must be fit to
     * rely on; that one tells about a certificate is demanded by crl_required alone.
     * A leaf that is itself in the trust store is not looked up. */
    const hfi_crl_store *crls;
    bool crl_whole_chain;
    bool crl_required;
    /* The leaf's OCSP response.  One that is there must say that the leaf is good; that
     * one is there is demanded by the leaf itself ("must staple", RFC 7633). */
    hfi_staple_state staple_state;
    hfi_view staple;
    hfi_verify_path *path; /* receives the path, unless NULL */
    hfi_verify_work *work; /* receives what was done; may be NULL */
    /* Certificates' signatures that need not be verified again; NULL: none.  Those of a
     * chain that holds are added.  The answer is the same with and without it. */
    hfi_signature_memory *signatures;
} hfi_verify_params;

/* certs[0] is the leaf, the others a pool in no order; all borrowed during the call.
 * On HFI_OK *key, unless NULL, is the leaf's public key, pointing into certs[0].
 * On a failure *fault tells which certificate broke which rule, expected against
 * presented, with the most telling cause of all paths tried.  Always returns; work
 * is bounded by the limits above. */
hfi_err hfi_verify_chain(const hfi_verify_params *params, const hfi_view *certs,
                         size_t count, hfi_public_key *key, hfi_cert_fault *fault);

/* True if host is one that a certificate can name: a DNS name or an address without
 * port or brackets.  *is_address tells which; address, unless NULL, receives 4 or 16
 * bytes and *address_len says how many. */
bool hfi_host_valid(hfi_view host, bool *is_address, uint8_t address[16],
                    size_t *address_len);

#endif
