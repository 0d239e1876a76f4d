/* tests/unit/msg/test_msg.c: every parser of engine/msg, of both versions: whole
 * messages, every prefix, one byte more, bounds of each vector, duplicates. RFC 8446 4;
 * RFC 5246 7.4; RFC 8422 5.4; RFC 5077 3.3; RFC 6066 8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "msg/certificate.h"
#include "msg/certificate_request.h"
#include "msg/certificate_verify.h"
#include "msg/client_hello.h"
#include "msg/compressed_certificate.h"
#include "msg/encrypted_extensions.h"
#include "msg/key_update.h"
#include "msg/new_session_ticket.h"
#include "msg/server_hello.h"
#include "msg/tls12.h"
#include "script_bytes.h"

enum { CERTIFICATES_MAX = 10 };

/* ---- the parsers, all alike ---- */

static hfi_err server_hello(hfi_view body)
{
    hfi_server_hello m;
    hfi_extension_list list;
    hfi_err err = hfi_msg_read_server_hello(body, &m);

    (void)hfi_msg_is_hello_retry(body);
    (void)hfi_msg_is_before_tls13(body);
    return err == HFI_OK
               ? hfi_msg_read_extensions(m.extensions, HFI_E_DECODE_SERVER_HELLO, &list)
               : err;
}

static hfi_err client_hello(hfi_view body)
{
    hfi_client_hello m;

    return hfi_msg_read_client_hello(body, &m);
}

static hfi_err encrypted_extensions(hfi_view body)
{
    hfi_extension_list list;

    return hfi_msg_read_encrypted_extensions(body, &list);
}

static hfi_err certificate(hfi_view body)
{
    hfi_certificate_message m;
    size_t count = 0, bytes = 0;

    hfi_err err = hfi_msg_read_certificate(body, CERTIFICATES_MAX, &m);
    if (err != HFI_OK)
        return err;
    hfi_reader r = hfi_reader_of(m.entries);
    while (hfi_reader_more(&r)) {
        hfi_view extensions;
        bytes += hfi_msg_next_certificate(&r, &extensions).len;
        count++;
    }
    assert_true(hfi_reader_done(&r));
    assert_int_equal(count, m.count);
    assert_int_equal(bytes, m.bytes);
    return HFI_OK;
}

static hfi_err certificate_tls12(hfi_view body)
{
    hfi_certificate_tls12 m;
    size_t count = 0, bytes = 0;

    hfi_err err = hfi_msg_read_certificate_tls12(body, CERTIFICATES_MAX, &m);
    if (err != HFI_OK)
        return err;
    hfi_reader r = hfi_reader_of(m.entries);
    while (hfi_reader_more(&r)) {
        bytes += hfi_read_vec24(&r, 1, 0xffffff).len;
        count++;
    }
    assert_true(hfi_reader_done(&r));
    assert_int_equal(count, m.count);
    assert_int_equal(bytes, m.bytes);
    return HFI_OK;
}

static hfi_err certificate_request(hfi_view body)
{
    hfi_certificate_request m;

    return hfi_msg_read_certificate_request(body, &m);
}

static hfi_err certificate_request_tls12(hfi_view body)
{
    hfi_certificate_request_tls12 m;

    return hfi_msg_read_certificate_request_tls12(body, &m);
}

static hfi_err certificate_verify(hfi_view body)
{
    hfi_certificate_verify m;

    return hfi_msg_read_certificate_verify(body, &m);
}

static hfi_err compressed_certificate(hfi_view body)
{
    hfi_compressed_certificate m;

    return hfi_msg_read_compressed_certificate(body, &m);
}

static hfi_err new_session_ticket(hfi_view body)
{
    hfi_new_session_ticket m;

    return hfi_msg_read_new_session_ticket(body, &m);
}

static hfi_err ticket_tls12(hfi_view body)
{
    hfi_ticket_tls12 m;

    return hfi_msg_read_ticket_tls12(body, &m);
}

static hfi_err key_update(hfi_view body)
{
    bool requested;

    return hfi_msg_read_key_update(body, &requested);
}

static hfi_err server_key_exchange(hfi_view body)
{
    hfi_server_key_exchange m;

    return hfi_msg_read_server_key_exchange(body, &m);
}

static hfi_err client_key_exchange(hfi_view body)
{
    hfi_view share;

    return hfi_msg_read_client_key_exchange(body, &share);
}

