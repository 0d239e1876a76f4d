/* tests/unit/crypto/test_accel.c: which entries of the provider are replaced, and that
 * they say the same as nettle's; and the room built without any other library. */
#include <stdio.h>

#include "hex.h"

#include "crypto/accel/accel.h"

#ifdef HF_HAVE_SODIUM
#define WITH_SODIUM 1
#else
#define WITH_SODIUM 0
#endif

/* The room's own file once more, built with nothing to put in. */
void apply_nothing(hfi_crypto *crypto);

static void test_without_libraries(void **state)
{
    hfi_crypto crypto = hfi_crypto_nettle;

    (void)state;
    apply_nothing(&crypto);
    assert_memory_equal(&crypto, &hfi_crypto_nettle, sizeof crypto);
}

/* All others stay what they are: nettle's. */
static void test_what_is_replaced(void **state)
{
    hfi_crypto crypto = hfi_crypto_nettle;

    (void)state;
    hfi_accel_apply(&crypto);
    assert_int_equal(crypto.x25519 != hfi_crypto_nettle.x25519, WITH_SODIUM);
    assert_int_equal(crypto.x25519_mlkem768 != hfi_crypto_nettle.x25519_mlkem768,
                     WITH_SODIUM);
    assert_int_equal(crypto.chacha20_poly1305 != hfi_crypto_nettle.chacha20_poly1305,
                     WITH_SODIUM);
    assert_int_equal(crypto.verify != hfi_crypto_nettle.verify, WITH_SODIUM);
    assert_int_equal(crypto.sign != hfi_crypto_nettle.sign, WITH_SODIUM);
    crypto.x25519 = hfi_crypto_nettle.x25519;
    crypto.x25519_mlkem768 = hfi_crypto_nettle.x25519_mlkem768;
    crypto.chacha20_poly1305 = hfi_crypto_nettle.chacha20_poly1305;
    crypto.verify = hfi_crypto_nettle.verify;
    crypto.sign = hfi_crypto_nettle.sign;
    assert_memory_equal(&crypto, &hfi_crypto_nettle, sizeof crypto);
}

/* The next bytes of a sequence that is the same in each run. */
static bool sequence_fill(void *ctx, uint8_t *p, size_t len)
{
    uint64_t *x = ctx;

    for (size_t i = 0; i < len; i++) {
        *x = *x * 6364136223846793005u + 1442695040888963407u;
        p[i] = (uint8_t)(*x >> 56);
    }
    return true;
}

/* One makes keys and shares, the other one takes them, in both directions; and whatever
 * bytes come for a share, the answers are the same. */
static void test_groups_agree(void **state)
{
    hfi_crypto crypto = hfi_crypto_nettle;
    uint64_t seed = 1;
    const hfi_random random = {sequence_fill, &seed};

    (void)state;
    hfi_accel_apply(&crypto);
    const hfi_group *pairs[][2] = {
        {crypto.x25519, hfi_crypto_nettle.x25519},
        {crypto.x25519_mlkem768, hfi_crypto_nettle.x25519_mlkem768},
    };
    for (size_t round = 0; round < 400; round++) {
        const hfi_group *g = pairs[round % 2][round / 2 % 2];
        const hfi_group *other = pairs[round % 2][1 - round / 2 % 2];
        uint8_t private_key[HFI_GROUP_PRIVATE_MAX], share[HFI_GROUP_SHARE_MAX];
        uint8_t answer[HFI_GROUP_SHARE_MAX], secrets[3][HFI_GROUP_SECRET_MAX];

        assert_int_equal(g->private_len, other->private_len);
        assert_int_equal(g->share_len, other->share_len);
        assert_int_equal(g->peer_share_len, other->peer_share_len);
        assert_int_equal(g->secret_len, other->secret_len);
        assert_int_equal(g->curve_id, other->curve_id);
        assert_int_equal(g->curve_share_at, other->curve_share_at);
        assert_int_equal(g->generate(&random, private_key, share), HFI_OK);
        assert_int_equal(other->encapsulate(&random, hfi_view_of(share, g->share_len),
                                            answer, secrets[0]),
                         HFI_OK);
        hfi_view answered = hfi_view_of(answer, g->peer_share_len);
        assert_int_equal(g->derive(private_key, answered, secrets[1]), HFI_OK);
        assert_int_equal(other->derive(private_key, answered, secrets[2]), HFI_OK);
        assert_memory_equal(secrets[0], secrets[1], g->secret_len);
        assert_memory_equal(secrets[0], secrets[2], g->secret_len);

        (void)sequence_fill(&seed, answer, g->peer_share_len);
        assert_int_equal(g->derive(private_key, answered, secrets[1]),
                         other->derive(private_key, answered, secrets[2]));
        assert_memory_equal(secrets[1], secrets[2], g->secret_len);
    }
}

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return test_malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    test_free(p);
}

