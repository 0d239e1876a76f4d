/* tests/flow/test_couple_psk.c: a TLS 1.3 server takes back what it gave: tickets, stored
 * sessions, and keys that both sides were given.  RFC 8446 2.2, 4.2.11, 4.6.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "couple.h"
#include "handshake/handshake.h"
#include "script_flight.h"

static void init(couple *c)
{
    couple_init(c, SCRIPT_P256);
    couple_version(c, 0x0304);
}

static void expect_open(couple *c)
{
    hfi_err err = couple_run(c);

    if (err != HFI_OK)
        fail_msg("server %s (%s), client %s (%s)",
                 hfi_err_lookup((int)c->server.conn.report.code)->name,
                 c->server.conn.report.detail,
                 hfi_err_lookup((int)c->client.conn.report.code)->name,
                 c->client.conn.report.detail);
    const char *wrong = couple_connected(c);
    if (wrong != NULL)
        fail_msg("%s", wrong);
}

static void expect_failure(couple *c, hfi_err want)
{
    hfi_err err = couple_run(c);

    if (err != want)
        fail_msg("%s instead of %s", hfi_err_lookup((int)err)->name,
                 hfi_err_lookup((int)want)->name);
    const char *wrong = couple_failed(c);
    if (wrong != NULL)
        fail_msg("%s", wrong);
}

static void finish(couple *c)
{
    couple_free(c);
    assert_null(couple_left_over(c));
}

static void finish_both(couple *first, couple *second)
{
    finish(second);
    finish(first);
}

static uint32_t size_of_extensions(const couple *c)
{
    const hfi_timeline *t = &c->client.conn.timeline;

    for (size_t i = 0; i < t->count; i++) {
        if (t->events[i].kind == HFI_EVENT_MESSAGE && t->events[i].what == 8)
            return t->events[i].size;
    }
    return 0;
}

static void test_ticket(void **state)
{
    (void)state;
    for (unsigned store = 0; store < 2; store++) {
        couple first, second;
        init(&first);
        if (store)
            couple_use_store(&first);
        expect_open(&first);
        assert_int_equal(first.client.conn.tickets, 2);
        assert_int_equal(first.store.puts, store ? 2 : 0);
        init(&second);
        couple_resume(&second, &first);
        second.server.conn.options = first.server.conn.options;
        expect_open(&second);
        assert_true(second.client.conn.agreed.resumed);
        assert_true(second.server.conn.agreed.resumed);
        assert_int_equal(second.client.conn.tickets, 1);
        /* The name is not confirmed again (RFC 6066 3). */
        assert_int_equal(size_of_extensions(&first) - 4, size_of_extensions(&second));
        finish_both(&first, &second);
    }
}

/* After a retry the offer is made, and looked at, once more. */
static void test_ticket_and_retry(void **state)
{
    (void)state;
    couple first, second;

    init(&first);
    expect_open(&first);
    init(&second);
    couple_resume(&second, &first);
    second.server.settings.groups[0] = 0x0018;
    second.server.settings.group_count = 1;
    expect_open(&second);
    assert_true(second.server.conn.agreed.retried);
    assert_true(second.server.conn.agreed.resumed);
    finish_both(&first, &second);
}

/* A full handshake follows where the session does not fit any more. */
static void expect_full(void (*change)(couple *second))
{
    couple first, second;

    init(&first);
    expect_open(&first);
    init(&second);
    couple_resume(&second, &first);
    change(&second);
    expect_open(&second);
    assert_false(second.server.conn.agreed.resumed);
    assert_false(second.client.conn.agreed.resumed);
    finish_both(&first, &second);
}

static void no_tickets(couple *c)
{
    c->server.conn.options |= HFI_OPTION_NO_TICKET;
}

static void other_keys(couple *c)
{
    c->server.settings.tickets = &c->tickets;
}

static void other_name(couple *c)
{
    c->client.conn.server_name = hfi_view_of_text("other.example");
}

static void other_hash(couple *c)
{
    c->server.settings.suites[0] = 0x1302;
    c->server.settings.suite_count = 1;
}

/* Although its hash is the same. */
static void other_suite(couple *c)
{
    c->server.settings.suites[0] = 0x1303;
    c->server.settings.suite_count = 1;
}

