/* bench/server.c: an OpenSSL server between two buffers. */
#include "server.h"

#include <openssl/err.h>
#include <stdio.h>

SSL_CTX *bench_server_context(const bench_credentials *c, bool tickets)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    if (ctx == NULL || SSL_CTX_use_certificate(ctx, c->leaf) != 1 ||
        SSL_CTX_add1_chain_cert(ctx, c->intermediate) != 1 ||
        SSL_CTX_use_PrivateKey(ctx, c->key) != 1 ||
        SSL_CTX_set_num_tickets(ctx, tickets ? 1 : 0) != 1) {
        ERR_print_errors_fp(stderr);
        return NULL;
    }
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    return ctx;
}

bool bench_server_open(bench_server *s, SSL_CTX *ctx)
{
    s->tls = SSL_new(ctx);
    s->rbio = BIO_new(BIO_s_mem());
    s->wbio = BIO_new(BIO_s_mem());
    if (s->tls == NULL || s->rbio == NULL || s->wbio == NULL)
        return false;
    SSL_set_bio(s->tls, s->rbio, s->wbio);
    SSL_set_accept_state(s->tls);
    return true;
}

void bench_server_free(bench_server *s)
{
    SSL_free(s->tls);
}

static void drain(bench_server *s, bench_buffer *out)
{
    int n;

    while ((n = BIO_read(s->wbio, out->bytes + out->end, (int)bench_buffer_room(out))) >
           0)
        out->end += (size_t)n;
}

bool bench_server_step(bench_server *s, bench_buffer *in, bench_buffer *out)
{
    static uint8_t data[16384];
    size_t len = bench_buffer_len(in);

    if (len != 0 && BIO_write(s->rbio, in->bytes + in->start, (int)len) != (int)len)
        return false;
    bench_buffer_take(in, len);
    int ret = SSL_is_init_finished(s->tls) ? 1 : SSL_do_handshake(s->tls);
    while (ret == 1 && SSL_read(s->tls, data, sizeof data) > 0)
        continue;
    drain(s, out);
    return ret == 1 || SSL_get_error(s->tls, ret) == SSL_ERROR_WANT_READ;
}

bool bench_server_connected(const bench_server *s)
{
    return SSL_is_init_finished(s->tls) == 1;
}

bool bench_server_write(bench_server *s, const uint8_t *bytes, size_t size,
                        bench_buffer *out)
{
    size_t written = 0;

    if (SSL_write_ex(s->tls, bytes, size, &written) != 1)
        return false;
    drain(s, out);
    return written == size;
}
