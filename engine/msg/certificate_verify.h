/* engine/msg/certificate_verify.h: CertificateVerify.  RFC 8446 4.4.3. */
#ifndef HFI_MSG_CERTIFICATE_VERIFY_H
#define HFI_MSG_CERTIFICATE_VERIFY_H

#include "base/err.h"
#include "base/types.h"

typedef struct hfi_certificate_verify {
    uint16_t scheme;
    hfi_view signature;
} hfi_certificate_verify;

/* The view borrows from body. */
hfi_err hfi_msg_read_certificate_verify(hfi_view body, hfi_certificate_verify *out);

#endif
