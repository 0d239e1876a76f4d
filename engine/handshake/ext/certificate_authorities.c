/* engine/handshake/ext/certificate_authorities.c: certificate_authorities, which is
 * never offered.  RFC 8446 4.2.4.  Our own certificate is chosen by it. */
#include "handshake/own_auth.h"
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static hfi_err read_authorities(hfi_hs *hs, unsigned where, hfi_view body)
{
    (void)where;
    hfi_reader r = hfi_reader_of(body);
    hfi_view list = hfi_read_vec16(&r, 3, 65535);
    hfi_reader names = hfi_reader_of(list);

    while (hfi_reader_more(&names))
        (void)hfi_read_vec16(&names, 1, 65535);
    if (!hfi_reader_done(&r) || !hfi_reader_done(&names))
        return HFI_E_DECODE_EXTENSION;
    return hfi_own_keep_authorities(hs, list);
}

/* ---- server ---- */

/* Which authorities a client trusts: our chains are chosen by name and signature, unless
 * one is only for clients that list its authority. */
static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    return read_authorities(hs, HFI_IN_CLIENT_HELLO, body);
}

/* In our CertificateRequest: whose certificates may be shown. */
static hfi_err request_authorities(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    (void)where;
    *skip = hs->settings->client_authorities.len == 0;
    size_t mark = hfi_write_vec16_begin(w);
    hfi_write_bytes(w, hs->settings->client_authorities);
    hfi_write_vec16_end(w, mark);
    return HFI_OK;
}

const hfi_ext hfi_ext_certificate_authorities = {HFI_EXT_CERTIFICATE_AUTHORITIES,
                                                 "certificate_authorities",
                                                 HFI_IN_CLIENT_HELLO |
                                                     HFI_IN_CERTIFICATE_REQUEST,
                                                 NULL,
                                                 read_authorities,
                                                 read_offer,
                                                 request_authorities};
