/* tools/handfast/explain.c: `handfast explain`: what an error, an alert or a result of
 * hf_get_error means, what causes it and how to fix that, for a person or as JSON. */
#include "explain.h"
#include "command.h"
#include "explain_search.h"
#include "json.h"
#include "paragraph.h"

#include <handfast/handfast.h>

#include <stdio.h>
#include <string.h>

static const char *const groups[] = {
    "",
    "use of the library",
    "the connection below TLS",
    "records, and answers that are not TLS",
    "messages that cannot be read",
    "rules of the handshake",
    "certificates and revocation",
    "told by the other side",
    "this process",
};

static const char *group_of(int code)
{
    size_t i = (size_t)(code / 100);

    return i < sizeof groups / sizeof groups[0] ? groups[i] : "";
}

void cli_explain_help(void)
{
    puts("usage: handfast explain [OPTION...] [NAME]\n"
         "\n"
         "Tells what an error means, what usually causes it, and how to fix each cause "
         "on\n"
         "whose side.  NAME is that of an error (CERT_EXPIRED, in any case, with or\n"
         "without HF_E_), its number (605), the name or number of an alert\n"
         "(certificate_expired, 45) or of a result of hf_get_error (WANT_READ, 2).\n"
         "Without NAME all are listed.\n"
         "\n"
         "  --json      one JSON document instead of text\n"
         "  -h, --help  this text\n"
         "\n"
         "exit codes\n"
         "  0  it is explained\n"
         "  2  wrong usage, or an unknown name; similar ones are told\n"
         "  7  the output could not be written");
}

/* ---- for a person ---- */

static void put_label(const struct cli_terminal *t, const char *label, const char *text)
{
    if (text[0] == '\0')
        return;
    fprintf(t->out, "  %s%-9s%s ", cli_dim(t), label, cli_plain(t));
    cli_paragraph(t, 12, 12, text);
}

static void put_causes(const struct cli_terminal *t, const struct cli_line *line)
{
    fprintf(t->out, "\n  %susual causes%s\n", cli_bold(t), cli_plain(t));
    for (int n = 1; cli_is_cause(line); line++, n++) {
        fprintf(t->out, "\n  %d. ", n);
        cli_paragraph(t, 5, 5, line->text);
        fprintf(t->out, "     %sfix, by %s:%s ", cli_good(t), cli_side_words(line->kind),
                cli_plain(t));
        cli_paragraph(t, 15 + (int)strlen(cli_side_words(line->kind)), 5, line->more);
    }
}

static void put_meaning(const struct cli_terminal *t, const struct cli_line *entry)
{
    fputs("\n  ", t->out);
    cli_paragraph(t, 2, 2, entry->more);
}

static void tell_error(const struct cli_terminal *t, int code)
{
    const struct cli_line *entry = cli_explanation_of(hf_code_name(code));
    int alert = cli_alert_of(code);
    char name[64], text[120];

    fprintf(t->out, "%s%s%s  error %d, %s\n", cli_bold(t), hf_code_name(code),
            cli_plain(t), code, group_of(code));
    put_label(t, "what", hf_code_text(code));
    put_label(t, "hint", hf_code_hint(code));
    put_label(t, "rule", hf_code_rfc(code));
    if (alert >= 0) {
        cli_alert_name(alert, name, sizeof name);
        snprintf(text, sizeof text, "this side ends the connection with %s (%d)", name,
                 alert);
        put_label(t, "alert", text);
    }
    if (entry == NULL)
        return;
    put_meaning(t, entry);
    put_causes(t, entry + 1);
}

static void tell_failure(const struct cli_terminal *t, const struct cli_line *entry)
{
    fprintf(t->out, "%s%s%s  failure of handfast connect before TLS\n", cli_bold(t),
            entry->text, cli_plain(t));
    put_meaning(t, entry);
    put_causes(t, entry + 1);
}

