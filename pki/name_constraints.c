/* pki/name_constraints.c: may this CA vouch for these names?  RFC 5280 4.2.1.10.
 *
 * Compared are DNS names, addresses, mailboxes and directory names.  A constraint of
 * another kind is refused when a name of that kind appears. */
#include "pki/name_constraints.h"

#include "pki/der.h"
#include "pki/host_name.h"
#include "pki/name.h"

/* ---- mailboxes ---- */

typedef struct mailbox {
    hfi_view local; /* len 0: no "@" */
    hfi_view host;
} mailbox;

/* False if there is more than one "@", or nothing before it. */
static bool split_mailbox(hfi_view text, mailbox *m)
{
    hfi_reader r = hfi_reader_of(text);
    size_t at = 0;
    while (at < text.len && text.p[at] != '@')
        at++;
    if (at == text.len) {
        m->local = hfi_view_of(NULL, 0);
        m->host = text;
        return true;
    }
    m->local = hfi_read_bytes(&r, at);
    (void)hfi_read_u8(&r);
    m->host = hfi_read_rest(&r);
    return at != 0 && memchr(m->host.p, '@', m->host.len) == NULL;
}

static bool mailbox_valid(hfi_view text)
{
    mailbox m;
    return split_mailbox(text, &m) && m.local.len != 0 &&
           hfi_dns_name_valid(m.host, false);
}

/* A name without its leading dot; *dotted tells whether it had one. */
static hfi_view without_leading_dot(hfi_view name, bool *dotted)
{
    hfi_reader r = hfi_reader_of(name);
    *dotted = hfi_reader_peek(&r) == '.';
    if (*dotted)
        (void)hfi_read_u8(&r);
    return hfi_read_rest(&r);
}

/* One mailbox, all mailboxes of a host, or with a leading dot of all hosts below a
 * domain.  The local part is compared as it is. */
static bool mailbox_within(hfi_view text, hfi_view base)
{
    mailbox name, limit;
    bool dotted;
    if (!split_mailbox(text, &name) || !split_mailbox(base, &limit))
        return false;
    if (limit.local.len != 0)
        return hfi_view_equal(name.local, limit.local) &&
               hfi_dns_equal(name.host, limit.host);
    hfi_view host = without_leading_dot(base, &dotted);
    if (host.len == 0)
        return true;
    return dotted ? name.host.len > host.len && hfi_dns_within(name.host, host)
                  : hfi_dns_equal(name.host, host);
}

/* ---- the constraints' own form ---- */

/* Empty, or a name, or a name with a leading dot.  DEVIATION: RFC 5280 gives the dot
 * a meaning for URIs and mailboxes alone; CAs use it for DNS names too, where it is
 * taken the same way: names below the domain, not the domain itself. */
static bool domain_valid(hfi_view base)
{
    bool dotted;
    hfi_view name = without_leading_dot(base, &dotted);
    return base.len == 0 || hfi_dns_name_valid(name, false);
}

static bool email_base_valid(hfi_view base)
{
    mailbox m;
    if (!split_mailbox(base, &m))
        return false;
    return m.local.len != 0 ? hfi_dns_name_valid(m.host, false) : domain_valid(base);
}

/* An address and a mask as long as it, whose ones all come first. */
static bool address_base_valid(hfi_view base)
{
    if (base.len != 8 && base.len != 32)
        return false;
    bool ended = false;
    for (size_t i = base.len / 2; i < base.len; i++) {
        for (unsigned bit = 0x80; bit != 0; bit >>= 1) {
            bool one = (base.p[i] & bit) != 0;
            if (one && ended)
                return false;
            ended = ended || !one;
        }
    }
    return true;
}

static bool base_valid(const hfi_general_name *base)
{
    switch (base->kind) {
    case HFI_NAME_DNS:
        return domain_valid(base->value);
    case HFI_NAME_EMAIL:
        return email_base_valid(base->value);
    case HFI_NAME_ADDRESS:
        return address_base_valid(base->value);
    default:
        return true; /* directory names were checked when read */
    }
}

/* GeneralSubtree: minimum is always 0 and left out, maximum is absent. */
static bool next_subtree(hfi_reader *subtrees, hfi_general_name *base)
{
    hfi_reader r = hfi_reader_of(hfi_der_read(subtrees, HFI_DER_SEQUENCE));
    if (!hfi_general_name_read(&r, base) || !hfi_reader_done(&r)) {
        hfi_reader_fail(subtrees);
        return false;
    }
    return true;
}

