/* engine/handshake/algorithms.c: the tables of known algorithms. */
#include "handshake/algorithms.h"

#include "handshake/settings.h"
#include "msg/types.h"
#include "wire/reader.h"

/* X448 is there for those who name it. */
enum { GROUPS_BY_DEFAULT = HFI_GROUPS_MAX - 1 };

/* ---- cipher suites ---- */

#define TLS13(number, text, cipher, prf)                                 \
    {                                                                    \
        .id = (number), .name = (text), .aead = (cipher), .hash = (prf), \
        .version = 0x0304, .auth = HFI_AUTH_ANY                          \
    }
#define TLS12(number, kind, rest, cipher, prf, salt)                                  \
    {                                                                                 \
        .id = (number), .name = "TLS_ECDHE_" #kind "_WITH_" rest, .aead = (cipher),   \
        .hash = (prf), .version = 0x0303, .auth = HFI_AUTH_##kind, .salt_len = (salt) \
    }
#define CBC(number, kind, rest, cipher, prf, of_mac)                                 \
    {                                                                                \
        .id = (number), .name = "TLS_ECDHE_" #kind "_WITH_" rest, .hash = (prf),     \
        .version = 0x0303, .auth = HFI_AUTH_##kind, .cbc = (cipher), .mac = (of_mac) \
    }

/* RFC 8446 B.4; RFC 5289 3.2, RFC 7905 3, RFC 7251 2. */
static void aead_suite_at(const hfi_crypto *crypto, size_t index, hfi_suite *out)
{
    const hfi_aead *gcm128 = crypto->aes_128_gcm;
    const hfi_aead *gcm256 = crypto->aes_256_gcm;
    const hfi_aead *chacha = crypto->chacha20_poly1305;
    const hfi_hash *sha256 = crypto->sha256;
    const hfi_hash *sha384 = crypto->sha384;
    const hfi_suite suites[HFI_SUITES_BY_DEFAULT] = {
        TLS13(0x1301, "TLS_AES_128_GCM_SHA256", gcm128, sha256),
        TLS13(0x1302, "TLS_AES_256_GCM_SHA384", gcm256, sha384),
        TLS13(0x1303, "TLS_CHACHA20_POLY1305_SHA256", chacha, sha256),
        TLS12(0xc02b, ECDSA, "AES_128_GCM_SHA256", gcm128, sha256, 4),
        TLS12(0xc02f, RSA, "AES_128_GCM_SHA256", gcm128, sha256, 4),
        TLS12(0xc02c, ECDSA, "AES_256_GCM_SHA384", gcm256, sha384, 4),
        TLS12(0xc030, RSA, "AES_256_GCM_SHA384", gcm256, sha384, 4),
        TLS12(0xcca9, ECDSA, "CHACHA20_POLY1305_SHA256", chacha, sha256, 12),
        TLS12(0xcca8, RSA, "CHACHA20_POLY1305_SHA256", chacha, sha256, 12),
        TLS12(0xc0ac, ECDSA, "AES_128_CCM", crypto->aes_128_ccm, sha256, 4),
        TLS12(0xc0ad, ECDSA, "AES_256_CCM", crypto->aes_256_ccm, sha256, 4),
    };

    *out = suites[index];
}

/* For old peers, RFC 8422 6, RFC 5289 3.1: never offered unless named. */
static void cbc_suite_at(const hfi_crypto *crypto, size_t index, hfi_suite *out)
{
    const hfi_cbc *aes128 = crypto->aes_128_cbc;
    const hfi_cbc *aes256 = crypto->aes_256_cbc;
    const hfi_hash *sha1 = crypto->sha1;
    const hfi_hash *sha256 = crypto->sha256;
    const hfi_hash *sha384 = crypto->sha384;
    const hfi_suite suites[HFI_SUITES_MAX - HFI_SUITES_BY_DEFAULT] = {
        CBC(0xc023, ECDSA, "AES_128_CBC_SHA256", aes128, sha256, sha256),
        CBC(0xc027, RSA, "AES_128_CBC_SHA256", aes128, sha256, sha256),
        CBC(0xc024, ECDSA, "AES_256_CBC_SHA384", aes256, sha384, sha384),
        CBC(0xc028, RSA, "AES_256_CBC_SHA384", aes256, sha384, sha384),
        CBC(0xc009, ECDSA, "AES_128_CBC_SHA", aes128, sha256, sha1),
        CBC(0xc013, RSA, "AES_128_CBC_SHA", aes128, sha256, sha1),
        CBC(0xc00a, ECDSA, "AES_256_CBC_SHA", aes256, sha256, sha1),
        CBC(0xc014, RSA, "AES_256_CBC_SHA", aes256, sha256, sha1),
    };

    *out = suites[index];
}

