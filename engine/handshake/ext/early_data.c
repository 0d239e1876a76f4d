/* engine/handshake/ext/early_data.c: early_data, which is never offered.
 * RFC 8446 4.2.10.  A ticket may say how much of it a server would take. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static hfi_err read_early_data(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)hs;
    (void)where;
    hfi_reader r = hfi_reader_of(body);

    (void)hfi_read_u32(&r); /* max_early_data_size */
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

const hfi_ext hfi_ext_early_data = {HFI_EXT_EARLY_DATA, "early_data",
                                    HFI_IN_CLIENT_HELLO | HFI_IN_ENCRYPTED_EXTENSIONS |
                                        HFI_IN_NEW_SESSION_TICKET,
                                    NULL, read_early_data};