static hfi_err certificate_status(hfi_view body)
{
    hfi_view response;

    return hfi_msg_read_certificate_status(body, &response);
}

typedef hfi_err parser(hfi_view body);

/* ---- rows ---- */

typedef struct row {
    const char *name;
    parser *read;
    const char *hex;
    hfi_err err; /* of the whole; of every prefix it is decode */
    hfi_err decode;
    int legal_prefix; /* a prefix of that length is a message too; -1: none is */
} row;

#define GOOD(parser, name, hex, code)                      \
    {                                                      \
        name, parser, hex, HFI_OK, HFI_E_DECODE_##code, -1 \
    }
#define GOOD_FROM(parser, name, hex, code, prefix)             \
    {                                                          \
        name, parser, hex, HFI_OK, HFI_E_DECODE_##code, prefix \
    }
#define BAD(parser, name, hex, code)                        \
    {                                                       \
        name, parser, hex, HFI_E_##code, HFI_E_INTERNAL, -1 \
    }

static const row good[] = {
    GOOD_FROM(server_hello, "ServerHello",
              "0303 11*32 03 010203 c02b 00 0005 ff01 0001 00", SERVER_HELLO,
              2 + 32 + 4 + 2 + 1),
    GOOD_FROM(server_hello, "ServerHello, longest id, no extension",
              "0303 11*32 20 22*32 1301 00 0000", SERVER_HELLO, 2 + 32 + 33 + 2 + 1),
    GOOD(server_hello, "ServerHello without the vector", "0303 11*32 00 c02b 00",
         SERVER_HELLO),
    GOOD_FROM(client_hello, "ClientHello", "0303 11*32 00 0002 1301 01 00 0004 0017 0000",
              CLIENT_HELLO, 2 + 32 + 1 + 4 + 2),
    GOOD(client_hello, "ClientHello without the vector", "0303 11*32 00 0002 c02b 01 00",
         CLIENT_HELLO),
    GOOD(encrypted_extensions, "EncryptedExtensions", "0004 0000 0000",
         ENCRYPTED_EXTENSIONS),
    GOOD(encrypted_extensions, "EncryptedExtensions, none", "0000", ENCRYPTED_EXTENSIONS),
    GOOD(certificate, "Certificate", "00 00000e 000002 3000 0000 000002 3100 0000",
         CERTIFICATE),
    GOOD(certificate, "Certificate, none", "01 77 000000", CERTIFICATE),
    GOOD(certificate_tls12, "Certificate of 1.2", "000009 000002 3000 000001 31",
         CERTIFICATE),
    GOOD(certificate_tls12, "Certificate of 1.2, none", "000000", CERTIFICATE),
    GOOD(certificate_request, "CertificateRequest", "00 0008 000d 0004 0002 0403",
         CERTIFICATE_REQUEST),
    GOOD(certificate_request_tls12, "CertificateRequest of 1.2",
         "02 0140 0004 0403 0804 0008 0002 3000 0002 3100", CERTIFICATE_REQUEST),
    GOOD(certificate_request_tls12, "CertificateRequest of 1.2, no names",
         "01 40 0002 0403 0000", CERTIFICATE_REQUEST),
    GOOD(certificate_verify, "CertificateVerify", "0403 0003 010203", CERTIFICATE_VERIFY),
    GOOD(compressed_certificate, "CompressedCertificate", "0001 000010 000003 010203",
         COMPRESSED_CERTIFICATE),
    GOOD(new_session_ticket, "NewSessionTicket",
         "00000e10 01020304 02 0001 0003 747474 0004 002a 0000", NEW_SESSION_TICKET),
    GOOD(ticket_tls12, "NewSessionTicket of 1.2", "00000e10 0003 747474",
         NEW_SESSION_TICKET),
    GOOD(ticket_tls12, "NewSessionTicket of 1.2, empty", "00000000 0000",
         NEW_SESSION_TICKET),
    GOOD(key_update, "KeyUpdate", "00", KEY_UPDATE),
    GOOD(server_key_exchange, "ServerKeyExchange", "03 001d 02 0909 0807 0003 010203",
         SERVER_KEY_EXCHANGE),
    GOOD(client_key_exchange, "ClientKeyExchange", "02 0909", CLIENT_KEY_EXCHANGE),
    GOOD(certificate_status, "CertificateStatus", "01 000003 300100", CERTIFICATE_STATUS),
};

