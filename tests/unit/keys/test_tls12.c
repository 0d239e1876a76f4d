/* tests/unit/keys/test_tls12.c: the PRF of TLS 1.2 and what is made with it.
 * RFC 5246 5, 6.3, 7.4.9, 8.1; RFC 5705 4; RFC 7627 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hex.h"
#include "keys/tls12.h"
#include "tls12_vectors.h"

typedef struct algorithm {
    const hfi_hash *hash;
    size_t key_len; /* of AES-GCM */
    const struct tls12_vectors *want;
} algorithm;

static algorithm algorithms[2];

static int set_up(void **state)
{
    (void)state;
    algorithms[0] = (algorithm){hfi_crypto_nettle.sha256, 16, &sha256_vectors};
    algorithms[1] = (algorithm){hfi_crypto_nettle.sha384, 32, &sha384_vectors};
    return 0;
}

static const hfi_view none = {NULL, 0};

static void count_up(uint8_t *out, size_t len, uint8_t from)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(from + i);
}

/* Of the IETF's TLS list, 2008: "test vectors for the TLS 1.2 PRF". */
static void test_published(void **state)
{
    uint8_t secret[16], seed[16], out[148];

    (void)state;
    unhex("9bbe436ba940f017b17652849a71db35", secret, 16);
    unhex("a0ba9f936cda311827a6f796ffd5198c", seed, 16);
    hfi_tls12_prf(hfi_crypto_nettle.sha256, hfi_view_of(secret, 16), "test label",
                  hfi_view_of(seed, 16), none, out, 100);
    expect_hex(out, 100,
               "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
               "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
               "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
               "87347b66");
    unhex("b80b733d6ceefcdc71566ea48e5567df", secret, 16);
    unhex("cd665cf6a8447dd6ff8b27555edb7465", seed, 16);
    hfi_tls12_prf(hfi_crypto_nettle.sha384, hfi_view_of(secret, 16), "test label",
                  hfi_view_of(seed, 16), none, out, 148);
    expect_hex(out, 148,
               "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd"
               "e9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd"
               "8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
               "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee6"
               "91c8f3a26854308d5eaa3be85e0990703d73e56f");
}

/* Lengths around a block, no seed, a seed in two parts, a secret longer than a block. */
static void test_prf_lengths(void **state)
{
    static const uint8_t zeros[200];
    uint8_t premaster[32], out[300];

    (void)state;
    count_up(premaster, 32, 0x80);
    for (size_t i = 0; i < 2; i++) {
        const algorithm *a = &algorithms[i];
        hfi_view secret = hfi_view_of(premaster, 32);
        memset(out, 0xee, sizeof out);
        hfi_tls12_prf(a->hash, secret, "label", none, none, out, 0);
        assert_int_equal(out[0], 0xee);
        hfi_tls12_prf(a->hash, secret, "label", none, none, out, 1);
        expect_hex(out, 1, a->want->one_byte);
        assert_int_equal(out[1], 0xee);
        hfi_tls12_prf(a->hash, secret, "label", none, none, out, a->hash->size);
        expect_hex(out, a->hash->size, a->want->one_block);
        assert_int_equal(out[a->hash->size], 0xee);
        hfi_tls12_prf(a->hash, secret, "label", hfi_view_of_text("1"),
                      hfi_view_of_text("2"), out, 5 * a->hash->size + 1);
        expect_hex(out, 5 * a->hash->size + 1, a->want->five_blocks);
        assert_int_equal(out[5 * a->hash->size + 1], 0xee);
        hfi_tls12_prf(a->hash, hfi_view_of(zeros, 200), "label", hfi_view_of_text("12"),
                      none, out, 40);
        expect_hex(out, 40, a->want->long_secret);
    }
}

/* ---- with everything that belongs to a connection ---- */

typedef struct inputs {
    uint8_t client_random[32], server_random[32], premaster[32];
    uint8_t master[HFI_MASTER_SECRET];
    hfi_digest transcript;
} inputs;

static void make_inputs(inputs *in, const algorithm *a)
{
    count_up(in->client_random, 32, 0);
    count_up(in->server_random, 32, 0x40);
    count_up(in->premaster, 32, 0x80);
    unhex(a->want->master, in->master, sizeof in->master);
    in->transcript.len = a->hash->size;
    unhex(a->want->transcript, in->transcript.bytes, sizeof in->transcript.bytes);
}

