/* tests/contract/test_recording.c: clients are recorded, against OpenSSL, and each replay
 * comes to the same record, the same timeline and the same agreement, byte by byte. */
#include "tape.h"

#include <errno.h>
#include <stdlib.h>

#include <openssl/evp.h>

/* A connection is made anew and recorded, so that tests can set it up before. */
static void new_recorded(stage *s, tape *t)
{
    stage_new_server(s);
    stage_new_conn(s);
    tape_record(t, s->conn);
}

/* After the first connection a configuration is frozen: another one with that setting. */
static hf_config *new_config(stage *s)
{
    hf_config_free(s->config);
    s->config = stage_config(s->root.cert != NULL ? &s->root : NULL);
    return s->config;
}

static void on_some_carriers(void (*body)(stage *s, tape *t))
{
    const carrier kinds[] = {CARRIER_SOCKET, CARRIER_CUSTOM, CARRIER_MEMORY,
                             CARRIER_BIO_MEMORY, CARRIER_PAIR_7};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        stage s;
        tape t = {.len = 0};
        stage_open(&s, kinds[i]);
        body(&s, &t);
        stage_close(&s);
        tape_free(&t);
    }
}

static void expect(stage *s, tape *t, int code)
{
    assert_int_equal(stage_code(s), code);
    tape_assert_reproduced(t, s->conn);
}

/* ---- success ---- */

static void data_both_ways(stage *s, tape *t)
{
    static uint8_t bytes[40000], back[40000];

    new_recorded(s, t);
    stage_establish(s);
    memset(bytes, 'a', sizeof bytes);
    stage_client_writes(s, bytes, sizeof bytes);
    stage_server_reads(s, back, sizeof back);
    assert_true(peer_write(&s->server, bytes, sizeof bytes));
    stage_client_reads(s, back, sizeof back);
    assert_int_equal(hf_key_update(s->conn, 1), 1);
    stage_client_writes(s, bytes, 100);
    stage_server_reads(s, back, 100);
    (void)hf_shutdown(s->conn);
    stage_carry(s);
    tape_assert_reproduced(t, s->conn);
}

static void test_data(void **state)
{
    (void)state;
    on_some_carriers(data_both_ways);
}

/* Nothing of what the application writes is in it. */
static void test_written_data_stays_out(void **state)
{
    const char secret[] = "a secret that the application wrote";
    stage s;
    tape t = {.len = 0};

    (void)state;
    stage_open(&s, CARRIER_MEMORY);
    new_recorded(&s, &t);
    stage_establish(&s);
    stage_client_writes(&s, (const uint8_t *)secret, sizeof secret);
    tape_assert_reproduced(&t, s.conn);
    for (size_t i = 0; i + sizeof secret <= t.len; i++)
        assert_memory_not_equal(t.bytes + i, secret, sizeof secret);
    stage_close(&s);
    tape_free(&t);
}

static void only_tls12(SSL_CTX *ctx)
{
    assert_int_equal(SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION), 1);
}

static void only_p384(SSL_CTX *ctx)
{
    char groups[] = "P-384";

    assert_int_equal(SSL_CTX_set1_groups_list(ctx, groups), 1);
}

static void establish_with(void (*configure)(SSL_CTX *ctx), int version)
{
    uint8_t bytes[100] = {0};
    stage s;
    tape t = {.len = 0};

    stage_open_with(&s, CARRIER_SOCKET, configure);
    new_recorded(&s, &t);
    stage_establish(&s);
    assert_int_equal(hf_conn_version(s.conn), version);
    stage_client_writes(&s, bytes, sizeof bytes);
    stage_server_reads(&s, bytes, sizeof bytes);
    tape_assert_reproduced(&t, s.conn);
    stage_close(&s);
    tape_free(&t);
}

static void test_tls12(void **state)
{
    (void)state;
    establish_with(only_tls12, 0x0303);
}

static void test_hello_retry(void **state)
{
    (void)state;
    establish_with(only_p384, 0x0304);
}

/* ---- sessions ---- */

