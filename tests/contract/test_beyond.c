/* tests/contract/test_beyond.c: what the public functions promise beyond the clauses of
 * this slice, against OpenSSL: sessions, ALPN, exported keys, the key log, memory that
 * ends, and deadlines. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- sessions ---- */

static hf_session *fetch_session(stage *s)
{
    uint8_t byte;
    size_t n;

    stage_establish(s);
    (void)stage_to_client(s);
    assert_wants(s, hf_read(s->conn, &byte, 1, &n), HF_ERROR_WANT_READ);
    hf_session *session = hf_conn_get1_session(s->conn);
    assert_non_null(session);
    return session;
}

static void again(stage *s)
{
    stage_new_conn(s);
    stage_new_server(s);
}

static void test_a_session_survives_as_bytes(void **state)
{
    uint8_t bytes[8192];
    size_t len = sizeof bytes, small = 10;
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    hf_session *session = fetch_session(&s);
    assert_int_equal(hf_session_version(session), 0x0304);
    assert_true(hf_session_time(session) == CONTRACT_NOW);
    assert_in_range(hf_session_lifetime(session), 1, 604800);
    assert_string_equal(hf_session_hostname(session), "server.test");
    assert_int_equal(hf_session_serialize(session, bytes, &small),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_session_serialize(session, NULL, &len), 1);
    assert_int_equal(small, len);
    len = sizeof bytes;
    assert_int_equal(hf_session_serialize(session, bytes, &len), 1);
    hf_session_free(session);

    for (size_t cut = 0; cut < len; cut++)
        assert_null(hf_session_parse(s.config, bytes, cut));
    session = hf_session_parse(s.config, bytes, len);
    assert_non_null(session);
    again(&s);
    assert_int_equal(hf_conn_set_session(s.conn, session), 1);
    hf_session_free(session);
    stage_establish(&s);
    assert_int_equal(hf_conn_session_reused(s.conn), 1);
    assert_int_equal(hf_conn_verify_result(s.conn), 0);
    assert_true(SSL_session_reused(s.server.ssl) == 1);
    stage_close(&s);
}

static void test_a_session_of_another_name_is_refused(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    s.saved = fetch_session(&s);
    again(&s);
    assert_int_equal(hf_conn_set_hostname(s.conn, "a.wild.test"), 1);
    assert_int_equal(hf_conn_set_session(s.conn, s.saved), -HF_E_SESSION_UNUSABLE);
    /* Set in the other order, it is passed over. */
    assert_int_equal(hf_conn_set_hostname(s.conn, "server.test"), 1);
    assert_int_equal(hf_conn_set_session(s.conn, s.saved), 1);
    assert_int_equal(hf_conn_set_hostname(s.conn, "a.wild.test"), 1);
    stage_establish(&s);
    assert_int_equal(hf_conn_session_reused(s.conn), 0);
    stage_close(&s);
}

/* A session whose name nobody checked must not pass for one of a checked name. */
static void test_an_unchecked_name_is_not_vouched_for(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(hf_conn_set_hostname(s.conn, "elsewhere.test"), 1);
    assert_int_equal(hf_conn_disable_hostname_check(s.conn), 1);
    s.saved = fetch_session(&s);
    assert_string_equal(hf_session_hostname(s.saved), "");

    again(&s);
    assert_int_equal(hf_conn_set_hostname(s.conn, "elsewhere.test"), 1);
    assert_int_equal(hf_conn_set_session(s.conn, s.saved), -HF_E_SESSION_UNUSABLE);
    assert_failed(&s, stage_connect(&s), HF_ERROR_SSL, HF_E_CERT_NAME_MISMATCH);
    stage_close(&s);
}

