/* tests/flow/test_couple12_hello.c: ClientHellos of TLS 1.2 as others write them, and
 * what a server of ours answers: its first flight, byte for byte where it matters, or the
 * alert.  RFC 5246 7.4.1; RFC 5746; RFC 7507; RFC 7627; RFC 8422; RFC 8446 4.1.3, D. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "couple.h"
#include "msg/extensions.h"
#include "msg/server_hello.h"
#include "msg/tls12.h"
#include "msg/types.h"
#include "script_flight.h"

enum {
    BOTH = 1 << 0,       /* the server speaks TLS 1.3, too */
    RSA_KEY = 1 << 1,    /* instead of P-256 */
    OLD_MASTER = 1 << 2, /* takes clients without the extended master secret */
    ALPN = 1 << 3,       /* knows h2 */
    STAPLE = 1 << 4,
    NO_P256 = 1 << 5, /* of groups X25519 alone */
    STORE = 1 << 6,   /* instead of tickets */
    NO_SESSIONS = 1 << 7,
    SMALL_RECORDS = 1 << 8,
};

typedef struct hello {
    const char *version; /* NULL: 0303 */
    const char *session; /* with its length; NULL: empty */
    const char *suites;  /* NULL: c02b c02f */
    const char *methods; /* of compression, with their length; NULL: null alone */
    const char *extensions;
} hello;

#define MASTER "0017 0000 "
#define GROUPS "000a 0006 0004 001d 0017 "
#define SCHEMES "000d 000a 0008 0403 0804 0807 0401 "
#define RENEGOTIATION "ff01 0001 00 "
#define USUAL MASTER GROUPS SCHEMES RENEGOTIATION

static couple c;
static script_bytes flight; /* the server's messages */

/* ---- asking ---- */

static void append_hello(script_bytes *b, const hello *h)
{
    script_bytes suites = {NULL, 0, 0}, extensions = {NULL, 0, 0};

    script_append_hex(&suites, h->suites != NULL ? h->suites : "c02b c02f");
    script_append_hex(b, h->version != NULL ? h->version : "0303");
    script_append_hex(b, "11*32");
    script_append_hex(b, h->session != NULL ? h->session : "00");
    script_append_number(b, suites.len, 2);
    script_append_view(b, script_view(&suites));
    script_append_hex(b, h->methods != NULL ? h->methods : "01 00");
    if (h->extensions != NULL) {
        script_append_hex(&extensions, h->extensions);
        script_append_number(b, extensions.len, 2);
        script_append_view(b, script_view(&extensions));
    }
    script_free(&suites);
    script_free(&extensions);
}

static void feed(const script_bytes *b)
{
    size_t done = 0;

    while (done < b->len) {
        hfi_span space = hfi_conn_feed_space(&c.server.conn);
        size_t n = b->len - done < space.len ? b->len - done : space.len;
        assert_true(n != 0);
        memcpy(space.p, b->p + done, n);
        hfi_conn_feed_commit(&c.server.conn, n);
        done += n;
        hfi_err err = hfi_conn_process(&c.server.conn, NULL);
        if (err != HFI_OK)
            c.server.err = err;
    }
}

static void set_server(unsigned how)
{
    static uint8_t staple[] = {0x30, 0x03, 0x0a, 0x01, 0x06};
    hfi_settings *s = &c.server.settings;

    couple_init(&c, how & RSA_KEY ? SCRIPT_RSA : SCRIPT_P256);
    if ((how & BOTH) == 0)
        couple_version(&c, 0x0303);
    if (how & OLD_MASTER)
        c.server.conn.options |= HFI_OPTION_ALLOW_PLAIN_MASTER_SECRET;
    if (how & ALPN)
        s->alpn = hfi_view_of("\x02h2", 3);
    if (how & STAPLE)
        c.server.own.items[0].staple = (hfi_span){
            hfi_alloc_copy(&script_alloc, staple, sizeof staple), sizeof staple};
    if (how & NO_P256)
        s->group_count = 1;
    if (how & STORE)
        couple_use_store(&c);
    if (how & NO_SESSIONS)
        s->tickets = NULL;
    if (how & SMALL_RECORDS)
        s->record_size_limit = 512;
}

