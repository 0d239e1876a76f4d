/* tools/handfast/html_negotiation.c: what was offered and chosen, in the report.  A
 * record has the lists of a handshake that failed; of one that succeeded, a connection
 * that is made of the same settings and goes nowhere tells what this side offers. */
#include "account.h"
#include "html.h"

#include <string.h>

enum { KINDS = 5, ENTRIES_MAX = 64 };

static const struct {
    int what;
    const char *label;
} kinds[KINDS] = {
    {HF_NEGOTIATION_VERSION, "TLS version"},
    {HF_NEGOTIATION_CIPHER_SUITE, "Cipher suite"},
    {HF_NEGOTIATION_GROUP, "Key exchange group"},
    {HF_NEGOTIATION_SIGNATURE_ALGORITHM, "Signature algorithm"},
    {HF_NEGOTIATION_PROTOCOL, "Application protocol"},
};

/* Fails on purpose, by an alert, so that it has a record. */
static hf_conn *make_probe(const struct cli_outcome *outcome)
{
    static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 40};
    hf_conn *probe = hf_conn_new(outcome->config);
    size_t taken;

    if (probe == NULL)
        return NULL;
    if (hf_conn_set_hostname(probe, "localhost") == 1 && hf_conn_use_memory(probe) == 1 &&
        hf_connect(probe) != 1 && hf_conn_feed(probe, alert, sizeof alert, &taken) == 1)
        (void)hf_connect(probe);
    return probe;
}

static size_t count_of(const hf_error *error, int side, int what)
{
    size_t n = 0;

    while (n < ENTRIES_MAX && hf_error_negotiation(error, side, what, n, NULL, NULL) == 1)
        n++;
    return n;
}

/* taken is marked, where it is in the list. */
static void put_list(FILE *out, const hf_error *error, int side, int what,
                     const char *taken)
{
    size_t count = count_of(error, side, what);
    const char *name = "";
    int number = 0;

    fputs(count > 0 ? "<ul class=\"chips\">" : "<span class=\"note\">not told</span>",
          out);
    for (size_t i = 0; i < count; i++) {
        (void)hf_error_negotiation(error, side, what, i, &number, &name);
        fprintf(out, "<li%s>",
                taken != NULL && strcmp(taken, name) == 0 ? " class=\"taken\"" : "");
        if (name[0] != '\0')
            cli_html_name(out, name);
        else
            fprintf(out, "0x%04x", (unsigned)number);
        fputs("</li>", out);
    }
    fputs(count > 0 ? "</ul>" : "", out);
}

static const char *chosen(const struct cli_attempt *a, int what, char alpn[256])
{
    const hf_conn *conn = a->conn;
    const uint8_t *name;
    size_t len = 0;

    switch (what) {
    case HF_NEGOTIATION_VERSION:
        return hf_conn_version_name(conn);
    case HF_NEGOTIATION_CIPHER_SUITE:
        return hf_conn_cipher_suite_name(conn);
    case HF_NEGOTIATION_GROUP:
        return hf_conn_group(conn) != 0 ? hf_conn_group_name(conn) : NULL;
    case HF_NEGOTIATION_SIGNATURE_ALGORITHM:
        return hf_conn_session_reused(conn) == 1 || hf_conn_psk_used(conn) == 1
                   ? NULL
                   : hf_conn_signature_algorithm_name(conn);
    default:
        name = hf_conn_get0_alpn(conn, &len);
        (void)snprintf(alpn, 256, "%.*s", name != NULL && len < 256 ? (int)len : 0,
                       name != NULL ? (const char *)name : "");
        return alpn[0] != '\0' ? alpn : NULL;
    }
}

/* What was taken of the offers: as it was agreed, or the one thing that the server named
 * before the handshake failed. */
static const char *taken_of(const struct cli_attempt *a, const hf_error *offers, int what,
                            char alpn[256])
{
    const char *name = NULL;

    if (a->established)
        return chosen(a, what, alpn);
    if (count_of(offers, HF_NEGOTIATION_PEER, what) == 1)
        (void)hf_error_negotiation(offers, HF_NEGOTIATION_PEER, what, 0, NULL, &name);
    return name;
}

static void put_row(FILE *out, const struct cli_attempt *a, const hf_error *offers,
                    int kind)
{
    int what = kinds[kind].what;
    char alpn[256];
    const char *taken = taken_of(a, offers, what, alpn);

    fprintf(out, "<tr><th scope=\"row\">%s</th><td data-label=\"offered by this side\">",
            kinds[kind].label);
    if (what == HF_NEGOTIATION_PROTOCOL &&
        count_of(offers, HF_NEGOTIATION_OFFERED, what) == 0)
        fputs("<span class=\"note\">none offered</span>", out);
    else
        put_list(out, offers, HF_NEGOTIATION_OFFERED, what, taken);
    fprintf(out, "</td><td data-label=\"%s\">",
            a->established ? "chosen" : "the server&#39;s answer");
    if (!a->established)
        put_list(out, offers, HF_NEGOTIATION_PEER, what, NULL);
    else if (taken != NULL && taken[0] != '\0')
        cli_html_name(out, taken);
    else
        fputs("<span class=\"note\">none</span>", out);
    fputs("</td></tr>\n", out);
}

