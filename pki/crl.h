/* pki/crl.h: one certificate revocation list, parsed in place.  RFC 5280 5.
 *
 * Complete lists of a certificate's own issuer, whole or for one distribution point.
 * Lists of changes (delta CRLs), of several issuers (indirect CRLs) and of only some
 * reasons are read and refused. */
#ifndef HFI_PKI_CRL_H
#define HFI_PKI_CRL_H

#include "pki/x509.h"

enum { HFI_CRL_SIZE_MAX = 16 << 20 }; /* bytes of one list */

/* All views point into the list's bytes. */
typedef struct hfi_crl {
    hfi_view der;
    hfi_view tbs;        /* the signed bytes, header included */
    uint8_t digest[32];  /* SHA-256 of tbs, by a store that holds the bytes; else zeros */
    hfi_view issuer;     /* Name, header included */
    int64_t this_update; /* seconds since 1970, UTC */
    int64_t next_update;
    hfi_signature signature_algorithm; /* NONE if not supported */
    hfi_err signature_problem;         /* why it is NONE */
    hfi_view signature;                /* contents of the BIT STRING */
    hfi_view entries;                  /* contents of revokedCertificates */
    size_t entry_count;
    hfi_view authority_key_id; /* len 0: not given */
    bool only_users, only_cas; /* what kind of certificates it tells about */
    bool has_point;            /* for certificates of one distribution point alone */
    hfi_view point;            /* its names, contents of GeneralNames */

    hfi_err problem;          /* why the list cannot be used, or OK */
    const char *problem_rule; /* "RFC 5280 5.2.3" */
    const char *problem_text;
} hfi_crl;

/* What a list says about one certificate. */
typedef struct hfi_revocation {
    int64_t date;
    const char *reason; /* as RFC 5280 5.3.1 names it; "unspecified" if not told */
} hfi_revocation;

/* Strict DER, every entry read; HFI_E_CRL_MALFORMED, HFI_E_INPUT_TOO_LARGE.  What makes
 * a list unusable though it is well-formed is noted in *crl. */
hfi_err hfi_crl_parse(hfi_view der, hfi_crl *crl);

/* True if the serial number (contents of the INTEGER) is on the list.  Reads through
 * the entries. */
bool hfi_crl_find(const hfi_crl *crl, hfi_view serial, hfi_revocation *found);

/* The name of a CRLReason; NULL if there is none of that number. */
const char *hfi_crl_reason_text(unsigned reason);

/* True if the list tells about certificates of this kind and distribution point. */
bool hfi_crl_covers(const hfi_crl *crl, const hfi_x509 *cert);

#endif
