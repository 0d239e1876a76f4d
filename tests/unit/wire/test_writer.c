/* tests/unit/wire/test_writer.c: nothing is written past the space, and the first
 * failure stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "wire/writer.h"

/* One of everything: 1 + 2 + 3 + 4 + 8 + 2 + (1+1) + (2+1) + (3+1) = 29 bytes. */
static void write_all(hfi_writer *w)
{
    hfi_write_u8(w, 0x01);
    hfi_write_u16(w, 0x0203);
    hfi_write_u24(w, 0x040506);
    hfi_write_u32(w, 0x0708090a);
    hfi_write_u64(w, 0x0b0c0d0e0f101112);
    hfi_write_bytes(w, hfi_view_of("ab", 2));
    size_t mark = hfi_write_vec8_begin(w);
    hfi_write_u8(w, 'x');
    hfi_write_vec8_end(w, mark);
    mark = hfi_write_vec16_begin(w);
    hfi_write_u8(w, 'y');
    hfi_write_vec16_end(w, mark);
    mark = hfi_write_vec24_begin(w);
    hfi_write_u8(w, 'z');
    hfi_write_vec24_end(w, mark);
}

static const uint8_t all[29] = {1,  2,   3,  4,  5,   6,  7,  8,  9,   10,
                                11, 12,  13, 14, 15,  16, 17, 18, 'a', 'b',
                                1,  'x', 0,  1,  'y', 0,  0,  1,  'z'};

/* Every space too small fails; a sanitizer sees that no byte lands outside. */
static void test_every_space_too_small(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < sizeof all; cap++) {
        uint8_t *p = malloc(cap == 0 ? 1 : cap);
        assert_non_null(p);
        hfi_writer w = hfi_writer_of(p, cap);
        write_all(&w);
        assert_true(w.failed);
        assert_int_equal(hfi_writer_view(&w).len, 0);
        assert_true(w.len <= cap);
        free(p);
    }
}

static void test_exact_space(void **state)
{
    uint8_t p[sizeof all];
    hfi_writer w = hfi_writer_of(p, sizeof p);
    (void)state;

    write_all(&w);
    assert_false(w.failed);
    assert_int_equal(hfi_writer_view(&w).len, sizeof all);
    assert_memory_equal(p, all, sizeof all);
}

/* A writer on no memory: nothing fits, and nothing is what may be written. */
static void test_no_space_at_all(void **state)
{
    hfi_writer w = hfi_writer_of(NULL, 0);
    (void)state;

    (void)hfi_write_space(&w, 0);
    hfi_write_bytes(&w, hfi_view_of(NULL, 0));
    hfi_write_bytes(&w, hfi_view_of("a", 0));
    assert_false(w.failed);
    assert_int_equal(hfi_writer_view(&w).len, 0);
    hfi_write_u8(&w, 1);
    assert_true(w.failed);
    assert_int_equal(w.len, 0);
}

static void test_failure_stays(void **state)
{
    uint8_t p[4] = {9, 9, 9, 9};
    const uint8_t want[4] = {9, 9, 9, 9};
    hfi_writer w = hfi_writer_of(p, sizeof p);
    (void)state;

    hfi_write_u64(&w, 1);
    hfi_write_u8(&w, 1); /* would fit */
    hfi_write_bytes(&w, hfi_view_of("a", 1));
    assert_null(hfi_write_space(&w, 0));
    assert_true(w.failed);
    assert_memory_equal(p, want, sizeof p);
    assert_null(hfi_writer_view(&w).p);
}

static void test_huge_space(void **state)
{
    uint8_t p[4];
    (void)state;

    for (size_t back = 0; back < 8; back++) {
        hfi_writer w = hfi_writer_of(p, sizeof p);
        hfi_write_u8(&w, 1);
        assert_null(hfi_write_space(&w, SIZE_MAX - back));
        assert_true(w.failed);
    }
}

static void test_number_too_large(void **state)
{
    uint8_t p[8];
    hfi_writer w = hfi_writer_of(p, sizeof p);
    (void)state;

    hfi_write_u24(&w, 0xffffff);
    assert_false(w.failed);
    hfi_write_u24(&w, 0x1000000);
    assert_true(w.failed);
}

/* The prefix counts what fits in it and refuses one byte more. */
static void expect_vector(size_t len, size_t (*begin)(hfi_writer *),
                          void (*end)(hfi_writer *, size_t), size_t prefix, bool fits)
{
    uint8_t *p = malloc(prefix + len);
    assert_non_null(p);
    hfi_writer w = hfi_writer_of(p, prefix + len);
    size_t mark = begin(&w);
    uint8_t *content = hfi_write_space(&w, len);
    assert_non_null(content);
    memset(content, 0x77, len);
    end(&w, mark);
    assert_int_equal(!w.failed, fits);
    size_t said = 0;
    for (size_t i = 0; i < prefix; i++)
        said = said << 8 | p[i];
    if (fits)
        assert_int_equal(said, len);
    free(p);
}

static void test_vector_lengths(void **state)
{
    (void)state;
    expect_vector(0, hfi_write_vec8_begin, hfi_write_vec8_end, 1, true);
    expect_vector(255, hfi_write_vec8_begin, hfi_write_vec8_end, 1, true);
    expect_vector(256, hfi_write_vec8_begin, hfi_write_vec8_end, 1, false);
    expect_vector(65535, hfi_write_vec16_begin, hfi_write_vec16_end, 2, true);
    expect_vector(65536, hfi_write_vec16_begin, hfi_write_vec16_end, 2, false);
    expect_vector(65536, hfi_write_vec24_begin, hfi_write_vec24_end, 3, true);
    expect_vector(0x1000000, hfi_write_vec24_begin, hfi_write_vec24_end, 3, false);
}

static void test_nested_vectors(void **state)
{
    uint8_t p[16];
    const uint8_t want[] = {0, 0, 6, 0, 4, 1, 'a', 1, 'b'};
    hfi_writer w = hfi_writer_of(p, sizeof p);
    (void)state;

    size_t outer = hfi_write_vec24_begin(&w);
    size_t list = hfi_write_vec16_begin(&w);
    size_t item = hfi_write_vec8_begin(&w);
    hfi_write_u8(&w, 'a');
    hfi_write_vec8_end(&w, item);
    item = hfi_write_vec8_begin(&w);
    hfi_write_u8(&w, 'b');
    hfi_write_vec8_end(&w, item);
    hfi_write_vec16_end(&w, list);
    hfi_write_vec24_end(&w, outer);
    assert_int_equal(hfi_writer_view(&w).len, sizeof want);
    assert_memory_equal(p, want, sizeof want);
}

static void test_nothing_written(void **state)
{
    uint8_t p[1] = {5};
    hfi_writer w = hfi_writer_of(p, 0);
    (void)state;

    hfi_write_bytes(&w, hfi_view_of(NULL, 0));
    assert_false(w.failed);
    assert_int_equal(hfi_writer_view(&w).len, 0);
    hfi_write_u8(&w, 1);
    assert_true(w.failed);
    assert_int_equal(p[0], 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_space_too_small),
        cmocka_unit_test(test_exact_space),
        cmocka_unit_test(test_no_space_at_all),
        cmocka_unit_test(test_failure_stays),
        cmocka_unit_test(test_huge_space),
        cmocka_unit_test(test_number_too_large),
        cmocka_unit_test(test_vector_lengths),
        cmocka_unit_test(test_nested_vectors),
        cmocka_unit_test(test_nothing_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
