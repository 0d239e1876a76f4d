/* pki/web_pki.c: what the web PKI profile asks of certificates beyond strict.c.
 * RFC 5280 4.2.1.1, and the CA/Browser Forum's Baseline Requirements 6.1.5 and 7.1.
 *
 * None of these rules makes a chain safer to rely on by itself; all show whether a CA
 * keeps to what the public CAs have promised.  docs/limbo.md has the reasons why they
 * do not hold in the default profile. */
#include "pki/web_pki.h"

#include "pki/common_name.h"
#include "pki/general_name.h"
#include "pki/host_name.h"
#include "pki/name.h"
#include "pki/strict.h"

/* ---- keys ---- */

/* CABF BR 6.1.5 and 7.1.3.1: rsaEncryption, or EC on a curve of NIST. */
static hfi_err check_key(const hfi_x509 *cert, int index, hfi_cert_fault *f)
{
    switch (cert->key.type) {
    case HFI_KEY_RSA:
    case HFI_KEY_EC_P256:
    case HFI_KEY_EC_P384:
    case HFI_KEY_EC_P521:
        return HFI_OK;
    default:
        return hfi_fault_say(f, HFI_E_CERT_PROFILE, cert, index, "CABF BR 6.1.5",
                             "an RSA key, or EC P-256, P-384 or P-521",
                             "a key of another kind");
    }
}

/* ---- key identifiers ---- */

/* CABF BR 7.1.2.11.1: the key identifier and nothing else. */
static hfi_err check_authority_key_id(const hfi_x509 *cert, int index, hfi_cert_fault *f)
{
    if (!cert->authority_key_id_has_issuer)
        return HFI_OK;
    return hfi_fault_say(f, HFI_E_CERT_PROFILE, cert, index, "CABF BR 7.1.2.11.1",
                         "authorityKeyIdentifier with a key identifier alone",
                         "issuer and serial number in it");
}

hfi_err hfi_web_pki_certificate(const hfi_x509 *cert, int index, hfi_cert_role role,
                                hfi_cert_fault *fault)
{
    hfi_err err = check_key(cert, index, fault);
    if (err == HFI_OK)
        err = check_authority_key_id(cert, index, fault);
    /* A root that is signed by another one is issued, too. */
    if (err == HFI_OK && role == HFI_ROLE_ANCHOR)
        err = hfi_strict_issued(cert, index, fault);
    return err;
}

/* ---- the subscriber's names ---- */

/* CABF BR 7.1.2.7.12: DNS names of letters, digits and hyphens, and addresses. */
static hfi_err check_alt_names(const hfi_x509 *cert, hfi_cert_fault *f)
{
    hfi_reader r = hfi_reader_of(cert->subject_alt_name);
    hfi_general_name name;

    while (hfi_reader_more(&r) && hfi_general_name_read(&r, &name)) {
        const char *found = NULL;
        if (name.kind != HFI_NAME_DNS && name.kind != HFI_NAME_ADDRESS)
            found = "a name of another kind";
        else if (name.kind == HFI_NAME_DNS && !hfi_dns_name_valid(name.value, true))
            found = "a name that is none";
        else if (name.kind == HFI_NAME_DNS &&
                 memchr(name.value.p, '_', name.value.len) != NULL)
            found = "an underscore";
        if (found != NULL)
            return hfi_fault_say(f, HFI_E_CERT_PROFILE, cert, 0, "CABF BR 7.1.2.7.12",
                                 "DNS names and addresses in subjectAltName", found);
    }
    return HFI_OK;
}

/* CABF BR 7.1.4.3: a common name repeats an entry of subjectAltName. */
static hfi_err check_common_names(const hfi_x509 *cert, hfi_cert_fault *f)
{
    if (hfi_common_name_repeats(cert))
        return HFI_OK;
    return hfi_fault_say(f, HFI_E_CERT_PROFILE, cert, 0, "CABF BR 7.1.4.3",
                         "a common name that repeats a subjectAltName",
                         "a common name of its own");
}

/* CABF BR 7.1.2.7.10: there, not critical, and not for just anything. */
static hfi_err check_purposes(const hfi_x509 *cert, hfi_cert_fault *f)
{
    const char *found = NULL;

    if (!cert->has_extended_key_usage)
        found = "none";
    else if ((cert->extended_key_usage & HFI_EKU_ANY) != 0)
        found = "anyExtendedKeyUsage";
    else if (cert->extended_key_usage_critical)
        found = "a critical extKeyUsage";
    if (found == NULL)
        return HFI_OK;
    return hfi_fault_say(f, HFI_E_CERT_PROFILE, cert, 0, "CABF BR 7.1.2.7.10",
                         "extKeyUsage that names purposes and is not critical", found);
}

hfi_err hfi_web_pki_leaf(const hfi_verify_params *params, const hfi_x509 *cert,
                         hfi_cert_fault *fault)
{
    if (cert->is_ca)
        return hfi_fault_say(fault, HFI_E_CERT_LEAF_IS_CA, cert, 0, "CABF BR 7.1.2.7.8",
                             "basicConstraints without cA", "cA is set");
    hfi_err err = check_purposes(cert, fault);
    /* The names of a client are its issuer's business. */
    if (err != HFI_OK || params->purpose != HFI_PURPOSE_SERVER)
        return err;
    err = check_alt_names(cert, fault);
    return err != HFI_OK ? err : check_common_names(cert, fault);
}
