/* engine/msg/certificate_verify.c: CertificateVerify, bytes to struct.  RFC 8446 4.4.3.
 */
#include "msg/certificate_verify.h"

#include "wire/reader.h"

hfi_err hfi_msg_read_certificate_verify(hfi_view body, hfi_certificate_verify *out)
{
    hfi_reader r = hfi_reader_of(body);

    out->scheme = hfi_read_u16(&r);
    out->signature = hfi_read_vec16(&r, 0, 65535);
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_DECODE_CERTIFICATE_VERIFY;
}
