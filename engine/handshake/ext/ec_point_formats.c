/* engine/handshake/ext/ec_point_formats.c: uncompressed points alone.  RFC 8422 5.1.2.
 * TLS 1.2 only; sent because some servers insist on it. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

enum { UNCOMPRESSED = 0 };

static hfi_err write_point_formats(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip = !hfi_settings_allow(hs->settings, 0x0303);
    hfi_write_u8(w, 1); /* one format: */
    hfi_write_u8(w, UNCOMPRESSED);
    return HFI_OK;
}

static hfi_err read_point_formats(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)hs;
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    hfi_view formats = hfi_read_vec8(&r, 1, 255);

    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_EXTENSION;
    return memchr(formats.p, UNCOMPRESSED, formats.len) != NULL ? HFI_OK
                                                                : HFI_E_POINT_FORMAT;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    return read_point_formats(hs, HFI_IN_CLIENT_HELLO, body);
}

static hfi_err answer_point_formats(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    (void)where;
    *skip = hs->agreed->resumed;
    hfi_write_u8(w, 1);
    hfi_write_u8(w, UNCOMPRESSED);
    return HFI_OK;
}

const hfi_ext hfi_ext_ec_point_formats = {HFI_EXT_EC_POINT_FORMATS,
                                          "ec_point_formats",
                                          HFI_IN_CLIENT_HELLO | HFI_IN_SERVER_HELLO_TLS12,
                                          write_point_formats,
                                          read_point_formats,
                                          read_offer,
                                          answer_point_formats};
