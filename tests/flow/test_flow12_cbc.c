/* tests/flow/test_flow12_cbc.c: the AES-CBC suites of TLS 1.2: off unless named, with
 * encrypt_then_mac and without, and all that their records can be refused for.
 * RFC 5246 6.2.3.2; RFC 7366; RFC 7627; RFC 8449. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "rows.h"
#include "script12_server.h"

static const uint16_t suites[] = {0xc009, 0xc00a, 0xc023, 0xc024,
                                  0xc013, 0xc014, 0xc027, 0xc028};

enum { SUITES = sizeof suites / sizeof suites[0] };

static script_key key_of(size_t suite)
{
    return suite < SUITES / 2 ? SCRIPT_P256 : SCRIPT_RSA;
}

static void name_suites(flow *f)
{
    memcpy(f->settings.suites, suites, sizeof suites);
    f->settings.suites[SUITES] = 0xc02b;
    f->settings.suites[SUITES + 1] = 0x1301;
    f->settings.suite_count = SUITES + 2;
}

static void disconnect(flow *f)
{
    flow_free(f);
    assert_null(flow_left_over(f));
}

static void connect_cbc(flow *f, const script_config *config)
{
    flow_init(f, config);
    name_suites(f);
    assert_int_equal(flow_run(f), HFI_OK);
    assert_int_equal(f->client.phase, HFI_PHASE_OPEN);
    assert_true(f->server.connected);
    assert_null(flow_conduct(f));
}

static void refuse(const script_config *config, bool named, hfi_err err, hfi_alert alert)
{
    flow f;

    flow_init(&f, config);
    if (named)
        name_suites(&f);
    assert_int_equal(flow_run(&f), err);
    assert_int_equal(f.server.alert, alert);
    assert_null(flow_conduct(&f));
    disconnect(&f);
}

/* ---- what is offered and answered ---- */

static bool offers(const flow *f, uint16_t suite)
{
    hfi_view list = f->server.hello.suites;

    for (size_t i = 0; i + 1 < list.len; i += 2) {
        if ((list.p[i] << 8 | list.p[i + 1]) == suite)
            return true;
    }
    return false;
}

static void test_off_unless_named(void **state)
{
    static const script_config plain = {.tls12 = {.on = true}};
    hfi_view data;
    flow f;

    (void)state;
    flow_init(&f, &plain);
    assert_int_equal(flow_run(&f), HFI_OK);
    for (size_t i = 0; i < SUITES; i++)
        assert_false(offers(&f, suites[i]));
    assert_false(script_hello_find(&f.server.hello, SCRIPT12_EXT_ETM, &data));
    disconnect(&f);
    for (size_t i = 0; i < SUITES; i++) {
        const script_config config = {
            .key = key_of(i), .suite = suites[i], .tls12 = {.on = true}};
        refuse(&config, false, HFI_E_UNOFFERED_SUITE, HFI_ALERT_ILLEGAL_PARAMETER);
    }
}

/* With TLS 1.3 alone there is no use for it. */
static void test_extension_offered(void **state)
{
    static const script_config plain = {.tls12 = {.on = true}};
    static const script_config newer = {.retries = 0};
    hfi_view data;
    flow f;

    (void)state;
    connect_cbc(&f, &plain);
    assert_true(script_hello_find(&f.server.hello, SCRIPT12_EXT_ETM, &data));
    assert_int_equal(data.len, 0);
    assert_true(offers(&f, 0xc009));
    disconnect(&f);
    flow_init(&f, &newer);
    name_suites(&f);
    f.settings.version_min = 0x0304;
    assert_int_equal(flow_run(&f), HFI_OK);
    assert_false(script_hello_find(&f.server.hello, SCRIPT12_EXT_ETM, &data));
    disconnect(&f);
}

