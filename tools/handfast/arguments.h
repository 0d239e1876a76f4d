/* tools/handfast/arguments.h: what the subcommands do alike with their arguments: refuse
 * them, and read the values that several of them take. */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include <handfast/handfast.h>

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

enum { CLI_SECONDS_MAX = 86400 };

/* One line on stderr, which names the subcommand and its help.  Returns CLI_USAGE. */
int cli_refuse_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for what getopt_long has just refused with '?' or ':'; of the options, which
 * end with a name of NULL, those are told that may have been meant. */
int cli_refuse_option(const char *command, const struct option *options, char **argv,
                      int kind);

/* Which option may help where a private key was refused, to be told behind the reason. */
const char *cli_key_advice(hf_status status);

/* Seconds from 0 to CLI_SECONDS_MAX, with a fraction allowed, "0.5"; false if the text is
 * not that, or less than a millisecond and not 0. */
bool cli_parse_seconds(const char *text, int64_t *milliseconds);

/* "TLSv1.2" or "TLSv1.3", for one of --tls12 and --tls13: alone, or beside the other. */
void cli_add_version(const char **versions, const char *name);

/* The protocols of --alpn, with commas between them. */
hf_status cli_add_alpn(hf_config *config, const char *list);

#endif
