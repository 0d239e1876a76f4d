/* capi/credentials.c: our own certificates and keys, and answers to a handshake that
 * waits for one of them.  RFC 8446 4.4.2, 4.4.3. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/ct.h"
#include "capi/recording.h"
#include "handshake/handshake.h"
#include "pki/pem.h"
#include "pki/private_key.h"

enum { INPUT_MAX = 1 << 20 };

/* ---- input ---- */

typedef struct input {
    const hfi_alloc *alloc;
    uint8_t *bytes; /* INPUT_MAX, wiped and released at the end */
    size_t len;
} input;

static void input_free(input *in)
{
    hfi_alloc_release_secret(in->alloc, in->bytes, in->bytes != NULL ? INPUT_MAX : 0);
}

/* errno tells more of FILE_UNREADABLE. */
static hfi_err read_file(input *in, const char *path)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return HFI_E_FILE_UNREADABLE;
    hfi_err err = HFI_OK;
    in->bytes = hfi_alloc_bytes(in->alloc, INPUT_MAX);
    if (in->bytes == NULL)
        err = HFI_E_NO_MEMORY;
    (void)setvbuf(file, NULL, _IONBF, 0); /* no copy of a key stays behind */
    if (err == HFI_OK)
        in->len = fread(in->bytes, 1, INPUT_MAX, file);
    if (err == HFI_OK && ferror(file))
        err = HFI_E_FILE_UNREADABLE;
    else if (err == HFI_OK && in->len == INPUT_MAX)
        err = HFI_E_INPUT_TOO_LARGE;
    int error = errno;
    (void)fclose(file);
    errno = error;
    return err;
}

/* ---- chains ---- */

typedef struct chain {
    hfi_view certs[HFI_CREDENTIAL_CERTIFICATES_MAX];
    size_t count;
    uint8_t *bytes; /* owned: all decoded ones */
} chain;

/* Every certificate in text, decoded into room behind each other. */
static hfi_err walk_pem(const hfi_crypto *crypto, hfi_view text, uint8_t *room,
                        hfi_capi_take_der *take, void *ctx)
{
    hfi_pem_block block;
    size_t count = 0;

    for (;;) {
        hfi_err err = hfi_pem_next(&text, &block);
        if (err != HFI_OK)
            return err;
        if (block.label.len == 0)
            return count != 0 ? HFI_OK : HFI_E_NO_CERTIFICATE_IN_INPUT;
        if (!hfi_view_equal(block.label, hfi_view_of_text("CERTIFICATE")))
            continue;
        size_t len = 0;
        err = hfi_pem_decode(crypto, &block, room, &len);
        if (err == HFI_OK)
            err = take(ctx, hfi_view_of(room, len));
        if (err != HFI_OK)
            return err;
        count++;
        room += len;
    }
}

static hfi_err append(void *ctx, hfi_view der)
{
    chain *c = ctx;

    if (c->count == HFI_CREDENTIAL_CERTIFICATES_MAX)
        return HFI_E_TOO_MANY_CERTIFICATES;
    c->certs[c->count++] = der;
    return HFI_OK;
}

static bool is_der(hfi_view in)
{
    return in.len != 0 && in.p[0] == 0x30;
}

static hfi_err add_chain(hfi_credentials *list, const hfi_settings *s, hfi_view in)
{
    chain c = {.count = 0, .bytes = NULL};
    hfi_err err = HFI_OK;

    if (in.len > INPUT_MAX || list->count == HFI_CREDENTIALS_MAX)
        return HFI_E_INPUT_TOO_LARGE;
    if (is_der(in)) {
        c.certs[0] = in;
        c.count = 1;
    } else {
        c.bytes = hfi_alloc_bytes(&s->alloc, in.len + 3);
        err = c.bytes == NULL ? HFI_E_NO_MEMORY
                              : walk_pem(s->crypto, in, c.bytes, append, &c);
    }
    if (err == HFI_OK)
        err = hfi_credential_init(&list->items[list->count], &s->alloc, c.certs, c.count);
    if (err == HFI_OK)
        list->count++;
    hfi_alloc_release(&s->alloc, c.bytes);
    return err;
}