/* The server's messages out of its records; what else it sent is an alert. */
static void gather(hfi_view out)
{
    hfi_reader r = hfi_reader_of(out);

    while (hfi_reader_more(&r)) {
        uint8_t type = hfi_read_u8(&r);
        assert_int_equal(hfi_read_u16(&r), 0x0303);
        hfi_view content = hfi_read_vec16(&r, 1, 16384);
        if (type == 22)
            script_append_view(&flight, content);
    }
    assert_true(hfi_reader_done(&r));
}

/* On a server that is set. */
static void send_hello(const hello *h)
{
    script_bytes message = {NULL, 0, 0}, record = {NULL, 0, 0};

    append_hello(&message, h);
    script_append_hex(&record, "16 0301");
    script_append_number(&record, message.len + 4, 2);
    script_append_number(&record, 1, 1);
    script_append_number(&record, message.len, 3);
    script_append_view(&record, script_view(&message));
    assert_int_equal(hfi_conn_start_server(&c.server.conn), HFI_OK);
    feed(&record);
    flight.len = 0;
    gather(hfi_conn_drain(&c.server.conn));
    script_free(&message);
    script_free(&record);
}

static void ask(const hello *h, unsigned how)
{
    set_server(how);
    send_hello(h);
}

static void done(void)
{
    couple_free(&c);
    assert_null(couple_left_over(&c));
    script_free(&flight);
}

/* ---- reading the answer ---- */

/* The message of that type; p NULL: there is none. */
static hfi_view message_of(uint8_t type)
{
    hfi_reader r = hfi_reader_of(script_view(&flight));

    while (hfi_reader_more(&r)) {
        uint8_t got = hfi_read_u8(&r);
        hfi_view body = hfi_read_vec24(&r, 0, 0xffffff);
        if (got == type)
            return body;
    }
    return hfi_view_of(NULL, 0);
}

static hfi_server_hello server_hello(hfi_extension_list *list)
{
    hfi_server_hello m;
    hfi_view body = message_of(HFI_SERVER_HELLO);

    assert_non_null(body.p);
    assert_int_equal(hfi_msg_read_server_hello(body, &m), HFI_OK);
    assert_int_equal(
        hfi_msg_read_extensions(m.extensions, HFI_E_DECODE_SERVER_HELLO, list), HFI_OK);
    return m;
}

static bool answered(uint16_t type)
{
    hfi_extension_list list;

    (void)server_hello(&list);
    return hfi_extension_find(&list, type) != NULL;
}

static hfi_server_key_exchange key_exchange(void)
{
    hfi_server_key_exchange m;
    hfi_view body = message_of(HFI_SERVER_KEY_EXCHANGE);

    assert_non_null(body.p);
    assert_int_equal(hfi_msg_read_server_key_exchange(body, &m), HFI_OK);
    return m;
}

/* ---- refused ---- */

typedef struct refusal {
    const char *name;
    hello hello;
    unsigned how;
    hfi_err err;
    hfi_alert alert;
} refusal;

#define EXT(...)                  \
    {                             \
        .extensions = __VA_ARGS__ \
    }
#define FAILS(code, alert) HFI_E_##code, HFI_ALERT_##alert

