/* tools/handfast/html_diagnosis.c: the failure in the report: what it means, what to do,
 * the particulars of the record, and the usual causes with their sides. */
#include "explain.h"
#include "html.h"

#include <string.h>

static void put_first_bytes(FILE *out, const hf_error *error)
{
    size_t len = 0, n = 0;
    const uint8_t *bytes = hf_error_first_bytes(error, &len);
    char text[130];

    for (size_t i = 0; bytes != NULL && i < len && n < sizeof text - 2; i++)
        text[n++] = (char)(bytes[i] < 0x20 || bytes[i] >= 0x7f ? '.' : bytes[i]);
    text[n] = '\0';
    cli_html_fact(out, "Answer", text);
}

static void put_alert(FILE *out, const hf_error *error)
{
    int alert = hf_error_alert(error), direction = hf_error_alert_direction(error);
    char text[120];

    if (alert < 0 || direction == HF_DIRECTION_NONE)
        return;
    (void)snprintf(text, sizeof text, "%s (%d), sent by %s", hf_alert_name(alert), alert,
                   direction == HF_DIRECTION_SENT ? "this side" : "the server");
    cli_html_fact(out, "Alert", text);
}

static void put_place(FILE *out, const hf_error *error)
{
    const char *step = hf_error_step(error), *message = hf_error_message(error);
    char text[160];

    if (step[0] == '\0')
        return;
    (void)snprintf(text, sizeof text, "state %s%s%s", step,
                   message[0] != '\0' ? ", at the message " : "", message);
    cli_html_fact(out, "Where", text);
}

static void put_certificate(FILE *out, const hf_error *error)
{
    int index = hf_error_certificate_index(error);
    char text[400];

    if (hf_error_certificate_subject(error)[0] == '\0' && index < 0)
        return;
    if (index >= 0)
        (void)snprintf(text, sizeof text, "number %d, %s", index,
                       hf_error_certificate_subject(error));
    else
        (void)snprintf(text, sizeof text, "trusted root, %s",
                       hf_error_certificate_subject(error));
    cli_html_fact(out, "Certificate", text);
    cli_html_fact(out, "Expected", hf_error_expected(error));
    cli_html_fact(out, "Presented", hf_error_presented(error));
    cli_html_fact(out, "Clock used", hf_error_certificate_clock(error));
    cli_html_fact(out, "Issuer is at", hf_error_certificate_issuer_url(error));
}

/* Certificates of one name are told apart by their places, numbers and keys. */
static void put_candidate(FILE *out, const hf_error *error, size_t index)
{
    const char *subject = "", *serial = "", *key_id = "";
    int code = 0, child = 0, place = 0;

    (void)hf_error_candidate(error, index, &code, &child, &place, &subject, &serial,
                             &key_id);
    if (place >= 0)
        fprintf(out, "<li>number %d, ", place);
    else
        fputs("<li>trusted, ", out);
    cli_html_name(out, subject);
    fprintf(out, ", for number %d: <b>", child);
    cli_html_text(out, hf_code_text(code));
    fputs("</b><br><span class=\"note\">serial number <span class=\"mono\">", out);
    cli_html_text(out, serial);
    if (key_id[0] != '\0') {
        fputs("</span>, key <span class=\"mono\">", out);
        cli_html_text(out, key_id);
    }
    fputs("</span></span></li>\n", out);
}

static void put_candidates(FILE *out, const hf_error *error)
{
    size_t count = 0;

    while (hf_error_candidate(error, count, NULL, NULL, NULL, NULL, NULL, NULL) == 1)
        count++;
    if (count == 0)
        return;
    fputs("<div><dt>Issuers tried</dt><dd><ul class=\"tried\">\n", out);
    for (size_t i = 0; i < count; i++)
        put_candidate(out, error, i);
    fputs("</ul></dd></div>\n", out);
}

static void put_particulars(FILE *out, const hf_error *error)
{
    const char *rule = hf_error_certificate_rule(error);

    fputs("<h3>Particulars</h3>\n<dl class=\"rows\">\n", out);
    if (strstr(hf_error_summary(error), hf_error_detail(error)) == NULL)
        cli_html_fact(out, "Detail", hf_error_detail(error));
    put_place(out, error);
    put_alert(out, error);
    put_certificate(out, error);
    put_candidates(out, error);
    put_first_bytes(out, error);
    if (hf_error_errno(error) != 0)
        cli_html_fact(out, "System", strerror(hf_error_errno(error)));
    cli_html_fact(out, "Rule", rule[0] != '\0' ? rule : hf_error_rfc(error));
    fputs("</dl>\n", out);
}

static void put_causes(FILE *out, const struct cli_line *line)
{
    fputs("<h3>Usual causes, and how to fix them</h3>\n<ul class=\"causes\">\n", out);
    for (; cli_is_cause(line); line++) {
        fputs("<li><span class=\"side\"><span class=\"sr\">to be fixed by </span>", out);
        cli_html_text(out, cli_side_words(line->kind));
        fputs("</span><p>", out);
        cli_html_text(out, line->text);
        fputs("</p><p class=\"fix\">", out);
        cli_html_text(out, line->more);
        fputs("</p></li>\n", out);
    }
    fputs("</ul>\n", out);
}

void cli_html_diagnosis(FILE *out, const char *name, const char *hint,
                        const hf_error *error)
{
    const struct cli_line *entry = cli_explanation_of(name);

    fputs("<section aria-label=\"What it means\">\n<h2>What it means</h2>\n", out);
    if (entry != NULL) {
        fputs("<p>", out);
        cli_html_text(out, entry->more);
        fputs("</p>\n", out);
    }
    if (hint[0] != '\0') {
        fputs("<p class=\"todo\"><strong>What to do</strong> ", out);
        cli_html_sentence(out, hint);
        fputs("</p>\n", out);
    }
    if (error != NULL)
        put_particulars(out, error);
    if (entry != NULL)
        put_causes(out, entry + 1);
    fputs("</section>\n", out);
}
