/* tests/vectors/rfc8448/trace.c: reading a step's values. */
#include "trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void trace_fail(const trace_step *step, const char *format, ...)
{
    va_list arguments;

    print_error("section %d, step %zu, %s: %s: ", step->section, step->number, step->side,
                step->name);
    va_start(arguments, format);
    vprint_error(format, arguments);
    va_end(arguments);
    print_error("\n");
    fail();
    abort(); /* fail does not return */
}

void trace_check(const trace_step *step, bool ok, const char *what)
{
    if (!ok)
        trace_fail(step, "%s", what);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool trace_unhex(const char *text, trace_bytes *out)
{
    out->len = 0;
    for (; *text != '\0'; text += 2) {
        int high = hex_value(text[0]);
        int low = high < 0 ? -1 : hex_value(text[1]);
        if (low < 0 || out->len == TRACE_VALUE_MAX)
            return false;
        out->p[out->len++] = (uint8_t)(high * 16 + low);
    }
    return true;
}

void trace_take(trace_step *step, const char *name, trace_bytes *out)
{
    const char *text = json_string_value(json_object_get(step->values, name));

    if (text == NULL)
        trace_fail(step, "no value '%s'", name);
    if (!trace_unhex(text, out))
        trace_fail(step, "'%s' is not hexadecimal or too long", name);
    step->taken++;
}

void trace_expect(trace_step *step, const char *name, hfi_view want)
{
    trace_bytes value;

    trace_take(step, name, &value);
    if (!hfi_view_equal(trace_view(&value), want))
        trace_fail(step, "'%s' differs", name);
}

void trace_end(const trace_step *step)
{
    if (step->taken != json_object_size(step->values))
        trace_fail(step, "%zu of %zu values looked at", step->taken,
                   json_object_size(step->values));
}

hfi_view trace_view(const trace_bytes *bytes)
{
    return hfi_view_of(bytes->p, bytes->len);
}

void trace_append(trace_bytes *to, hfi_view bytes)
{
    assert_true(bytes.len <= TRACE_VALUE_MAX - to->len);
    if (bytes.len != 0)
        memcpy(to->p + to->len, bytes.p, bytes.len);
    to->len += bytes.len;
}
