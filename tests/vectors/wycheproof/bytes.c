/* tests/vectors/wycheproof/bytes.c: members of a test as bytes and numbers. */
#include <stdio.h>
#include <stdlib.h>

#include "vectors.h"

enum { PIECES = 32 };
static uint8_t *pieces[PIECES];
static size_t piece_count;

static void give_up(const char *name, const char *what)
{
    fprintf(stderr, "wycheproof: member \"%s\" %s\n", name, what);
    exit(2);
}

uint8_t *scratch(size_t len)
{
    uint8_t *p = malloc(len == 0 ? 1 : len);
    if (p == NULL || piece_count == PIECES)
        give_up("(memory)", "is exhausted");
    pieces[piece_count++] = p;
    return p;
}

void scratch_reset(void)
{
    while (piece_count > 0)
        free(pieces[--piece_count]);
}

const char *text_member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    if (text == NULL)
        give_up(name, "is not text");
    return text;
}

size_t size_member(const json_t *object, const char *name)
{
    const json_t *number = json_object_get(object, name);
    if (!json_is_integer(number) || json_integer_value(number) < 0)
        give_up(name, "is not a size");
    return (size_t)json_integer_value(number);
}

static uint8_t nibble(const char *name, char digit)
{
    const char *digits = "0123456789abcdef";
    const char *at = digit == '\0' ? NULL : strchr(digits, digit);
    if (at == NULL)
        give_up(name, "is not hexadecimal");
    return (uint8_t)(at - digits);
}

hfi_view hex_member(const json_t *object, const char *name)
{
    const char *text = text_member(object, name);
    size_t len = strlen(text) / 2;
    uint8_t *bytes = scratch(len);

    if (strlen(text) % 2 != 0)
        give_up(name, "has an odd length");
    for (size_t i = 0; i < len; i++)
        bytes[i] =
            (uint8_t)(nibble(name, text[2 * i]) << 4 | nibble(name, text[2 * i + 1]));
    return hfi_view_of(bytes, len);
}

hfi_view number_member(const json_t *object, const char *name)
{
    hfi_view v = hex_member(object, name);
    while (v.len > 0 && v.p[0] == 0)
        v = hfi_view_of(v.p + 1, v.len - 1);
    return v;
}
