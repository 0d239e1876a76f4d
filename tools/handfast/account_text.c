/* tools/handfast/account_text.c: the account of a handshake, for a person to read.
 * Fixed columns, no line that depends on the width of the terminal. */
#include "account_chain.h"
#include "explain.h"
#include "record_text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum {
    LABEL = -13,
    CLOSE_NOTIFY = 0,
};

static void heading(const struct cli_terminal *t, const char *text)
{
    fprintf(t->out, "\n  %s%s%s\n", cli_bold(t), text, cli_plain(t));
}

static double ms(int64_t microseconds)
{
    return (double)microseconds / 1000.0;
}

/* ---- what was agreed ---- */

static void put_alpn(const struct cli_terminal *t, const struct cli_options *o,
                     const hf_conn *conn)
{
    char text[260] = "none chosen by the server";
    size_t len = 0;
    const uint8_t *name = hf_conn_get0_alpn(conn, &len);

    if (o->alpn == NULL)
        return;
    for (size_t i = 0; name != NULL && i < len && i < sizeof text - 1; i++) {
        text[i] = (char)(name[i] < 0x20 || name[i] >= 0x7f ? '?' : name[i]);
        text[i + 1] = '\0';
    }
    cli_row(t, "protocol", text);
}

static void put_verification(const struct cli_terminal *t, const struct cli_options *o,
                             const hf_conn *conn)
{
    const char *name = o->server_name != NULL ? o->server_name : o->target.host;
    int result = hf_conn_verify_result(conn);
    const char *colour = result == 0 ? cli_good(t) : cli_warn(t);

    if (hf_conn_session_reused(conn) || hf_conn_psk_used(conn))
        return;
    fprintf(t->out, "  %s%*s%s %s", cli_dim(t), LABEL, "certificate", cli_plain(t),
            colour);
    if (result == 0)
        fprintf(t->out, "verified for %s", name);
    else
        fprintf(t->out, "NOT VERIFIED: %s (%s)", hf_code_text(result),
                hf_code_name(result));
    fprintf(t->out, "%s%s\n", cli_plain(t),
            o->verify || result != 0 ? "" : ", though --no-verify was given");
}

static void put_early(const struct cli_terminal *t, const struct cli_attempt *a)
{
    const struct cli_early *e = &a->early;
    char text[300];

    if (e->bytes == NULL)
        return;
    if (e->why != NULL)
        snprintf(text, sizeof text, "none: %s; sent after the handshake", e->why);
    else if (e->rejected)
        snprintf(text, sizeof text, "rejected; sent again after the handshake");
    else if (e->sent < e->len)
        snprintf(text, sizeof text, "accepted, %zu bytes; %zu after the handshake",
                 e->sent, e->len - e->sent);
    else
        snprintf(text, sizeof text, "accepted, %zu bytes", e->sent);
    cli_row(t, "early data", text);
}

/* Whose certificates the server takes, in one row. */
static void put_authorities(const struct cli_terminal *t, const hf_error *error)
{
    enum { REQUEST = HF_NEGOTIATION_CERTIFICATE_REQUEST };
    char text[900];
    const char *name = "";
    size_t used = 0;

    for (size_t i = 0; used < sizeof text &&
                       hf_error_negotiation(error, REQUEST, HF_NEGOTIATION_AUTHORITY, i,
                                            NULL, &name) == 1;
         i++) {
        int n =
            snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? "; " : "", name);
        used += n > 0 ? (size_t)n : 0;
    }
    if (used == 0 || used >= sizeof text)
        return;
    if (hf_error_negotiation_incomplete(error, REQUEST) == 1)
        (void)snprintf(text + used, sizeof text - used, "; ...");
    cli_row(t, "accepted", text);
}

static void put_request(const struct cli_terminal *t, const hf_conn *conn)
{
    int answer = hf_conn_certificate_answer(conn);
    char text[160];

    if (hf_conn_certificate_requested(conn) != 1)
        return;
    if (answer == HF_ANSWER_SHOWN)
        snprintf(text, sizeof text,
                 "the server asked for a certificate, and ours was sent");
    else
        snprintf(text, sizeof text,
                 "the server asked for a certificate; none was sent: %s",
                 hf_certificate_answer_text(answer));
    cli_row(t, "client", text);
    put_authorities(t, hf_conn_get0_error(conn));
}

