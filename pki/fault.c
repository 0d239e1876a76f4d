/* pki/fault.c: writes down which certificate broke which rule. */
#include "pki/fault.h"

#include <stdio.h>

#include "pki/names_text.h"

hfi_err hfi_fault_begin(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert, int index,
                        const char *rule)
{
    memset(f, 0, sizeof *f);
    f->code = code;
    f->index = index;
    if (rule == NULL)
        (void)snprintf(f->rule, sizeof f->rule, "RFC %s", hfi_err_lookup(code)->rfc);
    else
        (void)snprintf(f->rule, sizeof f->rule, "%s", rule);
    if (cert == NULL)
        return code;
    hfi_x509_name_text(cert->subject, f->subject, sizeof f->subject);
    hfi_x509_name_text(cert->issuer, f->issuer, sizeof f->issuer);
    hfi_x509_serial_text(cert, f->serial, sizeof f->serial);
    if (cert->not_after != 0) {
        hfi_x509_time_text(cert->not_before, f->not_before, sizeof f->not_before);
        hfi_x509_time_text(cert->not_after, f->not_after, sizeof f->not_after);
    }
    return code;
}

hfi_err hfi_fault_say(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert, int index,
                      const char *rule, const char *expected, const char *presented)
{
    (void)hfi_fault_begin(f, code, cert, index, rule);
    (void)snprintf(f->expected, sizeof f->expected, "%s", expected);
    (void)snprintf(f->presented, sizeof f->presented, "%s", presented);
    return code;
}

hfi_err hfi_fault_unreadable(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert,
                             int index)
{
    (void)hfi_fault_begin(f, code, cert, index, NULL);
    if (code == HFI_E_CERT_MALFORMED && cert->problem_text != NULL) {
        (void)snprintf(f->expected, sizeof f->expected,
                       "a certificate in well-formed DER");
        (void)snprintf(f->presented, sizeof f->presented, "a fault in %s",
                       cert->problem_text);
    }
    return code;
}

hfi_err hfi_fault_date(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert, int index,
                       const char *word, int64_t now, int64_t limit)
{
    char text[32];

    (void)hfi_fault_begin(f, code, cert, index, NULL);
    hfi_x509_time_text(now, text, sizeof text);
    (void)snprintf(f->expected, sizeof f->expected, "%s %s", word, text);
    hfi_x509_time_text(limit, f->presented, sizeof f->presented);
    return code;
}

hfi_err hfi_fault_names(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert, int index,
                        const hfi_view *asked, size_t count)
{
    (void)hfi_fault_begin(f, code, cert, index, NULL);
    hfi_text t = hfi_text_into(f->expected, sizeof f->expected);
    for (size_t i = 0; i < count; i++) {
        if (i != 0)
            hfi_text_add(&t, ", ");
        hfi_text_add_utf8(&t, asked[i]);
    }
    hfi_text_end(&t);
    hfi_x509_names_text(cert, f->presented, sizeof f->presented);
    return code;
}

hfi_err hfi_fault_constraint(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert,
                             int index, const hfi_x509 *ca,
                             const hfi_name_violation *violation)
{
    (void)hfi_fault_begin(f, code, cert, index, NULL);
    hfi_text t = hfi_text_into(f->expected, sizeof f->expected);
    hfi_text_add(&t, violation->is_excluded ? "not within " : "within ");
    hfi_names_text_add(&t, &violation->base);
    hfi_text_add(&t, ", by ");
    hfi_names_text_add_name(&t, ca->subject);
    hfi_text_end(&t);

    t = hfi_text_into(f->presented, sizeof f->presented);
    hfi_names_text_add(&t, &violation->name);
    hfi_text_end(&t);
    return code;
}

hfi_err hfi_fault_issuer(hfi_cert_fault *f, hfi_err code, const hfi_x509 *cert, int index,
                         const char *expected, const char *presented)
{
    (void)hfi_fault_begin(f, code, cert, index, NULL);
    hfi_text t = hfi_text_into(f->expected, sizeof f->expected);
    hfi_text_add(&t, expected);
    hfi_names_text_add_name(&t, cert->issuer);
    hfi_text_end(&t);
    (void)snprintf(f->presented, sizeof f->presented, "%s", presented);
    return code;
}