static void tell_alert(const struct cli_terminal *t, int alert)
{
    const struct cli_line *entry;
    char name[64];
    int code;
    bool first = true;

    cli_alert_name(alert, name, sizeof name);
    entry = cli_find_alert(name);
    fprintf(t->out, "%s%s%s  alert %d, when the other side sends it\n", cli_bold(t), name,
            cli_plain(t), alert);
    if (entry != NULL) {
        put_meaning(t, entry);
        put_causes(t, entry + 1);
    }
    for (size_t i = 0; (code = hf_code_at(i)) != 0; i++) {
        if (cli_alert_of(code) != alert)
            continue;
        if (first)
            fprintf(t->out, "\n  %sthis side sends it for%s\n", cli_bold(t),
                    cli_plain(t));
        first = false;
        fprintf(t->out, "    %s\n", hf_code_name(code));
    }
}

static void tell_result(const struct cli_terminal *t, int number)
{
    const struct cli_line *entry = cli_find_result(number);

    fprintf(t->out, "%s%s%s  result %d of hf_get_error\n", cli_bold(t), entry->text,
            cli_plain(t), number);
    put_meaning(t, entry);
    put_causes(t, entry + 1);
}

static void list_errors(const struct cli_terminal *t)
{
    int code, group = 0;

    for (size_t i = 0; (code = hf_code_at(i)) != 0; i++) {
        if (code / 100 != group)
            fprintf(t->out, "%s%s%s%s\n", group != 0 ? "\n" : "", cli_bold(t),
                    group_of(code), cli_plain(t));
        group = code / 100;
        fprintf(t->out, "  %d  %s\n       ", code, hf_code_name(code));
        cli_paragraph(t, 7, 7, hf_code_text(code));
    }
}

static void list_all(const struct cli_terminal *t)
{
    char name[64];
    int alert;

    list_errors(t);
    fprintf(t->out, "\n%shandfast connect, before TLS%s\n", cli_bold(t), cli_plain(t));
    for (const struct cli_line *l = cli_explained_failures; l->kind != CLI_LINE_END; l++)
        if (l->kind == CLI_LINE_ENTRY)
            fprintf(t->out, "    -  %s\n", l->text);
    fprintf(t->out, "\n%salerts%s\n", cli_bold(t), cli_plain(t));
    for (int i = 0; (alert = cli_alert_at(i)) >= 0; i++) {
        cli_alert_name(alert, name, sizeof name);
        fprintf(t->out, "  %3d  %s\n", alert, name);
    }
    fprintf(t->out, "\n%sresults of hf_get_error%s\n", cli_bold(t), cli_plain(t));
    for (int i = 0; cli_find_result(i) != NULL; i++)
        fprintf(t->out, "  %3d  %s\n", i, cli_find_result(i)->text);
}

/* ---- for a program ---- */

static void json_causes(FILE *out, const struct cli_line *line)
{
    const char *before = "";

    cli_json_key(out, ",\n      ", "causes");
    fputc('[', out);
    for (; cli_is_cause(line); line++) {
        fprintf(out, "%s\n        ", before);
        cli_json_text(out, "{", "side", cli_side_name(line->kind));
        cli_json_text(out, ", ", "cause", line->text);
        cli_json_text(out, ", ", "fix", line->more);
        fputc('}', out);
        before = ",";
    }
    fputs("]}", out);
}

static void json_entry(FILE *out, const struct cli_line *entry)
{
    cli_json_text(out, ",\n      ", "meaning", entry != NULL ? entry->more : NULL);
    if (entry != NULL)
        json_causes(out, entry + 1);
    else
        fputs(", \"causes\": []}", out);
}

static void json_error(FILE *out, const char *before, int code)
{
    int alert = cli_alert_of(code);
    char name[64];

    fprintf(out, "%s\n    {\"code\": %d", before, code);
    cli_json_text(out, ", ", "name", hf_code_name(code));
    cli_json_text(out, ", ", "group", group_of(code));
    cli_json_text(out, ",\n      ", "text", hf_code_text(code));
    cli_json_text(out, ",\n      ", "hint", hf_code_hint(code));
    cli_json_text(out, ",\n      ", "rfc",
                  hf_code_rfc(code)[0] != '\0' ? hf_code_rfc(code) : NULL);
    cli_alert_name(alert, name, sizeof name);
    cli_json_text(out, ", ", "alert", alert >= 0 ? name : NULL);
    json_entry(out, cli_explanation_of(hf_code_name(code)));
}

