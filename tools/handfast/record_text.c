/* tools/handfast/record_text.c: what failures look like to a person, in
 * the accounts of all subcommands.  Fixed columns. */
#include "record_text.h"
#include "paragraph.h"

#include <string.h>
#include <unistd.h>

enum { LABEL = -13 };

void cli_row(const struct cli_terminal *t, const char *label, const char *value)
{
    fprintf(t->out, "  %s%*s%s ", cli_dim(t), LABEL, label, cli_plain(t));
    if (isatty(fileno(t->out)) == 1)
        cli_paragraph(t, 2 - LABEL + 1, 2 - LABEL + 1, value);
    else
        fprintf(t->out, "%s\n", value); /* one line for each, for grep */
}

/* ---- a failure ---- */

static void put_alert(const struct cli_terminal *t, const hf_error *error)
{
    int alert = hf_error_alert(error), direction = hf_error_alert_direction(error);
    char text[120];

    if (alert < 0 || direction == HF_DIRECTION_NONE)
        return;
    snprintf(text, sizeof text, "%s (%d), %s", hf_alert_name(alert), alert,
             direction == HF_DIRECTION_SENT ? "sent by this side" : "sent by the server");
    cli_row(t, "alert", text);
}

static void put_fault_certificate(const struct cli_terminal *t, const hf_error *error)
{
    char text[300];
    int index = hf_error_certificate_index(error);

    if (index >= 0) {
        snprintf(text, sizeof text, "number %d of the chain, %s", index,
                 hf_error_certificate_subject(error)[0] != '\0'
                     ? hf_error_certificate_subject(error)
                     : "no subject");
        cli_row(t, "certificate", text);
    }
    if (hf_error_expected(error)[0] != '\0')
        cli_row(t, "expected", hf_error_expected(error));
    if (hf_error_presented(error)[0] != '\0')
        cli_row(t, "presented", hf_error_presented(error));
}

static void put_first_bytes(const struct cli_terminal *t, const hf_error *error)
{
    size_t len = 0;
    const uint8_t *bytes = hf_error_first_bytes(error, &len);
    char text[80];
    size_t n = 0;

    for (size_t i = 0; bytes != NULL && i < len && n < sizeof text - 2; i++)
        text[n++] = (char)(bytes[i] < 0x20 || bytes[i] >= 0x7f ? '.' : bytes[i]);
    text[n] = '\0';
    if (n > 0)
        cli_row(t, "answer", text);
}

void cli_record_rows(const struct cli_terminal *t, const hf_error *error)
{
    const char *step = hf_error_step(error), *message = hf_error_message(error);
    const char *rule = hf_error_certificate_rule(error);
    char text[120];

    if (strstr(hf_error_summary(error), hf_error_detail(error)) == NULL)
        cli_row(t, "detail", hf_error_detail(error));
    if (step[0] != '\0') {
        snprintf(text, sizeof text, "in state %s%s%s", step,
                 message[0] != '\0' ? ", at " : "", message);
        cli_row(t, "where", text);
    }
    put_alert(t, error);
    put_fault_certificate(t, error);
    put_first_bytes(t, error);
    if (rule[0] == '\0')
        rule = hf_error_rfc(error);
    if (rule[0] != '\0')
        cli_row(t, "rule", rule);
}
