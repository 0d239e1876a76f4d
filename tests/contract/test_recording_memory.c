/* tests/contract/test_recording_memory.c: a limit of memory that is reached in a
 * handshake is reached in the replay, too, at the same place; and what recorders take
 * does not count. */
#include "server_stage.h"
#include "tape.h"

enum { PLENTY = 1 << 22, STEP = 1024 };

static void only_tls12(SSL_CTX *ctx)
{
    assert_int_equal(SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION), 1);
}

/* A recorder costs nothing of the limit, before and after. */
static void test_recorders_do_not_count(void **state)
{
    stage s;
    tape t = {.len = 0};

    (void)state;
    stage_open(&s, CARRIER_MEMORY);
    hf_config_free(s.config);
    s.config = stage_config_limited(&s.root, PLENTY);
    stage_new_conn(&s);
    size_t used = hf_config_memory_used(s.config);
    tape_record(&t, s.conn);
    assert_int_equal(hf_config_memory_used(s.config), used);
    stage_close(&s);
    tape_free(&t);
}

/* What a connection has that has not begun. */
static size_t before(stage *s, bool server)
{
    hf_config *was = s->config;

    s->config = stage_config_limited(server ? NULL : &s->root, PLENTY);
    if (server) {
        server_stage_use(s->config, &s->leaf);
        server_stage_again(s, NULL);
    } else {
        stage_new_conn(s);
    }
    size_t used = hf_config_memory_used(s->config);
    hf_config_free(s->config);
    s->config = was;
    return used;
}

/* Until it is done or fails; hf_conn_feed may be what fails. */
static bool shake(stage *s, int (*call)(hf_conn *conn))
{
    for (int i = 0; i < 20; i++) {
        int ret = call(s->conn);
        if (ret == 1)
            return true;
        if (hf_get_error(s->conn, ret) == HF_ERROR_SSL)
            return false;
        (void)stage_carry(s);
    }
    fail_msg("the handshake does not end");
    return false;
}

/* True: it is enough. */
static bool client_within(stage *s, size_t room)
{
    tape t = {.len = 0};
    size_t limit = before(s, false) + room;

    hf_config_free(s->config);
    s->config = stage_config_limited(&s->root, limit);
    stage_new_server(s);
    stage_new_conn(s);
    tape_record(&t, s->conn);
    bool done = shake(s, hf_connect);
    if (!done)
        assert_int_equal(stage_code(s), HF_E_NO_MEMORY);
    tape_assert_reproduced(&t, s->conn);
    tape_free(&t);
    return done;
}

static void every_limit_of_a_client(carrier kind, void (*configure)(SSL_CTX *ctx))
{
    size_t room = 0;
    stage s;

    stage_open_with(&s, kind, configure);
    while (!client_within(&s, room) && room < PLENTY)
        room += STEP;
    assert_true(room > STEP && room < PLENTY);
    stage_close(&s);
}

static void test_clients(void **state)
{
    (void)state;
    every_limit_of_a_client(CARRIER_CUSTOM, NULL);
    every_limit_of_a_client(CARRIER_MEMORY, only_tls12);
}

static bool server_within(stage *s, size_t room)
{
    tape t = {.len = 0};
    size_t limit = before(s, true) + room;

    hf_config_free(s->config);
    s->config = stage_config_limited(NULL, limit);
    server_stage_use(s->config, &s->leaf);
    server_stage_again(s, NULL);
    tape_record(&t, s->conn);
    bool done = shake(s, hf_accept);
    if (!done)
        assert_int_equal(stage_code(s), HF_E_NO_MEMORY);
    tape_assert_reproduced(&t, s->conn);
    tape_free(&t);
    return done;
}

static void every_limit_of_a_server(carrier kind, void (*configure)(SSL_CTX *ctx))
{
    size_t room = 0;
    stage s;

    server_stage_open(&s, kind, NULL, configure);
    while (!server_within(&s, room) && room < PLENTY)
        room += STEP;
    assert_true(room > STEP && room < PLENTY);
    stage_close(&s);
}

static void test_servers(void **state)
{
    (void)state;
    every_limit_of_a_server(CARRIER_MEMORY, NULL);
    every_limit_of_a_server(CARRIER_CUSTOM, only_tls12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorders_do_not_count),
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_servers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
