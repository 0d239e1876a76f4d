/* pki/verify.c: from the leaf to a trusted root.  RFC 5280 6.1, RFC 4158.
 *
 * A depth-first search that grows the path from the leaf upwards.  Every rule that an
 * issuer must fulfil concerns itself and what lies below it, so a candidate is checked
 * whole when it is about to be added, and a path that reaches a root is valid.
 *
 * The peer chooses the pool, so work has limits of its own: issuers tried, signatures
 * checked (no pair of certificates twice), name constraints compared, length.
 *
 * Of all that went wrong on all paths, one cause is reported.  A broken rule of an
 * issuer whose signature is right tells more than a missing issuer; of two of the same
 * kind the one further up does. */
#include "pki/verify.h"

#include <stdio.h>

#include "pki/algorithm.h"
#include "pki/name.h"
#include "pki/ocsp.h"
#include "pki/policy.h"
#include "pki/revocation.h"
#include "pki/rules.h"
#include "pki/trust_store_index.h"

/* How telling a cause is; the greater wins. */
typedef enum rank {
    RANK_NONE,
    RANK_NO_ISSUER,  /* nobody signed this certificate, or not with this signature */
    RANK_UNREADABLE, /* a certificate of the pool cannot be parsed */
    RANK_RULE,       /* a true issuer breaks a rule */
    RANK_REVOKED,    /* a true issuer has revoked it */
    RANK_LIMIT,      /* the search was given up */
} rank;

/* Where a search remembers that it checked a signature. */
typedef struct checked {
    uint32_t child;  /* place in the pool, or LIST and the place in the CRL store */
    uint32_t issuer; /* place in the pool, or ANCHOR and the place in the store */
    bool right;
} checked;

enum { ANCHOR = 0x80000000u, LIST = 0x40000000u };

typedef struct candidate {
    hfi_x509 cert;
    uint64_t subject_hash;
    uint64_t issuer_hash;
    bool usable;
    bool in_path;
    bool self_issued;
} candidate;

typedef struct search {
    const hfi_verify_params *params;
    size_t count;
    size_t steps_left;
    size_t signatures_left;
    size_t comparisons_left;
    bool given_up;
    uint32_t path[HFI_VERIFY_CHAIN_MAX];
    size_t depth;
    checked memory[HFI_VERIFY_SIGNATURES_MAX];
    size_t memory_used;
    bool verified;   /* a certificate's signature that was not known before */
    hfi_x509 anchor; /* the root being tried */
    rank best;
    size_t best_depth;
    hfi_cert_fault *fault; /* the caller's; holds the most telling cause so far */
    hfi_cert_fault scratch;
    candidate pool[]; /* the leaf first */
} search;

static bool extend(search *s);

/* ---- the cause that is reported ---- */

static void keep_cause(search *s, rank r)
{
    if (r < s->best || (r == s->best && s->depth <= s->best_depth))
        return;
    s->best = r;
    s->best_depth = s->depth;
    *s->fault = s->scratch;
    hfi_verify_path_note(s->params->path, s->path, s->depth, HFI_TRUST_STORE_END);
}

static bool give_up(search *s, const char *what)
{
    candidate *top = &s->pool[s->path[s->depth - 1]];
    s->given_up = true;
    (void)hfi_fault_say(&s->scratch, HFI_E_CERT_WORK_LIMIT, &top->cert,
                        (int)s->path[s->depth - 1], NULL, "work within the limit", what);
    keep_cause(s, RANK_LIMIT);
    return false;
}

/* ---- signatures ---- */

/* What is signed: a certificate or a revocation list. */
typedef struct signed_bytes {
    hfi_signature algorithm;
    hfi_view tbs;
    hfi_view signature;
    bool is_certificate; /* of these the right ones are remembered */
} signed_bytes;

