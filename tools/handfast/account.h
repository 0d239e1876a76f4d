/* tools/handfast/account.h: tells what happened, to a person or to a program. */
#ifndef CLI_ACCOUNT_H
#define CLI_ACCOUNT_H

#include "attempt.h"

#include <stdio.h>

/* What `handfast connect` did.  second.conn is NULL unless a resumption was tried. */
struct cli_outcome {
    const struct cli_options *options;
    hf_config *config;
    struct cli_attempt first;
    struct cli_attempt second;
    bool second_tried;
    bool no_ticket; /* --resume was asked for, but the server sent no ticket */
    enum cli_exit code;
};

void cli_account_text(FILE *out, const struct cli_outcome *outcome);
void cli_account_json(FILE *out, const struct cli_outcome *outcome);
/* The one line of --quiet; nothing on success. */
void cli_account_line(FILE *out, const struct cli_outcome *outcome);

/* The name that was asked for, without the dot that only resolvers know. */
void cli_server_name(const struct cli_options *o, char *out, size_t size);
/* "ok", "handshake_failed", ...: the exit code in words, as in the JSON document. */
const char *cli_exit_name(enum cli_exit code);
/* Why the attempt failed, in one sentence, and the name of the failure. */
const char *cli_attempt_summary(const struct cli_attempt *a);
const char *cli_attempt_failure(const struct cli_attempt *a);
const char *cli_attempt_hint(const struct cli_attempt *a);

#endif
