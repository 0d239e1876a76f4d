/* capi/error.c: codes and their texts; the error record, field by field. */
#include "capi/objects.h"
#include "capi/views.h"

/* ---- codes ---- */

static const hfi_err_info *row_of(int code)
{
    return hfi_err_lookup(code < 0 && code != INT32_MIN ? -code : code);
}

const char *hf_code_name(int code)
{
    return code == 1 ? "OK" : row_of(code)->name;
}

const char *hf_code_text(int code)
{
    return code == 1 ? "no error" : row_of(code)->text;
}

const char *hf_code_hint(int code)
{
    return row_of(code)->hint;
}

/* errors.def has the bare section. */
const char *hf_code_rfc(int code)
{
    switch ((int)row_of(code)->code) {
#define X(number, name, alert, rfc, text, hint) \
    case number:                                \
        return sizeof(rfc) > 1 ? "RFC " rfc : "";
#include "base/errors.def"
#undef X
    default:
        return "";
    }
}

int hf_code_at(size_t index)
{
    const hfi_err_info *row = hfi_err_at(index);

    return row != NULL ? (int)row->code : 0;
}

const char *hf_get_error_name(int get_error)
{
    static const char *const names[] = {
        "NONE",
        "SSL",
        "WANT_READ",
        "WANT_WRITE",
        "WANT_X509_LOOKUP",
        "SYSCALL",
        "ZERO_RETURN",
        "WANT_CONNECT",
        "WANT_ACCEPT",
        "WANT_ASYNC",
        "WANT_ASYNC_JOB",
        "WANT_CLIENT_HELLO_CB",
        "WANT_RETRY_VERIFY",
    };

    if (get_error < 0 || (size_t)get_error >= sizeof names / sizeof names[0])
        return "UNKNOWN";
    return names[get_error];
}

const char *hf_alert_name(int alert)
{
    return hfi_alert_name(alert);
}

/* ---- the record ---- */

static const hfi_report no_report = {.alert = HFI_ALERT_NONE};

/* The first failure stays; a note of the last call is shown while there is none. */
const hfi_report *hfi_capi_report(const hf_error *error)
{
    if (error == NULL)
        return &no_report;
    return error->engine != NULL && error->engine->report.code != HFI_OK
               ? &error->engine->report
               : &error->note;
}

/* Text of the record, never NULL. */
static const char *text(const char *field)
{
    return field != NULL ? field : "";
}

const hf_error *hf_conn_get0_error(const hf_conn *conn)
{
    return conn != NULL ? &conn->error : NULL;
}

int hf_conn_error_code(const hf_conn *conn)
{
    return hf_error_code(hf_conn_get0_error(conn));
}

int hf_error_code(const hf_error *error)
{
    return (int)hfi_capi_report(error)->code;
}

const char *hf_error_name(const hf_error *error)
{
    int code = hf_error_code(error);

    return code != 0 ? hf_code_name(code) : "";
}

int hf_error_class(const hf_error *error)
{
    return hfi_capi_class(hfi_capi_report(error)->code);
}

/* Whether error's own texts tell of it. */
static bool is_told(const hf_error *error, const hfi_report *r)
{
    return (error->engine == NULL || r == &error->engine->report) &&
           error->summarized == r->code;
}

const char *hf_error_summary(const hf_error *error)
{
    const hfi_report *r = hfi_capi_report(error);

    if (r->code == HFI_OK)
        return "";
    if (is_told(error, r))
        return error->summary;
    return hfi_view_text(r, hfi_capi_role(error));
}

const char *hf_error_hint(const hf_error *error)
{
    const hfi_report *r = hfi_capi_report(error);

    if (r->code == HFI_OK)
        return "";
    if (is_told(error, r) && error->summary[HFI_SUMMARY_SIZE] != '\0')
        return error->summary + HFI_SUMMARY_SIZE;
    return hfi_view_hint(r, hfi_capi_role(error));
}

