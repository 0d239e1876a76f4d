/* capi/server_session.c: what a server keeps of its sessions, and with which keys.
 * RFC 5077, RFC 8446 4.6.1. */
#include "capi/objects.h"
#include "session/ticket.h"

_Static_assert(HF_SESSION_STORE_VALUE_MAX == (int)HFI_SEALED_MAX,
               "the header tells how large a stored session can be");

hf_status hf_config_set_ticket_keys(hf_config *config, const uint8_t *keys, size_t len)
{
    if (config == NULL || keys == NULL)
        return -HF_E_INVALID_ARGUMENT;
    hfi_err err = hfi_ticket_keys_give(&config->tickets, hfi_view_of(keys, len));
    return err == HFI_OK ? 1 : -(hf_status)err;
}

hf_status hf_config_set_ticket_lifetime(hf_config *config, int64_t seconds)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (seconds < 0 || seconds > HFI_TICKET_LIFETIME_MAX)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "a lifetime is 0 to %d seconds",
                                 (int)HFI_TICKET_LIFETIME_MAX);
    config->tickets.lifetime = (uint32_t)seconds;
    return 1;
}

hf_status hf_config_set_session_context(hf_config *config, const uint8_t *context,
                                        size_t len)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (len > sizeof config->session_id_context || (context == NULL && len != 0))
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "a session context has at most %d bytes",
                                 (int)sizeof config->session_id_context);
    if (len != 0)
        memcpy(config->session_id_context, context, len);
    config->settings.session_context = hfi_view_of(config->session_id_context, len);
    return 1;
}

/* ---- the store ---- */

static int find(void *ctx, void *owner, hfi_view id, hfi_span value, size_t *len)
{
    const hf_session_store *store = &((const hf_config *)ctx)->store;

    return store->find(store->context, owner, id.p, id.len, value.p, value.len, len);
}

static void put(void *ctx, void *owner, hfi_view id, hfi_view value, uint32_t lifetime)
{
    const hf_session_store *store = &((const hf_config *)ctx)->store;

    store->put(store->context, owner, id.p, id.len, value.p, value.len, lifetime);
}

static void remove_one(void *ctx, void *owner, hfi_view id)
{
    const hf_session_store *store = &((const hf_config *)ctx)->store;

    if (store->remove != NULL)
        store->remove(store->context, owner, id.p, id.len);
}

hf_status hf_config_set_session_store(hf_config *config, const hf_session_store *store)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (store == NULL) {
        config->settings.sessions = NULL;
        return 1;
    }
    if (store->size < sizeof *store || store->find == NULL || store->put == NULL)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "the session store's table is incomplete");
    config->store = *store;
    config->store_functions = (hfi_session_store){find, put, remove_one, config};
    config->settings.sessions = &config->store_functions;
    return 1;
}
