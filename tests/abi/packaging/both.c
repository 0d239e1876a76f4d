/* tests/abi/packaging/both.c: OpenSSL and handfast in one process, one handshake of each
 * begun in turn.  OpenSSL's functions are declared here, so that its headers need not be
 * installed. */
#include <handfast/handfast.h>
#include <stdio.h>

extern const void *TLS_client_method(void);
extern void *SSL_CTX_new(const void *method);
extern void *SSL_new(void *ctx);
extern void SSL_free(void *ssl);
extern void SSL_CTX_free(void *ctx);
extern void *BIO_s_mem(void);
extern void *BIO_new(const void *type);
extern void SSL_set_bio(void *ssl, void *rbio, void *wbio);
extern void SSL_set_connect_state(void *ssl);
extern int SSL_do_handshake(void *ssl);
extern int SSL_get_error(const void *ssl, int ret);

static int openssl_begins(void)
{
    void *ctx = SSL_CTX_new(TLS_client_method());
    void *ssl = SSL_new(ctx);
    int wants;

    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl);
    wants = SSL_get_error(ssl, SSL_do_handshake(ssl));
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    return wants;
}

static int handfast_begins(void)
{
    hf_config *config = hf_config_new(NULL);
    hf_conn *conn;
    int wants = -1;

    if (hf_config_disable_certificate_verification(config) == 1) {
        conn = hf_conn_new(config);
        if (hf_conn_use_memory(conn) == 1)
            wants = hf_get_error(conn, hf_connect(conn));
        if (hf_conn_drain_pending(conn) < 100)
            wants = -2;
        hf_conn_free(conn);
    }
    hf_config_free(config);
    return wants;
}

int main(void)
{
    int first = openssl_begins();
    int second = handfast_begins();
    int third = openssl_begins();

    printf("%d %d %d\n", first, second, third);
    return 0;
}
