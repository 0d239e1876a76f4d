/* tests/flow/test_flow_post_handshake.c: what comes after the handshake: tickets,
 * KeyUpdate, requests, alerts, the end.  RFC 8446 4.6, 5, 6.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

#define TICKET(...) WITH(.tickets = 1, .steps = {{AT_TICKET, __VA_ARGS__}})

/* RFC 8446 4.6.1.  The body: lifetime 0, age_add 4, length of the nonce 8, nonce 9,
 * length of the ticket 10, ticket 12, length of the extensions 28. */
static void test_ticket(void **state)
{
    static const row rows[] = {
        {"a ticket", WITH(.tickets = 1), PASSES, 0},
        {"without a nonce", TICKET(OP_BODY, 0, "00000e10 00000000 00 0001 77 0000"),
         PASSES, 0},
        {"with the longest nonce",
         TICKET(OP_BODY, 0, "00000e10 00000000 ff 01*255 0001 77 0000"), PASSES, 0},
        {"with an unknown extension", TICKET(OP_EXT_ADD, 0xfafa, "00"), PASSES, 0},
        {"with early_data", TICKET(OP_EXT_ADD, 42, "00004000"), PASSES, 0},
        {"for more than seven days", WITH(.tickets = 1, .ticket_lifetime = 604801),
         PASSES, 0},
        {"for ever", WITH(.tickets = 1, .ticket_lifetime = UINT32_MAX), PASSES, 0},
        {"in pieces", WITH(.tickets = 2, .record_size = 1), PASSES, 0},
        {"no body", TICKET(OP_BODY, 0, ""),
         FAILS(DECODE_NEW_SESSION_TICKET, DECODE_ERROR), 0},
        {"a byte behind", TICKET(OP_APPEND, 0, "00"),
         FAILS(DECODE_NEW_SESSION_TICKET, DECODE_ERROR), 0},
        {"a byte short", TICKET(OP_CUT, 1, NULL),
         FAILS(DECODE_NEW_SESSION_TICKET, DECODE_ERROR), 0},
        {"no extensions", TICKET(OP_CUT, 2, NULL),
         FAILS(DECODE_NEW_SESSION_TICKET, DECODE_ERROR), 0},
        {"an empty ticket", TICKET(OP_BODY, 0, "00000e10 00000000 00 0000 0000"),
         FAILS(DECODE_NEW_SESSION_TICKET, DECODE_ERROR), 0},
        {"the ticket claims more", TICKET(OP_SET, 10, "0100"),
         FAILS(DECODE_NEW_SESSION_TICKET, DECODE_ERROR), 0},
        {"the extensions claim more", TICKET(OP_EXT_LENGTHS, 1, NULL),
         FAILS(DECODE_NEW_SESSION_TICKET, DECODE_ERROR), 0},
        {"an extension longer than the block",
         TICKET(OP_BODY, 0, "00000e10 00000000 00 0001 77 0004 fafa0001"),
         FAILS(DECODE_NEW_SESSION_TICKET, DECODE_ERROR), 0},
        {"an extension twice",
         WITH(.tickets = 1, .steps = {{AT_TICKET, OP_EXT_ADD, 42, "00004000"},
                                      {AT_TICKET, OP_EXT_TWICE, 42, NULL}}),
         FAILS(EXTENSION_DUPLICATE, DECODE_ERROR), 0},
        {"early_data without its number", TICKET(OP_EXT_ADD, 42, ""),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"early_data with a byte behind", TICKET(OP_EXT_ADD, 42, "0000400000"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"key_share", TICKET(OP_EXT_ADD, 51, "001d"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"server_name", TICKET(OP_EXT_ADD, 0, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"ALPN", TICKET(OP_EXT_ADD, 16, "0003026832"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"supported_versions", TICKET(OP_EXT_ADD, 43, "0304"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"certificate_authorities", TICKET(OP_EXT_ADD, 47, "0003 0001 30"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"oid_filters", TICKET(OP_EXT_ADD, 48, "0000"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"post_handshake_auth", TICKET(OP_EXT_ADD, 49, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"as many as are allowed", WITH(.tickets = HFI_CONN_TICKETS_MAX), PASSES, 0},
        {"one too many", WITH(.tickets = HFI_CONN_TICKETS_MAX + 1),
         FAILS(TOO_MANY_TICKETS, UNEXPECTED_MESSAGE), 0},
        {"in the handshake",
         DO({AT_FINISHED, OP_SEND_BEFORE, 1, "04 00000e10 00000000 00 0001 77 0000"}),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

#define CONNECTED(...) DO({AT_CONNECTED, __VA_ARGS__})

/* RFC 8446 4.6.3, 5.1. */
static void test_key_update(void **state)
{
    static const row rows[] = {
        {"an update", CONNECTED(OP_RENEW, 1, "00"), PASSES, 0},
        {"an update that asks for ours", CONNECTED(OP_RENEW, 1, "01"), PASSES, 0},
        {"in pieces",
         WITH(.record_size = 1, .steps = {{AT_CONNECTED, OP_RENEW, 3, "01"}}), PASSES, 0},
        {"as many as are allowed", CONNECTED(OP_RENEW, HFI_CONN_KEY_UPDATES_MAX, "01"),
         PASSES, 0},
        {"one too many", CONNECTED(OP_RENEW, HFI_CONN_KEY_UPDATES_MAX + 1, "00"),
         FAILS(TOO_MANY_KEY_UPDATES, UNEXPECTED_MESSAGE), 0},
        {"asks for 2", CONNECTED(OP_RENEW, 1, "02"),
         FAILS(KEY_UPDATE_VALUE, ILLEGAL_PARAMETER), 0},
        {"asks for 255", CONNECTED(OP_RENEW, 1, "ff"),
         FAILS(KEY_UPDATE_VALUE, ILLEGAL_PARAMETER), 0},
        {"no body", CONNECTED(OP_RENEW, 1, ""), FAILS(DECODE_KEY_UPDATE, DECODE_ERROR),
         0},
        {"a byte behind", CONNECTED(OP_RENEW, 1, "0000"),
         FAILS(DECODE_KEY_UPDATE, DECODE_ERROR), 0},
        {"a message behind it in its record",
         DO({AT_CONNECTED, OP_RENEW, 1, "00"}, {AT_UPDATE, OP_TAIL, 0, "18 000001 00"}),
         FAILS(HANDSHAKE_NOT_AT_BOUNDARY, UNEXPECTED_MESSAGE), 0},
        {"a byte behind it in its record",
         DO({AT_CONNECTED, OP_RENEW, 1, "00"}, {AT_UPDATE, OP_TAIL, 0, "04"}),
         FAILS(HANDSHAKE_NOT_AT_BOUNDARY, UNEXPECTED_MESSAGE), 0},
        {"data in the middle of it",
         DO({AT_CONNECTED, OP_RENEW, 1, "00"}, {AT_UPDATE, OP_BETWEEN, 2, "17 6869"}),
         FAILS(RECORDS_INTERLEAVED, UNEXPECTED_MESSAGE), 0},
        {"the old key goes on",
         DO({AT_CONNECTED, OP_SEND, 1, "18 00"}, {AT_CONNECTED, OP_RECORD, 1, "17 61"}),
         FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC), 0},
        {"before Finished", DO({AT_FINISHED, OP_SEND_BEFORE, 1, "18 00"}),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 8446 4.6.2, 5, 6. */
static void test_other(void **state)
{
    static const row rows[] = {
        {"a request for a certificate",
         CONNECTED(OP_SEND, 1, "0d 01 77 0008 000d000400020403"),
         FAILS(POST_HANDSHAKE_AUTH, UNEXPECTED_MESSAGE), 0},
        {"empty records of data", CONNECTED(OP_RECORD, HFI_CONN_IDLE_RECORDS_MAX, "17"),
         PASSES, 0},
        {"empty records without end",
         CONNECTED(OP_RECORD, HFI_CONN_IDLE_RECORDS_MAX + 1, "17"),
         FAILS(TOO_MANY_EMPTY_RECORDS, UNEXPECTED_MESSAGE), 0},
        {"an empty handshake record", CONNECTED(OP_RECORD, 1, "16"),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"an empty alert", CONNECTED(OP_RECORD, 1, "15"),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"an unknown inner type", CONNECTED(OP_RECORD, 1, "18 00"),
         FAILS(RECORD_TYPE_UNKNOWN, UNEXPECTED_MESSAGE), 0},
        {"no inner type", CONNECTED(OP_RECORD, 1, "00"),
         FAILS(RECORD_NO_CONTENT_TYPE, UNEXPECTED_MESSAGE), 0},
        {"a largest record", CONNECTED(OP_RECORD, 1, "17 61*16384"), PASSES, 0},
        {"a record too large", CONNECTED(OP_RECORD, 1, "17 61*16385"),
         FAILS(PLAINTEXT_TOO_LONG, RECORD_OVERFLOW), 0},
        {"a message in the clear", CONNECTED(OP_RAW, 1, "16 0303 0005 1800000100"),
         FAILS(RECORD_UNPROTECTED, UNEXPECTED_MESSAGE), 0},
        {"an alert in the clear", CONNECTED(OP_RAW, 1, "15 0303 0002 0228"),
         FAILS(RECORD_UNPROTECTED, UNEXPECTED_MESSAGE), 0},
        {"close_notify in the clear", CONNECTED(OP_RAW, 1, "15 0303 0002 0100"),
         FAILS(RECORD_UNPROTECTED, UNEXPECTED_MESSAGE), 0},
        {"data in the clear", CONNECTED(OP_RAW, 1, "17 0303 0020 61*32"),
         FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC), 0},
        {"a fatal alert", CONNECTED(OP_RECORD, 1, "15 0250"), FAILS(ALERT_RECEIVED, NONE),
         0},
        {"an error alert as a warning", CONNECTED(OP_RECORD, 1, "15 0164"),
         FAILS(ALERT_RECEIVED, NONE), 0},
        {"certificate_required", CONNECTED(OP_RECORD, 1, "15 0274"),
         FAILS(ALERT_RECEIVED, NONE), 0},
        {"a message larger than the limit", CONNECTED(OP_RECORD, 1, "16 04 020001"),
         FAILS(HANDSHAKE_TOO_LONG, ILLEGAL_PARAMETER), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 8446 6.1. */
static void test_end(void **state)
{
    static const row rows[] = {
        {"close_notify, then the end", CONNECTED(OP_RECORD, 1, "15 0100"), PASSES,
         ROW_END | ROW_SHUT},
        {"the end without close_notify", WITH(.tickets = 1),
         FAILS(EOF_WITHOUT_CLOSE_NOTIFY, NONE), ROW_END},
        {"the end in a record's header", CONNECTED(OP_RAW, 1, "1703"),
         FAILS(EOF_IN_RECORD, NONE), ROW_END},
        {"the end in a record", CONNECTED(OP_RAW, 1, "1703030100 61*200"),
         FAILS(EOF_IN_RECORD, NONE), ROW_END},
        {"the end in a message", CONNECTED(OP_RECORD, 1, "16 04000100 00*90"),
         FAILS(EOF_IN_MESSAGE, NONE), ROW_END},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* ---- what a row cannot show ---- */

static void start(flow *f, const script_config *config)
{
    flow_init(f, config);
    assert_int_equal(flow_run(f), HFI_OK);
    assert_int_equal(f->client.phase, HFI_PHASE_OPEN);
}

static void finish(flow *f)
{
    const char *fault = flow_conduct(f);

    if (fault != NULL)
        fail_msg("%s", fault);
    flow_free(f);
    fault = flow_left_over(f);
    if (fault != NULL)
        fail_msg("%s", fault);
}

/* RFC 8446 4.6.3: the answer to update_requested comes before the next data, is one
 * however often it was asked for, and asks for nothing. */
static void test_update_answer(void **state)
{
    static const script_config config = {.steps = {{AT_CONNECTED, OP_RENEW, 5, "01"}}};
    flow f;

    (void)state;
    start(&f, &config);
    assert_int_equal(flow_write(&f, "one"), HFI_OK);
    assert_int_equal(f.server.updates, 1);
    assert_int_equal(f.server.update_requests, 0);
    assert_int_equal(flow_write(&f, "two"), HFI_OK);
    assert_int_equal(f.server.updates, 1);
    assert_true(hfi_view_equal(script_view(&f.server.data), hfi_view_of_text("onetwo")));
    finish(&f);
}

static void test_own_updates(void **state)
{
    static const script_config config = {.tickets = 0};
    flow f;

    (void)state;
    start(&f, &config);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(hfi_conn_update_keys(&f.client, i % 2 == 1), HFI_OK);
        assert_int_equal(flow_write(&f, "x"), HFI_OK);
        scripted_server_send(&f.server, hfi_view_of_text("y"));
        assert_int_equal(flow_pump(&f), HFI_OK);
    }
    assert_int_equal(f.server.updates, 20);
    assert_int_equal(f.server.update_requests, 10);
    assert_int_equal(f.server.data.len, 20);
    assert_int_equal(f.received.len, 20);
    finish(&f);
}

/* Data between the updates: no limit is reached. */
static void test_many_updates_with_data(void **state)
{
    static const script_step renew = {AT_CONNECTED, OP_RENEW, 1, "00"};
    static const script_config config = {.tickets = 0};
    flow f;

    (void)state;
    start(&f, &config);
    for (int i = 0; i < 3 * HFI_CONN_KEY_UPDATES_MAX; i++) {
        scripted_server_step(&f.server, &renew);
        scripted_server_send(&f.server, hfi_view_of_text("y"));
        assert_int_equal(flow_pump(&f), HFI_OK);
    }
    assert_int_equal(f.received.len, 3 * HFI_CONN_KEY_UPDATES_MAX);
    finish(&f);
}

/* RFC 8446 6.1: data behind close_notify is ignored; the other direction stays open. */
static void test_half_close(void **state)
{
    static const script_config config = {
        .steps = {{AT_CONNECTED, OP_RECORD, 1, "17 6869"},
                  {AT_CONNECTED, OP_RECORD, 1, "15 0100"},
                  {AT_CONNECTED, OP_RECORD, 1, "17 6a6b"},
                  {AT_CONNECTED, OP_RAW, 1, "ffffffffffff"}}};
    flow f;

    (void)state;
    start(&f, &config);
    assert_true(f.client.close_received);
    assert_true(hfi_view_equal(script_view(&f.received), hfi_view_of_text("hi")));
    assert_int_equal(flow_write(&f, "still here"), HFI_OK);
    assert_int_equal(f.server.data.len, 10);
    assert_int_equal(hfi_conn_close(&f.client), HFI_OK);
    assert_int_equal(hfi_conn_close(&f.client), HFI_OK);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.server.alert, HFI_ALERT_CLOSE_NOTIFY);
    assert_int_equal(f.server.alerts, 1);
    assert_int_equal(f.server.alert_level, 1);
    size_t taken = 7;
    assert_int_equal(hfi_conn_write(&f.client, hfi_view_of_text("x"), &taken),
                     HFI_E_PROTOCOL_IS_SHUTDOWN);
    assert_int_equal(taken, 0);
    finish(&f);
}

/* Our close_notify first: the server's data and tickets still come. */
static void test_close_first(void **state)
{
    static const script_step ask = {AT_CONNECTED, OP_RENEW, 1, "01"};
    static const script_config config = {.tickets = 0};
    flow f;

    (void)state;
    start(&f, &config);
    assert_int_equal(hfi_conn_close(&f.client), HFI_OK);
    scripted_server_send(&f.server, hfi_view_of_text("late"));
    scripted_server_ticket(&f.server);
    scripted_server_step(&f.server, &ask);
    scripted_server_send(&f.server, hfi_view_of_text("r"));
    scripted_server_close(&f.server);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(flow_end(&f), HFI_OK);
    assert_true(f.client.close_received);
    assert_non_null(f.client.new_session);
    assert_int_equal(f.server.updates, 0);
    assert_true(hfi_view_equal(script_view(&f.received), hfi_view_of_text("later")));
    finish(&f);
}

/* RFC 8446 4.6.1: a lifetime of 0 means not to keep it, and none is kept longer than
 * seven days. */
static void test_lifetimes(void **state)
{
    static const script_config none = {.tickets = 1,
                                       .steps = {{AT_TICKET, OP_SET, 0, "00000000"}}};
    static const script_config ages = {.tickets = 1, .ticket_lifetime = UINT32_MAX};
    flow f;

    (void)state;
    start(&f, &none);
    assert_null(f.client.new_session);
    finish(&f);
    start(&f, &ages);
    assert_non_null(f.client.new_session);
    assert_int_equal(hfi_session_get(f.client.new_session)->lifetime, 604800);
    assert_true(hfi_session_fresh(f.client.new_session, FLOW_NOW + 604799));
    assert_false(hfi_session_fresh(f.client.new_session, FLOW_NOW + 604801));
    finish(&f);
}

/* RFC 8446 4.2.11.1: the ticket's age goes along, hidden; past its lifetime, or under
 * another name, it is not offered. */
static void test_ticket_age(void **state)
{
    static const script_config config = {.tickets = 1};
    flow first, second;

    (void)state;
    start(&first, &config);
    flow_init(&second, &config);
    second.unix_seconds += 100;
    flow_resume(&second, &first);
    assert_int_equal(flow_run(&second), HFI_OK);
    assert_true(second.server.resumed);
    assert_true(second.client.agreed.resumed);
    assert_int_equal(second.server.psk_age, 100000);
    finish(&second);

    flow_init(&second, &config);
    second.unix_seconds += 7201;
    flow_resume(&second, &first);
    assert_int_equal(flow_run(&second), HFI_OK);
    assert_false(second.server.resumed);
    finish(&second);

    flow_init(&second, &config);
    second.client.hostnames[0] = hfi_view_of_text("192.0.2.1");
    flow_resume(&second, &first);
    assert_int_equal(flow_run(&second), HFI_OK);
    assert_false(second.server.resumed);
    finish(&second);
    finish(&first);
}

/* A ticket may have 65535 bytes; one that a ClientHello cannot carry must not spoil the
 * next connection. */
static void test_large_tickets(void **state)
{
    static const char *const bodies[] = {
        "00000e10 00000000 00 03e8 77*1000 0000",
        "00000e10 00000000 00 3e80 77*16000 0000",
        "00000e10 00000000 00 4e20 77*20000 0000",
        "00000e10 00000000 00 fa00 77*64000 0000",
        "00000e10 00000000 00 ff78 77*65400 0000",
        "00000e10 00000000 00 ffff 77*65535 0000",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        const script_config config = {.tickets = 1,
                                      .steps = {{AT_TICKET, OP_BODY, 0, bodies[i]}}};
        const script_config plain = {.tickets = 0};
        hfi_view identity, binder;
        uint32_t age;
        size_t binders;
        flow first, second;

        start(&first, &config);
        flow_init(&second, &plain);
        flow_resume(&second, &first);
        if (flow_run(&second) != HFI_OK)
            fail_msg("%s: %d", bodies[i], second.err);
        bool offered =
            script_hello_psk(&second.server.hello, 0, &identity, &age, &binder, &binders);
        if (offered != (i < 4))
            fail_msg("%s: offered %d, ClientHello of %zu", bodies[i], offered,
                     second.server.hello.message.len);
        finish(&second);
        finish(&first);
    }
}

/* The owner's function gets each session with a reference of its own. */
static size_t told;

static void tell(void *owner, struct hfi_session *session)
{
    const flow *f = owner;

    assert_ptr_equal(f->client.new_session, session);
    told++;
    hfi_session_free(session);
}

static void test_session_callback(void **state)
{
    static const script_config config = {.tickets = 3};
    flow f;

    (void)state;
    told = 0;
    flow_init(&f, &config);
    f.settings.new_session = tell;
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_int_equal(told, 3);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticket),
        cmocka_unit_test(test_key_update),
        cmocka_unit_test(test_other),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_update_answer),
        cmocka_unit_test(test_own_updates),
        cmocka_unit_test(test_many_updates_with_data),
        cmocka_unit_test(test_half_close),
        cmocka_unit_test(test_close_first),
        cmocka_unit_test(test_lifetimes),
        cmocka_unit_test(test_ticket_age),
        cmocka_unit_test(test_large_tickets),
        cmocka_unit_test(test_session_callback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
