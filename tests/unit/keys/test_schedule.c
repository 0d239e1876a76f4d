/* tests/unit/keys/test_schedule.c: the key schedule with both hashes, and what RFC 8448
 * has no values for: SHA-384, updates, exporters, external PSKs.  RFC 8446 7.1 to 7.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/ct.h"
#include "hex.h"
#include "keys/schedule.h"
#include "schedule_vectors.h"

typedef struct schedule_case {
    const hfi_hash *hash;
    size_t key_len;
    const struct schedule_vectors *want;
} schedule_case;

static schedule_case cases[2];

/* The hash of "transcript N", as in schedule_vectors.py. */
static hfi_digest transcript(const hfi_hash *hash, int n)
{
    char text[32];
    hfi_hash_ctx ctx;
    hfi_digest digest = {.len = hash->size};
    int len = snprintf(text, sizeof text, "transcript %d", n);

    hash->init(&ctx);
    hash->update(&ctx, (const uint8_t *)text, (size_t)len);
    hash->finish(&ctx, digest.bytes);
    return digest;
}

static void start(hfi_keys *k, const hfi_hash *hash)
{
    uint8_t psk[HFI_SECRET_MAX];
    for (size_t i = 0; i < sizeof psk; i++)
        psk[i] = (uint8_t)i;
    hfi_keys_start(k, hash, hfi_view_of(psk, hash->size));
}

static void enter_handshake(hfi_keys *k, const hfi_hash *hash)
{
    hfi_digest digest = transcript(hash, 2);
    uint8_t shared[32];
    for (size_t i = 0; i < sizeof shared; i++)
        shared[i] = (uint8_t)(0x80 + i);
    start(k, hash);
    hfi_keys_enter_handshake(k, hfi_view_of(shared, sizeof shared), &digest);
}

static void enter_application(hfi_keys *k, const hfi_hash *hash)
{
    hfi_digest digest = transcript(hash, 3);
    enter_handshake(k, hash);
    hfi_keys_enter_application(k, &digest);
    digest = transcript(hash, 4);
    hfi_keys_finish(k, &digest);
}

static void test_early(void **state)
{
    const schedule_case *c = *state;
    hfi_digest hello = transcript(c->hash, 1);
    uint8_t out[HFI_SECRET_MAX];
    hfi_keys k;

    hfi_keys_start(&k, c->hash, hfi_view_of(NULL, 0));
    expect_hex(k.secret, c->hash->size, c->want->early_no_psk);
    start(&k, c->hash); /* anew, over what was there */
    expect_hex(k.secret, c->hash->size, c->want->early);
    hfi_keys_early(&k, 0, &hello, out);
    expect_hex(out, c->hash->size, c->want->early_traffic);
    hfi_keys_early(&k, 1, &hello, out);
    expect_hex(out, c->hash->size, c->want->early_exporter);
}

static void test_binder(void **state)
{
    const schedule_case *c = *state;
    hfi_digest truncated = transcript(c->hash, 0);
    hfi_digest out;
    hfi_keys k;

    start(&k, c->hash);
    hfi_keys_binder(&k, false, &truncated, &out);
    expect_hex(out.bytes, out.len, c->want->binder);
    hfi_keys_binder(&k, true, &truncated, &out);
    expect_hex(out.bytes, out.len, c->want->binder_external);
}

static void test_handshake(void **state)
{
    const schedule_case *c = *state;
    hfi_digest digest = transcript(c->hash, 3);
    hfi_digest out;
    hfi_keys k;

    enter_handshake(&k, c->hash);
    expect_hex(k.secret, c->hash->size, c->want->handshake);
    expect_hex(k.handshake[HFI_CLIENT], c->hash->size, c->want->client_handshake);
    expect_hex(k.handshake[HFI_SERVER], c->hash->size, c->want->server_handshake);
    hfi_keys_finished_mac(&k, HFI_CLIENT, &digest, &out);
    expect_hex(out.bytes, out.len, c->want->client_finished);
    hfi_keys_finished_mac(&k, HFI_SERVER, &digest, &out);
    expect_hex(out.bytes, out.len, c->want->server_finished);
}

static void test_application(void **state)
{
    const schedule_case *c = *state;
    hfi_keys k;

    enter_application(&k, c->hash);
    expect_hex(k.secret, c->hash->size, c->want->main);
    expect_hex(k.application[HFI_CLIENT], c->hash->size, c->want->client_application);
    expect_hex(k.application[HFI_SERVER], c->hash->size, c->want->server_application);
    expect_hex(k.exporter, c->hash->size, c->want->exporter);
    expect_hex(k.resumption, c->hash->size, c->want->resumption);
}

