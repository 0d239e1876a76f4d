/* tests/unit/base/test_alloc.c: the allocator interface: exhaustion, size 0, wiping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"

/* One block of memory that is handed out and looked at after its release. */
typedef struct pool {
    uint8_t bytes[64];
    size_t asked;
    int live;
    bool exhausted;
} pool;

static void *pool_allocate(void *ctx, size_t size)
{
    pool *p = ctx;
    p->asked = size;
    if (p->exhausted || size > sizeof p->bytes)
        return NULL;
    p->live++;
    return p->bytes;
}

static void pool_release(void *ctx, void *at)
{
    pool *p = ctx;
    assert_ptr_equal(at, p->bytes);
    p->live--;
}

static hfi_alloc alloc_of(pool *p)
{
    return (hfi_alloc){pool_allocate, pool_release, p};
}

static void test_exhausted(void **state)
{
    pool p = {.exhausted = true};
    hfi_alloc a = alloc_of(&p);
    (void)state;

    assert_null(hfi_alloc_bytes(&a, 8));
    assert_null(hfi_alloc_zeroed(&a, 8));
    assert_null(hfi_alloc_copy(&a, "abc", 3));
    assert_null(hfi_alloc_text(&a, "abc", 3));
    assert_int_equal(p.live, 0);
}

static void test_release_of_null(void **state)
{
    pool p = {.live = 0};
    hfi_alloc a = alloc_of(&p);
    (void)state;

    hfi_alloc_release(&a, NULL);
    hfi_alloc_release_secret(&a, NULL, 100);
    assert_int_equal(p.live, 0);
}

/* Size 0 is allowed everywhere, and its pointer may be released. */
static void test_size_zero(void **state)
{
    pool p = {.live = 0};
    hfi_alloc a = alloc_of(&p);
    (void)state;

    void *at[4] = {hfi_alloc_bytes(&a, 0), hfi_alloc_zeroed(&a, 0),
                   hfi_alloc_copy(&a, NULL, 0), hfi_alloc_text(&a, NULL, 0)};
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(at[i]);
        hfi_alloc_release(&a, at[i]);
    }
    assert_true(p.asked >= 1);
    assert_int_equal(p.live, 0);
}

static void test_contents(void **state)
{
    pool p = {.live = 0};
    hfi_alloc a = alloc_of(&p);
    const uint8_t zeros[16] = {0};
    (void)state;

    memset(p.bytes, 0xee, sizeof p.bytes);
    assert_memory_equal(hfi_alloc_zeroed(&a, 16), zeros, 16);
    assert_int_equal(p.bytes[16], 0xee);
    assert_memory_equal(hfi_alloc_copy(&a, "copied", 6), "copied", 6);
    assert_int_equal(p.asked, 6);
    assert_string_equal(hfi_alloc_text(&a, "text and more", 4), "text");
    assert_int_equal(p.asked, 5);
}

static void test_release_secret_wipes(void **state)
{
    pool p = {.live = 0};
    hfi_alloc a = alloc_of(&p);
    const uint8_t zeros[16] = {0};
    (void)state;

    memset(p.bytes, 0xee, sizeof p.bytes);
    void *secret = hfi_alloc_bytes(&a, 16);
    hfi_alloc_release_secret(&a, secret, 16);
    assert_memory_equal(p.bytes, zeros, 16);
    assert_int_equal(p.bytes[16], 0xee);
    assert_int_equal(p.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exhausted),
        cmocka_unit_test(test_release_of_null),
        cmocka_unit_test(test_size_zero),
        cmocka_unit_test(test_contents),
        cmocka_unit_test(test_release_secret_wipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
