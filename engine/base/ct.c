/* engine/base/ct.c: wiping and comparing in constant time. */
#include "base/ct.h"

void hfi_wipe(void *p, size_t len)
{
    if (len == 0)
        return;
    memset(p, 0, len);
    /* The compiler must assume that the zeros are read. */
    __asm__ __volatile__("" : : "r"(p) : "memory");
}

bool hfi_ct_equal(const void *a, const void *b, size_t len)
{
    const volatile uint8_t *x = a;
    const volatile uint8_t *y = b;
    uint8_t difference = 0;

    for (size_t i = 0; i < len; i++)
        difference |= (uint8_t)(x[i] ^ y[i]);
    return difference == 0;
}

bool hfi_ct_is_zero(const void *p, size_t len)
{
    const volatile uint8_t *x = p;
    uint8_t seen = 0;

    for (size_t i = 0; i < len; i++)
        seen |= x[i];
    return seen == 0;
}
