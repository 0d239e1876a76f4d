/* tests/flow/test_couple12_states.c: every message, application data and
 * change_cipher_spec in every state of a TLS 1.2 server that has no row for it:
 * unexpected_message (RFC 5246 7.2.2, 7.3), and nothing moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "conn/internal.h"
#include "couple.h"
#include "handshake/algorithms.h"
#include "handshake/machine.h"
#include "msg/types.h"

enum { TYPES = 256, APPLICATION_DATA = 23, CCS = 20 };

/* A handshake that stops when the server waits in that state. */
typedef struct place {
    const char *state;
    bool resumes, asks;
    int legal; /* type that has a row; -1: none, change_cipher_spec comes next */
} place;

static const place places[] = {
    {"START", false, false, 1},        {"WAIT_CERT", false, true, 11},
    {"WAIT_CKE", false, false, 16},    {"WAIT_CKE", false, true, 16},
    {"WAIT_CV", false, true, 15},      {"WAIT_CCS", false, false, -1},
    {"WAIT_CCS", false, true, -1},     {"WAIT_FINISHED", false, false, 20},
    {"ANSWERED_CCS", true, false, -1}, {"ANSWERED_FINISHED", true, false, 20},
};

enum { PLACES = sizeof places / sizeof places[0] };

static couple first;

static void make(couple *c, const place *p)
{
    couple_init(c, SCRIPT_ED25519);
    couple_version(c, 0x0303);
    if (p->asks) {
        couple_client_auth(c, HFI_CLIENT_AUTH_REQUIRED);
        couple_add_client(c, COUPLE_CLIENT_ED25519);
    }
    if (p->resumes)
        couple_resume(c, &first);
}

static bool waits_there(const couple *c, const place *p)
{
    return c->server.conn.hs != NULL &&
           strcmp(hfi_conn_step(&c->server.conn), p->state) == 0;
}

/* A byte more of the client's at a time, until the server waits there. */
static void bring(couple *c, const place *p)
{
    make(c, p);
    c->client.way.cut_at = 0;
    (void)couple_run(c);
    couple_send_alone(&c->client);
    while (!waits_there(c, p)) {
        c->client.way.cut_at++;
        assert_int_equal(couple_pump(c), HFI_OK);
        assert_true(c->client.way.cut_at < 4096);
    }
}

static void go_on(couple *c, const char *what)
{
    c->client.way.cut_at = SIZE_MAX;
    hfi_err err = couple_pump(c);
    const char *wrong =
        err != HFI_OK ? hfi_err_lookup((int)err)->name : couple_connected(c);
    if (wrong != NULL)
        fail_msg("%s: afterwards %s", what, wrong);
    couple_free(c);
    assert_null(couple_left_over(c));
}

/* ---- messages ---- */

static hfi_err expected(const place *p, int type)
{
    bool known = type != HFI_HELLO_RETRY_REQUEST &&
                 strcmp(hfi_handshake_type_name(type), "unknown") != 0;

    (void)p;
    return known ? HFI_E_UNEXPECTED_MESSAGE : HFI_E_DECODE_HANDSHAKE_TYPE;
}

/* Straight to where the contents of records go, whatever protects them: what is refused
 * there leaves the handshake as it was. */
static void test_messages(void **state)
{
    (void)state;
    for (const place *p = places; p < places + PLACES; p++) {
        couple c;
        bring(&c, p);
        for (int type = 0; type < TYPES; type++) {
            uint8_t message[5] = {(uint8_t)type, 0, 0, 1, 0};
            hfi_span content = {message, sizeof message};
            if (type == p->legal)
                continue;
            hfi_err err = hfi_conn_take_handshake(&c.server.conn, content);
            if (err != expected(p, type))
                fail_msg("type %d in %s: %s", type, p->state,
                         hfi_err_lookup((int)err)->name);
            assert_true(waits_there(&c, p));
        }
        go_on(&c, p->state);
    }
}

/* ---- records ---- */

static void inject(couple *c, uint8_t type, const char *hex)
{
    script_bytes record = {NULL, 0, 0};

    script_append_number(&record, type, 1);
    script_append_hex(&record, hex);
    hfi_span space = hfi_conn_feed_space(&c->server.conn);
    assert_true(space.len >= record.len);
    memcpy(space.p, record.p, record.len);
    hfi_conn_feed_commit(&c->server.conn, record.len);
    script_free(&record);
    (void)couple_pump(c);
}

static void expect_refused(const place *p, uint8_t type, const char *hex, hfi_err err,
                           hfi_alert alert)
{
    couple c;

    bring(&c, p);
    inject(&c, type, hex);
    if (c.server.err != err)
        fail_msg("record %d in %s: %s", type, p->state,
                 hfi_err_lookup((int)c.server.err)->name);
    assert_int_equal(c.server.conn.report.alert, alert);
    assert_int_equal(c.client.conn.report.alert, alert);
    assert_null(couple_failed(&c));
    couple_free(&c);
    assert_null(couple_left_over(&c));
}

