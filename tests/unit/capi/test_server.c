/* tests/unit/capi/test_server.c: what only servers set (handfast/server.h): callbacks
 * that look at the ClientHello and may wait, clients' certificates, protocols, keys,
 * early data, over a pair in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "fixtures/client_fixtures.h"
#include "handfast/handfast.h"

enum { NOW = 1780315200 }; /* 2026-06-01 12:00:00 UTC, when the certificates are valid */

/* ---- two ends ---- */

static int64_t now(void *context)
{
    (void)context;
    return NOW;
}

static int64_t no_time(void *context)
{
    (void)context;
    return 0;
}

static hf_config *new_config(void)
{
    const hf_clock clock = {sizeof clock, now, no_time, NULL};
    hf_config *config = hf_config_new(NULL);

    assert_non_null(config);
    assert_int_equal(hf_config_set_clock(config, &clock), 1);
    return config;
}

static void show(hf_config *config, bool rsa)
{
    const uint8_t *der = rsa ? fixture_client_rsa_der : fixture_client_p256_der;
    size_t der_len = rsa ? fixture_client_rsa_der_len : fixture_client_p256_der_len;
    const uint8_t *key = rsa ? fixture_client_rsa_key : fixture_client_p256_key;
    size_t key_len = rsa ? fixture_client_rsa_key_len : fixture_client_p256_key_len;

    assert_int_equal(hf_config_use_certificate_chain_memory(config, der, der_len), 1);
    assert_int_equal(hf_config_use_private_key_memory(config, key, key_len, NULL), 1);
}

static hf_config *server_config(bool rsa)
{
    hf_config *config = new_config();

    show(config, rsa);
    return config;
}

/* It does not look at the server. */
static hf_config *client_config(void)
{
    hf_config *config = new_config();

    assert_int_equal(hf_config_disable_certificate_verification(config), 1);
    assert_int_equal(hf_config_disable_hostname_check(config), 1);
    return config;
}

typedef struct two {
    hf_config *client_config, *server_config;
    hf_conn *client, *server;
    int client_result, server_result;
} two;

/* Both configurations are taken. */
static void join(two *t, hf_config *client, hf_config *server)
{
    hf_bio *a = NULL, *b = NULL;

    memset(t, 0, sizeof *t);
    t->client_config = client;
    t->server_config = server;
    t->client = hf_conn_new(client);
    t->server = hf_conn_new(server);
    assert_non_null(t->client);
    assert_non_null(t->server);
    assert_int_equal(hf_bio_new_pair(&a, 0, &b, 0), 1);
    assert_int_equal(hf_conn_set0_bio(t->client, a), 1);
    assert_int_equal(hf_conn_set0_bio(t->server, b), 1);
    assert_int_equal(hf_conn_set_server_name(t->client, "www.example"), 1);
}

static void step(two *t)
{
    t->client_result = hf_connect(t->client);
    t->server_result = hf_accept(t->server);
}

static bool go(two *t)
{
    for (int i = 0; i < 10; i++) {
        step(t);
        if (t->client_result == 1 && t->server_result == 1)
            return true;
    }
    return false;
}

static void part(two *t)
{
    hf_conn_free(t->client);
    hf_conn_free(t->server);
    hf_config_free(t->client_config);
    hf_config_free(t->server_config);
}

static int code_of(const hf_conn *conn)
{
    return hf_error_code(hf_conn_get0_error(conn));
}

/* ---- what is refused ---- */

