/* pki/policy.c: does a chain keep the certificate policies that it demands?
 * RFC 5280 6.1.
 *
 * The RFC grows a tree of policies and prunes it from its leaves.  Whether anything is
 * left of it depends on its last row alone, when any policy will do and nobody asks for
 * qualifiers: so only one row is kept, as the set of policies that the next certificate
 * may name, and whether anyPolicy is among them. */
#include "pki/policy.h"

#include "pki/der.h"
#include "pki/name.h"

typedef struct policy_set {
    hfi_view oids[HFI_POLICIES_MAX];
    size_t count;
    bool any;
    bool full; /* more than there is room for */
} policy_set;

typedef struct walk {
    policy_set expected;
    size_t explicit_policy; /* certificates until a policy must be kept */
    size_t policy_mapping;  /* until mappings stop to count */
    size_t inhibit_any;     /* until anyPolicy stops to count */
} walk;

static bool has(const policy_set *set, hfi_view oid)
{
    for (size_t i = 0; i < set->count; i++)
        if (hfi_view_equal(set->oids[i], oid))
            return true;
    return false;
}

static void add(policy_set *set, hfi_view oid)
{
    if (has(set, oid))
        return;
    if (set->count == HFI_POLICIES_MAX)
        set->full = true;
    else
        set->oids[set->count++] = oid;
}

static bool is_any(hfi_view oid)
{
    static const uint8_t any[] = {0x55, 0x1d, 0x20, 0};
    return hfi_view_equal(oid, hfi_view_of(any, sizeof any));
}

static bool next_policy(hfi_reader *r, hfi_view *oid)
{
    if (!hfi_reader_more(r))
        return false;
    hfi_reader one = hfi_reader_of(hfi_der_read(r, HFI_DER_SEQUENCE));
    *oid = hfi_der_read_oid(&one);
    return !one.failed;
}

static bool next_mapping(hfi_reader *r, hfi_view *from, hfi_view *to)
{
    if (!hfi_reader_more(r))
        return false;
    hfi_reader pair = hfi_reader_of(hfi_der_read(r, HFI_DER_SEQUENCE));
    *from = hfi_der_read_oid(&pair);
    *to = hfi_der_read_oid(&pair);
    return !pair.failed;
}

/* RFC 5280 6.1.3 (d) and (e): the row of this certificate. */
static void take_policies(walk *w, const hfi_x509 *cert, bool any_counts)
{
    policy_set row = {.count = 0};
    hfi_reader r = hfi_reader_of(cert->policies);
    bool names_any = false;
    hfi_view oid;

    while (next_policy(&r, &oid)) {
        if (is_any(oid))
            names_any = true;
        else if (w->expected.any || has(&w->expected, oid))
            add(&row, oid);
    }
    if (names_any && any_counts) {
        for (size_t i = 0; i < w->expected.count; i++)
            add(&row, w->expected.oids[i]);
        row.any = w->expected.any;
    }
    row.full = row.full || w->expected.full;
    w->expected = row;
}

/* RFC 5280 6.1.4 (a) and (b): what the next certificate is to say instead.  False if a
 * mapping names anyPolicy. */
static bool apply_mappings(walk *w, const hfi_x509 *cert)
{
    policy_set mapped = {.count = 0, .any = w->expected.any};
    hfi_reader r = hfi_reader_of(cert->policy_mappings);
    policy_set sources = {.count = 0};
    hfi_view from, to;

    while (next_mapping(&r, &from, &to)) {
        if (is_any(from) || is_any(to))
            return false;
        add(&sources, from);
        if (w->policy_mapping != 0 && (w->expected.any || has(&w->expected, from)))
            add(&mapped, to);
    }
    for (size_t i = 0; i < w->expected.count; i++)
        if (!has(&sources, w->expected.oids[i]))
            add(&mapped, w->expected.oids[i]);
    mapped.full = mapped.full || w->expected.full || sources.full;
    w->expected = mapped;
    return true;
}

static void lower(size_t *counter, int limit)
{
    if (limit >= 0 && (size_t)limit < *counter)
        *counter = (size_t)limit;
}

static void count_down(size_t *counter)
{
    if (*counter != 0)
        --*counter;
}

/* RFC 5280 6.1.4 (h), (i) and (j). */
static void prepare_next(walk *w, const hfi_x509 *cert, bool self_issued)
{
    if (!self_issued) {
        count_down(&w->explicit_policy);
        count_down(&w->policy_mapping);
        count_down(&w->inhibit_any);
    }
    lower(&w->explicit_policy, cert->require_policy);
    lower(&w->policy_mapping, cert->inhibit_mapping);
    lower(&w->inhibit_any, cert->inhibit_any_policy);
}

static bool nothing_left(const walk *w)
{
    return w->expected.count == 0 && !w->expected.any;
}

/* Without a CA that demands a policy there is nothing to find out. */
static bool is_demanded(const hfi_x509 *const *path, size_t count, const hfi_x509 *anchor)
{
    bool demanded = anchor->require_policy >= 0;
    for (size_t i = 0; i < count; i++)
        demanded = demanded || path[i]->require_policy >= 0;
    return demanded;
}

hfi_err hfi_policy_check(const hfi_x509 *const *path, size_t count,
                         const hfi_x509 *anchor, size_t *at)
{
    walk w = {.expected = {.any = true},
              .explicit_policy = count + 1,
              .policy_mapping = count + 1,
              .inhibit_any = count + 1};

    *at = 0;
    if (!is_demanded(path, count, anchor))
        return HFI_OK;
    /* RFC 5937 3: what the anchor says in its own certificate holds from the start. */
    prepare_next(&w, anchor, true);
    for (size_t i = count; i-- > 0;) {
        const hfi_x509 *cert = path[i];
        bool self_issued = hfi_name_equal(cert->subject, cert->issuer);
        bool was_left = !nothing_left(&w);
        take_policies(&w, cert, w.inhibit_any != 0 || (i != 0 && self_issued));
        if (nothing_left(&w) && was_left)
            *at = i;
        if (w.explicit_policy == 0 && nothing_left(&w))
            return HFI_E_CERT_POLICY;
        if (i != 0 && !apply_mappings(&w, cert)) {
            *at = i;
            return HFI_E_CERT_POLICY;
        }
        if (w.expected.full)
            return HFI_E_CERT_WORK_LIMIT;
        if (i != 0)
            prepare_next(&w, cert, self_issued);
    }
    /* RFC 5280 6.1.5 (a), (b) and (g). */
    count_down(&w.explicit_policy);
    if (path[0]->require_policy == 0)
        w.explicit_policy = 0;
    return w.explicit_policy == 0 && nothing_left(&w) ? HFI_E_CERT_POLICY : HFI_OK;
}