const hfi_suite *hfi_suite_at(const hfi_crypto *crypto, size_t index, hfi_suite *out)
{
    if (index >= HFI_SUITES_MAX)
        return NULL;
    if (index < HFI_SUITES_BY_DEFAULT)
        aead_suite_at(crypto, index, out);
    else
        cbc_suite_at(crypto, index - HFI_SUITES_BY_DEFAULT, out);
    return out;
}

const hfi_suite *hfi_suite_find(const hfi_crypto *crypto, uint16_t id, hfi_suite *out)
{
    for (size_t i = 0; hfi_suite_at(crypto, i, out) != NULL; i++) {
        if (out->id == id)
            return out;
    }
    return NULL;
}

hfi_tls12_lengths hfi_suite_key_block(const hfi_suite *suite)
{
    if (suite->cbc != NULL)
        return (hfi_tls12_lengths){suite->mac->size, suite->cbc->key_len, 0};
    return (hfi_tls12_lengths){0, suite->aead->key_len, suite->salt_len};
}

const hfi_group *hfi_group_at(const hfi_crypto *crypto, size_t index)
{
    const hfi_group *groups[HFI_GROUPS_MAX] = {
        crypto->x25519_mlkem768,
        crypto->x25519,
        crypto->p256,
        crypto->p256_mlkem768,
        crypto->p384,
        crypto->p521,
        crypto->x448,
    };

    return index < HFI_GROUPS_MAX ? groups[index] : NULL;
}

const hfi_group *hfi_group_find(const hfi_crypto *crypto, uint16_t id)
{
    const hfi_group *group;

    for (size_t i = 0; (group = hfi_group_at(crypto, i)) != NULL; i++) {
        if (group->id == id)
            return group;
    }
    return NULL;
}

const char *hfi_version_name(uint16_t version)
{
    switch (version) {
    case 0x0303:
        return "TLSv1.2";
    case 0x0304:
        return "TLSv1.3";
    default:
        return NULL;
    }
}

const char *hfi_group_alias(uint16_t id)
{
    switch (id) {
    case 23:
        return "P-256";
    case 24:
        return "P-384";
    case 25:
        return "P-521";
    default:
        return NULL;
    }
}

static const hfi_scheme schemes[HFI_SCHEMES_MAX] = {
    {0x0403, "ecdsa_secp256r1_sha256", HFI_ECDSA_SHA256, HFI_KEY_EC_P256, true},
    {0x0807, "ed25519", HFI_ED25519, HFI_KEY_ED25519, true},
    {0x0804, "rsa_pss_rsae_sha256", HFI_RSA_PSS_SHA256, HFI_KEY_RSA, true},
    {0x0503, "ecdsa_secp384r1_sha384", HFI_ECDSA_SHA384, HFI_KEY_EC_P384, true},
    {0x0805, "rsa_pss_rsae_sha384", HFI_RSA_PSS_SHA384, HFI_KEY_RSA, true},
    {0x0806, "rsa_pss_rsae_sha512", HFI_RSA_PSS_SHA512, HFI_KEY_RSA, true},
    {0x0603, "ecdsa_secp521r1_sha512", HFI_ECDSA_SHA512, HFI_KEY_EC_P521, true},
    {0x0808, "ed448", HFI_ED448, HFI_KEY_ED448, true},
    {0x0809, "rsa_pss_pss_sha256", HFI_RSA_PSS_SHA256, HFI_KEY_RSA_PSS, true},
    {0x080a, "rsa_pss_pss_sha384", HFI_RSA_PSS_SHA384, HFI_KEY_RSA_PSS, true},
    {0x080b, "rsa_pss_pss_sha512", HFI_RSA_PSS_SHA512, HFI_KEY_RSA_PSS, true},
    {0x0401, "rsa_pkcs1_sha256", HFI_RSA_PKCS1_SHA256, HFI_KEY_RSA, false},
    {0x0501, "rsa_pkcs1_sha384", HFI_RSA_PKCS1_SHA384, HFI_KEY_RSA, false},
    {0x0601, "rsa_pkcs1_sha512", HFI_RSA_PKCS1_SHA512, HFI_KEY_RSA, false},
};

