/* capi/record.c: the recording of a connection: its chunks, its file, its beginning and
 * its end.  What the settings are is in record_settings.c, and how the recorder hears
 * what the engine asks in record_listen.c. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/ct.h"
#include "capi/recording.h"
#include "wire/writer.h"

/* ---- bytes ---- */

static bool write_file(hfi_recorder *r, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(r->fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            r->error_number = n < 0 ? errno : ENOSPC;
            return false;
        }
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

static void hand_over(hfi_recorder *r, const uint8_t *bytes, size_t len)
{
    if (r->failed || len == 0)
        return;
    r->failed = r->fd >= 0 ? !write_file(r, bytes, len)
                           : r->function(r->context, bytes, len) != 1;
}

void hfi_recorder_flush(hfi_recorder *r)
{
    hand_over(r, r->buffer, r->used);
    hfi_wipe(r->buffer, r->used);
    r->used = 0;
}

static void put(hfi_recorder *r, hfi_view bytes)
{
    if (bytes.len == 0)
        return;
    r->settings.crypto->sha256->update(&r->hash, bytes.p, bytes.len);
    r->recorded += bytes.len;
    if (bytes.len > sizeof r->buffer - r->used)
        hfi_recorder_flush(r);
    if (bytes.len > sizeof r->buffer) {
        hand_over(r, bytes.p, bytes.len);
        return;
    }
    memcpy(r->buffer + r->used, bytes.p, bytes.len);
    r->used += bytes.len;
}

static void put_chunk(hfi_recorder *r, hfi_chunk kind, const hfi_view *parts,
                      size_t count)
{
    uint8_t header[HFI_CHUNK_HEADER];
    hfi_writer w = hfi_writer_of(header, sizeof header);
    size_t len = 0;

    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    hfi_write_u8(&w, (uint8_t)kind);
    hfi_write_u32(&w, (uint32_t)len);
    put(r, hfi_writer_view(&w));
    for (size_t i = 0; i < count; i++)
        put(r, parts[i]);
}

/* What is left out is said, once, and the result still has its place. */
static bool has_room(hfi_recorder *r, const hfi_view *parts, size_t count)
{
    uint64_t len = HFI_CHUNK_HEADER;

    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    if (!r->full && (len > HFI_CHUNK_MAX ||
                     r->recorded + len > HF_RECORDING_MAX - HFI_RECORDING_RESERVE)) {
        r->full = true;
        put_chunk(r, HFI_CHUNK_LIMIT, NULL, 0);
    }
    return !r->full;
}

void hfi_recorder_write(hfi_recorder *r, hfi_chunk kind, const hfi_view *parts,
                        size_t count)
{
    if (r->begun && !r->ended && !r->failed && has_room(r, parts, count))
        put_chunk(r, kind, parts, count);
}

/* ---- what the calls tell ---- */

void hfi_record_bytes(hf_conn *conn, hfi_chunk kind, hfi_view bytes)
{
    if (conn->recorder != NULL)
        hfi_recorder_write(conn->recorder, kind, &bytes, 1);
}

void hfi_record_number(hf_conn *conn, hfi_chunk kind, uint64_t number)
{
    uint8_t room[8];
    hfi_writer w = hfi_writer_of(room, sizeof room);

    hfi_write_u64(&w, number);
    hfi_record_bytes(conn, kind, hfi_writer_view(&w));
}

void hfi_record_answer(hf_conn *conn, hfi_chunk kind, int answer, hfi_view more)
{
    uint8_t code[4];
    hfi_writer w = hfi_writer_of(code, sizeof code);

    if (conn->recorder == NULL)
        return;
    hfi_write_u32(&w, (uint32_t)answer);
    hfi_view parts[] = {hfi_writer_view(&w), more};
    hfi_recorder_write(conn->recorder, kind, parts, 2);
}

void hfi_record_moved(hf_conn *conn, hfi_chunk kind, const uint8_t *bytes, ptrdiff_t n,
                      int error_number)
{
    uint8_t room[8];
    hfi_writer w = hfi_writer_of(room, sizeof room);

    if (conn->recorder == NULL)
        return;
    hfi_write_u32(&w, (uint32_t)(int32_t)n);
    hfi_write_u32(&w, (uint32_t)error_number);
    hfi_view parts[] = {hfi_writer_view(&w), {bytes, bytes != NULL ? (size_t)n : 0}};
    hfi_recorder_write(conn->recorder, kind, parts, 2);
}

void hfi_record_feed(hf_conn *conn, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        size_t n = len < HFI_CHUNK_DATA ? len : HFI_CHUNK_DATA;
        hfi_record_bytes(conn, HFI_CHUNK_FEED, hfi_view_of(bytes, n));
        bytes += n;
        len -= n;
    }
}

