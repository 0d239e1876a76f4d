/* tests/unit/bio/test_pair.c: two joined ends: sizes, half close, release in any order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "bio/bio.h"

static ptrdiff_t put(hf_bio *bio, const char *text)
{
    int number = 0;

    return hfi_bio_write(bio, (const uint8_t *)text, strlen(text), HFI_BIO_WAIT, &number);
}

static ptrdiff_t get(hf_bio *bio, uint8_t *bytes, size_t size)
{
    int number = 0;

    return hfi_bio_read(bio, bytes, size, HFI_BIO_WAIT, &number);
}

static void test_sizes_are_of_what_each_end_wrote(void **state)
{
    hf_bio *a, *b;
    uint8_t bytes[8];

    (void)state;
    assert_true(hfi_bio_new_pair(&a, 1, &b, 5));
    assert_int_equal(put(a, "xyz"), 1);
    assert_int_equal(put(a, "y"), HFI_IO_WOULD_BLOCK);
    assert_int_equal(put(b, "123456"), 5);
    assert_int_equal(put(b, "6"), HFI_IO_WOULD_BLOCK);
    assert_int_equal(a->method->pending(a), 5);
    assert_int_equal(b->method->pending(b), 1);
    assert_int_equal(a->method->space(a), 0);
    assert_int_equal(get(b, bytes, 8), 1);
    assert_int_equal(bytes[0], 'x');
    assert_int_equal(get(b, bytes, 8), HFI_IO_WOULD_BLOCK);
    assert_int_equal(get(a, bytes, 8), 5);
    assert_memory_equal(bytes, "12345", 5);
    hfi_bio_free(a);
    hfi_bio_free(b);
}

static void test_half_close(void **state)
{
    hf_bio *a, *b;
    uint8_t bytes[8];

    (void)state;
    assert_true(hfi_bio_new_pair(&a, 8, &b, 8));
    assert_int_equal(put(a, "last"), 4);
    assert_true(a->method->shutdown_write(a));
    assert_int_equal(put(a, "more"), HFI_IO_ERROR);
    assert_int_equal(get(b, bytes, 8), 4);
    assert_int_equal(get(b, bytes, 8), HFI_IO_EOF);
    assert_int_equal(put(b, "back"), 4);
    assert_int_equal(get(a, bytes, 8), 4);
    hfi_bio_free(b);
    hfi_bio_free(a);
}

/* What was written before the release can still be read; what is written after it cannot
 * go anywhere. */
static void release_one(bool first)
{
    hf_bio *a, *b;
    uint8_t bytes[8];
    int number = 0;

    assert_true(hfi_bio_new_pair(&a, 8, &b, 8));
    hf_bio *gone = first ? a : b, *left = first ? b : a;
    assert_int_equal(put(gone, "bye"), 3);
    assert_int_equal(put(left, "unread"), 6);
    hfi_bio_free(gone);
    assert_int_equal(hfi_bio_write(left, bytes, 1, HFI_BIO_WAIT, &number), HFI_IO_ERROR);
    assert_int_equal(number, EPIPE);
    assert_int_equal(get(left, bytes, 8), 3);
    assert_memory_equal(bytes, "bye", 3);
    assert_int_equal(get(left, bytes, 8), HFI_IO_EOF);
    hfi_bio_free(left);
}

static void test_release_in_either_order(void **state)
{
    (void)state;
    release_one(true);
    release_one(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_of_what_each_end_wrote),
        cmocka_unit_test(test_half_close),
        cmocka_unit_test(test_release_in_either_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
