/* tests/flow/test_flow_record_size.c: record_size_limit in both directions, and padding.
 * RFC 8449 4, RFC 8446 5.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

#define TELLS(hex) DO({AT_EXTENSIONS, OP_EXT_ADD, 28, hex})

static void test_refusals(void **state)
{
    static const row rows[] = {
        {"empty", TELLS(""), FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"one byte", TELLS("40"), FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"three bytes", TELLS("400100"), FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"63 bytes", TELLS("003f"), FAILS(EXTENSION_VALUE_FORBIDDEN, ILLEGAL_PARAMETER),
         0},
        {"none", TELLS("0000"), FAILS(EXTENSION_VALUE_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"in ServerHello", DO({AT_HELLO, OP_EXT_ADD, 28, "4001"}),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"64 bytes", TELLS("0040"), PASSES, 0},
        {"more than the protocol allows", TELLS("ffff"), PASSES, 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

static void check_offer(uint16_t limit, uint16_t version_min, uint16_t version_max,
                        const char *want)
{
    static const script_config config = {.tickets = 0};
    script_bytes bytes = {NULL, 0, 0};
    hfi_view data = {NULL, 0};
    flow f;

    flow_init(&f, &config);
    f.settings.record_size_limit = limit;
    f.settings.version_min = version_min;
    f.settings.version_max = version_max;
    (void)flow_run(&f);
    bool found = script_hello_find(&f.server.hello, 28, &data);
    assert_int_equal(found, want != NULL);
    script_append_hex(&bytes, want != NULL ? want : "");
    assert_true(hfi_view_equal(data, script_view(&bytes)));
    script_free(&bytes);
    flow_free(&f);
}

/* In TLS 1.3 the content type counts. */
static void test_what_is_told(void **state)
{
    (void)state;
    check_offer(16384, 0x0304, 0x0304, "4001");
    check_offer(16384, 0x0303, 0x0304, "4001");
    check_offer(64, 0x0303, 0x0304, "0041");
    check_offer(0, 0x0304, 0x0304, NULL);
}

static void start(flow *f, const script_config *config, uint16_t limit)
{
    flow_init(f, config);
    f->settings.record_size_limit = limit;
    assert_int_equal(flow_run(f), HFI_OK);
}

static void finish(flow *f)
{
    const char *wrong = flow_conduct(f);
    assert_null(wrong);
    flow_free(f);
    assert_null(flow_left_over(f));
}

/* A server that knows the limit and exceeds it, by padding too, is told so. */
static void test_server_exceeds(void **state)
{
    static const script_config knows = {
        .steps = {{AT_EXTENSIONS, OP_EXT_ADD, 28, "4001"}}, .record_size = 100};
    static const script_config ignorant = {.record_size = 100};
    uint8_t data[101] = {0};
    flow f;

    (void)state;
    start(&f, &knows, 100);
    scripted_server_send(&f.server, hfi_view_of(data, 100));
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.received.len, 100);
    scripted_server_send(&f.server, hfi_view_of(data, 101));
    assert_int_equal(flow_pump(&f), HFI_E_PLAINTEXT_TOO_LONG);
    assert_int_equal(f.server.alert, HFI_ALERT_RECORD_OVERFLOW);
    finish(&f);

    start(&f, &knows, 100);
    f.server.pad_next = 1;
    scripted_server_send(&f.server, hfi_view_of(data, 100));
    assert_int_equal(flow_pump(&f), HFI_E_PLAINTEXT_TOO_LONG);
    finish(&f);

    start(&f, &ignorant, 100);
    scripted_server_send(&f.server, hfi_view_of(data, 101));
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.received.len, 101);
    finish(&f);
}

/* The plaintext in each record that waits to be sent, its type included. */
static void check_records(const flow *f, const size_t *want, size_t count)
{
    hfi_view out = hfi_conn_drain(&f->client);
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        assert_true(at + 5 <= out.len);
        size_t len = (size_t)script_number(out.p + at + 3, 2);
        assert_int_equal(len - 16, want[i]);
        at += 5 + len;
    }
    assert_int_equal(at, out.len);
}

