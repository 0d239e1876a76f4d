/* tests/flow/test_flow12_memory.c: the n-th allocation fails in a TLS 1.2 connection, for
 * every n; the n-th draw of entropy; and what is given back holds no secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

typedef struct kind {
    const char *name;
    script_config config;
    bool resumes;
    unsigned calls_max; /* of the handshake alone; 0: not looked at */
} kind;

#define TLS12 .tls12 = {.on = true}

static const kind kinds[] = {
    {"full", {TLS12, .tickets = 1}, false, 60},
    {"with an id", {.tls12 = {.on = true, .gives_id = true}}, false, 60},
    {"RSA, with a request",
     {TLS12, .key = SCRIPT_RSA, .requests_certificate = true, .sends_ca = true},
     false,
     60},
    {"resumed", {TLS12}, true, 60},
    {"resumed with a ticket", {TLS12, .tickets = 1}, true, 60},
    {"in small records", {TLS12, .record_size = 50, .tickets = 1}, false, 0},
    {"large", {TLS12, .coalesces = true, .leaf_copies = 50}, false, 60},
    {"a refused chain", {TLS12, .key = SCRIPT_EXPIRED}, false, 0},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const char plain[] = "these bytes are nobody else's business";

static flow earlier;

static int set_up(void **state)
{
    static const script_config with_ticket = {TLS12, .tickets = 1};

    (void)state;
    flow_init(&earlier, &with_ticket);
    return flow_run(&earlier) == HFI_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    flow_free(&earlier);
    return flow_left_over(&earlier) == NULL ? 0 : -1;
}

static void start(flow *f, const kind *k)
{
    flow_init(f, &k->config);
    if (k->resumes)
        flow_resume(f, &earlier);
}

/* A whole connection: each step ends it when it fails. */
static hfi_err live(flow *f)
{
    static const script_step request = {AT_CONNECTED, OP_RECORD, 1, "16 00000000"};
    static uint8_t large[40000];

    if (flow_run(f) != HFI_OK || flow_write(f, plain) != HFI_OK)
        return f->err;
    scripted_server_step(&f->server, &request);
    scripted_server_send(&f->server, hfi_view_of_text(plain));
    scripted_server_send(&f->server, hfi_view_of(large, sizeof large));
    f->piece = 1000;
    if (flow_pump(f) != HFI_OK || flow_write(f, plain) != HFI_OK)
        return f->err;
    f->err = hfi_conn_close(&f->client);
    if (f->err == HFI_OK)
        scripted_server_close(&f->server);
    return flow_pump(f);
}

static hfi_err good_end(const kind *k)
{
    return k->config.key == SCRIPT_EXPIRED ? HFI_E_CERT_EXPIRED : HFI_OK;
}

static void fail_at(const kind *k, size_t n, bool for_good)
{
    static const script_config fresh = {TLS12};
    flow f;

    start(&f, k);
    f.memory.fail_at = n;
    f.memory.fails_on = for_good;
    hfi_err err = live(&f);
    /* Of a refused chain the fault record alone may be lost. */
    if (err != HFI_E_NO_MEMORY && !(good_end(k) != HFI_OK && err == good_end(k)))
        fail_msg("%s, call %zu: %d", k->name, n, err);
    assert_int_equal(f.client.phase, HFI_PHASE_FAILED);
    const char *fault = f.client.bytes_out != 0 ? flow_conduct(&f) : NULL;
    if (fault != NULL)
        fail_msg("%s, call %zu: %s", k->name, n, fault);
    bool can_send =
        f.client.bytes_out != 0 && !f.client.close_sent &&
        f.client.keys_out.sequence != UINT64_MAX; /* no key: nothing goes out */
    if (!for_good && err == HFI_E_NO_MEMORY && can_send &&
        f.server.alert != HFI_ALERT_INTERNAL_ERROR)
        fail_msg("%s, call %zu: alert %d", k->name, n, f.server.alert);

    /* The same object connects once there is memory again. */
    f.memory.fail_at = 0;
    hfi_conn_reset(&f.client);
    scripted_server_free(&f.server);
    scripted_server_init(&f.server, &fresh);
    f.err = HFI_OK;
    assert_int_equal(live(&f), HFI_OK);
    flow_free(&f);
    fault = flow_left_over(&f);
    if (fault != NULL)
        fail_msg("%s, call %zu: %s", k->name, n, fault);
}

static void test_every_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        const kind *k = &kinds[i];
        flow f;

        start(&f, k);
        (void)flow_run(&f);
        size_t handshake = f.memory.calls, peak = f.memory.peak;
        flow_free(&f);
        start(&f, k);
        assert_int_equal(live(&f), good_end(k));
        size_t all = f.memory.calls;
        flow_free(&f);
        assert_null(flow_left_over(&f));
        print_message("# %s: %zu calls for the handshake (%zu bytes), %zu in all\n",
                      k->name, handshake, peak, all);
        assert_true(all > 5);
        if (k->calls_max != 0)
            assert_in_range(handshake, 1, k->calls_max);
        for (size_t n = 1; n <= all; n++) {
            fail_at(k, n, false);
            fail_at(k, n, true);
        }
    }
}

