/* capi/early_data.c: data with the first flight, which no other function ever sends.
 * RFC 8446 2.3, 8. */
#include "capi/objects.h"

hf_status hf_conn_allow_early_data(hf_conn *conn)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (conn->engine.phase != HFI_PHASE_BEFORE)
        return -HF_E_ALREADY_STARTED;
    conn->engine.early_data = true;
    return 1;
}

int hf_conn_early_data_status(const hf_conn *conn)
{
    return conn != NULL ? (int)conn->engine.agreed.early_data : HF_EARLY_DATA_NOT_SENT;
}

uint32_t hf_session_max_early_data(const hf_session *session)
{
    return session != NULL ? hfi_session_get((const hfi_session *)session)->max_early_data
                           : 0;
}

/* The hello goes out first; what is missing for it is said before. */
static int begin(hf_conn *conn)
{
    const hfi_conn *engine = &conn->engine;

    if (engine->phase == HFI_PHASE_FAILED)
        return hfi_capi_fail(conn);
    if (engine->phase != HFI_PHASE_BEFORE || conn->role == HFI_ROLE_SERVER)
        return 1; /* a server may write when it knows so: the engine tells */
    if (!engine->early_data || engine->session == NULL)
        return hfi_capi_misuse(conn, HFI_E_EARLY_DATA_UNAVAILABLE);
    if (conn->role != HFI_ROLE_CLIENT)
        return hfi_capi_misuse(conn, HFI_E_ROLE_NOT_SET);
    if (!hfi_capi_has_transport(conn))
        return hfi_capi_misuse(conn, HFI_E_TRANSPORT_NOT_SET);
    return hfi_capi_start(conn);
}

static int write_early(hf_conn *conn, const void *bytes, size_t count, size_t *written)
{
    if (written == NULL || (bytes == NULL && count > 0))
        return hfi_capi_misuse(conn, HFI_E_INVALID_ARGUMENT);
    int ret = begin(conn);
    if (ret != 1)
        return ret;
    hfi_moved moved = hfi_capi_flush(conn);
    if (moved != HFI_MOVED)
        return moved == HFI_MOVED_WAIT ? -1 : hfi_capi_fail(conn);
    hfi_err err = hfi_conn_write_early(&conn->engine, hfi_view_of(bytes, count), written);
    if (err != HFI_OK && conn->engine.phase != HFI_PHASE_FAILED)
        return hfi_capi_misuse(conn, err);
    if (err != HFI_OK || hfi_capi_flush(conn) == HFI_MOVED_FAILED)
        return hfi_capi_fail(conn);
    conn->want = HF_WANT_NOTHING;
    return hfi_capi_succeed(conn);
}

int hf_write_early_data(hf_conn *conn, const void *bytes, size_t count, size_t *written)
{
    if (written != NULL)
        *written = 0;
    if (conn == NULL || !hfi_capi_enter(conn, HFI_CALL_WRITE_EARLY, count))
        return -1;
    return hfi_capi_leave(conn, write_early(conn, bytes, count, written));
}