static hfi_err add_key(hfi_credentials *list, const hfi_settings *s, hfi_view in,
                       const char *password)
{
    hfi_private_key *key = NULL;
    hfi_view secret = hfi_view_of(password, password != NULL ? strlen(password) : 0);

    if (list == NULL || list->count == 0)
        return HFI_E_CERTIFICATE_NOT_SET;
    hfi_err err = hfi_private_key_load(s->crypto, &s->alloc, in,
                                       password != NULL ? &secret : NULL, &key);
    if (err != HFI_OK)
        return err;
    err = hfi_credential_take_key(&list->items[list->count - 1], s->crypto, key);
    if (err != HFI_OK)
        s->crypto->private_key_free(key);
    return err;
}

/* ---- a configuration's ---- */

static hfi_err each_certificate(const hfi_settings *s, hfi_view in,
                                hfi_capi_take_der *take, void *ctx)
{
    if (in.len > INPUT_MAX)
        return HFI_E_INPUT_TOO_LARGE;
    if (is_der(in))
        return take(ctx, in);
    uint8_t *room = hfi_alloc_bytes(&s->alloc, in.len + 3);
    hfi_err err =
        room == NULL ? HFI_E_NO_MEMORY : walk_pem(s->crypto, in, room, take, ctx);
    hfi_alloc_release(&s->alloc, room);
    return err;
}

hf_status hfi_capi_each_certificate(hf_config *config, const uint8_t *bytes, size_t len,
                                    hfi_capi_take_der *take)
{
    hf_status status = hfi_config_begin_input(config, bytes, "the bytes are NULL");

    if (status != 1)
        return status;
    return hfi_config_finish_input(
        config,
        each_certificate(&config->settings, hfi_view_of(bytes, len), take, config),
        "the certificates");
}

hf_status hfi_capi_each_certificate_file(hf_config *config, const char *path,
                                         hfi_capi_take_der *take)
{
    hf_status status = hfi_config_begin_input(config, path, "the path is NULL");

    if (status != 1)
        return status;
    input in = {.alloc = &config->settings.alloc};
    hfi_err err = read_file(&in, path);
    if (err == HFI_OK)
        err = each_certificate(&config->settings, hfi_view_of(in.bytes, in.len), take,
                               config);
    status = hfi_config_finish_input(config, err, path);
    input_free(&in);
    return status;
}

hf_status hf_config_use_certificate_chain_memory(hf_config *config, const uint8_t *bytes,
                                                 size_t len)
{
    hf_status status = hfi_config_begin_input(config, bytes, "the bytes are NULL");

    if (status != 1)
        return status;
    return hfi_config_finish_input(
        config,
        add_chain(&config->credentials, &config->settings, hfi_view_of(bytes, len)),
        "the certificate chain");
}

hf_status hf_config_use_certificate_chain_file(hf_config *config, const char *path)
{
    hf_status status = hfi_config_begin_input(config, path, "the path is NULL");

    if (status != 1)
        return status;
    input in = {.alloc = &config->settings.alloc};
    hfi_err err = read_file(&in, path);
    if (err == HFI_OK)
        err = add_chain(&config->credentials, &config->settings,
                        hfi_view_of(in.bytes, in.len));
    status = hfi_config_finish_input(config, err, path);
    input_free(&in);
    return status;
}

hf_status hf_config_use_private_key_memory(hf_config *config, const uint8_t *bytes,
                                           size_t len, const char *password)
{
    hf_status status = hfi_config_begin_input(config, bytes, "the bytes are NULL");

    if (status != 1)
        return status;
    return hfi_config_finish_input(config,
                                   add_key(&config->credentials, &config->settings,
                                           hfi_view_of(bytes, len), password),
                                   "the private key");
}

hf_status hf_config_use_private_key_file(hf_config *config, const char *path,
                                         const char *password)
{
    hf_status status = hfi_config_begin_input(config, path, "the path is NULL");

    if (status != 1)
        return status;
    input in = {.alloc = &config->settings.alloc};
    hfi_err err = read_file(&in, path);
    if (err == HFI_OK)
        err = add_key(&config->credentials, &config->settings,
                      hfi_view_of(in.bytes, in.len), password);
    status = hfi_config_finish_input(config, err, path);
    input_free(&in);
    return status;
}

