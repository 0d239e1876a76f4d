/* pki/extensions.c: the extensions of a certificate, RFC 5280 4.2.
 *
 * Each known extension has a row with its reader.  Rules that hold for an extension by
 * itself are checked here; what depends on the place in a path is left to rules.c. */
#include "pki/extensions.h"

#include "pki/der.h"
#include "pki/general_name.h"
#include "pki/name_constraints.h"

typedef bool read_extension(hfi_view value, bool critical, hfi_x509 *cert);

enum criticality { EITHER, NEVER };

typedef struct extension_row {
    hfi_view oid;
    enum criticality criticality;
    const char *rule;
    const char *malformed;
    const char *critical;
    read_extension *read;
} extension_row;

void hfi_extensions_note(hfi_x509 *cert, hfi_err code, const char *rule, const char *text)
{
    if (cert->extension_problem != HFI_OK)
        return;
    cert->extension_problem = code;
    cert->problem_rule = rule;
    cert->problem_text = text;
}

/* ---- one reader for each extension; false: malformed ---- */

/* RFC 5280 4.2.1.9.  DEVIATION: an explicit FALSE is accepted, though DER leaves a
 * default value out: too many certificates in use have it, and its sense is clear. */
static bool read_basic_constraints(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader outer = hfi_reader_of(value);
    hfi_reader r = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));

    cert->has_basic_constraints = true;
    cert->basic_constraints_critical = critical;
    if (hfi_der_next_is(&r, HFI_DER_BOOLEAN))
        cert->is_ca = hfi_der_read_boolean(&r);
    if (hfi_der_next_is(&r, HFI_DER_INTEGER))
        cert->path_len = (int)hfi_der_read_number(&r, INT32_MAX);
    return hfi_reader_done(&r) && hfi_reader_done(&outer);
}

/* RFC 5280 4.2.1.3: at least one bit is set. */
static bool read_key_usage(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader r = hfi_reader_of(value);
    cert->has_key_usage = true;
    cert->key_usage_critical = critical;
    cert->key_usage = hfi_der_read_flags(&r);
    return hfi_reader_done(&r) && cert->key_usage != 0;
}

/* id-kp is 1.3.6.1.5.5.7.3; anyExtendedKeyUsage is 2.5.29.37.0. */
static unsigned purpose_of(hfi_view oid)
{
    static const uint8_t kp[] = {0x2b, 6, 1, 5, 5, 7, 3};
    static const uint8_t any[] = {0x55, 0x1d, 0x25, 0};

    if (hfi_view_equal(oid, hfi_view_of(any, sizeof any)))
        return HFI_EKU_ANY;
    if (oid.len != sizeof kp + 1 || memcmp(oid.p, kp, sizeof kp) != 0)
        return HFI_EKU_OTHER;
    switch (oid.p[sizeof kp]) {
    case 1:
        return HFI_EKU_SERVER_AUTH;
    case 2:
        return HFI_EKU_CLIENT_AUTH;
    case 9:
        return HFI_EKU_OCSP_SIGNING;
    default:
        return HFI_EKU_OTHER;
    }
}

/* RFC 5280 4.2.1.12. */
static bool read_extended_key_usage(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader outer = hfi_reader_of(value);
    hfi_reader r = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));

    cert->has_extended_key_usage = true;
    cert->extended_key_usage_critical = critical;
    while (hfi_reader_more(&r)) {
        hfi_view oid = hfi_der_read_oid(&r);
        if (!r.failed)
            cert->extended_key_usage |= purpose_of(oid);
    }
    return hfi_reader_done(&r) && hfi_reader_done(&outer) &&
           cert->extended_key_usage != 0;
}

/* RFC 5280 4.2.1.6: at least one name, and addresses of 4 or 16 bytes. */
static bool read_subject_alt_name(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader outer = hfi_reader_of(value);
    hfi_view names = hfi_der_read(&outer, HFI_DER_SEQUENCE);
    hfi_reader r = hfi_reader_of(names);
    hfi_general_name name;

    cert->has_subject_alt_name = true;
    cert->subject_alt_name_critical = critical;
    while (hfi_reader_more(&r)) {
        if (!hfi_general_name_read(&r, &name))
            return false;
        if (name.kind == HFI_NAME_ADDRESS && name.value.len != 4 && name.value.len != 16)
            return false;
    }
    if (!hfi_reader_done(&r) || !hfi_reader_done(&outer) || names.len == 0)
        return false;
    cert->subject_alt_name = names;
    return true;
}

