/* tests/flow/test_ends_happy.c: a client against a server of ours, in what they may agree
 * on: versions, groups, suites, keys.  RFC 8446 2, 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ends.h"

static void expect_open(ends *e, hfi_err err)
{
    if (err != HFI_OK)
        fail_msg("server %s (%s), client %s (%s)",
                 hfi_err_lookup((int)e->server.conn.report.code)->name,
                 e->server.conn.report.detail,
                 hfi_err_lookup((int)e->client.conn.report.code)->name,
                 e->client.conn.report.detail);
    const char *wrong = ends_converse(e);
    if (wrong != NULL)
        fail_msg("%s", wrong);
}

/* Both ends tell the same, and hold the same secrets. */
static void expect_agreement(ends *e)
{
    const hfi_agreed *a = &e->client.conn.agreed;
    const hfi_agreed *b = &e->server.conn.agreed;
    uint8_t keys[2][32];
    hfi_view label = hfi_view_of_text("test");

    assert_int_equal(a->version, b->version);
    assert_int_equal(a->suite, b->suite);
    assert_int_equal(a->group, b->group);
    assert_int_equal(a->retried, b->retried);
    assert_int_equal(a->resumed, b->resumed);
    assert_int_equal(hfi_conn_export(&e->client.conn, label, label, keys[0], 32), HFI_OK);
    assert_int_equal(hfi_conn_export(&e->server.conn, label, label, keys[1], 32), HFI_OK);
    assert_memory_equal(keys[0], keys[1], 32);
    assert_true(hfi_view_equal(script_view(&e->client.log), script_view(&e->server.log)));
}

static const uint16_t suites[] = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xcca9};
static const uint16_t groups[] = {0x11ec, 0x001d, 0x0017, 0x11eb, 0x0018, 0x0019, 0x001e};
static const script_key keys[] = {SCRIPT_P256,    SCRIPT_ED25519, SCRIPT_RSA,
                                  SCRIPT_RSA_PSS, SCRIPT_P384,    SCRIPT_P521};

static void test_suites(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        ends e;
        ends_init(&e);
        ends_show(&e.server, SCRIPT_P256, true);
        ends_choose_suites(&e.server, &suites[i], 1);
        expect_open(&e, ends_run(&e));
        expect_agreement(&e);
        assert_int_equal(e.server.conn.agreed.suite, suites[i]);
        assert_int_equal(e.server.conn.agreed.version,
                         suites[i] >> 8 == 0x13 ? 0x0304 : 0x0303);
        ends_free(&e);
    }
}

static void test_groups(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        ends e;
        ends_init(&e);
        ends_show(&e.server, SCRIPT_P256, true);
        ends_choose_groups(&e.server, &groups[i], 1);
        ends_choose_groups(&e.client, &groups[i], 1);
        expect_open(&e, ends_run(&e));
        expect_agreement(&e);
        assert_int_equal(e.client.conn.agreed.group, groups[i]);
        assert_false(e.client.conn.agreed.retried);
        ends_free(&e);
    }
}

/* RFC 8446 4.1.4: the share that came is of another group. */
static void test_retry(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        const uint16_t offered[] = {groups[i == 2 ? 1 : 2], groups[i]};
        ends e;
        ends_init(&e);
        ends_show(&e.server, SCRIPT_P256, true);
        ends_choose_groups(&e.server, &groups[i], 1);
        ends_choose_groups(&e.client, offered, 2);
        expect_open(&e, ends_run(&e));
        expect_agreement(&e);
        assert_int_equal(e.client.conn.agreed.group, groups[i]);
        assert_true(e.server.conn.agreed.retried);
        ends_free(&e);
    }
}

/* A share that came counts more than our order. */
static void test_share_spares_a_retry(void **state)
{
    (void)state;
    ends e;

    ends_init(&e);
    ends_show(&e.server, SCRIPT_P256, true);
    ends_choose_groups(&e.server, (const uint16_t[]){0x0018, 0x0017, 0x001d}, 3);
    expect_open(&e, ends_run(&e));
    assert_int_equal(e.server.conn.agreed.group, 0x001d);
    assert_false(e.server.conn.agreed.retried);
    ends_free(&e);
}