static int ask_application(void *owner)
{
    hf_conn *conn = owner;
    hf_config *config = conn->config;

    conn->choosing = true;
    int answer = config->certificate_function(config->certificate_context, conn);
    conn->choosing = false;
    return answer;
}

hf_status hf_config_set_certificate_callback(hf_config *config,
                                             hf_certificate_function *function,
                                             void *context)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->certificate_function = function;
    config->certificate_context = context;
    config->settings.choose_certificate = function != NULL ? ask_application : NULL;
    return 1;
}

hf_status hf_config_set_sign_function(hf_config *config, hf_sign_function *function,
                                      void *context)
{
    hf_status status = hfi_config_begin_setting(config);

    if (status != 1)
        return status;
    config->sign_function = function;
    config->sign_context = context;
    return 1;
}

/* ---- a connection's ---- */

/* Before the handshake, or while it waits for just this. */
static bool may_choose(const hf_conn *conn)
{
    return conn->engine.phase == HFI_PHASE_BEFORE || conn->choosing ||
           hfi_conn_pause_reason(&conn->engine) == HFI_PAUSE_CERTIFICATE;
}

static hf_status begin_own(hf_conn *conn)
{
    const hfi_alloc *alloc = &conn->config->settings.alloc;

    if (!may_choose(conn))
        return -HF_E_ALREADY_STARTED;
    if (conn->credentials == NULL)
        conn->credentials = hfi_alloc_zeroed(alloc, sizeof *conn->credentials);
    return conn->credentials != NULL ? 1 : -HF_E_NO_MEMORY;
}

static hf_status show_newest(hf_conn *conn)
{
    if (conn->engine.phase == HFI_PHASE_BEFORE)
        conn->lasting = conn->credentials->count;
    hfi_conn_set_credentials(&conn->engine, conn->credentials);
    hfi_record_own_chain(conn);
    return 1;
}

hf_status hf_conn_use_certificate_chain_memory(hf_conn *conn, const uint8_t *bytes,
                                               size_t len)
{
    if (conn == NULL || bytes == NULL)
        return -HF_E_INVALID_ARGUMENT;
    hf_status status = begin_own(conn);
    if (status != 1)
        return status;
    const hfi_settings *s = &conn->config->settings;
    hfi_err err = add_chain(conn->credentials, s, hfi_view_of(bytes, len));
    return err == HFI_OK ? show_newest(conn) : -(hf_status)err;
}

hf_status hfi_capi_show_chain(hf_conn *conn, const hfi_view *certs, size_t count,
                              hfi_private_key *key)
{
    hf_status status = begin_own(conn);
    hfi_credentials *own = conn->credentials;

    if (status != 1)
        return status;
    if (own->count == HFI_CREDENTIALS_MAX)
        return -HF_E_INPUT_TOO_LARGE;
    hfi_credential *c = &own->items[own->count];
    hfi_err err = hfi_credential_init(c, &conn->config->settings.alloc, certs, count);
    if (err != HFI_OK)
        return -(hf_status)err;
    c->key = key;
    own->count++;
    return show_newest(conn);
}

