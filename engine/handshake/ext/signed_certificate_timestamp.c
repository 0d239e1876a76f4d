/* engine/handshake/ext/signed_certificate_timestamp.c: signed_certificate_timestamp.
 * RFC 6962 3.3; RFC 8446 4.4.2.1.  The list is handed on as it is: which logs are to be
 * trusted is the application's to say. */
#include "handshake/ext/registry.h"
#include "wire/reader.h"

static hfi_err write_timestamps(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    (void)w;
    *skip = (hs->wishes.options & HFI_OPTION_REQUEST_SCTS) == 0;
    return HFI_OK;
}

static bool is_well_formed(hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    hfi_reader list = hfi_reader_of(hfi_read_vec16(&r, 1, 65535));

    while (hfi_reader_more(&list))
        (void)hfi_read_vec16(&list, 1, 65535);
    return hfi_reader_done(&r) && hfi_reader_done(&list);
}

static hfi_err read_timestamps(hfi_hs *hs, unsigned where, hfi_view body)
{
    hfi_chain *chain = hs->chain;

    if (where == HFI_IN_CERTIFICATE_REQUEST)
        return HFI_OK; /* a wish about our own certificate, which has none */
    if (!is_well_formed(body))
        return HFI_E_DECODE_EXTENSION;
    if (where == HFI_IN_CERTIFICATE && !hs->auth.at_leaf)
        return HFI_OK;
    chain->scts = hfi_alloc_copy(&hs->settings->alloc, body.p, body.len);
    chain->scts_len = body.len;
    return chain->scts == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}

/* ---- server ---- */

static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    (void)hs;
    return body.len == 0 ? HFI_OK : HFI_E_DECODE_EXTENSION;
}

static hfi_err answer_timestamps(hfi_hs *hs, unsigned where, hfi_writer *w, bool *skip)
{
    const hfi_credential *c = hs->auth.credential;

    *skip = where == HFI_IN_CERTIFICATE_REQUEST || c == NULL || c->scts.len == 0 ||
            (where == HFI_IN_SERVER_HELLO_TLS12 && hs->agreed->resumed);
    if (!*skip)
        hfi_write_bytes(w, hfi_view_of(c->scts.p, c->scts.len));
    return HFI_OK;
}

const hfi_ext hfi_ext_signed_certificate_timestamp = {
    HFI_EXT_SIGNED_CERTIFICATE_TIMESTAMP,
    "signed_certificate_timestamp",
    HFI_IN_CLIENT_HELLO | HFI_IN_CERTIFICATE | HFI_IN_CERTIFICATE_REQUEST |
        HFI_IN_SERVER_HELLO_TLS12,
    write_timestamps,
    read_timestamps,
    read_offer,
    answer_timestamps};
