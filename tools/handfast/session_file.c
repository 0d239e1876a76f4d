/* tools/handfast/session_file.c: --session.  The bytes hold a secret, like a private
 * key's; the file is replaced as a whole, so that nobody finds half of one. */
#include "session_file.h"

#include "command.h"
#include "replace_file.h"
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

struct content {
    const uint8_t *bytes;
    size_t len;
};

static void put_content(FILE *out, const void *subject)
{
    const struct content *content = subject;

    (void)fwrite(content->bytes, 1, content->len, out);
}

static int replace(const char *path, const uint8_t *bytes, size_t len)
{
    struct content content = {.bytes = bytes, .len = len};
    int why = cli_replace_file(path, CLI_FOR_OWNER, put_content, &content);

    return why == 0 ? 0 : fail(CLI_LOCAL_FAILURE, path, strerror(why));
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
