/* tools/handfast/html_findings.c: of a handshake that succeeded, in the report, what its
 * operator may want to know: what will fail soon, and what costs time. */
#include "account.h"
#include "html.h"

#include <inttypes.h>
#include <string.h>

enum { DAY = 86400, SOON = 21, TLS12 = 0x0303 };

struct list {
    FILE *out;
    bool begun;
};

static void begin(struct list *list)
{
    if (!list->begun)
        fputs("<section aria-label=\"Worth knowing\">\n"
              "<h2>Worth knowing</h2>\n<ul class=\"findings\">\n",
              list->out);
    list->begun = true;
    fputs("<li>", list->out);
}

static void put(struct list *list, const char *text)
{
    begin(list);
    cli_html_text(list->out, text);
    fputs("</li>\n", list->out);
}

/* ---- the certificates ---- */

static void look_at_dates(struct list *list, const struct cli_chain *chain, int64_t now)
{
    for (size_t i = 0; i < chain->path; i++) {
        const struct cli_node *node = &chain->nodes[i];
        int64_t left, days;

        if (node->certificate == NULL)
            continue;
        left = hf_certificate_not_after(node->certificate) - now;
        days = left / DAY;
        if (left < 0 || days >= SOON)
            continue;
        begin(list);
        fputs("The certificate ", list->out);
        cli_html_name(list->out, hf_certificate_subject(node->certificate));
        fprintf(list->out, " expires in %" PRId64 " day%s.%s</li>\n", days,
                days == 1 ? "" : "s",
                node->index == 0 ? " Is its renewal on the way?" : "");
    }
}

static void look_at_surplus(struct list *list, const struct cli_chain *chain)
{
    size_t count = chain->count - chain->path, bytes = 0;
    char text[160];

    for (size_t i = chain->path; i < chain->count; i++)
        bytes += chain->nodes[i].size;
    if (count == 0)
        return;
    (void)snprintf(text, sizeof text,
                   "The server sends %zu certificate%s that nobody needs here, of %zu "
                   "bytes: see below the chain.",
                   count, count == 1 ? "" : "s", bytes);
    put(list, text);
}

/* ---- the negotiation ---- */

static void look_at_version(struct list *list, const struct cli_outcome *outcome,
                            const hf_conn *conn)
{
    if (hf_conn_version(conn) == TLS12 && outcome->options->versions == NULL)
        put(list, "The server does not speak TLS 1.3, which would save a round trip and "
                  "hide its certificate from onlookers.");
}

static void look_at_group(struct list *list, const struct cli_outcome *outcome,
                          const hf_conn *conn)
{
    char text[300];
    const char *group = hf_conn_group_name(conn);

    if (hf_conn_hello_retried(conn) == 1) {
        (void)snprintf(text, sizeof text,
                       "The server asked for another hello, which cost a round trip: it "
                       "wanted a key share of %s. A client that offers that group first "
                       "(--groups %s,...) saves it.",
                       group, group);
        put(list, text);
    }
    if (hf_conn_group(conn) != 0 && outcome->options->groups == NULL &&
        strstr(group, "MLKEM") == NULL) {
        (void)snprintf(text, sizeof text,
                       "The key exchange, %s, does not withstand quantum computers; the "
                       "server did not take the hybrid groups that were offered.",
                       group);
        put(list, text);
    }
}

static void look_at_rest(struct list *list, const struct cli_outcome *outcome,
                         const hf_conn *conn)
{
    size_t len = 0;

    if (outcome->options->alpn != NULL && hf_conn_get0_alpn(conn, &len) == NULL)
        put(list, "The server chose none of the application protocols that were "
                  "offered; HTTP clients speak HTTP/1.1 then.");
    if (hf_conn_certificate_requested(conn) == 1 && hf_conn_certificate_sent(conn) != 1)
        put(list, "The server asked for a client certificate. None was sent, and it may "
                  "refuse the connection, or parts of its service, for that.");
}

void cli_html_findings(FILE *out, const struct cli_outcome *outcome,
                       const struct cli_attempt *a, const struct cli_chain *chain)
{
    struct list list = {.out = out};
    int result = hf_conn_verify_result(a->conn);
    char text[300];

    if (chain != NULL && result != 0) {
        (void)snprintf(text, sizeof text,
                       "The certificate was NOT VERIFIED: %s (%s). Anybody on the way "
                       "may be the other side.",
                       hf_code_text(result), hf_code_name(result));
        put(&list, text);
    }
    if (chain != NULL && chain->count > 0) {
        look_at_dates(&list, chain, cli_html_now(a) / 1000000);
        look_at_surplus(&list, chain);
    }
    look_at_version(&list, outcome, a->conn);
    look_at_group(&list, outcome, a->conn);
    look_at_rest(&list, outcome, a->conn);
    if (list.begun)
        fputs("</ul>\n</section>\n", out);
}
