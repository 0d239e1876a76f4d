/* tests/flow/test_flow_limits.c: the deadline, and the limits on what a peer may send.
 * RFC 8446 4, 5.1, 5.5; limits without a section there are the library's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "msg/extensions.h"
#include "rows.h"

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

static const script_config plain = {.tickets = 0};

/* ---- deadline ---- */

static void test_no_deadline(void **state)
{
    flow f;

    (void)state;
    flow_init(&f, &plain);
    f.cut_at = 10;
    f.microseconds = 5000000;
    assert_int_equal(hfi_conn_time_left(&f.client), -1);
    assert_int_equal(flow_run(&f), HFI_OK);
    f.microseconds += INT64_C(100000000000000);
    assert_int_equal(hfi_conn_time_left(&f.client), -1);
    f.cut_at = SIZE_MAX;
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.client.phase, HFI_PHASE_OPEN);
    finish(&f);
}

static void test_silent_peer(void **state)
{
    flow f;

    (void)state;
    flow_init(&f, &plain);
    f.client.timeout = 1000000;
    f.cut_at = 0;
    f.microseconds = 77;
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_int_equal(hfi_conn_time_left(&f.client), 1000000);
    f.microseconds += 999999;
    assert_int_equal(hfi_conn_time_left(&f.client), 1);
    assert_int_equal(hfi_conn_process(&f.client, NULL), HFI_OK);
    f.microseconds += 1;
    assert_int_equal(hfi_conn_time_left(&f.client), 0);
    f.err = hfi_conn_process(&f.client, NULL);
    assert_int_equal(f.err, HFI_E_DEADLINE_EXCEEDED);
    assert_int_equal(hfi_conn_time_left(&f.client), -1);
    assert_string_equal(f.client.report.step, "WAIT_SH");
    assert_int_equal(f.server.alert, -1);
    finish(&f);
}

/* One that sends a byte now and then is slow as well. */
static void test_slow_peer(void **state)
{
    flow f;

    (void)state;
    flow_init(&f, &plain);
    f.client.timeout = 1000000;
    f.piece = 1;
    f.microseconds_step = 2000;
    assert_int_equal(flow_run(&f), HFI_E_DEADLINE_EXCEEDED);
    assert_in_range(f.delivered, 10, 700);
    finish(&f);
}

/* Once established there is none, and a clock that goes back does no harm. */
static void test_deadline_ends(void **state)
{
    flow f;

    (void)state;
    flow_init(&f, &plain);
    f.client.timeout = 1000000;
    f.microseconds = 3000000;
    f.cut_at = 300;
    assert_int_equal(flow_run(&f), HFI_OK);
    f.microseconds = 0;
    assert_true(hfi_conn_time_left(&f.client) > 0);
    f.cut_at = SIZE_MAX;
    assert_int_equal(flow_pump(&f), HFI_OK);
    assert_int_equal(f.client.phase, HFI_PHASE_OPEN);
    f.microseconds = INT64_MAX / 2;
    assert_int_equal(hfi_conn_time_left(&f.client), -1);
    assert_int_equal(flow_write(&f, "late"), HFI_OK);
    assert_int_equal(f.server.data.len, 4);
    finish(&f);
}

/* ---- sizes ---- */

