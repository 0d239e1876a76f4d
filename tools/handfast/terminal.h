/* tools/handfast/terminal.h: colour, only where a person sees it. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

struct cli_terminal {
    FILE *out;
    bool colour;
};

/* Colour if out is a terminal that can show it and NO_COLOR is not set. */
struct cli_terminal cli_terminal_of(FILE *out);

/* Escape sequences, or "" without colour. */
const char *cli_bold(const struct cli_terminal *t);
const char *cli_dim(const struct cli_terminal *t);
const char *cli_good(const struct cli_terminal *t);
const char *cli_bad(const struct cli_terminal *t);
const char *cli_warn(const struct cli_terminal *t);
const char *cli_plain(const struct cli_terminal *t);

#endif