static void test_master(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const algorithm *a = &algorithms[i];
        uint8_t master[HFI_MASTER_SECRET];
        inputs in;
        make_inputs(&in, a);
        hfi_tls12_master(a->hash, hfi_view_of(in.premaster, 32),
                         hfi_view_of(in.client_random, 32),
                         hfi_view_of(in.server_random, 32), master);
        expect_hex(master, sizeof master, a->want->master);
        hfi_tls12_extended_master(a->hash, hfi_view_of(in.premaster, 32), &in.transcript,
                                  master);
        expect_hex(master, sizeof master, a->want->extended_master);
    }
}

/* The client's key, the server's, the client's salt, the server's; the server's random
 * comes first (RFC 5246 6.3).  What is left of the struct is zero. */
static void test_key_block(void **state)
{
    static const uint8_t zeros[HFI_AEAD_KEY_MAX];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const algorithm *a = &algorithms[i];
        hfi_tls12_keys keys;
        inputs in;
        make_inputs(&in, a);
        hfi_view client = hfi_view_of(in.client_random, 32);
        hfi_view server = hfi_view_of(in.server_random, 32);

        memset(&keys, 0xee, sizeof keys);
        hfi_tls12_expand(a->hash, in.master, client, server,
                         (hfi_tls12_lengths){0, a->key_len, 4}, &keys);
        expect_hex(keys.key[HFI_CLIENT], a->key_len, a->want->gcm_client_key);
        expect_hex(keys.key[HFI_SERVER], a->key_len, a->want->gcm_server_key);
        expect_hex(keys.salt[HFI_CLIENT], 4, a->want->gcm_client_salt);
        expect_hex(keys.salt[HFI_SERVER], 4, a->want->gcm_server_salt);
        assert_memory_equal(keys.salt[HFI_SERVER] + 4, zeros, HFI_TLS12_SALT_MAX - 4);
        assert_memory_equal(keys.key[HFI_CLIENT] + a->key_len, zeros,
                            HFI_AEAD_KEY_MAX - a->key_len);

        hfi_tls12_expand(a->hash, in.master, client, server,
                         (hfi_tls12_lengths){0, 32, 12}, &keys);
        expect_hex(keys.key[HFI_CLIENT], 32, a->want->chacha_client_key);
        expect_hex(keys.key[HFI_SERVER], 32, a->want->chacha_server_key);
        expect_hex(keys.salt[HFI_CLIENT], 12, a->want->chacha_client_salt);
        expect_hex(keys.salt[HFI_SERVER], 12, a->want->chacha_server_salt);
    }
}

static void test_finished(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const algorithm *a = &algorithms[i];
        uint8_t out[HFI_TLS12_VERIFY_DATA];
        inputs in;
        make_inputs(&in, a);
        hfi_tls12_finished(a->hash, in.master, HFI_CLIENT, &in.transcript, out);
        expect_hex(out, sizeof out, a->want->client_finished);
        hfi_tls12_finished(a->hash, in.master, HFI_SERVER, &in.transcript, out);
        expect_hex(out, sizeof out, a->want->server_finished);
    }
}

/* RFC 5705 4: no context, an empty one, one, and the longest. */
static void test_export(void **state)
{
    static uint8_t zeros[65536];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const algorithm *a = &algorithms[i];
        const struct {
            hfi_view context;
            size_t len;
            const char *want;
        } rows[] = {
            {none, 100, a->want->exported},
            {hfi_view_of_text(""), 100, a->want->exported_empty},
            {hfi_view_of_text("context"), 100, a->want->exported_context},
            {hfi_view_of(zeros, 65535), 32, a->want->exported_long},
        };
        inputs in;
        make_inputs(&in, a);
        hfi_view client = hfi_view_of(in.client_random, 32);
        hfi_view server = hfi_view_of(in.server_random, 32);
        uint8_t out[101] = {0};
        for (size_t j = 0; j < 4; j++) {
            out[rows[j].len] = 0xee;
            assert_true(hfi_tls12_export(a->hash, in.master, client, server,
                                         hfi_view_of_text("EXPORTER-test"),
                                         rows[j].context, out, rows[j].len));
            expect_hex(out, rows[j].len, rows[j].want);
            assert_int_equal(out[rows[j].len], 0xee);
        }
        memset(out, 0xee, sizeof out);
        assert_false(hfi_tls12_export(a->hash, in.master, client, server,
                                      hfi_view_of_text("EXPORTER-test"),
                                      hfi_view_of(zeros, 65536), out, 16));
        assert_int_equal(out[0], 0xee);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published), cmocka_unit_test(test_prf_lengths),
        cmocka_unit_test(test_master),    cmocka_unit_test(test_key_block),
        cmocka_unit_test(test_finished),  cmocka_unit_test(test_export),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
