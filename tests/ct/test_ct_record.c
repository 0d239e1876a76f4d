/* tests/ct/test_ct_record.c: records sealed and opened under keys that memcheck takes
 * for undefined, so that all plaintext is undefined too.  What leaves the machine, the
 * sealed record, is public. */
#include "secrets.h"

#include "record/record.h"

static const hfi_alloc heap = {allocate, release, NULL};

typedef struct ends {
    hfi_record_keys sender, receiver;
} ends;

static ends both_ends(const hfi_aead *aead, size_t salt_len)
{
    uint8_t key[HFI_AEAD_KEY_MAX], iv[HFI_AEAD_NONCE];
    ends e;

    memset(&e, 0, sizeof e);
    fill(key, sizeof key, 11);
    fill(iv, sizeof iv, 12);
    secret(key, sizeof key);
    secret(iv, sizeof iv);
    hfi_record_keys *const each[] = {&e.sender, &e.receiver};
    for (size_t i = 0; i < 2; i++)
        EXPECT((salt_len == 0 ? hfi_record_keys_install(each[i], &heap, aead, key, iv)
                              : hfi_record_keys_install_tls12(each[i], &heap, aead, key,
                                                              iv, salt_len)) == HFI_OK);
    return e;
}

static size_t seal(ends *e, const uint8_t *text, size_t len, size_t padding, uint8_t *out)
{
    size_t sealed = 0;

    EXPECT(hfi_record_seal_padded(&e->sender, HFI_CONTENT_APPLICATION, 0x0303,
                                  hfi_view_of(text, len), padding, out,
                                  &sealed) == HFI_OK);
    public(out, sealed);
    return sealed;
}

/* The record's type, its length, and whether it was authentic, decide what comes next in
 * the open: an alert, or how many bytes the application gets. */
static void open_record(ends *e, uint8_t *sealed, size_t sealed_len, const uint8_t *text,
                        size_t len, hfi_err want)
{
    hfi_record record;
    hfi_err err;

    hfi_record_status status =
        hfi_record_open(&e->receiver, (hfi_span){sealed, sealed_len}, &record, &err);
    public(&status, sizeof status);
    public(&err, sizeof err);
    EXPECT(err == want);
    if (want != HFI_OK)
        return;
    public(&record, sizeof record);
    EXPECT(status == HFI_RECORD_READY && record.content.len == len);
    public(record.content.p, len);
    EXPECT(memcmp(record.content.p, text, len) == 0);
}

static void exchange(const hfi_aead *aead, size_t salt_len)
{
    uint8_t text[300], copy[300], sealed[sizeof text + 100 + HFI_RECORD_OVERHEAD];
    ends e = both_ends(aead, salt_len);

    fill(text, sizeof text, 13);
    memcpy(copy, text, sizeof text);
    secret(text, sizeof text);
    for (size_t len = 0; len <= sizeof text; len += 75) {
        size_t padding = salt_len == 0 ? len % 97 : 0;
        size_t sealed_len = seal(&e, text, len, padding, sealed);
        open_record(&e, sealed, sealed_len, copy, len, HFI_OK);
    }
    size_t sealed_len = seal(&e, text, sizeof text, 0, sealed);
    sealed[sealed_len - 1] ^= 1;
    open_record(&e, sealed, sealed_len, copy, sizeof copy, HFI_E_BAD_RECORD_MAC);
    hfi_record_keys_clear(&e.sender, &heap);
    hfi_record_keys_clear(&e.receiver, &heap);
}

static void all(void)
{
    const hfi_crypto *c = &hfi_crypto_nettle;

    exchange(c->aes_128_gcm, 0);
    exchange(c->aes_256_gcm, 0);
    exchange(c->chacha20_poly1305, 0);
    exchange(c->aes_128_ccm, 0);
    exchange(c->aes_256_ccm, 0);
    exchange(c->aes_128_gcm, 4);
    exchange(c->aes_256_gcm, 4);
    exchange(c->aes_128_ccm, 4);
    exchange(c->aes_256_ccm, 4);
    exchange(c->chacha20_poly1305, 12);
}

int main(int argc, char **argv)
{
    return run(argc, argv, all);
}
