/* engine/msg/new_session_ticket.c: NewSessionTicket, bytes to struct and back.  RFC
 * 8446 4.6.1. */
#include "msg/new_session_ticket.h"

#include "wire/reader.h"

hfi_err hfi_msg_read_new_session_ticket(hfi_view body, hfi_new_session_ticket *out)
{
    hfi_reader r = hfi_reader_of(body);

    out->lifetime = hfi_read_u32(&r);
    out->age_add = hfi_read_u32(&r);
    out->nonce = hfi_read_vec8(&r, 0, 255);
    out->ticket = hfi_read_vec16(&r, 1, 65535);
    hfi_view block = hfi_read_vec16(&r, 0, 65534);
    if (!hfi_reader_done(&r))
        return HFI_E_DECODE_NEW_SESSION_TICKET;
    return hfi_msg_read_extensions(block, HFI_E_DECODE_NEW_SESSION_TICKET,
                                   &out->extensions);
}

void hfi_msg_write_new_session_ticket(hfi_writer *w, uint32_t lifetime, uint32_t age_add,
                                      hfi_view nonce, hfi_view ticket)
{
    hfi_write_u32(w, lifetime);
    hfi_write_u32(w, age_add);
    size_t mark = hfi_write_vec8_begin(w);
    hfi_write_bytes(w, nonce);
    hfi_write_vec8_end(w, mark);
    mark = hfi_write_vec16_begin(w);
    hfi_write_bytes(w, ticket);
    hfi_write_vec16_end(w, mark);
}
