/* tests/contract/test_recording_paths.c: recordings of the less common ways through a
 * handshake, with OpenSSL's client: external keys, early data, CBC.
 * Each replay comes to the same; RFC 8446 4.2.10, 4.2.11, RFC 5246 6.2.3.2. */
#include "server_stage.h"
#include "tape.h"

#include <string.h>

typedef void configure_ours(hf_config *config);
typedef void configure_theirs(SSL_CTX *ctx);

/* Of a way through the handshake, or to its end. */
static void ends(configure_ours *ours, configure_theirs *theirs, int code)
{
    stage s;
    tape t = {.len = 0};

    server_stage_open(&s, CARRIER_SOCKET, ours, theirs);
    tape_record(&t, s.conn);
    if (code == 0)
        server_stage_establish(&s);
    else
        (void)server_stage_accept(&s);
    assert_int_equal(stage_code(&s), code);
    tape_assert_reproduced(&t, s.conn);
    stage_close(&s);
    tape_free(&t);
}

/* ---- external keys ---- */

static const uint8_t key[32] = "a key that both of them know....";
static const char identity[] = "printer";

static int find_key(void *context, hf_conn *conn, const uint8_t *name, size_t len,
                    uint8_t *out, size_t size, size_t *out_len, const char **hash)
{
    (void)conn, (void)hash;
    assert_int_equal(len, sizeof identity - 1);
    assert_memory_equal(name, identity, len);
    assert_true(size >= sizeof key);
    memcpy(out, key, sizeof key);
    out[0] ^= context != NULL;
    *out_len = sizeof key;
    return 1;
}

static void knows_key(hf_config *config)
{
    assert_int_equal(hf_config_set_psk_callback(config, find_key, NULL), 1);
}

static void knows_another_key(hf_config *config)
{
    assert_int_equal(hf_config_set_psk_callback(config, find_key, config), 1);
}

static int use_key(SSL *ssl, const EVP_MD *md, const unsigned char **name, size_t *len,
                   SSL_SESSION **session)
{
    static const unsigned char aes_128_gcm_sha256[] = {0x13, 0x01};
    SSL_SESSION *made = SSL_SESSION_new();

    (void)md;
    *name = (const unsigned char *)identity;
    *len = sizeof identity - 1;
    *session = made;
    return made != NULL && SSL_SESSION_set1_master_key(made, key, sizeof key) == 1 &&
           SSL_SESSION_set_cipher(made, SSL_CIPHER_find(ssl, aes_128_gcm_sha256)) == 1 &&
           SSL_SESSION_set_protocol_version(made, TLS1_3_VERSION) == 1;
}

static void uses_key(SSL_CTX *ctx)
{
    SSL_CTX_set_psk_use_session_callback(ctx, use_key);
}

static void test_external_key(void **state)
{
    (void)state;
    ends(knows_key, uses_key, 0);
}

static void test_wrong_external_key(void **state)
{
    (void)state;
    ends(knows_another_key, uses_key, HF_E_BAD_BINDER);
}

/* ---- CBC ---- */

static void allows_cbc(hf_config *config)
{
    assert_int_equal(
        hf_config_set_cipher_suites(config, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"), 1);
}

static void offers_cbc(SSL_CTX *ctx)
{
    assert_int_equal(SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION), 1);
    assert_int_equal(SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-SHA"), 1);
}

static void test_cbc(void **state)
{
    (void)state;
    ends(allows_cbc, offers_cbc, 0);
}

/* ---- early data ---- */

static void allows_early_data(hf_config *config)
{
    assert_int_equal(hf_config_set_early_data(config, 1024), 1);
}

static SSL_SESSION *first_session(stage *s)
{
    uint8_t bytes[10] = {0};

    server_stage_establish(s);
    stage_client_writes(s, bytes, sizeof bytes);
    stage_server_reads(s, bytes, sizeof bytes);
    (void)peer_read(&s->server, bytes, 1); /* what is there: tickets */
    SSL_SESSION *session = SSL_get1_session(s->server.ssl);
    assert_non_null(session);
    SSL_set_shutdown(s->server.ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    return session;
}

static int read_early(hf_conn *conn)
{
    uint8_t bytes[64];
    size_t got = 0;
    int ret;

    do {
        ret = hf_read_early_data(conn, bytes, sizeof bytes, &got);
    } while (ret == 1 && got > 0);
    return ret;
}

static void early(bool allowed, int status)
{
    size_t written = 0;
    stage s;
    tape t = {.len = 0};

    server_stage_open(&s, CARRIER_SOCKET, allows_early_data, NULL);
    SSL_SESSION *session = first_session(&s);
    server_stage_again(&s, session);
    if (allowed)
        assert_int_equal(hf_conn_allow_early_data(s.conn), 1);
    tape_record(&t, s.conn);
    assert_int_equal(SSL_write_early_data(s.server.ssl, "early", 5, &written), 1);
    if (allowed)
        assert_int_equal(stage_drive(&s, read_early, NULL), 1);
    server_stage_establish(&s);
    assert_int_equal(hf_conn_early_data_status(s.conn), status);
    tape_assert_reproduced(&t, s.conn);
    SSL_SESSION_free(session);
    stage_close(&s);
    tape_free(&t);
}

static void test_early_data(void **state)
{
    (void)state;
    early(true, HF_EARLY_DATA_ACCEPTED);
}

static void test_rejected_early_data(void **state)
{
    (void)state;
    early(false, HF_EARLY_DATA_REJECTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_external_key),
        cmocka_unit_test(test_wrong_external_key),
        cmocka_unit_test(test_cbc),
        cmocka_unit_test(test_early_data),
        cmocka_unit_test(test_rejected_early_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