static bool is_protected(const place *p)
{
    return strstr(p->state, "FINISHED") != NULL;
}

static void test_records(void **state)
{
    (void)state;
    for (const place *p = places; p < places + PLACES; p++) {
        if (is_protected(p)) {
            /* Nothing that is not sealed comes in any more. */
            expect_refused(p, 22, "0303 0004 14000000", HFI_E_BAD_RECORD_MAC,
                           HFI_ALERT_BAD_RECORD_MAC);
            expect_refused(p, CCS, "0303 0001 01", HFI_E_BAD_RECORD_MAC,
                           HFI_ALERT_BAD_RECORD_MAC);
            continue;
        }
        expect_refused(p, APPLICATION_DATA, "0303 0004 70696e67",
                       HFI_E_APPLICATION_DATA_EARLY, HFI_ALERT_UNEXPECTED_MESSAGE);
        if (p->legal >= 0)
            expect_refused(p, CCS, "0303 0001 01", HFI_E_CCS_MISPLACED,
                           HFI_ALERT_UNEXPECTED_MESSAGE);
        expect_refused(p, CCS, "0303 0001 02", HFI_E_CCS_MALFORMED,
                       HFI_ALERT_UNEXPECTED_MESSAGE);
        expect_refused(p, CCS, "0303 0002 0101", HFI_E_CCS_MALFORMED,
                       HFI_ALERT_UNEXPECTED_MESSAGE);
    }
}

/* change_cipher_spec in the middle of a message, RFC 5246 7.1. */
static void test_change_inside_a_message(void **state)
{
    (void)state;
    for (const place *p = places; p < places + PLACES; p++) {
        couple c;
        if (p->legal >= 0)
            continue;
        bring(&c, p);
        inject(&c, 22, "0303 0002 1400");
        assert_int_equal(c.server.err, HFI_OK);
        inject(&c, CCS, "0303 0001 01");
        assert_int_equal(c.server.err, HFI_E_RECORDS_INTERLEAVED);
        assert_int_equal(c.client.conn.report.alert, HFI_ALERT_UNEXPECTED_MESSAGE);
        couple_free(&c);
        assert_null(couple_left_over(&c));
    }
}

/* ---- connected ---- */

static void test_after_the_handshake(void **state)
{
    (void)state;
    for (int type = 0; type < TYPES; type++) {
        uint8_t message[5] = {(uint8_t)type, 0, 0, 1, 0};
        hfi_span content = {message, sizeof message};
        couple c;
        couple_init(&c, SCRIPT_ED25519);
        couple_version(&c, 0x0303);
        assert_int_equal(couple_run(&c), HFI_OK);
        hfi_err err = hfi_conn_take_handshake(&c.server.conn, content);
        assert_int_equal(err, type == HFI_CLIENT_HELLO ? HFI_OK : expected(NULL, type));
        couple_free(&c);
        assert_null(couple_left_over(&c));
    }
}

/* A renegotiation is declined with a warning, which leaves the connection as it is, but
 * not without end (RFC 5246 7.2.2). */
static void test_renegotiation(void **state)
{
    uint8_t message[5] = {HFI_CLIENT_HELLO, 0, 0, 1, 0};
    couple c;

    (void)state;
    couple_init(&c, SCRIPT_ED25519);
    couple_version(&c, 0x0303);
    assert_int_equal(couple_run(&c), HFI_OK);
    for (unsigned i = 0; i < HFI_CONN_RENEGOTIATIONS_MAX; i++) {
        assert_int_equal(hfi_conn_queue(&c.client.conn, HFI_CONTENT_HANDSHAKE,
                                        hfi_view_of(message, sizeof message)),
                         HFI_OK);
        assert_int_equal(couple_pump(&c), HFI_OK);
        assert_null(couple_connected(&c));
    }
    assert_int_equal(hfi_conn_queue(&c.client.conn, HFI_CONTENT_HANDSHAKE,
                                    hfi_view_of(message, sizeof message)),
                     HFI_OK);
    assert_int_equal(couple_pump(&c), HFI_E_TOO_MANY_RENEGOTIATIONS);
    assert_int_equal(c.client.conn.report.alert, HFI_ALERT_UNEXPECTED_MESSAGE);
    assert_null(couple_failed(&c));
    couple_free(&c);
    assert_null(couple_left_over(&c));
}

static int set_up(void **state)
{
    (void)state;
    couple_init(&first, SCRIPT_ED25519);
    couple_version(&first, 0x0303);
    return couple_run(&first) == HFI_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    couple_free(&first);
    return couple_left_over(&first) == NULL ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_change_inside_a_message),
        cmocka_unit_test(test_after_the_handshake),
        cmocka_unit_test(test_renegotiation),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
