/* tests/unit/capi/test_server_keys.c: a server's keys (handfast/server.h): those that are
 * elsewhere, certificates that are chosen late, what goes out beside them, pre-shared
 * keys, early data, tickets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "fixtures/client_fixtures.h"
#include "two_ends.h"

/* ---- beside the certificate ---- */

static void test_beside_the_certificate(void **state)
{
    static const uint8_t staple[] = {0x30, 0x03, 0x0a, 0x01, 0x01};
    static const uint8_t scts[] = {0, 5, 0, 3, 1, 2, 3};

    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hf_config *client = two_ends_client_config(),
                  *server = two_ends_server_config(false);
        size_t len;
        two t;
        (void)hf_config_set_options(client, HF_OPTION_REQUEST_SCTS);
        two_ends_only_version(client, tls12);
        assert_int_equal(hf_config_set_ocsp_response(server, scts, sizeof scts), 1);
        assert_int_equal(hf_config_set_ocsp_response(server, staple, sizeof staple), 1);
        assert_int_equal(hf_config_set_sct_list(server, scts, sizeof scts), 1);
        two_ends_join(&t, client, server);
        assert_true(two_ends_go(&t));
        const uint8_t *got = hf_conn_get0_ocsp_response(t.client, &len);
        assert_int_equal(len, sizeof staple);
        assert_memory_equal(got, staple, sizeof staple);
        got = hf_conn_get0_sct_list(t.client, &len);
        assert_int_equal(len, sizeof scts);
        assert_memory_equal(got, scts, sizeof scts);
        two_ends_part(&t);
    }
}

/* As large as they may be: in TLS 1.2 the list stands in the ServerHello. */
static void test_large_beside_the_certificate(void **state)
{
    enum { MOST = 32000 };
    static uint8_t staple[MOST + 1], scts[MOST + 1];

    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hf_config *client = two_ends_client_config(),
                  *server = two_ends_server_config(false);
        size_t len;
        two t;
        for (size_t more = 2; more-- > 0;) { /* one too many, then the most */
            size_t all = MOST + more - 2, one = all - 2;
            memcpy(scts, (uint8_t[]){all >> 8, all & 255, one >> 8, one & 255}, 4);
            assert_int_equal(hf_config_set_sct_list(server, scts, MOST + more),
                             more != 0 ? -HF_E_INPUT_TOO_LARGE : 1);
            assert_int_equal(hf_config_set_ocsp_response(server, staple, MOST + more),
                             more != 0 ? -HF_E_INPUT_TOO_LARGE : 1);
        }
        (void)hf_config_set_options(client, HF_OPTION_REQUEST_SCTS);
        two_ends_only_version(client, tls12);
        (void)hf_config_disable_certificate_verification(client);
        two_ends_join(&t, client, server);
        assert_true(two_ends_go(&t));
        const uint8_t *got = hf_conn_get0_ocsp_response(t.client, &len);
        assert_int_equal(len, MOST);
        assert_memory_equal(got, staple, MOST);
        got = hf_conn_get0_sct_list(t.client, &len);
        assert_int_equal(len, MOST);
        assert_memory_equal(got, scts, MOST);
        two_ends_part(&t);
    }
}

/* ---- keys elsewhere, certificates chosen late ---- */

/* A configuration that has the key signs for one that has not. */
typedef struct signer {
    int waits;
    int answer;
    int scheme;
    size_t len;
} signer;

static int refuse_or_wait(void *context, hf_conn *conn, int scheme,
                          const uint8_t *content, size_t len, uint8_t *signature,
                          size_t size, size_t *signature_len)
{
    signer *g = context;

    (void)conn;
    (void)content;
    g->scheme = scheme;
    g->len = len;
    if (g->waits-- > 0)
        return -1;
    memset(signature, 1, size < 70 ? size : 70);
    *signature_len = 70;
    return g->answer;
}

static hf_config *without_key(void)
{
    hf_config *config = two_ends_new_config();

    assert_int_equal(hf_config_use_certificate_chain_memory(
                         config, fixture_client_p256_der, fixture_client_p256_der_len),
                     1);
    return config;
}

