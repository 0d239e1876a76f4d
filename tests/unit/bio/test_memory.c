/* tests/unit/bio/test_memory.c: the memory transport and its two sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "bio/bio.h"

static void test_each_side_reads_what_the_other_wrote(void **state)
{
    hf_bio *bio = hfi_bio_new_memory(10);
    const hfi_bio_method *outside = hfi_bio_outside(bio);
    uint8_t bytes[16];
    int number = 0;

    (void)state;
    assert_int_equal(hfi_bio_read(bio, bytes, 16, HFI_BIO_WAIT, &number),
                     HFI_IO_WOULD_BLOCK);
    assert_int_equal(outside->read(bio, bytes, 16, HFI_BIO_WAIT, &number),
                     HFI_IO_WOULD_BLOCK);
    assert_int_equal(hfi_bio_write(bio, (const uint8_t *)"out", 3, -1, &number), 3);
    assert_int_equal(outside->write(bio, (const uint8_t *)"inwards", 7, -1, &number), 7);
    assert_int_equal(outside->pending(bio), 3);
    assert_int_equal(outside->space(bio), 3);
    assert_int_equal(outside->read(bio, bytes, 16, -1, &number), 3);
    assert_memory_equal(bytes, "out", 3);
    assert_int_equal(hfi_bio_read(bio, bytes, 16, -1, &number), 7);
    assert_memory_equal(bytes, "inwards", 7);
    assert_int_equal(hfi_bio_descriptor(bio), -1);
    hfi_bio_free(bio);
}

static void test_the_limit_holds_each_way(void **state)
{
    hf_bio *bio = hfi_bio_new_memory(4);
    const hfi_bio_method *outside = hfi_bio_outside(bio);
    int number = 0;

    (void)state;
    assert_int_equal(hfi_bio_write(bio, (const uint8_t *)"12345", 5, -1, &number), 4);
    assert_int_equal(hfi_bio_write(bio, (const uint8_t *)"5", 1, -1, &number),
                     HFI_IO_WOULD_BLOCK);
    assert_int_equal(outside->write(bio, (const uint8_t *)"12345", 5, -1, &number), 4);
    assert_int_equal(outside->write(bio, (const uint8_t *)"5", 1, -1, &number),
                     HFI_IO_WOULD_BLOCK);
    hfi_bio_free(bio);
}

static void test_one_side_ends_and_the_other_goes_on(void **state)
{
    hf_bio *bio = hfi_bio_new_memory(4);
    const hfi_bio_method *outside = hfi_bio_outside(bio);
    uint8_t byte;
    int number = 0;

    (void)state;
    assert_true(outside->shutdown_write(bio));
    assert_int_equal(hfi_bio_read(bio, &byte, 1, -1, &number), HFI_IO_EOF);
    assert_int_equal(outside->write(bio, &byte, 1, -1, &number), HFI_IO_ERROR);
    assert_int_equal(number, EPIPE);
    assert_int_equal(hfi_bio_write(bio, (const uint8_t *)"x", 1, -1, &number), 1);
    assert_int_equal(outside->read(bio, &byte, 1, -1, &number), 1);
    assert_int_equal(byte, 'x');
    hfi_bio_free(bio);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_side_reads_what_the_other_wrote),
        cmocka_unit_test(test_the_limit_holds_each_way),
        cmocka_unit_test(test_one_side_ends_and_the_other_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
