/* engine/msg/certificate.c: Certificate, bytes to struct and back.  RFC 8446 4.4.2.
 * The certificates themselves are read in pki/. */
#include "msg/certificate.h"

hfi_view hfi_msg_next_certificate(hfi_reader *entries, hfi_view *extensions)
{
    hfi_view der = hfi_read_vec24(entries, 1, 0xffffff);
    *extensions = hfi_read_vec16(entries, 0, 65535);
    return der;
}

hfi_err hfi_msg_read_certificate(hfi_view body, size_t max, hfi_certificate_message *out)
{
    hfi_reader r = hfi_reader_of(body);

    out->context = hfi_read_vec8(&r, 0, 255);
    out->entries = hfi_read_vec24(&r, 0, 0xffffff);
    out->count = 0;
    out->bytes = 0;
    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_CERTIFICATE;

    hfi_reader list = hfi_reader_of(out->entries);
    while (hfi_reader_more(&list)) {
        hfi_view extensions;
        out->bytes += hfi_msg_next_certificate(&list, &extensions).len;
        if (!list.failed && ++out->count > max)
            return HFI_E_TOO_MANY_CERTIFICATES;
    }
    return hfi_reader_done(&list) ? HFI_OK : HFI_E_DECODE_CERTIFICATE;
}

void hfi_msg_write_empty_certificate(hfi_writer *w, hfi_view context)
{
    size_t mark = hfi_write_vec8_begin(w);
    hfi_write_bytes(w, context);
    hfi_write_vec8_end(w, mark);
    hfi_write_u24(w, 0);
}
