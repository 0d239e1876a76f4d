/* tools/handfast/explain_table.c: the explanations as tables, and the alerts that belong
 * to errors, which only the engine's own lists tell. */
#include "explain.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define E(name, meaning) {CLI_LINE_ENTRY, #name, meaning},
#define C(side, cause, fix) {CLI_LINE_##side, cause, fix},

const struct cli_line cli_explained_errors[] = {
#include "explanations/api.def"
#include "explanations/certificates.def"
#include "explanations/messages.def"
#include "explanations/peer.def"
#include "explanations/process.def"
#include "explanations/protocol.def"
#include "explanations/records.def"
#include "explanations/transport.def"
    {CLI_LINE_END, NULL, NULL},
};

const struct cli_line cli_explained_failures[] = {
#include "explanations/command.def"
    {CLI_LINE_END, NULL, NULL},
};

const struct cli_line cli_explained_alerts[] = {
#include "explanations/alerts.def"
    {CLI_LINE_END, NULL, NULL},
};

const struct cli_line cli_explained_results[] = {
#include "explanations/results.def"
    {CLI_LINE_END, NULL, NULL},
};

#undef E
#undef C

/* ---- alerts ---- */

enum alert {
#define A(number, name, text) ALERT_##name = (number),
#include "base/alerts.def"
#undef A
    ALERT_NONE = -1,
};

static const struct {
    int number;
    const char *name;
} alerts[] = {
#define A(number, name, text) {number, text},
#include "base/alerts.def"
#undef A
};
enum { ALERTS = sizeof alerts / sizeof alerts[0] };

static const struct {
    int code;
    enum alert alert;
} sent[] = {
#define X(number, name, alert, rfc, text, hint) {number, ALERT_##alert},
#include "base/errors.def"
#undef X
};

int cli_alert_of(int code)
{
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++)
        if (sent[i].code == code)
            return (int)sent[i].alert;
    return ALERT_NONE;
}

int cli_alert_at(int index)
{
    return index >= 0 && index < ALERTS ? alerts[index].number : -1;
}

void cli_alert_name(int alert, char *out, unsigned size)
{
    const char *name = "", *end;

    for (int i = 0; i < ALERTS; i++)
        if (alerts[i].number == alert)
            name = alerts[i].name;
    end = strstr(name, "_RESERVED");
    snprintf(out, size, "%.*s", (int)(end != NULL ? end - name : (int)strlen(name)),
             name);
}

/* ---- entries ---- */

static const struct cli_line *find(const struct cli_line *table, const char *name)
{
    for (; table->kind != CLI_LINE_END; table++)
        if (table->kind == CLI_LINE_ENTRY && strcmp(table->text, name) == 0)
            return table;
    return NULL;
}

const struct cli_line *cli_explanation_of(const char *name)
{
    const struct cli_line *entry = find(cli_explained_errors, name);

    return entry != NULL ? entry : find(cli_explained_failures, name);
}

bool cli_is_cause(const struct cli_line *line)
{
    return line->kind != CLI_LINE_END && line->kind != CLI_LINE_ENTRY;
}

static const struct {
    const char *name;
    const char *words;
} sides[] = {
    [CLI_LINE_END] = {"", ""},
    [CLI_LINE_ENTRY] = {"", ""},
    [CLI_LINE_HERE] = {"here", "this side"},
    [CLI_LINE_CODE] = {"code", "the program that uses handfast"},
    [CLI_LINE_PEER] = {"peer", "the other side"},
    [CLI_LINE_SERVER] = {"server", "the server"},
    [CLI_LINE_CLIENT] = {"client", "the client"},
    [CLI_LINE_NETWORK] = {"network", "the network between"},
    [CLI_LINE_CA] = {"ca", "who issued the certificate"},
    [CLI_LINE_LIBRARY] = {"handfast", "handfast itself"},
};

const char *cli_side_words(enum cli_line_kind kind)
{
    return sides[kind].words;
}

const char *cli_side_name(enum cli_line_kind kind)
{
    return sides[kind].name;
}