static const row bad[] = {
    BAD(server_hello, "session id of 33 bytes", "0303 11*32 21 22*33 c02b 00",
        DECODE_SERVER_HELLO),
    BAD(server_hello, "an extension cut short", "0303 11*32 00 c02b 00 0004 0017 0001",
        DECODE_SERVER_HELLO),
    BAD(server_hello, "half an extension type", "0303 11*32 00 c02b 00 0001 00",
        DECODE_SERVER_HELLO),
    BAD(server_hello, "an extension twice",
        "0303 11*32 00 c02b 00 0008 0017 0000 0017 0000", EXTENSION_DUPLICATE),
    BAD(server_hello, "an unknown extension twice",
        "0303 11*32 00 c02b 00 000c 1234 0000 0017 0000 1234 0000", EXTENSION_DUPLICATE),
    BAD(client_hello, "no suite", "0303 11*32 00 0000 01 00 0000", DECODE_CLIENT_HELLO),
    BAD(client_hello, "half a suite", "0303 11*32 00 0003 130113 01 00 0000",
        DECODE_CLIENT_HELLO),
    BAD(client_hello, "no compression method", "0303 11*32 00 0002 1301 00 0000",
        DECODE_CLIENT_HELLO),
    BAD(client_hello, "session id of 33 bytes",
        "0303 11*32 21 22*33 0002 1301 01 00 0000", DECODE_CLIENT_HELLO),
    BAD(encrypted_extensions, "twice", "0008 0000 0000 0000 0000", EXTENSION_DUPLICATE),
    BAD(encrypted_extensions, "longer inside", "0004 0000 0001",
        DECODE_ENCRYPTED_EXTENSIONS),
    BAD(certificate, "an empty entry", "00 000005 000000 0000", DECODE_CERTIFICATE),
    BAD(certificate, "an entry too long", "00 000006 000003 30 0000", DECODE_CERTIFICATE),
    BAD(certificate, "no extensions", "00 000004 000001 30", DECODE_CERTIFICATE),
    BAD(certificate, "one too many",
        "00 000042 00000130 0000 00000130 0000 00000130 0000 00000130 0000 00000130 0000"
        "00000130 0000 00000130 0000 00000130 0000 00000130 0000 00000130 0000"
        "00000130 0000",
        TOO_MANY_CERTIFICATES),
    BAD(certificate_tls12, "an empty entry", "000003 000000", DECODE_CERTIFICATE),
    BAD(certificate_tls12, "an entry too long", "000004 000002 30", DECODE_CERTIFICATE),
    BAD(certificate_tls12, "half a length", "000002 0000", DECODE_CERTIFICATE),
    BAD(certificate_tls12, "one too many",
        "00002c 00000130 00000130 00000130 00000130 00000130 00000130 00000130 00000130"
        "00000130 00000130 00000130",
        TOO_MANY_CERTIFICATES),
    BAD(certificate_request, "no extension", "00 0000", DECODE_CERTIFICATE_REQUEST),
    BAD(certificate_request, "twice", "00 0010 000d 0004 0002 0403 000d 0004 0002 0403",
        EXTENSION_DUPLICATE),
    BAD(certificate_request_tls12, "no type", "00 0002 0403 0000",
        DECODE_CERTIFICATE_REQUEST),
    BAD(certificate_request_tls12, "no scheme", "01 40 0000 0000",
        DECODE_CERTIFICATE_REQUEST),
    BAD(certificate_request_tls12, "an odd scheme", "01 40 0003 040308 0000",
        DECODE_CERTIFICATE_REQUEST),
    BAD(certificate_request_tls12, "an empty name", "01 40 0002 0403 0002 0000",
        DECODE_CERTIFICATE_REQUEST),
    BAD(certificate_request_tls12, "a name too long", "01 40 0002 0403 0003 0002 30",
        DECODE_CERTIFICATE_REQUEST),
    BAD(new_session_ticket, "an empty ticket", "00000e10 01020304 00 0000 0000",
        DECODE_NEW_SESSION_TICKET),
    BAD(new_session_ticket, "twice",
        "00000e10 01020304 00 0001 74 0010 002a 0004 00000001 002a 0004 00000001",
        EXTENSION_DUPLICATE),
    BAD(key_update, "2", "02", KEY_UPDATE_VALUE),
    BAD(key_update, "255", "ff", KEY_UPDATE_VALUE),
    BAD(server_key_exchange, "no share", "03 001d 00 0807 0003 010203",
        DECODE_SERVER_KEY_EXCHANGE),
    BAD(client_key_exchange, "no share", "00", DECODE_CLIENT_KEY_EXCHANGE),
    BAD(client_key_exchange, "a share too long", "03 0909", DECODE_CLIENT_KEY_EXCHANGE),
    BAD(client_key_exchange, "two shares", "01 09 01 09", DECODE_CLIENT_KEY_EXCHANGE),
    BAD(certificate_status, "no response", "01 000000", DECODE_CERTIFICATE_STATUS),
    BAD(certificate_status, "not OCSP", "02 000003 300100", DECODE_CERTIFICATE_STATUS),
};

