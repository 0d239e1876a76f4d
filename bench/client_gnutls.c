/* bench/client_gnutls.c: GnuTLS as a client, with push and pull functions. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

typedef struct context {
    gnutls_certificate_credentials_t trust;
    gnutls_priority_t priority;
} context;

typedef struct connection {
    gnutls_session_t tls;
    bench_buffer *in, *out;
} connection;

static void context_free(void *context_)
{
    context *ctx = context_;

    if (ctx->trust != NULL)
        gnutls_certificate_free_credentials(ctx->trust);
    if (ctx->priority != NULL)
        gnutls_priority_deinit(ctx->priority);
    free(ctx);
}

static void *context_new(const char *root, const bench_setup *setup)
{
    const char *priority = setup->suite == BENCH_AES_128_GCM
                               ? "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:"
                                 "+GROUP-X25519:-CIPHER-ALL:+AES-128-GCM"
                               : "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:"
                                 "+GROUP-X25519:-CIPHER-ALL:+CHACHA20-POLY1305";
    context *ctx = calloc(1, sizeof *ctx);
    char *copy = strdup(root); /* GnuTLS takes no const */
    gnutls_datum_t text = {(unsigned char *)copy, (unsigned)strlen(root)};
    bool made = ctx != NULL && copy != NULL &&
                gnutls_certificate_allocate_credentials(&ctx->trust) == 0 &&
                gnutls_certificate_set_x509_trust_mem(ctx->trust, &text,
                                                      GNUTLS_X509_FMT_PEM) == 1 &&
                gnutls_priority_init(&ctx->priority, priority, NULL) == 0;

    free(copy);
    if (made)
        return ctx;
    if (ctx != NULL)
        context_free(ctx);
    return NULL;
}

static void *trust_load(const char *file)
{
    context *ctx = calloc(1, sizeof *ctx);

    if (ctx == NULL)
        return NULL;
    if (gnutls_certificate_allocate_credentials(&ctx->trust) == 0 &&
        gnutls_certificate_set_x509_trust_file(ctx->trust, file, GNUTLS_X509_FMT_PEM) > 0)
        return ctx;
    context_free(ctx);
    return NULL;
}

static ssize_t pull(gnutls_transport_ptr_t ptr, void *bytes, size_t size)
{
    connection *c = ptr;

    if (bench_buffer_len(c->in) == 0) {
        gnutls_transport_set_errno(c->tls, EAGAIN);
        return -1;
    }
    return (ssize_t)bench_buffer_get(c->in, bytes, size);
}

static int pull_ready(gnutls_transport_ptr_t ptr, unsigned milliseconds)
{
    (void)milliseconds;
    return bench_buffer_len(((connection *)ptr)->in) != 0;
}

static ssize_t push(gnutls_transport_ptr_t ptr, const void *bytes, size_t size)
{
    return (ssize_t)bench_buffer_put(((connection *)ptr)->out, bytes, size);
}

static void free_connection(void *conn)
{
    connection *c = conn;

    gnutls_deinit(c->tls);
    free(c);
}

/* False if something of it fails. */
static bool set_up(connection *c, const context *ctx, const gnutls_datum_t *session)
{
    gnutls_transport_set_ptr(c->tls, c);
    gnutls_transport_set_pull_function(c->tls, pull);
    gnutls_transport_set_pull_timeout_function(c->tls, pull_ready);
    gnutls_transport_set_push_function(c->tls, push);
    gnutls_session_set_verify_cert(c->tls, BENCH_HOST, 0);
    return gnutls_priority_set(c->tls, ctx->priority) == 0 &&
           gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, ctx->trust) == 0 &&
           gnutls_server_name_set(c->tls, GNUTLS_NAME_DNS, BENCH_HOST,
                                  strlen(BENCH_HOST)) == 0 &&
           (session == NULL ||
            gnutls_session_set_data(c->tls, session->data, session->size) == 0);
}

static void *open_connection(void *context_, const void *session, bench_buffer *in,
                             bench_buffer *out)
{
    connection *c = malloc(sizeof *c);

    if (c == NULL)
        return NULL;
    if (gnutls_init(&c->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK) != 0) {
        free(c);
        return NULL;
    }
    c->in = in;
    c->out = out;
    if (set_up(c, context_, session))
        return c;
    free_connection(c);
    return NULL;
}

static bench_status handshake(void *conn)
{
    connection *c = conn;
    int ret;

    do {
        ret = gnutls_handshake(c->tls);
    } while (ret < 0 && !gnutls_error_is_fatal(ret) && bench_buffer_len(c->in) != 0);
    if (ret == GNUTLS_E_SUCCESS)
        return BENCH_DONE;
    return ret == GNUTLS_E_AGAIN ? BENCH_WAITS : BENCH_FAILED;
}

static bool resumed(void *conn)
{
    return gnutls_session_is_resumed(((connection *)conn)->tls) != 0;
}

static size_t read_data(void *conn, uint8_t *bytes, size_t size)
{
    connection *c = conn;
    ssize_t n;

    do {
        n = gnutls_record_recv(c->tls, bytes, size);
    } while (n < 0 && !gnutls_error_is_fatal((int)n) && bench_buffer_len(c->in) != 0);
    return n > 0 ? (size_t)n : 0;
}

static void *session(void *conn)
{
    connection *c = conn;
    uint8_t byte;
    gnutls_datum_t *data = malloc(sizeof *data);

    (void)read_data(c, &byte, 1);
    if (data == NULL || gnutls_session_get_data2(c->tls, data) != 0) {
        free(data);
        return NULL;
    }
    return data;
}

static void session_free(void *session)
{
    gnutls_datum_t *data = session;

    gnutls_free(data->data);
    free(data);
}

static bool write_data(void *conn, const uint8_t *bytes, size_t size)
{
    connection *c = conn;

    while (size != 0) {
        ssize_t n = gnutls_record_send(c->tls, bytes, size);
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

static void close_connection(void *conn)
{
    (void)gnutls_bye(((connection *)conn)->tls, GNUTLS_SHUT_WR);
}

const bench_client bench_gnutls = {
    .name = "GnuTLS",
    .context_new = context_new,
    .context_free = context_free,
    .trust_load = trust_load,
    .open = open_connection,
    .handshake = handshake,
    .resumed = resumed,
    .session = session,
    .session_free = session_free,
    .read = read_data,
    .write = write_data,
    .close = close_connection,
    .free = free_connection,
};
