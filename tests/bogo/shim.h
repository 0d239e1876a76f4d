/* tests/bogo/shim.h: what the files of the shim share. */
#ifndef HFI_BOGO_SHIM_H
#define HFI_BOGO_SHIM_H

#include <handfast/handfast.h>

#include "options.h"
#include "transport.h"

/* One connection: the runner asks for several, one after the other. */
typedef struct shim_state {
    const shim_options *o;     /* those that count now */
    const shim_options *retry; /* and once early data was rejected */
    bool resuming;
    hf_config *config;
    hf_conn *conn;
    shim_link link;
    hf_session *session; /* the newest, owned; NULL: none came */
    size_t sessions;
    bool certificate_ready; /* the callbacks that waited may answer */
    bool hello_ready, verify_ready, session_ready;
    size_t stored; /* sessions that the server put into its store */
    bool early_rejected;
    char client_secret[2 * 64 + 1]; /* hexadecimal, from the key log */
    char server_secret[2 * 64 + 1];
} shim_state;

/* Prints the line and returns false. */
bool shim_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the process: a test of what handfast has no feature for. */
void shim_unimplemented(const char *what) __attribute__((noreturn));

/* ---- server.c: what a server does beyond that ---- */

bool shim_make_server(shim_state *state);

/* ---- request.c ---- */

/* Whether CertificateRequest is what the options expect, while it is at hand. */
bool shim_check_request(const shim_state *state);

/* ---- setup.c ---- */

/* Seconds that tests put the clock forward. */
extern int64_t shim_clock_offset;

/* Whether a setting succeeded; if not, it is said on stderr. */
bool shim_set(shim_state *state, hf_status status, const char *what);
/* Sets state->config; false: said on stderr. */
bool shim_make_config(shim_state *state);
/* Sets state->conn, for the session where there is one. */
bool shim_make_conn(shim_state *state, hf_session *session);
/* A whole file; *len bytes and a zero, to be freed; NULL: said on stderr. */
uint8_t *shim_read_file(const char *path, size_t *len);

/* ---- checks.c ---- */

/* Whether what was agreed is what the options expect; once the handshake is over. */
bool shim_check_handshake(shim_state *state);
/* The same, after the last byte. */
bool shim_check_end(const shim_state *state);

#endif
