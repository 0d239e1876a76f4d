/* fuzz/fuzz_msg.c: one parser of engine/msg, named by HF_FUZZ_PARSER.
 * What it accepts is read to its last byte, so that a view past the input is seen. */
#include <stdlib.h>

#include "msg/certificate.h"
#include "msg/certificate_request.h"
#include "msg/certificate_verify.h"
#include "msg/client_hello.h"
#include "msg/encrypted_extensions.h"
#include "msg/key_update.h"
#include "msg/new_session_ticket.h"
#include "msg/server_hello.h"
#include "msg/tls12.h"
#include "session/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CERTIFICATES_MAX = 64 };

static volatile uint8_t sink;

static void touch(hfi_view v)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < v.len; i++)
        sum = (uint8_t)(sum + v.p[i]);
    sink = sum;
}

static void touch_all(const hfi_extension_list *list)
{
    if (list->count > HFI_EXTENSIONS_MAX)
        abort();
    for (size_t i = 0; i < list->count; i++) {
        touch(list->items[i].body);
        /* None stands twice, so each is found where it is. */
        if (hfi_extension_find(list, list->items[i].type) != &list->items[i])
            abort();
    }
}

static void read_extensions(hfi_view in)
{
    hfi_extension_list list;

    if (hfi_msg_read_extensions(in, HFI_E_DECODE_EXTENSION, &list) == HFI_OK)
        touch_all(&list);
}

static void read_client_hello(hfi_view in)
{
    hfi_client_hello m;

    if (hfi_msg_read_client_hello(in, &m) != HFI_OK)
        return;
    touch(m.random);
    touch(m.session_id);
    touch(m.suites);
    touch(m.compression);
    read_extensions(m.extensions);
}

static void read_server_hello(hfi_view in)
{
    hfi_server_hello m;

    (void)hfi_msg_is_hello_retry(in);
    if (hfi_msg_read_server_hello(in, &m) != HFI_OK)
        return;
    if (m.random.len != 32 || m.session_id.len > 32)
        abort();
    touch(m.random);
    touch(m.session_id);
    read_extensions(m.extensions);
}

static void read_encrypted_extensions(hfi_view in)
{
    hfi_extension_list list;

    if (hfi_msg_read_encrypted_extensions(in, &list) == HFI_OK)
        touch_all(&list);
}

static void read_certificate_request(hfi_view in)
{
    hfi_certificate_request m;

    if (hfi_msg_read_certificate_request(in, &m) != HFI_OK)
        return;
    touch(m.context);
    touch_all(&m.extensions);
}

static void read_certificate(hfi_view in)
{
    hfi_certificate_message m;
    size_t count = 0, bytes = 0;

    if (hfi_msg_read_certificate(in, CERTIFICATES_MAX, &m) != HFI_OK)
        return;
    touch(m.context);
    hfi_reader list = hfi_reader_of(m.entries);
    while (hfi_reader_more(&list)) {
        hfi_view extensions;
        hfi_view der = hfi_msg_next_certificate(&list, &extensions);
        touch(der);
        read_extensions(extensions);
        bytes += der.len;
        count++;
    }
    if (!hfi_reader_done(&list) || count != m.count || bytes != m.bytes ||
        count > CERTIFICATES_MAX)
        abort();
}

static void read_certificate_verify(hfi_view in)
{
    hfi_certificate_verify m;

    if (hfi_msg_read_certificate_verify(in, &m) == HFI_OK)
        touch(m.signature);
}

static void read_new_session_ticket(hfi_view in)
{
    hfi_new_session_ticket m;

    if (hfi_msg_read_new_session_ticket(in, &m) != HFI_OK)
        return;
    if (m.ticket.len == 0)
        abort();
    touch(m.nonce);
    touch(m.ticket);
    touch_all(&m.extensions);
}

static void read_key_update(hfi_view in)
{
    bool requested;

    if (hfi_msg_read_key_update(in, &requested) == HFI_OK && in.len != 1)
        abort();
}

/* ---- TLS 1.2 ---- */

static void read_certificate_tls12(hfi_view in)
{
    hfi_certificate_tls12 m;
    size_t count = 0, bytes = 0;

    if (hfi_msg_read_certificate_tls12(in, CERTIFICATES_MAX, &m) != HFI_OK)
        return;
    hfi_reader list = hfi_reader_of(m.entries);
    while (hfi_reader_more(&list)) {
        hfi_view der = hfi_read_vec24(&list, 1, 0xffffff);
        touch(der);
        bytes += der.len;
        count++;
    }
    if (!hfi_reader_done(&list) || count != m.count || bytes != m.bytes)
        abort();
}

static void read_server_key_exchange(hfi_view in)
{
    hfi_server_key_exchange m;

    if (hfi_msg_read_server_key_exchange(in, &m) != HFI_OK)
        return;
    if (m.curve_type != 3) /* not named_curve: refused without being read further */
        return;
    touch(m.params);
    touch(m.share);
    touch(m.signature);
    if (m.params.len + 2 + 2 + m.signature.len != in.len)
        abort();
}

static void read_certificate_request_tls12(hfi_view in)
{
    hfi_certificate_request_tls12 m;

    if (hfi_msg_read_certificate_request_tls12(in, &m) != HFI_OK)
        return;
    touch(m.types);
    touch(m.schemes);
    touch(m.authorities);
}

static void read_ticket_tls12(hfi_view in)
{
    hfi_ticket_tls12 m;

    if (hfi_msg_read_ticket_tls12(in, &m) == HFI_OK)
        touch(m.ticket);
}

static void read_certificate_status(hfi_view in)
{
    hfi_view response;

    if (hfi_msg_read_certificate_status(in, &response) == HFI_OK)
        touch(response);
}

static void read_client_key_exchange(hfi_view in)
{
    hfi_view share;

    if (hfi_msg_read_client_key_exchange(in, &share) == HFI_OK)
        touch(share);
}

/* ---- sessions as bytes ---- */

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

/* What is taken in comes out as the same bytes. */
static void read_session(hfi_view in)
{
    const hfi_alloc heap = {allocate, release, NULL};
    hfi_session *session = hfi_session_decode(&heap, in);

    if (session == NULL)
        return;
    size_t len = hfi_session_encoded_size(session);
    uint8_t *out = malloc(len);
    if (out != NULL && (hfi_session_encode(session, out, len) != len || len != in.len ||
                        memcmp(out, in.p, len) != 0))
        abort();
    free(out);
    (void)hfi_session_fresh(session, 0);
    hfi_session_free(session);
}

typedef struct row {
    const char *name;
    void (*read)(hfi_view in);
} row;

static const row rows[] = {
    {"certificate", read_certificate},
    {"certificate_request", read_certificate_request},
    {"certificate_request_tls12", read_certificate_request_tls12},
    {"certificate_status", read_certificate_status},
    {"certificate_tls12", read_certificate_tls12},
    {"certificate_verify", read_certificate_verify},
    {"client_hello", read_client_hello},
    {"client_key_exchange", read_client_key_exchange},
    {"encrypted_extensions", read_encrypted_extensions},
    {"extensions", read_extensions},
    {"key_update", read_key_update},
    {"new_session_ticket", read_new_session_ticket},
    {"server_hello", read_server_hello},
    {"server_key_exchange", read_server_key_exchange},
    {"session", read_session},
    {"ticket_tls12", read_ticket_tls12},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, HF_FUZZ_PARSER) == 0) {
            rows[i].read(hfi_view_of(data, size));
            return 0;
        }
    }
    abort();
}
