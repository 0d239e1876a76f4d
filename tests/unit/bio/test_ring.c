/* tests/unit/bio/test_ring.c: the bounded queue of bytes: limits, wrapping, the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "bio/bio.h"
#include "bio/ring.h"

static void test_full_and_empty_would_block(void **state)
{
    hfi_ring ring = {.limit = 3};
    uint8_t bytes[4];
    int number = 0;

    (void)state;
    assert_int_equal(hfi_ring_read(&ring, bytes, 4), HFI_IO_WOULD_BLOCK);
    assert_int_equal(hfi_ring_write(&ring, (const uint8_t *)"abcd", 4, &number), 3);
    assert_int_equal(hfi_ring_space(&ring), 0);
    assert_int_equal(hfi_ring_write(&ring, (const uint8_t *)"d", 1, &number),
                     HFI_IO_WOULD_BLOCK);
    assert_int_equal(hfi_ring_read(&ring, bytes, 4), 3);
    assert_memory_equal(bytes, "abc", 3);
    assert_int_equal(hfi_ring_read(&ring, bytes, 4), HFI_IO_WOULD_BLOCK);
    hfi_ring_clear(&ring);
}

static void test_nothing_is_written_after_the_end(void **state)
{
    hfi_ring ring = {.limit = 8};
    uint8_t bytes[8];
    int number = 0;

    (void)state;
    assert_int_equal(hfi_ring_write(&ring, (const uint8_t *)"xy", 2, &number), 2);
    ring.ended = true;
    assert_int_equal(hfi_ring_space(&ring), 0);
    assert_int_equal(hfi_ring_write(&ring, (const uint8_t *)"z", 1, &number),
                     HFI_IO_ERROR);
    assert_int_equal(number, EPIPE);
    assert_int_equal(hfi_ring_read(&ring, bytes, 8), 2);
    assert_int_equal(hfi_ring_read(&ring, bytes, 8), HFI_IO_EOF);
    assert_int_equal(hfi_ring_read(&ring, bytes, 8), HFI_IO_EOF);
    hfi_ring_clear(&ring);
}

/* All sizes of buffer and of pieces, with a counter as the content. */
static void pass_through(size_t limit, size_t in, size_t out)
{
    hfi_ring ring = {.limit = limit};
    uint8_t piece[64], sent = 0, expected = 0;
    bool no_memory;

    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < in; i++)
            piece[i] = (uint8_t)(sent + i);
        sent = (uint8_t)(sent + hfi_ring_put(&ring, piece, in, &no_memory));
        assert_true(ring.count <= limit && ring.cap <= (limit < 1024 ? limit : 2048));
        size_t got = hfi_ring_get(&ring, piece, out);
        for (size_t i = 0; i < got; i++)
            assert_int_equal(piece[i], expected++);
    }
    while (hfi_ring_get(&ring, piece, 1) == 1)
        assert_int_equal(piece[0], expected++);
    assert_int_equal(sent, expected);
    hfi_ring_clear(&ring);
}

static void test_wraps_around_at_every_size(void **state)
{
    (void)state;
    for (size_t limit = 1; limit <= 17; limit++)
        for (size_t in = 1; in <= 20; in += 3)
            for (size_t out = 1; out <= 20; out += 2)
                pass_through(limit, in, out);
}

/* Growing keeps the order, also when the content lies across the end. */
static void test_grows_up_to_its_limit(void **state)
{
    hfi_ring ring = {.limit = 5000};
    uint8_t bytes[5000], back[5000];
    bool no_memory;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31 >> 3);
    assert_int_equal(hfi_ring_put(&ring, bytes, 1000, &no_memory), 1000);
    assert_int_equal(ring.cap, 1024);
    assert_int_equal(hfi_ring_get(&ring, back, 900), 900);
    assert_int_equal(hfi_ring_put(&ring, bytes + 1000, 500, &no_memory), 500);
    assert_int_equal(ring.cap, 1024);
    assert_int_equal(hfi_ring_put(&ring, bytes + 1500, 3500, &no_memory), 3500);
    assert_int_equal(ring.count, 4100);
    assert_int_equal(hfi_ring_put(&ring, bytes, 5000, &no_memory), 900);
    assert_int_equal(ring.cap, 5000);
    assert_int_equal(hfi_ring_get(&ring, back, 4100), 4100);
    assert_memory_equal(back, bytes + 900, 4100);
    assert_int_equal(hfi_ring_get(&ring, back, 5000), 900);
    assert_memory_equal(back, bytes, 900);
    hfi_ring_clear(&ring);
    assert_null(ring.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_and_empty_would_block),
        cmocka_unit_test(test_nothing_is_written_after_the_end),
        cmocka_unit_test(test_wraps_around_at_every_size),
        cmocka_unit_test(test_grows_up_to_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
