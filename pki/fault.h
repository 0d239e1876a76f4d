/* pki/fault.h: writes down which certificate broke which rule. */
#ifndef HFI_PKI_FAULT_H
#define HFI_PKI_FAULT_H

#include "base/report.h"
#include "pki/name_constraints.h"
#include "pki/x509.h"

/* Begins the record: which certificate, which code, which rule ("RFC 5280 4.1.2.5";
 * NULL: the one of errors.def).  Returns code, so that a caller can return it. */
hfi_err hfi_fault_begin(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert, int index,
                        const char *rule);

/* Begins the record and says what was expected and what was there; ASCII of our own. */
hfi_err hfi_fault_say(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert, int index,
                      const char *rule, const char *expected, const char *presented);

/* One that does not parse: which part is at fault. */
hfi_err hfi_fault_unreadable(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert,
                             int index);

/* Dates: word is "before" or "after". */
hfi_err hfi_fault_date(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert, int index,
                       const char *word, int64_t now, int64_t limit);

/* Names asked for against those in the certificate. */
hfi_err hfi_fault_names(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert, int index,
                        const hfi_view *asked, size_t count);

/* A violation of a name constraint; ca is the one that constrains. */
hfi_err hfi_fault_constraint(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert,
                             int index, const hfi_x509 *ca,
                             const hfi_name_violation *violation);

/* Distinguished names: what was looked for, and what was there instead. */
hfi_err hfi_fault_issuer(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert, int index,
                         const char *expected, const char *presented);

#endif
