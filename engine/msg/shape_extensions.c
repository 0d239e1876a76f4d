/* engine/msg/shape_extensions.c: the structures of the extensions, by message.
 * RFC 8446 4.2; RFC 6066 3, 8; RFC 7301 3.1; RFC 8422 5.1; RFC 8449 4; RFC 8879 3;
 * RFC 6962 3.3; RFC 5746 3.2; RFC 5077 3.2; RFC 7627 5.1; RFC 7366 2. */
#include "msg/extensions.h"
#include "msg/shape_table.h"

enum {
    IN_CH = HFI_SHAPE_IN_CLIENT_HELLO,
    IN_SH = HFI_SHAPE_IN_SERVER_HELLO,
    IN_HRR = HFI_SHAPE_IN_HELLO_RETRY,
    IN_EE = HFI_SHAPE_IN_ENCRYPTED_EXTENSIONS,
    IN_CT = HFI_SHAPE_IN_CERTIFICATE,
    IN_CR = HFI_SHAPE_IN_CERTIFICATE_REQUEST,
    IN_NST = HFI_SHAPE_IN_NEW_SESSION_TICKET,
    IN_SH12 = HFI_SHAPE_IN_SERVER_HELLO_TLS12,
    TLS13 = HFI_SHAPE_TLS13_ONLY,

    KEY_SHARES_MAX = 16, /* that a server reads, ext/key_share.c */
    COOKIE_MAX = 65533,  /* an extension's body, but for the length */
};

/* It says what it says by being there. */
static const hfi_field empty[] = {HFI_END};

/* Lists of which every item is a vector. */
static const hfi_field item8[] = {HFI_VECTOR(NULL, 1, 1, 255), HFI_END};
static const hfi_field item16[] = {HFI_VECTOR(NULL, 2, 1, 65535), HFI_END};

/* ---- RFC 6066 ---- */

/* One name, of the one type that there is. */
static const hfi_field server_name[] = {
    HFI_NUMBER_BY("name_type", 1, HFI_FIELD_MUST_BE, 0),
    HFI_VECTOR_BY("HostName", 2, 1, 255, HFI_FIELD_TEXT),
    HFI_END,
};
static const hfi_field server_name_list[] = {
    {"server_name_list", HFI_FIELD_ONE, 2, 0, 0, 1, 65535, server_name},
    HFI_END,
};

static const hfi_field status_request[] = {
    HFI_NUMBER_BY("status_type", 1, HFI_FIELD_SELECTS, 1),
    HFI_LIST("responder_id_list", 2, 0, 65535, item16),
    HFI_VECTOR("request_extensions", 2, 0, 65535),
    HFI_END,
};
static const hfi_field certificate_status[] = {
    HFI_NUMBER_BY("status_type", 1, HFI_FIELD_MUST_BE, 1),
    HFI_VECTOR("response", 3, 1, 0xffffff),
    HFI_END,
};

/* ---- RFC 8446 4.2 ---- */

static const hfi_field offered_versions[] = {
    HFI_VECTOR_BY("versions", 1, 2, 254, HFI_FIELD_PAIRS), HFI_END};
static const hfi_field selected_version[] = {HFI_NUMBER("selected_version", 2), HFI_END};

static const hfi_field cookie[] = {HFI_VECTOR("cookie", 2, 1, COOKIE_MAX), HFI_END};
/* An empty one has its own error. */
static const hfi_field any_cookie[] = {HFI_VECTOR("cookie", 2, 0, COOKIE_MAX), HFI_END};

static const hfi_field schemes[] = {
    HFI_VECTOR_BY("supported_signature_algorithms", 2, 2, 65534, HFI_FIELD_PAIRS),
    HFI_END,
};
static const hfi_field groups[] = {
    HFI_VECTOR_BY("named_group_list", 2, 2, 65534, HFI_FIELD_PAIRS), HFI_END};

static const hfi_field key_share_entry[] = {
    HFI_NUMBER("group", 2),
    HFI_VECTOR("key_exchange", 2, 1, 65535),
    HFI_END,
};
static const hfi_field client_shares[] = {
    {"client_shares", HFI_FIELD_LIST, 2, 0, KEY_SHARES_MAX, 0, 65535, key_share_entry},
    HFI_END,
};
static const hfi_field selected_group[] = {HFI_NUMBER("selected_group", 2), HFI_END};

static const hfi_field psk_modes[] = {HFI_VECTOR("ke_modes", 1, 1, 255), HFI_END};

static const hfi_field psk_identity[] = {
    HFI_VECTOR("identity", 2, 1, 65535),
    HFI_NUMBER("obfuscated_ticket_age", 4),
    HFI_END,
};
/* DEVIATION: binders of less than 32 bytes are read, and then found wrong, as in
 * ext/pre_shared_key.c. */
static const hfi_field offered_psks[] = {
    HFI_LIST("identities", 2, 7, 65535, psk_identity),
    HFI_LIST("binders", 2, 2, 65535, item8),
    HFI_END,
};
static const hfi_field selected_identity[] = {HFI_NUMBER("selected_identity", 2),
                                              HFI_END};

static const hfi_field max_early_data[] = {HFI_NUMBER("max_early_data_size", 4), HFI_END};

static const hfi_field authorities[] = {HFI_LIST("authorities", 2, 3, 65535, item16),
                                        HFI_END};

static const hfi_field oid_filter[] = {
    HFI_VECTOR("certificate_extension_oid", 1, 1, 255),
    HFI_VECTOR("certificate_extension_values", 2, 0, 65535),
    HFI_END,
};
static const hfi_field oid_filters[] = {HFI_LIST("filters", 2, 0, 65535, oid_filter),
                                        HFI_END};