static void test_misuse(void **state)
{
    hf_config *config = new_config();
    uint8_t bytes[4] = {0, 2, 0, 0};
    size_t got = 7;

    (void)state;
    assert_int_equal(hf_config_set_client_auth(NULL, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_client_auth(config, 3), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_client_auth(config, -1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_client_ca_memory(config, NULL, 1),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_add_client_ca_memory(config, bytes, sizeof bytes),
                     -HF_E_NO_CERTIFICATE_IN_INPUT);
    assert_int_equal(hf_config_add_client_ca_file(config, "/nowhere/at/all"),
                     -HF_E_FILE_UNREADABLE);
    assert_int_equal(hf_config_set_ocsp_response(config, bytes, 4),
                     -HF_E_CERTIFICATE_NOT_SET);
    assert_int_equal(hf_config_set_sct_list(config, bytes, 4), -HF_E_CERTIFICATE_NOT_SET);
    show(config, false);
    assert_int_equal(hf_config_set_ocsp_response(config, NULL, 4),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_ocsp_response(config, bytes, 65536),
                     -HF_E_INPUT_TOO_LARGE);
    assert_int_equal(hf_config_set_sct_list(config, bytes, 3), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_ticket_count(config, 17), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_early_data(config, (size_t)UINT32_MAX + 1),
                     -HF_E_INVALID_ARGUMENT);

    hf_conn *conn = hf_conn_new(config);
    assert_int_equal(hf_config_set_client_auth(config, 0), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_set_verify_callback(config, NULL, NULL),
                     -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_conn_set_config(conn, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_conn_set_config(NULL, config), -HF_E_INVALID_ARGUMENT);
    assert_string_equal(hf_conn_requested_name(NULL), "");
    assert_string_equal(hf_conn_requested_name(conn), "");
    assert_null(hf_conn_get0_client_hello(conn, &got));
    assert_int_equal(got, 0);
    assert_null(hf_conn_get0_client_hello_extension(conn, 0, &got));
    assert_int_equal(hf_read_early_data(NULL, bytes, 4, &got), -1);
    assert_int_equal(hf_read_early_data(conn, bytes, 4, &got), -1);
    assert_int_equal(hf_set_accept_state(conn), 1);
    assert_int_equal(hf_read_early_data(conn, bytes, 4, &got), -1);
    assert_int_equal(code_of(conn), HF_E_EARLY_DATA_UNAVAILABLE);
    hf_conn_free(conn);
    hf_config_free(config);
}

/* ---- the ClientHello ---- */

typedef struct decision {
    int waits;
    int answer;
    hf_config *config; /* to go on with */
    int calls;
    char name[64];
    bool had_hello;
    bool had_versions;
} decision;

static int look(void *context, hf_conn *conn)
{
    decision *d = context;
    size_t len;

    d->calls++;
    strncpy(d->name, hf_conn_requested_name(conn), sizeof d->name - 1);
    d->had_hello = hf_conn_get0_client_hello(conn, &len) != NULL && len > 40;
    d->had_versions = hf_conn_get0_client_hello_extension(conn, 43, &len) != NULL;
    if (hf_conn_get0_client_hello_extension(conn, 4321, &len) != NULL || len != 0)
        return 0;
    if (d->waits-- > 0)
        return -1;
    if (d->config != NULL && hf_conn_set_config(conn, d->config) != 1)
        return 0;
    return d->answer;
}

static void test_hello_callback(void **state)
{
    decision d = {.waits = 2, .answer = 1};
    hf_config *server = server_config(false);
    two t;

    (void)state;
    d.config = server_config(true);
    assert_int_equal(hf_config_set_client_hello_callback(server, look, &d), 1);
    join(&t, client_config(), server);
    for (int i = 0; i < 2; i++) {
        step(&t);
        assert_int_equal(hf_get_error(t.server, t.server_result),
                         HF_ERROR_WANT_CLIENT_HELLO_CB);
        assert_int_equal(hf_want(t.server), HF_WANT_CLIENT_HELLO_CB);
        assert_string_equal(d.name, "www.example");
        assert_true(d.had_hello && d.had_versions);
    }
    assert_true(go(&t));
    assert_int_equal(d.calls, 3);
    assert_string_equal(hf_conn_signature_algorithm_name(t.client),
                        "rsa_pss_rsae_sha256");
    assert_int_equal(hf_conn_set_config(t.server, d.config), -HF_E_ALREADY_STARTED);
    assert_null(hf_conn_get0_client_hello(t.server, NULL));
    part(&t);
    hf_config_free(d.config);
}

/* The configuration can be given while the callback is waited for, too. */
static void test_config_from_outside(void **state)
{
    decision d = {.waits = 1, .answer = 1};
    hf_config *server = server_config(false), *other = server_config(true);
    two t;

    (void)state;
    assert_int_equal(hf_config_set_client_hello_callback(server, look, &d), 1);
    join(&t, client_config(), server);
    step(&t);
    assert_int_equal(hf_conn_set_config(t.server, other), 1);
    hf_config_free(other);
    assert_true(go(&t));
    assert_string_equal(hf_conn_signature_algorithm_name(t.client),
                        "rsa_pss_rsae_sha256");
    part(&t);
}

static void expect_refusal(int answer, int code, int alert)
{
    decision d = {.answer = answer};
    hf_config *server = server_config(false);
    two t;

    assert_int_equal(hf_config_set_client_hello_callback(server, look, &d), 1);
    join(&t, client_config(), server);
    assert_false(go(&t));
    assert_int_equal(code_of(t.server), code);
    assert_int_equal(hf_error_alert(hf_conn_get0_error(t.client)), alert);
    part(&t);
}

static void test_hello_refused(void **state)
{
    (void)state;
    expect_refusal(0, HF_E_CALLBACK_FAILED, 80);
    expect_refusal(7, HF_E_CALLBACK_FAILED, 80);
    expect_refusal(HF_CLIENT_HELLO_UNKNOWN_NAME, HF_E_SERVER_NAME_UNKNOWN, 112);
}

/* ---- the client's certificate ---- */

typedef struct verdict {
    int waits;
    int answer;
    int result;
    size_t certificates;
} verdict;

static int judge(void *context, hf_conn *conn, int result)
{
    verdict *v = context;

    v->result = result;
    v->certificates = hf_conn_peer_certificate_count(conn);
    return v->waits-- > 0 ? -1 : v->answer;
}

static hf_config *asking(int mode)
{
    hf_config *server = server_config(false);

    assert_int_equal(hf_config_set_client_auth(server, mode), 1);
    return server;
}

static void trust_clients(hf_config *server)
{
    assert_int_equal(hf_config_add_trust_memory(server, fixture_client_ca_der,
                                                fixture_client_ca_der_len),
                     1);
    assert_int_equal(hf_config_add_client_ca_memory(server, fixture_client_ca_der,
                                                    fixture_client_ca_der_len),
                     1);
}

static void only_version(hf_config *config, bool tls12)
{
    assert_int_equal(hf_config_set_versions(config, tls12 ? "TLSv1.2" : "TLSv1.3"), 1);
}

static void test_client_auth(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        two t;
        hf_config *client = client_config();
        show(client, false);
        hf_config *server = asking(HF_CLIENT_AUTH_REQUIRED);
        trust_clients(server);
        only_version(server, tls12);
        join(&t, client, server);
        assert_true(go(&t));
        assert_int_equal(hf_conn_peer_certificate_count(t.server), 1);
        assert_int_equal(hf_conn_verify_result(t.server), 0);
        assert_int_equal(hf_conn_certificate_sent(t.client), 1);
        part(&t);

        server = asking(HF_CLIENT_AUTH_OPTIONAL);
        trust_clients(server);
        only_version(server, tls12);
        join(&t, client_config(), server);
        assert_true(go(&t));
        assert_int_equal(hf_conn_peer_certificate_count(t.server), 0);
        part(&t);

        server = asking(HF_CLIENT_AUTH_REQUIRED);
        trust_clients(server);
        only_version(server, tls12);
        join(&t, client_config(), server);
        assert_false(go(&t));
        assert_int_equal(code_of(t.server), tls12 ? HF_E_CLIENT_CERTIFICATE_MISSING_TLS12
                                                  : HF_E_CLIENT_CERTIFICATE_MISSING);
        part(&t);
    }
}

/* The system's roots are not asked for clients: somebody must be named. */
static void test_client_auth_without_roots(void **state)
{
    two t;

    (void)state;
    join(&t, client_config(), asking(HF_CLIENT_AUTH_OPTIONAL));
    step(&t);
    assert_int_equal(t.server_result, -1);
    assert_int_equal(code_of(t.server), HF_E_TRUST_STORE_EMPTY);
    part(&t);
}

static void run_verdict(verdict *v, bool open, int code)
{
    hf_config *client = client_config(), *server = asking(HF_CLIENT_AUTH_REQUIRED);
    two t;

    show(client, false);
    trust_clients(server);
    assert_int_equal(hf_config_set_verify_callback(server, judge, v), 1);
    join(&t, client, server);
    while (v->waits > 0) {
        int before = v->waits;
        for (int i = 0; i < 4 && v->waits == before; i++)
            step(&t);
        assert_int_equal(v->waits, before - 1);
        assert_int_equal(hf_get_error(t.server, t.server_result),
                         HF_ERROR_WANT_RETRY_VERIFY);
        assert_int_equal(hf_want(t.server), HF_WANT_RETRY_VERIFY);
    }
    (void)go(&t);
    assert_int_equal(t.server_result == 1, open);
    assert_int_equal(open ? 0 : code_of(t.server), code);
    assert_int_equal(v->certificates, 1);
    part(&t);
}

static void test_verify_callback(void **state)
{
    verdict good = {.waits = 2, .answer = 1}, refused = {.answer = 0};

    (void)state;
    run_verdict(&good, true, 0);
    assert_int_equal(good.result, 0);
    run_verdict(&refused, false, HF_E_CERT_REFUSED);
    assert_int_equal(refused.result, 0);
}

/* A chain that leads nowhere is let through, and the result still told. */
static void test_verify_callback_overrules(void **state)
{
    verdict v = {.answer = 1};
    hf_config *client = client_config(), *server = asking(HF_CLIENT_AUTH_REQUIRED);
    two t;

    (void)state;
    show(client, true);
    assert_int_equal(hf_config_add_trust_memory(server, fixture_client_p256_der,
                                                fixture_client_p256_der_len),
                     1);
    assert_int_equal(hf_config_set_verify_callback(server, judge, &v), 1);
    join(&t, client, server);
    assert_true(go(&t));
    assert_int_equal(v.result, HF_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(hf_conn_verify_result(t.server), HF_E_CERT_UNKNOWN_ISSUER);
    part(&t);
}

/* ---- protocols ---- */

typedef struct choice {
    const char *name;
    int answer;
    uint8_t offered[16];
    size_t offered_len;
} choice;

static int choose(void *context, hf_conn *conn, const uint8_t *offered, size_t len,
                  const uint8_t **name, size_t *name_len)
{
    choice *c = context;

    (void)conn;
    c->offered_len = len;
    memcpy(c->offered, offered, len < sizeof c->offered ? len : sizeof c->offered);
    *name = (const uint8_t *)c->name;
    *name_len = strlen(c->name);
    return c->answer;
}

static void run_choice(choice *c, bool open, const char *want, int code)
{
    hf_config *client = client_config(), *server = server_config(false);
    size_t len = 0;
    two t;

    assert_int_equal(hf_config_add_alpn(client, (const uint8_t *)"h2", 2), 1);
    assert_int_equal(hf_config_add_alpn(client, (const uint8_t *)"x", 1), 1);
    assert_int_equal(hf_config_set_alpn_callback(server, choose, c), 1);
    join(&t, client, server);
    assert_int_equal(go(&t), open);
    assert_int_equal(c->offered_len, 5);
    assert_memory_equal(c->offered, "\x02h2\x01x", 5);
    if (open) {
        const uint8_t *got = hf_conn_get0_alpn(t.client, &len);
        assert_int_equal(len, strlen(want));
        if (len != 0)
            assert_memory_equal(got, want, len);
    } else {
        assert_int_equal(code_of(t.server), code);
    }
    part(&t);
}

static void test_alpn_callback(void **state)
{
    choice x = {.name = "x", .answer = 1}, none = {.name = "", .answer = 0};
    choice refuse = {.name = "", .answer = -1}, invented = {.name = "foo", .answer = 1};

    (void)state;
    run_choice(&x, true, "x", 0);
    run_choice(&none, true, "", 0);
    run_choice(&refuse, false, NULL, HF_E_NO_COMMON_PROTOCOL);
    run_choice(&invented, false, NULL, HF_E_CALLBACK_FAILED);
}

/* ---- beside the certificate ---- */

static void test_beside_the_certificate(void **state)
{
    static const uint8_t staple[] = {0x30, 0x03, 0x0a, 0x01, 0x01};
    static const uint8_t scts[] = {0, 5, 0, 3, 1, 2, 3};

    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hf_config *client = client_config(), *server = server_config(false);
        size_t len;
        two t;
        (void)hf_config_set_options(client, HF_OPTION_REQUEST_SCTS);
        only_version(client, tls12);
        assert_int_equal(hf_config_set_ocsp_response(server, scts, sizeof scts), 1);
        assert_int_equal(hf_config_set_ocsp_response(server, staple, sizeof staple), 1);
        assert_int_equal(hf_config_set_sct_list(server, scts, sizeof scts), 1);
        join(&t, client, server);
        assert_true(go(&t));
        const uint8_t *got = hf_conn_get0_ocsp_response(t.client, &len);
        assert_int_equal(len, sizeof staple);
        assert_memory_equal(got, staple, sizeof staple);
        got = hf_conn_get0_sct_list(t.client, &len);
        assert_int_equal(len, sizeof scts);
        assert_memory_equal(got, scts, sizeof scts);
        part(&t);
    }
}

/* ---- pre-shared keys ---- */

static const uint8_t shared[32] = {7, 7, 7};

typedef struct keys {
    int waits;
    const char *hash;
    size_t len;
} keys;

static int find_key(void *context, hf_conn *conn, const uint8_t *identity,
                    size_t identity_len, uint8_t *key, size_t size, size_t *key_len,
                    const char **hash)
{
    keys *k = context;

    (void)conn;
    if (k->waits-- > 0)
        return -1;
    if (identity_len != 2 || memcmp(identity, "me", 2) != 0 || size < sizeof shared)
        return 0;
    memcpy(key, shared, sizeof shared);
    *key_len = k->len;
    if (k->hash != NULL)
        *hash = k->hash;
    return 1;
}

static void run_keys(keys *k, const char *client_hash, bool open, int code)
{
    hf_config *server = new_config();
    two t;

    assert_int_equal(hf_config_set_psk_callback(server, find_key, k), 1);
    join(&t, client_config(), server);
    assert_int_equal(hf_conn_set_psk(t.client, (const uint8_t *)"me", 2, shared,
                                     sizeof shared, client_hash),
                     1);
    if (k->waits > 0) {
        step(&t);
        assert_int_equal(hf_get_error(t.server, t.server_result),
                         HF_ERROR_WANT_CLIENT_HELLO_CB);
    }
    assert_int_equal(go(&t), open);
    if (open)
        assert_int_equal(hf_conn_psk_used(t.server), 1);
    else
        assert_int_equal(code_of(t.server), code);
    part(&t);
}

static void test_psk_callback(void **state)
{
    keys good = {.waits = 1, .len = 32}, other = {.hash = "sha384", .len = 32};
    keys unknown_hash = {.hash = "MD5", .len = 32}, too_short = {.len = 15};

    (void)state;
    run_keys(&good, NULL, true, 0);
    run_keys(&other, "SHA384", true, 0);
    run_keys(&unknown_hash, NULL, false, HF_E_CALLBACK_FAILED);
    run_keys(&too_short, NULL, false, HF_E_CALLBACK_FAILED);
}

/* ---- early data ---- */

static hf_session *first_session(hf_config *client, hf_config *server)
{
    uint8_t bytes[8];
    size_t got;
    two t;

    join(&t, hf_config_up_ref(client), hf_config_up_ref(server));
    assert_true(go(&t));
    (void)hf_read(t.client, bytes, sizeof bytes, &got);
    hf_session *session = hf_conn_get1_session(t.client);
    assert_non_null(session);
    assert_int_equal(hf_session_max_early_data(session), 100);
    part(&t);
    return session;
}

static void test_early_data(void **state)
{
    hf_config *client = client_config(), *server = server_config(false);
    uint8_t bytes[8];
    size_t got = 0, written = 0;
    two t;

    (void)state;
    assert_int_equal(hf_config_set_early_data(server, 100), 1);
    hf_session *session = first_session(client, server);
    join(&t, client, server);
    assert_int_equal(hf_conn_set_session(t.client, session), 1);
    assert_int_equal(hf_conn_allow_early_data(t.client), 1);
    assert_int_equal(hf_conn_allow_early_data(t.server), 1);
    assert_int_equal(hf_set_connect_state(t.client), 1);
    assert_int_equal(hf_set_accept_state(t.server), 1);
    assert_int_equal(hf_write_early_data(t.client, "question", 8, &written), 1);

    /* Whoever does not ask for it does not get it. */
    assert_int_equal(hf_accept(t.server), -1);
    assert_int_equal(code_of(t.server), HF_E_EARLY_DATA_UNREAD);
    assert_int_equal(hf_read(t.server, bytes, sizeof bytes, &got), -1);
    assert_int_equal(code_of(t.server), HF_E_EARLY_DATA_UNREAD);
    assert_int_equal(got, 0);

    assert_int_equal(hf_read_early_data(t.server, bytes, 5, &got), 1);
    assert_int_equal(got, 5);
    assert_int_equal(hf_read_early_data(t.server, bytes + 5, 3, &got), 1);
    assert_memory_equal(bytes, "question", 8);
    assert_int_equal(hf_write_early_data(t.server, "answer", 6, &written), 1);
    assert_int_equal(hf_read_early_data(t.server, bytes, 8, &got), -1);
    assert_int_equal(hf_get_error(t.server, -1), HF_ERROR_WANT_READ);
    assert_int_equal(hf_connect(t.client), 1);
    assert_int_equal(hf_conn_early_data_status(t.client), HF_EARLY_DATA_ACCEPTED);
    assert_int_equal(hf_read_early_data(t.server, bytes, 8, &got), 1);
    assert_int_equal(got, 0);
    assert_int_equal(hf_accept(t.server), 1);
    assert_int_equal(hf_conn_early_data_status(t.server), HF_EARLY_DATA_ACCEPTED);
    assert_int_equal(hf_read(t.client, bytes, 8, &got), 1);
    assert_int_equal(got, 6);
    assert_memory_equal(bytes, "answer", 6);
    hf_session_free(session);
    part(&t);
}

/* Without a word of the server's application it is passed over. */
static void test_early_data_passed_over(void **state)
{
    hf_config *client = client_config(), *server = server_config(false);
    size_t written = 0;
    two t;

    (void)state;
    assert_int_equal(hf_config_set_early_data(server, 100), 1);
    hf_session *session = first_session(client, server);
    join(&t, client, server);
    assert_int_equal(hf_conn_set_session(t.client, session), 1);
    assert_int_equal(hf_conn_allow_early_data(t.client), 1);
    assert_int_equal(hf_set_connect_state(t.client), 1);
    assert_int_equal(hf_write_early_data(t.client, "question", 8, &written), 1);
    assert_true(go(&t));
    assert_int_equal(hf_conn_early_data_status(t.client), HF_EARLY_DATA_REJECTED);
    assert_int_equal(hf_conn_early_data_status(t.server), HF_EARLY_DATA_REJECTED);
    hf_session_free(session);
    part(&t);
}

/* ---- tickets ---- */

static void test_ticket_count(void **state)
{
    (void)state;
    for (size_t count = 0; count < 4; count++) {
        hf_config *server = server_config(false);
        uint8_t bytes[8];
        size_t got, tickets = 0;
        const char *name;
        int kind, what, direction;
        two t;
        assert_int_equal(hf_config_set_ticket_count(server, count), 1);
        join(&t, client_config(), server);
        assert_true(go(&t));
        (void)hf_read(t.client, bytes, sizeof bytes, &got);
        for (size_t i = 0; i < hf_trace_count(t.client); i++) {
            (void)hf_trace_event(t.client, i, &kind, &direction, &what, &name, NULL, NULL,
                                 NULL);
            tickets += kind == HF_TRACE_MESSAGE && strcmp(name, "NewSessionTicket") == 0;
        }
        assert_int_equal(tickets, count);
        part(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_hello_callback),
        cmocka_unit_test(test_config_from_outside),
        cmocka_unit_test(test_hello_refused),
        cmocka_unit_test(test_client_auth),
        cmocka_unit_test(test_client_auth_without_roots),
        cmocka_unit_test(test_verify_callback),
        cmocka_unit_test(test_verify_callback_overrules),
        cmocka_unit_test(test_alpn_callback),
        cmocka_unit_test(test_beside_the_certificate),
        cmocka_unit_test(test_psk_callback),
        cmocka_unit_test(test_early_data),
        cmocka_unit_test(test_early_data_passed_over),
        cmocka_unit_test(test_ticket_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
