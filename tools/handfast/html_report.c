/* tools/handfast/html_report.c: the reports of `handfast connect` and `handfast verify`,
 * put together from their sections. */
#include "account_chain.h"
#include "html.h"
#include "verify.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LONG = 240 }; /* of a summary, in bytes */

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
        fprintf(out, "<p class=\"summary%s\">", strlen(summary) > LONG ? " long" : "");
        cli_html_sentence(out, summary);
        fputs("</p>\n", out);
    }
}

/* ---- connect ---- */

int64_t cli_html_now(const struct cli_attempt *a)
{
    return a->began != 0 ? a->began : (int64_t)time(NULL) * 1000000;
}

static const char *verification(const hf_conn *conn)
{
    if (hf_conn_psk_used(conn) == 1)
        return "none: a shared key";
    if (hf_conn_session_reused(conn) == 1)
        return "that of the session";
    return hf_conn_verify_result(conn) == 0 ? "verified" : "NOT VERIFIED";
}

/* It is what is meant, and the target only how to get there. */
static bool has_other_name(const struct cli_options *o)
{
    return o->server_name != NULL && strcmp(o->server_name, o->target.host) != 0;
}

static void put_facts(FILE *out, const struct cli_outcome *outcome,
                      const struct cli_attempt *a)
{
    const struct cli_options *o = outcome->options;
    char text[400], place[120] = "", proxy[300];

    fputs("<dl class=\"facts\">\n<div><dt>When</dt><dd>", out);
    cli_html_time(out, cli_html_now(a));
    fputs("</dd></div>\n", out);
    if (has_other_name(o))
        cli_target_format(o->target.host, o->target.port, text, sizeof text);
    else
        cli_server_name(o, text, sizeof text);
    cli_html_fact(out, has_other_name(o) ? "Target" : "Name asked for", text);
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
        cli_html_fact(out, "Server&#39;s certificate", verification(a->conn));
        if (hf_conn_certificate_requested(a->conn) == 1)
            cli_html_fact(out, "Client certificate",
                          hf_conn_certificate_sent(a->conn) == 1
                              ? "asked for and shown"
                              : "asked for; none was shown");
    }
    fputs("</dl>\n", out);
}

static void put_span(FILE *out, int n, int64_t us)
{
    if (us > 0)
        fprintf(out, "<i class=\"s%d\" style=\"flex:%lld 0 0\"></i>", n, (long long)us);
}

static void put_spent_on(FILE *out, int n, const char *what, int64_t us)
{
    if (us > 0)
        fprintf(out, "<li><i class=\"s%d\"></i>%s %.1f ms</li>", n, what, ms(us));
}

static void put_spent(FILE *out, const struct cli_attempt *a)
{
    int64_t way = a->way_us > 50 ? a->way_us : 0; /* less is only the question */

    if (a->dial_us + way + a->handshake_us == 0)
        return;
    fputs("<div class=\"spent\" aria-hidden=\"true\">", out);
    put_span(out, 1, a->dial_us);
    put_span(out, 2, way);
    put_span(out, 3, a->handshake_us);
    fputs("</div>\n<ul class=\"key\">", out);
    put_spent_on(out, 1, "name and connection", a->dial_us);
    put_spent_on(out, 2, "proxy and upgrade", way);
    put_spent_on(out, 3, "handshake", a->handshake_us);
    fputs("</ul>\n", out);
}

static void put_attempt(FILE *out, const struct cli_outcome *outcome,
                        const struct cli_attempt *a)
{
    const hf_error *error =
        a->conn != NULL && a->fault[0] == '\0' ? hf_conn_get0_error(a->conn) : NULL;
    struct cli_chain chain;
    bool drawn;

    if (a->code != CLI_OK)
        cli_html_diagnosis(out, cli_attempt_failure(a), cli_attempt_hint(a), error);
    if (a->conn == NULL)
        return;
    drawn = hf_conn_session_reused(a->conn) != 1 && cli_attempt_chain(&chain, outcome, a);
    if (a->code == CLI_OK && a == &outcome->first)
        cli_html_findings(out, outcome, a, drawn ? &chain : NULL);
    cli_html_sequence(out, outcome, a);
    if (drawn) {
        cli_html_chain(out, &chain, cli_html_now(a) / 1000000);
        cli_chain_free(&chain);
    }
    cli_html_negotiation(out, outcome, a);
}

