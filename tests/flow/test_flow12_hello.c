/* tests/flow/test_flow12_hello.c: ServerHellos of TLS 1.2 that must be refused: version,
 * suite, session, extensions, the marks of a downgrade.
 * RFC 5246 7.4.1.3, 7.4.1.4; RFC 5746 3.4; RFC 7627 5; RFC 8422 5.2; RFC 8446 4.1.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"
#include "script12_server.h"

#define TLS12(...) .config = {.tls12 = {.on = true, __VA_ARGS__}}
#define MARK_12 "444f574e475244 01"
#define MARK_11 "444f574e475244 00"

static const row versions[] = {
    {"SSL 3.0", TLS12(.version = 0x0300), FAILS(UNSUPPORTED_VERSION, PROTOCOL_VERSION)},
    {"TLS 1.0", TLS12(.version = 0x0301), FAILS(UNSUPPORTED_VERSION, PROTOCOL_VERSION)},
    {"TLS 1.1", TLS12(.version = 0x0302), FAILS(UNSUPPORTED_VERSION, PROTOCOL_VERSION)},
    {"TLS 1.1, to a client of 1.2", TLS12(.version = 0x0302),
     FAILS(UNSUPPORTED_VERSION, PROTOCOL_VERSION), ROW_TLS12_ONLY},
    {"TLS 1.3 without supported_versions", TLS12(.version = 0x0304),
     FAILS(UNSUPPORTED_VERSION, PROTOCOL_VERSION)},
    {"nothing known", TLS12(.version = 0x7f7f),
     FAILS(UNSUPPORTED_VERSION, PROTOCOL_VERSION)},
    {"DTLS 1.2", TLS12(.version = 0xfefd), FAILS(UNSUPPORTED_VERSION, PROTOCOL_VERSION)},
    {"0", DO12({AT_HELLO, OP_SET, 0, "0000"}),
     FAILS(UNSUPPORTED_VERSION, PROTOCOL_VERSION)},
    /* RFC 8446 4.2.1: a server that chooses an older version does not say so there. */
    {"TLS 1.2 in supported_versions", DO12({AT_HELLO, OP_EXT_ADD, 43, "0303"}),
     FAILS(VERSION_NOT_OFFERED, ILLEGAL_PARAMETER)},
    /* RFC 8446 4.1.3 */
    {"marked, TLS 1.3 offered", DO12({AT_HELLO, OP_SET, 26, MARK_12}),
     FAILS(DOWNGRADE_DETECTED, ILLEGAL_PARAMETER)},
    {"marked as TLS 1.1, TLS 1.3 offered", DO12({AT_HELLO, OP_SET, 26, MARK_11}),
     FAILS(DOWNGRADE_DETECTED, ILLEGAL_PARAMETER)},
    {"marked, and TLS 1.1",
     .config = {.tls12 = {.on = true, .version = 0x0302},
                .steps = {{AT_HELLO, OP_SET, 26, MARK_11}}},
     FAILS(DOWNGRADE_DETECTED, ILLEGAL_PARAMETER)},
    {"marked, resumed", DO12({AT_HELLO, OP_SET, 26, MARK_12}),
     FAILS(DOWNGRADE_DETECTED, ILLEGAL_PARAMETER), ROW_RESUME},
    {"marked, only TLS 1.2 offered", DO12({AT_HELLO, OP_SET, 26, MARK_12}), PASSES,
     ROW_TLS12_ONLY},
    {"marked as TLS 1.1, only TLS 1.2 offered", DO12({AT_HELLO, OP_SET, 26, MARK_11}),
     PASSES, ROW_TLS12_ONLY},
    {"nearly marked", DO12({AT_HELLO, OP_SET, 26, "444f574e475244 02"}), PASSES},
    {"marked at another place", DO12({AT_HELLO, OP_SET, 25, MARK_12}), PASSES},
};

static void test_versions(void **state)
{
    (void)state;
    RUN_ROWS(versions);
}

