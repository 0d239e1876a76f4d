/* tests/unit/wire/test_reader.c: no byte outside of the input is ever read, and the
 * first failure stays.  Inputs are on the heap, so that a sanitizer sees each bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "wire/reader.h"

/* 1, 2, 3, ... in a block of exactly that size. */
static uint8_t *counting(size_t len)
{
    uint8_t *p = malloc(len == 0 ? 1 : len);
    assert_non_null(p);
    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)(i + 1);
    return p;
}

typedef uint64_t (*read_fn)(hfi_reader *r);

static uint64_t read_8(hfi_reader *r)
{
    return hfi_read_u8(r);
}
static uint64_t read_16(hfi_reader *r)
{
    return hfi_read_u16(r);
}
static uint64_t read_24(hfi_reader *r)
{
    return hfi_read_u24(r);
}
static uint64_t read_32(hfi_reader *r)
{
    return hfi_read_u32(r);
}
static uint64_t read_64(hfi_reader *r)
{
    return hfi_read_u64(r);
}

static const struct {
    read_fn read;
    size_t size;
    uint64_t want; /* of 01 02 03 ... */
} numbers[] = {
    {read_8, 1, 0x01},
    {read_16, 2, 0x0102},
    {read_24, 3, 0x010203},
    {read_32, 4, 0x01020304},
    {read_64, 8, 0x0102030405060708},
};

static void test_numbers_cut_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        for (size_t len = 0; len < numbers[i].size; len++) {
            uint8_t *p = counting(len);
            hfi_reader r = hfi_reader_of(hfi_view_of(p, len));
            assert_int_equal(numbers[i].read(&r), 0);
            assert_true(r.failed);
            assert_false(hfi_reader_more(&r));
            assert_false(hfi_reader_done(&r));
            free(p);
        }
    }
}

static void test_numbers_are_big_endian(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        uint8_t *p = counting(numbers[i].size);
        hfi_reader r = hfi_reader_of(hfi_view_of(p, numbers[i].size));
        assert_true(numbers[i].read(&r) == numbers[i].want);
        assert_true(hfi_reader_done(&r));
        assert_int_equal(numbers[i].read(&r), 0); /* one too many */
        assert_false(hfi_reader_done(&r));
        free(p);
    }
}

/* After a failure everything is zero or empty, even where bytes would be left. */
static void test_failure_stays(void **state)
{
    uint8_t *p = counting(4);
    hfi_reader r = hfi_reader_of(hfi_view_of(p, 4));
    (void)state;

    assert_int_equal(hfi_read_bytes(&r, 5).len, 0);
    assert_int_equal(hfi_read_u8(&r), 0);
    assert_int_equal(hfi_reader_peek(&r), 0);
    assert_int_equal(hfi_read_rest(&r).len, 0);
    assert_int_equal(hfi_read_vec8(&r, 0, 255).len, 0);
    assert_null(hfi_read_bytes(&r, 1).p);
    assert_false(hfi_reader_more(&r));
    assert_false(hfi_reader_done(&r));

    r = hfi_reader_of(hfi_view_of(p, 4));
    hfi_reader_fail(&r);
    assert_int_equal(hfi_read_u32(&r), 0);
    assert_false(hfi_reader_done(&r));
    free(p);
}

/* A length near the top of size_t must not wrap around. */
static void test_huge_length(void **state)
{
    uint8_t *p = counting(4);
    (void)state;

    for (size_t back = 0; back < 8; back++) {
        hfi_reader r = hfi_reader_of(hfi_view_of(p, 4));
        (void)hfi_read_u8(&r);
        assert_null(hfi_read_bytes(&r, SIZE_MAX - back).p);
        assert_true(r.failed);
    }
    free(p);
}

static hfi_view read_vector(hfi_reader *r, size_t prefix, size_t min, size_t max)
{
    return prefix == 1   ? hfi_read_vec8(r, min, max)
           : prefix == 2 ? hfi_read_vec16(r, min, max)
                         : hfi_read_vec24(r, min, max);
}

