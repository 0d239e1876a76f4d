/* tests/unit/msg/test_shape.c: where a message does not fit: field, byte and number for
 * each kind of fault, in each message and extension that has a description.
 * RFC 8446 4; RFC 5246 7.4; RFC 6066 3, 8; RFC 7301 3.1; RFC 8422 5; RFC 8879 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "msg/types.h"
#include "script_bytes.h"
#include "script_read.h"

#define R32 "11*32 "
#define SH "0303 " R32
#define CH "0303 " R32 "00 0002 1301 01 00 "
#define VERSIONS "002b 0003 02 0304 "
#define SHARE "001d 0001 09 "
#define FOUR(x) x x x x
#define HRR                                               \
    "0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c" \
    "5e079e09e2c8a8339c 00 1301 00 "

typedef struct row {
    uint8_t type;
    uint16_t version;
    const char *hex;
    const char *text; /* NULL: it fits */
} row;

static const row hellos[] = {
    {HFI_SERVER_HELLO, 0, "03",
     "legacy_version at byte 0 of 1: needs 2 bytes, 1 is left"},
    {HFI_SERVER_HELLO, 0, "0303 11*7",
     "random at byte 2 of 9: needs 32 bytes, 7 are left"},
    {HFI_SERVER_HELLO, 0, SH "21 22*33 1301 00",
     "legacy_session_id_echo at byte 34 of 71: length 33, at most 32"},
    {HFI_SERVER_HELLO, 0, SH "00 13",
     "cipher_suite at byte 35 of 36: needs 2 bytes, 1 is left"},
    {HFI_SERVER_HELLO, 0, SH "00 1301",
     "legacy_compression_method at byte 37 of 37: needs 1 byte, 0 are left"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 00",
     "extensions at byte 38 of 39: needs 2 bytes, 1 is left"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 0005 002b",
     "extensions at byte 38 of 42: length 5, 2 are left"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 0000 77", "at byte 40 of 41: 1 byte left over"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 0004 0017 0001",
     "extensions / extended_master_secret at byte 42 of 44: length 1, 0 are left"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 0001 00",
     "extensions / extension_type at byte 40 of 41: needs 2 bytes, 1 is left"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 0008 0017 0000 0017 0000",
     "extensions / extended_master_secret at byte 44 of 48: stands there twice"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 000c 1234 0000 0017 0000 1234 0000",
     "extensions / extension 4660 at byte 48 of 52: stands there twice"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 000c 002b 0002 0304 0033 0002 001d",
     "extensions / key_share / key_exchange at byte 52 of 52: needs 2 bytes, 0 are "
     "left"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 000e 002b 0002 0304 0033 0004 001d 0000",
     "extensions / key_share / key_exchange at byte 52 of 54: length 0, at least 1"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 000d 0033 0002 001d 002b 0003 030400",
     "extensions / supported_versions at byte 52 of 53: 1 byte left over"},
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 000b 002b 0002 0304 0029 0001 00",
     "extensions / pre_shared_key / selected_identity at byte 50 of 51: needs 2 bytes, "
     "1 is left"},
    {HFI_SERVER_HELLO, 0, HRR "000d 002b 0002 0304 002c 0003 0005 01",
     "extensions / cookie / cookie at byte 50 of 53: length 5, 1 is left"},
    {HFI_SERVER_HELLO, 0, HRR "000b 002b 0002 0304 0033 0001 00",
     "extensions / key_share / selected_group at byte 50 of 51: needs 2 bytes, 1 is "
     "left"},
    /* Without a version it is one of TLS 1.2. */
    {HFI_SERVER_HELLO, 0, SH "00 c02b 00 0005 0017 0001 00",
     "extensions / extended_master_secret at byte 44 of 45: 1 byte left over"},
    {HFI_SERVER_HELLO, 0, SH "00 c02b 00 000b 0017 0000 0010 0003 0001 02",
     "extensions / application_layer_protocol_negotiation / protocol_name_list at byte "
     "48 of 51: length 1, at least 2"},
    {HFI_SERVER_HELLO, 0, SH "00 c02b 00 0006 000b 0002 0200",
     "extensions / ec_point_formats / ec_point_format_list at byte 44 of 46: length 2, "
     "1 is left"},
    {HFI_SERVER_HELLO, 0, SH "00 c02b 00 0005 001c 0001 40",
     "extensions / record_size_limit / RecordSizeLimit at byte 44 of 45: needs 2 bytes, "
     "1 is left"},
    {HFI_SERVER_HELLO, 0, SH "00 c02b 00 0008 0012 0004 0002 0000",
     "extensions / signed_certificate_timestamp / sct_list[0] at byte 46 of 48: length "
     "0, at least 1"},
    {HFI_SERVER_HELLO, 0, SH "00 c02b 00 0006 ff01 0002 0200",
     "extensions / renegotiation_info / renegotiated_connection at byte 44 of 46: length "
     "2, 1 is left"},

    {HFI_CLIENT_HELLO, 0x0304, SH "00 0000 01 00",
     "cipher_suites at byte 35 of 39: length 0, at least 2"},
    {HFI_CLIENT_HELLO, 0x0304, SH "00 0003 130113 01 00",
     "cipher_suites at byte 35 of 42: odd length 3"},
    {HFI_CLIENT_HELLO, 0x0304, SH "00 0002 1301 00",
     "legacy_compression_methods at byte 39 of 40: length 0, at least 1"},
    {HFI_CLIENT_HELLO, 0x0304, SH "21 00*33",
     "legacy_session_id at byte 34 of 68: length 33, at most 32"},
    {HFI_CLIENT_HELLO, 0x0304, CH "000c 0000 0008 0006 00 0003 61 00 62",
     "extensions / server_name / server_name_list / HostName at byte 50 of 55: a zero "
     "byte in a name"},
    {HFI_CLIENT_HELLO, 0x0304, CH "000a 0000 0006 0004 01 0001 61",
     "extensions / server_name / server_name_list / name_type at byte 49 of 53: is 1, "
     "must be 0"},
    {HFI_CLIENT_HELLO, 0x0304, CH "000e 0000 000a 0008 00 0001 61 00 0001 62",
     "extensions / server_name / server_name_list at byte 53 of 57: 4 bytes left over"},
    {HFI_CLIENT_HELLO, 0x0304, CH "0005 0005 0001 01",
     "extensions / status_request / responder_id_list at byte 48 of 48: needs 2 bytes, "
     "0 are left"},
    {HFI_CLIENT_HELLO, 0x0304, CH "0016 " VERSIONS "0033 000b 0009 " SHARE "0017 0000",
     "extensions / key_share / client_shares[1] / key_exchange at byte 63 of 65: length "
     "0, at least 1"},
    {HFI_CLIENT_HELLO, 0x0304,
     CH "0062 " VERSIONS "0033 0057 0055 " FOUR(FOUR(SHARE)) SHARE,
     "extensions / key_share / client_shares[16] at byte 136 of 141: more than 16"},
    {HFI_CLIENT_HELLO, 0x0304,
     CH "0019 " VERSIONS "0029 000e 0007 0001 61 00000000 0003 03 0909",
     "extensions / pre_shared_key / binders[0] at byte 65 of 68: length 3, 2 are left"},
    {HFI_CLIENT_HELLO, 0x0304, CH "0007 002b 0003 030304",
     "extensions / supported_versions / versions at byte 47 of 50: length 3, 2 are "
     "left"},
    {HFI_CLIENT_HELLO, 0x0304, CH "0006 002b 0002 0103",
     "extensions / supported_versions / versions at byte 47 of 49: length 1, at least "
     "2"},
    {HFI_CLIENT_HELLO, 0x0304, CH "000c " VERSIONS "002d 0001 00",
     "extensions / psk_key_exchange_modes / ke_modes at byte 54 of 55: length 0, at "
     "least 1"},
    {HFI_CLIENT_HELLO, 0x0304, CH "000c " VERSIONS "002a 0001 00",
     "extensions / early_data at byte 54 of 55: 1 byte left over"},
    {HFI_CLIENT_HELLO, 0x0304, CH "0007 001b 0003 020001 ", NULL},
    {HFI_CLIENT_HELLO, 0x0304, CH "0005 001b 0001 00",
     "extensions / compress_certificate / algorithms at byte 47 of 48: length 0, at "
     "least 2"},
    {HFI_CLIENT_HELLO, 0x0304, CH "0009 000d 0005 0003 040308",
     "extensions / signature_algorithms / supported_signature_algorithms at byte 47 of "
     "52: odd length 3"},
};

