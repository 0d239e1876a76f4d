/* tests/unit/record/test_record_seal.c: making records, RFC 8446 5.1 to 5.4. */
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

/* The caller splits; more than a record holds is a fault of ours and writes nothing. */
static void test_too_much_content(void **state)
{
    static uint8_t in[16385];
    static uint8_t out[16385 + HFI_RECORD_OVERHEAD];
    hfi_record_keys k = {.aead = NULL};
    size_t len = 99;
    (void)state;

    memset(out, 0xcc, sizeof out);
    for (int keyed = 0; keyed < 2; keyed++) {
        assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                         hfi_view_of(in, sizeof in), out, &len),
                         HFI_E_INTERNAL);
        assert_int_equal(len, 0);
        assert_int_equal(out[0], 0xcc);
        fixture_install(&k, &alloc, 0);
    }
    assert_int_equal(k.sequence, 0);
    hfi_record_keys_clear(&k, &alloc);
}

static void test_in_the_clear(void **state)
{
    const uint8_t want[] = {22, 3, 1, 0, 3, 'a', 'b', 'c'};
    uint8_t out[16];
    hfi_record_keys k = {.aead = NULL};
    size_t len;
    (void)state;

    assert_int_equal(hfi_record_sealed_size(&k, 3), sizeof want);
    assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_HANDSHAKE, 0x0301,
                                     hfi_view_of("abc", 3), out, &len),
                     HFI_OK);
    assert_int_equal(len, sizeof want);
    assert_memory_equal(out, want, len);
    assert_int_equal(k.sequence, 0);
}

/* RFC 8446 D.4: change_cipher_spec is never protected and counts for nothing. */
static void test_ccs_stays_clear(void **state)
{
    const uint8_t want[] = {20, 3, 3, 0, 1, 1};
    const uint8_t one = 1;
    uint8_t out[64];
    hfi_record_keys k = {.aead = NULL};
    size_t len;
    (void)state;

    fixture_install(&k, &alloc, 7);
    assert_int_equal(
        hfi_record_seal(&k, HFI_CONTENT_CCS, 0x0303, hfi_view_of(&one, 1), out, &len),
        HFI_OK);
    assert_int_equal(len, sizeof want);
    assert_memory_equal(out, want, len);
    assert_int_equal(k.sequence, 7);
    hfi_record_keys_clear(&k, &alloc);
}

/* RFC 8446 5.2: outside, every protected record looks the same. */
static void test_protected_header(void **state)
{
    uint8_t out[64];
    uint8_t want[64];
    hfi_record_keys k = {.aead = NULL};
    size_t len;
    (void)state;

    fixture_install(&k, &alloc, 0);
    for (uint64_t n = 0; n < 3; n++) {
        const uint8_t type = (uint8_t)(21 + n);
        const uint8_t inner[] = {'a', 'b', type};
        assert_int_equal(hfi_record_seal(&k, (hfi_content_type)type, 0x0301,
                                         hfi_view_of("ab", 2), out, &len),
                         HFI_OK);
        assert_int_equal(len, hfi_record_sealed_size(&k, 2));
        assert_int_equal(len, fixture_protect(n, inner, sizeof inner, want));
        assert_memory_equal(out, want, len);
        assert_int_equal(k.sequence, n + 1);
    }
    hfi_record_keys_clear(&k, &alloc);
}

static void round_trip(const hfi_aead *aead, size_t size)
{
    hfi_record_keys write = {.aead = NULL};
    hfi_record_keys again = {.aead = NULL};
    hfi_record_keys read = {.aead = NULL};
    size_t room = HFI_RECORD_HEADER + size + 1 + aead->tag_len;
    uint8_t *in = malloc(size == 0 ? 1 : size);
    uint8_t *out = malloc(room);
    uint8_t *in_place = malloc(room);
    size_t len;
    size_t len_in_place;
    hfi_record record;
    hfi_err err;
    assert_non_null(in);
    assert_non_null(out);
    assert_non_null(in_place);

    for (size_t i = 0; i < size; i++)
        in[i] = (uint8_t)(i * 7);
    hfi_record_keys *all[] = {&write, &again, &read};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            hfi_record_keys_install(all[i], &alloc, aead, fixture_key, fixture_iv),
            HFI_OK);
    assert_int_equal(hfi_record_sealed_size(&write, size), room);
    assert_int_equal(hfi_record_seal(&write, HFI_CONTENT_APPLICATION, 0x0303,
                                     hfi_view_of(in, size), out, &len),
                     HFI_OK);
    assert_int_equal(len, room);

    if (size != 0)
        memcpy(in_place + HFI_RECORD_HEADER, in, size);
    assert_int_equal(hfi_record_seal(&again, HFI_CONTENT_APPLICATION, 0x0303,
                                     hfi_view_of(in_place + HFI_RECORD_HEADER, size),
                                     in_place, &len_in_place),
                     HFI_OK);
    assert_int_equal(len_in_place, len);
    assert_memory_equal(in_place, out, len);

    assert_int_equal(fixture_open(&read, out, len, &record, &err), HFI_RECORD_READY);
    assert_int_equal(record.type, HFI_CONTENT_APPLICATION);
    assert_int_equal(record.consumed, len);
    assert_int_equal(record.content.len, size);
    assert_memory_equal(record.content.p, in, size);
    for (size_t i = 0; i < 3; i++)
        hfi_record_keys_clear(all[i], &alloc);
    free(in);
    free(out);
    free(in_place);
}

static void test_round_trip(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 255, 256, 4096, 16383, 16384};
    const hfi_aead *const aeads[] = {hfi_crypto_nettle.aes_128_gcm,
                                     hfi_crypto_nettle.aes_256_gcm,
                                     hfi_crypto_nettle.chacha20_poly1305};
    (void)state;
    for (size_t i = 0; i < sizeof aeads / sizeof aeads[0]; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++)
            round_trip(aeads[i], sizes[j]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_too_much_content), TEST(test_in_the_clear), TEST(test_ccs_stays_clear),
        TEST(test_protected_header), TEST(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
