/* tests/flow/test_flow_early_data.c: data with the first flight, taken or not.
 * RFC 8446 2.3, 4.2.10, 4.5, D.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

static const script_config giving = {.tickets = 1, .max_early_data = 100};

/* A second connection that resumes the first and may send early data. */
static void begin(flow *f, flow *first, const script_config *before,
                  const script_config *config)
{
    flow_init(first, before);
    assert_int_equal(flow_run(first), HFI_OK);
    flow_init(f, config);
    flow_resume(f, first);
    f->client.early_data = true;
}

static hfi_err write_early(flow *f, const char *text)
{
    size_t taken = 0;

    f->err = hfi_conn_start_client(&f->client);
    assert_int_equal(f->err, HFI_OK);
    hfi_err err = hfi_conn_write_early(&f->client, hfi_view_of_text(text), &taken);
    assert_int_equal(taken, err == HFI_OK ? strlen(text) : 0);
    return err;
}

static void finish(flow *f, flow *first, hfi_err err, hfi_alert alert)
{
    const char *wrong = flow_conduct(f);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    assert_int_equal(f->err, err);
    if (err != HFI_OK)
        assert_int_equal(f->server.alert, alert);
    flow_free(f);
    assert_null(flow_left_over(f));
    flow_free(first);
    assert_null(flow_left_over(first));
}

/* Not allowed, no session, a server that takes none, or a key of the application's. */
static void test_unavailable(void **state)
{
    static const script_config plain = {.tickets = 1};
    hfi_view data;
    flow f, first;
    size_t taken;

    (void)state;
    for (int i = 0; i < 3; i++) {
        begin(&f, &first, i == 1 ? &plain : &giving, &plain);
        if (i == 0)
            f.client.early_data = false;
        if (i == 2) {
            hfi_session_free(f.client.session);
            f.client.session = NULL;
        }
        assert_int_equal(write_early(&f, "hello"), HFI_E_EARLY_DATA_UNAVAILABLE);
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_false(script_hello_find(&f.server.hello, 42, &data));
        assert_int_equal(f.client.agreed.early_data, HFI_EARLY_NONE);
        assert_int_equal(hfi_conn_write_early(&f.client, hfi_view_of("x", 1), &taken),
                         HFI_E_EARLY_DATA_UNAVAILABLE);
        finish(&f, &first, HFI_OK, HFI_ALERT_NONE);
    }
}

/* The data is of the protocol that the session agreed on (RFC 8446 4.2.10). */
static void test_protocols(void **state)
{
    static const script_config before = {
        .tickets = 1, .max_early_data = 100, .alpn = "http/1.1"};
    static const struct {
        const char *offered;
        bool allowed;
    } lists[] = {{"\x08http/1.1", true},
                 {"\x02h2\x08http/1.1", true},
                 {"\x02h2", false},
                 {"", false}};
    flow f, first;

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        script_config now = before;
        now.alpn = lists[i].allowed ? "http/1.1" : NULL;
        flow_init(&first, &before);
        first.settings.alpn = hfi_view_of_text("\x08http/1.1");
        assert_int_equal(flow_run(&first), HFI_OK);
        flow_init(&f, &now);
        flow_resume(&f, &first);
        f.client.early_data = true;
        f.settings.alpn = hfi_view_of_text(lists[i].offered);
        assert_int_equal(write_early(&f, "hello"),
                         lists[i].allowed ? HFI_OK : HFI_E_EARLY_DATA_UNAVAILABLE);
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_int_equal(f.client.agreed.early_data,
                         lists[i].allowed ? HFI_EARLY_ACCEPTED : HFI_EARLY_NONE);
        finish(&f, &first, HFI_OK, HFI_ALERT_NONE);
    }
}

static void refused(script_config config, hfi_err err, hfi_alert alert)
{
    flow f, first;

    begin(&f, &first, &giving, &config);
    assert_int_equal(write_early(&f, "hello"), HFI_OK);
    (void)flow_pump(&f);
    finish(&f, &first, err, alert);
}

static void test_wrong_answers(void **state)
{
    (void)state;
    script_config filled = {.rejects_early_data = true,
                            .steps = {{AT_EXTENSIONS, OP_EXT_ADD, 42, "00"}}};
    refused(filled, HFI_E_DECODE_EXTENSION, HFI_ALERT_DECODE_ERROR);
    script_config without_psk = {.refuses_psk = true,
                                 .steps = {{AT_EXTENSIONS, OP_EXT_ADD, 42, ""}}};
    refused(without_psk, HFI_E_EARLY_DATA_UNASKED, HFI_ALERT_UNSUPPORTED_EXTENSION);
    script_config retried = {
        .retries = 1, .group = 0x0017, .steps = {{AT_EXTENSIONS, OP_EXT_ADD, 42, ""}}};
    refused(retried, HFI_E_EARLY_DATA_UNASKED, HFI_ALERT_UNSUPPORTED_EXTENSION);
    script_config suite = {.rejects_early_data = true,
                           .suite = 0x1303,
                           .steps = {{AT_EXTENSIONS, OP_EXT_ADD, 42, ""}}};
    refused(suite, HFI_E_EARLY_DATA_MISMATCH, HFI_ALERT_ILLEGAL_PARAMETER);
    script_config in_hello = {.steps = {{AT_HELLO, OP_EXT_ADD, 42, ""}}};
    refused(in_hello, HFI_E_EXTENSION_FORBIDDEN, HFI_ALERT_ILLEGAL_PARAMETER);
}

