/* tests/support/ends.h: a client and a server of ours, joined in memory.
 * Entropy, both clocks and memory are fixed; the bytes between the two may be cut,
 * changed and given in pieces, in each direction by itself. */
#ifndef ENDS_H
#define ENDS_H

#include "conn/conn.h"
#include "script_sign.h"

enum { ENDS_NOW = 1780315200 }; /* 2026-06-01 12:00:00 UTC */

struct ends;

typedef struct end {
    struct ends *both;
    hfi_conn conn;
    hfi_settings settings;
    hfi_credentials credentials;
    hfi_trust_store *store;
    size_t calls;       /* of the allocator */
    size_t fail_at;     /* the call that fails, from 1; 0: none */
    size_t live;        /* blocks not yet released */
    size_t bytes, peak; /* of memory */

    /* The way from here to the other end. */
    size_t piece;        /* bytes at a time; 0: all there are */
    size_t cut_at;       /* no byte from this one on; SIZE_MAX: none is lost */
    size_t change_at;    /* this byte is changed with the mask */
    uint8_t change_mask; /* 0: none is */
    size_t sent;
    script_bytes wire; /* what was sent, if kept */
    bool keeps_wire;

    script_bytes received; /* application data that came in */
    script_bytes log;      /* key log, a newline behind each line */
} end;

typedef struct ends {
    end client;
    end server;
    uint64_t random_state;
    int64_t unix_seconds;
    int64_t microseconds;
    bool endless; /* the two never came to rest */
} ends;

/* A client that verifies server.example, and a server without a certificate.  Settings
 * and connections may be changed before ends_start. */
void ends_init(ends *e);
void ends_free(ends *e);

/* Adds a chain of one, with its key or with the key elsewhere. */
void ends_show(end *one, script_key which, bool with_key);
hfi_private_key *ends_key(script_key which);
void ends_choose_groups(end *one, const uint16_t *groups, size_t count);
void ends_choose_suites(end *one, const uint16_t *suites, size_t count);

/* Both begin, and bytes move until both rest.  HFI_OK, or what the server failed with, or
 * else the client. */
hfi_err ends_run(ends *e);
/* Moves bytes until both rest; the same answer. */
hfi_err ends_pump(ends *e);
hfi_err ends_write(end *one, const char *text);
/* Both are open and each reads what the other writes; NULL, or what is wrong. */
const char *ends_converse(ends *e);
/* For another connection with the same settings. */
void ends_reset(ends *e);

#endif
