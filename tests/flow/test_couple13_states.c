/* tests/flow/test_couple13_states.c: every message, application data and
 * change_cipher_spec in every state of a TLS 1.3 server that has no row for it:
 * unexpected_message (RFC 8446 4, 5, A.2), and the client is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "conn/internal.h"
#include "couple.h"
#include "handshake/algorithms.h"
#include "handshake/machine.h"
#include "msg/types.h"
#include "script_flight.h"

enum { TYPES = 256, HELLO_RETRY = 256, APPLICATION_DATA = 23, HANDSHAKE = 22, CCS = 20 };

enum {
    RETRIES = 1 << 0, /* the client's share is not of the server's group */
    ASKS = 1 << 1,    /* the server asks for a certificate, and the client has one */
    SILENT = 1 << 2,  /* with ASKS: it has none */
    RESUMES = 1 << 3,
    EARLY = 1 << 4, /* with RESUMES: and sends early data */
};

/* A handshake that stops when the server waits in that state. */
typedef struct place {
    const char *state;
    unsigned how;
    int legal[2]; /* types that have a row; 0: no further one */
} place;

static const place places[] = {
    {"START", 0, {1}},
    {"START", RESUMES | EARLY, {1}},
    {"WAIT_CH2", RETRIES, {1}},
    {"WAIT_CH2", RETRIES | ASKS, {1}},
    {"WAIT_CH2", RETRIES | RESUMES, {1}},
    {"WAIT_EOED", RESUMES | EARLY, {5}},
    {"WAIT_CERT", ASKS, {11, 25}},
    {"WAIT_CERT", ASKS | SILENT, {11, 25}},
    {"WAIT_CERT", ASKS | RETRIES, {11, 25}},
    {"WAIT_CV", ASKS, {15}},
    {"WAIT_CV", ASKS | RETRIES, {15}},
    {"WAIT_FINISHED", 0, {20}},
    {"WAIT_FINISHED", RETRIES, {20}},
    {"WAIT_FINISHED", ASKS, {20}},
    {"WAIT_FINISHED", ASKS | SILENT, {20}},
    {"WAIT_FINISHED", RESUMES, {20}},
    {"WAIT_FINISHED", RESUMES | RETRIES, {20}},
    {"WAIT_FINISHED", RESUMES | EARLY, {20}},
};

enum { PLACES = sizeof places / sizeof places[0] };

static couple first;
static hfi_replay replay;

static void init(couple *c)
{
    couple_init(c, SCRIPT_ED25519);
    couple_version(c, 0x0304);
    c->server.settings.max_early_data = 1000;
    c->server.settings.replay = &replay;
}

static void make(couple *c, const place *p)
{
    init(c);
    if (p->how & RETRIES) {
        c->server.settings.groups[0] = 0x0017;
        c->server.settings.group_count = 1;
    }
    if (p->how & ASKS)
        couple_client_auth(c, p->how & SILENT ? HFI_CLIENT_AUTH_OPTIONAL
                                              : HFI_CLIENT_AUTH_REQUIRED);
    if ((p->how & (ASKS | SILENT)) == ASKS)
        couple_add_client(c, COUPLE_CLIENT_ED25519);
    if (p->how & RESUMES)
        couple_resume(c, &first);
    if (p->how & EARLY) {
        /* A ticket is good for early data once. */
        hfi_replay_free(&replay);
        memset(&replay, 0, sizeof replay);
        hfi_replay_init(&replay, &script_alloc);
        c->client.conn.early_data = c->server.conn.early_data = true;
    }
}

static bool waits_there(const couple *c, const place *p)
{
    return c->server.conn.hs != NULL &&
           strcmp(hfi_conn_step(&c->server.conn), p->state) == 0;
}

static void start(couple *c, const place *p)
{
    size_t taken = 0;

    c->client.way.cut_at = 0;
    c->server.err = hfi_conn_start_server(&c->server.conn);
    c->client.err = hfi_conn_start_client(&c->client.conn);
    if (p->how & EARLY)
        assert_int_equal(
            hfi_conn_write_early(&c->client.conn, hfi_view_of_text("early"), &taken),
            HFI_OK);
}

