/* capi/transport.c: what carries a connection's bytes. */
#include "capi/recording.h"

/* The two directions may share one transport: it is released once. */
static void replace(hf_conn *conn, hf_bio *in, hf_bio *out)
{
    hf_bio *old_in = conn->in;
    hf_bio *old_out = conn->out;

    conn->in = in;
    conn->out = out;
    conn->memory = false;
    conn->memory_ended = false;
    if (old_in != in && old_in != out)
        hfi_bio_free(old_in);
    if (old_out != in && old_out != out && old_out != old_in)
        hfi_bio_free(old_out);
}

void hfi_capi_transport_free(hf_conn *conn)
{
    replace(conn, NULL, NULL);
}

static hf_status new_fd(const hf_conn *conn, int fd, hf_bio **bio)
{
    if (conn == NULL || fd < 0)
        return -HF_E_INVALID_ARGUMENT;
    if (hfi_capi_outside(conn) != 1)
        return -HF_E_CALLED_FROM_CALLBACK;
    *bio = hfi_bio_new_fd(fd, false);
    return *bio != NULL ? 1 : -HF_E_NO_MEMORY;
}

hf_status hf_conn_set_fd(hf_conn *conn, int fd)
{
    hf_bio *bio;
    hf_status status = new_fd(conn, fd, &bio);

    if (status == 1)
        replace(conn, bio, bio);
    return status;
}

hf_status hf_conn_set_rfd(hf_conn *conn, int fd)
{
    hf_bio *bio;
    hf_status status = new_fd(conn, fd, &bio);

    if (status == 1)
        replace(conn, bio, conn->out);
    return status;
}

hf_status hf_conn_set_wfd(hf_conn *conn, int fd)
{
    hf_bio *bio;
    hf_status status = new_fd(conn, fd, &bio);

    if (status == 1)
        replace(conn, conn->in, bio);
    return status;
}

int hf_conn_get_fd(const hf_conn *conn)
{
    if (conn == NULL)
        return -1;
    int fd = conn->in != NULL ? hfi_bio_descriptor(conn->in) : -1;
    return fd < 0 && conn->out != NULL ? hfi_bio_descriptor(conn->out) : fd;
}

hf_status hf_conn_set_io(hf_conn *conn, const hf_io *io)
{
    if (conn == NULL || io == NULL || io->size < sizeof *io || io->read == NULL ||
        io->write == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (hfi_capi_outside(conn) != 1)
        return -HF_E_CALLED_FROM_CALLBACK;
    hf_bio *bio = hf_bio_new_custom(io);
    if (bio == NULL)
        return -HF_E_NO_MEMORY;
    replace(conn, bio, bio);
    return 1;
}

hf_status hf_conn_set0_bio(hf_conn *conn, hf_bio *bio)
{
    if (conn == NULL || bio == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (hfi_capi_outside(conn) != 1)
        return -HF_E_CALLED_FROM_CALLBACK;
    replace(conn, bio, bio);
    return 1;
}

/* ---- the caller carries the bytes ---- */

hf_status hf_conn_use_memory(hf_conn *conn)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (hfi_capi_outside(conn) != 1)
        return -HF_E_CALLED_FROM_CALLBACK;
    replace(conn, NULL, NULL);
    conn->memory = true;
    return 1;
}

static hf_status memory_problem(const hf_conn *conn)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (!conn->memory)
        return -HF_E_NOT_A_MEMORY_TRANSPORT;
    return hfi_capi_outside(conn);
}

/* As far as there is memory.  A connection that has none fails, and with that a store may
 * be told of its session: the function must find the connection at work. */
static size_t take_in(hf_conn *conn, const uint8_t *bytes, size_t count)
{
    size_t done = 0;

    conn->running = true;
    hfi_conn_feed_reserve(&conn->engine, count);
    while (done < count) {
        hfi_span space = hfi_conn_feed_space(&conn->engine);
        size_t n = space.len < count - done ? space.len : count - done;
        if (n == 0)
            break;
        memcpy(space.p, bytes + done, n);
        hfi_conn_feed_commit(&conn->engine, n);
        done += n;
    }
    conn->running = false;
    conn->freed_early = false; /* it has failed anyway */
    if (conn->error.note.code == HFI_E_CALLED_FROM_CALLBACK)
        hfi_report_reset(&conn->error.note, &conn->config->settings.alloc);
    return done;
}

/* After close_notify what comes is ignored, RFC 8446 6.1. */
hf_status hf_conn_feed(hf_conn *conn, const uint8_t *bytes, size_t count, size_t *taken)
{
    hf_status status = memory_problem(conn);
    size_t done;

    if (taken != NULL)
        *taken = 0;
    if (status != 1)
        return status;
    if (taken == NULL || (bytes == NULL && count > 0) ||
        (conn->memory_ended && count > 0))
        return -HF_E_INVALID_ARGUMENT;
    if (conn->engine.phase == HFI_PHASE_FAILED)
        return -HF_E_ALREADY_FAILED;
    done = conn->engine.close_received ? count : take_in(conn, bytes, count);
    *taken = done;
    bool failed = done < count && conn->engine.phase == HFI_PHASE_FAILED;
    hfi_record_feed(conn, bytes, failed ? count : done);
    if (failed)
        return -(hf_status)conn->engine.report.code;
    return 1;
}

/* What was fed before it is still handled first: by the next call that reads. */
hf_status hf_conn_feed_eof(hf_conn *conn)
{
    hf_status status = memory_problem(conn);

    if (status == 1)
        conn->memory_ended = true;
    if (status == 1)
        hfi_record_bytes(conn, HFI_CHUNK_FEED_EOF, hfi_view_of(NULL, 0));
    return status;
}

hf_status hf_conn_drain(hf_conn *conn, uint8_t *bytes, size_t size, size_t *got)
{
    hf_status status = memory_problem(conn);

    if (got != NULL)
        *got = 0;
    if (status != 1)
        return status;
    if (got == NULL || (bytes == NULL && size > 0))
        return -HF_E_INVALID_ARGUMENT;
    while (*got < size) {
        hfi_view waiting = hfi_conn_drain(&conn->engine);
        size_t n = waiting.len < size - *got ? waiting.len : size - *got;
        if (n == 0)
            break;
        memcpy(bytes + *got, waiting.p, n);
        hfi_conn_drain_commit(&conn->engine, n);
        *got += n;
    }
    hfi_record_number(conn, HFI_CHUNK_DRAIN, *got);
    return 1;
}

size_t hf_conn_drain_pending(const hf_conn *conn)
{
    return conn != NULL && conn->memory ? hfi_conn_drain(&conn->engine).len : 0;
}
