/* capi/outcome.c: how a call ends, and what hf_get_error() then says.
 * The connection alone is asked: no queue, no errno, no thread-local. */
#include "capi/objects.h"

void hfi_capi_begin(hf_conn *conn)
{
    if (conn->error.note.code != HFI_OK)
        hfi_report_reset(&conn->error.note, &conn->config->settings.alloc);
    conn->want = HF_WANT_NOTHING;
}

int hfi_capi_succeed(hf_conn *conn)
{
    conn->outcome = HF_ERROR_NONE;
    return 1;
}

int hfi_capi_wait(hf_conn *conn, int outcome, int want)
{
    conn->outcome = outcome;
    conn->want = want;
    return -1;
}

static void tell_of_limit(const hf_conn *conn, hfi_report *r)
{
    if (r->code == HFI_E_NO_MEMORY && hfi_config_limit_reached(conn->config))
        hfi_report_detail(r, "the memory limit of the configuration is reached");
}

/* For this call only: the next one starts afresh.  The text of errors.def tells all. */
static void note(hf_conn *conn, hfi_err code)
{
    hfi_report *r = &conn->error.note;

    hfi_report_fail(r, code);
    r->step = hfi_conn_step(&conn->engine);
    r->bytes_in = conn->engine.bytes_in;
    r->bytes_out = conn->engine.bytes_out;
    tell_of_limit(conn, r);
}

int hfi_capi_misuse(hf_conn *conn, hfi_err code)
{
    note(conn, code);
    conn->outcome = HF_ERROR_SSL;
    return -1;
}

bool hfi_capi_enter(hf_conn *conn, hfi_call call, size_t size)
{
    if (conn->running) {
        (void)hfi_capi_misuse(conn, HFI_E_CALLED_FROM_CALLBACK);
        return false;
    }
    hfi_capi_begin(conn);
    conn->running = true;
    hfi_record_call(conn, call, size);
    return true;
}

/* What a callback did wrong was told to it.  Only that it wanted the connection freed
 * ends the connection: whoever frees it has no more use for it. */
int hfi_capi_leave(hf_conn *conn, int ret)
{
    conn->running = false;
    if (conn->error.note.code == HFI_E_CALLED_FROM_CALLBACK)
        hfi_report_reset(&conn->error.note, &conn->config->settings.alloc);
    if (conn->freed_early) {
        conn->freed_early = false;
        (void)hfi_conn_transport_failed(&conn->engine, HFI_E_CALLED_FROM_CALLBACK, 0);
        ret = hfi_capi_fail(conn);
    }
    hfi_record_return(conn, ret);
    return ret;
}

hf_status hfi_capi_outside(const hf_conn *conn)
{
    return conn->running ? -HF_E_CALLED_FROM_CALLBACK : 1;
}

int hfi_capi_closed(hf_conn *conn)
{
    note(conn, HFI_E_CLOSE_NOTIFY_RECEIVED);
    conn->outcome = HF_ERROR_ZERO_RETURN;
    return 0;
}

int hfi_capi_class(hfi_err code)
{
    switch (code) {
    case HFI_OK:
        return HF_ERROR_NONE;
    case HFI_E_TRANSPORT_READ:
    case HFI_E_TRANSPORT_WRITE:
    case HFI_E_TRANSPORT_NOT_CONNECTED:
        return HF_ERROR_SYSCALL;
    case HFI_E_CLOSED_IN_HANDSHAKE:
    case HFI_E_CLOSE_NOTIFY_RECEIVED:
        return HF_ERROR_ZERO_RETURN;
    default:
        return HF_ERROR_SSL;
    }
}

int hfi_capi_fail(hf_conn *conn)
{
    tell_of_limit(conn, &conn->engine.report);
    hfi_capi_summarize(conn);
    conn->outcome = hfi_capi_class(conn->engine.report.code);
    if (conn->outcome != HF_ERROR_SYSCALL)
        hfi_capi_flush_once(conn);
    return conn->outcome == HF_ERROR_ZERO_RETURN ? 0 : -1;
}

int hf_get_error(const hf_conn *conn, int ret)
{
    if (ret > 0)
        return HF_ERROR_NONE;
    if (conn == NULL || (ret < 0 && conn->outcome == HF_ERROR_NONE))
        return HF_ERROR_SSL;
    return conn->outcome;
}

int hf_want(const hf_conn *conn)
{
    return conn != NULL ? conn->want : HF_WANT_NOTHING;
}