/* ---- the others ---- */

static const hfi_field protocol_names[] = {
    HFI_LIST("protocol_name_list", 2, 2, 65535, item8), HFI_END};

static const hfi_field sct_list[] = {HFI_LIST("sct_list", 2, 1, 65535, item16), HFI_END};

static const hfi_field point_formats[] = {HFI_VECTOR("ec_point_format_list", 1, 1, 255),
                                          HFI_END};

static const hfi_field methods[] = {
    HFI_VECTOR_BY("algorithms", 1, 2, 254, HFI_FIELD_PAIRS), HFI_END};

static const hfi_field size_limit[] = {HFI_NUMBER("RecordSizeLimit", 2), HFI_END};

static const hfi_field renegotiation[] = {
    HFI_VECTOR("renegotiated_connection", 1, 0, 255), HFI_END};

/* An extension that may stand in a message without being read there has no row for it. */
static const struct {
    uint16_t type;
    const char *name;
    unsigned where;
    const hfi_field *fields;
} extensions[] = {
    {HFI_EXT_SERVER_NAME, "server_name", IN_CH, server_name_list},
    {HFI_EXT_SERVER_NAME, "server_name", IN_EE | IN_SH12, empty},
    {HFI_EXT_STATUS_REQUEST, "status_request", IN_CH, status_request},
    {HFI_EXT_STATUS_REQUEST, "status_request", IN_SH12, empty},
    {HFI_EXT_STATUS_REQUEST, "status_request", IN_CT, certificate_status},
    {HFI_EXT_SUPPORTED_GROUPS, "supported_groups", IN_CH | IN_EE | IN_SH12, groups},
    {HFI_EXT_EC_POINT_FORMATS, "ec_point_formats", IN_CH | IN_SH12, point_formats},
    {HFI_EXT_SIGNATURE_ALGORITHMS, "signature_algorithms", IN_CH | IN_CR, schemes},
    {HFI_EXT_ALPN, "application_layer_protocol_negotiation", IN_CH | IN_EE | IN_SH12,
     protocol_names},
    {HFI_EXT_SIGNED_CERTIFICATE_TIMESTAMP, "signed_certificate_timestamp", IN_CH, empty},
    {HFI_EXT_SIGNED_CERTIFICATE_TIMESTAMP, "signed_certificate_timestamp",
     IN_CT | IN_SH12, sct_list},
    {HFI_EXT_ENCRYPT_THEN_MAC, "encrypt_then_mac", IN_CH | IN_SH12, empty},
    {HFI_EXT_EXTENDED_MASTER_SECRET, "extended_master_secret", IN_CH | IN_SH12, empty},
    {HFI_EXT_COMPRESS_CERTIFICATE, "compress_certificate", IN_CH | IN_CR, methods},
    {HFI_EXT_RECORD_SIZE_LIMIT, "record_size_limit", IN_CH | IN_EE | IN_SH12, size_limit},
    {HFI_EXT_SESSION_TICKET, "session_ticket", IN_SH12, empty},
    {HFI_EXT_PRE_SHARED_KEY, "pre_shared_key", IN_CH | TLS13, offered_psks},
    {HFI_EXT_PRE_SHARED_KEY, "pre_shared_key", IN_SH, selected_identity},
    {HFI_EXT_EARLY_DATA, "early_data", IN_CH | IN_EE | TLS13, empty},
    {HFI_EXT_EARLY_DATA, "early_data", IN_NST, max_early_data},
    {HFI_EXT_SUPPORTED_VERSIONS, "supported_versions", IN_CH, offered_versions},
    {HFI_EXT_SUPPORTED_VERSIONS, "supported_versions", IN_SH | IN_HRR, selected_version},
    {HFI_EXT_COOKIE, "cookie", IN_CH | TLS13, cookie},
    {HFI_EXT_COOKIE, "cookie", IN_HRR, any_cookie},
    {HFI_EXT_PSK_KEY_EXCHANGE_MODES, "psk_key_exchange_modes", IN_CH | TLS13, psk_modes},
    {HFI_EXT_CERTIFICATE_AUTHORITIES, "certificate_authorities", IN_CH | IN_CR,
     authorities},
    {HFI_EXT_OID_FILTERS, "oid_filters", IN_CR, oid_filters},
    {HFI_EXT_POST_HANDSHAKE_AUTH, "post_handshake_auth", 0, empty},
    {HFI_EXT_SIGNATURE_ALGORITHMS_CERT, "signature_algorithms_cert", IN_CH | IN_CR,
     schemes},
    {HFI_EXT_KEY_SHARE, "key_share", IN_CH | TLS13, client_shares},
    {HFI_EXT_KEY_SHARE, "key_share", IN_SH, key_share_entry},
    {HFI_EXT_KEY_SHARE, "key_share", IN_HRR, selected_group},
    {HFI_EXT_RENEGOTIATION_INFO, "renegotiation_info", IN_CH | IN_SH12, renegotiation},
};

enum { ROWS = sizeof extensions / sizeof extensions[0] };

const hfi_field *hfi_shape_of_extension(uint16_t type, unsigned where, bool *tls13_only)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (extensions[i].type == type && (extensions[i].where & where) != 0) {
            *tls13_only = where == IN_CH && (extensions[i].where & TLS13) != 0;
            return extensions[i].fields;
        }
    }
    return NULL;
}

const char *hfi_shape_extension_name(uint16_t type)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (extensions[i].type == type)
            return extensions[i].name;
    }
    return NULL;
}
