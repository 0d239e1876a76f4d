/* fuzz/fuzz_record.c: bytes of a hostile peer into hfi_record_open.
 * The first byte chooses the keys: none, a fixed AES-128-GCM key (whose tags a fuzzer
 * hardly finds: the seeds have some), or an AEAD that lets everything pass, so that the
 * inner plaintext is the fuzzer's as well; or a CBC suite whose cipher copies and whose
 * hash is always zero, with the MAC inside and outside, so that padding of every kind is
 * reached.  The rest is opened record by record. */
#include <stdlib.h>

#include "record/record.h"

enum { TAG = 16, MAC = 20, KINDS = 5 };

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static const hfi_alloc alloc = {allocate, release, NULL};

static void pass_init(void *ctx, const uint8_t *key)
{
    memcpy(ctx, key, 16);
}

static void pass_seal(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                      const uint8_t *in, size_t len, uint8_t *out)
{
    (void)ctx;
    (void)nonce;
    (void)ad;
    memmove(out, in, len);
    memset(out + len, 0, TAG);
}

static bool pass_open(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                      const uint8_t *in, size_t len, uint8_t *out)
{
    (void)ctx;
    (void)nonce;
    (void)ad;
    memmove(out, in, len - TAG);
    return true;
}

static const hfi_aead pass_aead = {.name = "pass",
                                   .key_len = 16,
                                   .tag_len = TAG,
                                   .ctx_size = 16,
                                   .record_limit = 8,
                                   .init = pass_init,
                                   .seal = pass_seal,
                                   .open = pass_open};

/* ---- a cipher and a hash without effect ---- */

static void copy_init(void *ctx, const uint8_t *key)
{
    memcpy(ctx, key, 16);
}

static void copy_blocks(const void *ctx, const uint8_t iv[HFI_CBC_BLOCK],
                        const uint8_t *in, size_t len, uint8_t *out)
{
    (void)ctx;
    (void)iv;
    memmove(out, in, len);
}

static const hfi_cbc copy_cbc = {.name = "copy",
                                 .key_len = 16,
                                 .ctx_size = 16,
                                 .init = copy_init,
                                 .encrypt = copy_blocks,
                                 .decrypt = copy_blocks};

static void zero_init(hfi_hash_ctx *ctx)
{
    ctx->opaque[0] = 0;
}

/* Touches every byte, so that a sanitizer sees each step past an end. */
static void zero_update(hfi_hash_ctx *ctx, const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ctx->opaque[0] ^= p[i];
}

static void zero_finish(hfi_hash_ctx *ctx, uint8_t *out)
{
    memset(out, 0, MAC);
    zero_init(ctx);
}

static const hfi_hash zero_hash = {.name = "zero",
                                   .size = MAC,
                                   .block = 64,
                                   .ctx_used = 16,
                                   .init = zero_init,
                                   .update = zero_update,
                                   .finish = zero_finish};

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* What a prefix of the header is refused for, the whole is refused for. */
static void check_prefixes(hfi_record_keys *k, hfi_span in, hfi_record_status status,
                           hfi_err err, const uint8_t header[HFI_RECORD_HEADER])
{
    for (size_t len = 0; len <= HFI_RECORD_HEADER && len < in.len; len++) {
        uint8_t prefix[HFI_RECORD_HEADER];
        hfi_record record;
        hfi_err prefix_err;
        memcpy(prefix, header, len);
        hfi_record_status early =
            hfi_record_open(k, (hfi_span){prefix, len}, &record, &prefix_err);
        require(early != HFI_RECORD_READY);
        if (early == HFI_RECORD_FAILED)
            require(status == HFI_RECORD_FAILED && err == prefix_err);
        else
            require(record.consumed > len);
    }
}

/* Opens one record; how many bytes it took, 0 to stop. */
static size_t open_one(hfi_record_keys *k, hfi_span in)
{
    hfi_record record;
    hfi_err err = HFI_OK;
    uint64_t sequence = k->sequence;
    uint8_t header[HFI_RECORD_HEADER] = {0};

    if (in.len != 0)
        memcpy(header, in.p, in.len < sizeof header ? in.len : sizeof header);
    hfi_record_status status = hfi_record_open(k, in, &record, &err);
    check_prefixes(k, in, status, err, header);

    if (status == HFI_RECORD_FAILED) {
        require(err != HFI_OK && record.content.len == 0);
        return 0;
    }
    require(err == HFI_OK);
    require(record.consumed >= HFI_RECORD_HEADER &&
            record.consumed <= hfi_record_longest(k));
    if (status == HFI_RECORD_PARTIAL) {
        require(record.consumed > in.len && k->sequence == sequence);
        return 0;
    }
    require(record.consumed <= in.len);
    require(record.content.p >= in.p + HFI_RECORD_HEADER);
    require(record.content.p + record.content.len <= in.p + record.consumed);
    require(record.content.len <= HFI_RECORD_PLAINTEXT_MAX);
    require(record.content.len != 0 || record.type == HFI_CONTENT_APPLICATION);
    require(record.type >= HFI_CONTENT_CCS && record.type <= HFI_CONTENT_APPLICATION);
    require(k->sequence == sequence + (record.was_protected ? 1 : 0));
    require(hfi_record_protects(k) || !record.was_protected);
    return record.consumed;
}

/* The first byte's keys; false if there is no memory for them. */
static bool choose_keys(hfi_record_keys *k, unsigned kind)
{
    static const uint8_t key[HFI_AEAD_KEY_MAX] = {1, 2, 3};
    static const uint8_t iv[HFI_AEAD_NONCE] = {4, 5, 6};
    const hfi_record_cbc cbc = {&copy_cbc, &zero_hash, kind == 4, &hfi_random_system};

    switch (kind) {
    case 0:
        return true;
    case 1:
        return hfi_record_keys_install(k, &alloc, hfi_crypto_nettle.aes_128_gcm, key,
                                       iv) == HFI_OK;
    case 2:
        return hfi_record_keys_install(k, &alloc, &pass_aead, key, iv) == HFI_OK;
    default:
        return hfi_record_keys_install_cbc(k, &alloc, &cbc, key, key) == HFI_OK;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hfi_record_keys k = {.aead = NULL};

    if (size == 0)
        return 0;
    if (!choose_keys(&k, data[0] % KINDS))
        return 0;

    /* A block of its exact size, which opening may write to. */
    size_t len = size - 1;
    uint8_t *bytes = malloc(len == 0 ? 1 : len);
    if (bytes != NULL) {
        memcpy(bytes, data + 1, len);
        size_t at = 0;
        size_t took;
        do {
            took = open_one(&k, (hfi_span){bytes + at, len - at});
            at += took;
        } while (took != 0);
    }
    free(bytes);
    hfi_record_keys_clear(&k, &alloc);
    return 0;
}
