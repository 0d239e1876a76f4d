/* tests/flow/test_flow_server_flight.c: what the protected part of the server's flight
 * must not be.  RFC 8446 4.3.1, 4.3.2, 4.4.2, 4.4.3, 4.4.4; RFC 7301 3.1; RFC 6066 3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pki/verify.h"
#include "rows.h"

#define EXTENSIONS(...) DO({AT_EXTENSIONS, __VA_ARGS__})

/* RFC 8446 4.3.1, 4.2. */
static void test_encrypted_extensions(void **state)
{
    static const row rows[] = {
        {"all that may be there",
         WITH(.alpn = "h2", .answers_name = true, .tells_groups = true), PASSES,
         ROW_ALPN},
        {"no body", EXTENSIONS(OP_BODY, 0, ""),
         FAILS(DECODE_ENCRYPTED_EXTENSIONS, DECODE_ERROR), 0},
        {"half a length", EXTENSIONS(OP_BODY, 0, "00"),
         FAILS(DECODE_ENCRYPTED_EXTENSIONS, DECODE_ERROR), 0},
        {"a byte behind", EXTENSIONS(OP_APPEND, 0, "00"),
         FAILS(DECODE_ENCRYPTED_EXTENSIONS, DECODE_ERROR), 0},
        {"the block claims more", EXTENSIONS(OP_EXT_LENGTHS, 1, NULL),
         FAILS(DECODE_ENCRYPTED_EXTENSIONS, DECODE_ERROR), 0},
        {"a type without a length", EXTENSIONS(OP_BODY, 0, "0002 0000"),
         FAILS(DECODE_ENCRYPTED_EXTENSIONS, DECODE_ERROR), 0},
        {"an extension longer than the block", EXTENSIONS(OP_BODY, 0, "0004 00000001"),
         FAILS(DECODE_ENCRYPTED_EXTENSIONS, DECODE_ERROR), 0},
        {"three bytes of an extension", EXTENSIONS(OP_BODY, 0, "0003 000000"),
         FAILS(DECODE_ENCRYPTED_EXTENSIONS, DECODE_ERROR), 0},
        {"supported_groups twice",
         WITH(.tells_groups = true, .steps = {{AT_EXTENSIONS, OP_EXT_TWICE, 10, NULL}}),
         FAILS(EXTENSION_DUPLICATE, DECODE_ERROR), 0},
        {"supported_groups empty", EXTENSIONS(OP_EXT_ADD, 10, "0000"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"supported_groups with half a group", EXTENSIONS(OP_EXT_ADD, 10, "000300170018"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"supported_groups with an odd length", EXTENSIONS(OP_EXT_ADD, 10, "0003001718"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"supported_groups with a byte behind", EXTENSIONS(OP_EXT_ADD, 10, "0002001700"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"key_share", EXTENSIONS(OP_EXT_ADD, 51, "001d 0020 09*32"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"supported_versions", EXTENSIONS(OP_EXT_ADD, 43, "0304"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"signature_algorithms", EXTENSIONS(OP_EXT_ADD, 13, "00020403"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"signature_algorithms_cert", EXTENSIONS(OP_EXT_ADD, 50, "00020403"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"pre_shared_key", EXTENSIONS(OP_EXT_ADD, 41, "0000"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), ROW_RESUME},
        {"psk_key_exchange_modes", EXTENSIONS(OP_EXT_ADD, 45, "0101"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"cookie", EXTENSIONS(OP_EXT_ADD, 44, "000101"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"certificate_authorities", EXTENSIONS(OP_EXT_ADD, 47, "0003000100"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"oid_filters", EXTENSIONS(OP_EXT_ADD, 48, "0000"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"post_handshake_auth", EXTENSIONS(OP_EXT_ADD, 49, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"early_data that was not offered", EXTENSIONS(OP_EXT_ADD, 42, ""),
         FAILS(EARLY_DATA_UNASKED, UNSUPPORTED_EXTENSION), 0},
        {"an unknown one", EXTENSIONS(OP_EXT_ADD, 0xfafa, ""),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), 0},
        {"max_fragment_length", EXTENSIONS(OP_EXT_ADD, 1, "01"),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), 0},
        {"renegotiation_info", EXTENSIONS(OP_EXT_ADD, 0xff01, "00"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"status_request", EXTENSIONS(OP_EXT_ADD, 5, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

/* RFC 7301 3.1: exactly one name, one of ours.  RFC 6066 3: an empty answer. */
static void test_alpn_and_name(void **state)
{
    static const row rows[] = {
        {"the second protocol", WITH(.alpn = "http/1.1"), PASSES, ROW_ALPN},
        {"no answer", WITH(.alpn = NULL), PASSES, ROW_ALPN},
        {"ALPN that was not offered", WITH(.alpn = "h2"),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), 0},
        {"a protocol that was not offered", WITH(.alpn = "h3"),
         FAILS(ALPN_NOT_OFFERED, ILLEGAL_PARAMETER), ROW_ALPN},
        {"the beginning of one", WITH(.alpn = "h"),
         FAILS(ALPN_NOT_OFFERED, ILLEGAL_PARAMETER), ROW_ALPN},
        {"another case", WITH(.alpn = "H2"), FAILS(ALPN_NOT_OFFERED, ILLEGAL_PARAMETER),
         ROW_ALPN},
        {"no list", EXTENSIONS(OP_EXT_ADD, 16, ""), FAILS(ALPN_EMPTY, DECODE_ERROR),
         ROW_ALPN},
        {"an empty list", EXTENSIONS(OP_EXT_ADD, 16, "0000"),
         FAILS(ALPN_EMPTY, DECODE_ERROR), ROW_ALPN},
        {"an empty name", EXTENSIONS(OP_EXT_ADD, 16, "000100"),
         FAILS(ALPN_EMPTY, DECODE_ERROR), ROW_ALPN},
        {"two names", EXTENSIONS(OP_EXT_ADD, 16, "0006 026832 026832"),
         FAILS(ALPN_EMPTY, DECODE_ERROR), ROW_ALPN},
        {"a byte behind the list", EXTENSIONS(OP_EXT_ADD, 16, "0003 026832 00"),
         FAILS(ALPN_EMPTY, DECODE_ERROR), ROW_ALPN},
        {"a byte behind the name", EXTENSIONS(OP_EXT_ADD, 16, "0004 026832 00"),
         FAILS(ALPN_EMPTY, DECODE_ERROR), ROW_ALPN},
        {"a name longer than the list", EXTENSIONS(OP_EXT_ADD, 16, "0003 036832"),
         FAILS(ALPN_EMPTY, DECODE_ERROR), ROW_ALPN},
        {"twice", WITH(.alpn = "h2", .steps = {{AT_EXTENSIONS, OP_EXT_TWICE, 16, NULL}}),
         FAILS(EXTENSION_DUPLICATE, DECODE_ERROR), ROW_ALPN},
        {"server_name with a name in it", EXTENSIONS(OP_EXT_ADD, 0, "000e 00 000b 61*11"),
         FAILS(SERVER_NAME_NOT_EMPTY, DECODE_ERROR), 0},
        {"server_name with a byte", EXTENSIONS(OP_EXT_ADD, 0, "00"),
         FAILS(SERVER_NAME_NOT_EMPTY, DECODE_ERROR), 0},
        {"server_name where none was sent", WITH(.answers_name = true),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), ROW_NO_NAME},
        {"server_name twice",
         WITH(.answers_name = true, .steps = {{AT_EXTENSIONS, OP_EXT_TWICE, 0, NULL}}),
         FAILS(EXTENSION_DUPLICATE, DECODE_ERROR), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

#define REQUEST(...) \
    WITH(.requests_certificate = true, .steps = {{AT_REQUEST, __VA_ARGS__}})

/* RFC 8446 4.3.2. */
static void test_certificate_request(void **state)
{
    static const row rows[] = {
        {"answered with no certificate", WITH(.requests_certificate = true), PASSES, 0},
        {"an unknown extension is ignored", REQUEST(OP_EXT_ADD, 0xfafa, "00"), PASSES, 0},
        {"all that may be there",
         WITH(.requests_certificate = true,
              .steps = {{AT_REQUEST, OP_EXT_ADD, 50, "00020403"},
                        {AT_REQUEST, OP_EXT_ADD, 47, "0003 0001 30"},
                        {AT_REQUEST, OP_EXT_ADD, 48, "0000"}}),
         PASSES, 0},
        {"no body", REQUEST(OP_BODY, 0, ""),
         FAILS(DECODE_CERTIFICATE_REQUEST, DECODE_ERROR), 0},
        {"a byte behind", REQUEST(OP_APPEND, 0, "00"),
         FAILS(DECODE_CERTIFICATE_REQUEST, DECODE_ERROR), 0},
        {"a byte short", REQUEST(OP_CUT, 1, NULL),
         FAILS(DECODE_CERTIFICATE_REQUEST, DECODE_ERROR), 0},
        {"no extensions vector", REQUEST(OP_BODY, 0, "00"),
         FAILS(DECODE_CERTIFICATE_REQUEST, DECODE_ERROR), 0},
        {"an empty extensions vector", REQUEST(OP_BODY, 0, "00 0000"),
         FAILS(DECODE_CERTIFICATE_REQUEST, DECODE_ERROR), 0},
        {"a context", REQUEST(OP_BODY, 0, "01 77 000a 000d0006000404030804"),
         FAILS(CERTIFICATE_REQUEST_CONTEXT, ILLEGAL_PARAMETER), 0},
        {"no signature_algorithms", REQUEST(OP_BODY, 0, "00 0004 fafa0000"),
         FAILS(SIGNATURE_ALGORITHMS_MISSING, MISSING_EXTENSION), 0},
        {"an empty signature_algorithms", REQUEST(OP_EXT_SET, 13, "0000"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"an odd signature_algorithms", REQUEST(OP_EXT_SET, 13, "0003040308"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"signature_algorithms with a byte behind", REQUEST(OP_EXT_TAIL, 13, "00"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"signature_algorithms twice", REQUEST(OP_EXT_TWICE, 13, NULL),
         FAILS(EXTENSION_DUPLICATE, DECODE_ERROR), 0},
        {"signature_algorithms_cert with an odd length",
         REQUEST(OP_EXT_ADD, 50, "0003040308"), FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"certificate_authorities, empty", REQUEST(OP_EXT_ADD, 47, "0000"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"certificate_authorities with an empty name",
         REQUEST(OP_EXT_ADD, 47, "00020000"), FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"certificate_authorities with a byte behind",
         REQUEST(OP_EXT_ADD, 47, "0003 0001 30 00"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"oid_filters with a byte behind", REQUEST(OP_EXT_ADD, 48, "000000"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"oid_filters with an empty oid", REQUEST(OP_EXT_ADD, 48, "0003 00 0000"),
         FAILS(DECODE_EXTENSION, DECODE_ERROR), 0},
        {"key_share", REQUEST(OP_EXT_ADD, 51, "001d"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"supported_versions", REQUEST(OP_EXT_ADD, 43, "0304"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"server_name", REQUEST(OP_EXT_ADD, 0, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"ALPN", REQUEST(OP_EXT_ADD, 16, "0003026832"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), ROW_ALPN},
        {"pre_shared_key", REQUEST(OP_EXT_ADD, 41, "0000"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"early_data", REQUEST(OP_EXT_ADD, 42, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"cookie", REQUEST(OP_EXT_ADD, 44, "000101"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"post_handshake_auth", REQUEST(OP_EXT_ADD, 49, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"twice", REQUEST(OP_TWICE, 0, NULL),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
        {"behind the certificate", REQUEST(OP_AFTER_NEXT, 0, NULL),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
        {"when resuming",
         DO({AT_FINISHED, OP_SEND_BEFORE, 0, "0d 00 000a 000d 0006 0004 0403 0804"}),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), ROW_RESUME},
    };

    (void)state;
    RUN_ROWS(rows);
}

#define CERTIFICATE(...) DO({AT_CERTIFICATE, __VA_ARGS__})

/* RFC 8446 4.4.2.  The body: context, length of the list, length of the first
 * certificate, the certificate, its extensions. */
static void test_certificate(void **state)
{
    static const row rows[] = {
        {"with its CA behind", WITH(.sends_ca = true), PASSES, 0},
        {"the leaf twice", WITH(.leaf_copies = 1), PASSES, 0},
        {"no body", CERTIFICATE(OP_BODY, 0, ""), FAILS(DECODE_CERTIFICATE, DECODE_ERROR),
         0},
        {"a byte behind", CERTIFICATE(OP_APPEND, 0, "00"),
         FAILS(DECODE_CERTIFICATE, DECODE_ERROR), 0},
        {"a byte short", CERTIFICATE(OP_CUT, 1, NULL),
         FAILS(DECODE_CERTIFICATE, DECODE_ERROR), 0},
        {"no certificates", CERTIFICATE(OP_BODY, 0, "00 000000"),
         FAILS(CERTIFICATE_EMPTY, DECODE_ERROR), 0},
        {"an empty certificate", CERTIFICATE(OP_BODY, 0, "00 000005 000000 0000"),
         FAILS(DECODE_CERTIFICATE, DECODE_ERROR), 0},
        {"a context", CERTIFICATE(OP_BODY, 0, "01 77 000006 000001 30 0000"),
         FAILS(CERTIFICATE_REQUEST_CONTEXT, ILLEGAL_PARAMETER), 0},
        {"a context without anything else", CERTIFICATE(OP_BODY, 0, "01 77"),
         FAILS(DECODE_CERTIFICATE, DECODE_ERROR), 0},
        {"no extensions in the entry", CERTIFICATE(OP_BODY, 0, "00 000004 000001 30"),
         FAILS(DECODE_CERTIFICATE, DECODE_ERROR), 0},
        {"the list claims more", CERTIFICATE(OP_SET, 1, "00ffff"),
         FAILS(DECODE_CERTIFICATE, DECODE_ERROR), 0},
        {"the certificate claims more", CERTIFICATE(OP_SET, 4, "00ffff"),
         FAILS(DECODE_CERTIFICATE, DECODE_ERROR), 0},
        {"the extensions claim more", CERTIFICATE(OP_EXT_LENGTHS, 1, NULL),
         FAILS(DECODE_CERTIFICATE, DECODE_ERROR), 0},
        {"one byte as certificate", CERTIFICATE(OP_BODY, 0, "00 000006 000001 30 0000"),
         FAILS(CERT_MALFORMED, BAD_CERTIFICATE), 0},
        {"zeros as certificate", CERTIFICATE(OP_BODY, 0, "00 000105 000100 00*256 0000"),
         FAILS(CERT_MALFORMED, BAD_CERTIFICATE), 0},
        {"a status that is no OCSP response", CERTIFICATE(OP_EXT_ADD, 5, "0100000100"),
         FAILS(STAPLE_MALFORMED, BAD_CERTIFICATE_STATUS_RESPONSE), 0},
        {"certificate timestamps that were not asked for",
         CERTIFICATE(OP_EXT_ADD, 18, "0003000100"),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), 0},
        {"an unknown extension", CERTIFICATE(OP_EXT_ADD, 0xfafa, ""),
         FAILS(UNSOLICITED_EXTENSION, UNSUPPORTED_EXTENSION), 0},
        {"an unknown extension twice",
         DO({AT_CERTIFICATE, OP_EXT_ADD, 0xfafa, ""},
            {AT_CERTIFICATE, OP_EXT_TWICE, 0xfafa, NULL}),
         FAILS(EXTENSION_DUPLICATE, DECODE_ERROR), 0},
        {"key_share", CERTIFICATE(OP_EXT_ADD, 51, "001d"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"server_name", CERTIFICATE(OP_EXT_ADD, 0, ""),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"supported_groups", CERTIFICATE(OP_EXT_ADD, 10, "00020017"),
         FAILS(EXTENSION_FORBIDDEN, ILLEGAL_PARAMETER), 0},
        {"an extension in the second entry",
         WITH(.leaf_copies = 1, .steps = {{AT_CERTIFICATE, OP_SET, -2, "0001"},
                                          {AT_CERTIFICATE, OP_APPEND, 0, "00"}}),
         FAILS(DECODE_CERTIFICATE, DECODE_ERROR), 0},
        {"as many certificates as are allowed",
         WITH(.leaf_copies = HFI_VERIFY_POOL_MAX - 1), PASSES, 0},
        {"a certificate too many", WITH(.leaf_copies = HFI_VERIFY_POOL_MAX),
         FAILS(TOO_MANY_CERTIFICATES, BAD_CERTIFICATE), 0},
        {"expired", WITH(.key = SCRIPT_EXPIRED), FAILS(CERT_EXPIRED, CERTIFICATE_EXPIRED),
         0},
        {"not yet valid", WITH(.key = SCRIPT_FUTURE),
         FAILS(CERT_NOT_YET_VALID, CERTIFICATE_EXPIRED), 0},
        {"another name", WITH(.key = SCRIPT_OTHER_NAME),
         FAILS(CERT_NAME_MISMATCH, BAD_CERTIFICATE), 0},
        {"may not sign", WITH(.key = SCRIPT_NO_SIGNING),
         FAILS(CERT_KEY_USAGE, UNSUPPORTED_CERTIFICATE), 0},
        {"by an unknown CA", WITH(.key = SCRIPT_UNKNOWN_CA),
         FAILS(CERT_UNKNOWN_ISSUER, UNKNOWN_CA), 0},
        {"left out", CERTIFICATE(OP_DROP, 0, NULL),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
        {"twice", CERTIFICATE(OP_TWICE, 0, NULL),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
        {"behind CertificateVerify", CERTIFICATE(OP_AFTER_NEXT, 0, NULL),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

#define VERIFY(...) DO({AT_VERIFY, __VA_ARGS__})

/* RFC 8446 4.4.3.  The body: scheme, length, signature. */
static void test_certificate_verify(void **state)
{
    static const row rows[] = {
        {"no body", VERIFY(OP_BODY, 0, ""),
         FAILS(DECODE_CERTIFICATE_VERIFY, DECODE_ERROR), 0},
        {"a byte behind", VERIFY(OP_APPEND, 0, "00"),
         FAILS(DECODE_CERTIFICATE_VERIFY, DECODE_ERROR), 0},
        {"a byte short", VERIFY(OP_CUT, 1, NULL),
         FAILS(DECODE_CERTIFICATE_VERIFY, DECODE_ERROR), 0},
        {"a scheme alone", VERIFY(OP_BODY, 0, "0807"),
         FAILS(DECODE_CERTIFICATE_VERIFY, DECODE_ERROR), 0},
        {"an empty signature", VERIFY(OP_BODY, 0, "0807 0000"),
         FAILS(BAD_CERTIFICATE_VERIFY, DECRYPT_ERROR), 0},
        {"a short signature", VERIFY(OP_BODY, 0, "0807 003f 11*63"),
         FAILS(BAD_CERTIFICATE_VERIFY, DECRYPT_ERROR), 0},
        {"another signature", VERIFY(OP_BODY, 0, "0807 0040 11*64"),
         FAILS(BAD_CERTIFICATE_VERIFY, DECRYPT_ERROR), 0},
        {"its first byte changed", VERIFY(OP_SET, 4, "00"),
         FAILS(BAD_CERTIFICATE_VERIFY, DECRYPT_ERROR), 0},
        {"its last byte changed", VERIFY(OP_SET, -1, "ff"),
         FAILS(BAD_CERTIFICATE_VERIFY, DECRYPT_ERROR), 0},
        {"over another transcript",
         DO({AT_EXTENSIONS, OP_EXT_ADD, 10, "00020017"},
            {AT_EXTENSIONS, OP_HASH_OLD, 0, NULL}),
         FAILS(BAD_CERTIFICATE_VERIFY, DECRYPT_ERROR), 0},
        {"a scheme not offered", WITH(.key = SCRIPT_ED25519),
         FAILS(UNOFFERED_SIGNATURE_ALGORITHM, ILLEGAL_PARAMETER), ROW_ECDSA_ONLY},
        {"a scheme not known: SM2", VERIFY(OP_SET, 0, "0708"),
         FAILS(UNOFFERED_SIGNATURE_ALGORITHM, ILLEGAL_PARAMETER), 0},
        {"a scheme not known: 0", VERIFY(OP_SET, 0, "0000"),
         FAILS(UNOFFERED_SIGNATURE_ALGORITHM, ILLEGAL_PARAMETER), 0},
        {"SHA-1", VERIFY(OP_SET, 0, "0203"),
         FAILS(UNOFFERED_SIGNATURE_ALGORITHM, ILLEGAL_PARAMETER), 0},
        {"PKCS #1 with SHA-256", WITH(.key = SCRIPT_RSA, .scheme = 0x0401),
         FAILS(UNOFFERED_SIGNATURE_ALGORITHM, ILLEGAL_PARAMETER), 0},
        {"PKCS #1 with SHA-1", WITH(.key = SCRIPT_RSA, .scheme = 0x0201),
         FAILS(UNOFFERED_SIGNATURE_ALGORITHM, ILLEGAL_PARAMETER), 0},
        {"ECDSA for an Ed25519 key", VERIFY(OP_SET, 0, "0403"),
         FAILS(SIGNATURE_KEY_MISMATCH, ILLEGAL_PARAMETER), 0},
        {"RSA for an Ed25519 key", VERIFY(OP_SET, 0, "0804"),
         FAILS(SIGNATURE_KEY_MISMATCH, ILLEGAL_PARAMETER), 0},
        {"P-384's scheme for a P-256 key", WITH(.key = SCRIPT_P256, .scheme = 0x0503),
         FAILS(SIGNATURE_KEY_MISMATCH, ILLEGAL_PARAMETER), 0},
        {"P-256's scheme for a P-384 key", WITH(.key = SCRIPT_P384, .scheme = 0x0403),
         FAILS(SIGNATURE_KEY_MISMATCH, ILLEGAL_PARAMETER), 0},
        {"rsa_pss_pss for an rsaEncryption key",
         WITH(.key = SCRIPT_RSA, .scheme = 0x0809),
         FAILS(SIGNATURE_KEY_MISMATCH, ILLEGAL_PARAMETER), 0},
        {"rsa_pss_rsae for an RSASSA-PSS key",
         WITH(.key = SCRIPT_RSA_PSS, .scheme = 0x0804),
         FAILS(SIGNATURE_KEY_MISMATCH, ILLEGAL_PARAMETER), 0},
        {"another hash than it says",
         WITH(.key = SCRIPT_RSA, .steps = {{AT_VERIFY, OP_SET, 0, "0805"}}),
         FAILS(BAD_CERTIFICATE_VERIFY, DECRYPT_ERROR), 0},
        {"left out", VERIFY(OP_DROP, 0, NULL),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
        {"twice", VERIFY(OP_TWICE, 0, NULL),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
        {"behind Finished", VERIFY(OP_AFTER_NEXT, 0, NULL),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

#define FINISHED(...) DO({AT_FINISHED, __VA_ARGS__})

/* RFC 8446 4.4.4. */
static void test_finished(void **state)
{
    static const row rows[] = {
        {"no body", FINISHED(OP_BODY, 0, ""), FAILS(DECODE_FINISHED, DECRYPT_ERROR), 0},
        {"a byte behind", FINISHED(OP_APPEND, 0, "00"),
         FAILS(DECODE_FINISHED, DECRYPT_ERROR), 0},
        {"a byte short", FINISHED(OP_CUT, 1, NULL), FAILS(DECODE_FINISHED, DECRYPT_ERROR),
         0},
        {"of TLS 1.2's size", FINISHED(OP_CUT, -12, NULL),
         FAILS(DECODE_FINISHED, DECRYPT_ERROR), 0},
        {"of SHA-384's size", FINISHED(OP_APPEND, 0, "00*16"),
         FAILS(DECODE_FINISHED, DECRYPT_ERROR), 0},
        {"zeros", FINISHED(OP_BODY, 0, "00*32"), FAILS(BAD_FINISHED, DECRYPT_ERROR), 0},
        {"its first byte changed", FINISHED(OP_SET, 0, "00"),
         FAILS(BAD_FINISHED, DECRYPT_ERROR), 0},
        {"its last byte changed", FINISHED(OP_SET, -1, "00"),
         FAILS(BAD_FINISHED, DECRYPT_ERROR), 0},
        {"another transcript when resuming",
         DO({AT_EXTENSIONS, OP_EXT_ADD, 10, "00020017"},
            {AT_EXTENSIONS, OP_HASH_OLD, 0, NULL}),
         FAILS(BAD_FINISHED, DECRYPT_ERROR), ROW_RESUME},
        {"zeros when resuming", FINISHED(OP_BODY, 0, "00*32"),
         FAILS(BAD_FINISHED, DECRYPT_ERROR), ROW_RESUME},
        {"a certificate when resuming",
         DO({AT_FINISHED, OP_SEND_BEFORE, 0, "0b 00 000006 000001 30 0000"}),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), ROW_RESUME},
        {"after the certificate, without a proof",
         DO({AT_VERIFY, OP_AFTER_NEXT, 0, NULL}),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
        {"without authentication at all",
         DO({AT_CERTIFICATE, OP_DROP, 0, NULL}, {AT_VERIFY, OP_DROP, 0, NULL}),
         FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE), 0},
    };

    (void)state;
    RUN_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encrypted_extensions), cmocka_unit_test(test_alpn_and_name),
        cmocka_unit_test(test_certificate_request),  cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_certificate_verify),   cmocka_unit_test(test_finished),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
