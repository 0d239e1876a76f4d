/* capi/callbacks.c: the application's clock, randomness, key log and session callback. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/ct.h"
#include "capi/objects.h"

hf_status hf_config_set_clock(hf_config *config, const hf_clock *clock)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (clock == NULL || clock->size < sizeof *clock || clock->unix_seconds == NULL ||
        clock->monotonic_microseconds == NULL)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "the clock's table is incomplete");
    config->settings.clock.unix_seconds = clock->unix_seconds;
    config->settings.clock.monotonic_microseconds = clock->monotonic_microseconds;
    config->settings.clock.ctx = clock->context;
    return 1;
}

static bool fill_random(void *ctx, uint8_t *bytes, size_t count)
{
    const hf_random *random = &((hf_config *)ctx)->random;

    return random->fill(random->context, bytes, count) == 1;
}

hf_status hf_config_set_random(hf_config *config, const hf_random *random)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (random == NULL || random->size < sizeof *random || random->fill == NULL)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "the random source's table is incomplete");
    config->random = *random;
    config->settings.random.fill = fill_random;
    config->settings.random.ctx = config;
    return 1;
}

/* ---- key log ---- */

/* One write for a line, so that lines of several threads do not mix (O_APPEND). */
static int append_line(int fd, const char *line)
{
    char text[HFI_SUMMARY_SIZE];
    size_t len = strlen(line);

    if (len + 1 > sizeof text)
        return EMSGSIZE;
    memcpy(text, line, len);
    text[len] = '\n';
    ssize_t n;
    do {
        n = write(fd, text, len + 1);
    } while (n < 0 && errno == EINTR);
    int failure = n < 0 ? errno : (size_t)n == len + 1 ? 0 : ENOSPC;
    hfi_wipe(text, len);
    return failure;
}

void hfi_capi_key_log(void *ctx, const void *owner, const char *line)
{
    hf_config *config = ctx;
    const hf_conn *conn = owner;

    if (config->key_log != NULL)
        config->key_log(config->key_log_context, conn, line);
    if (config->key_log_fd >= 0) {
        int failure = append_line(config->key_log_fd, line);
        if (failure != 0)
            *conn->key_log_failure = failure;
    }
}

static void connect_key_log(hf_config *config)
{
    bool wanted = config->key_log != NULL || config->key_log_fd >= 0;

    config->settings.key_log = wanted ? hfi_capi_key_log : NULL;
    config->settings.key_log_ctx = config;
}

hf_status hf_config_set_key_log(hf_config *config, hf_key_log_function *function,
                                void *context)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->key_log = function;
    config->key_log_context = context;
    connect_key_log(config);
    return 1;
}

hf_status hf_config_set_key_log_file(hf_config *config, const char *path)
{
    hf_status status = hfi_config_begin_setting(config);
    int fd = -1;

    if (status != 1)
        return status;
    if (path != NULL) {
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0) {
            char reason[128];
            if (strerror_r(errno, reason, sizeof reason) != 0)
                reason[0] = '\0';
            return hfi_config_refuse(config, HFI_E_KEY_LOG_FAILED, "%s: %s", path,
                                     reason);
        }
    }
    if (config->key_log_fd >= 0)
        (void)close(config->key_log_fd);
    config->key_log_fd = fd;
    connect_key_log(config);
    return 1;
}

/* ---- sessions ---- */

static void hand_over_session(void *owner, struct hfi_session *session)
{
    hf_conn *conn = owner;
    hf_config *config = conn->config;

    config->session_function(config->session_context, conn, (hf_session *)session);
    hfi_session_free(session);
}

hf_status hf_config_set_session_callback(hf_config *config, hf_session_function *function,
                                         void *context)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->session_function = function;
    config->session_context = context;
    config->settings.new_session = function != NULL ? hand_over_session : NULL;
    return 1;
}
