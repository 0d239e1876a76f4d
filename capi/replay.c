/* capi/replay.c: a recording in the application's hands: reading it, playing it, and
 * whether it came to the same. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ct.h"
#include "capi/recording.h"

/* ---- reading ---- */

static hf_replay *give(hf_replay *p, hf_status *place, hf_status status)
{
    if (status != 1) {
        hf_replay_free(p);
        p = NULL;
    }
    if (place != NULL)
        *place = status;
    return p;
}

static char *text_of(hfi_view bytes)
{
    char *text = malloc(bytes.len + 1);

    if (text == NULL)
        return NULL;
    if (bytes.len != 0)
        memcpy(text, bytes.p, bytes.len);
    text[bytes.len] = '\0';
    return text;
}

static hf_status copy_texts(hf_replay *p)
{
    memcpy(p->library_text, p->library.p, p->library.len);
    for (size_t i = 0; p->whole && i < 3; i++) {
        p->result_text[i] = text_of(p->results[i]);
        if (p->result_text[i] == NULL)
            return -HF_E_NO_MEMORY;
    }
    return 1;
}

/* bytes are taken over. */
static hf_status read_recording(hf_replay *p, uint8_t *bytes, size_t len)
{
    p->bytes = bytes;
    p->len = p->memory = len;
    hf_status status = hfi_tape_check(p);
    if (status == 1)
        status = copy_texts(p);
    if (status != 1)
        return status;
    p->acts.at = p->random.at = p->unix_time.at = p->monotonic.at = p->reads.at =
        p->writes.at = HFI_RECORDING_FRONT;
    hfi_tape_skip(p); /* the library's version */
    hfi_replay_describe(p);
    return 1;
}

hf_replay *hf_replay_new(const uint8_t *bytes, size_t len, hf_status *status)
{
    if (bytes == NULL && len != 0)
        return give(NULL, status, -HF_E_INVALID_ARGUMENT);
    if (len > HF_RECORDING_MAX)
        return give(NULL, status, -HF_E_INPUT_TOO_LARGE);
    hf_replay *p = calloc(1, sizeof *p);
    uint8_t *copy = malloc(len + 1);
    if (p == NULL || copy == NULL) {
        free(copy);
        return give(p, status, -HF_E_NO_MEMORY);
    }
    if (len != 0)
        memcpy(copy, bytes, len);
    return give(p, status, read_recording(p, copy, len));
}

/* All of a file, in memory that grows; *len is at most one more than the limit. */
static uint8_t *read_all(FILE *file, size_t *len, hf_status *status)
{
    size_t size = 1 << 16;
    uint8_t *bytes = malloc(size);

    *len = 0;
    *status = 1;
    while (bytes != NULL && *len <= HF_RECORDING_MAX) {
        size_t n = fread(bytes + *len, 1, size - *len, file);
        *len += n;
        if (n == 0)
            break;
        if (*len < size)
            continue;
        uint8_t *larger = malloc(2 * size);
        if (larger != NULL)
            memcpy(larger, bytes, *len);
        hfi_wipe(bytes, *len);
        free(bytes);
        bytes = larger;
        size *= 2;
    }
    if (bytes == NULL)
        *status = -HF_E_NO_MEMORY;
    else if (ferror(file))
        *status = -HF_E_FILE_UNREADABLE;
    return bytes;
}

hf_replay *hf_replay_new_file(const char *path, hf_status *status)
{
    hf_status found;
    size_t len = 0;

    if (path == NULL)
        return give(NULL, status, -HF_E_INVALID_ARGUMENT);
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return give(NULL, status, -HF_E_FILE_UNREADABLE);
    (void)setvbuf(file, NULL, _IONBF, 0);
    uint8_t *bytes = read_all(file, &len, &found);
    int error_number = errno;
    (void)fclose(file);
    hf_replay *p = NULL;
    if (found == 1)
        p = hf_replay_new(bytes, len, &found);
    if (bytes != NULL)
        hfi_wipe(bytes, len);
    free(bytes);
    errno = error_number;
    if (status != NULL)
        *status = found;
    return p;
}

void hf_replay_free(hf_replay *replay)
{
    if (replay == NULL)
        return;
    hf_conn_free(replay->conn);
    hf_config_free(replay->config);
    for (size_t i = 0; i < 3; i++)
        free(replay->result_text[i]);
    if (replay->bytes != NULL)
        hfi_wipe(replay->bytes, replay->memory);
    free(replay->bytes);
    hfi_wipe(replay, sizeof *replay);
    free(replay);
}

