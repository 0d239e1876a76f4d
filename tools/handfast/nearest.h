/* tools/handfast/nearest.h: what a misspelt word was meant to be. */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stdbool.h>

enum { CLI_WORD_MAX = 63 };

/* How many letters must be put in, taken out, exchanged, or swapped with the next one. Of
 * longer words than CLI_WORD_MAX only the start counts. */
int cli_distance(const char *a, const char *b);

/* True if word may be a slip of the pen for name: a letter in four, at least one. */
bool cli_is_near(const char *word, const char *name);

#endif
