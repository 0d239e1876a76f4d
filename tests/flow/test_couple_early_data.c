/* tests/flow/test_couple_early_data.c: a server takes early data once, passes over what
 * it does not want, and answers before the client has finished.  RFC 8446 2.3, 4.2.10, 8.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "couple.h"
#include "script_flight.h"

typedef struct pair {
    couple first, second;
    hfi_replay replay;
} pair;

static void allow(couple *c, hfi_replay *replay, uint32_t bytes)
{
    couple_init(c, SCRIPT_P256);
    couple_version(c, 0x0304);
    c->server.settings.max_early_data = bytes;
    c->server.settings.replay = replay;
    c->client.conn.early_data = true;
    c->server.conn.early_data = true;
}

/* The first connection gives the ticket, the second one is about to use it. */
static void prepare(pair *p, uint32_t bytes)
{
    memset(&p->replay, 0, sizeof p->replay);
    hfi_replay_init(&p->replay, &script_alloc);
    allow(&p->first, &p->replay, bytes);
    assert_int_equal(couple_run(&p->first), HFI_OK);
    allow(&p->second, &p->replay, bytes);
    couple_resume(&p->second, &p->first);
}

static void finish(pair *p)
{
    couple_free(&p->second);
    couple_free(&p->first);
    hfi_replay_free(&p->replay);
    assert_null(couple_left_over(&p->second));
    assert_null(couple_left_over(&p->first));
}

static hfi_err write_early(couple_end *e, const char *text, size_t len)
{
    hfi_view left = hfi_view_of(text, len);

    while (left.len != 0) {
        size_t taken = 0;
        hfi_err err = hfi_conn_write_early(&e->conn, left, &taken);
        if (err != HFI_OK)
            return err;
        left = hfi_view_of(left.p + taken, left.len - taken);
    }
    return HFI_OK;
}

static hfi_err run(couple *c, const char *text)
{
    c->server.err = hfi_conn_start_server(&c->server.conn);
    c->client.err = hfi_conn_start_client(&c->client.conn);
    assert_int_equal(write_early(&c->client, text, strlen(text)), HFI_OK);
    return couple_pump(c);
}

static void expect(couple *c, hfi_early_data want)
{
    hfi_err err = run(c, "early");

    if (err != HFI_OK)
        fail_msg("%s", hfi_err_lookup((int)err)->name);
    assert_int_equal(c->server.conn.agreed.early_data, want);
    assert_int_equal(c->client.conn.agreed.early_data, want);
    if (want == HFI_EARLY_ACCEPTED) {
        assert_int_equal(c->server.received.len, 5);
        assert_memory_equal(c->server.received.p, "early", 5);
    } else {
        assert_int_equal(c->server.received.len, 0);
        /* The client alone has logged the early secret. */
        assert_int_equal(couple_write(&c->client, "question"), HFI_OK);
        assert_int_equal(couple_write(&c->server, "answer"), HFI_OK);
        assert_int_equal(c->server.received.len, 8);
        assert_int_equal(c->client.received.len, 6);
        return;
    }
    const char *wrong = couple_connected(c);
    if (wrong != NULL)
        fail_msg("%s", wrong);
}

static void test_accepted(void **state)
{
    (void)state;
    for (size_t piece = 0; piece < 2; piece++) {
        pair p;
        prepare(&p, 1000);
        p.second.client.way.piece = p.second.server.way.piece = piece;
        expect(&p.second, HFI_EARLY_ACCEPTED);
        finish(&p);
    }
}

/* ---- what makes a server pass over it ---- */

static void not_wanted(couple *c)
{
    c->server.conn.early_data = false;
}

static void none_any_more(couple *c)
{
    c->server.settings.max_early_data = 0;
}

static void other_suite(couple *c)
{
    c->server.settings.suites[0] = 0x1303;
    c->server.settings.suite_count = 1;
}

static void retried(couple *c)
{
    c->server.settings.groups[0] = 0x0018;
    c->server.settings.group_count = 1;
}

static void no_session(couple *c)
{
    c->server.settings.tickets = &c->tickets;
}

static void expect_rejected(void (*change)(couple *c))
{
    pair p;

    prepare(&p, 1000);
    change(&p.second);
    expect(&p.second, HFI_EARLY_REJECTED);
    finish(&p);
}

static void test_rejected(void **state)
{
    (void)state;
    expect_rejected(not_wanted);
    expect_rejected(none_any_more);
    expect_rejected(other_suite);
    expect_rejected(retried);
    expect_rejected(no_session);
}

