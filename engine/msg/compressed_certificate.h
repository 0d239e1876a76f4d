/* engine/msg/compressed_certificate.h: CompressedCertificate.  RFC 8879 4. */
#ifndef HFI_MSG_COMPRESSED_CERTIFICATE_H
#define HFI_MSG_COMPRESSED_CERTIFICATE_H

#include "base/err.h"
#include "base/types.h"
#include "wire/writer.h"

enum {
    HFI_COMPRESSED_CERTIFICATE_HEADER =
        4 + 2 + 3 + 3, /* bytes before what is compressed */
};

typedef struct hfi_compressed_certificate {
    uint16_t algorithm;  /* CertificateCompressionAlgorithm */
    size_t length;       /* of the Certificate's body, by the peer's word */
    hfi_view compressed; /* at least a byte */
} hfi_compressed_certificate;

/* The view borrows from body.  HFI_E_DECODE_COMPRESSED_CERTIFICATE. */
hfi_err hfi_msg_read_compressed_certificate(hfi_view body,
                                            hfi_compressed_certificate *out);
/* The message with its header. */
void hfi_msg_write_compressed_certificate(hfi_writer *w,
                                          const hfi_compressed_certificate *message);

#endif