/* Of two names the certificate has only the second: the first is not proven by it. */
static void test_one_of_several_names_is_not_vouched_for(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    assert_int_equal(hf_conn_set_hostname(s.conn, "elsewhere.test"), 1);
    assert_int_equal(hf_conn_add_hostname(s.conn, "server.test"), 1);
    s.saved = fetch_session(&s);
    again(&s);
    assert_int_equal(hf_conn_set_hostname(s.conn, "elsewhere.test"), 1);
    assert_int_equal(hf_conn_set_session(s.conn, s.saved), -HF_E_SESSION_UNUSABLE);
    stage_close(&s);
}

static void test_a_session_of_an_unverified_peer_is_refused(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    hf_config *strict = s.config;
    s.config = stage_config(NULL);
    assert_int_equal(hf_config_disable_certificate_verification(s.config), 1);
    assert_int_equal(hf_config_add_trust_file(s.config, "/nonexistent"),
                     -HF_E_FILE_UNREADABLE);
    again(&s);
    s.saved = fetch_session(&s);
    hf_config_free(s.config);
    s.config = strict;
    again(&s);
    assert_int_equal(hf_conn_set_session(s.conn, s.saved), -HF_E_SESSION_UNUSABLE);
    stage_close(&s);
}

static hf_session *kept;
static int handed_over;

static void keep_session(void *context, hf_conn *conn, hf_session *session)
{
    assert_ptr_equal(context, &handed_over);
    assert_int_equal(hf_is_init_finished(conn), 1);
    handed_over++;
    hf_session_free(kept);
    kept = hf_session_up_ref(session);
}

static void test_the_callback_gets_every_session(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    hf_config_free(s.config);
    s.config = stage_config(&s.root);
    assert_int_equal(hf_config_set_session_callback(s.config, keep_session, &handed_over),
                     1);
    again(&s);
    s.saved = fetch_session(&s);
    assert_int_equal(handed_over, 2); /* OpenSSL sends two */
    again(&s);
    assert_int_equal(hf_conn_set_session(s.conn, kept), 1);
    hf_session_free(kept);
    kept = NULL;
    stage_establish(&s);
    assert_int_equal(hf_conn_session_reused(s.conn), 1);
    stage_close(&s);
}

/* ---- ALPN, exported keys, key log ---- */

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *len,
                       const unsigned char *in, unsigned int in_len, void *context)
{
    static const unsigned char ours[] = "\x02h2";
    unsigned char *chosen = NULL;

    (void)ssl;
    (void)context;
    int result = SSL_select_next_proto(&chosen, len, ours, 3, in, in_len);
    *out = chosen;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
                                            : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void knows_h2(SSL_CTX *ctx)
{
    SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, NULL);
}

static void test_alpn_agreed_or_refused(void **state)
{
    const uint8_t *name;
    size_t len;
    stage s;

    (void)state;
    stage_open_with(&s, CARRIER_SOCKET, knows_h2);
    assert_int_equal(hf_conn_add_alpn(s.conn, (const uint8_t *)"http/1.1", 8), 1);
    assert_failed(&s, stage_connect(&s), HF_ERROR_SSL, HF_E_ALERT_RECEIVED);
    assert_int_equal(hf_error_alert(hf_conn_get0_error(s.conn)), 120);
    again(&s);
    assert_int_equal(hf_conn_add_alpn(s.conn, (const uint8_t *)"http/1.1", 8), 1);
    assert_int_equal(hf_conn_add_alpn(s.conn, (const uint8_t *)"h2", 2), 1);
    stage_establish(&s);
    name = hf_conn_get0_alpn(s.conn, &len);
    assert_int_equal(len, 2);
    assert_memory_equal(name, "h2", 2);
    stage_close(&s);
}

