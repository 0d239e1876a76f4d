/* tests/support/script_flight.h: what the scripted server sends. */
#ifndef SCRIPT_FLIGHT_H
#define SCRIPT_FLIGHT_H

#include "scripted_server.h"

extern const hfi_alloc script_alloc;

/* Suite and group, from the configuration and the first ClientHello. */
void script_choose(scripted_server *s);
const hfi_aead *script_aead(const scripted_server *s);

const hfi_group *script_group_of(uint16_t id);
bool script_fill(void *ctx, uint8_t *p, size_t len); /* ctx: a byte of state */

/* A record under the keys of the moment; bytes as they are. */
void script_put_record(scripted_server *s, uint8_t type, hfi_view content);
void script_put_raw(scripted_server *s, hfi_view bytes);
/* Puts the messages that wait into records. */
void script_flush(scripted_server *s);
/* One message with all that the script wants done to it. */
void script_send_message(scripted_server *s, script_at at, script_bytes *m);

const script_step *script_step_of(const scripted_server *s, script_at at, script_op op);
bool script_is_before(script_op op);
bool script_is_after(script_op op);
/* The steps at this point that send something of their own. */
void script_send_steps(scripted_server *s, script_at at, bool (*when)(script_op));

void script_send_retry(scripted_server *s);
/* ServerHello through Finished. */
void script_send_flight(scripted_server *s);
/* After the client's Finished. */
void script_send_connected(scripted_server *s);

#endif
