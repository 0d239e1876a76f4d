/* tools/handfast/html_chain.c: the chain in the report: a tree, the root above, the
 * certificate at fault marked. */
#include "html.h"

#include <inttypes.h>
#include <string.h>

enum { DAY = 86400, NAMES_SHOWN = 8, NAMES_FOLD = 17, NAMES_SIZE = 1024 };

/* How much of its time has passed, as a bar that only eyes need. */
static void put_life(FILE *out, int64_t from, int64_t to, int64_t now)
{
    double whole = (double)to - (double)from, part = (double)now - (double)from;
    int percent = whole <= 0 || part >= whole ? 100
                  : part <= 0                 ? 0
                                              : (int)(100 * part / whole);

    fprintf(out,
            "<span class=\"life%s\" aria-hidden=\"true\"><i style=\"width:%d%%\"></i>"
            "</span>",
            now < from || now > to ? " over" : "", percent);
}

static void put_days(FILE *out, int64_t from, int64_t to, int64_t now)
{
    int64_t days = (now < from ? from - now : now > to ? now - to : to - now) / DAY;
    const char *s = days == 1 ? "" : "s";

    if (now < from)
        fprintf(out, "<span class=\"late\">begins in %" PRId64 " day%s</span>", days, s);
    else if (now > to)
        fprintf(out, "<span class=\"late\">expired %" PRId64 " day%s ago</span>", days,
                s);
    else
        fprintf(out, "%" PRId64 " day%s left", days, s);
}

static void put_validity(FILE *out, const hf_certificate *c, int64_t now)
{
    int64_t from = hf_certificate_not_before(c), to = hf_certificate_not_after(c);

    fputs("<div><dt>Valid</dt><dd>", out);
    cli_html_date(out, from);
    fputs(" to ", out);
    cli_html_date(out, to);
    fputs(", ", out);
    put_days(out, from, to, now);
    put_life(out, from, to, now);
    fputs("</dd></div>\n", out);
}

static void put_digits(FILE *out, const char *label, const char *digits)
{
    if (digits[0] == '\0')
        return;
    fprintf(out, "<div><dt>%s</dt><dd class=\"mono\">", label);
    cli_html_text(out, digits);
    fputs("</dd></div>\n", out);
}

/* They are separated by ", ", and end in "..." where the library has cut them; of many
 * the first are shown, the rest at a click. */
static void put_names(FILE *out, const char *names)
{
    const char *p = names;
    size_t count = 1, shown = 0;
    char first[NAMES_SIZE];

    for (p = strstr(names, ", "); p != NULL; p = strstr(p + 2, ", "), count++)
        if (count == NAMES_SHOWN)
            shown = (size_t)(p - names);
    if (count < NAMES_FOLD || shown >= sizeof first) {
        cli_html_fact(out, "Names", names);
        return;
    }
    (void)snprintf(first, sizeof first, "%.*s", (int)shown, names);
    fputs("<div><dt>Names</dt><dd>", out);
    cli_html_name(out, first);
    fprintf(out, "<details><summary>and %s%zu more</summary>",
            names[strlen(names) - 1] == '.' ? "at least " : "", count - NAMES_SHOWN);
    cli_html_name(out, names + shown + 2);
    fputs("</details></dd></div>\n", out);
}

static void put_tags(FILE *out, const struct cli_chain *chain,
                     const struct cli_node *node)
{
    if (node->kind == CLI_NODE_ROOT)
        fputs("<span class=\"tag\">trusted root</span>", out);
    if (node->index == 0)
        fputs("<span class=\"tag\">the server&#39;s own</span>", out);
    if (node->certificate != NULL) {
        fputs("<span class=\"tag\">", out);
        cli_html_text(out, hf_certificate_key(node->certificate));
        fputs("</span>", out);
        if (node->kind == CLI_NODE_GIVEN && hf_certificate_is_ca(node->certificate))
            fputs("<span class=\"tag\">CA</span>", out);
    }
    if (node->at_fault) {
        fputs("<span class=\"tag bad\">&#x2715; ", out);
        cli_html_text(out, chain->fault);
        fputs("</span>", out);
    }
}

static void put_subject(FILE *out, const struct cli_node *node)
{
    const char *name = node->name;

    if (node->certificate != NULL)
        name = hf_certificate_subject(node->certificate);
    if (node->certificate == NULL && node->kind == CLI_NODE_GIVEN) {
        fprintf(out, "malformed, %zu bytes", node->size);
        return;
    }
    if (name[0] == '\0')
        fputs("(no subject)", out);
    else
        cli_html_name(out, name);
}

static void put_node(FILE *out, const struct cli_chain *chain,
                     const struct cli_node *node, int depth, int64_t now)
{
    static const char *const kinds[] = {"given", "root", "missing"};
    const hf_certificate *c = node->certificate;

    fprintf(out, "<li class=\"%s%s%s\" style=\"--d:%d\">\n<div class=\"who\">",
            kinds[node->kind], node->at_fault ? " fault" : "", depth > 0 ? " child" : "",
            depth);
    if (node->kind == CLI_NODE_GIVEN)
        fprintf(out, "<span class=\"tag\">%d</span>", node->index);
    fputs("<b>", out);
    put_subject(out, node);
    fputs("</b>", out);
    put_tags(out, chain, node);
    fputs("</div>\n", out);
    if (node->kind == CLI_NODE_MISSING)
        fprintf(out,
                "<p class=\"note\">Named as the issuer; it was not sent, and %s.</p>\n",
                node->looked_for ? "is not among the trusted roots"
                                 : "not looked for, as verification had ended");
    if (c != NULL) {
        fputs("<dl class=\"rows\">\n", out);
        put_names(out, hf_certificate_names(c));
        if (depth == 0)
            cli_html_fact(out, "Issuer", hf_certificate_issuer(c));
        put_validity(out, c, now);
        put_digits(out, "Serial", hf_certificate_serial(c));
        put_digits(out, "SHA-256", hf_certificate_fingerprint(c));
        fputs("</dl>\n", out);
    }
    fputs("</li>\n", out);
}

void cli_html_chain(FILE *out, const struct cli_chain *chain, int64_t now)
{
    int depth = 0;

    fputs("<section aria-label=\"Certificate chain\">\n<h2>Certificate chain</h2>\n"
          "<p class=\"note\">The root above, the server&#39;s own certificate below; "
          "numbers are places in what was sent.</p>\n<ol class=\"tree\">\n",
          out);
    for (size_t i = 0; i < chain->path; i++)
        put_node(out, chain, &chain->nodes[i], depth++, now);
    fputs("</ol>\n", out);
    if (chain->count > chain->path) {
        fputs("<h3>Sent, but not in the path</h3>\n<ol class=\"tree\">\n", out);
        for (size_t i = chain->path; i < chain->count; i++)
            put_node(out, chain, &chain->nodes[i], 0, now);
        fputs("</ol>\n", out);
    }
    fputs("</section>\n", out);
}
