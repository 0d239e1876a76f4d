/* tests/contract/peer.c: a real TLS server in this process: OpenSSL over memory. */
#include "peer.h"

#include <stdlib.h>

#include <openssl/err.h>

static void must(int ok)
{
    if (ok != 1)
        abort();
}

static void note_alert(const SSL *ssl, int where, int ret)
{
    peer *p = SSL_get_app_data(ssl);

    if (p != NULL && (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
        p->alert_heard = ret & 0xff;
}

void peer_listen(SSL_CTX *ctx)
{
    SSL_CTX_set_info_callback(ctx, note_alert);
}

SSL_CTX *peer_context(const credential *leaf, const credential *chain, size_t count,
                      void (*configure)(SSL_CTX *ctx))
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    must(ctx != NULL);
    SSL_CTX_set_security_level(ctx, 0);
    must(SSL_CTX_use_certificate(ctx, leaf->cert));
    must(SSL_CTX_use_PrivateKey(ctx, leaf->key));
    for (size_t i = 0; i < count; i++)
        must((int)SSL_CTX_add1_chain_cert(ctx, chain[i].cert));
    peer_listen(ctx);
    must(SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"contract", 8));
    if (configure != NULL)
        configure(ctx);
    return ctx;
}

void peer_open(peer *p, SSL_CTX *ctx)
{
    p->ctx = ctx;
    p->ssl = SSL_new(ctx);
    p->in = BIO_new(BIO_s_mem());
    p->out = BIO_new(BIO_s_mem());
    must(p->ssl != NULL && p->in != NULL && p->out != NULL);
    SSL_set_bio(p->ssl, p->in, p->out);
    SSL_set_accept_state(p->ssl);
    SSL_set_app_data(p->ssl, p);
    p->failed = false;
    p->reason = 0;
    p->alert_heard = -1;
}

void peer_close(peer *p)
{
    SSL_free(p->ssl);
    p->ssl = NULL;
}

static void note_failure(peer *p, int ret)
{
    int error = SSL_get_error(p->ssl, ret);

    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE &&
        error != SSL_ERROR_ZERO_RETURN && !p->failed) {
        p->failed = true;
        p->reason = ERR_GET_REASON(ERR_peek_error());
    }
}

void peer_step(peer *p)
{
    ERR_clear_error();
    if (p->failed || SSL_is_init_finished(p->ssl))
        return;
    int ret = SSL_do_handshake(p->ssl);
    if (ret != 1)
        note_failure(p, ret);
}

bool peer_write(peer *p, const void *bytes, size_t len)
{
    size_t written;

    ERR_clear_error();
    return SSL_write_ex(p->ssl, bytes, len, &written) == 1 && written == len;
}

size_t peer_read(peer *p, void *bytes, size_t size)
{
    size_t got = 0;

    ERR_clear_error();
    int ret = SSL_read_ex(p->ssl, bytes, size, &got);
    if (ret != 1)
        note_failure(p, ret);
    return ret == 1 ? got : 0;
}

void peer_shutdown(peer *p)
{
    ERR_clear_error();
    (void)SSL_shutdown(p->ssl);
}

void peer_receive(peer *p, const uint8_t *bytes, size_t len)
{
    must(BIO_write(p->in, bytes, (int)len) == (int)len);
}

size_t peer_send(peer *p, uint8_t *bytes, size_t size)
{
    int n = BIO_read(p->out, bytes, (int)size);

    return n > 0 ? (size_t)n : 0;
}
