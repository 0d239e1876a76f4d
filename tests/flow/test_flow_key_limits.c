/* tests/flow/test_flow_key_limits.c: how many records one key protects.  RFC 8446 5.5,
 * 4.6.3.  The AEAD is the real one with a small limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

enum { LIMIT = 4 };

typedef struct limited {
    flow f;
    hfi_crypto crypto;
    hfi_aead aead;
} limited;

static void start(limited *l, const script_config *config)
{
    l->crypto = hfi_crypto_nettle;
    l->aead = *hfi_crypto_nettle.aes_128_gcm;
    l->aead.record_limit = LIMIT;
    l->crypto.aes_128_gcm = &l->aead;
    flow_init(&l->f, config);
    apply_row(&l->f, ROW_AES_128_ONLY);
    l->f.settings.crypto = &l->crypto;
    assert_int_equal(flow_run(&l->f), HFI_OK);
    assert_int_equal(l->f.client.phase, HFI_PHASE_OPEN);
}

static void finish(limited *l)
{
    const char *fault = flow_conduct(&l->f);

    if (fault != NULL)
        fail_msg("%s", fault);
    flow_free(&l->f);
    fault = flow_left_over(&l->f);
    if (fault != NULL)
        fail_msg("%s", fault);
}

static void receive(limited *l, size_t records)
{
    size_t before = l->f.received.len;

    for (size_t i = 0; i < records; i++) {
        scripted_server_send(&l->f.server, hfi_view_of_text("y"));
        assert_int_equal(flow_pump(&l->f), HFI_OK);
    }
    assert_int_equal(l->f.received.len, before + records);
}

/* A peer that never changes its key is asked to, once, and heard all the same. */
static void test_peer_goes_on(void **state)
{
    static const script_config config = {.ignores_update_requests = true};
    limited l;

    (void)state;
    start(&l, &config);
    receive(&l, LIMIT - 1);
    assert_int_equal(l.f.server.updates, 0);
    receive(&l, 1);
    assert_int_equal(l.f.server.update_requests, 1);
    receive(&l, 10 * LIMIT);
    assert_int_equal(l.f.server.updates, 1);
    assert_int_equal(flow_write(&l.f, "x"), HFI_OK);
    assert_int_equal(l.f.server.data.len, 1);
    finish(&l);
}

/* Records all at once: the question goes out when they have been read. */
static void test_asked_within_a_burst(void **state)
{
    static const script_config config = {.ignores_update_requests = true};
    limited l;

    (void)state;
    start(&l, &config);
    for (int i = 0; i < 3 * LIMIT; i++)
        scripted_server_send(&l.f.server, hfi_view_of_text("y"));
    assert_int_equal(flow_pump(&l.f), HFI_OK);
    assert_int_equal(l.f.received.len, 3 * LIMIT);
    assert_int_equal(l.f.server.update_requests, 1);
    finish(&l);
}

/* A peer that answers is asked again when its next key is used up. */
static void test_peer_updates(void **state)
{
    static const script_config config = {.tickets = 0};
    limited l;

    (void)state;
    start(&l, &config);
    for (unsigned i = 1; i <= 5; i++) {
        receive(&l, LIMIT);
        assert_int_equal(l.f.server.update_requests, i);
        assert_true(l.f.client.keys_in.sequence < LIMIT);
    }
    finish(&l);
}

/* After our close_notify nothing is asked any more; the data still comes. */
static void test_not_asked_after_close(void **state)
{
    static const script_config config = {.tickets = 0};
    limited l;

    (void)state;
    start(&l, &config);
    assert_int_equal(hfi_conn_close(&l.f.client), HFI_OK);
    receive(&l, 2 * LIMIT);
    assert_int_equal(l.f.server.updates, 0);
    finish(&l);
}

/* Our own key is changed before its limit, unasked. */
static void test_own_key(void **state)
{
    static const script_config config = {.tickets = 0};
    limited l;

    (void)state;
    start(&l, &config);
    for (unsigned i = 1; i <= 5 * LIMIT; i++) {
        assert_int_equal(flow_write(&l.f, "x"), HFI_OK);
        assert_true(l.f.client.keys_out.sequence <= LIMIT);
    }
    assert_int_equal(l.f.server.data.len, 5 * LIMIT);
    assert_true(l.f.server.updates >= 5);
    assert_int_equal(l.f.server.update_requests, 0);
    finish(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peer_goes_on), cmocka_unit_test(test_asked_within_a_burst),
        cmocka_unit_test(test_peer_updates), cmocka_unit_test(test_not_asked_after_close),
        cmocka_unit_test(test_own_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
