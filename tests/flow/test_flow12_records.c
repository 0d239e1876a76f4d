/* tests/flow/test_flow12_records.c: the record layer and what comes beside the handshake
 * in TLS 1.2: HelloRequest, alerts, closing, sizes, sequence.
 * RFC 5246 6.2, 7.2, 7.4.1.1; RFC 5746 4.2; RFC 6066 3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "rows.h"
#include "script12_server.h"

#define HELLO_REQUEST "16 00000000" /* a record of it, which nobody hashes */
#define RENEGOTIATES FAILS(TOO_MANY_RENEGOTIATIONS, UNEXPECTED_MESSAGE)

/* RFC 5246 7.4.1.1: passed over while a handshake is on its way. */
static const row requests[] = {
    {"behind ServerHello", DO12({AT_HELLO, OP_RECORD, 1, HELLO_REQUEST}), PASSES},
    {"behind Certificate", DO12({AT_CERTIFICATE, OP_RECORD, 1, HELLO_REQUEST}), PASSES},
    {"behind ServerKeyExchange", DO12({AT_KEY_EXCHANGE, OP_RECORD, 1, HELLO_REQUEST}),
     PASSES},
    {"behind ServerHelloDone", DO12({AT_DONE, OP_RECORD, 1, HELLO_REQUEST}), PASSES},
    {"behind change_cipher_spec", DO12({AT_CCS, OP_RECORD, 1, HELLO_REQUEST}), PASSES},
    {"resumed, behind ServerHello", DO12({AT_HELLO, OP_RECORD, 1, HELLO_REQUEST}), PASSES,
     ROW_RESUME},
    {"four", DO12({AT_HELLO, OP_RECORD, 4, HELLO_REQUEST}), PASSES},
    {"five", DO12({AT_HELLO, OP_RECORD, 5, HELLO_REQUEST}), RENEGOTIATES},
    {"with a body", DO12({AT_HELLO, OP_RECORD, 1, "16 00000001 00"}),
     FAILS(DECODE_HELLO_REQUEST, DECODE_ERROR)},
    {"when connected", DO12({AT_CONNECTED, OP_RECORD, 1, HELLO_REQUEST}), PASSES},
    {"when connected, in pieces",
     DO12({AT_CONNECTED, OP_RECORD, 1, "16 00"}, {AT_CONNECTED, OP_RECORD, 1, "16 0000"},
          {AT_CONNECTED, OP_RECORD, 1, "16 00"}),
     PASSES},
    {"when connected, four in a record",
     DO12({AT_CONNECTED, OP_RECORD, 1, "16 00000000 00000000 00000000 00000000"}),
     PASSES},
    {"when connected, five", DO12({AT_CONNECTED, OP_RECORD, 5, HELLO_REQUEST}),
     RENEGOTIATES},
    {"when connected, with a body", DO12({AT_CONNECTED, OP_RECORD, 1, "16 00000001 00"}),
     FAILS(DECODE_HELLO_REQUEST, DECODE_ERROR)},
    {"some of either",
     DO12({AT_CERTIFICATE, OP_RECORD, 2, HELLO_REQUEST},
          {AT_CONNECTED, OP_RECORD, 3, HELLO_REQUEST}),
     RENEGOTIATES},
    {"data inside of it",
     DO12({AT_CONNECTED, OP_RECORD, 1, "16 0000"}, {AT_CONNECTED, OP_RECORD, 1, "17 41"}),
     FAILS(RECORDS_INTERLEAVED, UNEXPECTED_MESSAGE)},
};

static void test_requests(void **state)
{
    (void)state;
    RUN_ROWS(requests);
}

static void connect12(flow *f, const script_config *config)
{
    flow_init(f, config);
    assert_int_equal(flow_run(f), HFI_OK);
    assert_int_equal(f->client.phase, HFI_PHASE_OPEN);
    assert_true(f->server.connected);
    assert_null(flow_conduct(f));
}

static void disconnect(flow *f)
{
    flow_free(f);
    assert_null(flow_left_over(f));
}

static void from_server(flow *f, script_op op, int times, const char *hex)
{
    const script_step step = {AT_CONNECTED, op, times, hex};

    scripted_server_step(&f->server, &step);
    (void)flow_pump(f);
}

static const script_config plain = {.tls12 = {.on = true}};