/* RFC 5280 4.2.1.10. */
static bool read_name_constraints(hfi_view value, bool critical, hfi_x509 *cert)
{
    cert->has_name_constraints = true;
    cert->name_constraints_critical = critical;
    return hfi_name_constraints_read(value, &cert->permitted, &cert->excluded);
}

/* RFC 5280 4.2.1.2. */
static bool read_subject_key_id(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader r = hfi_reader_of(value);
    (void)critical;
    cert->has_subject_key_id = true;
    cert->subject_key_id = hfi_der_read(&r, HFI_DER_OCTET_STRING);
    return hfi_reader_done(&r) && cert->subject_key_id.len != 0;
}

/* RFC 5280 4.2.1.1: the key identifier is there; issuer and serial number come both
 * or not at all. */
static bool read_authority_key_id(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader outer = hfi_reader_of(value);
    hfi_reader r = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));
    hfi_view issuer, serial;
    hfi_general_name name;

    (void)critical;
    cert->has_authority_key_id = true;
    (void)hfi_der_read_optional(&r, HFI_DER_CONTEXT | 0, &cert->authority_key_id);
    bool has_issuer = hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 1, &issuer);
    bool has_serial = hfi_der_read_optional(&r, HFI_DER_CONTEXT | 2, &serial);
    cert->authority_key_id_has_issuer = has_issuer || has_serial;
    hfi_reader names = hfi_reader_of(issuer);
    while (hfi_reader_more(&names))
        (void)hfi_general_name_read(&names, &name);
    return hfi_reader_done(&r) && hfi_reader_done(&outer) && hfi_reader_done(&names) &&
           has_issuer == has_serial && cert->authority_key_id.len != 0;
}

/* RFC 5280 4.2.2.1 and 4.2.2.2: at least one access description. */
static bool read_access(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader outer = hfi_reader_of(value);
    hfi_view list = hfi_der_read(&outer, HFI_DER_SEQUENCE);
    hfi_reader r = hfi_reader_of(list);
    hfi_general_name name;

    (void)critical;
    (void)cert;
    while (hfi_reader_more(&r)) {
        hfi_reader one = hfi_reader_of(hfi_der_read(&r, HFI_DER_SEQUENCE));
        (void)hfi_der_read_oid(&one);
        if (!hfi_general_name_read(&one, &name) || !hfi_reader_done(&one))
            return false;
    }
    return hfi_reader_done(&r) && hfi_reader_done(&outer) && list.len != 0;
}

/* Only told of: nothing is ever fetched. */
static bool read_authority_access(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader outer = hfi_reader_of(value);

    if (!read_access(value, critical, cert))
        return false;
    cert->authority_access = hfi_der_read(&outer, HFI_DER_SEQUENCE);
    return true;
}

/* RFC 5280 4.2.1.4: at least one policy; qualifiers are for people. */
static bool read_policies(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader outer = hfi_reader_of(value);
    hfi_reader r;
    hfi_view qualifiers;

    (void)critical;
    cert->policies = hfi_der_read(&outer, HFI_DER_SEQUENCE);
    r = hfi_reader_of(cert->policies);
    while (hfi_reader_more(&r)) {
        hfi_reader one = hfi_reader_of(hfi_der_read(&r, HFI_DER_SEQUENCE));
        (void)hfi_der_read_oid(&one);
        (void)hfi_der_read_optional(&one, HFI_DER_SEQUENCE, &qualifiers);
        if (!hfi_reader_done(&one) ||
            !hfi_der_well_formed(qualifiers, HFI_DER_NESTING_MAX))
            return false;
    }
    return hfi_reader_done(&r) && hfi_reader_done(&outer) && cert->policies.len != 0;
}

