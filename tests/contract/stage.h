/* tests/contract/stage.h: a client of ours and an OpenSSL server, joined by any of the
 * transports; the bytes between them move only when the test says so. */
#ifndef CONTRACT_STAGE_H
#define CONTRACT_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <handfast/handfast.h>

#include "peer.h"

typedef enum carrier {
    CARRIER_SOCKET, /* a socket pair, non-blocking */
    CARRIER_CUSTOM,
    CARRIER_MEMORY, /* hf_conn_feed and hf_conn_drain */
    CARRIER_BIO_MEMORY,
    CARRIER_PAIR_1,
    CARRIER_PAIR_7,
    CARRIER_PAIR_4096,
    CARRIER_COUNT,
} carrier;

enum { STAGE_WIRE = 1 << 22 };

/* Bytes on one way, for the custom transport and for what a carrier did not take yet. */
typedef struct wire {
    uint8_t *bytes; /* STAGE_WIRE of them */
    size_t start, end;
    bool ended;
} wire;

typedef struct stage {
    carrier kind;
    size_t chop; /* most bytes that reach the client in a turn; 0: all */
    hf_config *config;
    hf_conn *conn;
    credential root, leaf;
    SSL_CTX *context;
    peer server;
    int fds[2];
    hf_bio *outer; /* borrowed, or owned where it is the other end of a pair */
    wire to_client, custom_in, custom_out;
    hf_session *saved; /* for tests that resume */
} stage;

/* Everything with the defaults: a trusted leaf for server.test, 192.0.2.1 and
 * *.wild.test; the client has the root and the name server.test. */
void stage_open(stage *s, carrier kind);
/* The same with a server configured, or with other certificates. */
void stage_open_with(stage *s, carrier kind, void (*configure)(SSL_CTX *ctx));
void stage_open_chain(stage *s, carrier kind, const credential *root,
                      const credential *leaf, const credential *chain, size_t count);
void stage_close(stage *s);

/* A configuration with the tests' clock and this root. */
hf_config *stage_config(const credential *root);
/* The same with a limit of memory; 0: none. */
hf_config *stage_config_limited(const credential *root, size_t bytes);
/* Makes s->conn of s->config, named and attached; replaces the one before. */
void stage_new_conn(stage *s);
void stage_attach(stage *s);
void stage_new_server(stage *s);

/* One turn: what the client sent reaches the server, it answers, and the answer goes
 * towards the client.  How many bytes moved. */
size_t stage_carry(stage *s);
/* Only one half of it. */
size_t stage_to_server(stage *s);
size_t stage_to_client(stage *s);
/* The client's transport reaches its end after what is on the way. */
void stage_end_input(stage *s);
/* Bytes of the test's own towards the client. */
void stage_inject(stage *s, const void *bytes, size_t len);

/* Calls call until it returns 1 or something that does not want to read or write;
 * *waits, unless NULL, counts the times that it wanted. */
int stage_drive(stage *s, int (*call)(hf_conn *conn), int *waits);
int stage_connect(stage *s);
/* Both sides are through the handshake; asserts it. */
void stage_establish(stage *s);

/* Reads and writes whole, carrying as needed. */
void stage_client_writes(stage *s, const uint8_t *bytes, size_t len);
void stage_client_reads(stage *s, uint8_t *bytes, size_t len);
void stage_server_reads(stage *s, uint8_t *bytes, size_t len);

int stage_code(const stage *s);

/* Runs a test body over every carrier. */
void on_every_carrier(void (*body)(stage *s));

/* The call failed for good, with this class and this code. */
void assert_failed(stage *s, int ret, int get_error, int code);
void assert_wants(stage *s, int ret, int get_error);

#endif
