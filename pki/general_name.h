/* pki/general_name.h: GeneralName, RFC 5280 4.2.1.6, as it stands in subjectAltName,
 * in name constraints and in access descriptions. */
#ifndef HFI_PKI_GENERAL_NAME_H
#define HFI_PKI_GENERAL_NAME_H

#include "wire/reader.h"

/* The numbers are those of the standard's CHOICE. */
typedef enum hfi_general_name_kind {
    HFI_NAME_OTHER = 0,
    HFI_NAME_EMAIL = 1,
    HFI_NAME_DNS = 2,
    HFI_NAME_X400 = 3,
    HFI_NAME_DIRECTORY = 4,
    HFI_NAME_EDI = 5,
    HFI_NAME_URI = 6,
    HFI_NAME_ADDRESS = 7,
    HFI_NAME_REGISTERED = 8,
} hfi_general_name_kind;

typedef struct hfi_general_name {
    hfi_general_name_kind kind;
    hfi_view value; /* for a directory name the Name, header included; else contents */
} hfi_general_name;

/* Takes the next GeneralName; fails the reader if it is none: a wrong tag, bytes that
 * are not ASCII where the type says so, a directory name that is no Name. */
bool hfi_general_name_read(hfi_reader *r, hfi_general_name *name);

#endif
