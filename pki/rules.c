/* pki/rules.c: may this certificate stand here?  RFC 5280 4 and 6.1, RFC 9525.
 *
 * A root's own form is judged more gently than what a root vouches for: it is trusted
 * because someone put it into the store, and many real roots predate the profile. */
#include "pki/rules.h"

#include <stdio.h>

#include "pki/host_name.h"
#include "pki/name.h"
#include "pki/strict.h"
#include "pki/web_pki.h"

enum { RSA_BITS_MIN = 2048, SERIAL_MAX = 20 };

/* RFC 5280 4.1.2.2: positive, at most 20 bytes. */
static hfi_err check_serial(const hfi_x509 *cert, int index, hfi_cert_fault *f)
{
    hfi_view s = cert->serial;
    const char *found = NULL;

    if (s.p[0] >= 0x80)
        found = "negative";
    else if (s.len == 1 && s.p[0] == 0)
        found = "zero";
    else if (s.len > SERIAL_MAX)
        found = "longer than 20 bytes";
    if (found == NULL)
        return HFI_OK;
    return hfi_fault_say(f, HFI_E_CERT_SERIAL, cert, index, NULL,
                         "a positive number of at most 20 bytes", found);
}

static hfi_err refuse_key(const hfi_x509 *cert, int index, hfi_err code,
                          hfi_cert_fault *f)
{
    char found[32];
    const char *presented = found;

    if (code == HFI_E_CERT_KEY_MALFORMED)
        presented = "malformed";
    else
        hfi_x509_key_text(cert, found, sizeof found);
    return hfi_fault_say(
        f, code, cert, index, NULL,
        "RSA of 2048 bits or more, EC P-256, P-384, P-521, Ed25519 or Ed448", presented);
}

static hfi_err check_key(const hfi_x509 *cert, int index, hfi_cert_fault *f)
{
    bool is_rsa = cert->key.type == HFI_KEY_RSA || cert->key.type == HFI_KEY_RSA_PSS;
    char found[32];

    if (cert->key_problem != HFI_OK)
        return refuse_key(cert, index, cert->key_problem, f);
    if (is_rsa && cert->key.bits < RSA_BITS_MIN)
        return refuse_key(cert, index, HFI_E_CERT_WEAK_KEY, f);
    if (!is_rsa || cert->key.bits % 8 == 0)
        return HFI_OK;
    hfi_x509_key_text(cert, found, sizeof found);
    return hfi_fault_say(f, HFI_E_CERT_WEAK_KEY, cert, index, "CABF BR 6.1.5",
                         "an RSA modulus of whole bytes", found);
}

static hfi_err check_dates(const hfi_verify_params *params, const hfi_x509 *cert,
                           int index, hfi_cert_fault *f)
{
    if (params->now < cert->not_before)
        return hfi_fault_date(f, HFI_E_CERT_NOT_YET_VALID, cert, index, "not later than",
                              params->now, cert->not_before);
    if (params->now > cert->not_after)
        return hfi_fault_date(f, HFI_E_CERT_EXPIRED, cert, index, "not earlier than",
                              params->now, cert->not_after);
    return HFI_OK;
}

static hfi_err check_extensions(const hfi_x509 *cert, int index, hfi_cert_fault *f)
{
    char oid[96];

    if (cert->extension_problem != HFI_OK)
        return hfi_fault_say(f, cert->extension_problem, cert, index, cert->problem_rule,
                             "well-formed extensions within the profile",
                             cert->problem_text);
    if (!cert->unknown_critical)
        return HFI_OK;
    hfi_x509_extension_text(cert->unknown_critical_oid, oid, sizeof oid);
    return hfi_fault_say(f, HFI_E_CERT_UNKNOWN_CRITICAL_EXTENSION, cert, index, NULL,
                         "no critical extension that is not understood", oid);
}

static hfi_err check_signature_fields(const hfi_x509 *cert, int index, hfi_cert_role role,
                                      hfi_cert_fault *f)
{
    char found[64];

    if (cert->signature_mismatch)
        return hfi_fault_say(f, HFI_E_CERT_SIGNATURE_MISMATCH, cert, index, NULL,
                             "the same algorithm inside and outside", "two algorithms");
    if (role == HFI_ROLE_ANCHOR || cert->signature_problem == HFI_OK)
        return HFI_OK;
    hfi_x509_signature_text(cert, found, sizeof found);
    return hfi_fault_say(
        f, cert->signature_problem, cert, index, NULL,
        "RSA, RSA-PSS or ECDSA with SHA-256, 384 or 512, Ed25519 or Ed448", found);
}

