/* tests/ct/test_ct_cbc.c: records of CBC suites under keys that memcheck takes for
 * undefined, so that padding, MAC and content are undefined too: right ones, and each way
 * in which they can be wrong.  RFC 5246 6.2.3.2, RFC 7366. */
#include "secrets.h"

#include "record/record.h"

enum { BLOCKS = 20, TEXT = 16 * BLOCKS, BODY = 16 + TEXT };

static const hfi_alloc heap = {allocate, release, NULL};

/* The IV goes over the wire. */
static bool fill_public(void *ctx, uint8_t *p, size_t len)
{
    (void)ctx;
    fill(p, len, 17);
    return true;
}

static const hfi_random ivs = {fill_public, NULL};

static void install(hfi_record_keys *k, const hfi_record_cbc *cbc)
{
    uint8_t mac_key[48], key[HFI_AEAD_KEY_MAX];

    memset(k, 0, sizeof *k);
    fill(mac_key, sizeof mac_key, 11);
    fill(key, sizeof key, 12);
    secret(mac_key, sizeof mac_key);
    secret(key, sizeof key);
    EXPECT(hfi_record_keys_install_cbc(k, &heap, cbc, mac_key, key) == HFI_OK);
}

/* Whether it was authentic is told to the peer; what it holds then, to the caller. */
static bool opens(hfi_record_keys *k, uint8_t *sealed, size_t sealed_len, size_t *len)
{
    hfi_record record;
    hfi_err err;

    hfi_record_status status =
        hfi_record_open(k, (hfi_span){sealed, sealed_len}, &record, &err);
    public(&status, sizeof status);
    public(&err, sizeof err);
    public(&record, sizeof record);
    EXPECT(err == HFI_OK || err == HFI_E_BAD_RECORD_MAC);
    *len = record.content.len;
    return status == HFI_RECORD_READY;
}

static void exchange(const hfi_record_cbc *cbc)
{
    uint8_t text[300], sealed[sizeof text + HFI_RECORD_OVERHEAD];
    hfi_record_keys sender, receiver;

    install(&sender, cbc);
    install(&receiver, cbc);
    fill(text, sizeof text, 13);
    secret(text, sizeof text);
    for (size_t len = 0; len <= sizeof text; len += 75) {
        size_t sealed_len = 0, content_len = 0;
        EXPECT(hfi_record_seal(&sender, HFI_CONTENT_APPLICATION, 0x0303,
                               hfi_view_of(text, len), sealed, &sealed_len) == HFI_OK);
        public(sealed, sealed_len);
        EXPECT(opens(&receiver, sealed, sealed_len, &content_len));
        EXPECT(content_len == len);
        sealed[sealed_len - 1] ^= 1;
        EXPECT(!opens(&receiver, sealed, sealed_len, &content_len));
    }
    hfi_record_keys_clear(&sender, &heap);
    hfi_record_keys_clear(&receiver, &heap);
}

/* The text of a record with its MAC inside: a padding of each kind, right or not. */
static void open_padded(const hfi_record_cbc *cbc, uint8_t padding, uint8_t change)
{
    uint8_t sealed[HFI_RECORD_HEADER + BODY] = {23, 3, 3, BODY >> 8, BODY & 0xff};
    uint8_t text[TEXT], mac_key[48], key[HFI_AEAD_KEY_MAX];
    hfi_record_keys receiver;
    hfi_hmac_ctx mac;
    uint8_t cipher[1024];
    size_t content_len = TEXT - cbc->mac->size - padding - 1, len = 0;
    const uint8_t header[13] = {0,
                                0,
                                0,
                                0,
                                0,
                                0,
                                0,
                                0,
                                23,
                                3,
                                3,
                                (uint8_t)(content_len >> 8),
                                (uint8_t)content_len};

    fill(mac_key, sizeof mac_key, 11);
    fill(key, sizeof key, 12);
    fill(text, sizeof text, 14);
    cbc->mac->hmac_key(&mac, mac_key, cbc->mac->size);
    cbc->mac->hmac_update(&mac, header, sizeof header);
    cbc->mac->hmac_update(&mac, text, content_len);
    cbc->mac->hmac_finish(&mac, text + content_len);
    memset(text + TEXT - padding - 1, padding, (size_t)padding + 1);
    text[TEXT - 1] ^= change;
    EXPECT(cbc->cipher->ctx_size <= sizeof cipher);
    cbc->cipher->init(cipher, key);
    fill(sealed + HFI_RECORD_HEADER, 16, 17);
    cbc->cipher->encrypt(cipher, sealed + HFI_RECORD_HEADER, text, TEXT,
                         sealed + HFI_RECORD_HEADER + 16);

    install(&receiver, cbc);
    bool good = opens(&receiver, sealed, sizeof sealed, &len);
    EXPECT(good == (change == 0));
    EXPECT(len == (good ? content_len : 0));
    hfi_record_keys_clear(&receiver, &heap);
}

static void all(void)
{
    const hfi_crypto *c = &hfi_crypto_nettle;
    const hfi_hash *const hashes[] = {c->sha1, c->sha256, c->sha384};

    for (size_t i = 0; i < 3; i++) {
        const hfi_cbc *cipher = i == 0 ? c->aes_128_cbc : c->aes_256_cbc;
        const hfi_record_cbc outside = {cipher, hashes[i], true, &ivs};
        const hfi_record_cbc inside = {cipher, hashes[i], false, &ivs};
        exchange(&outside);
        exchange(&inside);
        for (unsigned padding = 0; padding < 256; padding += 51) {
            open_padded(&inside, (uint8_t)padding, 0);
            open_padded(&inside, (uint8_t)padding, 0x81);
        }
    }
}

int main(int argc, char **argv)
{
    return run(argc, argv, all);
}
