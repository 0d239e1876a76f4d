/* tests/flow/test_flow_records.c: records, alerts and change_cipher_spec during the
 * handshake.  RFC 8446 5, 5.1, 5.2, 5.4, 6, D.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

#define CCS "140303000101"

/* RFC 8446 5.1: any fragmentation and coalescing gets through, but no message goes on
 * across a change of keys, and nothing stands between two fragments. */
static void test_fragments(void **state)
{
    static const row rows[] = {
        {"a byte in each record", WITH(.record_size = 1, .tickets = 1), PASSES, 0},
        {"seven bytes in each record", WITH(.record_size = 7, .tickets = 1), PASSES, 0},
        {"a byte in each record, with a retry",
         WITH(.record_size = 1, .retries = 1, .group = 0x0017), PASSES, 0},
        {"all in one record", WITH(.coalesces = true, .sends_ca = true), PASSES, 0},
        {"100 bytes across the messages", WITH(.coalesces = true, .record_size = 100),
         PASSES, 0},
        {"padding", WITH(.padding = 1), PASSES, 0},
        {"much padding", WITH(.padding = 8000), PASSES, 0},
        {"as much padding as fits", DO({AT_EXTENSIONS, OP_PAD, 16378, NULL}), PASSES, 0},
        {"a byte more padding than fits", DO({AT_EXTENSIONS, OP_PAD, 16379, NULL}),
         FAILS(PLAINTEXT_TOO_LONG, RECORD_OVERFLOW), 0},
        {"a flight of more than a record",
         WITH(.coalesces = true, .leaf_copies = 60, .sends_ca = true), PASSES, 0},

        {"an empty record in ServerHello", DO({AT_HELLO, OP_BETWEEN, 10, "16"}),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"an empty record in its header", DO({AT_HELLO, OP_BETWEEN, 2, "16"}),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"an empty record before ServerHello", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "16"}),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"an empty protected record", DO({AT_CERTIFICATE, OP_RECORD_BEFORE, 1, "16"}),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"an empty protected record in Certificate",
         DO({AT_CERTIFICATE, OP_BETWEEN, 100, "16"}),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"an empty padded record",
         WITH(.padding = 50, .steps = {{AT_CERTIFICATE, OP_RECORD_BEFORE, 1, "16"}}),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"a warning in ServerHello", DO({AT_HELLO, OP_BETWEEN, 10, "15 015a"}),
         FAILS(RECORDS_INTERLEAVED, UNEXPECTED_MESSAGE), 0},
        {"a warning in Certificate", DO({AT_CERTIFICATE, OP_BETWEEN, 10, "15 015a"}),
         FAILS(RECORDS_INTERLEAVED, UNEXPECTED_MESSAGE), 0},
        {"a warning in a header", DO({AT_CERTIFICATE, OP_BETWEEN, 1, "15 015a"}),
         FAILS(RECORDS_INTERLEAVED, UNEXPECTED_MESSAGE), 0},
        {"a fatal alert in Certificate", DO({AT_CERTIFICATE, OP_BETWEEN, 10, "15 0250"}),
         FAILS(ALERT_RECEIVED, NONE), 0},

        {"EncryptedExtensions in ServerHello's record",
         DO({AT_HELLO, OP_TAIL, 0, "08 000002 0000"}),
         FAILS(HANDSHAKE_NOT_AT_BOUNDARY, UNEXPECTED_MESSAGE), 0},
        {"a byte in ServerHello's record", DO({AT_HELLO, OP_TAIL, 0, "08"}),
         FAILS(HANDSHAKE_NOT_AT_BOUNDARY, UNEXPECTED_MESSAGE), 0},
        {"a ticket in Finished's record",
         DO({AT_FINISHED, OP_TAIL, 0, "04 00000f 00000e10 00000000 01 00 0001 77 0000"}),
         FAILS(HANDSHAKE_NOT_AT_BOUNDARY, UNEXPECTED_MESSAGE), 0},
        {"a byte in Finished's record", DO({AT_FINISHED, OP_TAIL, 0, "04"}),
         FAILS(HANDSHAKE_NOT_AT_BOUNDARY, UNEXPECTED_MESSAGE), 0},
        {"EncryptedExtensions in HelloRetryRequest's record",
         WITH(.retries = 1, .group = 0x0017,
              .steps = {{AT_RETRY, OP_TAIL, 0, "08 000002 0000"}}),
         FAILS(HANDSHAKE_NOT_AT_BOUNDARY, UNEXPECTED_MESSAGE), 0},
        {"a byte in HelloRetryRequest's record",
         WITH(.retries = 1, .group = 0x0017, .steps = {{AT_RETRY, OP_TAIL, 0, "02"}}),
         FAILS(HANDSHAKE_NOT_AT_BOUNDARY, UNEXPECTED_MESSAGE), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 8446 5, 5.1, 5.2, 5.4. */
static void test_kinds_and_sizes(void **state)
{
    static const row rows[] = {
        {"an unknown type first", DO({AT_HELLO, OP_RAW_BEFORE, 1, "18 0303 0001 01"}),
         FAILS(RECORD_TYPE_UNKNOWN, UNEXPECTED_MESSAGE), 0},
        {"an unknown type later",
         DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "18 0303 0001 01"}),
         FAILS(RECORD_TYPE_UNKNOWN, UNEXPECTED_MESSAGE), 0},
        {"an unknown inner type", DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "18 01"}),
         FAILS(RECORD_TYPE_UNKNOWN, UNEXPECTED_MESSAGE), 0},
        {"inner type 255", DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "ff 01"}),
         FAILS(RECORD_TYPE_UNKNOWN, UNEXPECTED_MESSAGE), 0},
        {"no inner type", DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "00"}),
         FAILS(RECORD_NO_CONTENT_TYPE, UNEXPECTED_MESSAGE), 0},
        {"padding alone",
         WITH(.padding = 300, .steps = {{AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "00"}}),
         FAILS(RECORD_NO_CONTENT_TYPE, UNEXPECTED_MESSAGE), 0},
        {"a plain record too long", DO({AT_HELLO, OP_RAW_BEFORE, 1, "16 0303 4001"}),
         FAILS(RECORD_TOO_LONG, RECORD_OVERFLOW), 0},
        {"a plain record of 65535", DO({AT_HELLO, OP_RAW_BEFORE, 1, "16 0303 ffff"}),
         FAILS(RECORD_TOO_LONG, RECORD_OVERFLOW), 0},
        {"a protected record too long",
         DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "17 0303 4101"}),
         FAILS(RECORD_TOO_LONG, RECORD_OVERFLOW), 0},
        {"content too long", DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "16 0b*16385"}),
         FAILS(PLAINTEXT_TOO_LONG, RECORD_OVERFLOW), 0},
        {"a protected record without a byte",
         DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "17 0303 0000"}),
         FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC), 0},
        {"a protected record shorter than its tag",
         DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "17 0303 000f 01*15"}),
         FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC), 0},
        {"a protected record of a wrong tag",
         DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "17 0303 0010 01*16"}),
         FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC), 0},
        {"a protected record at first",
         DO({AT_HELLO, OP_RAW_BEFORE, 1, "17 0303 0020 01*32"}),
         FAILS(APPLICATION_DATA_EARLY, UNEXPECTED_MESSAGE), 0},
        {"a message in the clear behind ServerHello",
         DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "16 0303 0006 080000020000"}),
         FAILS(RECORD_UNPROTECTED, UNEXPECTED_MESSAGE), 0},
        {"a message in the clear instead of Finished",
         DO({AT_FINISHED, OP_RAW_BEFORE, 1, "16 0303 0006 140000020000"}),
         FAILS(RECORD_UNPROTECTED, UNEXPECTED_MESSAGE), 0},
        {"an alert in the clear behind ServerHello",
         DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "15 0303 0002 0228"}),
         FAILS(RECORD_UNPROTECTED, UNEXPECTED_MESSAGE), 0},
        {"close_notify in the clear behind ServerHello",
         DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "15 0303 0002 0100"}),
         FAILS(RECORD_UNPROTECTED, UNEXPECTED_MESSAGE), 0},
        {"data before EncryptedExtensions",
         DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "17 6869"}),
         FAILS(APPLICATION_DATA_EARLY, UNEXPECTED_MESSAGE), 0},
        {"data before Certificate", DO({AT_CERTIFICATE, OP_RECORD_BEFORE, 1, "17 6869"}),
         FAILS(APPLICATION_DATA_EARLY, UNEXPECTED_MESSAGE), 0},
        {"data before Finished", DO({AT_FINISHED, OP_RECORD_BEFORE, 1, "17 6869"}),
         FAILS(APPLICATION_DATA_EARLY, UNEXPECTED_MESSAGE), 0},
        {"no data before Finished", DO({AT_FINISHED, OP_RECORD_BEFORE, 1, "17"}),
         FAILS(APPLICATION_DATA_EARLY, UNEXPECTED_MESSAGE), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 8446 5, D.4: dropped while the handshake lasts, if it is what it should be. */
static void test_change_cipher_spec(void **state)
{
    static const row rows[] = {
        {"before ServerHello", DO({AT_HELLO, OP_RAW_BEFORE, 1, CCS}), PASSES, 0},
        {"everywhere",
         DO({AT_HELLO, OP_RAW_BEFORE, 2, CCS}, {AT_EXTENSIONS, OP_RAW_BEFORE, 2, CCS},
            {AT_CERTIFICATE, OP_RAW_BEFORE, 2, CCS}, {AT_VERIFY, OP_RAW_BEFORE, 2, CCS},
            {AT_FINISHED, OP_RAW_BEFORE, 2, CCS}),
         PASSES, 0},
        {"though the client does without", DO({AT_FINISHED, OP_RAW_BEFORE, 1, CCS}),
         PASSES, ROW_NO_COMPAT},
        {"nowhere", WITH(.without_ccs = true), PASSES, 0},
        {"in the middle of ServerHello", DO({AT_HELLO, OP_BETWEEN, 10, "14 01"}), PASSES,
         0},
        {"malformed in the middle of ServerHello",
         DO({AT_HELLO, OP_BETWEEN, 10, "14 02"}),
         FAILS(CCS_MALFORMED, UNEXPECTED_MESSAGE), 0},
        {"with another version", DO({AT_HELLO, OP_RAW_BEFORE, 1, "140301000101"}), PASSES,
         0},
        {"with a 2 in it", DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "14 0303 0001 02"}),
         FAILS(CCS_MALFORMED, UNEXPECTED_MESSAGE), 0},
        {"with a 2 in it, before ServerHello",
         DO({AT_HELLO, OP_RAW_BEFORE, 1, "14 0303 0001 02"}),
         FAILS(CCS_MALFORMED, UNEXPECTED_MESSAGE), 0},
        {"of two bytes", DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "14 0303 0002 0101"}),
         FAILS(CCS_MALFORMED, UNEXPECTED_MESSAGE), 0},
        {"of no byte", DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1, "14 0303 0000"}),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"protected", DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "14 01"}),
         FAILS(CCS_MISPLACED, UNEXPECTED_MESSAGE), 0},
        {"behind Finished", DO({AT_FINISHED, OP_RAW, 1, CCS}),
         FAILS(CCS_MISPLACED, UNEXPECTED_MESSAGE), 0},
        {"once connected", DO({AT_CONNECTED, OP_RAW, 1, CCS}),
         FAILS(CCS_MISPLACED, UNEXPECTED_MESSAGE), 0},
        {"without end", DO({AT_EXTENSIONS, OP_RAW_BEFORE, 1000, CCS}),
         FAILS(TOO_MANY_RECORDS, UNEXPECTED_MESSAGE), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 8446 6, 6.1, 6.2: an error alert is one whatever its level says, unknown ones
 * too; it is not answered. */
static void test_alerts(void **state)
{
    static const row rows[] = {
        {"handshake_failure", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 0228"}),
         FAILS(ALERT_RECEIVED, NONE), 0},
        {"handshake_failure as a warning", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 0128"}),
         FAILS(ALERT_RECEIVED, NONE), 0},
        {"an unknown alert", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 02ff"}),
         FAILS(ALERT_RECEIVED, NONE), 0},
        {"an unknown alert as a warning",
         DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "15 01ff"}), FAILS(ALERT_RECEIVED, NONE),
         0},
        {"no_renegotiation as a warning", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 0164"}),
         FAILS(ALERT_RECEIVED, NONE), 0},
        {"unrecognized_name as a warning", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 0170"}),
         FAILS(ALERT_RECEIVED, NONE), 0},
        {"internal_error under keys", DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "15 0250"}),
         FAILS(ALERT_RECEIVED, NONE), 0},
        {"decrypt_error before Finished",
         DO({AT_FINISHED, OP_RECORD_BEFORE, 1, "15 0233"}), FAILS(ALERT_RECEIVED, NONE),
         0},
        {"close_notify", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 0100"}),
         FAILS(CLOSED_IN_HANDSHAKE, NONE), 0},
        {"close_notify as fatal", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 0200"}),
         FAILS(CLOSED_IN_HANDSHAKE, NONE), 0},
        {"close_notify under keys", DO({AT_CERTIFICATE, OP_RECORD_BEFORE, 1, "15 0100"}),
         FAILS(CLOSED_IN_HANDSHAKE, NONE), 0},
        {"user_canceled and no more of it",
         DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 015a"}), PASSES, 0},
        {"user_canceled and close_notify",
         DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 015a"},
            {AT_HELLO, OP_RECORD_BEFORE, 1, "15 0100"}),
         FAILS(USER_CANCELED_RECEIVED, NONE), 0},
        {"user_canceled without end",
         DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1000, "15 015a"}),
         FAILS(TOO_MANY_WARNINGS, UNEXPECTED_MESSAGE), 0},
        {"an empty alert", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15"}),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"an empty alert under keys", DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "15"}),
         FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE), 0},
        {"half an alert", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 02"}),
         FAILS(ALERT_MALFORMED, DECODE_ERROR), 0},
        {"an alert in two records",
         DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 02"},
            {AT_HELLO, OP_RECORD_BEFORE, 1, "15 28"}),
         FAILS(ALERT_MALFORMED, DECODE_ERROR), 0},
        {"an alert of three bytes", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 022800"}),
         FAILS(ALERT_MALFORMED, DECODE_ERROR), 0},
        {"two alerts in one record",
         DO({AT_EXTENSIONS, OP_RECORD_BEFORE, 1, "15 015a 0100"}),
         FAILS(ALERT_MALFORMED, DECODE_ERROR), 0},
        {"level 0", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 0028"}),
         FAILS(ALERT_LEVEL, ILLEGAL_PARAMETER), 0},
        {"level 3", DO({AT_HELLO, OP_RECORD_BEFORE, 1, "15 0328"}),
         FAILS(ALERT_LEVEL, ILLEGAL_PARAMETER), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* A server that is none, and one that falls silent. */
static void test_other_answers(void **state)
{
#define ANSWER(hex) DO({AT_HELLO, OP_RAW_BEFORE, 1, hex}, {AT_HELLO, OP_DROP, 0, NULL})
    static const row rows[] = {
        {"HTTP", ANSWER("485454502f312e312034303020426164"),
         FAILS(PEER_SPEAKS_HTTP, UNEXPECTED_MESSAGE), 0},
        {"SSH", ANSWER("5353482d322e302d"), FAILS(PEER_SPEAKS_SSH, UNEXPECTED_MESSAGE),
         0},
        {"SMTP", ANSWER("323230206d61696c0d0a"),
         FAILS(PEER_SPEAKS_SMTP, UNEXPECTED_MESSAGE), 0},
        {"FTP", ANSWER("3232302066747020726561640d0a"),
         FAILS(PEER_SPEAKS_FTP, UNEXPECTED_MESSAGE), 0},
        {"MySQL", ANSWER("4a0000000a382e302e3335"),
         FAILS(PEER_SPEAKS_MYSQL, UNEXPECTED_MESSAGE), 0},
        {"PostgreSQL", ANSWER("450000006653"),
         FAILS(PEER_SPEAKS_POSTGRESQL, UNEXPECTED_MESSAGE), 0},
        {"a proxy", ANSWER("485454502f312e3120343037"),
         FAILS(PEER_SPEAKS_PROXY, UNEXPECTED_MESSAGE), 0},
        {"SSL 3", ANSWER("160300004a020000460300"),
         FAILS(PEER_SPEAKS_SSLV3, PROTOCOL_VERSION), 0},
        {"POP3", ANSWER("2b4f4b207265616479"),
         FAILS(PEER_SPEAKS_POP3, UNEXPECTED_MESSAGE), 0},
        {"IMAP", ANSWER("2a204f4b207265616479"),
         FAILS(PEER_SPEAKS_IMAP, UNEXPECTED_MESSAGE), 0},
        {"zeros", ANSWER("00*64"), FAILS(PEER_NOT_TLS, PROTOCOL_VERSION), 0},
        {"ff", ANSWER("ff*64"), FAILS(PEER_NOT_TLS, PROTOCOL_VERSION), 0},
        {"SSL 2", ANSWER("802e 04 0001 0002 0018 0000"),
         FAILS(PEER_SPEAKS_SSLV2, PROTOCOL_VERSION), 0},
        {"a TLS type of another major version", ANSWER("16 0200 0001 01"),
         FAILS(PEER_NOT_TLS, PROTOCOL_VERSION), 0},
    };
#undef ANSWER

    (void)state;
    RUN_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fragments),          cmocka_unit_test(test_kinds_and_sizes),
        cmocka_unit_test(test_change_cipher_spec), cmocka_unit_test(test_alerts),
        cmocka_unit_test(test_other_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
