/* engine/msg/certificate_request.c: CertificateRequest, bytes to struct.
 * RFC 8446 4.3.2. */
#include "msg/certificate_request.h"

#include "wire/reader.h"

hfi_err hfi_msg_read_certificate_request(hfi_view body, hfi_certificate_request *out)
{
    hfi_reader r = hfi_reader_of(body);

    out->context = hfi_read_vec8(&r, 0, 255);
    hfi_view block = hfi_read_vec16(&r, 2, 65535);
    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_CERTIFICATE_REQUEST;
    return hfi_msg_read_extensions(block, HFI_E_DECODE_CERTIFICATE_REQUEST,
                                   &out->extensions);
}
