/* capi/hint_demand.c: what to do about a certificate of ours that a server wants or does
 * not take, by what its CertificateRequest says: whose certificates it accepts, and of
 * which keys (RFC 8446 4.2.3, 4.2.4; RFC 5246 7.4.4).  Where it says nothing, the texts
 * of views.c will do. */
#include "capi/hint.h"

#include "capi/sentence.h"

enum { NAME_MAX_LEN = 100 }; /* a hint is one sentence; the record has the name in full */

/* The first authority; NULL: it named none, or nothing that a sentence can hold. */
static const char *authority_of(const hfi_demand *d)
{
    const char *name = hfi_demand_name(d, 0);

    return name != NULL && strchr(name, '=') != NULL && strlen(name) <= NAME_MAX_LEN
               ? name
               : NULL;
}

static bool has_others(const hfi_demand *d)
{
    return d->name_count > 1 || d->names_left_out != 0;
}

static void tell_issuer(hfi_sentence *s, const hfi_demand *d)
{
    hfi_sentence_add(s, "issued by '%s'%s", authority_of(d),
                     has_others(d) ? " or by another authority that this record names"
                                   : "");
}

static void tell_algorithms(hfi_sentence *s, const hfi_demand *d)
{
    hfi_said_list list = {.count = d->scheme_count};

    memcpy(list.items, d->schemes, d->scheme_count * sizeof d->schemes[0]);
    hfi_sentence_add_list(s, &list, hfi_name_scheme, NULL);
}

/* ---- none was shown ---- */

static const char *demand_text(const hfi_report *r)
{
    return r->code == HFI_E_NO_FITTING_CERTIFICATE
               ? "the server asks for a certificate of an authority or kind that ours is "
                 "not"
               : "the server lets in only clients with a certificate";
}

static bool tell_none_shown(hfi_sentence *s, const hfi_report *r)
{
    const hfi_demand *d = r->demand;

    if (r->answer == HFI_ANSWER_NO_SCHEME && d->scheme_count != 0) {
        hfi_sentence_add(s, "%s: configure one whose key signs with ", demand_text(r));
        tell_algorithms(s, d);
        return true;
    }
    if (r->answer == HFI_ANSWER_NO_TYPE || authority_of(d) == NULL)
        return false;
    hfi_sentence_add(s, "%s: configure one and its key here, ", demand_text(r));
    tell_issuer(s, d);
    return true;
}

/* ---- ours was shown ---- */

static bool tell_rejected(hfi_sentence *s, const hfi_report *r)
{
    if (r->alert != HFI_ALERT_UNKNOWN_CA || authority_of(r->demand) == NULL)
        return false;
    hfi_sentence_add(s,
                     "the server does not trust the authority (CA) of our certificate: "
                     "show one ");
    tell_issuer(s, r->demand);
    hfi_sentence_add(s, ", with the intermediates; or its operator must add our CA");
    return true;
}

bool hfi_hint_of_demand(const hfi_report *r, char *out, size_t size)
{
    hfi_sentence s = hfi_sentence_into(out, size);

    if (r->demand == NULL)
        return false;
    if (r->code == HFI_E_CLIENT_CERTIFICATE_REQUIRED ||
        r->code == HFI_E_NO_FITTING_CERTIFICATE)
        return tell_none_shown(&s, r);
    return r->code == HFI_E_CLIENT_CERTIFICATE_REJECTED && tell_rejected(&s, r);
}
