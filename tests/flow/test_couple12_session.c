/* tests/flow/test_couple12_session.c: which sessions a TLS 1.2 server takes back, and
 * which it must not.  RFC 5246 7.4.1, F.1.4; RFC 5077 3; RFC 6066 3; RFC 7627 5.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "conn/internal.h"
#include "couple.h"
#include "handshake/handshake.h"
#include "script_flight.h"

enum { AES_128 = 0xc02b, AES_256 = 0xc02c, HOUR = 3600 };

static void init(couple *c)
{
    couple_init(c, SCRIPT_ED25519);
    couple_version(c, 0x0303);
}

static void expect(couple *c, hfi_err err, bool resumed)
{
    if (err != HFI_OK)
        fail_msg("%s", hfi_err_lookup((int)err)->name);
    const char *wrong = couple_connected(c);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    assert_int_equal(c->server.conn.agreed.resumed, resumed);
    assert_int_equal(c->client.conn.agreed.resumed, resumed);
}

static void finish(couple *c)
{
    couple_free(c);
    assert_null(couple_left_over(c));
}

/* A first connection, and a second client that offers what came of it. */
static void first_of(couple *first, couple *second, bool by_id)
{
    init(first);
    if (by_id)
        couple_use_store(first);
    expect(first, couple_run(first), false);
    init(second);
    if (by_id)
        couple_use_store(second);
    couple_resume(second, first);
}

static void second_is(couple *first, couple *second, bool resumed)
{
    expect(second, couple_run(second), resumed);
    finish(second);
    finish(first);
}

/* ---- not taken back ---- */

static void test_another_name(void **state)
{
    couple first, second;

    (void)state;
    for (int by_id = 0; by_id < 2; by_id++) {
        first_of(&first, &second, by_id);
        second.client.conn.server_name = hfi_view_of_text("other.example");
        second_is(&first, &second, false);
        /* None instead of one. */
        first_of(&first, &second, by_id);
        second.client.conn.server_name = hfi_view_of(NULL, 0);
        second_is(&first, &second, false);
        /* Case makes no other name. */
        first_of(&first, &second, by_id);
        second.client.conn.server_name = hfi_view_of_text("SERVER.Example");
        second_is(&first, &second, true);
    }
}

static void test_another_context(void **state)
{
    couple first, second;

    (void)state;
    for (int by_id = 0; by_id < 2; by_id++) {
        first_of(&first, &second, by_id);
        second.server.settings.session_context = hfi_view_of_text("shop");
        second_is(&first, &second, false);
    }
}

static void test_over_its_time(void **state)
{
    couple first, second;

    (void)state;
    for (int by_id = 0; by_id < 2; by_id++) {
        first_of(&first, &second, by_id);
        second.unix_seconds += 2 * HOUR - 1;
        second_is(&first, &second, true);

        /* The client keeps it longer than the server wants. */
        first_of(&first, &second, by_id);
        hfi_session_fields f = *hfi_session_get(second.client.conn.session);
        f.lifetime = 100 * HOUR;
        hfi_session *changed = hfi_session_new(&script_alloc, &f);
        hfi_session_free(second.client.conn.session);
        second.client.conn.session = changed;
        second.unix_seconds += 2 * HOUR;
        second_is(&first, &second, false);
    }
}

static void test_keys_are_gone(void **state)
{
    couple first, second;

    (void)state;
    for (int by_id = 0; by_id < 2; by_id++) {
        first_of(&first, &second, by_id);
        second.server.settings.tickets = &second.tickets;
        expect(&second, couple_run(&second), false);
        assert_int_equal(first.store.removes, by_id);
        finish(&second);
        finish(&first);
    }
}

/* RFC 5246 7.4.1.3: the suite stays; where one side is no longer for it, a new session is
 * made. */
static void test_another_suite(void **state)
{
    couple first, second;

    (void)state;
    for (int side = 0; side < 2; side++) {
        first_of(&first, &second, false);
        hfi_settings *s = side == 0 ? &second.client.settings : &second.server.settings;
        assert_int_equal(first.server.conn.agreed.suite, AES_128);
        s->suites[0] = AES_256;
        s->suite_count = 1;
        expect(&second, couple_run(&second), false);
        assert_int_equal(second.server.conn.agreed.suite, AES_256);
        finish(&second);
        finish(&first);
    }
}

