/* capi/shutdown.c: closing, RFC 8446 6.1. */
#include "capi/recording.h"

/* Reads until the peer's close_notify.  Data that was not read is not thrown away. */
static int await_close(hf_conn *conn)
{
    hfi_conn *engine = &conn->engine;

    while (!engine->close_received) {
        bool progress = false;
        if (hfi_conn_plain(engine).len > 0)
            return hfi_capi_misuse(conn, HFI_E_UNREAD_DATA);
        if (!hfi_capi_process(conn, &progress))
            return hfi_capi_fail(conn);
        if (progress || hfi_conn_plain(engine).len > 0)
            continue;
        hfi_moved moved = hfi_capi_fill(conn);
        if (moved != HFI_MOVED)
            return moved == HFI_MOVED_WAIT ? -1 : hfi_capi_fail(conn);
    }
    return hfi_capi_succeed(conn);
}

/* An orderly end of ours alone is 0, and no error. */
static int half_closed(hf_conn *conn)
{
    (void)hfi_capi_succeed(conn);
    return conn->engine.close_received ? 1 : 0;
}

static int send_close(hf_conn *conn)
{
    bool was_sent = conn->engine.close_sent;

    if (!was_sent && hfi_conn_close(&conn->engine) != HFI_OK)
        return hfi_capi_fail(conn);
    bool waiting = hfi_conn_drain(&conn->engine).len > 0 && !conn->memory;
    hfi_moved moved = hfi_capi_flush(conn);
    if (moved != HFI_MOVED)
        return moved == HFI_MOVED_WAIT ? -1 : hfi_capi_fail(conn);
    if (!was_sent || waiting || conn->engine.close_received)
        return half_closed(conn);
    return await_close(conn);
}

static int shut_down(hf_conn *conn)
{
    if (conn->engine.phase == HFI_PHASE_FAILED)
        return hfi_capi_fail(conn);
    if (conn->role == HFI_ROLE_NONE)
        return hfi_capi_misuse(conn, HFI_E_ROLE_NOT_SET);
    if ((conn->engine.options & HF_OPTION_QUIET_SHUTDOWN) != 0) {
        hf_set_shutdown(conn, HF_SENT_SHUTDOWN | HF_RECEIVED_SHUTDOWN);
        return hfi_capi_succeed(conn);
    }
    if (!conn->established)
        return hfi_capi_misuse(conn, HFI_E_NOT_CONNECTED);
    if (!hfi_capi_has_transport(conn))
        return hfi_capi_misuse(conn, HFI_E_TRANSPORT_NOT_SET);
    return send_close(conn);
}

int hf_shutdown(hf_conn *conn)
{
    if (conn == NULL || !hfi_capi_enter(conn, HFI_CALL_SHUTDOWN, 0))
        return -1;
    return hfi_capi_leave(conn, shut_down(conn));
}

/* ---- an end that is not orderly ---- */

static int abort_now(hf_conn *conn, int alert)
{
    hfi_conn *engine = &conn->engine;

    if (engine->phase == HFI_PHASE_BEFORE)
        return hfi_capi_misuse(conn, HFI_E_NOT_CONNECTED);
    if (alert <= HFI_ALERT_CLOSE_NOTIFY || alert > 255)
        return hfi_capi_misuse(conn, HFI_E_INVALID_ARGUMENT);
    if (!hfi_capi_has_transport(conn))
        return hfi_capi_misuse(conn, HFI_E_TRANSPORT_NOT_SET);
    if (hfi_conn_abort(engine, (hfi_alert)alert) != HFI_E_ABORTED)
        return hfi_capi_fail(conn);
    hfi_capi_summarize(conn);
    hfi_moved moved = hfi_capi_flush(conn);
    if (moved != HFI_MOVED)
        return moved == HFI_MOVED_WAIT ? -1 : hfi_capi_fail(conn);
    return hfi_capi_succeed(conn);
}

int hf_abort(hf_conn *conn, int alert)
{
    if (conn == NULL || !hfi_capi_enter(conn, HFI_CALL_ABORT, (size_t)alert))
        return -1;
    return hfi_capi_leave(conn, abort_now(conn, alert));
}

/* ---- marks ---- */

int hf_get_shutdown(const hf_conn *conn)
{
    if (conn == NULL)
        return 0;
    return (conn->engine.close_sent ? HF_SENT_SHUTDOWN : 0) |
           (conn->engine.close_received ? HF_RECEIVED_SHUTDOWN : 0);
}

/* Marks alone: nothing is sent. */
void hf_set_shutdown(hf_conn *conn, int mode)
{
    if (conn == NULL)
        return;
    hfi_record_number(conn, HFI_CHUNK_MARKS, (uint64_t)mode & 3);
    conn->engine.close_sent = (mode & HF_SENT_SHUTDOWN) != 0;
    conn->engine.close_received = (mode & HF_RECEIVED_SHUTDOWN) != 0;
}
