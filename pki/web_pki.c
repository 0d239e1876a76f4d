/* pki/web_pki.c: what the web PKI profile asks of certificates beyond rules.c.
 * RFC 5280 4.2 where it speaks to CAs, and the CA/Browser Forum's Baseline Requirements
 * 6.1.5 and 7.1.
 *
 * None of these rules makes a chain safer to rely on by itself; all show whether a CA
 * keeps to what the public CAs have promised.  docs/limbo.md has the reasons why they
 * do not hold in the default profile. */
#include "pki/web_pki.h"

#include <arpa/inet.h>

#include "pki/der.h"
#include "pki/general_name.h"
#include "pki/host_name.h"
#include "pki/name.h"

static bool is_self_issued(const hfi_x509 *cert)
{
    return hfi_name_equal(cert->subject, cert->issuer);
}

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
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, index, "CABF BR 6.1.5",
                             "an RSA key, or EC P-256, P-384 or P-521",
                             "a key of another kind");
    }
}

/* ---- key identifiers ---- */

/* RFC 5280 4.2.1.1 and CABF BR 7.1.2.11.1: the key identifier and nothing else; only
 * who signs himself may go without.  In a root it names the root's own key. */
static hfi_err check_authority_key_id(const hfi_x509 *cert, int index, hfi_cert_role role,
                                      hfi_cert_fault *f)
{
    bool self_issued = is_self_issued(cert);

    if (!cert->has_authority_key_id) {
        if (self_issued)
            return HFI_OK;
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, index, "RFC 5280 4.2.1.1",
                             "authorityKeyIdentifier", "none");
    }
    if (cert->authority_key_id_has_issuer)
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, index, "CABF BR 7.1.2.11.1",
                             "authorityKeyIdentifier with a key identifier alone",
                             "issuer and serial number in it");
    if (role == HFI_ROLE_ANCHOR && self_issued && cert->has_subject_key_id &&
        !hfi_view_equal(cert->authority_key_id, cert->subject_key_id))
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, index, "CABF BR 7.1.2.1.3",
                             "the root's own key as authority", "another key identifier");
    return HFI_OK;
}

/* ---- CAs ---- */

static hfi_err check_ca(const hfi_x509 *cert, int index, hfi_cert_role role,
                        hfi_cert_fault *f)
{
    if (!cert->has_subject_key_id)
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, index, "RFC 5280 4.2.1.2",
                             "subjectKeyIdentifier in a CA's certificate", "none");
    if (cert->has_basic_constraints && !cert->basic_constraints_critical)
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, index, "RFC 5280 4.2.1.9",
                             "critical basicConstraints in a CA's certificate",
                             "basicConstraints that is not critical");
    if (role == HFI_ROLE_ANCHOR && cert->has_extended_key_usage && is_self_issued(cert))
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, index, "CABF BR 7.1.2.1.2",
                             "a root without extKeyUsage", "extKeyUsage");
    if (hfi_name_constraints_dotted(cert))
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, index, "RFC 5280 4.2.1.10",
                             "DNS names in nameConstraints without a leading dot",
                             "a leading dot");
    return HFI_OK;
}

hfi_err hfi_web_pki_certificate(const hfi_x509 *cert, int index, hfi_cert_role role,
                                hfi_cert_fault *fault)
{
    hfi_err err = check_key(cert, index, fault);
    if (err == HFI_OK)
        err = check_authority_key_id(cert, index, role, fault);
    if (err == HFI_OK && role != HFI_ROLE_LEAF)
        err = check_ca(cert, index, role, fault);
    return err;
}

/* ---- the subscriber's names ---- */

/* CABF BR 7.1.2.7.12: DNS names of letters, digits and hyphens, and addresses. */
static hfi_err check_alt_names(const hfi_x509 *cert, hfi_cert_fault *f)
{
    hfi_reader r = hfi_reader_of(cert->subject_alt_name);
    hfi_general_name name;

    if (cert->subject_alt_name_critical && !hfi_name_empty(cert->subject))
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, 0, "CABF BR 7.1.2.7.12",
                             "subjectAltName that is not critical beside a subject",
                             "a critical one");
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
            return hfi_fault_say(f, HFI_E_CERT_RULE, cert, 0, "CABF BR 7.1.2.7.12",
                                 "DNS names and addresses in subjectAltName", found);
    }
    return HFI_OK;
}

/* True if text is one of the subjectAltName's entries, to the letter; an address in
 * the one form that RFC 5952 gives it. */
static bool is_alt_name(const hfi_x509 *cert, hfi_view text)
{
    hfi_reader r = hfi_reader_of(cert->subject_alt_name);
    hfi_general_name name;
    char address[INET6_ADDRSTRLEN];

    while (hfi_reader_more(&r) && hfi_general_name_read(&r, &name)) {
        if (name.kind == HFI_NAME_DNS && hfi_view_equal(name.value, text))
            return true;
        if (name.kind != HFI_NAME_ADDRESS)
            continue;
        int family = name.value.len == 4 ? AF_INET : AF_INET6;
        if (inet_ntop(family, name.value.p, address, sizeof address) != NULL &&
            hfi_view_equal(hfi_view_of_text(address), text))
            return true;
    }
    return false;
}

/* CABF BR 7.1.4.3: a common name repeats an entry of subjectAltName. */
static hfi_err check_common_names(const hfi_x509 *cert, hfi_cert_fault *f)
{
    static const uint8_t common_name[] = {0x55, 0x04, 0x03};
    hfi_reader whole = hfi_reader_of(cert->subject);
    hfi_reader rdns = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));

    while (hfi_reader_more(&rdns)) {
        hfi_reader rdn = hfi_reader_of(hfi_der_read(&rdns, HFI_DER_SET));
        hfi_attribute a;
        while (hfi_reader_more(&rdn) && hfi_name_next_attribute(&rdn, &a))
            if (hfi_view_equal(a.type, hfi_view_of(common_name, sizeof common_name)) &&
                !is_alt_name(cert, a.value))
                return hfi_fault_say(f, HFI_E_CERT_RULE, cert, 0, "CABF BR 7.1.4.3",
                                     "a common name that repeats a subjectAltName",
                                     "a common name of its own");
    }
    return HFI_OK;
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
    return hfi_fault_say(f, HFI_E_CERT_RULE, cert, 0, "CABF BR 7.1.2.7.10",
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