/* What fits, though it looks as if it did not. */
static const row fitting[] = {
    {HFI_SERVER_HELLO, 0, SH "00 1301 00 002e 002b 0002 0304 0033 0024 001d 0020 09*32",
     NULL},
    {HFI_SERVER_HELLO, 0, SH "20 22*32 c02b 00", NULL},
    {HFI_SERVER_HELLO, 0, HRR "000c 002b 0002 0304 0033 0002 001d", NULL},
    {HFI_CLIENT_HELLO, 0x0304, SH "00 0002 c02b 01 00", NULL},
    /* A status of a kind that nobody knows. */
    {HFI_CLIENT_HELLO, 0x0304, CH "0006 0005 0002 0299", NULL},
    /* What is of TLS 1.3 alone is not read where that cannot come of the hello. */
    {HFI_CLIENT_HELLO, 0x0304, CH "000f 0033 000b 0009 " SHARE "0017 0000", NULL},
    {HFI_CLIENT_HELLO, 0x0303, CH "0016 " VERSIONS "0033 000b 0009 " SHARE "0017 0000",
     NULL},
    /* Unknown ones, and those that are forbidden there, are not read. */
    {HFI_CLIENT_HELLO, 0x0304, CH "0005 1234 0001 99", NULL},
    {HFI_ENCRYPTED_EXTENSIONS, 0x0304, "0004 0033 0000", NULL},
    {HFI_SERVER_KEY_EXCHANGE, 0x0303, "01 20 ff*32", NULL},
    {HFI_FINISHED, 0x0303, "11*12", NULL},
    {99, 0x0304, "00", NULL},
    {HFI_SERVER_HELLO_DONE, 0x0304, "00", NULL},
};

