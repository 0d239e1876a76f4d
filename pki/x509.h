/* pki/x509.h: one X.509 certificate, parsed in place.  RFC 5280 4. */
#ifndef HFI_PKI_X509_H
#define HFI_PKI_X509_H

#include "base/err.h"
#include "crypto/provider.h"

/* keyUsage bits, RFC 5280 4.2.1.3: bit n of the standard is 1 << n here. */
enum {
    HFI_KU_DIGITAL_SIGNATURE = 1 << 0,
    HFI_KU_NON_REPUDIATION = 1 << 1,
    HFI_KU_KEY_ENCIPHERMENT = 1 << 2,
    HFI_KU_DATA_ENCIPHERMENT = 1 << 3,
    HFI_KU_KEY_AGREEMENT = 1 << 4,
    HFI_KU_KEY_CERT_SIGN = 1 << 5,
    HFI_KU_CRL_SIGN = 1 << 6,
    HFI_KU_ENCIPHER_ONLY = 1 << 7,
    HFI_KU_DECIPHER_ONLY = 1 << 8,
};

/* extendedKeyUsage purposes that matter here, RFC 5280 4.2.1.12. */
enum {
    HFI_EKU_SERVER_AUTH = 1 << 0,
    HFI_EKU_CLIENT_AUTH = 1 << 1,
    HFI_EKU_ANY = 1 << 2,
    HFI_EKU_OTHER = 1 << 3,
    HFI_EKU_OCSP_SIGNING = 1 << 4,
};

/* All views point into the certificate's bytes. */
typedef struct hfi_x509 {
    hfi_view der;
    hfi_view tbs;       /* the signed bytes, header included */
    int version;        /* 1..3 */
    hfi_view serial;    /* contents of the INTEGER */
    hfi_view issuer;    /* Name, header included */
    hfi_view subject;   /* Name, header included */
    int64_t not_before; /* seconds since 1970, UTC */
    int64_t not_after;
    hfi_view spki;                     /* SubjectPublicKeyInfo, header included */
    hfi_public_key key;                /* type NONE if the kind is not supported */
    hfi_err key_problem;               /* why key.type is NONE */
    hfi_signature signature_algorithm; /* NONE if not supported */
    hfi_err signature_problem;         /* why it is NONE */
    hfi_view signature_identifier;     /* its AlgorithmIdentifier, header included */
    hfi_view signature;                /* contents of the BIT STRING */
    hfi_signature key_only; /* the one algorithm that the key may be used with, or NONE */
    bool signature_mismatch; /* the two signature algorithm fields differ */

    hfi_err extension_problem; /* a flaw that does not stop the parser, or OK */
    const char *problem_rule;  /* the rule that it breaks, "RFC 5280 4.2.1.9" */
    const char *problem_text;  /* what is wrong, a few words; of one that does not parse
                                * the part that is at fault */
    bool unknown_critical;
    hfi_view unknown_critical_oid; /* contents of the OBJECT IDENTIFIER */
    bool has_basic_constraints, basic_constraints_critical;
    bool is_ca;
    int path_len; /* -1: no limit */
    bool has_key_usage, key_usage_critical;
    unsigned key_usage;
    bool has_extended_key_usage, extended_key_usage_critical;
    unsigned extended_key_usage;
    bool has_subject_alt_name, subject_alt_name_critical;
    hfi_view subject_alt_name; /* contents of the GeneralNames SEQUENCE */
    bool has_name_constraints, name_constraints_critical;
    hfi_view permitted;       /* contents of permittedSubtrees; len 0: none */
    hfi_view excluded;        /* contents of excludedSubtrees */
    hfi_view policies;        /* contents of certificatePolicies; len 0: none */
    hfi_view policy_mappings; /* contents of the SEQUENCE; len 0: none */
    int require_policy;     /* certificates further on before one must be kept; -1: not */
    int inhibit_mapping;    /* and before mappings stop to count */
    int inhibit_any_policy; /* and before anyPolicy stops to count */
    bool has_subject_key_id;
    hfi_view subject_key_id;
    bool has_authority_key_id;
    hfi_view authority_key_id;        /* the keyIdentifier; len 0: not given */
    bool authority_key_id_has_issuer; /* issuer and serial number stand beside it */
    hfi_view crl_distribution_points; /* contents of the SEQUENCE; len 0: none */
    hfi_view authority_access;        /* contents of authorityInfoAccess; len 0: none */
    bool must_staple;                 /* TLS feature status_request, RFC 7633 */
} hfi_x509;

/* Strict DER; HFI_E_CERT_MALFORMED and its neighbours.  Unsupported keys, signature
 * algorithms and extension flaws are noted in *cert: whether they matter depends on
 * the place in the chain. */
hfi_err hfi_x509_parse(hfi_view der, hfi_x509 *cert);

/* A Name as text, RFC 4514 style, most specific first ("CN=www.example, O=Example"),
 * UTF-8 with control characters and invalid bytes replaced; cut to size - 1 bytes. */
void hfi_x509_name_text(hfi_view name, char *out, size_t size);

/* The serial number in hexadecimal, lower case. */
void hfi_x509_serial_text(const hfi_x509 *cert, char *out, size_t size);

/* The subjectAltName's DNS names and addresses, "a.example, 192.0.2.1"; what does not
 * fit is replaced by an ellipsis. */
void hfi_x509_names_text(const hfi_x509 *cert, char *out, size_t size);

/* "2026-11-22T10:00:00Z" into at least 21 bytes. */
void hfi_x509_time_text(int64_t seconds, char *out, size_t size);

/* An OBJECT IDENTIFIER's contents in dotted decimal, "1.3.6.1.5.5.7.1.1". */
void hfi_x509_oid_text(hfi_view oid, char *out, size_t size);

/* The same with the extension's name before it, if that is known:
 * "inhibitAnyPolicy (2.5.29.54)". */
void hfi_x509_extension_text(hfi_view oid, char *out, size_t size);

/* "RSA with SHA-1"; the dotted decimal of an algorithm that has no name here. */
void hfi_x509_signature_text(const hfi_x509 *cert, char *out, size_t size);

/* "keyCertSign, cRLSign"; size is not 0. */
void hfi_x509_key_usage_text(const hfi_x509 *cert, char *out, size_t size);

/* The first caIssuers URL of authorityInfoAccess, RFC 5280 4.2.2.1; empty: there is none.
 */
void hfi_x509_issuer_url_text(const hfi_x509 *cert, char *out, size_t size);

/* "RSA 2048", "EC P-256", "Ed25519". */
void hfi_x509_key_text(const hfi_x509 *cert, char *out, size_t size);

#endif
