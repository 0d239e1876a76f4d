/* pki/rules.h: may this certificate stand here?  RFC 5280 4 and 6.1, RFC 9525.
 *
 * Each function returns the first rule that is broken and describes it in *fault. */
#ifndef HFI_PKI_RULES_H
#define HFI_PKI_RULES_H

#include "pki/fault.h"
#include "pki/verify.h"

typedef enum hfi_cert_role {
    HFI_ROLE_LEAF,
    HFI_ROLE_INTERMEDIATE,
    HFI_ROLE_ANCHOR, /* from the trust store; its own signature means nothing */
} hfi_cert_role;

/* What any certificate must fulfil: form, dates, key, signature algorithm. */
hfi_err hfi_rules_certificate(const hfi_verify_params *params, const hfi_x509 *cert,
                              int index, hfi_cert_role role, hfi_cert_fault *fault);

/* What the leaf must fulfil when it is not in the trust store itself. */
hfi_err hfi_rules_issued(const hfi_verify_params *params, const hfi_x509 *cert,
                         hfi_cert_fault *fault);

/* What the leaf must fulfil besides: purpose and names. */
hfi_err hfi_rules_leaf(const hfi_verify_params *params, const hfi_x509 *cert,
                       hfi_cert_fault *fault);

/* What an issuer must fulfil besides; below counts the intermediates between it and
 * the leaf that are not self-issued. */
hfi_err hfi_rules_issuer(const hfi_verify_params *params, const hfi_x509 *cert, int index,
                         size_t below, hfi_cert_fault *fault);

#endif