/* Client and server disagree on how old the ticket is. */
static int64_t late_seconds(void *ctx)
{
    return ((couple_end *)ctx)->couple->unix_seconds + 11;
}

static void test_held_back(void **state)
{
    (void)state;
    pair p;

    prepare(&p, 1000);
    p.second.server.settings.clock.unix_seconds = late_seconds;
    expect(&p.second, HFI_EARLY_REJECTED);
    finish(&p);
}

/* RFC 8446 8.2: tickets of given keys may have been used at a process before this one.
 * Our own keys, and with them all that a store has, are no older than the process. */
static void test_keys_that_outlive_us(void **state)
{
    (void)state;
    for (int given = 0; given < 2; given++) {
        for (int store = 0; store < 2; store++) {
            pair p;
            prepare(&p, 1000);
            p.first.tickets.given = given != 0;
            if (store != 0)
                p.second.server.settings.sessions = &p.second.store.functions;
            expect(&p.second, given != 0 ? HFI_EARLY_REJECTED : HFI_EARLY_ACCEPTED);
            finish(&p);
        }
    }
}

/* RFC 8446 8.2: the same bytes to the same server a second time. */
static void test_replay(void **state)
{
    (void)state;
    pair p;
    couple again;

    prepare(&p, 1000);
    expect(&p.second, HFI_EARLY_ACCEPTED);

    allow(&again, &p.replay, 1000);
    again.server.settings.tickets = p.first.server.settings.tickets;
    assert_int_equal(hfi_conn_start_server(&again.server.conn), HFI_OK);
    hfi_view wire = hfi_view_of(p.second.client.way.wire.p, p.second.client.way.wire.len);
    hfi_span space = hfi_conn_feed_space(&again.server.conn);
    while (wire.len != 0 && space.len != 0) {
        size_t n = wire.len < space.len ? wire.len : space.len;
        memcpy(space.p, wire.p, n);
        hfi_conn_feed_commit(&again.server.conn, n);
        (void)hfi_conn_process(&again.server.conn, NULL);
        assert_int_equal(hfi_conn_plain(&again.server.conn).len, 0);
        wire = hfi_view_of(wire.p + n, wire.len - n);
        space = hfi_conn_feed_space(&again.server.conn);
    }
    assert_true(again.server.conn.agreed.resumed);
    assert_int_equal(again.server.conn.agreed.early_data, HFI_EARLY_REJECTED);
    assert_int_not_equal(again.server.conn.phase, HFI_PHASE_OPEN);
    couple_free(&again);
    assert_null(couple_left_over(&again));
    finish(&p);
}

/* A second hello with the same ticket is another one. */
static void test_ticket_twice(void **state)
{
    (void)state;
    pair p;
    couple again;

    prepare(&p, 1000);
    expect(&p.second, HFI_EARLY_ACCEPTED);
    allow(&again, &p.replay, 1000);
    again.client.random_state = 42;
    couple_resume(&again, &p.first);
    expect(&again, HFI_EARLY_ACCEPTED);
    couple_free(&again);
    finish(&p);
}

/* ---- limits ---- */

static void test_too_much(void **state)
{
    (void)state;
    char text[2001];
    pair p;

    memset(text, 'x', sizeof text);
    text[2000] = '\0';
    prepare(&p, 2000);
    assert_int_equal(run(&p.second, text), HFI_OK);
    finish(&p);

    prepare(&p, 2000);
    p.second.server.settings.max_early_data = 1999;
    assert_int_equal(run(&p.second, text), HFI_E_EARLY_DATA_TOO_MUCH);
    assert_int_equal(p.second.client.conn.report.alert, HFI_ALERT_UNEXPECTED_MESSAGE);
    finish(&p);
}

static void test_too_much_dropped(void **state)
{
    (void)state;
    static char text[16386];
    pair p;

    memset(text, 'x', sizeof text - 1);
    for (size_t over = 0; over < 2; over++) {
        prepare(&p, 20000);
        none_any_more(&p.second); /* the limit is of ciphertext: a tag and a type more */
        text[16367 + over] = '\0';
        assert_int_equal(run(&p.second, text), over ? HFI_E_EARLY_DATA_TOO_MUCH : HFI_OK);
        text[16367 + over] = 'x';
        finish(&p);
    }
}

/* ---- before the client has finished ---- */

