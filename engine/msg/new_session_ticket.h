/* engine/msg/new_session_ticket.h: NewSessionTicket.  RFC 8446 4.6.1. */
#ifndef HFI_MSG_NEW_SESSION_TICKET_H
#define HFI_MSG_NEW_SESSION_TICKET_H

#include "msg/extensions.h"
#include "wire/writer.h"

typedef struct hfi_new_session_ticket {
    uint32_t lifetime; /* seconds */
    uint32_t age_add;
    hfi_view nonce;
    hfi_view ticket;
    hfi_extension_list extensions;
} hfi_new_session_ticket;

/* The views borrow from body. */
hfi_err hfi_msg_read_new_session_ticket(hfi_view body, hfi_new_session_ticket *out);

/* Writes all up to the extensions, which the caller writes behind it. */
void hfi_msg_write_new_session_ticket(hfi_writer *w, uint32_t lifetime, uint32_t age_add,
                                      hfi_view nonce, hfi_view ticket);

#endif
