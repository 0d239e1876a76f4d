/* tests/unit/capi/test_server_session.c: ticket keys, contexts and stores of a server;
 * many threads with one configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fixtures/client_fixtures.h"
#include "handfast/handfast.h"

enum { KEY = 48, VALUES = 4 };

/* ---- what is refused ---- */

static void test_misuse(void **state)
{
    uint8_t keys[9 * KEY];
    hf_config *config = hf_config_new(NULL);

    (void)state;
    for (size_t i = 0; i < 9; i++)
        memset(keys + i * KEY, 1 + (int)i, KEY);
    assert_int_equal(hf_config_set_ticket_keys(NULL, keys, KEY), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_ticket_keys(config, NULL, KEY),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_ticket_keys(config, keys, 0), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_ticket_keys(config, keys, KEY - 1),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_ticket_keys(config, keys, 9 * KEY),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_ticket_keys(config, keys, 8 * KEY), 1);

    assert_int_equal(hf_config_set_ticket_lifetime(NULL, 1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_ticket_lifetime(config, -1), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_ticket_lifetime(config, 604801),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_ticket_lifetime(config, 604800), 1);
    assert_int_equal(hf_config_set_ticket_lifetime(config, 0), 1);

    assert_int_equal(hf_config_set_session_context(NULL, keys, 1),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_session_context(config, NULL, 1),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_session_context(config, keys, 256),
                     -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_session_context(config, keys, 255), 1);
    assert_int_equal(hf_config_set_session_context(config, NULL, 0), 1);

    hf_session_store store = {.size = sizeof store};
    assert_int_equal(hf_config_set_session_store(NULL, NULL), -HF_E_INVALID_ARGUMENT);
    assert_int_equal(hf_config_set_session_store(config, NULL), 1);
    assert_int_equal(hf_config_set_session_store(config, &store), -HF_E_INVALID_ARGUMENT);

    /* Keys may be given at any time, the rest may not. */
    hf_conn *conn = hf_conn_new(config);
    assert_int_equal(hf_config_set_ticket_keys(config, keys, 2 * KEY), 1);
    assert_int_equal(hf_config_set_ticket_lifetime(config, 1), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_set_session_context(config, keys, 1), -HF_E_CONFIG_FROZEN);
    assert_int_equal(hf_config_set_session_store(config, NULL), -HF_E_CONFIG_FROZEN);
    hf_conn_free(conn);
    hf_config_free(config);
}

/* ---- two ends ---- */

static hf_config *server_config(void)
{
    hf_config *config = hf_config_new(NULL);

    assert_non_null(config);
    assert_int_equal(hf_config_use_certificate_chain_memory(
                         config, fixture_client_p256_der, fixture_client_p256_der_len),
                     1);
    assert_int_equal(hf_config_use_private_key_memory(config, fixture_client_p256_key,
                                                      fixture_client_p256_key_len, NULL),
                     1);
    return config;
}

static hf_config *client_config(void)
{
    hf_config *config = hf_config_new(NULL);

    assert_non_null(config);
    assert_int_equal(hf_config_disable_certificate_verification(config), 1);
    assert_int_equal(hf_config_disable_hostname_check(config), 1);
    return config;
}

typedef struct two {
    hf_conn *client, *server;
    int client_result, server_result;
} two;

static void join(two *t, hf_config *client, hf_config *server, hf_session *session)
{
    hf_bio *a, *b;

    memset(t, 0, sizeof *t);
    t->client = hf_conn_new(client);
    t->server = hf_conn_new(server);
    if (t->client == NULL || t->server == NULL || hf_bio_new_pair(&a, 0, &b, 0) != 1 ||
        hf_conn_set0_bio(t->client, a) != 1 || hf_conn_set0_bio(t->server, b) != 1 ||
        (session != NULL && hf_conn_set_session(t->client, session) != 1))
        abort();
}

static bool go(two *t)
{
    uint8_t bytes[16];
    size_t got;

    for (int i = 0; i < 40 && (t->client_result != 1 || t->server_result != 1); i++) {
        t->client_result = hf_connect(t->client);
        t->server_result = hf_accept(t->server);
    }
    (void)hf_read(t->client, bytes, sizeof bytes, &got); /* tickets of TLS 1.3 */
    return t->client_result == 1 && t->server_result == 1;
}

static void part(two *t)
{
    hf_conn_free(t->client);
    hf_conn_free(t->server);
}

/* ---- a store that takes its time ---- */

typedef struct memory {
    uint8_t id[VALUES][32];
    uint8_t value[VALUES][HF_SESSION_STORE_VALUE_MAX];
    size_t len[VALUES];
    size_t count;
    int waits;
    int64_t lifetime;
} memory;

static int find(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                uint8_t *value, size_t value_size, size_t *value_len)
{
    memory *m = context;

    (void)conn;
    if (m->waits-- > 0)
        return -1;
    for (size_t i = 0; i < m->count; i++) {
        if (id_len != 32 || memcmp(m->id[i], id, 32) != 0)
            continue;
        if (m->len[i] > value_size)
            return 0;
        memcpy(value, m->value[i], m->len[i]);
        *value_len = m->len[i];
        return 1;
    }
    return 0;
}

static void put(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                const uint8_t *value, size_t value_len, int64_t lifetime)
{
    memory *m = context;

    (void)conn;
    if (id_len != 32 || m->count == VALUES || value_len > HF_SESSION_STORE_VALUE_MAX)
        return;
    memcpy(m->id[m->count], id, 32);
    memcpy(m->value[m->count], value, value_len);
    m->len[m->count++] = value_len;
    m->lifetime = lifetime;
}

static void test_store(void **state)
{
    static const char *const versions[] = {"TLSv1.2", "TLSv1.3"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        static memory m;
        two t;
        hf_session_store store = {sizeof store, find, put, NULL, &m};
        hf_config *server = server_config(), *client = client_config();
        memset(&m, 0, sizeof m);
        assert_int_equal(hf_config_set_session_store(server, &store), 1);
        assert_int_equal(hf_config_set_ticket_lifetime(server, 100), 1);
        assert_true((hf_config_set_options(server, HF_OPTION_NO_TICKET) &
                     HF_OPTION_NO_TICKET) != 0);
        assert_int_equal(hf_config_set_versions(server, versions[i]), 1);
        join(&t, client, server, NULL);
        assert_true(go(&t));
        hf_session *session = hf_conn_get1_session(t.client);
        assert_non_null(session);
        assert_true(m.count != 0);
        assert_int_equal(m.lifetime, 100);
        part(&t);

        join(&t, client, server, session);
        m.waits = 2;
        assert_int_equal(hf_connect(t.client), -1);
        for (int k = 0; k < 2; k++) {
            assert_int_equal(hf_accept(t.server), -1);
            assert_int_equal(hf_get_error(t.server, -1), HF_ERROR_WANT_CLIENT_HELLO_CB);
            assert_int_equal(hf_want(t.server), HF_WANT_CLIENT_HELLO_CB);
        }
        assert_true(go(&t));
        assert_int_equal(hf_conn_session_reused(t.server), 1);
        assert_int_equal(hf_conn_session_reused(t.client), 1);
        part(&t);
        hf_session_free(session);
        hf_config_free(server);
        hf_config_free(client);
    }
}

/* Two configurations with the same keys take each other's tickets, in both versions. */
static void test_shared_keys(void **state)
{
    uint8_t keys[2 * KEY];

    (void)state;
    memset(keys, 7, KEY);
    memset(keys + KEY, 9, KEY);
    for (int other = 0; other < 4; other++) {
        two t;
        hf_config *first = server_config(), *second = server_config();
        hf_config *client = client_config();
        if (other & 1)
            assert_int_equal(hf_config_set_versions(first, "TLSv1.2"), 1);
        if (other & 1)
            assert_int_equal(hf_config_set_versions(second, "TLSv1.2"), 1);
        assert_int_equal(hf_config_set_ticket_keys(first, keys, KEY), 1);
        assert_int_equal(
            hf_config_set_ticket_keys(second, other & 2 ? keys + KEY : keys, KEY), 1);
        join(&t, client, first, NULL);
        assert_true(go(&t));
        hf_session *session = hf_conn_get1_session(t.client);
        assert_non_null(session);
        part(&t);
        join(&t, client, second, session);
        assert_true(go(&t));
        assert_int_equal(hf_conn_session_reused(t.server), other & 2 ? 0 : 1);
        part(&t);
        hf_session_free(session);
        hf_config_free(first);
        hf_config_free(second);
        hf_config_free(client);
    }
}

/* ---- threads ---- */

enum { THREADS = 3, HANDSHAKES = 30 };

static hf_config *shared_server, *shared_client;

static void *shake_hands(void *arg)
{
    size_t *resumed = arg;
    hf_session *session = NULL;

    for (int i = 0; i < HANDSHAKES; i++) {
        two t;
        join(&t, shared_client, shared_server, session);
        hf_session_free(session);
        bool good = go(&t);
        *resumed += (size_t)hf_conn_session_reused(t.server);
        session = hf_conn_get1_session(t.client);
        part(&t);
        if (!good)
            return NULL;
    }
    hf_session_free(session);
    return arg;
}

/* The newest key changes meanwhile; the one before it still opens. */
static void *change_keys(void *arg)
{
    uint8_t keys[3 * KEY];

    for (int i = 1; i <= 200; i++) {
        for (int k = 0; k < 3; k++)
            memset(keys + k * KEY, 1 + (i + k) % 250, KEY);
        if (hf_config_set_ticket_keys(shared_server, keys, sizeof keys) != 1)
            return NULL;
    }
    return arg;
}

static void test_threads(void **state)
{
    static const char *const versions[] = {"TLSv1.2", "TLSv1.3"};

    (void)state;
    for (size_t v = 0; v < 2; v++) {
        pthread_t threads[THREADS + 1];
        size_t resumed[THREADS] = {0};
        int token;
        void *result;
        shared_server = server_config();
        shared_client = client_config();
        assert_int_equal(hf_config_set_versions(shared_client, versions[v]), 1);
        for (size_t i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, shake_hands, &resumed[i]),
                             0);
        assert_int_equal(pthread_create(&threads[THREADS], NULL, change_keys, &token), 0);
        for (size_t i = 0; i < THREADS; i++) {
            assert_int_equal(pthread_join(threads[i], &result), 0);
            assert_ptr_equal(result, &resumed[i]);
            assert_true(resumed[i] != 0);
        }
        assert_int_equal(pthread_join(threads[THREADS], &result), 0);
        assert_ptr_equal(result, &token);
        hf_config_free(shared_server);
        hf_config_free(shared_client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_store),
        cmocka_unit_test(test_shared_keys),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