const hfi_scheme *hfi_scheme_at(size_t index)
{
    return index < HFI_SCHEMES_MAX ? &schemes[index] : NULL;
}

const hfi_scheme *hfi_scheme_find(uint16_t id)
{
    for (size_t i = 0; i < HFI_SCHEMES_MAX; i++) {
        if (schemes[i].id == id)
            return &schemes[i];
    }
    return NULL;
}

uint32_t hfi_scheme_set(hfi_view list)
{
    hfi_reader r = hfi_reader_of(list);
    uint32_t set = 0;

    while (hfi_reader_more(&r)) {
        uint16_t id = hfi_read_u16(&r);
        for (size_t i = 0; i < HFI_SCHEMES_MAX; i++) {
            if (schemes[i].id == id)
                set |= UINT32_C(1) << i;
        }
    }
    return set;
}

uint32_t hfi_scheme_signatures(uint32_t set)
{
    uint32_t signatures = 0;

    for (size_t i = 0; i < HFI_SCHEMES_MAX; i++) {
        if ((set & UINT32_C(1) << i) != 0)
            signatures |= UINT32_C(1) << schemes[i].signature;
    }
    return signatures;
}

bool hfi_settings_allow(const hfi_settings *s, uint16_t version)
{
    if (version < s->version_min || version > s->version_max)
        return false;
    for (size_t i = 0; i < s->suite_count; i++) {
        bool is_tls13 = s->suites[i] >> 8 == 0x13; /* RFC 8446 B.4 */
        if (is_tls13 == (version == 0x0304))
            return true;
    }
    return false;
}

void hfi_settings_defaults(hfi_settings *s)
{
    hfi_suite suite;

    s->version_min = 0x0303;
    s->version_max = 0x0304;
    s->record_size_limit = 16384;
    s->ticket_count = 2;
    s->suite_count = s->group_count = s->scheme_count = 0;
    for (size_t i = 0; i < HFI_SUITES_BY_DEFAULT && hfi_suite_at(s->crypto, i, &suite);
         i++)
        s->suites[s->suite_count++] = suite.id;
    for (size_t i = 0; i < GROUPS_BY_DEFAULT; i++)
        s->groups[s->group_count++] = hfi_group_at(s->crypto, i)->id;
    for (size_t i = 0; hfi_scheme_at(i) != NULL; i++)
        s->schemes[s->scheme_count++] = hfi_scheme_at(i)->id;
}

const char *hfi_handshake_type_name(int type)
{
    switch (type) {
    case HFI_CLIENT_HELLO:
        return "ClientHello";
    case HFI_SERVER_HELLO:
        return "ServerHello";
    case HFI_NEW_SESSION_TICKET:
        return "NewSessionTicket";
    case HFI_END_OF_EARLY_DATA:
        return "EndOfEarlyData";
    case HFI_ENCRYPTED_EXTENSIONS:
        return "EncryptedExtensions";
    case HFI_CERTIFICATE:
        return "Certificate";
    case HFI_COMPRESSED_CERTIFICATE:
        return "CompressedCertificate";
    case HFI_SERVER_KEY_EXCHANGE:
        return "ServerKeyExchange";
    case HFI_CERTIFICATE_REQUEST:
        return "CertificateRequest";
    case HFI_CERTIFICATE_STATUS:
        return "CertificateStatus";
    case HFI_HELLO_REQUEST:
        return "HelloRequest";
    case HFI_SERVER_HELLO_DONE:
        return "ServerHelloDone";
    case HFI_CERTIFICATE_VERIFY:
        return "CertificateVerify";
    case HFI_CLIENT_KEY_EXCHANGE:
        return "ClientKeyExchange";
    case HFI_FINISHED:
        return "Finished";
    case HFI_KEY_UPDATE:
        return "KeyUpdate";
    case HFI_HELLO_RETRY_REQUEST:
        return "HelloRetryRequest";
    default:
        return "unknown";
    }
}