/* RFC 8446 3.4: <3..5>, with 0 to 8 bytes announced and 0 to 8 there. */
static void test_vector_bounds(void **state)
{
    (void)state;
    for (size_t prefix = 1; prefix <= 3; prefix++) {
        for (size_t said = 0; said <= 8; said++) {
            for (size_t there = 0; there <= 8; there++) {
                uint8_t *p = calloc(1, prefix + there);
                assert_non_null(p);
                p[prefix - 1] = (uint8_t)said;
                hfi_reader r = hfi_reader_of(hfi_view_of(p, prefix + there));
                hfi_view v = read_vector(&r, prefix, 3, 5);
                bool fine = said >= 3 && said <= 5 && there >= said;
                assert_int_equal(!r.failed, fine);
                assert_int_equal(v.len, fine ? said : 0);
                assert_int_equal(hfi_reader_done(&r), fine && there == said);
                if (fine)
                    assert_ptr_equal(v.p, p + prefix);
                free(p);
            }
        }
    }
}

/* The prefix itself may be cut, and its high bytes count. */
static void test_vector_prefix(void **state)
{
    const uint8_t high16[3] = {1, 0, 0};
    const uint8_t high24[4] = {1, 0, 0, 0};
    (void)state;

    for (size_t prefix = 1; prefix <= 3; prefix++) {
        for (size_t len = 0; len < prefix; len++) {
            hfi_reader r = hfi_reader_of(hfi_view_of(high24 + 1, len));
            assert_int_equal(read_vector(&r, prefix, 0, 255).len, 0);
            assert_true(r.failed);
        }
    }
    hfi_reader r = hfi_reader_of(hfi_view_of(high16, sizeof high16));
    assert_int_equal(hfi_read_vec16(&r, 0, 65535).len, 0); /* 256 said, 1 there */
    assert_true(r.failed);
    r = hfi_reader_of(hfi_view_of(high24, sizeof high24));
    assert_int_equal(hfi_read_vec24(&r, 0, 0xffffff).len, 0);
    assert_true(r.failed);
}

static void test_empty_input(void **state)
{
    hfi_reader r = hfi_reader_of(hfi_view_of(NULL, 0));
    (void)state;

    assert_true(hfi_reader_done(&r));
    assert_false(hfi_reader_more(&r));
    assert_int_equal(hfi_read_bytes(&r, 0).len, 0);
    assert_int_equal(hfi_read_rest(&r).len, 0);
    assert_true(hfi_reader_done(&r)); /* nothing asked, nothing failed */
    assert_int_equal(hfi_read_u8(&r), 0);
    assert_false(hfi_reader_done(&r));
}

static void test_walk(void **state)
{
    const uint8_t bytes[] = {7, 2, 0xaa, 0xbb, 0, 1, 0xcc, 9, 9};
    hfi_reader r = hfi_reader_of(hfi_view_of(bytes, sizeof bytes));
    (void)state;

    assert_int_equal(hfi_reader_peek(&r), 7);
    assert_int_equal(hfi_read_u8(&r), 7);
    assert_memory_equal(hfi_read_vec8(&r, 2, 2).p, bytes + 2, 2);
    assert_memory_equal(hfi_read_vec16(&r, 1, 1).p, bytes + 6, 1);
    assert_true(hfi_reader_more(&r));
    assert_false(hfi_reader_done(&r));
    assert_int_equal(hfi_read_rest(&r).len, 2);
    assert_false(hfi_reader_more(&r));
    assert_true(hfi_reader_done(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_cut_short),
        cmocka_unit_test(test_numbers_are_big_endian),
        cmocka_unit_test(test_failure_stays),
        cmocka_unit_test(test_huge_length),
        cmocka_unit_test(test_vector_bounds),
        cmocka_unit_test(test_vector_prefix),
        cmocka_unit_test(test_empty_input),
        cmocka_unit_test(test_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
