/* tools/handfast/connect.c: `handfast connect`: one handshake, or two with --resume, the
 * account of them, and the relay. */
#include "account.h"
#include "html.h"
#include "options.h"
#include "record.h"
#include "relay.h"
#include "session_file.h"

#include <stdlib.h>
#include <string.h>

/* The report is on standard output, and nothing else is. */
static bool prints_report(const struct cli_options *o)
{
    return o->html != NULL && strcmp(o->html, "-") == 0;
}

static bool wants_relay(const struct cli_options *o)
{
    if (o->relay != CLI_RELAY_AUTO)
        return o->relay == CLI_RELAY_ALWAYS;
    return !o->json && !prints_report(o) && cli_relay_has_input();
}

static void print_report(FILE *out, const void *outcome)
{
    cli_html_connect(out, outcome);
}

static void tell(FILE *out, struct cli_outcome *outcome)
{
    const struct cli_options *o = outcome->options;
    int code = CLI_OK;

    if (prints_report(o))
        out = stderr;
    if (outcome->options->json)
        cli_account_json(out, outcome);
    else if (outcome->options->quiet)
        cli_account_line(stderr, outcome);
    else
        cli_account_text(out, outcome);
    (void)fflush(out); /* main looks whether standard output took it */
    if (o->html != NULL)
        code = cli_html_write("connect", o->html, print_report, outcome);
    if (outcome->code == CLI_OK)
        outcome->code = (enum cli_exit)code;
}

static void run_second(struct cli_outcome *outcome, hf_config *config,
                       const struct cli_early *early, int64_t deadline)
{
    hf_session *session = cli_attempt_ticket(&outcome->first, deadline);

    cli_attempt_hang_up(&outcome->first);
    if (session == NULL) {
        outcome->no_ticket = true;
        outcome->code = CLI_NOT_RESUMED;
        return;
    }
    outcome->second_tried = true;
    cli_attempt_run(&outcome->second, config, outcome->options, session, early,
                    cli_now_us() + outcome->options->timeout_ms * 1000);
    hf_session_free(session);
    outcome->code = outcome->second.code;
    if (outcome->code == CLI_OK && hf_conn_session_reused(outcome->second.conn) != 1)
        outcome->code = CLI_NOT_RESUMED;
}

/* The connection that is still open, and may carry data: the last one made. */
static struct cli_attempt *open_attempt(struct cli_outcome *outcome)
{
    struct cli_attempt *a = outcome->second_tried ? &outcome->second : &outcome->first;

    return a->established && !outcome->no_ticket ? a : NULL;
}

/* The data goes with the last connection that there will be. */
static void shake_hands(struct cli_outcome *outcome, hf_config *config,
                        hf_session *session, const struct cli_early *early)
{
    const struct cli_options *o = outcome->options;
    int64_t deadline = cli_now_us() + o->timeout_ms * 1000;

    cli_attempt_run(&outcome->first, config, o, session, o->resume ? NULL : early,
                    deadline);
    outcome->code = outcome->first.code;
    if (outcome->code == CLI_OK && o->resume)
        run_second(outcome, config, early, deadline);
}

/* A ticket may still be on its way; none came: what the file has stays there. */
static void keep_session(struct cli_outcome *outcome, struct cli_attempt *open)
{
    const char *path = outcome->options->session_file;

    if (path == NULL || open == NULL || outcome->code != CLI_OK)
        return;
    hf_session *session = cli_attempt_ticket(open, cli_now_us() + 1000000);
    if (session == NULL)
        return;
    int code = cli_session_save(session, path);
    hf_session_free(session);
    if (code != 0)
        outcome->code = (enum cli_exit)code;
}

static void run(struct cli_outcome *outcome, hf_config *config, hf_session *session,
                const struct cli_early *early)
{
    const struct cli_options *o = outcome->options;
    struct cli_attempt *open;
    enum cli_exit relayed;

    shake_hands(outcome, config, session, early);
    open = open_attempt(outcome);
    if (open != NULL && wants_relay(o)) {
        tell(stderr, outcome);
        relayed = cli_relay(open, o->timeout_ms * 1000);
        keep_session(outcome, open);
        cli_attempt_close(open);
        if (outcome->code == CLI_OK)
            outcome->code = relayed;
        return;
    }
    keep_session(outcome, open);
    if (open != NULL) {
        cli_attempt_close(open); /* tickets come in with it, and into the account */
        if (outcome->code == CLI_OK)
            outcome->code = open->code;
    }
    tell(wants_relay(o) ? stderr : stdout, outcome);
}

/* What comes out of files beside the settings. */
static int run_with_files(struct cli_outcome *outcome, hf_config *config)
{
    const struct cli_options *o = outcome->options;
    struct cli_early early = {.bytes = NULL};
    hf_session *session = NULL;
    uint8_t *bytes = NULL;
    int code = CLI_OK;

    if (o->early_data != NULL)
        bytes = cli_early_load(o->early_data, &early.len, &code);
    early.bytes = bytes;
    if (code == CLI_OK && o->session_file != NULL)
        code = cli_session_load(config, o->session_file, &session);
    if (code == CLI_OK) {
        run(outcome, config, session, &early);
        code = cli_record_end(&outcome->first, o, outcome->code);
    }
    cli_attempt_free(&outcome->first);
    cli_attempt_free(&outcome->second);
    hf_session_free(session);
    free(bytes);
    return code;
}

int cli_connect(int argc, char **argv)
{
    struct cli_options options;
    struct cli_outcome outcome = {.options = &options};
    hf_config *config = NULL;
    int code = cli_options_parse(&options, argc, argv);

    if (code != 0)
        return code;
    if (options.help) {
        cli_connect_help();
        return CLI_OK;
    }
    code = cli_config_make(&config, &options);
    outcome.config = config;
    if (code == 0) {
        outcome.first.dial.fd = outcome.second.dial.fd = -1;
        code = run_with_files(&outcome, config);
        hf_config_free(config);
    }
    cli_wipe(&options.psk, sizeof options.psk);
    return code;
}