static void test_half(void **state)
{
    (void)state;
    couple c;

    couple_init(&c, SCRIPT_P256);
    couple_version(&c, 0x0304);
    c.client.way.cut_at = 0;
    c.server.err = hfi_conn_start_server(&c.server.conn);
    assert_int_equal(write_early(&c.server, "half", 4), HFI_E_EARLY_DATA_UNAVAILABLE);
    c.client.err = hfi_conn_start_client(&c.client.conn);
    /* The hello alone goes through. */
    c.client.way.cut_at = hfi_conn_drain(&c.client.conn).len;
    assert_int_equal(couple_pump(&c), HFI_OK);
    assert_int_equal(c.server.conn.phase, HFI_PHASE_HANDSHAKE);
    assert_int_equal(write_early(&c.server, "half", 4), HFI_OK);
    c.client.way.cut_at = SIZE_MAX;
    assert_int_equal(couple_pump(&c), HFI_OK);
    assert_int_equal(c.client.received.len, 4);
    assert_memory_equal(c.client.received.p, "half", 4);
    assert_null(couple_connected(&c));
    couple_free(&c);
    assert_null(couple_left_over(&c));
}

/* ---- a register that several share ---- */

typedef struct shared_register {
    uint8_t hellos[4][32];
    size_t count;
    unsigned asked;
    int answer; /* instead of what it knows; 1: what it knows */
} shared_register;

static shared_register shared;

static int ask_shared(void *owner, hfi_view hello, int64_t seconds)
{
    (void)owner;
    shared.asked++;
    assert_int_equal(hello.len, 32);
    assert_in_range(seconds, 2 * HFI_REPLAY_FRESH + 1, 60);
    if (shared.answer != 1)
        return shared.answer;
    for (size_t i = 0; i < shared.count; i++)
        if (memcmp(shared.hellos[i], hello.p, 32) == 0)
            return 0;
    assert_true(shared.count < 4);
    memcpy(shared.hellos[shared.count++], hello.p, 32);
    return 1;
}

/* The same hello at another server, whose own memory knows nothing of it. */
static void test_shared_register(void **state)
{
    (void)state;
    pair p;
    couple again;
    hfi_replay other;

    memset(&other, 0, sizeof other);
    shared = (shared_register){.answer = 1};
    hfi_replay_init(&other, &script_alloc);
    prepare(&p, 1000);
    p.second.server.settings.early_register = ask_shared;
    p.second.server.settings.replay = NULL;
    expect(&p.second, HFI_EARLY_ACCEPTED);
    assert_int_equal(shared.count, 1);

    allow(&again, &other, 1000);
    again.server.settings.tickets = p.first.server.settings.tickets;
    again.server.settings.early_register = ask_shared;
    assert_int_equal(hfi_conn_start_server(&again.server.conn), HFI_OK);
    hfi_view wire = hfi_view_of(p.second.client.way.wire.p, p.second.client.way.wire.len);
    hfi_span space = hfi_conn_feed_space(&again.server.conn);
    size_t n = wire.len < space.len ? wire.len : space.len;
    memcpy(space.p, wire.p, n);
    hfi_conn_feed_commit(&again.server.conn, n);
    (void)hfi_conn_process(&again.server.conn, NULL);
    assert_int_equal(shared.asked, 2);
    assert_int_equal(again.server.conn.agreed.early_data, HFI_EARLY_REJECTED);
    assert_int_equal(hfi_conn_plain(&again.server.conn).len, 0);
    couple_free(&again);
    assert_null(couple_left_over(&again));
    hfi_replay_free(&other);
    finish(&p);
}

/* Whatever is not a clear 1 is a no, and the handshake goes on; who need not be asked is
 * not. */
static void test_register_does_not_know(void **state)
{
    static const int answers[] = {0, -1, 2, -2, INT_MAX, INT_MIN};

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        pair p;
        shared = (shared_register){.answer = answers[i]};
        prepare(&p, 1000);
        p.second.server.settings.early_register = ask_shared;
        expect(&p.second, HFI_EARLY_REJECTED);
        assert_int_equal(shared.asked, 1);
        finish(&p);
    }
    pair p;
    shared = (shared_register){.answer = 1};
    prepare(&p, 1000);
    p.second.server.settings.early_register = ask_shared;
    p.second.server.conn.early_data = false;
    expect(&p.second, HFI_EARLY_REJECTED);
    assert_int_equal(shared.asked, 0);
    finish(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_rejected),
        cmocka_unit_test(test_held_back),
        cmocka_unit_test(test_keys_that_outlive_us),
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_ticket_twice),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_too_much_dropped),
        cmocka_unit_test(test_half),
        cmocka_unit_test(test_shared_register),
        cmocka_unit_test(test_register_does_not_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
