/* engine/handshake/ext/oid_filters.c: oid_filters, in a server's request.
 * RFC 8446 4.2.5.  We have no certificate to choose by it: it must only be well-formed.
 */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static hfi_err read_filters(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)hs;
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    hfi_reader filters = hfi_reader_of(hfi_read_vec16(&r, 0, 65535));

    while (hfi_reader_more(&filters)) {
        (void)hfi_read_vec8(&filters, 1, 255);
        (void)hfi_read_vec16(&filters, 0, 65535);
    }
    return hfi_reader_done(&r) && hfi_reader_done(&filters) ? HFI_OK
                                                            : HFI_E_DECODE_EXTENSION;
}

const hfi_ext hfi_ext_oid_filters = {HFI_EXT_OID_FILTERS,
                                     "oid_filters",
                                     HFI_IN_CERTIFICATE_REQUEST,
                                     NULL,
                                     read_filters,
                                     NULL,
                                     NULL};
