/* pki/strict.h: the form that certificates must have in every profile but "compatible".
 * RFC 5280 4.2 where it speaks to CAs, and the CA/Browser Forum's Baseline Requirements
 * ("CABF BR") 7.1. */
#ifndef HFI_PKI_STRICT_H
#define HFI_PKI_STRICT_H

#include "pki/rules.h"

/* Extensions of any certificate in its place; of an issued one that is the leaf,
 * hfi_strict_issued sees to the rest. */
hfi_err hfi_strict_certificate(hfi_verify_profile profile, const hfi_x509 *cert,
                               int index, hfi_cert_role role, hfi_cert_fault *fault);

/* What a certificate needs that is not trusted by itself: its issuer's key named. */
hfi_err hfi_strict_issued(const hfi_x509 *cert, int index, hfi_cert_fault *fault);

/* What the leaf must fulfil besides. */
hfi_err hfi_strict_leaf(const hfi_verify_params *params, const hfi_x509 *cert,
                        hfi_cert_fault *fault);

#endif
