/* engine/handshake/ext/server_name.c: server_name.  RFC 6066 3.
 * Never an address: the connection leaves server_name empty for those. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

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

/* ---- server ---- */

/* One name, RFC 6066 3; a zero byte in it could mean different names to different
 * readers. */
static hfi_err read_asked_name(hfi_hs *hs, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_reader list = hfi_reader_of(hfi_read_vec16(&r, 1, 65535));
    uint8_t type = hfi_read_u8(&list);
    hfi_view name = hfi_read_vec16(&list, 1, 255);

    if (!hfi_reader_done(&r) || !hfi_reader_done(&list) || type != 0 ||
        memchr(name.p, 0, name.len) != NULL)
        return HFI_E_DECODE_EXTENSION;
    if (hs->agreed->server_name != NULL)
        return HFI_OK; /* of the first hello: the second was compared with it */
    hs->agreed->server_name =
        hfi_alloc_text(&hs->settings->alloc, (const char *)name.p, name.len);
    return hs->agreed->server_name == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}

/* Not when a session is resumed. */
static hfi_err answer_server_name(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    (void)w;
    (void)where;
    *skip = hs->agreed->resumed;
    return HFI_OK;
}

const hfi_ext hfi_ext_server_name = {HFI_EXT_SERVER_NAME,
                                     "server_name",
                                     HFI_IN_CLIENT_HELLO | HFI_IN_ENCRYPTED_EXTENSIONS |
                                         HFI_IN_SERVER_HELLO_TLS12,
                                     write_server_name,
                                     read_server_name,
                                     read_asked_name,
                                     answer_server_name};
