/* capi/error_handshake.c: of the error record, what belongs to a handshake: the role,
 * where the input ended, what both sides said, which issuers were tried. */
#include "capi/objects.h"
#include "handshake/registered.h"

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
    case HF_NEGOTIATION_SIGNATURE_ALGORITHM_CERT:
        return &said->cert_schemes;
    case HF_NEGOTIATION_KEY_SHARE:
        return &said->shares;
    case HF_NEGOTIATION_PSK_MODE:
        return &said->psk_modes;
    default:
        return NULL;
    }
}

static const char *name_of(const hfi_conn *engine, int what, uint16_t number)
{
    const hfi_crypto *crypto = engine->settings->crypto;

    switch (what) {
    case HF_NEGOTIATION_VERSION:
        return hfi_registry_version(number);
    case HF_NEGOTIATION_CIPHER_SUITE:
        return hfi_registry_suite(crypto, number);
    case HF_NEGOTIATION_GROUP:
    case HF_NEGOTIATION_KEY_SHARE:
    case HF_NEGOTIATION_RETRY_GROUP:
        return hfi_registry_group(crypto, number);
    case HF_NEGOTIATION_SIGNATURE_ALGORITHM:
    case HF_NEGOTIATION_SIGNATURE_ALGORITHM_CERT:
        return hfi_registry_scheme(number);
    case HF_NEGOTIATION_PSK_MODE:
        return hfi_registry_psk_mode(number);
    case HF_NEGOTIATION_CERTIFICATE_TYPE:
        return hfi_registry_certificate_type(number);
    default:
        return NULL;
    }
}

/* The index-th name; NULL past the last. */
static const char *protocol_at(const hfi_said *said, size_t index)
{
    size_t at = 0;

    while (at < said->alpn_len && index-- > 0)
        at += strlen(said->alpn + at) + 1;
    return at < said->alpn_len ? said->alpn + at : NULL;
}

/* What has a name alone. */
static const char *text_at(const hfi_negotiation *n, const hfi_said *said, int what,
                           size_t index)
{
    switch (what) {
    case HF_NEGOTIATION_PROTOCOL:
        return protocol_at(said, index);
    case HF_NEGOTIATION_SERVER_NAME:
        return index == 0 && said->server_name[0] != '\0' ? said->server_name : NULL;
    case HF_NEGOTIATION_AUTHORITY:
        return said == &n->peer ? hfi_demand_name(n->authorities, index) : NULL;
    default:
        return NULL;
    }
}

/* What is one number, or not there; -1: it is not. */
static int single_of(const hfi_said *said, int what)
{
    int number = what == HF_NEGOTIATION_RETRY_GROUP  ? said->retry_group
                 : what == HF_NEGOTIATION_PSK        ? said->identities
                 : what == HF_NEGOTIATION_EARLY_DATA ? said->early_data
                                                     : 0;

    return number != 0 ? number : -1;
}

static int number_at(const hfi_said *said, int what, size_t index)
{
    const hfi_said_list *list = list_of(said, what);

    if (list != NULL)
        return index < list->count ? list->items[index] : -1;
    return index == 0 ? single_of(said, what) : -1;
}

static int request_at(const hfi_demand *d, int what, size_t index)
{
    switch (what) {
    case HF_NEGOTIATION_SIGNATURE_ALGORITHM:
        return index < d->scheme_count ? d->schemes[index] : -1;
    case HF_NEGOTIATION_SIGNATURE_ALGORITHM_CERT:
        return index < d->cert_scheme_count ? d->cert_schemes[index] : -1;
    case HF_NEGOTIATION_CERTIFICATE_TYPE:
        return index < d->type_count ? d->types[index] : -1;
    case HF_NEGOTIATION_AUTHORITIES_LEFT_OUT:
        return index == 0 && d->names_left_out != 0 ? d->names_left_out : -1;
    case HF_NEGOTIATION_OID_FILTERS:
        return index == 0 && d->filters != 0 ? d->filters : -1;
    default:
        return -1;
    }
}

/* Fills in an entry: a name alone, or a number, which may have a name. */
static int tell_entry(const hf_error *error, int what, const char *text, int found,
                      int *number, const char **name)
{
    if (text == NULL && found < 0)
        return 0;
    if (text == NULL)
        text = name_of(error->engine, what, (uint16_t)found);
    if (number != NULL)
        *number = found >= 0 ? found : 0;
    if (name != NULL)
        *name = text != NULL ? text : "";
    return 1;
}

/* Of the connection, whatever became of it. */
const hfi_demand *hfi_capi_demand(const hf_error *error)
{
    return error != NULL && error->engine != NULL ? error->engine->report.demand : NULL;
}

int hf_error_negotiation(const hf_error *error, int side, int what, size_t index,
                         int *number, const char **name)
{
    const hfi_demand *d = hfi_capi_demand(error);
    const hfi_negotiation *n = hfi_capi_report(error)->negotiation;

    if (side == HF_NEGOTIATION_CERTIFICATE_REQUEST && d != NULL)
        return tell_entry(error, what,
                          what == HF_NEGOTIATION_AUTHORITY ? hfi_demand_name(d, index)
                                                           : NULL,
                          request_at(d, what, index), number, name);
    if (n == NULL || (side != HF_NEGOTIATION_OFFERED && side != HF_NEGOTIATION_PEER))
        return 0;
    const hfi_said *said = side == HF_NEGOTIATION_OFFERED ? &n->own : &n->peer;
    return tell_entry(error, what, text_at(n, said, what, index),
                      number_at(said, what, index), number, name);
}

int hf_error_negotiation_incomplete(const hf_error *error, int side)
{
    const hfi_demand *d = hfi_capi_demand(error);
    const hfi_negotiation *n = hfi_capi_report(error)->negotiation;

    switch (side) {
    case HF_NEGOTIATION_OFFERED:
        return n != NULL && n->own.incomplete;
    case HF_NEGOTIATION_PEER:
        return n != NULL && n->peer.incomplete;
    case HF_NEGOTIATION_CERTIFICATE_REQUEST:
        return d != NULL && d->incomplete;
    default:
        return 0;
    }
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
