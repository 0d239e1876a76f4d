/* pki/policy.h: does a chain keep the certificate policies that it demands?
 * RFC 5280 6.1. */
#ifndef HFI_PKI_POLICY_H
#define HFI_PKI_POLICY_H

#include "pki/fault.h"

enum { HFI_POLICIES_MAX = 64 }; /* that may be valid at once */

/* path[0] is the leaf, path[count - 1] the certificate right below anchor.  The caller
 * is content with any policy; so only a CA that demands one, by policyConstraints, can
 * make a path invalid.  HFI_OK, HFI_E_CERT_POLICY or HFI_E_CERT_WORK_LIMIT; *at tells
 * the place in path of the certificate at which the last policy was lost. */
hfi_err hfi_policy_check(const hfi_x509 *const *path, size_t count,
                         const hfi_x509 *anchor, size_t *at);

#endif
