/* tools/handfast/verify.h: `handfast verify`, from its arguments to its account. */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include "command.h"

#include <handfast/handfast.h>

#include <stdbool.h>
#include <stdio.h>

struct cli_verify {
    const char *file;
    const char *ca_file;   /* NULL: the system's */
    const char *crl_file;  /* revocation lists; NULL: none */
    const char *untrusted; /* NULL: none */
    const char *host;      /* NULL: names are not checked */
    const char *profile;   /* NULL: the default one */
    const char *html;      /* a file; "-" for standard output; NULL: no report */
    int64_t now;           /* the moment that counts */
    bool has_time;         /* it was given */
    bool json, quiet, help;
    hf_verify *verify;
    hf_status status; /* of hf_verify_run */
    enum cli_exit code;
};

/* Which of the certificates given is at fault; -1 if none of them is. */
int cli_verify_fault(const struct cli_verify *v);

void cli_verify_text(FILE *out, const struct cli_verify *v);
void cli_verify_json(FILE *out, const struct cli_verify *v);

#endif
