/* pki/crl.c: one certificate revocation list, parsed in place.  RFC 5280 5.
 * Syntax, and what a list can get wrong by itself; whether it may be relied on for a
 * certificate is decided in revocation.c. */
#include "pki/crl.h"

#include "pki/algorithm.h"
#include "pki/der.h"
#include "pki/extensions.h"
#include "pki/general_name.h"
#include "pki/name.h"
#include "pki/time.h"

static void note(hfi_crl *crl, hfi_err code, const char *rule, const char *text)
{
    if (crl->problem != HFI_OK)
        return;
    crl->problem = code;
    crl->problem_rule = rule;
    crl->problem_text = text;
}

/* ---- Extensions, RFC 5280 4.1: shared by the list and its entries ---- */

typedef struct extension {
    hfi_view oid;
    bool critical;
    hfi_view value;
} extension;

static bool next_extension(hfi_reader *r, extension *x)
{
    hfi_reader one = hfi_reader_of(hfi_der_read(r, HFI_DER_SEQUENCE));

    x->oid = hfi_der_read_oid(&one);
    x->critical = false;
    if (hfi_der_next_is(&one, HFI_DER_BOOLEAN)) {
        x->critical = hfi_der_read_boolean(&one);
        if (!x->critical) /* DER: a default value is left out */
            hfi_reader_fail(&one);
    }
    x->value = hfi_der_read(&one, HFI_DER_OCTET_STRING);
    if (r->failed || !hfi_reader_done(&one)) {
        hfi_reader_fail(r);
        return false;
    }
    return true;
}

/* The last arc of an extension of 2.5.29; 0 if it is none. */
static unsigned number_of(hfi_view oid)
{
    if (oid.len != 3 || oid.p[0] != 0x55 || oid.p[1] != 0x1d)
        return 0;
    return oid.p[2];
}

/* ---- entries ---- */

enum { EXT_REASON = 21, EXT_INVALIDITY_DATE = 24, EXT_CERTIFICATE_ISSUER = 29 };
enum { REASON_REMOVE_FROM_CRL = 8, REASON_MAX = 10 };

const char *hfi_crl_reason_text(unsigned reason)
{
    static const char *const names[REASON_MAX + 1] = {
        "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
        "superseded",    "cessationOfOperation", "certificateHold", NULL,
        "removeFromCRL", "privilegeWithdrawn",   "aACompromise",
    };
    return reason <= REASON_MAX ? names[reason] : NULL;
}

typedef struct entry {
    hfi_view serial;
    int64_t date;
    const char *reason;
    bool is_indirect;      /* names an issuer of its own */
    bool unknown_critical; /* RFC 5280 5.3: then the list must not be used */
    bool removal;          /* belongs into a list of changes */
} entry;

static bool read_reason(hfi_view value, entry *e)
{
    hfi_reader r = hfi_reader_of(value);
    hfi_view number = hfi_der_read(&r, HFI_DER_ENUMERATED);

    if (number.len != 1 || !hfi_reader_done(&r))
        return false;
    e->reason = hfi_crl_reason_text(number.p[0]);
    e->removal = number.p[0] == REASON_REMOVE_FROM_CRL;
    return e->reason != NULL;
}

static bool read_entry_extension(const extension *x, entry *e)
{
    switch (number_of(x->oid)) {
    case EXT_REASON:
        return read_reason(x->value, e);
    case EXT_INVALIDITY_DATE:
        return hfi_der_well_formed(x->value, HFI_DER_NESTING_MAX);
    case EXT_CERTIFICATE_ISSUER:
        e->is_indirect = true;
        return true;
    default:
        e->unknown_critical = e->unknown_critical || x->critical;
        return true;
    }
}

