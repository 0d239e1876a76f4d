/* tools/handfast/html_report.c: the reports of `handfast connect` and `handfast verify`,
 * put together from their sections. */
#include "account_chain.h"
#include "html.h"
#include "verify.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static double ms(int64_t microseconds)
{
    return (double)microseconds / 1000.0;
}

static void put_header(FILE *out, const char *kicker, const char *what, bool good,
                       const char *verdict, const char *name, const char *summary)
{
    fprintf(out, "<header>\n<p class=\"kicker\">%s</p>\n<h1>", kicker);
    cli_html_name(out, what);
    fprintf(out,
            "</h1>\n<p class=\"verdict\"><span class=\"badge\"><span "
            "aria-hidden=\"true\">&#x%s;</span> %s</span>",
            good ? "2713" : "2715", verdict);
    if (name[0] != '\0') {
        fputs(" <code>", out);
        cli_html_text(out, name);
        fputs("</code>", out);
    }
    fputs("</p>\n", out);
    if (summary[0] != '\0') {
        fputs("<p class=\"summary\">", out);
        cli_html_name(out, summary);
        fputs("</p>\n", out);
    }
}

/* ---- connect ---- */

static void put_facts(FILE *out, const struct cli_outcome *outcome,
                      const struct cli_attempt *a)
{
    const struct cli_options *o = outcome->options;
    char text[400], place[120] = "", proxy[300];

    fputs("<dl class=\"facts\">\n<div><dt>When</dt><dd>", out);
    cli_html_date(out, (int64_t)time(NULL));
    fputs("</dd></div>\n", out);
    cli_server_name(o, text, sizeof text);
    cli_html_fact(out, "Name asked for", text);
    if (a->dial.address[0] != '\0')
        cli_target_format(a->dial.address, a->dial.port, place, sizeof place);
    if (o->has_proxy) {
        cli_proxy_format(&o->proxy, proxy, sizeof proxy);
        cli_html_fact(out, "Proxy", proxy);
    }
    cli_html_fact(out, o->has_proxy ? "Proxy&#39;s address" : "Address", place);
    if (o->starttls != NULL)
        cli_html_fact(out, "Upgraded by", o->starttls->name);
    if (a->conn != NULL && hf_conn_version_name(a->conn)[0] != '\0')
        cli_html_fact(out, "Version", hf_conn_version_name(a->conn));
    if (a->established) {
        cli_html_fact(out, "Session",
                      hf_conn_session_reused(a->conn) == 1 ? "resumed" : "new");
        cli_html_fact(out, "Certificate",
                      hf_conn_verify_result(a->conn) == 0 ? "verified" : "NOT VERIFIED");
    }
    fputs("</dl>\n", out);
}

static void put_span(FILE *out, int n, int64_t us)
{
    if (us > 0)
        fprintf(out, "<i class=\"s%d\" style=\"flex:%lld 0 0\"></i>", n, (long long)us);
}

static void put_spent(FILE *out, const struct cli_attempt *a)
{
    fputs("<div class=\"spent\" aria-hidden=\"true\">", out);
    put_span(out, 1, a->dial_us);
    put_span(out, 2, a->way_us > 50 ? a->way_us : 0);
    put_span(out, 3, a->handshake_us);
    fprintf(out,
            "</div>\n<ul class=\"key\"><li><i class=\"s1\"></i>name and connection %.1f "
            "ms</li>",
            ms(a->dial_us));
    if (a->way_us > 50)
        fprintf(out, "<li><i class=\"s2\"></i>proxy and upgrade %.1f ms</li>",
                ms(a->way_us));
    fprintf(out, "<li><i class=\"s3\"></i>handshake %.1f ms</li></ul>\n",
            ms(a->handshake_us));
}

static void put_attempt(FILE *out, const struct cli_outcome *outcome,
                        const struct cli_attempt *a)
{
    const hf_error *error =
        a->conn != NULL && a->fault[0] == '\0' ? hf_conn_get0_error(a->conn) : NULL;
    struct cli_chain chain;

    if (a->code != CLI_OK)
        cli_html_diagnosis(out, cli_attempt_failure(a), cli_attempt_hint(a), error);
    if (a->conn == NULL)
        return;
    cli_html_sequence(out, outcome, a);
    if (hf_conn_session_reused(a->conn) != 1 && cli_attempt_chain(&chain, outcome, a)) {
        cli_html_chain(out, &chain, (int64_t)time(NULL));
        cli_chain_free(&chain);
    }
    cli_html_negotiation(out, outcome, a);
}

