/* tests/contract/test_stale_error_openssl.c: a bug of classic programs, reproduced with
 * OpenSSL.  Its errors stand in a queue of the thread, not in the connection: one that
 * nobody took from there after connection A failed makes SSL_get_error() call connection
 * B's harmless "come again" fatal.  SSL_get_error(3) asks for an empty queue; programs
 * forget.  test_stale_error_handfast.c has the same steps with handfast. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "authority.h"

/* Two ends, whose bytes pass through memory. */
typedef struct pair {
    SSL *client, *server;
} pair;

static void pair_open(pair *p, SSL_CTX *client, SSL_CTX *server)
{
    BIO *a = NULL, *b = NULL;

    p->client = SSL_new(client);
    p->server = SSL_new(server);
    assert_int_equal(BIO_new_bio_pair(&a, 0, &b, 0), 1);
    SSL_set_bio(p->client, a, a);
    SSL_set_bio(p->server, b, b);
    SSL_set_connect_state(p->client);
    SSL_set_accept_state(p->server);
}

static void pair_establish(pair *p)
{
    for (int i = 0;
         i < 10 && (!SSL_is_init_finished(p->client) || !SSL_is_init_finished(p->server));
         i++) {
        (void)SSL_do_handshake(p->client);
        (void)SSL_do_handshake(p->server);
    }
    assert_true(SSL_is_init_finished(p->client));
}

static void pair_close(pair *p)
{
    SSL_free(p->client);
    SSL_free(p->server);
}

static void test_the_bug(void **state)
{
    const wish wanted = {.names = "DNS:server.test"};
    credential leaf = authority_issue(NULL, &wanted);
    SSL_CTX *client = SSL_CTX_new(TLS_client_method());
    SSL_CTX *server = SSL_CTX_new(TLS_server_method());
    pair a, b;
    char byte;

    (void)state;
    assert_int_equal(SSL_CTX_use_certificate(server, leaf.cert), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(server, leaf.key), 1);
    pair_open(&b, client, server);
    pair_establish(&b);
    ERR_clear_error();

    /* B is in order: there is nothing to read yet, no more than that. */
    int ret = SSL_read(b.client, &byte, 1);
    assert_true(ret <= 0);
    assert_int_equal(SSL_get_error(b.client, ret), SSL_ERROR_WANT_READ);

    /* A fails: its peer is no TLS server.  The program gives it up without looking. */
    pair_open(&a, client, server);
    assert_true(SSL_do_handshake(a.client) <= 0);
    assert_int_equal(BIO_write(SSL_get_wbio(a.server), "HTTP/1.1 400 Bad\r\n", 18), 18);
    assert_true(SSL_do_handshake(a.client) <= 0);
    pair_close(&a);

    /* The same call on B, to which nothing has happened, now is fatal: the bug. */
    ret = SSL_read(b.client, &byte, 1);
    assert_true(ret <= 0);
    assert_int_equal(SSL_get_error(b.client, ret), SSL_ERROR_SSL);

    /* And B was sound all the time. */
    ERR_clear_error();
    assert_int_equal(SSL_write(b.server, "x", 1), 1);
    assert_int_equal(SSL_read(b.client, &byte, 1), 1);
    assert_int_equal(byte, 'x');

    pair_close(&b);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
    credential_free(&leaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_bug)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
