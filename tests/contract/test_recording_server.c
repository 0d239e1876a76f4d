/* tests/contract/test_recording_server.c: servers are recorded, with OpenSSL's client,
 * and each replay comes to the same; keys of tickets are not in the recording. */
#include "server_stage.h"
#include "tape.h"

#include <string.h>

typedef void configure_ours(hf_config *config);
typedef void configure_theirs(SSL_CTX *ctx);

/* ---- settings ---- */

static const uint8_t ticket_keys[48] = "a name of 16 by.a secret of 32 bytes, well known";

static void with_ticket_keys(hf_config *config)
{
    assert_int_equal(hf_config_set_ticket_keys(config, ticket_keys, sizeof ticket_keys),
                     1);
}

static void with_cookies(hf_config *config)
{
    with_ticket_keys(config);
    assert_int_equal(hf_config_set_groups(config, "P-384"), 1);
    (void)hf_config_set_options(config, HF_OPTION_COOKIE);
}

static void requires_certificate(hf_config *config)
{
    assert_int_equal(hf_config_set_client_auth(config, HF_CLIENT_AUTH_REQUIRED), 1);
}

static void speaks_h2(hf_config *config)
{
    assert_int_equal(hf_config_add_alpn(config, (const uint8_t *)"h2", 2), 1);
}

static int choose_second(void *context, hf_conn *conn, const uint8_t *offered, size_t len,
                         const uint8_t **name, size_t *name_len)
{
    (void)context, (void)conn;
    assert_true(len > 4);
    *name = offered + 4;
    *name_len = offered[3];
    return 1;
}

static void chooses_protocol(hf_config *config)
{
    assert_int_equal(hf_config_set_alpn_callback(config, choose_second, NULL), 1);
}

static void only_aes_256(hf_config *config)
{
    assert_int_equal(hf_config_set_versions(config, "1.3"), 1);
    assert_int_equal(hf_config_set_cipher_suites(config, "TLS_AES_256_GCM_SHA384"), 1);
}

static void only_tls12(SSL_CTX *ctx)
{
    assert_int_equal(SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION), 1);
}

static void offers_protocols(SSL_CTX *ctx)
{
    static const uint8_t list[] = "\2h3\5other";

    assert_int_equal(SSL_CTX_set_alpn_protos(ctx, list, sizeof list - 1), 0);
}

