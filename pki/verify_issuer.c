/* pki/verify_issuer.c: whether an issuer may be put on top of a path: its rules, its
 * signature, and what it has revoked.  RFC 5280 6.1.3, 6.1.4, 6.3.
 *
 * The rules come first, for they cost little.  Signatures are checked once a pair, and
 * those of a chain that held before, or of a list, need not be checked at all. */
#include "pki/verify_search.h"

#include <stdio.h>

#include "pki/algorithm.h"
#include "pki/ocsp.h"
#include "pki/revocation.h"
#include "pki/rules.h"

/* ---- signatures ---- */

/* What is signed: a certificate or a revocation list. */
typedef struct signed_bytes {
    hfi_signature algorithm;
    hfi_view tbs;
    hfi_view signature;
    const hfi_crl *list; /* NULL: a certificate */
} signed_bytes;

/* For a list its digest stands in place of its bytes, which may be many.  No certificate
 * is as short as that, so that nothing is taken for something else. */
static hfi_signature_claim claim_of(const signed_bytes *child, const hfi_x509 *issuer)
{
    hfi_signature_claim claim = {child->algorithm, issuer->spki, child->tbs,
                                 child->signature};

    if (child->list != NULL)
        claim.tbs = hfi_view_of(child->list->digest, sizeof child->list->digest);
    return claim;
}

static bool signature_right(hfi_search *s, const signed_bytes *child,
                            const hfi_x509 *issuer)
{
    hfi_signature algorithm = child->algorithm;
    if (!hfi_signature_fits_key(algorithm, issuer->key.type))
        return false;
    if (issuer->key_only != HFI_SIGNATURE_NONE && issuer->key_only != algorithm)
        return false;
    hfi_signature_claim claim = claim_of(child, issuer);
    if (hfi_signature_memory_has(s->params->signatures, &claim))
        return true;
    bool right =
        s->params->crypto->verify(algorithm, &issuer->key, child->tbs, child->signature);
    /* A chain is remembered once all of it holds; a list is the application's own. */
    if (right && child->list != NULL)
        hfi_signature_memory_add(s->params->signatures, &claim);
    s->verified |= right && child->list == NULL;
    return right;
}

/* Checks once and remembers.  False as well when no more checks are allowed. */
static bool check_once(hfi_search *s, uint32_t child, uint32_t issuer,
                       const signed_bytes *bytes, const hfi_x509 *cert)
{
    for (size_t i = 0; i < s->memory_used; i++)
        if (s->memory[i].child == child && s->memory[i].issuer == issuer)
            return s->memory[i].right;
    if (s->signatures_left == 0)
        return hfi_search_give_up(s, "too many signatures");
    s->signatures_left--;
    bool right = signature_right(s, bytes, cert);
    hfi_checked entry = {child, issuer, right};
    s->memory[s->memory_used++] = entry;
    return right;
}

bool hfi_search_signed_by(hfi_search *s, uint32_t child, uint32_t issuer,
                          const hfi_x509 *cert)
{
    const hfi_x509 *c = &s->pool[child].cert;
    signed_bytes bytes = {c->signature_algorithm, c->tbs, c->signature, NULL};
    return check_once(s, child, issuer, &bytes, cert);
}

