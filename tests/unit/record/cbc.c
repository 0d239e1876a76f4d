/* tests/unit/record/cbc.c: records of CBC suites, built of nettle's functions. */
#include "cbc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/hmac.h>
#include <nettle/version.h>

#if NETTLE_VERSION_MAJOR >= 4
#define DIGEST(function, ctx, size, out) function((ctx), (out))
#else
#define DIGEST(function, ctx, size, out) function((ctx), (size), (out))
#endif

const cbc_kind cbc_kinds[CBC_KINDS] = {
    {"AES-128, SHA-1 inside", 16, 20, false},
    {"AES-256, SHA-1 inside", 32, 20, false},
    {"AES-128, SHA-256 inside", 16, 32, false},
    {"AES-256, SHA-384 inside", 32, 48, false},
    {"AES-128, SHA-1 outside", 16, 20, true},
    {"AES-256, SHA-1 outside", 32, 20, true},
    {"AES-128, SHA-256 outside", 16, 32, true},
    {"AES-256, SHA-384 outside", 32, 48, true},
};

const uint8_t cbc_mac_key[48] = {
    0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b,
    0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,
    0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0x53,
    0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f};
const uint8_t cbc_iv[CBC_IV] = {0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77,
                                0x78, 0x79, 0x7a, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f};

static bool fill(void *ctx, uint8_t *p, size_t len)
{
    (void)ctx;
    for (size_t i = 0; i < len; i++)
        p[i] = cbc_iv[i % CBC_IV];
    return true;
}

const hfi_random cbc_random = {fill, NULL};

void cbc_install(hfi_record_keys *k, const hfi_alloc *a, const cbc_kind *kind,
                 uint64_t sequence)
{
    const hfi_crypto *c = &hfi_crypto_nettle;
    const hfi_record_cbc cbc = {
        kind->key_len == 16 ? c->aes_128_cbc : c->aes_256_cbc,
        kind->mac_len == 20   ? c->sha1
        : kind->mac_len == 32 ? c->sha256
                              : c->sha384,
        kind->outside,
        &cbc_random,
    };

    memset(k, 0, sizeof *k);
    assert_int_equal(hfi_record_keys_install_cbc(k, a, &cbc, cbc_mac_key, fixture_key),
                     HFI_OK);
    k->sequence = sequence;
}

static void put_number(uint8_t *out, uint64_t n, size_t bytes)
{
    for (size_t i = bytes; i-- != 0; n >>= 8)
        out[i] = (uint8_t)n;
}

void cbc_mac(const cbc_kind *kind, uint64_t sequence, uint8_t type, const uint8_t *text,
             size_t len, uint8_t *out)
{
    struct hmac_sha1_ctx sha1;
    struct hmac_sha256_ctx sha256;
    struct hmac_sha384_ctx sha384;
    uint8_t header[13] = {0, 0, 0, 0, 0, 0, 0, 0, type, 3, 3};

    put_number(header, sequence, 8);
    put_number(header + 11, len, 2);
    switch (kind->mac_len) {
    case 20:
        hmac_sha1_set_key(&sha1, 20, cbc_mac_key);
        hmac_sha1_update(&sha1, sizeof header, header);
        hmac_sha1_update(&sha1, len, text);
        DIGEST(hmac_sha1_digest, &sha1, 20, out);
        break;
    case 32:
        hmac_sha256_set_key(&sha256, 32, cbc_mac_key);
        hmac_sha256_update(&sha256, sizeof header, header);
        hmac_sha256_update(&sha256, len, text);
        DIGEST(hmac_sha256_digest, &sha256, 32, out);
        break;
    default:
        hmac_sha384_set_key(&sha384, 48, cbc_mac_key);
        hmac_sha384_update(&sha384, sizeof header, header);
        hmac_sha384_update(&sha384, len, text);
        DIGEST(hmac_sha384_digest, &sha384, 48, out);
    }
}

void cbc_encrypt_text(const cbc_kind *kind, const uint8_t *text, size_t len, uint8_t *out)
{
    struct aes128_ctx aes128;
    struct aes256_ctx aes256;
    uint8_t chain[CBC_IV];

    memcpy(chain, cbc_iv, sizeof chain);
    if (kind->key_len == 16) {
        aes128_set_encrypt_key(&aes128, fixture_key);
        cbc_encrypt(&aes128, nettle_aes128.encrypt, CBC_IV, chain, len, out, text);
    } else {
        aes256_set_encrypt_key(&aes256, fixture_key);
        cbc_encrypt(&aes256, nettle_aes256.encrypt, CBC_IV, chain, len, out, text);
    }
}

size_t cbc_least_padding(const cbc_kind *kind, size_t len)
{
    return 15 - (len + (kind->outside ? 0 : kind->mac_len)) % 16;
}

size_t cbc_text(const cbc_kind *kind, uint64_t sequence, uint8_t type,
                const uint8_t *content, size_t len, size_t padding, uint8_t *out)
{
    memcpy(out, content, len);
    if (!kind->outside) {
        cbc_mac(kind, sequence, type, content, len, out + len);
        len += kind->mac_len;
    }
    memset(out + len, (int)padding, padding + 1);
    return len + padding + 1;
}

size_t cbc_record(const cbc_kind *kind, uint64_t sequence, uint8_t type,
                  const uint8_t *text, size_t len, uint8_t *out)
{
    size_t body = CBC_IV + len + (kind->outside ? kind->mac_len : 0);

    assert_int_equal(len % 16, 0);
    out[0] = type;
    out[1] = out[2] = 3;
    put_number(out + 3, body, 2);
    memcpy(out + 5, cbc_iv, CBC_IV);
    cbc_encrypt_text(kind, text, len, out + 5 + CBC_IV);
    if (kind->outside)
        cbc_mac(kind, sequence, type, out + 5, CBC_IV + len, out + 5 + CBC_IV + len);
    return 5 + body;
}