/* A client that offered TLS 1.2 alone asked for nothing of these (RFC 8446 4.1.3, 4.1.4).
 */
static const row newer[] = {
    {"ServerHello of TLS 1.3",
     DO12({AT_HELLO, OP_BODY, 0,
           "0303 11*32 00 1301 00 002e 002b00020304 00330024001d0020 09*32"}),
     FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), ROW_TLS12_ONLY},
    {"TLS 1.3 beside a suite of TLS 1.2", DO12({AT_HELLO, OP_EXT_ADD, 43, "0304"}),
     FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), ROW_TLS12_ONLY},
    {"HelloRetryRequest",
     DO12({AT_HELLO, OP_BODY, 0,
           "0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
           "00 1301 00 000c 002b00020304 003300020018"}),
     FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), ROW_TLS12_ONLY},
};

static void test_newer(void **state)
{
    (void)state;
    RUN_ROWS(newer);
}

static const row suites[] = {
    {"static RSA", WITH12(.suite = 0x009c), FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"DHE", WITH12(.suite = 0x009e), FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"CBC", WITH12(.suite = 0xc009), FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"RC4", WITH12(.suite = 0xc007), FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"anonymous", WITH12(.suite = 0xc018), FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"NULL", WITH12(.suite = 0xc006), FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"0", DO12({AT_HELLO, OP_SET, 35, "0000"}),
     FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"SCSV", WITH12(.suite = 0x00ff), FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"fallback SCSV", WITH12(.suite = 0x5600), FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"TLS_AES_128_GCM_SHA256", WITH12(.suite = 0x1301),
     FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"TLS_AES_256_GCM_SHA384", WITH12(.suite = 0x1302),
     FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"TLS_CHACHA20_POLY1305_SHA256", WITH12(.suite = 0x1303),
     FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER)},
    {"TLS 1.3's, only 1.2 offered", WITH12(.suite = 0x1301),
     FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER), ROW_TLS12_ONLY},
    {"DEFLATE", DO12({AT_HELLO, OP_SET, 37, "01"}),
     FAILS(COMPRESSION_SELECTED, ILLEGAL_PARAMETER)},
    {"unknown compression", DO12({AT_HELLO, OP_SET, 37, "ff"}),
     FAILS(COMPRESSION_SELECTED, ILLEGAL_PARAMETER)},
    /* A certificate's key must be able to sign for the suite (RFC 5246 7.4.2). */
    {"RSA suite, P-256 key", WITH12(.suite = 0xc02f, .key = SCRIPT_P256),
     FAILS(SUITE_KEY_MISMATCH, ILLEGAL_PARAMETER)},
    {"RSA suite, Ed25519 key", WITH12(.suite = 0xcca8, .key = SCRIPT_ED25519),
     FAILS(SUITE_KEY_MISMATCH, ILLEGAL_PARAMETER)},
    {"ECDSA suite, RSA key", WITH12(.suite = 0xc02b, .key = SCRIPT_RSA),
     FAILS(SUITE_KEY_MISMATCH, ILLEGAL_PARAMETER)},
    {"ECDSA suite, RSA-PSS key", WITH12(.suite = 0xc02c, .key = SCRIPT_RSA_PSS),
     FAILS(SUITE_KEY_MISMATCH, ILLEGAL_PARAMETER)},
};

static void test_suites(void **state)
{
    (void)state;
    RUN_ROWS(suites);
}

