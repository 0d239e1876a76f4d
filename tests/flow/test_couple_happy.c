/* tests/flow/test_couple_happy.c: a client against a server of ours, in what they may
 * agree on: versions, groups, suites, keys.  RFC 8446 2, 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "couple.h"

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

static void finish(couple *c)
{
    couple_free(c);
    assert_null(couple_left_over(c));
}

static void choose_groups(couple_end *e, const uint16_t *list, size_t count)
{
    memcpy(e->settings.groups, list, count * sizeof list[0]);
    e->settings.group_count = count;
}

static void choose_suites(couple_end *e, const uint16_t *list, size_t count)
{
    memcpy(e->settings.suites, list, count * sizeof list[0]);
    e->settings.suite_count = count;
}

static const uint16_t suites[] = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xcca9};
static const uint16_t groups[] = {0x11ec, 0x001d, 0x0017, 0x11eb, 0x0018, 0x0019, 0x001e};
static const script_key keys[] = {SCRIPT_P256,    SCRIPT_ED25519, SCRIPT_RSA,
                                  SCRIPT_RSA_PSS, SCRIPT_P384,    SCRIPT_P521};

static void test_suites(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        couple c;
        couple_init(&c, SCRIPT_P256);
        choose_suites(&c.server, &suites[i], 1);
        expect_open(&c);
        assert_int_equal(c.server.conn.agreed.suite, suites[i]);
        assert_int_equal(c.server.conn.agreed.version,
                         suites[i] >> 8 == 0x13 ? 0x0304 : 0x0303);
        finish(&c);
    }
}

static void test_groups(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        couple c;
        couple_init(&c, SCRIPT_P256);
        choose_groups(&c.server, &groups[i], 1);
        choose_groups(&c.client, &groups[i], 1);
        expect_open(&c);
        assert_int_equal(c.client.conn.agreed.group, groups[i]);
        assert_false(c.client.conn.agreed.retried);
        finish(&c);
    }
}

/* RFC 8446 4.1.4: the share that came is of another group. */
static void test_retry(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        const uint16_t offered[] = {groups[i == 2 ? 1 : 2], groups[i]};
        couple c;
        couple_init(&c, SCRIPT_P256);
        choose_groups(&c.server, &groups[i], 1);
        choose_groups(&c.client, offered, 2);
        expect_open(&c);
        assert_int_equal(c.client.conn.agreed.group, groups[i]);
        assert_true(c.server.conn.agreed.retried);
        finish(&c);
    }
}

/* A share that came counts more than our order. */
static void test_share_spares_a_retry(void **state)
{
    (void)state;
    couple c;

    couple_init(&c, SCRIPT_P256);
    choose_groups(&c.server, (const uint16_t[]){0x0018, 0x0017, 0x001d}, 3);
    expect_open(&c);
    assert_int_equal(c.server.conn.agreed.group, 0x001d);
    assert_false(c.server.conn.agreed.retried);
    finish(&c);
}

static void test_keys(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            couple c;
            couple_init(&c, keys[i]);
            choose_groups(&c.client, (const uint16_t[]){0x001d, 0x0017, 0x0018, 0x0019},
                          4);
            if (tls12)
                c.server.settings.version_max = 0x0303;
            expect_open(&c);
            assert_int_equal(c.server.conn.agreed.version, tls12 ? 0x0303 : 0x0304);
            finish(&c);
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
        couple c;
        couple_init(&c, keys[0]);
        for (size_t k = 1; k < 3; k++)
            couple_add_certificate(&c, keys[k], true);
        c.client.settings.schemes[0] = schemes[i];
        c.client.settings.schemes[1] = 0x0401; /* a CA may sign as it likes */
        c.client.settings.scheme_count = 2;
        expect_open(&c);
        assert_true(hfi_view_equal(hfi_conn_certificate(&c.client.conn, 0),
                                   script_certificate(keys[want[i]])));
        assert_int_equal(c.client.conn.agreed.scheme, schemes[i]);
        finish(&c);
    }
}

/* The one for the name that the client asks for, wherever it stands. */
static void test_choice_by_name(void **state)
{
    (void)state;
    couple c;

    couple_init(&c, SCRIPT_OTHER_NAME);
    couple_add_certificate(&c, SCRIPT_RSA, true);
    expect_open(&c);
    assert_true(hfi_view_equal(hfi_conn_certificate(&c.client.conn, 0),
                               script_certificate(SCRIPT_RSA)));
    assert_string_equal(c.server.conn.agreed.server_name, "server.example");
    finish(&c);
}