static void only_aes_128(SSL_CTX *ctx)
{
    assert_int_equal(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256"), 1);
}

static void x25519_and_p384(SSL_CTX *ctx)
{
    char groups[] = "X25519:P-384";

    assert_int_equal(SSL_CTX_set1_groups_list(ctx, groups), 1);
}

/* ---- handshakes ---- */

static void succeeds(configure_ours *ours, configure_theirs *theirs)
{
    uint8_t bytes[300] = {0};
    stage s;
    tape t = {.len = 0};

    server_stage_open(&s, CARRIER_SOCKET, ours, theirs);
    tape_record(&t, s.conn);
    server_stage_establish(&s);
    stage_client_writes(&s, bytes, sizeof bytes);
    stage_server_reads(&s, bytes, sizeof bytes);
    assert_true(peer_write(&s.server, bytes, 100));
    stage_client_reads(&s, bytes, 100);
    tape_assert_reproduced(&t, s.conn);
    stage_close(&s);
    tape_free(&t);
}

static void test_success(void **state)
{
    (void)state;
    succeeds(NULL, NULL);
    succeeds(NULL, only_tls12);
    succeeds(with_cookies, x25519_and_p384);
    succeeds(chooses_protocol, offers_protocols);
}

static void fails(configure_ours *ours, configure_theirs *theirs, int code)
{
    stage s;
    tape t = {.len = 0};

    server_stage_open(&s, CARRIER_MEMORY, ours, theirs);
    tape_record(&t, s.conn);
    (void)server_stage_accept(&s);
    assert_int_equal(stage_code(&s), code);
    tape_assert_reproduced(&t, s.conn);
    stage_close(&s);
    tape_free(&t);
}

static void test_failures(void **state)
{
    (void)state;
    fails(speaks_h2, offers_protocols, HF_E_NO_COMMON_PROTOCOL);
    fails(only_aes_256, only_aes_128, HF_E_NO_COMMON_SUITE);
    fails(only_aes_256, only_tls12, HF_E_NO_COMMON_VERSION);
}

/* ---- sessions ---- */

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

static void resumes(configure_ours *ours, configure_theirs *theirs)
{
    stage s;
    tape t = {.len = 0};

    server_stage_open(&s, CARRIER_SOCKET, ours, theirs);
    SSL_SESSION *session = first_session(&s);
    server_stage_again(&s, session);
    tape_record(&t, s.conn);
    server_stage_establish(&s);
    assert_int_equal(hf_conn_session_reused(s.conn), 1);
    tape_assert_reproduced(&t, s.conn);
    for (size_t i = 0; ours == with_ticket_keys && i + 32 <= t.len; i++)
        assert_memory_not_equal(t.bytes + i, ticket_keys + 16, 32);
    SSL_SESSION_free(session);
    stage_close(&s);
    tape_free(&t);
}

/* One session, which waits for its second call. */
static struct {
    uint8_t id[32], value[HF_SESSION_STORE_VALUE_MAX];
    size_t len;
    int asked;
} kept;

static int find(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                uint8_t *value, size_t size, size_t *len)
{
    (void)context, (void)conn;
    if (id_len != 32 || memcmp(id, kept.id, 32) != 0 || kept.len > size)
        return 0;
    if (kept.asked++ == 0)
        return -1;
    memcpy(value, kept.value, kept.len);
    *len = kept.len;
    return 1;
}

static void put(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                const uint8_t *value, size_t len, int64_t lifetime)
{
    (void)context, (void)conn, (void)lifetime;
    assert_int_equal(id_len, 32);
    memcpy(kept.id, id, 32);
    memcpy(kept.value, value, len);
    kept.len = len;
}

static void with_store(hf_config *config)
{
    const hf_session_store store = {sizeof store, find, put, NULL, NULL};

    kept.asked = 1;
    assert_int_equal(hf_config_set_session_store(config, &store), 1);
    (void)hf_config_set_options(config, HF_OPTION_NO_TICKET);
}

static void test_sessions(void **state)
{
    (void)state;
    resumes(NULL, NULL);
    resumes(NULL, only_tls12);
    resumes(with_ticket_keys, NULL);
    resumes(with_ticket_keys, only_tls12);
    resumes(with_store, NULL);
    resumes(with_store, only_tls12);
}

/* The store makes the server wait: the same in the replay. */
static void test_store_that_waits(void **state)
{
    stage s;
    tape t = {.len = 0};

    (void)state;
    server_stage_open(&s, CARRIER_SOCKET, with_store, NULL);
    SSL_SESSION *session = first_session(&s);
    server_stage_again(&s, session);
    kept.asked = 0;
    tape_record(&t, s.conn);
    int ret = server_stage_accept(&s);
    assert_wants(&s, ret, HF_ERROR_WANT_CLIENT_HELLO_CB);
    server_stage_establish(&s);
    assert_int_equal(hf_conn_session_reused(s.conn), 1);
    tape_assert_reproduced(&t, s.conn);
    SSL_SESSION_free(session);
    stage_close(&s);
    tape_free(&t);
}

/* ---- the ClientHello ---- */

static int switch_config(void *context, hf_conn *conn)
{
    assert_int_equal(hf_conn_set_config(conn, context), 1);
    return 1;
}

/* Another configuration takes over, with other suites and another certificate. */
static void test_other_configuration(void **state)
{
    const wish wanted = {.names = "DNS:server.test", .key = "P-384"};
    stage s;
    tape t = {.len = 0};

    (void)state;
    server_stage_open(&s, CARRIER_SOCKET, NULL, NULL);
    credential leaf = authority_issue(&s.root, &wanted);
    hf_config *other = stage_config(NULL);
    only_aes_256(other);
    server_stage_use(other, &leaf);
    hf_config_free(s.config);
    s.config = stage_config(NULL);
    server_stage_use(s.config, &s.leaf);
    assert_int_equal(hf_config_set_client_hello_callback(s.config, switch_config, other),
                     1);
    server_stage_again(&s, NULL);
    tape_record(&t, s.conn);
    server_stage_establish(&s);
    assert_int_equal(hf_conn_cipher_suite(s.conn), 0x1302);
    tape_assert_reproduced(&t, s.conn);
    hf_config_free(other);
    credential_free(&leaf);
    stage_close(&s);
    tape_free(&t);
}

static int refuse_hello(void *context, hf_conn *conn)
{
    int *calls = context;

    (void)conn;
    return (*calls)++ == 0 ? -1 : 0;
}

static void test_refused_hello(void **state)
{
    int calls = 0;
    stage s;
    tape t = {.len = 0};

    (void)state;
    server_stage_open(&s, CARRIER_SOCKET, NULL, NULL);
    hf_config_free(s.config);
    s.config = stage_config(NULL);
    server_stage_use(s.config, &s.leaf);
    assert_int_equal(hf_config_set_client_hello_callback(s.config, refuse_hello, &calls),
                     1);
    server_stage_again(&s, NULL);
    tape_record(&t, s.conn);
    int ret = server_stage_accept(&s);
    assert_wants(&s, ret, HF_ERROR_WANT_CLIENT_HELLO_CB);
    (void)server_stage_accept(&s);
    assert_int_equal(stage_code(&s), HF_E_CALLBACK_FAILED);
    tape_assert_reproduced(&t, s.conn);
    stage_close(&s);
    tape_free(&t);
}

static void test_client_without_certificate(void **state)
{
    stage s;
    tape t = {.len = 0};

    (void)state;
    server_stage_open(&s, CARRIER_SOCKET, NULL, NULL);
    hf_config_free(s.config);
    s.config = stage_config(&s.root);
    server_stage_use(s.config, &s.leaf);
    requires_certificate(s.config);
    server_stage_again(&s, NULL);
    tape_record(&t, s.conn);
    (void)server_stage_accept(&s);
    assert_int_equal(stage_code(&s), HF_E_CLIENT_CERTIFICATE_MISSING);
    tape_assert_reproduced(&t, s.conn);
    stage_close(&s);
    tape_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_success),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_store_that_waits),
        cmocka_unit_test(test_other_configuration),
        cmocka_unit_test(test_refused_hello),
        cmocka_unit_test(test_client_without_certificate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
