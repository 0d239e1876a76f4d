/* tests/unit/crypto/test_random.c: getrandom(2), replaced by the linker with one that
 * behaves as the test says: short answers, signals, failure. */
#include "hex.h"

#include <errno.h>
#include <sys/types.h>

/* What the next calls answer: bytes given, or a negated errno. */
static ssize_t script[8];
static size_t script_len, script_at;

ssize_t __wrap_getrandom(void *p, size_t len, unsigned flags);

ssize_t __wrap_getrandom(void *p, size_t len, unsigned flags)
{
    assert_int_equal(flags, 0);
    assert_true(script_at < script_len);
    ssize_t answer = script[script_at++];
    if (answer < 0) {
        errno = (int)-answer;
        return -1;
    }
    assert_true((size_t)answer <= len);
    memset(p, (int)script_at, (size_t)answer);
    return answer;
}

static bool fill(uint8_t *p, size_t len, size_t count, const ssize_t *answers)
{
    memcpy(script, answers, count * sizeof answers[0]);
    script_len = count;
    script_at = 0;
    return hfi_random_system.fill(hfi_random_system.ctx, p, len);
}

static void test_failure(void **state)
{
    uint8_t out[8];
    (void)state;
    assert_false(fill(out, 8, 1, (const ssize_t[]){-ENOSYS}));
    assert_false(fill(out, 8, 2, (const ssize_t[]){4, -EIO}));
    assert_false(fill(out, 8, 1, (const ssize_t[]){0}));
}

static void test_short_and_interrupted(void **state)
{
    uint8_t out[9] = {0};
    static const uint8_t want[9] = {1, 1, 1, 3, 6, 6, 6, 6, 0};
    (void)state;
    assert_true(fill(out, 8, 6, (const ssize_t[]){3, -EINTR, 1, -EINTR, -EINTR, 4}));
    assert_int_equal(script_at, 6);
    assert_memory_equal(out, want, sizeof want);
}

static void test_nothing(void **state)
{
    (void)state;
    assert_true(fill(NULL, 0, 0, (const ssize_t[]){0}));
    assert_int_equal(script_at, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failure),
        cmocka_unit_test(test_short_and_interrupted),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
