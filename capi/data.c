/* capi/data.c: reading and writing application data, RFC 8446 5.1 and 5.2. */
#include "capi/objects.h"

/* ---- reading ---- */

/* What there is, or what comes next; 1 when plain data is at hand. */
static int await_data(hf_conn *conn)
{
    hfi_conn *engine = &conn->engine;

    for (;;) {
        bool progress = false;
        if (hfi_conn_plain(engine).len > 0)
            return hfi_capi_succeed(conn);
        if (engine->close_received)
            return hfi_capi_closed(conn);
        if (!hfi_capi_process(conn, &progress))
            return hfi_capi_fail(conn);
        if (hfi_conn_plain(engine).len > 0 || engine->close_received)
            continue;
        if (progress && (engine->options & HF_OPTION_NO_AUTO_RETRY) != 0)
            return hfi_capi_wait(conn, HF_ERROR_WANT_READ, HF_WANT_READ);
        if (progress)
            continue;
        /* An answer to a key update, or a write given up: out with it if it goes; if
         * it does not, reading comes first. */
        if (!conn->memory)
            hfi_capi_flush_once(conn);
        hfi_moved moved = hfi_capi_fill(conn);
        if (moved != HFI_MOVED)
            return moved == HFI_MOVED_WAIT ? -1 : hfi_capi_fail(conn);
    }
}

static int take_data(hf_conn *conn, void *buffer, size_t size, size_t *got, bool take)
{
    if (got == NULL || (buffer == NULL && size > 0))
        return hfi_capi_misuse(conn, HFI_E_INVALID_ARGUMENT);
    int ret = hfi_capi_handshake(conn);
    if (ret != 1 || size == 0)
        return ret;
    if (!hfi_capi_has_transport(conn))
        return hfi_capi_misuse(conn, HFI_E_TRANSPORT_NOT_SET);
    ret = await_data(conn);
    if (ret != 1)
        return ret;
    hfi_view plain = hfi_conn_plain(&conn->engine);
    *got = plain.len < size ? plain.len : size;
    memcpy(buffer, plain.p, *got);
    if (take)
        hfi_conn_plain_take(&conn->engine, *got);
    return 1;
}

static int read_or_peek(hf_conn *conn, void *buffer, size_t size, size_t *got, bool take)
{
    if (got != NULL)
        *got = 0;
    hfi_call call = take ? HFI_CALL_READ : HFI_CALL_PEEK;
    if (conn == NULL || !hfi_capi_enter(conn, call, size))
        return -1;
    return hfi_capi_leave(conn, take_data(conn, buffer, size, got, take));
}

int hf_read(hf_conn *conn, void *buffer, size_t size, size_t *got)
{
    return read_or_peek(conn, buffer, size, got, true);
}

int hf_peek(hf_conn *conn, void *buffer, size_t size, size_t *got)
{
    return read_or_peek(conn, buffer, size, got, false);
}

size_t hf_pending(const hf_conn *conn)
{
    return conn != NULL ? hfi_conn_plain(&conn->engine).len : 0;
}

int hf_has_pending(const hf_conn *conn)
{
    return conn != NULL &&
           (hf_pending(conn) > 0 || conn->engine.in_end > conn->engine.in_start);
}

/* ---- writing ---- */

/* Sealed bytes that an earlier call could not report, because the transport did not take
 * them: the caller repeats them, and they are not sealed again. */
static size_t repay(hf_conn *conn, size_t count)
{
    size_t n = conn->owed < count ? conn->owed : count;

    conn->owed -= n;
    return n;
}

/* The transport takes no more.  What went out whole is told; without that, or where all
 * or nothing is wanted, it is owed. */
static int write_blocked(hf_conn *conn, size_t out, size_t waiting, size_t *written)
{
    bool whole = (conn->engine.options & HF_OPTION_WHOLE_WRITE) != 0;

    if (out > 0 && !whole) {
        conn->owed = waiting;
        *written = out;
        conn->want = HF_WANT_NOTHING;
        return hfi_capi_succeed(conn);
    }
    conn->owed = out + waiting;
    return hfi_capi_wait(conn, conn->outcome, conn->want);
}

/* With memory feed and drain a sealed record has reached its transport; the next one
 * waits until it is drained. */
static int memory_full(hf_conn *conn, size_t out, size_t *written)
{
    (void)hfi_capi_wait(conn, HF_ERROR_WANT_WRITE, HF_WANT_WRITE);
    return write_blocked(conn, out, 0, written);
}

/* Seals and sends record after record from the out-th byte on. */
static int write_records(hf_conn *conn, const uint8_t *bytes, size_t count, size_t out,
                         size_t *written)
{
    while (out < count) {
        size_t sealed = 0;
        if (hfi_conn_drain(&conn->engine).len > 0)
            return memory_full(conn, out, written);
        hfi_view rest = hfi_view_of(bytes + out, count - out);
        if (hfi_conn_write(&conn->engine, rest, &sealed) != HFI_OK)
            return hfi_capi_fail(conn);
        hfi_moved moved = hfi_capi_flush(conn);
        if (moved == HFI_MOVED_FAILED)
            return hfi_capi_fail(conn);
        if (moved == HFI_MOVED_WAIT)
            return write_blocked(conn, out, sealed, written);
        out += sealed;
    }
    *written = out;
    return hfi_capi_succeed(conn);
}

static int write_problem(hf_conn *conn)
{
    if (conn->engine.close_sent)
        return hfi_capi_misuse(conn, HFI_E_PROTOCOL_IS_SHUTDOWN);
    if (!hfi_capi_has_transport(conn))
        return hfi_capi_misuse(conn, HFI_E_TRANSPORT_NOT_SET);
    return 1;
}

static int write_data(hf_conn *conn, const void *bytes, size_t count, size_t *written)
{
    if (written == NULL || (bytes == NULL && count > 0))
        return hfi_capi_misuse(conn, HFI_E_INVALID_ARGUMENT);
    int ret = hfi_capi_handshake(conn);
    if (ret == 1)
        ret = write_problem(conn);
    if (ret != 1)
        return ret;
    hfi_moved moved = hfi_capi_flush(conn);
    if (moved != HFI_MOVED)
        return moved == HFI_MOVED_WAIT ? -1 : hfi_capi_fail(conn);
    return write_records(conn, bytes, count, repay(conn, count), written);
}

int hf_write(hf_conn *conn, const void *bytes, size_t count, size_t *written)
{
    if (written != NULL)
        *written = 0;
    if (conn == NULL || !hfi_capi_enter(conn, HFI_CALL_WRITE, count))
        return -1;
    return hfi_capi_leave(conn, write_data(conn, bytes, count, written));
}
