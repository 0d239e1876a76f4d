/* tools/handfast/record_text.h: what certificates and failures look like to a person. */
#ifndef CLI_RECORD_TEXT_H
#define CLI_RECORD_TEXT_H

#include "terminal.h"

#include <handfast/handfast.h>

void cli_row(const struct cli_terminal *t, const char *label, const char *value);
/* Names, issuer and dates; now is a time of the calendar, in seconds. */
void cli_certificate_rows(const struct cli_terminal *t, const hf_certificate *c,
                          int64_t now);
/* All that the record tells beside its summary. */
void cli_record_rows(const struct cli_terminal *t, const hf_error *error);

#endif
