/* tests/unit/record/test_record_keys.c: installing and replacing keys, the nonce, and
 * the limits of a key.  RFC 8446 5.3 and 5.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fixture.h"

static fixture_memory memory;
static hfi_alloc alloc;

static int setup(void **state)
{
    (void)state;
    memset(&memory, 0, sizeof memory);
    alloc = fixture_alloc(&memory);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return memory.live;
}

static hfi_err seal(hfi_record_keys *k, hfi_content_type type, uint8_t out[64],
                    size_t *len)
{
    return hfi_record_seal(k, type, 0x0303, hfi_view_of("x", 1), out, len);
}

/* An AEAD that protects nothing and notes what it was given. */
static uint8_t spied_nonce[HFI_AEAD_NONCE];
static uint8_t spied_ad[8];
static size_t spied_ad_len;

static void spy_init(void *ctx, const uint8_t *key)
{
    memcpy(ctx, key, 16);
}

static void spy(const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad)
{
    memcpy(spied_nonce, nonce, HFI_AEAD_NONCE);
    spied_ad_len = ad.len;
    memcpy(spied_ad, ad.p, ad.len < sizeof spied_ad ? ad.len : sizeof spied_ad);
}

static void spy_seal(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                     const uint8_t *in, size_t len, uint8_t *out)
{
    (void)ctx;
    spy(nonce, ad);
    memmove(out, in, len);
    memset(out + len, 0x7a, 16);
}

static bool spy_open(void *ctx, const uint8_t nonce[HFI_AEAD_NONCE], hfi_view ad,
                     const uint8_t *in, size_t len, uint8_t *out)
{
    (void)ctx;
    spy(nonce, ad);
    memmove(out, in, len - 16);
    return true;
}

static const hfi_aead spy_aead = {.name = "spy",
                                  .key_len = 16,
                                  .tag_len = 16,
                                  .ctx_size = 16,
                                  .record_limit = UINT64_MAX,
                                  .init = spy_init,
                                  .seal = spy_seal,
                                  .open = spy_open};

/* Without memory nothing may travel in the clear instead: the keys refuse to work. */
static void test_no_memory(void **state)
{
    hfi_record_keys k = {.aead = NULL};
    uint8_t out[64];
    uint8_t alert[] = {21, 3, 3, 0, 2, 2, 40};
    size_t len;
    (void)state;

    for (int before = 0; before < 2; before++) { /* from the clear, and from other keys */
        if (before == 1)
            fixture_install(&k, &alloc, 3);
        memory.exhausted = true;
        assert_int_equal(
            hfi_record_keys_install(&k, &alloc, &spy_aead, fixture_key, fixture_iv),
            HFI_E_NO_MEMORY);
        memory.exhausted = false;
        assert_int_equal(memory.live, 0);
        assert_null(k.aead);
        assert_int_equal(seal(&k, HFI_CONTENT_ALERT, out, &len), HFI_E_NO_MEMORY);
        assert_int_equal(len, 0);
        fixture_refused(&k, alert, sizeof alert, HFI_E_NO_MEMORY);
        hfi_record_keys_clear(&k, &alloc);
    }
    assert_int_equal(seal(&k, HFI_CONTENT_ALERT, out, &len), HFI_OK); /* cleared */
}

static void expect_exhausted(hfi_record_keys *write, hfi_record_keys *read)
{
    uint8_t out[64];
    uint8_t in[64];
    size_t len;
    const uint8_t inner[] = {'x', 23};

    assert_int_equal(seal(write, HFI_CONTENT_APPLICATION, out, &len),
                     HFI_E_RECORD_SEQUENCE_EXHAUSTED);
    assert_int_equal(len, 0);
    len = fixture_protect(read->sequence, inner, sizeof inner, in);
    fixture_refused(read, in, len, HFI_E_RECORD_SEQUENCE_EXHAUSTED);
}

