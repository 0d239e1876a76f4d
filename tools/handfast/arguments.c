/* tools/handfast/arguments.c: arguments refused, and values that several subcommands
 * take. */
#include "arguments.h"
#include "command.h"
#include "nearest.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cli_refuse_usage(const char *command, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "handfast %s: ", command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, " (see handfast help %s)\n", command);
    return CLI_USAGE;
}

/* "; perhaps --a or --b": the options that begin with the word, else those like it. */
static void tell_meant(char *out, size_t size, const struct option *options,
                       const char *word)
{
    size_t len = strcspn(word, "="), used = 0;
    char name[CLI_WORD_MAX + 1];
    bool begins = false;

    out[0] = '\0';
    if (len == 0 || len > CLI_WORD_MAX)
        return;
    memcpy(name, word, len);
    name[len] = '\0';
    for (const struct option *o = options; o->name != NULL; o++)
        begins = begins || strncmp(o->name, name, len) == 0;
    for (const struct option *o = options; o->name != NULL && used < size; o++) {
        if (begins ? strncmp(o->name, name, len) == 0 : cli_is_near(name, o->name))
            used += (size_t)snprintf(out + used, size - used, "%s--%s",
                                     used == 0 ? "; perhaps " : " or ", o->name);
    }
}

/* getopt_long leaves the offending word behind optind for long options alone; -json is to
 * it the letters j, s, o and n. */
int cli_refuse_option(const char *command, const struct option *options, char **argv,
                      int kind)
{
    char letter[3] = {'-', (char)optopt, '\0'}, meant[200];
    bool is_letter = optopt > 0 && optopt < 256 && kind == '?';
    const char *word = is_letter ? letter : argv[optind - 1];

    if (kind == ':')
        return cli_refuse_usage(command, "option '%s' needs a value", word);
    if (optopt >= 256)
        return cli_refuse_usage(command, "option '%s' takes no value", word);
    if (is_letter && argv[optind] != NULL && argv[optind][0] == '-' &&
        argv[optind][1] == (char)optopt && argv[optind][2] != '\0')
        word = argv[optind];
    tell_meant(meant, sizeof meant, options, word + strspn(word, "-"));
    if (word[1] != '-' && word[1] != '\0' && word[2] == '\0')
        meant[0] = '\0'; /* of one letter nothing can be said */
    return cli_refuse_usage(command, "unknown or ambiguous option '%s'%s", word, meant);
}

const char *cli_key_advice(hf_status status)
{
    switch (-status) {
    case HF_E_NO_PRIVATE_KEY_IN_INPUT:
        return "; --key names the file that has it";
    case HF_E_PRIVATE_KEY_ENCRYPTED:
        return "; --key-password-file names the file that has it";
    default:
        return "";
    }
}

bool cli_parse_seconds(const char *text, int64_t *milliseconds)
{
    char *end = NULL;
    double seconds;

    if ((text[0] < '0' || text[0] > '9') && text[0] != '.')
        return false; /* strtod would take "nan", "inf", spaces and signs */
    errno = 0;
    seconds = strtod(text, &end);
    if (errno != 0 || end == text || *end != '\0' || !(seconds <= CLI_SECONDS_MAX) ||
        (seconds > 0.0 && seconds < 0.001))
        return false;
    *milliseconds = (int64_t)(seconds * 1000.0);
    return true;
}

void cli_add_version(const char **versions, const char *name)
{
    *versions =
        *versions == NULL || strcmp(*versions, name) == 0 ? name : "TLSv1.2:TLSv1.3";
}

hf_status cli_add_alpn(hf_config *config, const char *list)
{
    hf_status status = 1;

    for (const char *p = list; status == 1; p++) {
        size_t len = strcspn(p, ",");

        status = hf_config_add_alpn(config, (const uint8_t *)p, len);
        p += len;
        if (*p == '\0')
            break;
    }
    return status;
}
