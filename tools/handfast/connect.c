/* tools/handfast/connect.c: `handfast connect`: one handshake, or two with --resume, the
 * account of them, and the relay. */
#include "account.h"
#include "options.h"
#include "relay.h"

static bool wants_relay(const struct cli_options *o)
{
    if (o->relay != CLI_RELAY_AUTO)
        return o->relay == CLI_RELAY_ALWAYS;
    return !o->json && cli_relay_has_input();
}

static void tell(FILE *out, const struct cli_outcome *outcome)
{
    if (outcome->options->json)
        cli_account_json(out, outcome);
    else if (outcome->options->quiet)
        cli_account_line(stderr, outcome);
    else
        cli_account_text(out, outcome);
    (void)fflush(out); /* main looks whether standard output took it */
}

static void run_second(struct cli_outcome *outcome, hf_config *config, int64_t deadline)
{
    hf_session *session = cli_attempt_ticket(&outcome->first, deadline);

    cli_attempt_hang_up(&outcome->first);
    if (session == NULL) {
        outcome->no_ticket = true;
        outcome->code = CLI_NOT_RESUMED;
        return;
    }
    outcome->second_tried = true;
    cli_attempt_run(&outcome->second, config, outcome->options, session,
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

static void run(struct cli_outcome *outcome, hf_config *config)
{
    const struct cli_options *o = outcome->options;
    int64_t deadline = cli_now_us() + o->timeout_ms * 1000;
    struct cli_attempt *open;
    enum cli_exit relayed;

    cli_attempt_run(&outcome->first, config, o, NULL, deadline);
    outcome->code = outcome->first.code;
    if (outcome->code == CLI_OK && o->resume)
        run_second(outcome, config, deadline);
    open = open_attempt(outcome);
    if (open != NULL && wants_relay(o)) {
        tell(stderr, outcome);
        relayed = cli_relay(open, o->timeout_ms * 1000);
        cli_attempt_close(open);
        if (outcome->code == CLI_OK)
            outcome->code = relayed;
        return;
    }
    if (open != NULL) {
        cli_attempt_close(open); /* tickets come in with it, and into the account */
        if (outcome->code == CLI_OK)
            outcome->code = open->code;
    }
    tell(wants_relay(o) ? stderr : stdout, outcome);
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
    if (code != 0)
        return code;
    outcome.first.dial.fd = outcome.second.dial.fd = -1;
    run(&outcome, config);
    cli_attempt_free(&outcome.first);
    cli_attempt_free(&outcome.second);
    hf_config_free(config);
    return outcome.code;
}