static bool signature_right(search *s, const signed_bytes *child, const hfi_x509 *issuer)
{
    hfi_signature algorithm = child->algorithm;
    if (!hfi_signature_fits_key(algorithm, issuer->key.type))
        return false;
    if (issuer->key_only != HFI_SIGNATURE_NONE && issuer->key_only != algorithm)
        return false;
    hfi_signature_claim claim = {algorithm, issuer->spki, child->tbs, child->signature};
    if (child->is_certificate && hfi_signature_memory_has(s->params->signatures, &claim))
        return true;
    bool right =
        s->params->crypto->verify(algorithm, &issuer->key, child->tbs, child->signature);
    s->verified |= right && child->is_certificate;
    return right;
}

/* Checks once and remembers.  False as well when no more checks are allowed. */
static bool check_once(search *s, uint32_t child, uint32_t issuer,
                       const signed_bytes *bytes, const hfi_x509 *cert)
{
    for (size_t i = 0; i < s->memory_used; i++)
        if (s->memory[i].child == child && s->memory[i].issuer == issuer)
            return s->memory[i].right;
    if (s->signatures_left == 0)
        return give_up(s, "too many signatures");
    s->signatures_left--;
    bool right = signature_right(s, bytes, cert);
    checked entry = {child, issuer, right};
    s->memory[s->memory_used++] = entry;
    return right;
}

static bool signed_by(search *s, uint32_t child, uint32_t issuer, const hfi_x509 *cert)
{
    const hfi_x509 *c = &s->pool[child].cert;
    signed_bytes bytes = {c->signature_algorithm, c->tbs, c->signature, true};
    return check_once(s, child, issuer, &bytes, cert);
}

/* The path below s->anchor holds.  Only now: what strangers sign shall not drive out
 * what is of use. */
static void remember_path(search *s, uint32_t root)
{
    hfi_verify_path_note(s->params->path, s->path, s->depth, root);
    for (size_t i = 0; s->verified && i < s->depth; i++) {
        const hfi_x509 *c = &s->pool[s->path[i]].cert;
        const hfi_x509 *issuer =
            i + 1 < s->depth ? &s->pool[s->path[i + 1]].cert : &s->anchor;
        hfi_signature_claim claim = {c->signature_algorithm, issuer->spki, c->tbs,
                                     c->signature};
        hfi_signature_memory_add(s->params->signatures, &claim);
    }
}

/* ---- one issuer ---- */

/* RFC 5280 4.2.1.1: a hint about the order in which to try, never a verdict. */
typedef enum key_id_fit { FIT_SAME, FIT_UNKNOWN, FIT_OTHER } key_id_fit;

static key_id_fit key_id_fits(const hfi_x509 *child, const hfi_x509 *issuer)
{
    if (child->authority_key_id.len == 0 || issuer->subject_key_id.len == 0)
        return FIT_UNKNOWN;
    return hfi_view_equal(child->authority_key_id, issuer->subject_key_id) ? FIT_SAME
                                                                           : FIT_OTHER;
}

static hfi_err check_constraints(search *s, const hfi_x509 *issuer)
{
    for (size_t i = 0; i < s->depth; i++) {
        candidate *below = &s->pool[s->path[i]];
        hfi_name_violation violation = {0};
        /* RFC 5280 4.2.1.10: not to self-issued certificates, save the last one. */
        if (i != 0 && below->self_issued)
            continue;
        hfi_err err = hfi_name_constraints_check(issuer, &below->cert,
                                                 &s->comparisons_left, &violation);
        if (err == HFI_E_CERT_WORK_LIMIT) {
            (void)give_up(s, "too many name constraints");
            return err;
        }
        if (err != HFI_OK)
            return hfi_fault_constraint(&s->scratch, err, &below->cert, (int)s->path[i],
                                        issuer, &violation);
    }
    return HFI_OK;
}

static size_t intermediates_in_path(const search *s)
{
    size_t n = 0;
    for (size_t i = 1; i < s->depth; i++)
        if (!s->pool[s->path[i]].self_issued)
            n++;
    return n;
}

