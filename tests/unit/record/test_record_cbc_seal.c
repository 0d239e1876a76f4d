/* tests/unit/record/test_record_cbc_seal.c: records of CBC suites sealed.
 * RFC 5246 6.2.3.2; RFC 7366 3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/ct.h"
#include "cbc.h"

static fixture_memory memory;
static hfi_alloc alloc;

static int set_up(void **state)
{
    (void)state;
    alloc = fixture_alloc(&memory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return memory.live == 0 ? 0 : -1;
}

static bool no_random(void *ctx, uint8_t *p, size_t len)
{
    (void)ctx;
    (void)p;
    (void)len;
    return false;
}

/* Without an IV nothing is sealed, and nothing stands there in the clear. */
static void test_no_random(void **state)
{
    static const hfi_random broken = {no_random, NULL};

    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        hfi_record_keys k;
        uint8_t out[128] = {0};
        size_t len = 1;
        cbc_install(&k, &alloc, &cbc_kinds[i], 0);
        k.cbc.random = &broken;
        assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                         hfi_view_of_text("data"), out, &len),
                         HFI_E_RANDOM_FAILED);
        assert_int_equal(len, 0);
        assert_int_equal(k.sequence, 0);
        assert_true(hfi_ct_is_zero(out, sizeof out));
        hfi_record_keys_clear(&k, &alloc);
    }
}

static void test_limits(void **state)
{
    static uint8_t in[16385], out[16385 + HFI_RECORD_OVERHEAD];
    hfi_record_keys k;
    size_t len = 1;

    (void)state;
    cbc_install(&k, &alloc, &cbc_kinds[0], UINT64_MAX);
    assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                     hfi_view_of(in, 4), out, &len),
                     HFI_E_RECORD_SEQUENCE_EXHAUSTED);
    assert_int_equal(len, 0);
    k.sequence = 0;
    assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                     hfi_view_of(in, 16385), out, &len),
                     HFI_E_INTERNAL);
    assert_false(hfi_record_pads(&k, HFI_CONTENT_APPLICATION));
    assert_int_equal(hfi_record_seal_padded(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                            hfi_view_of(in, 4), 1, out, &len),
                     HFI_E_INTERNAL);
    hfi_record_keys_clear(&k, &alloc);
}

/* An install that fails leaves keys that neither seal nor open. */
static void test_no_memory(void **state)
{
    hfi_record_keys k;
    uint8_t out[128];
    uint8_t in[5] = {23, 3, 3, 0, 64};
    size_t len = 1;

    (void)state;
    cbc_install(&k, &alloc, &cbc_kinds[0], 0);
    const hfi_record_cbc cbc = k.cbc;
    memory.exhausted = true;
    assert_int_equal(
        hfi_record_keys_install_cbc(&k, &alloc, &cbc, cbc_mac_key, fixture_key),
        HFI_E_NO_MEMORY);
    memory.exhausted = false;
    assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                     hfi_view_of_text("data"), out, &len),
                     HFI_E_NO_MEMORY);
    fixture_refused(&k, in, sizeof in, HFI_E_NO_MEMORY);
    hfi_record_keys_clear(&k, &alloc);
    assert_false(hfi_record_protects(&k));
}

/* An AEAD after a CBC suite, and the other way round. */
static void test_replaced(void **state)
{
    hfi_record_keys k;

    (void)state;
    cbc_install(&k, &alloc, &cbc_kinds[0], 7);
    const hfi_record_cbc cbc = k.cbc;
    fixture_install(&k, &alloc, 0);
    assert_true(hfi_record_protects(&k));
    assert_null(k.cbc.cipher);
    assert_false(k.is_tls12);
    assert_int_equal(
        hfi_record_keys_install_cbc(&k, &alloc, &cbc, cbc_mac_key, fixture_key), HFI_OK);
    assert_null(k.aead);
    assert_int_equal(k.sequence, 0);
    hfi_record_keys_clear(&k, &alloc);
}

/* As nettle's functions alone make it, with the least padding. */
static void test_seal(void **state)
{
    static uint8_t in[16384], text[CBC_ROOM], want[CBC_ROOM], out[CBC_ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < CBC_KINDS; i++) {
        const cbc_kind *kind = &cbc_kinds[i];
        for (size_t len = 0; len <= sizeof in; len += len < 100 ? 1 : 5428) {
            hfi_record_keys k;
            size_t sealed = 0;
            size_t n = cbc_text(kind, 3, 23, in, len, cbc_least_padding(kind, len), text);
            size_t size = cbc_record(kind, 3, 23, text, n, want);
            cbc_install(&k, &alloc, kind, 3);
            assert_int_equal(hfi_record_sealed_size(&k, len), size);
            assert_true(size <= len + HFI_RECORD_OVERHEAD);
            assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                             hfi_view_of(in, len), out, &sealed),
                             HFI_OK);
            assert_int_equal(sealed, size);
            assert_memory_equal(out, want, size);
            assert_int_equal(k.sequence, 4);
            /* In place, from the header on, as record.h promises. */
            memcpy(out + 5, in, len);
            k.sequence = 3;
            assert_int_equal(hfi_record_seal(&k, HFI_CONTENT_APPLICATION, 0x0303,
                                             hfi_view_of(out + 5, len), out, &sealed),
                             HFI_OK);
            assert_memory_equal(out, want, size);
            hfi_record_keys_clear(&k, &alloc);
        }
    }
}

/* change_cipher_spec and alerts are sealed as everything else is. */
static void test_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBC_KINDS; i++) {
        for (uint8_t type = 20; type <= 23; type++) {
            hfi_record_keys k;
            hfi_record record;
            hfi_err err;
            uint8_t out[160];
            size_t len = 0;
            cbc_install(&k, &alloc, &cbc_kinds[i], 0);
            assert_int_equal(hfi_record_seal(&k, (hfi_content_type)type, 0x0303,
                                             hfi_view_of_text("xy"), out, &len),
                             HFI_OK);
            assert_int_equal(out[0], type);
            assert_memory_equal(out + 5, cbc_iv, CBC_IV);
            k.sequence = 0;
            assert_int_equal(hfi_record_open(&k, (hfi_span){out, len}, &record, &err),
                             HFI_RECORD_READY);
            assert_int_equal(record.type, type);
            assert_int_equal(record.content.len, 2);
            hfi_record_keys_clear(&k, &alloc);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_random), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_replaced),
        cmocka_unit_test(test_seal),      cmocka_unit_test(test_types),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
