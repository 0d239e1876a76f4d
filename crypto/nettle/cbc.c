/* crypto/nettle/cbc.c: AES-CBC decryption, FIPS 197 and SP 800-38A 6.2, for encrypted
 * private keys.  Padding is the caller's. */
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