static void test_extension_refused(void **state)
{
    static const script_config aead = {.suite = 0xc02b,
                                       .tls12 = {.on = true},
                                       .steps = {{AT_HELLO, OP_EXT_ADD, 22, ""}}};
    static const script_config body = {.suite = 0xc009,
                                       .key = SCRIPT_P256,
                                       .tls12 = {.on = true, .without_etm = true},
                                       .steps = {{AT_HELLO, OP_EXT_ADD, 22, "00"}}};

    (void)state;
    /* RFC 7366 3: not with an AEAD. */
    refuse(&aead, true, HFI_E_EXTENSION_FORBIDDEN, HFI_ALERT_ILLEGAL_PARAMETER);
    refuse(&aead, false, HFI_E_UNSOLICITED_EXTENSION, HFI_ALERT_UNSUPPORTED_EXTENSION);
    refuse(&body, true, HFI_E_DECODE_EXTENSION, HFI_ALERT_DECODE_ERROR);
}

static void test_master_rules(void **state)
{
    static const script_config config = {.suite = 0xc009,
                                         .key = SCRIPT_P256,
                                         .tls12 = {.on = true, .without_master = true}};

    (void)state;
    refuse(&config, true, HFI_E_EXTENDED_MASTER_SECRET_MISSING,
           HFI_ALERT_HANDSHAKE_FAILURE);
}

/* ---- records that are not right ---- */

/* Each byte of a record of data in turn. */
static void test_changed_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUITES; i++) {
        for (size_t etm = 0; etm < 2; etm++) {
            const script_config config = {
                .key = key_of(i),
                .suite = suites[i],
                .tls12 = {.on = true, .without_etm = etm == 0, .cbc_blocks = 2}};
            size_t len = 100;
            for (size_t at = 5; at < len; at += i == 0 ? 1 : 16) {
                flow f;
                connect_cbc(&f, &config);
                scripted_server_send(&f.server, hfi_view_of_text("data"));
                len = f.server.out.len;
                f.server.out.p[at] ^= (uint8_t)(1u << at % 8);
                assert_int_equal(flow_pump(&f), HFI_E_BAD_RECORD_MAC);
                assert_int_equal(f.received.len, 0);
                assert_int_equal(f.server.alert, HFI_ALERT_BAD_RECORD_MAC);
                disconnect(&f);
            }
        }
    }
}

/* RFC 8449 4: the limit counts content, neither padding nor MAC. */
static void test_record_size_limit(void **state)
{
    (void)state;
    for (size_t etm = 0; etm < 2; etm++) {
        const script_config config = {
            .suite = 0xc009,
            .key = SCRIPT_P256,
            .tls12 = {.on = true, .without_etm = etm == 0, .cbc_blocks = 12},
            .steps = {{AT_HELLO, OP_EXT_ADD, 28, "0040"}}};
        uint8_t data[257];
        size_t taken = 0;
        flow f;
        memset(data, 0x42, sizeof data);
        flow_init(&f, &config);
        name_suites(&f);
        f.settings.version_max = 0x0303;
        f.settings.record_size_limit = 256;
        assert_int_equal(flow_run(&f), HFI_OK);
        assert_int_equal(
            hfi_conn_write(&f.client, hfi_view_of(data, sizeof data), &taken), HFI_OK);
        assert_int_equal(taken, 64);
        assert_int_equal(flow_pump(&f), HFI_OK);
        scripted_server_send(&f.server, hfi_view_of(data, 256));
        assert_int_equal(flow_pump(&f), HFI_OK);
        assert_int_equal(f.received.len, 256);
        scripted_server_send(&f.server, hfi_view_of(data, 257));
        assert_int_equal(flow_pump(&f), HFI_E_PLAINTEXT_TOO_LONG);
        assert_int_equal(f.server.alert, HFI_ALERT_RECORD_OVERFLOW);
        disconnect(&f);
    }
}

/* ---- what must succeed ---- */

static void exchange(flow *f)
{
    static uint8_t data[16384];
    size_t before = f->received.len;

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    for (size_t len = 0; len <= sizeof data; len = len < 20 ? len + 1 : len * 2 + 3) {
        scripted_server_send(&f->server, hfi_view_of(data, len));
        assert_int_equal(flow_pump(f), HFI_OK);
        assert_int_equal(f->received.len, before + len);
        if (len != 0) /* before the first byte there is no memory */
            assert_memory_equal(f->received.p + before, data, len);
        before += len;
    }
    scripted_server_send(&f->server, hfi_view_of(data, sizeof data));
    assert_int_equal(flow_pump(f), HFI_OK);
    assert_int_equal(f->received.len, before + sizeof data);
    before = f->server.data.len;
    for (size_t done = 0, taken = 0; done < sizeof data; done += taken) {
        hfi_view rest = hfi_view_of(data + done, sizeof data - done);
        assert_int_equal(hfi_conn_write(&f->client, rest, &taken), HFI_OK);
    }
    assert_int_equal(flow_pump(f), HFI_OK);
    assert_int_equal(f->server.data.len, before + sizeof data);
    assert_memory_equal(f->server.data.p + before, data, sizeof data);
    assert_null(f->server.fault);
}

