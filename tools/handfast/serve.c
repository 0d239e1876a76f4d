/* tools/handfast/serve.c: `handfast serve`: from the arguments to the server. */
#include "serve.h"

#include <stdio.h>

int cli_serve(int argc, char **argv)
{
    struct cli_serve_options options;
    hf_config *config = NULL;
    char why[1600];
    int code = cli_serve_options_parse(&options, argc, argv);

    if (code != 0)
        return code;
    if (options.help) {
        cli_serve_help();
        return CLI_OK;
    }
    options.sessions = cli_sessions_new();
    if (options.sessions == NULL) {
        fputs("handfast serve: memory is exhausted\n", stderr);
        return CLI_LOCAL_FAILURE;
    }
    code = cli_serve_config_make(&config, &options, why, sizeof why);
    if (code == 0)
        code = cli_serve_run(&options, config);
    else
        fprintf(stderr, "handfast serve: %s\n", why);
    cli_sessions_free(options.sessions);
    return code;
}