static void test_exported_keys_are_the_servers(void **state)
{
    uint8_t ours[80], theirs[80];
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    stage_establish(&s);
    assert_int_equal(hf_export_keying_material(s.conn, "EXPERIMENTAL test", 17,
                                               (const uint8_t *)"ctx", 3, ours,
                                               sizeof ours),
                     1);
    assert_int_equal(SSL_export_keying_material(s.server.ssl, theirs, sizeof theirs,
                                                "EXPERIMENTAL test", 17,
                                                (const uint8_t *)"ctx", 3, 1),
                     1);
    assert_memory_equal(ours, theirs, sizeof ours);
    assert_int_equal(
        hf_export_keying_material(s.conn, NULL, 0, NULL, 0, ours, sizeof ours),
        -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_export_keying_material(s.conn, "l", 1, NULL, 0, ours, 0),
                     -HF_E_INVALID_ARGUMENT);
    stage_close(&s);
}

/* The lines of one side, in their order. */
typedef struct key_log {
    char lines[8][256];
    int count;
} key_log;

static key_log servers_log, clients_log;

static void add_line(key_log *log, const char *line)
{
    assert_true(log->count < 8);
    (void)snprintf(log->lines[log->count++], sizeof log->lines[0], "%s", line);
}

static void log_of_server(const SSL *ssl, const char *line)
{
    (void)ssl;
    add_line(&servers_log, line);
}

static void log_of_client(void *context, const hf_conn *conn, const char *line)
{
    (void)conn;
    add_line(context, line);
}

static bool has_line(const key_log *log, const char *line)
{
    for (int i = 0; i < log->count; i++)
        if (strcmp(log->lines[i], line) == 0)
            return true;
    return false;
}

static void logs_keys(SSL_CTX *ctx)
{
    SSL_CTX_set_keylog_callback(ctx, log_of_server);
}

static void test_the_key_log_is_the_servers(void **state)
{
    stage s;

    (void)state;
    stage_open_with(&s, CARRIER_SOCKET, logs_keys);
    hf_config_free(s.config);
    s.config = stage_config(&s.root);
    assert_int_equal(hf_config_set_key_log(s.config, log_of_client, &clients_log), 1);
    again(&s);
    stage_establish(&s);
    /* Both sides' handshake and application secrets, and the exporter's. */
    assert_int_equal(clients_log.count, 5);
    for (int i = 0; i < 5; i++)
        assert_true(has_line(&servers_log, clients_log.lines[i]));
    stage_close(&s);
}

/* /dev/full takes the open and refuses each write. */
static void test_a_key_log_that_cannot_be_written_is_told(void **state)
{
    stage s;

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    hf_config_free(s.config);
    s.config = stage_config(&s.root);
    assert_int_equal(hf_config_set_key_log_file(s.config, "/dev/full"), 1);
    again(&s);
    assert_failed(&s, stage_connect(&s), HF_ERROR_SSL, HF_E_KEY_LOG_FAILED);
    assert_int_equal(hf_error_errno(hf_conn_get0_error(s.conn)), 28);
    stage_close(&s);
}

/* ---- memory that ends ---- */

typedef struct store {
    long live, left;
    bool ran_out;
} store;

static void *take(void *context, size_t bytes)
{
    store *m = context;

    if (m->left == 0) {
        m->ran_out = true;
        return NULL;
    }
    m->left--;
    void *p = malloc(bytes);
    m->live += p != NULL;
    return p;
}

static void give_back(void *context, void *memory)
{
    ((store *)context)->live--;
    free(memory);
}

static hf_config *config_of(const hf_allocator *allocator, const char *pem)
{
    hf_config *config = hf_config_new(allocator);

    if (config != NULL &&
        hf_config_add_trust_memory(config, (const uint8_t *)pem, strlen(pem)) == 1)
        return config;
    hf_config_free(config);
    return NULL;
}

static int64_t fixed_now(void *context)
{
    (void)context;
    return CONTRACT_NOW;
}

