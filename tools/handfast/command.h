/* tools/handfast/command.h: the subcommands and what their exit codes mean. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/* docs/command-line.md and `handfast help` say the same. */
enum cli_exit {
    CLI_OK = 0,
    CLI_HANDSHAKE_FAILED = 1,    /* TLS failed: by the peer's fault or word, or ours */
    CLI_USAGE = 2,               /* an argument, a name in a list, or a file is wrong */
    CLI_CERTIFICATE_REFUSED = 3, /* the peer's certificate was refused */
    CLI_UNREACHABLE = 4,         /* no address, no connection, or it broke */
    CLI_TIMED_OUT = 5,           /* --timeout ran out */
    CLI_NOT_RESUMED = 6,         /* connected, but --resume did not resume */
    CLI_LOCAL_FAILURE = 7,       /* memory, key log or output failed */
};

/* argv[0] is the subcommand's own name.  Returns an exit code. */
typedef int cli_run(int argc, char **argv);

cli_run cli_connect;
cli_run cli_serve;
cli_run cli_verify;
cli_run cli_explain;
cli_run cli_replay;
cli_run cli_states; /* only where the build has it */

void cli_connect_help(void);
void cli_serve_help(void);
void cli_verify_help(void);
void cli_explain_help(void);
void cli_replay_help(void);

#endif
