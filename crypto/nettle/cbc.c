/* crypto/nettle/cbc.c: AES-CBC, FIPS 197 and SP 800-38A 6.2, for encrypted private keys
 * and records of TLS 1.2.  Padding is the caller's. */
#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/nettle-meta.h>

#include "base/ct.h"
#include "crypto/nettle/primitives.h"

static const struct nettle_cipher *cipher_of(size_t key_len)
{
    switch (key_len) {
    case AES128_KEY_SIZE:
        return &nettle_aes128;
    case AES192_KEY_SIZE:
        return &nettle_aes192;
    case AES256_KEY_SIZE:
        return &nettle_aes256;
    default:
        return NULL;
    }
}

bool hfi_nettle_aes_cbc_decrypt(hfi_view key, const uint8_t iv[16], const uint8_t *in,
                                size_t len, uint8_t *out)
{
    struct aes256_ctx ctx; /* the largest of the three */
    uint8_t chain[AES_BLOCK_SIZE];
    const struct nettle_cipher *cipher = cipher_of(key.len);

    if (cipher == NULL || cipher->context_size > sizeof ctx || len % AES_BLOCK_SIZE != 0)
        return false;
    memcpy(chain, iv, sizeof chain);
    cipher->set_decrypt_key(&ctx, key.p);
    cbc_decrypt(&ctx, cipher->decrypt, sizeof chain, chain, len, out, in);
    hfi_wipe(&ctx, sizeof ctx);
    return true;
}

/* ---- for records ---- */

/* Both schedules of one key: nettle's CBC functions change none of them. */
#define CBC_FUNCTIONS(aes)                                                            \
    typedef struct aes##_keys {                                                       \
        struct aes##_ctx encrypt, decrypt;                                            \
    } aes##_keys;                                                                     \
    static void aes##_cbc_init(void *ctx, const uint8_t *key)                         \
    {                                                                                 \
        aes##_keys *k = ctx;                                                          \
        aes##_set_encrypt_key(&k->encrypt, key);                                      \
        aes##_invert_key(&k->decrypt, &k->encrypt);                                   \
    }                                                                                 \
    static void aes##_cbc_encrypt(const void *ctx, const uint8_t iv[HFI_CBC_BLOCK],   \
                                  const uint8_t *in, size_t len, uint8_t *out)        \
    {                                                                                 \
        const aes##_keys *k = ctx;                                                    \
        uint8_t chain[HFI_CBC_BLOCK];                                                 \
        memcpy(chain, iv, sizeof chain);                                              \
        cbc_encrypt(&k->encrypt, nettle_##aes.encrypt, sizeof chain, chain, len, out, \
                    in);                                                              \
    }                                                                                 \
    static void aes##_cbc_decrypt(const void *ctx, const uint8_t iv[HFI_CBC_BLOCK],   \
                                  const uint8_t *in, size_t len, uint8_t *out)        \
    {                                                                                 \
        const aes##_keys *k = ctx;                                                    \
        uint8_t chain[HFI_CBC_BLOCK];                                                 \
        memcpy(chain, iv, sizeof chain);                                              \
        cbc_decrypt(&k->decrypt, nettle_##aes.decrypt, sizeof chain, chain, len, out, \
                    in);                                                              \
    }

CBC_FUNCTIONS(aes128)
CBC_FUNCTIONS(aes256)

const hfi_cbc hfi_nettle_aes_128_cbc = {
    .name = "AES_128_CBC",
    .key_len = AES128_KEY_SIZE,
    .ctx_size = sizeof(aes128_keys),
    .init = aes128_cbc_init,
    .encrypt = aes128_cbc_encrypt,
    .decrypt = aes128_cbc_decrypt,
};

const hfi_cbc hfi_nettle_aes_256_cbc = {
    .name = "AES_256_CBC",
    .key_len = AES256_KEY_SIZE,
    .ctx_size = sizeof(aes256_keys),
    .init = aes256_cbc_init,
    .encrypt = aes256_cbc_encrypt,
    .decrypt = aes256_cbc_decrypt,
};