/* What errors.def says is of TLS 1.3 where both versions have the rule. */
static const char *rfc_of_tls12(int code)
{
    switch (code) {
    case HFI_E_BAD_RECORD_MAC:
        return "RFC 5246 6.2.3";
    case HFI_E_UNEXPECTED_MESSAGE:
        return "RFC 5246 7.3";
    case HFI_E_DECODE_CERTIFICATE:
        return "RFC 5246 7.4.2";
    case HFI_E_DECODE_CERTIFICATE_REQUEST:
        return "RFC 5246 7.4.4";
    case HFI_E_CLIENT_CERTIFICATE_REQUIRED:
    case HFI_E_CLIENT_CERTIFICATE_REJECTED:
        return "RFC 5246 7.4.6";
    case HFI_E_DECODE_CERTIFICATE_VERIFY:
    case HFI_E_BAD_CERTIFICATE_VERIFY:
        return "RFC 5246 7.4.8";
    case HFI_E_DECODE_FINISHED:
    case HFI_E_BAD_FINISHED:
        return "RFC 5246 7.4.9";
    case HFI_E_DECODE_NEW_SESSION_TICKET:
        return "RFC 5077 3.3";
    default:
        return NULL;
    }
}

const char *hf_error_rfc(const hf_error *error)
{
    int code = hf_error_code(error);
    bool is_tls12 =
        error != NULL && error->engine != NULL && error->engine->agreed.version == 0x0303;
    const char *rfc = is_tls12 ? rfc_of_tls12(code) : NULL;

    return rfc != NULL ? rfc : hf_code_rfc(code);
}

const char *hf_error_detail(const hf_error *error)
{
    return hfi_capi_report(error)->detail;
}

const char *hf_error_step(const hf_error *error)
{
    return text(hfi_capi_report(error)->step);
}

const char *hf_error_message(const hf_error *error)
{
    return text(hfi_capi_report(error)->message);
}

int hf_error_alert(const hf_error *error)
{
    return hfi_capi_report(error)->alert;
}

int hf_error_alert_level(const hf_error *error)
{
    return hfi_capi_report(error)->alert_level;
}

int hf_error_alert_direction(const hf_error *error)
{
    return (int)hfi_capi_report(error)->alert_direction;
}

int hf_error_errno(const hf_error *error)
{
    return hfi_capi_report(error)->transport_errno;
}

uint64_t hf_error_bytes_in(const hf_error *error)
{
    return hfi_capi_report(error)->bytes_in;
}

uint64_t hf_error_bytes_out(const hf_error *error)
{
    return hfi_capi_report(error)->bytes_out;
}

const uint8_t *hf_error_first_bytes(const hf_error *error, size_t *len)
{
    const hfi_report *r = hfi_capi_report(error);

    if (len != NULL)
        *len = r->first_bytes_len;
    return r->first_bytes_len > 0 ? r->first_bytes : NULL;
}

/* ---- the certificate at fault ---- */

static const hfi_cert_fault *fault_of(const hf_error *error)
{
    return hfi_capi_report(error)->fault;
}

int hf_error_certificate_index(const hf_error *error)
{
    return fault_of(error) != NULL ? fault_of(error)->index : -1;
}

const char *hf_error_certificate_subject(const hf_error *error)
{
    return fault_of(error) != NULL ? fault_of(error)->subject : "";
}

const char *hf_error_certificate_issuer(const hf_error *error)
{
    return fault_of(error) != NULL ? fault_of(error)->issuer : "";
}

const char *hf_error_certificate_serial(const hf_error *error)
{
    return fault_of(error) != NULL ? fault_of(error)->serial : "";
}

const char *hf_error_certificate_rule(const hf_error *error)
{
    const hfi_cert_fault *fault = fault_of(error);

    if (fault == NULL)
        return "";
    return fault->rule[0] != '\0' ? fault->rule : hf_error_rfc(error);
}

const char *hf_error_expected(const hf_error *error)
{
    return fault_of(error) != NULL ? fault_of(error)->expected : "";
}

const char *hf_error_presented(const hf_error *error)
{
    return fault_of(error) != NULL ? fault_of(error)->presented : "";
}
