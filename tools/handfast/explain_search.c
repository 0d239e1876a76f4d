/* tools/handfast/explain_search.c: finds an error, a failure or an alert by what a person
 * types: any case, hyphens for underscores, a prefix of a C constant, a number. */
#include "explain_search.h"
#include "nearest.h"

#include <handfast/handfast.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_LEN = 63, NEAR_MAX = 5 };

/* ---- exact ---- */

/* In capitals, with underscores, without the prefix; false if it is too long. */
static bool normalise(char out[NAME_MAX_LEN + 1], const char *name)
{
    static const char *const prefixes[] = {"HF_E_",  "HFI_E_",    "SSL_AD_",
                                           "ALERT_", "HF_ERROR_", "SSL_ERROR_"};
    size_t len = strlen(name);

    if (len > NAME_MAX_LEN)
        return false;
    for (size_t i = 0; i <= len; i++) {
        char c = name[i];

        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        out[i] = (char)(c == '-' || c == ' ' ? '_' : c);
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t n = strlen(prefixes[i]);

        /* ALERT_LEVEL is an error. */
        if (len > n && strncmp(out, prefixes[i], n) == 0 &&
            (i != 3 || cli_explanation_of(out) == NULL)) {
            memmove(out, out + n, len - n + 1);
            break;
        }
    }
    return true;
}

static void upper_alert(int alert, char *out, size_t size)
{
    char name[NAME_MAX_LEN + 1];

    cli_alert_name(alert, name, sizeof name);
    snprintf(out, size, "%s", name);
    for (char *p = out; *p != '\0'; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
}

/* Numbers as functions return them, negated, too. */
static bool by_number(struct cli_found *found, const char *text)
{
    char *end;
    long n = strtol(text[0] == '-' ? text + 1 : text, &end, 10);
    int code, alert;

    if (*end != '\0' || n < 0 || n > 9999)
        return false;
    for (size_t i = 0; (code = hf_code_at(i)) != 0; i++)
        if (code == n)
            found->code = code;
    for (int i = 0; text[0] != '-' && (alert = cli_alert_at(i)) >= 0; i++)
        if (alert == n)
            found->alert = alert;
    if (text[0] != '-' && cli_find_result((int)n) != NULL)
        found->result = (int)n;
    return found->code != 0 || found->alert >= 0 || found->result >= 0;
}

bool cli_find(struct cli_found *found, const char *name)
{
    char wanted[NAME_MAX_LEN + 1], other[NAME_MAX_LEN + 1];
    int code, alert;

    *found = (struct cli_found){.alert = -1, .result = -1};
    if (name[0] != '\0' && strspn(name, "-0123456789") == strlen(name))
        return by_number(found, name);
    if (!normalise(wanted, name))
        return false;
    for (size_t i = 0; (code = hf_code_at(i)) != 0; i++)
        if (strcmp(hf_code_name(code), wanted) == 0)
            found->code = code;
    for (int i = 0; (alert = cli_alert_at(i)) >= 0; i++) {
        upper_alert(alert, other, sizeof other);
        if (strcmp(other, wanted) == 0)
            found->alert = alert;
    }
    for (int i = 0; cli_find_result(i) != NULL; i++)
        if (strcmp(cli_find_result(i)->text, wanted) == 0)
            found->result = i;
    if (found->code == 0)
        found->failure = cli_explanation_of(wanted);
    return found->code != 0 || found->alert >= 0 || found->result >= 0 ||
           found->failure != NULL;
}

const struct cli_line *cli_find_alert(const char *name)
{
    for (const struct cli_line *l = cli_explained_alerts; l->kind != CLI_LINE_END; l++)
        if (l->kind == CLI_LINE_ENTRY && strcmp(l->text, name) == 0)
            return l;
    return NULL;
}

const struct cli_line *cli_find_result(int number)
{
    for (const struct cli_line *l = cli_explained_results; l->kind != CLI_LINE_END; l++)
        if (l->kind == CLI_LINE_ENTRY && number-- == 0)
            return l;
    return NULL;
}

/* ---- near ---- */

struct near {
    char names[NEAR_MAX][NAME_MAX_LEN + 1];
    int distances[NEAR_MAX];
    int count;
};

static void insert(struct near *near, const char *name, int score)
{
    int at = near->count;

    while (at > 0 && near->distances[at - 1] > score)
        at--;
    if (at == NEAR_MAX)
        return;
    if (near->count < NEAR_MAX)
        near->count++;
    for (int i = near->count - 1; i > at; i--) {
        memcpy(near->names[i], near->names[i - 1], sizeof near->names[i]);
        near->distances[i] = near->distances[i - 1];
    }
    snprintf(near->names[at], sizeof near->names[at], "%s", name);
    near->distances[at] = score;
}

/* How far the word is from the nearest word of a name. */
static int word_distance(const char *wanted, const char *name)
{
    char word[NAME_MAX_LEN + 1];
    int best = NAME_MAX_LEN;

    for (const char *p = name; *p != '\0'; p += strspn(p, "_")) {
        size_t len = strcspn(p, "_");
        int d;

        snprintf(word, sizeof word, "%.*s", (int)len, p);
        d = cli_distance(wanted, word);
        best = d < best ? d : best;
        p += len;
    }
    return best;
}

static void squeeze(char *out, const char *name)
{
    for (; *name != '\0'; name++)
        if (*name != '_')
            *out++ = *name;
    *out = '\0';
}

/* One that has the word in it is as near as a slip of the pen. */
static void consider(struct near *near, const char *wanted, const char *upper,
                     const char *shown)
{
    char bare_wanted[NAME_MAX_LEN + 1], bare[NAME_MAX_LEN + 1];
    int length = (int)strlen(wanted), far = length / 4 + 1;
    int score = cli_distance(wanted, upper);

    squeeze(bare_wanted, wanted);
    squeeze(bare, upper);
    if (length >= 3 &&
        (strstr(upper, wanted) != NULL || strstr(bare, bare_wanted) != NULL))
        score = 1;
    else if (length >= 4 && word_distance(wanted, upper) == 1)
        score = 2;
    if (score <= far)
        insert(near, shown, score);
}

void cli_find_near(const char *name, char *out, size_t size)
{
    char wanted[NAME_MAX_LEN + 1], upper[NAME_MAX_LEN + 1], shown[NAME_MAX_LEN + 1];
    struct near near = {.count = 0};
    size_t used = 0;
    int number;

    out[0] = '\0';
    if (!normalise(wanted, name))
        return;
    for (size_t i = 0; (number = hf_code_at(i)) != 0; i++)
        consider(&near, wanted, hf_code_name(number), hf_code_name(number));
    for (const struct cli_line *l = cli_explained_failures; l->kind != CLI_LINE_END; l++)
        if (l->kind == CLI_LINE_ENTRY)
            consider(&near, wanted, l->text, l->text);
    for (int i = 0; cli_find_result(i) != NULL; i++)
        consider(&near, wanted, cli_find_result(i)->text, cli_find_result(i)->text);
    for (int i = 0; (number = cli_alert_at(i)) >= 0; i++) {
        cli_alert_name(number, shown, sizeof shown);
        upper_alert(number, upper, sizeof upper);
        consider(&near, wanted, upper, shown);
    }
    for (int i = 0; i < near.count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s",
                                 i == 0                ? ""
                                 : i == near.count - 1 ? " or "
                                                       : ", ",
                                 near.names[i]);
}
