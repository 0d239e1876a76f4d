/* capi/demand_json.c: what a server demands of our certificate, and what was answered, as
 * a JSON object; docs/error-json.md, docs/connection-json.md. */
#include "capi/json.h"
#include "capi/objects.h"

void hfi_json_said(hfi_json *j, const hf_error *error, int side, int what)
{
    bool is_text = what == HF_NEGOTIATION_PROTOCOL ||
                   what == HF_NEGOTIATION_SERVER_NAME || what == HF_NEGOTIATION_AUTHORITY;
    const char *name;
    int number;

    for (size_t i = 0; hf_error_negotiation(error, side, what, i, &number, &name) == 1;
         i++) {
        if (is_text) {
            hfi_json_text(j, NULL, name);
            continue;
        }
        hfi_json_open(j, NULL, '{');
        hfi_json_number(j, "number", number);
        hfi_json_text(j, "name", name[0] != '\0' ? name : NULL);
        hfi_json_close(j, '}');
    }
}

static const char *answer_name(int answer)
{
    static const char *const names[] = {NULL,        "shown", "not_set",
                                        "algorithm", "type",  "authority"};

    return names[answer];
}

static void write_answer(hfi_json *j, const hf_conn *conn)
{
    int answer = hf_conn_certificate_answer(conn);
    int index = hf_conn_certificate_index(conn);

    hfi_json_text(j, "answer", answer_name(answer));
    hfi_json_text(j, "answer_text",
                  answer != HF_ANSWER_NONE ? hf_certificate_answer_text(answer) : NULL);
    if (index >= 0)
        hfi_json_number(j, "certificate_index", index);
    else
        hfi_json_null(j, "certificate_index");
}

void hfi_json_certificate_request(hfi_json *j, const hf_error *error)
{
    static const struct {
        const char *member;
        int what;
    } lists[] = {
        {"signature_algorithms", HF_NEGOTIATION_SIGNATURE_ALGORITHM},
        {"signature_algorithms_cert", HF_NEGOTIATION_SIGNATURE_ALGORITHM_CERT},
        {"certificate_types", HF_NEGOTIATION_CERTIFICATE_TYPE},
        {"certificate_authorities", HF_NEGOTIATION_AUTHORITY},
    };
    const hfi_demand *d = hfi_capi_demand(error);

    if (d == NULL) {
        hfi_json_null(j, "certificate_request");
        return;
    }
    hfi_json_open(j, "certificate_request", '{');
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        hfi_json_open(j, lists[i].member, '[');
        hfi_json_said(j, error, HF_NEGOTIATION_CERTIFICATE_REQUEST, lists[i].what);
        hfi_json_close(j, ']');
    }
    hfi_json_number(j, "certificate_authorities_left_out", d->names_left_out);
    hfi_json_number(j, "oid_filters", d->filters);
    hfi_json_bool(j, "incomplete", d->incomplete);
    write_answer(j, error->engine->owner);
    hfi_json_close(j, '}');
}
