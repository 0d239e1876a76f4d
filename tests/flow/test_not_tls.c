/* tests/flow/test_not_tls.c: first bytes that are not TLS, at once and one by one: what
 * the peer speaks, and when too few bytes have come to tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "conn/internal.h"

typedef struct row {
    hfi_role role;
    const char *bytes;
    size_t len;
    hfi_err want;
} row;

enum { HFI_E_NOTHING = HFI_OK }; /* it may be TLS */

#define ANSWER(text, want)                                   \
    {                                                        \
        HFI_ROLE_CLIENT, text, sizeof text - 1, HFI_E_##want \
    }
#define REQUEST(text, want)                                  \
    {                                                        \
        HFI_ROLE_SERVER, text, sizeof text - 1, HFI_E_##want \
    }

static const row rows[] = {
    /* What nobody knows stays unknown. */
    ANSWER("this is nothing", PEER_NOT_TLS),
    ANSWER("\0\0\0\0\x0a\0\0\0", PEER_NOT_TLS),
    ANSWER("EHLO me\r\n", PEER_NOT_TLS),
    ANSWER("\x16\x02\x00\x00\x01\x01", PEER_NOT_TLS),
    ANSWER("HTTP", PEER_NOT_TLS),
    ANSWER("No", PEER_NOT_TLS),
    ANSWER("\x80\x2e\x05\x00\x00", PEER_NOT_TLS),
    REQUEST("220 a server, it says\r\n", PEER_NOT_TLS),
    REQUEST("\0\0\0\x08\x04\xd2\x16\x30", PEER_NOT_TLS),
    REQUEST("\r\n\r\nGET /", PEER_NOT_TLS),
    REQUEST("\0\0\0\0\0\0\0\0", PEER_NOT_TLS),

    ANSWER("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", PEER_SPEAKS_HTTP),
    ANSWER("HTTP/1.0 4", PEER_SPEAKS_HTTP),
    ANSWER("<!DOCTYPE html>", PEER_SPEAKS_HTTP),
    ANSWER("HTTP/1.1 407 Proxy Authentication Required\r\n", PEER_SPEAKS_PROXY),
    ANSWER("SSH-2.0-OpenSSH_9.2p1\r\n", PEER_SPEAKS_SSH),
    ANSWER("220 mail.server.test ESMTP ready\r\n", PEER_SPEAKS_SMTP),
    ANSWER("220-ftp.server.test ESMTP, once a file server\r\n", PEER_SPEAKS_SMTP),
    ANSWER("220 welcome\r\n", PEER_SPEAKS_SMTP),
    ANSWER("554 no service\r\n", PEER_SPEAKS_SMTP),
    ANSWER("220 (vsFTPd 3.0.3)\r\n", PEER_SPEAKS_FTP),
    ANSWER("220-- Welcome to Pure-FTPd --\r\n", PEER_SPEAKS_FTP),
    ANSWER("220 ftp without an end of line", PEER_SPEAKS_FTP),
    ANSWER("+OK POP3 ready\r\n", PEER_SPEAKS_POP3),
    ANSWER("* OK IMAP4rev1 ready\r\n", PEER_SPEAKS_IMAP),
    ANSWER("* BYE too many\r\n", PEER_SPEAKS_IMAP),
    ANSWER("E\0\0\0\x66SFATAL\0VFATAL\0", PEER_SPEAKS_POSTGRESQL),
    ANSWER("EFATAL:  unsupported frontend protocol\n", PEER_SPEAKS_POSTGRESQL),
    ANSWER("N", PEER_SPEAKS_POSTGRESQL),
    ANSWER("\x4a\0\0\0\x0a\x38.0.35\0", PEER_SPEAKS_MYSQL),
    ANSWER("\x45\0\0\0\xff\x6a\x04Host is not allowed", PEER_SPEAKS_MYSQL),
    ANSWER("\x80\x2e\x04\0\x01\0\x02\0\x18\0\0", PEER_SPEAKS_SSLV2),
    ANSWER("\x80\x03\0\0\x01", PEER_SPEAKS_SSLV2),
    ANSWER("\x16\x03\0\0\x4a\x02\0\0\x46\x03\0", PEER_SPEAKS_SSLV3),
    /* Records of any minor version are for the record layer, and alerts for their
     * reader. */
    ANSWER("\x16\x03\0\0\x4a\x02\0\0\x46\x03\x03", NOTHING),
    ANSWER("\x15\x03\0\0\x02\x02\x28", NOTHING),
    ANSWER("\x16\x03\x09\0\x01\x01", NOTHING),

    REQUEST("GET / HTTP/1.1\r\n", HTTP_REQUEST),
    REQUEST("CONNECT a.test:443 HTTP/1.1\r\n", HTTPS_PROXY_REQUEST),
    REQUEST("SSH-2.0-x\r\n", PEER_SPEAKS_SSH),
    REQUEST("EHLO client.test\r\n", PEER_SPEAKS_SMTP),
    REQUEST("PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n", PEER_SPEAKS_PROXY_PROTOCOL),
    REQUEST("\r\n\r\n\0\r\nQUIT\n\x21\x11", PEER_SPEAKS_PROXY_PROTOCOL),
    REQUEST("\0\0\0\x08\x04\xd2\x16\x2f", PEER_SPEAKS_POSTGRESQL),
    REQUEST("\0\0\0\x29\0\3\0\0user\0", PEER_SPEAKS_POSTGRESQL),
    REQUEST("\x80\x2e\x01\0\x02\0\x15", SSLV2_HELLO),
};

static const char *name_of(hfi_err err)
{
    return hfi_err_lookup((int)err)->name;
}

/* The end has come with the last byte. */
static void test_at_once(void **state)
{
    bool wait;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const row *r = &rows[i];
        hfi_view bytes = hfi_view_of((const uint8_t *)r->bytes, r->len);
        hfi_err err = hfi_conn_judge_first_bytes(r->role, bytes, true, &wait);
        assert_false(wait);
        if (err != r->want)
            fail_msg("row %zu: %s instead of %s", i, name_of(err), name_of(r->want));
    }
}

/* However the bytes arrive, nothing else is said than in the end; a verdict waits for
 * what it needs, and no longer than a line. */
static void test_one_by_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const row *r = &rows[i];
        hfi_err err = HFI_OK;
        bool wait = false;
        for (size_t n = 1; n <= r->len && err == HFI_OK; n++) {
            hfi_view bytes = hfi_view_of((const uint8_t *)r->bytes, n);
            err = hfi_conn_judge_first_bytes(r->role, bytes, false, &wait);
        }
        if (wait)
            err = hfi_conn_judge_first_bytes(
                r->role, hfi_view_of((const uint8_t *)r->bytes, r->len), true, &wait);
        if (err != r->want)
            fail_msg("row %zu: %s instead of %s", i, name_of(err), name_of(r->want));
    }
}

/* A greeting without an end of line does not hold anybody for ever. */
static void test_wait_is_bounded(void **state)
{
    char line[200];
    bool wait;

    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line, "220 ", 4);
    hfi_view some = hfi_view_of((const uint8_t *)line, 100);
    hfi_view all = hfi_view_of((const uint8_t *)line, sizeof line);
    assert_int_equal(hfi_conn_judge_first_bytes(HFI_ROLE_CLIENT, some, false, &wait),
                     HFI_OK);
    assert_true(wait);
    assert_int_equal(hfi_conn_judge_first_bytes(HFI_ROLE_CLIENT, all, false, &wait),
                     HFI_E_PEER_SPEAKS_SMTP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_one_by_one),
        cmocka_unit_test(test_wait_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