static hfi_err check_length(search *s, const hfi_x509 *issuer, int index, bool counts)
{
    const hfi_verify_params *p = s->params;
    size_t n = intermediates_in_path(s) + (counts ? 1 : 0);
    size_t length = s->depth + (index < 0 ? 1 : 2);
    char expected[64], presented[32];

    if (p->intermediates_limited && n > p->intermediates_max) {
        (void)snprintf(expected, sizeof expected, "at most %zu intermediates",
                       p->intermediates_max);
        (void)snprintf(presented, sizeof presented, "%zu or more", n);
    } else if (length > HFI_VERIFY_CHAIN_MAX) {
        (void)snprintf(expected, sizeof expected, "at most %d certificates",
                       HFI_VERIFY_CHAIN_MAX);
        (void)snprintf(presented, sizeof presented, "%zu or more", length);
    } else {
        return HFI_OK;
    }
    return hfi_fault_say(&s->scratch, HFI_E_CERT_CHAIN_TOO_LONG, issuer, index, NULL,
                         expected, presented);
}

/* All rules for an issuer on top of the path; index is -1 for a root. */
static hfi_err check_issuer(search *s, const hfi_x509 *issuer, int index,
                            bool self_issued)
{
    hfi_cert_role role = index < 0 ? HFI_ROLE_ANCHOR : HFI_ROLE_INTERMEDIATE;
    bool counts = index >= 0 && !self_issued;
    hfi_err err = hfi_rules_certificate(s->params, issuer, index, role, &s->scratch);
    if (err == HFI_OK)
        err = hfi_rules_issuer(s->params, issuer, index, intermediates_in_path(s),
                               &s->scratch);
    if (err == HFI_OK)
        err = check_length(s, issuer, index, counts);
    if (err == HFI_OK)
        err = check_constraints(s, issuer);
    return err;
}

/* A certificate of the right name, which did not sign the top of the path. */
static void note_bad_signature(search *s, const hfi_x509 *issuer)
{
    uint32_t child = s->path[s->depth - 1];
    const hfi_x509 *cert = &s->pool[child].cert;

    /* Another key of the same name, and the certificate says so itself. */
    if (key_id_fits(cert, issuer) == FIT_OTHER)
        return;
    (void)hfi_fault_issuer(&s->scratch, HFI_E_CERT_BAD_SIGNATURE, cert, (int)child,
                           "a signature by ", "one that does not verify");
    keep_cause(s, RANK_NO_ISSUER);
}

/* A broken rule, described in scratch, matters if this is the true issuer.  A key that
 * cannot be used leaves that open.  No signature is checked for a cause that would not
 * be reported anyway. */
static void note_broken_rule(search *s, uint32_t issuer, const hfi_x509 *cert)
{
    if (s->best >= RANK_RULE && s->depth <= s->best_depth)
        return;
    if (cert->key.type != HFI_KEY_NONE &&
        (s->signatures_left == 0 || !signed_by(s, s->path[s->depth - 1], issuer, cert)))
        return;
    keep_cause(s, RANK_RULE);
}

/* ---- revocation ---- */

typedef struct list_issuer {
    search *s;
    uint32_t place; /* in the pool, or ANCHOR and the place in the store */
} list_issuer;

static bool list_signed_by(void *ctx, size_t list, const hfi_x509 *issuer)
{
    list_issuer *i = ctx;
    const hfi_crl *crl = hfi_crl_store_at(i->s->params->crls, list);
    signed_bytes bytes = {crl->signature_algorithm, crl->tbs, crl->signature, false};
    return check_once(i->s, LIST | (uint32_t)list, i->place, &bytes, issuer);
}

