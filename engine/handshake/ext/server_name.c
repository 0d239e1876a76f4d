/* engine/handshake/ext/server_name.c: server_name.  RFC 6066 3.
 * Never an address: the connection leaves server_name empty for those. */
#include "handshake/ext/registry.h"

static hfi_err write_server_name(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    hfi_view name = hs->wishes.server_name;

    *skip = name.len == 0;
    size_t list = hfi_write_vec16_begin(w);
    hfi_write_u8(w, 0); /* host_name */
    size_t mark = hfi_write_vec16_begin(w);
    hfi_write_bytes(w, name);
    hfi_write_vec16_end(w, mark);
    hfi_write_vec16_end(w, list);
    return HFI_OK;
}

static hfi_err read_server_name(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)hs;
    (void)where;
    return body.len == 0 ? HFI_OK : HFI_E_SERVER_NAME_NOT_EMPTY;
}

const hfi_ext hfi_ext_server_name = {HFI_EXT_SERVER_NAME, "server_name",
                                     HFI_IN_CLIENT_HELLO | HFI_IN_ENCRYPTED_EXTENSIONS |
                                         HFI_IN_SERVER_HELLO_TLS12,
                                     write_server_name, read_server_name};
