/* tests/unit/keys/test_key_log.c: lines of the key log, RFC 9850 2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/key_log.h"

/* A line that does not fit is no line: half a secret would only mislead. */
static void test_too_long(void **state)
{
    static const uint8_t bytes[128] = {0xab};
    char line[HFI_KEY_LOG_LINE_MAX];
    const char empty[HFI_KEY_LOG_LINE_MAX] = {0};
    (void)state;

    memset(line, 'x', sizeof line);
    hfi_key_log_line("LABEL", hfi_view_of(bytes, 32), hfi_view_of(bytes, 128), line);
    assert_memory_equal(line, empty, sizeof line);
}

static void test_last_that_fits(void **state)
{
    static const uint8_t bytes[128] = {0};
    char line[HFI_KEY_LOG_LINE_MAX];
    (void)state;

    /* 5 + 1 + 64 + 1 + 184 characters and the 0 byte are 256. */
    hfi_key_log_line("LABEL", hfi_view_of(bytes, 32), hfi_view_of(bytes, 92), line);
    assert_int_equal(strlen(line), 255);
    hfi_key_log_line("LABELS", hfi_view_of(bytes, 32), hfi_view_of(bytes, 92), line);
    assert_int_equal(strlen(line), 0);
}

static void test_format(void **state)
{
    uint8_t random[32];
    uint8_t secret[48];
    char line[HFI_KEY_LOG_LINE_MAX];
    (void)state;

    for (size_t i = 0; i < sizeof random; i++)
        random[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof secret; i++)
        secret[i] = (uint8_t)(0xff - 5 * i);
    hfi_key_log_line("SERVER_HANDSHAKE_TRAFFIC_SECRET", hfi_view_of(random, 32),
                     hfi_view_of(secret, 48), line);
    assert_string_equal(
        line,
        "SERVER_HANDSHAKE_TRAFFIC_SECRET "
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f "
        "fffaf5f0ebe6e1dcd7d2cdc8c3beb9b4afaaa5a09b96918c87827d78736e69645f5a55504b46413c"
        "37322d28231e1914");
}

/* All 256 byte values, in lower case. */
static void test_every_byte(void **state)
{
    static const char digits[] = "0123456789abcdef";
    char line[HFI_KEY_LOG_LINE_MAX];
    (void)state;

    for (unsigned n = 0; n < 256; n++) {
        const uint8_t byte = (uint8_t)n;
        hfi_key_log_line("L", hfi_view_of(NULL, 0), hfi_view_of(&byte, 1), line);
        const char want[] = {'L', ' ', ' ', digits[n / 16], digits[n % 16], '\0'};
        assert_string_equal(line, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_last_that_fits),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
