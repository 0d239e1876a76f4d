/* tests/unit/capi/test_json.c: the JSON writer: RFC 8259 escapes, RFC 3629 UTF-8, and
 * memory that is too small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capi/json.h"

static void expect_text(const char *bytes, size_t len, const char *expected)
{
    char out[256];
    hfi_json j = hfi_json_of(out, sizeof out);

    hfi_json_bytes_as_text(&j, NULL, (const uint8_t *)bytes, len);
    assert_int_equal(hfi_json_finish(&j), strlen(expected));
    assert_string_equal(out, expected);
}

static void test_bytes_that_are_no_utf8_are_replaced(void **state)
{
    (void)state;
    expect_text("a\xff"
                "b",
                3,
                "\"a\xef\xbf\xbd"
                "b\"");
    expect_text("\xc0\x80", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""); /* overlong 0 */
    expect_text("\xe0\x80\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    expect_text("\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""); /* D800 */
    expect_text("\xf4\x90\x80\x80", 4,
                "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""); /* 110000 */
    expect_text("\xf0\x8f\xbf\xbf", 4,
                "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""); /* overlong */
    expect_text("\xe2\x82", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"");          /* cut short */
    expect_text("\xe2\x28\xa1", 3, "\"\xef\xbf\xbd(\xef\xbf\xbd\"");
}

static void test_utf8_passes(void **state)
{
    (void)state;
    expect_text("\xc2\x80", 2, "\"\xc2\x80\"");
    expect_text("\xdf\xbf", 2, "\"\xdf\xbf\"");
    expect_text("\xe0\xa0\x80", 3, "\"\xe0\xa0\x80\"");
    expect_text("\xed\x9f\xbf", 3, "\"\xed\x9f\xbf\"");
    expect_text("\xee\x80\x80", 3, "\"\xee\x80\x80\"");
    expect_text("\xf0\x90\x80\x80", 4, "\"\xf0\x90\x80\x80\"");
    expect_text("\xf4\x8f\xbf\xbf", 4, "\"\xf4\x8f\xbf\xbf\"");
}

static void test_escapes(void **state)
{
    (void)state;
    expect_text("a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
    expect_text("\n\r\t", 3, "\"\\n\\r\\t\"");
    expect_text("\x00\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\\u007f\"");
    expect_text("", 0, "\"\"");
}

static void write_all(hfi_json *j)
{
    hfi_json_open(j, NULL, '{');
    hfi_json_text(j, "text", "x");
    hfi_json_text(j, "none", NULL);
    hfi_json_number(j, "least", INT64_MIN);
    hfi_json_number(j, "most", INT64_MAX);
    hfi_json_bool(j, "yes", true);
    hfi_json_bool(j, "no", false);
    hfi_json_hex(j, "hex", (const uint8_t *)"\x00\xaf", 2);
    hfi_json_open(j, "list", '[');
    hfi_json_number(j, NULL, 1);
    hfi_json_open(j, NULL, '{');
    hfi_json_close(j, '}');
    hfi_json_close(j, ']');
    hfi_json_null(j, "last");
    hfi_json_close(j, '}');
}

static const char whole[] =
    "{\"text\":\"x\",\"none\":null,\"least\":-9223372036854775808,"
    "\"most\":9223372036854775807,\"yes\":true,\"no\":false,\"hex\":\"00af\","
    "\"list\":[1,{}],\"last\":null}";

static void test_values_and_commas(void **state)
{
    char out[512];
    hfi_json j = hfi_json_of(out, sizeof out);

    (void)state;
    write_all(&j);
    assert_int_equal(hfi_json_finish(&j), sizeof whole - 1);
    assert_string_equal(out, whole);
}

/* As snprintf: the length of the whole, what fits of it, and a 0 byte. */
static void test_cut_at_every_size(void **state)
{
    char out[sizeof whole + 1];

    (void)state;
    for (size_t size = 0; size <= sizeof whole; size++) {
        memset(out, '#', sizeof out);
        hfi_json j = hfi_json_of(size == 0 ? NULL : out, size);
        write_all(&j);
        assert_int_equal(hfi_json_finish(&j), sizeof whole - 1);
        assert_int_equal(out[size], '#');
        if (size == 0)
            continue;
        size_t fits = size - 1 < sizeof whole - 1 ? size - 1 : sizeof whole - 1;
        assert_memory_equal(out, whole, fits);
        assert_int_equal(out[fits], '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_that_are_no_utf8_are_replaced),
        cmocka_unit_test(test_utf8_passes),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_values_and_commas),
        cmocka_unit_test(test_cut_at_every_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
