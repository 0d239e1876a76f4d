/* pki/revocation.c: is this certificate on one of its issuer's lists?  RFC 5280 6.3.
 *
 * Of several lists of one issuer each that is current counts: being named on one is
 * enough to be revoked.  A list that cannot be relied on is an error of its own, unless
 * another one can: who gives lists wants to know that they are of no use. */
#include "pki/revocation.h"

#include <stdio.h>

#include "pki/name.h"

/* RFC 5280 5.2.1 and 6.3.3 (c): a list of the same name, but by another key, is none of
 * this issuer. */
static bool is_for(const hfi_crl *crl, const hfi_x509 *cert, const hfi_x509 *issuer)
{
    if (!hfi_name_equal(crl->issuer, cert->issuer))
        return false;
    if (crl->authority_key_id.len != 0 && issuer->subject_key_id.len != 0 &&
        !hfi_view_equal(crl->authority_key_id, issuer->subject_key_id))
        return false;
    return hfi_crl_covers(crl, cert);
}

static hfi_err check_dates(const hfi_verify_params *params, const hfi_crl *crl,
                           const hfi_x509 *cert, int index, hfi_cert_fault *f)
{
    if (params->now < crl->this_update)
        return hfi_fault_date(f, HFI_E_CRL_NOT_YET_VALID, cert, index,
                              "a revocation list not later than", params->now,
                              crl->this_update);
    if (params->now > crl->next_update)
        return hfi_fault_date(f, HFI_E_CRL_EXPIRED, cert, index,
                              "a revocation list not earlier than", params->now,
                              crl->next_update);
    return HFI_OK;
}

/* Whether the list may be relied on for certificates of this issuer. */
static hfi_err check_list(const hfi_verify_params *params, const hfi_crl *crl,
                          const hfi_x509 *cert, int index, const hfi_x509 *issuer,
                          hfi_cert_fault *f)
{
    char usage[128];

    if (crl->problem != HFI_OK)
        return hfi_fault_say(f, crl->problem, cert, index, crl->problem_rule,
                             "a complete revocation list of the issuer's own",
                             crl->problem_text);
    if (crl->signature_problem != HFI_OK)
        return hfi_fault_say(f, HFI_E_CRL_UNSUPPORTED, cert, index, "RFC 5280 5.1.1.2",
                             "a revocation list with a signature that is accepted",
                             crl->signature_problem == HFI_E_CERT_SIGNATURE_WEAK
                                 ? "MD5 or SHA-1, which can be forged"
                                 : "an algorithm that is not accepted");
    hfi_x509_key_usage_text(issuer, usage, sizeof usage);
    if (issuer->has_key_usage && (issuer->key_usage & HFI_KU_CRL_SIGN) == 0)
        return hfi_fault_say(f, HFI_E_CRL_ISSUER, cert, index, NULL,
                             "an issuer with cRLSign in keyUsage", usage);
    return check_dates(params, crl, cert, index, f);
}

static hfi_err tell_revoked(const hfi_x509 *cert, int index, const hfi_revocation *found,
                            hfi_cert_fault *f)
{
    char presented[96], date[32];

    hfi_x509_time_text(found->date, date, sizeof date);
    (void)snprintf(presented, sizeof presented, "revoked at %s: %s", date, found->reason);
    return hfi_fault_say(f, HFI_E_CERT_REVOKED, cert, index, NULL,
                         "a certificate that is not on its issuer's revocation list",
                         presented);
}

hfi_err hfi_revocation_check(const hfi_verify_params *params, const hfi_x509 *cert,
                             int index, const hfi_x509 *issuer,
                             hfi_crl_signed_by *signed_by, void *ctx,
                             hfi_cert_fault *fault)
{
    hfi_err problem = HFI_OK;
    bool told = false;
    hfi_revocation found;

    for (size_t i = 0; i < hfi_crl_store_count(params->crls); i++) {
        const hfi_crl *crl = hfi_crl_store_at(params->crls, i);
        if (!is_for(crl, cert, issuer))
            continue;
        hfi_err err = check_list(params, crl, cert, index, issuer, fault);
        if (err == HFI_OK && !signed_by(ctx, i, issuer))
            err = hfi_fault_say(fault, HFI_E_CRL_BAD_SIGNATURE, cert, index, NULL,
                                "a revocation list signed by the issuer's key",
                                "a signature that does not verify");
        if (err == HFI_OK && hfi_crl_find(crl, cert->serial, &found))
            return tell_revoked(cert, index, &found, fault);
        told = told || err == HFI_OK;
        if (err != HFI_OK)
            problem = err;
    }
    if (told)
        return HFI_OK;
    if (problem != HFI_OK)
        return problem;
    if (!params->crl_required)
        return HFI_OK;
    return hfi_fault_issuer(fault, HFI_E_CRL_MISSING, cert, index,
                            "a revocation list by ", "none that tells about it");
}