static void save_session(stage *s)
{
    uint8_t byte;

    stage_new_server(s);
    stage_new_conn(s);
    stage_establish(s);
    assert_true(peer_write(&s->server, "x", 1));
    stage_client_reads(s, &byte, 1);
    hf_session_free(s->saved);
    s->saved = hf_conn_get1_session(s->conn);
    assert_non_null(s->saved);
}

static void resume(void (*configure)(SSL_CTX *ctx), bool forget, bool reused)
{
    stage s;
    tape t = {.len = 0};

    stage_open_with(&s, CARRIER_CUSTOM, configure);
    save_session(&s);
    if (forget) { /* another server, which cannot open the ticket */
        SSL_CTX_free(s.context);
        s.context = peer_context(&s.leaf, NULL, 0, configure);
    }
    stage_new_server(&s);
    stage_new_conn(&s);
    assert_int_equal(hf_conn_set_session(s.conn, s.saved), 1);
    tape_record(&t, s.conn);
    stage_establish(&s);
    assert_int_equal(hf_conn_session_reused(s.conn), reused);
    tape_assert_reproduced(&t, s.conn);
    stage_close(&s);
    tape_free(&t);
}

static void test_sessions(void **state)
{
    (void)state;
    resume(NULL, false, true);
    resume(NULL, true, false);
    resume(only_tls12, false, true);
    resume(only_tls12, true, false);
}

/* ---- certificates ---- */

static void fails_with_leaf(const wish *wanted, const char *name, bool knows_root,
                            int code)
{
    const wish root_wish = {.subject = "Contract Root", .is_ca = true};
    credential root = authority_issue(NULL, &root_wish);
    credential other = authority_issue(NULL, &root_wish);
    credential leaf = authority_issue(&root, wanted);
    stage s;
    tape t = {.len = 0};

    stage_open_chain(&s, CARRIER_SOCKET, knows_root ? &root : &other, &leaf, NULL, 0);
    assert_int_equal(hf_conn_set_hostname(s.conn, name), 1);
    tape_record(&t, s.conn);
    (void)stage_connect(&s);
    expect(&s, &t, code);
    stage_close(&s);
    tape_free(&t);
    credential_free(&leaf);
    credential_free(&other);
    credential_free(&root);
}

static void test_certificates(void **state)
{
    const int64_t ago = CONTRACT_NOW - 40 * CONTRACT_DAY;
    const wish good = {.names = "DNS:server.test"};
    const wish expired = {.names = "DNS:server.test",
                          .not_before = ago,
                          .not_after = CONTRACT_NOW - CONTRACT_DAY};
    const wish early = {.names = "DNS:server.test",
                        .not_before = CONTRACT_NOW + CONTRACT_DAY,
                        .not_after = CONTRACT_NOW + 9 * CONTRACT_DAY};
    const wish usage = {.names = "DNS:server.test", .extended_key_usage = "clientAuth"};

    (void)state;
    fails_with_leaf(&expired, "server.test", true, HF_E_CERT_EXPIRED);
    fails_with_leaf(&early, "server.test", true, HF_E_CERT_NOT_YET_VALID);
    fails_with_leaf(&good, "other.test", true, HF_E_CERT_NAME_MISMATCH);
    fails_with_leaf(&usage, "server.test", true, HF_E_CERT_EXTENDED_KEY_USAGE);
    fails_with_leaf(&good, "server.test", false, HF_E_CERT_UNKNOWN_ISSUER);
}

static int refuse(void *context, hf_conn *conn, int result)
{
    int *calls = context;

    (void)conn;
    assert_int_equal(result, 0);
    return (*calls)++ == 0 ? -1 : -HF_E_CERT_REVOKED;
}

static void verdict(stage *s, tape *t)
{
    int calls = 0;

    assert_int_equal(hf_config_set_verify_callback(new_config(s), refuse, &calls), 1);
    new_recorded(s, t);
    int ret = stage_connect(s);
    assert_wants(s, ret, HF_ERROR_WANT_RETRY_VERIFY);
    (void)stage_connect(s);
    assert_int_equal(calls, 2);
    expect(s, t, HF_E_CERT_REVOKED);
}

static void test_verdict_of_the_application(void **state)
{
    (void)state;
    on_some_carriers(verdict);
}

/* ---- the peer and the transport ---- */

