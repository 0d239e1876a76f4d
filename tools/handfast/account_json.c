/* tools/handfast/account_json.c: the account of a handshake as one JSON document, RFC
 * 8259; docs/command-line.md describes it.  What the library tells as JSON is taken as
 * it is, so that the same record has one form everywhere. */
#include "account.h"
#include "json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_ms(FILE *out, const char *before, const char *key, int64_t microseconds)
{
    cli_json_key(out, before, key);
    fprintf(out, "%" PRId64 ".%03d", microseconds / 1000, (int)(microseconds % 1000));
}

/* ---- what the library writes ---- */

static void put_timeline(FILE *out, const hf_conn *conn)
{
    size_t size = hf_trace_json(conn, NULL, 0) + 1;
    char *text = malloc(size);

    if (text != NULL && hf_trace_json(conn, text, size) < size)
        fputs(text, out);
    else
        fputs("[]", out);
    free(text);
}

/* ---- agreed and chain ---- */

static void put_alpn(FILE *out, const hf_conn *conn)
{
    size_t len = 0;
    const uint8_t *name = hf_conn_get0_alpn(conn, &len);
    char text[256];

    if (name == NULL || len >= sizeof text) {
        cli_json_text(out, ", ", "alpn", NULL);
        return;
    }
    memcpy(text, name, len);
    text[len] = '\0';
    cli_json_text(out, ", ", "alpn", text);
}

/* ---- what the server demands of our certificate, as the library's record has it ---- */

enum { REQUEST = HF_NEGOTIATION_CERTIFICATE_REQUEST };

static void put_demands(FILE *out, const char *before, const char *key,
                        const hf_error *error, int what)
{
    const char *name;
    int number;

    cli_json_key(out, before, key);
    fputc('[', out);
    for (size_t i = 0; hf_error_negotiation(error, REQUEST, what, i, &number, &name) == 1;
         i++) {
        const char *comma = i > 0 ? ", " : "";
        if (what == HF_NEGOTIATION_AUTHORITY) {
            fputs(comma, out);
            cli_json_string(out, name);
            continue;
        }
        fprintf(out, "%s{\"number\": %d", comma, number);
        cli_json_text(out, ", ", "name", name[0] != '\0' ? name : NULL);
        fputc('}', out);
    }
    fputc(']', out);
}

static void put_count(FILE *out, const char *key, const hf_error *error, int what)
{
    int count = 0;

    (void)hf_error_negotiation(error, REQUEST, what, 0, &count, NULL);
    cli_json_key(out, ", ", key);
    fprintf(out, "%d", count);
}

static void put_answer(FILE *out, const hf_conn *conn)
{
    static const char *const names[] = {NULL,        "shown", "not_set",
                                        "algorithm", "type",  "authority"};
    int answer = hf_conn_certificate_answer(conn);
    int index = hf_conn_certificate_index(conn);

    cli_json_text(out, ",\n    ", "answer", names[answer]);
    cli_json_text(out, ", ", "answer_text",
                  answer != HF_ANSWER_NONE ? hf_certificate_answer_text(answer) : NULL);
    cli_json_key(out, ", ", "certificate_index");
    if (index >= 0)
        fprintf(out, "%d}", index);
    else
        fputs("null}", out);
}

static void put_request(FILE *out, const hf_conn *conn)
{
    const hf_error *error = hf_conn_get0_error(conn);

    cli_json_key(out, ",\n    ", "certificate_request");
    if (hf_conn_certificate_requested(conn) != 1) {
        fputs("null", out);
        return;
    }
    put_demands(out, "{", "signature_algorithms", error,
                HF_NEGOTIATION_SIGNATURE_ALGORITHM);
    put_demands(out, ",\n    ", "signature_algorithms_cert", error,
                HF_NEGOTIATION_SIGNATURE_ALGORITHM_CERT);
    put_demands(out, ",\n    ", "certificate_types", error,
                HF_NEGOTIATION_CERTIFICATE_TYPE);
    put_demands(out, ",\n    ", "certificate_authorities", error,
                HF_NEGOTIATION_AUTHORITY);
    put_count(out, "certificate_authorities_left_out", error,
              HF_NEGOTIATION_AUTHORITIES_LEFT_OUT);
    put_count(out, "oid_filters", error, HF_NEGOTIATION_OID_FILTERS);
    cli_json_bool(out, ", ", "incomplete",
                  hf_error_negotiation_incomplete(error, REQUEST) == 1);
    put_answer(out, conn);
}

/* NULL: none was to be sent. */
static const char *early_status(const struct cli_attempt *a)
{
    if (a->early.bytes == NULL)
        return NULL;
    if (a->early.why != NULL)
        return "not_sent";
    return a->early.rejected ? "rejected" : "accepted";
}

