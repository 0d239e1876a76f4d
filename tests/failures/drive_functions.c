/* tests/failures/drive_functions.c: functions of an application, each of which fails in
 * its way; server.h and config.h say what they may answer. */
#include <string.h>

#include "drive.h"

static int no_random(void *context, uint8_t *bytes, size_t count)
{
    (void)context;
    memset(bytes, 0, count);
    return 0;
}

static int refuse_certificate(void *context, hf_conn *conn)
{
    (void)context;
    (void)conn;
    return 0;
}

static int refuse_signature(void *context, hf_conn *conn, int scheme,
                            const uint8_t *content, size_t len, uint8_t *signature,
                            size_t size, size_t *signature_len)
{
    (void)context;
    (void)conn;
    (void)scheme;
    (void)content;
    (void)len;
    (void)signature;
    (void)size;
    *signature_len = 0;
    return 0;
}

static int sign_wrongly(void *context, hf_conn *conn, int scheme, const uint8_t *content,
                        size_t len, uint8_t *signature, size_t size,
                        size_t *signature_len)
{
    (void)context;
    (void)conn;
    (void)scheme;
    (void)content;
    (void)len;
    *signature_len = size < 64 ? size : 64;
    memset(signature, 0, *signature_len);
    return 1;
}

static int refuse_peer(void *context, hf_conn *conn, int result)
{
    (void)context;
    (void)conn;
    (void)result;
    return 0;
}

static int refuse_hello(void *context, hf_conn *conn)
{
    (void)conn;
    return *(int *)context;
}

static int no_psk(void *context, hf_conn *conn, const uint8_t *identity,
                  size_t identity_len, uint8_t *key, size_t size, size_t *key_len,
                  const char **hash)
{
    (void)context;
    (void)conn;
    (void)identity;
    (void)identity_len;
    (void)hash;
    *key_len = size < 32 ? size : 32;
    memset(key, 0x5a, *key_len);
    return 1;
}

static int short_psk(void *context, hf_conn *conn, const uint8_t *identity,
                     size_t identity_len, uint8_t *key, size_t size, size_t *key_len,
                     const char **hash)
{
    (void)no_psk(context, conn, identity, identity_len, key, size, key_len, hash);
    *key_len = 8;
    return 1;
}

static int lost_psk(void *context, hf_conn *conn, const uint8_t *identity,
                    size_t identity_len, uint8_t *key, size_t size, size_t *key_len,
                    const char **hash)
{
    (void)no_psk(context, conn, identity, identity_len, key, size, key_len, hash);
    *key_len = 0;
    return 1;
}

static int revoke_peer(void *context, hf_conn *conn, int result)
{
    (void)context;
    (void)conn;
    (void)result;
    return -HF_E_CERT_REVOKED;
}

static int choose_unoffered(void *context, hf_conn *conn, const uint8_t *offered,
                            size_t offered_len, const uint8_t **name, size_t *name_len)
{
    (void)context;
    (void)conn;
    (void)offered;
    (void)offered_len;
    *name = (const uint8_t *)"never";
    *name_len = 5;
    return 1;
}

static int choose_nothing(void *context, hf_conn *conn, const uint8_t *offered,
                          size_t offered_len, const uint8_t **name, size_t *name_len)
{
    (void)choose_unoffered(context, conn, offered, offered_len, name, name_len);
    *name_len = 0;
    return 1;
}

static int choose_none(void *context, hf_conn *conn, const uint8_t *offered,
                       size_t offered_len, const uint8_t **name, size_t *name_len)
{
    (void)choose_unoffered(context, conn, offered, offered_len, name, name_len);
    return -1;
}

static int find_too_much(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                         uint8_t *value, size_t value_size, size_t *value_len)
{
    (void)context;
    (void)conn;
    (void)id;
    (void)id_len;
    (void)value;
    *value_len = value_size + 1;
    return 1;
}

static void keep_nothing(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                         const uint8_t *value, size_t value_len, int64_t lifetime)
{
    (void)context;
    (void)conn;
    (void)id;
    (void)id_len;
    (void)value;
    (void)value_len;
    (void)lifetime;
}

static hf_status set_other(hf_config *config, const char *which)
{
    static int fail = 0, unknown = HF_CLIENT_HELLO_UNKNOWN_NAME;
    const hf_random random = {sizeof random, no_random, NULL};
    const hf_session_store store = {sizeof store, find_too_much, keep_nothing, NULL,
                                    NULL};

    if (strcmp(which, "random") == 0)
        return hf_config_set_random(config, &random);
    if (strcmp(which, "certificate") == 0)
        return hf_config_set_certificate_callback(config, refuse_certificate, NULL);
    if (strcmp(which, "hello") == 0)
        return hf_config_set_client_hello_callback(config, refuse_hello, &fail);
    if (strcmp(which, "name") == 0)
        return hf_config_set_client_hello_callback(config, refuse_hello, &unknown);
    if (strcmp(which, "store") == 0)
        return hf_config_set_session_store(config, &store);
    return -HF_E_INVALID_ARGUMENT;
}

hf_status drive_set_function(hf_config *config, const char *which)
{
    static const struct {
        const char *which;
        hf_sign_function *sign;
        hf_verify_function *verify;
        hf_alpn_function *alpn;
        hf_psk_function *psk;
    } rows[] = {
        {.which = "sign", .sign = refuse_signature},
        {.which = "sign_wrongly", .sign = sign_wrongly},
        {.which = "verify", .verify = refuse_peer},
        {.which = "verify_revoked", .verify = revoke_peer},
        {.which = "alpn", .alpn = choose_unoffered},
        {.which = "alpn_fails", .alpn = choose_nothing},
        {.which = "alpn_refuses", .alpn = choose_none},
        {.which = "psk", .psk = no_psk},
        {.which = "psk_short", .psk = short_psk},
        {.which = "psk_fails", .psk = lost_psk},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].which, which) != 0)
            continue;
        return rows[i].sign != NULL
                   ? hf_config_set_sign_function(config, rows[i].sign, NULL)
               : rows[i].verify != NULL
                   ? hf_config_set_verify_callback(config, rows[i].verify, NULL)
               : rows[i].alpn != NULL
                   ? hf_config_set_alpn_callback(config, rows[i].alpn, NULL)
                   : hf_config_set_psk_callback(config, rows[i].psk, NULL);
    }
    return set_other(config, which);
}
