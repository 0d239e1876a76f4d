/* tools/handfast/outcome.c: the words that the text, the line and JSON share. */
#include "account.h"

#include <string.h>

const char *cli_exit_name(enum cli_exit code)
{
    switch (code) {
    case CLI_OK:
        return "ok";
    case CLI_HANDSHAKE_FAILED:
        return "handshake_failed";
    case CLI_USAGE:
        return "usage";
    case CLI_CERTIFICATE_REFUSED:
        return "certificate_refused";
    case CLI_UNREACHABLE:
        return "unreachable";
    case CLI_TIMED_OUT:
        return "timed_out";
    case CLI_NOT_RESUMED:
        return "not_resumed";
    case CLI_LOCAL_FAILURE:
        break;
    }
    return "local_failure";
}

/* The connection's own record, if it is what failed. */
static const hf_error *record_of(const struct cli_attempt *a)
{
    return a->conn != NULL && a->fault[0] == '\0' ? hf_conn_get0_error(a->conn) : NULL;
}

const char *cli_attempt_summary(const struct cli_attempt *a)
{
    const hf_error *error = record_of(a);

    if (a->fault[0] != '\0')
        return a->fault;
    return error != NULL ? hf_error_summary(error) : a->dial.fault;
}

const char *cli_attempt_failure(const struct cli_attempt *a)
{
    const hf_error *error = record_of(a);

    if (error != NULL)
        return hf_error_name(error);
    if (a->name != NULL)
        return a->name;
    if (a->dial.name != NULL)
        return a->dial.name;
    return a->code == CLI_TIMED_OUT ? "DEADLINE_EXCEEDED" : "NO_MEMORY";
}

const char *cli_attempt_hint(const struct cli_attempt *a)
{
    const hf_error *error = record_of(a);

    if (error != NULL)
        return hf_error_hint(error);
    return a->dial.hint != NULL ? a->dial.hint : "";
}

void cli_server_name(const struct cli_options *o, char *out, size_t size)
{
    size_t len;

    (void)snprintf(out, size, "%s",
                   o->server_name != NULL ? o->server_name : o->target.host);
    len = strlen(out);
    if (len > 1 && out[len - 1] == '.')
        out[len - 1] = '\0';
}

void cli_account_line(FILE *out, const struct cli_outcome *outcome)
{
    const struct cli_attempt *a =
        outcome->first.code != CLI_OK ? &outcome->first : &outcome->second;
    char place[sizeof outcome->options->target.host + 10];

    cli_target_format(outcome->options->target.host, outcome->options->target.port, place,
                      sizeof place);
    if (outcome->code == CLI_OK)
        return;
    if (a->code == CLI_OK)
        fprintf(out, "handfast connect: %s: the session was not resumed\n", place);
    else
        fprintf(out, "handfast connect: %s: %s (%s)\n", place, cli_attempt_summary(a),
                cli_attempt_failure(a));
}
