/* capi/error_json.c: the error record as a JSON object; docs/error-json.md. */
#include "capi/json.h"
#include "capi/objects.h"

static const char *direction_name(int direction)
{
    return direction == HF_DIRECTION_SENT       ? "sent"
           : direction == HF_DIRECTION_RECEIVED ? "received"
                                                : NULL;
}

/* Empty text is null: there is nothing to tell. */
static void optional_text(hfi_json *j, const char *name, const char *text)
{
    hfi_json_text(j, name, text[0] != '\0' ? text : NULL);
}

static void write_alert(hfi_json *j, const hf_error *error)
{
    int alert = hf_error_alert(error);
    int level = hf_error_alert_level(error);

    if (alert < 0) {
        hfi_json_null(j, "alert");
        return;
    }
    hfi_json_open(j, "alert", '{');
    hfi_json_number(j, "number", alert);
    hfi_json_text(j, "name", hf_alert_name(alert));
    hfi_json_text(j, "level", level == 1 ? "warning" : level == 2 ? "fatal" : NULL);
    hfi_json_text(j, "direction", direction_name(hf_error_alert_direction(error)));
    hfi_json_close(j, '}');
}

/* Of a candidate the code says what the whole chain is told for otherwise. */
static const char *reason_of(int code)
{
    if (code == HF_E_CERT_UNKNOWN_ISSUER)
        return "it is the issuer, but no trusted root stands above it";
    return code == HF_E_CERT_BAD_SIGNATURE ? "its key did not make the signature"
                                           : hf_code_text(code);
}

static void write_candidates(hfi_json *j, const hf_error *error)
{
    const char *subject, *serial, *key_id;
    int code, child, place;

    hfi_json_open(j, "candidates", '[');
    for (size_t i = 0; hf_error_candidate(error, i, &code, &child, &place, &subject,
                                          &serial, &key_id) == 1;
         i++) {
        hfi_json_open(j, NULL, '{');
        hfi_json_text(j, "from", place >= 0 ? "chain" : "trust store");
        if (place >= 0)
            hfi_json_number(j, "index", place);
        else
            hfi_json_null(j, "index");
        hfi_json_number(j, "for", child);
        optional_text(j, "subject", subject);
        optional_text(j, "serial", serial);
        optional_text(j, "key_id", key_id);
        hfi_json_number(j, "code", code);
        hfi_json_text(j, "name", hf_code_name(code));
        hfi_json_text(j, "text", reason_of(code));
        hfi_json_close(j, '}');
    }
    hfi_json_close(j, ']');
    hfi_json_number(j, "candidates_left_out",
                    hfi_capi_report(error)->fault->candidates_left_out);
}

static void write_certificate(hfi_json *j, const hf_error *error)
{
    int index = hf_error_certificate_index(error);

    if (hfi_capi_report(error)->fault == NULL) {
        hfi_json_null(j, "certificate");
        return;
    }
    hfi_json_open(j, "certificate", '{');
    if (index >= 0)
        hfi_json_number(j, "index", index);
    else
        hfi_json_null(j, "index");
    optional_text(j, "subject", hf_error_certificate_subject(error));
    optional_text(j, "issuer", hf_error_certificate_issuer(error));
    optional_text(j, "serial", hf_error_certificate_serial(error));
    optional_text(j, "rule", hf_error_certificate_rule(error));
    optional_text(j, "expected", hf_error_expected(error));
    optional_text(j, "presented", hf_error_presented(error));
    optional_text(j, "not_before", hf_error_certificate_not_before(error));
    optional_text(j, "not_after", hf_error_certificate_not_after(error));
    optional_text(j, "clock", hf_error_certificate_clock(error));
    optional_text(j, "issuer_url", hf_error_certificate_issuer_url(error));
    write_candidates(j, error);
    hfi_json_close(j, '}');
}

static void write_transport(hfi_json *j, const hf_error *error)
{
    static const char *const ends[] = {NULL, "before", "inside", "between", "after"};
    char reason[128];
    int number = hf_error_errno(error);

    hfi_json_open(j, "transport", '{');
    hfi_json_number(j, "errno", number);
    if (number == 0 || strerror_r(number, reason, sizeof reason) != 0)
        hfi_json_null(j, "errno_text");
    else
        hfi_json_text(j, "errno_text", reason);
    hfi_json_number(j, "bytes_in", (int64_t)hf_error_bytes_in(error));
    hfi_json_number(j, "bytes_out", (int64_t)hf_error_bytes_out(error));
    hfi_json_text(j, "end_of_input", ends[hf_error_end_of_input(error)]);
    hfi_json_close(j, '}');
}

static void write_first_bytes(hfi_json *j, const hf_error *error)
{
    size_t len;
    const uint8_t *bytes = hf_error_first_bytes(error, &len);

    if (len == 0) {
        hfi_json_null(j, "first_bytes");
        return;
    }
    hfi_json_open(j, "first_bytes", '{');
    hfi_json_hex(j, "hex", bytes, len);
    hfi_json_bytes_as_text(j, "text", bytes, len);
    hfi_json_close(j, '}');
}