static void test_traffic_and_update(void **state)
{
    const schedule_case *c = *state;
    uint8_t key[HFI_AEAD_KEY_MAX];
    uint8_t iv[HFI_AEAD_NONCE];
    uint8_t *secret;
    hfi_keys k;

    enter_application(&k, c->hash);
    secret = k.application[HFI_CLIENT];
    hfi_keys_traffic(c->hash, secret, c->key_len, key, iv);
    expect_hex(key, c->key_len, c->want->key);
    expect_hex(iv, sizeof iv, c->want->iv);
    hfi_keys_update(c->hash, secret);
    expect_hex(secret, c->hash->size, c->want->updated);
    hfi_keys_update(c->hash, secret);
    expect_hex(secret, c->hash->size, c->want->updated_twice);
}

static void test_ticket_psk(void **state)
{
    const schedule_case *c = *state;
    const uint8_t nonce[2] = {0, 1};
    const uint8_t longest[255] = {0};
    uint8_t psk[HFI_SECRET_MAX];
    uint8_t other[HFI_SECRET_MAX] = {0};
    hfi_keys k;

    enter_application(&k, c->hash);
    hfi_keys_ticket_psk(c->hash, k.resumption, hfi_view_of(nonce, 2), psk);
    expect_hex(psk, c->hash->size, c->want->ticket_psk);
    hfi_keys_ticket_psk(c->hash, k.resumption, hfi_view_of(NULL, 0), psk);
    expect_hex(psk, c->hash->size, c->want->ticket_psk_no_nonce);
    /* ticket_nonce<0..255> fits whole. */
    hfi_keys_ticket_psk(c->hash, k.resumption, hfi_view_of(longest, 255), other);
    assert_memory_not_equal(other, psk, c->hash->size);
    assert_false(hfi_ct_is_zero(other, c->hash->size));
}

static void test_exporter_bounds(void **state)
{
    const schedule_case *c = *state;
    static uint8_t out[255 * HFI_SECRET_MAX + 1];
    static const uint8_t label[250] = {'x'};
    const hfi_view none = {NULL, 0};
    size_t most = 255 * c->hash->size;
    hfi_keys k;

    enter_application(&k, c->hash);
    memset(out, 0xee, sizeof out);
    assert_false(hfi_keys_export(c->hash, k.exporter, none, none, out, 32));
    assert_false(
        hfi_keys_export(c->hash, k.exporter, hfi_view_of(label, 250), none, out, 32));
    assert_false(
        hfi_keys_export(c->hash, k.exporter, hfi_view_of(label, 5), none, out, most + 1));
    assert_int_equal(out[0], 0xee);
    assert_true(
        hfi_keys_export(c->hash, k.exporter, hfi_view_of(label, 249), none, out, most));
    assert_int_equal(out[most], 0xee);
    assert_true(
        hfi_keys_export(c->hash, k.exporter, hfi_view_of(label, 5), none, out, 0));
}

static void test_exporter(void **state)
{
    const schedule_case *c = *state;
    const hfi_view label = hfi_view_of_text("EXPORTER-test");
    uint8_t out[100];
    hfi_keys k;

    enter_application(&k, c->hash);
    assert_true(hfi_keys_export(c->hash, k.exporter, label, hfi_view_of_text("context"),
                                out, 100));
    expect_hex(out, 100, c->want->exported);
    /* RFC 8446 7.5: no context is the same as an empty one. */
    assert_true(
        hfi_keys_export(c->hash, k.exporter, label, hfi_view_of(NULL, 0), out, 32));
    expect_hex(out, 32, c->want->exported_no_context);
    assert_true(
        hfi_keys_export(c->hash, k.exporter, label, hfi_view_of_text(""), out, 32));
    expect_hex(out, 32, c->want->exported_no_context);
}

static void test_wipe(void **state)
{
    const schedule_case *c = *state;
    hfi_keys k;

    enter_application(&k, c->hash);
    hfi_keys_wipe(&k);
    assert_true(hfi_ct_is_zero(&k, sizeof k));
}

/* Starting again leaves nothing of the connection before. */
static void test_start_forgets(void **state)
{
    const schedule_case *c = *state;
    hfi_keys k;

    enter_application(&k, c->hash);
    start(&k, c->hash);
    assert_true(hfi_ct_is_zero(k.handshake, sizeof k.handshake));
    assert_true(hfi_ct_is_zero(k.application, sizeof k.application));
    assert_true(hfi_ct_is_zero(k.exporter, sizeof k.exporter));
    assert_true(hfi_ct_is_zero(k.resumption, sizeof k.resumption));
}

int main(void)
{
    cases[0] = (schedule_case){hfi_crypto_nettle.sha256, 16, &sha256_vectors};
    cases[1] = (schedule_case){hfi_crypto_nettle.sha384, 32, &sha384_vectors};
#define BOTH(test)                                   \
    {#test " sha256", test, NULL, NULL, &cases[0]},  \
    {                                                \
#test " sha384", test, NULL, NULL, &cases[1] \
    }
    const struct CMUnitTest tests[] = {
        BOTH(test_early),
        BOTH(test_binder),
        BOTH(test_handshake),
        BOTH(test_application),
        BOTH(test_traffic_and_update),
        BOTH(test_ticket_psk),
        BOTH(test_exporter_bounds),
        BOTH(test_exporter),
        BOTH(test_wipe),
        BOTH(test_start_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
