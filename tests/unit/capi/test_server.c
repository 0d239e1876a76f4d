/* tests/unit/capi/test_server.c: what only servers set (handfast/server.h): callbacks
 * that look at the ClientHello and may wait, clients' certificates, protocols. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fixtures/client_fixtures.h"
#include "two_ends.h"

/* ---- what is refused ---- */

static void test_misuse(void **state)
{
    hf_config *config = two_ends_new_config();
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
    two_ends_show(config, false);
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
    assert_int_equal(two_ends_code_of(conn), HF_E_EARLY_DATA_UNAVAILABLE);
    /* The role was not taken yet. */
    assert_int_equal(hf_read(conn, bytes, 4, &got), -1);
    assert_int_equal(two_ends_code_of(conn), HF_E_ROLE_NOT_SET);
    assert_int_equal(hf_set_accept_state(conn), 1);
    assert_int_equal(hf_read_early_data(conn, bytes, 4, &got), -1);
    assert_int_equal(two_ends_code_of(conn), HF_E_EARLY_DATA_UNAVAILABLE);
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
    hf_config *server = two_ends_server_config(false);
    two t;

    (void)state;
    d.config = two_ends_server_config(true);
    assert_int_equal(hf_config_set_client_hello_callback(server, look, &d), 1);
    two_ends_join(&t, two_ends_client_config(), server);
    for (int i = 0; i < 2; i++) {
        two_ends_step(&t);
        assert_int_equal(hf_get_error(t.server, t.server_result),
                         HF_ERROR_WANT_CLIENT_HELLO_CB);
        assert_int_equal(hf_want(t.server), HF_WANT_CLIENT_HELLO_CB);
        assert_string_equal(d.name, "www.example");
        assert_true(d.had_hello && d.had_versions);
    }
    assert_true(two_ends_go(&t));
    assert_int_equal(d.calls, 3);
    assert_string_equal(hf_conn_signature_algorithm_name(t.client),
                        "rsa_pss_rsae_sha256");
    assert_int_equal(hf_conn_set_config(t.server, d.config), -HF_E_ALREADY_STARTED);
    assert_null(hf_conn_get0_client_hello(t.server, NULL));
    two_ends_part(&t);
    hf_config_free(d.config);
}

/* The configuration can be given while the callback is waited for, too. */
static void test_config_from_outside(void **state)
{
    decision d = {.waits = 1, .answer = 1};
    hf_config *server = two_ends_server_config(false),
              *other = two_ends_server_config(true);
    two t;

    (void)state;
    assert_int_equal(hf_config_set_client_hello_callback(server, look, &d), 1);
    two_ends_join(&t, two_ends_client_config(), server);
    two_ends_step(&t);
    assert_int_equal(hf_conn_set_config(t.server, other), 1);
    hf_config_free(other);
    assert_true(two_ends_go(&t));
    assert_string_equal(hf_conn_signature_algorithm_name(t.client),
                        "rsa_pss_rsae_sha256");
    two_ends_part(&t);
}

static void expect_refusal(int answer, int code, int alert)
{
    decision d = {.answer = answer};
    hf_config *server = two_ends_server_config(false);
    two t;

    assert_int_equal(hf_config_set_client_hello_callback(server, look, &d), 1);
    two_ends_join(&t, two_ends_client_config(), server);
    assert_false(two_ends_go(&t));
    assert_int_equal(two_ends_code_of(t.server), code);
    assert_int_equal(hf_error_alert(hf_conn_get0_error(t.client)), alert);
    two_ends_part(&t);
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
    hf_config *server = two_ends_server_config(false);

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

static void test_client_auth(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        two t;
        hf_config *client = two_ends_client_config();
        two_ends_show(client, false);
        hf_config *server = asking(HF_CLIENT_AUTH_REQUIRED);
        trust_clients(server);
        two_ends_only_version(server, tls12);
        two_ends_join(&t, client, server);
        assert_true(two_ends_go(&t));
        assert_int_equal(hf_conn_peer_certificate_count(t.server), 1);
        assert_int_equal(hf_conn_verify_result(t.server), 0);
        assert_int_equal(hf_conn_certificate_sent(t.client), 1);
        two_ends_part(&t);

        server = asking(HF_CLIENT_AUTH_OPTIONAL);
        trust_clients(server);
        two_ends_only_version(server, tls12);
        two_ends_join(&t, two_ends_client_config(), server);
        assert_true(two_ends_go(&t));
        assert_int_equal(hf_conn_peer_certificate_count(t.server), 0);
        two_ends_part(&t);

        server = asking(HF_CLIENT_AUTH_REQUIRED);
        trust_clients(server);
        two_ends_only_version(server, tls12);
        two_ends_join(&t, two_ends_client_config(), server);
        assert_false(two_ends_go(&t));
        assert_int_equal(two_ends_code_of(t.server),
                         tls12 ? HF_E_CLIENT_CERTIFICATE_MISSING_TLS12
                               : HF_E_CLIENT_CERTIFICATE_MISSING);
        two_ends_part(&t);
    }
}

/* The system's roots are not asked for clients: somebody must be named. */
static void test_client_auth_without_roots(void **state)
{
    two t;

    (void)state;
    two_ends_join(&t, two_ends_client_config(), asking(HF_CLIENT_AUTH_OPTIONAL));
    two_ends_step(&t);
    assert_int_equal(t.server_result, -1);
    assert_int_equal(two_ends_code_of(t.server), HF_E_TRUST_STORE_EMPTY);
    two_ends_part(&t);
}

