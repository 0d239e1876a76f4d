/* tests/unit/base/test_err.c: errors.def keeps its own rules.
 * Numbers are a promise to callers, so the order, the hundreds and a few rows that
 * everybody relies on are fixed here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"

static void test_unknown_numbers(void **state)
{
    static const int unknown[] = {-1, 1, 99, 199, 299, 999, 100000, INT32_MAX, INT32_MIN};
    (void)state;

    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        const hfi_err_info *info = hfi_err_lookup(unknown[i]);
        assert_non_null(info);
        assert_string_equal(info->name, "UNKNOWN");
        assert_int_equal(info->alert, HFI_ALERT_NONE);
    }
    assert_string_equal(hfi_err_lookup(0)->name, "OK");
    assert_int_equal(hfi_err_lookup(0)->alert, HFI_ALERT_NONE);
}

static void test_past_the_end(void **state)
{
    size_t rows = 0;
    (void)state;

    while (hfi_err_at(rows) != NULL)
        rows++;
    assert_true(rows > 100);
    assert_null(hfi_err_at(rows + 1));
    assert_null(hfi_err_at(SIZE_MAX));
}

/* The lookup halves the list, so the order is part of its correctness. */
static void test_sorted_and_found(void **state)
{
    const hfi_err_info *row;
    int before = 99;
    (void)state;

    for (size_t i = 0; (row = hfi_err_at(i)) != NULL; i++) {
        assert_true((int)row->code > before);
        assert_true((int)row->code < 900);
        assert_ptr_equal(hfi_err_lookup((int)row->code), row);
        before = (int)row->code;
    }
}

static void test_names_are_unique(void **state)
{
    const hfi_err_info *a;
    const hfi_err_info *b;
    (void)state;

    for (size_t i = 0; (a = hfi_err_at(i)) != NULL; i++) {
        assert_true(a->name[0] != '\0');
        for (size_t j = i + 1; (b = hfi_err_at(j)) != NULL; j++)
            assert_string_not_equal(a->name, b->name);
    }
}

/* A summary and a hint for each; both stand alone in one line of a log. */
static void test_text_and_hint(void **state)
{
    const hfi_err_info *row;
    (void)state;

    for (size_t i = 0; (row = hfi_err_at(i)) != NULL; i++) {
        assert_true(strlen(row->text) >= 8);
        assert_true(strlen(row->hint) >= 8);
        assert_string_not_equal(row->text, row->hint);
        assert_null(strpbrk(row->text, "\r\n\t"));
        assert_null(strpbrk(row->hint, "\r\n\t"));
        assert_in_range(strlen(row->hint), 1, 220); /* a sentence or two */
        assert_null(strstr(row->hint, "is broken"));
        assert_true(row->text[strlen(row->text) - 1] != '.');
        assert_true(row->rfc[0] == '\0' || (row->rfc[0] >= '1' && row->rfc[0] <= '9'));
    }
}

/* What a peer did wrong (3xx to 6xx) is told to it, whatever it speaks (RFC 8446 5); what
 * is no fault of its (1xx, 2xx) or what it said itself (7xx) is not. */
static void test_alerts_by_hundred(void **state)
{
    const hfi_err_info *row;
    (void)state;

    for (size_t i = 0; (row = hfi_err_at(i)) != NULL; i++) {
        int hundred = (int)row->code / 100;
        bool told = hundred >= 3 && hundred <= 6;
        if (told)
            assert_int_not_equal(row->alert, HFI_ALERT_NONE);
        else if (hundred != 8)
            assert_int_equal(row->alert, HFI_ALERT_NONE);
        assert_int_not_equal(row->alert, HFI_ALERT_CLOSE_NOTIFY);
        if (row->alert == HFI_ALERT_NONE)
            continue;
        const char *name = hfi_alert_name(row->alert);
        assert_string_not_equal(name, "unknown");
        /* RFC 8446 6: the reserved ones are never sent. */
        assert_null(strstr(name, "_RESERVED"));
    }
}

/* RFC 8446 6 and its sections on each failure; numbers written out on purpose. */
static void test_rows_fixed_by_the_rfc(void **state)
{
    static const struct {
        int code;
        int alert;
    } fixed[] = {
        {300, 20},  /* BAD_RECORD_MAC: bad_record_mac, 5.2 */
        {301, 22},  /* RECORD_TOO_LONG: record_overflow, 5.1 */
        {302, 22},  /* PLAINTEXT_TOO_LONG: record_overflow, 5.4 */
        {303, 10},  /* RECORD_TYPE_UNKNOWN: unexpected_message, 5.1 */
        {304, 70},  /* RECORD_VERSION: protocol_version */
        {306, 10},  /* RECORD_NO_CONTENT_TYPE: unexpected_message, 5.4 */
        {402, 50},  /* DECODE_SERVER_HELLO: decode_error */
        {500, 10},  /* UNEXPECTED_MESSAGE */
        {503, 47},  /* UNOFFERED_SUITE: illegal_parameter, 4.1.3 */
        {512, 109}, /* KEY_SHARE_MISSING: missing_extension, 9.2 */
        {514, 110}, /* UNSOLICITED_EXTENSION: unsupported_extension, 4.2 */
        {523, 51},  /* BAD_CERTIFICATE_VERIFY: decrypt_error, 4.4.3 */
        {524, 51},  /* BAD_FINISHED: decrypt_error, 4.4.4 */
        {605, 45},  /* CERT_EXPIRED: certificate_expired */
        {607, 48},  /* CERT_UNKNOWN_ISSUER: unknown_ca */
        {628, 44},  /* CERT_REVOKED: certificate_revoked */
        {700, -1},  /* ALERT_RECEIVED: RFC 8446 6 forbids an answer */
        {800, 80},  /* NO_MEMORY: internal_error */
    };
    (void)state;

    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        const hfi_err_info *row = hfi_err_lookup(fixed[i].code);
        assert_int_equal((int)row->code, fixed[i].code);
        assert_int_equal((int)row->alert, fixed[i].alert);
    }
}

static void test_alert_names(void **state)
{
    (void)state;
    assert_string_equal(hfi_alert_name(0), "close_notify");
    assert_string_equal(hfi_alert_name(40), "handshake_failure");
    assert_string_equal(hfi_alert_name(51), "decrypt_error");
    assert_string_equal(hfi_alert_name(120), "no_application_protocol");
    assert_string_equal(hfi_alert_name(1), "unknown");
    assert_string_equal(hfi_alert_name(255), "unknown");
    assert_string_equal(hfi_alert_name(-1), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_numbers),
        cmocka_unit_test(test_past_the_end),
        cmocka_unit_test(test_sorted_and_found),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_text_and_hint),
        cmocka_unit_test(test_alerts_by_hundred),
        cmocka_unit_test(test_rows_fixed_by_the_rfc),
        cmocka_unit_test(test_alert_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