static char *document_of(const struct cli_outcome *outcome, const struct cli_verify *v)
{
    char *json = NULL;
    size_t size;
    FILE *memory = open_memstream(&json, &size);

    if (memory == NULL)
        return NULL;
    if (outcome != NULL)
        cli_account_json(memory, outcome);
    else
        cli_verify_json(memory, v);
    if (fclose(memory) == 0)
        return json;
    free(json);
    return NULL;
}

static void put_document(FILE *out, char *json)
{
    if (json != NULL)
        cli_html_record(out, json);
    free(json);
}

/* What the page says first: the attempt that failed, else the last. */
static const struct cli_attempt *decisive(const struct cli_outcome *outcome)
{
    return outcome->first.code == CLI_OK && outcome->second_tried ? &outcome->second
                                                                  : &outcome->first;
}

static void put_verdict(FILE *out, const struct cli_outcome *outcome, const char *place)
{
    const struct cli_attempt *a = decisive(outcome);
    bool failed = a->code != CLI_OK, good = outcome->code == CLI_OK;
    char summary[200] = "";

    if (good)
        (void)snprintf(summary, sizeof summary, "%s with %s, in %.1f ms.",
                       hf_conn_version_name(a->conn), hf_conn_cipher_suite_name(a->conn),
                       ms(a->handshake_us));
    else if (!failed)
        (void)snprintf(summary, sizeof summary, "The server %s.",
                       outcome->no_ticket ? "sent no ticket"
                                          : "did not take its ticket back");
    put_header(out, "TLS handshake report", place, good,
               good     ? "Connected"
               : failed ? "Failed"
                        : "Not resumed",
               failed ? cli_attempt_failure(a) : "",
               failed ? cli_attempt_summary(a) : summary);
    put_facts(out, outcome, a);
    put_spent(out, a);
    fputs("</header>\n", out);
}

void cli_html_connect(FILE *out, const struct cli_outcome *outcome)
{
    const struct cli_options *o = outcome->options;
    char place[sizeof o->target.host + 10], title[sizeof place + 40];

    cli_target_format(o->target.host, o->target.port, place, sizeof place);
    (void)snprintf(title, sizeof title, "TLS handshake with %s", place);
    cli_html_head(out, title, outcome->code == CLI_OK);
    put_verdict(out, outcome, place);
    fputs("<main>\n", out);
    put_attempt(out, outcome, &outcome->first);
    if (outcome->second_tried) {
        fputs("<h2 class=\"again\">Again, with the ticket</h2>\n", out);
        put_attempt(out, outcome, &outcome->second);
    }
    put_document(out, document_of(outcome, NULL));
    fputs("</main>\n", out);
    cli_html_foot(out);
}

/* ---- verify ---- */

void cli_html_verify(FILE *out, const struct cli_verify *v)
{
    const hf_error *error = v->status == 1 ? NULL : hf_verify_get0_error(v->verify);
    const char *name = strrchr(v->file, '/');
    struct cli_chain chain;

    name = name != NULL ? name + 1 : v->file; /* no folders of this machine */
    cli_html_head(out, "Certificate verification", error == NULL);
    put_header(out, "Certificate verification report",
               strcmp(v->file, "-") == 0 ? "standard input" : name, error == NULL,
               error == NULL ? "Trusted" : "Refused",
               error != NULL ? hf_error_name(error) : "",
               error != NULL ? hf_error_summary(error) : "");
    fputs("<dl class=\"facts\">\n", out);
    cli_html_fact(out, "For the name", v->host != NULL ? v->host : "any: none was given");
    cli_html_fact(out, "Rules", v->profile != NULL ? v->profile : "default");
    fputs("<div><dt>At the time</dt><dd>", out);
    cli_html_date(out, v->now);
    fputs("</dd></div>\n</dl>\n</header>\n<main>\n", out);
    if (error != NULL)
        cli_html_diagnosis(out, hf_error_name(error), hf_error_hint(error), error);
    cli_chain_make(&chain, v->verify, error);
    cli_html_chain(out, &chain, v->now);
    cli_chain_free(&chain);
    put_document(out, document_of(NULL, v));
    fputs("</main>\n", out);
    cli_html_foot(out);
}