static const row tls13[] = {
    {HFI_ENCRYPTED_EXTENSIONS, 0x0304, "00",
     "extensions at byte 0 of 1: needs 2 bytes, 1 is left"},
    {HFI_ENCRYPTED_EXTENSIONS, 0x0304, "0006 000a 0002 0000",
     "extensions / supported_groups / named_group_list at byte 6 of 8: length 0, at "
     "least 2"},
    {HFI_ENCRYPTED_EXTENSIONS, 0x0304, "0009 000a 0005 0003 001d00",
     "extensions / supported_groups / named_group_list at byte 6 of 11: odd length 3"},
    {HFI_CERTIFICATE_REQUEST, 0x0304, "00 0000",
     "extensions at byte 1 of 3: length 0, at least 2"},
    {HFI_CERTIFICATE_REQUEST, 0x0304, "00 0008 000d 0004 0003 0403",
     "extensions / signature_algorithms / supported_signature_algorithms at byte 7 of "
     "11: length 3, 2 are left"},
    {HFI_CERTIFICATE_REQUEST, 0x0304, "00 000a 002f 0006 0004 0000 3000",
     "extensions / certificate_authorities / authorities[0] at byte 9 of 13: length 0, "
     "at least 1"},
    {HFI_CERTIFICATE_REQUEST, 0x0304, "00 0009 0030 0005 0003 00 0000",
     "extensions / oid_filters / filters[0] / certificate_extension_oid at byte 9 of "
     "12: length 0, at least 1"},
    {HFI_CERTIFICATE, 0x0304, "00 000005 000000 0000",
     "certificate_list[0] / cert_data at byte 4 of 9: length 0, at least 1"},
    {HFI_CERTIFICATE, 0x0304, "00 00000c 00000130 0000 00000330 0000",
     "certificate_list[1] / extensions at byte 16 of 16: needs 2 bytes, 0 are left"},
    {HFI_CERTIFICATE, 0x0304, "00 00000e 00000130 0008 0005 0004 02 000000",
     "certificate_list[0] / extensions / status_request / status_type at byte 14 of 18: "
     "is 2, must be 1"},
    {HFI_CERTIFICATE, 0x0304, "00 00000f 00000130 0009 0012 0000 0012 0001 00",
     "certificate_list[0] / extensions / signed_certificate_timestamp at byte 14 of 19: "
     "stands there twice"},
    {HFI_CERTIFICATE_VERIFY, 0x0304, "0403 0003 0102",
     "signature at byte 2 of 6: length 3, 2 are left"},
    {HFI_FINISHED, 0x0304, "11*31",
     "verify_data at byte 0 of 31: needs 32 bytes, 31 are left"},
    {HFI_FINISHED, 0x0304, "11*33", "at byte 32 of 33: 1 byte left over"},
    {HFI_NEW_SESSION_TICKET, 0x0304, "00000e10 01020304 00 0000 0000",
     "ticket at byte 9 of 13: length 0, at least 1"},
    {HFI_NEW_SESSION_TICKET, 0x0304, "00000e10 01020304 00 0001 74 ffff",
     "extensions at byte 12 of 14: length 65535, at most 65534"},
    {HFI_NEW_SESSION_TICKET, 0x0304, "00000e10 01020304 00 0001 74 0007 002a 0003 000000",
     "extensions / early_data / max_early_data_size at byte 18 of 21: needs 4 bytes, 3 "
     "are left"},
    {HFI_KEY_UPDATE, 0x0304, "",
     "request_update at byte 0 of 0: needs 1 byte, 0 are left"},
    {HFI_KEY_UPDATE, 0x0304, "0000", "at byte 1 of 2: 1 byte left over"},
    {HFI_END_OF_EARLY_DATA, 0x0304, "00*3", "at byte 0 of 3: 3 bytes left over"},
    {HFI_COMPRESSED_CERTIFICATE, 0x0304, "0001 000010 000000",
     "compressed_certificate_message at byte 5 of 8: length 0, at least 1"},
    {HFI_COMPRESSED_CERTIFICATE, 0x0304, "0001 0000",
     "uncompressed_length at byte 2 of 4: needs 3 bytes, 2 are left"},
};

