/* engine/handshake/ext/supported_versions.c: supported_versions.  RFC 8446 4.2.1. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static hfi_err write_supported_versions(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip = !hfi_settings_allow(hs->settings, 0x0304);
    size_t mark = hfi_write_vec8_begin(w);
    hfi_grease_write(hs, w, HFI_GREASE_VERSION);
    hfi_write_u16(w, 0x0304);
    if (hfi_settings_allow(hs->settings, 0x0303))
        hfi_write_u16(w, 0x0303);
    hfi_write_vec8_end(w, mark);
    return HFI_OK;
}

static hfi_err read_supported_versions(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    uint16_t version = hfi_read_u16(&r);

    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_EXTENSION;
    /* 0 would be taken for "not there"; it was never offered either. */
    hs->as.client.selected_version = version == 0 ? 0xffff : version;
    return HFI_OK;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    hs->as.server.versions = hfi_read_vec8(&r, 2, 254);
    return hfi_reader_done(&r) && hs->as.server.versions.len % 2 == 0
               ? HFI_OK
               : HFI_E_DECODE_EXTENSION;
}

static hfi_err answer_version(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    (void)where;
    (void)skip;
    hfi_write_u16(w, hs->agreed->version);
    return HFI_OK;
}

const hfi_ext hfi_ext_supported_versions = {HFI_EXT_SUPPORTED_VERSIONS,
                                            "supported_versions",
                                            HFI_IN_CLIENT_HELLO | HFI_IN_SERVER_HELLO |
                                                HFI_IN_HELLO_RETRY,
                                            write_supported_versions,
                                            read_supported_versions,
                                            read_offer,
                                            answer_version};
