/* tests/flow/rows.h: tables of what a server may do wrong, and how the client answers.
 * A row is one handshake: the script's steps, the error that the client must have, and
 * the alert that the server must read.  What is expected comes from the RFC's text. */
#ifndef ROWS_H
#define ROWS_H

#include "flow.h"

enum {
    ROW_ALPN = 1 << 0,      /* the client offers "h2" and "http/1.1" */
    ROW_RESUME = 1 << 1,    /* it offers a ticket of an earlier connection */
    ROW_NO_COMPAT = 1 << 2, /* without middlebox compatibility */
    ROW_NO_NAME = 1 << 3,   /* without server_name */
    ROW_X25519_ONLY = 1 << 4,
    ROW_P256_FIRST = 1 << 5,
    ROW_P384_FIRST = 1 << 6,
    ROW_AES_128_ONLY = 1 << 7,
    ROW_ECDSA_ONLY = 1 << 8, /* ecdsa_secp256r1_sha256 alone */
    ROW_END = 1 << 9,        /* at rest, the transport ends */
    ROW_TLS12 = 1 << 11,     /* TLS 1.2 is enabled beside TLS 1.3 */
    ROW_SHUT = 1 << 10,      /* the connection is over afterwards: no data is tried */
    /* With a server of TLS 1.2. */
    ROW_TLS12_ONLY = 1 << 12,   /* the client offers nothing newer */
    ROW_PLAIN_MASTER = 1 << 13, /* the options that allow old servers */
    ROW_UNSAFE_RENEGOTIATION = 1 << 14,
    ROW_BY_ID = 1 << 15,       /* with ROW_RESUME: a session id instead of a ticket */
    ROW_FIRST_PLAIN = 1 << 16, /* the first connection had no extended master secret */
};

typedef struct row {
    const char *name;
    script_config config;
    hfi_err err;
    hfi_alert alert;
    unsigned how;
    const char *step; /* the state in which it fails; NULL: any */
} row;

/* A row's middle: steps alone, or any settings of the server. */
#define DO(...) .config = {.steps = {__VA_ARGS__}}
#define WITH(...) .config = {__VA_ARGS__}
#define DO12(...) .config = {.tls12 = {.on = true}, .steps = {__VA_ARGS__}}
#define WITH12(...) .config = {.tls12 = {.on = true}, __VA_ARGS__}
/* A row's end. */
#define FAILS(code, alert) HFI_E_##code, HFI_ALERT_##alert
#define PASSES HFI_OK, HFI_ALERT_NONE

/* Runs the rows, prints those that do not hold, and fails if there are some. */
void run_rows(const row *rows, size_t count);
#define RUN_ROWS(rows) run_rows(rows, sizeof(rows) / sizeof((rows)[0]))

/* The same for one flow that is set up already: prints and returns false if it does not
 * hold.  The flow is run and released. */
bool run_row_on(flow *f, const row *r);
/* What flags say, on a client that has not begun. */
void apply_row(flow *f, unsigned how);

/* What must hold after every flow, whatever came of it: one record, one fatal alert,
 * told to the peer as recorded and under the right keys; a malformed message is told by
 * its field and byte; further calls fail alike.
 * NULL: it does. */
const char *flow_conduct(flow *f);
/* After flow_free. */
const char *flow_left_over(const flow *f);

#endif
