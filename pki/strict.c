/* pki/strict.c: the form that certificates must have in every profile but "compatible".
 * RFC 5280 4.2 where it speaks to CAs, CABF BR 7.1.
 *
 * None of these rules keeps an attacker out by itself.  They are what a CA in good order
 * does, and what programs downstream rely on that read more of a certificate than they
 * should.  docs/limbo.md has each with its reason. */
#include "pki/strict.h"

#include "pki/common_name.h"
#include "pki/name.h"

/* 1996-06-01: X.509 version 3 was complete that month, RFC 5280 3.1.
 * 2012-07-01: the Baseline Requirements took effect. */
enum { VERSION_3_BEGINS = 833587200, BASELINE_BEGINS = 1341100800 };

static bool is_self_issued(const hfi_x509 *cert)
{
    return hfi_name_equal(cert->subject, cert->issuer);
}

/* A root from before the Baseline Requirements is not measured by them: it is in stores
 * everywhere and cannot be made anew.  A date before there were such certificates is
 * made up and excuses nothing. */
static bool is_excused(hfi_verify_profile profile, const hfi_x509 *cert,
                       hfi_cert_role role)
{
    return profile == HFI_PROFILE_DEFAULT && role == HFI_ROLE_ANCHOR &&
           cert->not_before >= VERSION_3_BEGINS && cert->not_before < BASELINE_BEGINS;
}

static hfi_err refuse(hfi_cert_fault *f, const hfi_x509 *cert, int index,
                      const char *rule, const char *expected, const char *presented)
{
    return hfi_fault_say(f, HFI_E_CERT_PROFILE, cert, index, rule, expected, presented);
}

/* ---- CAs ---- */

/* CABF BR 7.1.2.1: a root names no issuer but its own key, and no purposes. */
static hfi_err check_root(const hfi_x509 *cert, int index, hfi_cert_fault *f)
{
    if (cert->authority_key_id_has_issuer)
        return refuse(f, cert, index, "CABF BR 7.1.2.1.3",
                      "authorityKeyIdentifier with a key identifier alone",
                      "issuer and serial number in it");
    if (!is_self_issued(cert))
        return HFI_OK;
    if (cert->has_authority_key_id && cert->has_subject_key_id &&
        !hfi_view_equal(cert->authority_key_id, cert->subject_key_id))
        return refuse(f, cert, index, "CABF BR 7.1.2.1.3",
                      "the root's own key as authority", "another key identifier");
    if (cert->has_extended_key_usage)
        return refuse(f, cert, index, "CABF BR 7.1.2.1.2", "a root without extKeyUsage",
                      "extKeyUsage");
    return HFI_OK;
}

static hfi_err check_ca(const hfi_x509 *cert, int index, hfi_cert_fault *f)
{
    if (!cert->has_subject_key_id)
        return refuse(f, cert, index, "RFC 5280 4.2.1.2",
                      "subjectKeyIdentifier in a CA's certificate", "none");
    if (cert->has_basic_constraints && !cert->basic_constraints_critical)
        return refuse(f, cert, index, "RFC 5280 4.2.1.9",
                      "critical basicConstraints in a CA's certificate",
                      "basicConstraints that is not critical");
    if (hfi_name_constraints_dotted(cert))
        return refuse(f, cert, index, "RFC 5280 4.2.1.10",
                      "DNS names in nameConstraints without a leading dot",
                      "a leading dot");
    return HFI_OK;
}

hfi_err hfi_strict_issued(const hfi_x509 *cert, int index, hfi_cert_fault *fault)
{
    if (cert->has_authority_key_id || is_self_issued(cert))
        return HFI_OK;
    return refuse(fault, cert, index, "RFC 5280 4.2.1.1", "authorityKeyIdentifier",
                  "none");
}

hfi_err hfi_strict_certificate(hfi_verify_profile profile, const hfi_x509 *cert,
                               int index, hfi_cert_role role, hfi_cert_fault *fault)
{
    hfi_err err = HFI_OK;

    if (role == HFI_ROLE_LEAF || is_excused(profile, cert, role))
        return HFI_OK;
    err = role == HFI_ROLE_ANCHOR ? check_root(cert, index, fault)
                                  : hfi_strict_issued(cert, index, fault);
    return err != HFI_OK ? err : check_ca(cert, index, fault);
}

/* ---- the leaf ---- */

/* CABF BR 7.1.2.7.8: who says that its key signs no certificates is no CA. */
static hfi_err check_basic_constraints(const hfi_x509 *cert, hfi_cert_fault *f)
{
    if (!cert->is_ca || !cert->has_key_usage ||
        (cert->key_usage & HFI_KU_KEY_CERT_SIGN) != 0)
        return HFI_OK;
    return hfi_fault_say(f, HFI_E_CERT_LEAF_IS_CA, cert, 0, "CABF BR 7.1.2.7.8",
                         "basicConstraints without cA beside keyUsage without "
                         "keyCertSign",
                         "cA is set");
}

/* CABF BR 7.1.2.7.10 and 7.1.2.7.12. */
static hfi_err check_server(const hfi_x509 *cert, hfi_cert_fault *f)
{
    if ((cert->extended_key_usage & HFI_EKU_ANY) != 0)
        return refuse(f, cert, 0, "CABF BR 7.1.2.7.10",
                      "extKeyUsage that names its purposes", "anyExtendedKeyUsage");
    if (cert->subject_alt_name_critical && !hfi_name_empty(cert->subject))
        return refuse(f, cert, 0, "CABF BR 7.1.2.7.12",
                      "subjectAltName that is not critical beside a subject",
                      "a critical one");
    const char *found = hfi_common_name_disguise(cert);
    if (found == NULL)
        return HFI_OK;
    return refuse(f, cert, 0, "CABF BR 7.1.4.3",
                  "a host as common name written as in subjectAltName", found);
}

hfi_err hfi_strict_leaf(const hfi_verify_params *params, const hfi_x509 *cert,
                        hfi_cert_fault *fault)
{
    hfi_err err = check_basic_constraints(cert, fault);
    /* The names of a client are its issuer's business. */
    if (err != HFI_OK || params->purpose != HFI_PURPOSE_SERVER)
        return err;
    return check_server(cert, fault);
}
