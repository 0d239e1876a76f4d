/* tools/handfast/explain_search.h: which error or alert somebody means. */
#ifndef CLI_EXPLAIN_SEARCH_H
#define CLI_EXPLAIN_SEARCH_H

#include "explain.h"

#include <stddef.h>

/* What a name or number stands for; an error, an alert and a result may share one. */
struct cli_found {
    int code;                       /* 0: no error */
    int alert;                      /* -1: no alert */
    const struct cli_line *failure; /* NULL: none of this command */
    int result;                     /* of hf_get_error(); -1: none */
};

bool cli_find(struct cli_found *found, const char *name);
/* Names that are similar to one that was not found, or have it in them: "A, B or C". */
void cli_find_near(const char *name, char *out, size_t size);
/* The entry of an alert by its exact name. */
const struct cli_line *cli_find_alert(const char *name);
/* The entry of a result of hf_get_error() by its number; NULL past the last. */
const struct cli_line *cli_find_result(int number);

#endif
