/* engine/handshake/ext/renegotiation_info.c: renegotiation_info.  RFC 5746 3.4.
 * TLS 1.2 only.  This library never renegotiates: what remains is to show that it knows
 * of the attack, and to hear the same from the server. */
#include "handshake/ext/registry.h"

static hfi_err write_renegotiation_info(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip = !hfi_settings_allow(hs->settings, 0x0303);
    hfi_write_u8(w, 0); /* no earlier handshake */
    return HFI_OK;
}

static hfi_err read_renegotiation_info(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    if (body.len != 1 || body.p[0] != 0)
        return HFI_E_RENEGOTIATION_INFO_WRONG;
    hs->tls12.secure_renegotiation = true;
    return HFI_OK;
}

/* ---- server, RFC 5746 3.6 ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    return read_renegotiation_info(hs, HFI_IN_CLIENT_HELLO, body);
}

static hfi_err answer_renegotiation_info(hfi_hs *hs, unsigned where, hfi_writer *w,
                                         bool *skip)
{
    (void)where;
    *skip = !hs->tls12.secure_renegotiation;
    hfi_write_u8(w, 0);
    return HFI_OK;
}

const hfi_ext hfi_ext_renegotiation_info = {HFI_EXT_RENEGOTIATION_INFO,
                                            "renegotiation_info",
                                            HFI_IN_CLIENT_HELLO |
                                                HFI_IN_SERVER_HELLO_TLS12,
                                            write_renegotiation_info,
                                            read_renegotiation_info,
                                            read_offer,
                                            answer_renegotiation_info};