static const row extensions[] = {
    /* RFC 7627 5.2, 5.3 */
    {"EMS missing", TLS12(.without_master = true),
     FAILS(EXTENDED_MASTER_SECRET_MISSING, HANDSHAKE_FAILURE)},
    {"EMS missing, 1.2 alone", TLS12(.without_master = true),
     FAILS(EXTENDED_MASTER_SECRET_MISSING, HANDSHAKE_FAILURE), ROW_TLS12_ONLY},
    {"EMS missing, the other option", TLS12(.without_master = true),
     FAILS(EXTENDED_MASTER_SECRET_MISSING, HANDSHAKE_FAILURE), ROW_UNSAFE_RENEGOTIATION},
    {"EMS with data", DO12({AT_HELLO, OP_EXT_SET, 23, "00"}),
     FAILS(DECODE_EXTENSION, DECODE_ERROR)},
    {"EMS twice", DO12({AT_HELLO, OP_EXT_TWICE, 23, NULL}),
     FAILS(EXTENSION_DUPLICATE, DECODE_ERROR)},
    /* RFC 5746 3.4 */
    {"renegotiation_info missing", TLS12(.without_renegotiation = true),
     FAILS(RENEGOTIATION_INFO_MISSING, HANDSHAKE_FAILURE)},
    {"renegotiation_info missing, the other option", TLS12(.without_renegotiation = true),
     FAILS(RENEGOTIATION_INFO_MISSING, HANDSHAKE_FAILURE), ROW_PLAIN_MASTER},
    {"renegotiation_info of a later handshake",
     DO12({AT_HELLO, OP_EXT_SET, 0xff01, "18 11*24"}),
     FAILS(RENEGOTIATION_INFO_WRONG, HANDSHAKE_FAILURE)},
    {"the same, allowed to be missing", DO12({AT_HELLO, OP_EXT_SET, 0xff01, "18 11*24"}),
     FAILS(RENEGOTIATION_INFO_WRONG, HANDSHAKE_FAILURE), ROW_UNSAFE_RENEGOTIATION},
    {"renegotiation_info with one byte", DO12({AT_HELLO, OP_EXT_SET, 0xff01, "01 00"}),
     FAILS(RENEGOTIATION_INFO_WRONG, HANDSHAKE_FAILURE)},
    {"renegotiation_info twice", DO12({AT_HELLO, OP_EXT_TWICE, 0xff01, NULL}),
     FAILS(EXTENSION_DUPLICATE, DECODE_ERROR)},
    /* RFC 8422 5.1.2, 5.2 */
    {"compressed points alone", DO12({AT_HELLO, OP_EXT_SET, 11, "02 01 02"}),
     FAILS(POINT_FORMAT, ILLEGAL_PARAMETER)},
    {"no point format", DO12({AT_HELLO, OP_EXT_SET, 11, "00"}),
     FAILS(DECODE_EXTENSION, DECODE_ERROR)},
    {"point formats too long", DO12({AT_HELLO, OP_EXT_SET, 11, "02 00"}),
     FAILS(DECODE_EXTENSION, DECODE_ERROR)},
    {"point formats too short", DO12({AT_HELLO, OP_EXT_SET, 11, "01 00 01"}),
     FAILS(DECODE_EXTENSION, DECODE_ERROR)},
    {"point formats empty", DO12({AT_HELLO, OP_EXT_SET, 11, ""}),
     FAILS(DECODE_EXTENSION, DECODE_ERROR)},
    /* RFC 5077 3.2 */
    {"session_ticket with data", DO12({AT_HELLO, OP_EXT_ADD, 35, "00"}),
     FAILS(DECODE_EXTENSION, DECODE_ERROR)},
    /* RFC 6066 3, RFC 7301 3.1 */
    {"server_name with data", DO12({AT_HELLO, OP_EXT_ADD, 0, "00"}),
     FAILS(SERVER_NAME_NOT_EMPTY, DECODE_ERROR)},
    {"server_name unasked", DO12({AT_HELLO, OP_EXT_ADD, 0, ""}),
     FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), ROW_NO_NAME},
    {"ALPN unasked", WITH12(.alpn = "h2"),
     FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION)},
    {"ALPN not offered", WITH12(.alpn = "h3"), FAILS(ALPN_NOT_OFFERED, ILLEGAL_PARAMETER),
     ROW_ALPN},
    {"ALPN of no name", DO12({AT_HELLO, OP_EXT_ADD, 16, "0000"}),
     FAILS(ALPN_EMPTY, DECODE_ERROR), ROW_ALPN},
    {"ALPN of an empty name", DO12({AT_HELLO, OP_EXT_ADD, 16, "0001 00"}),
     FAILS(ALPN_EMPTY, DECODE_ERROR), ROW_ALPN},
    {"ALPN of two names",
     DO12({AT_HELLO, OP_EXT_ADD, 16, "000c 026832 08687474702f312e31"}),
     FAILS(ALPN_EMPTY, DECODE_ERROR), ROW_ALPN},
    /* RFC 5246 7.4.1.4: "unsupported_extension" */
    {"unknown extension", DO12({AT_HELLO, OP_EXT_ADD, 0x1234, ""}),
     FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION)},
    {"heartbeat", DO12({AT_HELLO, OP_EXT_ADD, 15, "01"}),
     FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION)},
    {"next_protocol_negotiation", DO12({AT_HELLO, OP_EXT_ADD, 13172, ""}),
     FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION)},
    {"GREASE", DO12({AT_HELLO, OP_EXT_ADD, 0x0a0a, ""}),
     FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION)},
    /* RFC 5246 7.4.1.4.1: "Servers MUST NOT send this extension"; RFC 8446 4.2 */
    {"signature_algorithms", DO12({AT_HELLO, OP_EXT_ADD, 13, "0002 0403"}),
     FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER)},
    {"key_share", DO12({AT_HELLO, OP_EXT_ADD, 51, "001d 0020 09*32"}),
     FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER)},
    {"psk_key_exchange_modes", DO12({AT_HELLO, OP_EXT_ADD, 45, "01 01"}),
     FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER)},
    {"pre_shared_key", DO12({AT_HELLO, OP_EXT_ADD, 41, "0000"}),
     FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER)},
    {"supported_groups malformed", DO12({AT_HELLO, OP_EXT_ADD, 10, "0003 001d00"}),
     FAILS(DECODE_EXTENSION, DECODE_ERROR)},
};