static const refusal refusals[] = {
    {"TLS 1.1",
     {.version = "0302", .extensions = USUAL},
     0,
     FAILS(NO_COMMON_VERSION, PROTOCOL_VERSION)},
    {"TLS 1.0",
     {.version = "0301", .extensions = USUAL},
     BOTH,
     FAILS(NO_COMMON_VERSION, PROTOCOL_VERSION)},
    {"SSL 3", {.version = "0300"}, 0, FAILS(NO_COMMON_VERSION, PROTOCOL_VERSION)},
    {"a version of before SSL",
     {.version = "0002"},
     0,
     FAILS(NO_COMMON_VERSION, PROTOCOL_VERSION)},
    {"TLS 1.1 alone, said in the extension", EXT(USUAL "002b 0003 02 0302 "), 0,
     FAILS(NO_COMMON_VERSION, PROTOCOL_VERSION)},
    {"TLS 1.3 alone", EXT(USUAL "002b 0003 02 0304 "), 0,
     FAILS(NO_COMMON_VERSION, PROTOCOL_VERSION)},
    {"a fallback although TLS 1.3 is spoken",
     {.suites = "c02b 5600", .extensions = USUAL},
     BOTH,
     FAILS(INAPPROPRIATE_FALLBACK, INAPPROPRIATE_FALLBACK)},
    {"compressed without need",
     {.methods = "01 01", .extensions = USUAL},
     0,
     FAILS(COMPRESSION_OFFERED, ILLEGAL_PARAMETER)},
    {"RSA key exchange",
     {.suites = "009c 003c 002f", .extensions = USUAL},
     0,
     FAILS(NO_COMMON_SUITE, HANDSHAKE_FAILURE)},
    {"suites of TLS 1.3",
     {.suites = "1301 1302", .extensions = USUAL},
     BOTH,
     FAILS(NO_COMMON_SUITE, HANDSHAKE_FAILURE)},
    {"suites for another key",
     {.suites = "c02f c030", .extensions = USUAL},
     0,
     FAILS(NO_COMMON_SIGNATURE_ALGORITHM, HANDSHAKE_FAILURE)},
    {"suites for another key, RSA",
     {.suites = "c02b", .extensions = USUAL},
     RSA_KEY,
     FAILS(NO_COMMON_SIGNATURE_ALGORITHM, HANDSHAKE_FAILURE)},
    {"no signature_algorithms: SHA-1", EXT(MASTER GROUPS), 0,
     FAILS(NO_COMMON_SIGNATURE_ALGORITHM, HANDSHAKE_FAILURE)},
    {"SHA-1 alone", EXT(MASTER GROUPS "000d 0006 0004 0201 0203 "), 0,
     FAILS(NO_COMMON_SIGNATURE_ALGORITHM, HANDSHAKE_FAILURE)},
    {"signature algorithms for another key", EXT(MASTER GROUPS "000d 0004 0002 0804 "), 0,
     FAILS(NO_COMMON_SIGNATURE_ALGORITHM, HANDSHAKE_FAILURE)},
    {"no group of ours", EXT(MASTER SCHEMES "000a 0004 0002 0019 "), 0,
     FAILS(NO_COMMON_GROUP, HANDSHAKE_FAILURE)},
    {"a hybrid group alone", EXT(MASTER SCHEMES "000a 0004 0002 11ec "), 0,
     FAILS(NO_COMMON_GROUP, HANDSHAKE_FAILURE)},
    {"no groups, and P-256 is off", EXT(MASTER SCHEMES), NO_P256,
     FAILS(NO_COMMON_GROUP, HANDSHAKE_FAILURE)},
    {"the certificate's curve is not listed", EXT(MASTER SCHEMES "000a 0004 0002 001d "),
     0, FAILS(NO_COMMON_SIGNATURE_ALGORITHM, HANDSHAKE_FAILURE)},
    {"no extended master secret", EXT(GROUPS SCHEMES), 0,
     FAILS(EXTENDED_MASTER_SECRET_MISSING, HANDSHAKE_FAILURE)},
    {"no extensions at all",
     {.extensions = NULL},
     0,
     FAILS(EXTENDED_MASTER_SECRET_MISSING, HANDSHAKE_FAILURE)},
    {"no extensions, with the option",
     {.extensions = NULL},
     OLD_MASTER,
     FAILS(NO_COMMON_SIGNATURE_ALGORITHM, HANDSHAKE_FAILURE)},
    {"compressed points alone", EXT(USUAL "000b 0002 01 01 "), 0,
     FAILS(POINT_FORMAT, ILLEGAL_PARAMETER)},
    {"no point format", EXT(USUAL "000b 0001 00 "), 0,
     FAILS(DECODE_EXTENSION, DECODE_ERROR)},
    {"a renegotiation from the start", EXT(MASTER GROUPS SCHEMES "ff01 0002 01 77 "), 0,
     FAILS(RENEGOTIATION_INFO_WRONG, HANDSHAKE_FAILURE)},
    {"an extended master secret with something in it",
     EXT(GROUPS SCHEMES "0017 0001 00 "), 0, FAILS(DECODE_EXTENSION, DECODE_ERROR)},
    {"no protocol of ours", EXT(USUAL "0010 0006 0004 03 666f6f "), ALPN,
     FAILS(NO_COMMON_PROTOCOL, NO_APPLICATION_PROTOCOL)},
    {"an empty protocol", EXT(USUAL "0010 0003 0001 00 "), ALPN,
     FAILS(DECODE_EXTENSION, DECODE_ERROR)},
    {"records of 63 bytes", EXT(USUAL "001c 0002 003f "), 0,
     FAILS(EXTENSION_VALUE_FORBIDDEN, ILLEGAL_PARAMETER)},
    {"an extension twice", EXT(USUAL MASTER), 0,
     FAILS(EXTENSION_DUPLICATE, DECODE_ERROR)},
    {"half a suite",
     {.suites = "c02b c0", .extensions = USUAL},
     0,
     FAILS(DECODE_CLIENT_HELLO, DECODE_ERROR)},
    {"a session id of 33 bytes",
     {.session = "21 22*33", .extensions = USUAL},
     0,
     FAILS(DECODE_CLIENT_HELLO, DECODE_ERROR)},
};

