/* tools/handfast/serve_page.c: the page of --www: what was negotiated, the client's
 * certificate, and the messages of the handshake.  HTML without scripts, in the colours
 * that the reader's system asks for, and as narrow as a telephone. */
#include "serve_page.h"

#include <inttypes.h>
#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1f24;--dim:#57606a;--line:#d8dee4;"
    "--paper:#fff;--back:#f3f5f7;--good:#1a7f5a}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--dim:#9aa4af;--line:#333a42;"
    "--paper:#171b20;--back:#0e1114;--good:#4cc38a}}"
    "*{box-sizing:border-box}"
    "body{margin:0;padding:1.25rem;background:var(--back);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:44rem;margin:0 auto;background:var(--paper);padding:1.5rem;"
    "border:1px solid var(--line);border-radius:12px}"
    "h1{margin:0 0 .25rem;font-size:1.5rem}"
    "h1::before{content:\"\";display:inline-block;width:.7em;height:.7em;"
    "margin-right:.5em;border-radius:50%;background:var(--good)}"
    "h1.bad::before{background:#c0392b}"
    "h2{margin:1.75rem 0 .5rem;font-size:1.05rem}"
    "p{margin:0;color:var(--dim)}"
    "dl{display:grid;grid-template-columns:10rem 1fr;margin:1.25rem 0 0}"
    "dt,dd{margin:0;padding:.4rem 0;border-top:1px solid var(--line);"
    "overflow-wrap:anywhere}"
    "dt{color:var(--dim)}"
    "table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "th{text-align:left;color:var(--dim);font-weight:normal}"
    "th,td{padding:.25rem .5rem .25rem 0;border-top:1px solid var(--line)}"
    "td.n,th.n{text-align:right;white-space:nowrap}"
    "a{color:var(--good)}"
    "@media(max-width:30rem){body{padding:0}main{border:0;border-radius:0;padding:1rem}"
    "dl{grid-template-columns:1fr}dd{border-top:0;padding-top:0}}";

/* Everything that is not ours goes through here. */
static void put_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc((unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text, out);
        }
    }
}

static void begin_page(FILE *out, const char *title, bool is_good)
{
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n<title>");
    put_text(out, title);
    fprintf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n<h1%s>", style,
            is_good ? "" : " class=\"bad\"");
    put_text(out, title);
    fputs("</h1>\n", out);
}

static void end_page(FILE *out)
{
    fputs("</main>\n</body>\n</html>\n", out);
}

static void row(FILE *out, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    fprintf(out, "<dt>%s</dt><dd>", name);
    put_text(out, value);
    fputs("</dd>\n", out);
}

/* ---- the connection ---- */

static void put_protocol(FILE *out, const hf_conn *conn)
{
    size_t len = 0;
    const uint8_t *alpn = hf_conn_get0_alpn(conn, &len);
    char text[256] = "";

    for (size_t i = 0; alpn != NULL && i < len && i < sizeof text - 1; i++) {
        text[i] = (char)(alpn[i] < 0x20 || alpn[i] >= 0x7f ? '?' : alpn[i]);
        text[i + 1] = '\0';
    }
    row(out, "Application protocol", text);
}

static void put_agreed(FILE *out, const struct cli_client *c)
{
    const hf_conn *conn = c->conn;
    char place[80], time[40];

    cli_place_of(&c->peer.any, place, sizeof place);
    snprintf(time, sizeof time, "%.1f ms", (double)c->handshake_us / 1000.0);
    fputs("<dl>\n", out);
    row(out, "Cipher suite", hf_conn_cipher_suite_name(conn));
    row(out, "Key exchange", hf_conn_group_name(conn));
    row(out, "Server's signature", hf_conn_signature_algorithm_name(conn));
    row(out, "Session", hf_conn_session_reused(conn) == 1 ? "resumed" : "new");
    if (hf_conn_hello_retried(conn) == 1)
        row(out, "Hello", "retried for another key exchange");
    row(out, "Name asked for", hf_conn_requested_name(conn));
    put_protocol(out, conn);
    row(out, "Early data",
        hf_conn_early_data_status(conn) == HF_EARLY_DATA_ACCEPTED ? "taken" : "");
    row(out, "Your address", place);
    row(out, "Handshake", time);
    fputs("</dl>\n", out);
}

static void put_certificate(FILE *out, const hf_conn *conn)
{
    size_t len = 0;
    const uint8_t *der = hf_conn_get0_peer_der(conn, 0, &len);
    hf_certificate *c = der != NULL ? hf_certificate_new(der, len) : NULL;
    int result = hf_conn_verify_result(conn);

    if (c == NULL)
        return;
    fputs("<h2>Your certificate</h2>\n<dl>\n", out);
    row(out, "Subject", hf_certificate_subject(c));
    row(out, "Names", hf_certificate_names(c));
    row(out, "Issuer", hf_certificate_issuer(c));
    row(out, "Key", hf_certificate_key(c));
    row(out, "Verified", result == 0 ? "yes" : hf_code_text(result));
    fputs("</dl>\n", out);
    hf_certificate_free(c);
}

static void put_event(FILE *out, const hf_conn *conn, size_t index)
{
    int kind = 0, direction = 0, what = 0, is_protected = 0;
    const char *name = "";
    int64_t when = 0;
    size_t bytes = 0;

    hf_trace_event(conn, index, &kind, &direction, &what, &name, &when, &bytes,
                   &is_protected);
    if (kind != HF_TRACE_MESSAGE && kind != HF_TRACE_ALERT &&
        kind != HF_TRACE_CHANGE_CIPHER_SPEC && kind != HF_TRACE_DATA)
        return; /* what was not sent */
    fprintf(out, "<tr><td>%s</td><td>",
            direction == HF_DIRECTION_SENT ? "server" : "you");
    put_text(out, name);
    fprintf(out,
            "</td><td class=\"n\">%zu</td><td class=\"n\">%" PRId64 ".%" PRId64
            "</td></tr>\n",
            bytes, when / 1000, when % 1000 / 100);
}

static void put_messages(FILE *out, const hf_conn *conn)
{
    size_t count = hf_trace_count(conn);

    fputs("<h2>Messages</h2>\n<table>\n<tr><th>From</th><th>Message</th>"
          "<th class=\"n\">Bytes</th><th class=\"n\">ms</th></tr>\n",
          out);
    for (size_t i = 0; i < count; i++)
        put_event(out, conn, i);
    fputs("</table>\n<p>The same as <a href=\"/connection.json\">JSON</a>.</p>\n", out);
}

void cli_page_connection(FILE *out, const struct cli_client *c)
{
    const char *version = hf_conn_version_name(c->conn);
    char title[60];

    snprintf(title, sizeof title, "You are connected with %.8s %.8s",
             strncmp(version, "TLSv", 4) == 0 ? "TLS" : version,
             strncmp(version, "TLSv", 4) == 0 ? version + 4 : "");
    begin_page(out, title, true);
    fputs("<p>This is what your client and this server have negotiated.</p>\n", out);
    put_agreed(out, c);
    put_certificate(out, c->conn);
    put_messages(out, c->conn);
    end_page(out);
}

void cli_page_status(FILE *out, const char *status)
{
    begin_page(out, status, false);
    fputs("<p>There is one page here: <a href=\"/\">about this connection</a>.</p>\n",
          out);
    end_page(out);
}
