/* tools/handfast/main.c: the command `handfast`: finds the subcommand and runs it. */
#include "command.h"
#include "nearest.h"

#include <handfast/handfast.h>

#include <stdio.h>
#include <string.h>

static cli_run run_help;
static cli_run run_version;

static void states_help(void)
{
    puts("usage: handfast states\n"
         "\n"
         "Prints the tables of the handshake's states, the source of docs/states.md.");
}

static void help_help(void)
{
    puts("usage: handfast help [COMMAND]");
}

static void version_help(void)
{
    puts("usage: handfast version");
}

static const struct {
    const char *name;
    const char *summary;
    cli_run *run;
    void (*help)(void);
} commands[] = {
    {"connect", "connect to a TLS server and tell how the handshake went", cli_connect,
     cli_connect_help},
    {"serve", "run a TLS server that echoes, shows a page or forwards", cli_serve,
     cli_serve_help},
    {"verify", "check a chain of certificates out of files, and draw it", cli_verify,
     cli_verify_help},
    {"replay", "play a recorded connection again, without a network", cli_replay,
     cli_replay_help},
    {"explain", "tell what an error means, its causes and how to fix them", cli_explain,
     cli_explain_help},
#ifdef CLI_HAS_STATES
    {"states", "print the tables of the handshake's states", cli_states, states_help},
#endif
    {"help", "tell how a command is used", run_help, help_help},
    {"version", "print the version", run_version, version_help},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static int find_command(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return i;
    return -1;
}

static void print_overview(FILE *out)
{
    fputs("usage: handfast COMMAND [ARGUMENT...]\n\n", out);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
    fputs("\n`handfast help COMMAND` tells more, exit codes included.\n", out);
}

static int unknown_command(const char *name)
{
    const char *meant = NULL;

    for (int i = 0; i < COMMANDS && meant == NULL; i++)
        if (cli_is_near(name, commands[i].name))
            meant = commands[i].name;
    fprintf(stderr, "handfast: unknown command '%s'%s%s (see handfast help)\n", name,
            meant != NULL ? "; perhaps " : "", meant != NULL ? meant : "");
    return CLI_USAGE;
}

static int run_help(int argc, char **argv)
{
    int i;

#ifndef CLI_HAS_STATES
    (void)states_help;
#endif
    if (argc < 2) {
        print_overview(stdout);
        return CLI_OK;
    }
    i = find_command(argv[1]);
    if (i < 0)
        return unknown_command(argv[1]);
    commands[i].help();
    return CLI_OK;
}

static int run_version(int argc, char **argv)
{
    const char *features = hf_version_features();

    (void)argc, (void)argv;
    printf("handfast %s", hf_version_text());
    printf(features[0] != '\0' ? " (%s)\n" : "%s\n", features);
    return CLI_OK;
}

/* Output that could not be written must not look like success. */
static int flushed(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    perror("handfast: standard output");
    return code == CLI_OK ? CLI_LOCAL_FAILURE : code;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    int i;

    if (name == NULL) {
        print_overview(stderr);
        return CLI_USAGE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        name = "version";
    i = find_command(name);
    if (i < 0 && name[0] == '-') {
        fprintf(stderr, "handfast: unknown option '%s' (see handfast help)\n", name);
        return CLI_USAGE;
    }
    if (i < 0)
        return unknown_command(name);
    return flushed(commands[i].run(argc - 1, argv + 1));
}