/* A byte more of the client's at a time, until the server waits there. */
static void bring(couple *c, const place *p)
{
    make(c, p);
    start(c, p);
    couple_send_alone(&c->client);
    assert_int_equal(couple_pump(c), HFI_OK);
    while (!waits_there(c, p)) {
        c->client.way.cut_at++;
        assert_int_equal(couple_pump(c), HFI_OK);
        assert_true(c->client.way.cut_at < 4096);
    }
}

static void release(couple *c)
{
    couple_free(c);
    assert_null(couple_left_over(c));
}

static void go_on(couple *c, const place *p)
{
    c->client.way.cut_at = SIZE_MAX;
    hfi_err err = couple_pump(c);
    const char *wrong =
        err != HFI_OK ? hfi_err_lookup((int)err)->name : couple_connected(c);
    if (wrong != NULL)
        fail_msg("%s (%u): afterwards %s", p->state, p->how, wrong);
    assert_int_equal(c->server.conn.agreed.resumed, (p->how & RESUMES) != 0);
    assert_int_equal(c->server.conn.agreed.early_data,
                     p->how & EARLY ? HFI_EARLY_ACCEPTED : HFI_EARLY_NONE);
    release(c);
}

/* ---- the table ---- */

static bool is_legal(const place *p, int type)
{
    return type != 0 && (type == p->legal[0] || type == p->legal[1]);
}

static size_t messages_of(const hfi_table *t, size_t state)
{
    uint32_t events = 0;
    size_t n = 0;

    for (size_t i = 0; i < t->edge_count; i++)
        if (t->edges[i].from == state && t->edges[i].event != HFI_GO)
            events |= UINT32_C(1) << t->edges[i].event;
    for (; events != 0; events &= events - 1)
        n++;
    return n;
}

/* Each state that waits for messages is a place, and for no more than we think. */
static void test_every_state(void **state)
{
    const hfi_table *t = &hfi_tls13_server;

    (void)state;
    for (size_t s = 0; s < t->state_count; s++) {
        size_t want = messages_of(t, s), found = 0;
        for (const place *p = places; p < places + PLACES; p++) {
            if (strcmp(p->state, t->states[s]) != 0)
                continue;
            found++;
            assert_int_equal(want, p->legal[1] != 0 ? 2 : 1);
        }
        if ((found != 0) != (want != 0))
            fail_msg("%zu messages have rows in %s, and %zu places", want, t->states[s],
                     found);
    }
}

/* ---- messages ---- */

/* Well-formed where a client's or a server's message can be, so that only the state
 * speaks against them; others of one zero byte. */
static const char *body_of(int type)
{
    switch (type) {
    case 1:
        return "01 00002f 0303 11*32 00 0002 1301 01 00 0004 00170000";
    case 2:
        return "02 000056 0303 11*32 00 1301 00 002e 002b00020304 00330024001d0020 09*32";
    case HELLO_RETRY:
        return "02 000034 0303 "
               "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
               "00 1301 00 000c 002b00020304 003300020017";
    case 4:
        return "04 00000e 00000e10 00000000 00 0001 77 0000";
    case 5:
        return "05 000000";
    case 8:
        return "08 000002 0000";
    case 11:
        return "0b 00000d 00 000009 000004 30 020100 0000";
    case 13:
        return "0d 00000b 00 0008 000d000400020403";
    case 15:
        return "0f 000044 0807 0040 11*64";
    case 20:
        return "14 000020 22*32";
    case 24:
        return "18 000001 00";
    default:
        return NULL;
    }
}

static void append_message(script_bytes *b, int type)
{
    const char *hex = body_of(type);

    if (hex != NULL) {
        script_append_hex(b, hex);
        return;
    }
    script_append_number(b, (unsigned)type, 1);
    script_append_hex(b, "000001 00");
}

/* Types of TLS 1.3, and those that TLS 1.2 has; all others are unknown. */
static bool has_name(int type)
{
    static const int named[] = {0, 1, 2, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 22, 24, 25};

    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (named[i] == type)
            return true;
    return type == HELLO_RETRY;
}

static hfi_err expected(const place *p, int type)
{
    if (!has_name(type))
        return HFI_E_DECODE_HANDSHAKE_TYPE;
    return type == HELLO_RETRY && p != NULL && p->how & RETRIES
               ? HFI_E_RETRY_REPEATED
               : HFI_E_UNEXPECTED_MESSAGE;
}