/* It is asked for what to sign, waits, and a wrong answer goes to nobody. */
static void test_key_elsewhere(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        signer g = {.waits = 1, .answer = 1};
        hf_config *server = without_key();
        size_t len;
        int scheme;
        two t;
        two_ends_only_version(server, tls12);
        assert_int_equal(hf_config_set_sign_function(server, refuse_or_wait, &g), 1);
        two_ends_join(&t, two_ends_client_config(), server);
        two_ends_step(&t);
        assert_int_equal(hf_get_error(t.server, t.server_result), HF_ERROR_WANT_ASYNC);
        assert_int_equal(g.scheme, 0x0403);
        assert_non_null(hf_conn_get0_sign_request(t.server, &scheme, &len));
        assert_int_equal(scheme, 0x0403);
        assert_int_equal(len, g.len);
        assert_false(two_ends_go(&t));
        assert_int_equal(two_ends_code_of(t.server), HF_E_CALLBACK_FAILED);
        two_ends_part(&t);
    }
}

static int give_certificate(void *context, hf_conn *conn)
{
    int *waits = context;

    if ((*waits)-- > 0)
        return -1;
    if (hf_conn_use_certificate_chain_memory(conn, fixture_client_p256_der,
                                             fixture_client_p256_der_len) != 1 ||
        hf_conn_use_private_key_memory(conn, fixture_client_p256_key,
                                       fixture_client_p256_key_len, NULL) != 1)
        return 0;
    return 1;
}

static void test_certificate_callback(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hf_config *server = two_ends_new_config();
        int waits = 2;
        two t;
        two_ends_only_version(server, tls12);
        assert_int_equal(
            hf_config_set_certificate_callback(server, give_certificate, &waits), 1);
        two_ends_join(&t, two_ends_client_config(), server);
        for (int i = 0; i < 2; i++) {
            two_ends_step(&t);
            assert_int_equal(hf_get_error(t.server, t.server_result),
                             HF_ERROR_WANT_X509_LOOKUP);
        }
        assert_true(two_ends_go(&t));
        two_ends_part(&t);
    }
}

static void test_no_certificate(void **state)
{
    two t;

    (void)state;
    two_ends_join(&t, two_ends_client_config(), two_ends_new_config());
    two_ends_step(&t);
    assert_int_equal(t.server_result, -1);
    assert_int_equal(two_ends_code_of(t.server), HF_E_SERVER_CERTIFICATE_NOT_SET);
    two_ends_part(&t);
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
    hf_config *server = two_ends_new_config();
    two t;

    assert_int_equal(hf_config_set_psk_callback(server, find_key, k), 1);
    two_ends_join(&t, two_ends_client_config(), server);
    assert_int_equal(hf_conn_set_psk(t.client, (const uint8_t *)"me", 2, shared,
                                     sizeof shared, client_hash),
                     1);
    if (k->waits > 0) {
        two_ends_step(&t);
        assert_int_equal(hf_get_error(t.server, t.server_result),
                         HF_ERROR_WANT_CLIENT_HELLO_CB);
    }
    assert_int_equal(two_ends_go(&t), open);
    if (open)
        assert_int_equal(hf_conn_psk_used(t.server), 1);
    else
        assert_int_equal(two_ends_code_of(t.server), code);
    two_ends_part(&t);
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

    two_ends_join(&t, hf_config_up_ref(client), hf_config_up_ref(server));
    assert_true(two_ends_go(&t));
    (void)hf_read(t.client, bytes, sizeof bytes, &got);
    hf_session *session = hf_conn_get1_session(t.client);
    assert_non_null(session);
    assert_int_equal(hf_session_max_early_data(session), 100);
    two_ends_part(&t);
    return session;
}

