/* tests/flow/test_flow_groups.c: every group, hybrids with their curve beside them, and
 * HelloRetryRequest where there are two shares.  RFC 8446 4.1.4, 4.2.8;
 * draft-ietf-tls-ecdhe-mlkem 3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "rows.h"

enum { X25519MLKEM768 = 0x11ec, P256MLKEM768 = 0x11eb, X25519 = 0x001d, P256 = 0x0017 };

static const uint16_t all[] = {X25519MLKEM768, X25519, P256,  P256MLKEM768,
                               0x0018,         0x0019, 0x001e};

static void start(flow *f, const script_config *config, const uint16_t *groups, size_t n)
{
    flow_init(f, config);
    flow_choose_groups(f, groups, n);
    (void)flow_run(f);
}

static void finish(flow *f, hfi_err err, hfi_alert alert)
{
    const char *wrong = flow_conduct(f);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    assert_int_equal(f->err, err);
    if (err != HFI_OK)
        assert_int_equal(f->server.alert, alert);
    flow_free(f);
    assert_null(flow_left_over(f));
}

static void refused(script_config config, const uint16_t *groups, size_t n, hfi_err err)
{
    flow f;

    start(&f, &config, groups, n);
    finish(&f, err, HFI_ALERT_ILLEGAL_PARAMETER);
}

/* The share of a hybrid is a ciphertext and a point: no other length will do, nor will
 * a share of the curve under the hybrid's name. */
static void test_shares_of_wrong_length(void **state)
{
    static const char *const shares[] = {"11ec 0020 09*32",   "11ec 045f 01*1119",
                                         "11ec 0461 01*1121", "11ec 04a0 01*1184",
                                         "11ec 04c0 01*1216", "001d 0460 09*1120",
                                         "001d 001f 09*31"};

    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        script_config config = {.steps = {{AT_HELLO, OP_EXT_SET, 51, shares[i]}}};
        refused(config, all, 7, HFI_E_KEY_SHARE_INVALID);
    }
    script_config zero = {
        .steps = {{AT_HELLO, OP_EXT_SET, 51, "11ec 0460 00*1120"}}}; /* X25519 of 0 */
    refused(zero, all, 7, HFI_E_KEY_SHARE_INVALID);
    static const uint16_t p256_first[] = {P256MLKEM768, P256};
    script_config point = {
        .steps = {{AT_HELLO, OP_EXT_SET, 51, "11eb 0481 04 01*64 00*1088"}}};
    refused(point, p256_first, 2, HFI_E_KEY_SHARE_INVALID);
}

/* Two shares went out: neither may be asked for again. */
static void test_retry_for_what_was_shared(void **state)
{
    static const uint16_t hybrid_alone[] = {X25519MLKEM768, P256};

    (void)state;
    script_config hybrid = {.retries = 1, .group = X25519MLKEM768};
    refused(hybrid, all, 7, HFI_E_RETRY_GROUP_ALREADY_SHARED);
    script_config curve = {.retries = 1, .group = X25519};
    refused(curve, all, 7, HFI_E_RETRY_GROUP_ALREADY_SHARED);
    refused(curve, hybrid_alone, 2, HFI_E_UNOFFERED_GROUP);
    script_config unshared = {.group = 0x0018};
    refused(unshared, all, 7, HFI_E_UNOFFERED_GROUP);
}

/* After a retry only its group counts, also if it is the other share's hybrid. */
static void test_group_changed_after_retry(void **state)
{
    (void)state;
    script_config first = {.retries = 1,
                           .group = P256,
                           .steps = {{AT_HELLO, OP_EXT_SET, 51, "001d 0020 09*32"}}};
    refused(first, all, 7, HFI_E_GROUP_CHANGED);
    script_config hybrid = {.retries = 1,
                            .group = P256MLKEM768,
                            .steps = {{AT_HELLO, OP_EXT_SET, 51, "0017 0041 04 01*64"}}};
    refused(hybrid, all, 7, HFI_E_GROUP_CHANGED);
}

/* A hybrid does not exist in TLS 1.2, though the hello offers one for TLS 1.3. */
static void test_hybrid_in_tls12(void **state)
{
    (void)state;
    script_config config = {.tls12 = {.on = true, .params = "03 11ec 20 09*32"}};
    refused(config, all, 7, HFI_E_UNOFFERED_GROUP);
    static const uint16_t hybrid_alone[] = {P256MLKEM768};
    script_config curve = {.tls12 = {.on = true, .params = "03 0017 41 04 01*64"}};
    refused(curve, hybrid_alone, 1, HFI_E_UNOFFERED_GROUP);
}