/* What a peer sends past the limit is opened: not to go on is the sender's duty. */
static void expect_opened(hfi_record_keys *read, size_t count)
{
    uint8_t in[64];
    hfi_record record;
    hfi_err err;
    const uint8_t inner[] = {'x', 23};

    while (count-- > 0) {
        uint64_t before = read->sequence;
        size_t len = fixture_protect(before, inner, sizeof inner, in);
        assert_int_equal(fixture_open(read, in, len, &record, &err), HFI_RECORD_READY);
        assert_int_equal(record.content.p[0], 'x');
        assert_true(read->sequence == before + 1);
    }
}

/* RFC 8446 5.5, with a key that is good for two records. */
static void test_key_limit(void **state)
{
    hfi_aead two = *hfi_crypto_nettle.aes_128_gcm;
    hfi_record_keys write = {.aead = NULL};
    hfi_record_keys read = {.aead = NULL};
    uint8_t out[64];
    size_t len;
    hfi_record record;
    hfi_err err;
    (void)state;

    two.record_limit = 2;
    for (int generation = 0; generation < 2; generation++) {
        assert_int_equal(
            hfi_record_keys_install(&write, &alloc, &two, fixture_key, fixture_iv),
            HFI_OK);
        assert_int_equal(
            hfi_record_keys_install(&read, &alloc, &two, fixture_key, fixture_iv),
            HFI_OK);
        for (int n = 0; n < 2; n++) {
            assert_int_equal(seal(&write, HFI_CONTENT_APPLICATION, out, &len), HFI_OK);
            assert_int_equal(fixture_open(&read, out, len, &record, &err),
                             HFI_RECORD_READY);
        }
        for (int again = 0; again < 2; again++) { /* it stays so */
            assert_int_equal(seal(&write, HFI_CONTENT_APPLICATION, out, &len),
                             HFI_E_KEY_LIMIT_REACHED);
            assert_int_equal(len, 0);
        }
        expect_opened(&read, 3);
        /* What needs no key is not held up. */
        assert_int_equal(seal(&write, HFI_CONTENT_CCS, out, &len), HFI_OK);
        assert_int_equal(fixture_open(&read, out, len, &record, &err), HFI_RECORD_READY);
    }
    hfi_record_keys_clear(&write, &alloc);
    hfi_record_keys_clear(&read, &alloc);
}

/* RFC 8446 5.3: sequence numbers must not wrap. */
static void test_sequence_exhausted(void **state)
{
    hfi_aead endless = *hfi_crypto_nettle.aes_128_gcm;
    hfi_record_keys write = {.aead = NULL};
    hfi_record_keys read = {.aead = NULL};
    uint8_t out[64];
    size_t len;
    hfi_record record;
    hfi_err err;
    (void)state;

    endless.record_limit = UINT64_MAX;
    (void)hfi_record_keys_install(&write, &alloc, &endless, fixture_key, fixture_iv);
    (void)hfi_record_keys_install(&read, &alloc, &endless, fixture_key, fixture_iv);
    write.sequence = read.sequence = UINT64_MAX - 1;
    assert_int_equal(seal(&write, HFI_CONTENT_APPLICATION, out, &len), HFI_OK);
    assert_int_equal(fixture_open(&read, out, len, &record, &err), HFI_RECORD_READY);
    expect_exhausted(&write, &read);
    expect_exhausted(&write, &read);
    hfi_record_keys_clear(&write, &alloc);
    hfi_record_keys_clear(&read, &alloc);
}

/* RFC 8446 5.3: the 64-bit number, padded on the left, XORed with the iv; and 5.2: the
 * additional data is the header with the length of what is on the wire. */
