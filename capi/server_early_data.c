/* capi/server_early_data.c: a server's early data, which no other function ever reads.
 * RFC 8446 2.3, 8. */
#include "capi/objects.h"

hf_status hf_config_set_early_data(hf_config *config, size_t bytes)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (bytes > UINT32_MAX)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "the limit is at most 4294967295 bytes");
    config->settings.max_early_data = (uint32_t)bytes;
    return 1;
}

static int ask_register(void *owner, hfi_view hello, int64_t seconds)
{
    hf_conn *conn = owner;
    const hf_config *config = conn->config;

    return config->early_data_register(config->early_data_context, conn, hello.p,
                                       hello.len, seconds);
}

hf_status hf_config_set_early_data_register(hf_config *config,
                                            hf_early_data_register *function,
                                            void *context)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->early_data_register = function;
    config->early_data_context = context;
    config->settings.early_register = function != NULL ? ask_register : NULL;
    return 1;
}

/* There is some, or there will be none any more. */
static bool enough(const hf_conn *conn)
{
    const hfi_conn *engine = &conn->engine;

    if (engine->phase == HFI_PHASE_OPEN)
        return true;
    return engine->plain.len != 0 ||
           (hfi_conn_writes_half(engine) && !hfi_conn_reads_early(engine));
}

static int take(hf_conn *conn, void *buffer, size_t size, size_t *got)
{
    hfi_view plain = hfi_conn_plain(&conn->engine);
    size_t n = plain.len < size ? plain.len : size;

    if (conn->engine.phase != HFI_PHASE_HANDSHAKE)
        n = 0; /* what came since is no early data */
    if (n != 0)
        memcpy(buffer, plain.p, n);
    hfi_conn_plain_take(&conn->engine, n);
    *got = n;
    conn->want = HF_WANT_NOTHING;
    return hfi_capi_succeed(conn);
}

static int read_early(hf_conn *conn, void *buffer, size_t size, size_t *got)
{
    if (got == NULL || buffer == NULL || size == 0)
        return hfi_capi_misuse(conn, HFI_E_INVALID_ARGUMENT);
    if (conn->engine.phase == HFI_PHASE_BEFORE && !conn->engine.early_data)
        return hfi_capi_misuse(conn, HFI_E_EARLY_DATA_UNAVAILABLE);
    if (conn->engine.phase != HFI_PHASE_FAILED) {
        hfi_err err = hfi_capi_take_role(conn, HFI_ROLE_SERVER);
        if (err != HFI_OK)
            return hfi_capi_misuse(conn, err);
    }
    int ret = hfi_capi_handshake_until(conn, enough);
    return ret == 1 ? take(conn, buffer, size, got) : ret;
}

int hf_read_early_data(hf_conn *conn, void *buffer, size_t size, size_t *got)
{
    if (got != NULL)
        *got = 0;
    if (conn == NULL || !hfi_capi_enter(conn, HFI_CALL_READ_EARLY, size))
        return -1;
    return hfi_capi_leave(conn, read_early(conn, buffer, size, got));
}
