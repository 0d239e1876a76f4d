/* tests/unit/session/test_replay.c: early data is taken once.  RFC 8446 8.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "session/replay.h"

static bool no_memory;

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return no_memory ? NULL : malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static const hfi_alloc alloc = {allocate, release, NULL};
static const int64_t second = 1000000;

static void make(uint8_t mark[32], uint32_t n)
{
    memset(mark, 0x5a, 32);
    for (size_t i = 0; i < 4; i++)
        mark[12 + i] = (uint8_t)(n >> 8 * i);
    mark[0] = (uint8_t)(n * 7);
    mark[1] = (uint8_t)(n >> 3);
}

static bool first(hfi_replay *r, uint32_t n, int64_t at)
{
    uint8_t mark[32];

    make(mark, n);
    return hfi_replay_first(r, hfi_view_of(mark, sizeof mark), at * second, false);
}

static void test_once(void **state)
{
    hfi_replay r = {.alloc = NULL};

    (void)state;
    hfi_replay_init(&r, &alloc);
    assert_true(first(&r, 1, 100));
    assert_false(first(&r, 1, 100));
    assert_true(first(&r, 2, 100));
    for (int64_t at = 100; at < 100 + HFI_REPLAY_KEEPS; at++)
        assert_false(first(&r, 1, at));
    hfi_replay_free(&r);
}

/* Over a turn of the generations, and long after. */
static void test_turns(void **state)
{
    (void)state;
    for (int64_t offset = 0; offset < HFI_REPLAY_KEEPS; offset++) {
        hfi_replay r = {.alloc = NULL};
        hfi_replay_init(&r, &alloc);
        assert_true(first(&r, 0, 0));
        assert_true(first(&r, 1, offset));
        assert_false(first(&r, 1, offset + HFI_REPLAY_KEEPS - 1));
        assert_true(first(&r, 2, offset + 100));
        assert_true(first(&r, 1, offset + 200));
        hfi_replay_free(&r);
    }
}

static void test_full(void **state)
{
    hfi_replay r = {.alloc = NULL};
    uint32_t n = 0;

    (void)state;
    hfi_replay_init(&r, &alloc);
    while (n <= HFI_REPLAY_ENTRIES && first(&r, n, 0))
        n++;
    assert_int_equal(n, HFI_REPLAY_ENTRIES / 4 * 3);
    assert_false(first(&r, 0, 1));
    assert_true(first(&r, n, HFI_REPLAY_KEEPS));
    assert_false(first(&r, 0, HFI_REPLAY_KEEPS));
    hfi_replay_free(&r);
}

static void test_refusals(void **state)
{
    hfi_replay r = {.alloc = NULL};
    uint8_t mark[32];

    (void)state;
    hfi_replay_init(&r, &alloc);
    make(mark, 1);
    assert_false(hfi_replay_first(&r, hfi_view_of(mark, 15), 0, false));
    no_memory = true;
    assert_false(first(&r, 1, 0));
    no_memory = false;
    /* Tickets of a process before this one: not in the first seconds. */
    assert_false(hfi_replay_first(&r, hfi_view_of(mark, 32), 0, true));
    assert_false(hfi_replay_first(&r, hfi_view_of(mark, 32),
                                  (HFI_REPLAY_KEEPS - 1) * second, true));
    assert_true(
        hfi_replay_first(&r, hfi_view_of(mark, 32), HFI_REPLAY_KEEPS * second, true));
    hfi_replay_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_once),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
