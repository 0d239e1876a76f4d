/* tests/unit/pki/test_der.c: strict DER, ITU-T X.690 8 and 10; dates, RFC 5280 4.1.2.5.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pki/der.h"
#include "pki/time.h"
#include "pki/x509.h"

#define BYTES(...) \
    hfi_view_of((const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static void any_refused(hfi_view bytes)
{
    uint8_t tag;
    hfi_reader r = hfi_reader_of(bytes);
    hfi_view v = hfi_der_read_any(&r, &tag);
    assert_true(r.failed);
    assert_int_equal(tag, 0);
    assert_int_equal(v.len, 0);
}

static void test_lengths(void **state)
{
    (void)state;
    static uint8_t large[4 + 65536] = {0x04, 0x83, 0x01, 0x00, 0x00};

    any_refused(BYTES(0x04));                               /* no length */
    any_refused(BYTES(0x04, 0x01));                         /* no contents */
    any_refused(BYTES(0x30, 0x80, 0x00, 0x00));             /* indefinite */
    any_refused(BYTES(0x04, 0x81, 0x01, 0xaa));             /* long form for 1 */
    any_refused(BYTES(0x04, 0x81, 0x7f));                   /* long form for 127 */
    any_refused(BYTES(0x04, 0x82, 0x00, 0x80));             /* two bytes for 128 */
    any_refused(BYTES(0x04, 0x83, 0x00, 0xff, 0xff));       /* three bytes for 65535 */
    any_refused(BYTES(0x04, 0x84, 0x00, 0x00, 0x00, 0x01)); /* four bytes */
    any_refused(BYTES(0x04, 0xff));                         /* reserved */
    any_refused(BYTES(0x04, 0x84, 0xff, 0xff, 0xff, 0xff));
    any_refused(BYTES(0x1f, 0x81, 0x01, 0x00)); /* a tag number above 30 */
    any_refused(BYTES(0x00, 0x00));             /* end of contents */
    any_refused(hfi_view_of(large, sizeof large));

    hfi_reader r = hfi_reader_of(hfi_view_of(large, 200));
    large[1] = 0x81;
    large[2] = 0x80;
    assert_int_equal(hfi_der_read(&r, HFI_DER_OCTET_STRING).len, 128);
    assert_false(r.failed);
    assert_int_equal(r.left, 200 - 131);
}

static void test_tags(void **state)
{
    (void)state;
    hfi_view v;
    hfi_reader r = hfi_reader_of(BYTES(0x04, 0x01, 0xaa, 0x05, 0x00));

    assert_false(hfi_der_read_optional(&r, HFI_DER_SEQUENCE, &v));
    assert_false(r.failed);
    assert_true(hfi_der_read_optional(&r, HFI_DER_OCTET_STRING, &v));
    assert_int_equal(v.len, 1);
    assert_int_equal(hfi_der_read(&r, HFI_DER_INTEGER).len, 0);
    assert_true(r.failed);

    r = hfi_reader_of(BYTES(0x30, 0x02, 0x05, 0x00, 0x05, 0x00));
    assert_int_equal(hfi_der_read_element(&r, HFI_DER_SEQUENCE, &v).len, 4);
    assert_int_equal(v.len, 2);
    assert_false(hfi_reader_done(&r));
}

static bool integer_ok(hfi_view bytes)
{
    hfi_reader r = hfi_reader_of(bytes);
    (void)hfi_der_read_integer(&r);
    return hfi_reader_done(&r);
}

static bool number_is(hfi_view bytes, uint32_t max, uint32_t wanted)
{
    hfi_reader r = hfi_reader_of(bytes);
    uint32_t n = hfi_der_read_number(&r, max);
    return hfi_reader_done(&r) && n == wanted;
}