/* RFC 5246 7.2.2: a warning no_renegotiation, and all goes on. */
static void test_declined(void **state)
{
    flow f;

    (void)state;
    connect12(&f, &plain);
    for (unsigned i = 1; i <= 4; i++) {
        from_server(&f, OP_RECORD, 1, HELLO_REQUEST);
        assert_int_equal(f.err, HFI_OK);
        assert_int_equal(f.server.tls12.warnings, i);
        assert_int_equal(f.server.tls12.warning, 100);
        assert_int_equal(flow_write(&f, "on"), HFI_OK);
        assert_int_equal(f.server.data.len, 2 * i);
        scripted_server_send(&f.server, hfi_view_of_text("on"));
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_int_equal(f.received.len, 2 * i);
    }
    assert_int_equal(f.server.alert, -1);
    /* After our close_notify nothing more is said. */
    assert_int_equal(hfi_conn_close(&f.client), HFI_OK);
    (void)flow_pump(&f);
    assert_int_equal(f.server.alert, 0);
    disconnect(&f);

    connect12(&f, &plain);
    assert_int_equal(hfi_conn_close(&f.client), HFI_OK);
    (void)flow_pump(&f);
    from_server(&f, OP_RECORD, 1, HELLO_REQUEST);
    assert_int_equal(f.err, HFI_OK);
    assert_int_equal(f.server.tls12.warnings, 0);
    disconnect(&f);
}

/* During the handshake nothing is answered. */
static void test_passed_over(void **state)
{
    static const script_config config = {
        .tls12 = {.on = true}, .steps = {{AT_HELLO, OP_RECORD, 4, HELLO_REQUEST}}};
    flow f;

    (void)state;
    connect12(&f, &config);
    assert_int_equal(f.server.tls12.warnings, 0);
    disconnect(&f);
}

/* ---- alerts, RFC 5246 7.2 ---- */

#define WARNING "15 01 70" /* unrecognized_name, RFC 6066 3 */

static const row alerts[] = {
    {"a warning before ServerHello", DO12({AT_HELLO, OP_RECORD_BEFORE, 1, WARNING}),
     PASSES},
    {"the same, 1.2 alone", DO12({AT_HELLO, OP_RECORD_BEFORE, 1, WARNING}), PASSES,
     ROW_TLS12_ONLY},
    {"a warning behind ServerHello", DO12({AT_HELLO, OP_RECORD, 1, WARNING}), PASSES},
    {"a warning behind ServerHelloDone", DO12({AT_DONE, OP_RECORD, 1, WARNING}), PASSES},
    {"a warning before Finished", DO12({AT_FINISHED, OP_RECORD_BEFORE, 1, WARNING}),
     PASSES},
    {"four", DO12({AT_HELLO, OP_RECORD_BEFORE, 4, WARNING}), PASSES},
    {"five", DO12({AT_HELLO, OP_RECORD_BEFORE, 5, WARNING}),
     FAILS(TOO_MANY_WARNINGS, UNEXPECTED_MESSAGE)},
    {"five behind ServerHello", DO12({AT_HELLO, OP_RECORD, 5, WARNING}),
     FAILS(TOO_MANY_WARNINGS, UNEXPECTED_MESSAGE)},
    {"four when connected", DO12({AT_CONNECTED, OP_RECORD, 4, WARNING}), PASSES},
    {"five when connected", DO12({AT_CONNECTED, OP_RECORD, 5, WARNING}),
     FAILS(TOO_MANY_WARNINGS, UNEXPECTED_MESSAGE)},
    {"a warning of an unknown kind", DO12({AT_CONNECTED, OP_RECORD, 1, "15 01 fe"}),
     PASSES},
    {"fatal before ServerHello", DO12({AT_HELLO, OP_RECORD_BEFORE, 1, "15 02 28"}),
     FAILS(ALERT_RECEIVED, NONE)},
    {"fatal behind ServerHello", DO12({AT_HELLO, OP_RECORD, 1, "15 02 50"}),
     FAILS(ALERT_RECEIVED, NONE), 0, "WAIT_CERT"},
    {"fatal behind ServerHelloDone", DO12({AT_DONE, OP_RECORD, 1, "15 02 2f"}),
     FAILS(ALERT_RECEIVED, NONE), 0, "WAIT_CCS"},
    {"fatal before Finished", DO12({AT_FINISHED, OP_RECORD_BEFORE, 1, "15 02 33"}),
     FAILS(ALERT_RECEIVED, NONE), 0, "WAIT_FINISHED"},
    {"fatal when connected", DO12({AT_CONNECTED, OP_RECORD, 1, "15 02 50"}),
     FAILS(ALERT_RECEIVED, NONE), 0, "CONNECTED"},
    {"unprotected when keys are there",
     DO12({AT_CONNECTED, OP_RAW, 1, "15 0303 0002 0228"}),
     FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC)},
    {"close_notify before ServerHello", DO12({AT_HELLO, OP_RECORD_BEFORE, 1, "15 01 00"}),
     FAILS(CLOSED_IN_HANDSHAKE, NONE)},
    {"close_notify behind ServerHello", DO12({AT_HELLO, OP_RECORD, 1, "15 01 00"}),
     FAILS(CLOSED_IN_HANDSHAKE, NONE)},
    {"close_notify before Finished", DO12({AT_FINISHED, OP_RECORD_BEFORE, 1, "15 01 00"}),
     FAILS(CLOSED_IN_HANDSHAKE, NONE)},
    {"a level of 0", DO12({AT_HELLO, OP_RECORD, 1, "15 00 28"}),
     FAILS(ALERT_LEVEL, ILLEGAL_PARAMETER)},
    {"a level of 3", DO12({AT_CONNECTED, OP_RECORD, 1, "15 03 28"}),
     FAILS(ALERT_LEVEL, ILLEGAL_PARAMETER)},
    {"one byte", DO12({AT_HELLO, OP_RECORD, 1, "15 02"}),
     FAILS(ALERT_MALFORMED, DECODE_ERROR)},
    {"three bytes", DO12({AT_CONNECTED, OP_RECORD, 1, "15 02 28 00"}),
     FAILS(ALERT_MALFORMED, DECODE_ERROR)},
    {"two in a record", DO12({AT_CONNECTED, OP_RECORD, 1, "15 01 70 01 70"}),
     FAILS(ALERT_MALFORMED, DECODE_ERROR)},
    {"a warning inside of a message", DO12({AT_CERTIFICATE, OP_BETWEEN, 9, "15 01 70"}),
     PASSES},
};

