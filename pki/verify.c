/* pki/verify.c: from the leaf to a trusted root.  RFC 5280 6.1, RFC 4158.
 *
 * A depth-first search that grows the path from the leaf upwards.  Every rule that an
 * issuer must fulfil concerns itself and what lies below it, so a candidate is checked
 * whole when it is about to be added, and a path that reaches a root is valid.
 *
 * The peer chooses the pool, so work has limits of its own: issuers tried, signatures
 * checked (no pair of certificates twice), name constraints compared, length. */
#include "pki/verify_search.h"

#include <stdio.h>

#include "pki/name.h"
#include "pki/policy.h"
#include "pki/rules.h"
#include "pki/trust_store_index.h"

/* ---- the search ---- */

static bool extend(hfi_search *s);

static bool take_step(hfi_search *s)
{
    if (s->steps_left == 0)
        return hfi_search_give_up(s, "too many paths");
    s->steps_left--;
    return true;
}

/* The path from the leaf up to its top, below s->anchor. */
static bool keeps_policies(hfi_search *s)
{
    const hfi_x509 *path[HFI_VERIFY_CHAIN_MAX];
    size_t at;

    for (size_t i = 0; i < s->depth; i++)
        path[i] = &s->pool[s->path[i]].cert;
    hfi_err err = hfi_policy_check(path, s->depth, &s->anchor, &at);
    if (err == HFI_OK)
        return true;
    if (err == HFI_E_CERT_WORK_LIMIT)
        return hfi_search_give_up(s, "too many policies");
    (void)hfi_fault_say(&s->scratch, err, path[at], (int)s->path[at], NULL,
                        "a policy that every certificate of the chain keeps", "none");
    hfi_search_keep_cause(s, HFI_RANK_RULE);
    return false;
}

static bool accepts_anchor(hfi_search *s, uint32_t root)
{
    return hfi_search_accepts(s, HFI_SEARCH_ANCHOR | root, &s->anchor, -1, false);
}

enum { ANY_FIT = -1 };

/* Whether the path ends at this root, if its key identifier fits as asked.  One that
 * cannot be parsed fits like one without identifier. */
static bool ends_at(hfi_search *s, uint32_t root, int fit)
{
    const hfi_x509 *top = &s->pool[s->path[s->depth - 1]].cert;
    hfi_err err = hfi_x509_parse(hfi_trust_store_at(s->params->store, root), &s->anchor);
    int found = err == HFI_OK ? (int)hfi_search_key_id_fits(top, &s->anchor)
                              : (int)HFI_FIT_UNKNOWN;

    if ((fit != ANY_FIT && fit != found) || !take_step(s))
        return false;
    if (err != HFI_OK) {
        (void)hfi_fault_unreadable(&s->scratch, err, &s->anchor, -1);
        hfi_search_keep_cause(s, HFI_RANK_UNREADABLE);
        hfi_search_note_trial(s, HFI_SEARCH_ANCHOR | root, err);
        return false;
    }
    if (!accepts_anchor(s, root))
        return false;
    if (!keeps_policies(s)) {
        hfi_search_note_trial(s, HFI_SEARCH_ANCHOR | root, HFI_E_CERT_POLICY);
        return false;
    }
    hfi_search_note_path(s, root);
    hfi_search_remember_signatures(s);
    return true;
}

/* Roots of one name, those first whose key the certificate names; a lone root needs no
 * order.  Each is tried once, so that steps bound how often they are parsed, too. */
static bool reaches_anchor(hfi_search *s)
{
    hfi_candidate *top = &s->pool[s->path[s->depth - 1]];
    const hfi_trust_store *store = s->params->store;
    hfi_view name = top->cert.issuer;
    uint32_t first = hfi_trust_store_first(store, name, top->issuer_hash);

    if (first == HFI_TRUST_STORE_END)
        return false;
    if (hfi_trust_store_next(store, name, top->issuer_hash, first) == HFI_TRUST_STORE_END)
        return ends_at(s, first, ANY_FIT);
    for (int fit = HFI_FIT_SAME; fit <= HFI_FIT_OTHER; fit++) {
        for (uint32_t root = first; root != HFI_TRUST_STORE_END;
             root = hfi_trust_store_next(store, name, top->issuer_hash, root)) {
            if (ends_at(s, root, fit))
                return true;
            if (s->given_up)
                return false;
        }
    }
    return false;
}

/* RFC 4158 5.2: a path that comes by the same CA twice, the same name and key, only
 * gets longer. */
static bool loops(const hfi_search *s, const hfi_candidate *c)
{
    if (c->in_path)
        return true;
    for (size_t i = 0; i < s->depth; i++) {
        const hfi_candidate *other = &s->pool[s->path[i]];
        if (other->subject_hash == c->subject_hash &&
            hfi_view_equal(other->cert.spki, c->cert.spki) &&
            hfi_name_equal(other->cert.subject, c->cert.subject))
            return true;
    }
    return false;
}

