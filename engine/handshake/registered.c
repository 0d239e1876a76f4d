/* engine/handshake/registered.c: names out of the IANA registries of TLS.  What this
 * library speaks has its names in algorithms.c; here is what peers of other times and
 * places may say. */
#include "handshake/registered.h"

#include "handshake/algorithms.h"

typedef struct entry {
    uint16_t number;
    const char *name;
} entry;

static const entry versions[] = {
    {0x0002, "SSLv2"}, {0x0300, "SSLv3"}, {0x0301, "TLSv1.0"}, {0x0302, "TLSv1.1"}};

static const entry certificate_types[] = {
    {1, "rsa_sign"},          {2, "dss_sign"},         {3, "rsa_fixed_dh"},
    {4, "dss_fixed_dh"},      {5, "rsa_ephemeral_dh"}, {6, "dss_ephemeral_dh"},
    {20, "fortezza_dms"},     {64, "ecdsa_sign"},      {65, "rsa_fixed_ecdh"},
    {66, "ecdsa_fixed_ecdh"}, {67, "gost_sign256"},    {68, "gost_sign512"},
};

static const entry suites[] = {
    {0x0004, "TLS_RSA_WITH_RC4_128_MD5"},
    {0x0005, "TLS_RSA_WITH_RC4_128_SHA"},
    {0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"},
    {0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA"},
    {0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"},
    {0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"},
    {0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA"},
    {0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"},
    {0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"},
    {0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"},
    {0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"},
    {0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"},
    {0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"},
    {0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"},
    {0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
    {0x1301, "TLS_AES_128_GCM_SHA256"},
    {0x1302, "TLS_AES_256_GCM_SHA384"},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
    {0x1304, "TLS_AES_128_CCM_SHA256"},
    {0x1305, "TLS_AES_128_CCM_8_SHA256"},
    {0x5600, "TLS_FALLBACK_SCSV"},
    {0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
    {0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
    {0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA"},
    {0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
    {0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    {0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
    {0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
    {0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
    {0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
    {0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    {0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
    {0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0xc09c, "TLS_RSA_WITH_AES_128_CCM"},
    {0xc09d, "TLS_RSA_WITH_AES_256_CCM"},
    {0xc09e, "TLS_DHE_RSA_WITH_AES_128_CCM"},
    {0xc09f, "TLS_DHE_RSA_WITH_AES_256_CCM"},
    {0xc0ac, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"},
    {0xc0ad, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM"},
    {0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
};

static const entry groups[] = {
    {16, "secp160r1"},        {18, "secp192k1"},
    {20, "secp224k1"},        {19, "secp192r1"},
    {21, "secp224r1"},        {22, "secp256k1"},
    {23, "secp256r1"},        {24, "secp384r1"},
    {25, "secp521r1"},        {26, "brainpoolP256r1"},
    {27, "brainpoolP384r1"},  {28, "brainpoolP512r1"},
    {29, "x25519"},           {30, "x448"},
    {256, "ffdhe2048"},       {257, "ffdhe3072"},
    {258, "ffdhe4096"},       {259, "ffdhe6144"},
    {260, "ffdhe8192"},       {4587, "SecP256r1MLKEM768"},
    {4588, "X25519MLKEM768"}, {4589, "SecP384r1MLKEM1024"},
};

static const entry schemes[] = {
    {0x0201, "rsa_pkcs1_sha1"},
    {0x0202, "dsa_sha1"},
    {0x0203, "ecdsa_sha1"},
    {0x0301, "rsa_pkcs1_sha224"},
    {0x0302, "dsa_sha224"},
    {0x0303, "ecdsa_sha224"},
    {0x0402, "dsa_sha256"},
    {0x0807, "ed25519"},
    {0x0808, "ed448"},
    {0x081a, "ecdsa_brainpoolP256r1tls13_sha256"},
    {0x081b, "ecdsa_brainpoolP384r1tls13_sha384"},
    {0x081c, "ecdsa_brainpoolP512r1tls13_sha512"},
};

/* IANA TLS ExtensionType Values. */
static const entry extensions[] = {
    {0, "server_name"},
    {1, "max_fragment_length"},
    {3, "trusted_ca_keys"},
    {4, "truncated_hmac"},
    {5, "status_request"},
    {10, "supported_groups"},
    {11, "ec_point_formats"},
    {12, "srp"},
    {13, "signature_algorithms"},
    {14, "use_srtp"},
    {15, "heartbeat"},
    {16, "application_layer_protocol_negotiation"},
    {17, "status_request_v2"},
    {18, "signed_certificate_timestamp"},
    {19, "client_certificate_type"},
    {20, "server_certificate_type"},
    {21, "padding"},
    {22, "encrypt_then_mac"},
    {23, "extended_master_secret"},
    {24, "token_binding"},
    {25, "cached_info"},
    {27, "compress_certificate"},
    {28, "record_size_limit"},
    {34, "delegated_credential"},
    {35, "session_ticket"},
    {41, "pre_shared_key"},
    {42, "early_data"},
    {43, "supported_versions"},
    {44, "cookie"},
    {45, "psk_key_exchange_modes"},
    {47, "certificate_authorities"},
    {48, "oid_filters"},
    {49, "post_handshake_auth"},
    {50, "signature_algorithms_cert"},
    {51, "key_share"},
    {52, "transparency_info"},
    {54, "connection_id"},
    {57, "quic_transport_parameters"},
    {58, "ticket_request"},
    {13172, "next_protocol_negotiation"},
    {17513, "application_settings"},
    {65037, "encrypted_client_hello"},
    {65281, "renegotiation_info"},
};

static const char *find(const entry *list, size_t count, uint16_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].number == number)
            return list[i].name;
    }
    return NULL;
}

#define FIND(list, number) find(list, sizeof list / sizeof list[0], number)

const char *hfi_registry_version(uint16_t number)
{
    const char *name = hfi_version_name(number);

    return name != NULL ? name : FIND(versions, number);
}

const char *hfi_registry_suite(const hfi_crypto *crypto, uint16_t number)
{
    hfi_suite room;
    const hfi_suite *suite = hfi_suite_find(crypto, number, &room);

    return suite != NULL ? suite->name : FIND(suites, number);
}

const char *hfi_registry_group(const hfi_crypto *crypto, uint16_t number)
{
    const hfi_group *group = hfi_group_find(crypto, number);

    return group != NULL ? group->name : FIND(groups, number);
}

const char *hfi_registry_scheme(uint16_t number)
{
    const hfi_scheme *scheme = hfi_scheme_find(number);

    return scheme != NULL ? scheme->name : FIND(schemes, number);
}

/* RFC 8446 4.2.9 */
const char *hfi_registry_psk_mode(uint16_t number)
{
    return number == 0 ? "psk_ke" : number == 1 ? "psk_dhe_ke" : NULL;
}

const char *hfi_registry_certificate_type(uint16_t number)
{
    return FIND(certificate_types, number);
}

const char *hfi_registry_extension(uint16_t number)
{
    return FIND(extensions, number);
}

/* The number as its registry writes it, into 8 bytes. */
static void write_number(char *out, hfi_registry_base base, uint16_t number)
{
    static const char digits[] = "0123456789abcdef";
    unsigned radix = base == HFI_REGISTRY_HEX ? 16 : 10;
    size_t len = base == HFI_REGISTRY_HEX ? 4 : 1;

    for (unsigned rest = number / 10; base == HFI_REGISTRY_DECIMAL && rest > 0;
         rest /= 10)
        len++;
    if (base == HFI_REGISTRY_HEX) {
        *out++ = '0';
        *out++ = 'x';
    }
    out[len] = '\0';
    for (unsigned rest = number; len > 0; rest /= radix)
        out[--len] = digits[rest % radix];
}

const char *hfi_registry_text(const char *name, hfi_registry_base base, uint16_t number,
                              char out[HFI_REGISTRY_TEXT])
{
    size_t len = name != NULL ? strlen(name) : 0;

    if (len == 0 || len > HFI_REGISTRY_TEXT - 11) {
        write_number(out, base, number);
        return out;
    }
    memcpy(out, name, len);
    memcpy(out + len, " (", 2);
    write_number(out + len + 2, base, number);
    memcpy(out + strlen(out), ")", 2);
    return out;
}
