/* bench/client_openssl.c: OpenSSL as a client, with memory BIOs. */
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "client.h"

typedef struct connection {
    SSL *tls;
    BIO *rbio, *wbio;
    bench_buffer *in, *out;
} connection;

static bool trust(SSL_CTX *ctx, const char *root)
{
    BIO *text = BIO_new_mem_buf(root, -1);
    X509 *cert = PEM_read_bio_X509(text, NULL, NULL, NULL);
    bool added =
        cert != NULL && X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), cert) == 1;

    X509_free(cert);
    BIO_free(text);
    return added;
}

static void *context_new(const char *root, const bench_setup *setup)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    char groups[] = "X25519"; /* OpenSSL's macro takes no const */
    const char *name = setup->suite == BENCH_AES_128_GCM ? "TLS_AES_128_GCM_SHA256"
                                                         : "TLS_CHACHA20_POLY1305_SHA256";

    if (ctx == NULL || SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(ctx, name) != 1 ||
        SSL_CTX_set1_groups_list(ctx, groups) != 1 || !trust(ctx, root))
        return NULL;
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    return ctx;
}

static void context_free(void *context)
{
    SSL_CTX_free(context);
}

static void *trust_load(const char *file)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

    return SSL_CTX_load_verify_file(ctx, file) == 1 ? ctx : NULL;
}

static void free_connection(void *conn)
{
    connection *c = conn;

    SSL_free(c->tls);
    free(c);
}

static void *open_connection(void *context, const void *session, bench_buffer *in,
                             bench_buffer *out)
{
    connection *c = malloc(sizeof *c);
    SSL_SESSION *borrowed = session == NULL ? NULL : *(SSL_SESSION *const *)session;
    char host[] = BENCH_HOST; /* OpenSSL's macro takes no const */

    if (c == NULL)
        return NULL;
    c->in = in;
    c->out = out;
    c->tls = SSL_new(context);
    c->rbio = BIO_new(BIO_s_mem());
    c->wbio = BIO_new(BIO_s_mem());
    SSL_set_bio(c->tls, c->rbio, c->wbio);
    SSL_set_connect_state(c->tls);
    if (SSL_set_tlsext_host_name(c->tls, host) == 1 && SSL_set1_host(c->tls, host) == 1 &&
        (borrowed == NULL || SSL_set_session(c->tls, borrowed) == 1))
        return c;
    free_connection(c);
    return NULL;
}

static void feed(connection *c)
{
    size_t len = bench_buffer_len(c->in);

    if (len != 0 && BIO_write(c->rbio, c->in->bytes + c->in->start, (int)len) == (int)len)
        bench_buffer_take(c->in, len);
}

static void drain(connection *c)
{
    int n;

    while ((n = BIO_read(c->wbio, c->out->bytes + c->out->end,
                         (int)bench_buffer_room(c->out))) > 0)
        c->out->end += (size_t)n;
}

static bench_status handshake(void *conn)
{
    connection *c = conn;

    feed(c);
    int ret = SSL_do_handshake(c->tls);
    drain(c);
    if (ret == 1)
        return SSL_get_verify_result(c->tls) == X509_V_OK ? BENCH_DONE : BENCH_FAILED;
    return SSL_get_error(c->tls, ret) == SSL_ERROR_WANT_READ ? BENCH_WAITS : BENCH_FAILED;
}

static bool resumed(void *conn)
{
    return SSL_session_reused(((connection *)conn)->tls) == 1;
}

static size_t read_data(void *conn, uint8_t *bytes, size_t size)
{
    connection *c = conn;
    size_t got = 0;

    feed(c);
    return SSL_read_ex(c->tls, bytes, size, &got) == 1 ? got : 0;
}

static void *session(void *conn)
{
    connection *c = conn;
    uint8_t byte;
    SSL_SESSION **held = malloc(sizeof(SSL_SESSION *));

    (void)read_data(c, &byte, 1);
    if (held == NULL)
        return NULL;
    *held = SSL_get1_session(c->tls);
    if (*held == NULL || SSL_SESSION_is_resumable(*held) != 1) {
        SSL_SESSION_free(*held);
        free(held);
        return NULL;
    }
    return held;
}

static void session_free(void *session)
{
    SSL_SESSION **held = session;

    SSL_SESSION_free(*held);
    free(held);
}

static bool write_data(void *conn, const uint8_t *bytes, size_t size)
{
    connection *c = conn;
    size_t written = 0;

    if (SSL_write_ex(c->tls, bytes, size, &written) != 1 || written != size)
        return false;
    drain(c);
    return true;
}

static void close_connection(void *conn)
{
    connection *c = conn;

    (void)SSL_shutdown(c->tls);
    drain(c);
}

const bench_client bench_openssl = {
    .name = "OpenSSL",
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