static bool goes_on_through(hfi_search *s, uint32_t place)
{
    hfi_candidate *c = &s->pool[place];

    if (!take_step(s))
        return false;
    if (!hfi_search_accepts(s, place, &c->cert, (int)place, c->self_issued))
        return false;
    s->path[s->depth++] = place;
    c->in_path = true;
    bool found = extend(s);
    c->in_path = false;
    s->depth--;
    if (!found) /* its signature is right, and nothing leads on from it */
        hfi_search_note_trial(
            s, place, s->given_up ? HFI_E_CERT_WORK_LIMIT : HFI_E_CERT_UNKNOWN_ISSUER);
    return found;
}

static bool reaches_through_pool(hfi_search *s)
{
    const hfi_candidate *top = &s->pool[s->path[s->depth - 1]];

    for (int fit = HFI_FIT_SAME; fit <= HFI_FIT_OTHER; fit++) {
        for (uint32_t i = 1; i < s->count; i++) {
            const hfi_candidate *c = &s->pool[i];
            if (!c->usable || c->subject_hash != top->issuer_hash ||
                (int)hfi_search_key_id_fits(&top->cert, &c->cert) != fit ||
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
static void note_no_issuer(hfi_search *s)
{
    uint32_t place = s->path[s->depth - 1];
    hfi_candidate *top = &s->pool[place];
    hfi_err code = HFI_E_CERT_UNKNOWN_ISSUER;
    bool same_name = hfi_trust_store_first(s->params->store, top->cert.issuer,
                                           top->issuer_hash) != HFI_TRUST_STORE_END;
    const char *presented =
        same_name ? "one of that name with another key" : "no such certificate";

    if (top->self_issued && s->signatures_left != 0 &&
        hfi_search_signed_by(s, place, place, &top->cert)) {
        presented = "a self-signed certificate that is not in the trust store";
        if (s->depth == 1)
            code = HFI_E_CERT_SELF_SIGNED;
    }
    (void)hfi_fault_issuer(&s->scratch, code, &top->cert, (int)place,
                           "a trusted root named ", presented);
    hfi_search_keep_cause(s, HFI_RANK_NO_ISSUER);
}

/* Grows the path to a root; false if there is no way from here. */
static bool extend(hfi_search *s)
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

static void describe(hfi_candidate *c)
{
    c->subject_hash = hfi_name_hash(c->cert.subject);
    c->issuer_hash = hfi_name_hash(c->cert.issuer);
    c->self_issued = c->subject_hash == c->issuer_hash &&
                     hfi_name_equal(c->cert.subject, c->cert.issuer);
}

/* A certificate of the pool that cannot be parsed is no part of any path; that it was
 * there is told if no path is found. */
static void read_pool(hfi_search *s, const hfi_view *certs)
{
    for (size_t i = 1; i < s->count; i++) {
        hfi_candidate *c = &s->pool[i];
        c->in_path = false;
        hfi_err err = hfi_x509_parse(certs[i], &c->cert);
        c->usable = err == HFI_OK;
        if (c->usable) {
            describe(c);
        } else {
            (void)hfi_fault_unreadable(&s->scratch, err, &c->cert, (int)i);
            hfi_search_keep_cause(s, HFI_RANK_UNREADABLE);
        }
    }
}

static hfi_err verify_leaf(hfi_search *s, hfi_view leaf)
{
    hfi_candidate *c = &s->pool[0];
    hfi_err err = hfi_x509_parse(leaf, &c->cert);

    if (err != HFI_OK)
        return hfi_fault_unreadable(s->fault, err, &c->cert, 0);
    c->usable = true;
    c->in_path = true;
    describe(c);
    err = hfi_rules_certificate(s->params, &c->cert, 0, HFI_ROLE_LEAF, s->fault);
    return err != HFI_OK ? err : hfi_rules_leaf(s->params, &c->cert, s->fault);
}

static hfi_err run(hfi_search *s, const hfi_view *certs)
{
    hfi_candidate *leaf = &s->pool[0];
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
    err = hfi_rules_issued(s->params, &leaf->cert, s->fault);
    if (err != HFI_OK)
        return err;
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

static void tell_work(const hfi_search *s)
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

    hfi_search *s = hfi_alloc_bytes(params->alloc, sizeof *s + count * sizeof s->pool[0]);
    if (s == NULL)
        return hfi_fault_begin(fault, HFI_E_NO_MEMORY, NULL, -1, "");
    s->params = params;
    s->count = count;
    s->steps_left = HFI_VERIFY_STEPS_MAX;
    s->signatures_left = HFI_VERIFY_SIGNATURES_MAX;
    s->comparisons_left = HFI_VERIFY_COMPARISONS_MAX;
    s->given_up = false;
    s->memory_used = 0;
    s->trial_count = s->trials_left_out = 0;
    s->verified = false;
    s->best = HFI_RANK_NONE;
    s->best_depth = 0;
    s->fault = fault;

    hfi_err err = run(s, certs);
    if (err == HFI_OK && key != NULL)
        *key = s->pool[0].cert.key;
    if (err != HFI_OK)
        hfi_search_complete_cause(s);
    tell_work(s);
    hfi_alloc_release(params->alloc, s);
    return err;
}
