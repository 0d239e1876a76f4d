/* tools/handfast/replace_file.h: a file that is replaced as a whole, or not at all. */
#ifndef CLI_REPLACE_FILE_H
#define CLI_REPLACE_FILE_H

#include <stdbool.h>
#include <stdio.h>

enum cli_file_readers {
    CLI_FOR_ALL,   /* as the umask lets it be */
    CLI_FOR_OWNER, /* it holds a secret: nobody else's, and no copy in a buffer */
};

/* Writes the content to out, which reports errors by ferror. */
typedef void cli_file_content(FILE *out, const void *subject);

/* Beside the file, then in its place: nobody sees half of it.  Of a symbolic link the
 * file that it leads to is replaced; a device or pipe is written to.  Returns 0, or an
 * errno; then path is as it was. */
int cli_replace_file(const char *path, enum cli_file_readers readers,
                     cli_file_content *content, const void *subject);

#endif
