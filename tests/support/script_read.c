/* tests/support/script_read.c: the engine's readers without a handshake. */
#include "script_read.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/provider.h"
#include "handshake/ext/registry.h"
#include "handshake/handshake.h"
#include "handshake/post_handshake.h"
#include "msg/certificate.h"
#include "msg/certificate_request.h"
#include "msg/certificate_verify.h"
#include "msg/client_hello.h"
#include "msg/compressed_certificate.h"
#include "msg/encrypted_extensions.h"
#include "msg/key_update.h"
#include "msg/server_hello.h"
#include "msg/tls12.h"
#include "msg/types.h"

enum { CERTIFICATES_MAX = 10, TAKEN_MAX = 32 };

/* ---- what readers need of a handshake ---- */

typedef struct stand_in {
    hfi_hs hs;
    hfi_settings settings;
    hfi_agreed agreed;
    hfi_chain chain;
    hfi_report report;
    void *taken[TAKEN_MAX]; /* given back all at once */
    size_t count;
} stand_in;

static void *take(void *ctx, size_t size)
{
    stand_in *s = ctx;

    if (s->count == TAKEN_MAX)
        return NULL;
    return s->taken[s->count++] = malloc(size == 0 ? 1 : size);
}

static void give(void *ctx, void *p)
{
    (void)ctx;
    (void)p;
}

static int64_t at_once(void *ctx)
{
    (void)ctx;
    return 0;
}

static void begin(stand_in *s, hfi_side side)
{
    static const uint8_t alpn[] = {2, 'h', '2'};

    memset(s, 0, sizeof *s);
    s->settings.crypto = &hfi_crypto_nettle;
    hfi_settings_defaults(&s->settings);
    s->settings.alloc = (hfi_alloc){take, give, s};
    s->settings.clock.unix_seconds = at_once;
    s->hs.settings = &s->settings;
    s->hs.agreed = &s->agreed;
    s->hs.chain = &s->chain;
    s->hs.report = &s->report;
    s->hs.side = side;
    s->hs.wishes.alpn = hfi_view_of(alpn, sizeof alpn);
    if (side == HFI_SERVER)
        return;
    s->agreed.early_data = HFI_EARLY_OFFERED;
    s->hs.as.client.offered = UINT32_MAX;
    s->hs.as.client.group = hfi_group_find(s->settings.crypto, s->settings.groups[0]);
}

static void end(stand_in *s)
{
    while (s->count != 0)
        free(s->taken[--s->count]);
}

static hfi_err read_answers(unsigned where, const hfi_extension_list *list, bool at_leaf)
{
    stand_in s;

    begin(&s, HFI_CLIENT);
    s.hs.auth.at_leaf = at_leaf;
    hfi_err err = where == HFI_IN_SERVER_HELLO || where == HFI_IN_HELLO_RETRY
                      ? hfi_ext_read_version(&s.hs, list)
                      : HFI_OK;
    if (err == HFI_OK)
        err = hfi_ext_read_all(&s.hs, where, list);
    end(&s);
    return err;
}

/* ---- messages ---- */

static hfi_err read_client_hello(uint16_t newest, hfi_view body)
{
    hfi_client_hello m;
    hfi_extension_list list;
    stand_in s;

    hfi_err err = hfi_msg_read_client_hello(body, &m);
    if (err == HFI_OK)
        err = hfi_msg_read_extensions(m.extensions, HFI_E_DECODE_CLIENT_HELLO, &list);
    if (err != HFI_OK)
        return err;
    begin(&s, HFI_SERVER);
    s.settings.version_max = newest;
    err = hfi_ext_read_offer(&s.hs, &list);
    end(&s);
    return err;
}

static hfi_err read_server_hello(hfi_view body)
{
    hfi_server_hello m;
    hfi_extension_list list;

    hfi_err err = hfi_msg_read_server_hello(body, &m);
    if (err == HFI_OK)
        err = hfi_msg_read_extensions(m.extensions, HFI_E_DECODE_SERVER_HELLO, &list);
    if (err != HFI_OK)
        return err;
    return read_answers(hfi_msg_is_hello_retry(body)    ? HFI_IN_HELLO_RETRY
                        : hfi_msg_is_before_tls13(body) ? HFI_IN_SERVER_HELLO_TLS12
                                                        : HFI_IN_SERVER_HELLO,
                        &list, false);
}

static hfi_err read_encrypted_extensions(hfi_view body)
{
    hfi_extension_list list;

    hfi_err err = hfi_msg_read_encrypted_extensions(body, &list);
    return err == HFI_OK ? read_answers(HFI_IN_ENCRYPTED_EXTENSIONS, &list, false) : err;
}

static hfi_err read_certificate(hfi_view body)
{
    hfi_certificate_message m;
    bool at_leaf = true;

    hfi_err err = hfi_msg_read_certificate(body, CERTIFICATES_MAX, &m);
    if (err != HFI_OK)
        return err;
    hfi_reader r = hfi_reader_of(m.entries);
    for (; err == HFI_OK && hfi_reader_more(&r); at_leaf = false) {
        hfi_view block;
        hfi_extension_list list;
        (void)hfi_msg_next_certificate(&r, &block);
        err = hfi_msg_read_extensions(block, HFI_E_DECODE_CERTIFICATE, &list);
        if (err == HFI_OK)
            err = read_answers(HFI_IN_CERTIFICATE, &list, at_leaf);
    }
    return err;
}

