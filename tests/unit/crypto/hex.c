/* tests/unit/crypto/hex.c: what the tests of this room share. */
#include "hex.h"

#include <stdlib.h>

#include "crypto/accel/accel.h"

hfi_crypto tested;

__attribute__((constructor)) static void choose(void)
{
    tested = hfi_crypto_nettle;
#ifdef TEST_FITTED
    hfi_crypto_nettle_fit(&tested);
#endif
#ifdef TEST_ACCELERATED
    hfi_accel_apply(&tested);
#endif
}

static uint8_t nibble(char digit)
{
    const char *digits = "0123456789abcdef";
    const char *at = strchr(digits, digit);
    assert_true(digit != '\0' && at != NULL);
    return (uint8_t)(at - digits);
}

hfi_span hex(const char *text)
{
    size_t len = strlen(text) / 2;
    hfi_span out = {malloc(len == 0 ? 1 : len), len};

    assert_non_null(out.p);
    assert_int_equal(strlen(text) % 2, 0);
    for (size_t i = 0; i < len; i++)
        out.p[i] = (uint8_t)(nibble(text[2 * i]) << 4 | nibble(text[2 * i + 1]));
    return out;
}

void hex_free(hfi_span bytes)
{
    free(bytes.p);
}

void expect_hex(const uint8_t *got, size_t len, const char *want)
{
    hfi_span bytes = hex(want);
    assert_int_equal(len, bytes.len);
    assert_memory_equal(got, bytes.p, len);
    hex_free(bytes);
}

bool fixed_fill(void *ctx, uint8_t *p, size_t len)
{
    fixed_source *source = ctx;

    source->calls++;
    if (len > source->bytes.len - source->used)
        return false;
    memcpy(p, &source->bytes.p[source->used], len);
    source->used += len;
    return true;
}

bool failing_fill(void *ctx, uint8_t *p, size_t len)
{
    (void)ctx;
    memset(p, 0x5a, len / 2);
    return false;
}