/* What another account writes, put into the page by put. */
static void quote(FILE *out, void put(FILE *out, const char *text),
                  void account(FILE *out, const void *subject), const void *subject)
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);

    if (memory == NULL)
        return;
    account(memory, subject);
    if (fclose(memory) == 0)
        put(out, text);
    free(text);
}

static void connect_text(FILE *out, const void *outcome)
{
    cli_account_text(out, outcome);
}

static void connect_json(FILE *out, const void *outcome)
{
    cli_account_json(out, outcome);
}

static void verify_text(FILE *out, const void *v)
{
    cli_verify_text(out, v);
}

static void verify_json(FILE *out, const void *v)
{
    cli_verify_json(out, v);
}

/* What the page says first: the attempt that failed, else the last. */
static const struct cli_attempt *decisive(const struct cli_outcome *outcome)
{
    return outcome->second_tried &&
                   (outcome->first.code == CLI_OK || outcome->code == CLI_OK)
               ? &outcome->second
               : &outcome->first;
}

static void put_verdict(FILE *out, const struct cli_outcome *outcome, const char *place)
{
    const struct cli_attempt *a = decisive(outcome);
    bool good = outcome->code == CLI_OK, failed = a->code != CLI_OK && !good;
    char summary[200] = "", time[40] = "", name[256] = "";

    if (a->handshake_us > 0) /* a replay takes none */
        (void)snprintf(time, sizeof time, ", in %.1f ms", ms(a->handshake_us));
    if (good)
        (void)snprintf(summary, sizeof summary, "%s with %s%s%s%s.",
                       hf_conn_version_name(a->conn), hf_conn_cipher_suite_name(a->conn),
                       hf_conn_group(a->conn) != 0 ? " and " : "",
                       hf_conn_group(a->conn) != 0 ? hf_conn_group_name(a->conn) : "",
                       time);
    else if (!failed)
        (void)snprintf(summary, sizeof summary, "The server %s.",
                       outcome->no_ticket ? "sent no ticket"
                                          : "did not take its ticket back");
    if (has_other_name(outcome->options))
        cli_server_name(outcome->options, name, sizeof name);
    put_header(out, "TLS handshake report", name[0] != '\0' ? name : place, good,
               good     ? "Connected"
               : failed ? "Failed"
                        : "Not resumed",
               failed ? cli_attempt_failure(a) : "",
               failed ? cli_attempt_summary(a) : summary);
    cli_html_steps(out, outcome, a);
    put_facts(out, outcome, a);
    put_spent(out, a);
    fputs("</header>\n", out);
}

static const char *failure_of(const struct cli_outcome *outcome)
{
    const struct cli_attempt *a = decisive(outcome);

    return a->code != CLI_OK ? cli_attempt_failure(a) : "not resumed";
}

void cli_html_connect(FILE *out, const struct cli_outcome *outcome)
{
    const struct cli_options *o = outcome->options;
    char place[sizeof o->target.host + 10], title[2 * sizeof place + 100];
    bool good = outcome->code == CLI_OK, named = has_other_name(o);

    cli_target_format(o->target.host, o->target.port, place, sizeof place);
    (void)snprintf(title, sizeof title, "TLS handshake with %s%s%s: %s",
                   named ? o->server_name : "", named ? " at " : "", place,
                   good ? "connected" : failure_of(outcome));
    cli_html_head(out, title, good);
    put_verdict(out, outcome, place);
    fputs("<main>\n", out);
    put_attempt(out, outcome, &outcome->first);
    if (outcome->second_tried) {
        fputs("<h2 class=\"again\">Again, with the ticket</h2>\n", out);
        put_attempt(out, outcome, &outcome->second);
    }
    quote(out, cli_html_plain, connect_text, outcome);
    quote(out, cli_html_record, connect_json, outcome);
    fputs("</main>\n", out);
    cli_html_foot(out);
}

/* ---- verify ---- */

void cli_html_verify(FILE *out, const struct cli_verify *v)
{
    const hf_error *error = v->status == 1 ? NULL : hf_verify_get0_error(v->verify);
    const char *name = strrchr(v->file, '/');
    struct cli_verify told = *v;
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
    told.file = name;
    quote(out, cli_html_plain, verify_text, &told);
    quote(out, cli_html_record, verify_json, &told);
    fputs("</main>\n", out);
    cli_html_foot(out);
}