static void test_extensions(void **state)
{
    (void)state;
    RUN_ROWS(extensions);
}

static const row syntax[] = {
    {"one byte more", DO12({AT_HELLO, OP_APPEND, 0, "00"}),
     FAILS(DECODE_SERVER_HELLO, DECODE_ERROR)},
    {"one byte less", DO12({AT_HELLO, OP_CUT, 1, NULL}),
     FAILS(DECODE_SERVER_HELLO, DECODE_ERROR)},
    {"empty", DO12({AT_HELLO, OP_BODY, 0, ""}), FAILS(DECODE_SERVER_HELLO, DECODE_ERROR)},
    {"ends in the random", DO12({AT_HELLO, OP_CUT, -20, NULL}),
     FAILS(DECODE_SERVER_HELLO, DECODE_ERROR)},
    {"ends before the suite", DO12({AT_HELLO, OP_CUT, -35, NULL}),
     FAILS(DECODE_SERVER_HELLO, DECODE_ERROR)},
    {"ends before compression", DO12({AT_HELLO, OP_CUT, -37, NULL}),
     FAILS(DECODE_SERVER_HELLO, DECODE_ERROR)},
    {"half a length of extensions", DO12({AT_HELLO, OP_CUT, -39, NULL}),
     FAILS(DECODE_SERVER_HELLO, DECODE_ERROR)},
    {"session id of 33 bytes",
     DO12({AT_HELLO, OP_BODY, 0, "0303 11*32 21 22*33 c02b 00"}),
     FAILS(DECODE_SERVER_HELLO, DECODE_ERROR)},
    {"extension block too long", DO12({AT_HELLO, OP_EXT_LENGTHS, 1, NULL}),
     FAILS(DECODE_SERVER_HELLO, DECODE_ERROR)},
    {"extension block too short", DO12({AT_HELLO, OP_EXT_LENGTHS, -1, NULL}),
     FAILS(DECODE_SERVER_HELLO, DECODE_ERROR)},
};

