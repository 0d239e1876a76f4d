/* pki/verify_cause.c: what a search tells in the end: one cause, and the path.
 *
 * Of all that went wrong on all paths, one cause is reported.  A broken rule of an
 * issuer whose signature is right tells more than a missing issuer; of two of the same
 * kind the one further up does. */
#include "pki/verify_search.h"

#include "pki/fault.h"
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