static hfi_err take(couple *c, int type)
{
    script_bytes message = {NULL, 0, 0};

    append_message(&message, type);
    hfi_span content = {message.p, message.len};
    hfi_err err = hfi_conn_take_handshake(&c->server.conn, content);
    script_free(&message);
    return err;
}

/* Straight to where the contents of records go, whatever protects them: what is refused
 * there leaves the handshake as it was. */
static void test_messages(void **state)
{
    (void)state;
    for (const place *p = places; p < places + PLACES; p++) {
        couple c;
        bring(&c, p);
        for (int type = 0; type <= HELLO_RETRY; type++) {
            if (is_legal(p, type))
                continue;
            hfi_err err = take(&c, type);
            if (err != expected(p, type))
                fail_msg("type %d in %s (%u): %s", type, p->state, p->how,
                         hfi_err_lookup((int)err)->name);
            assert_true(waits_there(&c, p));
        }
        go_on(&c, p);
    }
}

/* ---- records ---- */

static void feed(couple *c, hfi_view bytes)
{
    hfi_span space = hfi_conn_feed_space(&c->server.conn);

    assert_true(space.len >= bytes.len);
    memcpy(space.p, bytes.p, bytes.len);
    hfi_conn_feed_commit(&c->server.conn, bytes.len);
    (void)couple_pump(c);
}

static void inject(couple *c, uint8_t type, const char *hex)
{
    script_bytes record = {NULL, 0, 0};

    script_append_number(&record, type, 1);
    script_append_hex(&record, hex);
    feed(c, script_view(&record));
    script_free(&record);
}

/* A record as the client would protect it now: under the server's keys for reading. */
static void inject_sealed(couple *c, hfi_content_type type, hfi_view content)
{
    hfi_record_keys keys = c->server.conn.keys_in;
    uint8_t record[512];
    size_t len = 0;

    assert_true(hfi_record_sealed_size(&keys, content.len) <= sizeof record);
    assert_int_equal(hfi_record_seal(&keys, type, 0x0303, content, record, &len), HFI_OK);
    feed(c, hfi_view_of(record, len));
}

/* hfi_record_seal protects no change_cipher_spec: by hand, RFC 8446 5.2, 5.3. */
static void inject_sealed_change(couple *c)
{
    const hfi_record_keys *keys = &c->server.conn.keys_in;
    uint8_t record[64] = {APPLICATION_DATA, 3, 3, 0}, nonce[HFI_AEAD_NONCE];
    const uint8_t inner[] = {1, CCS};
    size_t len = sizeof inner + keys->aead->tag_len;

    assert_true(keys->sequence < 256 && HFI_RECORD_HEADER + len <= sizeof record);
    record[4] = (uint8_t)len;
    memcpy(nonce, keys->iv, sizeof nonce);
    nonce[HFI_AEAD_NONCE - 1] ^= (uint8_t)keys->sequence;
    keys->aead->seal(keys->ctx, nonce, hfi_view_of(record, HFI_RECORD_HEADER), inner,
                     sizeof inner, record + HFI_RECORD_HEADER);
    feed(c, hfi_view_of(record, HFI_RECORD_HEADER + len));
}

static void expect_refusal(couple *c, const char *what, int type, hfi_err err)
{
    if (c->server.err != err)
        fail_msg("%s %d: %s", what, type, hfi_err_lookup((int)c->server.err)->name);
    assert_int_equal(c->server.conn.report.alert, HFI_ALERT_UNEXPECTED_MESSAGE);
    assert_int_equal(c->server.conn.report.alert_direction, HFI_DIRECTION_SENT);
    assert_int_equal(c->client.conn.report.alert, HFI_ALERT_UNEXPECTED_MESSAGE);
    assert_int_equal(c->client.conn.report.alert_direction, HFI_DIRECTION_RECEIVED);
    const char *wrong = couple_failed(c);
    if (wrong != NULL)
        fail_msg("%s %d: %s", what, type, wrong);
    release(c);
}

/* In a record, under the keys of that state: the client reads the alert. */
static void test_alerts(void **state)
{
    (void)state;
    for (const place *p = places; p < places + PLACES; p++) {
        for (int type = 0; type <= HELLO_RETRY; type++) {
            script_bytes message = {NULL, 0, 0};
            couple c;
            /* One unknown type stands for all. */
            if (is_legal(p, type) || (!has_name(type) && type != 77))
                continue;
            bring(&c, p);
            append_message(&message, type);
            inject_sealed(&c, HFI_CONTENT_HANDSHAKE, script_view(&message));
            script_free(&message);
            assert_string_equal(c.server.conn.report.step, p->state);
            expect_refusal(&c, p->state, type, expected(p, type));
        }
    }
}

