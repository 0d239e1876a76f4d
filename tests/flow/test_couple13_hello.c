/* tests/flow/test_couple13_hello.c: ClientHellos of TLS 1.3 as others, and enemies, write
 * them, and what a server of ours answers: ServerHello, HelloRetryRequest or the alert.
 * RFC 8446 4.1.1, 4.1.2, 4.2, 9.2; RFC 7507. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "couple.h"
#include "msg/server_hello.h"
#include "msg/types.h"
#include "wire/reader.h"

enum {
    BOTH = 1 << 0, /* the server speaks TLS 1.2, too */
    ALPN = 1 << 1, /* knows h2 */
    COOKIE = 1 << 2,
    P384 = 1 << 3, /* is the only group */
};

typedef struct hello {
    const char *version; /* NULL: 0303 */
    const char *session; /* with its length; NULL: empty */
    const char *suites;  /* NULL: 1301 */
    const char *methods; /* of compression, with their length; NULL: null alone */
    const char *extensions;
} hello;

#define VERSIONS "002b 0003 02 0304 "
#define GROUPS "000a 0006 0004 001d 0017 "
#define SCHEMES "000d 0008 0006 0403 0804 0807 "
#define X25519 "001d 0020 09 00*31 "
#define SHARE "0033 0026 0024 " X25519
#define USUAL VERSIONS GROUPS SCHEMES SHARE
#define MODES "002d 0002 01 01 "
/* An identity of 4 bytes that nobody knows, and one binder. */
#define PSK "0029 002f 000a 0004 abcdabcd 00000000 0021 20 77*32 "

static couple c;

/* ---- asking ---- */

static void append_hello(script_bytes *b, const hello *h)
{
    script_bytes suites = {NULL, 0, 0}, extensions = {NULL, 0, 0};

    script_append_hex(&suites, h->suites != NULL ? h->suites : "1301");
    script_append_hex(b, h->version != NULL ? h->version : "0303");
    script_append_hex(b, "11*32");
    script_append_hex(b, h->session != NULL ? h->session : "00");
    script_append_number(b, suites.len, 2);
    script_append_view(b, script_view(&suites));
    script_append_hex(b, h->methods != NULL ? h->methods : "01 00");
    script_append_hex(&extensions, h->extensions);
    script_append_number(b, extensions.len, 2);
    script_append_view(b, script_view(&extensions));
    script_free(&suites);
    script_free(&extensions);
}

static void feed(hfi_view bytes)
{
    while (bytes.len != 0) {
        hfi_span space = hfi_conn_feed_space(&c.server.conn);
        size_t n = bytes.len < space.len ? bytes.len : space.len;
        if (n == 0)
            return;
        memcpy(space.p, bytes.p, n);
        hfi_conn_feed_commit(&c.server.conn, n);
        (void)hfi_conn_process(&c.server.conn, NULL);
        bytes = hfi_view_of(bytes.p + n, bytes.len - n);
    }
}

static void say(const hello *h, const char *behind)
{
    script_bytes message = {NULL, 0, 0}, record = {NULL, 0, 0}, tail = {NULL, 0, 0};

    append_hello(&message, h);
    script_append_hex(&tail, behind);
    script_append_hex(&record, "16 0301");
    script_append_number(&record, message.len + 4 + tail.len, 2);
    script_append_number(&record, 1, 1);
    script_append_number(&record, message.len, 3);
    script_append_view(&record, script_view(&message));
    script_append_view(&record, script_view(&tail));
    feed(script_view(&record));
    script_free(&message);
    script_free(&record);
    script_free(&tail);
}

static void set_server(unsigned how)
{
    hfi_settings *s = &c.server.settings;

    couple_init(&c, SCRIPT_P256);
    s->version_min = how & BOTH ? 0x0303 : 0x0304;
    if (how & ALPN)
        s->alpn = hfi_view_of("\x02h2", 3);
    if (how & COOKIE)
        c.server.conn.options |= HFI_OPTION_COOKIE;
    if (how & P384) {
        s->groups[0] = 0x0018;
        s->group_count = 1;
    }
    assert_int_equal(hfi_conn_start_server(&c.server.conn), HFI_OK);
}

