/* engine/msg/certificate_request.h: CertificateRequest.  RFC 8446 4.3.2. */
#ifndef HFI_MSG_CERTIFICATE_REQUEST_H
#define HFI_MSG_CERTIFICATE_REQUEST_H

#include "msg/extensions.h"

typedef struct hfi_certificate_request {
    hfi_view context;
    hfi_extension_list extensions;
} hfi_certificate_request;

/* The views borrow from body. */
hfi_err hfi_msg_read_certificate_request(hfi_view body, hfi_certificate_request *out);

#endif
