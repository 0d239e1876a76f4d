/* crypto/nettle/cbc.c: AES-CBC decryption, FIPS 197 and SP 800-38A 6.2, for encrypted
 * private keys.  Padding is the caller's. */
#include <nettle/aes.h>
#include <nettle/cbc.h>

#include "base/ct.h"
#include "crypto/nettle/primitives.h"

typedef union aes_ctx {
    struct aes128_ctx aes_128;
    struct aes192_ctx aes_192;
    struct aes256_ctx aes_256;
} aes_ctx;

static nettle_cipher_func *set_key(aes_ctx *ctx, hfi_view key)
{
    switch (key.len) {
    case AES128_KEY_SIZE:
        aes128_set_decrypt_key(&ctx->aes_128, key.p);
        return (nettle_cipher_func *)aes128_decrypt;
    case AES192_KEY_SIZE:
        aes192_set_decrypt_key(&ctx->aes_192, key.p);
        return (nettle_cipher_func *)aes192_decrypt;
    case AES256_KEY_SIZE:
        aes256_set_decrypt_key(&ctx->aes_256, key.p);
        return (nettle_cipher_func *)aes256_decrypt;
    default:
        return NULL;
    }
}

bool hfi_nettle_aes_cbc_decrypt(hfi_view key, const uint8_t iv[16], const uint8_t *in,
                                size_t len, uint8_t *out)
{
    aes_ctx ctx;
    uint8_t chain[AES_BLOCK_SIZE];
    nettle_cipher_func *decrypt = set_key(&ctx, key);

    if (decrypt == NULL || len % AES_BLOCK_SIZE != 0)
        return false;
    memcpy(chain, iv, sizeof chain);
    cbc_decrypt(&ctx, decrypt, sizeof chain, chain, len, out, in);
    hfi_wipe(&ctx, sizeof ctx);
    return true;
}
