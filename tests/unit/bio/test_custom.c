/* tests/unit/bio/test_custom.c: functions of the application, and what they may return.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bio/bio.h"

typedef struct script {
    ptrdiff_t answer;
    int number;
    int destroyed;
} script;

static ptrdiff_t script_read(void *ctx, uint8_t *bytes, size_t count, int *number)
{
    script *s = ctx;

    (void)bytes;
    (void)count;
    *number = s->number;
    return s->answer;
}

static ptrdiff_t script_write(void *ctx, const uint8_t *bytes, size_t count, int *number)
{
    (void)bytes;
    return script_read(ctx, NULL, count, number);
}

static void script_destroy(void *ctx)
{
    ((script *)ctx)->destroyed++;
}

static void test_answers_are_checked(void **state)
{
    static const struct {
        ptrdiff_t said, read, written;
    } cases[] = {
        {5, 5, 5},
        {8, 8, 8},
        {9, HFI_IO_ERROR, HFI_IO_ERROR}, /* more than was asked for */
        {PTRDIFF_MAX, HFI_IO_ERROR, HFI_IO_ERROR},
        {0, HFI_IO_EOF, HFI_IO_WOULD_BLOCK},
        {-1, HFI_IO_WOULD_BLOCK, HFI_IO_WOULD_BLOCK},
        {-2, HFI_IO_ERROR, HFI_IO_ERROR},
        {-3, HFI_IO_WANT_READ, HFI_IO_WANT_READ},
        {-4, HFI_IO_WANT_WRITE, HFI_IO_WANT_WRITE},
        {-5, HFI_IO_WANT_CONNECT, HFI_IO_WANT_CONNECT},
        {-6, HFI_IO_WANT_ACCEPT, HFI_IO_WANT_ACCEPT},
        {-7, HFI_IO_ERROR, HFI_IO_ERROR},
        {PTRDIFF_MIN, HFI_IO_ERROR, HFI_IO_ERROR},
    };
    script s = {0, 0, 0};
    const hfi_bio_functions functions = {script_read, script_write, script_destroy, &s};
    hf_bio *bio = hfi_bio_new_custom(&functions);
    uint8_t bytes[8] = {0};
    int number;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        s.answer = cases[i].said;
        assert_int_equal(hfi_bio_read(bio, bytes, 8, HFI_BIO_WAIT, &number),
                         cases[i].read);
        assert_int_equal(hfi_bio_write(bio, bytes, 8, HFI_BIO_WAIT, &number),
                         cases[i].written);
    }
    hfi_bio_free(bio);
    assert_int_equal(s.destroyed, 1);
}

static void test_error_number_is_handed_on(void **state)
{
    script s = {HFI_IO_ERROR, 77, 0};
    const hfi_bio_functions functions = {script_read, script_write, NULL, &s};
    hf_bio *bio = hfi_bio_new_custom(&functions);
    uint8_t byte = 0;
    int number = 0;

    (void)state;
    assert_int_equal(hfi_bio_read(bio, &byte, 1, HFI_BIO_WAIT, &number), HFI_IO_ERROR);
    assert_int_equal(number, 77);
    hfi_bio_free(bio);
    assert_int_equal(s.destroyed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_are_checked),
        cmocka_unit_test(test_error_number_is_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