static void run_verdict(verdict *v, bool open, int code)
{
    hf_config *client = two_ends_client_config(),
              *server = asking(HF_CLIENT_AUTH_REQUIRED);
    two t;

    two_ends_show(client, false);
    trust_clients(server);
    assert_int_equal(hf_config_set_verify_callback(server, judge, v), 1);
    two_ends_join(&t, client, server);
    while (v->waits > 0) {
        int before = v->waits;
        for (int i = 0; i < 4 && v->waits == before; i++)
            two_ends_step(&t);
        assert_int_equal(v->waits, before - 1);
        assert_int_equal(hf_get_error(t.server, t.server_result),
                         HF_ERROR_WANT_RETRY_VERIFY);
        assert_int_equal(hf_want(t.server), HF_WANT_RETRY_VERIFY);
    }
    (void)two_ends_go(&t);
    assert_int_equal(t.server_result == 1, open);
    assert_int_equal(open ? 0 : two_ends_code_of(t.server), code);
    assert_int_equal(v->certificates, 1);
    two_ends_part(&t);
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
    hf_config *client = two_ends_client_config(),
              *server = asking(HF_CLIENT_AUTH_REQUIRED);
    two t;

    (void)state;
    two_ends_show(client, true);
    assert_int_equal(hf_config_add_trust_memory(server, fixture_client_p256_der,
                                                fixture_client_p256_der_len),
                     1);
    assert_int_equal(hf_config_set_verify_callback(server, judge, &v), 1);
    two_ends_join(&t, client, server);
    assert_true(two_ends_go(&t));
    assert_int_equal(v.result, HF_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(hf_conn_verify_result(t.server), HF_E_CERT_UNKNOWN_ISSUER);
    two_ends_part(&t);
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
    hf_config *client = two_ends_client_config(), *server = two_ends_server_config(false);
    size_t len = 0;
    two t;

    assert_int_equal(hf_config_add_alpn(client, (const uint8_t *)"h2", 2), 1);
    assert_int_equal(hf_config_add_alpn(client, (const uint8_t *)"x", 1), 1);
    assert_int_equal(hf_config_set_alpn_callback(server, choose, c), 1);
    two_ends_join(&t, client, server);
    assert_int_equal(two_ends_go(&t), open);
    assert_int_equal(c->offered_len, 5);
    assert_memory_equal(c->offered, "\x02h2\x01x", 5);
    if (open) {
        const uint8_t *got = hf_conn_get0_alpn(t.client, &len);
        assert_int_equal(len, strlen(want));
        if (len != 0)
            assert_memory_equal(got, want, len);
    } else {
        assert_int_equal(two_ends_code_of(t.server), code);
    }
    two_ends_part(&t);
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

/* ---- a store that is told outside of the calls that drive ---- */

enum { NOT_LARGE = 8192 };

static void *only_what_is_not_large(void *context, size_t bytes)
{
    const bool *refuses = context;

    return *refuses && bytes > NOT_LARGE ? NULL : malloc(bytes);
}

static void release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

typedef struct lone_store {
    unsigned puts, removes;
    int cleared;
} lone_store;

static int find_none(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                     uint8_t *value, size_t value_size, size_t *value_len)
{
    (void)context, (void)conn, (void)id, (void)id_len;
    (void)value, (void)value_size, (void)value_len;
    return 0;
}

static void count_put(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                      const uint8_t *value, size_t value_len, int64_t lifetime)
{
    (void)conn, (void)id, (void)id_len, (void)value, (void)value_len, (void)lifetime;
    ((lone_store *)context)->puts++;
}

/* It does what it must not. */
static void free_it(void *context, hf_conn *conn, const uint8_t *id, size_t id_len)
{
    lone_store *store = context;

    (void)id, (void)id_len;
    store->removes++;
    store->cleared = hf_clear(conn);
    hf_conn_free(conn);
}

/* Bytes for which there is no memory end the connection, and with it the session. */
static void test_feeding_tells_the_store(void **state)
{
    static const uint8_t bytes[16384] = {23, 3, 3, 64, 0};
    bool refuses = false;
    const hf_allocator allocator = {sizeof allocator, only_what_is_not_large, release,
                                    &refuses};
    lone_store told = {0};
    const hf_session_store store = {sizeof store, find_none, count_put, free_it, &told};
    hf_config *server = hf_config_new(&allocator);
    size_t taken = 1;
    two t;

    (void)state;
    two_ends_show(server, false);
    two_ends_only_version(server, true);
    (void)hf_config_set_options(server, HF_OPTION_NO_TICKET);
    assert_int_equal(hf_config_set_session_store(server, &store), 1);
    two_ends_join(&t, two_ends_client_config(), server);
    assert_true(two_ends_go(&t));
    assert_int_equal(told.puts, 1);
    assert_int_equal(hf_conn_use_memory(t.server), 1);
    refuses = true;
    assert_int_equal(hf_conn_feed(t.server, bytes, sizeof bytes, &taken),
                     -HF_E_NO_MEMORY);
    assert_int_equal(told.removes, 1);
    assert_int_equal(told.cleared, -HF_E_CALLED_FROM_CALLBACK);
    assert_int_equal(two_ends_code_of(t.server), HF_E_NO_MEMORY);
    two_ends_part(&t);
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
        cmocka_unit_test(test_feeding_tells_the_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
