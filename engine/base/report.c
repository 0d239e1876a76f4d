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
    hfi_alloc_release(a, r->negotiation);
    memset(r, 0, sizeof *r);
    r->alert = HFI_ALERT_NONE;
}

static bool is_grease(uint16_t number)
{
    return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}

void hfi_said_add(hfi_said *said, hfi_said_list *list, uint16_t number)
{
    if (number == 0 || is_grease(number))
        return;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == number)
            return;
    }
    if (list->count < HFI_SAID_MAX)
        list->items[list->count++] = number;
    else
        said->incomplete = true;
}

/* A name is told whole or not at all; what is no text in it becomes a question mark. */
void hfi_said_add_alpn(hfi_said *said, hfi_view name)
{
    if (name.len == 0)
        return;
    if (name.len + 1 > sizeof said->alpn - said->alpn_len) {
        said->incomplete = true;
        return;
    }
    for (size_t i = 0; i < name.len; i++) {
        bool shown = name.p[i] >= 0x20 && name.p[i] < 0x7f;
        said->alpn[said->alpn_len++] = (char)(shown ? name.p[i] : '?');
    }
    said->alpn[said->alpn_len++] = '\0';
}

void hfi_timeline_add(hfi_timeline *t, const hfi_event *event)
{
    if (t->count < HFI_TIMELINE_EVENTS)
        t->events[t->count++] = *event;
    else if (t->dropped < UINT16_MAX)
        t->dropped++;
}
