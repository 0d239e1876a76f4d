/* engine/handshake/ext/early_data.c: early_data.  RFC 8446 4.2.10.
 * Offered only where the application allowed it, with a session whose server takes it,
 * never after a retry, and only with the session's application protocol among those that
 * are offered now, for the data is of that one.  What a ticket says is read in
 * post_handshake.c. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static bool offers_protocol(const hfi_hs *hs, hfi_view name)
{
    hfi_reader r = hfi_reader_of(hs->wishes.alpn);

    while (hfi_reader_more(&r)) {
        if (hfi_view_equal(hfi_read_vec8(&r, 1, 255), name))
            return true;
    }
    return name.len == 0;
}

static bool may_offer(const hfi_hs *hs)
{
    if (!hs->wishes.early_data || !hs->as.client.psk_offered || hs->wishes.psk != NULL ||
        hs->agreed->retried)
        return false;
    const hfi_session_fields *f = hfi_session_get(hs->wishes.session);
    return f->max_early_data != 0 && offers_protocol(hs, f->alpn);
}

static hfi_err write_early_data(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    (void)w;
    *skip = !may_offer(hs);
    if (!*skip)
        hs->agreed->early_data = HFI_EARLY_OFFERED;
    return HFI_OK;
}

/* Without the PSK nobody could have read it. */
static hfi_err read_early_data(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    if (body.len != 0)
        return HFI_E_DECODE_EXTENSION;
    if (hs->agreed->early_data != HFI_EARLY_OFFERED)
        return HFI_E_EARLY_DATA_UNASKED;
    hs->agreed->early_data = HFI_EARLY_ACCEPTED;
    return HFI_OK;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hs->as.server.early_offered = true;
    return body.len == 0 ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

static hfi_err answer_early_data(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    if (where == HFI_IN_NEW_SESSION_TICKET) {
        *skip = hs->settings->max_early_data == 0;
        hfi_write_u32(w, hs->settings->max_early_data);
        return HFI_OK;
    }
    *skip = hs->agreed->early_data != HFI_EARLY_ACCEPTED;
    return HFI_OK;
}

const hfi_ext hfi_ext_early_data = {HFI_EXT_EARLY_DATA,
                                    "early_data",
                                    HFI_IN_CLIENT_HELLO | HFI_IN_ENCRYPTED_EXTENSIONS |
                                        HFI_IN_NEW_SESSION_TICKET,
                                    write_early_data,
                                    read_early_data,
                                    read_offer,
                                    answer_early_data};