/* Made with the only suite of the client, which knows a better one by now. */
static void test_a_better_suite(void **state)
{
    couple first, second;

    (void)state;
    init(&first);
    first.client.settings.suites[0] = AES_256;
    first.client.settings.suite_count = 1;
    expect(&first, couple_run(&first), false);
    assert_int_equal(first.server.conn.agreed.suite, AES_256);
    init(&second);
    couple_resume(&second, &first);
    expect(&second, couple_run(&second), false);
    assert_int_equal(second.server.conn.agreed.suite, AES_128);
    finish(&second);
    finish(&first);
}

static void test_tickets_are_off(void **state)
{
    couple first, second;

    (void)state;
    first_of(&first, &second, false);
    second.server.conn.options |= HFI_OPTION_NO_TICKET;
    expect(&second, couple_run(&second), false);
    assert_null(second.client.conn.new_session);
    finish(&second);
    finish(&first);

    /* Without keys, and with a lifetime of none. */
    for (int i = 0; i < 2; i++) {
        init(&second);
        if (i == 0)
            second.server.settings.tickets = NULL;
        second.tickets.lifetime = 0;
        couple_use_store(&second);
        second.server.conn.options = 0;
        expect(&second, couple_run(&second), false);
        assert_null(second.client.conn.new_session);
        assert_int_equal(second.store.puts + second.store.finds, 0);
        finish(&second);
    }
}

/* RFC 7627 5.3: made with the extended master secret, never resumed without. */
static void without_master(couple_end *e)
{
    e->conn.options |= HFI_OPTION_ALLOW_PLAIN_MASTER_SECRET;
}

/* The client's own hello cannot leave it out: one bit of the extension's type is changed,
 * which makes it an unknown one. */
static void hide_master(couple *c)
{
    couple scratch;

    init(&scratch);
    hfi_session_free(scratch.client.conn.session);
    scratch.client.conn.session = c->client.conn.session != NULL
                                      ? hfi_session_up_ref(c->client.conn.session)
                                      : NULL;
    assert_int_equal(hfi_conn_start_client(&scratch.client.conn), HFI_OK);
    hfi_view hello = hfi_conn_drain(&scratch.client.conn);
    size_t at = 0;
    for (size_t i = 0; i + 4 <= hello.len; i++)
        if (memcmp(hello.p + i, "\x00\x17\x00\x00", 4) == 0)
            at = i;
    assert_true(at != 0);
    c->client.way.change_at = at;
    c->client.way.change_mask = 0x40; /* of the high byte */
    couple_free(&scratch);
}

static void test_master_is_left_out(void **state)
{
    couple first, second;

    (void)state;
    /* By default a server does not take it at all. */
    init(&first);
    hide_master(&first);
    assert_int_equal(couple_run(&first), HFI_E_EXTENDED_MASTER_SECRET_MISSING);
    assert_int_equal(first.client.conn.report.alert, HFI_ALERT_HANDSHAKE_FAILURE);
    assert_null(couple_failed(&first));
    finish(&first);

    for (int by_id = 0; by_id < 2; by_id++) {
        first_of(&first, &second, by_id);
        without_master(&second.server);
        hide_master(&second);
        assert_int_equal(couple_run(&second), HFI_E_RESUMPTION_CHANGED_MASTER);
        assert_int_equal(second.client.conn.report.alert, HFI_ALERT_HANDSHAKE_FAILURE);
        assert_null(couple_failed(&second));
        finish(&second);
        finish(&first);
    }
}

/* ---- clients that are asked for certificates ---- */

typedef struct auth_row {
    hfi_client_auth before, now;
    bool has, valid, verifies;
    bool resumed;
} auth_row;

