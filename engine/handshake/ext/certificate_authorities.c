/* engine/handshake/ext/certificate_authorities.c: certificate_authorities, which is
 * never offered.  RFC 8446 4.2.4.  Our own certificate is chosen by it. */
#include "handshake/client_auth.h"
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static hfi_err read_authorities(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    hfi_view list = hfi_read_vec16(&r, 3, 65535);
    hfi_reader names = hfi_reader_of(list);

    while (hfi_reader_more(&names))
        (void)hfi_read_vec16(&names, 1, 65535);
    if (!hfi_reader_done(&r) || !hfi_reader_done(&names))
        return HFI_E_DECODE_EXTENSION;
    return hfi_client_keep_authorities(hs, list);
}

const hfi_ext hfi_ext_certificate_authorities = {
    HFI_EXT_CERTIFICATE_AUTHORITIES, "certificate_authorities",
    HFI_IN_CLIENT_HELLO | HFI_IN_CERTIFICATE_REQUEST, NULL, read_authorities};
