/* tests/flow/test_couple_not_tls.c: what comes to a server's port and is not TLS: each
 * has a code of its own, and the alert that helps its sender. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "couple.h"

typedef struct row {
    const char *bytes;
    size_t len;
    hfi_err want;
    int alert;
} row;

#define TEXT(text, want, alert)                    \
    {                                              \
        text, sizeof text - 1, HFI_E_##want, alert \
    }

static const row rows[] = {
    TEXT("GET / HTTP/1.1\r\n", HTTP_REQUEST, HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("POST /form HTTP/1.1\r\n", HTTP_REQUEST, HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("HEAD / HTTP/1.0\r\n", HTTP_REQUEST, HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("OPTIONS * HTTP/1.1\r\n", HTTP_REQUEST, HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_REQUEST, HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("CONNECT example.org:443 HTTP/1.1\r\n", HTTPS_PROXY_REQUEST,
         HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("SSH-2.0-OpenSSH_9.2\r\n", PEER_SPEAKS_SSH, HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("EHLO client.test\r\n", PEER_SPEAKS_SMTP, HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n", PEER_SPEAKS_PROXY_PROTOCOL,
         HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("\0\0\0\x08\x04\xd2\x16\x2f", PEER_SPEAKS_POSTGRESQL,
         HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("\x80\x2e\x01\x00\x02\x00\x15", SSLV2_HELLO, HFI_ALERT_PROTOCOL_VERSION),
    TEXT("\x80\x46\x01\x03\x01\x00\x2d", SSLV2_HELLO, HFI_ALERT_PROTOCOL_VERSION),
    TEXT("garbage", PEER_NOT_TLS, HFI_ALERT_PROTOCOL_VERSION),
    TEXT("\x00\x00\x00\x00\x00\x00", PEER_NOT_TLS, HFI_ALERT_PROTOCOL_VERSION),
    TEXT("\x16\x03\x01\x00\x00", RECORD_EMPTY, HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("\x17\x03\x03\x00\x01\x00", APPLICATION_DATA_EARLY,
         HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("\x14\x03\x03\x00\x01\x01", CCS_MISPLACED, HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("\x16\x03\x01\x00\x04\x02\x00\x00\x00", UNEXPECTED_MESSAGE,
         HFI_ALERT_UNEXPECTED_MESSAGE),
    TEXT("\x16\x03\x01\x00\x04\x01\x00\x00\x00", DECODE_CLIENT_HELLO,
         HFI_ALERT_DECODE_ERROR),
};

static void give(const row *r, size_t piece)
{
    couple c;

    couple_init(&c, SCRIPT_P256);
    assert_int_equal(hfi_conn_start_server(&c.server.conn), HFI_OK);
    for (size_t at = 0; at < r->len;) {
        hfi_span space = hfi_conn_feed_space(&c.server.conn);
        size_t n = r->len - at < piece ? r->len - at : piece;
        if (space.len == 0)
            break; /* it has failed */
        memcpy(space.p, r->bytes + at, n);
        hfi_conn_feed_commit(&c.server.conn, n);
        (void)hfi_conn_process(&c.server.conn, NULL);
        at += n;
    }
    hfi_err err = hfi_conn_feed_eof(&c.server.conn);
    if (err != r->want)
        fail_msg("%.10s: %s instead of %s", r->bytes, hfi_err_lookup((int)err)->name,
                 hfi_err_lookup((int)r->want)->name);
    assert_int_equal(c.server.conn.report.alert, r->alert);
    couple_free(&c);
    assert_null(couple_left_over(&c));
}

static void test_first_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        give(&rows[i], SIZE_MAX);
        give(&rows[i], 1);
    }
}

/* A scanner that only connects, and one that hangs up in the middle. */
static void test_ends(void **state)
{
    static const row cut = TEXT("\x16\x03\x01\x02\x00\x01", EOF_IN_RECORD, -1);
    couple c;

    (void)state;
    couple_init(&c, SCRIPT_P256);
    assert_int_equal(hfi_conn_start_server(&c.server.conn), HFI_OK);
    assert_int_equal(hfi_conn_feed_eof(&c.server.conn), HFI_E_EOF_BEFORE_HELLO);
    couple_free(&c);
    give(&cut, SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_bytes),
        cmocka_unit_test(test_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