static hfi_err check_lists(search *s, uint32_t place, const hfi_x509 *issuer)
{
    const hfi_verify_params *p = s->params;
    list_issuer by = {s, place};
    uint32_t top = s->path[s->depth - 1];

    if ((p->crls == NULL && !p->crl_required) || (s->depth != 1 && !p->crl_whole_chain))
        return HFI_OK;
    return hfi_revocation_check(p, &s->pool[top].cert, (int)top, issuer, list_signed_by,
                                &by, &s->scratch);
}

static hfi_err check_staple(search *s, const hfi_x509 *issuer)
{
    const hfi_verify_params *p = s->params;

    if (s->depth != 1 || p->staple_state != HFI_STAPLE_PRESENT)
        return HFI_OK;
    hfi_err err = hfi_ocsp_check(p, p->staple, &s->pool[0].cert, issuer,
                                 &s->signatures_left, &s->scratch);
    if (err == HFI_E_CERT_WORK_LIMIT)
        (void)give_up(s, "too many signatures");
    return err;
}

/* The top of the path, once its issuer is known by its signature. */
static bool is_revoked(search *s, uint32_t place, const hfi_x509 *issuer)
{
    hfi_err err = check_staple(s, issuer);
    if (err == HFI_OK)
        err = check_lists(s, place, issuer);
    if (err != HFI_OK && !s->given_up)
        keep_cause(s, err == HFI_E_CERT_REVOKED ? RANK_REVOKED : RANK_RULE);
    return err != HFI_OK;
}

/* Whether issuer may be put on top of the path: the rules, which cost little, before
 * the signature. */
static bool accepts(search *s, uint32_t issuer, const hfi_x509 *cert, int index,
                    bool self_issued)
{
    hfi_err err = check_issuer(s, cert, index, self_issued);

    if (s->given_up)
        return false;
    if (err != HFI_OK) {
        note_broken_rule(s, issuer, cert);
        return false;
    }
    if (signed_by(s, s->path[s->depth - 1], issuer, cert))
        return !is_revoked(s, issuer, cert);
    if (!s->given_up)
        note_bad_signature(s, cert);
    return false;
}

/* ---- the search ---- */

static bool take_step(search *s)
{
    if (s->steps_left == 0)
        return give_up(s, "too many paths");
    s->steps_left--;
    return true;
}

/* The path from the leaf up to its top, below s->anchor. */
static bool keeps_policies(search *s)
{
    const hfi_x509 *path[HFI_VERIFY_CHAIN_MAX];
    size_t at;

    for (size_t i = 0; i < s->depth; i++)
        path[i] = &s->pool[s->path[i]].cert;
    hfi_err err = hfi_policy_check(path, s->depth, &s->anchor, &at);
    if (err == HFI_OK)
        return true;
    if (err == HFI_E_CERT_WORK_LIMIT)
        return give_up(s, "too many policies");
    (void)hfi_fault_say(&s->scratch, err, path[at], (int)s->path[at], NULL,
                        "a policy that every certificate of the chain keeps", "none");
    keep_cause(s, RANK_RULE);
    return false;
}

static bool reaches_anchor(search *s)
{
    candidate *top = &s->pool[s->path[s->depth - 1]];
    const hfi_trust_store *store = s->params->store;
    hfi_view name = top->cert.issuer;

    for (uint32_t root = hfi_trust_store_first(store, name, top->issuer_hash);
         root != HFI_TRUST_STORE_END;
         root = hfi_trust_store_next(store, name, top->issuer_hash, root)) {
        if (!take_step(s))
            return false;
        hfi_err err = hfi_x509_parse(hfi_trust_store_at(store, root), &s->anchor);
        if (err != HFI_OK) {
            (void)hfi_fault_begin(&s->scratch, err, &s->anchor, -1, NULL);
            keep_cause(s, RANK_UNREADABLE);
        } else if (accepts(s, ANCHOR | root, &s->anchor, -1, false) &&
                   keeps_policies(s)) {
            remember_path(s, root);
            return true;
        }
        if (s->given_up)
            return false;
    }
    return false;
}

