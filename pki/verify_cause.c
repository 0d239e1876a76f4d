/* pki/verify_cause.c: what a search tells in the end: one cause, and the path.
 *
 * Of all that went wrong on all paths, one cause is reported.  A broken rule of an
 * issuer whose signature is right tells more than a missing issuer; of two of the same
 * kind the one further up does.  Beside it stand the issuers that were tried. */
#include "pki/verify_search.h"

#include "pki/fault.h"
#include "pki/text.h"
#include "pki/trust_store_index.h"

void hfi_search_note_path(const hfi_search *s, uint32_t root)
{
    hfi_verify_path *path = s->params->path;

    if (path == NULL)
        return;
    *path = (hfi_verify_path){.count = s->depth};
    for (size_t i = 0; i < s->depth; i++)
        path->places[i] = s->path[i];
    path->has_root = root != HFI_TRUST_STORE_END;
    path->root = path->has_root ? root : 0;
}

void hfi_search_keep_cause(hfi_search *s, hfi_search_rank r)
{
    if (r < s->best || (r == s->best && s->depth <= s->best_depth))
        return;
    s->best = r;
    s->best_depth = s->depth;
    *s->fault = s->scratch;
    hfi_search_note_path(s, HFI_TRUST_STORE_END);
}

bool hfi_search_give_up(hfi_search *s, const char *what)
{
    hfi_candidate *top = &s->pool[s->path[s->depth - 1]];
    s->given_up = true;
    (void)hfi_fault_say(&s->scratch, HFI_E_CERT_WORK_LIMIT, &top->cert,
                        (int)s->path[s->depth - 1], NULL, "work within the limit", what);
    hfi_search_keep_cause(s, HFI_RANK_LIMIT);
    return false;
}

/* ---- the issuers that were tried ---- */

void hfi_search_note_trial(hfi_search *s, uint32_t issuer, hfi_err code)
{
    hfi_trial trial = {s->path[s->depth - 1], issuer, code};

    for (size_t i = 0; i < s->trial_count; i++) {
        if (s->trials[i].child == trial.child && s->trials[i].issuer == issuer) {
            s->trials[i].code = code;
            return;
        }
    }
    if (s->trial_count < HFI_CANDIDATES_MAX)
        s->trials[s->trial_count++] = trial;
    else
        s->trials_left_out++;
}

static void describe_candidate(const hfi_x509 *cert, hfi_cert_candidate *out)
{
    hfi_text t = hfi_text_into(out->key_id, sizeof out->key_id);

    hfi_x509_name_text(cert->subject, out->subject, sizeof out->subject);
    hfi_x509_serial_text(cert, out->serial, sizeof out->serial);
    hfi_text_add_hex(&t, cert->subject_key_id);
    hfi_text_end(&t);
}

/* Roots are read anew: only that they were tried was kept. */
static void tell_candidate(hfi_search *s, const hfi_trial *trial, hfi_cert_candidate *out)
{
    uint32_t place = trial->issuer & ~(uint32_t)HFI_SEARCH_ANCHOR;

    out->code = trial->code;
    out->child = (int)trial->child;
    out->index = (trial->issuer & HFI_SEARCH_ANCHOR) != 0 ? -1 : (int)place;
    if (out->index >= 0) {
        describe_candidate(&s->pool[place].cert, out);
    } else {
        (void)hfi_x509_parse(hfi_trust_store_at(s->params->store, place), &s->anchor);
        describe_candidate(&s->anchor, out);
    }
}

void hfi_search_complete_cause(hfi_search *s)
{
    hfi_cert_fault *f = s->fault;

    hfi_x509_time_text(s->params->now, f->clock, sizeof f->clock);
    if (f->code == HFI_E_CERT_UNKNOWN_ISSUER && f->index >= 0)
        hfi_x509_issuer_url_text(&s->pool[f->index].cert, f->issuer_url,
                                 sizeof f->issuer_url);
    f->candidate_count = (uint8_t)s->trial_count;
    f->candidates_left_out =
        s->trials_left_out > UINT16_MAX ? UINT16_MAX : (uint16_t)s->trials_left_out;
    for (size_t i = 0; i < s->trial_count; i++)
        tell_candidate(s, &s->trials[i], &f->candidates[i]);
}
