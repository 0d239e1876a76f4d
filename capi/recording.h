/* capi/recording.h: the recorder of a connection, the player of a recording, and what
 * record_*.c and replay_*.c share. */
#ifndef HFI_CAPI_RECORDING_H
#define HFI_CAPI_RECORDING_H

#include "capi/chunks.h"
#include "capi/objects.h"

/* A connection that is recorded.  It listens to what the engine asks for by settings of
 * its own, which pass every question on. */
typedef struct hfi_recorder {
    hf_conn *conn;
    hfi_alloc alloc; /* what recording takes comes from here, and from no limit */
    hf_record_function *function;
    void *context;
    int fd; /* of a file; -1: none */
    hfi_settings settings;
    hfi_settings original;
    hfi_crypto crypto;
    hfi_session_store sessions;
    hfi_witness witness;
    hfi_hash_ctx hash;
    hfi_call call; /* that goes on */
    uint64_t size; /* its argument */
    uint64_t recorded;
    uint64_t application_bytes;
    bool begun;
    bool ended;
    bool failed;
    bool full;
    int error_number;
    size_t used;
    uint8_t buffer[4096];
} hfi_recorder;

/* ---- record.c ---- */

/* Writes one chunk, of so many parts; nothing once the recording is full or over. */
void hfi_recorder_write(hfi_recorder *r, hfi_chunk kind, const hfi_view *parts,
                        size_t count);
/* What was written so far reaches the file. */
void hfi_recorder_flush(hfi_recorder *r);

/* ---- record_settings.c ---- */

hf_status hfi_record_configuration(hfi_recorder *r);
hf_status hfi_record_connection(hfi_recorder *r);
/* certs of a credential and what belongs to them. */
hf_status hfi_record_chain(hfi_recorder *r, hfi_chunk kind, const hfi_credential *c);

/* ---- record_listen.c ---- */

/* Tickets that were opened stand in recordings under this key, which is no secret. */
extern const uint8_t hfi_recording_ticket_key[HFI_TICKET_KEY_BYTES];

/* Puts the recorder between the engine and all that it asks. */
void hfi_recorder_listen(hfi_recorder *r);

/* ---- replay ---- */

/* One queue of a recording: where its next chunk is looked for. */
typedef struct hfi_queue {
    size_t at;
    hfi_view rest; /* of a chunk that was taken in part */
} hfi_queue;

struct hf_replay {
    uint8_t *bytes; /* owned, wiped */
    size_t len;     /* of whole chunks */
    size_t memory;  /* of bytes */
    bool whole;     /* ends with END */
    bool cut;       /* LIMIT was reached */
    bool used;
    hf_config *config;
    hf_conn *conn;
    hfi_witness witness;
    hfi_queue acts, random, unix_time, monotonic, reads, writes;
    int64_t last_unix, last_monotonic;
    uint64_t calls;
    uint64_t application_bytes;
    bool exhausted;  /* more was asked for than there is */
    hfi_err problem; /* why the replay cannot go on; the first one */
    hfi_view library;
    hfi_view results[3];
    char library_text[64];
    char *result_text[3]; /* owned */
    char message[640];
    char warning[1600];
};

/* ---- replay_tape.c: chunks ---- */

/* The chunk at *at, which moves behind it.  False: none that is whole. */
bool hfi_tape_next(hfi_view tape, size_t *at, uint8_t *kind, hfi_view *body);
/* The next of that kind in a queue. */
bool hfi_tape_take(hf_replay *p, hfi_queue *queue, hfi_chunk kind, hfi_view *body);
/* Checks the frame, and finds what is told before a replay. */
hf_status hfi_tape_check(hf_replay *p);
/* What comes next of what is done in order; false: nothing. */
bool hfi_tape_peek(hf_replay *p, uint8_t *kind, hfi_view *body);
void hfi_tape_skip(hf_replay *p);

/* ---- replay_settings.c ---- */

/* From SETTINGS to SETTINGS_END: a configuration that asks the recording.  1, or what
 * hf_replay_run returns. */
hf_status hfi_replay_configuration(hf_replay *p, hf_config **out);
/* From CONNECTION to START. */
hf_status hfi_replay_connection(hf_replay *p);
hf_status hfi_replay_own_chain(hf_replay *p, hfi_view body);
hf_status hfi_replay_own_key(hf_replay *p);

/* ---- replay_listen.c ---- */

/* The configuration's entropy, clock, keys and callbacks come from the recording. */
hf_status hfi_replay_listen(hf_replay *p, hf_config *config, unsigned asks);
hf_bio *hfi_replay_transport(hf_replay *p);

/* ---- replay_run.c ---- */

/* Does what comes next, unless that is a call or an answer: feeding, options.  False: it
 * is, or it could not be done. */
bool hfi_replay_act(hf_replay *p, uint8_t kind, hfi_view body);
/* All that was recorded, in order; the status of hf_replay_run but for the result. */
hf_status hfi_replay_all(hf_replay *p);

/* ---- replay_warning.c ---- */

void hfi_replay_describe(hf_replay *p);

/* The replay cannot go on: the first reason stays. */
void hfi_replay_stop(hf_replay *p, hfi_err problem, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