static hfi_err read_certificate_request(hfi_view body)
{
    hfi_certificate_request m;

    hfi_err err = hfi_msg_read_certificate_request(body, &m);
    return err == HFI_OK ? read_answers(HFI_IN_CERTIFICATE_REQUEST, &m.extensions, false)
                         : err;
}

static hfi_err read_ticket(hfi_view body)
{
    static const uint8_t secret[HFI_SECRET_MAX] = {0};
    hfi_session *session = NULL;
    stand_in s;

    begin(&s, HFI_CLIENT);
    hfi_post post = {.settings = &s.settings,
                     .agreed = &s.agreed,
                     .chain = &s.chain,
                     .hash = s.settings.crypto->sha256,
                     .resumption_secret = secret};
    hfi_err err = hfi_post_read_ticket(&post, body, &session);
    hfi_session_free(session);
    end(&s);
    return err;
}

static hfi_err read_tls12(uint8_t type, hfi_view body)
{
    hfi_certificate_tls12 certificate;
    hfi_server_key_exchange exchange;
    hfi_certificate_request_tls12 request;
    hfi_ticket_tls12 ticket;
    hfi_view view;

    switch (type) {
    case HFI_CERTIFICATE:
        return hfi_msg_read_certificate_tls12(body, CERTIFICATES_MAX, &certificate);
    case HFI_SERVER_KEY_EXCHANGE:
        return hfi_msg_read_server_key_exchange(body, &exchange);
    case HFI_CERTIFICATE_REQUEST:
        return hfi_msg_read_certificate_request_tls12(body, &request);
    case HFI_CLIENT_KEY_EXCHANGE:
        return hfi_msg_read_client_key_exchange(body, &view);
    case HFI_CERTIFICATE_STATUS:
        return hfi_msg_read_certificate_status(body, &view);
    case HFI_NEW_SESSION_TICKET:
        return hfi_msg_read_ticket_tls12(body, &ticket);
    case HFI_SERVER_HELLO_DONE:
        return body.len == 0 ? HFI_OK : HFI_E_DECODE_SERVER_HELLO_DONE;
    case HFI_HELLO_REQUEST:
        return body.len == 0 ? HFI_OK : HFI_E_DECODE_HELLO_REQUEST;
    default:
        return HFI_E_UNEXPECTED_MESSAGE;
    }
}

static hfi_err read_tls13(uint8_t type, hfi_view body)
{
    hfi_compressed_certificate compressed;
    bool requested;

    switch (type) {
    case HFI_ENCRYPTED_EXTENSIONS:
        return read_encrypted_extensions(body);
    case HFI_CERTIFICATE:
        return read_certificate(body);
    case HFI_CERTIFICATE_REQUEST:
        return read_certificate_request(body);
    case HFI_NEW_SESSION_TICKET:
        return read_ticket(body);
    case HFI_COMPRESSED_CERTIFICATE:
        return hfi_msg_read_compressed_certificate(body, &compressed);
    case HFI_KEY_UPDATE:
        return hfi_msg_read_key_update(body, &requested);
    case HFI_END_OF_EARLY_DATA:
        return body.len == 0 ? HFI_OK : HFI_E_DECODE_END_OF_EARLY_DATA;
    default:
        return HFI_E_UNEXPECTED_MESSAGE;
    }
}

hfi_err script_read(const hfi_shape_context *context, hfi_view body)
{
    hfi_certificate_verify verify;

    switch (context->type) {
    case HFI_CLIENT_HELLO:
        return read_client_hello(context->version, body);
    case HFI_SERVER_HELLO:
        return read_server_hello(body);
    case HFI_CERTIFICATE_VERIFY:
        return hfi_msg_read_certificate_verify(body, &verify);
    case HFI_FINISHED:
        return body.len == context->verify_data ? HFI_OK : HFI_E_DECODE_FINISHED;
    default:
        return context->version == 0x0303 ? read_tls12(context->type, body)
                                          : read_tls13(context->type, body);
    }
}

/* ---- readers and shapes ---- */

static bool is_about_syntax(hfi_err err)
{
    return strncmp(hfi_err_lookup((int)err)->name, "DECODE_", 7) == 0 ||
           err == HFI_E_EXTENSION_DUPLICATE || err == HFI_E_TOO_MANY_EXTENSIONS;
}

static void disagree(const hfi_shape_context *c, hfi_view body, hfi_err err,
                     const char *said)
{
    (void)fprintf(stderr, "type %u, version %04x: readers %s, shape \"%s\": ", c->type,
                  c->version, err == HFI_OK ? "OK" : hfi_err_lookup((int)err)->name,
                  said);
    for (size_t i = 0; i < body.len; i++)
        (void)fprintf(stderr, "%02x", body.p[i]);
    (void)fprintf(stderr, "\n");
    abort();
}

hfi_err script_agree(const hfi_shape_context *context, hfi_view body)
{
    hfi_err err = script_read(context, body);
    hfi_report report = {.code = HFI_OK};
    hfi_shape_fault any, fault;

    if (hfi_shape_find(context, body, HFI_OK, &any) && err == HFI_OK) {
        hfi_shape_describe(&any, report.detail, sizeof report.detail);
        disagree(context, body, err, report.detail);
    }
    if (!is_about_syntax(err))
        return err;
    if (!hfi_shape_find(context, body, err, &fault))
        disagree(context, body, err, "");
    hfi_shape_report(&report, err, context, body);
    size_t len = strlen(report.detail);
    if (len == 0 || len + 1 >= sizeof report.detail || fault.at > body.len ||
        fault.size != body.len || fault.misfit == HFI_SHAPE_FITS)
        disagree(context, body, err, report.detail);
    return err;
}