static void put_agreed(const struct cli_terminal *t, const struct cli_outcome *outcome,
                       const struct cli_attempt *a)
{
    const hf_conn *conn = a->conn;
    bool reused = hf_conn_session_reused(conn) == 1;
    const char *signature = hf_conn_signature_algorithm_name(conn);
    char text[160];

    snprintf(text, sizeof text, "%s in %.1f ms", hf_conn_version_name(conn),
             ms(a->handshake_us));
    cli_row(t, "handshake", text);
    snprintf(text, sizeof text, "%s%s", hf_conn_group_name(conn),
             hf_conn_hello_retried(conn) ? ", after HelloRetryRequest" : "");
    if (hf_conn_group(conn) != 0) /* none where TLS 1.2 resumes */
        cli_row(t, "group", text);
    cli_row(t, "cipher suite", hf_conn_cipher_suite_name(conn));
    if (!reused && hf_conn_psk_used(conn) != 1 && signature != NULL)
        cli_row(t, "signature", signature);
    put_alpn(t, outcome->options, conn);
    if (outcome->options->resume || outcome->options->session_file != NULL)
        cli_row(t, "session", reused ? "resumed" : "new");
    if (outcome->options->psk.key_len != 0)
        cli_row(t, "shared key", hf_conn_psk_used(conn) == 1 ? "taken" : "not taken");
    put_early(t, a);
    put_request(t, conn);
    put_verification(t, outcome->options, conn);
}

/* ---- the chain ---- */

static void format_date(char *out, size_t size, int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm tm;

    if (gmtime_r(&when, &tm) == NULL || strftime(out, size, "%Y-%m-%d %H:%M", &tm) == 0)
        (void)snprintf(out, size, "%" PRId64, seconds);
}

static void put_leaf(const struct cli_terminal *t, const hf_certificate *c)
{
    char first[32], last[32], text[80];

    if (hf_certificate_names(c)[0] != '\0')
        cli_row(t, "names", hf_certificate_names(c));
    format_date(first, sizeof first, hf_certificate_not_before(c));
    format_date(last, sizeof last, hf_certificate_not_after(c));
    (void)snprintf(text, sizeof text, "%s to %s UTC", first, last);
    cli_row(t, "valid", text);
}

static void put_chain(const struct cli_terminal *t, const struct cli_outcome *outcome,
                      const struct cli_attempt *a)
{
    struct cli_chain chain;

    if (!cli_attempt_chain(&chain, outcome, a))
        return;
    heading(t, "chain, the root above");
    cli_chain_text(t, &chain, (int64_t)time(NULL));
    for (size_t i = 0; i < chain.count; i++)
        if (chain.nodes[i].index == 0 && chain.nodes[i].certificate != NULL)
            put_leaf(t, chain.nodes[i].certificate);
    cli_chain_free(&chain);
}

/* ---- the messages ---- */

/* "verification: CERT_EXPIRED"; a number where there is no word for it. */
static void put_decision(const struct cli_terminal *t, const hf_conn *conn, size_t index,
                         const char *what)
{
    const char *word = "";
    int value = 0;

    (void)hf_trace_decision(conn, index, &value, &word);
    if (word[0] != '\0')
        fprintf(t->out, "   %s%s: %s%s\n", cli_dim(t), what, word, cli_plain(t));
    else
        fprintf(t->out, "   %s%s: %d%s\n", cli_dim(t), what, value, cli_plain(t));
}

static void put_event(const struct cli_terminal *t, const hf_conn *conn, size_t index)
{
    int kind = 0, direction = 0, what = 0, protected = 0;
    const char *name = NULL, *colour = "";
    const char *prefix = "";
    int64_t when = 0;
    size_t bytes = 0;

    hf_trace_event(conn, index, &kind, &direction, &what, &name, &when, &bytes,
                   &protected);
    if (kind == HF_TRACE_ALERT) {
        prefix = "alert ";
        colour = what == CLOSE_NOTIFY ? "" : cli_bad(t);
    }
    fprintf(t->out, "  %8.1f ms  ", ms(when));
    if (kind == HF_TRACE_DECISION) {
        put_decision(t, conn, index, name);
        return;
    }
    if (kind == HF_TRACE_KEYS) {
        fprintf(t->out, "%s%s %s%s\n", cli_dim(t),
                direction == HF_DIRECTION_SENT ? "->" : "<-", name, cli_plain(t));
        return;
    }
    fprintf(t->out, "%s %s%s%-*s%s", direction == HF_DIRECTION_SENT ? "->" : "<-", colour,
            prefix, (int)(24 - strlen(prefix)), name, cli_plain(t));
    if (bytes > 0)
        fprintf(t->out, " %6zu byte%s%s", bytes, bytes == 1 ? "" : "s",
                protected ? ", encrypted" : "");
    fputc('\n', t->out);
}

