/* tests/unit/crypto/test_hash.c: SHA-2 against the examples of FIPS 180-4, HMAC
 * against RFC 4231, and what provider.h promises about contexts. */
#include "hex.h"

typedef struct vector {
    const hfi_hash *const *hash;
    const char *key; /* HMAC only */
    const char *message;
    const char *want;
} vector;

#define SHA256 &hfi_crypto_nettle.sha256
#define SHA384 &hfi_crypto_nettle.sha384
#define SHA512 &hfi_crypto_nettle.sha512

static const vector digests[] = {
    {SHA256, NULL, "",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {SHA256, NULL, "abc",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {SHA256, NULL, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {SHA384, NULL, "",
     "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
     "274edebfe76f65fbd51ad2f14898b95b"},
    {SHA384, NULL, "abc",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7"},
    {SHA384, NULL,
     "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
     "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
     "fcc7c71a557e2db966c3e9fa91746039"},
    {SHA512, NULL, "",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {SHA512, NULL, "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {SHA512, NULL,
     "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
     "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
     "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"},
};

#define KEY_1 "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"
#define KEY_2 "4a656665" /* "Jefe" */
#define AA_16 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY_6 AA_16 AA_16 AA_16 AA_16 AA_16 AA_16 AA_16 AA_16 "aaaaaa" /* 131 bytes */
#define MESSAGE_6 "Test Using Larger Than Block-Size Key - Hash Key First"

/* RFC 4231 4.2, 4.3 and 4.7. */
static const vector macs[] = {
    {SHA256, KEY_1, "Hi There",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {SHA256, KEY_2, "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {SHA256, KEY_6, MESSAGE_6,
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {SHA384, KEY_1, "Hi There",
     "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
     "faea9ea9076ede7f4af152e8b2fa9cb6"},
    {SHA384, KEY_2, "what do ya want for nothing?",
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
     "8e2240ca5e69e2c78b3239ecfab21649"},
    {SHA384, KEY_6, MESSAGE_6,
     "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
     "0c2ef6ab4030fe8296248df163f44952"},
    {SHA512, KEY_1, "Hi There",
     "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
     "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
    {SHA512, KEY_2, "what do ya want for nothing?",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    {SHA512, KEY_6, MESSAGE_6,
     "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
     "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
};

enum {
    DIGESTS = sizeof digests / sizeof digests[0],
    MACS = sizeof macs / sizeof macs[0],
};

static void update(const hfi_hash *hash, hfi_hash_ctx *ctx, const char *text, size_t len)
{
    hash->update(ctx, (const uint8_t *)text, len);
}

/* Whole, and cut in two at every byte; the same context again after finish. */
static void test_digests(void **state)
{
    uint8_t out[HFI_HASH_SIZE_MAX];
    hfi_hash_ctx ctx;

    (void)state;
    for (size_t i = 0; i < DIGESTS; i++) {
        const hfi_hash *hash = *digests[i].hash;
        const char *text = digests[i].message;
        size_t len = strlen(text);
        hash->init(&ctx);
        for (size_t cut = 0; cut <= len; cut++) {
            update(hash, &ctx, text, cut);
            update(hash, &ctx, &text[cut], len - cut);
            hash->finish(&ctx, out);
            expect_hex(out, hash->size, digests[i].want);
        }
    }
}

/* FIPS 180-4: a million 'a', which crosses many blocks in uneven steps. */
static void test_long_message(void **state)
{
    uint8_t chunk[1000];
    uint8_t out[HFI_HASH_SIZE_MAX];
    hfi_hash_ctx ctx;

    (void)state;
    memset(chunk, 'a', sizeof chunk);
    const hfi_hash *hash = hfi_crypto_nettle.sha256;
    hash->init(&ctx);
    for (int i = 0; i < 1000; i++)
        hash->update(&ctx, chunk, sizeof chunk);
    hash->finish(&ctx, out);
    expect_hex(out, 32,
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* What the rows say of themselves. */
static void test_of_nothing(void **state)
{
    uint8_t out[HFI_HASH_SIZE_MAX];

    (void)state;
    for (size_t i = 0; i < DIGESTS; i++) {
        const hfi_hash *hash = *digests[i].hash;
        hfi_hash_ctx ctx;

        hash->init(&ctx);
        hash->finish(&ctx, out);
        assert_memory_equal(hash->of_nothing, out, hash->size);
    }
}

/* A wipe of hmac_used bytes leaves nothing of a key: nothing behind them is written. */
static void test_hmac_used(void **state)
{
    uint8_t out[HFI_HASH_SIZE_MAX];
    uint8_t key[300];

    (void)state;
    memset(key, 0x5a, sizeof key);
    for (size_t i = 0; i < DIGESTS; i++) {
        const hfi_hash *hash = *digests[i].hash;
        hfi_hmac_ctx ctx;

        memset(&ctx, 0xee, sizeof ctx);
        assert_in_range(hash->hmac_used, hash->size, sizeof ctx.opaque);
        hash->hmac_key(&ctx, key, sizeof key);
        hash->hmac_update(&ctx, key, sizeof key);
        hash->hmac_finish(&ctx, out);
        for (size_t at = hash->hmac_used; at < sizeof ctx.opaque; at++)
            assert_int_equal(ctx.opaque[at], 0xee);
    }
}

/* A copy of the first ctx_used bytes goes its own way: the transcript does this. */
static void test_partial_copy(void **state)
{
    uint8_t out[HFI_HASH_SIZE_MAX];

    (void)state;
    for (size_t i = 0; i < DIGESTS; i++) {
        const hfi_hash *hash = *digests[i].hash;
        const char *text = digests[i].message;
        size_t half = strlen(text) / 2;
        hfi_hash_ctx ctx, copy;

        hash->init(&ctx);
        update(hash, &ctx, text, half);
        memset(&copy, 0xee, sizeof copy);
        assert_in_range(hash->ctx_used, 1, sizeof copy.opaque);
        memcpy(&copy, &ctx, hash->ctx_used);
        update(hash, &ctx, "something else", 14);
        update(hash, &copy, &text[half], strlen(text) - half);
        hash->finish(&copy, out);
        expect_hex(out, hash->size, digests[i].want);
    }
}

/* One key, many messages; a copied context carries the key along. */
static void test_hmac(void **state)
{
    uint8_t out[HFI_HASH_SIZE_MAX];

    (void)state;
    for (size_t i = 0; i < MACS; i++) {
        const hfi_hash *hash = *macs[i].hash;
        hfi_view message = hfi_view_of_text(macs[i].message);
        hfi_span key = hex(macs[i].key);
        hfi_hmac_ctx ctx;

        hash->hmac_key(&ctx, key.p, key.len);
        for (size_t cut = 0; cut <= message.len; cut++) {
            hash->hmac_update(&ctx, message.p, cut);
            hash->hmac_update(&ctx, &message.p[cut], message.len - cut);
            hash->hmac_finish(&ctx, out);
            expect_hex(out, hash->size, macs[i].want);
        }
        hfi_hmac_ctx copy = ctx;
        memset(&ctx, 0, sizeof ctx);
        hash->hmac_update(&copy, message.p, message.len);
        hash->hmac_finish(&copy, out);
        expect_hex(out, hash->size, macs[i].want);
        hex_free(key);
    }
}

/* RFC 8446 7.1 extracts with keys of zeros and of no length: they are the same key. */
static void test_empty_hmac_key(void **state)
{
    static const uint8_t zeros[HFI_HASH_SIZE_MAX];
    uint8_t with_none[HFI_HASH_SIZE_MAX];
    uint8_t with_zeros[HFI_HASH_SIZE_MAX];
    const hfi_hash *hash = hfi_crypto_nettle.sha256;
    hfi_hmac_ctx ctx;

    (void)state;
    hash->hmac_key(&ctx, NULL, 0);
    hash->hmac_finish(&ctx, with_none);
    hash->hmac_key(&ctx, zeros, hash->size);
    hash->hmac_finish(&ctx, with_zeros);
    assert_memory_equal(with_none, with_zeros, hash->size);
    /* published for the empty key and message */
    expect_hex(with_none, 32,
               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void test_sizes(void **state)
{
    (void)state;
    assert_string_equal(hfi_crypto_nettle.sha256->name, "SHA256");
    assert_int_equal(hfi_crypto_nettle.sha256->size, 32);
    assert_int_equal(hfi_crypto_nettle.sha256->block, 64);
    assert_string_equal(hfi_crypto_nettle.sha384->name, "SHA384");
    assert_int_equal(hfi_crypto_nettle.sha384->size, 48);
    assert_int_equal(hfi_crypto_nettle.sha384->block, 128);
    assert_string_equal(hfi_crypto_nettle.sha512->name, "SHA512");
    assert_int_equal(hfi_crypto_nettle.sha512->size, 64);
    assert_int_equal(hfi_crypto_nettle.sha512->block, 128);
    assert_int_equal(strncmp(hfi_crypto_nettle.name, "nettle ", 7), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digests),        cmocka_unit_test(test_long_message),
        cmocka_unit_test(test_partial_copy),   cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_of_nothing),     cmocka_unit_test(test_hmac_used),
        cmocka_unit_test(test_empty_hmac_key), cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