hf_status hf_conn_use_private_key_memory(hf_conn *conn, const uint8_t *bytes, size_t len,
                                         const char *password)
{
    if (conn == NULL || bytes == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (!may_choose(conn))
        return -HF_E_ALREADY_STARTED;
    hfi_err err = add_key(conn->credentials, &conn->config->settings,
                          hfi_view_of(bytes, len), password);
    if (err == HFI_OK)
        hfi_record_bytes(conn, HFI_CHUNK_OWN_KEY, hfi_view_of(NULL, 0));
    return err == HFI_OK ? 1 : -(hf_status)err;
}

void hfi_capi_credentials_clear(hf_conn *conn)
{
    const hfi_settings *s = &conn->config->settings;
    hfi_credentials *own = conn->credentials;

    while (own != NULL && own->count > conn->lasting) {
        own->count--;
        hfi_credential_clear(&own->items[own->count], &s->alloc, s->crypto);
    }
    hfi_conn_set_credentials(&conn->engine, conn->lasting != 0 ? own : NULL);
}

void hfi_capi_credentials_free(hf_conn *conn)
{
    const hfi_settings *s = &conn->config->settings;

    if (conn->credentials == NULL)
        return;
    hfi_credentials_clear(conn->credentials, &s->alloc, s->crypto);
    hfi_alloc_release(&s->alloc, conn->credentials);
    conn->credentials = NULL;
}

const uint8_t *hf_conn_get0_certificate_request(const hf_conn *conn, size_t *len)
{
    hfi_view body = {NULL, 0};

    if (conn != NULL &&
        (conn->choosing || hfi_conn_pause_reason(&conn->engine) == HFI_PAUSE_CERTIFICATE))
        body = hfi_conn_certificate_request(&conn->engine);
    if (len != NULL)
        *len = body.len;
    return body.p;
}

/* ---- signatures ---- */

const uint8_t *hf_conn_get0_sign_request(const hf_conn *conn, int *scheme, size_t *len)
{
    uint16_t id = 0;
    hfi_view content = {NULL, 0};

    if (conn != NULL)
        content = hfi_conn_to_sign(&conn->engine, &id);
    if (scheme != NULL)
        *scheme = id;
    if (len != NULL)
        *len = content.len;
    return content.p;
}

hf_status hf_conn_provide_signature(hf_conn *conn, const uint8_t *signature, size_t len)
{
    if (conn == NULL || signature == NULL || len == 0 || len > HFI_SIGNATURE_MAX)
        return -HF_E_INVALID_ARGUMENT;
    hfi_err err = hfi_conn_give_signature(&conn->engine, hfi_view_of(signature, len));
    if (err == HFI_OK)
        hfi_record_bytes(conn, HFI_CHUNK_SIGNATURE, hfi_view_of(signature, len));
    return err == HFI_OK ? 1 : -(hf_status)err;
}

/* -1: later; otherwise it was given, or the connection has failed. */
static int ask_signer(hf_conn *conn)
{
    const hf_config *config = conn->config;
    uint8_t room[HFI_SIGNATURE_MAX];
    size_t len = 0;
    uint16_t scheme;
    hfi_view content = hfi_conn_to_sign(&conn->engine, &scheme);
    int answer = config->sign_function(config->sign_context, conn, scheme, content.p,
                                       content.len, room, sizeof room, &len);

    bool signed_it = answer == 1 && len <= sizeof room;
    hfi_record_answer(conn, HFI_CHUNK_SIGN, answer,
                      hfi_view_of(room, signed_it ? len : 0));
    if (answer < 0)
        return -1;
    hfi_err err = HFI_E_CALLBACK_FAILED;
    if (signed_it)
        err = hfi_conn_give_signature(&conn->engine, hfi_view_of(room, len));
    if (err == HFI_OK)
        return 1;
    (void)hfi_conn_transport_failed(&conn->engine, err, 0);
    return 0;
}

int hfi_capi_answer_pause(hf_conn *conn)
{
    int reason = hfi_conn_pause_reason(&conn->engine);

    if (reason == HFI_PAUSE_CERTIFICATE)
        return hfi_capi_wait(conn, HF_ERROR_WANT_X509_LOOKUP, HF_WANT_X509_LOOKUP);
    if (reason == HFI_PAUSE_CLIENT_HELLO || reason == HFI_PAUSE_SESSION)
        return hfi_capi_wait(conn, HF_ERROR_WANT_CLIENT_HELLO_CB,
                             HF_WANT_CLIENT_HELLO_CB);
    if (reason == HFI_PAUSE_VERIFY)
        return hfi_capi_wait(conn, HF_ERROR_WANT_RETRY_VERIFY, HF_WANT_RETRY_VERIFY);
    int answer = conn->config->sign_function != NULL ? ask_signer(conn) : -1;
    if (answer == 1)
        return 1;
    return answer == 0 ? hfi_capi_fail(conn)
                       : hfi_capi_wait(conn, HF_ERROR_WANT_ASYNC, HF_WANT_ASYNC);
}
