/* engine/base/report.c: the error record and the timeline. */
#include "base/report.h"

#include <stdarg.h>
#include <stdio.h>

hfi_err hfi_report_fail(hfi_report *r, hfi_err code)
{
    if (r->code == HFI_OK)
        r->code = code;
    return code;
}

void hfi_report_detail(hfi_report *r, const char *format, ...)
{
    if (r->detail[0] != '\0')
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(r->detail, sizeof r->detail, format, arguments);
    va_end(arguments);
}

void hfi_report_fault(hfi_report *r, const hfi_alloc *a, const hfi_cert_fault *fault)
{
    if (r->fault == NULL)
        r->fault = hfi_alloc_copy(a, fault, sizeof *fault);
}

void hfi_report_reset(hfi_report *r, const hfi_alloc *a)
{
    hfi_alloc_release(a, r->fault);
    memset(r, 0, sizeof *r);
    r->alert = HFI_ALERT_NONE;
}

void hfi_timeline_add(hfi_timeline *t, const hfi_event *event)
{
    if (t->count < HFI_TIMELINE_EVENTS)
        t->events[t->count++] = *event;
    else if (t->dropped < UINT16_MAX)
        t->dropped++;
}
