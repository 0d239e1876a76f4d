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
    if (r->negotiation != NULL)
        hfi_alloc_release(a, r->negotiation->authorities);
    hfi_alloc_release(a, r->fault);
    hfi_alloc_release(a, r->negotiation);
    hfi_alloc_release(a, r->demand);
    memset(r, 0, sizeof *r);
    r->alert = HFI_ALERT_NONE;
}

static bool is_grease(uint16_t number)
{
    return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}

void hfi_said_add(hfi_said *said, hfi_said_list *list, uint16_t number)
{
    if (number != 0 && !is_grease(number))
        hfi_said_add_any(said, list, number);
}

void hfi_said_add_any(hfi_said *said, hfi_said_list *list, uint16_t number)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == number)
            return;
    }
    if (list->count < HFI_SAID_MAX)
        list->items[list->count++] = number;
    else
        said->incomplete = true;
}

/* What is no text in it becomes a question mark. */
static void copy_plain(char *out, hfi_view text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool shown = text.p[i] >= 0x20 && text.p[i] < 0x7f;
        out[i] = (char)(shown ? text.p[i] : '?');
    }
    out[text.len] = '\0';
}

/* A name is told whole or not at all. */
void hfi_said_add_alpn(hfi_said *said, hfi_view name)
{
    if (name.len == 0)
        return;
    if (name.len + 1 > sizeof said->alpn - said->alpn_len) {
        said->incomplete = true;
        return;
    }
    copy_plain(said->alpn + said->alpn_len, name);
    said->alpn_len = (uint8_t)(said->alpn_len + name.len + 1);
}

void hfi_said_set_name(hfi_said *said, hfi_view name)
{
    if (name.len < sizeof said->server_name)
        copy_plain(said->server_name, name);
    else
        said->incomplete = true;
}

const char *hfi_demand_name(const hfi_demand *demand, size_t index)
{
    size_t at = 0;

    if (demand == NULL || index >= demand->name_count)
        return NULL;
    while (index-- > 0)
        at += strlen(demand->text + at) + 1;
    return demand->text + at;
}

void hfi_timeline_add(hfi_timeline *t, const hfi_event *event)
{
    if (t->count < HFI_TIMELINE_EVENTS)
        t->events[t->count++] = *event;
    else if (t->dropped < UINT16_MAX)
        t->dropped++;
}