static void a_day_later(couple *c)
{
    c->unix_seconds += 7201;
}

static void test_full_instead(void **state)
{
    (void)state;
    expect_full(no_tickets);
    expect_full(other_keys);
    expect_full(other_name);
    expect_full(other_hash);
    expect_full(other_suite);
    expect_full(a_day_later);
}

/* ---- external keys ---- */

static const uint8_t shared_key[32] = {1, 2, 3, 4, 5, 6, 7, 8};
static unsigned psk_waits;
static uint8_t psk_change;

static int find_psk(void *owner, hfi_view identity, hfi_psk_answer *out)
{
    (void)owner;
    if (psk_waits > 0) {
        psk_waits--;
        return -1;
    }
    if (!hfi_view_equal(identity, hfi_view_of_text("device 7")))
        return 0;
    memcpy(out->key, shared_key, sizeof shared_key);
    out->key[0] ^= psk_change;
    out->key_len = sizeof shared_key;
    out->hash = hfi_crypto_nettle.sha256;
    return 1;
}

static void init_external(couple *c, hfi_psk *psk, const char *identity)
{
    init(c);
    *psk = (hfi_psk){hfi_view_of_text(identity), hfi_view_of(shared_key, 32),
                     hfi_crypto_nettle.sha256};
    c->client.conn.psk = psk;
    c->server.settings.find_psk = find_psk;
    psk_waits = psk_change = 0;
}

static void test_external(void **state)
{
    (void)state;
    couple c;
    hfi_psk psk;

    init_external(&c, &psk, "device 7");
    hfi_credentials_clear(&c.server.own, &script_alloc, &hfi_crypto_nettle);
    expect_open(&c);
    assert_true(c.server.conn.agreed.psk_used);
    assert_true(c.client.conn.agreed.psk_used);
    finish(&c);
}

/* It waits as often as it must, and then goes on. */
static void test_external_waits(void **state)
{
    (void)state;
    couple c;
    hfi_psk psk;

    init_external(&c, &psk, "device 7");
    psk_waits = 3;
    (void)couple_run(&c);
    while (psk_waits > 0) {
        assert_int_equal(hfi_conn_pause_reason(&c.server.conn), HFI_PAUSE_SESSION);
        (void)couple_pump(&c);
    }
    assert_int_equal(couple_pump(&c), HFI_OK);
    assert_null(couple_connected(&c));
    finish(&c);
}

static void test_external_refusals(void **state)
{
    (void)state;
    couple c;
    hfi_psk psk;

    init_external(&c, &psk, "device 7");
    psk_change = 1;
    expect_failure(&c, HFI_E_BAD_BINDER);
    assert_int_equal(c.client.conn.report.alert, HFI_ALERT_DECRYPT_ERROR);
    finish(&c);

    /* An unknown one: the certificate speaks for the server. */
    init_external(&c, &psk, "device 8");
    expect_open(&c);
    assert_false(c.server.conn.agreed.psk_used);
    finish(&c);

    init_external(&c, &psk, "device 8");
    hfi_credentials_clear(&c.server.own, &script_alloc, &hfi_crypto_nettle);
    expect_failure(&c, HFI_E_NO_COMMON_SIGNATURE_ALGORITHM);
    finish(&c);
}

/* The n-th allocation of the server fails while it resumes. */
static void test_memory(void **state)
{
    (void)state;
    hfi_err err = HFI_E_NO_MEMORY;

    for (size_t at = 1; err != HFI_OK; at++) {
        couple first, second;
        assert_true(at < 100);
        init(&first);
        expect_open(&first);
        init(&second);
        couple_resume(&second, &first);
        second.server.memory.fail_at = at;
        (void)couple_run(&second);
        err = second.server.conn.report.code;
        if (err != HFI_OK)
            assert_int_equal(err, HFI_E_NO_MEMORY);
        finish_both(&first, &second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticket),         cmocka_unit_test(test_ticket_and_retry),
        cmocka_unit_test(test_full_instead),   cmocka_unit_test(test_external),
        cmocka_unit_test(test_external_waits), cmocka_unit_test(test_external_refusals),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
