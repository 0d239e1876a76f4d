/* tests/flow/test_couple_packing.c: messages of one flight share records, up to the limit
 * of a record, and never across a change of keys.  RFC 8446 5.1; RFC 5246 6.2.1;
 * RFC 8449. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "couple.h"
#include "handshake/handshake.h"
#include "script_flight.h"

enum { CCS = 20, HANDSHAKE = 22, PROTECTED = 23, ADDED = 17 /* the type and a tag */ };

static couple c;

static void init(uint16_t version)
{
    couple_init(&c, SCRIPT_ED25519);
    couple_version(&c, version);
}

static void connect_both(void)
{
    hfi_err err = couple_run(&c);

    if (err != HFI_OK)
        fail_msg("%s", hfi_err_lookup((int)err)->name);
}

static void finish(void)
{
    const char *wrong = couple_connected(&c);

    if (wrong != NULL)
        fail_msg("%s", wrong);
    couple_free(&c);
    assert_null(couple_left_over(&c));
}

static bool asks(bool with_certificate)
{
    if (with_certificate) {
        couple_client_auth(&c, HFI_CLIENT_AUTH_REQUIRED);
        couple_add_client(&c, COUPLE_CLIENT_P256);
    }
    return with_certificate;
}

/* The types of the records that it has sent. */
static void expect_records(const couple_end *e, const uint8_t *types, size_t count)
{
    const script_bytes *wire = &e->way.wire;
    size_t at = 0, seen = 0;

    while (at + 5 <= wire->len && seen < count) {
        assert_int_equal(wire->p[at], types[seen++]);
        at += 5 + (size_t)script_number(wire->p + at + 3, 2);
    }
    assert_int_equal(at, wire->len);
    assert_int_equal(seen, count);
}

#define EXPECT(e, ...)                                \
    do {                                              \
        static const uint8_t types[] = {__VA_ARGS__}; \
        expect_records(e, types, sizeof types);       \
    } while (0)

static void test_tls13(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        init(0x0304);
        (void)asks(with != 0);
        c.server.settings.ticket_count = 2;
        connect_both();
        /* EncryptedExtensions to Finished, then two tickets. */
        EXPECT(&c.server, HANDSHAKE, CCS, PROTECTED, PROTECTED);
        EXPECT(&c.client, HANDSHAKE, CCS, PROTECTED);
        finish();
    }
}

static void test_tls12(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        init(0x0303);
        (void)asks(with != 0);
        connect_both();
        /* ServerHello to ServerHelloDone, then the ticket; Finished is protected. */
        EXPECT(&c.server, HANDSHAKE, HANDSHAKE, CCS, HANDSHAKE);
        EXPECT(&c.client, HANDSHAKE, HANDSHAKE, CCS, HANDSHAKE);
        finish();
    }
}

static void test_retry(void **state)
{
    (void)state;
    init(0x0304);
    uint16_t first = c.client.settings.groups[0];
    c.server.settings.groups[0] = first == 23 ? 29 : 23;
    c.server.settings.group_count = 1;
    connect_both();
    EXPECT(&c.server, HANDSHAKE, CCS, HANDSHAKE, PROTECTED, PROTECTED);
    EXPECT(&c.client, HANDSHAKE, CCS, HANDSHAKE, PROTECTED);
    finish();
}

/* Each protected record is full but so many: the last ones of the flights. */
static void expect_full(const couple_end *e, size_t full, size_t not_full)
{
    const script_bytes *wire = &e->way.wire;
    size_t fewer = 0, records = 0;

    for (size_t at = 0; at + 5 <= wire->len;) {
        size_t len = (size_t)script_number(wire->p + at + 3, 2);
        if (wire->p[at] == PROTECTED) {
            assert_in_range(len, ADDED + 1, full + ADDED);
            fewer += len < full + ADDED;
            records++;
        }
        at += 5 + len;
    }
    assert_int_equal(fewer, not_full);
    assert_true(records > not_full);
}

static void test_small_records(void **state)
{
    (void)state;
    for (size_t size = 1; size < 400; size = size * 3 + 1) {
        for (int by_peer = 0; by_peer < 2; by_peer++) {
            size_t limit = by_peer ? size + 64 : size;
            init(0x0304);
            (void)asks(true);
            c.server.settings.ticket_count = 1;
            if (by_peer) {
                c.client.settings.record_size_limit = (uint16_t)limit;
                c.server.settings.record_size_limit = (uint16_t)limit;
            } else {
                c.client.settings.record_size = (uint16_t)limit;
                c.server.settings.record_size = (uint16_t)limit;
            }
            connect_both();
            /* A flight may end with its record. */
            if (limit > 1) {
                expect_full(&c.client, limit, 1);
                expect_full(&c.server, limit, 2);
            }
            finish();
        }
    }
}

/* What stands in the open record is no less padded. */
static void test_padding(void **state)
{
    (void)state;
    init(0x0304);
    c.server.settings.record_padding = 2048;
    connect_both();
    EXPECT(&c.server, HANDSHAKE, CCS, PROTECTED, PROTECTED);
    const script_bytes *wire = &c.server.way.wire;
    for (size_t at = 0; at + 5 <= wire->len;) {
        size_t len = (size_t)script_number(wire->p + at + 3, 2);
        if (wire->p[at] == PROTECTED)
            assert_int_equal((len - ADDED) % 2048, 0);
        at += 5 + len;
    }
    finish();
}

/* While the server waits for a signature, the messages before it wait, too; an alert
 * instead of it goes out behind them, in a record of its own. */
static void test_pause(void **state)
{
    (void)state;
    for (int abort = 0; abort < 2; abort++) {
        init(0x0304);
        couple_add_certificate(&c, SCRIPT_P256, false);
        hfi_credential with_key = c.server.own.items[0];
        c.server.own.items[0] = c.server.own.items[1];
        c.server.own.items[1] = with_key;
        (void)couple_run(&c);
        assert_int_equal(hfi_conn_pause_reason(&c.server.conn), HFI_PAUSE_SIGNATURE);
        EXPECT(&c.server, HANDSHAKE, CCS);
        assert_true(c.server.conn.open_len != 0);
        assert_int_equal(hfi_conn_drain(&c.server.conn).len, 0);
        if (abort) {
            assert_int_equal(hfi_conn_abort(&c.server.conn, HFI_ALERT_INTERNAL_ERROR),
                             HFI_E_ABORTED);
            (void)couple_pump(&c);
            EXPECT(&c.server, HANDSHAKE, CCS, PROTECTED, PROTECTED);
            assert_int_equal(c.client.conn.report.alert, HFI_ALERT_INTERNAL_ERROR);
        }
        couple_free(&c);
        assert_null(couple_left_over(&c));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tls13),   cmocka_unit_test(test_tls12),
        cmocka_unit_test(test_retry),   cmocka_unit_test(test_small_records),
        cmocka_unit_test(test_padding), cmocka_unit_test(test_pause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