static void test_keys(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            ends e;
            ends_init(&e);
            ends_show(&e.server, keys[i], true);
            if (tls12)
                e.server.settings.version_max = 0x0303;
            expect_open(&e, ends_run(&e));
            expect_agreement(&e);
            assert_int_equal(e.server.conn.agreed.version, tls12 ? 0x0303 : 0x0304);
            ends_free(&e);
        }
    }
}

/* Of several the first that the client can verify is shown. */
static void test_choice_of_key(void **state)
{
    (void)state;
    static const uint16_t schemes[] = {0x0403, 0x0807, 0x0804};
    static const size_t want[] = {0, 1, 2};

    for (size_t i = 0; i < 3; i++) {
        ends e;
        ends_init(&e);
        for (size_t k = 0; k < 3; k++)
            ends_show(&e.server, keys[k], true);
        e.client.settings.schemes[0] = schemes[i];
        e.client.settings.schemes[1] = 0x0401; /* a CA may sign as it likes */
        e.client.settings.scheme_count = 2;
        expect_open(&e, ends_run(&e));
        assert_true(hfi_view_equal(hfi_conn_certificate(&e.client.conn, 0),
                                   script_certificate(keys[want[i]])));
        assert_int_equal(e.client.conn.agreed.scheme, schemes[i]);
        ends_free(&e);
    }
}

/* The one for the name that the client asks for, wherever it stands. */
static void test_choice_by_name(void **state)
{
    (void)state;
    ends e;

    ends_init(&e);
    ends_show(&e.server, SCRIPT_OTHER_NAME, true);
    ends_show(&e.server, SCRIPT_RSA, true);
    expect_open(&e, ends_run(&e));
    assert_true(hfi_view_equal(hfi_conn_certificate(&e.client.conn, 0),
                               script_certificate(SCRIPT_RSA)));
    assert_string_equal(e.server.conn.agreed.server_name, "server.example");
    ends_free(&e);
}

static void test_alpn(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        ends e;
        ends_init(&e);
        ends_show(&e.server, SCRIPT_P256, true);
        e.server.settings.version_max = tls12 ? 0x0303 : 0x0304;
        e.server.settings.alpn = hfi_view_of_text("\x02h2\x08http/1.1");
        e.client.settings.alpn = hfi_view_of_text("\x03"
                                                  "foo\x08http/1.1\x02h2");
        expect_open(&e, ends_run(&e));
        assert_int_equal(e.client.conn.agreed.alpn_len, 2);
        assert_memory_equal(e.client.conn.agreed.alpn, "h2", 2);
        assert_memory_equal(e.server.conn.agreed.alpn, "h2", 2);
        ends_free(&e);
    }
}

static void test_key_updates(void **state)
{
    (void)state;
    ends e;

    ends_init(&e);
    ends_show(&e.server, SCRIPT_P256, true);
    expect_open(&e, ends_run(&e));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(hfi_conn_update_keys(&e.server.conn, i % 2 == 0), HFI_OK);
        assert_int_equal(hfi_conn_update_keys(&e.client.conn, i % 2 == 1), HFI_OK);
        assert_null(ends_converse(&e));
    }
    ends_free(&e);
}

/* Byte by byte, both ways. */
static void test_pieces(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        for (size_t piece = 1; piece < 8; piece += 6) {
            ends e;
            ends_init(&e);
            ends_show(&e.server, SCRIPT_P256, true);
            e.server.settings.version_max = tls12 ? 0x0303 : 0x0304;
            e.server.piece = e.client.piece = piece;
            expect_open(&e, ends_run(&e));
            ends_free(&e);
        }
    }
}

/* The n-th allocation of the server fails: so does the handshake, with NO_MEMORY, and
 * nothing is left. */
static void test_memory(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        hfi_err err = HFI_E_NO_MEMORY;
        for (size_t at = 1; err != HFI_OK; at++) {
            ends e;
            assert_true(at < 200);
            ends_init(&e);
            ends_show(&e.server, SCRIPT_P256, true);
            e.server.settings.version_max = tls12 ? 0x0303 : 0x0304;
            e.server.fail_at = at;
            (void)ends_run(&e);
            err = e.server.conn.report.code;
            if (err != HFI_OK)
                assert_int_equal(err, HFI_E_NO_MEMORY);
            ends_free(&e);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suites),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_retry),
        cmocka_unit_test(test_share_spares_a_retry),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_choice_of_key),
        cmocka_unit_test(test_choice_by_name),
        cmocka_unit_test(test_alpn),
        cmocka_unit_test(test_key_updates),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
