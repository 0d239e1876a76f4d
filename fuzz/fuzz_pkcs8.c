/* fuzz/fuzz_pkcs8.c: one file of a private key, PEM or DER, with and without password.
 * Decryption copies and the derivation of keys does nothing, so that what is in an
 * encrypted file is reached, and a large number of iterations costs little. */
#include <stdlib.h>

#include "pki/private_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t live;

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    live++;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    live--;
    free(p);
}

static const hfi_alloc heap = {allocate, release, NULL};

static void no_key(hfi_hmac_ctx *ctx, const uint8_t *key, size_t len)
{
    (void)ctx;
    (void)key;
    (void)len;
}

static void no_finish(hfi_hmac_ctx *ctx, uint8_t *out)
{
    (void)ctx;
    out[0] = 1;
}

static const hfi_hash fake_hash = {.name = "fake",
                                   .size = 1,
                                   .hmac_key = no_key,
                                   .hmac_update = no_key,
                                   .hmac_finish = no_finish};

static bool copy_through(hfi_view key, const uint8_t iv[16], const uint8_t *in,
                         size_t len, uint8_t *out)
{
    (void)key;
    (void)iv;
    memmove(out, in, len);
    return true;
}

static void check(const hfi_private_key_parts *k)
{
    const hfi_view all[] = {k->parts.modulus, k->parts.exponent, k->parts.p,
                            k->parts.q,       k->parts.dp,       k->parts.dq,
                            k->parts.qinv,    k->parts.scalar};

    if (k->parts.type == HFI_KEY_NONE)
        abort();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].len != 0 && (all[i].p < k->bytes || all[i].len > k->size ||
                                (size_t)(all[i].p - k->bytes) > k->size - all[i].len))
            abort(); /* not within what is wiped */
}

static void read_with(const hfi_crypto *crypto, hfi_view input, const hfi_view *password)
{
    hfi_private_key_parts k;

    if (hfi_private_key_read(crypto, &heap, input, password, &k) == HFI_OK)
        check(&k);
    hfi_private_key_parts_clear(&heap, &k);
    if (live != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hfi_view input = hfi_view_of(data, size);
    hfi_view password = hfi_view_of_text("secret");
    hfi_crypto crypto = hfi_crypto_nettle;

    crypto.sha1 = crypto.sha256 = crypto.sha384 = crypto.sha512 = &fake_hash;
    crypto.aes_cbc_decrypt = copy_through;
    read_with(&crypto, input, NULL);
    read_with(&crypto, input, &password);
    return 0;
}
