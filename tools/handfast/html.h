/* tools/handfast/html.h: the report of --html: one page that needs nothing else.  All
 * text in it that came from elsewhere goes through cli_html_text. */
#ifndef CLI_HTML_H
#define CLI_HTML_H

#include "chain.h"
#include "replace_file.h"

#include <handfast/handfast.h>

#include <stdint.h>
#include <stdio.h>

struct cli_outcome;
struct cli_attempt;
struct cli_verify;

/* ---- pieces ---- */

/* Escaped, with control characters, those that change the direction of text and bytes
 * that are no UTF-8 made visible, and cut if it is very long. */
void cli_html_text(FILE *out, const char *text);
/* The same in the element that keeps its direction to itself. */
void cli_html_name(FILE *out, const char *text);
/* A text of the library's as a sentence: with a capital and a full stop. */
void cli_html_sentence(FILE *out, const char *text);
/* A row of a list of facts; nothing if there is no value. */
void cli_html_fact(FILE *out, const char *label, const char *value);
/* 2026-11-22 10:00 UTC */
void cli_html_date(FILE *out, int64_t seconds);
/* A time of the calendar in microseconds, for people and machines. */
void cli_html_time(FILE *out, int64_t microseconds);
/* When the attempt was made, in microseconds; now if that is not known. */
int64_t cli_html_now(const struct cli_attempt *a);
/* JSON as it may stand in a page: all that is not plain ASCII, and what could end the
 * element, is written as \u.... */
void cli_html_json(FILE *out, const char *json);

void cli_html_head(FILE *out, const char *title, bool good);
void cli_html_foot(FILE *out);
void cli_html_style(FILE *out);

/* ---- sections ---- */

/* What the error means, its causes and fixes; name is the error's. */
void cli_html_diagnosis(FILE *out, const char *name, const char *hint,
                        const hf_error *error);
void cli_html_sequence(FILE *out, const struct cli_outcome *outcome,
                       const struct cli_attempt *a);
void cli_html_chain(FILE *out, const struct cli_chain *chain, int64_t now);
void cli_html_negotiation(FILE *out, const struct cli_outcome *outcome,
                          const struct cli_attempt *a);
/* How far the handshake came, as a row of steps. */
void cli_html_steps(FILE *out, const struct cli_outcome *outcome,
                    const struct cli_attempt *a);
/* Of a handshake that succeeded: what could be better. */
void cli_html_findings(FILE *out, const struct cli_outcome *outcome,
                       const struct cli_attempt *a, const struct cli_chain *chain);
/* The account as text, to be pasted elsewhere. */
void cli_html_plain(FILE *out, const char *lines);
/* The record, as it stands in json, for people and machines. */
void cli_html_record(FILE *out, const char *json);

/* ---- pages ---- */

void cli_html_connect(FILE *out, const struct cli_outcome *outcome);
void cli_html_verify(FILE *out, const struct cli_verify *v);

/* Writes a page to path, whole or not at all, "-" being standard output.  Returns 0, or
 * an exit code after one line on stderr. */
typedef cli_file_content cli_html_page;
int cli_html_write(const char *command, const char *path, cli_html_page *page,
                   const void *subject);

#endif
