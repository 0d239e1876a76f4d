/* engine/base/err.h: the error codes, made from errors.def, and the alerts. */
#ifndef HFI_BASE_ERR_H
#define HFI_BASE_ERR_H

#include "base/types.h"

typedef enum hfi_alert {
    HFI_ALERT_NONE = -1,
#define A(number, name, text) HFI_ALERT_##name = (number),
#include "base/alerts.def"
#undef A
} hfi_alert;

typedef enum hfi_err {
    HFI_OK = 0,
    HFI_PAUSED = -1, /* no failure: the application is to answer first; never reported */
#define X(number, name, alert, rfc, text, hint) HFI_E_##name = (number),
#include "base/errors.def"
#undef X
} hfi_err;

/* One row of errors.def. */
typedef struct hfi_err_info {
    hfi_err code;
    hfi_alert alert; /* what the peer is told; HFI_ALERT_NONE: nothing */
    const char *name;
    const char *rfc;
    const char *text;
    const char *hint;
} hfi_err_info;

/* Never NULL: an unknown number gives a row that says so. */
const hfi_err_info *hfi_err_lookup(int code);

/* The rows in the order of their numbers; NULL past the end. */
const hfi_err_info *hfi_err_at(size_t index);

/* The RFC's name of an alert; "unknown" if it has none. */
const char *hfi_alert_name(int alert);

#endif
