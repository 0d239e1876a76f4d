/* tests/flow/test_flow_abort.c: the application ends a connection with an alert.
 * RFC 8446 6.2, RFC 5246 7.2.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

static void expect_aborted(flow *f, hfi_alert alert)
{
    f->err = hfi_conn_abort(&f->client, alert);
    assert_int_equal(f->err, HFI_E_ABORTED);
    assert_int_equal(f->client.phase, HFI_PHASE_FAILED);
    assert_int_equal(f->client.report.alert, alert);
    assert_int_equal(f->client.report.alert_direction, HFI_DIRECTION_SENT);
    (void)flow_pump(f);
    assert_int_equal(f->server.alert, alert);
    assert_int_equal(f->server.alert_level, 2);
    /* Once is enough. */
    assert_int_equal(hfi_conn_abort(&f->client, HFI_ALERT_INTERNAL_ERROR), HFI_E_ABORTED);
    assert_int_equal(hfi_conn_drain(&f->client).len, 0);
    const char *wrong = flow_conduct(f);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    flow_free(f);
    assert_null(flow_left_over(f));
}

static void test_established(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        script_config config = {.tls12 = {.on = version == 1}};
        flow f;
        flow_init(&f, &config);
        assert_int_equal(flow_run(&f), HFI_OK);
        expect_aborted(&f, HFI_ALERT_ACCESS_DENIED);
    }
}

static int wait(void *owner, hfi_err found)
{
    (void)owner, (void)found;
    return -1;
}

static void test_in_handshake(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        script_config config = {.tls12 = {.on = version == 1}};
        flow f;
        flow_init(&f, &config);
        f.settings.judge_chain = wait;
        assert_int_equal(flow_run(&f), HFI_OK);
        assert_int_equal(f.client.phase, HFI_PHASE_HANDSHAKE);
        expect_aborted(&f, HFI_ALERT_USER_CANCELED);
    }
}

/* Nothing more is told to a peer that has heard why. */
static void test_failed(void **state)
{
    script_config config = {.key = SCRIPT_UNKNOWN_CA};
    flow f;

    (void)state;
    flow_init(&f, &config);
    assert_int_equal(flow_run(&f), HFI_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(hfi_conn_abort(&f.client, HFI_ALERT_ACCESS_DENIED),
                     HFI_E_CERT_UNKNOWN_ISSUER);
    assert_int_equal(hfi_conn_drain(&f.client).len, 0);
    assert_int_equal(f.server.alert, HFI_ALERT_UNKNOWN_CA);
    flow_free(&f);
    assert_null(flow_left_over(&f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_established),
        cmocka_unit_test(test_in_handshake),
        cmocka_unit_test(test_failed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