static void test_clients(void **state)
{
    static const auth_row rows[] = {
        {HFI_CLIENT_AUTH_NONE, HFI_CLIENT_AUTH_REQUIRED, true, true, true, false},
        {HFI_CLIENT_AUTH_NONE, HFI_CLIENT_AUTH_OPTIONAL, true, true, true, true},
        {HFI_CLIENT_AUTH_OPTIONAL, HFI_CLIENT_AUTH_REQUIRED, true, true, true, true},
        {HFI_CLIENT_AUTH_REQUIRED, HFI_CLIENT_AUTH_NONE, true, true, true, true},
        {HFI_CLIENT_AUTH_REQUIRED, HFI_CLIENT_AUTH_REQUIRED, true, true, true, true},
        /* Verified by nobody, and now it counts. */
        {HFI_CLIENT_AUTH_REQUIRED, HFI_CLIENT_AUTH_OPTIONAL, true, false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < 2 * (sizeof rows / sizeof rows[0]); i++) {
        const auth_row *r = &rows[i / 2];
        couple first, second;
        init(&first);
        init(&second);
        if (i % 2 == 1) {
            couple_use_store(&first);
            couple_use_store(&second);
        }
        couple_client_auth(&first, r->before);
        couple_client_auth(&second, r->now);
        first.server.settings.verify_chain = r->verifies;
        couple_add_client(&first, r->valid ? COUPLE_CLIENT_P256 : COUPLE_CLIENT_EXPIRED);
        couple_add_client(&second, COUPLE_CLIENT_P256);
        expect(&first, couple_run(&first), false);
        couple_resume(&second, &first);
        second_is(&first, &second, r->resumed);
    }
}

/* ---- taken back ---- */

/* A ticket of a key whose turn is over is replaced (RFC 5077 3.3), and the new one lives
 * on, up to the end of a week from the first handshake. */
static void test_renewal(void **state)
{
    couple first, second, third;

    (void)state;
    first_of(&first, &second, false);
    expect(&second, couple_run(&second), true);
    assert_null(second.client.conn.new_session); /* the key is still the newest */
    finish(&second);

    init(&second);
    couple_resume(&second, &first);
    second.unix_seconds += 2 * HOUR - 60;
    first.tickets.keys[0].made -= 2 * HOUR;
    expect(&second, couple_run(&second), true);
    assert_non_null(second.client.conn.new_session);
    assert_int_equal(first.tickets.count, 2);

    init(&third);
    couple_resume(&third, &second);
    third.unix_seconds += 3 * HOUR;
    expect(&third, couple_run(&third), true);
    finish(&third);
    finish(&second);
    finish(&first);
}

/* Each connection takes the newest ticket, just before it is over. */
static void test_end_of_renewals(void **state)
{
    enum { WEEK = 7 * 24 * HOUR, STEP = 2 * HOUR - 60 };
    hfi_session *newest = NULL;
    hfi_ticket_keys keys;
    int64_t passed = 0;

    (void)state;
    memset(&keys, 0, sizeof keys);
    hfi_ticket_keys_init(&keys, &hfi_crypto_nettle, 2 * HOUR);
    for (bool going = true; going; passed += STEP) {
        couple c;
        init(&c);
        c.server.settings.tickets = &keys;
        c.server.random_state += (uint64_t)passed;
        c.unix_seconds += passed;
        c.client.conn.session = newest;
        keys.keys[0].made -= HOUR; /* its turn is over: there will be a new ticket */
        going = passed < WEEK;
        expect(&c, couple_run(&c), passed != 0 && going);
        newest =
            hfi_session_new(&script_alloc, hfi_session_get(c.client.conn.new_session));
        assert_non_null(newest);
        finish(&c);
    }
    hfi_session_free(newest);
    hfi_ticket_keys_wipe(&keys);
}

/* The store decides in its own time. */
static void test_store_waits(void **state)
{
    couple first, second;

    (void)state;
    first_of(&first, &second, true);
    assert_int_equal(first.store.puts, 1);
    assert_int_equal(first.store.entries[0].lifetime, 2 * HOUR);
    unsigned before = first.store.finds;
    first.store.waits = 3;
    second.server.err = hfi_conn_start_server(&second.server.conn);
    second.client.err = hfi_conn_start_client(&second.client.conn);
    (void)couple_pump(&second);
    while (hfi_conn_pause_reason(&second.server.conn) == HFI_PAUSE_SESSION) {
        assert_int_equal(second.server.conn.bytes_out, 0);
        (void)couple_pump(&second);
    }
    assert_int_equal(first.store.waits, 0);
    assert_int_equal(first.store.finds, before + 4);
    expect(&second, HFI_OK, true);
    finish(&second);
    finish(&first);
}

static int too_long(void *ctx, void *owner, hfi_view id, hfi_span value, size_t *len)
{
    (void)ctx;
    (void)owner;
    (void)id;
    *len = value.len + 1;
    return 1;
}

static int garbage(void *ctx, void *owner, hfi_view id, hfi_span value, size_t *len)
{
    (void)ctx;
    (void)owner;
    (void)id;
    memset(value.p, 0x5a, value.len);
    *len = value.len;
    return 1;
}

static void test_store_answers_wrongly(void **state)
{
    couple first, second;

    (void)state;
    first_of(&first, &second, true);
    first.store.functions.find = too_long;
    assert_int_equal(couple_run(&second), HFI_E_CALLBACK_FAILED);
    assert_null(couple_failed(&second));
    finish(&second);
    finish(&first);

    first_of(&first, &second, true);
    first.store.functions.find = garbage;
    second_is(&first, &second, false);

    /* Another session's value under this id. */
    first_of(&first, &second, true);
    couple other;
    init(&other);
    couple_use_store(&other);
    other.server.random_state++;
    other.server.settings.tickets = first.server.settings.tickets;
    expect(&other, couple_run(&other), false);
    memcpy(first.store.entries[0].value, other.store.entries[0].value,
           other.store.entries[0].len);
    first.store.entries[0].len = other.store.entries[0].len;
    finish(&other);
    second_is(&first, &second, false);
}

/* A client that knows tickets gets one, although there is a store; its session id is
 * not looked up. */
static void test_ticket_before_store(void **state)
{
    couple first, second;

    (void)state;
    init(&first);
    couple_use_store(&first);
    first.server.conn.options = 0;
    expect(&first, couple_run(&first), false);
    assert_int_equal(first.store.puts, 0);
    assert_true(hfi_session_get(first.client.conn.new_session)->ticket.len != 0);
    unsigned finds = first.store.finds;
    init(&second);
    couple_resume(&second, &first);
    second_is(&first, &second, true);
    assert_int_equal(first.store.finds, finds);
}

/* Many bytes that are no ticket of ours: a full handshake, and a new ticket. */
static void test_any_ticket(void **state)
{
    static uint8_t bytes[30000];
    static const size_t lengths[] = {1, 60, 61, 200, 8892, 8893, 30000};
    couple first, second;

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        first_of(&first, &second, false);
        hfi_session_fields f = *hfi_session_get(second.client.conn.session);
        memcpy(bytes, f.ticket.p, f.ticket.len < lengths[i] ? f.ticket.len : lengths[i]);
        f.ticket = hfi_view_of(bytes, lengths[i]);
        hfi_session *changed = hfi_session_new(&script_alloc, &f);
        hfi_session_free(second.client.conn.session);
        second.client.conn.session = changed;
        expect(&second, couple_run(&second), false);
        assert_non_null(second.client.conn.new_session);
        finish(&second);
        finish(&first);
    }
}