/* ---- the negotiation ---- */

static void write_said_list(hfi_json *j, const char *member, const hf_error *error,
                            int side, int what)
{
    hfi_json_open(j, member, '[');
    hfi_json_said(j, error, side, what);
    hfi_json_close(j, ']');
}

/* What there is one of at most. */
static void write_said_text(hfi_json *j, const char *member, const hf_error *error,
                            int side, int what)
{
    const char *name = NULL;

    (void)hf_error_negotiation(error, side, what, 0, NULL, &name);
    hfi_json_text(j, member, name);
}

static void write_retry_group(hfi_json *j, const hf_error *error, int side)
{
    const char *name;
    int number;

    if (hf_error_negotiation(error, side, HF_NEGOTIATION_RETRY_GROUP, 0, &number,
                             &name) == 0) {
        hfi_json_null(j, "hello_retry_group");
        return;
    }
    hfi_json_open(j, "hello_retry_group", '{');
    hfi_json_number(j, "number", number);
    optional_text(j, "name", name);
    hfi_json_close(j, '}');
}

static void write_psk(hfi_json *j, const hf_error *error, int side)
{
    int count = 0;

    write_said_list(j, "psk_modes", error, side, HF_NEGOTIATION_PSK_MODE);
    (void)hf_error_negotiation(error, side, HF_NEGOTIATION_PSK, 0, &count, NULL);
    hfi_json_number(j, "psk_identities", count);
    hfi_json_bool(
        j, "early_data",
        hf_error_negotiation(error, side, HF_NEGOTIATION_EARLY_DATA, 0, NULL, NULL) == 1);
}

static void write_said(hfi_json *j, const char *member, const hf_error *error, int side)
{
    hfi_json_open(j, member, '{');
    write_said_list(j, "versions", error, side, HF_NEGOTIATION_VERSION);
    write_said_list(j, "cipher_suites", error, side, HF_NEGOTIATION_CIPHER_SUITE);
    write_said_list(j, "groups", error, side, HF_NEGOTIATION_GROUP);
    write_said_list(j, "key_shares", error, side, HF_NEGOTIATION_KEY_SHARE);
    write_retry_group(j, error, side);
    write_said_list(j, "signature_algorithms", error, side,
                    HF_NEGOTIATION_SIGNATURE_ALGORITHM);
    write_said_list(j, "signature_algorithms_cert", error, side,
                    HF_NEGOTIATION_SIGNATURE_ALGORITHM_CERT);
    write_said_list(j, "alpn", error, side, HF_NEGOTIATION_PROTOCOL);
    write_said_text(j, "server_name", error, side, HF_NEGOTIATION_SERVER_NAME);
    write_said_list(j, "certificate_authorities", error, side, HF_NEGOTIATION_AUTHORITY);
    write_psk(j, error, side);
    hfi_json_bool(j, "incomplete", hf_error_negotiation_incomplete(error, side) == 1);
    hfi_json_close(j, '}');
}

static void write_negotiation(hfi_json *j, const hf_error *error)
{
    if (hfi_capi_report(error)->negotiation == NULL) {
        hfi_json_null(j, "negotiation");
        return;
    }
    hfi_json_open(j, "negotiation", '{');
    write_said(j, "offered", error, HF_NEGOTIATION_OFFERED);
    write_said(j, "peer", error, HF_NEGOTIATION_PEER);
    hfi_json_close(j, '}');
}

/* ---- the whole ---- */

static const char *agreed_version(const hf_error *error)
{
    return error != NULL && error->engine != NULL
               ? hfi_version_name(error->engine->agreed.version)
               : NULL;
}

static void write_record(hfi_json *j, const hf_error *error)
{
    hfi_json_text(j, "schema", "error-1");
    hfi_json_number(j, "code", hf_error_code(error));
    hfi_json_text(j, "name", hf_error_code(error) != 0 ? hf_error_name(error) : "OK");
    hfi_json_text(j, "class", hf_get_error_name(hf_error_class(error)));
    optional_text(j, "summary", hf_error_summary(error));
    optional_text(j, "hint", hf_error_hint(error));
    optional_text(j, "detail", hf_error_detail(error));
    optional_text(j, "rfc", hf_error_rfc(error));
    optional_text(j, "role", hf_error_role(error));
    hfi_json_text(j, "version", agreed_version(error));
    hfi_json_text(j, "library", hf_version_text());
    optional_text(j, "step", hf_error_step(error));
    optional_text(j, "message", hf_error_message(error));
    write_alert(j, error);
    write_certificate(j, error);
    write_negotiation(j, error);
    hfi_json_certificate_request(j, error);
    write_transport(j, error);
    write_first_bytes(j, error);
}

size_t hf_error_json(const hf_error *error, char *buffer, size_t size)
{
    hfi_json j = hfi_json_of(buffer, size);

    hfi_json_open(&j, NULL, '{');
    write_record(&j, error);
    hfi_json_close(&j, '}');
    return hfi_json_finish(&j);
}