/* A handshake, data both ways and the close, with so much memory; 1 if all went well. */
static int whole_life(stage *s, const hf_allocator *allocator, const char *pem)
{
    const hf_clock clock = {sizeof clock, fixed_now, fixed_now, NULL};
    uint8_t byte;
    size_t n;
    int ret = 0;

    s->config = config_of(allocator, pem);
    if (s->config == NULL)
        return 0;
    (void)hf_config_set_clock(s->config, &clock);
    s->conn = hf_conn_new(s->config);
    if (s->conn == NULL || hf_conn_set_hostname(s->conn, "server.test") != 1)
        return 0;
    stage_attach(s);
    stage_new_server(s);
    ret = stage_connect(s);
    (void)stage_to_server(s); /* what was not drained yet */
    if (ret == 1)
        ret = hf_write(s->conn, "x", 1, &n);
    if (ret == 1) {
        (void)stage_to_server(s);
        assert_true(peer_write(&s->server, "y", 1));
        (void)stage_to_client(s);
        ret = hf_read(s->conn, &byte, 1, &n);
    }
    if (ret != 1)
        assert_int_equal(stage_code(s), HF_E_NO_MEMORY);
    return ret == 1;
}

static void test_memory_may_end_anywhere_in_a_connection(void **state)
{
    stage s;
    int done = 0;

    (void)state;
    stage_open(&s, CARRIER_MEMORY);
    char *pem = credential_pem(&s.root);
    hf_conn_free(s.conn);
    hf_config_free(s.config);
    for (long left = 0; left < 500; left++) {
        store m = {0, left, false};
        const hf_allocator allocator = {sizeof allocator, take, give_back, &m};
        s.conn = NULL;
        s.config = NULL;
        done = whole_life(&s, &allocator, pem);
        bool ran_out = m.ran_out;
        hf_conn_free(s.conn);
        hf_config_free(s.config);
        assert_true(m.live == 0);
        if (!ran_out)
            break;
    }
    assert_int_equal(done, 1);
    s.conn = NULL;
    s.config = NULL;
    free(pem);
    stage_close(&s);
}

/* ---- deadlines ---- */

static int64_t clock_now;

static int64_t read_clock(void *context)
{
    (void)context;
    return clock_now;
}

/* The deadline is found on every transport by the first call after it. */
static void test_a_deadline_without_blocking(void **state)
{
    const hf_clock clock = {sizeof clock, fixed_now, read_clock, NULL};

    (void)state;
    for (int kind = 0; kind < CARRIER_PAIR_1; kind++) {
        stage s;
        stage_open(&s, (carrier)kind);
        hf_config *config = s.config;
        s.config = hf_config_new(NULL);
        char *pem = credential_pem(&s.root);
        (void)hf_config_add_trust_memory(s.config, (const uint8_t *)pem, strlen(pem));
        free(pem);
        assert_int_equal(hf_config_set_clock(s.config, &clock), 1);
        assert_int_equal(hf_config_set_handshake_timeout(s.config, 100), 1);
        clock_now = 0;
        stage_new_conn(&s);
        assert_wants(&s, hf_connect(s.conn), HF_ERROR_WANT_READ);
        clock_now = 99999;
        assert_wants(&s, hf_connect(s.conn), HF_ERROR_WANT_READ);
        clock_now = 100000;
        assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_DEADLINE_EXCEEDED);
        assert_string_equal(hf_error_step(hf_conn_get0_error(s.conn)), "WAIT_SH");
        hf_config_free(config);
        stage_close(&s);
    }
}

/* A transport that takes no more bytes is no way around it, in the last flight either. */
static void test_a_deadline_while_writing(void **state)
{
    const hf_clock clock = {sizeof clock, fixed_now, read_clock, NULL};

    (void)state;
    for (int last_flight = 0; last_flight < 2; last_flight++) {
        stage s;
        stage_open(&s, CARRIER_PAIR_7);
        hf_config_free(s.config);
        s.config = stage_config(&s.root);
        assert_int_equal(hf_config_set_clock(s.config, &clock), 1);
        assert_int_equal(hf_config_set_handshake_timeout(s.config, 100), 1);
        clock_now = 0;
        stage_new_conn(&s);
        assert_wants(&s, hf_connect(s.conn), HF_ERROR_WANT_WRITE);
        while (last_flight && strcmp(hf_state_name(s.conn), "CONNECTED") != 0) {
            (void)stage_carry(&s);
            assert_int_equal(hf_connect(s.conn), -1);
        }
        assert_int_equal(hf_in_init(s.conn), 1);
        clock_now = 100000;
        assert_failed(&s, hf_connect(s.conn), HF_ERROR_SSL, HF_E_DEADLINE_EXCEEDED);
        stage_close(&s);
    }
}

