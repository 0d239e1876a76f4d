/* capi/hint.h: hints made of the particulars of a case: the names asked for, what was
 * offered, how far the handshake had come. */
#ifndef HFI_CAPI_HINT_H
#define HFI_CAPI_HINT_H

#include "conn/conn.h"

/* Writes the hint, or an empty text where that of the views will do.  engine may be NULL;
 * size is not 0. */
void hfi_hint_tell(const hfi_report *r, const hfi_conn *engine, hfi_role role, char *out,
                   size_t size);

/* An alert that answers our ClientHello; false: nothing is to be told of it. */
bool hfi_hint_of_offer(const hfi_report *r, const hfi_conn *engine, char *out,
                       size_t size);

/* A certificate of ours that the server wants or does not take; false: what it demands
 * tells nothing more. */
bool hfi_hint_of_demand(const hfi_report *r, char *out, size_t size);

#endif
