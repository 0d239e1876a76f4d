/* engine/msg/shape_messages.c: the structures of the handshake messages.
 * RFC 8446 4, B.3; RFC 5246 7.4; RFC 5077 3.3; RFC 6066 8; RFC 8422 5.4, 5.7; RFC 8879 4.
 * The names are the RFC's; where two versions have two, those of RFC 8446. */
#include "msg/shape_table.h"
#include "msg/types.h"

/* The extensions are those of the message that they stand in. */
#define EXTENSIONS(min, max, rule)                                     \
    {                                                                  \
        "extensions", HFI_FIELD_EXTENSIONS, 2, rule, 0, min, max, NULL \
    }

/* ---- both versions ---- */

/* Either hello may end before its extensions (RFC 5246 7.4.1.2, 7.4.1.3). */
static const hfi_field client_hello[] = {
    HFI_NUMBER("legacy_version", 2),
    HFI_BYTES("random", 32),
    HFI_VECTOR("legacy_session_id", 1, 0, 32),
    HFI_VECTOR_BY("cipher_suites", 2, 2, 65534, HFI_FIELD_PAIRS),
    HFI_VECTOR("legacy_compression_methods", 1, 1, 255),
    EXTENSIONS(0, 65535, HFI_FIELD_OPTIONAL),
    HFI_END,
};

static const hfi_field server_hello[] = {
    HFI_NUMBER("legacy_version", 2),
    HFI_BYTES("random", 32),
    HFI_VECTOR("legacy_session_id_echo", 1, 0, 32),
    HFI_NUMBER("cipher_suite", 2),
    HFI_NUMBER("legacy_compression_method", 1),
    EXTENSIONS(0, 65535, HFI_FIELD_OPTIONAL),
    HFI_END,
};

static const hfi_field certificate_verify[] = {
    HFI_NUMBER("algorithm", 2),
    HFI_VECTOR("signature", 2, 0, 65535),
    HFI_END,
};

static const hfi_field finished[] = {
    {"verify_data", HFI_FIELD_VERIFY_DATA, 0, 0, 0, 0, 0, NULL},
    HFI_END,
};

/* HelloRequest, ServerHelloDone, EndOfEarlyData. */
static const hfi_field empty[] = {HFI_END};

/* ---- TLS 1.3 ---- */

static const hfi_field encrypted_extensions[] = {
    EXTENSIONS(0, 65535, HFI_FIELD_PLAIN),
    HFI_END,
};

static const hfi_field certificate_request[] = {
    HFI_VECTOR("certificate_request_context", 1, 0, 255),
    EXTENSIONS(2, 65535, HFI_FIELD_PLAIN),
    HFI_END,
};

static const hfi_field certificate_entry[] = {
    HFI_VECTOR("cert_data", 3, 1, 0xffffff),
    EXTENSIONS(0, 65535, HFI_FIELD_PLAIN),
    HFI_END,
};

static const hfi_field certificate[] = {
    HFI_VECTOR("certificate_request_context", 1, 0, 255),
    HFI_LIST("certificate_list", 3, 0, 0xffffff, certificate_entry),
    HFI_END,
};

static const hfi_field compressed_certificate[] = {
    HFI_NUMBER("algorithm", 2),
    HFI_NUMBER("uncompressed_length", 3),
    HFI_VECTOR("compressed_certificate_message", 3, 1, 0xffffff),
    HFI_END,
};

static const hfi_field new_session_ticket[] = {
    HFI_NUMBER("ticket_lifetime", 4),      HFI_NUMBER("ticket_age_add", 4),
    HFI_VECTOR("ticket_nonce", 1, 0, 255), HFI_VECTOR("ticket", 2, 1, 65535),
    EXTENSIONS(0, 65534, HFI_FIELD_PLAIN), HFI_END,
};

static const hfi_field key_update[] = {
    HFI_NUMBER("request_update", 1),
    HFI_END,
};

/* ---- TLS 1.2 ---- */

static const hfi_field asn1_cert[] = {
    HFI_VECTOR(NULL, 3, 1, 0xffffff),
    HFI_END,
};

static const hfi_field certificate_tls12[] = {
    HFI_LIST("certificate_list", 3, 0, 0xffffff, asn1_cert),
    HFI_END,
};

/* Explicit curves, which nobody reads, have another form. */
static const hfi_field server_key_exchange[] = {
    HFI_NUMBER_BY("curve_type", 1, HFI_FIELD_SELECTS, 3),
    HFI_NUMBER("namedcurve", 2),
    HFI_VECTOR("public", 1, 1, 255),
    HFI_NUMBER("algorithm", 2),
    HFI_VECTOR("signature", 2, 0, 65535),
    HFI_END,
};

static const hfi_field distinguished_name[] = {
    HFI_VECTOR(NULL, 2, 1, 65535),
    HFI_END,
};

static const hfi_field certificate_request_tls12[] = {
    HFI_VECTOR("certificate_types", 1, 1, 255),
    HFI_VECTOR_BY("supported_signature_algorithms", 2, 2, 65534, HFI_FIELD_PAIRS),
    HFI_LIST("certificate_authorities", 2, 0, 65535, distinguished_name),
    HFI_END,
};

static const hfi_field certificate_status[] = {
    HFI_NUMBER_BY("status_type", 1, HFI_FIELD_MUST_BE, 1),
    HFI_VECTOR("response", 3, 1, 0xffffff),
    HFI_END,
};

static const hfi_field client_key_exchange[] = {
    HFI_VECTOR("ecdh_Yc", 1, 1, 255),
    HFI_END,
};

static const hfi_field ticket_tls12[] = {
    HFI_NUMBER("ticket_lifetime_hint", 4),
    HFI_VECTOR("ticket", 2, 0, 65535),
    HFI_END,
};

static const struct {
    uint8_t type;
    uint16_t version; /* 0: the same in both */
    const hfi_field *fields;
} messages[] = {
    {HFI_HELLO_REQUEST, 0x0303, empty},
    {HFI_CLIENT_HELLO, 0, client_hello},
    {HFI_SERVER_HELLO, 0, server_hello},
    {HFI_NEW_SESSION_TICKET, 0x0303, ticket_tls12},
    {HFI_NEW_SESSION_TICKET, 0x0304, new_session_ticket},
    {HFI_END_OF_EARLY_DATA, 0x0304, empty},
    {HFI_ENCRYPTED_EXTENSIONS, 0x0304, encrypted_extensions},
    {HFI_CERTIFICATE, 0x0303, certificate_tls12},
    {HFI_CERTIFICATE, 0x0304, certificate},
    {HFI_SERVER_KEY_EXCHANGE, 0x0303, server_key_exchange},
    {HFI_CERTIFICATE_REQUEST, 0x0303, certificate_request_tls12},
    {HFI_CERTIFICATE_REQUEST, 0x0304, certificate_request},
    {HFI_SERVER_HELLO_DONE, 0x0303, empty},
    {HFI_CERTIFICATE_VERIFY, 0, certificate_verify},
    {HFI_CLIENT_KEY_EXCHANGE, 0x0303, client_key_exchange},
    {HFI_FINISHED, 0, finished},
    {HFI_CERTIFICATE_STATUS, 0x0303, certificate_status},
    {HFI_KEY_UPDATE, 0x0304, key_update},
    {HFI_COMPRESSED_CERTIFICATE, 0x0304, compressed_certificate},
};

const hfi_field *hfi_shape_of_message(uint8_t type, uint16_t version)
{
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        if (messages[i].type == type &&
            (messages[i].version == 0 || messages[i].version == version))
            return messages[i].fields;
    }
    return NULL;
}