static void expect_refused(const place *p, uint8_t type, const char *hex, hfi_err err)
{
    couple c;

    bring(&c, p);
    inject(&c, type, hex);
    expect_refusal(&c, p->state, type, err);
}

static void expect_protected_refused(const place *p)
{
    couple c;

    bring(&c, p);
    inject_sealed_change(&c);
    expect_refusal(&c, p->state, CCS, HFI_E_CCS_MISPLACED);
    if (strcmp(p->state, "WAIT_EOED") == 0) /* it is early data there */
        return;
    bring(&c, p);
    inject_sealed(&c, HFI_CONTENT_APPLICATION, hfi_view_of_text("ping"));
    expect_refusal(&c, p->state, APPLICATION_DATA, HFI_E_APPLICATION_DATA_EARLY);
}

static void test_records(void **state)
{
    (void)state;
    for (const place *p = places; p < places + PLACES; p++) {
        bool begins = strcmp(p->state, "START") == 0;
        expect_refused(p, CCS, "0303 0001 02", HFI_E_CCS_MALFORMED);
        expect_refused(p, CCS, "0303 0002 0101", HFI_E_CCS_MALFORMED);
        if (begins)
            expect_refused(p, CCS, "0303 0001 01", HFI_E_CCS_MISPLACED);
        if (begins || strcmp(p->state, "WAIT_CH2") == 0) {
            expect_refused(p, APPLICATION_DATA, "0303 0004 70696e67",
                           HFI_E_APPLICATION_DATA_EARLY);
            continue;
        }
        /* Nothing in the clear any more, and no change_cipher_spec under keys. */
        expect_refused(p, HANDSHAKE, "0303 0004 14000000", HFI_E_RECORD_UNPROTECTED);
        expect_protected_refused(p);
    }
}

/* ---- connected ---- */

static hfi_err expected_later(int type)
{
    return type == HFI_KEY_UPDATE ? HFI_OK : expected(NULL, type);
}

static void test_after_the_handshake(void **state)
{
    couple c;

    (void)state;
    init(&c);
    assert_int_equal(couple_run(&c), HFI_OK);
    for (int type = 0; type <= HELLO_RETRY; type++) {
        if (type == HFI_KEY_UPDATE) /* and nothing of the client's keys has moved */
            continue;
        assert_int_equal(take(&c, type), expected_later(type));
    }
    assert_null(couple_connected(&c));
    release(&c);
}

static void test_alerts_after_the_handshake(void **state)
{
    (void)state;
    for (int type = 0; type <= HELLO_RETRY; type++) {
        script_bytes message = {NULL, 0, 0};
        couple c;
        if (type == HFI_KEY_UPDATE || (!has_name(type) && type != 77))
            continue;
        init(&c);
        assert_int_equal(couple_run(&c), HFI_OK);
        append_message(&message, type);
        assert_int_equal(
            hfi_conn_queue(&c.client.conn, HFI_CONTENT_HANDSHAKE, script_view(&message)),
            HFI_OK);
        script_free(&message);
        (void)couple_pump(&c);
        expect_refusal(&c, "CONNECTED", type, expected_later(type));
    }
}

/* RFC 8446 5: change_cipher_spec is dropped until the client's Finished, not after. */
static void test_change_after_the_handshake(void **state)
{
    couple c;

    (void)state;
    init(&c);
    assert_int_equal(couple_run(&c), HFI_OK);
    inject(&c, CCS, "0303 0001 01");
    expect_refusal(&c, "CONNECTED", CCS, HFI_E_CCS_MISPLACED);
}

static int set_up(void **state)
{
    (void)state;
    memset(&replay, 0, sizeof replay);
    hfi_replay_init(&replay, &script_alloc);
    init(&first);
    first.client.conn.early_data = first.server.conn.early_data = true;
    return couple_run(&first) == HFI_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    couple_free(&first);
    hfi_replay_free(&replay);
    return couple_left_over(&first) == NULL ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_state),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_alerts),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_after_the_handshake),
        cmocka_unit_test(test_alerts_after_the_handshake),
        cmocka_unit_test(test_change_after_the_handshake),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
