/* engine/handshake/ext/psk_key_exchange_modes.c: only PSK with (EC)DHE, which keeps
 * forward secrecy.  RFC 8446 4.2.9.  It is sent without a PSK too: a server gives
 * tickets only to those who can use them. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static hfi_err write_modes(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip = !hfi_settings_allow(hs->settings, 0x0304);
    hfi_write_u8(w, 1); /* one mode: */
    hfi_write_u8(w, 1); /* psk_dhe_ke */
    return HFI_OK;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    hs->as.server.psk_modes = hfi_read_vec8(&r, 1, 255);
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

const hfi_ext hfi_ext_psk_key_exchange_modes = {HFI_EXT_PSK_KEY_EXCHANGE_MODES,
                                                "psk_key_exchange_modes",
                                                HFI_IN_CLIENT_HELLO,
                                                write_modes,
                                                NULL,
                                                read_offer,
                                                NULL};