/* ---- playing ---- */

void hfi_replay_stop(hf_replay *p, hfi_err problem, const char *format, ...)
{
    va_list arguments;

    if (p->problem != HFI_OK)
        return;
    p->problem = problem;
    va_start(arguments, format);
    (void)vsnprintf(p->message, sizeof p->message, format, arguments);
    va_end(arguments);
    if (p->message[0] == '\0')
        (void)snprintf(p->message, sizeof p->message, "%s", hf_code_text((int)problem));
}

static hf_status prepare(hf_replay *p)
{
    hf_status status = hfi_replay_configuration(p, &p->config);

    if (status != 1)
        return status;
    p->conn = hf_conn_new(p->config);
    if (p->conn == NULL)
        return -HF_E_NO_MEMORY;
    return hfi_replay_connection(p);
}

/* ---- the result ---- */

static const char *const results[] = {"the error record", "the timeline",
                                      "what was agreed"};

/* The place where two texts part, with a little of what stands there. */
static void tell_difference(hf_replay *p, size_t which, const char *now)
{
    const char *was = p->result_text[which];
    size_t at = 0;

    while (was[at] != '\0' && was[at] == now[at])
        at++;
    size_t from = at < 24 ? 0 : at - 24;
    const char *more = strcmp(p->library_text, hf_version_text()) == 0
                           ? ""
                           : " (another version recorded it)";
    hfi_replay_stop(p, HFI_E_REPLAY_DIFFERS,
                    "%s differs%s: recorded ...%.64s...; replayed ...%.64s...",
                    results[which], more, was + from, now + from);
}

static char *result_now(const hf_conn *conn, size_t which)
{
    size_t (*const tell[])(const hf_conn *conn, char *buffer,
                           size_t size) = {hfi_result_error, hf_trace_json, hf_conn_json};
    size_t len = tell[which](conn, NULL, 0);
    char *text = malloc(len + 1);

    if (text != NULL)
        (void)tell[which](conn, text, len + 1);
    return text;
}

static hf_status compare(hf_replay *p)
{
    for (size_t i = 0; p->problem == HFI_OK && i < 3; i++) {
        char *now = result_now(p->conn, i);
        if (now == NULL)
            hfi_replay_stop(p, HFI_E_NO_MEMORY, "%s", "");
        else if (strcmp(now, p->result_text[i]) != 0)
            tell_difference(p, i, now);
        free(now);
    }
    return p->problem == HFI_OK ? 1 : -(hf_status)p->problem;
}

/* Bytes that ran out of a file that is whole: something else was asked for. */
static hf_status judge(hf_replay *p)
{
    if (p->whole && !p->cut)
        return compare(p);
    hfi_replay_stop(p, HFI_E_RECORDING_INCOMPLETE, "%s",
                    p->cut ? "the recording reached its limit before the connection "
                             "ended; up to there nothing differs"
                           : "the recording ends before the connection did; up to there "
                             "nothing differs");
    return -HF_E_RECORDING_INCOMPLETE;
}

hf_status hf_replay_run(hf_replay *replay)
{
    if (replay == NULL || replay->used)
        return -HF_E_INVALID_ARGUMENT;
    replay->used = true;
    hf_status status = prepare(replay);
    if (status != 1) {
        hf_conn_free(replay->conn);
        replay->conn = NULL;
        hfi_replay_stop(replay, (hfi_err)-status, "%s", "");
        return status;
    }
    status = hfi_replay_all(replay);
    return status == 1 ? judge(replay) : status;
}

const char *hf_replay_message(const hf_replay *replay)
{
    return replay != NULL ? replay->message : "";
}

const char *hf_replay_warning(const hf_replay *replay)
{
    return replay != NULL ? replay->warning : "";
}

const char *hf_replay_library(const hf_replay *replay)
{
    return replay != NULL ? replay->library_text : "";
}

hf_conn *hf_replay_get0_conn(hf_replay *replay)
{
    return replay != NULL ? replay->conn : NULL;
}

const char *hf_replay_recorded_json(const hf_replay *replay, int which)
{
    if (replay == NULL || which < HF_REPLAY_ERROR || which > HF_REPLAY_CONNECTION)
        return NULL;
    return replay->result_text[which];
}
