/* capi/keys.c: key updates and exported keys, RFC 8446 4.6.3 and 7.5. */
#include "capi/recording.h"

/* RFC 8446 7.1: a label with its prefix "tls13 " fits in 255 bytes. */
enum { EXPORT_LABEL_MAX = 249 };

static hf_status usable(const hf_conn *conn)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (conn->engine.phase == HFI_PHASE_FAILED)
        return -HF_E_ALREADY_FAILED;
    return conn->engine.phase == HFI_PHASE_OPEN ? 1 : -HF_E_NOT_CONNECTED;
}

hf_status hf_key_update(hf_conn *conn, int request)
{
    hf_status status = usable(conn);

    if (status == 1)
        status = hfi_capi_outside(conn);
    if (status != 1)
        return status;
    if (conn->engine.close_sent)
        return -HF_E_PROTOCOL_IS_SHUTDOWN;
    hfi_record_number(conn, HFI_CHUNK_KEY_UPDATE, request != 0);
    hfi_err err = hfi_conn_update_keys(&conn->engine, request != 0);
    if (err != HFI_OK)
        hfi_capi_summarize(conn);
    return err == HFI_OK ? 1 : -(hf_status)err;
}

hf_status hf_export_keying_material(hf_conn *conn, const char *label, size_t label_len,
                                    const uint8_t *context, size_t context_len,
                                    uint8_t *out, size_t size)
{
    hf_status status = usable(conn);

    if (status != 1)
        return status;
    if (label == NULL || label_len > EXPORT_LABEL_MAX || out == NULL || size == 0 ||
        (context == NULL && context_len > 0))
        return -HF_E_INVALID_ARGUMENT;
    hfi_err err = hfi_conn_export(&conn->engine, hfi_view_of(label, label_len),
                                  hfi_view_of(context, context_len), out, size);
    return err == HFI_OK ? 1 : -(hf_status)err;
}
