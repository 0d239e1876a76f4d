/* tools/handfast/account_json.c: the account of a handshake as one JSON document, RFC
 * 8259; docs/command-line.md describes it.  What the library tells as JSON is taken as
 * it is, so that the same record has one form everywhere. */
#include "account.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Text comes from arguments, the system and certificates: bytes that are not UTF-8 in
 * an argument become the replacement character one by one. */
static size_t utf8_length(const unsigned char *s)
{
    size_t n = s[0] < 0x80                   ? 1
               : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
               : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
               : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                             : 0;

    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *s = (const unsigned char *)text; *s != '\0';) {
        size_t n = utf8_length(s);

        if (n == 0)
            fputs("\\ufffd", out);
        else if (*s == '"' || *s == '\\')
            fprintf(out, "\\%c", *s);
        else if (*s < 0x20 || *s == 0x7f)
            fprintf(out, "\\u%04x", *s);
        else
            fwrite(s, 1, n, out);
        s += n == 0 ? 1 : n;
    }
    fputc('"', out);
}

/* The separator goes before: every caller knows whether it is the first. */
static void put_key(FILE *out, const char *before, const char *key)
{
    fprintf(out, "%s\"%s\": ", before, key);
}

static void put_text(FILE *out, const char *before, const char *key, const char *value)
{
    put_key(out, before, key);
    if (value == NULL)
        fputs("null", out);
    else
        put_string(out, value);
}

static void put_bool(FILE *out, const char *before, const char *key, bool value)
{
    put_key(out, before, key);
    fputs(value ? "true" : "false", out);
}

static void put_ms(FILE *out, const char *before, const char *key, int64_t microseconds)
{
    put_key(out, before, key);
    fprintf(out, "%" PRId64 ".%03d", microseconds / 1000, (int)(microseconds % 1000));
}

/* ---- what the library writes ---- */

static void put_error_json(FILE *out, const hf_error *error)
{
    size_t size = hf_error_json(error, NULL, 0) + 1;
    char *text = malloc(size);

    if (text != NULL && hf_error_json(error, text, size) < size)
        fputs(text, out);
    else
        fputs("{\"name\": \"NO_MEMORY\"}", out);
    free(text);
}

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
        put_text(out, ", ", "alpn", NULL);
        return;
    }
    memcpy(text, name, len);
    text[len] = '\0';
    put_text(out, ", ", "alpn", text);
}

static void put_agreed(FILE *out, const struct cli_attempt *a)
{
    const hf_conn *conn = a->conn;
    bool reused = hf_conn_session_reused(conn) == 1;
    int verified = hf_conn_verify_result(conn);

    put_text(out, "{", "version", hf_conn_version_name(conn));
    put_text(out, ", ", "cipher_suite", hf_conn_cipher_suite_name(conn));
    put_text(out, ", ", "group", hf_conn_group_name(conn));
    put_text(out, ", ", "signature_algorithm",
             reused ? NULL : hf_conn_signature_algorithm_name(conn));
    put_alpn(out, conn);
    put_bool(out, ",\n    ", "session_reused", reused);
    put_bool(out, ", ", "hello_retried", hf_conn_hello_retried(conn) == 1);
    put_bool(out, ", ", "certificate_requested",
             hf_conn_certificate_requested(conn) == 1);
    put_bool(out, ",\n    ", "verified", verified == 0);
    put_text(out, ", ", "verify_result", verified == 0 ? NULL : hf_code_name(verified));
    fputc('}', out);
}

static void put_date(FILE *out, const char *key, int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm tm;
    char text[40];

    if (gmtime_r(&when, &tm) != NULL &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
        put_text(out, ",\n     ", key, text);
    else
        put_text(out, ",\n     ", key, NULL);
}

static void put_certificate(FILE *out, const hf_conn *conn, size_t index)
{
    size_t len = 0;
    const uint8_t *der = hf_conn_get0_peer_der(conn, index, &len);
    hf_certificate *c = hf_certificate_new(der, len);

    fprintf(out, "%s\n    {\"index\": %zu, \"size\": %zu", index > 0 ? "," : "", index,
            len);
    if (c != NULL) {
        put_text(out, ",\n     ", "subject", hf_certificate_subject(c));
        put_text(out, ",\n     ", "issuer", hf_certificate_issuer(c));
        put_text(out, ",\n     ", "names", hf_certificate_names(c));
        put_text(out, ",\n     ", "key", hf_certificate_key(c));
        put_text(out, ",\n     ", "serial", hf_certificate_serial(c));
        put_date(out, "not_before", hf_certificate_not_before(c));
        put_date(out, "not_after", hf_certificate_not_after(c));
        put_bool(out, ",\n     ", "is_ca", hf_certificate_is_ca(c) == 1);
        put_text(out, ",\n     ", "sha256", hf_certificate_fingerprint(c));
    }
    put_bool(out, ",\n     ", "malformed", c == NULL);
    fputc('}', out);
    hf_certificate_free(c);
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
        put_error_json(out, hf_conn_get0_error(a->conn));
    } else {
        put_text(out, "{", "name", cli_attempt_failure(a));
        put_text(out, ", ", "summary", cli_attempt_summary(a));
        put_text(out, ", ", "hint", cli_attempt_hint(a));
        fprintf(out, ", \"errno\": %d}", a->dial.error_number);
    }
}

static void put_attempt(FILE *out, const struct cli_attempt *a)
{
    put_text(out, ",\n  ", "address",
             a->dial.address[0] != '\0' ? a->dial.address : NULL);
    put_ms(out, ",\n  ", "connect_ms", a->dial_us);
    put_ms(out, ",\n  ", "upgrade_ms", a->way_us);
    put_ms(out, ",\n  ", "handshake_ms", a->handshake_us);
    put_key(out, ",\n  ", "agreed");
    if (a->established)
        put_agreed(out, a);
    else
        fputs("null", out);
    put_key(out, ",\n  ", "chain");
    if (a->conn != NULL)
        put_chain(out, a->conn);
    else
        fputs("[]", out);
    put_key(out, ",\n  ", "timeline");
    if (a->conn != NULL)
        put_timeline(out, a->conn);
    else
        fputs("[]", out);
    put_key(out, ",\n  ", "error");
    put_error(out, a);
}

static void put_way(FILE *out, const struct cli_options *o)
{
    char proxy[300];

    cli_proxy_format(&o->proxy, proxy, sizeof proxy);
    put_text(out, ",\n  ", "proxy", o->has_proxy ? proxy : NULL);
    put_text(out, ",\n  ", "starttls", o->starttls != NULL ? o->starttls->name : NULL);
}

void cli_account_json(FILE *out, const struct cli_outcome *outcome)
{
    const struct cli_options *o = outcome->options;

    put_text(out, "{\n  ", "result", cli_exit_name(outcome->code));
    fprintf(out, ",\n  \"exit_code\": %d", (int)outcome->code);
    put_text(out, ",\n  ", "host", o->target.host);
    fprintf(out, ",\n  \"port\": %s", o->target.port);
    put_text(out, ",\n  ", "server_name",
             o->server_name != NULL ? o->server_name : o->target.host);
    put_way(out, o);
    put_attempt(out, &outcome->first);
    put_key(out, ",\n  ", "second");
    if (outcome->second_tried) {
        put_text(out, "{", "result", cli_exit_name(outcome->second.code));
        put_attempt(out, &outcome->second);
        fputc('}', out);
    } else {
        fputs("null", out);
    }
    fputs("\n}\n", out);
}