static void test_client_keeps_to_it(void **state)
{
    static const script_config config = {
        .steps = {{AT_EXTENSIONS, OP_EXT_ADD, 28, "0040"}}, .requests_certificate = true};
    static const size_t full[] = {64}, rest[] = {38};
    uint8_t data[100] = {0};
    size_t taken = 0;
    flow f;

    (void)state;
    start(&f, &config, 16384);
    assert_int_equal(hfi_conn_write(&f.client, hfi_view_of(data, 100), &taken), HFI_OK);
    assert_int_equal(taken, 63);
    check_records(&f, full, 1);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(hfi_conn_write(&f.client, hfi_view_of(data, 37), &taken), HFI_OK);
    assert_int_equal(taken, 37);
    check_records(&f, rest, 1);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.server.data.len, 100);
    finish(&f);
}

/* Ours counts with every server; the smaller of both where it has one. */
static void test_own_size(void **state)
{
    static const script_config limits = {
        .steps = {{AT_EXTENSIONS, OP_EXT_ADD, 28, "0040"}}};
    static const script_config none = {.tickets = 0};
    static const size_t ours[] = {101}, theirs[] = {64};
    uint8_t data[150] = {0};
    size_t taken = 0;

    (void)state;
    for (int i = 0; i < 2; i++) {
        flow f;
        flow_init(&f, i == 0 ? &none : &limits);
        f.settings.record_size = 100;
        assert_int_equal(flow_run(&f), HFI_OK);
        assert_int_equal(hfi_conn_write(&f.client, hfi_view_of(data, 150), &taken),
                         HFI_OK);
        assert_int_equal(taken, i == 0 ? 100 : 63);
        check_records(&f, i == 0 ? ours : theirs, 1);
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_int_equal(f.server.data.len, taken);
        finish(&f);
    }
}

/* The hello, too, goes out in records of that size. */
static void test_own_size_of_hello(void **state)
{
    static const script_config config = {.tickets = 0};
    flow f;

    (void)state;
    flow_init(&f, &config);
    f.settings.record_size = 64;
    assert_int_equal(hfi_conn_start_client(&f.client), HFI_OK);
    hfi_view out = hfi_conn_drain(&f.client);
    size_t records = 0;
    for (size_t at = 0; at < out.len; records++) {
        size_t len = (size_t)script_number(out.p + at + 3, 2);
        assert_in_range(len, 1, 64);
        at += 5 + len;
    }
    assert_true(records > 2);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.client.phase, HFI_PHASE_OPEN);
    finish(&f);
}

static void check_padded(uint16_t multiple, const char *limit, size_t len, size_t want)
{
    static uint8_t data[16384];
    script_config config = {.steps = {{AT_EXTENSIONS, OP_EXT_ADD, 28, limit}}};
    size_t taken = 0;
    flow f;

    flow_init(&f, &config);
    f.settings.record_padding = multiple;
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_int_equal(hfi_conn_write(&f.client, hfi_view_of(data, len), &taken), HFI_OK);
    assert_int_equal(taken, len);
    check_records(&f, &want, 1);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.server.data.len, len);
    finish(&f);
}

/* Content and padding are a multiple, as far as the record may grow; the type is one
 * more byte. */
static void test_padding(void **state)
{
    (void)state;
    check_padded(0, "4001", 5, 6);
    check_padded(1, "4001", 5, 6);
    check_padded(512, "4001", 1, 513);
    check_padded(512, "4001", 512, 513);
    check_padded(512, "4001", 513, 1025);
    check_padded(16384, "4001", 1, 16385);
    check_padded(16384, "4001", 16384, 16385);
    check_padded(10000, "4001", 10001, 16385);
    check_padded(512, "0065", 90, 101);
    check_padded(512, "0065", 100, 101);
}

/* Padded handshake messages and alerts are read as they are. */
static void test_padded_handshake(void **state)
{
    static const script_config config = {.tickets = 1};
    flow f;

    (void)state;
    flow_init(&f, &config);
    f.settings.record_padding = 1024;
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_true(f.server.connected);
    assert_int_equal(hfi_conn_close(&f.client), HFI_OK);
    assert_int_equal(hfi_conn_drain(&f.client).len, 5 + 1024 + 1 + 16);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.server.alert, 0);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),       cmocka_unit_test(test_what_is_told),
        cmocka_unit_test(test_server_exceeds), cmocka_unit_test(test_client_keeps_to_it),
        cmocka_unit_test(test_own_size),       cmocka_unit_test(test_own_size_of_hello),
        cmocka_unit_test(test_padding),        cmocka_unit_test(test_padded_handshake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