static void test_sizes(void **state)
{
    static const row rows[] = {
        {"a message of the limit and a byte, by its header alone",
         DO({AT_CERTIFICATE, OP_RECORD_BEFORE, 1, "16 0b 020001"}),
         FAILS(HANDSHAKE_TOO_LONG, ILLEGAL_PARAMETER), 0},
        {"a message of 2^24", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "16 02 ffffff"}),
         FAILS(HANDSHAKE_TOO_LONG, ILLEGAL_PARAMETER), 0},
        {"a message of the limit",
         DO({AT_CERTIFICATE, OP_BODY, 0, "00 01fffc 0b*131068"}),
         FAILS(DECODE_CERTIFICATE, DECODE_ERROR), 0},
        {"large messages",
         WITH(.retries = 1, .group = 0x0017, .cookie = "01*60000",
              .requests_certificate = true, .leaf_copies = 60,
              .steps = {{AT_EXTENSIONS, OP_EXT_ADD, 10, "ea60 17*60000"},
                        {AT_REQUEST, OP_EXT_ADD, 0xfafa, "00*60000"}}),
         PASSES, 0},
        {"a cookie that no ClientHello can carry",
         WITH(.retries = 1, .group = 0x0017, .cookie = "01*65500"),
         FAILS(BUFFER_TOO_SMALL, INTERNAL_ERROR), 0},
        {"more large messages than a handshake may have",
         WITH(.retries = 1, .group = 0x0017, .cookie = "01*60000",
              .requests_certificate = true,
              .steps = {{AT_EXTENSIONS, OP_EXT_ADD, 10, "ea60 17*60000"},
                        {AT_REQUEST, OP_EXT_ADD, 0xfafa, "00*60000"},
                        {AT_CERTIFICATE, OP_BODY, 0, "00*130000"}}),
         FAILS(HANDSHAKE_BYTES_LIMIT, ILLEGAL_PARAMETER), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* A CertificateRequest may carry any number of unknown extensions, up to a limit. */
static bool add_extensions(void *ctx, script_bytes *m)
{
    const unsigned *count = ctx;

    for (unsigned i = 0; m->p[0] == 13 && i < *count; i++) {
        script_step step = {AT_REQUEST, OP_EXT_ADD, (int)(0x8000 + i), ""};
        script_edit(m, &step);
    }
    return false;
}

static void test_many_extensions(void **state)
{
    for (unsigned more = HFI_EXTENSIONS_MAX - 1; more <= HFI_EXTENSIONS_MAX; more++) {
        bool too_many = more == HFI_EXTENSIONS_MAX; /* signature_algorithms is one more */
        script_config config = {
            .requests_certificate = true, .hook = add_extensions, .hook_ctx = &more};
        flow f;

        (void)state;
        flow_init(&f, &config);
        assert_int_equal(flow_run(&f), too_many ? HFI_E_TOO_MANY_EXTENSIONS : HFI_OK);
        assert_int_equal(f.server.alert, too_many ? HFI_ALERT_DECODE_ERROR : -1);
        finish(&f);
    }
}

/* What an idle connection and one in the middle of a large message keep. */
static void test_memory_is_bounded(void **state)
{
    static const script_config config = {.leaf_copies = 60, .record_size = 300};
    flow f;

    (void)state;
    flow_init(&f, &config);
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_in_range(f.memory.peak, 1, 400000);
    assert_in_range(f.memory.bytes, 1, 64000);
    finish(&f);
}

/* ---- keys ---- */

/* RFC 8446 5.5: before a key has protected all that is safe, a new one takes over. */
static void test_key_is_changed_in_time(void **state)
{
    flow f;

    (void)state;
    flow_init(&f, &plain);
    assert_int_equal(flow_run(&f), HFI_OK);
    uint64_t limit = f.client.aead->record_limit;
    assert_true(limit != UINT64_MAX);
    f.client.keys_out.sequence = f.server.reading.sequence = limit - 3;
    for (int i = 0; i < 6; i++)
        assert_int_equal(flow_write(&f, "x"), HFI_OK);
    assert_int_equal(f.server.updates, 1);
    assert_int_equal(f.server.data.len, 6);
    assert_true(f.client.keys_out.sequence < 10);
    finish(&f);
}

/* ---- wishes that cannot be met ---- */

static void test_start_refused(void **state)
{
    flow f;

    (void)state;
    flow_init(&f, &plain);
    f.client.hostname_count = 0;
    assert_int_equal(flow_run(&f), HFI_E_NAME_NOT_SET);
    assert_int_equal(f.client.bytes_out, 0);
    finish(&f);

    flow_init(&f, &plain);
    f.settings.store = NULL;
    assert_int_equal(flow_run(&f), HFI_E_TRUST_STORE_EMPTY);
    assert_int_equal(f.client.bytes_out, 0);
    finish(&f);
}

/* With verification off the answer is still found, told, and not obeyed; the proof of
 * the key is. */
static void test_unverified(void **state)
{
    static const script_config expired = {.key = SCRIPT_EXPIRED};
    static const script_config unproved = {.key = SCRIPT_EXPIRED,
                                           .steps = {{AT_VERIFY, OP_SET, -1, "ff"}}};
    flow f;

    (void)state;
    flow_init(&f, &expired);
    f.settings.verify_chain = false;
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_true(f.client.agreed.verify_done);
    assert_int_equal(f.client.agreed.verify_result, HFI_E_CERT_EXPIRED);
    finish(&f);

    flow_init(&f, &unproved);
    f.settings.verify_chain = false;
    assert_int_equal(flow_run(&f), HFI_E_BAD_CERTIFICATE_VERIFY);
    assert_int_equal(f.server.alert, HFI_ALERT_DECRYPT_ERROR);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_deadline),
        cmocka_unit_test(test_silent_peer),
        cmocka_unit_test(test_slow_peer),
        cmocka_unit_test(test_deadline_ends),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_many_extensions),
        cmocka_unit_test(test_memory_is_bounded),
        cmocka_unit_test(test_key_is_changed_in_time),
        cmocka_unit_test(test_start_refused),
        cmocka_unit_test(test_unverified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
