/* capi/json.c: a small JSON writer into bounded memory, RFC 8259; UTF-8 as RFC 3629. */
#include "capi/json.h"

#include <inttypes.h>
#include <stdio.h>

hfi_json hfi_json_of(char *out, size_t size)
{
    hfi_json j = {out, out == NULL ? 0 : size, 0, false};
    return j;
}

size_t hfi_json_finish(hfi_json *j)
{
    if (j->size > 0)
        j->out[j->len < j->size ? j->len : j->size - 1] = '\0';
    return j->len;
}

static void put(hfi_json *j, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++, j->len++)
        if (j->len < j->size)
            j->out[j->len] = text[i];
}

static void put_text(hfi_json *j, const char *text)
{
    put(j, text, strlen(text));
}

/* ---- UTF-8 ---- */

static bool continues(const uint8_t *p, size_t count)
{
    for (size_t i = 1; i <= count; i++)
        if ((p[i] & 0xc0) != 0x80)
            return false;
    return true;
}

/* The length of the well-formed character at p; 0 if there is none: no overlong forms,
 * no surrogates, nothing above U+10FFFF. */
static size_t character_at(const uint8_t *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf && left >= 2 && continues(p, 1))
        return 2;
    if ((p[0] & 0xf0) == 0xe0 && left >= 3 && continues(p, 2)) {
        bool overlong = p[0] == 0xe0 && p[1] < 0xa0;
        bool surrogate = p[0] == 0xed && p[1] > 0x9f;
        return overlong || surrogate ? 0 : 3;
    }
    if (p[0] >= 0xf0 && p[0] <= 0xf4 && left >= 4 && continues(p, 3)) {
        bool overlong = p[0] == 0xf0 && p[1] < 0x90;
        bool beyond = p[0] == 0xf4 && p[1] > 0x8f;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

static void put_escaped(hfi_json *j, uint8_t byte)
{
    char text[8];

    switch (byte) {
    case '"':
        put_text(j, "\\\"");
        return;
    case '\\':
        put_text(j, "\\\\");
        return;
    case '\n':
        put_text(j, "\\n");
        return;
    case '\r':
        put_text(j, "\\r");
        return;
    case '\t':
        put_text(j, "\\t");
        return;
    default:
        (void)snprintf(text, sizeof text, "\\u%04x", byte);
        put_text(j, text);
    }
}

static void put_string(hfi_json *j, const uint8_t *p, size_t len)
{
    put_text(j, "\"");
    for (size_t i = 0; i < len;) {
        size_t n = character_at(p + i, len - i);
        if (n == 0)
            put_text(j, "\xef\xbf\xbd");
        else if (n == 1 && (p[i] < 0x20 || p[i] == '"' || p[i] == '\\' || p[i] == 0x7f))
            put_escaped(j, p[i]);
        else
            put(j, (const char *)p + i, n);
        i += n == 0 ? 1 : n;
    }
    put_text(j, "\"");
}

/* ---- values ---- */

static void begin_value(hfi_json *j, const char *name)
{
    if (j->needs_comma)
        put_text(j, ",");
    j->needs_comma = true;
    if (name != NULL) {
        put_string(j, (const uint8_t *)name, strlen(name));
        put_text(j, ":");
    }
}

void hfi_json_open(hfi_json *j, const char *name, char bracket)
{
    begin_value(j, name);
    put(j, &bracket, 1);
    j->needs_comma = false;
}

void hfi_json_close(hfi_json *j, char bracket)
{
    put(j, &bracket, 1);
    j->needs_comma = true;
}

void hfi_json_text(hfi_json *j, const char *name, const char *text)
{
    if (text == NULL)
        hfi_json_null(j, name);
    else
        hfi_json_bytes_as_text(j, name, (const uint8_t *)text, strlen(text));
}

void hfi_json_bytes_as_text(hfi_json *j, const char *name, const uint8_t *p, size_t len)
{
    begin_value(j, name);
    put_string(j, p, len);
}

void hfi_json_hex(hfi_json *j, const char *name, const uint8_t *p, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    begin_value(j, name);
    put_text(j, "\"");
    for (size_t i = 0; i < len; i++) {
        char pair[2] = {digits[p[i] >> 4], digits[p[i] & 15]};
        put(j, pair, 2);
    }
    put_text(j, "\"");
}

void hfi_json_number(hfi_json *j, const char *name, int64_t number)
{
    char text[24];

    begin_value(j, name);
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    put_text(j, text);
}

void hfi_json_bool(hfi_json *j, const char *name, bool value)
{
    begin_value(j, name);
    put_text(j, value ? "true" : "false");
}

void hfi_json_null(hfi_json *j, const char *name)
{
    begin_value(j, name);
    put_text(j, "null");
}
