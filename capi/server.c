/* capi/server.c: what only servers set: callbacks that look at the ClientHello, protocols
 * and pre-shared keys.  RFC 8446 4.1.2, RFC 7301, RFC 9257.
 * Clients' certificates are in client_auth.c, sessions in server_session.c. */
#include <string.h>
#include <strings.h>

#include "base/ct.h"
#include "capi/objects.h"
#include "handshake/handshake.h"
#include "msg/types.h"
#include "wire/reader.h"

enum { TICKETS_MAX = 16 };

/* ---- the ClientHello ---- */

static int ask_client_hello(void *owner)
{
    hf_conn *conn = owner;
    const hf_config *config = conn->config;

    conn->at_hello = true;
    int answer = config->client_hello_function(config->client_hello_context, conn);
    conn->at_hello = answer == -1;
    return answer;
}

hf_status hf_config_set_client_hello_callback(hf_config *config,
                                              hf_client_hello_function *function,
                                              void *context)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->client_hello_function = function;
    config->client_hello_context = context;
    config->settings.client_hello = function != NULL ? ask_client_hello : NULL;
    return 1;
}

static bool same_allocator(const hf_config *a, const hf_config *b)
{
    const hfi_alloc *x = &a->settings.alloc;
    const hfi_alloc *y = &b->settings.alloc;

    return x->allocate == y->allocate && x->release == y->release && x->ctx == y->ctx;
}

hf_status hf_conn_set_config(hf_conn *conn, hf_config *config)
{
    if (conn == NULL || config == NULL || !same_allocator(conn->config, config))
        return -HF_E_INVALID_ARGUMENT;
    if (conn->engine.phase != HFI_PHASE_BEFORE && !conn->at_hello)
        return -HF_E_ALREADY_STARTED;
    hf_status status = hfi_config_freeze(config);
    if (status != 1)
        return status;
    hf_config *before = conn->config;
    conn->config = hf_config_up_ref(config);
    hfi_conn_set_settings(&conn->engine, &config->settings);
    hfi_record_settings(conn);
    /* The callback that is running may be of the one before. */
    if (conn->first_config == NULL)
        conn->first_config = before;
    else
        hf_config_free(before);
    return 1;
}

const char *hf_conn_requested_name(const hf_conn *conn)
{
    return conn != NULL && conn->engine.agreed.server_name != NULL
               ? conn->engine.agreed.server_name
               : "";
}

const uint8_t *hf_conn_get0_client_hello(const hf_conn *conn, size_t *len)
{
    hfi_view message = {NULL, 0};

    if (conn != NULL && conn->at_hello)
        message = hfi_conn_client_hello(&conn->engine);
    hfi_reader r = hfi_reader_of(message);
    (void)hfi_read_bytes(&r, HFI_HANDSHAKE_HEADER);
    hfi_view body = hfi_read_rest(&r);
    if (len != NULL)
        *len = body.len;
    return body.p;
}

const uint8_t *hf_conn_get0_client_hello_extension(const hf_conn *conn, int type,
                                                   size_t *len)
{
    static const uint8_t nothing[1];
    hfi_client_hello hello;
    hfi_extension_list list;
    size_t size = 0;
    const uint8_t *bytes = hf_conn_get0_client_hello(conn, &size);
    const hfi_extension *e = NULL;

    if (bytes != NULL && type >= 0 && type <= 0xffff &&
        hfi_msg_read_client_hello(hfi_view_of(bytes, size), &hello) == HFI_OK &&
        hfi_msg_read_extensions(hello.extensions, HFI_E_DECODE_CLIENT_HELLO, &list) ==
            HFI_OK)
        e = hfi_extension_find(&list, (uint16_t)type);
    if (len != NULL)
        *len = e != NULL ? e->body.len : 0;
    if (e == NULL)
        return NULL;
    return e->body.len != 0 ? e->body.p : nothing;
}

/* ---- protocols ---- */

static int ask_alpn(void *owner, hfi_view offered, hfi_view *name)
{
    hf_conn *conn = owner;
    const hf_config *config = conn->config;
    const uint8_t *chosen = NULL;
    size_t len = 0;
    int answer = config->alpn_function(config->alpn_context, conn, offered.p, offered.len,
                                       &chosen, &len);

    *name = hfi_view_of(chosen, chosen != NULL ? len : 0);
    return answer;
}

hf_status hf_config_set_alpn_callback(hf_config *config, hf_alpn_function *function,
                                      void *context)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->alpn_function = function;
    config->alpn_context = context;
    config->settings.choose_alpn = function != NULL ? ask_alpn : NULL;
    return 1;
}

/* ---- pre-shared keys and tickets ---- */

static int ask_psk(void *owner, hfi_view identity, hfi_psk_answer *out)
{
    hf_conn *conn = owner;
    const hf_config *config = conn->config;
    const hfi_crypto *crypto = config->settings.crypto;
    const char *hash = "SHA256";
    int answer = config->psk_function(config->psk_context, conn, identity.p, identity.len,
                                      out->key, sizeof out->key, &out->key_len, &hash);

    if (answer != 1)
        return answer < 0 ? -1 : 0;
    if (hash != NULL && strcasecmp(hash, "SHA256") == 0)
        out->hash = crypto->sha256;
    else if (hash != NULL && strcasecmp(hash, "SHA384") == 0)
        out->hash = crypto->sha384;
    if (out->key_len < HFI_PSK_KEY_MIN)
        out->hash = NULL; /* the engine takes that for a failure */
    return 1;
}

hf_status hf_config_set_psk_callback(hf_config *config, hf_psk_function *function,
                                     void *context)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->psk_function = function;
    config->psk_context = context;
    config->settings.find_psk = function != NULL ? ask_psk : NULL;
    return 1;
}

hf_status hf_config_set_ticket_count(hf_config *config, size_t count)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (count > TICKETS_MAX)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT, "at most %d tickets",
                                 TICKETS_MAX);
    config->settings.ticket_count = count;
    return 1;
}
