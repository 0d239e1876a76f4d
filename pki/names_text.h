/* pki/names_text.h: names of all kinds, added to a text. */
#ifndef HFI_PKI_NAMES_TEXT_H
#define HFI_PKI_NAMES_TEXT_H

#include "pki/general_name.h"
#include "pki/text.h"

/* A Name, header included, after RFC 4514. */
void hfi_names_text_add_name(hfi_text *t, hfi_view name);

/* A name or a constraint's base: "a.example", "192.0.2.0/24", "CN=a". */
void hfi_names_text_add(hfi_text *t, const hfi_general_name *name);

#endif