static void test_integers(void **state)
{
    (void)state;
    assert_false(integer_ok(BYTES(0x02, 0x00)));
    assert_false(integer_ok(BYTES(0x02, 0x02, 0x00, 0x7f)));
    assert_false(integer_ok(BYTES(0x02, 0x02, 0xff, 0x80)));
    assert_true(integer_ok(BYTES(0x02, 0x02, 0x00, 0x80)));
    assert_true(integer_ok(BYTES(0x02, 0x02, 0xff, 0x7f)));
    assert_true(integer_ok(BYTES(0x02, 0x01, 0x00)));

    assert_false(number_is(BYTES(0x02, 0x01, 0xff), 255, 255)); /* minus one */
    assert_false(number_is(BYTES(0x02, 0x01, 0x05), 4, 5));
    assert_false(number_is(BYTES(0x02, 0x06, 1, 0, 0, 0, 0, 0), UINT32_MAX, 0));
    assert_true(number_is(BYTES(0x02, 0x01, 0x00), 0, 0));
    assert_true(number_is(BYTES(0x02, 0x05, 0x00, 0xff, 0xff, 0xff, 0xff), UINT32_MAX,
                          UINT32_MAX));
}

static void test_booleans_and_bits(void **state)
{
    (void)state;
    hfi_reader r = hfi_reader_of(BYTES(0x01, 0x01, 0x01)); /* BER's true */
    assert_false(hfi_der_read_boolean(&r));
    assert_true(r.failed);
    r = hfi_reader_of(BYTES(0x01, 0x00));
    assert_false(hfi_der_read_boolean(&r));
    assert_true(r.failed);
    r = hfi_reader_of(BYTES(0x01, 0x01, 0xff));
    assert_true(hfi_der_read_boolean(&r));

    r = hfi_reader_of(BYTES(0x03, 0x00));
    assert_int_equal(hfi_der_read_bit_string(&r).len, 0);
    assert_true(r.failed);
    r = hfi_reader_of(BYTES(0x03, 0x02, 0x01, 0x80));
    assert_int_equal(hfi_der_read_bit_string(&r).len, 0);
    assert_true(r.failed);

    r = hfi_reader_of(BYTES(0x03, 0x02, 0x08, 0x80)); /* eight bits unused */
    assert_int_equal(hfi_der_read_flags(&r), 0);
    assert_true(r.failed);
    r = hfi_reader_of(BYTES(0x03, 0x02, 0x05, 0xa1)); /* an unused bit is set */
    assert_int_equal(hfi_der_read_flags(&r), 0);
    assert_true(r.failed);
    r = hfi_reader_of(BYTES(0x03, 0x02, 0x05, 0xa0));
    assert_int_equal(hfi_der_read_flags(&r), 1 << 0 | 1 << 2);
    r = hfi_reader_of(BYTES(0x03, 0x03, 0x07, 0x00, 0x80));
    assert_int_equal(hfi_der_read_flags(&r), 1 << 8);
}

static bool oid_ok(hfi_view bytes)
{
    hfi_reader r = hfi_reader_of(bytes);
    (void)hfi_der_read_oid(&r);
    return hfi_reader_done(&r);
}

static void test_oids(void **state)
{
    (void)state;
    char text[64];

    assert_false(oid_ok(BYTES(0x06, 0x00)));
    assert_false(oid_ok(BYTES(0x06, 0x02, 0x2a, 0x86)));       /* ends inside a part */
    assert_false(oid_ok(BYTES(0x06, 0x03, 0x2a, 0x80, 0x01))); /* not the shortest */
    assert_true(oid_ok(BYTES(0x06, 0x03, 0x2a, 0x81, 0x00)));

    hfi_x509_oid_text(BYTES(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d), text, sizeof text);
    assert_string_equal(text, "1.2.840.113549");
    hfi_x509_oid_text(BYTES(0x55, 0x1d, 0x11), text, sizeof text);
    assert_string_equal(text, "2.5.29.17");
    hfi_x509_oid_text(BYTES(0x88, 0x37, 0x03), text, sizeof text);
    assert_string_equal(text, "2.999.3");
}

static void test_nesting(void **state)
{
    (void)state;
    uint8_t nested[2 * HFI_DER_NESTING_MAX + 2];
    size_t depth = HFI_DER_NESTING_MAX;

    for (size_t i = 0; i <= depth; i++) {
        nested[2 * i] = 0x30;
        nested[2 * i + 1] = (uint8_t)(2 * (depth - i));
    }
    assert_false(hfi_der_well_formed(hfi_view_of(nested, sizeof nested), depth));
    assert_true(hfi_der_well_formed(hfi_view_of(nested + 4, sizeof nested - 4), depth));
    assert_true(hfi_der_well_formed(BYTES(0x05, 0x00, 0x05, 0x00), 1));
    assert_false(hfi_der_well_formed(BYTES(0x05, 0x00, 0x05), 1));
    assert_false(hfi_der_well_formed(BYTES(0x30, 0x02, 0x04, 0x01), 4));
}