void hfi_search_remember_signatures(hfi_search *s)
{
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

hfi_key_id_fit hfi_search_key_id_fits(const hfi_x509 *child, const hfi_x509 *issuer)
{
    if (child->authority_key_id.len == 0 || issuer->subject_key_id.len == 0)
        return HFI_FIT_UNKNOWN;
    return hfi_view_equal(child->authority_key_id, issuer->subject_key_id)
               ? HFI_FIT_SAME
               : HFI_FIT_OTHER;
}

static hfi_err check_constraints(hfi_search *s, const hfi_x509 *issuer)
{
    for (size_t i = 0; i < s->depth; i++) {
        hfi_candidate *below = &s->pool[s->path[i]];
        hfi_name_violation violation = {0};
        /* RFC 5280 4.2.1.10: not to self-issued certificates, save the last one. */
        if (i != 0 && below->self_issued)
            continue;
        hfi_err err = hfi_name_constraints_check(issuer, &below->cert,
                                                 &s->comparisons_left, &violation);
        if (err == HFI_E_CERT_WORK_LIMIT) {
            (void)hfi_search_give_up(s, "too many name constraints");
            return err;
        }
        if (err != HFI_OK)
            return hfi_fault_constraint(&s->scratch, err, &below->cert, (int)s->path[i],
                                        issuer, &violation);
    }
    return HFI_OK;
}

static size_t intermediates_in_path(const hfi_search *s)
{
    size_t n = 0;
    for (size_t i = 1; i < s->depth; i++)
        if (!s->pool[s->path[i]].self_issued)
            n++;
    return n;
}

static hfi_err check_length(hfi_search *s, const hfi_x509 *issuer, int index, bool counts)
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
static hfi_err check_issuer(hfi_search *s, const hfi_x509 *issuer, int index,
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
static void note_bad_signature(hfi_search *s, const hfi_x509 *issuer)
{
    uint32_t child = s->path[s->depth - 1];
    const hfi_x509 *cert = &s->pool[child].cert;

    /* Another key of the same name, and the certificate says so itself. */
    if (hfi_search_key_id_fits(cert, issuer) == HFI_FIT_OTHER)
        return;
    (void)hfi_fault_issuer(&s->scratch, HFI_E_CERT_BAD_SIGNATURE, cert, (int)child,
                           "a signature by ", "one that does not verify");
    hfi_search_keep_cause(s, HFI_RANK_NO_ISSUER);
}

/* A broken rule, described in scratch, matters if this is the true issuer.  A key that
 * cannot be used leaves that open.  No signature is checked for a cause that would not
 * be reported anyway. */
static void note_broken_rule(hfi_search *s, uint32_t issuer, const hfi_x509 *cert)
{
    if (s->best >= HFI_RANK_RULE && s->depth <= s->best_depth)
        return;
    if (cert->key.type != HFI_KEY_NONE &&
        (s->signatures_left == 0 ||
         !hfi_search_signed_by(s, s->path[s->depth - 1], issuer, cert)))
        return;
    hfi_search_keep_cause(s, HFI_RANK_RULE);
}

/* ---- revocation ---- */

typedef struct list_issuer {
    hfi_search *s;
    uint32_t place; /* in the pool, or HFI_SEARCH_ANCHOR and the place in the store */
} list_issuer;

static bool list_signed_by(void *ctx, size_t list, const hfi_x509 *issuer)
{
    list_issuer *i = ctx;
    const hfi_crl *crl = hfi_crl_store_at(i->s->params->crls, list);
    signed_bytes bytes = {crl->signature_algorithm, crl->tbs, crl->signature, crl};
    return check_once(i->s, HFI_SEARCH_LIST | (uint32_t)list, i->place, &bytes, issuer);
}

static hfi_err check_lists(hfi_search *s, uint32_t place, const hfi_x509 *issuer)
{
    const hfi_verify_params *p = s->params;
    list_issuer by = {s, place};
    uint32_t top = s->path[s->depth - 1];

    if ((p->crls == NULL && !p->crl_required) || (s->depth != 1 && !p->crl_whole_chain))
        return HFI_OK;
    return hfi_revocation_check(p, &s->pool[top].cert, (int)top, issuer, list_signed_by,
                                &by, &s->scratch);
}

static hfi_err check_staple(hfi_search *s, const hfi_x509 *issuer)
{
    const hfi_verify_params *p = s->params;

    if (s->depth != 1 || p->staple_state != HFI_STAPLE_PRESENT)
        return HFI_OK;
    hfi_err err = hfi_ocsp_check(p, p->staple, &s->pool[0].cert, issuer,
                                 &s->signatures_left, &s->scratch);
    if (err == HFI_E_CERT_WORK_LIMIT)
        (void)hfi_search_give_up(s, "too many signatures");
    return err;
}

/* The top of the path, once its issuer is known by its signature. */
static bool is_revoked(hfi_search *s, uint32_t place, const hfi_x509 *issuer)
{
    hfi_err err = check_staple(s, issuer);
    if (err == HFI_OK)
        err = check_lists(s, place, issuer);
    if (err != HFI_OK && !s->given_up)
        hfi_search_keep_cause(s, err == HFI_E_CERT_REVOKED ? HFI_RANK_REVOKED
                                                           : HFI_RANK_RULE);
    return err != HFI_OK;
}

/* Why the issuer will not do; HFI_OK: it will. */
static hfi_err judge(hfi_search *s, uint32_t issuer, const hfi_x509 *cert, int index,
                     bool self_issued)
{
    hfi_err err = check_issuer(s, cert, index, self_issued);

    if (s->given_up)
        return HFI_E_CERT_WORK_LIMIT;
    if (err != HFI_OK) {
        note_broken_rule(s, issuer, cert);
        return err;
    }
    if (hfi_search_signed_by(s, s->path[s->depth - 1], issuer, cert))
        return is_revoked(s, issuer, cert) ? s->scratch.code : HFI_OK;
    if (s->given_up)
        return HFI_E_CERT_WORK_LIMIT;
    note_bad_signature(s, cert);
    return HFI_E_CERT_BAD_SIGNATURE;
}

bool hfi_search_accepts(hfi_search *s, uint32_t issuer, const hfi_x509 *cert, int index,
                        bool self_issued)
{
    hfi_err err = judge(s, issuer, cert, index, self_issued);

    if (err != HFI_OK)
        hfi_search_note_trial(s, issuer, err);
    return err == HFI_OK;
}