/* ---- nettle alone ---- */

/* The peer cannot tell whose primitives they are. */
static void test_with_and_without_acceleration(void **state)
{
    (void)state;
    for (int enabled = 0; enabled < 2; enabled++) {
        static const char *const groups[] = {"x25519", "secp256r1"};
        for (size_t i = 0; i < 2; i++) {
            uint8_t byte = 0;
            stage s;

            stage_open(&s, CARRIER_MEMORY);
            hf_config_free(s.config);
            s.config = stage_config(&s.root);
            assert_int_equal(hf_config_set_acceleration(s.config, enabled), 1);
            assert_int_equal(hf_config_set_groups(s.config, groups[i]), 1);
            stage_new_conn(&s);
            stage_establish(&s);
            stage_client_writes(&s, (const uint8_t *)"x", 1);
            stage_server_reads(&s, &byte, 1);
            assert_int_equal(byte, 'x');
            stage_close(&s);
        }
    }
}

/* ---- our certificate ---- */

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

/* Chooses what the context holds; nothing once that is empty. */
static int choose(void *context, hf_conn *conn)
{
    credential *own = context;
    uint8_t *der = NULL;

    if (own->cert == NULL)
        return 1;
    char *pem = credential_pem(own);
    int len = i2d_PrivateKey(own->key, &der);
    assert_int_equal(
        hf_conn_use_certificate_chain_memory(conn, (const uint8_t *)pem, strlen(pem)), 1);
    assert_int_equal(hf_conn_use_private_key_memory(conn, der, (size_t)len, NULL), 1);
    OPENSSL_free(der);
    free(pem);
    return 1;
}

/* What the callback chose for one server must not be shown to the next one. */
static void test_a_choice_is_for_one_handshake(void **state)
{
    stage s;

    (void)state;
    stage_open_with(&s, CARRIER_SOCKET, asks_for_a_certificate);
    credential own = s.leaf;
    hf_config_free(s.config);
    s.config = stage_config(&s.root);
    assert_int_equal(hf_config_set_certificate_callback(s.config, choose, &own), 1);
    stage_new_conn(&s);
    for (int round = 0; round < 10; round++) {
        if (round == 9)
            own.cert = NULL;
        stage_establish(&s);
        assert_int_equal(hf_conn_certificate_sent(s.conn), round != 9);
        assert_int_equal(hf_clear(s.conn), 1);
        stage_attach(&s);
        stage_new_server(&s);
    }
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_session_survives_as_bytes),
        cmocka_unit_test(test_a_session_of_another_name_is_refused),
        cmocka_unit_test(test_an_unchecked_name_is_not_vouched_for),
        cmocka_unit_test(test_one_of_several_names_is_not_vouched_for),
        cmocka_unit_test(test_a_session_of_an_unverified_peer_is_refused),
        cmocka_unit_test(test_the_callback_gets_every_session),
        cmocka_unit_test(test_alpn_agreed_or_refused),
        cmocka_unit_test(test_exported_keys_are_the_servers),
        cmocka_unit_test(test_the_key_log_is_the_servers),
        cmocka_unit_test(test_a_key_log_that_cannot_be_written_is_told),
        cmocka_unit_test(test_memory_may_end_anywhere_in_a_connection),
        cmocka_unit_test(test_a_deadline_without_blocking),
        cmocka_unit_test(test_a_deadline_while_writing),
        cmocka_unit_test(test_with_and_without_acceleration),
        cmocka_unit_test(test_a_choice_is_for_one_handshake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
