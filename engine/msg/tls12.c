/* engine/msg/tls12.c: TLS 1.2's own messages, bytes to struct and back.
 * RFC 5246 7.4; RFC 8422 5.4, 5.7; RFC 5077 3.3; RFC 6066 8. */
#include "msg/tls12.h"

enum {
    NAMED_CURVE = 3, /* RFC 8422 5.4 */
    OCSP = 1,        /* RFC 6066 8 */
};

static void write_vec8(hfi_writer *w, hfi_view v)
{
    size_t mark = hfi_write_vec8_begin(w);

    hfi_write_bytes(w, v);
    hfi_write_vec8_end(w, mark);
}

static void write_vec16(hfi_writer *w, hfi_view v)
{
    size_t mark = hfi_write_vec16_begin(w);

    hfi_write_bytes(w, v);
    hfi_write_vec16_end(w, mark);
}

hfi_err hfi_msg_read_certificate_tls12(hfi_view body, size_t max,
                                       hfi_certificate_tls12 *out)
{
    hfi_reader r = hfi_reader_of(body);

    out->entries = hfi_read_vec24(&r, 0, 0xffffff);
    out->count = 0;
    out->bytes = 0;
    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_CERTIFICATE;
    hfi_reader list = hfi_reader_of(out->entries);
    while (hfi_reader_more(&list)) {
        out->bytes += hfi_read_vec24(&list, 1, 0xffffff).len;
        if (!list.failed && ++out->count > max)
            return HFI_E_TOO_MANY_CERTIFICATES;
    }
    return hfi_reader_done(&list) ? HFI_OK : HFI_E_DECODE_CERTIFICATE;
}

hfi_err hfi_msg_read_server_key_exchange(hfi_view body, hfi_server_key_exchange *out)
{
    hfi_reader r = hfi_reader_of(body);

    memset(out, 0, sizeof *out);
    out->curve_type = hfi_read_u8(&r);
    if (!r.failed && out->curve_type != NAMED_CURVE)
        return HFI_OK; /* explicit curves have another form, which nobody reads */
    out->group = hfi_read_u16(&r);
    out->share = hfi_read_vec8(&r, 1, 255);
    size_t params = body.len - r.left;
    out->scheme = hfi_read_u16(&r);
    out->signature = hfi_read_vec16(&r, 0, 65535);
    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_SERVER_KEY_EXCHANGE;
    out->params = hfi_view_of(body.p, params);
    return HFI_OK;
}

void hfi_msg_write_server_params(hfi_writer *w, uint16_t group, hfi_view share)
{
    hfi_write_u8(w, NAMED_CURVE);
    hfi_write_u16(w, group);
    write_vec8(w, share);
}

void hfi_msg_write_server_key_exchange(hfi_writer *w, hfi_view params, uint16_t scheme,
                                       hfi_view signature)
{
    hfi_write_bytes(w, params);
    hfi_write_u16(w, scheme);
    write_vec16(w, signature);
}

hfi_err hfi_msg_read_certificate_request_tls12(hfi_view body,
                                               hfi_certificate_request_tls12 *out)
{
    hfi_reader r = hfi_reader_of(body);

    out->types = hfi_read_vec8(&r, 1, 255);
    out->schemes = hfi_read_vec16(&r, 2, 65534);
    out->authorities = hfi_read_vec16(&r, 0, 65535);
    if (!hfi_reader_done(&r) || out->schemes.len % 2 != 0)
        return HFI_E_DECODE_CERTIFICATE_REQUEST;

    hfi_reader names = hfi_reader_of(out->authorities);
    while (hfi_reader_more(&names))
        (void)hfi_read_vec16(&names, 1, 65535);
    return hfi_reader_done(&names) ? HFI_OK : HFI_E_DECODE_CERTIFICATE_REQUEST;
}

void hfi_msg_write_certificate_request_tls12(hfi_writer *w,
                                             const hfi_certificate_request_tls12 *message)
{
    write_vec8(w, message->types);
    write_vec16(w, message->schemes);
    write_vec16(w, message->authorities);
}

hfi_err hfi_msg_read_ticket_tls12(hfi_view body, hfi_ticket_tls12 *out)
{
    hfi_reader r = hfi_reader_of(body);

    out->lifetime_hint = hfi_read_u32(&r);
    out->ticket = hfi_read_vec16(&r, 0, 65535);
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_DECODE_NEW_SESSION_TICKET;
}

void hfi_msg_write_ticket_tls12(hfi_writer *w, const hfi_ticket_tls12 *message)
{
    hfi_write_u32(w, message->lifetime_hint);
    write_vec16(w, message->ticket);
}

hfi_err hfi_msg_read_certificate_status(hfi_view body, hfi_view *response)
{
    hfi_reader r = hfi_reader_of(body);
    uint8_t type = hfi_read_u8(&r);

    *response = hfi_read_vec24(&r, 1, 0xffffff);
    return hfi_reader_done(&r) && type == OCSP ? HFI_OK : HFI_E_DECODE_CERTIFICATE_STATUS;
}

void hfi_msg_write_certificate_status(hfi_writer *w, hfi_view response)
{
    hfi_write_u8(w, OCSP);
    size_t mark = hfi_write_vec24_begin(w);
    hfi_write_bytes(w, response);
    hfi_write_vec24_end(w, mark);
}

hfi_err hfi_msg_read_client_key_exchange(hfi_view body, hfi_view *share)
{
    hfi_reader r = hfi_reader_of(body);

    *share = hfi_read_vec8(&r, 1, 255);
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_DECODE_CLIENT_KEY_EXCHANGE;
}

void hfi_msg_write_client_key_exchange(hfi_writer *w, hfi_view share)
{
    write_vec8(w, share);
}
