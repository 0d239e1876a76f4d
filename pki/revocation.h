/* pki/revocation.h: is this certificate on one of its issuer's lists?  RFC 5280 6.3. */
#ifndef HFI_PKI_REVOCATION_H
#define HFI_PKI_REVOCATION_H

#include "pki/fault.h"
#include "pki/verify.h"

/* Whether the list of this number in the store bears the issuer's signature. */
typedef bool hfi_crl_signed_by(void *ctx, size_t list, const hfi_x509 *issuer);

/* HFI_OK: a list that can be relied on does not name the certificate, or none tells
 * about it and none is required.  Otherwise *fault tells. */
hfi_err hfi_revocation_check(const hfi_verify_params *params, const hfi_x509 *cert,
                             int index, const hfi_x509 *issuer,
                             hfi_crl_signed_by *signed_by, void *ctx,
                             hfi_cert_fault *fault);

#endif