/* ---- a fatal alert ends it, RFC 5246 7.2.2 ---- */

/* The client's own object, of which it may have any number of references. */
static void first_and_its_session(couple *first, couple *second, bool by_id)
{
    first_of(first, second, by_id);
    hfi_session_free(second->client.conn.session);
    second->client.conn.session = hfi_session_up_ref(first->client.conn.new_session);
}

static void expect_ended(couple *second, const couple *first, bool ended)
{
    assert_int_equal(hfi_session_lifetime(second->client.conn.session) == 0, ended);
    assert_int_equal(first->client.conn.new_session == NULL, ended);
}

/* Of either side, while the connection is open; what the client has in other places is
 * over, too.  A server cannot take back a ticket. */
static void test_alert_ends_it(void **state)
{
    couple first, second;

    (void)state;
    for (int i = 0; i < 4; i++) {
        bool by_id = i / 2 == 1;
        first_and_its_session(&first, &second, by_id);
        expect_ended(&second, &first, false);
        hfi_conn *giver = i % 2 == 0 ? &first.server.conn : &first.client.conn;
        assert_int_equal(hfi_conn_abort(giver, HFI_ALERT_INTERNAL_ERROR), HFI_E_ABORTED);
        (void)couple_pump(&first);
        assert_int_equal(first.store.removes, by_id);
        expect_ended(&second, &first, true);
        second_is(&first, &second, false);
    }
}

/* A server forgets by itself, whatever the client does. */
static void test_server_forgets_it(void **state)
{
    couple first, second;

    (void)state;
    first_of(&first, &second, true);
    assert_int_equal(hfi_conn_abort(&first.server.conn, HFI_ALERT_INTERNAL_ERROR),
                     HFI_E_ABORTED);
    expect(&second, couple_run(&second), false);
    assert_int_equal(first.store.finds, 1);
    finish(&second);
    finish(&first);
}

/* How many bytes a client sends that resumes. */
static size_t sent_by_client(couple *first)
{
    couple probe;

    init(&probe);
    couple_resume(&probe, first);
    assert_int_equal(couple_run(&probe), HFI_OK);
    size_t sent = (size_t)probe.client.conn.bytes_out;
    finish(&probe);
    return sent;
}

/* A resumption fails at the client's change_cipher_spec, or at its Finished behind that,
 * which is the end of what it sends.  The client's session is over.  The server's is not:
 * whoever has seen an id on the way could do the same without its keys. */
