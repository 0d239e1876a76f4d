/* tests/support/script_bytes.c: bytes that grow, and bytes written as hexadecimal. */
#include "script_bytes.h"

#include <stdio.h>
#include <stdlib.h>

static void die(const char *why)
{
    fprintf(stderr, "test script: %s\n", why);
    abort();
}

static void reserve(script_bytes *b, size_t more)
{
    if (b->cap - b->len >= more)
        return;
    size_t cap = (b->len + more) * 2 + 64;
    uint8_t *p = realloc(b->p, cap);
    if (p == NULL)
        die("no memory");
    b->p = p;
    b->cap = cap;
}

void script_append(script_bytes *b, const void *p, size_t len)
{
    if (len == 0)
        return;
    reserve(b, len);
    memcpy(b->p + b->len, p, len);
    b->len += len;
}

void script_append_view(script_bytes *b, hfi_view bytes)
{
    script_append(b, bytes.p, bytes.len);
}

void script_append_number(script_bytes *b, uint64_t n, size_t size)
{
    while (size-- > 0) {
        uint8_t byte = (uint8_t)(n >> (8 * size));
        script_append(b, &byte, 1);
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    die("a hexadecimal digit is wrong");
    return 0;
}

void script_append_hex(script_bytes *b, const char *hex)
{
    while (*hex != 0) {
        if (*hex == ' ') {
            hex++;
        } else if (*hex == '*') {
            char *end;
            unsigned long count = strtoul(hex + 1, &end, 10);
            if (b->len == 0 || count == 0)
                die("nothing to repeat");
            uint8_t last = b->p[b->len - 1];
            for (b->len--; count > 0; count--)
                script_append(b, &last, 1);
            hex = end;
        } else {
            uint8_t byte = (uint8_t)(hex_digit(hex[0]) << 4);
            byte = (uint8_t)(byte | hex_digit(hex[1]));
            script_append(b, &byte, 1);
            hex += 2;
        }
    }
}

void script_replace(script_bytes *b, size_t from, size_t cut, hfi_view by)
{
    if (from > b->len || cut > b->len - from)
        die("an edit lies outside of the message");
    reserve(b, by.len + 1);
    memmove(b->p + from + by.len, b->p + from + cut, b->len - from - cut);
    if (by.len != 0)
        memcpy(b->p + from, by.p, by.len);
    b->len = b->len - cut + by.len;
}

void script_consume(script_bytes *b, size_t n)
{
    script_replace(b, 0, n, hfi_view_of(NULL, 0));
}

void script_truncate(script_bytes *b, size_t len)
{
    if (len > b->len)
        die("a cut lies outside of the message");
    b->len = len;
}

void script_free(script_bytes *b)
{
    free(b->p);
    memset(b, 0, sizeof *b);
}

hfi_view script_view(const script_bytes *b)
{
    return hfi_view_of(b->p, b->len);
}

uint64_t script_number(const uint8_t *p, size_t size)
{
    uint64_t n = 0;

    while (size-- > 0)
        n = n << 8 | *p++;
    return n;
}