static bool subtrees_valid(hfi_view subtrees)
{
    hfi_reader r = hfi_reader_of(subtrees);
    hfi_general_name base;
    while (hfi_reader_more(&r))
        if (!next_subtree(&r, &base) || !base_valid(&base))
            return false;
    return hfi_reader_done(&r) && subtrees.len != 0;
}

bool hfi_name_constraints_read(hfi_view value, hfi_view *permitted, hfi_view *excluded)
{
    hfi_reader outer = hfi_reader_of(value);
    hfi_reader r = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));
    hfi_view allow, deny;
    bool has_allow = hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 0, &allow);
    bool has_deny = hfi_der_read_optional(&r, HFI_DER_CONTEXT_CONSTRUCTED | 1, &deny);

    if (!hfi_reader_done(&r) || !hfi_reader_done(&outer) || !(has_allow || has_deny))
        return false;
    if ((has_allow && !subtrees_valid(allow)) || (has_deny && !subtrees_valid(deny)))
        return false;
    *permitted = allow;
    *excluded = deny;
    return true;
}

/* ---- one name against one subtree ---- */

static bool dns_within(hfi_view name, hfi_view base)
{
    bool dotted;
    hfi_view domain = without_leading_dot(base, &dotted);
    return hfi_dns_within(name, domain) && !(dotted && name.len == domain.len);
}

/* A wildcard stands for every label, one of which may be the excluded one. */
static bool wildcard_reaches(hfi_view name, hfi_view base)
{
    return name.len != 0 && name.p[0] == '*' &&
           hfi_dns_equal(hfi_dns_parent(name), hfi_dns_parent(base)) &&
           hfi_dns_parent(base).len != 0 && base.p[0] != '.';
}

static bool address_within(hfi_view address, hfi_view base)
{
    if (base.len != 2 * address.len)
        return false;
    for (size_t i = 0; i < address.len; i++)
        if (((address.p[i] ^ base.p[i]) & base.p[address.len + i]) != 0)
            return false;
    return true;
}

static bool lies_within(const hfi_general_name *name, const hfi_general_name *base)
{
    switch (name->kind) {
    case HFI_NAME_DNS:
        return dns_within(name->value, base->value);
    case HFI_NAME_EMAIL:
        return mailbox_within(name->value, base->value);
    case HFI_NAME_ADDRESS:
        return address_within(name->value, base->value);
    default:
        return hfi_name_within(name->value, base->value);
    }
}

/* In doubt, for a subtree that is excluded. */
static bool may_lie_within(const hfi_general_name *name, const hfi_general_name *base)
{
    switch (name->kind) {
    case HFI_NAME_DNS:
        return wildcard_reaches(name->value, base->value);
    case HFI_NAME_DIRECTORY:
        return hfi_name_may_lie_within(name->value, base->value);
    default:
        return false;
    }
}

/* A constraint can be held only against a name that is one of its kind. */
static bool name_comparable(const hfi_general_name *name)
{
    switch (name->kind) {
    case HFI_NAME_DNS:
        return hfi_dns_name_valid(name->value, true);
    case HFI_NAME_EMAIL:
        return mailbox_valid(name->value);
    default:
        return true;
    }
}

static bool kind_supported(hfi_general_name_kind kind)
{
    return kind == HFI_NAME_DNS || kind == HFI_NAME_EMAIL || kind == HFI_NAME_ADDRESS ||
           kind == HFI_NAME_DIRECTORY;
}

/* ---- one name against all of a CA's constraints ---- */

typedef struct check {
    const hfi_x509 *ca;
    size_t *budget;
    hfi_name_violation *violation;
} check;

static hfi_err refuse(check *c, const hfi_general_name *name,
                      const hfi_general_name *base, bool is_excluded, hfi_err err)
{
    c->violation->name = *name;
    c->violation->base = *base;
    c->violation->is_excluded = is_excluded;
    return err;
}

static hfi_err check_subtrees(check *c, const hfi_general_name *name, bool excluded)
{
    hfi_reader r = hfi_reader_of(excluded ? c->ca->excluded : c->ca->permitted);
    hfi_general_name base, last = {0};
    bool constrained = false;
    bool inside = false;

    while (!inside && hfi_reader_more(&r) && next_subtree(&r, &base)) {
        if (*c->budget == 0)
            return HFI_E_CERT_WORK_LIMIT;
        --*c->budget;
        if (base.kind != name->kind)
            continue;
        if (!kind_supported(name->kind))
            return refuse(c, name, &base, excluded,
                          HFI_E_CERT_NAME_CONSTRAINT_UNSUPPORTED);
        if (!name_comparable(name))
            return refuse(c, name, &base, excluded, HFI_E_CERT_NAME_CONSTRAINT);
        constrained = true;
        last = base;
        inside = lies_within(name, &base) || (excluded && may_lie_within(name, &base));
    }
    if (excluded ? inside : constrained && !inside)
        return refuse(c, name, &last, excluded, HFI_E_CERT_NAME_CONSTRAINT);
    return HFI_OK;
}