static void put_agreed(FILE *out, const struct cli_attempt *a)
{
    const hf_conn *conn = a->conn;
    bool reused = hf_conn_session_reused(conn) == 1;
    int verified = hf_conn_verify_result(conn);

    cli_json_text(out, "{", "version", hf_conn_version_name(conn));
    cli_json_text(out, ", ", "cipher_suite", hf_conn_cipher_suite_name(conn));
    cli_json_text(out, ", ", "group",
                  hf_conn_group(conn) != 0 ? hf_conn_group_name(conn) : NULL);
    cli_json_text(out, ", ", "signature_algorithm",
                  reused || hf_conn_psk_used(conn) == 1
                      ? NULL
                      : hf_conn_signature_algorithm_name(conn));
    put_alpn(out, conn);
    cli_json_bool(out, ",\n    ", "session_reused", reused);
    cli_json_bool(out, ", ", "hello_retried", hf_conn_hello_retried(conn) == 1);
    cli_json_bool(out, ", ", "certificate_requested",
                  hf_conn_certificate_requested(conn) == 1);
    put_request(out, conn);
    cli_json_bool(out, ",\n    ", "psk_used", hf_conn_psk_used(conn) == 1);
    cli_json_text(out, ",\n    ", "early_data", early_status(a));
    fprintf(out, ", \"early_data_bytes\": %zu",
            a->early.rejected ? (size_t)0 : a->early.sent);
    cli_json_bool(out, ",\n    ", "verified", verified == 0);
    cli_json_text(out, ", ", "verify_result",
                  verified == 0 ? NULL : hf_code_name(verified));
    fputc('}', out);
}

static void put_certificate(FILE *out, const hf_conn *conn, size_t index)
{
    size_t len = 0;
    const uint8_t *der = hf_conn_get0_peer_der(conn, index, &len);

    fprintf(out, "%s\n    {\"index\": %zu", index > 0 ? "," : "", index);
    cli_json_certificate(out, der, len);
    fputc('}', out);
}

static void put_chain(FILE *out, const hf_conn *conn)
{
    size_t count = hf_conn_peer_certificate_count(conn);

    fputc('[', out);
    for (size_t i = 0; i < count; i++)
        put_certificate(out, conn, i);
    fputc(']', out);
}

/* ---- the document ---- */

/* Failures before TLS began have the same first fields as the library's record. */
static void put_error(FILE *out, const struct cli_attempt *a)
{
    if (a->code == CLI_OK) {
        fputs("null", out);
    } else if (a->conn != NULL && a->fault[0] == '\0') {
        cli_json_error(out, hf_conn_get0_error(a->conn));
    } else {
        cli_json_text(out, "{", "name", cli_attempt_failure(a));
        cli_json_text(out, ", ", "summary", cli_attempt_summary(a));
        cli_json_text(out, ", ", "hint", cli_attempt_hint(a));
        fprintf(out, ", \"errno\": %d}", a->dial.error_number);
    }
}

static void put_attempt(FILE *out, const struct cli_attempt *a)
{
    cli_json_text(out, ",\n  ", "address",
                  a->dial.address[0] != '\0' ? a->dial.address : NULL);
    put_ms(out, ",\n  ", "connect_ms", a->dial_us);
    put_ms(out, ",\n  ", "upgrade_ms", a->way_us);
    put_ms(out, ",\n  ", "handshake_ms", a->handshake_us);
    cli_json_key(out, ",\n  ", "agreed");
    if (a->established)
        put_agreed(out, a);
    else
        fputs("null", out);
    cli_json_key(out, ",\n  ", "chain");
    if (a->conn != NULL)
        put_chain(out, a->conn);
    else
        fputs("[]", out);
    cli_json_key(out, ",\n  ", "timeline");
    if (a->conn != NULL)
        put_timeline(out, a->conn);
    else
        fputs("[]", out);
    cli_json_key(out, ",\n  ", "error");
    put_error(out, a);
}

static void put_way(FILE *out, const struct cli_options *o)
{
    char proxy[300];

    cli_proxy_format(&o->proxy, proxy, sizeof proxy);
    cli_json_text(out, ",\n  ", "proxy", o->has_proxy ? proxy : NULL);
    cli_json_text(out, ",\n  ", "starttls",
                  o->starttls != NULL ? o->starttls->name : NULL);
}

void cli_account_json(FILE *out, const struct cli_outcome *outcome)
{
    const struct cli_options *o = outcome->options;

    cli_json_text(out, "{\n  ", "result", cli_exit_name(outcome->code));
    fprintf(out, ",\n  \"exit_code\": %d", (int)outcome->code);
    cli_json_text(out, ",\n  ", "host", o->target.host);
    fprintf(out, ",\n  \"port\": %s", o->target.port);
    cli_json_text(out, ",\n  ", "server_name",
                  o->server_name != NULL ? o->server_name : o->target.host);
    put_way(out, o);
    put_attempt(out, &outcome->first);
    cli_json_key(out, ",\n  ", "second");
    if (outcome->second_tried) {
        cli_json_text(out, "{", "result", cli_exit_name(outcome->second.code));
        put_attempt(out, &outcome->second);
        fputc('}', out);
    } else {
        fputs("null", out);
    }
    fputs("\n}\n", out);
}