static void test_refusals(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const refusal *r = &refusals[i];
        ask(&r->hello, r->how);
        int alert = c.server.conn.report.alert;
        hfi_view out = hfi_conn_drain(&c.server.conn);
        bool told = out.len == 7 && out.p[0] == 21 && out.p[5] == 2 && out.p[6] == alert;
        if (c.server.err != r->err || alert != (int)r->alert || !told) {
            print_error("%s: error %s, alert %d, %zu bytes\n", r->name,
                        hfi_err_lookup((int)c.server.err)->name, alert, out.len);
            wrong++;
        }
        done();
    }
    assert_int_equal(wrong, 0);
}

/* ---- answered ---- */

static void expect_flight(void)
{
    if (c.server.err != HFI_OK)
        fail_msg("%s", hfi_err_lookup((int)c.server.err)->name);
    assert_string_equal(hfi_conn_step(&c.server.conn), "WAIT_CKE");
    assert_non_null(message_of(HFI_SERVER_HELLO_DONE).p);
    assert_int_equal(message_of(HFI_SERVER_HELLO_DONE).len, 0);
}

/* Nothing is said that was not asked for. */
static void test_bare_hello(void **state)
{
    static const hello h = {.session = "20 22*32", .extensions = MASTER GROUPS SCHEMES};
    hfi_extension_list list;

    (void)state;
    ask(&h, ALPN | STAPLE);
    expect_flight();
    hfi_server_hello m = server_hello(&list);
    assert_int_equal(m.legacy_version, 0x0303);
    assert_int_equal(m.suite, 0xc02b);
    assert_int_equal(m.compression, 0);
    assert_int_equal(m.session_id.len, 0); /* not the client's, which would resume */
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].type, 23);
    assert_null(message_of(HFI_CERTIFICATE_STATUS).p);
    assert_null(message_of(HFI_CERTIFICATE_REQUEST).p);
    hfi_server_key_exchange k = key_exchange();
    assert_int_equal(k.curve_type, 3);
    assert_int_equal(k.group, 29);
    assert_int_equal(k.scheme, 0x0403);
    done();
}

static void test_without_extensions(void **state)
{
    static const hello h = {.extensions = SCHEMES};
    hfi_extension_list list;

    (void)state;
    ask(&h, OLD_MASTER);
    expect_flight();
    (void)server_hello(&list);
    assert_int_equal(list.count, 0);
    /* An empty vector would be one byte more than old clients know. */
    assert_int_equal(message_of(HFI_SERVER_HELLO).len, 2 + 32 + 1 + 2 + 1);
    assert_int_equal(key_exchange().group, 23);
    done();
}