static void test_alpn(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        couple c;
        couple_init(&c, SCRIPT_P256);
        c.server.settings.version_max = tls12 ? 0x0303 : 0x0304;
        c.server.settings.alpn = hfi_view_of_text("\x02h2\x08http/1.1");
        c.client.settings.alpn = hfi_view_of_text("\x03"
                                                  "foo\x08http/1.1\x02h2");
        expect_open(&c);
        assert_int_equal(c.client.conn.agreed.alpn_len, 2);
        assert_memory_equal(c.client.conn.agreed.alpn, "h2", 2);
        assert_memory_equal(c.server.conn.agreed.alpn, "h2", 2);
        finish(&c);
    }
}

static void test_key_updates(void **state)
{
    (void)state;
    couple c;

    couple_init(&c, SCRIPT_P256);
    expect_open(&c);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(hfi_conn_update_keys(&c.server.conn, i % 2 == 0), HFI_OK);
        assert_int_equal(hfi_conn_update_keys(&c.client.conn, i % 2 == 1), HFI_OK);
        assert_int_equal(couple_write(&c.client, "question"), HFI_OK);
        assert_int_equal(couple_write(&c.server, "answer"), HFI_OK);
    }
    finish(&c);
}

/* RFC 8449: each keeps to what the other told. */
static void test_record_sizes(void **state)
{
    static char text[5001];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    for (int tls12 = 0; tls12 < 2; tls12++) {
        couple c;
        couple_init(&c, SCRIPT_P256);
        couple_version(&c, tls12 ? 0x0303 : 0x0304);
        c.client.settings.record_size_limit = 300;
        c.server.settings.record_size_limit = 512;
        expect_open(&c);
        assert_int_equal(c.server.conn.agreed.limit_in, tls12 ? 512 : 513);
        assert_int_equal(c.server.conn.agreed.limit_out, tls12 ? 300 : 301);
        assert_int_equal(couple_write(&c.client, text), HFI_OK);
        assert_int_equal(couple_write(&c.server, text), HFI_OK);
        finish(&c);
    }
}

/* Values that nobody knows, from both sides: in hello, request and tickets. */
static void test_grease(void **state)
{
    (void)state;
    couple c;

    couple_init(&c, SCRIPT_P256);
    couple_version(&c, 0x0304);
    couple_client_auth(&c, HFI_CLIENT_AUTH_REQUIRED);
    couple_add_client(&c, COUPLE_CLIENT_P256);
    c.client.conn.options |= HFI_OPTION_GREASE;
    c.server.conn.options |= HFI_OPTION_GREASE;
    expect_open(&c);
    assert_int_equal(c.client.conn.tickets, 2);
    finish(&c);
}

/* Byte by byte, both ways. */
static void test_pieces(void **state)
{
    (void)state;
    for (int tls12 = 0; tls12 < 2; tls12++) {
        for (size_t piece = 1; piece < 8; piece += 6) {
            couple c;
            couple_init(&c, SCRIPT_P256);
            c.server.settings.version_max = tls12 ? 0x0303 : 0x0304;
            c.server.way.piece = c.client.way.piece = piece;
            expect_open(&c);
            finish(&c);
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
            couple c;
            assert_true(at < 200);
            couple_init(&c, SCRIPT_P256);
            c.server.settings.version_max = tls12 ? 0x0303 : 0x0304;
            c.server.memory.fail_at = at;
            (void)couple_run(&c);
            err = c.server.conn.report.code;
            if (err != HFI_OK)
                assert_int_equal(err, HFI_E_NO_MEMORY);
            finish(&c);
        }
    }
}

/* Which of a server's certificates: by what its key may sign with, and by the authorities
 * that the client lists, of which ours lists none. */
static void test_rules_of_chains(void **state)
{
    static const uint16_t with_ed448[] = {0x0808};

    (void)state;
    for (uint16_t version = 0x0303; version <= 0x0304; version++) {
        for (int rule = 0; rule < 2; rule++) {
            couple c;
            couple_init(&c, SCRIPT_P256);
            couple_version(&c, version);
            couple_add_certificate(&c, SCRIPT_ED25519, true);
            hfi_credential *first = &c.server.own.items[0];
            if (rule == 0)
                first->must_be_listed = true;
            memcpy(first->schemes, with_ed448, sizeof with_ed448);
            first->scheme_count = rule == 1 ? 1 : 0;
            expect_open(&c);
            assert_int_equal(c.server.conn.agreed.certificate_index, 1);
            assert_int_equal(c.client.conn.agreed.scheme, 0x0807);
            finish(&c);
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
        cmocka_unit_test(test_record_sizes),
        cmocka_unit_test(test_grease),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_rules_of_chains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