static void json_failure(FILE *out, const char *before, const struct cli_line *entry)
{
    fprintf(out, "%s\n    ", before);
    cli_json_text(out, "{", "name", entry->text);
    json_entry(out, entry);
}

static void json_alert(FILE *out, const char *before, int alert)
{
    char name[64];

    cli_alert_name(alert, name, sizeof name);
    fprintf(out, "%s\n    {\"number\": %d", before, alert);
    cli_json_text(out, ", ", "name", name);
    json_entry(out, cli_find_alert(name));
}

static void json_result(FILE *out, const char *before, int number)
{
    const struct cli_line *entry = cli_find_result(number);

    fprintf(out, "%s\n    {\"number\": %d", before, number);
    cli_json_text(out, ", ", "name", entry->text);
    json_entry(out, entry);
}

/* found NULL: all there are. */
static void tell_json(FILE *out, const struct cli_found *found)
{
    const char *before = "";
    int number;

    cli_json_key(out, "{\n  ", "errors");
    fputc('[', out);
    for (size_t i = 0; (number = hf_code_at(i)) != 0; i++)
        if (found == NULL || found->code == number) {
            json_error(out, before, number);
            before = ",";
        }
    cli_json_key(out, "],\n  ", "failures");
    fputc('[', out);
    before = "";
    for (const struct cli_line *l = cli_explained_failures; l->kind != CLI_LINE_END; l++)
        if (l->kind == CLI_LINE_ENTRY && (found == NULL || found->failure == l)) {
            json_failure(out, before, l);
            before = ",";
        }
    cli_json_key(out, "],\n  ", "alerts");
    fputc('[', out);
    before = "";
    for (int i = 0; (number = cli_alert_at(i)) >= 0; i++)
        if (found == NULL || found->alert == number) {
            json_alert(out, before, number);
            before = ",";
        }
    cli_json_key(out, "],\n  ", "results");
    fputc('[', out);
    before = "";
    for (int i = 0; cli_find_result(i) != NULL; i++)
        if (found == NULL || found->result == i) {
            json_result(out, before, i);
            before = ",";
        }
    fputs("]\n}\n", out);
}

/* ---- the command ---- */

static void tell_text(const struct cli_found *found)
{
    struct cli_terminal t = cli_terminal_of(stdout);

    if (found == NULL) {
        list_all(&t);
        return;
    }
    if (found->code != 0)
        tell_error(&t, found->code);
    if (found->failure != NULL)
        tell_failure(&t, found->failure);
    if (found->alert >= 0) {
        if (found->code != 0)
            fputc('\n', stdout);
        tell_alert(&t, found->alert);
    }
    if (found->result >= 0) {
        if (found->code != 0 || found->alert >= 0)
            fputc('\n', stdout);
        tell_result(&t, found->result);
    }
}

static int usage(const char *before, const char *word, const char *after)
{
    fprintf(stderr, "handfast explain: %s%s%s (see handfast help explain)\n", before,
            word, after);
    return CLI_USAGE;
}

static int explain(const char *name, bool json)
{
    struct cli_found found;
    char near[400];

    if (name != NULL && !cli_find(&found, name)) {
        cli_find_near(name, near, sizeof near);
        fprintf(stderr,
                "handfast explain: no error, alert or result is called '%s'%s%s\n", name,
                near[0] != '\0' ? "; perhaps " : "; handfast explain lists all", near);
        return CLI_USAGE;
    }
    if (json)
        tell_json(stdout, name != NULL ? &found : NULL);
    else
        tell_text(name != NULL ? &found : NULL);
    return CLI_OK;
}

/* Not by getopt: "-605", as a function returns it, is a name. */
int cli_explain(int argc, char **argv)
{
    const char *name = NULL;
    bool json = false, options = true;

    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        bool option = options && word[0] == '-' && (word[1] < '0' || word[1] > '9');

        if (option && strcmp(word, "--") == 0) {
            options = false;
        } else if (option && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            cli_explain_help();
            return CLI_OK;
        } else if (option && strcmp(word, "--json") == 0) {
            json = true;
        } else if (option) {
            return usage("unknown option '", word, "'");
        } else if (name != NULL) {
            return usage("only one name can be given, and '", word, "' is one too many");
        } else {
            name = word;
        }
    }
    return explain(name, json);
}