static hfi_err check_form(const hfi_x509 *cert, int index, hfi_cert_role role,
                          hfi_cert_fault *f)
{
    char version[16];

    if (role != HFI_ROLE_ANCHOR && cert->version != 3) {
        (void)snprintf(version, sizeof version, "%d", cert->version);
        return hfi_fault_say(f, HFI_E_CERT_VERSION, cert, index, NULL, "3", version);
    }
    if (hfi_name_empty(cert->issuer))
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, index, "RFC 5280 4.1.2.4",
                             "a name of the issuer", "an empty name");
    if (role != HFI_ROLE_LEAF && hfi_name_empty(cert->subject))
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, index, "RFC 5280 4.1.2.6",
                             "a name of the CA", "an empty name");
    return role == HFI_ROLE_ANCHOR ? HFI_OK : check_serial(cert, index, f);
}

bool hfi_profile_by_name(const char *name, hfi_verify_profile *profile)
{
    static const char *const names[] = {
        [HFI_PROFILE_DEFAULT] = "default",
        [HFI_PROFILE_WEB_PKI] = "web-pki",
        [HFI_PROFILE_COMPATIBLE] = "compatible",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            *profile = (hfi_verify_profile)i;
            return true;
        }
    }
    return false;
}

hfi_err hfi_rules_certificate(const hfi_verify_params *params, const hfi_x509 *cert,
                              int index, hfi_cert_role role, hfi_cert_fault *fault)
{
    hfi_err err = check_dates(params, cert, index, fault);
    if (err == HFI_OK)
        err = check_form(cert, index, role, fault);
    if (err == HFI_OK)
        err = check_extensions(cert, index, fault);
    if (err == HFI_OK)
        err = check_key(cert, index, fault);
    if (err == HFI_OK)
        err = check_signature_fields(cert, index, role, fault);
    if (err == HFI_OK && params->profile != HFI_PROFILE_COMPATIBLE)
        err = hfi_strict_certificate(params->profile, cert, index, role, fault);
    if (err == HFI_OK && params->profile == HFI_PROFILE_WEB_PKI)
        err = hfi_web_pki_certificate(cert, index, role, fault);
    return err;
}

hfi_err hfi_rules_issued(const hfi_verify_params *params, const hfi_x509 *cert,
                         hfi_cert_fault *fault)
{
    return params->profile == HFI_PROFILE_COMPATIBLE ? HFI_OK
                                                     : hfi_strict_issued(cert, 0, fault);
}

/* RFC 5280 4.2.1.12, and for an issuer as web browsers read it: its purposes limit
 * those of all below.  A leaf must name the purpose itself, not "any": with that, a
 * certificate made for one service would serve for all. */
static hfi_err check_purpose(const hfi_verify_params *params, const hfi_x509 *cert,
                             int index, bool is_issuer, hfi_cert_fault *f)
{
    bool server = params->purpose == HFI_PURPOSE_SERVER;
    unsigned wanted = server ? HFI_EKU_SERVER_AUTH : HFI_EKU_CLIENT_AUTH;
    unsigned has = cert->extended_key_usage;
    char found[64];

    if (is_issuer)
        wanted |= HFI_EKU_ANY;
    if (!cert->has_extended_key_usage || (has & wanted) != 0)
        return HFI_OK;
    (void)snprintf(found, sizeof found, "%s%s%s%s%s",
                   (has & HFI_EKU_SERVER_AUTH) != 0 ? "serverAuth " : "",
                   (has & HFI_EKU_CLIENT_AUTH) != 0 ? "clientAuth " : "",
                   (has & HFI_EKU_ANY) != 0 ? "anyExtendedKeyUsage " : "",
                   (has & HFI_EKU_OCSP_SIGNING) != 0 ? "OCSPSigning " : "",
                   (has & HFI_EKU_OTHER) != 0 ? "others " : "");
    found[strlen(found) - 1] = '\0';
    return hfi_fault_say(f, HFI_E_CERT_EXTENDED_KEY_USAGE, cert, index, NULL,
                         server ? "serverAuth" : "clientAuth", found);
}