static void alert(stage *s, tape *t)
{
    assert_int_equal(hf_config_set_versions(new_config(s), "TLSv1.2"), 1);
    assert_int_equal(SSL_CTX_set_min_proto_version(s->context, TLS1_3_VERSION), 1);
    new_recorded(s, t);
    (void)stage_connect(s);
    expect(s, t, HF_E_ALERT_RECEIVED);
}

static void test_alert(void **state)
{
    (void)state;
    on_some_carriers(alert);
}

static void inject(stage *s, tape *t, const void *bytes, size_t len, int code)
{
    new_recorded(s, t);
    (void)hf_connect(s->conn);
    stage_inject(s, bytes, len);
    stage_end_input(s);
    stage_to_client(s);
    (void)hf_connect(s->conn);
    expect(s, t, code);
}

static void http(stage *s, tape *t)
{
    static const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";

    inject(s, t, answer, sizeof answer - 1, HF_E_PEER_SPEAKS_HTTP);
}

static void cut_hello(stage *s, tape *t)
{
    static const uint8_t start[] = {22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3};

    inject(s, t, start, sizeof start, HF_E_EOF_IN_RECORD);
}

static void end_at_once(stage *s, tape *t)
{
    inject(s, t, "", 0, HF_E_EOF_BEFORE_HELLO);
}

static void test_endings(void **state)
{
    const carrier kinds[] = {CARRIER_SOCKET, CARRIER_CUSTOM, CARRIER_MEMORY};
    void (*const bodies[])(stage *, tape *) = {http, cut_hello, end_at_once};

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < 3; i++) {
            stage s;
            tape t = {.len = 0};
            stage_open(&s, kinds[k]);
            bodies[i](&s, &t);
            stage_close(&s);
            tape_free(&t);
        }
    }
}

/* A byte of the server's protected flight is another one. */
static void test_changed_byte(void **state)
{
    stage s;
    tape t = {.len = 0};

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    new_recorded(&s, &t);
    (void)hf_connect(s.conn);
    (void)stage_to_server(&s);
    (void)stage_to_client(&s);
    s.custom_in.bytes[s.custom_in.end - 1] ^= 1;
    (void)hf_connect(s.conn);
    expect(&s, &t, HF_E_BAD_RECORD_MAC);
    stage_close(&s);
    tape_free(&t);
}

static ptrdiff_t reset(void *context, uint8_t *bytes, size_t count, int *number)
{
    (void)context, (void)bytes, (void)count;
    *number = ECONNRESET;
    return HF_IO_ERROR;
}

static ptrdiff_t swallow(void *context, const uint8_t *bytes, size_t count, int *number)
{
    (void)context, (void)bytes, (void)number;
    return count > 50 ? 50 : (ptrdiff_t)count;
}

static void test_errno(void **state)
{
    const hf_io io = {sizeof io, reset, swallow, NULL, NULL};
    stage s;
    tape t = {.len = 0};

    (void)state;
    stage_open(&s, CARRIER_CUSTOM);
    new_recorded(&s, &t);
    assert_int_equal(hf_conn_set_io(s.conn, &io), 1);
    (void)hf_connect(s.conn);
    assert_int_equal(hf_error_errno(hf_conn_get0_error(s.conn)), ECONNRESET);
    expect(&s, &t, HF_E_TRANSPORT_READ);
    stage_close(&s);
    tape_free(&t);
}

static void deadline(stage *s, tape *t)
{
    new_recorded(s, t);
    /* The tests' clock goes a microsecond further with each look at it. */
    assert_int_equal(hf_conn_set_handshake_timeout(s->conn, 1), 1);
    for (int i = 0; i < 2000 && stage_code(s) == 0; i++)
        (void)hf_connect(s->conn);
    expect(s, t, HF_E_DEADLINE_EXCEEDED);
}

static void test_deadline(void **state)
{
    (void)state;
    on_some_carriers(deadline);
}

/* ---- our certificate ---- */

static int accept_any(int ok, X509_STORE_CTX *store)
{
    (void)ok, (void)store;
    return 1;
}

static void ask(SSL_CTX *ctx)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       accept_any);
}

