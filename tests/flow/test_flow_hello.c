/* tests/flow/test_flow_hello.c: what a ServerHello or HelloRetryRequest must not be.
 * RFC 8446 4.1.3, 4.1.4, 4.2, 4.2.1, 4.2.2, 4.2.8, 4.2.11, D.1.
 * Offsets in the body: legacy_version 0, random 2, session id length 34, id 35, suite
 * 67, compression 69, length of the extensions 70. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

#define HELLO(...) DO({AT_HELLO, __VA_ARGS__})

/* RFC 8446 4.1.3. */
static void test_server_hello(void **state)
{
    static const row rows[] = {
        {"nothing wrong", WITH(.tickets = 0), PASSES, 0},
        {"no body", HELLO(OP_BODY, 0, ""), FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"a byte too many", HELLO(OP_APPEND, 0, "00"),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"a byte too few", HELLO(OP_CUT, 1, NULL),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"ends in the version", HELLO(OP_CUT, -1, NULL),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"ends in the random", HELLO(OP_CUT, -33, NULL),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"ends in the session id", HELLO(OP_CUT, -66, NULL),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"ends before the compression", HELLO(OP_CUT, -69, NULL),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"ends in the extensions' length", HELLO(OP_CUT, -71, NULL),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"a session id of 33 bytes", HELLO(OP_SET, 34, "21"),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"extensions claim a byte more", HELLO(OP_EXT_LENGTHS, 1, NULL),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"extensions claim a byte less", HELLO(OP_EXT_LENGTHS, -1, NULL),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"an extension longer than the block", HELLO(OP_SET, -38, "0025"),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"another session id", HELLO(OP_SET, 35, "00"),
         FAILS(SESSION_ID_MISMATCH, ILLEGAL_PARAMETER), 0},
        {"the session id's last byte", HELLO(OP_SET, 66, "00"),
         FAILS(SESSION_ID_MISMATCH, ILLEGAL_PARAMETER), 0},
        {"a session id where none was sent",
         HELLO(OP_BODY, 0, "0303 11*32 01 ff 1301 00 0006 002b00020304"),
         FAILS(SESSION_ID_MISMATCH, ILLEGAL_PARAMETER), ROW_NO_COMPAT},
        {"no session id where one was sent",
         HELLO(OP_BODY, 0, "0303 11*32 00 1301 00 0006 002b00020304"),
         FAILS(SESSION_ID_MISMATCH, ILLEGAL_PARAMETER), 0},
        {"a suite not offered", HELLO(OP_SET, 67, "1302"),
         FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER), ROW_AES_128_ONLY},
        {"a suite not known", HELLO(OP_SET, 67, "1304"),
         FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER), 0},
        {"a suite of TLS 1.2", HELLO(OP_SET, 67, "c02f"),
         FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER), 0},
        {"the null suite", HELLO(OP_SET, 67, "0000"),
         FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER), 0},
        {"the renegotiation value as suite", HELLO(OP_SET, 67, "00ff"),
         FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER), 0},
        {"a GREASE suite", HELLO(OP_SET, 67, "0a0a"),
         FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER), 0},
        {"compression 1", HELLO(OP_SET, 69, "01"),
         FAILS(COMPRESSION_SELECTED, ILLEGAL_PARAMETER), 0},
        {"compression 255", HELLO(OP_SET, 69, "ff"),
         FAILS(COMPRESSION_SELECTED, ILLEGAL_PARAMETER), 0},
        {"the downgrade mark with TLS 1.3 says nothing",
         HELLO(OP_SET, 26, "444f574e47524401"), PASSES, 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 8446 4.2.1: the extension alone counts, legacy_version is ignored beside it.
 * 4.1.3: an older version with the downgrade mark.  D.1: any other older version. */
static void test_version(void **state)
{
    static const row rows[] = {
        {"legacy_version is TLS 1.3's beside the extension", HELLO(OP_SET, 0, "0304"),
         PASSES, 0},
        {"legacy_version is TLS 1.0's beside the extension", HELLO(OP_SET, 0, "0301"),
         PASSES, 0},
        {"TLS 1.2 in the extension", HELLO(OP_EXT_SET, 43, "0303"),
         FAILS(VERSION_NOT_OFFERED, ILLEGAL_PARAMETER), 0},
        {"SSL 3 in the extension", HELLO(OP_EXT_SET, 43, "0300"),
         FAILS(VERSION_NOT_OFFERED, ILLEGAL_PARAMETER), 0},
        {"TLS 1.4 in the extension", HELLO(OP_EXT_SET, 43, "0305"),
         FAILS(VERSION_NOT_OFFERED, ILLEGAL_PARAMETER), 0},
        {"0 in the extension", HELLO(OP_EXT_SET, 43, "0000"),
         FAILS(VERSION_NOT_OFFERED, ILLEGAL_PARAMETER), 0},
        {"a draft in the extension", HELLO(OP_EXT_SET, 43, "7f1c"),
         FAILS(VERSION_NOT_OFFERED, ILLEGAL_PARAMETER), 0},
        {"an empty extension", HELLO(OP_EXT_SET, 43, ""),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"half a version", HELLO(OP_EXT_SET, 43, "03"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"a list of versions", HELLO(OP_EXT_SET, 43, "020304"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"two versions", HELLO(OP_EXT_SET, 43, "03040303"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"twice", HELLO(OP_EXT_TWICE, 43, NULL), FAILS(EXTENSION_DUPLICATE, DECODE_ERROR),
         0},
        {"TLS 1.2 answers",
         HELLO(OP_BODY, 0, "0303 11*32 20 22*32 c02f 00 0005 ff01000100"),
         FAILS(SUPPORTED_VERSIONS_MISSING, PROTOCOL_VERSION), 0},
        {"TLS 1.2 answers without extensions",
         HELLO(OP_BODY, 0, "0303 11*32 20 22*32 c02f 00"),
         FAILS(SUPPORTED_VERSIONS_MISSING, PROTOCOL_VERSION), 0},
        {"TLS 1.0 answers", HELLO(OP_BODY, 0, "0301 11*32 00 002f 00"),
         FAILS(SUPPORTED_VERSIONS_MISSING, PROTOCOL_VERSION), 0},
        {"TLS 1.2 with TLS 1.2's downgrade mark",
         HELLO(OP_BODY, 0, "0303 11*24 444f574e47524401 00 c02f 00"),
         FAILS(DOWNGRADE_DETECTED, ILLEGAL_PARAMETER), 0},
        {"TLS 1.1 with TLS 1.1's downgrade mark",
         HELLO(OP_BODY, 0, "0302 11*24 444f574e47524400 00 002f 00"),
         FAILS(DOWNGRADE_DETECTED, ILLEGAL_PARAMETER), 0},
        {"TLS 1.2 with almost a downgrade mark",
         HELLO(OP_BODY, 0, "0303 11*24 444f574e47524402 00 c02f 00"),
         FAILS(SUPPORTED_VERSIONS_MISSING, PROTOCOL_VERSION), 0},
        {"TLS 1.2 with its downgrade mark, both enabled",
         HELLO(OP_BODY, 0, "0303 11*24 444f574e47524401 00 c02f 00 0005 ff01000100"),
         FAILS(DOWNGRADE_DETECTED, ILLEGAL_PARAMETER), ROW_TLS12},
        {"TLS 1.2 with TLS 1.1's downgrade mark, both enabled",
         HELLO(OP_BODY, 0, "0303 11*24 444f574e47524400 00 c02f 00 0005 ff01000100"),
         FAILS(DOWNGRADE_DETECTED, ILLEGAL_PARAMETER), ROW_TLS12},
        {"TLS 1.1, TLS 1.2 and 1.3 enabled", HELLO(OP_BODY, 0, "0302 11*32 00 002f 00"),
         FAILS(UNSUPPORTED_VERSION, PROTOCOL_VERSION), ROW_TLS12},
        {"TLS 1.2 in the extension, both enabled", HELLO(OP_EXT_SET, 43, "0303"),
         FAILS(VERSION_NOT_OFFERED, ILLEGAL_PARAMETER), ROW_TLS12},
        {"TLS 1.2 takes the session id of compatibility for a session's",
         DO({AT_HELLO, OP_EXT_DROP, 43, NULL}, {AT_HELLO, OP_EXT_DROP, 51, NULL},
            {AT_HELLO, OP_SET, 67, "c02f"}, {AT_HELLO, OP_STOP, 0, NULL}),
         FAILS(SESSION_ID_UNKNOWN, ILLEGAL_PARAMETER), ROW_TLS12},
        {"a suite of TLS 1.2 with TLS 1.3", HELLO(OP_SET, 67, "c02f"),
         FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER), ROW_TLS12},
        {"no supported_versions", HELLO(OP_EXT_DROP, 43, NULL),
         FAILS(SUPPORTED_VERSIONS_MISSING, PROTOCOL_VERSION), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 8446 4.2.8, 7.4.2, 9.2. */
static void test_key_share(void **state)
{
    static const row rows[] = {
        {"missing", HELLO(OP_EXT_DROP, 51, NULL),
         FAILS(KEY_SHARE_MISSING, MISSING_EXTENSION), 0},
        {"empty", HELLO(OP_EXT_SET, 51, ""), FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"a group alone", HELLO(OP_EXT_SET, 51, "001d"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"an empty share", HELLO(OP_EXT_SET, 51, "001d 0000"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"a byte behind", HELLO(OP_EXT_TAIL, 51, "00"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"longer than the extension", HELLO(OP_EXT_SET, 51, "001d 0021 02*32"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"twice", HELLO(OP_EXT_TWICE, 51, NULL), FAILS(EXTENSION_DUPLICATE, DECODE_ERROR),
         0},
        {"x25519 of 31 bytes", HELLO(OP_EXT_SET, 51, "001d 001f 02*31"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), 0},
        {"x25519 of 33 bytes", HELLO(OP_EXT_SET, 51, "001d 0021 02*33"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), 0},
        {"x25519 of small order: 0", HELLO(OP_EXT_SET, 51, "001d 0020 00*32"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), 0},
        {"x25519 of small order: 1", HELLO(OP_EXT_SET, 51, "001d 0020 01 00*31"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), 0},
        {"P-256 off the curve", HELLO(OP_EXT_SET, 51, "0017 0041 04 01*64"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), ROW_P256_FIRST},
        {"P-256 compressed", HELLO(OP_EXT_SET, 51, "0017 0021 02 01*32"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), ROW_P256_FIRST},
        {"P-256 at infinity", HELLO(OP_EXT_SET, 51, "0017 0001 00"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), ROW_P256_FIRST},
        {"P-256 of zeros", HELLO(OP_EXT_SET, 51, "0017 0041 04 00*64"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), ROW_P256_FIRST},
        {"P-256 past the prime", HELLO(OP_EXT_SET, 51, "0017 0041 04 ff*64"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), ROW_P256_FIRST},
        {"P-384 off the curve", HELLO(OP_EXT_SET, 51, "0018 0061 04 01*96"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), ROW_P384_FIRST},
        {"P-384 with a P-256 point", HELLO(OP_EXT_SET, 51, "0018 0041 04 01*64"),
         FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER), ROW_P384_FIRST},
        {"a group not offered", HELLO(OP_EXT_SET, 51, "0017 0041 04 01*64"),
         FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER), ROW_X25519_ONLY},
        {"a group without a share of ours", WITH(.group = 0x0018),
         FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER), 0},
        {"a group not known", HELLO(OP_EXT_SET, 51, "001e 0038 02*56"),
         FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER), 0},
        {"group 0", HELLO(OP_EXT_SET, 51, "0000 0001 02"),
         FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 8446 4.2: known and not specified for ServerHello is illegal_parameter, asked for
 * or not; answers to nothing are unsupported_extension. */
static void test_foreign_extensions(void **state)
{
    static const row rows[] = {
        {"server_name", HELLO(OP_EXT_ADD, 0, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"supported_groups", HELLO(OP_EXT_ADD, 10, "0002001d"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"signature_algorithms", HELLO(OP_EXT_ADD, 13, "00020403"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"ALPN", HELLO(OP_EXT_ADD, 16, "0003026832"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), ROW_ALPN},
        {"ALPN, not offered", HELLO(OP_EXT_ADD, 16, "0003026832"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"early_data", HELLO(OP_EXT_ADD, 42, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"cookie", HELLO(OP_EXT_ADD, 44, "000101"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"psk_key_exchange_modes", HELLO(OP_EXT_ADD, 45, "0101"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"certificate_authorities", HELLO(OP_EXT_ADD, 47, "0003000100"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"oid_filters", HELLO(OP_EXT_ADD, 48, "0000"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"post_handshake_auth", HELLO(OP_EXT_ADD, 49, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"signature_algorithms_cert", HELLO(OP_EXT_ADD, 50, "00020403"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"renegotiation_info", HELLO(OP_EXT_ADD, 0xff01, "00"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"extended_master_secret", HELLO(OP_EXT_ADD, 23, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"session_ticket", HELLO(OP_EXT_ADD, 35, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"an unknown one", HELLO(OP_EXT_ADD, 0xfafa, "00"),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), 0},
        {"an unknown one twice",
         DO({AT_HELLO, OP_EXT_ADD, 0x1234, ""}, {AT_HELLO, OP_EXT_ADD, 0x1234, ""}),
         FAILS(EXTENSION_DUPLICATE, DECODE_ERROR), 0},
        {"pre_shared_key, not offered", HELLO(OP_EXT_ADD, 41, "0000"),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 8446 4.2.11. */
static void test_pre_shared_key(void **state)
{
    static const row rows[] = {
        {"accepted", WITH(.tickets = 0), PASSES, ROW_RESUME},
        {"refused", WITH(.refuses_psk = true), PASSES, ROW_RESUME},
        {"identity 1 of one", HELLO(OP_EXT_SET, 41, "0001"),
         FAILS(PSK_IDENTITY_UNKNOWN, ILLEGAL_PARAMETER), ROW_RESUME},
        {"identity 65535", HELLO(OP_EXT_SET, 41, "ffff"),
         FAILS(PSK_IDENTITY_UNKNOWN, ILLEGAL_PARAMETER), ROW_RESUME},
        {"empty", HELLO(OP_EXT_SET, 41, ""), FAILS(DECODE_EXTENSION, DECODE_ERROR),
         ROW_RESUME},
        {"half an identity", HELLO(OP_EXT_SET, 41, "00"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), ROW_RESUME},
        {"a byte behind", HELLO(OP_EXT_TAIL, 41, "00"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), ROW_RESUME},
        {"twice", HELLO(OP_EXT_TWICE, 41, NULL), FAILS(EXTENSION_DUPLICATE, DECODE_ERROR),
         ROW_RESUME},
        {"without key_share", HELLO(OP_EXT_DROP, 51, NULL),
         FAILS(PSK_WITHOUT_KEY_SHARE, ILLEGAL_PARAMETER), ROW_RESUME},
        {"a suite with another hash",
         WITH(.suite = 0x1302, .steps = {{AT_HELLO, OP_EXT_ADD, 41, "0000"}}),
         FAILS(PSK_SUITE_MISMATCH, ILLEGAL_PARAMETER), ROW_RESUME},
        {"another suite with the same hash", WITH(.suite = 0x1303), PASSES, ROW_RESUME},
    };

    (void)state;
    RUN_ROWS(rows);
}

#define RETRY(...) WITH(.retries = 1, .group = 0x0017, .steps = {{AT_RETRY, __VA_ARGS__}})
#define RETRIED(...) \
    WITH(.retries = 1, .group = 0x0017, .steps = {{AT_HELLO, __VA_ARGS__}})

/* RFC 8446 4.1.4, 4.2.2. */
static void test_retry(void **state)
{
    static const row rows[] = {
        {"a group", WITH(.retries = 1, .group = 0x0017), PASSES, 0},
        {"a cookie", WITH(.retries = 1, .retry_without_group = true, .cookie = "0102"),
         PASSES, 0},
        {"a group and a cookie", WITH(.retries = 1, .group = 0x0018, .cookie = "ab*4000"),
         PASSES, 0},
        {"a large cookie", WITH(.retries = 1, .group = 0x0018, .cookie = "ab*40000"),
         PASSES, 0},
        {"a change_cipher_spec before it", RETRY(OP_RAW_BEFORE, 0, "140303000101"),
         PASSES, 0},
        {"nothing to change", WITH(.retries = 1, .retry_without_group = true),
         FAILS(RETRY_CHANGES_NOTHING, ILLEGAL_PARAMETER), 0},
        {"the group that we shared", WITH(.retries = 1, .group = 0x001d),
         FAILS(RETRY_GROUP_ALREADY_SHARED, ILLEGAL_PARAMETER), 0},
        {"the group that we shared, and a cookie",
         WITH(.retries = 1, .group = 0x001d, .cookie = "01"),
         FAILS(RETRY_GROUP_ALREADY_SHARED, ILLEGAL_PARAMETER), 0},
        {"a group not offered", WITH(.retries = 1, .group = 0x0017),
         FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER), ROW_X25519_ONLY},
        {"a group not known", WITH(.retries = 1, .group = 0x001e),
         FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER), 0},
        {"two of them, one after the other", WITH(.retries = 2, .group = 0x0017),
         FAILS(RETRY_REPEATED, UNEXPECTED_MESSAGE), 0},
        {"two of them at once", RETRY(OP_TWICE, 0, NULL),
         FAILS(RETRY_REPEATED, UNEXPECTED_MESSAGE), 0},
        {"another session id", RETRY(OP_SET, 35, "00"),
         FAILS(SESSION_ID_MISMATCH, ILLEGAL_PARAMETER), 0},
        {"compression", RETRY(OP_SET, 69, "01"),
         FAILS(COMPRESSION_SELECTED, ILLEGAL_PARAMETER), 0},
        {"a suite not offered", RETRY(OP_SET, 67, "1303"),
         FAILS(UNOFFERED_SUITE, ILLEGAL_PARAMETER), ROW_AES_128_ONLY},
        {"legacy_version is ignored", RETRY(OP_SET, 0, "0302"), PASSES, 0},
        {"no supported_versions", RETRY(OP_EXT_DROP, 43, NULL),
         FAILS(SUPPORTED_VERSIONS_MISSING, PROTOCOL_VERSION), 0},
        {"TLS 1.2 in supported_versions", RETRY(OP_EXT_SET, 43, "0303"),
         FAILS(VERSION_NOT_OFFERED, ILLEGAL_PARAMETER), 0},
        {"a byte behind", RETRY(OP_APPEND, 0, "00"),
         FAILS(DECODE_SERVER_HELLO, DECODE_ERROR), 0},
        {"a byte short", RETRY(OP_CUT, 1, NULL), FAILS(DECODE_SERVER_HELLO, DECODE_ERROR),
         0},
        {"a whole share instead of a group", RETRY(OP_EXT_SET, 51, "0017 0041 04 01*64"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"half a group", RETRY(OP_EXT_SET, 51, "00"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"no group", RETRY(OP_EXT_SET, 51, ""), FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"key_share twice", RETRY(OP_EXT_TWICE, 51, NULL),
         FAILS(EXTENSION_DUPLICATE, DECODE_ERROR), 0},
        {"an empty cookie", RETRY(OP_EXT_ADD, 44, "0000"),
         FAILS(COOKIE_EMPTY, DECODE_ERROR), 0},
        {"a cookie without its length", RETRY(OP_EXT_ADD, 44, ""),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"a cookie with a byte behind", RETRY(OP_EXT_ADD, 44, "00010102"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"the cookie twice",
         WITH(.retries = 1, .group = 0x0017, .cookie = "01",
              .steps = {{AT_RETRY, OP_EXT_TWICE, 44, NULL}}),
         FAILS(EXTENSION_DUPLICATE, DECODE_ERROR), 0},
        {"an extension not asked for", RETRY(OP_EXT_ADD, 0xfafa, ""),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), 0},
        {"server_name", RETRY(OP_EXT_ADD, 0, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"ALPN", RETRY(OP_EXT_ADD, 16, "0003026832"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), ROW_ALPN},
        {"pre_shared_key", RETRY(OP_EXT_ADD, 41, "0000"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), ROW_RESUME},
        {"with a ticket", WITH(.retries = 1, .group = 0x0017), PASSES, ROW_RESUME},
        {"with a ticket, and a cookie",
         WITH(.retries = 1, .retry_without_group = true, .cookie = "0102"), PASSES,
         ROW_RESUME},
        {"with a ticket of another hash",
         WITH(.retries = 1, .group = 0x0017, .suite = 0x1302), PASSES, ROW_RESUME},
        {"with a ticket of another hash, accepted all the same",
         WITH(.retries = 1, .group = 0x0017, .suite = 0x1302,
              .steps = {{AT_HELLO, OP_EXT_ADD, 41, "0000"}}),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), ROW_RESUME},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 8446 4.1.4: what ServerHello must keep of HelloRetryRequest. */
static void test_after_retry(void **state)
{
    static const row rows[] = {
        {"another suite", RETRIED(OP_SET, 67, "1303"),
         FAILS(SUITE_CHANGED, ILLEGAL_PARAMETER), 0},
        {"another version", RETRIED(OP_EXT_SET, 43, "0303"),
         FAILS(VERSION_NOT_OFFERED, ILLEGAL_PARAMETER), 0},
        {"an older version", RETRIED(OP_EXT_DROP, 43, NULL),
         FAILS(VERSION_CHANGED, ILLEGAL_PARAMETER), 0},
        {"an older version, both enabled", RETRIED(OP_EXT_DROP, 43, NULL),
         FAILS(VERSION_CHANGED, ILLEGAL_PARAMETER), ROW_TLS12},
        {"the first group", RETRIED(OP_EXT_SET, 51, "001d 0020 09*32"),
         FAILS(GROUP_CHANGED, ILLEGAL_PARAMETER), 0},
        {"a third group", RETRIED(OP_EXT_SET, 51, "0018 0061 04 01*96"),
         FAILS(GROUP_CHANGED, ILLEGAL_PARAMETER), 0},
        {"another group though only a cookie came",
         WITH(.retries = 1, .retry_without_group = true, .cookie = "01",
              .steps = {{AT_HELLO, OP_EXT_SET, 51, "0017 0041 04 01*64"}}),
         FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER), 0},
        {"no share", RETRIED(OP_EXT_DROP, 51, NULL),
         FAILS(KEY_SHARE_MISSING, MISSING_EXTENSION), 0},
        {"a cookie", RETRIED(OP_EXT_ADD, 44, "000101"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"another session id", RETRIED(OP_SET, 35, "00"),
         FAILS(SESSION_ID_MISMATCH, ILLEGAL_PARAMETER), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server_hello),   cmocka_unit_test(test_version),
        cmocka_unit_test(test_key_share),      cmocka_unit_test(test_foreign_extensions),
        cmocka_unit_test(test_pre_shared_key), cmocka_unit_test(test_retry),
        cmocka_unit_test(test_after_retry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