static void test_syntax(void **state)
{
    (void)state;
    RUN_ROWS(syntax);
}

/* ---- sessions ---- */

static const row resumed[] = {
    {"another suite",
     .config = {.tls12 = {.on = true, .changes_suite = true}, .suite = 0xc02c},
     FAILS(RESUMPTION_CHANGED, ILLEGAL_PARAMETER), ROW_RESUME},
    {"another suite, by id",
     .config = {.tls12 = {.on = true, .changes_suite = true}, .suite = 0xcca9},
     FAILS(RESUMPTION_CHANGED, ILLEGAL_PARAMETER), ROW_RESUME | ROW_BY_ID},
    {"an unoffered suite",
     .config = {.tls12 = {.on = true, .changes_suite = true}, .suite = 0x009c},
     FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER), ROW_RESUME},
    {"another version", TLS12(.version = 0x0302),
     FAILS(UNSUPPORTED_VERSION, PROTOCOL_VERSION), ROW_RESUME},
    {"compression", DO12({AT_HELLO, OP_SET, 34 + 33 + 2, "01"}),
     FAILS(COMPRESSION_SELECTED, ILLEGAL_PARAMETER), ROW_RESUME},
    /* RFC 7627 5.3, both ways */
    {"EMS gone", TLS12(.without_master = true),
     FAILS(RESUMPTION_CHANGED_MASTER, HANDSHAKE_FAILURE), ROW_RESUME},
    {"EMS gone, by id", TLS12(.without_master = true),
     FAILS(RESUMPTION_CHANGED_MASTER, HANDSHAKE_FAILURE), ROW_RESUME | ROW_BY_ID},
    {"EMS gone, allowed to be missing", TLS12(.without_master = true),
     FAILS(RESUMPTION_CHANGED_MASTER, HANDSHAKE_FAILURE), ROW_RESUME | ROW_PLAIN_MASTER},
    {"EMS new", DO12({AT_HELLO, OP_EXT_ADD, 23, ""}),
     FAILS(RESUMPTION_CHANGED_MASTER, HANDSHAKE_FAILURE),
     ROW_RESUME | ROW_FIRST_PLAIN | ROW_PLAIN_MASTER},
    {"never EMS, allowed", TLS12(.without_points = true), PASSES,
     ROW_RESUME | ROW_FIRST_PLAIN | ROW_PLAIN_MASTER},
    {"renegotiation_info missing", TLS12(.without_renegotiation = true),
     FAILS(RENEGOTIATION_INFO_MISSING, HANDSHAKE_FAILURE), ROW_RESUME},
    {"a wrong ticket extension", DO12({AT_HELLO, OP_EXT_ADD, 35, "0102"}),
     FAILS(DECODE_EXTENSION, DECODE_ERROR), ROW_RESUME},
    {"a certificate all the same",
     DO12({AT_HELLO, OP_SEND, 1, "0b 000006 000003 300100"}),
     FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), ROW_RESUME},
    {"ServerHelloDone all the same", DO12({AT_HELLO, OP_SEND, 1, "0e"}),
     FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), ROW_RESUME},
    {"Finished wrong", DO12({AT_FINISHED, OP_SET, 3, "00"}),
     FAILS(BAD_FINISHED, DECRYPT_ERROR), ROW_RESUME, "RESUME_FINISHED"},
    {"Finished too long", DO12({AT_FINISHED, OP_APPEND, 0, "00"}),
     FAILS(DECODE_FINISHED, DECRYPT_ERROR), ROW_RESUME, "RESUME_FINISHED"},
    {"without change_cipher_spec", DO12({AT_CCS, OP_DROP, 0, NULL}),
     FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), ROW_RESUME, "RESUME_CCS"},
    {"change_cipher_spec twice", DO12({AT_CCS, OP_TWICE, 0, NULL}),
     FAILS(CCS_MISPLACED, UNEXPECTED_MESSAGE), ROW_RESUME, "RESUME_FINISHED"},
    {"ticket announced and missing",
     WITH12(.tickets = 1, .steps = {{AT_TICKET, OP_DROP, 0, NULL}}),
     FAILS(CCS_MISPLACED, UNEXPECTED_MESSAGE), ROW_RESUME, "RESUME_TICKET"},
    {"ticket not announced", DO12({AT_CCS, OP_SEND_BEFORE, 1, "04 00000e10 0001 77"}),
     FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), ROW_RESUME, "RESUME_CCS"},
    {"another master secret",
     DO12({AT_HELLO, OP_HASH_OLD, 0, NULL}, {AT_HELLO, OP_EXT_ADD, 0, ""}),
     FAILS(BAD_FINISHED, DECRYPT_ERROR), ROW_RESUME, "RESUME_FINISHED"},
    {"another random than was hashed",
     DO12({AT_HELLO, OP_HASH_OLD, 0, NULL}, {AT_HELLO, OP_SET, 2, "00"}),
     FAILS(BAD_FINISHED, DECRYPT_ERROR), ROW_RESUME, "RESUME_FINISHED"},
};

