/* tools/handfast/session_file.h: a session kept in a file from one call to the next. */
#ifndef CLI_SESSION_FILE_H
#define CLI_SESSION_FILE_H

#include <handfast/handfast.h>

/* The session in a file; *session is NULL if there is no such file.  Returns 0, or an
 * exit code after one line on stderr. */
int cli_session_load(hf_config *config, const char *path, hf_session **session);

/* Puts the session in place of what the file had, readable by its owner alone. */
int cli_session_save(const hf_session *session, const char *path);

#endif