static void test_nonce_and_additional_data(void **state)
{
    static const struct {
        uint64_t sequence;
        uint8_t nonce[HFI_AEAD_NONCE];
    } cases[] = {
        {0, {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab}},
        {1, {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xaa}},
        {0x100, {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xab, 0xab}},
        {0x0102030405060708,
         {0xa0, 0xa1, 0xa2, 0xa3, 0xa5, 0xa7, 0xa5, 0xa3, 0xad, 0xaf, 0xad, 0xa3}},
        {UINT64_MAX - 1,
         {0xa0, 0xa1, 0xa2, 0xa3, 0x5b, 0x5a, 0x59, 0x58, 0x57, 0x56, 0x55, 0x55}},
    };
    const uint8_t ad[] = {23, 3, 3, 0, 18};
    hfi_record_keys k = {.aead = NULL};
    uint8_t out[64];
    size_t len;
    hfi_record record;
    hfi_err err;
    (void)state;

    (void)hfi_record_keys_install(&k, &alloc, &spy_aead, fixture_key, fixture_iv);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int opening = 0; opening < 2; opening++) {
            k.sequence = cases[i].sequence;
            memset(spied_nonce, 0, sizeof spied_nonce);
            spied_ad_len = 0;
            if (opening == 0)
                assert_int_equal(seal(&k, HFI_CONTENT_APPLICATION, out, &len), HFI_OK);
            else
                assert_int_equal(fixture_open(&k, out, len, &record, &err),
                                 HFI_RECORD_READY);
            assert_memory_equal(spied_nonce, cases[i].nonce, HFI_AEAD_NONCE);
            assert_int_equal(spied_ad_len, sizeof ad);
            assert_memory_equal(spied_ad, ad, sizeof ad);
            assert_true(k.sequence == cases[i].sequence + 1);
        }
    }
    hfi_record_keys_clear(&k, &alloc);
}

/* A KeyUpdate takes no memory; another AEAD gives the old memory back. */
static void test_replacing(void **state)
{
    hfi_record_keys k = {.aead = NULL};
    uint8_t other_key[HFI_AEAD_KEY_MAX] = {9};
    uint8_t old[64];
    uint8_t next[64];
    size_t len;
    (void)state;

    fixture_install(&k, &alloc, 0);
    assert_int_equal(seal(&k, HFI_CONTENT_APPLICATION, old, &len), HFI_OK);
    assert_int_equal(memory.calls, 1);
    memory.exhausted = true;
    assert_int_equal(hfi_record_keys_install(&k, &alloc, hfi_crypto_nettle.aes_128_gcm,
                                             other_key, fixture_iv),
                     HFI_OK);
    memory.exhausted = false;
    assert_int_equal(memory.calls, 1);
    assert_int_equal(k.sequence, 0);
    assert_int_equal(seal(&k, HFI_CONTENT_APPLICATION, next, &len), HFI_OK);
    assert_memory_not_equal(old + 5, next + 5, len - 5);
    fixture_refused(&k, old, len, HFI_E_BAD_RECORD_MAC);

    assert_int_equal(hfi_record_keys_install(&k, &alloc,
                                             hfi_crypto_nettle.chacha20_poly1305,
                                             fixture_key, fixture_iv),
                     HFI_OK);
    assert_int_equal(memory.calls, 2);
    assert_int_equal(memory.live, 1);
    hfi_record_keys_clear(&k, &alloc);
}

/* Memory that can still be looked at once it was given back. */
static uint8_t kept[64];
static bool kept_wiped;

static void *kept_allocate(void *ctx, size_t size)
{
    (void)ctx;
    return size <= sizeof kept ? kept : NULL;
}

static void kept_release(void *ctx, void *p)
{
    static const uint8_t zeros[16];
    (void)ctx;
    kept_wiped = p == kept && memcmp(kept, zeros, 16) == 0;
}

static void test_clear_wipes(void **state)
{
    const hfi_alloc a = {kept_allocate, kept_release, NULL};
    const hfi_record_keys zeroed = {.aead = NULL};
    hfi_record_keys k;
    (void)state;

    memset(&k, 0, sizeof k);
    hfi_record_keys_clear(&k, &a); /* never installed */
    (void)hfi_record_keys_install(&k, &a, &spy_aead, fixture_key, fixture_iv);
    assert_memory_equal(kept, fixture_key, 16);
    hfi_record_keys_clear(&k, &a);
    assert_true(kept_wiped);
    assert_memory_equal(&k, &zeroed, sizeof k);
    hfi_record_keys_clear(&k, &a); /* and once more */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_no_memory),          TEST(test_key_limit),
        TEST(test_sequence_exhausted), TEST(test_nonce_and_additional_data),
        TEST(test_replacing),          TEST(test_clear_wipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
