/* tools/handfast/serve.h: the arguments of `handfast serve`, and the configuration that
 * is made of them. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "command.h"
#include "dial.h"

#include <handfast/handfast.h>

enum {
    CLI_SERVE_LISTEN_MAX = 8,
    CLI_SERVE_PAIRS_MAX = 8, /* what a configuration takes */
};

struct cli_sessions;

/* What a client gets once TLS is there. */
enum cli_service {
    CLI_SERVE_GREET, /* one line about the connection, then echo */
    CLI_SERVE_ECHO,
    CLI_SERVE_WWW,
    CLI_SERVE_FORWARD,
};

enum cli_client_auth { CLI_AUTH_NONE, CLI_AUTH_OPTIONAL, CLI_AUTH_REQUIRED };

struct cli_serve_pair {
    const char *certificate;
    const char *key;  /* NULL: in the same file */
    const char *ocsp; /* a response to staple; NULL: none */
};

struct cli_serve_options {
    struct cli_target listen[CLI_SERVE_LISTEN_MAX];
    int listen_count;
    struct cli_serve_pair pairs[CLI_SERVE_PAIRS_MAX];
    int pair_count;
    const char *key_password_file;
    const char *ca_file;
    const char *crl_file; /* revocation lists; NULL: none */
    const char *profile;  /* NULL: the default one */
    enum cli_client_auth client_auth;
    const char *alpn;
    const char *versions; /* --tls12, --tls13; NULL: the default */
    const char *groups;
    const char *suites;
    const char *sigalgs;
    const char *key_log;
    const char *ticket_keys;
    bool no_tickets;
    bool plain_master_secret;
    struct cli_sessions *sessions; /* kept over reloads */
    size_t early_data;             /* bytes; 0: none is taken */
    enum cli_service service;
    int services; /* how many were asked for */
    struct cli_target forward;
    int64_t handshake_timeout_ms;
    int64_t idle_timeout_ms; /* 0: none */
    int max_connections;     /* 0: what the system allows */
    bool json, quiet, help;
};

/* serve_options.c.  Returns 0, or an exit code after one line on stderr. */
int cli_serve_options_parse(struct cli_serve_options *options, int argc, char **argv);

/* serve_config.c.  A configuration with the files as they are now; 0, or an exit code
 * and a sentence in why. */
int cli_serve_config_make(hf_config **config, const struct cli_serve_options *options,
                          char *why, size_t size);

/* serve_sessions.c: a store for clients that take no tickets.  NULL: no memory. */
struct cli_sessions *cli_sessions_new(void);
void cli_sessions_free(struct cli_sessions *sessions);
hf_status cli_sessions_use(struct cli_sessions *sessions, hf_config *config);

/* serve_loop.c.  Listens and serves until a signal ends it; config is released. */
int cli_serve_run(const struct cli_serve_options *options, hf_config *config);

#endif