static void test_alerts(void **state)
{
    (void)state;
    RUN_ROWS(alerts);
}

/* The limit counts warnings in a row: a long connection may see many. */
static void test_warnings_with_data(void **state)
{
    flow f;

    (void)state;
    connect12(&f, &plain);
    for (int i = 0; i < 20; i++) {
        from_server(&f, OP_RECORD, 3, WARNING);
        scripted_server_send(&f.server, hfi_view_of_text("data"));
        assert_int_equal(flow_pump(&f), HFI_OK);
    }
    assert_int_equal(f.received.len, 80);
    disconnect(&f);
}

/* ---- closing, RFC 5246 7.2.1 ---- */

static void test_closing(void **state)
{
    flow f;

    (void)state;
    connect12(&f, &plain);
    scripted_server_send(&f.server, hfi_view_of_text("last"));
    scripted_server_close(&f.server);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_true(f.client.close_received);
    assert_int_equal(f.received.len, 4);
    assert_int_equal(hfi_conn_close(&f.client), HFI_OK);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.server.alert, 0);
    assert_int_equal(f.server.alert_level, 1);
    assert_true(f.server.alert_protected);
    assert_int_equal(flow_end(&f), HFI_OK);
    disconnect(&f);

    connect12(&f, &plain);
    assert_int_equal(hfi_conn_close(&f.client), HFI_OK);
    (void)flow_pump(&f);
    assert_int_equal(f.server.alert, 0);
    size_t taken;
    assert_int_equal(hfi_conn_write(&f.client, hfi_view_of_text("x"), &taken),
                     HFI_E_PROTOCOL_IS_SHUTDOWN);
    scripted_server_send(&f.server, hfi_view_of_text("more"));
    scripted_server_close(&f.server);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.received.len, 4);
    assert_true(f.client.close_received);
    disconnect(&f);

    connect12(&f, &plain);
    assert_int_equal(flow_end(&f), HFI_E_EOF_WITHOUT_CLOSE_NOTIFY);
    disconnect(&f);
}

/* ---- records ---- */

#define GARBAGE(type, length) type " 0303 " length " 00*40"