static void write_call(hfi_recorder *r)
{
    uint8_t room[9];
    hfi_writer w = hfi_writer_of(room, sizeof room);

    hfi_write_u8(&w, (uint8_t)r->call);
    hfi_write_u64(&w, r->size);
    hfi_view body = hfi_writer_view(&w);
    hfi_recorder_write(r, HFI_CHUNK_CALL, &body, 1);
}

/* A replay writes as many bytes, and shall not be kept busy for ever. */
static void count_application_bytes(hfi_recorder *r)
{
    bool writes = r->call == HFI_CALL_WRITE || r->call == HFI_CALL_WRITE_EARLY;

    if (!writes || r->full || !r->begun)
        return;
    if (r->size > HF_RECORDING_WRITES_MAX - r->application_bytes) {
        r->full = true;
        put_chunk(r, HFI_CHUNK_LIMIT, NULL, 0);
        return;
    }
    r->application_bytes += r->size;
}

void hfi_record_call(hf_conn *conn, hfi_call call, size_t size)
{
    hfi_recorder *r = conn->recorder;

    if (r == NULL || r->ended)
        return;
    r->call = call;
    r->size = size;
    count_application_bytes(r);
    write_call(r);
}

void hfi_record_return(hf_conn *conn, int ret)
{
    uint8_t room[9];
    hfi_writer w = hfi_writer_of(room, sizeof room);

    if (conn->recorder == NULL)
        return;
    hfi_write_u8(&w, (uint8_t)ret);
    hfi_write_u32(&w, (uint32_t)conn->outcome);
    hfi_write_u32(&w, (uint32_t)hf_conn_error_code(conn));
    hfi_record_bytes(conn, HFI_CHUNK_RETURN, hfi_writer_view(&w));
    hfi_recorder_flush(conn->recorder);
}

void hfi_record_own_chain(hf_conn *conn)
{
    const hfi_credentials *own = conn->credentials;

    if (conn->recorder != NULL && conn->recorder->begun)
        (void)hfi_record_chain(conn->recorder, HFI_CHUNK_OWN_CHAIN,
                               &own->items[own->count - 1]);
}

/* ---- beginning and end ---- */

/* What was fed before the first call lies there whole. */
static void record_fed(hf_conn *conn)
{
    const hfi_conn *c = &conn->engine;

    if (conn->memory && c->in_end != c->in_start)
        hfi_record_feed(conn, c->in + c->in_start, c->in_end - c->in_start);
    if (conn->memory && conn->memory_ended)
        hfi_record_bytes(conn, HFI_CHUNK_FEED_EOF, hfi_view_of(NULL, 0));
}

/* What cannot be written is told by hf_conn_record_end: the connection goes on. */
void hfi_record_begin(hf_conn *conn)
{
    hfi_recorder *r = conn->recorder;
    uint8_t front[HFI_RECORDING_FRONT];
    hfi_writer w = hfi_writer_of(front, sizeof front);

    if (r == NULL || r->begun || r->ended)
        return;
    r->original = r->settings = conn->config->settings;
    r->settings.crypto->sha256->init(&r->hash);
    r->begun = true;
    hfi_write_bytes(&w, hfi_view_of(HFI_RECORDING_MAGIC, HFI_RECORDING_MAGIC_SIZE));
    hfi_write_u16(&w, HFI_RECORDING_FORMAT);
    put(r, hfi_writer_view(&w));
    hfi_view version = hfi_view_of_text(hf_version_text());
    hfi_recorder_write(r, HFI_CHUNK_LIBRARY, &version, 1);
    if (hfi_record_configuration(r) != 1 || hfi_record_connection(r) != 1) {
        r->failed = true;
        r->error_number = ENOMEM;
    }
    record_fed(conn);
    count_application_bytes(r);
    write_call(r);
    hfi_recorder_listen(r);
}

