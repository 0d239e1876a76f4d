/* tests/unit/base/test_report.c: the first failure stays; the timeline is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/report.h"

static void *allocate(void *ctx, size_t size)
{
    bool *exhausted = ctx;
    return *exhausted ? NULL : malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static void test_first_failure_stays(void **state)
{
    hfi_report r = {.code = HFI_OK};
    (void)state;

    assert_int_equal(hfi_report_fail(&r, HFI_E_BAD_FINISHED), HFI_E_BAD_FINISHED);
    /* The caller's own code comes back, so that `return hfi_report_fail(...)` works. */
    assert_int_equal(hfi_report_fail(&r, HFI_E_INTERNAL), HFI_E_INTERNAL);
    assert_int_equal(r.code, HFI_E_BAD_FINISHED);
}

static void test_first_detail_stays_and_is_cut(void **state)
{
    hfi_report r = {.code = HFI_OK};
    char longer[400];
    (void)state;

    hfi_report_detail(&r, "group %d", 23);
    hfi_report_detail(&r, "another");
    assert_string_equal(r.detail, "group 23");

    r.detail[0] = '\0';
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    hfi_report_detail(&r, "%s", longer);
    assert_int_equal(strlen(r.detail), sizeof r.detail - 1);
}

static void test_first_fault_stays(void **state)
{
    bool exhausted = false;
    hfi_alloc a = {allocate, release, &exhausted};
    hfi_report r = {.code = HFI_OK};
    hfi_cert_fault first = {.code = HFI_E_CERT_EXPIRED, .index = 1};
    hfi_cert_fault second = {.code = HFI_E_CERT_MALFORMED, .index = 2};
    (void)state;

    exhausted = true; /* the copy is lost, the record stays usable */
    hfi_report_fault(&r, &a, &second);
    assert_null(r.fault);
    exhausted = false;
    hfi_report_fault(&r, &a, &first);
    hfi_report_fault(&r, &a, &second);
    assert_non_null(r.fault);
    assert_ptr_not_equal(r.fault, &first);
    assert_int_equal(r.fault->code, HFI_E_CERT_EXPIRED);
    assert_int_equal(r.fault->index, 1);

    r.code = HFI_E_CERT_EXPIRED;
    hfi_report_reset(&r, &a);
    assert_null(r.fault);
    assert_int_equal(r.code, HFI_OK);
    assert_int_equal(r.alert, HFI_ALERT_NONE);
    hfi_report_reset(&r, &a); /* a second time is nothing new */
    assert_int_equal(r.alert, HFI_ALERT_NONE);
}

static void test_timeline_is_bounded(void **state)
{
    hfi_timeline t = {.count = 0};
    (void)state;

    for (uint32_t i = 0; i < HFI_TIMELINE_EVENTS + 3; i++) {
        hfi_event event = {.size = i, .kind = HFI_EVENT_MESSAGE};
        hfi_timeline_add(&t, &event);
    }
    assert_int_equal(t.count, HFI_TIMELINE_EVENTS);
    assert_int_equal(t.dropped, 3);
    for (uint32_t i = 0; i < HFI_TIMELINE_EVENTS; i++)
        assert_int_equal(t.events[i].size, i);

    for (uint32_t i = 0; i < UINT16_MAX + 10U; i++) {
        hfi_event event = {.size = 0};
        hfi_timeline_add(&t, &event);
    }
    assert_int_equal(t.dropped, UINT16_MAX); /* it does not wrap */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_failure_stays),
        cmocka_unit_test(test_first_detail_stays_and_is_cut),
        cmocka_unit_test(test_first_fault_stays),
        cmocka_unit_test(test_timeline_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
