/* tools/handfast/arguments.c: arguments refused, and values that several subcommands
 * take. */
#include "arguments.h"
#include "command.h"

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

/* getopt_long leaves the offending word behind optind for long options alone. */
int cli_refuse_option(const char *command, char **argv, int kind)
{
    char letter[3] = {'-', (char)optopt, '\0'};
    const char *word =
        optopt > 0 && optopt < 256 && kind == '?' ? letter : argv[optind - 1];

    if (kind == ':')
        return cli_refuse_usage(command, "option '%s' needs a value", word);
    if (optopt >= 256)
        return cli_refuse_usage(command, "option '%s' takes no value", word);
    return cli_refuse_usage(command, "unknown or ambiguous option '%s'", word);
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