void cli_timeline(const struct cli_terminal *t, const hf_conn *conn)
{
    size_t count = hf_trace_count(conn);

    if (count == 0)
        return;
    heading(t, "messages (-> sent, <- received)");
    for (size_t i = 0; i < count; i++)
        put_event(t, conn, i);
    fprintf(t->out, "  %s%" PRIu64 " bytes sent, %" PRIu64 " received in all%s\n",
            cli_dim(t), hf_conn_bytes_out(conn), hf_conn_bytes_in(conn), cli_plain(t));
}

/* ---- the failure ---- */

static void put_failure(const struct cli_terminal *t, const struct cli_attempt *a)
{
    const char *name = cli_attempt_failure(a);
    const struct cli_line *entry = cli_explanation_of(name);
    const hf_error *error =
        a->conn != NULL && a->fault[0] == '\0' ? hf_conn_get0_error(a->conn) : NULL;

    fprintf(t->out, "  %sFAILED        %s%s\n", cli_bad(t), name, cli_plain(t));
    cli_row(t, "what", cli_attempt_summary(a));
    if (cli_attempt_hint(a)[0] != '\0')
        cli_row(t, "hint", cli_attempt_hint(a));
    if (entry != NULL)
        cli_row(t, "meaning", entry->more);
    if (error != NULL)
        cli_record_rows(t, error);
}

/* The last line: where there is more to read. */
static void put_more(const struct cli_terminal *t, const struct cli_attempt *a)
{
    if (cli_explanation_of(cli_attempt_failure(a)) != NULL)
        fprintf(t->out, "\n  %scauses, and how to fix them: handfast explain %s%s\n",
                cli_dim(t), cli_attempt_failure(a), cli_plain(t));
}

/* ---- all of it ---- */

/* What lay between the connection and the first byte of TLS. */
static void put_way(const struct cli_terminal *t, const struct cli_options *o,
                    const struct cli_attempt *a)
{
    char proxy[300] = "", text[400];

    if (o->has_proxy)
        cli_proxy_format(&o->proxy, proxy, sizeof proxy);
    if (!o->has_proxy && o->starttls == NULL)
        return;
    snprintf(text, sizeof text, "%s%s%s%s in %.1f ms", o->has_proxy ? "through " : "",
             proxy, o->has_proxy && o->starttls != NULL ? ", upgraded with " : "",
             o->starttls != NULL ? o->starttls->name : "", ms(a->way_us));
    cli_row(t, o->has_proxy ? "proxy" : "starttls", text);
}

static void put_attempt(const struct cli_terminal *t, const struct cli_outcome *outcome,
                        const struct cli_attempt *a)
{
    char text[160], place[100];

    if (a->dial.address[0] != '\0') {
        cli_target_format(a->dial.address, a->dial.port, place, sizeof place);
        snprintf(text, sizeof text, "%s in %.1f ms", place, ms(a->dial_us));
        cli_row(t, "connected", text);
    }
    if (a->conn != NULL)
        put_way(t, outcome->options, a);
    if (a->established)
        put_agreed(t, outcome, a);
    if (a->code != CLI_OK)
        put_failure(t, a);
    if (a->conn != NULL) {
        if (hf_conn_session_reused(a->conn) != 1)
            put_chain(t, outcome, a);
        cli_timeline(t, a->conn);
    }
    if (a->code != CLI_OK)
        put_more(t, a);
}

void cli_account_text(FILE *out, const struct cli_outcome *outcome)
{
    struct cli_terminal terminal = cli_terminal_of(out);
    const struct cli_terminal *t = &terminal;
    char place[sizeof outcome->options->target.host + 10];

    cli_target_format(outcome->options->target.host, outcome->options->target.port, place,
                      sizeof place);
    fprintf(out, "%s%s%s\n", cli_bold(t), place, cli_plain(t));
    put_attempt(t, outcome, &outcome->first);
    if (outcome->second_tried) {
        fprintf(out, "\n%s%s, again with the ticket%s\n", cli_bold(t), place,
                cli_plain(t));
        put_attempt(t, outcome, &outcome->second);
    }
    if (outcome->no_ticket)
        fprintf(out, "\n  %sNOT RESUMED%s   the server sent no ticket\n", cli_bad(t),
                cli_plain(t));
    else if (outcome->code == CLI_NOT_RESUMED)
        fprintf(out, "\n  %sNOT RESUMED%s   the server did not take its ticket back\n",
                cli_bad(t), cli_plain(t));
}