static void finish(void)
{
    couple_free(&c);
    assert_null(couple_left_over(&c));
}

/* ---- refusals ---- */

typedef struct refusal {
    const char *name;
    unsigned how;
    hello h;
    hfi_err want;
    hfi_alert alert;
} refusal;

static const refusal refusals[] = {
    {"no version of ours",
     0,
     {.extensions = "002b 0003 02 0305 " GROUPS SCHEMES SHARE},
     HFI_E_NO_COMMON_VERSION,
     HFI_ALERT_PROTOCOL_VERSION},
    {"TLS 1.2 alone",
     0,
     {.extensions = GROUPS SCHEMES},
     HFI_E_NO_COMMON_VERSION,
     HFI_ALERT_PROTOCOL_VERSION},
    {"TLS 1.1",
     BOTH,
     {.version = "0302", .extensions = GROUPS SCHEMES},
     HFI_E_NO_COMMON_VERSION,
     HFI_ALERT_PROTOCOL_VERSION},
    {"an empty list of versions",
     0,
     {.extensions = "002b 0001 00 " GROUPS SCHEMES SHARE},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
    {"half a version",
     0,
     {.extensions = "002b 0004 03 030403 " GROUPS SCHEMES SHARE},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
    {"fallback",
     BOTH,
     {.suites = "c02b 5600", .extensions = "002b 0003 02 0303 " GROUPS SCHEMES},
     HFI_E_INAPPROPRIATE_FALLBACK,
     HFI_ALERT_INAPPROPRIATE_FALLBACK},
    {"compression beside null",
     0,
     {.methods = "02 0001", .extensions = USUAL},
     HFI_E_COMPRESSION_OFFERED,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"compression instead of null",
     0,
     {.methods = "01 01", .extensions = USUAL},
     HFI_E_COMPRESSION_OFFERED,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"no method",
     0,
     {.methods = "00", .extensions = USUAL},
     HFI_E_DECODE_CLIENT_HELLO,
     HFI_ALERT_DECODE_ERROR},
    {"a session id of 33 bytes",
     0,
     {.session = "21 00*33", .extensions = USUAL},
     HFI_E_DECODE_CLIENT_HELLO,
     HFI_ALERT_DECODE_ERROR},
    {"no suite of ours",
     0,
     {.suites = "1304 c02b 00ff", .extensions = USUAL},
     HFI_E_NO_COMMON_SUITE,
     HFI_ALERT_HANDSHAKE_FAILURE},
    {"no group of ours",
     0,
     {.extensions = VERSIONS "000a 0004 0002 0100 " SCHEMES "0033 0002 0000"},
     HFI_E_NO_COMMON_GROUP,
     HFI_ALERT_HANDSHAKE_FAILURE},
    {"no scheme of ours",
     0,
     {.extensions = VERSIONS GROUPS "000d 0004 0002 0804 " SHARE},
     HFI_E_NO_COMMON_SIGNATURE_ALGORITHM,
     HFI_ALERT_HANDSHAKE_FAILURE},
    {"PKCS #1 alone",
     0,
     {.extensions = VERSIONS GROUPS "000d 0004 0002 0401 " SHARE},
     HFI_E_NO_COMMON_SIGNATURE_ALGORITHM,
     HFI_ALERT_HANDSHAKE_FAILURE},
    {"no signature_algorithms",
     0,
     {.extensions = VERSIONS GROUPS SHARE},
     HFI_E_CLIENT_EXTENSION_MISSING,
     HFI_ALERT_MISSING_EXTENSION},
    {"no supported_groups",
     0,
     {.extensions = VERSIONS SCHEMES SHARE},
     HFI_E_CLIENT_EXTENSION_MISSING,
     HFI_ALERT_MISSING_EXTENSION},
    {"no key_share",
     0,
     {.extensions = VERSIONS GROUPS SCHEMES},
     HFI_E_CLIENT_EXTENSION_MISSING,
     HFI_ALERT_MISSING_EXTENSION},
    {"a share twice",
     0,
     {.extensions = VERSIONS GROUPS SCHEMES "0033 004a 0048 " X25519 X25519},
     HFI_E_KEY_SHARE_DUPLICATE,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"a share of no point",
     0,
     {.extensions = VERSIONS GROUPS SCHEMES "0033 0026 0024 001d 0020 00*32"},
     HFI_E_KEY_SHARE_INVALID,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"a share too short",
     0,
     {.extensions = VERSIONS GROUPS SCHEMES "0033 0025 0023 001d 001f 09*31"},
     HFI_E_KEY_SHARE_INVALID,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"an empty share",
     0,
     {.extensions = VERSIONS GROUPS SCHEMES "0033 0006 0004 001d 0000"},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
    {"an extension twice",
     0,
     {.extensions = USUAL VERSIONS},
     HFI_E_EXTENSION_DUPLICATE,
     HFI_ALERT_DECODE_ERROR},
    {"an extension of other messages",
     0,
     {.extensions = USUAL "0030 0002 0000"},
     HFI_E_EXTENSION_FORBIDDEN,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"an extension that is cut",
     0,
     {.extensions = USUAL "1234 0005 00"},
     HFI_E_DECODE_CLIENT_HELLO,
     HFI_ALERT_DECODE_ERROR},
    {"protocols, none of ours",
     ALPN,
     {.extensions = USUAL "0010 0005 0003 02 6833"},
     HFI_E_NO_COMMON_PROTOCOL,
     HFI_ALERT_NO_APPLICATION_PROTOCOL},
    {"an empty protocol",
     ALPN,
     {.extensions = USUAL "0010 0003 0001 00"},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
    {"a name with a zero byte",
     0,
     {.extensions = USUAL "0000 0008 0006 00 0003 610062"},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
    {"two names",
     0,
     {.extensions = USUAL "0000 000a 0008 00 0001 61 00 0001 62"},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
    {"a name of another kind",
     0,
     {.extensions = USUAL "0000 0006 0004 01 0001 61"},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
    {"a record limit of 63",
     0,
     {.extensions = USUAL "001c 0002 003f"},
     HFI_E_EXTENSION_VALUE_FORBIDDEN,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"renegotiation",
     0,
     {.extensions = USUAL "ff01 0002 01 aa"},
     HFI_E_RENEGOTIATION_INFO_WRONG,
     HFI_ALERT_HANDSHAKE_FAILURE},
    {"a PSK without modes",
     0,
     {.extensions = USUAL PSK},
     HFI_E_CLIENT_EXTENSION_MISSING,
     HFI_ALERT_MISSING_EXTENSION},
    {"a PSK that is not last",
     0,
     {.extensions = USUAL PSK MODES},
     HFI_E_PSK_NOT_LAST,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"two binders for one identity",
     0,
     {.extensions =
          USUAL MODES "0029 0050 000a 0004 abcdabcd 00000000 0042 20 77*32 20 77*32"},
     HFI_E_PSK_BINDERS_COUNT,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"no identity",
     0,
     {.extensions = USUAL MODES "0029 0025 0000 0021 20 77*32"},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
    {"early data with a body",
     0,
     {.extensions = USUAL "002a 0001 00"},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
    {"a cookie of nobody",
     COOKIE,
     {.extensions = USUAL "002c 0006 0004 01020304"},
     HFI_E_COOKIE_INVALID,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"an empty cookie",
     0,
     {.extensions = USUAL "002c 0002 0000"},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
};

static void expect_refused(const char *name, hfi_err want, hfi_alert alert)
{
    if (c.server.conn.report.code != want)
        fail_msg("%s: %s (%s) instead of %s", name,
                 hfi_err_lookup((int)c.server.conn.report.code)->name,
                 c.server.conn.report.detail, hfi_err_lookup((int)want)->name);
    if (c.server.conn.report.alert != (int)alert)
        fail_msg("%s: alert %d", name, c.server.conn.report.alert);
}

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const refusal *r = &refusals[i];
        set_server(r->how);
        say(&r->h, "");
        expect_refused(r->name, r->want, r->alert);
        finish();
    }
}

/* ---- what is taken ---- */

/* The body of the first message; empty if it is none. */
static hfi_view first_message(void)
{
    hfi_reader r = hfi_reader_of(hfi_conn_drain(&c.server.conn));

    if (hfi_read_u8(&r) != 22)
        return hfi_view_of(NULL, 0);
    (void)hfi_read_u16(&r);
    hfi_reader content = hfi_reader_of(hfi_read_vec16(&r, 4, 16384));
    assert_int_equal(hfi_read_u8(&content), HFI_SERVER_HELLO);
    return hfi_read_vec24(&content, 1, 16384);
}

typedef struct taken {
    const char *name;
    unsigned how;
    hello h;
    bool retry;
    uint16_t suite;
} taken;

static const taken good[] = {
    {"the least", 0, {.extensions = USUAL}, false, 0x1301},
    {"an id", 0, {.session = "20 44*32", .extensions = USUAL}, false, 0x1301},
    {"an old legacy_version", 0, {.version = "0301", .extensions = USUAL}, false, 0x1301},
    {"unknown versions before ours",
     BOTH,
     {.extensions = "002b 0009 08 7a7a 0305 0304 0303 " GROUPS SCHEMES SHARE},
     false,
     0x1301},
    {"suites that nobody knows",
     0,
     {.suites = "0a0a 00ff 5600 1303 1302", .extensions = USUAL},
     false,
     0x1302},
    {"extensions that nobody knows",
     0,
     {.extensions = USUAL "0a0a 0000 fafa 0001 00"},
     false,
     0x1301},
    {"padding", 0, {.extensions = USUAL "0015 0100 00*256"}, false, 0x1301},
    {"no protocol of a server that has none",
     0,
     {.extensions = USUAL "0010 0005 0003 02 6833"},
     false,
     0x1301},
    {"a status of another kind",
     0,
     {.extensions = USUAL "0005 0004 02 000000"},
     false,
     0x1301},
    {"a PSK that nobody knows", 0, {.extensions = USUAL MODES PSK}, false, 0x1301},
    {"a PSK without key exchange",
     0,
     {.extensions = USUAL "002d 0002 01 00 " PSK},
     false,
     0x1301},
    {"a share of an unknown group before ours",
     0,
     {.extensions = VERSIONS GROUPS SCHEMES "0033 002b 0029 0a0a 0001 00 " X25519},
     false,
     0x1301},
    {"a share whose group is not listed",
     0,
     {.extensions = VERSIONS "000a 0004 0002 0017 " SCHEMES SHARE},
     true,
     0x1301},
    {"no share at all",
     0,
     {.extensions = VERSIONS GROUPS SCHEMES "0033 0002 0000"},
     true,
     0x1301},
    {"no share of ours",
     P384,
     {.extensions = VERSIONS "000a 0006 0004 001d 0018 " SCHEMES SHARE},
     true,
     0x1301},
    {"a cookie where none are used",
     0,
     {.extensions = USUAL "002c 0006 0004 01020304"},
     false,
     0x1301},
};

static void test_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        hfi_server_hello answer;
        set_server(good[i].how);
        say(&good[i].h, "");
        if (c.server.conn.report.code != HFI_OK)
            fail_msg("%s: %s", good[i].name,
                     hfi_err_lookup((int)c.server.conn.report.code)->name);
        hfi_view body = first_message();
        assert_int_equal(hfi_msg_read_server_hello(body, &answer), HFI_OK);
        if (hfi_msg_is_hello_retry(body) != good[i].retry)
            fail_msg("%s: retry", good[i].name);
        assert_int_equal(answer.legacy_version, 0x0303);
        assert_int_equal(answer.suite, good[i].suite);
        assert_int_equal(answer.session_id.len, good[i].h.session != NULL ? 32 : 0);
        finish();
    }
}

/* RFC 8446 5.1: nothing stands behind a hello in its record; RFC 8446 5: nothing of the
 * next message either. */
static void test_nothing_behind(void **state)
{
    static const char *const behind[] = {"14 000000", "0b 000001 00", "01"};
    const hello h = {.extensions = USUAL};

    (void)state;
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
        set_server(0);
        say(&h, behind[i]);
        expect_refused(behind[i], HFI_E_HANDSHAKE_NOT_AT_BOUNDARY,
                       HFI_ALERT_UNEXPECTED_MESSAGE);
        finish();
    }
}

/* ---- the second hello, RFC 8446 4.1.2 ---- */

#define NO_SHARE "0033 0002 0000 "
#define P256_FIRST VERSIONS GROUPS SCHEMES

static const hello first = {.extensions = P256_FIRST NO_SHARE};

static const refusal seconds[] = {
    {"no share again",
     0,
     {.extensions = P256_FIRST NO_SHARE},
     HFI_E_RETRY_NOT_FOLLOWED,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"a share of another group",
     0,
     {.extensions = P256_FIRST "0033 0047 0045 0017 0041 04 11*64"},
     HFI_E_RETRY_NOT_FOLLOWED,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"no key_share any more",
     0,
     {.extensions = P256_FIRST},
     HFI_E_CLIENT_EXTENSION_MISSING,
     HFI_ALERT_MISSING_EXTENSION},
    {"other suites",
     0,
     {.suites = "1302", .extensions = P256_FIRST SHARE},
     HFI_E_CLIENT_HELLO_CHANGED,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"an id",
     0,
     {.session = "01 00", .extensions = P256_FIRST SHARE},
     HFI_E_CLIENT_HELLO_CHANGED,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"other groups",
     0,
     {.extensions = VERSIONS "000a 0004 0002 001d " SCHEMES SHARE},
     HFI_E_CLIENT_HELLO_CHANGED,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"other schemes",
     0,
     {.extensions = VERSIONS GROUPS "000d 0004 0002 0403 " SHARE},
     HFI_E_CLIENT_HELLO_CHANGED,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"another version",
     BOTH,
     {.extensions = "002b 0003 02 0303 " GROUPS SCHEMES SHARE},
     HFI_E_CLIENT_HELLO_CHANGED,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"a name all of a sudden",
     0,
     {.extensions = P256_FIRST SHARE "0000 0006 0004 00 0001 61"},
     HFI_E_CLIENT_HELLO_CHANGED,
     HFI_ALERT_ILLEGAL_PARAMETER},
    {"something malformed",
     0,
     {.extensions = P256_FIRST SHARE "001c 0001 00"},
     HFI_E_DECODE_EXTENSION,
     HFI_ALERT_DECODE_ERROR},
};

static void test_second_hello(void **state)
{
    const hello right = {.extensions = P256_FIRST SHARE};

    (void)state;
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        const refusal *r = &seconds[i];
        set_server(r->how);
        say(&first, "");
        assert_true(c.server.conn.agreed.retried);
        say(&r->h, "");
        expect_refused(r->name, r->want, r->alert);
        finish();
    }
    set_server(0);
    say(&first, "");
    say(&right, "");
    assert_int_equal(c.server.conn.report.code, HFI_OK);
    assert_string_equal(hfi_conn_step(&c.server.conn), "WAIT_FINISHED");
    say(&right, "");
    expect_refused("a third hello", HFI_E_RECORD_UNPROTECTED,
                   HFI_ALERT_UNEXPECTED_MESSAGE);
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_nothing_behind),
        cmocka_unit_test(test_second_hello),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