static const row tls12[] = {
    {HFI_CERTIFICATE, 0x0303, "000003 000000",
     "certificate_list[0] at byte 3 of 6: length 0, at least 1"},
    {HFI_CERTIFICATE, 0x0303, "000008 00000130 000002 30",
     "certificate_list[1] at byte 7 of 11: length 2, 1 is left"},
    {HFI_SERVER_KEY_EXCHANGE, 0x0303, "03 001d 00 0807 0000",
     "public at byte 3 of 8: length 0, at least 1"},
    {HFI_SERVER_KEY_EXCHANGE, 0x0303, "",
     "curve_type at byte 0 of 0: needs 1 byte, 0 are left"},
    {HFI_CERTIFICATE_REQUEST, 0x0303, "00 0002 0403 0000",
     "certificate_types at byte 0 of 7: length 0, at least 1"},
    {HFI_CERTIFICATE_REQUEST, 0x0303, "01 40 0003 040308 0000",
     "supported_signature_algorithms at byte 2 of 9: odd length 3"},
    {HFI_CERTIFICATE_REQUEST, 0x0303, "01 40 0002 0403 0003 0002 30",
     "certificate_authorities[0] at byte 8 of 11: length 2, 1 is left"},
    {HFI_CERTIFICATE_STATUS, 0x0303, "02 000001 30",
     "status_type at byte 0 of 5: is 2, must be 1"},
    {HFI_CERTIFICATE_STATUS, 0x0303, "01 000000",
     "response at byte 1 of 4: length 0, at least 1"},
    {HFI_CLIENT_KEY_EXCHANGE, 0x0303, "00",
     "ecdh_Yc at byte 0 of 1: length 0, at least 1"},
    {HFI_CLIENT_KEY_EXCHANGE, 0x0303, "01 09 01 09", "at byte 2 of 4: 2 bytes left over"},
    {HFI_SERVER_HELLO_DONE, 0x0303, "00", "at byte 0 of 1: 1 byte left over"},
    {HFI_HELLO_REQUEST, 0x0303, "00", "at byte 0 of 1: 1 byte left over"},
    {HFI_NEW_SESSION_TICKET, 0x0303, "00000e10 0004 747474",
     "ticket at byte 4 of 9: length 4, 3 are left"},
    {HFI_FINISHED, 0x0303, "11*11",
     "verify_data at byte 0 of 11: needs 12 bytes, 11 are left"},
};

static void expect_row(const row *r)
{
    script_bytes b = {NULL, 0, 0};
    hfi_shape_context context = {r->type, r->version, r->version == 0x0303 ? 12 : 32};
    hfi_shape_fault fault;
    char text[160] = "";

    script_append_hex(&b, r->hex);
    bool found = hfi_shape_find(&context, script_view(&b), HFI_OK, &fault);
    if (found)
        hfi_shape_describe(&fault, text, sizeof text);
    if (found != (r->text != NULL) || (found && strcmp(text, r->text) != 0))
        fail_msg("type %u, %s: \"%s\" instead of \"%s\"", r->type, r->hex, text,
                 r->text == NULL ? "" : r->text);
    (void)script_agree(&context, script_view(&b));
    script_free(&b);
}

#define EXPECT(rows)                                          \
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) \
    expect_row(&rows[i])

static void test_hellos(void **state)
{
    (void)state;
    EXPECT(hellos);
}

static void test_tls13(void **state)
{
    (void)state;
    EXPECT(tls13);
}

