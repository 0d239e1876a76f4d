/* bench/acceptor_openssl.c: OpenSSL as a server, with memory BIOs. */
#include <stdlib.h>

#include "acceptor.h"
#include "server.h"

typedef struct connection {
    bench_server server;
    bench_buffer *in, *out;
} connection;

static void *context_new(const bench_credentials *credentials, bool tickets)
{
    SSL_CTX *ctx = bench_server_context(credentials, tickets);
    char groups[] = "X25519"; /* OpenSSL's macro takes no const */

    if (ctx == NULL || SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") != 1 ||
        SSL_CTX_set1_groups_list(ctx, groups) != 1)
        return NULL;
    return ctx;
}

static void context_free(void *context)
{
    SSL_CTX_free(context);
}

static void *open_connection(void *context, bench_buffer *in, bench_buffer *out)
{
    connection *c = malloc(sizeof *c);

    if (c == NULL || !bench_server_open(&c->server, context)) {
        free(c);
        return NULL;
    }
    c->in = in;
    c->out = out;
    return c;
}

static bench_status handshake(void *conn)
{
    connection *c = conn;

    if (!bench_server_step(&c->server, c->in, c->out))
        return BENCH_FAILED;
    return bench_server_connected(&c->server) ? BENCH_DONE : BENCH_WAITS;
}

static bool resumed(void *conn)
{
    return SSL_session_reused(((connection *)conn)->server.tls) == 1;
}

static void close_connection(void *conn)
{
    (void)SSL_shutdown(((connection *)conn)->server.tls);
}

static void free_connection(void *conn)
{
    connection *c = conn;

    bench_server_free(&c->server);
    free(c);
}

const bench_acceptor bench_acceptor_openssl = {
    .name = "OpenSSL",
    .context_new = context_new,
    .context_free = context_free,
    .open = open_connection,
    .handshake = handshake,
    .resumed = resumed,
    .close = close_connection,
    .free = free_connection,
};