/* In memory of exactly that size, so that a sanitizer sees a read past the end. */
static hfi_err read_copy(const row *r, const uint8_t *p, size_t len)
{
    uint8_t *copy = malloc(len == 0 ? 1 : len);

    assert_non_null(copy);
    memcpy(copy, p, len);
    hfi_err err = r->read(hfi_view_of(copy, len));
    free(copy);
    return err;
}

static void expect_err(const row *r, size_t len, hfi_err got, hfi_err want)
{
    if (got != want)
        fail_msg("%s, %zu bytes: %s instead of %s", r->name, len,
                 hfi_err_lookup((int)got)->name, hfi_err_lookup((int)want)->name);
}

static void test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const row *r = &good[i];
        script_bytes b = {NULL, 0, 0};
        script_append_hex(&b, r->hex);
        expect_err(r, b.len, read_copy(r, b.p, b.len), HFI_OK);
        for (size_t len = 0; len < b.len; len++)
            expect_err(r, len, read_copy(r, b.p, len),
                       (int)len == r->legal_prefix ? HFI_OK : r->decode);
        script_append_number(&b, 0, 1);
        expect_err(r, b.len, read_copy(r, b.p, b.len), r->decode);
        script_append_number(&b, 0, 1);
        /* For a hello without a vector these are an empty one. */
        bool bare = (r->read == server_hello && b.len == 2 + 32 + 1 + 2 + 1 + 2) ||
                    (r->read == client_hello && b.len == 2 + 32 + 1 + 4 + 2 + 2);
        expect_err(r, b.len, read_copy(r, b.p, b.len), bare ? HFI_OK : r->decode);
        script_free(&b);
    }
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        script_bytes b = {NULL, 0, 0};
        script_append_hex(&b, bad[i].hex);
        expect_err(&bad[i], b.len, read_copy(&bad[i], b.p, b.len), bad[i].err);
        script_free(&b);
    }
}

/* Any byte may have any value: the parser decides, and reads nothing beyond. */
static void test_every_value(void **state)
{
    size_t taken = 0, tried = 0;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        script_bytes b = {NULL, 0, 0};
        script_append_hex(&b, good[i].hex);
        for (size_t at = 0; at < b.len; at++) {
            uint8_t was = b.p[at];
            for (unsigned value = 0; value < 256; value++, tried++) {
                b.p[at] = (uint8_t)value;
                taken += read_copy(&good[i], b.p, b.len) == HFI_OK;
            }
            b.p[at] = was;
        }
        script_free(&b);
    }
    assert_in_range(taken, tried / 10, tried);
}

/* ---- contents ---- */

static void test_server_key_exchange(void **state)
{
    hfi_server_key_exchange m;
    script_bytes b = {NULL, 0, 0};

    (void)state;
    script_append_hex(&b, "03 0017 03 040506 0403 0002 0a0b");
    assert_int_equal(hfi_msg_read_server_key_exchange(script_view(&b), &m), HFI_OK);
    assert_int_equal(m.curve_type, 3);
    assert_int_equal(m.group, 0x0017);
    assert_int_equal(m.scheme, 0x0403);
    assert_true(hfi_view_equal(m.params, hfi_view_of(b.p, 7)));
    assert_true(hfi_view_equal(m.share, hfi_view_of(b.p + 4, 3)));
    assert_true(hfi_view_equal(m.signature, hfi_view_of(b.p + 11, 2)));
    b.len = 0;
    /* Of an explicit curve only that much is read (RFC 8422 5.4). */
    script_append_hex(&b, "01 20 ff*32 01 01");
    assert_int_equal(hfi_msg_read_server_key_exchange(script_view(&b), &m), HFI_OK);
    assert_int_equal(m.curve_type, 1);
    assert_int_equal(m.share.len, 0);
    assert_int_equal(m.signature.len, 0);
    script_free(&b);
}

