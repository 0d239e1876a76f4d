/* engine/handshake/ext/certificate_authorities.c: certificate_authorities, which is
 * never offered.  RFC 8446 4.2.4.  We have no certificate to choose by it: it must only
 * be well-formed. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static hfi_err read_authorities(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)hs;
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    hfi_reader names = hfi_reader_of(hfi_read_vec16(&r, 3, 65535));

    while (hfi_reader_more(&names))
        (void)hfi_read_vec16(&names, 1, 65535);
    return hfi_reader_done(&r) && hfi_reader_done(&names) ? HFI_OK
                                                          : HFI_E_DECODE_EXTENSION;
}

const hfi_ext hfi_ext_certificate_authorities = {
    HFI_EXT_CERTIFICATE_AUTHORITIES, "certificate_authorities",
    HFI_IN_CLIENT_HELLO | HFI_IN_CERTIFICATE_REQUEST, NULL, read_authorities};