static hfi_err check_name(check *c, hfi_general_name_kind kind, hfi_view value)
{
    hfi_general_name name = {kind, value};
    hfi_err err = check_subtrees(c, &name, true);
    return err != HFI_OK ? err : check_subtrees(c, &name, false);
}

/* emailAddress attributes of the subject count where no rfc822Name is given. */
static hfi_err check_subject_mailboxes(check *c, hfi_view subject)
{
    static const uint8_t type[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1};
    hfi_reader whole = hfi_reader_of(subject);
    hfi_reader rdns = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    hfi_err err = HFI_OK;

    while (err == HFI_OK && hfi_reader_more(&rdns)) {
        hfi_reader rdn = hfi_reader_of(hfi_der_read(&rdns, HFI_DER_SET));
        hfi_attribute a;
        while (err == HFI_OK && hfi_reader_more(&rdn) &&
               hfi_name_next_attribute(&rdn, &a))
            if (hfi_view_equal(a.type, hfi_view_of(type, sizeof type)))
                err = check_name(c, HFI_NAME_EMAIL, a.value);
    }
    return err;
}

/* RFC 9598 6: a mailbox outside of ASCII, an otherName, falls under the constraints on
 * mailboxes.  It cannot be compared, so it is refused where there are any. */
static hfi_err check_utf8_mailbox(check *c, hfi_view other)
{
    /* id-on-SmtpUTF8Mailbox */
    static const uint8_t type[] = {0x2b, 6, 1, 5, 5, 7, 8, 9};
    const hfi_view lists[2] = {c->ca->permitted, c->ca->excluded};
    hfi_general_name name = {HFI_NAME_OTHER, other}, base;
    hfi_reader inside = hfi_reader_of(other);

    if (!hfi_view_equal(hfi_der_read_oid(&inside), hfi_view_of(type, sizeof type)))
        return HFI_OK;
    for (size_t i = 0; i < 2; i++) {
        hfi_reader r = hfi_reader_of(lists[i]);
        while (hfi_reader_more(&r) && next_subtree(&r, &base)) {
            if (*c->budget == 0)
                return HFI_E_CERT_WORK_LIMIT;
            --*c->budget;
            if (base.kind == HFI_NAME_EMAIL)
                return refuse(c, &name, &base, i == 1,
                              HFI_E_CERT_NAME_CONSTRAINT_UNSUPPORTED);
        }
    }
    return HFI_OK;
}

hfi_err hfi_name_constraints_check(const hfi_x509 *ca, const hfi_x509 *subject,
                                   size_t *budget, hfi_name_violation *violation)
{
    check c = {ca, budget, violation};
    hfi_reader r = hfi_reader_of(subject->subject_alt_name);
    hfi_general_name name;
    hfi_err err = HFI_OK;
    bool has_mailbox = false;

    if (!ca->has_name_constraints)
        return HFI_OK;
    while (err == HFI_OK && hfi_reader_more(&r) && hfi_general_name_read(&r, &name)) {
        has_mailbox = has_mailbox || name.kind == HFI_NAME_EMAIL;
        err = check_name(&c, name.kind, name.value);
        if (err == HFI_OK && name.kind == HFI_NAME_OTHER)
            err = check_utf8_mailbox(&c, name.value);
    }
    if (err == HFI_OK && !hfi_name_empty(subject->subject))
        err = check_name(&c, HFI_NAME_DIRECTORY, subject->subject);
    if (err == HFI_OK && !has_mailbox)
        err = check_subject_mailboxes(&c, subject->subject);
    return err;
}

bool hfi_name_constraints_dotted(const hfi_x509 *ca)
{
    const hfi_view lists[2] = {ca->permitted, ca->excluded};
    hfi_general_name base;

    for (size_t i = 0; i < 2; i++) {
        hfi_reader r = hfi_reader_of(lists[i]);
        while (hfi_reader_more(&r) && next_subtree(&r, &base))
            if (base.kind == HFI_NAME_DNS && base.value.len != 0 &&
                base.value.p[0] == '.')
                return true;
    }
    return false;
}