/* For which groups there was a share from the beginning. */
static void put_shares(FILE *out, const struct cli_attempt *a, const hf_error *error)
{
    if (count_of(error, HF_NEGOTIATION_OFFERED, HF_NEGOTIATION_KEY_SHARE) == 0 ||
        (a->established && hf_conn_group(a->conn) == 0))
        return;
    fputs("<tr><th scope=\"row\">Key shares sent</th>"
          "<td data-label=\"offered by this side\">",
          out);
    put_list(out, error, HF_NEGOTIATION_OFFERED, HF_NEGOTIATION_KEY_SHARE, NULL);
    fputs("</td><td data-label=\"the server&#39;s answer\">", out);
    if (a->established) {
        fputs(hf_conn_hello_retried(a->conn) == 1 ? "asked for " : "took ", out);
        cli_html_name(out, hf_conn_group_name(a->conn));
    } else if (count_of(error, HF_NEGOTIATION_PEER, HF_NEGOTIATION_RETRY_GROUP) > 0) {
        fputs("asks for ", out);
        put_list(out, error, HF_NEGOTIATION_PEER, HF_NEGOTIATION_RETRY_GROUP, NULL);
    }
    fputs("</td></tr>\n", out);
}

/* ---- what the server asked of us ---- */

static size_t authorities_of(const hf_error *error)
{
    return count_of(error, HF_NEGOTIATION_CERTIFICATE_REQUEST, HF_NEGOTIATION_AUTHORITY);
}

static void put_demand(FILE *out, const hf_error *error, const char *label, int what)
{
    const int side = HF_NEGOTIATION_CERTIFICATE_REQUEST;

    if (count_of(error, side, what) == 0)
        return;
    fprintf(out, "<div><dt>%s</dt><dd>", label);
    put_list(out, error, side, what, NULL);
    fputs("</dd></div>\n", out);
}

static void put_request(FILE *out, const struct cli_attempt *a, const hf_error *error)
{
    int answer = hf_conn_certificate_answer(a->conn);

    if (hf_conn_certificate_requested(a->conn) != 1)
        return;
    fputs("<h3>The client certificate that the server asked for</h3>\n"
          "<dl class=\"rows\">\n<div><dt>Answer</dt><dd>",
          out);
    cli_html_sentence(out, hf_certificate_answer_text(answer));
    fputs("</dd></div>\n", out);
    put_demand(out, error, "Issued by one of", HF_NEGOTIATION_AUTHORITY);
    if (authorities_of(error) == 0)
        fputs("<div><dt>Issued by</dt><dd>Anybody: the server names no authority.</dd>"
              "</div>\n",
              out);
    put_demand(out, error, "Of the type", HF_NEGOTIATION_CERTIFICATE_TYPE);
    put_demand(out, error, "Signing with", HF_NEGOTIATION_SIGNATURE_ALGORITHM);
    put_demand(out, error, "Signed with", HF_NEGOTIATION_SIGNATURE_ALGORITHM_CERT);
    if (hf_error_negotiation_incomplete(error, HF_NEGOTIATION_CERTIFICATE_REQUEST) == 1)
        fputs("<div><dt></dt><dd>There was more, which is not kept.</dd></div>\n", out);
    fputs("</dl>\n", out);
}

void cli_html_negotiation(FILE *out, const struct cli_outcome *outcome,
                          const struct cli_attempt *a)
{
    const hf_error *error = hf_conn_get0_error(a->conn);
    hf_conn *probe = NULL;

    if (count_of(error, HF_NEGOTIATION_OFFERED, HF_NEGOTIATION_VERSION) == 0) {
        probe = make_probe(outcome);
        error = hf_conn_get0_error(probe);
    }
    fprintf(out,
            "<section aria-label=\"Offered and chosen\">\n<h2>Offered and chosen</h2>\n"
            "<table class=\"wide\"><thead><tr><th scope=\"col\">What</th>"
            "<th scope=\"col\">Offered by this side</th><th scope=\"col\">%s</th></tr>"
            "</thead>\n<tbody>\n",
            a->established ? "Chosen" : "The server&#39;s answer");
    for (int i = 0; i < KINDS; i++)
        put_row(out, a, error, i);
    put_shares(out, a, error);
    fputs("</tbody></table>\n", out);
    put_request(out, a, hf_conn_get0_error(a->conn));
    fputs("</section>\n", out);
    hf_conn_free(probe);
}
