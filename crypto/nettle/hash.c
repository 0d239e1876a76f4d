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

#define HASH_ROW(text, hash, HASH)                                              \
    {                                                                           \
        .name = (text), .size = HASH##_DIGEST_SIZE, .block = HASH##_BLOCK_SIZE, \
        .ctx_used = sizeof(struct hash##_ctx), .init = hash##_init_ctx,         \
        .update = hash##_update_ctx, .finish = hash##_finish_ctx,               \
        .hmac_key = hash##_hmac_key, .hmac_update = hash##_hmac_update,         \
        .hmac_finish = hash##_hmac_finish,                                      \
    }

HASH_FUNCTIONS(sha1, SHA1)
HASH_FUNCTIONS(sha256, SHA256)
HASH_FUNCTIONS(sha384, SHA384)
HASH_FUNCTIONS(sha512, SHA512)

const hfi_hash hfi_nettle_sha1 = HASH_ROW("SHA1", sha1, SHA1);
const hfi_hash hfi_nettle_sha256 = HASH_ROW("SHA256", sha256, SHA256);
const hfi_hash hfi_nettle_sha384 = HASH_ROW("SHA384", sha384, SHA384);
const hfi_hash hfi_nettle_sha512 = HASH_ROW("SHA512", sha512, SHA512);
