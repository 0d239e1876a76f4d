/* engine/base/err.c: names, alerts, texts and hints of the error codes. */
#include "base/err.h"

static const hfi_err_info rows[] = {
#define X(number, name, alert, rfc, text, hint) \
    {HFI_E_##name, HFI_ALERT_##alert, #name, rfc, text, hint},
#include "base/errors.def"
#undef X
};

static const hfi_err_info row_ok = {HFI_OK, HFI_ALERT_NONE, "OK", "", "no error", ""};
static const hfi_err_info row_unknown = {HFI_OK, HFI_ALERT_NONE,       "UNKNOWN",
                                         "",     "no such error code", ""};

enum { ROWS = sizeof rows / sizeof rows[0] };

/* errors.def is sorted by number: a test sees to it. */
const hfi_err_info *hfi_err_lookup(int code)
{
    if (code == 0)
        return &row_ok;
    size_t low = 0;
    size_t high = ROWS;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((int)rows[middle].code == code)
            return &rows[middle];
        if ((int)rows[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return &row_unknown;
}

const hfi_err_info *hfi_err_at(size_t index)
{
    return index < ROWS ? &rows[index] : NULL;
}

const char *hfi_alert_name(int alert)
{
    switch (alert) {
#define A(number, name, text) \
    case number:              \
        return text;
#include "base/alerts.def"
#undef A
    default:
        return "unknown";
    }
}
