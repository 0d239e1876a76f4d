/* engine/msg/certificate.h: Certificate.  RFC 8446 4.4.2. */
#ifndef HFI_MSG_CERTIFICATE_H
#define HFI_MSG_CERTIFICATE_H

#include "base/err.h"
#include "base/types.h"
#include "msg/extensions.h"
#include "wire/reader.h"
#include "wire/writer.h"

typedef struct hfi_certificate_message {
    hfi_view context;
    hfi_view entries; /* contents of certificate_list: read with the function below */
    size_t count;     /* entries */
    size_t bytes;     /* of all certificates together */
} hfi_certificate_message;

/* Walks the whole list once: after HFI_OK, hfi_msg_next_certificate cannot fail on
 * syntax.  At most max entries, else HFI_E_TOO_MANY_CERTIFICATES. */
hfi_err hfi_msg_read_certificate(hfi_view body, size_t max, hfi_certificate_message *out);

/* The next entry: its DER bytes and the contents of its extensions vector. */
hfi_view hfi_msg_next_certificate(hfi_reader *entries, hfi_view *extensions);

/* A Certificate without any entry, as a client sends that has none. */
void hfi_msg_write_empty_certificate(hfi_writer *w, hfi_view context);

#endif
