/* tests/unit/msg/test_shape_agree.c: the readers refuse a message for its syntax where,
 * and only where, its shape has a fault: for every prefix of right messages, for every
 * byte of them with every value, and with bytes left out or put in.
 *
 * What is not syntax, and refused without a fault: values and counts that have an error
 * of their own (KEY_UPDATE_VALUE, PSK_BINDERS_COUNT, KEY_SHARE_DUPLICATE, COOKIE_EMPTY,
 * ALPN_EMPTY with more names than one, TOO_MANY_CERTIFICATES, POINT_FORMAT, ...), and
 * extensions that are unknown or forbidden there.  RFC 8446 4; RFC 5246 7.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "msg/types.h"
#include "script_bytes.h"
#include "script_read.h"

typedef struct row {
    const char *name;
    uint8_t type;
    uint16_t version;
    const char *hex;
    hfi_err err; /* of the whole */
} row;

#define CH "0303 11*32 02 7777 0004 1301 c02b 01 00 "
#define SH "0303 11*32 02 7777 1301 00 "
#define HRR                                               \
    "0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c" \
    "5e079e09e2c8a8339c 02 7777 1301 00 "

static const row rows[] = {
    {"ClientHello", HFI_CLIENT_HELLO, 0x0304,
     CH "0088"
        " 0000 0006 0004 00 0001 61"      /* 10 */
        " 0017 0000 0016 0000 0012 0000"  /* 22 */
        " ff01 0001 00"                   /* 27 */
        " 000a 0004 0002 001d"            /* 35 */
        " 000b 0002 01 00"                /* 41 */
        " 0023 0002 7474"                 /* 47 */
        " 001c 0002 4001"                 /* 53 */
        " 0010 0005 0003 02 6832"         /* 62 */
        " 0005 0008 01 0003 0001 61 0000" /* 74 */
        " 000d 0004 0002 0403"            /* 82 */
        " 001b 0003 02 0001"              /* 89 */
        " 002b 0005 04 0304 0303"         /* 98 */
        " 002d 0002 01 01"                /* 104 */
        " 0033 0007 0005 001d 0001 09"    /* 115 */
        " 002a 0000"                      /* 119 */
        " 002c 0003 0001 63"              /* 126 */
        " 002f 0006 0004 0002 3000",      /* 136 */
     HFI_OK},
    {"ClientHello with a key", HFI_CLIENT_HELLO, 0x0304,
     CH "001c 002b 0003 02 0304 0029 0011 0008 0002 6162 00000001 0005 04 09090909",
     HFI_OK},
    {"ClientHello where TLS 1.2 alone is enabled", HFI_CLIENT_HELLO, 0x0303,
     CH "0012 002b 0003 02 0304 0033 0007 0005 001d 0001 09", HFI_OK},
    {"ServerHello", HFI_SERVER_HELLO, 0,
     SH "0017 002b 0002 0304 0033 0007 001d 0003 010203 0029 0002 0000",
     HFI_E_UNOFFERED_GROUP},
    {"ServerHello with a key alone", HFI_SERVER_HELLO, 0,
     SH "000c 002b 0002 0304 0029 0002 0000", HFI_OK},
    {"HelloRetryRequest", HFI_SERVER_HELLO, 0,
     HRR "0012 002b 0002 0304 002c 0004 0002 6162 1234 0000",
     HFI_E_UNSOLICITED_EXTENSION},
    {"HelloRetryRequest with a cookie", HFI_SERVER_HELLO, 0,
     HRR "000e 002b 0002 0304 002c 0004 0002 6162", HFI_OK},
    {"ServerHello of TLS 1.2", HFI_SERVER_HELLO, 0,
     "0303 11*32 00 c02b 00 003d"
     " 0000 0000 0017 0000 0023 0000 0005 0000" /* 16 */
     " ff01 0001 00"                            /* 21 */
     " 000b 0002 01 00"                         /* 27 */
     " 0010 0005 0003 02 6832"                  /* 36 */
     " 001c 0002 4000"                          /* 42 */
     " 0012 0007 0005 0003 616263"              /* 53 */
     " 000a 0004 0002 001d",                    /* 61 */
     HFI_OK},
    {"ServerHello without extensions", HFI_SERVER_HELLO, 0, "0303 11*32 00 c02b 00",
     HFI_OK},
    {"EncryptedExtensions", HFI_ENCRYPTED_EXTENSIONS, 0x0304,
     "001f 0000 0000 000a 0004 0002 001d 0010 0005 0003 02 6832 001c 0002 4001 002a 0000",
     HFI_OK},
    {"CertificateRequest", HFI_CERTIFICATE_REQUEST, 0x0304,
     "00 0032 000d 0004 0002 0403 0032 0004 0002 0403 001b 0003 02 0001"
     " 002f 0006 0004 0002 3000 0030 0009 0007 01 06 0003 010203 0005 0000",
     HFI_OK},
    {"Certificate", HFI_CERTIFICATE, 0x0304,
     "00 00002c 000002 3000 0015 0005 0007 01 000003 300100 0012 0006 0004 0002 6162"
     " 000001 31 000a 0012 0006 0004 0002 6162",
     HFI_OK},
    {"CertificateVerify", HFI_CERTIFICATE_VERIFY, 0x0304, "0403 0003 010203", HFI_OK},
    {"Finished", HFI_FINISHED, 0x0304, "11*32", HFI_OK},
    {"NewSessionTicket", HFI_NEW_SESSION_TICKET, 0x0304,
     "00000e10 01020304 02 0001 0003 747474 000c 002a 0004 00000400 1234 0000", HFI_OK},
    {"KeyUpdate", HFI_KEY_UPDATE, 0x0304, "00", HFI_OK},
    {"EndOfEarlyData", HFI_END_OF_EARLY_DATA, 0x0304, "", HFI_OK},
    {"CompressedCertificate", HFI_COMPRESSED_CERTIFICATE, 0x0304,
     "0001 000010 000003 010203", HFI_OK},
    {"Certificate of TLS 1.2", HFI_CERTIFICATE, 0x0303, "000009 000002 3000 000001 31",
     HFI_OK},
    {"ServerKeyExchange", HFI_SERVER_KEY_EXCHANGE, 0x0303,
     "03 001d 02 0909 0807 0003 010203", HFI_OK},
    {"CertificateRequest of TLS 1.2", HFI_CERTIFICATE_REQUEST, 0x0303,
     "02 0140 0004 0403 0804 0008 0002 3000 0002 3100", HFI_OK},
    {"CertificateStatus", HFI_CERTIFICATE_STATUS, 0x0303, "01 000003 300100", HFI_OK},
    {"ServerHelloDone", HFI_SERVER_HELLO_DONE, 0x0303, "", HFI_OK},
    {"HelloRequest", HFI_HELLO_REQUEST, 0x0303, "", HFI_OK},
    {"ClientKeyExchange", HFI_CLIENT_KEY_EXCHANGE, 0x0303, "02 0909", HFI_OK},
    {"NewSessionTicket of TLS 1.2", HFI_NEW_SESSION_TICKET, 0x0303,
     "00000e10 0003 747474", HFI_OK},
    {"Finished of TLS 1.2", HFI_FINISHED, 0x0303, "11*12", HFI_OK},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static hfi_shape_context context_of(const row *r)
{
    return (hfi_shape_context){r->type, r->version, r->version == 0x0303 ? 12 : 32};
}

/* In memory of exactly that size, so that a sanitizer sees a read past the end. */
static hfi_err agree(const row *r, const uint8_t *p, size_t len)
{
    const hfi_shape_context context = context_of(r);
    uint8_t *copy = malloc(len == 0 ? 1 : len);

    assert_non_null(copy);
    if (len != 0)
        memcpy(copy, p, len);
    hfi_err err = script_agree(&context, hfi_view_of(copy, len));
    free(copy);
    return err;
}

static void test_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const hfi_shape_context context = context_of(&rows[i]);
        script_bytes b = {NULL, 0, 0};
        hfi_shape_fault fault;
        script_append_hex(&b, rows[i].hex);
        hfi_err err = agree(&rows[i], b.p, b.len);
        if (err != rows[i].err ||
            hfi_shape_find(&context, script_view(&b), HFI_OK, &fault))
            fail_msg("%s: %s", rows[i].name, hfi_err_lookup((int)err)->name);
        script_free(&b);
    }
}