/* RFC 5280 4.2.1.5: pairs of policies. */
static bool read_policy_mappings(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader outer = hfi_reader_of(value);
    hfi_reader r;

    (void)critical;
    cert->policy_mappings = hfi_der_read(&outer, HFI_DER_SEQUENCE);
    r = hfi_reader_of(cert->policy_mappings);
    while (hfi_reader_more(&r)) {
        hfi_reader pair = hfi_reader_of(hfi_der_read(&r, HFI_DER_SEQUENCE));
        (void)hfi_der_read_oid(&pair);
        (void)hfi_der_read_oid(&pair);
        if (!hfi_reader_done(&pair))
            return false;
    }
    return hfi_reader_done(&r) && hfi_reader_done(&outer) &&
           cert->policy_mappings.len != 0;
}

/* SkipCerts: how many certificates further on.  A number beyond any path is as good as
 * the longest one. */
enum { SKIP_MAX = 1000 };

static bool skip_of(hfi_view digits, int *skip)
{
    unsigned n = 0;

    if (digits.len == 0 || digits.p[0] >= 0x80)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        n = n << 8 | digits.p[i];
        n = n > SKIP_MAX ? SKIP_MAX : n;
    }
    *skip = (int)n;
    return true;
}

/* RFC 5280 4.2.1.11. */
static bool read_policy_constraints(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader outer = hfi_reader_of(value);
    hfi_view inside = hfi_der_read(&outer, HFI_DER_SEQUENCE);
    hfi_reader r = hfi_reader_of(inside);
    hfi_view digits;

    if (hfi_der_read_optional(&r, HFI_DER_CONTEXT | 0, &digits) &&
        !skip_of(digits, &cert->require_policy))
        return false;
    if (hfi_der_read_optional(&r, HFI_DER_CONTEXT | 1, &digits) &&
        !skip_of(digits, &cert->inhibit_mapping))
        return false;
    if (!hfi_reader_done(&r) || !hfi_reader_done(&outer) || inside.len == 0)
        return false;
    if (!critical)
        hfi_extensions_note(cert, HFI_E_CERT_EXTENSION_MALFORMED, "RFC 5280 4.2.1.11",
                            "policyConstraints that is not critical");
    return true;
}

/* RFC 5280 4.2.1.14. */
static bool read_inhibit_any_policy(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader r = hfi_reader_of(value);
    hfi_view digits = hfi_der_read_integer(&r);

    (void)critical;
    return hfi_reader_done(&r) && skip_of(digits, &cert->inhibit_any_policy);
}

/* RFC 5280 4.2.1.13: at least one; what is in them matters where a revocation list is
 * for one distribution point. */
static bool read_distribution_points(hfi_view value, bool critical, hfi_x509 *cert)
{
    hfi_reader outer = hfi_reader_of(value);

    (void)critical;
    cert->crl_distribution_points = hfi_der_read(&outer, HFI_DER_SEQUENCE);
    return hfi_reader_done(&outer) && cert->crl_distribution_points.len != 0 &&
           hfi_der_well_formed(cert->crl_distribution_points, HFI_DER_NESTING_MAX);
}

/* RFC 7633 4.1: numbers of TLS extensions that the server promises to answer.  Others
 * than status_request ask nothing of a client. */
static bool read_tls_feature(hfi_view value, bool critical, hfi_x509 *cert)
{
    enum { STATUS_REQUEST = 5 };
    hfi_reader outer = hfi_reader_of(value);
    hfi_reader r = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));

    (void)critical;
    while (hfi_reader_more(&r))
        if (hfi_der_read_number(&r, UINT16_MAX) == STATUS_REQUEST && !r.failed)
            cert->must_staple = true;
    return hfi_reader_done(&r) && hfi_reader_done(&outer);
}

#define OID(...)                                                \
    {                                                           \
        (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]) \
        {                                                       \
            __VA_ARGS__                                         \
        }                                                       \
    }
#define CE(n) OID(0x55, 0x1d, n)
#define PE(n) OID(0x2b, 6, 1, 5, 5, 7, 1, n)

#define ROW(oid, criticality, rule, name, read)                           \
    {                                                                     \
        oid, criticality, rule, "malformed " name, "critical " name, read \
    }

