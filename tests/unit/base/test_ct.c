/* tests/unit/base/test_ct.c: wiping and comparing; that the time is constant is seen
 * with memory checkers, not here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ct.h"

static void test_equal_sees_every_bit(void **state)
{
    uint8_t a[33];
    uint8_t b[33];
    (void)state;

    memset(a, 0x5a, sizeof a);
    memcpy(b, a, sizeof b);
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        b[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(hfi_ct_equal(a, b, sizeof a));
        b[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_true(hfi_ct_equal(a, b, sizeof a));
}

static void test_equal_stops_at_len(void **state)
{
    const uint8_t a[3] = {1, 2, 3};
    const uint8_t b[3] = {1, 2, 4};
    (void)state;

    assert_true(hfi_ct_equal(a, b, 2));
    assert_false(hfi_ct_equal(a, b, 3));
    assert_true(hfi_ct_equal(NULL, NULL, 0));
}

static void test_is_zero_sees_every_bit(void **state)
{
    uint8_t a[17] = {0};
    (void)state;

    assert_true(hfi_ct_is_zero(a, sizeof a));
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        a[bit / 8] = (uint8_t)(1U << bit % 8);
        assert_false(hfi_ct_is_zero(a, sizeof a));
        a[bit / 8] = 0;
    }
    a[16] = 1;
    assert_true(hfi_ct_is_zero(a, 16));
    assert_true(hfi_ct_is_zero(NULL, 0));
}

static void test_wipe_keeps_to_len(void **state)
{
    uint8_t a[8];
    const uint8_t want[8] = {7, 0, 0, 0, 0, 0, 7, 7};
    (void)state;

    memset(a, 7, sizeof a);
    hfi_wipe(a + 1, 5);
    assert_memory_equal(a, want, sizeof a);
    hfi_wipe(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_sees_every_bit),
        cmocka_unit_test(test_equal_stops_at_len),
        cmocka_unit_test(test_is_zero_sees_every_bit),
        cmocka_unit_test(test_wipe_keeps_to_len),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
