/* engine/msg/tls12.h: the messages that only TLS 1.2 has, or has in another form.
 * RFC 5246 7.4; RFC 8422 5.4 to 5.7; RFC 5077 3.3; RFC 6066 8. */
#ifndef HFI_MSG_TLS12_H
#define HFI_MSG_TLS12_H

#include "base/err.h"
#include "base/types.h"
#include "wire/reader.h"
#include "wire/writer.h"

/* Certificate, RFC 5246 7.4.2: after HFI_OK the entries can be walked with
 * hfi_read_vec24(&reader, 1, 0xffffff) without a failure. */
typedef struct hfi_certificate_tls12 {
    hfi_view entries;
    size_t count;
    size_t bytes; /* of all certificates together */
} hfi_certificate_tls12;

hfi_err hfi_msg_read_certificate_tls12(hfi_view body, size_t max,
                                       hfi_certificate_tls12 *out);

/* ServerKeyExchange with a named curve, RFC 8422 5.4; of any other only the type is
 * read. */
typedef struct hfi_server_key_exchange {
    hfi_view params;    /* what is signed, after both randoms */
    uint8_t curve_type; /* 3: named_curve */
    uint16_t group;
    hfi_view share;
    uint16_t scheme;
    hfi_view signature;
} hfi_server_key_exchange;

hfi_err hfi_msg_read_server_key_exchange(hfi_view body, hfi_server_key_exchange *out);
/* The part that is signed, and then the whole of it. */
void hfi_msg_write_server_params(hfi_writer *w, uint16_t group, hfi_view share);
void hfi_msg_write_server_key_exchange(hfi_writer *w, hfi_view params, uint16_t scheme,
                                       hfi_view signature);

/* CertificateRequest, RFC 5246 7.4.4. */
typedef struct hfi_certificate_request_tls12 {
    hfi_view types;
    hfi_view schemes;     /* pairs of bytes */
    hfi_view authorities; /* DistinguishedNames, each behind two bytes of length */
} hfi_certificate_request_tls12;

hfi_err hfi_msg_read_certificate_request_tls12(hfi_view body,
                                               hfi_certificate_request_tls12 *out);
void hfi_msg_write_certificate_request_tls12(
    hfi_writer *w, const hfi_certificate_request_tls12 *message);

/* NewSessionTicket, RFC 5077 3.3; the ticket may be empty. */
typedef struct hfi_ticket_tls12 {
    uint32_t lifetime_hint; /* seconds; 0: not said */
    hfi_view ticket;
} hfi_ticket_tls12;

hfi_err hfi_msg_read_ticket_tls12(hfi_view body, hfi_ticket_tls12 *out);
void hfi_msg_write_ticket_tls12(hfi_writer *w, const hfi_ticket_tls12 *message);

/* CertificateStatus, RFC 6066 8: an OCSPResponse. */
hfi_err hfi_msg_read_certificate_status(hfi_view body, hfi_view *response);
void hfi_msg_write_certificate_status(hfi_writer *w, hfi_view response);

/* ClientKeyExchange with an ECDH public value, RFC 8422 5.7. */
hfi_err hfi_msg_read_client_key_exchange(hfi_view body, hfi_view *share);
void hfi_msg_write_client_key_exchange(hfi_writer *w, hfi_view share);

#endif