static void test_every_draw(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        for (size_t n = 1;; n++) {
            flow f;
            start(&f, &kinds[i]);
            f.random_fails_at = n;
            (void)flow_run(&f);
            bool drawn = f.random_calls >= n;
            assert_int_equal(f.err, drawn ? HFI_E_RANDOM_FAILED : good_end(&kinds[i]));
            if (drawn && f.client.bytes_out > 7)
                assert_int_equal(f.server.alert, HFI_ALERT_INTERNAL_ERROR);
            flow_free(&f);
            assert_null(flow_left_over(&f));
            if (!drawn)
                break;
            assert_in_range(n, 1, 20);
        }
    }
}

/* ---- secrets ---- */

static void remember(flow_memory *m, const uint8_t *p, size_t len)
{
    assert_true(m->secret_count < FLOW_SECRETS_MAX);
    assert_true(len <= HFI_SECRET_MAX);
    memcpy(m->secrets[m->secret_count], p, len);
    m->secret_len[m->secret_count++] = len;
}

/* Everything is fixed, so a first run tells what a second one must not leave behind, at
 * any moment of its life.  The master secret is seen in the key log besides. */
static void test_no_secret_is_left(void **state)
{
    static const script_config config = {TLS12, .tickets = 1, .group = 0x001d};
    flow first, second;
    uint8_t drawn[64], shared[32];

    (void)state;
    flow_init(&first, &config);
    flow_init(&second, &config);
    apply_row(&first, ROW_TLS12_ONLY | ROW_NO_COMPAT);
    apply_row(&second, ROW_TLS12_ONLY | ROW_NO_COMPAT);
    flow_memory *m = &second.memory;

    /* The private key is drawn behind the random. */
    uint64_t keep = second.random_state;
    assert_true(second.settings.random.fill(second.settings.random.ctx, drawn, 64));
    second.random_state = keep;

    assert_int_equal(live(&first), HFI_OK);
    const script12_state *t = &first.server.tls12;
    assert_int_equal(
        hfi_crypto_nettle.x25519->derive(drawn + 32, hfi_view_of(t->share, 32), shared),
        HFI_OK);
    assert_memory_equal(shared, t->premaster, 32);
    remember(m, drawn + 32, 32);
    remember(m, t->premaster, 32);
    remember(m, t->master, 48);
    remember(m, t->write_keys[HFI_CLIENT], 16);
    remember(m, t->write_keys[HFI_SERVER], 16);
    remember(m, (const uint8_t *)plain, sizeof plain - 1);

    assert_int_equal(live(&second), HFI_OK);
    flow_free(&first);
    flow_free(&second);
    assert_null(flow_left_over(&first));
    assert_null(flow_left_over(&second));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation),
        cmocka_unit_test(test_every_draw),
        cmocka_unit_test(test_no_secret_is_left),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
