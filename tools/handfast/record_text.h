/* tools/handfast/record_text.h: what failures look like to a person. */
#ifndef CLI_RECORD_TEXT_H
#define CLI_RECORD_TEXT_H

#include "terminal.h"

#include <handfast/handfast.h>

void cli_row(const struct cli_terminal *t, const char *label, const char *value);
/* All that the record tells beside its summary. */
void cli_record_rows(const struct cli_terminal *t, const hf_error *error);

/* The messages, in order (account_text.c). */
void cli_timeline(const struct cli_terminal *t, const hf_conn *conn);

#endif
