/* crypto/nettle/hash.c: SHA-1, SHA-256, SHA-384, SHA-512 (FIPS 180-4) and HMAC (RFC
 * 2104).
 *
 * The opaque contexts of provider.h hold nettle's own; the assertions say that they
 * fit.  nettle hashes the pads of an HMAC key once, in set_key, and its digest
 * functions put a context back to where it began, as provider.h wants. */
#include <assert.h>

#include <nettle/hmac.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "crypto/nettle/compat.h"
#include "crypto/nettle/primitives.h"

static_assert(sizeof(struct sha1_ctx) <= HFI_HASH_CTX_SIZE, "SHA-1 state fits");
static_assert(sizeof(struct sha256_ctx) <= HFI_HASH_CTX_SIZE, "SHA-256 state fits");
static_assert(sizeof(struct sha384_ctx) <= HFI_HASH_CTX_SIZE, "SHA-384 state fits");
static_assert(sizeof(struct sha512_ctx) <= HFI_HASH_CTX_SIZE, "SHA-512 state fits");
static_assert(sizeof(struct hmac_sha1_ctx) <= HFI_HMAC_CTX_SIZE, "HMAC state fits");
static_assert(sizeof(struct hmac_sha256_ctx) <= HFI_HMAC_CTX_SIZE, "HMAC state fits");
static_assert(sizeof(struct hmac_sha384_ctx) <= HFI_HMAC_CTX_SIZE, "HMAC state fits");
static_assert(sizeof(struct hmac_sha512_ctx) <= HFI_HMAC_CTX_SIZE, "HMAC state fits");
static_assert(SHA512_DIGEST_SIZE <= HFI_HASH_SIZE_MAX, "a digest fits");

/* The six functions of one hash: the same but for nettle's names. */
#define HASH_FUNCTIONS(hash, HASH)                                                       \
    static void hash##_init_ctx(hfi_hash_ctx *ctx)                                       \
    {                                                                                    \
        hash##_init((struct hash##_ctx *)ctx->opaque);                                   \
    }                                                                                    \
    static void hash##_update_ctx(hfi_hash_ctx *ctx, const uint8_t *p, size_t len)       \
    {                                                                                    \
        hash##_update((struct hash##_ctx *)ctx->opaque, len, p);                         \
    }                                                                                    \
    static void hash##_finish_ctx(hfi_hash_ctx *ctx, uint8_t *out)                       \
    {                                                                                    \
        HFI_NETTLE_DIGEST(hash##_digest, (struct hash##_ctx *)ctx->opaque,               \
                          HASH##_DIGEST_SIZE, out);                                      \
    }                                                                                    \
    static void hash##_hmac_key(hfi_hmac_ctx *ctx, const uint8_t *key, size_t len)       \
    {                                                                                    \
        hmac_##hash##_set_key((struct hmac_##hash##_ctx *)ctx->opaque, len, key);        \
    }                                                                                    \
    static void hash##_hmac_update(hfi_hmac_ctx *ctx, const uint8_t *p, size_t len)      \
    {                                                                                    \
        hmac_##hash##_update((struct hmac_##hash##_ctx *)ctx->opaque, len, p);           \
    }                                                                                    \
    static void hash##_hmac_finish(hfi_hmac_ctx *ctx, uint8_t *out)                      \
    {                                                                                    \
        HFI_NETTLE_DIGEST(hmac_##hash##_digest, (struct hmac_##hash##_ctx *)ctx->opaque, \
                          HASH##_DIGEST_SIZE, out);                                      \
    }

#define HASH_ROW(text, hash, HASH)                                                      \
    {                                                                                   \
        .name = (text), .size = HASH##_DIGEST_SIZE, .block = HASH##_BLOCK_SIZE,         \
        .ctx_used = sizeof(struct hash##_ctx),                                          \
        .hmac_used = sizeof(struct hmac_##hash##_ctx), .of_nothing = hash##_of_nothing, \
        .init = hash##_init_ctx, .update = hash##_update_ctx,                           \
        .finish = hash##_finish_ctx, .hmac_key = hash##_hmac_key,                       \
        .hmac_update = hash##_hmac_update, .hmac_finish = hash##_hmac_finish,           \
    }

/* Digests of the empty message, FIPS 180-4. */
static const uint8_t sha1_of_nothing[] = {0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b,
                                          0x0d, 0x32, 0x55, 0xbf, 0xef, 0x95, 0x60,
                                          0x18, 0x90, 0xaf, 0xd8, 0x07, 0x09};
static const uint8_t sha256_of_nothing[] = {
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
    0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
    0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};
static const uint8_t sha384_of_nothing[] = {
    0x38, 0xb0, 0x60, 0xa7, 0x51, 0xac, 0x96, 0x38, 0x4c, 0xd9, 0x32, 0x7e,
    0xb1, 0xb1, 0xe3, 0x6a, 0x21, 0xfd, 0xb7, 0x11, 0x14, 0xbe, 0x07, 0x43,
    0x4c, 0x0c, 0xc7, 0xbf, 0x63, 0xf6, 0xe1, 0xda, 0x27, 0x4e, 0xde, 0xbf,
    0xe7, 0x6f, 0x65, 0xfb, 0xd5, 0x1a, 0xd2, 0xf1, 0x48, 0x98, 0xb9, 0x5b};
static const uint8_t sha512_of_nothing[] = {
    0xcf, 0x83, 0xe1, 0x35, 0x7e, 0xef, 0xb8, 0xbd, 0xf1, 0x54, 0x28, 0x50, 0xd6,
    0x6d, 0x80, 0x07, 0xd6, 0x20, 0xe4, 0x05, 0x0b, 0x57, 0x15, 0xdc, 0x83, 0xf4,
    0xa9, 0x21, 0xd3, 0x6c, 0xe9, 0xce, 0x47, 0xd0, 0xd1, 0x3c, 0x5d, 0x85, 0xf2,
    0xb0, 0xff, 0x83, 0x18, 0xd2, 0x87, 0x7e, 0xec, 0x2f, 0x63, 0xb9, 0x31, 0xbd,
    0x47, 0x41, 0x7a, 0x81, 0xa5, 0x38, 0x32, 0x7a, 0xf9, 0x27, 0xda, 0x3e};

HASH_FUNCTIONS(sha1, SHA1)
HASH_FUNCTIONS(sha256, SHA256)
HASH_FUNCTIONS(sha384, SHA384)
HASH_FUNCTIONS(sha512, SHA512)

const hfi_hash hfi_nettle_sha1 = HASH_ROW("SHA1", sha1, SHA1);
const hfi_hash hfi_nettle_sha256 = HASH_ROW("SHA256", sha256, SHA256);
const hfi_hash hfi_nettle_sha384 = HASH_ROW("SHA384", sha384, SHA384);
const hfi_hash hfi_nettle_sha512 = HASH_ROW("SHA512", sha512, SHA512);