static const row records[] = {
    {"empty data", DO12({AT_CONNECTED, OP_RECORD, 1, "17"}), PASSES},
    {"32 empty ones", DO12({AT_CONNECTED, OP_RECORD, 32, "17"}), PASSES},
    {"33 empty ones", DO12({AT_CONNECTED, OP_RECORD, 33, "17"}),
     FAILS(TOO_MANY_EMPTY_RECORDS, UNEXPECTED_MESSAGE)},
    {"empty handshake, unprotected", DO12({AT_HELLO, OP_RECORD, 1, "16"}),
     FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE)},
    {"empty handshake, protected", DO12({AT_FINISHED, OP_RECORD_BEFORE, 1, "16"}),
     FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE)},
    {"empty alert", DO12({AT_CONNECTED, OP_RECORD, 1, "15"}),
     FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE)},
    {"unknown type, unprotected", DO12({AT_HELLO, OP_RECORD, 1, "18 01 0000"}),
     FAILS(RECORD_TYPE_UNKNOWN, UNEXPECTED_MESSAGE)},
    {"unknown type, protected", DO12({AT_CONNECTED, OP_RECORD, 1, "18 01 0000"}),
     FAILS(RECORD_TYPE_UNKNOWN, UNEXPECTED_MESSAGE)},
    {"type 19", DO12({AT_CONNECTED, OP_RECORD, 1, "13 01"}),
     FAILS(RECORD_TYPE_UNKNOWN, UNEXPECTED_MESSAGE)},
    {"16384 bytes", DO12({AT_CONNECTED, OP_RECORD, 1, "17 41*16384"}), PASSES},
    {"16385 bytes", DO12({AT_CONNECTED, OP_RECORD, 1, "17 41*16385"}),
     FAILS(PLAINTEXT_TOO_LONG, RECORD_OVERFLOW)},
    /* RFC 5246 6.2.3: no AEAD of ours adds so much that these could be right, and none
     * may be waited for. */
    {"17408 bytes of a record", DO12({AT_CONNECTED, OP_RAW, 1, "17 0303 4400 00*17408"}),
     FAILS(RECORD_TOO_LONG, RECORD_OVERFLOW)},
    {"18432 bytes of a record", DO12({AT_CONNECTED, OP_RAW, 1, "17 0303 4800 00*18432"}),
     FAILS(RECORD_TOO_LONG, RECORD_OVERFLOW)},
    {"18433 bytes of a record", DO12({AT_CONNECTED, OP_RAW, 1, "17 0303 4801 00*10"}),
     FAILS(RECORD_TOO_LONG, RECORD_OVERFLOW)},
    {"65535 bytes of a record", DO12({AT_CONNECTED, OP_RAW, 1, "17 0303 ffff"}),
     FAILS(RECORD_TOO_LONG, RECORD_OVERFLOW)},
    {"16385 bytes unprotected", DO12({AT_HELLO, OP_RAW, 1, "16 0303 4001 00*10"}),
     FAILS(RECORD_TOO_LONG, RECORD_OVERFLOW)},
    {"too short for a tag", DO12({AT_CONNECTED, OP_RAW, 1, GARBAGE("17", "0017")}),
     FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC)},
    {"no body", DO12({AT_CONNECTED, OP_RAW, 1, "17 0303 0000"}),
     FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC)},
    {"nobody's tag", DO12({AT_CONNECTED, OP_RAW, 1, GARBAGE("17", "0028")}),
     FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC)},
    {"another minor version", DO12({AT_CONNECTED, OP_RAW, 1, "17 0302 0028 00*40"}),
     FAILS(RECORD_VERSION, PROTOCOL_VERSION)},
    {"another major version", DO12({AT_CONNECTED, OP_RAW, 1, "17 0203 0028 00*40"}),
     FAILS(RECORD_VERSION, PROTOCOL_VERSION)},
    {"SSL 2.0", DO12({AT_HELLO, OP_RAW, 1, "80 2e 01 0002"}),
     FAILS(RECORD_TYPE_UNKNOWN, UNEXPECTED_MESSAGE)},
};

static void test_records(void **state)
{
    (void)state;
    RUN_ROWS(records);
}

