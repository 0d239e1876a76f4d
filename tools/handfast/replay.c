/* tools/handfast/replay.c: `handfast replay`: a recorded connection once more, without a
 * network, and whether it comes to the same. */
#include "account.h"
#include "arguments.h"
#include "html.h"
#include "json.h"
#include "record_text.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { OPT_JSON = 256, OPT_HTML };

enum { REPLAY_INCOMPLETE = 6 };

struct replay_options {
    const char *file;
    const char *html;
    bool json, quiet, help;
};

struct replay_run {
    const struct replay_options *options;
    hf_replay *replay;
    hf_status status;
};

void cli_replay_help(void)
{
    fputs("usage: handfast replay [OPTION...] FILE\n"
          "\n"
          "Plays a recording (handfast connect --record, hf_conn_record) without a\n"
          "network, with the time and the entropy that were recorded, and tells whether\n"
          "it came to the same record, timeline and agreement, byte by byte.  What the\n"
          "file holds that its readers should know of is told on stderr first: it has\n"
          "the secrets of a connection.\n"
          "\n"
          "  --json       one JSON document instead of text\n"
          "  --html FILE  write a report of the replayed handshake; - is stdout\n"
          "  -q, --quiet  no warning, and only a line if it was not reproduced\n"
          "  -h, --help   this text\n"
          "\n"
          "exit codes\n"
          "  0  reproduced: nothing differs, be it a success or a failure\n"
          "  1  the replay came to something else\n"
          "  2  wrong usage, or the file is no recording that can be replayed\n"
          "  6  the recording is not whole; as far as it goes nothing differs\n"
          "  7  this side failed: memory, output\n",
          stdout);
}