static void agrees(script_config config, const uint16_t *groups, size_t n, uint16_t want)
{
    flow f;

    start(&f, &config, groups, n);
    assert_int_equal(f.client.agreed.group, want);
    assert_int_equal(flow_write(&f, "ping"), HFI_OK);
    assert_int_equal(f.server.data.len, 4);
    finish(&f, HFI_OK, HFI_ALERT_NONE);
}

static void test_every_group(void **state)
{
    (void)state;
    for (size_t i = 0; i < 7; i++) {
        script_config first = {.tickets = 0};
        agrees(first, &all[i], 1, all[i]);
        if (i < 2)
            continue; /* shared at once */
        script_config retried = {.retries = 1, .group = all[i]};
        agrees(retried, all, 7, all[i]);
    }
    script_config curve = {.group = X25519};
    agrees(curve, all, 7, X25519);
    script_config hybrid = {.group = X25519MLKEM768};
    agrees(hybrid, all, 7, X25519MLKEM768);
    static const uint16_t p256_first[] = {P256MLKEM768, X25519, P256};
    script_config p256 = {.group = P256};
    agrees(p256, p256_first, 3, P256);
}

/* A cookie alone keeps both shares (the scripted server compares them). */
static void test_cookie_keeps_both(void **state)
{
    (void)state;
    script_config cookie = {
        .retries = 1, .retry_without_group = true, .cookie = "01", .group = X25519};
    agrees(cookie, all, 7, X25519);
    cookie.group = X25519MLKEM768;
    agrees(cookie, all, 7, X25519MLKEM768);
}

static size_t count_shares(const flow *f)
{
    hfi_view data;
    size_t count = 0;

    assert_true(script_hello_find(&f->server.hello, SCRIPT_EXT_KEY_SHARE, &data));
    for (size_t at = 2; at < data.len; at += 4 + script_number(data.p + at + 2, 2))
        count++;
    return count;
}

/* The curve's share is the one inside of the hybrid's. */
static void test_what_is_sent(void **state)
{
    static const script_config config = {.tickets = 0};
    static const uint16_t other_curve[] = {X25519MLKEM768, P256};
    hfi_view hybrid, curve;
    uint16_t id = X25519MLKEM768;
    flow f;

    (void)state;
    start(&f, &config, all, 7);
    assert_int_equal(count_shares(&f), 2);
    assert_true(script_hello_share(&f.server.hello, &id, &hybrid));
    assert_int_equal(hybrid.len, 1216);
    id = X25519;
    assert_true(script_hello_share(&f.server.hello, &id, &curve));
    assert_int_equal(curve.len, 32);
    assert_memory_equal(hybrid.p + 1184, curve.p, 32);
    finish(&f, HFI_OK, HFI_ALERT_NONE);

    start(&f, &config, other_curve, 2);
    assert_int_equal(count_shares(&f), 1);
    finish(&f, HFI_OK, HFI_ALERT_NONE);
    start(&f, &config, all + 1, 6);
    assert_int_equal(count_shares(&f), 1);
    finish(&f, HFI_OK, HFI_ALERT_NONE);
}

static void test_entropy_fails(void **state)
{
    static const script_config config = {.tickets = 0};
    flow f;

    (void)state;
    for (size_t i = 1; i <= 2; i++) { /* one draw for all: random, id, scalar, seed */
        flow_init(&f, &config);
        flow_choose_groups(&f, all, 7);
        f.random_fails_at = i;
        (void)flow_run(&f);
        assert_int_equal(f.err, i == 1 ? HFI_E_RANDOM_FAILED : HFI_OK);
        assert_int_equal(f.random_calls, 1);
        flow_free(&f);
        assert_null(flow_left_over(&f));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_of_wrong_length),
        cmocka_unit_test(test_retry_for_what_was_shared),
        cmocka_unit_test(test_group_changed_after_retry),
        cmocka_unit_test(test_hybrid_in_tls12),
        cmocka_unit_test(test_every_group),
        cmocka_unit_test(test_cookie_keeps_both),
        cmocka_unit_test(test_what_is_sent),
        cmocka_unit_test(test_entropy_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
