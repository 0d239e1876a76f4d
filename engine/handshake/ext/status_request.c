/* engine/handshake/ext/status_request.c: status_request, which asks for a stapled OCSP
 * response.  RFC 6066 8; RFC 8446 4.4.2.1.
 * In TLS 1.2 the response comes in a message of its own (tls12_client.c).  Whether it is
 * right is decided in pki/. */
#include "handshake/ext/registry.h"
#include "handshake/peer_auth.h"
#include "msg/tls12.h"
#include "wire/reader.h"

static hfi_err write_status_request(hfi_hs *hs, hfi_writer *w, bool *skip)
{
    *skip = (hs->wishes.options & HFI_OPTION_NO_STATUS_REQUEST) != 0;
    hfi_write_u8(w, 1);  /* ocsp */
    hfi_write_u16(w, 0); /* any responder */
    hfi_write_u16(w, 0); /* no extensions */
    return HFI_OK;
}

/* Of the certificates behind the leaf nobody asks for a status: theirs need only be
 * well-formed. */
static hfi_err read_status_request(hfi_hs *hs, unsigned where, hfi_view body)
{
    hfi_view response;

    if (where == HFI_IN_CERTIFICATE_REQUEST)
        return HFI_OK; /* a wish about our own certificate, which has none */
    if (where == HFI_IN_SERVER_HELLO_TLS12) {
        hs->tls12.status_expected = true;
        return body.len == 0 ? HFI_OK : HFI_E_DECODE_EXTENSION;
    }
    if (hfi_msg_read_certificate_status(body, &response) != HFI_OK)
        return HFI_E_DECODE_EXTENSION;
    return hs->auth.at_leaf ? hfi_peer_keep_staple(hs, response) : HFI_OK;
}

/* ---- server ---- */

/* A kind of status that nobody knows is none that is asked for. */
static hfi_err read_offer(hfi_hs *hs, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);

    if (hfi_read_u8(&r) != 1)
        return body.len != 0 ? HFI_OK : HFI_E_DECODE_EXTENSION;
    hfi_reader responders = hfi_reader_of(hfi_read_vec16(&r, 0, 65535));
    (void)hfi_read_vec16(&r, 0, 65535);
    while (hfi_reader_more(&responders))
        (void)hfi_read_vec16(&responders, 1, 65535);
    if (!hfi_reader_done(&r) || !hfi_reader_done(&responders))
        return HFI_E_DECODE_EXTENSION;
    hs->as.server.status_wanted = true;
    return HFI_OK;
}

/* In TLS 1.2 the response follows in a message of its own. */
static hfi_err answer_status_request(hfi_hs *hs, unsigned where, hfi_writer *w,
                                     bool *skip)
{
    const hfi_credential *c = hs->auth.credential;

    *skip = where == HFI_IN_CERTIFICATE_REQUEST || c == NULL || c->staple.len == 0 ||
            !hs->as.server.status_wanted ||
            (where == HFI_IN_SERVER_HELLO_TLS12 && hs->agreed->resumed);
    if (*skip)
        return HFI_OK;
    hs->tls12.status_expected = where == HFI_IN_SERVER_HELLO_TLS12;
    if (where == HFI_IN_SERVER_HELLO_TLS12)
        return HFI_OK;
    hfi_write_u8(w, 1); /* ocsp */
    size_t mark = hfi_write_vec24_begin(w);
    hfi_write_bytes(w, hfi_view_of(c->staple.p, c->staple.len));
    hfi_write_vec24_end(w, mark);
    return HFI_OK;
}

const hfi_ext hfi_ext_status_request = {HFI_EXT_STATUS_REQUEST,
                                        "status_request",
                                        HFI_IN_CLIENT_HELLO | HFI_IN_CERTIFICATE |
                                            HFI_IN_CERTIFICATE_REQUEST |
                                            HFI_IN_SERVER_HELLO_TLS12,
                                        write_status_request,
                                        read_status_request,
                                        read_offer,
                                        answer_status_request};
