/* tools/handfast/options.h: the arguments of `handfast connect`. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "proxy.h"
#include "secrets.h"
#include "starttls.h"

#include <stdbool.h>
#include <stdint.h>

enum cli_relay { CLI_RELAY_AUTO, CLI_RELAY_ALWAYS, CLI_RELAY_NEVER };

struct cli_options {
    struct cli_target target;
    const char *server_name; /* NULL: the target's host */
    const char *alpn;
    const char *ca_file;
    const char *crl_file;      /* revocation lists; NULL: none */
    const char *profile;       /* NULL: the default one */
    const char *certificate;   /* of ours; NULL: none */
    const char *private_key;   /* NULL: in the same file */
    const char *password_file; /* of that key; NULL: it is asked for on the terminal */
    struct cli_psk psk;
    const char *session_file;
    const char *early_data;  /* a file */
    const char *compression; /* of certificates */
    const char *html;        /* a file; "-" for standard output; NULL: no report */
    const char *groups;
    const char *suites;
    const char *versions; /* --tls12, --tls13; NULL: the default */
    const char *key_log;
    const char *record;                  /* a new file */
    const struct cli_starttls *starttls; /* NULL: TLS from the first byte */
    bool has_proxy;
    struct cli_proxy proxy;
    int64_t timeout_ms;
    bool json;
    bool resume;
    bool verify;
    bool wait_for_verdict; /* of the server, on our certificate */
    bool quiet;
    bool help;
    enum cli_relay relay;
};

/* Returns 0, or an exit code after one line on stderr. */
int cli_options_parse(struct cli_options *options, int argc, char **argv);

#endif