static void test_early_data(void **state)
{
    hf_config *client = two_ends_client_config(), *server = two_ends_server_config(false);
    uint8_t bytes[8];
    size_t got = 0, written = 0;
    two t;

    (void)state;
    assert_int_equal(hf_config_set_early_data(server, 100), 1);
    hf_session *session = first_session(client, server);
    two_ends_join(&t, client, server);
    assert_int_equal(hf_conn_set_session(t.client, session), 1);
    assert_int_equal(hf_conn_allow_early_data(t.client), 1);
    assert_int_equal(hf_conn_allow_early_data(t.server), 1);
    assert_int_equal(hf_set_connect_state(t.client), 1);
    assert_int_equal(hf_set_accept_state(t.server), 1);
    assert_int_equal(hf_write_early_data(t.client, "question", 8, &written), 1);

    /* Whoever does not ask for it does not get it. */
    assert_int_equal(hf_accept(t.server), -1);
    assert_int_equal(two_ends_code_of(t.server), HF_E_EARLY_DATA_UNREAD);
    assert_int_equal(hf_read(t.server, bytes, sizeof bytes, &got), -1);
    assert_int_equal(two_ends_code_of(t.server), HF_E_EARLY_DATA_UNREAD);
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
    two_ends_part(&t);
}

typedef struct ledger {
    hf_conn *conn;
    unsigned asked;
    int answer;
} ledger;

static int ask_ledger(void *context, hf_conn *conn, const uint8_t *hello, size_t len,
                      int64_t seconds)
{
    ledger *l = context;

    l->conn = conn;
    l->asked++;
    assert_non_null(hello);
    assert_int_equal(len, 32);
    assert_in_range(seconds, 20, 60);
    return l->answer;
}

/* The register decides, in the place of the memory of the process. */
static void test_early_data_register(void **state)
{
    (void)state;
    assert_int_equal(hf_config_set_early_data_register(NULL, ask_ledger, NULL),
                     -HF_E_INVALID_ARGUMENT);
    for (int answer = -1; answer < 3; answer++) {
        hf_config *client = two_ends_client_config(),
                  *server = two_ends_server_config(false);
        ledger l = {NULL, 0, answer};
        bool takes = answer == 1 || answer == 2;
        uint8_t bytes[8];
        size_t got = 0, written = 0;
        two t;

        assert_int_equal(hf_config_set_early_data(server, 100), 1);
        assert_int_equal(hf_config_set_early_data_register(server, ask_ledger, &l), 1);
        if (answer == 2) /* taken away again */
            assert_int_equal(hf_config_set_early_data_register(server, NULL, &l), 1);
        hf_session *session = first_session(client, server);
        assert_int_equal(hf_config_set_early_data_register(server, ask_ledger, &l),
                         -HF_E_CONFIG_FROZEN);
        two_ends_join(&t, client, server);
        assert_int_equal(hf_conn_set_session(t.client, session), 1);
        assert_int_equal(hf_conn_allow_early_data(t.client), 1);
        assert_int_equal(hf_conn_allow_early_data(t.server), 1);
        assert_int_equal(hf_set_connect_state(t.client), 1);
        assert_int_equal(hf_write_early_data(t.client, "question", 8, &written), 1);
        assert_int_equal(hf_read_early_data(t.server, bytes, 8, &got), 1);
        assert_int_equal(got, takes ? 8 : 0);
        assert_int_equal(l.asked, answer != 2);
        assert_ptr_equal(l.conn, answer != 2 ? t.server : NULL);
        assert_true(two_ends_go(&t));
        assert_int_equal(hf_conn_early_data_status(t.server),
                         takes ? HF_EARLY_DATA_ACCEPTED : HF_EARLY_DATA_REJECTED);
        hf_session_free(session);
        two_ends_part(&t);
    }
}