static void test_renegotiation_info(void **state)
{
    static const hello by_suite = {.suites = "00ff c02b",
                                   .extensions = MASTER GROUPS SCHEMES};
    static const hello by_extension = {.extensions = USUAL};
    const hello *hellos[] = {&by_suite, &by_extension};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        hfi_extension_list list;
        ask(hellos[i], 0);
        expect_flight();
        (void)server_hello(&list);
        const hfi_extension *e = hfi_extension_find(&list, 0xff01);
        assert_non_null(e);
        assert_true(hfi_view_equal(e->body, hfi_view_of("\0", 1)));
        done();
    }
}

/* RFC 8446 4.1.3: only a server that could do better marks it. */
static void test_downgrade_mark(void **state)
{
    static const hello h = {.extensions = USUAL};
    hfi_extension_list list;

    (void)state;
    for (unsigned both = 0; both < 2; both++) {
        ask(&h, both ? BOTH : 0);
        expect_flight();
        hfi_server_hello m = server_hello(&list);
        assert_int_equal(memcmp(m.random.p + 24, "DOWNGRD\x01", 8) == 0, both);
        assert_memory_not_equal(m.random.p + 24, "DOWNGRD\x00", 8);
        done();
    }
}

static void test_fallback_that_is_none(void **state)
{
    static const hello h = {.suites = "c02b 5600", .extensions = USUAL};

    (void)state;
    ask(&h, 0);
    expect_flight();
    done();
}