static const extension_row known[] = {
    ROW(CE(19), EITHER, "RFC 5280 4.2.1.9", "basicConstraints", read_basic_constraints),
    ROW(CE(15), EITHER, "RFC 5280 4.2.1.3", "keyUsage", read_key_usage),
    ROW(CE(37), EITHER, "RFC 5280 4.2.1.12", "extKeyUsage", read_extended_key_usage),
    ROW(CE(17), EITHER, "RFC 5280 4.2.1.6", "subjectAltName", read_subject_alt_name),
    ROW(CE(35), NEVER, "RFC 5280 4.2.1.1", "authorityKeyIdentifier",
        read_authority_key_id),
    ROW(CE(14), NEVER, "RFC 5280 4.2.1.2", "subjectKeyIdentifier", read_subject_key_id),
    ROW(CE(30), EITHER, "RFC 5280 4.2.1.10", "nameConstraints", read_name_constraints),
    ROW(PE(1), NEVER, "RFC 5280 4.2.2.1", "authorityInfoAccess", read_authority_access),
    ROW(PE(11), NEVER, "RFC 5280 4.2.2.2", "subjectInfoAccess", read_access),
    ROW(CE(32), EITHER, "RFC 5280 4.2.1.4", "certificatePolicies", read_policies),
    ROW(CE(33), EITHER, "RFC 5280 4.2.1.5", "policyMappings", read_policy_mappings),
    ROW(CE(36), EITHER, "RFC 5280 4.2.1.11", "policyConstraints",
        read_policy_constraints),
    ROW(PE(24), EITHER, "RFC 7633 4.1", "TLS feature", read_tls_feature),
    ROW(CE(31), EITHER, "RFC 5280 4.2.1.13", "cRLDistributionPoints",
        read_distribution_points),
    ROW(CE(54), EITHER, "RFC 5280 4.2.1.14", "inhibitAnyPolicy", read_inhibit_any_policy),
};

enum { KNOWN = sizeof known / sizeof known[0] };

static void read_one(hfi_view oid, bool critical, hfi_view value, hfi_x509 *cert)
{
    for (size_t i = 0; i < KNOWN; i++) {
        const extension_row *row = &known[i];
        if (!hfi_view_equal(oid, row->oid))
            continue;
        if (critical && row->criticality == NEVER)
            hfi_extensions_note(cert, HFI_E_CERT_RULE, row->rule, row->critical);
        if (!row->read(value, critical, cert))
            hfi_extensions_note(cert, HFI_E_CERT_EXTENSION_MALFORMED, row->rule,
                                row->malformed);
        return;
    }
    if (critical && !cert->unknown_critical) {
        cert->unknown_critical = true;
        cert->unknown_critical_oid = oid;
    }
}

hfi_err hfi_extensions_read(hfi_view list, hfi_x509 *cert)
{
    hfi_view seen[HFI_EXTENSIONS_MAX];
    size_t count = 0;
    hfi_reader r = hfi_reader_of(list);

    if (list.len == 0)
        return HFI_E_CERT_MALFORMED;
    while (hfi_reader_more(&r)) {
        hfi_reader one = hfi_reader_of(hfi_der_read(&r, HFI_DER_SEQUENCE));
        hfi_view oid = hfi_der_read_oid(&one);
        bool critical = false;
        if (hfi_der_next_is(&one, HFI_DER_BOOLEAN)) {
            critical = hfi_der_read_boolean(&one);
            if (!critical) /* DER: a default value is left out */
                return HFI_E_CERT_MALFORMED;
        }
        hfi_view value = hfi_der_read(&one, HFI_DER_OCTET_STRING);
        if (r.failed || !hfi_reader_done(&one) || count == HFI_EXTENSIONS_MAX)
            return HFI_E_CERT_MALFORMED;
        for (size_t i = 0; i < count; i++)
            if (hfi_view_equal(seen[i], oid))
                hfi_extensions_note(cert, HFI_E_CERT_DUPLICATE_EXTENSION, "RFC 5280 4.2",
                                    "the same extension twice");
        seen[count++] = oid;
        read_one(oid, critical, value, cert);
    }
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_CERT_MALFORMED;
}