static void test_resumed(void **state)
{
    (void)state;
    RUN_ROWS(resumed);
}

/* Puts the client's own session id into ServerHello. */
static bool echo_id(void *ctx, script_bytes *m)
{
    const flow *f = ctx;
    script_bytes id = {NULL, 0, 0};

    if (m->p[0] != SCRIPT12_SERVER_HELLO)
        return false;
    script_append_number(&id, f->server.hello.session_id.len, 1);
    script_append_view(&id, f->server.hello.session_id);
    script_replace(m, 4 + 34, 1, script_view(&id));
    script_message_end(m);
    script_free(&id);
    return false;
}

/* The id of middlebox compatibility belongs to no session (RFC 8446 4.1.2): a server that
 * repeats it resumes what there never was. */
static void test_id_of_nothing(void **state)
{
    static const row r = {"the id of no session", TLS12(.without_points = true),
                          FAILS(SESSION_ID_UNKNOWN, ILLEGAL_PARAMETER)};
    flow f;

    (void)state;
    flow_init(&f, &r.config);
    f.server.config.hook = echo_id;
    f.server.config.hook_ctx = &f;
    assert_true(run_row_on(&f, &r));
}

/* An id that is nearly the offered one is another one: a full handshake. */
static void test_id_of_another(void **state)
{
    static const row r = {"another id",
                          .config = {.tls12 = {.on = true, .gives_id = true},
                                     .refuses_psk = true,
                                     .steps = {{AT_HELLO, OP_SET, 35, "1d*31 1e"}}},
                          PASSES, ROW_RESUME | ROW_BY_ID};

    (void)state;
    run_rows(&r, 1);
}

/* RFC 7627 5.3: without the option a session without the extended master secret is not
 * taken up again, whoever offers it. */
static void test_plain_session(void **state)
{
    static const script_config config = {.tickets = 1,
                                         .tls12 = {.on = true, .without_master = true}};
    flow first, second;

    (void)state;
    flow_init(&first, &config);
    apply_row(&first, ROW_PLAIN_MASTER);
    assert_int_equal(flow_run(&first), HFI_OK);
    assert_non_null(first.client.new_session);
    flow_init(&second, &config);
    flow_resume(&second, &first);
    assert_int_equal(flow_run(&second), HFI_E_EXTENDED_MASTER_SECRET_MISSING);
    assert_false(second.client.agreed.resumed && second.server.connected);
    flow_free(&second);
    flow_free(&first);
    assert_null(flow_left_over(&first));
    assert_null(flow_left_over(&second));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),      cmocka_unit_test(test_newer),
        cmocka_unit_test(test_suites),        cmocka_unit_test(test_extensions),
        cmocka_unit_test(test_syntax),        cmocka_unit_test(test_resumed),
        cmocka_unit_test(test_id_of_nothing), cmocka_unit_test(test_id_of_another),
        cmocka_unit_test(test_plain_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
