/* tests/flow/test_couple_cookie.c: a HelloRetryRequest with a cookie: who answers it need
 * not be who sent it.  RFC 8446 4.2.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "couple.h"

/* The client's share is of a group that the server does not have. */
static void init(couple *c)
{
    couple_init(c, SCRIPT_P256);
    couple_version(c, 0x0304);
    c->server.settings.groups[0] = 0x0018;
    c->server.settings.group_count = 1;
    c->server.conn.options |= HFI_OPTION_COOKIE;
}

static void finish(couple *c)
{
    couple_free(c);
    assert_null(couple_left_over(c));
}

/* Up to the second hello, which waits at the client. */
static void run_to_retry(couple *c)
{
    c->server.err = hfi_conn_start_server(&c->server.conn);
    c->client.err = hfi_conn_start_client(&c->client.conn);
    c->client.way.cut_at = hfi_conn_drain(&c->client.conn).len;
    assert_int_equal(couple_pump(c), HFI_OK);
    assert_true(c->client.conn.agreed.retried);
    c->client.way.cut_at = SIZE_MAX;
}

static void another_server(couple *c)
{
    hfi_conn_reset(&c->server.conn);
    c->server.log_lines = 0;
    c->server.err = hfi_conn_start_server(&c->server.conn);
}

static void test_same_connection(void **state)
{
    couple c;

    (void)state;
    init(&c);
    assert_int_equal(couple_run(&c), HFI_OK);
    assert_true(c.server.conn.agreed.retried);
    assert_null(couple_connected(&c));
    finish(&c);
}

static void test_other_connection(void **state)
{
    (void)state;
    for (int suite = 0x1301; suite <= 0x1302; suite++) {
        couple c;
        init(&c);
        c.server.settings.suites[0] = (uint16_t)suite;
        c.server.settings.suite_count = 1;
        run_to_retry(&c);
        another_server(&c);
        assert_int_equal(couple_pump(&c), HFI_OK);
        assert_true(c.server.conn.agreed.retried);
        assert_null(couple_connected(&c));
        finish(&c);
    }
}

/* With a ticket, whose binder covers the retry, too. */
static void test_other_connection_resumes(void **state)
{
    couple first, c;

    (void)state;
    init(&first);
    assert_int_equal(couple_run(&first), HFI_OK);
    init(&c);
    couple_resume(&c, &first);
    run_to_retry(&c);
    another_server(&c);
    assert_int_equal(couple_pump(&c), HFI_OK);
    assert_true(c.server.conn.agreed.resumed);
    assert_null(couple_connected(&c));
    finish(&c);
    finish(&first);
}

static void expect_refused(couple *c, hfi_err want)
{
    hfi_err err = couple_pump(c);

    if (err != want)
        fail_msg("%s instead of %s", hfi_err_lookup((int)err)->name,
                 hfi_err_lookup((int)want)->name);
    assert_int_equal(c->client.conn.report.alert, HFI_ALERT_ILLEGAL_PARAMETER);
    finish(c);
}

static void test_refusals(void **state)
{
    hfi_ticket_keys others = {.crypto = NULL};
    couple c;

    (void)state;
    /* Other keys. */
    init(&c);
    run_to_retry(&c);
    hfi_ticket_keys_init(&others, &hfi_crypto_nettle, 7200);
    c.server.settings.tickets = &others;
    another_server(&c);
    expect_refused(&c, HFI_E_COOKIE_INVALID);
    hfi_ticket_keys_wipe(&others);

    /* A minute later. */
    init(&c);
    run_to_retry(&c);
    c.unix_seconds += 61;
    another_server(&c);
    expect_refused(&c, HFI_E_COOKIE_INVALID);

    /* The suite is not enabled any more. */
    init(&c);
    c.server.settings.suites[0] = 0x1303;
    c.server.settings.suite_count = 1;
    run_to_retry(&c);
    c.server.settings.suites[0] = 0x1301;
    another_server(&c);
    expect_refused(&c, HFI_E_COOKIE_INVALID);

    /* Nobody sent one: to this server it is a first hello, and the transcripts differ. */
    init(&c);
    c.server.conn.options &= ~(uint64_t)HFI_OPTION_COOKIE;
    run_to_retry(&c);
    c.server.conn.options |= HFI_OPTION_COOKIE;
    another_server(&c);
    assert_int_equal(couple_pump(&c), HFI_E_BAD_RECORD_MAC);
    finish(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_connection),
        cmocka_unit_test(test_other_connection),
        cmocka_unit_test(test_other_connection_resumes),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