static void ask_in_tls12(SSL_CTX *ctx)
{
    ask(ctx);
    only_tls12(ctx);
}

typedef struct signer {
    EVP_PKEY *key;
    bool later;
} signer;

static size_t sign_with(EVP_PKEY *key, const uint8_t *content, size_t len,
                        uint8_t *signature, size_t size)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t out = size;

    assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(ctx, signature, &out, content, len), 1);
    EVP_MD_CTX_free(ctx);
    return out;
}

static int sign_elsewhere(void *context, hf_conn *conn, int scheme,
                          const uint8_t *content, size_t len, uint8_t *signature,
                          size_t size, size_t *signature_len)
{
    const signer *who = context;

    (void)conn;
    assert_int_equal(scheme, 0x0403);
    if (who->later)
        return -1;
    *signature_len = sign_with(who->key, content, len, signature, size);
    return 1;
}

static char *key_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;

    assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
    size_t len = (size_t)BIO_get_mem_data(bio, &text);
    char *copy = calloc(1, len + 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    BIO_free(bio);
    return copy;
}

/* No bytes of the private key are in the recording. */
static void assert_without_key(const tape *t, EVP_PKEY *key)
{
    BIGNUM *number = NULL;
    uint8_t scalar[32];

    assert_int_equal(EVP_PKEY_get_bn_param(key, "priv", &number), 1);
    assert_int_equal(BN_bn2binpad(number, scalar, sizeof scalar), sizeof scalar);
    BN_clear_free(number);
    for (size_t i = 0; i + sizeof scalar <= t->len; i++)
        assert_memory_not_equal(t->bytes + i, scalar, sizeof scalar);
}

enum where { KEY_HERE, KEY_ELSEWHERE, KEY_LATER, KEY_CHOSEN, WHERES };

static int choose(void *context, hf_conn *conn)
{
    const credential *own = context;
    char *chain = credential_pem(own), *key = key_pem(own->key);

    assert_int_equal(
        hf_conn_use_certificate_chain_memory(conn, (const uint8_t *)chain, strlen(chain)),
        1);
    assert_int_equal(
        hf_conn_use_private_key_memory(conn, (const uint8_t *)key, strlen(key), NULL), 1);
    free(chain);
    free(key);
    return 1;
}

static void give_own(hf_config *config, credential *own, enum where where, signer *who)
{
    char *chain = credential_pem(own), *key = key_pem(own->key);

    *who = (signer){own->key, where == KEY_LATER};
    if (where != KEY_CHOSEN)
        assert_int_equal(hf_config_use_certificate_chain_memory(
                             config, (const uint8_t *)chain, strlen(chain)),
                         1);
    if (where == KEY_HERE)
        assert_int_equal(hf_config_use_private_key_memory(config, (const uint8_t *)key,
                                                          strlen(key), NULL),
                         1);
    else if (where == KEY_CHOSEN)
        assert_int_equal(hf_config_set_certificate_callback(config, choose, own), 1);
    else
        assert_int_equal(hf_config_set_sign_function(config, sign_elsewhere, who), 1);
    free(chain);
    free(key);
}

static void provide(stage *s, EVP_PKEY *key)
{
    uint8_t signature[256];
    size_t len;
    const uint8_t *content = hf_conn_get0_sign_request(s->conn, NULL, &len);

    assert_non_null(content);
    len = sign_with(key, content, len, signature, sizeof signature);
    assert_int_equal(hf_conn_provide_signature(s->conn, signature, len), 1);
}

static void show_certificate(void (*configure)(SSL_CTX *ctx), enum where where)
{
    const wish wanted = {.subject = "client", .extended_key_usage = "clientAuth"};
    stage s;
    tape t = {.len = 0};
    signer who;

    stage_open_with(&s, CARRIER_SOCKET, configure);
    credential own = authority_issue(&s.root, &wanted);
    give_own(new_config(&s), &own, where, &who);
    new_recorded(&s, &t);
    int ret = stage_connect(&s);
    if (where == KEY_LATER) {
        assert_wants(&s, ret, HF_ERROR_WANT_ASYNC);
        provide(&s, own.key);
        ret = stage_connect(&s);
    }
    assert_int_equal(ret, 1);
    assert_int_equal(hf_conn_certificate_sent(s.conn), 1);
    tape_assert_reproduced(&t, s.conn);
    assert_without_key(&t, own.key);
    credential_free(&own);
    stage_close(&s);
    tape_free(&t);
}

