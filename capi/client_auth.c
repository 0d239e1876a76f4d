/* capi/client_auth.c: whether clients are asked for certificates, whose they may be, and
 * the application's word on a chain.  RFC 8446 4.2.4, 4.3.2, 4.4.2. */
#include <string.h>

#include "capi/objects.h"
#include "pki/x509.h"

enum { AUTHORITIES_MAX = 65535 };

hf_status hf_config_set_client_auth(hf_config *config, int mode)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    if (mode < HF_CLIENT_AUTH_NONE || mode > HF_CLIENT_AUTH_REQUIRED)
        return hfi_config_refuse(config, HFI_E_INVALID_ARGUMENT,
                                 "the mode is none of HF_CLIENT_AUTH_...");
    config->settings.client_auth = (hfi_client_auth)mode;
    return 1;
}

/* ---- names of authorities ---- */

static hfi_err add_name(hf_config *config, hfi_view name)
{
    const hfi_alloc *alloc = &config->settings.alloc;
    hfi_view before = config->settings.client_authorities;
    size_t len = before.len + 2 + name.len;

    if (len > AUTHORITIES_MAX)
        return HFI_E_INPUT_TOO_LARGE;
    uint8_t *bytes = hfi_alloc_bytes(alloc, len);
    if (bytes == NULL)
        return HFI_E_NO_MEMORY;
    if (before.len != 0)
        memcpy(bytes, before.p, before.len);
    bytes[before.len] = (uint8_t)(name.len >> 8);
    bytes[before.len + 1] = (uint8_t)name.len;
    memcpy(bytes + before.len + 2, name.p, name.len);
    hfi_alloc_release(alloc, config->client_authorities);
    config->client_authorities = bytes;
    config->settings.client_authorities = hfi_view_of(bytes, len);
    return HFI_OK;
}

static hfi_err add_certificate(void *ctx, hfi_view der)
{
    hfi_x509 cert;
    hfi_err err = hfi_x509_parse(der, &cert);

    return err == HFI_OK ? add_name(ctx, cert.subject) : err;
}

hf_status hf_config_add_client_ca_file(hf_config *config, const char *path)
{
    return hfi_capi_each_certificate_file(config, path, add_certificate);
}

hf_status hf_config_add_client_ca_memory(hf_config *config, const uint8_t *bytes,
                                         size_t len)
{
    return hfi_capi_each_certificate(config, bytes, len, add_certificate);
}

/* ---- the last word ---- */

static int ask_application(void *owner, hfi_err found)
{
    hf_conn *conn = owner;

    return conn->config->verify_function(conn->config->verify_context, conn, (int)found);
}

hf_status hf_config_set_verify_callback(hf_config *config, hf_verify_function *function,
                                        void *context)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->verify_function = function;
    config->verify_context = context;
    config->settings.judge_chain = function != NULL ? ask_application : NULL;
    return 1;
}