void hfi_record_settings(hf_conn *conn)
{
    hfi_recorder *r = conn->recorder;

    if (r == NULL || !r->begun)
        return;
    r->original = r->settings = conn->config->settings;
    if (!r->ended && hfi_record_configuration(r) != 1) {
        r->failed = true;
        r->error_number = ENOMEM;
    }
    hfi_recorder_listen(r);
}

/* The text that tell makes, as it is read by hf_error_json's callers. */
static bool write_result(hfi_recorder *r, hfi_chunk kind,
                         size_t (*tell)(const hf_conn *conn, char *buffer, size_t size))
{
    const hfi_alloc *alloc = &r->alloc;
    size_t len = tell(r->conn, NULL, 0);
    char *text = hfi_alloc_bytes(alloc, len + 1);

    if (text == NULL)
        return false;
    (void)tell(r->conn, text, len + 1);
    hfi_view body = hfi_view_of(text, len);
    put_chunk(r, kind, &body, 1);
    hfi_alloc_release(alloc, text);
    return true;
}

size_t hfi_result_error(const hf_conn *conn, char *buffer, size_t size)
{
    return hf_error_json(hf_conn_get0_error(conn), buffer, size);
}

static void write_end(hfi_recorder *r)
{
    uint8_t digest[32];
    bool told = write_result(r, HFI_CHUNK_ERROR, hfi_result_error) &&
                write_result(r, HFI_CHUNK_TRACE, hf_trace_json) &&
                write_result(r, HFI_CHUNK_AGREED, hf_conn_json);

    if (!told) {
        r->failed = true;
        r->error_number = ENOMEM;
        return;
    }
    r->settings.crypto->sha256->finish(&r->hash, digest);
    hfi_view body = hfi_view_of(digest, sizeof digest);
    put_chunk(r, HFI_CHUNK_END, &body, 1);
}

static void end(hfi_recorder *r)
{
    if (r->ended)
        return;
    if (r->begun && !r->failed)
        write_end(r);
    hfi_recorder_flush(r);
    r->ended = true;
    if (r->fd >= 0 && close(r->fd) != 0 && !r->failed) {
        r->failed = true;
        r->error_number = errno;
    }
    r->fd = -1;
}

hf_status hf_conn_record_end(hf_conn *conn)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (conn->recorder == NULL)
        return 1;
    end(conn->recorder);
    if (!conn->recorder->failed)
        return 1;
    errno = conn->recorder->error_number;
    return -HF_E_RECORDING_FAILED;
}

/* Keys may point to the recorder's settings: it goes when they have gone. */
void hfi_record_free(hf_conn *conn)
{
    hfi_recorder *r = conn->recorder;

    if (r == NULL)
        return;
    conn->recorder = NULL;
    hfi_alloc alloc = r->alloc;
    hfi_alloc_release_secret(&alloc, r, sizeof *r);
}

/* ---- asking for one ---- */

static hf_status attach(hf_conn *conn, hf_record_function *function, void *context,
                        int fd)
{
    const hfi_alloc *alloc = hfi_config_recording_alloc(conn->config);
    hfi_recorder *r = hfi_alloc_zeroed(alloc, sizeof *r);

    if (r == NULL)
        return -HF_E_NO_MEMORY;
    (void)hf_conn_record_end(conn);
    hfi_record_free(conn);
    r->conn = conn;
    r->alloc = *alloc;
    r->function = function;
    r->context = context;
    r->fd = fd;
    conn->recorder = r;
    return 1;
}

static hf_status may_record(const hf_conn *conn)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    return conn->engine.phase == HFI_PHASE_BEFORE && !conn->running
               ? 1
               : -HF_E_ALREADY_STARTED;
}

hf_status hf_conn_record(hf_conn *conn, hf_record_function *function, void *context)
{
    hf_status status = may_record(conn);

    if (function == NULL)
        return -HF_E_INVALID_ARGUMENT;
    return status == 1 ? attach(conn, function, context, -1) : status;
}

hf_status hf_conn_record_file(hf_conn *conn, const char *path)
{
    hf_status status = may_record(conn);

    if (path == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (status != 1)
        return status;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -HF_E_RECORDING_FAILED;
    status = attach(conn, NULL, NULL, fd);
    if (status != 1)
        (void)close(fd);
    return status;
}
