/* tools/handfast/terminal.c: colour, only where a person sees it (no-color.org). */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct cli_terminal cli_terminal_of(FILE *out)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    struct cli_terminal t = {.out = out, .colour = true};

    if ((no_color != NULL && no_color[0] != '\0') || term == NULL ||
        strcmp(term, "dumb") == 0 || isatty(fileno(out)) == 0)
        t.colour = false;
    return t;
}

static const char *escape(const struct cli_terminal *t, const char *sequence)
{
    return t->colour ? sequence : "";
}

const char *cli_bold(const struct cli_terminal *t)
{
    return escape(t, "\033[1m");
}

const char *cli_dim(const struct cli_terminal *t)
{
    return escape(t, "\033[2m");
}

const char *cli_good(const struct cli_terminal *t)
{
    return escape(t, "\033[1;32m");
}

const char *cli_bad(const struct cli_terminal *t)
{
    return escape(t, "\033[1;31m");
}

const char *cli_warn(const struct cli_terminal *t)
{
    return escape(t, "\033[33m");
}

const char *cli_plain(const struct cli_terminal *t)
{
    return escape(t, "\033[0m");
}