/* ---- dates ---- */

static bool time_is(uint8_t tag, const char *text, int64_t wanted)
{
    uint8_t bytes[40] = {tag, (uint8_t)strlen(text)};
    int64_t seconds = 0;
    memcpy(bytes + 2, text, strlen(text));
    hfi_reader r = hfi_reader_of(hfi_view_of(bytes, 2 + strlen(text)));
    return hfi_der_read_time(&r, &seconds) && hfi_reader_done(&r) && seconds == wanted;
}

static bool time_refused(uint8_t tag, const char *text)
{
    uint8_t bytes[40] = {tag, (uint8_t)strlen(text)};
    int64_t seconds = 1;
    memcpy(bytes + 2, text, strlen(text));
    hfi_reader r = hfi_reader_of(hfi_view_of(bytes, 2 + strlen(text)));
    return !hfi_der_read_time(&r, &seconds) && r.failed && seconds == 0;
}

static void test_dates_refused(void **state)
{
    (void)state;
    static const char *const utc[] = {
        "",
        "3001010000Z",
        "300101000000",
        "300101000000+0000",
        "300101000000.5Z",
        "301301000000Z",
        "300001000000Z",
        "300132000000Z",
        "300100000000Z",
        "300230000000Z",
        "300229000000Z",
        "300431000000Z",
        "300101240000Z",
        "300101006000Z",
        "300101000060Z",
        "30010100000 Z",
        "3x0101000000Z",
        "300101000000z",
        "300101000000ZZ",
    };
    static const char *const generalized[] = {
        "300101000000Z",   "20300101000000.5Z", "20300101000000+0100", "2030010100Z",
        "21000229000000Z", "20300101000000",    "-0300101000000Z",
    };

    for (size_t i = 0; i < sizeof utc / sizeof utc[0]; i++)
        assert_true(time_refused(HFI_DER_UTC_TIME, utc[i]));
    for (size_t i = 0; i < sizeof generalized / sizeof generalized[0]; i++)
        assert_true(time_refused(HFI_DER_GENERALIZED_TIME, generalized[i]));
    assert_true(time_refused(HFI_DER_PRINTABLE_STRING, "300101000000Z"));
}

/* Seconds as `date -u -d DATE +%s` gives them. */
static void test_dates(void **state)
{
    (void)state;
    assert_true(time_is(HFI_DER_UTC_TIME, "700101000000Z", 0));
    assert_true(time_is(HFI_DER_UTC_TIME, "500101000000Z", -631152000));
    assert_true(time_is(HFI_DER_UTC_TIME, "491231235959Z", 2524607999));
    assert_true(time_is(HFI_DER_UTC_TIME, "000229120000Z", 951825600));
    assert_true(time_is(HFI_DER_UTC_TIME, "240229235959Z", 1709251199));
    assert_true(time_is(HFI_DER_GENERALIZED_TIME, "20300101000000Z", 1893456000));
    assert_true(time_is(HFI_DER_GENERALIZED_TIME, "20500101000000Z", 2524608000));
    assert_true(time_is(HFI_DER_GENERALIZED_TIME, "99991231235959Z", 253402300799));
    assert_true(time_is(HFI_DER_GENERALIZED_TIME, "00000101000000Z", -62167219200));
    assert_true(time_is(HFI_DER_GENERALIZED_TIME, "20000229000000Z", 951782400));
}

static void test_date_text(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {951825600, "2000-02-29T12:00:00Z"},
        {1709251199, "2024-02-29T23:59:59Z"},
        {1893456000, "2030-01-01T00:00:00Z"},
        {253402300799, "9999-12-31T23:59:59Z"},
        {-62167219200, "0000-01-01T00:00:00Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},
        {INT64_MIN, "0000-01-01T00:00:00Z"},
    };
    char text[21];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hfi_x509_time_text(cases[i].seconds, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),       cmocka_unit_test(test_tags),
        cmocka_unit_test(test_integers),      cmocka_unit_test(test_booleans_and_bits),
        cmocka_unit_test(test_oids),          cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_dates_refused), cmocka_unit_test(test_dates),
        cmocka_unit_test(test_date_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