static void test_our_certificate(void **state)
{
    (void)state;
    for (enum where where = KEY_HERE; where < WHERES; where++) {
        show_certificate(ask, where);
        show_certificate(ask_in_tls12, where);
    }
}

/* ---- the recorder itself ---- */

static void test_arguments(void **state)
{
    stage s;
    tape t = {.len = 0};

    (void)state;
    stage_open(&s, CARRIER_MEMORY);
    assert_int_equal(hf_conn_record(NULL, NULL, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_record(s.conn, NULL, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_record_file(s.conn, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_record_end(NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_record_end(s.conn), 1);
    tape_record(&t, s.conn);
    assert_int_equal(hf_conn_record_end(s.conn), 1);
    assert_int_equal(t.len, 0); /* nothing had begun */
    stage_establish(&s);
    assert_int_equal(t.len, 0);
    assert_int_equal(hf_conn_record_file(s.conn, "never"), -HF_E_ALREADY_STARTED);
    assert_null(hf_replay_new(NULL, 5, NULL));
    assert_null(hf_replay_new_file(NULL, NULL));
    assert_int_equal(hf_replay_run(NULL), -HF_E_INVALID_ARGUMENT);
    assert_null(hf_replay_get0_conn(NULL));
    assert_null(hf_replay_recorded_json(NULL, 0));
    assert_string_equal(hf_replay_warning(NULL), "");
    assert_string_equal(hf_replay_message(NULL), "");
    assert_string_equal(hf_replay_library(NULL), "");
    hf_replay_free(NULL);
    stage_close(&s);
    tape_free(&t);
}

/* A sink that takes no more does the connection no harm. */
static void test_sink_that_fails(void **state)
{
    stage s;

    (void)state;
    for (size_t at = 1; at < 6000; at += 700) {
        tape t = {.refuse_at = at};
        stage_open(&s, CARRIER_SOCKET);
        new_recorded(&s, &t);
        stage_establish(&s);
        assert_int_equal(hf_conn_record_end(s.conn), -HF_E_RECORDING_FAILED);
        stage_close(&s);
        tape_free(&t);
    }
}

/* Freeing and clearing end it as well; what comes after hf_clear is not recorded. */
static void test_ends_by_itself(void **state)
{
    stage s;
    tape t = {.len = 0};

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    new_recorded(&s, &t);
    stage_establish(&s);
    assert_int_equal(hf_clear(s.conn), 1);
    size_t len = t.len;
    assert_int_equal(tape_play(&t), 1);
    stage_new_server(&s);
    stage_attach(&s);
    stage_establish(&s);
    assert_int_equal(t.len, len);

    new_recorded(&s, &t);
    stage_establish(&s);
    hf_conn_free(s.conn);
    s.conn = NULL;
    assert_int_equal(tape_play(&t), 1);
    stage_close(&s);
    tape_free(&t);
}

/* What is done after the end is not in it, and the connection goes on. */
static void test_end_in_between(void **state)
{
    uint8_t bytes[100] = {0};
    stage s;
    tape t = {.len = 0};

    (void)state;
    stage_open(&s, CARRIER_SOCKET);
    new_recorded(&s, &t);
    (void)hf_connect(s.conn);
    tape_assert_reproduced(&t, s.conn);
    stage_establish(&s);
    stage_client_writes(&s, bytes, sizeof bytes);
    stage_server_reads(&s, bytes, sizeof bytes);
    assert_int_equal(tape_play(&t), 1);
    stage_close(&s);
    tape_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data),
        cmocka_unit_test(test_written_data_stays_out),
        cmocka_unit_test(test_tls12),
        cmocka_unit_test(test_hello_retry),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_verdict_of_the_application),
        cmocka_unit_test(test_alert),
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_changed_byte),
        cmocka_unit_test(test_errno),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_our_certificate),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_sink_that_fails),
        cmocka_unit_test(test_ends_by_itself),
        cmocka_unit_test(test_end_in_between),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
