/* tools/handfast/explain.h: what errors and alerts mean, what causes them, and how to fix
 * that on whose side.  The texts are in explanations/; docs/errors.md is made from them.
 */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include <stdbool.h>

/* What a line of the tables is: an entry, or one of its causes, by whose side it is on.
 */
enum cli_line_kind {
    CLI_LINE_END,
    CLI_LINE_ENTRY,
    CLI_LINE_HERE,
    CLI_LINE_CODE,
    CLI_LINE_PEER,
    CLI_LINE_SERVER,
    CLI_LINE_CLIENT,
    CLI_LINE_NETWORK,
    CLI_LINE_CA,
    CLI_LINE_LIBRARY,
};

/* An entry has its name and meaning, a cause the cause and what fixes it.  The causes of
 * an entry stand behind it. */
struct cli_line {
    enum cli_line_kind kind;
    const char *text;
    const char *more;
};

extern const struct cli_line cli_explained_errors[];   /* in the order of their numbers */
extern const struct cli_line cli_explained_failures[]; /* of this command, before TLS */
extern const struct cli_line cli_explained_alerts[];
extern const struct cli_line cli_explained_results[]; /* of hf_get_error(), by number */

/* The alert that this side sends for an error, -1 none. */
int cli_alert_of(int code);
/* The index-th alert there is, from 0; -1 past the last. */
int cli_alert_at(int index);
/* Its name without the RFC's _RESERVED; size is that of out. */
void cli_alert_name(int alert, char *out, unsigned size);

/* The entry of an error or of a failure before TLS, by its exact name; NULL if unknown.*/
const struct cli_line *cli_explanation_of(const char *name);
/* Whether this is a cause, that is, belongs to the entry before it. */
bool cli_is_cause(const struct cli_line *line);
/* "the server", "the network between": whose side a cause is on. */
const char *cli_side_words(enum cli_line_kind kind);
/* "server": the same for programs. */
const char *cli_side_name(enum cli_line_kind kind);

#endif
