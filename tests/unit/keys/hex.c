/* tests/unit/keys/hex.c: hexadecimal in expected values. */
#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static unsigned digit(char c)
{
    const char *const digits = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    assert_non_null(at);
    return (unsigned)(at - digits);
}

size_t unhex(const char *text, uint8_t *out, size_t cap)
{
    size_t len = strlen(text);
    assert_int_equal(len % 2, 0);
    assert_true(len / 2 <= cap);
    for (size_t i = 0; i < len / 2; i++)
        out[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    return len / 2;
}

void expect_hex(const void *bytes, size_t len, const char *text)
{
    uint8_t want[1024];
    assert_int_equal(unhex(text, want, sizeof want), len);
    assert_memory_equal(bytes, want, len);
}
