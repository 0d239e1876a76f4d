/* tests/support/script_flight.h: what the scripted server sends. */
#ifndef SCRIPT_FLIGHT_H
#define SCRIPT_FLIGHT_H

#include "scripted_server.h"

extern const hfi_alloc script_alloc;

/* Suite and group, from the configuration and the first ClientHello. */
void script_choose(scripted_server *s);
const hfi_aead *script_aead(const scripted_server *s);

void script_send_retry(scripted_server *s);
/* ServerHello through Finished. */
void script_send_flight(scripted_server *s);
/* After the client's Finished. */
void script_send_connected(scripted_server *s);

#endif