/* RFC 8032 5.1.6: signatures are the same bytes; and each one takes the other's, and
 * neither one with a bit changed. */
static void test_ed25519_agrees(void **state)
{
    const hfi_alloc alloc = {allocate, release, NULL};
    hfi_crypto crypto = hfi_crypto_nettle;
    uint64_t seed = 2;

    (void)state;
    hfi_accel_apply(&crypto);
    for (size_t round = 0; round < 64; round++) {
        uint8_t scalar[32], message[300], signatures[2][64];
        size_t lens[2];
        hfi_private_key *key;
        (void)sequence_fill(&seed, scalar, sizeof scalar);
        (void)sequence_fill(&seed, message, sizeof message);
        hfi_private_parts parts = {.type = HFI_KEY_ED25519,
                                   .scalar = hfi_view_of(scalar, 32)};
        hfi_view text = hfi_view_of(message, 4 * round);

        assert_int_equal(crypto.private_key_new(&alloc, &parts, &key), HFI_OK);
        assert_memory_equal(crypto.private_key_seed(key).p, scalar, 32);
        assert_int_equal(crypto.sign(HFI_ED25519, key, NULL, text,
                                     (hfi_span){signatures[0], 64}, &lens[0]),
                         HFI_OK);
        assert_int_equal(hfi_crypto_nettle.sign(HFI_ED25519, key, NULL, text,
                                                (hfi_span){signatures[1], 64}, &lens[1]),
                         HFI_OK);
        assert_int_equal(lens[0], 64);
        assert_int_equal(lens[1], 64);
        assert_memory_equal(signatures[0], signatures[1], 64);

        const hfi_public_key pub = crypto.private_key_public(key);
        hfi_view signature = hfi_view_of(signatures[0], 64);
        assert_true(crypto.verify(HFI_ED25519, &pub, text, signature));
        assert_true(hfi_crypto_nettle.verify(HFI_ED25519, &pub, text, signature));
        for (size_t bit = round % 7; bit < 512; bit += 7) {
            signatures[0][bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_false(crypto.verify(HFI_ED25519, &pub, text, signature));
            assert_false(hfi_crypto_nettle.verify(HFI_ED25519, &pub, text, signature));
            signatures[0][bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        crypto.private_key_free(key);
    }
}

/* RFC 8439 2.8: the same bytes for text and additional data of any length, up to a full
 * record, and each one opens what the other sealed. */
static void test_aead_agrees(void **state)
{
    enum { MOST = 16384 + 1, TAG = 16, STEPS = 160 };
    static uint8_t text[MOST], sealed[2][MOST + TAG], opened[MOST + TAG];
    alignas(16) static uint8_t ctx[2][4096];
    hfi_crypto crypto = hfi_crypto_nettle;
    uint64_t seed = 3;

    (void)state;
    hfi_accel_apply(&crypto);
    const hfi_aead *both[2] = {crypto.chacha20_poly1305,
                               hfi_crypto_nettle.chacha20_poly1305};
    for (size_t i = 0; i <= STEPS; i++) {
        uint8_t key[32], nonce[HFI_AEAD_NONCE], ad[64];
        size_t len = i == STEPS ? MOST : i * i / 4;
        hfi_view extra = hfi_view_of(ad, i % sizeof ad);
        (void)sequence_fill(&seed, key, sizeof key);
        (void)sequence_fill(&seed, nonce, sizeof nonce);
        (void)sequence_fill(&seed, ad, sizeof ad);
        (void)sequence_fill(&seed, text, len);
        for (size_t k = 0; k < 2; k++) {
            assert_in_range(both[k]->ctx_size, 32, sizeof ctx[k]);
            both[k]->init(ctx[k], key);
            both[k]->seal(ctx[k], nonce, extra, text, len, sealed[k]);
        }
        assert_memory_equal(sealed[0], sealed[1], len + TAG);
        for (size_t k = 0; k < 2; k++) {
            assert_true(
                both[k]->open(ctx[k], nonce, extra, sealed[1 - k], len + TAG, opened));
            assert_memory_equal(opened, text, len);
        }
    }
}

/* Points of low order: whoever holds such a key can sign nothing by it, because
 * everything is signed by it.  nettle does the sums of RFC 8032 5.1.7 and no more;
 * libsodium refuses the key and the signature's R.  docs/security.md says so. */
static void test_low_order(void **state)
{
    hfi_crypto crypto = hfi_crypto_nettle;
    hfi_span identity =
        hex("0100000000000000000000000000000000000000000000000000000000000000");
    hfi_span signature =
        hex("0100000000000000000000000000000000000000000000000000000000000000"
            "0000000000000000000000000000000000000000000000000000000000000000");
    const hfi_public_key key = {.type = HFI_KEY_ED25519,
                                .bits = 255,
                                .point = hfi_view_of(identity.p, identity.len)};

    (void)state;
    hfi_accel_apply(&crypto);
    hfi_view sig = hfi_view_of(signature.p, signature.len);
    assert_true(hfi_crypto_nettle.verify(HFI_ED25519, &key, hfi_view_of(NULL, 0), sig));
    assert_int_equal(crypto.verify(HFI_ED25519, &key, hfi_view_of(NULL, 0), sig),
                     !WITH_SODIUM);
    hex_free(identity);
    hex_free(signature);
}

static void test_sizes(void **state)
{
    const hfi_alloc alloc = {allocate, release, NULL};
    hfi_crypto crypto = hfi_crypto_nettle;
    static const uint8_t zeros[65];
    hfi_private_parts parts = {.type = HFI_KEY_ED25519, .scalar = hfi_view_of(zeros, 32)};
    hfi_private_key *key;
    uint8_t out[64];
    size_t len = 1;

    (void)state;
    hfi_accel_apply(&crypto);
    assert_int_equal(crypto.private_key_new(&alloc, &parts, &key), HFI_OK);
    hfi_view text = hfi_view_of(zeros, 5);
    assert_int_equal(crypto.sign(HFI_ED25519, key, NULL, text, (hfi_span){out, 63}, &len),
                     HFI_E_BUFFER_TOO_SMALL);
    assert_int_equal(len, 0);
    /* The algorithm does not fit the key. */
    assert_int_equal(crypto.sign(HFI_ED448, key, NULL, text, (hfi_span){out, 64}, &len),
                     HFI_E_INTERNAL);
    assert_int_equal(crypto.sign(HFI_ED25519, key, NULL, text, (hfi_span){out, 64}, &len),
                     HFI_OK);
    hfi_public_key pub = crypto.private_key_public(key);
    assert_true(crypto.verify(HFI_ED25519, &pub, text, hfi_view_of(out, 64)));
    assert_false(crypto.verify(HFI_ED25519, &pub, text, hfi_view_of(out, 63)));
    assert_false(crypto.verify(HFI_ED25519, &pub, text, hfi_view_of(NULL, 0)));
    pub.point.len = 31;
    assert_false(crypto.verify(HFI_ED25519, &pub, text, hfi_view_of(out, 64)));
    pub.type = HFI_KEY_ED448;
    assert_false(crypto.verify(HFI_ED25519, &pub, text, hfi_view_of(out, 64)));
    crypto.private_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_libraries),
        cmocka_unit_test(test_what_is_replaced),
        cmocka_unit_test(test_groups_agree),
        cmocka_unit_test(test_ed25519_agrees),
        cmocka_unit_test(test_aead_agrees),
        cmocka_unit_test(test_low_order),
        cmocka_unit_test(test_sizes),
    };

    printf("# libsodium: %s\n", WITH_SODIUM ? "in" : "not in this build");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