/* RFC 5280 5.3. */
static bool next_entry(hfi_reader *entries, entry *e)
{
    hfi_reader r = hfi_reader_of(hfi_der_read(entries, HFI_DER_SEQUENCE));
    hfi_view list = hfi_view_of(NULL, 0);
    bool right = true;
    extension x;

    memset(e, 0, sizeof *e);
    e->reason = hfi_crl_reason_text(0);
    e->serial = hfi_der_read_integer(&r);
    right = hfi_der_read_time(&r, &e->date);
    if (hfi_reader_more(&r)) {
        list = hfi_der_read(&r, HFI_DER_SEQUENCE);
        right = right && list.len != 0;
    }
    hfi_reader extensions = hfi_reader_of(list);
    while (right && hfi_reader_more(&extensions))
        right = next_extension(&extensions, &x) && read_entry_extension(&x, e);
    if (!right || !hfi_reader_done(&r) || !hfi_reader_done(&extensions)) {
        hfi_reader_fail(entries);
        return false;
    }
    return true;
}

static bool read_entries(hfi_crl *crl)
{
    hfi_reader r = hfi_reader_of(crl->entries);
    entry e;

    while (hfi_reader_more(&r)) {
        if (!next_entry(&r, &e))
            return false;
        crl->entry_count++;
        if (e.is_indirect)
            note(crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.3.3",
                 "entries of other issuers in it");
        if (e.unknown_critical)
            note(crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.3",
                 "an entry with an unknown critical extension");
        if (e.removal)
            note(crl, HFI_E_CRL_MALFORMED, "RFC 5280 5.3.1",
                 "an entry that removes in a complete list");
    }
    return hfi_reader_done(&r);
}

bool hfi_crl_find(const hfi_crl *crl, hfi_view serial, hfi_revocation *found)
{
    hfi_reader r = hfi_reader_of(crl->entries);
    entry e;

    while (hfi_reader_more(&r)) {
        hfi_reader here = r;
        hfi_reader inside = hfi_reader_of(hfi_der_read(&r, HFI_DER_SEQUENCE));
        if (!hfi_view_equal(hfi_der_read(&inside, HFI_DER_INTEGER), serial) ||
            !next_entry(&here, &e))
            continue;
        found->date = e.date;
        found->reason = e.reason;
        return true;
    }
    return false;
}

/* ---- the list's extensions ---- */

enum {
    EXT_ISSUER_ALT_NAME = 18,
    EXT_CRL_NUMBER = 20,
    EXT_DELTA = 27,
    EXT_POINT = 28,
    EXT_AUTHORITY_KEY_ID = 35,
    EXT_FRESHEST = 46,
};
enum { CRL_NUMBER_MAX = 20 };

typedef struct seen {
    bool number, key_id, point;
} seen;

/* RFC 5280 5.2.3: at most 20 bytes, not negative, not critical. */
static bool read_number(const extension *x, hfi_crl *crl)
{
    hfi_reader r = hfi_reader_of(x->value);
    hfi_view number = hfi_der_read_integer(&r);

    if (!hfi_reader_done(&r) || number.len > CRL_NUMBER_MAX || number.p[0] >= 0x80)
        return false;
    if (x->critical)
        note(crl, HFI_E_CRL_MALFORMED, "RFC 5280 5.2.3", "a critical CRL number");
    return true;
}

static bool read_key_id(const extension *x, hfi_crl *crl)
{
    hfi_reader outer = hfi_reader_of(x->value);
    hfi_reader r = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));
    hfi_view rest;

    (void)hfi_der_read_optional(&r, HFI_DER_CONTEXT | 0, &crl->authority_key_id);
    rest = hfi_read_rest(&r);
    return hfi_reader_done(&outer) && !r.failed &&
           hfi_der_well_formed(rest, HFI_DER_NESTING_MAX);
}

/* A BOOLEAN that is there only when it is true. */
static bool take_flag(hfi_reader *r, unsigned tag)
{
    hfi_view value;

    if (!hfi_der_read_optional(r, (uint8_t)(HFI_DER_CONTEXT | tag), &value))
        return false;
    if (value.len != 1 || value.p[0] != 0xff)
        hfi_reader_fail(r);
    return true;
}

