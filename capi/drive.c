/* capi/drive.c: moving bytes between a transport and the engine.
 * All that waits is written before anything is read, so that a call returns as often as
 * the protocol has flights and no oftener. */
#include <errno.h>

#include "capi/recording.h"

bool hfi_capi_has_transport(const hf_conn *conn)
{
    return conn->memory || (conn->in != NULL && conn->out != NULL);
}

/* How long a transport that blocks may do so; at the deadline, a moment: then the
 * engine finds it passed. */
static int64_t patience(const hf_conn *conn)
{
    int64_t left = hfi_conn_time_left(&conn->engine);

    return left < 0 ? HFI_BIO_WAIT : left == 0 ? 1 : left;
}

static hfi_moved wait_as_told(hf_conn *conn, ptrdiff_t told, bool reading)
{
    int want = reading ? HF_WANT_READ : HF_WANT_WRITE;
    int outcome = reading ? HF_ERROR_WANT_READ : HF_ERROR_WANT_WRITE;

    if (told == HFI_IO_WANT_READ) {
        want = HF_WANT_READ;
        outcome = HF_ERROR_WANT_READ;
    } else if (told == HFI_IO_WANT_WRITE) {
        want = HF_WANT_WRITE;
        outcome = HF_ERROR_WANT_WRITE;
    } else if (told == HFI_IO_WANT_CONNECT) {
        outcome = HF_ERROR_WANT_CONNECT;
    } else if (told == HFI_IO_WANT_ACCEPT) {
        outcome = HF_ERROR_WANT_ACCEPT;
    }
    (void)hfi_capi_wait(conn, outcome, want);
    return HFI_MOVED_WAIT;
}

static ptrdiff_t read_transport(hf_conn *conn, hfi_span space, int64_t wait,
                                int *error_number)
{
    ptrdiff_t n = hfi_bio_read(conn->in, space.p, space.len, wait, error_number);

    if (conn->recorder != NULL)
        hfi_record_moved(conn, HFI_CHUNK_READ, n > 0 ? space.p : NULL, n, *error_number);
    return n;
}

static ptrdiff_t write_transport(hf_conn *conn, hfi_view bytes, int64_t wait,
                                 int *error_number)
{
    ptrdiff_t n = hfi_bio_write(conn->out, bytes.p, bytes.len, wait, error_number);

    if (conn->recorder != NULL)
        hfi_record_moved(conn, HFI_CHUNK_WRITE, NULL, n, *error_number);
    return n;
}

static hfi_moved transport_failed(hf_conn *conn, hfi_err code, int error_number)
{
    if (error_number == ENOTCONN)
        code = HFI_E_TRANSPORT_NOT_CONNECTED;
    /* Of an application's own transport that gave no reason. */
    if (error_number == 0 && code != HFI_E_INTERNAL)
        error_number = EIO;
    (void)hfi_conn_transport_failed(&conn->engine, code, error_number);
    return HFI_MOVED_FAILED;
}

/* A key log that cannot be written must not go unnoticed. */
bool hfi_capi_process(hf_conn *conn, bool *progress)
{
    hfi_err err = hfi_conn_process(&conn->engine, progress);

    if (err == HFI_OK && conn->key_log_errno != 0)
        err = hfi_conn_transport_failed(&conn->engine, HFI_E_KEY_LOG_FAILED,
                                        conn->key_log_errno);
    return err == HFI_OK;
}

/* The peer may have said why before it stopped reading: an alert that is already here
 * tells more than a broken pipe. */
static hfi_moved write_failed(hf_conn *conn, int error_number)
{
    bool progress = true;

    while (conn->engine.phase == HFI_PHASE_HANDSHAKE && progress &&
           (error_number == EPIPE || error_number == ECONNRESET)) {
        int ignored = 0;
        hfi_span space = hfi_conn_feed_space(&conn->engine);
        if (space.len == 0)
            break;
        ptrdiff_t n = read_transport(conn, space, HFI_BIO_NO_WAIT, &ignored);
        if (n <= 0)
            break;
        hfi_conn_feed_commit(&conn->engine, (size_t)n);
        if (!hfi_capi_process(conn, NULL))
            return HFI_MOVED_FAILED;
    }
    return transport_failed(conn, HFI_E_TRANSPORT_WRITE, error_number);
}

/* A client that has what it wants may be gone before it is given tickets; what it said
 * can still be read. */
static bool only_tickets_are_lost(const hf_conn *conn, int error_number)
{
    const hfi_conn *engine = &conn->engine;

    return conn->role == HFI_ROLE_SERVER && engine->phase == HFI_PHASE_OPEN &&
           !conn->established && engine->agreed.version == 0x0304 &&
           (error_number == EPIPE || error_number == ECONNRESET);
}

hfi_moved hfi_capi_flush(hf_conn *conn)
{
    for (;;) {
        hfi_view bytes = hfi_conn_drain(&conn->engine);
        if (bytes.len == 0 || conn->memory)
            return HFI_MOVED;
        int error_number = 0;
        ptrdiff_t n = write_transport(conn, bytes, patience(conn), &error_number);
        if (n > 0)
            hfi_conn_drain_commit(&conn->engine, (size_t)n);
        else if (n == HFI_IO_ERROR && only_tickets_are_lost(conn, error_number))
            hfi_conn_drain_commit(&conn->engine, bytes.len);
        else if (n == HFI_IO_ERROR)
            return write_failed(conn, error_number);
        else if (n != HFI_IO_AGAIN && hfi_conn_time_left(&conn->engine) != 0)
            return wait_as_told(conn, n, false);
        else if (!hfi_capi_process(conn, NULL))
            return HFI_MOVED_FAILED;
    }
}

static hfi_moved end_of_input(hf_conn *conn)
{
    return hfi_conn_feed_eof(&conn->engine) == HFI_OK ? HFI_MOVED : HFI_MOVED_FAILED;
}

hfi_moved hfi_capi_fill(hf_conn *conn)
{
    if (conn->memory) {
        if (conn->memory_ended)
            return end_of_input(conn);
        return wait_as_told(conn, HFI_IO_WOULD_BLOCK, true);
    }
    hfi_span space = hfi_conn_feed_space(&conn->engine);
    if (space.len == 0) /* no memory; a connection that can read always has room */
        return transport_failed(conn, HFI_E_INTERNAL, 0);
    int error_number = 0;
    ptrdiff_t n = read_transport(conn, space, patience(conn), &error_number);
    if (n > 0) {
        hfi_conn_feed_commit(&conn->engine, (size_t)n);
        return HFI_MOVED;
    }
    hfi_conn_feed_commit(&conn->engine, 0); /* whoever waits holds no empty buffer */
    if (n == HFI_IO_EOF)
        return end_of_input(conn);
    if (n == HFI_IO_ERROR)
        return transport_failed(conn, HFI_E_TRANSPORT_READ, error_number);
    return n == HFI_IO_AGAIN ? HFI_MOVED : wait_as_told(conn, n, true);
}

void hfi_capi_flush_once(hf_conn *conn)
{
    int ignored = 0;

    if (conn->memory || conn->out == NULL)
        return;
    for (;;) {
        hfi_view bytes = hfi_conn_drain(&conn->engine);
        if (bytes.len == 0)
            return;
        ptrdiff_t n = write_transport(conn, bytes, HFI_BIO_NO_WAIT, &ignored);
        if (n <= 0)
            return;
        hfi_conn_drain_commit(&conn->engine, (size_t)n);
    }
}
