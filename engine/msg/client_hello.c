/* engine/msg/client_hello.c: ClientHello, struct to bytes and back.  RFC 8446 4.1.2.
 * Syntax only: what is offered is decided in handshake/. */
#include "msg/client_hello.h"

#include "wire/reader.h"

void hfi_msg_write_client_hello(hfi_writer *w, hfi_view random, hfi_view session_id,
                                hfi_view suites)
{
    hfi_write_u16(w, 0x0303);
    hfi_write_bytes(w, random);

    size_t mark = hfi_write_vec8_begin(w);
    hfi_write_bytes(w, session_id);
    hfi_write_vec8_end(w, mark);

    mark = hfi_write_vec16_begin(w);
    hfi_write_bytes(w, suites);
    hfi_write_vec16_end(w, mark);

    hfi_write_u8(w, 1); /* one compression method: */
    hfi_write_u8(w, 0); /* null */
}

hfi_err hfi_msg_read_client_hello(hfi_view body, hfi_client_hello *out)
{
    hfi_reader r = hfi_reader_of(body);

    out->legacy_version = hfi_read_u16(&r);
    out->random = hfi_read_bytes(&r, 32);
    out->session_id = hfi_read_vec8(&r, 0, 32);
    out->suites = hfi_read_vec16(&r, 2, 65534);
    out->compression = hfi_read_vec8(&r, 1, 255);
    /* Clients older than TLS 1.3 may leave the vector out (RFC 5246 7.4.1.2). */
    if (hfi_reader_more(&r))
        out->extensions = hfi_read_vec16(&r, 0, 65535);
    else
        out->extensions = hfi_view_of(NULL, 0);
    if (out->suites.len % 2 != 0)
        hfi_reader_fail(&r);
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_DECODE_CLIENT_HELLO;
}