static void test_tls12(void **state)
{
    (void)state;
    EXPECT(tls12);
}

static void test_fitting(void **state)
{
    (void)state;
    EXPECT(fitting);
}

/* ---- the record ---- */

/* 49 extensions, of which 48 are allowed. */
static void test_too_many(void **state)
{
    const hfi_shape_context context = {HFI_ENCRYPTED_EXTENSIONS, 0x0304, 0};
    script_bytes b = {NULL, 0, 0};
    hfi_report report = {.code = HFI_OK};

    (void)state;
    script_append_number(&b, (uint64_t)49 * 4, 2);
    for (uint64_t i = 0; i < 49; i++)
        script_append_number(&b, (0x4000 + i) << 16, 4);
    assert_int_equal(script_agree(&context, script_view(&b)), HFI_E_TOO_MANY_EXTENSIONS);
    hfi_shape_report(&report, HFI_E_TOO_MANY_EXTENSIONS, &context, script_view(&b));
    assert_string_equal(report.detail, "extensions at byte 194 of 198: more than 48");
    script_free(&b);
}

/* Codes that are not about syntax get nothing, nor what is in order. */
static void test_report_nothing(void **state)
{
    const hfi_shape_context context = {HFI_KEY_UPDATE, 0x0304, 0};
    const uint8_t two[] = {0, 0};
    hfi_report report = {.code = HFI_OK};

    (void)state;
    hfi_shape_report(&report, HFI_E_KEY_UPDATE_VALUE, &context, hfi_view_of(two, 2));
    assert_string_equal(report.detail, "");
    hfi_shape_report(&report, HFI_E_DECODE_KEY_UPDATE, &context, hfi_view_of(two, 1));
    assert_string_equal(report.detail, "");
    hfi_shape_report(&report, HFI_E_DECODE_KEY_UPDATE, &context, hfi_view_of(two, 2));
    assert_string_equal(report.detail, "at byte 1 of 2: 1 byte left over");
}

/* The first detail stays, but for the mere name of an extension. */
static void test_report_detail(void **state)
{
    const hfi_shape_context context = {HFI_ENCRYPTED_EXTENSIONS, 0x0304, 0};
    script_bytes b = {NULL, 0, 0};
    hfi_report report = {.detail = "known better"};

    (void)state;
    script_append_hex(&b, "0006 000a 0002 0000");
    hfi_shape_report(&report, HFI_E_DECODE_ENCRYPTED_EXTENSIONS, &context,
                     script_view(&b));
    assert_string_equal(report.detail, "known better");
    memset(&report, 0, sizeof report);
    hfi_report_detail(&report, "supported_groups");
    hfi_shape_report(&report, HFI_E_DECODE_EXTENSION, &context, script_view(&b));
    assert_string_equal(report.detail, "extensions / supported_groups / named_group_list "
                                       "at byte 6 of 8: length 0, at least 2");
    memset(&report, 0, sizeof report);
    /* The message's own structure is in order: its code finds no fault. */
    hfi_shape_report(&report, HFI_E_DECODE_ENCRYPTED_EXTENSIONS, &context,
                     script_view(&b));
    assert_string_equal(report.detail, "");
    script_free(&b);
}

/* What does not fit in is cut off the front of the path, and at last off the end. */
static void test_cut(void **state)
{
    hfi_shape_fault fault = {
        .misfit = HFI_SHAPE_TOO_SHORT,
        .at = 18,
        .size = 131072,
        .needs = 1,
        .path = {{"certificate_list", 3}, {"extensions", -1}, {NULL, 4660}},
        .depth = 3,
    };
    char text[160];

    (void)state;
    hfi_shape_describe(&fault, text, sizeof text);
    assert_string_equal(text, "certificate_list[3] / extensions / extension 4660 at byte "
                              "18 of 131072: length 0, at least 1");
    hfi_shape_describe(&fault, text, 72);
    assert_string_equal(text, "... / extension 4660 at byte 18 of 131072: length 0, at "
                              "least 1");
    hfi_shape_describe(&fault, text, 20);
    assert_int_equal(strlen(text), 19);
    hfi_shape_describe(&fault, text, 1);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hellos),        cmocka_unit_test(test_tls13),
        cmocka_unit_test(test_tls12),         cmocka_unit_test(test_fitting),
        cmocka_unit_test(test_too_many),      cmocka_unit_test(test_report_nothing),
        cmocka_unit_test(test_report_detail), cmocka_unit_test(test_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
