/* capi/conn.c: making, clearing and releasing a connection; its settings.
 * Names are in hostname.c, transports in transport.c. */
#include "capi/recording.h"

hf_conn *hf_conn_new(hf_config *config)
{
    if (config == NULL || hfi_config_freeze(config) != 1)
        return NULL;
    hf_conn *conn = hfi_alloc_zeroed(&config->settings.alloc, sizeof *conn);
    if (conn == NULL)
        return NULL;
    conn->config = hf_config_up_ref(config);
    hfi_conn_init(&conn->engine, &config->settings, conn);
    conn->engine.options = config->options;
    conn->engine.verify_name = config->settings.verify_name;
    conn->engine.timeout = config->timeout;
    conn->outcome = HF_ERROR_NONE;
    conn->want = HF_WANT_NOTHING;
    conn->key_log_failure = &conn->key_log_errno;
    conn->error.engine = &conn->engine;
    hfi_report_reset(&conn->error.note, &config->settings.alloc);
    return conn;
}

void hf_conn_free(hf_conn *conn)
{
    if (conn == NULL)
        return;
    if (conn->running) { /* the call that goes on still needs it, and will fail */
        conn->freed_early = true;
        return;
    }
    (void)hf_conn_record_end(conn);
    hf_config *config = conn->config;
    hf_config *first = conn->first_config;
    hfi_alloc alloc = config->settings.alloc;

    hfi_session_free(conn->engine.session);
    conn->engine.session = NULL;
    hfi_conn_free(&conn->engine);
    hfi_capi_transport_free(conn);
    hfi_capi_names_free(conn);
    hfi_capi_credentials_free(conn);
    hfi_capi_psk_free(conn);
    hfi_record_free(conn);
    hfi_alloc_release(&alloc, conn->alpn);
    hfi_alloc_release(&alloc, conn->error.summary);
    hfi_alloc_release_secret(&alloc, conn, sizeof *conn);
    hf_config_free(first);
    hf_config_free(config);
}

hf_status hf_clear(hf_conn *conn)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (conn->running)
        return -HF_E_CALLED_FROM_CALLBACK;
    (void)hf_conn_record_end(conn);
    hfi_conn_reset(&conn->engine);
    if (conn->recorder != NULL)
        hfi_conn_set_settings(&conn->engine, &conn->config->settings);
    hfi_record_free(conn);
    hfi_capi_credentials_clear(conn);
    hfi_capi_begin(conn);
    conn->error.summarized = HFI_OK;
    conn->outcome = HF_ERROR_NONE;
    conn->memory_ended = false;
    conn->at_hello = false;
    conn->established = false;
    conn->owed = 0;
    conn->key_log_errno = 0;
    return 1;
}

void hf_conn_set_user_data(hf_conn *conn, void *data)
{
    if (conn != NULL)
        conn->user_data = data;
}

void *hf_conn_get_user_data(const hf_conn *conn)
{
    return conn != NULL ? conn->user_data : NULL;
}

hf_status hf_conn_add_alpn(hf_conn *conn, const uint8_t *name, size_t len)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (conn->engine.phase != HFI_PHASE_BEFORE)
        return -HF_E_ALREADY_STARTED;
    if (conn->alpn == NULL)
        conn->alpn = hfi_alloc_bytes(&conn->config->settings.alloc, HFI_ALPN_MAX);
    if (conn->alpn == NULL)
        return -HF_E_NO_MEMORY;
    size_t used = conn->engine.alpn.len;
    hfi_err err = hfi_capi_alpn_append(conn->alpn, &used, name, len);
    if (err != HFI_OK)
        return -(hf_status)err;
    conn->engine.alpn = hfi_view_of(conn->alpn, used);
    return 1;
}

uint64_t hf_conn_set_options(hf_conn *conn, uint64_t options)
{
    if (conn != NULL)
        conn->engine.options |= options & HFI_OPTIONS_KNOWN;
    if (conn != NULL)
        hfi_record_number(conn, HFI_CHUNK_OPTIONS, conn->engine.options);
    return hf_conn_get_options(conn);
}

uint64_t hf_conn_clear_options(hf_conn *conn, uint64_t options)
{
    if (conn != NULL)
        conn->engine.options &= ~options;
    if (conn != NULL)
        hfi_record_number(conn, HFI_CHUNK_OPTIONS, conn->engine.options);
    return hf_conn_get_options(conn);
}

uint64_t hf_conn_get_options(const hf_conn *conn)
{
    return conn != NULL ? conn->engine.options : 0;
}

hf_status hf_conn_set_handshake_timeout(hf_conn *conn, int64_t milliseconds)
{
    if (conn == NULL || milliseconds < 0 || milliseconds > INT64_MAX / 1000)
        return -HF_E_INVALID_ARGUMENT;
    if (conn->engine.phase != HFI_PHASE_BEFORE)
        return -HF_E_ALREADY_STARTED;
    conn->engine.timeout = milliseconds * 1000;
    return 1;
}
