/* pki/verify_search.h: one search for a path, which the files verify*.c share.
 *   verify.c         the search itself: from the leaf to a trusted root
 *   verify_issuer.c  whether an issuer may be put on top of the path
 *   verify_cause.c   what is told in the end: the cause and the path */
#ifndef HFI_PKI_VERIFY_SEARCH_H
#define HFI_PKI_VERIFY_SEARCH_H

#include "pki/verify.h"
#include "pki/x509.h"

/* How telling a cause is; the greater wins. */
typedef enum hfi_search_rank {
    HFI_RANK_NONE,
    HFI_RANK_NO_ISSUER,  /* nobody signed this certificate, or not with this signature */
    HFI_RANK_UNREADABLE, /* a certificate of the pool cannot be parsed */
    HFI_RANK_RULE,       /* a true issuer breaks a rule */
    HFI_RANK_REVOKED,    /* a true issuer has revoked it */
    HFI_RANK_LIMIT,      /* the search was given up */
} hfi_search_rank;

/* Where a search remembers that it checked a signature. */
typedef struct hfi_checked {
    uint32_t child;  /* in the pool, or HFI_SEARCH_LIST and the place in the CRL store */
    uint32_t issuer; /* in the pool, or HFI_SEARCH_ANCHOR and the place in the store */
    bool right;
} hfi_checked;

/* Beside places in the pool. */
enum { HFI_SEARCH_ANCHOR = 0x80000000u, HFI_SEARCH_LIST = 0x40000000u };

/* One issuer that was tried in vain. */
typedef struct hfi_trial {
    uint32_t child;  /* in the pool */
    uint32_t issuer; /* in the pool, or HFI_SEARCH_ANCHOR and the place in the store */
    hfi_err code;
} hfi_trial;

typedef struct hfi_candidate {
    hfi_x509 cert;
    uint64_t subject_hash;
    uint64_t issuer_hash;
    bool usable;
    bool in_path;
    bool self_issued;
} hfi_candidate;

typedef struct hfi_search {
    const hfi_verify_params *params;
    size_t count;
    size_t steps_left;
    size_t signatures_left;
    size_t comparisons_left;
    bool given_up;
    uint32_t path[HFI_VERIFY_CHAIN_MAX];
    size_t depth;
    hfi_checked memory[HFI_VERIFY_SIGNATURES_MAX];
    size_t memory_used;
    bool verified;   /* a certificate's signature that was not known before */
    hfi_x509 anchor; /* the root being tried */
    hfi_search_rank best;
    size_t best_depth;
    hfi_cert_fault *fault; /* the caller's; holds the most telling cause so far */
    hfi_cert_fault scratch;
    hfi_trial trials[HFI_CANDIDATES_MAX];
    size_t trial_count;
    size_t trials_left_out;
    hfi_candidate pool[]; /* the leaf first */
} hfi_search;

/* ---- verify_cause.c ---- */

/* Takes over the cause in scratch, if it is more telling than what there is. */
void hfi_search_keep_cause(hfi_search *s, hfi_search_rank r);

/* Ends the search: it has too many of what is named.  Always false. */
bool hfi_search_give_up(hfi_search *s, const char *what);

/* Writes down the path as it is now; root is HFI_TRUST_STORE_END if it reaches none. */
void hfi_search_note_path(const hfi_search *s, uint32_t root);

/* An issuer was tried for the top of the path, and this is why it will not do; of the
 * same pair the last reason stays. */
void hfi_search_note_trial(hfi_search *s, uint32_t issuer, hfi_err code);

/* Completes the cause with what goes beyond its rule: the clock, the issuers that were
 * tried, and where a missing one is said to lie. */
void hfi_search_complete_cause(hfi_search *s);

/* ---- verify_issuer.c ---- */

/* RFC 5280 4.2.1.1: a hint about the order in which to try, never a verdict. */
typedef enum hfi_key_id_fit {
    HFI_FIT_SAME,
    HFI_FIT_UNKNOWN,
    HFI_FIT_OTHER
} hfi_key_id_fit;

hfi_key_id_fit hfi_search_key_id_fits(const hfi_x509 *child, const hfi_x509 *issuer);

/* Checks the signature of a certificate of the pool, once.  False as well when no more
 * checks are allowed. */
bool hfi_search_signed_by(hfi_search *s, uint32_t child, uint32_t issuer,
                          const hfi_x509 *cert);

/* Whether issuer may be put on top of the path: the rules, which cost little, before
 * the signature, and revocation after it.  index is -1 for a root. */
bool hfi_search_accepts(hfi_search *s, uint32_t issuer, const hfi_x509 *cert, int index,
                        bool self_issued);

/* Remembers the signatures of the path below s->anchor, which holds.  Only now: what
 * strangers sign shall not drive out what is of use. */
void hfi_search_remember_signatures(hfi_search *s);

#endif
