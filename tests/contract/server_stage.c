/* tests/contract/server_stage.c: a server of ours and an OpenSSL client. */
#include "server_stage.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/pem.h>

static void use(hf_config *config, BIO *text, bool key)
{
    char *bytes;
    long len = BIO_get_mem_data(text, &bytes);
    hf_status status = key ? hf_config_use_private_key_memory(
                                 config, (const uint8_t *)bytes, (size_t)len, NULL)
                           : hf_config_use_certificate_chain_memory(
                                 config, (const uint8_t *)bytes, (size_t)len);

    assert_int_equal(status, 1);
    BIO_free(text);
}

void server_stage_use(hf_config *config, const credential *c)
{
    BIO *cert = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_mem());

    assert_int_equal(PEM_write_bio_X509(cert, c->cert), 1);
    assert_int_equal(PEM_write_bio_PrivateKey(key, c->key, NULL, NULL, 0, NULL, NULL), 1);
    use(config, cert, false);
    use(config, key, true);
}

static SSL_CTX *client_context(const credential *root)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);

    assert_non_null(ctx);
    SSL_CTX_set_security_level(ctx, 0);
    (void)SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
    peer_listen(ctx);
    X509_VERIFY_PARAM_set_time(param, CONTRACT_NOW);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root->cert), 1);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    return ctx;
}

void server_stage_again(stage *s, SSL_SESSION *session)
{
    char name[] = "server.test"; /* OpenSSL's macro takes no const */

    if (s->server.ssl != NULL)
        peer_close(&s->server);
    peer_open(&s->server, s->context);
    SSL_set_connect_state(s->server.ssl);
    assert_int_equal(SSL_set_tlsext_host_name(s->server.ssl, name), 1);
    assert_int_equal(SSL_set1_host(s->server.ssl, name), 1);
    if (session != NULL)
        assert_int_equal(SSL_set_session(s->server.ssl, session), 1);
    hf_conn_free(s->conn);
    s->conn = hf_conn_new(s->config);
    assert_non_null(s->conn);
    stage_attach(s);
}

void server_stage_open(stage *s, carrier kind, void (*ours)(hf_config *config),
                       void (*theirs)(SSL_CTX *ctx))
{
    stage_open(s, kind);
    hf_conn_free(s->conn);
    s->conn = NULL;
    hf_config_free(s->config);
    peer_close(&s->server);
    SSL_CTX_free(s->context);

    s->config = stage_config(&s->root);
    server_stage_use(s->config, &s->leaf);
    if (ours != NULL)
        ours(s->config);
    s->context = client_context(&s->root);
    if (theirs != NULL)
        theirs(s->context);
    server_stage_again(s, NULL);
}

int server_stage_accept(stage *s)
{
    return stage_drive(s, hf_accept, NULL);
}

void server_stage_establish(stage *s)
{
    if (server_stage_accept(s) != 1)
        fail_msg("%s", hf_error_summary(hf_conn_get0_error(s->conn)));
    while (stage_carry(s) > 0)
        ;
    assert_true(SSL_is_init_finished(s->server.ssl));
}

void accepting_on_every_carrier(void (*body)(stage *s))
{
    for (int kind = 0; kind < CARRIER_COUNT; kind++) {
        stage s;
        server_stage_open(&s, (carrier)kind, NULL, NULL);
        body(&s);
        stage_close(&s);
    }
}
