/* tests/contract/test_inside_callbacks.c: a callback that uses the connection which runs
 * it, or frees it, is refused, and nothing breaks: hf_config_set_certificate_callback(3)
 * forbids it. */
#include <stdlib.h>

#include "stage.h"

typedef enum where {
    IN_CERTIFICATE_CALLBACK,
    IN_SIGN_FUNCTION,
    IN_SESSION_CALLBACK,
    IN_KEY_LOG,
    WHERES,
} where;

/* What the callback at hand does; it runs at least once in each test. */
typedef struct inside {
    where where;
    void (*act)(hf_conn *conn);
    unsigned runs;
    hf_conn *conn;
    const credential *own;
} inside;

static int accept_any(int right, X509_STORE_CTX *ctx)
{
    (void)right;
    (void)ctx;
    return 1;
}

static void asks_for_a_certificate(SSL_CTX *ctx)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, accept_any);
}

static void run(inside *in, where here)
{
    if (in->where != here)
        return;
    in->runs++;
    in->act(in->conn);
}

static int choose(void *context, hf_conn *conn)
{
    inside *in = context;

    run(in, IN_CERTIFICATE_CALLBACK);
    char *pem = credential_pem(in->own);
    assert_int_equal(
        hf_conn_use_certificate_chain_memory(conn, (const uint8_t *)pem, strlen(pem)), 1);
    free(pem);
    return 1;
}

static int sign(void *context, hf_conn *conn, int scheme, const uint8_t *content,
                size_t len, uint8_t *signature, size_t size, size_t *signature_len)
{
    inside *in = context;
    EVP_MD_CTX *md = EVP_MD_CTX_new();

    (void)conn;
    run(in, IN_SIGN_FUNCTION);
    assert_int_equal(scheme, 0x0403);
    *signature_len = size;
    assert_int_equal(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, in->own->key), 1);
    assert_int_equal(EVP_DigestSign(md, signature, signature_len, content, len), 1);
    EVP_MD_CTX_free(md);
    return 1;
}

static void session(void *context, hf_conn *conn, hf_session *s)
{
    (void)conn;
    (void)s;
    run(context, IN_SESSION_CALLBACK);
}

static void key_log(void *context, const hf_conn *conn, const char *line)
{
    (void)conn;
    (void)line;
    run(context, IN_KEY_LOG);
}

static void open_inside(stage *s, inside *in)
{
    stage_open_with(s, CARRIER_MEMORY, asks_for_a_certificate);
    in->own = &s->leaf;
    hf_config_free(s->config);
    s->config = stage_config(&s->root);
    assert_int_equal(hf_config_set_certificate_callback(s->config, choose, in), 1);
    assert_int_equal(hf_config_set_sign_function(s->config, sign, in), 1);
    assert_int_equal(hf_config_set_session_callback(s->config, session, in), 1);
    assert_int_equal(hf_config_set_key_log(s->config, key_log, in), 1);
    stage_new_conn(s);
    in->conn = s->conn;
}

static void assert_refused(hf_conn *conn, int ret)
{
    assert_int_equal(ret, -1);
    assert_int_equal(hf_get_error(conn, ret), HF_ERROR_SSL);
    assert_int_equal(hf_conn_error_code(conn), HF_E_CALLED_FROM_CALLBACK);
}

static void use_it(hf_conn *conn)
{
    uint8_t byte = 0;
    size_t n = 7;

    assert_refused(conn, hf_connect(conn));
    assert_refused(conn, hf_do_handshake(conn));
    assert_refused(conn, hf_read(conn, &byte, 1, &n));
    assert_int_equal(n, 0);
    assert_refused(conn, hf_peek(conn, &byte, 1, &n));
    assert_refused(conn, hf_write(conn, &byte, 1, &n));
    assert_refused(conn, hf_write_early_data(conn, &byte, 1, &n));
    assert_refused(conn, hf_shutdown(conn));
    assert_int_equal(hf_clear(conn), -HF_E_CALLED_FROM_CALLBACK);
    assert_int_equal(hf_conn_use_memory(conn), -HF_E_CALLED_FROM_CALLBACK);
    assert_int_equal(hf_conn_set_fd(conn, 0), -HF_E_CALLED_FROM_CALLBACK);
    assert_int_equal(hf_conn_feed(conn, &byte, 1, &n), -HF_E_CALLED_FROM_CALLBACK);
    assert_int_equal(hf_conn_drain(conn, &byte, 1, &n), -HF_E_CALLED_FROM_CALLBACK);
}

static void free_it(hf_conn *conn)
{
    hf_conn_free(conn);
}

/* The callback is told, and the call that runs it goes on as if nothing had been. */
static void test_using_it(void **state)
{
    (void)state;
    for (where w = 0; w < WHERES; w++) {
        inside in = {.where = w, .act = use_it};
        uint8_t byte;
        stage s;

        open_inside(&s, &in);
        stage_establish(&s);
        assert_int_equal(hf_conn_certificate_sent(s.conn), 1);
        assert_int_equal(hf_conn_error_code(s.conn), 0);
        assert_true(peer_write(&s.server, "x", 1));
        stage_client_reads(&s, &byte, 1); /* the tickets come before it */
        assert_int_equal(byte, 'x');
        assert_true(in.runs > 0);
        assert_int_equal(hf_conn_error_code(s.conn), 0);
        /* Outside, all works. */
        in.act = NULL;
        in.where = WHERES;
        stage_client_writes(&s, (const uint8_t *)"y", 1);
        stage_server_reads(&s, &byte, 1);
        assert_int_equal(byte, 'y');
        assert_int_equal(hf_clear(s.conn), 1);
        stage_close(&s);
    }
}

/* The call that runs the callback fails, and the connection is still there to be asked
 * and freed. */
static void test_freeing_it(void **state)
{
    (void)state;
    for (where w = 0; w < WHERES; w++) {
        inside in = {.where = w, .act = free_it};
        uint8_t byte;
        size_t n;
        stage s;

        open_inside(&s, &in);
        int ret = stage_connect(&s);
        for (int i = 0; i < 10 && ret != -1;
             i++) { /* tickets come behind the handshake */
            (void)peer_write(&s.server, "x", 1);
            (void)stage_carry(&s);
            ret = hf_read(s.conn, &byte, 1, &n);
        }
        assert_int_equal(in.runs > 0, 1);
        assert_failed(&s, ret, HF_ERROR_SSL, HF_E_CALLED_FROM_CALLBACK);
        assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_CALLED_FROM_CALLBACK);
        assert_non_null(hf_error_summary(hf_conn_get0_error(s.conn)));

        /* It can be used anew. */
        in.where = WHERES;
        assert_int_equal(hf_clear(s.conn), 1);
        stage_attach(&s);
        stage_new_server(&s);
        stage_establish(&s);
        stage_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_using_it),
        cmocka_unit_test(test_freeing_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