/* It is the first call of a server that has no role yet, or another one until now. */
static void test_early_data_takes_the_role(void **state)
{
    (void)state;
    for (int had_other = 0; had_other < 2; had_other++) {
        hf_config *client = two_ends_client_config(),
                  *server = two_ends_server_config(false);
        uint8_t bytes[8];
        size_t got = 7, written = 0;
        two t;

        assert_int_equal(hf_config_set_early_data(server, 100), 1);
        hf_session *session = first_session(client, server);
        two_ends_join(&t, client, server);
        assert_int_equal(hf_conn_set_session(t.client, session), 1);
        assert_int_equal(hf_conn_allow_early_data(t.client), 1);
        assert_int_equal(hf_conn_allow_early_data(t.server), 1);
        assert_int_equal(hf_set_connect_state(t.client), 1);
        if (had_other)
            assert_int_equal(hf_set_connect_state(t.server), 1);
        assert_int_equal(hf_read_early_data(t.server, bytes, 8, &got), -1);
        assert_int_equal(hf_get_error(t.server, -1), HF_ERROR_WANT_READ);
        assert_int_equal(got, 0);
        assert_int_equal(hf_write_early_data(t.client, "question", 8, &written), 1);
        assert_int_equal(hf_read_early_data(t.server, bytes, 8, &got), 1);
        assert_memory_equal(bytes, "question", 8);

        /* A client has none to read, before its end and after it. */
        assert_int_equal(hf_read_early_data(t.client, bytes, 8, &got), -1);
        assert_int_equal(two_ends_code_of(t.client), HF_E_ROLE_UNAVAILABLE);
        assert_true(two_ends_go(&t));
        assert_int_equal(hf_read_early_data(t.client, bytes, 8, &got), -1);
        assert_int_equal(two_ends_code_of(t.client), HF_E_ROLE_UNAVAILABLE);
        assert_int_equal(got, 0);
        /* A server that is done has no more. */
        assert_int_equal(hf_read_early_data(t.server, bytes, 8, &got), 1);
        assert_int_equal(got, 0);
        hf_session_free(session);
        two_ends_part(&t);
    }
}

/* Without a word of the server's application it is passed over. */
static void test_early_data_passed_over(void **state)
{
    hf_config *client = two_ends_client_config(), *server = two_ends_server_config(false);
    size_t written = 0;
    two t;

    (void)state;
    assert_int_equal(hf_config_set_early_data(server, 100), 1);
    hf_session *session = first_session(client, server);
    two_ends_join(&t, client, server);
    assert_int_equal(hf_conn_set_session(t.client, session), 1);
    assert_int_equal(hf_conn_allow_early_data(t.client), 1);
    assert_int_equal(hf_set_connect_state(t.client), 1);
    assert_int_equal(hf_write_early_data(t.client, "question", 8, &written), 1);
    assert_true(two_ends_go(&t));
    assert_int_equal(hf_conn_early_data_status(t.client), HF_EARLY_DATA_REJECTED);
    assert_int_equal(hf_conn_early_data_status(t.server), HF_EARLY_DATA_REJECTED);
    hf_session_free(session);
    two_ends_part(&t);
}

/* ---- tickets ---- */

static void test_ticket_count(void **state)
{
    (void)state;
    for (size_t count = 0; count < 4; count++) {
        hf_config *server = two_ends_server_config(false);
        uint8_t bytes[8];
        size_t got, tickets = 0;
        const char *name;
        int kind, what, direction;
        two t;
        assert_int_equal(hf_config_set_ticket_count(server, count), 1);
        two_ends_join(&t, two_ends_client_config(), server);
        assert_true(two_ends_go(&t));
        (void)hf_read(t.client, bytes, sizeof bytes, &got);
        for (size_t i = 0; i < hf_trace_count(t.client); i++) {
            (void)hf_trace_event(t.client, i, &kind, &direction, &what, &name, NULL, NULL,
                                 NULL);
            tickets += kind == HF_TRACE_MESSAGE && strcmp(name, "NewSessionTicket") == 0;
        }
        assert_int_equal(tickets, count);
        two_ends_part(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beside_the_certificate),
        cmocka_unit_test(test_large_beside_the_certificate),
        cmocka_unit_test(test_key_elsewhere),
        cmocka_unit_test(test_certificate_callback),
        cmocka_unit_test(test_no_certificate),
        cmocka_unit_test(test_psk_callback),
        cmocka_unit_test(test_early_data),
        cmocka_unit_test(test_early_data_register),
        cmocka_unit_test(test_early_data_takes_the_role),
        cmocka_unit_test(test_early_data_passed_over),
        cmocka_unit_test(test_ticket_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
