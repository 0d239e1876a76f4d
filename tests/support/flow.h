/* tests/support/flow.h: a client of ours and a scripted server, joined in memory.
 * Entropy, both clocks and memory are fixed; the bytes between the two may be cut,
 * changed and given in pieces. */
#ifndef FLOW_H
#define FLOW_H

#include "conn/conn.h"
#include "scripted_server.h"

enum {
    FLOW_SECRETS_MAX = 16,
    FLOW_LOG_MAX = 8,
    FLOW_NOW = 1780315200, /* 2026-06-01 12:00:00 UTC */
};

/* Counts, fails when told, and looks at what is given back. */
typedef struct flow_memory {
    size_t calls;
    size_t fail_at; /* the call that fails, from 1; 0: none */
    bool fails_on;  /* all calls behind it fail too */
    size_t live;    /* blocks not yet released */
    size_t peak;    /* bytes */
    size_t bytes;
    /* Secrets that must not stand in a block when it is released. */
    uint8_t secrets[FLOW_SECRETS_MAX][HFI_SECRET_MAX];
    size_t secret_len[FLOW_SECRETS_MAX];
    size_t secret_count;
    bool secret_released;
} flow_memory;

hfi_alloc flow_allocator(flow_memory *m);
/* The secret in a line of the key log, which m then looks for; len 0 if it has no more
 * room for one. */
hfi_view flow_keep_secret(flow_memory *m, const char *line);

/* Bytes that look like chance, and are the same in every run. */
void flow_random_bytes(uint64_t *state, uint8_t *p, size_t len);

typedef struct flow {
    scripted_server server;
    hfi_conn client;
    hfi_settings settings;
    hfi_view names[1];
    hfi_trust_store *store;
    flow_memory memory;
    uint64_t random_state;
    int64_t unix_seconds;
    int64_t microseconds;
    int64_t microseconds_step; /* added at each look at the clock */
    script_logged logged;
    unsigned log_lines;
    char log[FLOW_LOG_MAX][256]; /* the first lines */
    size_t random_calls;
    size_t random_fails_at; /* the call that fails, from 1; 0: none */

    /* The way from server to client. */
    size_t piece;        /* bytes at a time; 0: all there are */
    size_t cut_at;       /* no byte from this one on; SIZE_MAX: none is lost */
    size_t change_at;    /* this byte is changed with the mask */
    uint8_t change_mask; /* 0: none is */
    size_t delivered;
    script_bytes wire; /* what was delivered */

    script_bytes received; /* application data that came out at the client */
    hfi_err err;           /* of the last call that failed */
    bool endless;          /* the two never came to rest */
} flow;

/* A client for server.example that verifies, and a server with this script.  settings
 * and client may be changed before flow_run. */
void flow_init(flow *f, const script_config *config);
void flow_free(flow *f);

/* The groups that the client offers: the quick ones, unless told otherwise. */
void flow_choose_groups(flow *f, const uint16_t *groups, size_t count);

/* Starts the client and moves bytes until both rest.  The client's failure, or HFI_OK. */
hfi_err flow_run(flow *f);
/* Moves bytes until both rest. */
hfi_err flow_pump(flow *f);
/* The transport ends. */
hfi_err flow_end(flow *f);

/* The first client's ticket is the second one's session, known to its server.  A
 * reference passes to the second client. */
void flow_resume(flow *second, const flow *first);

/* Text to the server, through records. */
hfi_err flow_write(flow *f, const char *text);

#endif
