/* pki/file.h: a whole file into memory.  Only regular files are read, so that no pipe or
 * device can hold the caller up, and a file's size has a limit. */
#ifndef HFI_PKI_FILE_H
#define HFI_PKI_FILE_H

#include <sys/stat.h>

#include "base/alloc.h"
#include "base/err.h"

/* Memory for one file after the other; begins with all but alloc as 0. */
typedef struct hfi_file {
    const hfi_alloc *alloc;
    uint8_t *bytes;
    size_t len;
    size_t room;
    struct stat identity; /* of the file that was read last */
} hfi_file;

/* Reads a file in the place of the one before.  path is as in openat.  FILE_UNREADABLE
 * with errno, INPUT_TOO_LARGE for more than max bytes, NO_MEMORY. */
hfi_err hfi_file_read(hfi_file *file, int directory, const char *path, size_t max);

/* Leaves errno alone: it belongs to what failed before. */
void hfi_file_release(hfi_file *file);

#endif