/* RFC 4158 5.2: a path that comes by the same CA twice, the same name and key, only
 * gets longer. */
static bool loops(const search *s, const candidate *c)
{
    if (c->in_path)
        return true;
    for (size_t i = 0; i < s->depth; i++) {
        const candidate *other = &s->pool[s->path[i]];
        if (other->subject_hash == c->subject_hash &&
            hfi_view_equal(other->cert.spki, c->cert.spki) &&
            hfi_name_equal(other->cert.subject, c->cert.subject))
            return true;
    }
    return false;
}

static bool goes_on_through(search *s, uint32_t place)
{
    candidate *c = &s->pool[place];

    if (!take_step(s))
        return false;
    if (!accepts(s, place, &c->cert, (int)place, c->self_issued))
        return false;
    s->path[s->depth++] = place;
    c->in_path = true;
    bool found = extend(s);
    c->in_path = false;
    s->depth--;
    return found;
}

static bool reaches_through_pool(search *s)
{
    const candidate *top = &s->pool[s->path[s->depth - 1]];

    for (int fit = FIT_SAME; fit <= FIT_OTHER; fit++) {
        for (uint32_t i = 1; i < s->count; i++) {
            const candidate *c = &s->pool[i];
            if (!c->usable || c->subject_hash != top->issuer_hash ||
                (int)key_id_fits(&top->cert, &c->cert) != fit ||
                !hfi_name_equal(c->cert.subject, top->cert.issuer) || loops(s, c))
                continue;
            if (goes_on_through(s, i))
                return true;
            if (s->given_up)
                return false;
        }
    }
    return false;
}

/* Nobody vouches for the certificate on top of the path. */
static void note_no_issuer(search *s)
{
    uint32_t place = s->path[s->depth - 1];
    candidate *top = &s->pool[place];
    hfi_err code = HFI_E_CERT_UNKNOWN_ISSUER;
    bool same_name = hfi_trust_store_first(s->params->store, top->cert.issuer,
                                           top->issuer_hash) != HFI_TRUST_STORE_END;
    const char *presented =
        same_name ? "one of that name with another key" : "no such certificate";

    if (top->self_issued && s->signatures_left != 0 &&
        signed_by(s, place, place, &top->cert)) {
        presented = "a self-signed certificate that is not in the trust store";
        if (s->depth == 1)
            code = HFI_E_CERT_SELF_SIGNED;
    }
    (void)hfi_fault_issuer(&s->scratch, code, &top->cert, (int)place,
                           "a trusted root named ", presented);
    keep_cause(s, RANK_NO_ISSUER);
}

/* Grows the path to a root; false if there is no way from here. */
static bool extend(search *s)
{
    if (reaches_anchor(s))
        return true;
    if (s->given_up || reaches_through_pool(s))
        return !s->given_up;
    if (!s->given_up)
        note_no_issuer(s);
    return false;
}

/* ---- the beginning ---- */

static void describe(candidate *c)
{
    c->subject_hash = hfi_name_hash(c->cert.subject);
    c->issuer_hash = hfi_name_hash(c->cert.issuer);
    c->self_issued = c->subject_hash == c->issuer_hash &&
                     hfi_name_equal(c->cert.subject, c->cert.issuer);
}

/* A certificate of the pool that cannot be parsed is no part of any path; that it was
 * there is told if no path is found. */
static void read_pool(search *s, const hfi_view *certs)
{
    for (size_t i = 1; i < s->count; i++) {
        candidate *c = &s->pool[i];
        c->in_path = false;
        hfi_err err = hfi_x509_parse(certs[i], &c->cert);
        c->usable = err == HFI_OK;
        if (c->usable) {
            describe(c);
        } else {
            (void)hfi_fault_begin(&s->scratch, err, &c->cert, (int)i, NULL);
            keep_cause(s, RANK_UNREADABLE);
        }
    }
}