/* What comes after the hello is for newer versions; and legacy_version may be more. */
static void test_versions(void **state)
{
    static const hello hellos[] = {
        {.version = "0304", .extensions = USUAL},
        {.version = "03ff", .extensions = USUAL},
        {.version = "0301", .extensions = USUAL "002b 0005 04 7f1c 0303 "},
        {.suites = "1301 c02b", .extensions = USUAL "002b 0005 04 0304 0303 "},
        /* What TLS 1.3 alone has is nothing to TLS 1.2, however it looks. */
        {.extensions = USUAL "0033 0001 77 002a 0001 00 002d 0001 05 0029 0001 77 "},
        {.extensions = USUAL "002c 0000 002b 0003 02 0303 0029 0000 "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof hellos / sizeof hellos[0]; i++) {
        ask(&hellos[i], i >= 4 ? BOTH : 0);
        expect_flight();
        assert_int_equal(c.server.conn.agreed.version, 0x0303);
        assert_false(answered(43));
        done();
    }
}

static void test_answers(void **state)
{
    static const hello h = {.extensions = USUAL
                            "0000 0010 000e 00 000b 6170702e6578616d706c65 " /* SNI */
                            "0005 0005 01 0000 0000 "                        /* status */
                            "0010 0005 0003 02 6832 "                        /* ALPN */
                            "000b 0002 01 00 "                               /* points */
                            "0016 0000 "      /* encrypt_then_mac */
                            "0023 0000 "      /* ticket */
                            "001c 0002 4000 " /* record_size_limit */
                            "0001 0001 02 "   /* max_fragment_length */
                            "4a4a 0001 00 "};
    hfi_extension_list list;
    hfi_view response;

    (void)state;
    ask(&h, ALPN | STAPLE | SMALL_RECORDS);
    expect_flight();
    hfi_server_hello m = server_hello(&list);
    assert_int_equal(m.session_id.len, 0); /* a ticket will come */
    for (size_t i = 0; i < list.count; i++) {
        uint16_t type = list.items[i].type;
        if (type == 0 || type == 5 || type == 35 || type == 23)
            assert_int_equal(list.items[i].body.len, 0);
        else if (type == 16)
            assert_memory_equal(list.items[i].body.p, "\0\3\2h2", 5);
        else if (type == 28)
            assert_memory_equal(list.items[i].body.p, "\x02\x00", 2);
        else
            assert_true(type == 11 || type == 0xff01);
    }
    assert_int_equal(list.count, 8);
    assert_int_equal(
        hfi_msg_read_certificate_status(message_of(HFI_CERTIFICATE_STATUS), &response),
        HFI_OK);
    assert_int_equal(response.len, 5);
    assert_string_equal(c.server.conn.agreed.server_name, "app.example");
    assert_int_equal(c.server.conn.agreed.limit_in, 512);
    assert_int_equal(c.server.conn.agreed.limit_out, 16384);
    done();
}

/* RFC 7366 3: with CBC suites alone. */
static void test_encrypt_then_mac(void **state)
{
    static const hello offers = {.suites = "c009", .extensions = USUAL "0016 0000 "};
    static const hello does_not = {.suites = "c009", .extensions = USUAL};
    static const hello malformed = {.suites = "c009",
                                    .extensions = USUAL "0016 0001 00 "};

    (void)state;
    for (int i = 0; i < 2; i++) {
        set_server(0);
        c.server.settings.suites[0] = 0xc009;
        c.server.settings.suite_count = 1;
        send_hello(i == 0 ? &offers : &does_not);
        expect_flight();
        assert_int_equal(answered(22), i == 0);
        done();
    }
    ask(&malformed, 0);
    assert_int_equal(c.server.err, HFI_E_DECODE_EXTENSION);
    done();
}

static void test_session_ids(void **state)
{
    static const hello h = {.session = "20 22*32", .extensions = USUAL};
    hfi_extension_list list;

    (void)state;
    ask(&h, STORE);
    expect_flight();
    assert_int_equal(c.store.finds, 1);
    hfi_server_hello m = server_hello(&list);
    assert_int_equal(m.session_id.len, 32);
    assert_int_not_equal(m.session_id.p[0], 0x22);
    done();
    ask(&h, STORE | NO_SESSIONS);
    expect_flight();
    assert_int_equal(server_hello(&list).session_id.len, 0);
    done();
}

/* The first suite and the first group of ours that the client knows, whatever its own
 * order. */
static void test_our_order(void **state)
{
    static const hello h = {.suites = "0a0a cca9 c02c c02b",
                            .extensions =
                                MASTER SCHEMES "000a 0008 0006 0018 0017 001d "};
    hfi_extension_list list;

    (void)state;
    ask(&h, 0);
    expect_flight();
    assert_int_equal(server_hello(&list).suite, 0xc02b);
    assert_int_equal(key_exchange().group, 29);
    done();
}

/* The certificate whose key the client's suites and algorithms can use, and of those the
 * one for the name. */
static void test_certificates(void **state)
{
    static const struct {
        hello hello;
        uint16_t suite, scheme;
    } rows[] = {
        {EXT(USUAL), 0xc02b, 0x0403},
        {{.suites = "c02f", .extensions = USUAL}, 0xc02f, 0x0804},
        {EXT(MASTER GROUPS "000d 0004 0002 0401 "), 0xc02f, 0x0401},
        {EXT(MASTER GROUPS "000d 0004 0002 0807 "), 0xc02b, 0x0807},
        {EXT(MASTER "000a 0004 0002 001d 000d 0006 0004 0403 0804 "), 0xc02f, 0x0804},
    };
    hfi_extension_list list;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set_server(0);
        couple_add_certificate(&c, SCRIPT_RSA, true);
        couple_add_certificate(&c, SCRIPT_ED25519, true);
        send_hello(&rows[i].hello);
        expect_flight();
        assert_int_equal(server_hello(&list).suite, rows[i].suite);
        assert_int_equal(key_exchange().scheme, rows[i].scheme);
        done();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_bare_hello),
        cmocka_unit_test(test_without_extensions),
        cmocka_unit_test(test_renegotiation_info),
        cmocka_unit_test(test_downgrade_mark),
        cmocka_unit_test(test_fallback_that_is_none),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_encrypt_then_mac),
        cmocka_unit_test(test_session_ids),
        cmocka_unit_test(test_our_order),
        cmocka_unit_test(test_certificates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
