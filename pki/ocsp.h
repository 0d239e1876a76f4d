/* pki/ocsp.h: the status of one certificate, as its issuer's responder tells it.
 * RFC 6960 3.2 and 4.2, RFC 5019 2.2. */
#ifndef HFI_PKI_OCSP_H
#define HFI_PKI_OCSP_H

#include "pki/fault.h"
#include "pki/verify.h"

enum {
    HFI_OCSP_SIZE_MAX = 65536,     /* bytes of one response */
    HFI_OCSP_RESPONSES_MAX = 64,   /* certificates that it tells about */
    HFI_OCSP_CERTIFICATES_MAX = 4, /* that it brings along */
    HFI_OCSP_SKEW = 300,           /* seconds that clocks may differ */
    HFI_OCSP_AGE_MAX = 7 * 86400,  /* seconds, where nextUpdate is left out */
};

/* Whether response says now, with the right of the issuer, that leaf is good.  HFI_OK;
 * HFI_E_CERT_REVOKED; HFI_E_STAPLE_ and the cause; HFI_E_CERT_WORK_LIMIT when *signatures
 * is used up, from which every signature that is checked is taken.  Of params the
 * provider and the time count. */
hfi_err hfi_ocsp_check(const hfi_verify_params *params, hfi_view response,
                       const hfi_x509 *leaf, const hfi_x509 *issuer, size_t *signatures,
                       hfi_cert_fault *fault);

#endif
