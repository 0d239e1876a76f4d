/* tests/unit/pki/status_fixture.h: one verification with revocation lists and a stapled
 * response, for test_revocation.c, test_ocsp.c and test_web_pki.c. */
#ifndef STATUS_FIXTURE_H
#define STATUS_FIXTURE_H

#include "chain_fixture.h"

typedef struct status_attempt {
    const char *root;     /* PEM */
    const char *leaf;     /* PEM */
    const char *inter;    /* PEM; "": none */
    const char *name;     /* NULL: app.example.com; "": none is checked */
    const char *lists[3]; /* PEM */
    bool whole_chain;
    bool required;
    hfi_staple_state staple_state;
    hfi_view staple;
    hfi_verify_profile profile;
    hfi_verify_purpose purpose;
    int64_t now; /* 0: CHAIN_NOW */
} status_attempt;

/* Memory is counted and must all be given back. */
hfi_err status_verify(const status_attempt *a, hfi_cert_fault *fault);

/* Refused with this code, for the certificate at this place, by this rule. */
void status_refused(const status_attempt *a, hfi_err code, int index, const char *rule);
void status_accepted(const status_attempt *a);

#endif