static void test_prefixes(void **state)
{
    size_t refused = 0;

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        script_bytes b = {NULL, 0, 0};
        script_append_hex(&b, rows[i].hex);
        for (size_t len = 0; len < b.len; len++)
            refused += agree(&rows[i], b.p, len) != HFI_OK;
        script_append_number(&b, 0, 1);
        assert_int_not_equal(agree(&rows[i], b.p, b.len), HFI_OK);
        script_free(&b);
    }
    assert_in_range(refused, 900, 2000);
}

static void test_every_value(void **state)
{
    size_t refused = 0, taken = 0;

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        script_bytes b = {NULL, 0, 0};
        script_append_hex(&b, rows[i].hex);
        for (size_t at = 0; at < b.len; at++) {
            uint8_t was = b.p[at];
            for (unsigned value = 0; value < 256; value++) {
                b.p[at] = (uint8_t)value;
                if (agree(&rows[i], b.p, b.len) == HFI_OK)
                    taken++;
                else
                    refused++;
            }
            b.p[at] = was;
        }
        script_free(&b);
    }
    assert_true(refused > 10000 && taken > 10000);
}

/* A byte less or more in the middle: every length behind it is another. */
static void test_shifted(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t at = 0;; at++) {
            script_bytes b = {NULL, 0, 0};
            const uint8_t zero = 0;
            script_append_hex(&b, rows[i].hex);
            bool past = at >= b.len;
            if (!past) {
                script_replace(&b, at, 1, hfi_view_of(NULL, 0));
                (void)agree(&rows[i], b.p, b.len);
                script_replace(&b, at, 0, hfi_view_of(&zero, 1));
                script_replace(&b, at, 0, hfi_view_of(&zero, 1));
                (void)agree(&rows[i], b.p, b.len);
            }
            script_free(&b);
            if (past)
                break;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_every_value),
        cmocka_unit_test(test_shifted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
