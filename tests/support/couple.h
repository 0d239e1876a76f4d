/* tests/support/couple.h: a client of ours and a server of ours, joined in memory.
 * Entropy, both clocks and memory are fixed; the bytes of each direction may be cut,
 * changed and given in pieces. */
#ifndef COUPLE_H
#define COUPLE_H

#include "flow.h"
#include "session/ticket.h"

enum { COUPLE_STORE_MAX = 8 };

/* The certificates of client_fixtures.h. */
typedef enum couple_client_key {
    COUPLE_CLIENT_RSA,
    COUPLE_CLIENT_P256,
    COUPLE_CLIENT_P384,
    COUPLE_CLIENT_ED25519,
    COUPLE_CLIENT_EXPIRED,
    COUPLE_CLIENT_KEYS,
} couple_client_key;

/* One direction: the bytes that one of them sends. */
typedef struct couple_way {
    size_t piece;        /* bytes at a time; 0: all there are */
    size_t cut_at;       /* no byte from this one on; SIZE_MAX: none is lost */
    size_t change_at;    /* this byte is changed with the mask */
    uint8_t change_mask; /* 0: none is */
    size_t delivered;
    script_bytes wire; /* what was delivered */
} couple_way;

/* One of the two. */
typedef struct couple_end {
    hfi_conn conn;
    hfi_settings settings;
    hfi_credentials own;
    hfi_trust_store *store;
    flow_memory memory;
    uint64_t random_state;
    size_t random_calls;
    size_t random_fails_at; /* the call that fails, from 1; 0: none */
    unsigned log_lines;
    char log[FLOW_LOG_MAX][256];
    script_bytes received; /* application data that came out */
    hfi_err err;           /* of the last call that failed */
    couple_way way;        /* what it sends */
    struct couple *couple;
} couple_end;

/* A store of sessions that a server may ask; it can make it wait. */
typedef struct couple_store {
    struct {
        uint8_t id[32];
        uint8_t value[HFI_SEALED_MAX];
        size_t len;
        uint32_t lifetime;
    } entries[COUPLE_STORE_MAX];
    size_t count;
    unsigned finds, puts, removes;
    unsigned waits; /* times that find says so */
    hfi_session_store functions;
} couple_store;

typedef struct couple {
    couple_end client, server;
    hfi_view names[1];
    hfi_ticket_keys tickets;
    couple_store store;
    int64_t unix_seconds, microseconds;
    bool endless; /* the two never came to rest */
} couple;

/* Both with all versions and the quick groups, the server with this certificate and with
 * tickets; settings and connections may be changed before couple_run. */
void couple_init(couple *c, script_key key);
void couple_free(couple *c);
/* Both speak this version alone. */
void couple_version(couple *c, uint16_t version);
/* The server adds a certificate; the key stays away if with_key is not set. */
void couple_add_certificate(couple *c, script_key key, bool with_key);
/* The client has this certificate, and the server asks for one. */
void couple_client_auth(couple *c, hfi_client_auth auth);
void couple_add_client(couple *c, couple_client_key which);
/* The server keeps sessions in its store, and gives no tickets. */
void couple_use_store(couple *c);
/* The second client offers a copy of what the first one got, which lives on if the second
 * connection fails; the second server can open it. */
void couple_resume(couple *second, couple *first);

/* Once it has begun, each of its messages gets a record of its own, so that the peer
 * comes to rest in each state. */
void couple_send_alone(couple_end *e);

/* Starts both and moves bytes until both rest.  HFI_OK, or the failure of the one that
 * failed by itself: not by the other's alert. */
hfi_err couple_run(couple *c);
hfi_err couple_pump(couple *c);
/* The transport ends for both. */
hfi_err couple_end_all(couple *c);
hfi_err couple_write(couple_end *from, const char *text);

/* What must hold when both are connected: the same agreed, keys and exporters at both,
 * and data goes both ways.  NULL: it does. */
const char *couple_connected(couple *c);
/* What must hold after any failure: one side failed by itself, the other by its alert, as
 * told, or by the end of the transport.  NULL: it does. */
const char *couple_failed(couple *c);
/* After couple_free: memory that is left, or a secret that stood in memory given back. */
const char *couple_left_over(const couple *c);

#endif
