/* engine/conn/internal.h: what the files of conn/ call of each other. */
#ifndef HFI_CONN_INTERNAL_H
#define HFI_CONN_INTERNAL_H

#include "conn/conn.h"
#include "handshake/handshake.h"

/* The first record of a buffer begins here, so that what its header leaves begins at a
 * multiple of 16: there the AEAD's loops over words are faster, by a twentieth. */
enum { HFI_CONN_LEAD = 16 - HFI_RECORD_HEADER };

/* ---- conn.c ---- */

/* The first failure: fills the report, queues the alert that belongs to the code, wipes
 * the handshake.  Returns code. */
hfi_err hfi_conn_fail(hfi_conn *c, hfi_err code);
/* After the client's Finished: keeps what lives on and frees the handshake. */
void hfi_conn_establish(hfi_conn *c);

/* ---- timeline.c ---- */

/* Microseconds of the connection's clock. */
int64_t hfi_conn_now(const hfi_conn *c);
void hfi_conn_note(hfi_conn *c, hfi_event_kind kind, hfi_direction direction,
                   uint8_t what, size_t size, bool is_protected);
/* Notes what has been agreed since the last time. */
void hfi_conn_note_decisions(hfi_conn *c);

/* ---- output.c ---- */

/* Seals content into one record or more, behind what waits in out. */
hfi_err hfi_conn_queue(hfi_conn *c, hfi_content_type type, hfi_view content);
/* Seals the record that messages of the handshake have been put into, if there is one: a
 * flight ends, its keys change, or something else comes behind it. */
hfi_err hfi_conn_seal_open(hfi_conn *c);
hfi_err hfi_conn_queue_alert(hfi_conn *c, uint8_t level, hfi_alert alert);
/* The next generation of the receiving key, RFC 8446 7.2. */
hfi_err hfi_conn_next_receive_keys(hfi_conn *c);
/* The handshake's way out. */
hfi_sink hfi_conn_sink(hfi_conn *c);

/* The content that one record may hold. */
size_t hfi_conn_content_max(const hfi_conn *c);

/* ---- early.c ---- */

/* A record of early data that the handshake took. */
hfi_err hfi_conn_take_early(hfi_conn *c, const hfi_record *record);
/* err came of the record at the start of held: *skipped if it was early data that is
 * rejected; HFI_OK without it: more must come. */
hfi_err hfi_conn_skip_early(hfi_conn *c, hfi_view held, hfi_err err, bool *skipped);

/* ---- message.c ---- */

/* The content of one handshake record. */
hfi_err hfi_conn_take_handshake(hfi_conn *c, hfi_span content);
/* Those that waited behind a pause, once it is over; and what is left of them. */
hfi_err hfi_conn_take_held(hfi_conn *c);
void hfi_conn_drop_held(hfi_conn *c);

/* What a step of the handshake came to: a pause is noted, the end is taken up. */
hfi_err hfi_conn_after_step(hfi_conn *c, hfi_err err);

/* ---- diagnosis.c ---- */

/* err came of this message: if it cannot be read, tells where it does not fit. */
void hfi_conn_diagnose(hfi_conn *c, hfi_err err, hfi_view message);

/* ---- negotiation.c ---- */

/* The message at hand could not be accepted: keeps what the peer said in it. */
void hfi_conn_keep_message(hfi_conn *c, hfi_view message);
/* The handshake fails: keeps what we offered, and what the peer chose before. */
void hfi_conn_keep_offers(hfi_conn *c);

/* ---- not_tls.c ---- */

/* Looks at the first bytes of the peer.  HFI_OK: they may be TLS; *wait: too few to
 * tell.  Otherwise the code says what they are. */
hfi_err hfi_conn_judge_first_bytes(hfi_role role, hfi_view bytes, bool ended, bool *wait);

#endif
