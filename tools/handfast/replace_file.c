/* tools/handfast/replace_file.c: the one way in which the command leaves files behind
 * that somebody may have used before: reports and sessions. */
#include "replace_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Takes out, which may be NULL with errno. */
static int fill(FILE *out, enum cli_file_readers readers, cli_file_content *content,
                const void *subject)
{
    int why;

    if (out == NULL)
        return errno;
    if (readers == CLI_FOR_OWNER)
        (void)setvbuf(out, NULL, _IONBF, 0);
    errno = 0;
    content(out, subject);
    why = fflush(out) == 0 && ferror(out) == 0 ? 0 : errno != 0 ? errno : EIO;
    if (fclose(out) != 0 && why == 0)
        why = errno;
    return why;
}

static void let_all_read(int fd)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    (void)fchmod(fd, 0666 & ~mask);
}

static int fill_beside(int fd, enum cli_file_readers readers, cli_file_content *content,
                       const void *subject)
{
    FILE *out;
    int why;

    if (readers == CLI_FOR_ALL)
        let_all_read(fd);
    out = fdopen(fd, "w");
    why = fill(out, readers, content, subject);
    if (out == NULL)
        (void)close(fd);
    return why;
}

static int replace(const char *path, enum cli_file_readers readers,
                   cli_file_content *content, const void *subject)
{
    size_t size = strlen(path) + sizeof ".XXXXXX";
    char *beside = malloc(size);
    int fd, why;

    if (beside == NULL)
        return ENOMEM;
    (void)snprintf(beside, size, "%s.XXXXXX", path);
    fd = mkstemp(beside); /* mode 0600 */
    why = fd < 0 ? errno : fill_beside(fd, readers, content, subject);
    if (why == 0 && rename(beside, path) != 0)
        why = errno;
    if (why != 0 && fd >= 0)
        (void)unlink(beside);
    free(beside);
    return why;
}

int cli_replace_file(const char *path, enum cli_file_readers readers,
                     cli_file_content *content, const void *subject)
{
    struct stat st;
    char *target;
    int why;

    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return fill(fopen(path, "w"), readers, content, subject);
    target = realpath(path, NULL); /* NULL: there is none yet */
    why = replace(target != NULL ? target : path, readers, content, subject);
    free(target);
    return why;
}
