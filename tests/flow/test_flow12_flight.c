/* tests/flow/test_flow12_flight.c: the rest of a TLS 1.2 server's messages, wrong one by
 * one: Certificate, ServerKeyExchange, CertificateRequest, ServerHelloDone,
 * NewSessionTicket, change_cipher_spec, Finished.
 * RFC 5246 7.1, 7.4; RFC 5077 3.3; RFC 7919; RFC 8422 5.4; RFC 7748 6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

#define TLS12(...) .config = {.tls12 = {.on = true, __VA_ARGS__}}
#define PARAMS(hex) TLS12(.params = hex)
#define OUT_OF_ORDER FAILS(UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE)

static const row certificates[] = {
    {"missing", DO12({AT_CERTIFICATE, OP_DROP, 0, NULL}), OUT_OF_ORDER, 0, "WAIT_CERT"},
    {"twice", DO12({AT_CERTIFICATE, OP_TWICE, 0, NULL}), OUT_OF_ORDER, 0, "WAIT_SKE"},
    {"behind ServerKeyExchange", DO12({AT_CERTIFICATE, OP_AFTER_NEXT, 0, NULL}),
     OUT_OF_ORDER, 0, "WAIT_CERT"},
    {"none in it", DO12({AT_CERTIFICATE, OP_BODY, 0, "000000"}),
     FAILS(CERTIFICATE_EMPTY, DECODE_ERROR), 0, "WAIT_CERT"},
    {"an empty one in it", DO12({AT_CERTIFICATE, OP_BODY, 0, "000003 000000"}),
     FAILS(DECODE_CERTIFICATE, DECODE_ERROR)},
    {"in the form of TLS 1.3",
     DO12({AT_CERTIFICATE, OP_BODY, 0, "00 000006 000001 30 0000"}),
     FAILS(DECODE_CERTIFICATE, DECODE_ERROR)},
    {"no DER", DO12({AT_CERTIFICATE, OP_BODY, 0, "000005 000002 3000"}),
     FAILS(CERT_MALFORMED, BAD_CERTIFICATE)},
    {"empty", DO12({AT_CERTIFICATE, OP_BODY, 0, ""}),
     FAILS(DECODE_CERTIFICATE, DECODE_ERROR)},
    {"one byte more", DO12({AT_CERTIFICATE, OP_APPEND, 0, "00"}),
     FAILS(DECODE_CERTIFICATE, DECODE_ERROR)},
    {"one byte less", DO12({AT_CERTIFICATE, OP_CUT, 1, NULL}),
     FAILS(DECODE_CERTIFICATE, DECODE_ERROR)},
    {"an entry too long", DO12({AT_CERTIFICATE, OP_BODY, 0, "000005 000003 3000"}),
     FAILS(DECODE_CERTIFICATE, DECODE_ERROR)},
    {"longer than a message may be",
     DO12({AT_CERTIFICATE, OP_RECORD_BEFORE, 1, "16 0b 020001"}),
     FAILS(HANDSHAKE_TOO_LONG, ILLEGAL_PARAMETER), 0, "WAIT_CERT"},
    {"more than there may be", WITH12(.leaf_copies = 110),
     FAILS(TOO_MANY_CERTIFICATES, BAD_CERTIFICATE), 0, "WAIT_CERT"},
    {"expired", WITH12(.key = SCRIPT_EXPIRED), FAILS(CERT_EXPIRED, CERTIFICATE_EXPIRED),
     0, "VERIFY_CERT"},
    {"of the future", WITH12(.key = SCRIPT_FUTURE),
     FAILS(CERT_NOT_YET_VALID, CERTIFICATE_EXPIRED)},
    {"of another name", WITH12(.key = SCRIPT_OTHER_NAME),
     FAILS(CERT_NAME_MISMATCH, BAD_CERTIFICATE)},
    {"not for signing", WITH12(.key = SCRIPT_NO_SIGNING),
     FAILS(CERT_KEY_USAGE, UNSUPPORTED_CERTIFICATE)},
    {"of an unknown CA", WITH12(.key = SCRIPT_UNKNOWN_CA),
     FAILS(CERT_UNKNOWN_ISSUER, UNKNOWN_CA)},
};

static void test_certificates(void **state)
{
    (void)state;
    RUN_ROWS(certificates);
}

static const row exchanges[] = {
    {"missing", DO12({AT_KEY_EXCHANGE, OP_DROP, 0, NULL}), OUT_OF_ORDER, 0, "WAIT_SKE"},
    {"twice", DO12({AT_KEY_EXCHANGE, OP_TWICE, 0, NULL}), OUT_OF_ORDER, 0, "WAIT_CR_SHD"},
    {"behind ServerHelloDone", DO12({AT_KEY_EXCHANGE, OP_AFTER_NEXT, 0, NULL}),
     OUT_OF_ORDER, 0, "WAIT_SKE"},
    {"empty", DO12({AT_KEY_EXCHANGE, OP_BODY, 0, ""}),
     FAILS(DECODE_SERVER_KEY_EXCHANGE, DECODE_ERROR), 0, "WAIT_SKE"},
    {"one byte more", DO12({AT_KEY_EXCHANGE, OP_APPEND, 0, "00"}),
     FAILS(DECODE_SERVER_KEY_EXCHANGE, DECODE_ERROR)},
    {"one byte less", DO12({AT_KEY_EXCHANGE, OP_CUT, 1, NULL}),
     FAILS(DECODE_SERVER_KEY_EXCHANGE, DECODE_ERROR)},
    {"parameters alone", DO12({AT_KEY_EXCHANGE, OP_CUT, -36, NULL}),
     FAILS(DECODE_SERVER_KEY_EXCHANGE, DECODE_ERROR)},
    {"unsigned, as if anonymous", DO12({AT_KEY_EXCHANGE, OP_CUT, -38, NULL}),
     FAILS(DECODE_SERVER_KEY_EXCHANGE, DECODE_ERROR)},

    /* RFC 8422 5.4: named_curve alone is left. */
    {"explicit_prime in name alone", PARAMS("01 001d 20 09*32"),
     FAILS(CURVE_TYPE_UNSUPPORTED, ILLEGAL_PARAMETER)},
    {"a whole explicit_prime",
     PARAMS("01 20 ff*32 20 ff*32 20 5a*32 41 04 6b*32 4f*32 20 ff*32 01 01"
            "41 04 6b*32 4f*32"),
     FAILS(CURVE_TYPE_UNSUPPORTED, ILLEGAL_PARAMETER)},
    {"a whole explicit_char2",
     PARAMS(
         "02 00a3 01 02 00c9 15 01*21 15 02*21 2b 04 01*42 15 04*21 01 02 2b 04 01*42"),
     FAILS(CURVE_TYPE_UNSUPPORTED, ILLEGAL_PARAMETER)},
    {"curve type 0", PARAMS("00 001d 20 09*32"),
     FAILS(CURVE_TYPE_UNSUPPORTED, ILLEGAL_PARAMETER)},
    {"curve type 255", PARAMS("ff 001d 20 09*32"),
     FAILS(CURVE_TYPE_UNSUPPORTED, ILLEGAL_PARAMETER)},

    {"P-256 not offered", WITH12(.group = 0x0017),
     FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER), ROW_X25519_ONLY},
    {"a group of small order", PARAMS("03 0001 20 09*32"),
     FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER)},
    {"secp256k1", PARAMS("03 0016 41 04 01*64"),
     FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER)},
    {"brainpoolP256r1", PARAMS("03 001a 41 04 01*64"),
     FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER)},
    {"ffdhe2048 (RFC 7919)", PARAMS("03 0100 20 09*32"),
     FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER)},
    {"GREASE", PARAMS("03 0a0a 01 00"), FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER)},
    {"arbitrary_explicit_prime_curves", PARAMS("03 ff01 20 09*32"),
     FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER)},
    {"group 0", PARAMS("03 0000 20 09*32"), FAILS(UNOFFERED_GROUP, ILLEGAL_PARAMETER)},

    /* RFC 7748 6.1, RFC 8422 5.11 */
    {"X25519: zero", PARAMS("03 001d 20 00*32"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"X25519: one", PARAMS("03 001d 20 01 00*31"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"X25519: of order 8",
     PARAMS(
         "03 001d 20 e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"X25519: p - 1", PARAMS("03 001d 20 ec ff*30 7f"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"X25519: 31 bytes", PARAMS("03 001d 1f 09*31"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"X25519: 33 bytes", PARAMS("03 001d 21 09*33"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"X25519: 255 bytes", PARAMS("03 001d ff 09*255"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"X25519: none", PARAMS("03 001d 00"),
     FAILS(DECODE_SERVER_KEY_EXCHANGE, DECODE_ERROR)},
    {"P-256: off the curve", PARAMS("03 0017 41 04 01*64"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"P-256: zeros", PARAMS("03 0017 41 04 00*64"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"P-256: coordinates too large", PARAMS("03 0017 41 04 ff*64"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"P-256: compressed",
     PARAMS("03 0017 21 03 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0"
            "f4a13945d898c296"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"P-256: hybrid form",
     PARAMS("03 0017 41 07 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0"
            "f4a13945d898c296 4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ece"
            "cbb6406837bf51f5"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"P-256: infinity", PARAMS("03 0017 01 00"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"P-256: 64 bytes", PARAMS("03 0017 40 04 01*63"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"P-256: a share of X25519", PARAMS("03 0017 20 09*32"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"P-384: off the curve", PARAMS("03 0018 61 04 01*96"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
    {"P-384: a share of P-256", PARAMS("03 0018 41 04 01*64"),
     FAILS(KEY_SHARE_INVALID, ILLEGAL_PARAMETER)},
};

static void test_exchanges(void **state)
{
    (void)state;
    RUN_ROWS(exchanges);
}

#define BAD_SIGNATURE FAILS(BAD_SERVER_KEY_EXCHANGE, DECRYPT_ERROR)
#define UNOFFERED FAILS(UNOFFERED_SIGNATURE_ALGORITHM, ILLEGAL_PARAMETER)
#define UNFIT FAILS(SIGNATURE_KEY_MISMATCH, ILLEGAL_PARAMETER)

static const row signatures[] = {
    {"Ed25519: changed", DO12({AT_KEY_EXCHANGE, OP_SET, -1, "ff"}), BAD_SIGNATURE},
    {"Ed25519: of another key", TLS12(.signer = 1 + SCRIPT_UNKNOWN_CA), BAD_SIGNATURE},
    {"Ed25519: a byte short",
     DO12({AT_KEY_EXCHANGE, OP_CUT, 1, NULL}, {AT_KEY_EXCHANGE, OP_SET, 38, "003f"}),
     BAD_SIGNATURE},
    {"Ed25519: none",
     DO12({AT_KEY_EXCHANGE, OP_CUT, 64, NULL}, {AT_KEY_EXCHANGE, OP_SET, 38, "0000"}),
     BAD_SIGNATURE},
    {"P-256: changed",
     WITH12(.key = SCRIPT_P256, .steps = {{AT_KEY_EXCHANGE, OP_SET, -1, "ff"}}),
     BAD_SIGNATURE},
    {"P-256: of P-384's key",
     .config = {.key = SCRIPT_P256, .tls12 = {.on = true, .signer = 1 + SCRIPT_P384}},
     BAD_SIGNATURE},
    {"P-256: zeros",
     WITH12(.key = SCRIPT_P256,
            .steps = {{AT_KEY_EXCHANGE, OP_CUT, -36, NULL},
                      {AT_KEY_EXCHANGE, OP_APPEND, 0, "0403 0008 3006 020100 020100"}}),
     BAD_SIGNATURE},
    {"RSA: changed",
     WITH12(.key = SCRIPT_RSA, .steps = {{AT_KEY_EXCHANGE, OP_SET, -1, "ff"}}),
     BAD_SIGNATURE},
    {"RSA: PSS called PKCS #1",
     WITH12(.key = SCRIPT_RSA, .steps = {{AT_KEY_EXCHANGE, OP_SET, 36, "0401"}}),
     BAD_SIGNATURE},
    {"RSA: PKCS #1 called PSS",
     WITH12(.key = SCRIPT_RSA, .scheme = 0x0401,
            .steps = {{AT_KEY_EXCHANGE, OP_SET, 36, "0804"}}),
     BAD_SIGNATURE},
    {"RSA: another hash named",
     WITH12(.key = SCRIPT_RSA, .scheme = 0x0401,
            .steps = {{AT_KEY_EXCHANGE, OP_SET, 36, "0601"}}),
     BAD_SIGNATURE},
    /* The parameters after they were signed */
    {"another share", DO12({AT_KEY_EXCHANGE, OP_SET, 10, "77"}), BAD_SIGNATURE},
    {"another group",
     WITH12(.group = 0x0017, .steps = {{AT_KEY_EXCHANGE, OP_SET, 4, "04 00"}}),
     BAD_SIGNATURE},
    /* RFC 5246 7.4.1.4.1, RFC 9155: never with these */
    {"SHA-1 with ECDSA", WITH12(.key = SCRIPT_P256, .scheme = 0x0203), UNOFFERED},
    {"SHA-1 with RSA", WITH12(.key = SCRIPT_RSA, .scheme = 0x0201), UNOFFERED},
    {"MD5 with RSA", WITH12(.key = SCRIPT_RSA, .scheme = 0x0101), UNOFFERED},
    {"SHA-224 with ECDSA", WITH12(.key = SCRIPT_P256, .scheme = 0x0303), UNOFFERED},
    {"DSA", WITH12(.key = SCRIPT_P256, .scheme = 0x0402), UNOFFERED},
    {"anonymous", DO12({AT_KEY_EXCHANGE, OP_SET, 36, "0000"}), UNOFFERED},
    {"unknown", DO12({AT_KEY_EXCHANGE, OP_SET, 36, "ffff"}), UNOFFERED},
    {"not among those offered", WITH12(.key = SCRIPT_P384, .scheme = 0x0503), UNOFFERED,
     ROW_ECDSA_ONLY},
    {"PKCS #1 not among those offered", WITH12(.key = SCRIPT_RSA, .scheme = 0x0401),
     UNOFFERED, ROW_ECDSA_ONLY},
    {"ECDSA with an RSA key", WITH12(.key = SCRIPT_RSA, .scheme = 0x0403), UNFIT},
    {"Ed25519 with an RSA key", WITH12(.key = SCRIPT_RSA, .scheme = 0x0807), UNFIT},
    {"RSA with a P-256 key", WITH12(.key = SCRIPT_P256, .scheme = 0x0401), UNFIT},
    {"RSA-PSS with a P-256 key", WITH12(.key = SCRIPT_P256, .scheme = 0x0804), UNFIT},
    {"Ed25519 with a P-256 key", WITH12(.key = SCRIPT_P256, .scheme = 0x0807), UNFIT},
    {"ECDSA with an Ed25519 key", WITH12(.scheme = 0x0403), UNFIT},
    {"RSA-PSS of the other kind of key", WITH12(.key = SCRIPT_RSA, .scheme = 0x0809),
     UNFIT},
    {"RSA-PSS of the one kind of key", WITH12(.key = SCRIPT_RSA_PSS, .scheme = 0x0804),
     UNFIT},
    {"PKCS #1 with an RSA-PSS key", WITH12(.key = SCRIPT_RSA_PSS, .scheme = 0x0401),
     UNFIT},
};

static void test_signatures(void **state)
{
    (void)state;
    RUN_ROWS(signatures);
}

#define REQUEST(...)                         \
    .config = {.tls12 = {.on = true},        \
               .requests_certificate = true, \
               .steps = {{AT_REQUEST, __VA_ARGS__}}}
#define MALFORMED_REQUEST FAILS(DECODE_CERTIFICATE_REQUEST, DECODE_ERROR)

static const row requests[] = {
    {"no types", REQUEST(OP_BODY, 0, "00 0002 0403 0000"), MALFORMED_REQUEST},
    {"no algorithms", REQUEST(OP_BODY, 0, "01 40 0000 0000"), MALFORMED_REQUEST},
    {"an odd algorithm", REQUEST(OP_BODY, 0, "01 40 0003 040308 0000"),
     MALFORMED_REQUEST},
    {"as in TLS 1.1", REQUEST(OP_BODY, 0, "01 40 0000"), MALFORMED_REQUEST},
    {"as in TLS 1.3", REQUEST(OP_BODY, 0, "00 0008 000d000400020403"), MALFORMED_REQUEST},
    {"an empty name", REQUEST(OP_BODY, 0, "01 40 0002 0403 0002 0000"),
     MALFORMED_REQUEST},
    {"a name too long", REQUEST(OP_BODY, 0, "01 40 0002 0403 0004 0003 3000"),
     MALFORMED_REQUEST},
    {"one byte more", REQUEST(OP_APPEND, 0, "00"), MALFORMED_REQUEST},
    {"one byte less", REQUEST(OP_CUT, 1, NULL), MALFORMED_REQUEST},
    {"empty", REQUEST(OP_BODY, 0, ""), MALFORMED_REQUEST},
    {"twice", REQUEST(OP_TWICE, 0, NULL), OUT_OF_ORDER, 0, "WAIT_SHD"},
    {"behind ServerHelloDone",
     DO12({AT_DONE, OP_RECORD, 1, "16 0d000008 01 40 0002 0403 0000"}), OUT_OF_ORDER, 0,
     "WAIT_CCS"},
    {"before ServerKeyExchange",
     WITH12(.requests_certificate = true,
            .steps = {{AT_KEY_EXCHANGE, OP_AFTER_NEXT, 0, NULL}}),
     OUT_OF_ORDER, 0, "WAIT_SKE"},
    {"ServerHelloDone with a body", DO12({AT_DONE, OP_APPEND, 0, "00"}),
     FAILS(DECODE_SERVER_HELLO_DONE, DECODE_ERROR)},
    {"the same after a request",
     WITH12(.requests_certificate = true, .steps = {{AT_DONE, OP_APPEND, 0, "00"}}),
     FAILS(DECODE_SERVER_HELLO_DONE, DECODE_ERROR)},
    {"a byte in ServerHelloDone's record", DO12({AT_DONE, OP_TAIL, 0, "04"}),
     FAILS(HANDSHAKE_NOT_AT_BOUNDARY, UNEXPECTED_MESSAGE)},
    {"ServerHelloDone twice", DO12({AT_DONE, OP_RECORD, 1, "16 0e000000"}), OUT_OF_ORDER,
     0, "WAIT_CCS"},
};

static void test_requests(void **state)
{
    (void)state;
    RUN_ROWS(requests);
}

#define TICKET(...) \
    .config = {.tls12 = {.on = true}, .tickets = 1, .steps = {{AT_TICKET, __VA_ARGS__}}}
#define MALFORMED_TICKET FAILS(DECODE_NEW_SESSION_TICKET, DECODE_ERROR)

static const row tickets[] = {
    {"announced and missing", TICKET(OP_DROP, 0, NULL),
     FAILS(CCS_MISPLACED, UNEXPECTED_MESSAGE), 0, "WAIT_TICKET"},
    {"not announced", DO12({AT_CCS, OP_SEND_BEFORE, 1, "04 00000e10 0001 77"}),
     OUT_OF_ORDER, 0, "WAIT_CCS"},
    {"announced by id alone",
     .config = {.tls12 = {.on = true, .gives_id = true},
                .steps = {{AT_CCS, OP_SEND_BEFORE, 1, "04 00000e10 0001 77"}}},
     OUT_OF_ORDER, 0, "WAIT_CCS"},
    {"twice", TICKET(OP_TWICE, 0, NULL), OUT_OF_ORDER, 0, "WAIT_CCS"},
    {"behind change_cipher_spec",
     WITH12(.tickets = 1,
            .steps = {{AT_TICKET, OP_DROP, 0, NULL},
                      {AT_FINISHED, OP_SEND_BEFORE, 1, "04 00000e10 0001 77"}}),
     FAILS(CCS_MISPLACED, UNEXPECTED_MESSAGE), 0, "WAIT_TICKET"},
    {"another behind change_cipher_spec",
     WITH12(.tickets = 1,
            .steps = {{AT_FINISHED, OP_SEND_BEFORE, 1, "04 00000e10 0001 77"}}),
     OUT_OF_ORDER, 0, "WAIT_FINISHED"},
    {"behind Finished",
     WITH12(.tickets = 1, .steps = {{AT_CONNECTED, OP_SEND, 1, "04 00000e10 0001 77"}}),
     OUT_OF_ORDER, 0, "CONNECTED"},
    {"one byte more", TICKET(OP_APPEND, 0, "00"), MALFORMED_TICKET},
    {"one byte less", TICKET(OP_CUT, 1, NULL), MALFORMED_TICKET},
    {"empty message", TICKET(OP_BODY, 0, ""), MALFORMED_TICKET},
    {"as in TLS 1.3", TICKET(OP_BODY, 0, "00000e10 00000000 01 00 0001 77 0000"),
     MALFORMED_TICKET},
};

static void test_tickets(void **state)
{
    (void)state;
    RUN_ROWS(tickets);
}

#define MISPLACED FAILS(CCS_MISPLACED, UNEXPECTED_MESSAGE)
#define INTERLEAVED FAILS(RECORDS_INTERLEAVED, UNEXPECTED_MESSAGE)
#define MALFORMED_CCS FAILS(CCS_MALFORMED, UNEXPECTED_MESSAGE)

static const row finishing[] = {
    {"CCS before ServerHello, 1.2 alone", DO12({AT_HELLO, OP_RECORD_BEFORE, 1, "14 01"}),
     MISPLACED, ROW_TLS12_ONLY},
    /* Where TLS 1.3 is offered, it says nothing so early (RFC 8446 D.4). */
    {"CCS before ServerHello", DO12({AT_HELLO, OP_RECORD_BEFORE, 1, "14 01"}), PASSES},
    {"CCS before ServerHello without end",
     DO12({AT_HELLO, OP_RECORD_BEFORE, 33, "14 01"}),
     FAILS(TOO_MANY_RECORDS, UNEXPECTED_MESSAGE)},
    {"CCS behind ServerHello", DO12({AT_HELLO, OP_RECORD, 1, "14 01"}), MISPLACED, 0,
     "WAIT_CERT"},
    {"CCS behind Certificate", DO12({AT_CERTIFICATE, OP_RECORD, 1, "14 01"}), MISPLACED,
     0, "WAIT_SKE"},
    {"CCS behind ServerKeyExchange", DO12({AT_KEY_EXCHANGE, OP_RECORD, 1, "14 01"}),
     MISPLACED, 0, "WAIT_CR_SHD"},
    {"CCS behind CertificateRequest",
     WITH12(.requests_certificate = true, .steps = {{AT_REQUEST, OP_RECORD, 1, "14 01"}}),
     MISPLACED, 0, "WAIT_SHD"},
    {"CCS before the ticket",
     WITH12(.tickets = 1, .steps = {{AT_TICKET, OP_RECORD_BEFORE, 1, "14 01"}}),
     MISPLACED, 0, "WAIT_TICKET"},
    {"CCS missing", DO12({AT_CCS, OP_DROP, 0, NULL}), OUT_OF_ORDER, 0, "WAIT_CCS"},
    {"CCS behind Finished",
     DO12({AT_CCS, OP_DROP, 0, NULL}, {AT_FINISHED, OP_RECORD, 1, "14 01"}), OUT_OF_ORDER,
     0, "WAIT_CCS"},
    {"CCS twice", DO12({AT_CCS, OP_TWICE, 0, NULL}), MISPLACED, 0, "WAIT_FINISHED"},
    {"CCS when connected", DO12({AT_CONNECTED, OP_RECORD, 1, "14 01"}), MISPLACED, 0,
     "CONNECTED"},
    {"CCS twice, in the clear", DO12({AT_CCS, OP_RAW, 1, "14 0303 0001 01"}),
     FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC), 0, "WAIT_FINISHED"},
    {"CCS of 0", DO12({AT_CCS, OP_BODY, 0, "00"}), MALFORMED_CCS},
    {"CCS of 2", DO12({AT_CCS, OP_BODY, 0, "02"}), MALFORMED_CCS},
    {"CCS of two bytes", DO12({AT_CCS, OP_BODY, 0, "01 01"}), MALFORMED_CCS},
    {"CCS of none", DO12({AT_CCS, OP_BODY, 0, ""}),
     FAILS(RECORD_EMPTY, UNEXPECTED_MESSAGE)},
    /* The keys never change in the middle of a message: its beginning would count though
     * nobody protected it. */
    {"CCS inside Finished",
     DO12({AT_CCS, OP_DROP, 0, NULL}, {AT_FINISHED, OP_BETWEEN, 6, "14 01"}), INTERLEAVED,
     0, "WAIT_CCS"},
    {"CCS behind one byte of Finished",
     DO12({AT_CCS, OP_DROP, 0, NULL}, {AT_FINISHED, OP_BETWEEN, 1, "14 01"}), INTERLEAVED,
     0, "WAIT_CCS"},
    {"CCS before the last byte of Finished",
     DO12({AT_CCS, OP_DROP, 0, NULL}, {AT_FINISHED, OP_BETWEEN, 15, "14 01"}),
     INTERLEAVED, 0, "WAIT_CCS"},
    {"CCS inside the ticket",
     WITH12(.tickets = 1, .steps = {{AT_TICKET, OP_BETWEEN, 9, "14 01"}}), INTERLEAVED, 0,
     "WAIT_TICKET"},
    {"CCS inside Certificate", DO12({AT_CERTIFICATE, OP_BETWEEN, 9, "14 01"}),
     INTERLEAVED, 0, "WAIT_CERT"},
    {"CCS inside HelloRequest", DO12({AT_CCS, OP_RECORD_BEFORE, 1, "16 0000"}),
     INTERLEAVED, 0, "WAIT_CCS"},
    {"Finished begins behind the ticket",
     WITH12(.tickets = 1, .steps = {{AT_TICKET, OP_TAIL, 0, "14 0000"}}), INTERLEAVED, 0,
     "WAIT_CCS"},
    {"CCS inside Finished, resumed",
     DO12({AT_CCS, OP_DROP, 0, NULL}, {AT_FINISHED, OP_BETWEEN, 6, "14 01"}), INTERLEAVED,
     ROW_RESUME, "RESUME_CCS"},

    {"Finished missing", DO12({AT_FINISHED, OP_DROP, 0, NULL}),
     FAILS(EOF_IN_HANDSHAKE, NONE), ROW_END, "WAIT_FINISHED"},
    {"Finished changed", DO12({AT_FINISHED, OP_SET, 0, "00"}),
     FAILS(BAD_FINISHED, DECRYPT_ERROR), 0, "WAIT_FINISHED"},
    {"Finished changed at its end", DO12({AT_FINISHED, OP_SET, -1, "00"}),
     FAILS(BAD_FINISHED, DECRYPT_ERROR), 0, "WAIT_FINISHED"},
    {"Finished of zeros", DO12({AT_FINISHED, OP_BODY, 0, "00*12"}),
     FAILS(BAD_FINISHED, DECRYPT_ERROR)},
    {"Finished too long", DO12({AT_FINISHED, OP_APPEND, 0, "00"}),
     FAILS(DECODE_FINISHED, DECRYPT_ERROR)},
    {"Finished too short", DO12({AT_FINISHED, OP_CUT, 1, NULL}),
     FAILS(DECODE_FINISHED, DECRYPT_ERROR)},
    {"Finished empty", DO12({AT_FINISHED, OP_BODY, 0, ""}),
     FAILS(DECODE_FINISHED, DECRYPT_ERROR)},
    {"Finished as long as TLS 1.3's", DO12({AT_FINISHED, OP_BODY, 0, "11*32"}),
     FAILS(DECODE_FINISHED, DECRYPT_ERROR)},
    {"Finished twice", DO12({AT_FINISHED, OP_TWICE, 0, NULL}), OUT_OF_ORDER, 0,
     "CONNECTED"},
    {"Finished in the clear",
     DO12({AT_CCS, OP_DROP, 0, NULL}, {AT_CCS, OP_RAW, 1, "14 0303 0001 01"}),
     FAILS(BAD_RECORD_MAC, BAD_RECORD_MAC), 0, "WAIT_FINISHED"},
    {"data before CCS", DO12({AT_CCS, OP_RECORD_BEFORE, 1, "17 414243"}),
     FAILS(APPLICATION_DATA_EARLY, UNEXPECTED_MESSAGE), 0, "WAIT_CCS"},
    {"data before Finished", DO12({AT_FINISHED, OP_RECORD_BEFORE, 1, "17 414243"}),
     FAILS(APPLICATION_DATA_EARLY, UNEXPECTED_MESSAGE), 0, "WAIT_FINISHED"},
    {"no data before Finished", DO12({AT_FINISHED, OP_RECORD_BEFORE, 1, "17"}),
     FAILS(APPLICATION_DATA_EARLY, UNEXPECTED_MESSAGE), 0, "WAIT_FINISHED"},
    {"data before Finished, resumed",
     DO12({AT_FINISHED, OP_RECORD_BEFORE, 1, "17 414243"}),
     FAILS(APPLICATION_DATA_EARLY, UNEXPECTED_MESSAGE), ROW_RESUME, "RESUME_FINISHED"},
    {"data behind ServerHello", DO12({AT_HELLO, OP_RECORD, 1, "17 41"}),
     FAILS(APPLICATION_DATA_EARLY, UNEXPECTED_MESSAGE), 0, "WAIT_CERT"},
    /* What the signature does not cover, Finished does. */
    {"ServerHello changed behind the server's back",
     DO12({AT_HELLO, OP_HASH_OLD, 0, NULL}, {AT_HELLO, OP_EXT_ADD, 0, ""}), HFI_OK,
     HFI_ALERT_NONE, ROW_SHUT},
};

static bool expects_quarrel(const row *r)
{
    return r->how & ROW_SHUT;
}

/* The last kind: the server sees that the client's Finished is not over the same. */
static void test_finishing(void **state)
{
    size_t count = sizeof finishing / sizeof finishing[0];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        if (!expects_quarrel(&finishing[i]))
            continue;
        flow f;
        flow_init(&f, &finishing[i].config);
        assert_int_equal(flow_run(&f), HFI_OK);
        assert_int_equal(f.client.phase, HFI_PHASE_HANDSHAKE);
        assert_false(f.server.connected);
        assert_true(f.server.unreadable || f.server.fault != NULL);
        flow_free(&f);
        assert_null(flow_left_over(&f));
        count--;
    }
    run_rows(finishing, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificates), cmocka_unit_test(test_exchanges),
        cmocka_unit_test(test_signatures),   cmocka_unit_test(test_requests),
        cmocka_unit_test(test_tickets),      cmocka_unit_test(test_finishing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
