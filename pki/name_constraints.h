/* pki/name_constraints.h: may this CA vouch for these names?  RFC 5280 4.2.1.10. */
#ifndef HFI_PKI_NAME_CONSTRAINTS_H
#define HFI_PKI_NAME_CONSTRAINTS_H

#include "pki/general_name.h"
#include "pki/x509.h"

/* Reads the extension's value.  False if it is malformed: no subtree at all, a
 * minimum or maximum, or a base of a known kind that is not in its form. */
bool hfi_name_constraints_read(hfi_view value, hfi_view *permitted, hfi_view *excluded);

/* What was found, for the error record. */
typedef struct hfi_name_violation {
    hfi_general_name name; /* the certificate's name that is not allowed */
    bool is_excluded;      /* it lies in base; otherwise in no permitted subtree */
    hfi_general_name base;
} hfi_name_violation;

/* Holds every name of subject against ca's constraints.  HFI_E_CERT_NAME_CONSTRAINT,
 * HFI_E_CERT_NAME_CONSTRAINT_UNSUPPORTED for kinds that cannot be compared, or
 * HFI_E_CERT_WORK_LIMIT when *budget, which every comparison lessens, is used up. */
hfi_err hfi_name_constraints_check(const hfi_x509 *ca, const hfi_x509 *subject,
                                   size_t *budget, hfi_name_violation *violation);

/* True if a DNS name among the constraints begins with a dot. */
bool hfi_name_constraints_dotted(const hfi_x509 *ca);

#endif