/* What is written comes out whole, in either direction, whatever the suite. */
static void test_much_data(void **state)
{
    static const uint16_t suites[] = {0xc02b, 0xc02c, 0xcca9};
    static char text[100001];
    static uint8_t back[70000];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    for (size_t i = 0; i < 3; i++) {
        const script_config config = {.suite = suites[i], .tls12 = {.on = true}};
        flow f;
        connect12(&f, &config);
        for (size_t j = 0; j < sizeof back; j++)
            back[j] = (uint8_t)(j * 31 + j / 251);
        assert_int_equal(flow_write(&f, text), HFI_OK);
        assert_int_equal(f.server.data.len, sizeof text - 1);
        assert_memory_equal(f.server.data.p, text, sizeof text - 1);
        scripted_server_send(&f.server, hfi_view_of(back, sizeof back));
        f.piece = 777;
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_int_equal(f.received.len, sizeof back);
        assert_memory_equal(f.received.p, back, sizeof back);
        disconnect(&f);
    }
}

/* TLS 1.2 has no KeyUpdate: neither many records that come nor many that go end a
 * connection. */
static void test_many_records(void **state)
{
    flow f;

    (void)state;
    connect12(&f, &plain);
    uint64_t limit = hfi_crypto_nettle.aes_128_gcm->record_limit;
    f.client.keys_in.sequence = f.server.writing.sequence = limit - 2;
    f.client.keys_out.sequence = f.server.reading.sequence = limit - 2;
    for (int i = 0; i < 5; i++) {
        scripted_server_send(&f.server, hfi_view_of_text("data"));
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_int_equal(flow_write(&f, "data"), HFI_OK);
    }
    assert_int_equal(f.received.len, 20);
    assert_int_equal(f.server.data.len, 20);
    assert_null(f.server.fault);
    disconnect(&f);
}

/* RFC 5246 6.1: the sequence number never wraps. */
static void test_last_record(void **state)
{
    flow f;

    (void)state;
    connect12(&f, &plain);
    f.client.keys_in.sequence = f.server.writing.sequence = UINT64_MAX - 1;
    scripted_server_send(&f.server, hfi_view_of_text("data"));
    assert_int_equal(flow_pump(&f), HFI_OK);
    scripted_server_send(&f.server, hfi_view_of_text("data"));
    assert_int_equal(flow_pump(&f), HFI_E_RECORD_SEQUENCE_EXHAUSTED);
    assert_int_equal(f.server.alert, HFI_ALERT_INTERNAL_ERROR);
    disconnect(&f);
}

/* Records left out, repeated and exchanged: the sequence number tells. */
static void test_moved_records(void **state)
{
    static const uint16_t suites[] = {0xc02b, 0xcca9};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        const script_config config = {.suite = suites[i % 2], .tls12 = {.on = true}};
        script_bytes a = {NULL, 0, 0}, b = {NULL, 0, 0};
        flow f;
        connect12(&f, &config);
        scripted_server_send(&f.server, hfi_view_of_text("first"));
        script_append_view(&a, script_view(&f.server.out));
        f.server.out.len = 0;
        scripted_server_send(&f.server, hfi_view_of_text("second"));
        script_append_view(&b, script_view(&f.server.out));
        f.server.out.len = 0;
        if (i / 2 == 0)
            script_append_view(&f.server.out, script_view(&b)); /* left out */
        if (i / 2 == 1) {
            script_append_view(&f.server.out, script_view(&a)); /* repeated */
            script_append_view(&f.server.out, script_view(&a));
        }
        if (i / 2 == 2) {
            script_append_view(&f.server.out, script_view(&b)); /* exchanged */
            script_append_view(&f.server.out, script_view(&a));
        }
        assert_int_equal(flow_pump(&f), HFI_E_BAD_RECORD_MAC);
        assert_int_equal(f.received.len, i / 2 == 1 ? 5 : 0);
        assert_int_equal(f.server.alert, HFI_ALERT_BAD_RECORD_MAC);
        script_free(&a);
        script_free(&b);
        disconnect(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),      cmocka_unit_test(test_declined),
        cmocka_unit_test(test_passed_over),   cmocka_unit_test(test_alerts),
        cmocka_unit_test(test_closing),       cmocka_unit_test(test_warnings_with_data),
        cmocka_unit_test(test_records),       cmocka_unit_test(test_much_data),
        cmocka_unit_test(test_many_records),  cmocka_unit_test(test_last_record),
        cmocka_unit_test(test_moved_records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