static void test_certificate_request_tls12(void **state)
{
    hfi_certificate_request_tls12 m;
    script_bytes b = {NULL, 0, 0};

    (void)state;
    script_append_hex(&b, "02 0140 0004 0403 0804 0004 0002 3000");
    assert_int_equal(hfi_msg_read_certificate_request_tls12(script_view(&b), &m), HFI_OK);
    assert_true(hfi_view_equal(m.types, hfi_view_of(b.p + 1, 2)));
    assert_true(hfi_view_equal(m.schemes, hfi_view_of(b.p + 5, 4)));
    assert_true(hfi_view_equal(m.authorities, hfi_view_of(b.p + 11, 4)));
    script_free(&b);
}

static void test_tickets(void **state)
{
    hfi_ticket_tls12 old;
    hfi_new_session_ticket m;
    script_bytes b = {NULL, 0, 0};

    (void)state;
    script_append_hex(&b, "01020304 0002 7475");
    assert_int_equal(hfi_msg_read_ticket_tls12(script_view(&b), &old), HFI_OK);
    assert_int_equal(old.lifetime_hint, 0x01020304);
    assert_true(hfi_view_equal(old.ticket, hfi_view_of_text("tu")));
    b.len = 0;
    script_append_hex(&b, "01020304 05060708 01 6e 0002 7475 0008 002a 0004 00004000");
    assert_int_equal(hfi_msg_read_new_session_ticket(script_view(&b), &m), HFI_OK);
    assert_int_equal(m.lifetime, 0x01020304);
    assert_int_equal(m.age_add, 0x05060708);
    assert_true(hfi_view_equal(m.nonce, hfi_view_of_text("n")));
    assert_true(hfi_view_equal(m.ticket, hfi_view_of_text("tu")));
    assert_non_null(hfi_extension_find(&m.extensions, 42));
    assert_null(hfi_extension_find(&m.extensions, 43));
    script_free(&b);
}

static void test_client_key_exchange(void **state)
{
    uint8_t out[8];
    hfi_writer w = hfi_writer_of(out, sizeof out);

    (void)state;
    hfi_msg_write_client_key_exchange(&w, hfi_view_of_text("abc"));
    assert_true(hfi_view_equal(hfi_writer_view(&w), hfi_view_of_text("\x03"
                                                                     "abc")));
    w = hfi_writer_of(out, 3);
    hfi_msg_write_client_key_exchange(&w, hfi_view_of_text("abc"));
    assert_true(w.failed);
}

static void test_kinds_of_server_hello(void **state)
{
    static const struct {
        const char *hex;
        bool retry, before;
    } rows[] = {
        {"0303 11*32 00 c02b 00", false, true},
        {"0303 11*32 00 c02b 00 0000", false, true},
        {"0303 11*32 00 1301 00 0006 002b 0002 0304", false, false},
        {"0303 11*32 00 c02b 00 0006 002b 0002 0303", false, false},
        {"0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c 00 1301"
         "00 0006 002b 0002 0304",
         true, false},
        {"0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339d 00 1301"
         "00 0006 002b 0002 0304",
         false, false},
        {"0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", true,
         false},
        {"0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a833", false,
         false},
        {"", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        script_bytes b = {NULL, 0, 0};
        script_append_hex(&b, rows[i].hex);
        assert_int_equal(hfi_msg_is_hello_retry(script_view(&b)), rows[i].retry);
        assert_int_equal(hfi_msg_is_before_tls13(script_view(&b)), rows[i].before);
        script_free(&b);
    }
}

/* As many extensions as there may be, and one more. */
static void test_many_extensions(void **state)
{
    hfi_extension_list list;
    script_bytes b = {NULL, 0, 0};

    (void)state;
    for (size_t i = 0; i <= HFI_EXTENSIONS_MAX; i++) {
        script_append_number(&b, 0x4000 + i, 2);
        script_append_number(&b, 0, 2);
        assert_int_equal(
            hfi_msg_read_extensions(script_view(&b), HFI_E_DECODE_SERVER_HELLO, &list),
            i < HFI_EXTENSIONS_MAX ? HFI_OK : HFI_E_TOO_MANY_EXTENSIONS);
    }
    script_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_every_value),
        cmocka_unit_test(test_server_key_exchange),
        cmocka_unit_test(test_certificate_request_tls12),
        cmocka_unit_test(test_tickets),
        cmocka_unit_test(test_client_key_exchange),
        cmocka_unit_test(test_kinds_of_server_hello),
        cmocka_unit_test(test_many_extensions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