/* RFC 5280 5.2.5: IssuingDistributionPoint. */
static bool read_point(const extension *x, hfi_crl *crl)
{
    hfi_reader outer = hfi_reader_of(x->value);
    hfi_view inside = hfi_der_read(&outer, HFI_DER_SEQUENCE);
    hfi_reader r = hfi_reader_of(inside);
    hfi_view name, reasons;

    crl->has_point = hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 0, &name);
    hfi_reader point = hfi_reader_of(name);
    if (crl->has_point &&
        !hfi_der_read_optional(&point, HFI_DER_CONTEXT_CONSTRUCTED | 0, &crl->point))
        note(crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2.5",
             "a distribution point named relative to the issuer");
    crl->only_users = take_flag(&r, 1);
    crl->only_cas = take_flag(&r, 2);
    if (hfi_der_read_optional(&r, HFI_DER_CONTEXT | 3, &reasons))
        note(crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2.5", "only some reasons");
    if (take_flag(&r, 4))
        note(crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2.5", "several issuers");
    if (take_flag(&r, 5))
        note(crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2.5", "attribute certificates");
    return hfi_reader_done(&r) && hfi_reader_done(&outer) && inside.len != 0 &&
           !(crl->only_users && crl->only_cas) && !point.failed;
}

static bool read_extension(const extension *x, hfi_crl *crl, seen *s)
{
    bool *once = NULL;
    bool right = true;

    switch (number_of(x->oid)) {
    case EXT_CRL_NUMBER:
        once = &s->number;
        right = read_number(x, crl);
        break;
    case EXT_AUTHORITY_KEY_ID:
        once = &s->key_id;
        right = read_key_id(x, crl);
        break;
    case EXT_POINT:
        once = &s->point;
        right = read_point(x, crl);
        break;
    case EXT_DELTA:
        note(crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2.4", "a list of changes");
        break;
    case EXT_ISSUER_ALT_NAME:
    case EXT_FRESHEST:
        right = hfi_der_well_formed(x->value, HFI_DER_NESTING_MAX);
        break;
    default:
        if (x->critical)
            note(crl, HFI_E_CRL_UNSUPPORTED, "RFC 5280 5.2",
                 "an unknown critical extension");
    }
    if (once != NULL && *once)
        return false;
    if (once != NULL)
        *once = true;
    return right;
}

static bool read_extensions(hfi_view list, hfi_crl *crl)
{
    hfi_reader r = hfi_reader_of(list);
    seen s = {false, false, false};
    size_t count = 0;
    extension x;

    while (hfi_reader_more(&r))
        if (!next_extension(&r, &x) || !read_extension(&x, crl, &s) ||
            ++count > HFI_EXTENSIONS_MAX)
            return false;
    if (!s.number)
        note(crl, HFI_E_CRL_MALFORMED, "RFC 5280 5.2.3", "no CRL number");
    return hfi_reader_done(&r);
}

/* ---- the list ---- */

/* TBSCertList, RFC 5280 5.1.2; version 2, because extensions are demanded. */
static bool read_tbs(hfi_view contents, hfi_crl *crl, hfi_view *algorithm)
{
    hfi_reader r = hfi_reader_of(contents);
    hfi_view tagged = hfi_view_of(NULL, 0);

    if (hfi_der_next_is(&r, HFI_DER_INTEGER)) {
        if (hfi_der_read_number(&r, 1) != 1)
            return false;
    } else {
        note(crl, HFI_E_CRL_MALFORMED, "RFC 5280 5.1.2.1", "version 1");
    }
    *algorithm = hfi_der_read_element(&r, HFI_DER_SEQUENCE, NULL);
    crl->issuer = hfi_der_read_element(&r, HFI_DER_SEQUENCE, NULL);
    if (!hfi_der_read_time(&r, &crl->this_update) || !hfi_name_valid(crl->issuer))
        return false;
    if (hfi_der_next_is(&r, HFI_DER_UTC_TIME) ||
        hfi_der_next_is(&r, HFI_DER_GENERALIZED_TIME))
        (void)hfi_der_read_time(&r, &crl->next_update);
    else
        note(crl, HFI_E_CRL_MALFORMED, "RFC 5280 5.1.2.5", "no nextUpdate");
    if (hfi_der_next_is(&r, HFI_DER_SEQUENCE)) {
        crl->entries = hfi_der_read(&r, HFI_DER_SEQUENCE);
        if (crl->entries.len == 0) /* RFC 5280 5.1.2.6: then it is left out */
            return false;
    }
    bool extended = hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 0, &tagged);
    hfi_reader outer = hfi_reader_of(tagged);
    hfi_view list = extended ? hfi_der_read(&outer, HFI_DER_SEQUENCE) : tagged;
    return hfi_reader_done(&r) && hfi_reader_done(&outer) && read_entries(crl) &&
           read_extensions(list, crl);
}

hfi_err hfi_crl_parse(hfi_view der, hfi_crl *crl)
{
    hfi_view contents, inner;

    memset(crl, 0, sizeof *crl);
    crl->der = der;
    if (der.len > HFI_CRL_SIZE_MAX)
        return HFI_E_INPUT_TOO_LARGE;
    hfi_reader whole = hfi_reader_of(der);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    crl->tbs = hfi_der_read_element(&r, HFI_DER_SEQUENCE, &contents);
    hfi_view algorithm = hfi_der_read_element(&r, HFI_DER_SEQUENCE, NULL);
    crl->signature = hfi_der_read_bit_string(&r);
    if (!hfi_reader_done(&r) || !hfi_reader_done(&whole) ||
        !read_tbs(contents, crl, &inner) || !hfi_view_equal(algorithm, inner))
        return HFI_E_CRL_MALFORMED;
    crl->signature_problem =
        hfi_signature_algorithm_read(algorithm, &crl->signature_algorithm);
    return crl->signature_problem == HFI_E_CERT_MALFORMED ? HFI_E_CRL_MALFORMED : HFI_OK;
}

/* ---- what a list tells about ---- */

/* True if one of a is one of b; both are contents of GeneralNames. */
static bool share_a_name(hfi_view a, hfi_view b)
{
    hfi_reader x = hfi_reader_of(a);
    hfi_general_name p, q;

    while (hfi_reader_more(&x) && hfi_general_name_read(&x, &p)) {
        hfi_reader y = hfi_reader_of(b);
        while (hfi_reader_more(&y) && hfi_general_name_read(&y, &q))
            if (p.kind == q.kind && hfi_view_equal(p.value, q.value))
                return true;
    }
    return false;
}

/* RFC 5280 6.3.3 (b)(2)(i): one of the certificate's distribution points is the
 * list's. */
static bool same_point(const hfi_crl *crl, const hfi_x509 *cert)
{
    hfi_reader r = hfi_reader_of(cert->crl_distribution_points);

    while (hfi_reader_more(&r)) {
        hfi_reader one = hfi_reader_of(hfi_der_read(&r, HFI_DER_SEQUENCE));
        hfi_view name, full;
        (void)hfi_der_read_optional(&one, HFI_DER_CONTEXT_CONSTRUCTED | 0, &name);
        hfi_reader choice = hfi_reader_of(name);
        if (hfi_der_read_optional(&choice, HFI_DER_CONTEXT_CONSTRUCTED | 0, &full) &&
            share_a_name(full, crl->point))
            return true;
    }
    return false;
}

bool hfi_crl_covers(const hfi_crl *crl, const hfi_x509 *cert)
{
    if ((crl->only_users && cert->is_ca) || (crl->only_cas && !cert->is_ca))
        return false;
    return !crl->has_point || same_point(crl, cert);
}