static hfi_err check_names(const hfi_verify_params *params, const hfi_x509 *cert,
                           hfi_cert_fault *f)
{
    if (params->name_count == 0)
        return HFI_OK;
    for (size_t i = 0; i < params->name_count; i++)
        if (hfi_host_match(cert, params->names[i]))
            return HFI_OK;
    hfi_err code =
        cert->has_subject_alt_name ? HFI_E_CERT_NAME_MISMATCH : HFI_E_CERT_NO_NAMES;
    return hfi_fault_names(f, code, cert, 0, params->names, params->name_count);
}

static hfi_err refuse_usage(const hfi_x509 *cert, int index, const char *wanted,
                            hfi_cert_fault *f)
{
    char found[128];

    hfi_x509_key_usage_text(cert, found, sizeof found);
    return hfi_fault_say(f, HFI_E_CERT_KEY_USAGE, cert, index, NULL, wanted, found);
}

/* RFC 5280 4.2.1.3 and 4.2.1.9: what only a CA may claim.  An issuer that claims it
 * wrongly fails hfi_rules_issuer. */
static hfi_err check_claims(const hfi_x509 *cert, hfi_cert_fault *f)
{
    bool signs = cert->has_key_usage && (cert->key_usage & HFI_KU_KEY_CERT_SIGN) != 0;

    if (signs && !cert->is_ca)
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, 0, "RFC 5280 4.2.1.3",
                             "keyCertSign in CA certificates only",
                             "keyCertSign in a certificate that is no CA");
    if (cert->path_len >= 0 && (!cert->is_ca || (cert->has_key_usage && !signs)))
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, 0, "RFC 5280 4.2.1.9",
                             "pathLenConstraint with cA and keyCertSign only",
                             "pathLenConstraint without them");
    if (cert->has_name_constraints && !cert->is_ca)
        return hfi_fault_say(f, HFI_E_CERT_RULE, cert, 0, "RFC 5280 4.2.1.10",
                             "nameConstraints in CA certificates only",
                             "nameConstraints in a certificate that is no CA");
    return HFI_OK;
}

hfi_err hfi_rules_leaf(const hfi_verify_params *params, const hfi_x509 *cert,
                       hfi_cert_fault *fault)
{
    hfi_err err = check_claims(cert, fault);
    if (err != HFI_OK)
        return err;
    if (hfi_name_empty(cert->subject) &&
        !(cert->has_subject_alt_name && cert->subject_alt_name_critical))
        return hfi_fault_say(fault, HFI_E_CERT_RULE, cert, 0, "RFC 5280 4.2.1.6",
                             "a critical subjectAltName beside an empty subject",
                             cert->has_subject_alt_name ? "one that is not critical"
                                                        : "none");
    if (!params->any_key_usage && cert->has_key_usage &&
        (cert->key_usage & HFI_KU_DIGITAL_SIGNATURE) == 0)
        return refuse_usage(cert, 0, "digitalSignature", fault);
    err = check_purpose(params, cert, 0, false, fault);
    if (err == HFI_OK)
        err = check_names(params, cert, fault);
    if (err == HFI_OK && params->profile != HFI_PROFILE_COMPATIBLE)
        err = hfi_strict_leaf(params, cert, fault);
    if (err == HFI_OK && params->profile == HFI_PROFILE_WEB_PKI)
        err = hfi_web_pki_leaf(params, cert, fault);
    return err;
}

hfi_err hfi_rules_issuer(const hfi_verify_params *params, const hfi_x509 *cert, int index,
                         size_t below, hfi_cert_fault *fault)
{
    char expected[64], presented[64];

    if (!cert->is_ca)
        return hfi_fault_say(
            fault, HFI_E_CERT_NOT_A_CA, cert, index, NULL, "basicConstraints with cA",
            cert->has_basic_constraints ? "cA is not set" : "no basicConstraints");
    if (cert->has_key_usage && (cert->key_usage & HFI_KU_KEY_CERT_SIGN) == 0)
        return refuse_usage(cert, index, "keyCertSign", fault);
    if (cert->path_len >= 0 && below > (size_t)cert->path_len) {
        (void)snprintf(expected, sizeof expected, "at most %d intermediates below",
                       cert->path_len);
        (void)snprintf(presented, sizeof presented, "%zu", below);
        return hfi_fault_say(fault, HFI_E_CERT_PATH_LENGTH, cert, index, NULL, expected,
                             presented);
    }
    return check_purpose(params, cert, index, true, fault);
}
