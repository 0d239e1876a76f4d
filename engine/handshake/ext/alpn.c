/* engine/handshake/ext/alpn.c: application_layer_protocol_negotiation.  RFC 7301. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static hfi_err write_alpn(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip = hs->wishes.alpn.len == 0;
    size_t mark = hfi_write_vec16_begin(w);
    hfi_write_bytes(w, hs->wishes.alpn);
    hfi_write_vec16_end(w, mark);
    return HFI_OK;
}

static bool was_offered(const hfi_hs *hs, hfi_view name)
{
    hfi_reader r = hfi_reader_of(hs->wishes.alpn);

    while (hfi_reader_more(&r)) {
        if (hfi_view_equal(hfi_read_vec8(&r, 1, 255), name))
            return true;
    }
    return false;
}

/* Exactly one name, and one of ours. */
static hfi_err read_alpn(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    hfi_view list = hfi_read_vec16(&r, 2, 65535);
    hfi_reader names = hfi_reader_of(list);
    hfi_view name = hfi_read_vec8(&names, 1, 255);

    if (!hfi_reader_done(&r) || !hfi_reader_done(&names))
        return HFI_E_ALPN_EMPTY;
    if (!was_offered(hs, name)) {
        char text[32];
        size_t len = name.len < sizeof text - 1 ? name.len : sizeof text - 1;
        for (size_t i = 0; i < len; i++) /* the detail is text */
            text[i] = (char)(name.p[i] > 0x20 && name.p[i] < 0x7f ? name.p[i] : '?');
        text[len] = '\0';
        hfi_report_detail(hs->report, "the server chose %s", text);
        return HFI_E_ALPN_NOT_OFFERED;
    }
    return hfi_hs_keep_alpn(hs, name);
}

/* ---- server; negotiate.c chooses ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_reader names;

    hs->as.server.alpn = hfi_read_vec16(&r, 2, 65535);
    names = hfi_reader_of(hs->as.server.alpn);
    while (hfi_reader_more(&names))
        (void)hfi_read_vec8(&names, 1, 255);
    return hfi_reader_done(&r) && hfi_reader_done(&names) ? HFI_OK
                                                          : HFI_E_DECODE_EXTENSION;
}

static hfi_err answer_alpn(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    (void)where;
    *skip = hs->agreed->alpn_len == 0;
    size_t list = hfi_write_vec16_begin(w);
    size_t mark = hfi_write_vec8_begin(w);
    hfi_write_bytes(w, hfi_view_of(hs->agreed->alpn, hs->agreed->alpn_len));
    hfi_write_vec8_end(w, mark);
    hfi_write_vec16_end(w, list);
    return HFI_OK;
}

const hfi_ext hfi_ext_alpn = {HFI_EXT_ALPN,
                              "application_layer_protocol_negotiation",
                              HFI_IN_CLIENT_HELLO | HFI_IN_ENCRYPTED_EXTENSIONS |
                                  HFI_IN_SERVER_HELLO_TLS12,
                              write_alpn,
                              read_alpn,
                              read_offer,
                              answer_alpn};