static void test_data(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUITES; i++) {
        for (size_t how = 0; how < 4; how++) {
            const script_config config = {.key = key_of(i),
                                          .suite = suites[i],
                                          .tls12 = {.on = true,
                                                    .without_etm = how % 2 == 0,
                                                    .cbc_blocks = how < 2 ? 0 : 14}};
            flow f;
            connect_cbc(&f, &config);
            assert_int_equal(f.client.agreed.suite, suites[i]);
            assert_int_equal(f.server.tls12.encrypt_then_mac, how % 2);
            assert_int_equal(f.client.keys_in.cbc.encrypt_then_mac, how % 2);
            exchange(&f);
            assert_int_equal(hfi_conn_close(&f.client), HFI_OK);
            (void)flow_pump(&f);
            assert_int_equal(f.server.alert, 0);
            disconnect(&f);
        }
    }
}

/* encrypt_then_mac is agreed on anew when a session is resumed, RFC 7366 3. */
static void test_resumption(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUITES; i++) {
        for (size_t how = 0; how < 8; how++) {
            script_config config = {.key = key_of(i),
                                    .suite = suites[i],
                                    .tickets = how / 4,
                                    .tls12 = {.on = true,
                                              .gives_id = how / 4 == 0,
                                              .without_etm = how % 2 == 0}};
            flow first, second;
            connect_cbc(&first, &config);
            config.tls12.without_etm = how / 2 % 2 == 0;
            flow_init(&second, &config);
            name_suites(&second);
            flow_resume(&second, &first);
            assert_int_equal(flow_run(&second), HFI_OK);
            assert_true(second.client.agreed.resumed);
            assert_null(flow_conduct(&second));
            assert_int_equal(second.client.keys_in.cbc.encrypt_then_mac, how / 2 % 2);
            exchange(&second);
            flow_free(&second);
            disconnect(&first);
        }
    }
}

/* Any allocation and any draw may fail; nothing is sent in the clear, nothing is lost. */
static void test_exhaustion(void **state)
{
    static const script_config config = {
        .suite = 0xc009, .key = SCRIPT_P256, .tls12 = {.on = true}};
    size_t failed = 0;
    hfi_err err = HFI_E_INTERNAL;

    (void)state;
    for (size_t at = 1; err != HFI_OK; at++) {
        flow f;
        flow_init(&f, &config);
        name_suites(&f);
        size_t before = f.memory.calls;
        f.memory.fail_at = before + at;
        err = flow_run(&f);
        assert_true(err == HFI_OK || err == HFI_E_NO_MEMORY);
        failed += err != HFI_OK;
        disconnect(&f);
        assert_true(at < 200);
    }
    assert_true(failed > 10);
    err = HFI_E_INTERNAL;
    failed = 0;
    for (size_t at = 1; err != HFI_OK; at++) {
        flow f;
        flow_init(&f, &config);
        name_suites(&f);
        f.random_fails_at = at;
        err = flow_run(&f);
        assert_true(err == HFI_OK || err == HFI_E_RANDOM_FAILED);
        failed += err != HFI_OK;
        disconnect(&f);
        assert_true(at < 20);
    }
    assert_true(failed >= 3); /* a hello, a key, an IV */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_off_unless_named),
        cmocka_unit_test(test_extension_offered),
        cmocka_unit_test(test_extension_refused),
        cmocka_unit_test(test_master_rules),
        cmocka_unit_test(test_changed_bytes),
        cmocka_unit_test(test_record_size_limit),
        cmocka_unit_test(test_data),
        cmocka_unit_test(test_resumption),
        cmocka_unit_test(test_exhaustion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
