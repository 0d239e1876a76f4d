/* tools/handfast/session_file.c: --session.  The bytes hold a secret, like a private
 * key's; the file is replaced as a whole, so that nobody finds half of one. */
#include "session_file.h"

#include "command.h"
#include "secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SESSION_MAX = 262144 };

static int fail(int code, const char *path, const char *why)
{
    fprintf(stderr, "handfast connect: --session '%s': %s\n", path, why);
    return code;
}

/* All of a file, at most size bytes; -1 with errno. */
static ssize_t read_all(int fd, uint8_t *bytes, size_t size)
{
    size_t len = 0;
    ssize_t n = 1;

    while (len < size && (n = read(fd, bytes + len, size - len)) != 0) {
        if (n < 0 && errno != EINTR)
            return -1;
        len += n > 0 ? (size_t)n : 0;
    }
    return (ssize_t)len;
}

int cli_session_load(hf_config *config, const char *path, hf_session **session)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int why = errno;

    *session = NULL;
    if (fd < 0)
        return why == ENOENT ? 0 : fail(CLI_USAGE, path, strerror(why));
    uint8_t *bytes = malloc(SESSION_MAX);
    if (bytes == NULL) {
        (void)close(fd);
        return fail(CLI_LOCAL_FAILURE, path, "memory is exhausted");
    }
    ssize_t len = read_all(fd, bytes, SESSION_MAX);
    why = errno;
    (void)close(fd);
    if (len > 0)
        *session = hf_session_parse(config, bytes, (size_t)len);
    cli_wipe(bytes, SESSION_MAX);
    free(bytes);
    if (len < 0)
        return fail(CLI_USAGE, path, strerror(why));
    if (len == 0)
        return 0; /* made by mktemp, perhaps */
    return *session != NULL
               ? 0
               : fail(CLI_USAGE, path, "this is no session that this version has saved");
}

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR)
            return false;
        bytes += n > 0 ? (size_t)n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* Beside the file, and then in its place. */
static int replace(const char *path, const uint8_t *bytes, size_t len)
{
    char beside[4096];
    int n = snprintf(beside, sizeof beside, "%s.XXXXXX", path);

    if (n < 0 || (size_t)n >= sizeof beside)
        return fail(CLI_LOCAL_FAILURE, path, "the path is too long");
    int fd = mkstemp(beside); /* mode 0600 */
    if (fd < 0)
        return fail(CLI_LOCAL_FAILURE, path, strerror(errno));
    bool written = write_all(fd, bytes, len);
    int why = errno;
    if (close(fd) != 0 && written) {
        written = false;
        why = errno;
    }
    if (written && rename(beside, path) == 0)
        return 0;
    why = written ? errno : why;
    (void)unlink(beside);
    return fail(CLI_LOCAL_FAILURE, path, strerror(why));
}

int cli_session_save(const hf_session *session, const char *path)
{
    size_t len = 0;

    if (hf_session_serialize(session, NULL, &len) != 1)
        return fail(CLI_LOCAL_FAILURE, path, "the session cannot be saved");
    uint8_t *bytes = malloc(len);
    if (bytes == NULL)
        return fail(CLI_LOCAL_FAILURE, path, "memory is exhausted");
    int code = hf_session_serialize(session, bytes, &len) == 1
                   ? replace(path, bytes, len)
                   : fail(CLI_LOCAL_FAILURE, path, "the session cannot be saved");
    cli_wipe(bytes, len);
    free(bytes);
    return code;
}