static int parse(struct replay_options *o, int argc, char **argv)
{
    static const struct option long_options[] = {
        {"json", no_argument, NULL, OPT_JSON},
        {"html", required_argument, NULL, OPT_HTML},
        {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int id;

    opterr = 0;
    optind = 1;
    while ((id = getopt_long(argc, argv, ":qh", long_options, NULL)) != -1) {
        if (id == '?' || id == ':')
            return cli_refuse_option("replay", long_options, argv, id);
        o->json |= id == OPT_JSON;
        o->quiet |= id == 'q';
        o->help |= id == 'h';
        if (id == OPT_HTML)
            o->html = optarg;
        if (o->help)
            return 0;
    }
    if (optind + 1 != argc)
        return cli_refuse_usage("replay", "one file is to be given");
    if (o->json && o->html != NULL && strcmp(o->html, "-") == 0)
        return cli_refuse_usage("replay",
                                "--html - takes standard output: leave --json out");
    o->file = argv[optind];
    return 0;
}

/* ---- the verdict ---- */

static const char *verdict(hf_status status)
{
    switch (status) {
    case 1:
        return "reproduced";
    case -HF_E_REPLAY_DIFFERS:
        return "differs";
    case -HF_E_RECORDING_INCOMPLETE:
        return "incomplete";
    default:
        return "not replayed";
    }
}

static int exit_of(hf_status status)
{
    switch (status) {
    case 1:
        return CLI_OK;
    case -HF_E_REPLAY_DIFFERS:
        return CLI_HANDSHAKE_FAILED;
    case -HF_E_RECORDING_INCOMPLETE:
        return REPLAY_INCOMPLETE;
    case -HF_E_NO_MEMORY:
        return CLI_LOCAL_FAILURE;
    default:
        return CLI_USAGE;
    }
}

static const char *explanation(const struct replay_run *run)
{
    return run->status == 1 ? "nothing differs" : hf_replay_message(run->replay);
}

/* The peer's close is what a connection ends with that went well. */
static bool has_failed(const hf_conn *conn)
{
    int code = hf_conn_error_code(conn);

    return code != 0 && code != HF_E_CLOSE_NOTIFY_RECEIVED;
}

/* ---- text ---- */

static void warn(const struct replay_run *run)
{
    const char *text = hf_replay_warning(run->replay);

    fprintf(stderr, "handfast replay: %s is secret.\n", run->options->file);
    while (*text != '\0') {
        int len = (int)strcspn(text, "\n");
        fprintf(stderr, "  %.*s\n", len, text);
        text += len + (text[len] == '\n');
    }
}

static void tell_text(const struct replay_run *run)
{
    struct cli_terminal t = cli_terminal_of(stdout);
    const hf_conn *conn = hf_replay_get0_conn(run->replay);
    const hf_error *error = hf_conn_get0_error(conn);

    fprintf(t.out, "  %s%s%s: %s\n", run->status == 1 ? cli_good(&t) : cli_bad(&t),
            verdict(run->status), cli_plain(&t), explanation(run));
    cli_row(&t, "recorded by", hf_replay_library(run->replay));
    if (conn == NULL)
        return;
    if (has_failed(conn)) {
        cli_row(&t, "result", hf_error_name(error));
        cli_row(&t, "what", hf_error_summary(error));
        cli_record_rows(&t, error);
    } else {
        cli_row(&t, "result", hf_is_init_finished(conn) ? "connected" : "unfinished");
    }
    if (hf_conn_version_name(conn)[0] != '\0')
        cli_row(&t, "version", hf_conn_version_name(conn));
    cli_timeline(&t, conn);
}

/* ---- JSON ---- */

static void put_recorded(const char *key, const char *json)
{
    fprintf(stdout, ", \"%s\": %s", key, json != NULL ? json : "null");
}

static void put_now(const char *key, size_t (*tell)(const hf_conn *, char *, size_t),
                    const hf_conn *conn)
{
    char *text = NULL;
    size_t len = conn != NULL ? tell(conn, NULL, 0) : 0;

    if (conn != NULL)
        text = malloc(len + 1);
    if (text != NULL)
        (void)tell(conn, text, len + 1);
    put_recorded(key, text);
    free(text);
}

static size_t error_of(const hf_conn *conn, char *buffer, size_t size)
{
    return hf_error_json(hf_conn_get0_error(conn), buffer, size);
}

/* Texts of a recording that differs are what its maker wrote: they are told as text. */
static void tell_json(const struct replay_run *run)
{
    const hf_conn *conn = hf_replay_get0_conn(run->replay);

    fputs("{", stdout);
    cli_json_text(stdout, "", "verdict", verdict(run->status));
    cli_json_text(stdout, ", ", "message", explanation(run));
    cli_json_text(stdout, ", ", "library", hf_replay_library(run->replay));
    cli_json_text(stdout, ", ", "warning", hf_replay_warning(run->replay));
    put_now("error", error_of, conn);
    put_now("trace", hf_trace_json, conn);
    put_now("connection", hf_conn_json, conn);
    cli_json_text(stdout, ", ", "recorded_error",
                  hf_replay_recorded_json(run->replay, HF_REPLAY_ERROR));
    fputs("}\n", stdout);
}

/* ---- the page ---- */

static void put_page(FILE *out, const void *subject)
{
    const struct replay_run *run = subject;
    hf_conn *conn = hf_replay_get0_conn(run->replay);
    const hf_error *error = hf_conn_get0_error(conn);
    struct cli_options options = {.verify = true};
    struct cli_outcome outcome = {.options = &options};

    snprintf(options.target.host, sizeof options.target.host, "a recording");
    outcome.first.conn = conn;
    outcome.first.dial.fd = -1;
    outcome.first.established = hf_is_init_finished(conn) == 1;
    outcome.first.code = has_failed(conn) ? cli_exit_of(error) : CLI_OK;
    outcome.code = outcome.first.code;
    cli_html_connect(out, &outcome);
}

static int tell(const struct replay_run *run)
{
    const struct replay_options *o = run->options;
    bool page = o->html != NULL && strcmp(o->html, "-") == 0;

    if (o->json)
        tell_json(run);
    else if (o->quiet && run->status != 1)
        fprintf(stderr, "handfast replay: %s: %s: %s\n", o->file, verdict(run->status),
                explanation(run));
    else if (!o->quiet && !page)
        tell_text(run);
    if (o->html == NULL || hf_replay_get0_conn(run->replay) == NULL)
        return CLI_OK;
    return cli_html_write("replay", o->html, put_page, run);
}

int cli_replay(int argc, char **argv)
{
    struct replay_options options = {.file = NULL};
    struct replay_run run = {.options = &options};
    int code = parse(&options, argc, argv);

    if (options.help)
        cli_replay_help();
    if (code != 0 || options.help)
        return code;
    run.replay = hf_replay_new_file(options.file, &run.status);
    if (run.replay == NULL) {
        fprintf(stderr, "handfast replay: %s: %s\n", options.file,
                run.status == -HF_E_FILE_UNREADABLE ? strerror(errno)
                                                    : hf_code_text(run.status));
        return run.status == -HF_E_NO_MEMORY ? CLI_LOCAL_FAILURE : CLI_USAGE;
    }
    if (!options.quiet)
        warn(&run);
    run.status = hf_replay_run(run.replay);
    code = tell(&run);
    if (code == CLI_OK || run.status != 1)
        code = exit_of(run.status);
    hf_replay_free(run.replay);
    return code;
}