static void test_failed_resumption(void **state)
{
    enum { FINISHED_RECORD = 5 + 8 + 16 + 16 };
    couple first, second, third;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        first_of(&first, &second, i % 2 == 1);
        size_t sent = sent_by_client(&first);
        second.client.way.change_at = sent - 1 - (i < 2 ? FINISHED_RECORD : 0);
        second.client.way.change_mask = 1;
        assert_int_equal(couple_run(&second),
                         i < 2 ? HFI_E_CCS_MALFORMED : HFI_E_BAD_RECORD_MAC);
        assert_null(couple_failed(&second));
        assert_int_equal(first.store.removes, 0);
        assert_int_equal(hfi_session_lifetime(second.client.conn.session), 0);
        finish(&second);
        init(&third);
        couple_resume(&third, &first);
        second_is(&first, &third, true);
    }
}

/* Once the client's Finished has come, the session is the resumed connection's, too. */
static void test_alert_ends_what_was_resumed(void **state)
{
    couple first, second;

    (void)state;
    for (int by_id = 0; by_id < 2; by_id++) {
        first_of(&first, &second, by_id);
        expect(&second, couple_run(&second), true);
        assert_int_equal(hfi_conn_abort(&second.server.conn, HFI_ALERT_INTERNAL_ERROR),
                         HFI_E_ABORTED);
        (void)couple_pump(&second);
        assert_int_equal(first.store.removes, by_id);
        assert_int_equal(hfi_session_lifetime(second.client.conn.session), 0);
        finish(&second);
        finish(&first);
    }
}

/* An end without an alert, and any end in TLS 1.3, ends no session. */
static void test_other_ends_keep_it(void **state)
{
    couple first, second;

    (void)state;
    for (int i = 0; i < 3; i++) {
        first_and_its_session(&first, &second, true);
        if (i != 1)
            assert_int_equal(hfi_conn_close(&first.server.conn), HFI_OK);
        if (i == 2)
            assert_int_equal(
                hfi_conn_queue_alert(&first.client.conn, 1, HFI_ALERT_NO_RENEGOTIATION),
                HFI_OK);
        (void)couple_pump(&first);
        (void)couple_end_all(&first);
        assert_int_equal(first.store.removes, 0);
        expect_ended(&second, &first, false);
        second_is(&first, &second, true);
    }
    for (int by_id = 0; by_id < 2; by_id++) {
        couple_init(&first, SCRIPT_ED25519);
        couple_init(&second, SCRIPT_ED25519);
        if (by_id)
            couple_use_store(&first);
        if (by_id)
            couple_use_store(&second);
        expect(&first, couple_run(&first), false);
        couple_resume(&second, &first);
        assert_int_equal(hfi_conn_abort(&first.server.conn, HFI_ALERT_INTERNAL_ERROR),
                         HFI_E_ABORTED);
        (void)couple_pump(&first);
        assert_int_equal(first.store.removes, 0);
        expect_ended(&second, &first, false);
        second_is(&first, &second, true);
    }
}

/* Nothing was laid down yet, or there is no way to forget it. */
static void test_nothing_to_forget(void **state)
{
    couple first, second;

    (void)state;
    init(&first);
    couple_use_store(&first);
    first.server.settings.suites[0] = AES_256;
    first.client.way.change_at = 200;
    first.client.way.change_mask = 1;
    assert_int_not_equal(couple_run(&first), HFI_OK);
    assert_int_equal(first.store.removes, 0);
    finish(&first);

    first_of(&first, &second, true);
    first.store.functions.remove = NULL;
    assert_int_equal(hfi_conn_abort(&first.server.conn, HFI_ALERT_INTERNAL_ERROR),
                     HFI_E_ABORTED);
    first.server.settings.sessions = NULL;
    (void)couple_pump(&first);
    second_is(&first, &second, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_another_name),
        cmocka_unit_test(test_another_context),
        cmocka_unit_test(test_over_its_time),
        cmocka_unit_test(test_keys_are_gone),
        cmocka_unit_test(test_another_suite),
        cmocka_unit_test(test_a_better_suite),
        cmocka_unit_test(test_tickets_are_off),
        cmocka_unit_test(test_master_is_left_out),
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_renewal),
        cmocka_unit_test(test_end_of_renewals),
        cmocka_unit_test(test_store_waits),
        cmocka_unit_test(test_store_answers_wrongly),
        cmocka_unit_test(test_ticket_before_store),
        cmocka_unit_test(test_any_ticket),
        cmocka_unit_test(test_alert_ends_it),
        cmocka_unit_test(test_server_forgets_it),
        cmocka_unit_test(test_failed_resumption),
        cmocka_unit_test(test_alert_ends_what_was_resumed),
        cmocka_unit_test(test_other_ends_keep_it),
        cmocka_unit_test(test_nothing_to_forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
