/* capi/views.h: how the one list of errors reads to those concerned: a server's operator
 * needs other words than a client's user, and an alert its own hint. */
#ifndef HFI_CAPI_VIEWS_H
#define HFI_CAPI_VIEWS_H

#include "conn/conn.h"

/* Static text, never NULL; role is HFI_ROLE_NONE where there is no connection. */
const char *hfi_view_text(const hfi_report *r, hfi_role role);
const char *hfi_view_hint(const hfi_report *r, hfi_role role);
/* The hint that only the particulars of this case allow; NULL: there is none. */
const char *hfi_view_case(const hfi_report *r, hfi_role role);

#endif
