/* capi/error_handshake.c: of the error record, what belongs to a handshake: the role,
 * where the input ended, what both sides said, which issuers were tried. */
#include "capi/objects.h"
#include "capi/registry.h"

const char *hf_error_role(const hf_error *error)
{
    switch (hfi_capi_role(error)) {
    case HFI_ROLE_CLIENT:
        return "client";
    case HFI_ROLE_SERVER:
        return "server";
    default:
        return "";
    }
}

/* Before it begins there is what was set; a connection without a role is a client's. */
hfi_role hfi_capi_role(const hf_error *error)
{
    if (error == NULL || error->engine == NULL)
        return HFI_ROLE_NONE;
    const hf_conn *conn = error->engine->owner;
    hfi_role role = error->engine->role;

    if (role == HFI_ROLE_NONE && conn != NULL)
        role = conn->role;
    return role == HFI_ROLE_NONE ? HFI_ROLE_CLIENT : role;
}

int hf_error_end_of_input(const hf_error *error)
{
    switch ((int)hfi_capi_report(error)->code) {
    case HFI_E_EOF_BEFORE_HELLO:
        return HF_END_BEFORE;
    case HFI_E_EOF_IN_RECORD:
    case HFI_E_EOF_IN_MESSAGE:
        return HF_END_INSIDE;
    case HFI_E_EOF_IN_HANDSHAKE:
        return HF_END_BETWEEN;
    case HFI_E_EOF_WITHOUT_CLOSE_NOTIFY:
        return HF_END_AFTER;
    default:
        return HF_END_NONE;
    }
}

/* ---- what both sides said ---- */

static const hfi_said_list *list_of(const hfi_said *said, int what)
{
    switch (what) {
    case HF_NEGOTIATION_VERSION:
        return &said->versions;
    case HF_NEGOTIATION_CIPHER_SUITE:
        return &said->suites;
    case HF_NEGOTIATION_GROUP:
        return &said->groups;
    case HF_NEGOTIATION_SIGNATURE_ALGORITHM:
        return &said->schemes;
    default:
        return NULL;
    }
}

static const char *name_of(const hfi_conn *engine, int what, uint16_t number)
{
    const hfi_crypto *crypto = engine->settings->crypto;
    const char *name = what == HF_NEGOTIATION_VERSION ? hfi_registry_version(number)
                       : what == HF_NEGOTIATION_CIPHER_SUITE
                           ? hfi_registry_suite(crypto, number)
                       : what == HF_NEGOTIATION_GROUP ? hfi_registry_group(crypto, number)
                                                      : hfi_registry_scheme(number);

    return name != NULL ? name : "";
}

/* The index-th name; NULL past the last. */
static const char *protocol_at(const hfi_said *said, size_t index)
{
    size_t at = 0;

    while (at < said->alpn_len && index-- > 0)
        at += strlen(said->alpn + at) + 1;
    return at < said->alpn_len ? said->alpn + at : NULL;
}

int hf_error_negotiation(const hf_error *error, int side, int what, size_t index,
                         int *number, const char **name)
{
    const hfi_negotiation *n = hfi_capi_report(error)->negotiation;

    if (n == NULL || (side != HF_NEGOTIATION_OFFERED && side != HF_NEGOTIATION_PEER))
        return 0;
    const hfi_said *said = side == HF_NEGOTIATION_OFFERED ? &n->own : &n->peer;
    const hfi_said_list *list = list_of(said, what);
    const char *text = what == HF_NEGOTIATION_PROTOCOL ? protocol_at(said, index) : NULL;
    if (list == NULL ? text == NULL : index >= list->count)
        return 0;
    if (list != NULL)
        text = name_of(error->engine, what, list->items[index]);
    if (number != NULL)
        *number = list != NULL ? list->items[index] : 0;
    if (name != NULL)
        *name = text;
    return 1;
}

/* ---- the certificate at fault ---- */

int hf_error_candidate(const hf_error *error, size_t index, int *code, int *child,
                       int *place, const char **subject, const char **serial,
                       const char **key_id)
{
    const hfi_cert_fault *fault = hfi_capi_report(error)->fault;

    if (fault == NULL || index >= fault->candidate_count)
        return 0;
    const hfi_cert_candidate *c = &fault->candidates[index];
    if (code != NULL)
        *code = (int)c->code;
    if (child != NULL)
        *child = c->child;
    if (place != NULL)
        *place = c->index;
    if (subject != NULL)
        *subject = c->subject;
    if (serial != NULL)
        *serial = c->serial;
    if (key_id != NULL)
        *key_id = c->key_id;
    return 1;
}

const char *hf_error_certificate_not_before(const hf_error *error)
{
    const hfi_cert_fault *fault = hfi_capi_report(error)->fault;

    return fault != NULL ? fault->not_before : "";
}

const char *hf_error_certificate_not_after(const hf_error *error)
{
    const hfi_cert_fault *fault = hfi_capi_report(error)->fault;

    return fault != NULL ? fault->not_after : "";
}

const char *hf_error_certificate_clock(const hf_error *error)
{
    const hfi_cert_fault *fault = hfi_capi_report(error)->fault;

    return fault != NULL ? fault->clock : "";
}

const char *hf_error_certificate_issuer_url(const hf_error *error)
{
    const hfi_cert_fault *fault = hfi_capi_report(error)->fault;

    return fault != NULL ? fault->issuer_url : "";
}
