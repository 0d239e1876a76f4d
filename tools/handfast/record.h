/* tools/handfast/record.h: the recording that --record asks for. */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include "attempt.h"

/* Records the attempt's connection, if a file is named.  False: it cannot be written,
 * which is the attempt's failure. */
bool cli_record_begin(struct cli_attempt *a, const char *path);
/* The recording is whole; tells on stderr what it is.  The code, or another one where it
 * could not be written. */
int cli_record_end(const struct cli_attempt *a, const struct cli_options *o, int code);

#endif