static hfi_err verify_leaf(search *s, hfi_view leaf)
{
    candidate *c = &s->pool[0];
    hfi_err err = hfi_x509_parse(leaf, &c->cert);

    if (err != HFI_OK)
        return hfi_fault_begin(s->fault, err, &c->cert, 0, NULL);
    c->usable = true;
    c->in_path = true;
    describe(c);
    err = hfi_rules_certificate(s->params, &c->cert, 0, HFI_ROLE_LEAF, s->fault);
    return err != HFI_OK ? err : hfi_rules_leaf(s->params, &c->cert, s->fault);
}

static hfi_err run(search *s, const hfi_view *certs)
{
    candidate *leaf = &s->pool[0];
    hfi_err err = verify_leaf(s, certs[0]);

    if (err != HFI_OK)
        return err;
    s->path[0] = 0;
    s->depth = 1;
    /* Someone trusts this very certificate: RFC 6818 2. */
    if (hfi_trust_store_has(s->params->store, leaf->cert.der, leaf->cert.subject,
                            leaf->subject_hash))
        return HFI_OK;
    s->depth = 0;
    read_pool(s, certs);
    s->depth = 1;
    if (!extend(s))
        return s->fault->code;
    if (leaf->cert.must_staple && s->params->staple_state == HFI_STAPLE_ABSENT)
        return hfi_fault_say(s->fault, HFI_E_STAPLE_MISSING, &leaf->cert, 0, NULL,
                             "a stapled OCSP response", "none");
    return HFI_OK;
}

static hfi_err too_many(size_t count, hfi_cert_fault *fault)
{
    char expected[32], presented[32];
    (void)snprintf(expected, sizeof expected, "at most %d certificates",
                   HFI_VERIFY_POOL_MAX);
    (void)snprintf(presented, sizeof presented, "%zu", count);
    return hfi_fault_say(fault, HFI_E_CERT_CHAIN_TOO_LONG, NULL, -1, NULL, expected,
                         presented);
}

static void tell_work(const search *s)
{
    hfi_verify_work *work = s->params->work;

    if (work == NULL)
        return;
    work->steps = HFI_VERIFY_STEPS_MAX - s->steps_left;
    work->signatures = HFI_VERIFY_SIGNATURES_MAX - s->signatures_left;
    work->comparisons = HFI_VERIFY_COMPARISONS_MAX - s->comparisons_left;
}

hfi_err hfi_verify_chain(const hfi_verify_params *params, const hfi_view *certs,
                         size_t count, hfi_public_key *key, hfi_cert_fault *fault)
{
    if (params->work != NULL)
        memset(params->work, 0, sizeof *params->work);
    if (count == 0)
        return hfi_fault_begin(fault, HFI_E_CERT_UNKNOWN_ISSUER, NULL, -1, NULL);
    if (count > HFI_VERIFY_POOL_MAX)
        return too_many(count, fault);

    search *s = hfi_alloc_bytes(params->alloc, sizeof *s + count * sizeof s->pool[0]);
    if (s == NULL)
        return hfi_fault_begin(fault, HFI_E_NO_MEMORY, NULL, -1, "");
    s->params = params;
    s->count = count;
    s->steps_left = HFI_VERIFY_STEPS_MAX;
    s->signatures_left = HFI_VERIFY_SIGNATURES_MAX;
    s->comparisons_left = HFI_VERIFY_COMPARISONS_MAX;
    s->given_up = false;
    s->memory_used = 0;
    s->verified = false;
    s->best = RANK_NONE;
    s->best_depth = 0;
    s->fault = fault;

    hfi_err err = run(s, certs);
    if (err == HFI_OK && key != NULL)
        *key = s->pool[0].cert.key;
    tell_work(s);
    hfi_alloc_release(params->alloc, s);
    return err;
}
