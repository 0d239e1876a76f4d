/* engine/handshake/ext/extended_master_secret.c: extended_master_secret.  RFC 7627 5.1.
 * TLS 1.2 only; whether a server may do without is decided in tls12_client.c. */
#include "handshake/ext/registry.h"

static hfi_err write_extended_master(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    (void)w;
    *skip = !hfi_settings_allow(hs->settings, 0x0303);
    return HFI_OK;
}

static hfi_err read_extended_master(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    hs->tls12.extended_master = true;
    return body.len == 0 ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hs->tls12.extended_master = true;
    return body.len == 0 ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

/* A session that was made without it is resumed without it. */
static hfi_err answer_extended_master(hfi_hs *hs, unsigned where, hfi_writer *w,
                                      bool *skip)
{
    (void)where;
    (void)w;
    *skip = !hs->tls12.extended_master;
    return HFI_OK;
}

const hfi_ext hfi_ext_extended_master_secret = {HFI_EXT_EXTENDED_MASTER_SECRET,
                                                "extended_master_secret",
                                                HFI_IN_CLIENT_HELLO |
                                                    HFI_IN_SERVER_HELLO_TLS12,
                                                write_extended_master,
                                                read_extended_master,
                                                read_offer,
                                                answer_extended_master};
