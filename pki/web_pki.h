/* pki/web_pki.h: what the web PKI profile asks of certificates beyond strict.h.
 * RFC 5280 4.2.1.1, and the CA/Browser Forum's Baseline Requirements ("CABF BR") 6.1.5
 * and 7.1. */
#ifndef HFI_PKI_WEB_PKI_H
#define HFI_PKI_WEB_PKI_H

#include "pki/rules.h"

/* Keys and extensions of any certificate in its place. */
hfi_err hfi_web_pki_certificate(const hfi_x509 *cert, int index, hfi_cert_role role,
                                hfi_cert_fault *fault);

/* What a subscriber's certificate must fulfil besides. */
hfi_err hfi_web_pki_leaf(const hfi_verify_params *params, const hfi_x509 *cert,
                         hfi_cert_fault *fault);

#endif