/* RFC 8446 D.3.  To a server of TLS 1.2 the records are out of order, but the alert can
 * be read. */
static void test_older_version(void **state)
{
    static const script_config tls12 = {.tls12 = {.on = true}};
    flow f, first;

    (void)state;
    begin(&f, &first, &giving, &tls12);
    assert_int_equal(write_early(&f, "hello"), HFI_OK);
    assert_int_equal(flow_pump(&f), HFI_E_EARLY_DATA_VERSION);
    assert_int_equal(f.server.alert, HFI_ALERT_PROTOCOL_VERSION);
    assert_false(f.server.alert_protected);
    flow_free(&f);
    assert_null(flow_left_over(&f));
    flow_free(&first);
}

static void test_limit(void **state)
{
    char text[102];
    size_t taken;
    flow f, first;

    (void)state;
    memset(text, 'x', 101);
    text[101] = '\0';
    begin(&f, &first, &giving, &giving);
    assert_int_equal(hfi_conn_start_client(&f.client), HFI_OK);
    assert_int_equal(hfi_conn_write_early(&f.client, hfi_view_of(text, 101), &taken),
                     HFI_OK);
    assert_int_equal(taken, 100);
    assert_int_equal(hfi_conn_write_early(&f.client, hfi_view_of(text, 1), &taken),
                     HFI_E_EARLY_DATA_LIMIT);
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.server.early_data.len, 100);
    finish(&f, &first, HFI_OK, HFI_ALERT_NONE);
}

static void test_taken(void **state)
{
    flow f, first;

    (void)state;
    for (int i = 0; i < 2; i++) {
        begin(&f, &first, &giving, &giving);
        apply_row(&f, i == 1 ? ROW_NO_COMPAT : 0);
        assert_int_equal(write_early(&f, "hello"), HFI_OK);
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_int_equal(f.client.agreed.early_data, HFI_EARLY_ACCEPTED);
        assert_true(
            hfi_view_equal(script_view(&f.server.early_data), hfi_view_of_text("hello")));
        assert_false(f.server.takes_early_data); /* it was told of the end */
        assert_int_equal(flow_write(&f, "after"), HFI_OK);
        assert_true(
            hfi_view_equal(script_view(&f.server.data), hfi_view_of_text("after")));
        finish(&f, &first, HFI_OK, HFI_ALERT_NONE);
    }
}

/* What was not taken is lost, and is never sent again by itself. */
static void test_rejected(void **state)
{
    static const script_config rejecting[] = {
        {.rejects_early_data = true},
        {.refuses_psk = true},
        {.retries = 1, .group = 0x0017},
        {.retries = 1, .retry_without_group = true, .cookie = "01"},
    };
    flow f, first;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        begin(&f, &first, &giving, &rejecting[i]);
        assert_int_equal(write_early(&f, "hello"), HFI_OK);
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_int_equal(f.client.agreed.early_data, HFI_EARLY_REJECTED);
        assert_int_equal(f.server.early_data.len, 0);
        assert_int_equal(f.server.data.len, 0);
        assert_int_equal(flow_write(&f, "after"), HFI_OK);
        assert_true(
            hfi_view_equal(script_view(&f.server.data), hfi_view_of_text("after")));
        finish(&f, &first, HFI_OK, HFI_ALERT_NONE);
    }
}

/* What a ticket says is kept with the session, as bytes too. */
static void test_session(void **state)
{
    static const script_config bad = {.tickets = 1,
                                      .steps = {{AT_TICKET, OP_EXT_ADD, 42, "000000"}}};
    uint8_t bytes[2048];
    flow f;

    (void)state;
    flow_init(&f, &bad);
    assert_int_equal(flow_run(&f), HFI_E_DECODE_EXTENSION);
    flow_free(&f);
    flow_init(&f, &giving);
    assert_int_equal(flow_run(&f), HFI_OK);
    size_t len = hfi_session_encode(f.client.new_session, bytes, sizeof bytes);
    assert_int_equal(len, hfi_session_encoded_size(f.client.new_session));
    for (size_t i = 0; i < len; i++)
        assert_null(hfi_session_decode(&f.settings.alloc, hfi_view_of(bytes, i)));
    hfi_session *s = hfi_session_decode(&f.settings.alloc, hfi_view_of(bytes, len));
    assert_non_null(s);
    assert_int_equal(hfi_session_get(s)->max_early_data, 100);
    hfi_session_free(s);
    flow_free(&f);
    assert_null(flow_left_over(&f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unavailable),   cmocka_unit_test(test_protocols),
        cmocka_unit_test(test_wrong_answers), cmocka_unit_test(test_older_version),
        cmocka_unit_test(test_limit),         cmocka_unit_test(test_taken),
        cmocka_unit_test(test_rejected),      cmocka_unit_test(test_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
