/* tests/support/script12_server.h: the TLS 1.2 half of the scripted server. */
#ifndef SCRIPT12_SERVER_H
#define SCRIPT12_SERVER_H

#include "scripted_server.h"

enum {
    SCRIPT12_HELLO_REQUEST = 0,
    SCRIPT12_CLIENT_HELLO = 1,
    SCRIPT12_SERVER_HELLO = 2,
    SCRIPT12_TICKET = 4,
    SCRIPT12_CERTIFICATE = 11,
    SCRIPT12_KEY_EXCHANGE = 12,
    SCRIPT12_REQUEST = 13,
    SCRIPT12_DONE = 14,
    SCRIPT12_CERTIFICATE_VERIFY = 15,
    SCRIPT12_CLIENT_EXCHANGE = 16,
    SCRIPT12_FINISHED = 20,
    SCRIPT12_EXT_POINTS = 11,
    SCRIPT12_EXT_ETM = 22,
    SCRIPT12_EXT_MASTER = 23,
    SCRIPT12_EXT_TICKET = 35,
    SCRIPT12_EXT_RENEGOTIATION = 0xff01,
};

/* ---- script12_server.c ---- */

/* One record of the client. */
void script12_on_record(scripted_server *s, uint8_t *record, size_t len);

/* ---- script12_flight.c ---- */

/* Suite, group and session, from the configuration and the ClientHello. */
void script12_choose(scripted_server *s);
/* ServerHello through ServerHelloDone, or through Finished. */
void script12_send_flight(scripted_server *s);
/* The answer to the client's Finished, and what comes once both are out. */
void script12_send_end(scripted_server *s);
void script12_send_connected(scripted_server *s);

/* ---- script12_record.c ---- */

/* The keys of one direction, from the master secret. */
void script12_protect(script_protection *p, scripted_server *s, hfi_side side);
void script12_seal(script_protection *p, uint8_t type, hfi_view content,
                   script_bytes *out);
/* Opens the body in place: false if it is not authentic.  *body moves behind the
 * explicit nonce. */
bool script12_open(script_protection *p, const uint8_t *header, uint8_t **body,
                   size_t *len);
/* ---- script12_cbc.c ---- */

/* True if it is a CBC suite; then p has its keys. */
bool script12_cbc_protect(script_protection *p, scripted_server *s, hfi_side side);
bool script12_cbc_known(uint16_t suite);
void script12_cbc_seal(script_protection *p, uint8_t type, hfi_view content,
                       script_bytes *out);
bool script12_cbc_open(script_protection *p, const uint8_t *header, uint8_t **body,
                       size_t *len);

/* ---- script12_record.c, once more ---- */

const hfi_aead *script12_aead(uint16_t suite);
const hfi_hash *script12_hash(uint16_t suite);

#endif
